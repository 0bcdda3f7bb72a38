// Builds dist/: the Node API as a few bundled modules, the command line as one, and the type declarations (one file is read far
// faster than a hundred). The parser stays outside of the bundle, and what
// lazyRequire loads.
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
  // Small libraries are read faster as part of the bundle; the parser has its WebAssembly beside it.
  external: ['libpg-query'],
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
});
await build({ ...cliBundle, absWorkingDir: root, outdir: 'dist' });
await build({
  ...cliBundle,
  absWorkingDir: root,
  entryPoints: {
    surefoot: 'src/cli/launch.ts',
    'read-ahead': 'src/cli/read-ahead/reader.ts',
    'record-code-cache': 'scripts/record-code-cache.ts',
  },
  outdir: 'dist',
});
chmodSync(`${root}dist/surefoot.cjs`, 0o755);
recordCodeCache();
if (!process.argv.includes('--no-types')) {
  const tsc = require.resolve('typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
}

/** Lets V8 compile the command line for this machine: the cache serves who runs it from a clone, and is not published. */
function recordCodeCache() {
  const recorder = `${root}dist/record-code-cache.cjs`;
  const run = ['lint', 'fixtures/sql', '--dialect', 'postgres', '--no-config'];
  execFileSync(process.execPath, [recorder, `${root}dist/cli.cjs`, ...run], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(recorder);
}
