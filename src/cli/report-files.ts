import { mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';

/** A report that goes into a file. */
export interface ReportFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/**
 * Writes reports so that each is there in full or not at all: into files beside the targets, which are then renamed.
 *
 * @throws a usage error for a place that cannot be written; no target has been touched then
 */
export function writeReports(reports: readonly ReportFile[]): void {
  const written: { readonly temporary: string; readonly target: string }[] = [];
  try {
    for (const { path, text } of reports) {
      const target = resolveLinks(path);
      if (isDevice(target)) {
        writeFileSync(target, text);
        continue;
      }
      mkdirSync(dirname(target), { recursive: true });
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true)
        throw fileError(path, 'EISDIR', 'written');
      const temporary = `${target}.${process.pid}.tmp`;
      written.push({ temporary, target });
      writeFileSync(temporary, text);
    }
    for (const { temporary, target } of written) renameSync(temporary, target);
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    const { code, path } = error as NodeJS.ErrnoException;
    throw code === undefined
      ? error
      : fileError(reports.find(report => path?.startsWith(report.path))?.path ?? path ?? '', code, 'written', error);
  }
}

/** A report that is a link is written where it leads. */
function resolveLinks(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** `/dev/stdout`, a named pipe: nothing that could be renamed over. */
function isDevice(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}
