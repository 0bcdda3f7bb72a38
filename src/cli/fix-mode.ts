import { usageError } from '../usage-error.ts';
import type { Arguments } from './flags.ts';

/** What `--fix` and `--fix-dry-run` ask for. */
export type FixMode = 'write' | 'show';

/**
 * What the flags say about fixes; undefined where nothing is to be fixed.
 *
 * @throws a usage error for flags that do not go together
 */
export function fixModeOf({ flags, values }: Arguments): FixMode | undefined {
  const isDry = flags.has('fix-dry-run');
  if (!flags.has('fix') && !isDry) return undefined;
  if (flags.has('fix') && isDry) throw usageError('--fix and --fix-dry-run exclude each other');
  const flag = isDry ? '--fix-dry-run' : '--fix';
  // What is staged is not what is on disk, and standard input has no file.
  if (flags.has('staged')) throw usageError(`${flag} changes files on disk: it does not go with --staged`);
  if (flags.has('stdin')) throw usageError(`${flag} changes files on disk: it does not go with --stdin`);
  if (isDry && values('format').some(format => !format.includes('='))) {
    throw usageError('--fix-dry-run prints a diff: write reports to files, --format <name>=<file>');
  }
  return isDry ? 'show' : 'write';
}
