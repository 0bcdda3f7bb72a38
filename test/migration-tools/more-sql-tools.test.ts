import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { lint } from '../support/lint-projects.ts';

const TABLE = 'CREATE TABLE t (id bigserial PRIMARY KEY, a int);\n';
const BUILD = 'CREATE INDEX CONCURRENTLY t_a_idx ON t (a);\n';
const UNBUILD = 'DROP INDEX CONCURRENTLY t_a_idx;\n';
const CARGO = (name: string): string => `[dependencies]\n${name} = "1"\n`;

describe('diesel', () => {
  test('a folder per migration; metadata.toml opts out, and a file is one query all the same', async () => {
    const { projects, transactions, found } = await lint({
      'Cargo.toml': CARGO('diesel'),
      'migrations/2024-01-01-000000_t/up.sql': TABLE,
      'migrations/2024-01-01-000000_t/down.sql': 'DROP TABLE t;',
      'migrations/2024-01-02-000000_build/up.sql': BUILD,
      'migrations/2024-01-02-000000_build/down.sql': '',
      'migrations/2024-01-02-000000_build/metadata.toml': 'run_in_transaction = false\n',
      'migrations/2024-01-03-000000_two/up.sql': `${BUILD.replace('t_a', 't_b')}SELECT 1;`,
      'migrations/2024-01-03-000000_two/down.sql': UNBUILD,
      'migrations/2024-01-03-000000_two/metadata.toml': 'run_in_transaction = false\n',
    });
    expect(projects).toEqual([
      'migrations: diesel, postgres: 2024-01-01-000000_t 2024-01-02-000000_build 2024-01-03-000000_two',
    ]);
    expect(transactions).toEqual(['migration/migration', 'implicit/implicit', 'implicit/implicit']);
    expect(found).toEqual([
      'require-down migrations/2024-01-02-000000_build/down.sql:1',
      'no-concurrently-in-transaction migrations/2024-01-03-000000_two/up.sql:1',
      'migration-file-name migrations/2024-01-02-000000_build/down.sql:1',
    ]);
  });

  test('is found from the folder of one migration', async () => {
    const { projects } = await lint({
      'diesel.toml': '',
      'db/2024-01-01-000000_t/up.sql': TABLE,
    });
    expect(projects).toEqual(['db: diesel, postgres: 2024-01-01-000000_t']);
  });
});

describe('Hasura', () => {
  test('a folder per migration below one per database, blanks in names, no way out of the transaction', async () => {
    const { projects, transactions, found } = await lint({
      'config.yaml': 'version: 3\nmetadata_directory: metadata\n',
      'migrations/default/1700000000000_add t/up.sql': TABLE,
      'migrations/default/1700000000000_add t/down.sql': 'DROP TABLE t;',
      'migrations/default/1700000000001_build/up.sql': BUILD,
    });
    expect(projects).toEqual(['migrations/default: hasura, postgres: 1700000000000_add t 1700000000001_build']);
    expect(transactions).toEqual(['migration/migration', 'migration/-']);
    expect(found).toContain('no-concurrently-in-transaction migrations/default/1700000000001_build/up.sql:1');
  });
});

describe('refinery', () => {
  test('versions as numbers, names of letters only, forward only', async () => {
    const { projects, transactions, found } = await lint({
      'Cargo.toml': CARGO('refinery'),
      'migrations/V10__build.sql': BUILD,
      'migrations/V2__t.sql': TABLE,
      'migrations/V3__with-dash.sql': TABLE,
      'migrations/V2__again.sql': 'SELECT 1;',
    });
    expect(projects).toEqual(['migrations: refinery, postgres: V2__again V2__t V10__build']);
    expect(transactions).toEqual(['migration/-', 'migration/-', 'migration/-']);
    expect(found).toEqual([
      'no-concurrently-in-transaction migrations/V10__build.sql:1',
      'no-duplicate-version migrations/V2__t.sql:1',
      'migration-file-name migrations/V3__with-dash.sql:1',
    ]);
  });
});

