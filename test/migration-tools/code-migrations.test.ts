import { expect, test } from 'vitest';
import { codeTool } from '../../src/migration-tools/code-migrations.ts';
import { dbMigrate } from '../../src/migration-tools/db-migrate.ts';
import { knex } from '../../src/migration-tools/knex.ts';
import { kysely } from '../../src/migration-tools/kysely.ts';
import { lucid } from '../../src/migration-tools/lucid.ts';
import type { Folder, FolderTree } from '../../src/migration-tools/migration-tool.ts';
import { mikroOrm } from '../../src/migration-tools/mikro-orm.ts';
import { nodePgMigrate } from '../../src/migration-tools/node-pg-migrate.ts';
import { sequelize } from '../../src/migration-tools/sequelize.ts';
import { typeorm } from '../../src/migration-tools/typeorm.ts';

const UP = 'exports.up = async knex => {};';

/** Files by path, as a tree of folders. */
function treeOf(files: Readonly<Record<string, string>>): FolderTree {
  const paths = Object.keys(files);
  const folder = (path: string): Folder => ({
    path,
    files: paths.flatMap(each => (each.slice(0, each.lastIndexOf('/')) === path ? [each.slice(path.length + 1)] : [])),
    folders: [],
  });
  return { folder, head: path => files[path], text: path => files[path] };
}

test('the package that the project depends on makes sure whose the files are, and for which database', () => {
  const tree = treeOf({
    '/p/package.json': '{ "dependencies": { "knex": "3", "pg": "8" } }',
    '/p/migrations/1_a.js': UP,
  });
  const folder = tree.folder('/p/migrations')!;
  expect(knex.detect(folder, tree, false)).toEqual({ root: '/p/migrations', confidence: 0.9, dialect: 'postgres' });
  expect(sequelize.detect(folder, tree, false)).toBeUndefined();
});

test('TypeORM orders by the digits of the class, not by the file name', () => {
  const tree = treeOf({
    '/m/a.ts': 'export class B1700000000002 implements MigrationInterface { up() {} }',
    '/m/b.ts': 'export class A1700000000001 implements MigrationInterface { up() {} }',
    '/m/b.d.ts': 'export {};',
  });
  const { migrations, skipped } = typeorm.list({ root: '/m', folders: [tree.folder('/m')!] }, tree);
  expect(migrations.map(({ id }) => id)).toEqual(['b', 'a']);
  expect(skipped.map(({ path }) => path)).toEqual(['/m/b.d.ts']);
});

test('a file of Knex opts out of the transaction, and may have no down', () => {
  const read = (text: string): unknown => {
    const tree = treeOf({ '/m/1_a.js': text });
    const [migration] = knex.list({ root: '/m', folders: [tree.folder('/m')!] }, tree).migrations;
    const { up, down } = knex.layout!(migration!, () => text);
    return [up.transaction, down?.transaction];
  };
  expect(read(UP)).toEqual(['all-pending', undefined]);
  expect(read(`${UP}\nexports.down = async () => {};`)).toEqual(['all-pending', 'all-pending']);
  expect(read(`${UP}\nexports.config = { transaction: false };`)).toEqual(['none', undefined]);
  expect(read(`export const config = { transaction: false };\nexport async function down() {}`)).toEqual([
    'none',
    'none',
  ]);
});

test('a folder whose files are of no tool is not claimed', () => {
  const tool = codeTool({ id: 'x', title: 'X', transaction: 'none', marks: /\bX\b/, packages: [] });
  const tree = treeOf({ '/migrations/1.js': 'console.log("Y up")' });
  expect(tool.detect(tree.folder('/migrations')!, tree, true)).toBeUndefined();
});

test('node-pg-migrate orders by time, whatever its format, and makes a missing down of up', () => {
  const up = 'exports.up = pgm => {};';
  const tree = treeOf({
    '/m/20240101000000000_b.js': up,
    '/m/1600000000000_a.js': `${up} exports.down = false;`,
    '/m/1800000000000_c.js': `exports.up = pgm => { pgm.noTransaction(); };`,
  });
  const { migrations } = nodePgMigrate.list({ root: '/m', folders: [tree.folder('/m')!] }, tree);
  expect(migrations.map(({ id }) => id)).toEqual(['1600000000000_a', '20240101000000000_b', '1800000000000_c']);
  const read = migrations.map(files => nodePgMigrate.layout!(files, path => tree.text(path)!));
  expect(read.map(({ up, down }) => [up.transaction, down?.transaction])).toEqual([
    ['all-pending', undefined],
    ['all-pending', 'all-pending'],
    ['none', 'none'],
  ]);
});

