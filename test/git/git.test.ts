import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd, stdio: 'ignore' });
}

const INDEX = 'CREATE INDEX t_a_idx ON t (a);\n';

/** A repository with one migration on main. */
function repository(more: Readonly<Record<string, string>> = {}): string {
  const root = temporaryTree({
    'db/migrations/1_a.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY, a int);\n',
    ...more,
  });
  rmSync(join(root, '.git'), { recursive: true });
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'one');
  return root;
}

interface Run {
  readonly status: number;
  readonly stderr: string;
  /** Ids of the migrations that were judged. */
  readonly judged: readonly string[];
  /** Rules with their files. */
  readonly found: readonly string[];
}

async function run(cwd: string, ...argv: readonly string[]): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const status = await main([...argv, '--format', 'json', '--rule', 'require-down=off'], {
    cwd,
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: text => (stderr += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
  });
  const report = JSON.parse(stdout === '' ? '{"migrations":[],"findings":[]}' : stdout) as {
    migrations: { id: string; new: boolean }[];
    findings: { rule: string; file: string; severity: string }[];
  };
  return {
    status,
    stderr,
    judged: report.migrations.filter(migration => migration.new).map(({ id }) => id),
    found: report.findings.filter(({ severity }) => severity === 'error').map(({ rule, file }) => `${rule} ${file}`),
  };
}