describe('sqitch', () => {
  const PLAN = `%syntax-version=1.0.0
%project=app

t 2024-01-01T00:00:00Z Me <me@example.com> # a table
@v1 2024-01-02T00:00:00Z Me <me@example.com> # tagged
nested/build [t] 2024-01-03T00:00:00Z Me <me@example.com> # in a folder
t [t@v1] 2024-01-04T00:00:00Z Me <me@example.com> # reworked
gone 2024-01-05T00:00:00Z Me <me@example.com>
`;

  test('the plan is the order; reworked scripts carry their tag; a script runs as it is written', async () => {
    const { projects, transactions, found, stderr } = await lint({
      'sqitch.conf': '[core]\n\tengine = pg\n',
      'sqitch.plan': PLAN,
      'deploy/t@v1.sql': TABLE,
      'revert/t@v1.sql': 'DROP TABLE t;',
      'deploy/t.sql': 'BEGIN;\nCREATE INDEX CONCURRENTLY t_id_idx ON t (id);\nCOMMIT;',
      'revert/t.sql': 'SELECT 1;',
      'verify/t.sql': 'SELECT 1;',
      'deploy/nested/build.sql': `SELECT 1;\n${BUILD}`,
      'deploy/orphan.sql': 'SELECT 1;',
    });
    expect(projects).toEqual(['.: sqitch, postgres: t@v1 nested/build t']);
    expect(transactions).toEqual(['none/none', 'none/-', 'none/none']);
    expect(found.filter(each => !each.startsWith('require-down'))).toEqual([
      'no-concurrently-in-transaction deploy/t.sql:2',
      'migration-file-name sqitch.plan:8',
    ]);
    expect(stderr).toContain('skipped: deploy/orphan.sql: not in sqitch.plan: sqitch never runs it');
    expect(stderr).toContain('skipped: verify/t.sql: a check is no migration');
  });
});

describe('pop', () => {
  test("one database's file takes the place of every database's, .autocommit opts out", async () => {
    const { projects, transactions, found } = await lint({
      'go.mod': 'module x\n\nrequire (\n\tgithub.com/gobuffalo/pop/v6 v6.1.1\n)\n',
      'migrations/20240101000000_t.up.sql': 'SELECT 1;',
      'migrations/20240101000000_t.postgres.up.sql': TABLE,
      'migrations/20240101000000_t.mysql.up.sql': 'CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY);',
      'migrations/20240101000000_t.down.sql': 'DROP TABLE t;',
      'migrations/20240102000000_build.autocommit.up.sql': BUILD,
      'migrations/20240102000000_build.autocommit.down.sql': UNBUILD,
      'migrations/20240103000000_wrong.up.sql': BUILD.replace('t_a', 't_b'),
      'migrations/20240103000000_wrong.down.sql': 'SELECT 1;',
    });
    expect(projects).toEqual(['migrations: pop, postgres: 20240101000000_t 20240102000000_build 20240103000000_wrong']);
    expect(transactions).toEqual(['migration/migration', 'implicit/implicit', 'migration/migration']);
    expect(found).toEqual(['no-concurrently-in-transaction migrations/20240103000000_wrong.up.sql:1']);
  });
});

describe('Atlas', () => {
  const FILES = {
    '20240101000000_t.sql': TABLE,
    '20240102000000_build.sql': `-- atlas:txmode none\n\n${BUILD}`,
    '20240103000000_wrong.sql': BUILD.replace('t_a', 't_b'),
  };
  const sums = (files: Readonly<Record<string, string>>): string => {
    const hash = createHash('sha256');
    const lines = Object.entries(files).map(([name, text]) => {
      hash.update(name).update(text);
      return `${name} h1:${hash.copy().digest('base64')}`;
    });
    return `h1:total=\n${lines.join('\n')}\n`;
  };
  const inFolder = (files: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`migrations/${name}`, text]));

  test('a transaction per file unless its head says otherwise', async () => {
    const { projects, transactions, found } = await lint(inFolder({ ...FILES, 'atlas.sum': sums(FILES) }));
    expect(projects).toEqual([
      'migrations: atlas, postgres: 20240101000000_t 20240102000000_build 20240103000000_wrong',
    ]);
    expect(transactions).toEqual(['migration/-', 'none/-', 'migration/-']);
    expect(found).toEqual(['no-concurrently-in-transaction migrations/20240103000000_wrong.sql:1']);
  });

  test.each([
    ['a file that atlas.sum has not', { '20240104000000_new.sql': 'SELECT 1;' }, '20240104000000_new.sql'],
    ['a file that was changed', { '20240101000000_t.sql': `${TABLE} ` }, '20240101000000_t.sql'],
  ])('%s', async (_, change, at) => {
    const { found } = await lint(inFolder({ ...FILES, ...change, 'atlas.sum': sums(FILES) }));
    expect(found).toContain(`migration-file-name migrations/${at}:1`);
  });

  test('a file that is gone', async () => {
    const { found } = await lint(
      inFolder({ ...FILES, 'atlas.sum': sums({ ...FILES, '20240104000000_gone.sql': 'SELECT 1;' }) }),
    );
    expect(found).toContain('migration-file-name migrations/atlas.sum:1');
  });
});

