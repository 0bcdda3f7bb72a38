import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { parseTableSizes, type TableSizes } from '../linter/table-sizes.ts';
import { usageError } from '../usage-error.ts';
import { fileError } from './file-error.ts';
import type { Io } from './io.ts';

/**
 * Reads the file of `--table-sizes`.
 *
 * @throws a usage error that names the file and what is wrong with it
 */
export function tableSizesOf(given: string, io: Io): TableSizes {
  const path = resolve(io.cwd, given);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(relative(io.cwd, path), (error as NodeJS.ErrnoException).code ?? 'EIO');
  }
  try {
    return parseTableSizes(text);
  } catch (error) {
    throw usageError(`--table-sizes ${given}: ${(error as Error).message}; surefoot sizes writes such a file`);
  }
}
