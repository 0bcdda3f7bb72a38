import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildCommand, type CommandBundle, ROOT } from '../support/command-bundle.ts';
import { GIT_ENV, type GitRepository, gitRepository } from '../support/git-repository.ts';

let command: CommandBundle;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

const START = {
  'surefoot.config.json': '{ "dialect": "postgres", "rules": { "require-down": "off" } }',
  'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
};
const BLOCKING = 'CREATE INDEX users_email_idx ON users (email);\n';
const SAFE = "SET lock_timeout = '2s';\nCREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);\n";

/** Whether a program is on this machine. */
function has(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some(folder => existsSync(join(folder, program)));
}

function environment({ root }: GitRepository): NodeJS.ProcessEnv {
  const path = [command.bin, join(ROOT, 'node_modules/.bin'), process.env.PATH].join(delimiter);
  return {
    PATH: path,
    HOME: tmpdir(),
    PRE_COMMIT_HOME: join(root, '.git/pre-commit'),
    NO_COLOR: '1',
    ...GIT_ENV,
  };
}

/** Runs a program in the repository; its output in one. */
function run(repository: GitRepository, program: string, ...args: readonly string[]) {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: repository.root,
    env: environment(repository),
    encoding: 'utf8',
  });
  if (error !== undefined) throw error;
  return { status, output: stdout + stderr };
}

function commit(repository: GitRepository) {
  return run(repository, 'git', 'commit', '--message=change');
}

/** What every hook must do: stop what blocks, judge what is staged rather than what is on disk, and let the rest through. */
function expectToGuard(repository: GitRepository): void {
  repository.write({ 'migrations/2_next.sql': BLOCKING });
  repository.git('add', 'migrations');
  repository.write({ 'migrations/2_next.sql': SAFE });
  const stopped = commit(repository);
  expect(stopped.output).toContain('require-concurrent-index');
  expect(stopped.status).toBe(1);
  repository.git('add', 'migrations');
  repository.write({ 'migrations/2_next.sql': BLOCKING });
  const passed = commit(repository);
  expect(passed.output).not.toContain('require-concurrent-index');
  expect(passed.status).toBe(0);
  expect(readFileSync(join(repository.root, 'migrations/2_next.sql'), 'utf8')).toBe(BLOCKING);
}

describe.skipIf(!has('pre-commit'))('.pre-commit-hooks.yaml', () => {
  test('is a manifest that the real pre-commit takes', () => {
    const repository = gitRepository({ 'a.txt': '' });
    const { status, output } = run(repository, 'pre-commit', 'validate-manifest', join(ROOT, '.pre-commit-hooks.yaml'));
    expect([status, output]).toEqual([0, '']);
  });

  test('guards commits; other files do not even start it', () => {
    // The same hook, with the program of this checkout in place of one that pre-commit would install.
    const manifest = readFileSync(join(ROOT, '.pre-commit-hooks.yaml'), 'utf8').replace(
      'language: node',
      'language: system',
    );
    const hooks = gitRepository({ '.pre-commit-hooks.yaml': manifest });
    hooks.git('tag', 'v1');
    const repository = gitRepository({
      ...START,
      '.pre-commit-config.yaml': `repos:\n  - repo: ${hooks.root}\n    rev: v1\n    hooks:\n      - id: surefoot\n`,
    });
    expect(run(repository, 'pre-commit', 'install').status).toBe(0);
    expectToGuard(repository);
    repository.git('stash', '--quiet');
    repository.write({ 'notes.txt': 'a' });
    repository.git('add', 'notes.txt');
    const { status, output } = commit(repository);
    expect(status).toBe(0);
    expect(output).toMatch(/surefoot\.*\(no files to check\)Skipped/);
  });
});

describe('husky', () => {
  function withHusky(hook: string, files: Readonly<Record<string, string>> = {}): GitRepository {
    const repository = gitRepository({ ...START, ...files, '.gitignore': 'node_modules\n', '.husky/pre-commit': hook });
    symlinkSync(join(ROOT, 'node_modules'), join(repository.root, 'node_modules'));
    chmodSync(join(repository.root, '.husky/pre-commit'), 0o755);
    const { status, output } = run(repository, 'husky');
    expect([status, output]).toEqual([0, '']);
    return repository;
  }

  test('runs surefoot on what is staged', () => {
    expectToGuard(withHusky('surefoot lint --staged\n'));
  });

  test('runs it through lint-staged, which hands it the staged files', () => {
    const config = JSON.stringify({ 'migrations/**/*.sql': 'surefoot lint' });
    expectToGuard(withHusky('lint-staged\n', { '.lintstagedrc.json': config }));
  });

  test('runs it once through lint-staged for all staged files', () => {
    const config = "export default { '**/*.{sql,js,ts}': () => 'surefoot lint --staged' };\n";
    expectToGuard(withHusky('lint-staged\n', { 'lint-staged.config.mjs': config }));
  });
});

