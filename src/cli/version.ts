import { VERSION } from '../version.ts';
import type { Io } from './io.ts';

/** `surefoot --version` */
export async function versionCommand(_argv: readonly string[], io: Io): Promise<number> {
  io.stdout.write(`${VERSION}\n`);
  return 0;
}
