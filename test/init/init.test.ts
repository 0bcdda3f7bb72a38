import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const MIGRATIONS = {
  'db/migrations/0001_a.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n',
  'db/migrations/0002_b.sql': 'ALTER TABLE t ADD COLUMN a jsonb;\n',
};

async function init(cwd: string, argv: readonly string[], answer?: string): Promise<string> {
  let stdout = '';
  const status = await main(['init', ...argv], {
    cwd,
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: answer !== undefined, columns: undefined },
    stderr: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
    ...(answer === undefined ? {} : { ask: async () => answer }),
  });
  return `${status}\n${stdout}`;
}

/** The repository after `init --yes`; a second run must find nothing to write. */
async function setUp(files: Readonly<Record<string, string>>): Promise<(path: string) => string> {
  const root = temporaryTree({ ...MIGRATIONS, ...files });
  expect(await init(root, ['--yes'])).toMatch(/^0\n[\s\S]*\nWritten: /);
  expect(await init(root, ['--yes'])).toMatch(/^0\n[\s\S]*Nothing to write: all is set up\.\n$/);
  return path => readFileSync(join(root, path), 'utf8');
}

describe('what is written', () => {
  test('a config whose history ends at the newest migration, and a hook of plain git', async () => {
    const text = await setUp({ 'package.json': '{}', 'pnpm-lock.yaml': '' });
    expect(JSON.parse(text('surefoot.config.json'))).toEqual({
      $schema: './node_modules/surefoot/config-schema.json',
      preset: 'recommended',
      projects: [{ path: 'db/migrations', startAfter: '0002_b' }],
    });
    expect(text('.git/hooks/pre-commit')).toBe('#!/bin/sh\npnpm exec surefoot lint --staged\n');
  });

  test("history ends at the newest version: Flyway's repeatable migrations come after those of tomorrow too", async () => {
    const text = await setUp({
      'fly/flyway.conf': 'flyway.url=jdbc:postgresql://localhost/a\n',
      'fly/V2__b.sql': 'CREATE TABLE u (id bigserial PRIMARY KEY);\n',
      'fly/R__view.sql': 'SELECT 1;\n',
    });
    expect(JSON.parse(text('surefoot.config.json'))).toMatchObject({
      projects: [{ path: 'db/migrations' }, { path: 'fly', startAfter: 'V2__b' }],
    });
  });

  test('the dialect that only --dialect tells; one that the config tells stays there', async () => {
    const plain = { 'db/migrations/0001_a.sql': 'CREATE TABLE t (id int);\n', 'db/migrations/0002_b.sql': '' };
    const root = temporaryTree(plain);
    expect(await init(root, ['--yes'])).toMatch(/^2\nsurefoot: db\/migrations: .* give --dialect postgres\|/);
    expect(await init(root, ['--yes', '--dialect', 'mysql'])).toContain('found plain SQL files, mysql, 2 migrations');
    expect(JSON.parse(readFileSync(join(root, 'surefoot.config.json'), 'utf8'))).toMatchObject({
      projects: [{ path: 'db/migrations', dialect: 'mysql', startAfter: '0002_b' }],
    });
    expect(await init(root, ['--yes'])).toMatch(/^0\nfound plain SQL files, mysql[\s\S]*Nothing to write/);
  });

  test('the hook can be run', async () => {
    const root = temporaryTree(MIGRATIONS);
    await init(root, ['--yes']);
    expect(statSync(join(root, '.git/hooks/pre-commit')).mode & 0o111).toBe(0o111);
  });

  test.each<[string, Readonly<Record<string, string>>, string, string]>([
    [
      'the pre-commit framework, with comments kept',
      { '.pre-commit-config.yaml': '# ours\nrepos:\n  - repo: local # first\n    hooks: []\n' },
      '.pre-commit-config.yaml',
      '# ours\nrepos:\n  - repo: local # first\n    hooks: []\n  - repo: local\n    hooks:\n      - id: surefoot\n        name: surefoot\n        entry: npx --yes surefoot lint --staged\n        language: system\n        pass_filenames: false\n',
    ],
    [
      'lefthook',
      { 'lefthook.yml': 'pre-commit:\n  commands:\n    lint:\n      run: eslint .\n' },
      'lefthook.yml',
      'pre-commit:\n  commands:\n    lint:\n      run: eslint .\n    surefoot:\n      run: npx --yes surefoot lint --staged\n',
    ],
    [
      'husky',
      { 'package.json': '{}', '.husky/pre-commit': 'npx lint-staged' },
      '.husky/pre-commit',
      'npx lint-staged\nnpx surefoot lint --staged\n',
    ],
    [
      'simple-git-hooks',
      { 'package.json': '{\n    "simple-git-hooks": { "pre-commit": "npm test" }\n}' },
      'package.json',
      '{\n    "simple-git-hooks": { "pre-commit": "npm test && npx surefoot lint --staged" }\n}',
    ],
    [
      'simple-git-hooks with a file of its own',
      { 'package.json': '{}', '.simple-git-hooks.json': '{\n\t"pre-push": "make"\n}\n' },
      '.simple-git-hooks.json',
      '{\n\t"pre-push": "make",\n\t"pre-commit": "npx surefoot lint --staged"\n}\n',
    ],
    [
      'lint-staged in package.json, which husky runs',
      {
        '.husky/pre-commit': 'npx lint-staged\n',
        'package.json': '{\n  "name": "a",\n  "lint-staged": {\n    "*.js": "eslint"\n  }\n}\n',
      },
      'package.json',
      '{\n  "name": "a",\n  "lint-staged": {\n    "*.js": "eslint",\n    "*.{sql,js,cjs,mjs,ts,cts,mts,xml,yml,yaml,json}": "npx surefoot lint --staged"\n  }\n}\n',
    ],
    [
      'lint-staged in a JSON file, which simple-git-hooks runs, with an entry of the same glob',
      {
        'package.json': '{"simple-git-hooks":{"pre-commit":"npx lint-staged"}}',
        '.lintstagedrc': '{ "*.{sql,js,cjs,mjs,ts,cts,mts,xml,yml,yaml,json}": "prettier" }',
      },
      '.lintstagedrc',
      '{ "*.{sql,js,cjs,mjs,ts,cts,mts,xml,yml,yaml,json}": [\n    "prettier",\n    "npx surefoot lint --staged"\n  ] }',
    ],
    [
      'lint-staged in YAML, which plain git runs',
      { '.git/hooks/pre-commit': '#!/bin/sh\nnpx lint-staged\n', '.lintstagedrc.yml': '# ours\n"*.js": eslint\n' },
      '.lintstagedrc.yml',
      '# ours\n"*.js": eslint\n"*.{sql,js,cjs,mjs,ts,cts,mts,xml,yml,yaml,json}": npx --yes surefoot lint --staged\n',
    ],
    [
      'husky, where the config of lint-staged is a script',
      {
        'package.json': '{}',
        '.husky/pre-commit': 'npx lint-staged\n',
        'lint-staged.config.js': 'export default {};\n',
      },
      '.husky/pre-commit',
      'npx lint-staged\nnpx surefoot lint --staged\n',
    ],
    [
      'ESLint',
      { 'eslint.config.mjs': "import js from '@eslint/js';\n\nexport default [js.configs.recommended];\n" },
      'eslint.config.mjs',
      "import js from '@eslint/js';\nimport surefoot from 'eslint-plugin-surefoot';\n\nexport default [...surefoot.configs.recommended, js.configs.recommended];\n",
    ],
    [
      'VS Code, with comments kept',
      { 'eslint.config.js': 'export default [\n];\n', '.vscode/settings.json': '{\n  // mine\n  "a": 1\n}\n' },
      '.vscode/settings.json',
      '{\n  // mine\n  "a": 1,\n  "eslint.validate": [\n    "javascript",\n    "javascriptreact",\n    "typescript",\n    "typescriptreact",\n    "sql"\n  ],\n  "eslint.codeAction.disableRuleComment": {\n    "enable": true,\n    "location": "separateLine",\n    "commentStyle": "block"\n  }\n}\n',
    ],
    [
      'VS Code, with languages and a comment style of its own, and tabs',
      {
        'eslint.config.js': 'export default [\n];\n',
        '.vscode/settings.json':
          '{\n\t"eslint.validate": ["vue"], // only\n\t"eslint.codeAction.disableRuleComment": { "enable": false },\n}\n',
      },
      '.vscode/settings.json',
      '{\n\t"eslint.validate": [\n\t\t"vue",\n\t\t"sql"\n\t], // only\n\t"eslint.codeAction.disableRuleComment": { "enable": false },\n}\n',
    ],
  ])('%s', async (_, files, path, expected) => {
    expect((await setUp(files))(path)).toBe(expected);
  });

  test('VS Code goes on checking the other languages of the ESLint config', async () => {
    const text = await setUp({
      'eslint.config.js': "import vue from 'eslint-plugin-vue';\nexport default [\n];\n",
      '.vscode/': '',
    });
    expect(JSON.parse(text('.vscode/settings.json'))).toMatchObject({
      'eslint.validate': ['javascript', 'javascriptreact', 'typescript', 'typescriptreact', 'vue', 'sql'],
    });
  });

  test('a workflow on GitHub, a job on GitLab', async () => {
    const github = await setUp({ '.github/CODEOWNERS': '' });
    expect(github('.github/workflows/surefoot.yml')).toContain('surefoot lint --since "$BASE"');
    const gitlab = await setUp({ '.gitlab-ci.yml': 'test:\n  script: make' });
    expect(gitlab('.gitlab-ci.yml')).toMatch(/^test:\n {2}script: make\n\nsurefoot:\n {2}image: node/);
  });
});

