import { readFileSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Config } from '../../config/config.ts';
import { RULES } from '../../rules/index.ts';
import { usageError } from '../../usage-error.ts';
import type { Repository } from '../part.ts';
import { atlas } from './atlas.ts';
import { imbalanceOf } from './balance.ts';
import { djangoMigrationLinter } from './django-migration-linter.ts';
import type { ForeignLinter, ForeignSetUp } from './foreign-linter.ts';
import { pgfence } from './pgfence.ts';
import { squawk } from './squawk.ts';
import { strongMigrations } from './strong-migrations.ts';

/** The linters whose set-up is taken over, as `--from` names them. */
export const FOREIGN_LINTERS: Readonly<Record<string, ForeignLinter>> = {
  squawk,
  'strong-migrations': strongMigrations,
  atlas,
  pgfence,
  'django-migration-linter': djangoMigrationLinter,
};

/** What of another linter's set-up the config can say, and what is left to the user. */
export interface TakenOver {
  readonly config: Pick<Config, 'rules' | 'suppressions' | 'serverVersion' | 'transaction'>;
  readonly notes: readonly string[];
}

/**
 * Reads another linter's config and its comments in the migrations. A rule of ours is switched off where all of the other's rules
 * that it stands for are; what is silenced in a file becomes an entry under `suppressions`, as the files themselves may be applied.
 *
 * @throws a usage error for a config of the other linter that is broken
 */
export function takeOver(linter: ForeignLinter, repository: Repository): TakenOver {
  const texts = linter.files.flatMap(path => {
    const text = repository.text(path);
    const problem = text === undefined ? undefined : imbalanceOf(path, text);
    if (problem !== undefined) throw usageError(`${path}: cannot be taken over: ${problem}`);
    return text ?? [];
  });
  const setUps: readonly ForeignSetUp[] = texts.map(text => linter.read(text));
  const off = new Set(setUps.flatMap(setUp => setUp.off));
  const ours = counterparts(linter.title);
  const rules = Object.fromEntries(
    [...ours].filter(([, theirs]) => theirs.every(id => off.has(id))).map(([id]) => [id, 'off' as const]),
  );
  const notes = [...off].flatMap(id => {
    const standing = [...ours].filter(([, theirs]) => theirs.includes(id)).map(([our]) => our);
    if (standing.length === 0) return [`${linter.title}'s ${id} has no counterpart`];
    const kept = standing.filter(our => !(our in rules));
    return kept.length === 0 ? [] : [`${linter.title}'s ${id} is part of ${kept.join(' and ')}, which stays on`];
  });
  const serverVersion = setUps.find(setUp => setUp.serverVersion !== undefined)?.serverVersion;
  const transaction = setUps.find(setUp => setUp.transaction !== undefined)?.transaction;
  const suppressions = silenced(linter, repository, ours);
  return {
    config: {
      ...(Object.keys(rules).length === 0 ? {} : { rules }),
      ...(suppressions.length === 0 ? {} : { suppressions }),
      ...(serverVersion === undefined ? {} : { serverVersion }),
      ...(transaction === undefined ? {} : { transaction }),
    },
    notes: texts.length === 0 && linter.files.length > 0 ? [`${linter.files.join(', ')}: not found`, ...notes] : notes,
  };
}

/** Our rules with the other linter's ids that each stands for. */
function counterparts(title: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    RULES.flatMap(({ id, meta }) => {
      const theirs = meta.docs.otherTools[title];
      return theirs === undefined ? [] : [[id, theirs.split(/,\s*/)] as const];
    }),
  );
}

function silenced(
  { title, ignore }: ForeignLinter,
  { root, projects }: Repository,
  ours: ReadonlyMap<string, readonly string[]>,
): NonNullable<Config['suppressions']> {
  if (ignore === undefined) return [];
  const paths = projects.flatMap(({ migrations }) => migrations.flatMap(({ up, down }) => [up, down ?? []].flat()));
  return [...new Set(paths.map(({ path }) => path))].flatMap(path => {
    const named = new Set<string>();
    for (const { groups } of readFileSync(path, 'utf8').matchAll(ignore)) {
      for (const id of (groups?.rules ?? '').split(/[\s,]+/)) if (id !== '') named.add(id);
    }
    const file = relative(root, path).split(sep).join('/');
    const standing = [...ours].filter(([, theirs]) => theirs.some(id => named.has(id)));
    return standing.map(([rule]) => ({ file, rule, reason: `silenced for ${title}` }));
  });
}
