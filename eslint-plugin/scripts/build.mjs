// Builds dist/: the plugin as one module, with surefoot and ESLint's own packages outside of it, and the types of what it
// exports. They name ESLint's types only, so that they fit whichever version the user has.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import ts from 'typescript';

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
for (const name of ['index', 'plugin-types']) {
  const { outputText } = ts.transpileDeclaration(readFileSync(`${root}src/${name}.ts`, 'utf8'), {
    fileName: `${name}.ts`,
    compilerOptions: { isolatedDeclarations: true, declaration: true, module: ts.ModuleKind.NodeNext },
  });
  writeFileSync(`${root}dist/${name}.d.ts`, outputText.replace(/(from '\.\/[\w-]+)\.ts'/g, "$1.js'"));
}
