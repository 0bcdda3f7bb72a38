import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from './command-bundle.ts';

/** The package as npm would publish it, installed into a folder: `node_modules` and `node_modules/.bin` as npm makes them. */
export interface PackedCommand {
  /** Absolute path of the folder; npx finds the package from anywhere below it. */
  readonly folder: string;
  /** Takes it away. */
  remove(): void;
}

/** What is built into the package, besides its manifest. */
const SOURCES = [
  'src',
  'scripts',
  'fixtures/sql',
  'docs/rules',
  'config-schema.json',
  'tsconfig.json',
  'LICENSE',
  'README.md',
];

/**
 * Builds, packs and installs the package, without a registry: its dependencies are links to those of this checkout.
 *
 * @throws Error with the tool's words where one of the steps fails
 */
export function installPacked(): PackedCommand {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'surefoot-packed-')));
  const source = join(folder, 'source');
  for (const path of [...SOURCES, 'package.json']) {
    mkdirSync(dirname(join(source, path)), { recursive: true });
    cpSync(join(ROOT, path), join(source, path), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  const run = (program: string, ...args: readonly string[]): string =>
    execFileSync(program, args, { cwd: source, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  run(process.execPath, 'scripts/build.mjs', '--no-types');
  const [{ filename }] = JSON.parse(run('npm', 'pack', '--json', '--ignore-scripts', '--pack-destination', folder)) as [
    { readonly filename: string },
  ];
  const home = join(folder, 'node_modules/surefoot');
  mkdirSync(home, { recursive: true });
  run('tar', '-xzf', join(folder, filename), '-C', home, '--strip-components=1');
  const { dependencies, bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
    readonly bin: Readonly<Record<string, string>>;
  };
  for (const name of Object.keys(dependencies)) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true });
    symlinkSync(realpathSync(join(ROOT, 'node_modules', name)), join(folder, 'node_modules', name));
  }
  mkdirSync(join(folder, 'node_modules/.bin'));
  for (const [name, path] of Object.entries(bin)) {
    symlinkSync(join('../surefoot', path), join(folder, 'node_modules/.bin', name));
  }
  rmSync(source, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
