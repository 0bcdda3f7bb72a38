/** Turns what a file holds, nothing where it is new, into what it is to hold. */
type NewText = string | ((before: string) => string);

const INDEX = 'CREATE INDEX users_created_idx ON users (id, email);\n';
const UP_DOWN = (up: string, down: string): string => `${up}\n${INDEX}\n${down}\nDROP INDEX users_created_idx;\n`;

const knexLike = (up: string): string =>
  `export async function up(knex) {\n  ${up}\n}\n\nexport async function down(knex) {}\n`;

/**
 * The next migration that someone writes into each project of fixtures/, one that builds an index while writes wait, with all
 * files that its tool wants for it: as the tool's own generator would lay them out.
 */
export const NEXT_MIGRATIONS: Readonly<Record<string, Readonly<Record<string, NewText>>>> = {
  atlas: { 'migrations/20250101120000_index.sql': INDEX },
  bytebase: { 'migration/3.11/0000##index.sql': INDEX },
  'clients-mysql2': {
    'migrations/2025.01.01T00.00.00.rename.ts':
      "import type { Connection } from 'mysql2/promise';\n\nexport const up = async ({ context }: { context: Connection }) => {\n  await context.query('ALTER TABLE users RENAME COLUMN email TO mail');\n};\n\nexport const down = async () => {};\n",
  },
  'clients-pg': {
    'migrations/1735732800000-index.js':
      "const { Pool } = require('pg');\n\nconst pool = new Pool();\n\nmodule.exports.up = async function () {\n  await pool.query('CREATE INDEX users_created_idx ON users (id, email)');\n};\n\nmodule.exports.down = async function () {};\n",
  },
  'clients-postgres': {
    'migrations/00003_index.mjs':
      'export async function up(sql) {\n  await sql`CREATE INDEX users_created_idx ON users (id, email)`;\n}\n',
  },
  'db-migrate': {
    'migrations/20250101000000-index.js':
      "exports.up = db => db.addIndex('users', 'users_created_idx', ['id', 'nick']);\nexports.down = db => db.removeIndex('users', 'users_created_idx');\n",
  },
  dbmate: { 'db/migrations/20250101120000_index.sql': UP_DOWN('-- migrate:up', '-- migrate:down') },
  dbup: { 'App/Scripts/Script0003 - index.sql': INDEX },
  diesel: {
    'migrations/2025-01-01-120000_index/up.sql': INDEX,
    'migrations/2025-01-01-120000_index/down.sql': 'DROP INDEX users_created_idx;\n',
  },
  drizzle: {
    'drizzle/0003_index.sql': INDEX,
    'drizzle/meta/_journal.json': before => {
      const journal = JSON.parse(before) as { entries: object[] };
      const entry = { idx: 3, version: '7', when: 1735732800000, tag: '0003_index', breakpoints: true };
      return JSON.stringify({ ...journal, entries: [...journal.entries, entry] }, null, 2);
    },
  },
  'drizzle-steps': {
    'drizzle/0001_index.sql': 'CREATE INDEX users_created_idx ON users (id);\n',
    'drizzle/meta/_journal.json': before => {
      const journal = JSON.parse(before) as { entries: object[] };
      const entry = { idx: 1, version: '7', when: 1735732800000, tag: '0001_index', breakpoints: true };
      return JSON.stringify({ ...journal, entries: [...journal.entries, entry] }, null, 2);
    },
  },
  flyway: { 'migrations/V3__index.sql': INDEX },
  'golang-migrate': {
    'db/migrations/000005_index.up.sql': INDEX,
    'db/migrations/000005_index.down.sql': 'DROP INDEX users_created_idx;\n',
  },
  goose: { 'migrations/20250101120000_index.sql': UP_DOWN('-- +goose Up', '-- +goose Down') },
  hasura: {
    'migrations/default/1735732800000_index/up.sql': INDEX,
    'migrations/default/1735732800000_index/down.sql': 'DROP INDEX users_created_idx;\n',
  },
  knex: {
    'migrations/20250101120000_index.js':
      "exports.up = knex => knex.schema.alterTable('users', table => table.index(['id', 'email']));\nexports.down = knex => knex.schema.alterTable('users', table => table.dropIndex(['id', 'email']));\n",
  },
  kysely: {
    'migrations/20250101T000000-index.ts': knexLike(
      "await knex.schema.createIndex('users_created_idx').on('users').columns(['id', 'email']).execute();",
    ),
  },
  liquibase: {
    'src/main/resources/db/changelog/changes/004-indexes.sql': before =>
      `${before}\n--changeset dee:4\nCREATE INDEX orders_both_idx ON orders (id, customer_id);\n--rollback DROP INDEX orders_both_idx;\n`,
  },
  lucid: {
    'database/migrations/1735732800000_index.ts':
      "import { BaseSchema } from '@adonisjs/lucid/schema';\n\nexport default class extends BaseSchema {\n  async up() {\n    this.schema.alterTable('users', table => {\n      table.index(['id', 'email']);\n    });\n  }\n\n  async down() {}\n}\n",
  },
  mariadb: {
    'migrations/20260301090000_rename.up.sql': 'ALTER TABLE customers RENAME COLUMN name TO full_name;\n',
    'migrations/20260301090000_rename.down.sql': 'ALTER TABLE customers RENAME COLUMN full_name TO name;\n',
  },
  'migrate-mongo': {
    'migrations/20250101000000-drop.js':
      "module.exports = {\n  async up(db) {\n    await db.collection('users').drop();\n  },\n\n  async down(db) {\n    await db.createCollection('users');\n  },\n};\n",
  },
  'mikro-orm': {
    'migrations/Migration20250101000000.ts':
      'import { Migration } from \'@mikro-orm/migrations\';\n\nexport class Migration20250101000000 extends Migration {\n  override async up(): Promise<void> {\n    this.addSql(\'create index "users_created_idx" on "users" ("id", "email");\');\n  }\n\n  override async down(): Promise<void> {\n    this.addSql(\'drop index "users_created_idx";\');\n  }\n}\n',
  },
  mongosh: { 'migrations/003-drop.js': 'db.orders.drop();\n' },
  monorepo: {
    'services/billing/migrations/20250101120000_index.sql': UP_DOWN('-- +goose Up', '-- +goose Down'),
  },
  morph: {
    'db/migrations/000020_index.up.sql': INDEX,
    'db/migrations/000020_index.down.sql': 'DROP INDEX users_created_idx;\n',
  },
  mysql: {
    'migrations/20260301090000_rename.up.sql': 'ALTER TABLE customers RENAME COLUMN name TO full_name;\n',
    'migrations/20260301090000_rename.down.sql': 'ALTER TABLE customers RENAME COLUMN full_name TO name;\n',
  },
  'node-pg-migrate': {
    'migrations/1735732800000_index.js':
      "export const up = pgm => pgm.createIndex('users', ['id', 'email']);\nexport const down = pgm => pgm.dropIndex('users', ['id', 'email']);\n",
  },
  'node-pg-migrate-sql': {
    'migrations/1735732800000_index.sql': UP_DOWN('-- Up Migration', '-- Down Migration'),
  },
  payload: {
    'src/migrations/20250101_000000_index.ts':
      'import { type MigrateDownArgs, type MigrateUpArgs, sql } from \'@payloadcms/db-postgres\';\n\nexport async function up({ db }: MigrateUpArgs): Promise<void> {\n  await db.execute(sql`CREATE INDEX "users_created_idx" ON "users" ("id", "email");`);\n}\n\nexport async function down({ db }: MigrateDownArgs): Promise<void> {\n  await db.execute(sql`DROP INDEX "users_created_idx";`);\n}\n',
    'src/migrations/index.ts': before =>
      `import * as index from './20250101_000000_index';\n${before.replace('[create, change]', '[create, change, index]')}`,
  },
  pop: {
    'migrations/20250101120000_index.up.sql': INDEX,
    'migrations/20250101120000_index.down.sql': 'DROP INDEX users_created_idx;\n',
  },
  'postgres-migrations': { 'migrations/11_index.sql': INDEX },
  prisma: { 'prisma/migrations/20250101120000_index/migration.sql': INDEX },
  'prisma-steps': { 'prisma/migrations/20250101120000_index/migration.sql': INDEX },
  refinery: { 'migrations/V12__index.sql': INDEX },
  sequelize: {
    'migrations/20250101000000-index.js':
      "'use strict';\n\nmodule.exports = {\n  up: queryInterface => queryInterface.addIndex('users', ['id', 'name']),\n  down: queryInterface => queryInterface.removeIndex('users', ['id', 'name']),\n};\n",
  },
  sql: {
    'migrations/20260401090000_index.up.sql': 'CREATE INDEX orders_both_idx ON orders (id, customer_id);\n',
    'migrations/20260401090000_index.down.sql': 'DROP INDEX orders_both_idx;\n',
  },
  'sql-migrate': { 'migrations/20250101120000-index.sql': UP_DOWN('-- +migrate Up', '-- +migrate Down') },
  sqitch: {
    'sqitch.plan': before =>
      `${before.trimEnd()}\nindex [users] 2025-01-01T12:00:00Z Ada <ada@example.com> # Finds users\n`,
    'deploy/index.sql': `BEGIN;\n${INDEX}COMMIT;\n`,
    'revert/index.sql': 'BEGIN;\nDROP INDEX users_created_idx;\nCOMMIT;\n',
    'verify/index.sql': 'SELECT 1;\n',
  },
  sqlite: {
    'migrations/20260301090000_rename.up.sql': 'ALTER TABLE orders RENAME COLUMN note TO remark;\n',
    'migrations/20260301090000_rename.down.sql': 'ALTER TABLE orders RENAME COLUMN remark TO note;\n',
  },
  sqlserver: {
    'migrations/20260301090000_rename.up.sql': "EXEC sp_rename 'dbo.orders.note', 'remark', 'COLUMN';\n",
    'migrations/20260301090000_rename.down.sql': "EXEC sp_rename 'dbo.orders.remark', 'note', 'COLUMN';\n",
  },
  sqlx: {
    'migrations/20250101120000_index.up.sql': INDEX,
    'migrations/20250101120000_index.down.sql': 'DROP INDEX users_created_idx;\n',
  },
  supabase: { 'supabase/migrations/20250101120000_index.sql': INDEX },
  'version-folders': {
    'sql/upgrade/1.11.0_schema/postgresql/app_ddl.sql': 'CREATE INDEX accounts_created_idx ON accounts (id);\n',
  },
  typeorm: {
    'migrations/1735732800000-Index.ts':
      "import { type MigrationInterface, type QueryRunner, TableIndex } from 'typeorm';\n\nexport class Index1735732800000 implements MigrationInterface {\n  async up(queryRunner: QueryRunner): Promise<void> {\n    await queryRunner.createIndex('users', new TableIndex({ columnNames: ['id', 'nick'] }));\n  }\n\n  async down(queryRunner: QueryRunner): Promise<void> {}\n}\n",
  },
};