/** What a repository may have of each kind; every combination is set up, and a second run must find nothing to do. */
const HAS: Readonly<Record<string, readonly Readonly<Record<string, string>>[]>> = {
  manager: [{}, { 'package.json': '{}\n', 'yarn.lock': '' }],
  hook: [
    {},
    { '.pre-commit-config.yaml': 'repos: []\n' },
    { 'lefthook.yml': 'pre-commit:\n  jobs:\n    - run: make\n' },
    { '.husky/pre-commit': 'npx lint-staged\n', '.lintstagedrc.json': '{}\n' },
    { '.husky/pre-commit': 'npx lint-staged\n', '.lintstagedrc': '"*.js": eslint\n' },
    { '.husky/': '' },
    { 'simple-git-hooks.json': '{}\n' },
  ],
  ci: [{}, { '.github/': '' }, { '.gitlab-ci.yml': 'a:\n  script: [make]\n' }],
  editor: [
    {},
    { 'eslint.config.ts': 'export default [\n];\n' },
    { 'eslint.config.js': 'export default defineConfig([\n]);\n', '.vscode/settings.json': '// none yet\n{}\n' },
  ],
};

function combinations(
  kinds: readonly (readonly Readonly<Record<string, string>>[])[],
): readonly Readonly<Record<string, string>>[] {
  const [first, ...rest] = kinds;
  if (first === undefined) return [{}];
  const others = combinations(rest);
  return first.flatMap(files => others.map(other => ({ ...files, ...other })));
}