test('a migration of TypeORM opts out of the transaction by a property', () => {
  const text =
    'export class A1700000000001 implements MigrationInterface {\n  transaction = false;\n  async up(q) {}\n}';
  const tree = treeOf({ '/m/a.ts': text });
  const [migration] = typeorm.list({ root: '/m', folders: [tree.folder('/m')!] }, tree).migrations;
  expect(typeorm.layout!(migration!, () => text).up.transaction).toBe('none');
  expect(typeorm.layout!(migration!, () => text.replace('false', 'true')).up.transaction).toBe('all-pending');
});

test('the dialect is what the config file says, and what a package.json further up depends on', () => {
  const tree = treeOf({
    '/p/package.json': '{ "devDependencies": { "knex": "3", "mysql2": "3" } }',
    '/p/api/package.json': '{ "dependencies": { "express": "4" } }',
    '/p/api/migrations/1_a.js': UP,
    '/q/knexfile.js': "module.exports = { client: 'better-sqlite3', connection: process.env.URL };",
    '/q/package.json': '{ "dependencies": { "pg": "8", "better-sqlite3": "11" } }',
    '/q/migrations/1_a.js': UP,
  });
  expect(knex.detect(tree.folder('/p/api/migrations')!, tree, false)?.dialect).toBe('mysql');
  expect(knex.detect(tree.folder('/q/migrations')!, tree, false)?.dialect).toBe('sqlite');
});

test('db-migrate runs the SQL that lies beside a migration', () => {
  const tree = treeOf({
    '/m/20240101000000-a.js': "exports.up = db => db.runSql('SELECT 1'); exports.down = () => {};",
    '/m/20240102000000-b.js': "exports.up = db => read('-up.sql').then(sql => db.runSql(sql));",
    '/m/sqls/20240102000000-b-up.sql': 'SELECT 1;',
    '/m/sqls/20240102000000-b-down.sql': 'SELECT 2;',
  });
  const { migrations } = dbMigrate.list({ root: '/m', folders: [tree.folder('/m')!] }, tree);
  const read = migrations.map(files => dbMigrate.layout!(files, path => tree.text(path)!));
  expect(read.map(({ up, down }) => [up.path, up.language, down?.path])).toEqual([
    ['/m/20240101000000-a.js', 'ecmascript', '/m/20240101000000-a.js'],
    ['/m/sqls/20240102000000-b-up.sql', undefined, '/m/sqls/20240102000000-b-down.sql'],
  ]);
});

test('a migration of Lucid opts out of the transaction by a static property', () => {
  const text =
    "import { BaseSchema } from '@adonisjs/lucid/schema';\nexport default class extends BaseSchema { static disableTransactions = true; async up() {} }";
  const tree = treeOf({ '/database/migrations/1_a.ts': text });
  const folder = tree.folder('/database/migrations')!;
  expect(lucid.detect(folder, tree, false)?.confidence).toBe(0.6);
  const [migration] = lucid.list({ root: folder.path, folders: [folder] }, tree).migrations;
  expect(lucid.layout!(migration!, () => text).up.transaction).toBe('none');
});

test('a migration of MikroORM opts out of the transaction by a method', () => {
  const text =
    "export class Migration1 extends Migration {\n  override isTransactional(): boolean {\n    return false;\n  }\n  async up() { this.addSql('SELECT 1'); }\n}";
  const tree = treeOf({ '/m/Migration1.ts': text });
  const [migration] = mikroOrm.list({ root: '/m', folders: [tree.folder('/m')!] }, tree).migrations;
  expect(mikroOrm.layout!(migration!, () => text).up.transaction).toBe('none');
  expect(mikroOrm.layout!(migration!, () => text.replace('false', 'true')).up.transaction).toBe('all-pending');
});

test('Kysely passes over modules beside its migrations that export no up', () => {
  const tree = treeOf({
    '/m/1_a.ts': 'export async function up(db: Kysely<unknown>) {}',
    '/m/2_b.js': 'module.exports = { up: async db => {} };',
    '/m/3_c.ts': 'const up = async (db: Kysely<unknown>) => {};\nexport { up };',
    '/m/provider.ts': 'export interface CtxMigration { up(db: Kysely<unknown>): Promise<void> }',
  });
  const { migrations, skipped } = kysely.list({ root: '/m', folders: [tree.folder('/m')!] }, tree);
  expect(migrations.map(({ id }) => id)).toEqual(['1_a', '2_b', '3_c']);
  expect(skipped.map(({ path }) => path)).toEqual(['/m/provider.ts']);
});
