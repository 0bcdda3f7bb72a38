// Builds dist/: the Node API as a few bundled modules, the command line as one, and the type declarations (one file is read far
// faster than a hundred). The API's dependencies stay outside of the bundle.
import { execFileSync } from 'node:child_process';
import { chmodSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { build } from 'esbuild';
import { cliBundle } from './cli-bundle.mjs';

const require = createRequire(import.meta.url);
const root = new URL('..', import.meta.url).pathname;

rmSync(`${root}dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { index: 'src/index.ts', 'eslint-formatter-sarif': 'src/reporters/eslint-formatter-sarif.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
await build({ ...cliBundle, absWorkingDir: root, outdir: 'dist' });
chmodSync(`${root}dist/cli.cjs`, 0o755);
if (!process.argv.includes('--no-types')) {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
}