describe('--since', () => {
  test('judges what the branch committed, staged, changed and has not added; the base is history', async () => {
    const root = repository();
    git(root, 'checkout', '-q', '-b', 'feature');
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'two');
    writeFileSync(join(root, 'db/migrations/3_c.sql'), 'CREATE TABLE u (id bigserial PRIMARY KEY, a int);\n');
    git(root, 'add', '.');
    writeFileSync(join(root, 'db/migrations/4_d.sql'), 'CREATE INDEX u_a_idx ON u (a);\n');
    const { judged, found, stderr } = await run(root, '--since', 'main');
    expect({ judged, stderr }).toEqual({ judged: ['2_b', '3_c', '4_d'], stderr: '' });
    // u is new in the same deploy, t is not.
    expect(found).toEqual(['require-concurrent-index db/migrations/2_b.sql']);
  });

  test('a change to a migration that the base has is found, whatever the tool; a repeatable one may change', async () => {
    const text = 'CREATE TABLE u (id bigserial PRIMARY KEY);\n';
    const root = repository({ 'fly/flyway.conf': '', 'fly/V1__u.sql': text, 'fly/R__view.sql': 'SELECT 1;\n' });
    git(root, 'checkout', '-q', '-b', 'feature');
    writeFileSync(join(root, 'db/migrations/1_a.sql'), 'CREATE TABLE t (id bigserial PRIMARY KEY, b int);\n');
    writeFileSync(join(root, 'fly/V1__u.sql'), `-- users\n${text}`);
    writeFileSync(join(root, 'fly/R__view.sql'), 'SELECT 2;\n');
    const { found } = await run(root, '--since', 'main', '--dialect', 'postgres');
    expect(found).toEqual([
      'no-edit-applied-migration db/migrations/1_a.sql',
      'no-edit-applied-migration fly/V1__u.sql',
    ]);
    // Flyway keeps checksums of comments too; nothing else does here.
    writeFileSync(join(root, 'db/migrations/1_a.sql'), '-- t\nCREATE TABLE t (id bigserial PRIMARY KEY, a int);\n');
    expect((await run(root, '--since', 'main', '--dialect', 'postgres')).found).toEqual([
      'no-edit-applied-migration fly/V1__u.sql',
    ]);
    expect((await run(root, '--dialect', 'postgres')).found).toEqual([]);
  });

  test('what the base got since the branch left it is not of this branch', async () => {
    const root = repository();
    git(root, 'checkout', '-q', '-b', 'feature');
    git(root, 'checkout', '-q', 'main');
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    git(root, 'add', '.');
    git(root, 'commit', '-q', '-m', 'two');
    git(root, 'checkout', '-q', 'feature');
    expect(await run(root, '--since', 'main')).toEqual({ status: 0, stderr: '', judged: [], found: [] });
  });

  test('works from a folder below the root, for paths there', async () => {
    const root = repository();
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    expect((await run(join(root, 'db'), '--since', 'HEAD', 'migrations')).judged).toEqual(['2_b']);
  });

  test.each([
    ['an unknown commit', 'nope', '--since nope: git knows no such commit'],
    ['an option in its place', '=--output=x', '--since --output=x: git knows no such commit'],
  ])('%s is one clear line', async (_, ref, message) => {
    const root = repository();
    const argv = ref.startsWith('=') ? [`--since${ref}`] : ['--since', ref];
    expect(await run(root, ...argv)).toMatchObject({ status: 2, stderr: `surefoot: ${message}\n` });
  });

  test('a commit without a common ancestor', async () => {
    const root = repository();
    git(root, 'checkout', '-q', '--orphan', 'other');
    git(root, 'commit', '-q', '-m', 'other');
    expect(await run(root, '--since', 'main')).toMatchObject({
      status: 2,
      stderr: 'surefoot: --since main: it has no commit in common with what is checked out\n',
    });
  });

  test('a shallow clone is told how to get the history', async () => {
    const root = repository();
    const clone = temporaryTree({ 'clone/': '' });
    git(clone, 'clone', '-q', '--depth', '1', `file://${root}`, 'clone');
    expect((await run(join(clone, 'clone'), '--since', 'main~1')).stderr).toBe(
      'surefoot: --since main~1: git knows no such commit; this clone is shallow: fetch the history first (actions/checkout: fetch-depth: 0)\n',
    );
  });

  test('a detached head is compared as a branch is', async () => {
    const root = repository();
    git(root, 'checkout', '-q', '--detach');
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    git(root, 'add', '.');
    expect((await run(root, '--staged')).judged).toEqual(['2_b']);
    git(root, 'commit', '-q', '-m', 'two');
    expect((await run(root, '--since', 'main')).judged).toEqual(['2_b']);
  });

  test('a clone whose base branch was not fetched', async () => {
    const root = repository();
    git(root, 'checkout', '-q', '-b', 'feature');
    const clone = temporaryTree({ 'clone/': '' });
    git(clone, 'clone', '-q', '--single-branch', '--branch', 'feature', `file://${root}`, 'clone');
    expect(await run(join(clone, 'clone'), '--since', 'origin/main')).toMatchObject({
      status: 2,
      stderr: 'surefoot: --since origin/main: git knows no such commit\n',
    });
  });

  test('a repository without a commit', async () => {
    const root = temporaryTree({ 'db/migrations/1_a.sql': INDEX });
    rmSync(join(root, '.git'), { recursive: true });
    git(root, 'init', '-q', '-b', 'main');
    expect(await run(root, '--since', 'main')).toMatchObject({
      status: 2,
      stderr: 'surefoot: --since main: git knows no such commit\n',
    });
  });

  test('no repository', async () => {
    const root = temporaryTree({ 'db/migrations/1_a.sql': INDEX });
    expect(await run(root, '--since', 'main')).toMatchObject({
      status: 2,
      stderr: 'surefoot: --since main: this is no git repository\n',
    });
  });
});

