import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
// @ts-expect-error A script without types.
import { cliBundle } from '../../scripts/cli-bundle.mjs';

/** Absolute path of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The command line, built as it is published, in a folder of its own. */
export interface CommandBundle {
  /** Absolute path of the script for Node. */
  readonly script: string;
  /** Absolute path of a folder with executables for PATH: `surefoot`, and an `npx` that takes it from there, not the registry. */
  readonly bin: string;
  /** Takes it away. */
  remove(): void;
}

/** Builds the command line, inside the package, so that its dependencies are found. */
export async function buildCommand(): Promise<CommandBundle> {
  mkdirSync(join(ROOT, 'node_modules'), { recursive: true });
  const folder = mkdtempSync(join(ROOT, 'node_modules/.surefoot-cli-'));
  await build({ ...cliBundle, absWorkingDir: ROOT, outdir: folder });
  const script = join(folder, 'cli.cjs');
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'surefoot'), `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`);
  chmodSync(join(bin, 'surefoot'), 0o755);
  writeFileSync(join(bin, 'npx'), '#!/bin/sh\n[ "$1" = --yes ] && shift\n[ "$1" = surefoot ] || exit 9\nexec "$@"\n');
  chmodSync(join(bin, 'npx'), 0o755);
  return { script, bin, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
