import type { Finding } from '../linter/finding.ts';
import type { LintResult } from '../linter/result.ts';
import { applyFixes } from './apply-edits.ts';

/** A file whose fixes were applied in memory. */
export interface FixedFile {
  /** Absolute path. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
}

/** A run after all fixes that could be applied. */
export interface FixedResult {
  /** What is left to say. */
  readonly result: LintResult;
  readonly files: readonly FixedFile[];
  /** How many findings were fixed. */
  readonly fixed: number;
  /** Absolute paths of files that have fixes but cannot be written back as they are. */
  readonly left: readonly string[];
}

/** Runs until nothing changes any more; a fix that causes another finding with a fix ends here. */
const MAX_PASSES = 10;

/**
 * Applies the fixes of findings until none is left, in memory. A change after which more of a migration cannot be read is taken
 * back.
 *
 * @param first - the run that found them
 * @param judge - runs again, with these texts in place of those on disk
 * @param canWrite - whether a file on disk is this text, so that it can be written back
 */
export function fixFiles(
  first: LintResult,
  judge: (texts: ReadonlyMap<string, string>) => LintResult,
  canWrite: (path: string, text: string) => boolean,
): FixedResult {
  const originals = new Map<string, string>();
  const left = new Set<string>();
  const frozen = new Set<string>();
  let texts: ReadonlyMap<string, string> = new Map();
  let result = first;
  let fixed = 0;
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const next = new Map(texts);
    let applied = 0;
    for (const [path, findings] of fixesByFile(result)) {
      const { text } = findings[0]!.file;
      if (!originals.has(path) && !left.has(path)) {
        if (canWrite(path, text)) originals.set(path, text);
        else left.add(path);
      }
      if (left.has(path) || frozen.has(path)) continue;
      const outcome = applyFixes(
        text,
        findings.flatMap(({ fix }) => fix ?? []),
      );
      applied += outcome.applied;
      next.set(path, outcome.text);
    }
    if (applied === 0) break;
    const after = judge(next);
    const broken = brokenFiles(result, after);
    if (broken.size > 0) {
      for (const path of broken) frozen.add(path);
      continue;
    }
    texts = next;
    result = after;
    fixed += applied;
  }
  const files = [...texts].map(([path, after]): FixedFile => ({ path, before: originals.get(path)!, after }));
  return { result, files: files.filter(({ before, after }) => before !== after), fixed, left: [...left] };
}

function fixesByFile({ findings }: LintResult): ReadonlyMap<string, readonly Finding[]> {
  const files = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.fix === null) continue;
    const { path } = finding.file;
    const known = files.get(path);
    if (known === undefined) files.set(path, [finding]);
    else known.push(finding);
  }
  return files;
}

/** Files of migrations of which less can be read than before. */
function brokenFiles(before: LintResult, after: LintResult): ReadonlySet<string> {
  const unreadable = new Map(
    before.projects.flatMap(({ root, migrations }) => migrations.map(each => [`${root}\0${each.id}`, each.unreadable])),
  );
  const broken = after.projects.flatMap(({ root, migrations }) =>
    migrations.filter(each => each.unreadable > (unreadable.get(`${root}\0${each.id}`) ?? 0)),
  );
  return new Set(broken.flatMap(({ up, down }) => (down === null ? [up.file] : [up.file, down.file])));
}
