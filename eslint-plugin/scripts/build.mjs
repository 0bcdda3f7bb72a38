// Builds dist/: the plugin as one module, with surefoot and ESLint's own packages outside of it, and the types of what it
// exports.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { declarations } from './declarations.mjs';

const root = new URL('..', import.meta.url).pathname;

rmSync(`${root}dist`, { recursive: true, force: true });
mkdirSync(`${root}dist`);
await build({
  absWorkingDir: root,
  entryPoints: ['src/index.ts'],
  outdir: 'dist',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  packages: 'external',
  // Without the paths of tsconfig.json, which lead into surefoot's sources.
  tsconfigRaw: {},
  logLevel: 'warning',
});
for (const { name, text } of declarations()) writeFileSync(`${root}dist/${name}`, text);