describe('postgres-migrations', () => {
  test('numbers without a gap, and the opt-out anywhere in a file that is one query', async () => {
    const { projects, transactions, found } = await lint({
      'package.json': '{ "dependencies": { "postgres-migrations": "5.3.0" } }',
      'migrations/0001-t.sql': TABLE,
      'migrations/00010-late.sql': 'SELECT 1;',
      'migrations/0002-build.sql': `${BUILD}-- postgres-migrations disable-transaction\n`,
      'migrations/0003-wrong.sql': BUILD.replace('t_a', 't_b'),
      'migrations/notes.sql': 'SELECT 1;',
    });
    expect(projects).toEqual(['migrations: postgres-migrations, postgres: 0001-t 0002-build 0003-wrong 00010-late']);
    expect(transactions).toEqual(['migration/-', 'implicit/-', 'migration/-', 'migration/-']);
    expect(found).toEqual([
      'no-concurrently-in-transaction migrations/0003-wrong.sql:1',
      'no-out-of-order-migration migrations/00010-late.sql:1',
      'migration-file-name migrations/notes.sql:1',
    ]);
  });
});

describe('DbUp', () => {
  const PROJECT =
    '<Project><ItemGroup><PackageReference Include="dbup-postgresql" Version="5.0.0" /></ItemGroup></Project>';

  test.each([
    ['', 'none/-', []],
    ['.WithTransactionPerScript()', 'migration/-', ['no-concurrently-in-transaction App/Scripts/0002_build.sql:1']],
    ['.WithTransaction()', 'all-pending/-', ['no-concurrently-in-transaction App/Scripts/0002_build.sql:1']],
  ])('the code that runs the scripts says the transaction: %s', async (call, transaction, findings) => {
    const { projects, transactions, found } = await lint({
      'App/App.csproj': PROJECT,
      'App/Program.cs': `DeployChanges.To.PostgresqlDatabase(c).WithScriptsEmbeddedInAssembly(a)${call}.Build();`,
      'App/Scripts/0001_t.sql': TABLE,
      'App/Scripts/0002_build.sql': BUILD,
    });
    expect(projects).toEqual(['App/Scripts: dbup, postgres: 0001_t 0002_build']);
    expect(transactions).toEqual([transaction, transaction]);
    expect(found).toEqual(findings);
  });
});

describe('Bytebase', () => {
  test('version folders as versions, files in them by number', async () => {
    const { projects } = await lint({
      'migration/3.10/0000##b.sql': 'SELECT 1;',
      'migration/3.9/0001##a.sql': TABLE,
      'migration/3.9/0000##first.sql': 'SELECT 1;',
      'migration/LATEST.sql': TABLE,
    });
    expect(projects).toEqual(['migration: bytebase, postgres: 3.9/0000##first 3.9/0001##a 3.10/0000##b']);
  });
});

describe('node-pg-migrate', () => {
  test('files of SQL among those of code, in one order; both directions in one file', async () => {
    const { projects, transactions, found } = await lint({
      'package.json': '{ "dependencies": { "node-pg-migrate": "8.0.0" } }',
      'migrations/1704110400000_t.sql': `-- Up Migration\n${TABLE}\n-- Down Migration\nDROP TABLE t;\n`,
      'migrations/1704110400001_c.js': 'exports.up = pgm => { pgm.sql("SELECT 1") };\nexports.down = () => {};\n',
      'migrations/20240103000000000_build.sql': BUILD,
    });
    expect(projects).toEqual([
      'migrations: node-pg-migrate, postgres: 1704110400000_t 1704110400001_c 20240103000000000_build',
    ]);
    expect(transactions).toEqual(['all-pending/all-pending', 'all-pending/all-pending', 'all-pending/-']);
    expect(found).toContain('no-concurrently-in-transaction migrations/20240103000000000_build.sql:1');
    expect(found.filter(each => each.startsWith('no-drop-table'))).toEqual([]);
  });

  test('a folder of nothing but SQL; without a mark of the up all of a file is up', async () => {
    const { projects, found } = await lint({
      'package.json': '{ "dependencies": { "node-pg-migrate": "8.0.0" } }',
      'migrations/1704110400000_t.sql': TABLE,
      'migrations/1704110400001_u.sql': 'SELECT 1;\n-- Down Migration\nDROP TABLE t;\n',
    });
    expect(projects).toEqual(['migrations: node-pg-migrate, postgres: 1704110400000_t 1704110400001_u']);
    expect(found).toContain('no-drop-table migrations/1704110400001_u.sql:3');
  });
});

test('diesel: many empty downs are said once', async () => {
  const { found } = await lint({
    'diesel.toml': '',
    'migrations/1_a/up.sql': TABLE,
    'migrations/1_a/down.sql': '',
    'migrations/2_b/up.sql': 'SELECT 1;',
    'migrations/2_b/down.sql': '',
  });
  expect(found.filter(each => each.startsWith('migration-file-name'))).toEqual([
    'migration-file-name migrations/2_b/down.sql:1',
  ]);
});

