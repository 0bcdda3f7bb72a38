import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { type FixedResult, fixFiles } from '../fixes/fix-files.ts';
import { unifiedDiff } from '../fixes/unified-diff.ts';
import type { LintResult } from '../linter/result.ts';
import { relativePath } from '../reporters/paths.ts';
import { count } from '../reporters/terminal.ts';
import type { FixMode } from './fix-mode.ts';
import type { Io } from './io.ts';
import { writeReports } from './report-files.ts';

/**
 * Fixes what can be fixed: writes the files, or prints the difference.
 *
 * @param judge - runs again, with these texts in place of those on disk
 * @returns the run as it is after the fixes
 * @throws a usage error for a file that cannot be written; none has been changed then
 */
export function fix(
  first: LintResult,
  mode: FixMode,
  judge: (texts: ReadonlyMap<string, string>) => LintResult,
  io: Io,
): LintResult {
  const outcome = fixFiles(first, judge, isOnDisk);
  for (const path of outcome.left) {
    io.stderr.write(`surefoot: note: ${relative(io.cwd, path)} is not UTF-8, or has just changed: left as it is\n`);
  }
  if (mode === 'show') show(outcome, io);
  else write(outcome, io);
  return outcome.result;
}

function show({ files }: FixedResult, io: Io): void {
  for (const { path, before, after } of files) io.stdout.write(unifiedDiff(relativePath(io.cwd, path), before, after));
}

function write({ files, fixed }: FixedResult, io: Io): void {
  if (files.length === 0) return;
  writeReports(files.map(({ path, after }) => ({ path, given: relative(io.cwd, path), text: after })));
  io.stderr.write(`surefoot: ${count(fixed, 'finding')} fixed in ${count(files.length, 'file')}\n`);
}

/** Whether a file's bytes are this text: else what is written back would differ in more than the fix. */
function isOnDisk(path: string, text: string): boolean {
  return readFileSync(path).equals(Buffer.from(text));
}