describe('a hook of plain git that changes the folder first', () => {
  const HOOK = '#!/bin/sh\ncd migrations && surefoot lint --staged\n';

  function withHook(): GitRepository {
    const repository = gitRepository(START);
    repository.write({ '.git/hooks/pre-commit': HOOK });
    chmodSync(join(repository.root, '.git/hooks/pre-commit'), 0o755);
    return repository;
  }

  test('judges what is staged', () => {
    expectToGuard(withHook());
  });

  test('judges what is staged in a worktree, and what `git commit <file>` takes alone', () => {
    const repository = withHook();
    const root = join(repository.root, '.git/another tree');
    repository.git('worktree', 'add', '--quiet', '-b', 'other', root);
    const write = (files: Readonly<Record<string, string>>): void =>
      repository.write(
        Object.fromEntries(Object.entries(files).map(([path, text]) => [`.git/another tree/${path}`, text])),
      );
    const git = (...args: readonly string[]): string => repository.git('-C', root, ...args);
    expectToGuard({ root, write, git });
    write({ 'migrations/3_next.sql': BLOCKING.replaceAll('email_idx', 'other_idx'), 'migrations/4_next.sql': SAFE });
    git('add', '--all');
    const stopped = run({ root, write, git }, 'git', 'commit', '--message=3', 'migrations/3_next.sql');
    expect([stopped.status, stopped.output]).toEqual([1, expect.stringContaining('3_next')]);
    expect(stopped.output).not.toContain('4_next');
  });
});

/** What init writes is what the hook managers run. */
describe('a hook that init wrote', () => {
  function setUp(files: Readonly<Record<string, string>>): GitRepository {
    const repository = gitRepository({ ...START, ...files, '.gitignore': 'node_modules\n' });
    // Where npx looks first.
    mkdirSync(join(repository.root, 'node_modules/.bin'), { recursive: true });
    symlinkSync(join(command.bin, 'surefoot'), join(repository.root, 'node_modules/.bin/surefoot'));
    const { status, output } = run(repository, 'surefoot', 'init', '--yes');
    expect([status, output]).toEqual([0, expect.stringContaining('Written: ')]);
    return repository;
  }

  function installWith(repository: GitRepository, program: string, ...args: readonly string[]): void {
    expect(run(repository, program, ...args).status).toBe(0);
    repository.git('add', '--all');
    repository.git('commit', '--quiet', '--allow-empty', '--no-verify', '--message=hooks');
    expectToGuard(repository);
  }

  test('for plain git', () => {
    installWith(setUp({}), 'true');
  });

  test('for husky', () => {
    installWith(setUp({ 'package.json': '{}', '.husky/pre-commit': 'true\n' }), 'husky');
  });

  test.each([
    ['package.json', '{ "lint-staged": { "*.txt": "true" } }'],
    ['.lintstagedrc', '{ "*.txt": "true" }'],
    ['.lintstagedrc.yaml', '"*.txt": "true"\n'],
  ])('for lint-staged with %s', (path, config) => {
    const repository = setUp({ '.husky/pre-commit': 'lint-staged\n', [path]: config });
    expect(readFileSync(join(repository.root, path), 'utf8')).toContain('surefoot lint --staged');
    expect(readFileSync(join(repository.root, '.husky/pre-commit'), 'utf8')).toBe('lint-staged\n');
    installWith(repository, 'husky');
  });

  test.skipIf(!has('pre-commit'))('for the pre-commit framework', () => {
    installWith(setUp({ '.pre-commit-config.yaml': 'repos: []\n' }), 'pre-commit', 'install');
  });

  test
    .skipIf(!has('lefthook'))
    .each(['pre-commit:\n  commands:\n    other:\n      run: "true"\n', 'pre-commit:\n  jobs:\n    - run: "true"\n'])(
    'for lefthook, %j',
    config => {
      installWith(setUp({ 'lefthook.yml': config }), 'lefthook', 'install');
    },
  );

  test.skipIf(!has('simple-git-hooks')).each([
    ['package.json', '{ "simple-git-hooks": { "pre-commit": "true" } }'],
    ['.simple-git-hooks.json', '{}'],
  ])('for simple-git-hooks with %s', (path, config) => {
    installWith(setUp({ 'package.json': '{}', [path]: config }), 'simple-git-hooks');
  });
});

describe.skipIf(!has('lefthook'))('lefthook', () => {
  test('runs surefoot on what is staged', () => {
    const config =
      'pre-commit:\n  commands:\n    surefoot:\n      glob: "*.{sql,js,ts}"\n      run: surefoot lint --staged\n';
    const repository = gitRepository({ ...START, 'lefthook.yml': config });
    expect(run(repository, 'lefthook', 'install').status).toBe(0);
    expectToGuard(repository);
  });
});
