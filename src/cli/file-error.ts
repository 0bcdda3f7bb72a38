import { usageError } from '../usage-error.ts';

const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  ENOENT: 'no such file',
  ENOSPC: 'no space left',
  EROFS: 'read-only file system',
  EISDIR: 'a folder',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'links that lead in a circle',
};

/** A usage error for what the file system refused. */
export function fileError(path: string, code: string, verb = 'read', cause?: unknown): Error {
  return usageError(`${path}: cannot be ${verb}: ${FILE_ERRORS[code] ?? code}`, cause);
}
