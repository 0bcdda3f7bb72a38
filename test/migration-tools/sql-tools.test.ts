import { describe, expect, test } from 'vitest';
import { discover } from '../../src/migration-tools/discover.ts';
import { lint } from '../support/lint-projects.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const TABLE = 'CREATE TABLE t (id bigserial PRIMARY KEY, a int);\n';
const BUILD = 'CREATE INDEX CONCURRENTLY t_a_idx ON t (a);\n';
const UNBUILD = 'DROP INDEX CONCURRENTLY t_a_idx;\n';

describe('goose', () => {
  test('directions are split, NO TRANSACTION holds for both wherever it stands, order is by number', async () => {
    const { projects, transactions, found } = await lint({
      'db/2_b.sql': `-- +goose Up\n${BUILD}-- +goose Down\n-- +goose NO TRANSACTION\n${UNBUILD}`,
      'db/10_c.sql': `-- +goose Up\n${BUILD.replace('t_a', 't_b')}\n-- +goose Down\nDROP INDEX t_b_idx;\n`,
      'db/1_a.sql': `-- +goose Up\n${TABLE}-- +goose Down\nDROP TABLE t;\n`,
    });
    expect(projects).toEqual(['db: goose, postgres: 1_a 2_b 10_c']);
    expect(transactions).toEqual(['migration/migration', 'none/none', 'migration/migration']);
    expect(found).toEqual(['no-concurrently-in-transaction db/10_c.sql:2']);
  });

  test('a file without a Down section has no down', async () => {
    const { transactions } = await lint({ 'db/1_a.sql': `-- +goose Up\n${TABLE}` });
    expect(transactions).toEqual(['migration/-']);
  });
});

test('dbmate: without its transaction a block is still one query, so that only a sole statement is free', async () => {
  const { projects, transactions, found } = await lint({
    'db/migrations/20240101000000_a.sql': `-- migrate:up\n${TABLE}\n-- migrate:down\nDROP TABLE t;\n`,
    'db/migrations/20240102000000_b.sql': `-- migrate:up transaction:false\n${BUILD}\n-- migrate:down transaction:false\n${UNBUILD}`,
    'db/migrations/20240103000000_c.sql': `-- migrate:up transaction:false\nSET lock_timeout = '1s';\n${BUILD.replace('t_a', 't_b')}\n-- migrate:down\n${UNBUILD.replace('t_a', 't_b')}`,
  });
  expect(projects).toEqual(['db/migrations: dbmate, postgres: 20240101000000_a 20240102000000_b 20240103000000_c']);
  expect(transactions).toEqual(['migration/migration', 'implicit/implicit', 'implicit/migration']);
  expect(found).toEqual([
    'no-concurrently-in-transaction db/migrations/20240103000000_c.sql:3',
    'no-concurrently-in-transaction db/migrations/20240103000000_c.sql:6',
  ]);
});

test('sql-migrate: notransaction is for its own direction', async () => {
  const { projects, transactions, found } = await lint({
    'm/1_a.sql': `-- +migrate Up\n${TABLE}\n-- +migrate Down\nDROP TABLE t;\n`,
    'm/2_b.sql': `-- +migrate Up notransaction\n${BUILD}${BUILD.replace('t_a', 't_b')}\n-- +migrate Down\n${UNBUILD}`,
  });
  expect(projects).toEqual(['m: sql-migrate, postgres: 1_a 2_b']);
  expect(transactions).toEqual(['migration/migration', 'none/migration']);
  expect(found).toEqual(['no-concurrently-in-transaction m/2_b.sql:6']);
});

test('golang-migrate: several statements of a file are one transaction, a sole one is in none', async () => {
  const { projects, found, stderr } = await lint({
    'go.mod': 'module x\n\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n',
    'm/1_a.up.sql': TABLE,
    'm/1_a.down.sql': 'DROP TABLE t;\n',
    'm/2_b.up.sql': BUILD,
    'm/2_b.down.sql': UNBUILD,
    'm/3_c.up.sql': `SET lock_timeout = '1s';\n${BUILD.replace('t_a', 't_b')}`,
    'm/3_c.down.sql': UNBUILD.replace('t_a', 't_b'),
    'm/4_d.sql': 'SELECT 1;\n',
  });
  expect(projects).toEqual(['m: golang-migrate, postgres: 1_a 2_b 3_c']);
  expect(found).toEqual(['no-concurrently-in-transaction m/3_c.up.sql:2', 'migration-file-name m/4_d.sql:1']);
  expect(stderr).toContain('skipped: m/4_d.sql: golang-migrate reads only <version>_<title>.up.sql and .down.sql\n');
});

