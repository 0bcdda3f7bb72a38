import { basename, dirname, join } from 'node:path';
import type { Dialect } from '../server/server.ts';
import type { Range } from '../source/source-file.ts';
import { CERTAIN, nearestFile } from './evidence.ts';
import type { Detection, Folder, FolderTree, ListingProblem, MigrationTool, SkippedFile } from './migration-tool.ts';

const PLAN = 'sqitch.plan';
const PARTS = ['deploy', 'revert', 'verify'];

const DIALECTS: Readonly<Record<string, Dialect>> = {
  pg: 'postgres',
  cockroach: 'postgres',
  yugabyte: 'postgres',
  mysql: 'mysql',
  sqlite: 'sqlite',
};

/** A change of the plan: its script carries the tag's name where it was reworked after that tag. */
interface Change {
  readonly name: string;
  readonly script: string;
  /** UTF-16 offsets of its line in the plan. */
  readonly range: readonly [number, number];
  /** The plan has a change of this name before, and no tag between the two. */
  readonly isTwice?: true;
}

/**
 * sqitch: the plan alone says which scripts there are and in what order; each runs through the database's own client, in no
 * transaction but what it writes. From sqitch's tutorial and plan format.
 */
export const sqitch: MigrationTool = {
  id: 'sqitch',
  title: 'sqitch',
  facts: { transaction: 'none', downs: true, checksums: false, session: 'per migration' },
  detect(folder, tree) {
    const around = PARTS.includes(basename(folder.path)) ? tree.folder(dirname(folder.path)) : undefined;
    return detectIn(folder, tree) ?? (around === undefined ? undefined : detectIn(around, tree));
  },
  list({ root, folders }, tree) {
    const path = join(root, PLAN);
    const present = new Set(folders.flatMap(folder => folder.files.map(name => join(folder.path, name))));
    const problems: ListingProblem[] = refusedLines(tree.text(path) ?? '').map(({ range, message }) => ({
      kind: 'file name',
      path,
      range,
      message: `sqitch refuses to read the plan: ${message}`,
    }));
    const used = new Set<string>();
    const migrations = changesOf(tree.text(path) ?? '').flatMap(({ name, script, range, isTwice }) => {
      if (isTwice) {
        const message = `sqitch refuses to read the plan: ${name} is in it twice, with no tag between`;
        problems.push({ kind: 'duplicate version', path, range, message });
        return [];
      }
      const [up, down] = [join(root, 'deploy', `${script}.sql`), join(root, 'revert', `${script}.sql`)];
      if (!present.has(up)) {
        const message = `sqitch refuses to deploy ${name}: there is no deploy/${script}.sql`;
        problems.push({ kind: 'file name', path, range, message });
        return [];
      }
      used.add(up).add(down);
      const part = { transaction: 'none' } as const;
      return [
        {
          id: script,
          version: name,
          up: { path: up, ...part },
          down: present.has(down) ? { path: down, ...part } : null,
        },
      ];
    });
    const skipped = [...present]
      .filter(file => !used.has(file) && file !== path && basename(file) !== 'sqitch.conf')
      .map((file): SkippedFile => ({ path: file, reason: reasonFor(root, file) }));
    return { migrations, skipped, problems };
  },
};

function reasonFor(root: string, file: string): string {
  return file.startsWith(join(root, 'verify')) ? 'a check is no migration' : 'not in sqitch.plan: sqitch never runs it';
}

function detectIn(folder: Folder, tree: FolderTree): Detection | undefined {
  if (!folder.files.includes(PLAN)) return undefined;
  const conf = nearestFile(folder.path, ['sqitch.conf'], tree);
  const engine = /^\s*engine\s*=\s*(\w+)/m.exec(conf === undefined ? '' : (tree.head(conf) ?? ''))?.[1];
  const named = /^%uri=.*$/m.exec(tree.head(join(folder.path, PLAN)) ?? '');
  const dialect = engine !== undefined && Object.hasOwn(DIALECTS, engine) ? DIALECTS[engine] : undefined;
  return {
    root: folder.path,
    folders: [folder.path, ...PARTS.flatMap(name => withFolders(join(folder.path, name), tree))],
    confidence: named === null && conf === undefined ? CERTAIN - 0.1 : CERTAIN,
    ...(dialect === undefined ? {} : { dialect }),
  };
}

/** A folder and all below it: a change's name may hold slashes. */
function withFolders(path: string, tree: FolderTree): readonly string[] {
  const folder = tree.folder(path);
  if (folder === undefined) return [];
  return [path, ...folder.folders.flatMap(name => withFolders(join(path, name), tree))];
}

/** The changes of a plan in order: `name [dependencies] time planner <mail> # note`; lines of `%` are pragmas, of `@` tags. */
function changesOf(plan: string): readonly Change[] {
  const changes: { name: string; script: string; range: readonly [number, number]; isTwice?: true }[] = [];
  const newest = new Map<string, (typeof changes)[number]>();
  let tag = '';
  for (const match of plan.matchAll(/^[ \t]*([@%]?)([^\s#%@][^\s]*)[^\r\n]*$/gm)) {
    const [line, sign, word] = match as unknown as [string, string, string];
    if (sign === '@') tag = word;
    if (sign !== '' || !LINE.test(word)) continue;
    const change = { name: word, script: word, range: [match.index, match.index + line.length] as const };
    const rework = newest.has(word) ? (tagOfRework(word, line) ?? tag) : undefined;
    if (rework === '') {
      changes.push({ ...change, isTwice: true });
      continue;
    }
    // Reworked: the earlier version keeps its scripts under the name of the tag that this one depends on, mostly the last.
    const earlier = newest.get(word);
    if (earlier !== undefined) earlier.script = `${word}@${rework}`;
    newest.set(word, change);
    changes.push(change);
  }
  return changes;
}

/** How a change or tag starts: names start with no punctuation but `_`. */
const LINE = /^[-+]?\s*@?[\p{L}\p{N}_]/u;

/** Lines of a plan that are neither pragma, change nor tag, and that the project's name is missing. */
function refusedLines(plan: string): readonly { readonly range: Range; readonly message: string }[] {
  const lines = [...plan.matchAll(/^[ \t]*(?![ \t]*(?:#|%|$))([^\r\n]+)$/gm)];
  const odd = lines.filter(([, line]) => !LINE.test(line!));
  const named = /^%project=\S/m.test(plan) ? [] : [{ range: [0, 0] as const, message: 'no line says %project=<name>' }];
  const wrong = odd.map(({ 0: line, index }) => ({
    range: [index, index + line.trimEnd().length] as const,
    message: 'this line is no change and no tag',
  }));
  return [...named, ...wrong];
}

/** The tag by which a reworked change names its earlier version among its dependencies. */
function tagOfRework(name: string, line: string): string | undefined {
  const dependencies = /\[([^\]]*)\]/.exec(line)?.[1]?.split(/\s+/) ?? [];
  return dependencies.find(each => each.startsWith(`${name}@`))?.slice(name.length + 1);
}
