import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const require = createRequire(import.meta.url);

/**
 * Bundles the engine as a worker for browsers: `engine.js`, and the parser's WebAssembly beside it. Of Node it gets what a folder
 * of stand-ins has.
 *
 * @param root - absolute path of the repository
 * @param folder - absolute path of where to write
 */
export async function bundleEngine(root: string, folder: string): Promise<void> {
  const here = join(root, 'docs/.vitepress/playground');
  const standIn = (name: string): string => join(here, 'node', `${name}.ts`);
  const modules = {
    fs: standIn('fs'),
    module: standIn('module'),
    v8: standIn('v8'),
    path: require.resolve('path-browserify'),
  };
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: { engine: join(here, 'worker.ts') },
    outdir: folder,
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    alias: Object.fromEntries(
      Object.entries(modules).flatMap(([name, path]) => [
        [name, path],
        [`node:${name}`, path],
      ]),
    ),
    // Named by the parser's start-up code, behind a check for Node.
    external: ['node:crypto'],
    inject: [standIn('globals')],
    define: { 'import.meta.url': '"file:///"' },
    logLevel: 'warning',
  });
  copyFileSync(require.resolve('libpg-query/wasm/libpg-query.wasm'), join(folder, 'libpg-query.wasm'));
}