test('morph: a transaction unless the file starts with its mark, and one query all the same', async () => {
  const { projects, transactions, found } = await lint({
    'server/go.mod': 'module x\n\nrequire (\n\tgithub.com/mattermost/morph v1.1.0\n)\n',
    'server/db/migrations/000001_t.up.sql': TABLE,
    'server/db/migrations/000001_t.down.sql': 'DROP TABLE t;',
    'server/db/migrations/000002_build.up.sql': `-- morph:nontransactional\n${BUILD}`,
    'server/db/migrations/000002_build.down.sql': `-- morph:nontransactional\n${UNBUILD}SELECT 1;`,
    'server/db/migrations/000003_wrong.up.sql': `\n-- morph:nontransactional\n${BUILD.replace('t_a', 't_b')}`,
    'server/db/migrations/000003_wrong.down.sql': 'SELECT 1;',
  });
  expect(projects).toEqual(['server/db/migrations: morph, postgres: 000001_t 000002_build 000003_wrong']);
  expect(transactions).toEqual(['migration/migration', 'implicit/implicit', 'migration/migration']);
  expect(found).toEqual([
    'no-concurrently-in-transaction server/db/migrations/000002_build.down.sql:2',
    'no-concurrently-in-transaction server/db/migrations/000003_wrong.up.sql:3',
  ]);
});

test('sql-migrate: dbconfig.yml names the database', async () => {
  const { projects } = await lint({
    'dbconfig.yml': 'development:\n  dialect: sqlite3\n  datasource: app.db\n  dir: db\n',
    'db/1_a.sql': '-- +migrate Up\nCREATE TABLE t (id int PRIMARY KEY);\n-- +migrate Down\nDROP TABLE t;\n',
  });
  expect(projects).toEqual(['db: sql-migrate, sqlite: 1_a']);
});

describe('what config files say of a folder', () => {
  test('atlas.hcl names it, its database and version; without atlas.sum Atlas refuses it', async () => {
    const { projects, found } = await lint({
      'atlas.hcl': 'env "local" {\n  dev = "docker://mysql/8/dev"\n  migration {\n    dir = "file://db/sql"\n  }\n}\n',
      'db/sql/20240101000000_t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
    });
    expect(projects).toEqual(['db/sql: atlas, mysql: 20240101000000_t']);
    expect(found).toEqual(['migration-file-name db/sql/20240101000000_t.sql:1']);
  });

  test('what Atlas writes for another tool is not its own', async () => {
    const { projects } = await lint({
      'atlas.hcl':
        'env "local" {\n  url = "postgres://localhost/x"\n  migration {\n    dir = "file://db/migrations?format=goose"\n  }\n}\n',
      'db/migrations/1_t.sql': `-- +goose Up\n${TABLE}`,
    });
    expect(projects).toEqual(['db/migrations: goose, postgres: 1_t']);
  });

  test('drizzle.config names it and its database; without a journal Drizzle refuses it', async () => {
    const { projects, found } = await lint({
      'app/drizzle.config.ts': "export default { dialect: 'mysql', schema: './s.ts', out: './db/out' };\n",
      'app/db/out/0000_t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
    });
    expect(projects).toEqual(['app/db/out: drizzle, mysql: 0000_t']);
    expect(found).toEqual(['migration-file-name app/drizzle.config.ts:1']);
  });

  test('the queries that sqlx keeps tell its database', async () => {
    const { projects } = await lint({
      'Cargo.toml': '[dependencies]\nsqlx = "0.8"\n',
      '.sqlx/query-0a.json': '{\n  "db_name": "SQLite",\n  "query": "SELECT 1"\n}\n',
      'migrations/1_t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
    });
    expect(projects).toEqual(['migrations: sqlx, sqlite: 1_t']);
  });
});

test('Drizzle from version 1 on: a folder for each migration, no journal, late ones are run', async () => {
  const { projects, transactions, found, stderr } = await lint({
    'drizzle.config.ts': "export default { dialect: 'postgresql', out: './drizzle' };\n",
    'drizzle/20250101000000_plain_ghost/migration.sql': TABLE,
    'drizzle/20250101000000_plain_ghost/snapshot.json': '{}',
    'drizzle/20250102000000_quick_rogue/migration.sql': BUILD,
    'drizzle/20250102000000_quick_rogue/snapshot.json': '{}',
    'drizzle/20250103000000_late_hulk/snapshot.json': '{}',
  });
  expect(projects).toEqual(['drizzle: drizzle, postgres: 20250101000000_plain_ghost 20250102000000_quick_rogue']);
  expect(transactions).toEqual(['all-pending/-', 'all-pending/-']);
  expect(found).toEqual([
    'no-concurrently-in-transaction drizzle/20250102000000_quick_rogue/migration.sql:1',
    'migration-file-name drizzle/20250103000000_late_hulk/snapshot.json:1',
  ]);
  expect(stderr).toContain('skipped: drizzle/20250101000000_plain_ghost/snapshot.json: a snapshot of the schema\n');
});
