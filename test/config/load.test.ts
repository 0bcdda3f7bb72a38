import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { findConfig, loadConfig } from '../../src/config/load.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** Loads the config of a tree with these files from its root. */
function load(files: Readonly<Record<string, string>>, name = 'surefoot.config.json'): Config {
  const cwd = temporaryTree(files);
  return loadConfig(join(cwd, name), cwd).config;
}

function loadJson(value: unknown, more: Readonly<Record<string, string>> = {}): Config {
  return load({ 'surefoot.config.json': JSON.stringify(value), ...more });
}

describe('finding it', () => {
  test('in the folder, then upwards', () => {
    const cwd = temporaryTree({ 'surefoot.config.json': '{}', 'a/b/': '', 'a/c/surefoot.config.js': '' });
    expect(findConfig(cwd)).toBe(join(cwd, 'surefoot.config.json'));
    expect(findConfig(join(cwd, 'a/b'))).toBe(join(cwd, 'surefoot.config.json'));
    expect(findConfig(join(cwd, 'a/c'))).toBe(join(cwd, 'a/c/surefoot.config.js'));
  });

  test('not above the repository', () => {
    const cwd = temporaryTree({ 'surefoot.config.json': '{}', 'repository/.git/': '', 'repository/a/': '' });
    expect(findConfig(join(cwd, 'repository/a'))).toBeUndefined();
  });

  test('a folder of that name is none', () => {
    expect(findConfig(temporaryTree({ 'surefoot.config.ts/': '' }))).toBeUndefined();
  });
});

describe('every kind of file', () => {
  test.each([
    ['surefoot.config.json', '{ "preset": "strict" }'],
    ['surefoot.config.json', '\uFEFF{ "preset": "strict" }'],
    ['surefoot.config.mjs', 'export default { preset: "strict" };'],
    ['surefoot.config.cjs', 'module.exports = { preset: "strict" };'],
    ['surefoot.config.js', 'module.exports = { preset: "strict" };'],
    ['surefoot.config.ts', 'const preset: string = "strict";\nexport default { preset } satisfies object;'],
    ['surefoot.config.mts', 'import { join } from "node:path";\nexport default { preset: join("strict") as string };'],
  ])('%s', (name, text) => {
    expect(load({ [name]: text }, name).preset).toBe('strict');
  });

  test('.js as the package.json beside says', () => {
    const files = {
      'package.json': '{ "type": "module" }',
      'surefoot.config.js': 'export default { preset: "strict" };',
    };
    expect(load(files, 'surefoot.config.js').preset).toBe('strict');
  });

  test.each(['surefoot.config.mjs', 'surefoot.config.ts'])('an empty %s', name => {
    expect(load({ [name]: 'export default {};' }, name).preset).toBeUndefined();
  });
});

describe('extends', () => {
  test('later ones win, the file itself wins over all; rules are merged by id, lists are joined', () => {
    const config = loadJson(
      {
        extends: ['./a.json', './b.json'],
        rules: { 'require-down': 'warn' },
        smallTables: ['own'],
      },
      {
        'a.json': JSON.stringify({
          preset: 'all',
          rules: { 'require-down': ['error', { minimumShare: 0.1 }], 'no-rename-column': 'off' },
          smallTables: ['a'],
        }),
        'b.json': JSON.stringify({ preset: 'strict', tenant: { column: 'org_id' } }),
      },
    );
    expect(config).toMatchObject({
      preset: 'strict',
      rules: { 'require-down': ['warn', { minimumShare: 0.1 }], 'no-rename-column': 'off' },
      smallTables: ['a', 'own'],
      tenant: { column: 'org_id' },
    });
  });

  test('a package, also an ESM-only one', () => {
    const config = loadJson(
      { extends: ['company-config', '@company/esm'] },
      {
        'node_modules/company-config/package.json': '{ "name": "company-config", "main": "index.js" }',
        'node_modules/company-config/index.js': 'module.exports = { preset: "strict" };',
        'node_modules/@company/esm/package.json':
          '{ "name": "@company/esm", "type": "module", "exports": "./index.js" }',
        'node_modules/@company/esm/index.js': 'export default { smallTables: ["countries"] };',
      },
    );
    expect(config).toMatchObject({ preset: 'strict', smallTables: ['countries'] });
  });

  test('a file that a script extends', () => {
    const files = {
      'surefoot.config.ts': 'export default { extends: "./base.mjs" };',
      'base.mjs': 'export default { preset: "all" };',
    };
    expect(load(files, 'surefoot.config.ts').preset).toBe('all');
  });
});