test.each([
  ['features in a table', '[dependencies.sqlx]\nversion = "0.8"\nfeatures = ["json", "mysql"]\n', '', 'mysql'],
  ['features over lines', '[dependencies]\nsqlx = { version = "0.8", features = [\n  "sqlite",\n] }\n', '', 'sqlite'],
  [
    'the pool in the code that runs the folder',
    '[dependencies]\nsqlx = { workspace = true, features = ["postgres", "sqlite"] }\n',
    'async fn up(pool: &SqlitePool) { sqlx::migrate!("./migrations").run(pool).await }',
    'sqlite',
  ],
])('sqlx: the database by %s', async (_, manifest, code, dialect) => {
  const cwd = temporaryTree({
    'Cargo.toml': manifest,
    'src/store/db.rs': code,
    'src/main.rs': 'async fn other(pool: &PgPool) { sqlx::migrate!("./others").run(pool).await }',
    'migrations/1_a.sql': 'CREATE TABLE a (id int);',
  });
  expect(discover({ cwd, paths: [] }).projects.map(project => project.dialect)).toEqual([dialect]);
});

test('sqlx: -- no-transaction must start the file', async () => {
  const { projects, transactions, found } = await lint({
    'Cargo.toml': '[dependencies]\nsqlx = { version = "0.8", features = ["postgres"] }\n',
    'migrations/1_a.sql': TABLE,
    'migrations/2_b.sql': `-- no-transaction\n${BUILD}`,
    'migrations/3_c.sql': `-- fast\n-- no-transaction\n${BUILD.replace('t_a', 't_b')}`,
  });
  expect(projects).toEqual(['migrations: sqlx, postgres: 1_a 2_b 3_c']);
  expect(transactions).toEqual(['migration/-', 'implicit/-', 'migration/-']);
  expect(found.filter(each => !each.startsWith('require-down'))).toEqual([
    'no-concurrently-in-transaction migrations/3_c.sql:3',
  ]);
});

test('Flyway: a file of nothing but statements that cannot be in a transaction runs without one', async () => {
  const { projects, transactions, found } = await lint({
    'sql/V1__a.sql': TABLE,
    'sql/V1_1__b.sql': BUILD + BUILD.replace('t_a', 't_b'),
    'sql/V1.10__c.sql': `SET lock_timeout = '1s';\n${BUILD.replace('t_a', 't_c')}`,
    'sql/V1.9__d.sql': `SET lock_timeout = '1s';\n${BUILD.replace('t_a', 't_d')}`,
    'sql/V1.9__d.sql.conf': 'executeInTransaction=false\n',
    'sql/R__view.sql': 'CREATE OR REPLACE VIEW v AS SELECT id FROM t;\n',
    'sql/V2_late.sql': 'SELECT 1;\n',
  });
  expect(projects).toEqual(['sql: flyway, postgres: V1__a V1_1__b V1.9__d V1.10__c R__view']);
  expect(transactions).toEqual(['migration/-', 'none/-', 'none/-', 'migration/-', 'migration/-']);
  expect(found).toEqual(['no-concurrently-in-transaction sql/V1.10__c.sql:2', 'migration-file-name sql/V2_late.sql:1']);
});