test('whatever a repository has, a second run finds nothing to write', async () => {
  const all = combinations(Object.values(HAS));
  expect(all.length).toBe(126);
  for (const files of all) {
    const root = temporaryTree({ ...MIGRATIONS, ...files });
    const names = Object.keys(files).join(' ');
    expect(await init(root, ['--yes']), names).toMatch(/^0\n[\s\S]*\nWritten: /);
    const text = await init(root, ['--yes']);
    expect(text, names).toMatch(/^0\n[\s\S]*Nothing to write: all is set up\.\n$/);
    expect(text, names).not.toMatch(/cannot be edited|no JSON/);
  }
});

describe('what is left alone', () => {
  test('everything, without a yes', async () => {
    const root = temporaryTree(MIGRATIONS);
    expect(await init(root, [])).toContain('surefoot init --yes writes these 2 files.\n');
    expect(await init(root, [], 'no')).toMatch(/Nothing was written\.\n$/);
    expect(statSync(join(root, 'surefoot.config.json'), { throwIfNoEntry: false })).toBeUndefined();
    expect(await init(root, [], 'y')).toContain('Written: surefoot.config.json');
  });

  test.each<[string, Readonly<Record<string, string>>, string]>([
    [
      'a broken file',
      { '.pre-commit-config.yaml': 'repos: [' },
      '.pre-commit-config.yaml cannot be edited: run `npx --yes',
    ],
    ['hooks that lie elsewhere', { '.git/config': '[core]\n\thooksPath = x\n' }, "git's hooks lie elsewhere"],
    ['a worktree', { '.git': 'gitdir: /elsewhere/.git/worktrees/a\n' }, '.git leads to another folder'],
    ['a hook in another language', { '.git/hooks/pre-commit': '#!/usr/bin/env python\n' }, 'is no shell script'],
    ['a hook that ends by itself', { '.git/hooks/pre-commit': '#!/bin/sh\nexec make\n' }, 'ends by itself'],
    [
      'an ESLint config of another form',
      { 'eslint.config.js': 'export default make();\n' },
      'eslint.config.js: add `...',
    ],
    [
      'broken settings',
      { 'eslint.config.js': 'export default [\n];\n', '.vscode/settings.json': '{ "a": ' },
      '.vscode/settings.json is no JSON',
    ],
  ])('%s', async (_, files, note) => {
    const root = temporaryTree({ ...MIGRATIONS, ...files });
    expect(await init(root, ['--yes'])).toContain(
      `note: ${note.startsWith('is') || note.startsWith('ends') ? '.git/hooks/pre-commit ' : ''}${note}`,
    );
    const [path = ''] = Object.keys(files).slice(-1);
    expect(readFileSync(join(root, path), 'utf8')).toBe(Object.values(files).at(-1));
  });
});

