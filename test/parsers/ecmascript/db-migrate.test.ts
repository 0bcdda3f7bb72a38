import { describe, expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

// The SQL is what db-migrate-pg 1.5.2 makes of each call.
test.each([
  [
    "db.createTable('users', { id: { type: 'int', primaryKey: true, autoIncrement: true }, name: { type: 'string', length: 50, notNull: true, unique: true }, at: { type: 'timestamptz', defaultValue: { special: 'CURRENT_TIMESTAMP' } }, n: 'text' })",
    'CREATE TABLE "users" ("id" SERIAL PRIMARY KEY, "name" VARCHAR(50) NOT NULL UNIQUE, "at" timestamp WITH TIME ZONE DEFAULT CURRENT_TIMESTAMP, "n" text)',
  ],
  [
    "db.createTable('m', { columns: { a: { type: 'int', primaryKey: true }, b: { type: 'int', primaryKey: true } }, ifNotExists: true })",
    'CREATE TABLE IF NOT EXISTS "m" ("a" INTEGER, "b" INTEGER, PRIMARY KEY ("a", "b"))',
  ],
  ["db.dropTable('users', { ifExists: true })", 'DROP TABLE IF EXISTS "users"'],
  ["db.renameTable('a', 'b')", 'ALTER TABLE "a" RENAME TO "b"'],
  [
    "db.addColumn('users', 'org', { type: 'int', defaultValue: 3, foreignKey: { name: 'fk', table: 'orgs', mapping: 'id', rules: { onDelete: 'CASCADE' } } })",
    'ALTER TABLE "users" ADD COLUMN "org" INTEGER DEFAULT 3; ALTER TABLE "users" ADD CONSTRAINT "fk" FOREIGN KEY ("org") REFERENCES "orgs" ("id") ON DELETE CASCADE ON UPDATE NO ACTION',
  ],
  ["db.removeColumn('users', 'a')", 'ALTER TABLE "users" DROP COLUMN "a"'],
  ["db.renameColumn('users', 'a', 'b')", 'ALTER TABLE "users" RENAME COLUMN "a" TO "b"'],
  [
    "db.changeColumn('users', 'a', { type: 'string', notNull: true })",
    'ALTER TABLE "users" ALTER COLUMN "a" SET NOT NULL; ALTER TABLE "users" ALTER COLUMN "a" DROP DEFAULT; ALTER TABLE "users" ALTER COLUMN "a" TYPE VARCHAR USING "a"::VARCHAR',
  ],
  ["db.addIndex('users', 'i', ['a', 'b'], true)", 'CREATE UNIQUE INDEX "i" ON "users" ("a", "b")'],
  ["db.removeIndex('users', 'i')", 'DROP INDEX "i"'],
  [
    "db.addForeignKey('a', 'b', 'fk', { b_id: 'id' }, { onDelete: 'SET NULL' })",
    'ALTER TABLE "a" ADD CONSTRAINT "fk" FOREIGN KEY ("b_id") REFERENCES "b" ("id") ON DELETE SET NULL ON UPDATE NO ACTION',
  ],
  ["db.removeForeignKey('a', 'fk')", 'ALTER TABLE "a" DROP CONSTRAINT "fk"'],
  ["db.createSequence('q', { temp: true })", 'CREATE TEMP SEQUENCE "q"'],
  ["db.dropSequence('q', { ifExists: true, cascade: true })", 'DROP SEQUENCE IF EXISTS "q" CASCADE'],
  ["db.createDatabase('d')", 'CREATE DATABASE "d"'],
  ["db.dropDatabase('d', { ifExists: true })", 'DROP DATABASE IF EXISTS "d"'],
  ["db.switchDatabase({ schema: 's' })", 'SET search_path TO s'],
  ["db.switchDatabase('s')", 'SET search_path TO s'],
  ["db.insert('users', { a: 1, b: 'x' })", `INSERT INTO "users" ("a", "b") VALUES (1, 'x')`],
])('%s', (code, sql) => {
  expect(operations(readCode('db-migrate', `exports.up = db => ${code};`))).toEqual(operations(readSql(sql)));
});

describe('callbacks are followed', () => {
  test('nested, bound and in a row', () => {
    const text = `exports.up = function (db, cb) {
      const more = function (driver, next) { driver.runSql('DROP TABLE c', next); };
      db.runSql('DROP TABLE a', function (err) {
        if (err) return cb(err);
        db.runSql('DROP TABLE b', cb);
      });
      async.series([more.bind(null, db), db.dropTable.bind(db, 'd')], cb);
    };`;
    expect(seen('db-migrate', text).map(([kind, sql]) => [kind, sql])).toEqual([
      ['dropTable', 'DROP TABLE a'],
      ['dropTable', 'DROP TABLE b'],
      ['dropTable', 'DROP TABLE c'],
      ['dropTable', "dropTable.bind(db, 'd')"],
    ]);
  });
});

describe('Lucid', () => {
  test('is Knex in a class, with the properties of the class', () => {
    const text = `import { BaseSchema } from '@adonisjs/lucid/schema'
      export default class extends BaseSchema {
        protected tableName = 'users'
        async up() {
          this.schema.createTable(this.tableName, table => { table.increments('id'); table.timestamp('at').defaultTo(this.now()) })
          this.schema.alterTable(this.tableName, table => { table.index(['at']) })
          this.defer(async db => {
            await db.from('users').where('id', 3).update({ at: null })
            await db.rawQuery('DELETE FROM users')
          })
          this.schema.raw('DROP TABLE a')
        }
      }`;
    expect(seen('lucid', text).map(([kind]) => kind)).toEqual([
      'createTable',
      'createIndex',
      'update',
      'delete',
      'dropTable',
    ]);
    expect(readCode('lucid', text).statements[0]?.operations[0]).toMatchObject({ table: { name: 'users' } });
  });
});