describe('Flyway, configured', () => {
  test('several locations with their folders are one history, the database is that of the URL', async () => {
    const { projects, transactions, stderr } = await lint({
      'flyway.conf':
        'flyway.url=jdbc:postgresql://localhost/app\nflyway.locations=filesystem:sql/main,filesystem:sql/more\n',
      'sql/main/V1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
      'sql/main/2024/V3__c.sql': 'SELECT 3;\n',
      'sql/more/V2.sql': 'SELECT 2;\n',
      'sql/more/beforeMigrate.sql': 'SELECT 0;\n',
      'sql/more/V4__j.java': 'class V4__j {}\n',
    });
    expect(projects).toEqual(['sql/main: flyway, postgres: V1__t V2 V3__c']);
    expect(transactions).toEqual(['migration/-', 'migration/-', 'migration/-']);
    expect(stderr).toContain('skipped: sql/more/beforeMigrate.sql: a callback runs around migrations');
    expect(stderr).toContain('skipped: sql/more/V4__j.java: migrations of the JVM are not read');
  });

  test('flyway.toml: prefixes, separator, mixed', async () => {
    const { projects, transactions, found } = await lint({
      'flyway.toml':
        '[environments.default]\nurl = "jdbc:postgresql:app"\n\n[flyway]\nlocations = [\n  "filesystem:db"\n]\nmixed = true\nsqlMigrationPrefix = "M"\nsqlMigrationSeparator = "--"\n[flyway.postgresql]\ntransactional.lock = false\n',
      'db/M1--t.sql': TABLE,
      'db/M2--mixed.sql': `SET lock_timeout = '1s';\n${BUILD}`,
      'db/V3__x.sql': 'SELECT 1;\n',
    });
    expect(projects).toEqual(['db: flyway, postgres: M1--t M2--mixed']);
    expect(transactions).toEqual(['migration/-', 'none/-']);
    expect(found).toEqual(['migration-file-name db/V3__x.sql:1']);
  });

  test.each([
    ['flyway.conf', 'flyway.url=jdbc:postgresql:app\nflyway.placeholders.the-table=n\n', true],
    [
      'flyway.toml',
      '[environments.default]\nurl = "jdbc:postgresql:app"\n[flyway.placeholders]\nthe-table = "n"\n',
      true,
    ],
    [
      'application.yml',
      'spring:\n  datasource:\n    url: jdbc:postgresql:app\n  flyway:\n    placeholders:\n      the-table: n\n',
      true,
    ],
    [
      'flyway.conf',
      'flyway.url=jdbc:postgresql:app\nflyway.placeholders.the-table=n\nflyway.placeholderReplacement=false\n',
      false,
    ],
  ])('its placeholders are put in: %s %j', async (file, text, isReplaced) => {
    const { found } = await lint({
      [file]: text,
      'sql/V1__t.sql': TABLE,
      // A table that is made here may be dropped here.
      'sql/V2__b.sql': 'CREATE TABLE n (id int);\nDROP TABLE ${the-table};\n',
    });
    expect(found).toEqual(isReplaced ? [] : ['no-drop-table sql/V2__b.sql:2']);
  });

  test.each([
    ['flyway.conf', 'flyway.url=jdbc:postgresql:app\nflyway.locations=filesystem:sql\n', true],
    ['flyway.conf', 'flyway.locations=filesystem:sql\nflyway.postgresql.transactional.lock=false\n', false],
    [
      'flyway.toml',
      '[flyway]\nlocations = ["filesystem:sql"]\n[flyway.postgresql]\ntransactional.lock = false\n',
      false,
    ],
    [
      'application.yml',
      'spring:\n  flyway:\n    locations: filesystem:sql\n    postgresql:\n      transactional-lock: false\n',
      false,
    ],
    ['README.md', '', false],
  ])(
    'its lock, for which CONCURRENTLY waits, is told of where its settings leave it on: %s %j',
    async (file, text, isOn) => {
      const { found } = await lint({
        [file]: text,
        'sql/V1__t.sql': TABLE,
        'sql/V2__b.sql': BUILD,
        'sql/V3__x.sql': 'SELECT 1;\n',
      });
      expect(found).toEqual(isOn ? ['no-concurrently-in-transaction sql/V2__b.sql:1'] : []);
    },
  );

  test('executeInTransaction of the project, and that of a script', async () => {
    const { transactions } = await lint({
      'flyway.conf': 'flyway.executeInTransaction=false\n',
      'sql/V1__t.sql': TABLE,
      'sql/V2__b.sql': 'SELECT 1;\n',
      'sql/V2__b.sql.conf': 'executeInTransaction=true\n',
    });
    expect(transactions).toEqual(['none/-', 'migration/-']);
  });

  test('group: one transaction around all pending migrations', async () => {
    const { transactions } = await lint({ 'flyway.conf': 'flyway.group=true\n', 'sql/V1__t.sql': TABLE });
    expect(transactions).toEqual(['all-pending/-']);
  });

  test('Spring: the class path starts beside its settings, {vendor} is the folder', async () => {
    const { projects } = await lint({
      'src/main/resources/application.properties':
        'spring.flyway.locations=classpath:db/common,classpath:db/{vendor}\n',
      'src/main/resources/db/common/V1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
      'src/main/resources/db/postgresql/V2__b.sql': 'SELECT 1;\n',
    });
    expect(projects).toEqual(['src/main/resources/db/postgresql: flyway, postgres: V1__t V2__b']);
  });

  test('Spring in YAML: locations, and the database of the application', async () => {
    const { projects } = await lint({
      'src/main/resources/application.yml':
        'spring:\n  datasource:\n    url: ${URL:jdbc:mysql://localhost/app}\n  flyway:\n    sql-migration-prefix: M\n    locations: classpath:sql, classpath:more\n',
      'src/main/resources/sql/M1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
      'src/main/resources/more/M2__b.sql': 'SELECT 1;\n',
    });
    expect(projects).toEqual(['src/main/resources/sql: flyway, mysql: M1__t M2__b']);
  });

  test("Flyway's own URL in Spring's settings goes before that of the application", async () => {
    const { projects } = await lint({
      'src/main/resources/application.properties':
        'spring.flyway.url=jdbc:postgresql://localhost/app\nspring.datasource.url=jdbc:mysql://localhost/app\n',
      'src/main/resources/db/migration/V1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
    });
    expect(projects).toEqual(['src/main/resources/db/migration: flyway, postgres: V1__t']);
  });

  test('without a configuration: folders below db/migration are one history, one per database where names say so', async () => {
    const { projects } = await lint({
      'a/db/migration/v1/V1__t.sql': TABLE,
      'a/db/migration/v2/V2__b.sql': 'SELECT 1;\n',
      'b/db/migration/postgresql/V1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
      'b/db/migration/mysql/V1__t.sql': 'CREATE TABLE t (id int PRIMARY KEY);\n',
    });
    expect(projects).toEqual([
      'a/db/migration: flyway, postgres: V1__t V2__b',
      'b/db/migration/mysql: flyway, mysql: V1__t',
      'b/db/migration/postgresql: flyway, postgres: V1__t',
    ]);
  });
});