describe('--staged', () => {
  test('judges what is staged as it is staged, not as it is on disk', async () => {
    const root = repository();
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    git(root, 'add', '.');
    writeFileSync(join(root, 'db/migrations/2_b.sql'), 'SELECT 1;\n');
    writeFileSync(join(root, 'db/migrations/3_c.sql'), 'DROP TABLE t;\n');
    expect(await run(root, '--staged')).toMatchObject({
      status: 1,
      judged: ['2_b'],
      found: ['require-concurrent-index db/migrations/2_b.sql'],
    });
  });

  test('unstaged edits of the history do not count', async () => {
    const root = repository();
    writeFileSync(join(root, 'db/migrations/1_a.sql'), 'SELECT 1;\n');
    writeFileSync(join(root, 'db/migrations/2_b.sql'), 'ALTER TABLE t ADD COLUMN a int;\n');
    git(root, 'add', 'db/migrations/2_b.sql');
    expect((await run(root, '--staged')).found).toEqual(['no-failing-statement db/migrations/2_b.sql']);
  });

  test('nothing staged is fine', async () => {
    expect(await run(repository(), '--staged')).toEqual({ status: 0, stderr: '', judged: [], found: [] });
  });

  test('a repository without migrations is fine', async () => {
    const root = temporaryTree({ 'README.md': '' });
    rmSync(join(root, '.git'), { recursive: true });
    git(root, 'init', '-q');
    git(root, 'add', '.');
    expect(await run(root, '--staged')).toEqual({ status: 0, stderr: '', judged: [], found: [] });
    expect(await run(root)).toMatchObject({ status: 2 });
  });

  test('before the first commit everything staged is judged', async () => {
    const root = temporaryTree({ 'db/migrations/1_a.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n' });
    rmSync(join(root, '.git'), { recursive: true });
    git(root, 'init', '-q');
    git(root, 'add', '.');
    expect((await run(root, '--staged')).judged).toEqual(['1_a']);
  });

  test('a clone without history', async () => {
    const root = repository();
    const clone = temporaryTree({ 'clone/': '' });
    git(clone, 'clone', '-q', '--depth', '1', `file://${root}`, 'clone');
    writeFileSync(join(clone, 'clone/db/migrations/2_b.sql'), INDEX);
    git(join(clone, 'clone'), 'add', '.');
    expect((await run(join(clone, 'clone'), '--staged')).judged).toEqual(['2_b']);
  });

  test('from a folder below the root, only what is staged there', async () => {
    const root = repository({ 'other/migrations/1_a.sql': 'CREATE TABLE u (id bigserial PRIMARY KEY);\n' });
    writeFileSync(join(root, 'db/migrations/2_b.sql'), INDEX);
    writeFileSync(join(root, 'other/migrations/2_b.sql'), 'SELECT 1;\n');
    git(root, 'add', '.');
    expect((await run(join(root, 'db'), '--staged')).judged).toEqual(['2_b']);
    expect((await run(root, '--staged')).judged).toEqual(['2_b', '2_b']);
  });

  test('no repository', async () => {
    const root = temporaryTree({ 'db/migrations/1_a.sql': INDEX });
    expect(await run(root, '--staged')).toMatchObject({
      status: 2,
      stderr: 'surefoot: --staged: this is no git repository\n',
    });
  });

  test.each([
    [['--staged', '--since', 'main'], '--since and --staged exclude each other'],
    [['--staged', '--stdin'], '--stdin is judged whatever git says: leave --since and --staged out'],
  ])('%j is refused', async (argv, message) => {
    expect(await run(repository(), ...argv)).toMatchObject({ status: 2, stderr: `surefoot: ${message}\n` });
  });
});

test.runIf(process.platform === 'linux')(
  'staged files whose names are not UTF-8 are left out, and told of',
  async () => {
    const root = repository();
    const folder = Buffer.from(join(root, 'db/migrations/2_caf'));
    writeFileSync(Buffer.concat([folder, Buffer.from([0xe9]), Buffer.from('.sql')]), 'DROP TABLE t;\n');
    writeFileSync(join(root, 'db/migrations/3_b.sql'), INDEX);
    git(root, 'add', '.');
    for (const flag of ['--staged', '--since=main']) {
      const { judged, stderr } = await run(root, flag);
      expect(judged).toEqual(['3_b']);
      expect(stderr).toBe('surefoot: note: db/migrations/2_caf\uFFFD.sql: left out, as its name is not UTF-8\n');
    }
  },
);
