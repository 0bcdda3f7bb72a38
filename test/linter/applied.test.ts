import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

function git(cwd: string, ...args: readonly string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd, stdio: 'ignore' });
}

/** A repository whose branch main has these files. */
function repository(files: Readonly<Record<string, string>>): string {
  const root = temporaryTree(files);
  rmSync(join(root, '.git'), { recursive: true });
  git(root, 'init', '-q', '-b', 'main');
  git(root, 'add', '.');
  git(root, 'commit', '-q', '-m', 'one');
  return root;
}

function write(root: string, path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** Rules that look at a project, with the places of their findings; and which migrations are judged. */
async function run(cwd: string, ...argv: readonly string[]): Promise<{ found: string[]; judged: string[] }> {
  let stdout = '';
  let stderr = '';
  const rules = ['no-edit-applied-migration', 'no-schema-push', 'no-drop-table', 'no-out-of-order-migration'];
  await main([...argv, '--format', 'json'], {
    cwd,
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: text => (stderr += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
  });
  expect(stderr).toBe('');
  const report = JSON.parse(stdout) as {
    migrations: { id: string; new: boolean }[];
    findings: { rule: string; severity: string; file: string; line: number; message: string }[];
  };
  return {
    found: report.findings
      .filter(({ rule }) => rules.includes(rule))
      .map(({ rule, severity, file, line, message }) => `${severity} ${rule} ${file}:${line} ${message}`),
    judged: report.migrations.filter(migration => migration.new).map(({ id }) => id),
  };
}

const CHANGELOG = `--liquibase formatted sql
--changeset a:1
CREATE TABLE t (id bigint PRIMARY KEY);
--rollback DROP TABLE t;
--changeset a:2
DROP TABLE old;
--rollback empty
`;
const LIQUIBASE = { 'liquibase.properties': 'url=jdbc:postgresql://localhost/app\n', 'db/a.sql': CHANGELOG };

describe('a changelog that holds several changeSets', () => {
  test.each(['--since=main', '--staged'])('%s judges those that are new or changed', async flag => {
    const root = repository(LIQUIBASE);
    write(root, 'db/a.sql', `${CHANGELOG}--changeset a:3\nDROP TABLE older;\n--rollback empty\n`);
    git(root, 'add', '.');
    const { judged, found } = await run(root, flag);
    expect(judged).toEqual(['a.sql::3::a']);
    expect(found).toMatchObject([expect.stringMatching(/^error no-drop-table db\/a\.sql:9 /)]);
  });

  test('an edit of one that is applied is found at it, unless it changes no checksum', async () => {
    const root = repository(LIQUIBASE);
    const edit = async (from: string, to: string): Promise<readonly string[]> => {
      write(root, 'db/a.sql', CHANGELOG.replace(from, to));
      const { found } = await run(root, '--since=main');
      return found.filter(each => each.includes('no-edit-applied-migration'));
    };
    expect(await edit('DROP TABLE old;', 'DROP TABLE IF EXISTS old;')).toEqual([
      'error no-edit-applied-migration db/a.sql:5 The base branch has this migration: databases that ran it have its checksum, and Liquibase refuses to go on.',
    ]);
    expect(await edit('(id bigint', '(id int')).toHaveLength(1);
    // As Liquibase 4.28 computes checksums.
    expect(await edit('(id bigint', '\n(id   bigint')).toEqual([]);
    expect(await edit('rollback empty', 'rollback not required')).toEqual([]);
    expect(await edit('a:2', 'a:2 runInTransaction:false')).toEqual([]);
    expect(await edit('a:2\nDROP', 'a:2 runOnChange:true\nDROP TABLE x; DROP')).toEqual([]);
    expect(await edit('a:2\nDROP', 'a:2\n--validCheckSum: any\nDROP TABLE x; DROP')).toEqual([]);
  });

  test('one that is gone is a warning, one that moved is another one to Liquibase', async () => {
    const root = repository(LIQUIBASE);
    write(root, 'db/a.sql', CHANGELOG.slice(0, CHANGELOG.indexOf('--changeset a:2')));
    expect((await run(root, '--since=main')).found).toEqual([
      'warning no-edit-applied-migration db/a.sql:1 a.sql::2::a is gone: databases that ran it keep what it made, new ones never get it.',
    ]);
    write(root, 'db/b.sql', `--liquibase formatted sql\n${CHANGELOG.slice(CHANGELOG.indexOf('--changeset a:2'))}`);
    const { found } = await run(root, '--since=main');
    expect(found.filter(each => each.includes('no-edit-applied-migration'))).toEqual([
      'error no-edit-applied-migration db/b.sql:2 The base branch has this migration as a.sql::2::a: Liquibase takes it for another one, and runs it again where it has run.',
    ]);
  });
});

describe('migrations that the base branch has', () => {
  const GOOSE = {
    'go.mod': 'require github.com/pressly/goose/v3 v3.0.0\n',
    'migrations/00001_a.sql':
      '-- +goose Up\nCREATE TABLE a (id bigserial PRIMARY KEY);\n-- +goose Down\nDROP TABLE a;\n',
    'migrations/00002_b.sql':
      '-- +goose Up\nCREATE TABLE b (id bigserial PRIMARY KEY);\n-- +goose Down\nDROP TABLE b;\n',
  };

  test('a new version for an applied one is a new migration, a new title is not where the tool knows versions', async () => {
    const root = repository(GOOSE);
    renameSync(join(root, 'migrations/00001_a.sql'), join(root, 'migrations/00001_c.sql'));
    expect((await run(root, '--since=main')).found).toEqual([]);
    renameSync(join(root, 'migrations/00002_b.sql'), join(root, 'migrations/00003_b.sql'));
    expect((await run(root, '--since=main')).found).toEqual([
      'error no-edit-applied-migration migrations/00003_b.sql:1 The base branch has this migration as 00002_b: goose takes it for another one, and runs it again where it has run.',
    ]);
  });

  test('where the tool does not miss them, old ones may be deleted', async () => {
    const root = repository(GOOSE);
    rmSync(join(root, 'migrations/00001_a.sql'));
    expect((await run(root, '--since=main')).found).toEqual([]);
  });

  test('where it does, that is an error, also where nothing is new', async () => {
    const root = repository({
      'Cargo.toml': '[dependencies]\nsqlx = { version = "0.8", features = ["postgres"] }\n',
      'migrations/20240101000000_a.sql': 'CREATE TABLE a (id bigserial PRIMARY KEY);\n',
      'migrations/20240102000000_b.sql': 'CREATE TABLE b (id bigserial PRIMARY KEY);\n',
    });
    rmSync(join(root, 'migrations/20240101000000_a.sql'));
    const { found, judged } = await run(root, '--since=main');
    expect(judged).toEqual([]);
    expect(found).toEqual([
      'error no-edit-applied-migration migrations/20240101000000_a.sql:1 sqlx refuses to run where 20240101000000_a was run, as it is not there anymore.',
    ]);
  });
});

test('a pull request without a migration that pushes the schema at the start is found', async () => {
  const root = repository({
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20240101000000_a/migration.sql': 'CREATE TABLE a (id bigserial PRIMARY KEY);\n',
    Dockerfile: 'FROM node:22\nCMD npx prisma migrate deploy && node server.js\n',
    'README.md': '# App\n',
  });
  write(root, 'README.md', '# An app\n');
  expect(await run(root, '--since=main')).toEqual({ found: [], judged: [] });
  write(root, 'Dockerfile', 'FROM node:22\nCMD npx prisma db push && node server.js\n');
  for (const flag of ['--since=main', '--staged']) {
    git(root, 'add', '.');
    const { found, judged } = await run(root, flag);
    expect(judged).toEqual([]);
    expect(found).toMatchObject([expect.stringMatching(/^error no-schema-push Dockerfile:2 /)]);
  }
});

describe('a migration that uses what only a later one makes', () => {
  const early = { 'db/migrations/2_a.sql': 'ALTER TABLE t ADD COLUMN IF NOT EXISTS b int;\n' };
  const made = { 'db/migrations/3_b.sql': 'CREATE TABLE t (id bigserial PRIMARY KEY);\n' };
  const start = { 'db/migrations/1_s.sql': 'CREATE TABLE s (id bigserial PRIMARY KEY);\n' };
  const finding =
    'error no-out-of-order-migration db/migrations/2_a.sql:1 In a fresh database this fails: t is only made by 3_b, which runs after it.';

  test('is found in what a branch adds to plain files', async () => {
    const root = repository({ ...start, ...made });
    write(root, 'db/migrations/2_a.sql', early['db/migrations/2_a.sql']);
    expect((await run(root, '--since=main')).found).toEqual([finding]);
  });

  test('is none in a history of plain files, which may have run in another order', async () => {
    expect((await run(repository({ ...start, ...early, ...made }))).found).toEqual([]);
  });

  test('is found in a history whose order is the tool’s', async () => {
    const up = (files: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(Object.entries(files).map(([path, text]) => [path, `-- +goose Up\n${text}`]));
    expect((await run(repository(up({ ...start, ...early, ...made })))).found).toEqual([
      finding.replace('2_a.sql:1', '2_a.sql:2'),
    ]);
  });
});

test.each([
  ['', true],
  ['flyway.outOfOrder=true\n', false],
])('a late migration is refused unless the configuration says otherwise: %j', async (setting, isRefused) => {
  const root = repository({
    'flyway.conf': `flyway.url=jdbc:postgresql:app\nflyway.locations=filesystem:db\n${setting}`,
    'db/V1__a.sql': 'CREATE TABLE a (id bigserial PRIMARY KEY);\n',
    'db/V3__c.sql': 'CREATE TABLE c (id bigserial PRIMARY KEY);\n',
  });
  write(root, 'db/V2__b.sql', 'CREATE TABLE b (id bigserial PRIMARY KEY);\n');
  const { found } = await run(root, '--since=main');
  expect(found).toHaveLength(isRefused ? 1 : 0);
  if (isRefused) expect(found[0]).toMatch(/^error no-out-of-order-migration db\/V2__b\.sql:1 Flyway refuses to run/);
});

test.each([
  ['', 'Atlas refuses to run'],
  ['exec_order = NON_LINEAR', undefined],
  ['exec_order = LINEAR_SKIP', 'Atlas never runs this migration'],
])('Atlas goes by its exec_order: %j', async (setting, message) => {
  const root = repository({
    'atlas.hcl': `env "local" {\n  url = "postgres://localhost/x"\n  migration {\n    dir = "file://db"\n    ${setting}\n  }\n}\n`,
    'db/1_a.sql': 'CREATE TABLE a (id bigserial PRIMARY KEY);\n',
    'db/3_c.sql': 'CREATE TABLE c (id bigserial PRIMARY KEY);\n',
  });
  write(root, 'db/2_b.sql', 'CREATE TABLE b (id bigserial PRIMARY KEY);\n');
  const { found } = await run(root, '--since=main');
  expect(found).toEqual(
    message === undefined ? [] : [expect.stringContaining(`error no-out-of-order-migration db/2_b.sql:1 ${message}`)],
  );
});