test('Prisma: one query per folder, the dialect from the lock file', async () => {
  const { projects, transactions, found } = await lint({
    'prisma/schema.prisma': 'datasource db {\n  provider = "postgresql"\n}\n',
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20240101000000_a/migration.sql': TABLE,
    'prisma/migrations/20240102000000_b/migration.sql': BUILD,
    'prisma/migrations/20240103000000_c/migration.sql': `SET lock_timeout = '1s';\n${BUILD.replace('t_a', 't_b')}`,
  });
  expect(projects).toEqual(['prisma/migrations: prisma, postgres: 20240101000000_a 20240102000000_b 20240103000000_c']);
  expect(transactions).toEqual(['implicit/-', 'implicit/-', 'implicit/-']);
  expect(found).toEqual(['no-concurrently-in-transaction prisma/migrations/20240103000000_c/migration.sql:2']);
});

test('Prisma: a folder without migration.sql is refused, but not where code is in its place', async () => {
  const { projects, found, stderr } = await lint({
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/20240101000000_a/migration.sql': TABLE,
    'prisma/migrations/20240102000000_b/migration.ts': 'export const dataMigration = {};\n',
    'prisma/migrations/20240103000000_c/notes.md': '',
  });
  expect(projects).toEqual(['prisma/migrations: prisma, postgres: 20240101000000_a']);
  expect(found).toEqual(['migration-file-name prisma/migrations/20240103000000_c/notes.md:1']);
  expect(stderr).toContain('skipped: prisma/migrations/20240102000000_b/migration.ts: the project runs it itself');
});

test.each([
  ['7.3.0', ['implicit', 'implicit'], ['prisma/migrations/2_two', 'prisma/migrations/3_drop']],
  ['^7.4.0', ['none', 'implicit'], ['prisma/migrations/3_drop']],
])('Prisma %s: builds are on their own or not, drops never in company', async (version, transactions, refused) => {
  const run = await lint({
    'package.json': `{ "devDependencies": { "prisma": "${version}" } }`,
    'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
    'prisma/migrations/1_a/migration.sql': TABLE,
    'prisma/migrations/2_two/migration.sql': BUILD + BUILD.replace('t_a', 't_b'),
    'prisma/migrations/3_drop/migration.sql': `${UNBUILD}SELECT 1;\n`,
  });
  expect(run.transactions.slice(1)).toEqual(transactions.map(each => `${each}/-`));
  const files = new Set(
    run.found.map(each => each.replace(/^no-concurrently-in-transaction (.*)\/migration.sql:\d+$/, '$1')),
  );
  expect([...files]).toEqual(refused);
});

