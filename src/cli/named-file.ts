import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { usageError } from '../usage-error.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';

/**
 * Reads and understands a file that a flag or the configuration names.
 *
 * @param flag - where it is named, for messages: `--table-sizes`
 * @param given - its path as the user wrote it
 * @param parse - throws an error that says what is wrong with a text
 * @param wayOut - how to get a right one: `surefoot sizes writes such a file`
 * @throws a usage error that names the file and what is wrong with it
 */
export function readNamedFile<T>(flag: string, given: string, io: Io, parse: (text: string) => T, wayOut: string): T {
  const path = resolve(io.cwd, given);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(relative(io.cwd, path), (error as NodeJS.ErrnoException).code ?? 'EIO');
  }
  try {
    return parse(text);
  } catch (error) {
    throw usageError(`${flag} ${given}: ${(error as Error).message}; ${wayOut}`);
  }
}
