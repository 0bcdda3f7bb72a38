import { expect, test } from 'vitest';
import { discover } from '../../src/migration-tools/discover.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** Each project as `tool, dialect: ids`, with how each up and down runs. */
function found(files: Readonly<Record<string, string>>): readonly string[] {
  const cwd = temporaryTree(files);
  return discover({ cwd, paths: [] }).projects.map(({ tool, dialect, migrations }) => {
    const parts = migrations.map(
      ({ id, up, down }) => `${id} ${up.transaction}/${down === null ? '-' : down.transaction}`,
    );
    return `${tool.id}, ${dialect}: ${parts.join(', ')}`;
  });
}

const packageOf = (...names: readonly string[]): string =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map(name => [name, '1'])) });
const QUERY = "exports.up = async client => { await client.query('SELECT 1'); };\nexports.down = async () => {};\n";

test.each([
  ['a client of the project’s dependencies', { 'package.json': packageOf('mysql2', 'umzug') }, QUERY, 'mysql'],
  ['a client that is imported', {}, `const { Pool } = require('pg');\n${QUERY}`, 'postgres'],
  [
    'a client that is imported, of several',
    { 'package.json': packageOf('pg', 'mysql2') },
    `import mysql from 'mysql2/promise';\n${QUERY}`,
    'mysql',
  ],
])('migrations with a client: %s', (_, files, text, dialect) => {
  expect(found({ ...files, 'migrations/2_b.js': text, 'migrations/1_a.js': text })).toEqual([
    `javascript, ${dialect}: 1_a none/none, 2_b none/none`,
  ]);
});

test('code beside SQL is what runs it', () => {
  const files = {
    'package.json': packageOf('pg'),
    'migrations/001_a.sql': 'CREATE EXTENSION citext;',
    'migrations/run.js': QUERY,
  };
  expect(found(files)).toEqual(['sql, postgres: 001_a none/-']);
});

test('what another tool’s files are stays its', () => {
  const text = "import { sql } from 'kysely';\nexport async function up(db) { await sql`SELECT 1`.execute(db); }\n";
  expect(found({ 'package.json': packageOf('kysely', 'pg'), 'migrations/1_a.ts': text })).toEqual([
    'kysely, postgres: 1_a all-pending/all-pending',
  ]);
});

test('migrate-mongo: text order, no transaction, its sample left out', () => {
  const text = "module.exports = { async up(db) { await db.collection('a').drop(); }, async down(db) {} };\n";
  expect(
    found({
      'package.json': packageOf('migrate-mongo', 'pg'),
      'migrate-mongo-config.js': 'module.exports = {};',
      'migrations/20240102-b.js': text,
      'migrations/20240101-a.js': text,
      'migrations/sample-migration.js': text,
    }),
  ).toEqual(['migrate-mongo, mongodb: 20240101-a none/none, 20240102-b none/none']);
});

test('scripts for mongosh: each as a whole, with no way back', () => {
  const text = 'db.users.updateMany({}, { $set: { a: 1 } });\n';
  expect(found({ 'migrations/002.js': text, 'migrations/001.js': text })).toEqual([
    'mongosh, mongodb: 001 none/-, 002 none/-',
  ]);
});

test('Payload: a transaction per migration, the dialect by its adapter, its index left out', () => {
  const text =
    "import { sql } from '@payloadcms/db-sqlite';\nexport async function up({ db }) {}\nexport async function down() {}\n";
  expect(
    found({
      'package.json': packageOf('payload', '@payloadcms/db-sqlite'),
      'src/migrations/20240101_a.ts': text,
      'src/migrations/index.ts': 'export const migrations = [];',
    }),
  ).toEqual(['payload, sqlite: 20240101_a migration/migration']);
});

test('Prisma: steps in code come after the SQL of their folder; helpers and tests are none', () => {
  const step = 'export const run = async ({ tx }) => { await tx.user.deleteMany(); };\n';
  expect(
    found({
      'prisma/migrations/migration_lock.toml': 'provider = "postgresql"\n',
      'prisma/migrations/20240101000000_a/migration.sql': 'SELECT 1;',
      'prisma/migrations/20240101000000_a/data-migration.ts': step,
      'prisma/migrations/20240101000000_a/data-migration.test.ts': step,
      'prisma/migrations/20240101000000_a/utils.ts': step,
      'prisma/migrations/20240102000000_b/migration.ts': step,
      'prisma/migrations/20240103000000_c/migration.sql': 'SELECT 1;',
    }),
  ).toEqual([
    'prisma, postgres: 20240101000000_a implicit/-, 20240101000000_a/data-migration.ts none/-, 20240102000000_b/migration.ts none/-, 20240103000000_c implicit/-',
  ]);
});

test('Drizzle: steps in code stand among the journal’s migrations by their names', () => {
  const entry = (tag: string, when: number): object => ({ idx: 0, version: '7', when, tag, breakpoints: true });
  expect(
    found({
      'drizzle/meta/_journal.json': JSON.stringify({
        version: '7',
        dialect: 'postgresql',
        entries: [entry('0000_a', 1), entry('0001_b', 2)],
      }),
      'drizzle/0000_a.sql': 'SELECT 1;',
      'drizzle/0001_b.sql': 'SELECT 1;',
      'drizzle/0000_backfill.ts':
        "import { sql } from 'drizzle-orm';\nexport const up = db => db.execute(sql`SELECT 1`);\n",
      'drizzle/schema.ts': "import { pgTable } from 'drizzle-orm/pg-core';\n",
    }),
  ).toEqual(['drizzle, postgres: 0000_a all-pending/-, 0000_backfill.ts none/-, 0001_b all-pending/-']);
});
