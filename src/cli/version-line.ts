import { VERSION } from '../version.ts';
import type { Io } from './io.ts';

/** Prints the version, for `--version`. */
export function versionLine(io: Io): number {
  io.stdout.write(`${VERSION}\n`);
  return 0;
}