describe('Drizzle', () => {
  const journal = (...entries: readonly (readonly [tag: string, when: number])[]): string =>
    JSON.stringify({ dialect: 'postgresql', entries: entries.map(([tag, when], idx) => ({ idx, tag, when })) });

  test('the journal decides membership and order; nothing concurrent can run', async () => {
    const { projects, transactions, found, stderr } = await lint({
      'drizzle/meta/_journal.json': journal(['0001_b', 1], ['0000_a', 2]),
      'drizzle/0000_a.sql': BUILD,
      'drizzle/0001_b.sql': `${TABLE}--> statement-breakpoint\nCREATE TABLE u (id int);\n`,
      'drizzle/0001_orphan.sql': 'DROP TABLE t;\n',
    });
    expect(projects).toEqual(['drizzle: drizzle, postgres: 0001_b 0000_a']);
    expect(transactions).toEqual(['all-pending/-', 'all-pending/-']);
    expect(found).toEqual([
      'no-concurrently-in-transaction drizzle/0000_a.sql:1',
      'migration-file-name drizzle/0001_orphan.sql:1',
    ]);
    expect(stderr).toContain('skipped: drizzle/0001_orphan.sql: not in the journal: Drizzle never runs it\n');
  });

  test('a broken journal does not hide the files', async () => {
    const { projects } = await lint({ 'drizzle/meta/_journal.json': '{"entries": [', 'drizzle/0000_a.sql': TABLE });
    expect(projects).toEqual(['drizzle: drizzle, postgres: 0000_a']);
  });
});

test('Supabase: even a sole statement is in a transaction', async () => {
  const { projects, found } = await lint({
    'supabase/config.toml': 'project_id = "x"\n',
    'supabase/seed.sql': 'INSERT INTO t VALUES (1);\n',
    'supabase/migrations/20240101000000_a.sql': TABLE,
    'supabase/migrations/20240102000000_b.sql': BUILD,
  });
  expect(projects).toEqual(['supabase/migrations: supabase, postgres: 20240101000000_a 20240102000000_b']);
  expect(found).toEqual(['no-concurrently-in-transaction supabase/migrations/20240102000000_b.sql:1']);
});

test('a repository with several tools is several histories', async () => {
  const { projects } = await lint({
    'a/1_a.sql': `-- +goose Up\n${TABLE}`,
    'b/migrations/20240101000000_a.sql': `-- migrate:up\n${TABLE}\n-- migrate:down\n`,
    'c/drizzle/meta/_journal.json': '{"dialect":"postgresql","entries":[{"tag":"0000_a","when":1}]}',
    'c/drizzle/0000_a.sql': TABLE,
    'd/supabase/migrations/1_a.sql': TABLE,
    'e/V1__a.sql': TABLE,
    'f/migrations/001_a.sql': TABLE,
  });
  expect(projects).toEqual([
    'a: goose, postgres: 1_a',
    'b/migrations: dbmate, postgres: 20240101000000_a',
    'c/drizzle: drizzle, postgres: 0000_a',
    'd/supabase/migrations: supabase, postgres: 1_a',
    'e: flyway, postgres: V1__a',
    'f/migrations: sql, postgres: 001_a',
  ]);
});

test('statements that are sent together are one transaction to PostgreSQL only', async () => {
  const files = (engine: string): Readonly<Record<string, string>> => ({
    'm/1_a.up.sql': `CREATE TABLE t (id int PRIMARY KEY)${engine};\nCREATE TABLE u (id int PRIMARY KEY)${engine};\n`,
    'm/1_a.down.sql': 'DROP TABLE u;\nDROP TABLE t;\n',
    'go.mod': 'require github.com/golang-migrate/migrate/v4 v4.18.1\n',
  });
  expect(await lint(files(' ENGINE=InnoDB'))).toMatchObject({
    projects: ['m: golang-migrate, mysql: 1_a'],
    transactions: ['none/none'],
  });
  const pg = files('');
  expect(await lint({ ...pg, 'm/2_b.up.sql': TABLE.replace(' t ', ' v ') })).toMatchObject({
    projects: ['m: golang-migrate, postgres: 1_a 2_b'],
    transactions: ['implicit/implicit', 'implicit/-'],
  });
});
