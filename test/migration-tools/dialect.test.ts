import { describe, expect, test } from 'vitest';
import { dialectOfFolderName, dialectOfTexts } from '../../src/migration-tools/dialect.ts';

describe('dialectOfTexts', () => {
  test.each([
    ['postgres', 'CREATE TABLE t (id bigserial PRIMARY KEY);'],
    ['postgres', 'CREATE INDEX CONCURRENTLY i ON t (a);'],
    ['postgres', "ALTER TABLE t ADD COLUMN c jsonb DEFAULT '{}';"],
    ['postgres', 'ALTER TABLE t ALTER COLUMN c SET NOT NULL;'],
    ['postgres', "SELECT '1'::int;"],
    ['postgres', 'DO $body$ BEGIN END $body$;'],
    ['postgres', "SET lock_timeout = '5s'; ALTER TABLE t ADD COLUMN a int;"],
    ['mysql', 'CREATE TABLE `t` (id INT) ENGINE=InnoDB;'],
    ['mysql', 'CREATE TABLE t (id INT AUTO_INCREMENT);'],
    ['mysql', 'DELIMITER $$\nCREATE PROCEDURE p() BEGIN END$$\nALTER TABLE t MODIFY COLUMN a INT UNSIGNED;'],
    ['mariadb', 'CREATE TABLE `t` (id INT) WITH SYSTEM VERSIONING;'],
    ['sqlite', 'PRAGMA foreign_keys = OFF;'],
    ['sqlite', 'CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);'],
    ['sqlserver', 'CREATE TABLE [dbo].[t] (a NVARCHAR(10));'],
    ['sqlserver', 'ALTER TABLE t ADD a INT\nGO\n'],
  ])('%s: %s', (dialect, text) => {
    expect(dialectOfTexts([text])).toBe(dialect);
  });

  test.each([
    ['standard SQL', 'CREATE TABLE t (id INTEGER PRIMARY KEY, name VARCHAR(10));'],
    ['marks in a comment', '-- uses jsonb, see `docs`\nCREATE TABLE t (id INTEGER);'],
    ['marks in a string', "INSERT INTO t VALUES ('ENGINE=InnoDB $$ ::int');"],
    ['marks of two dialects', 'CREATE TABLE `t` (id bigserial);'],
    ['a database that is not known', 'CREATE TABLE t (id UInt32) ENGINE = MergeTree ORDER BY id;'],
    ['nothing', ''],
  ])('does not tell: %s', (_, text) => {
    expect(dialectOfTexts([text])).toBeUndefined();
  });

  test('reads on until it is clear, and no further', () => {
    let read = 0;
    function* texts() {
      for (const text of ['CREATE TABLE t (a int);', 'SELECT a::jsonb FROM t', 'CREATE EXTENSION x', 'never read']) {
        read++;
        yield text;
      }
    }
    expect(dialectOfTexts(texts())).toBe('postgres');
    expect(read).toBeLessThan(4);
  });
});

test.each([
  ['postgres', 'postgres'],
  ['migrations-mysql', 'mysql'],
  ['sqlite_migrations', 'sqlite'],
  ['PostgreSQL', 'postgres'],
  ['mssql', 'sqlserver'],
  ['spgist', undefined],
  ['constructor', undefined],
])('the folder name %s says %s', (name, dialect) => {
  expect(dialectOfFolderName(name)).toBe(dialect);
});