describe('bad input', () => {
  /** All files below a folder with their texts. */
  const tree = (root: string): unknown =>
    readdirSync(root, { recursive: true, withFileTypes: true }).map(entry => {
      const path = join(entry.parentPath, entry.name);
      return [path, entry.isFile() ? readFileSync(path, 'utf8') : 'folder'];
    });

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    [
      'a file where a folder must be',
      { '.github/workflows': '' },
      /^2\n[\s\S]*\nsurefoot: \.github\/workflows.* cannot be /,
    ],
    [
      'a folder where a file must be',
      { 'surefoot.config.json/': '' },
      /^2\n[\s\S]*\nsurefoot: surefoot\.config\.json: /,
    ],
    [
      'a folder where a later file must be',
      { 'eslint.config.js': 'export default [\n];\n', '.vscode/settings.json/': '' },
      /^2\n[\s\S]*\nsurefoot: \.vscode\/settings\.json: /,
    ],
    ['a broken config', { 'surefoot.config.json': '{ "preset": ' }, /^2\nsurefoot: surefoot\.config\.json/],
  ])('%s is one clear line, and nothing is written', async (_, files, said) => {
    const root = temporaryTree({ ...MIGRATIONS, ...files });
    const before = tree(root);
    const output = await init(root, ['--yes']);
    expect(output).toMatch(said);
    expect(
      output
        .trimEnd()
        .split('\n')
        .filter(line => line.startsWith('surefoot: ')),
    ).toHaveLength(1);
    expect(tree(root)).toEqual(before);
  });

  test('without git it says that there is no hook', async () => {
    const root = temporaryTree(MIGRATIONS);
    rmSync(join(root, '.git'), { recursive: true });
    expect(await init(root, ['--yes'])).toContain('note: no git repository here: no hook');
    expect(readdirSync(root)).toEqual(['db', 'surefoot.config.json']);
  });

  test('without migrations it says where to run it', async () => {
    const root = temporaryTree({ 'README.md': '' });
    const before = tree(root);
    expect(await init(root, ['--yes'])).toMatch(
      /^2\nsurefoot: no migrations found below [^\n]*; write the first one, or run this where they are\n$/,
    );
    expect(tree(root)).toEqual(before);
  });
});