describe('errors name the file and the place', () => {
  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'a missing comma',
      { 'surefoot.config.json': '{\n  "preset": "strict"\n  "rules": {}\n}' },
      'surefoot.config.json:3:3: not valid JSON: comma expected',
    ],
    [
      'a missing value',
      { 'surefoot.config.json': '{"preset":}' },
      'surefoot.config.json:1:11: not valid JSON: value expected',
    ],
    [
      'an early end',
      { 'surefoot.config.json': '{\n"rules": {' },
      'surefoot.config.json:2:11: not valid JSON: close brace expected',
    ],
    ['an empty file', { 'surefoot.config.json': '' }, 'surefoot.config.json:1:1: not valid JSON: value expected'],
    [
      'a comment',
      { 'surefoot.config.json': '{\n  // why\n}' },
      'surefoot.config.json:2:3: not valid JSON: invalid comment token',
    ],
    [
      'an unknown rule',
      { 'surefoot.config.json': '{\n  "rules": {\n    "require-dwn": "off"\n  }\n}' },
      'surefoot.config.json:3:5: rules.require-dwn: unknown rule; did you mean require-down?',
    ],
    [
      'a wrong entry of a list',
      { 'surefoot.config.json': '{ "smallTables": ["a",\n 2] }' },
      'surefoot.config.json:2:2: smallTables[1]: must be a text, is 2',
    ],
    [
      'a missing base',
      { 'surefoot.config.json': '{ "extends": "./base.json" }' },
      'surefoot.config.json: extends: there is no file ./base.json',
    ],
    [
      'a missing package',
      { 'surefoot.config.json': '{ "extends": "nowhere" }' },
      'surefoot.config.json: extends: the package nowhere is not installed',
    ],
    [
      'a circle',
      { 'surefoot.config.json': '{ "extends": "./b.json" }', 'b.json': '{ "extends": "./surefoot.config.json" }' },
      'surefoot.config.json → b.json → surefoot.config.json',
    ],
    [
      'a mistake in a base',
      { 'surefoot.config.json': '{ "extends": "./b.json" }', 'b.json': '{ "prest": "all" }' },
      'b.json:1:3: prest: unknown key; did you mean preset?',
    ],
  ])('%s', (_, files, message) => {
    expect(() => load(files)).toThrow(message);
  });

  test.each([
    ['surefoot.config.mjs', 'export const preset = "strict";', 'surefoot.config.mjs: exports no config'],
    ['surefoot.config.ts', 'export const preset = "strict";', 'surefoot.config.ts: exports no config'],
    ['surefoot.config.mjs', '', 'surefoot.config.mjs: exports no config'],
    ['surefoot.config.cjs', '', 'surefoot.config.cjs: exports no config'],
    ['surefoot.config.mjs', 'export default () => ({});', 'surefoot.config.mjs: exports no config'],
    ['surefoot.config.mjs', 'throw new Error("first\\nsecond");', 'surefoot.config.mjs: cannot be loaded: first'],
    ['surefoot.config.mjs', 'export default { preset: ', 'surefoot.config.mjs: cannot be loaded: '],
    ['surefoot.config.ts', 'export default { preset: ', 'surefoot.config.ts: cannot be loaded: '],
    ['surefoot.config.mjs', 'export default await Promise.resolve({});', 'must not use await at its top level'],
    ['surefoot.config.ts', 'export default { preset: "stict" };', 'surefoot.config.ts: preset: "stict" is none of'],
  ])('%s: %s', (name, text, message) => {
    expect(() => load({ [name]: text }, name)).toThrow(message);
  });

  test('they are usage errors, on one line', () => {
    const cwd = temporaryTree({ 'surefoot.config.ts': 'export default {{' });
    try {
      loadConfig(join(cwd, 'surefoot.config.ts'), cwd);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ name: 'UsageError', message: expect.not.stringContaining('\n') });
    }
  });
});

test('a config is read again when it changed', () => {
  const cwd = temporaryTree({ 'surefoot.config.json': '{ "preset": "strict" }' });
  const file = join(cwd, 'surefoot.config.json');
  expect(loadConfig(file, cwd).config.preset).toBe('strict');
  rmSync(file);
  mkdirSync(join(cwd, 'other'));
  writeFileSync(file, '{ "preset": "all" }');
  expect(loadConfig(file, cwd).config.preset).toBe('all');
});
