import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';

/** A report that goes into a file. */
export interface ReportFile {
  /** Absolute path. */
  readonly path: string;
  /** As the user wrote it, for messages. */
  readonly given: string;
  readonly text: string;
}

/**
 * Writes reports so that each is there in full or not at all: into files beside the targets, which are then renamed.
 *
 * @throws a usage error for a place that cannot be written; no target has been touched then
 */
export function writeReports(reports: readonly ReportFile[]): void {
  const written: { readonly temporary: string; readonly target: string; readonly given: string }[] = [];
  let given = '';
  try {
    for (const report of reports) {
      given = report.given;
      const target = resolveLinks(report.path);
      if (isDevice(target)) {
        writeFileSync(target, report.text);
        continue;
      }
      if (isFolder(target)) throw fileError(given, 'EISDIR', 'written');
      mkdirSync(dirname(target), { recursive: true });
      const temporary = `${target}.${process.pid}.tmp`;
      written.push({ temporary, target, given });
      writeFileSync(temporary, report.text);
      const before = statSync(target, { throwIfNoEntry: false });
      if (before !== undefined) chmodSync(temporary, before.mode);
    }
    for (const file of written) {
      given = file.given;
      renameSync(file.temporary, file.target);
    }
  } catch (error) {
    for (const { temporary } of written) rmSync(temporary, { force: true });
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : fileError(given, code, 'written', error);
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

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
