import { describe, expect, it } from 'vitest';
import { ruleById } from '../../src/rules/index.ts';
import { runExample } from '../../src/rules/run-example.ts';
import type { Dialect } from '../../src/server/server.ts';

/** What a rule says of a migration after a history. */
const told = (rule: string, dialect: Dialect, history: string, up: string): readonly string[] =>
  runExample(ruleById(rule)!, { title: '', dialect, history, up, findings: [] }).map(({ message }) => message);

const MYSQL = "CREATE TABLE users (id int PRIMARY KEY, Email varchar(50) NOT NULL DEFAULT '', n int NOT NULL);";

describe('names of columns that differ in case alone are one on MySQL, MariaDB, SQLite and SQL Server', () => {
  it('compares a definition with the column that it replaces', () => {
    const [message] = told('no-lost-attributes', 'mysql', MYSQL, 'ALTER TABLE users MODIFY EMAIL varchar(60);');
    expect(message).toContain('NOT NULL');
    expect(told('no-not-null-without-backfill', 'mysql', MYSQL, 'ALTER TABLE users MODIFY N bigint NOT NULL;')).toEqual(
      [],
    );
  });

  it('takes another case for no rename, and a rename for one', () => {
    expect(told('no-rename-column', 'mysql', MYSQL, 'ALTER TABLE users CHANGE EMAIL email varchar(50);')).toEqual([]);
    expect(told('no-rename-column', 'mysql', MYSQL, 'ALTER TABLE users CHANGE EMAIL mail varchar(50);')).toHaveLength(
      1,
    );
  });

  it.each(['mysql', 'mariadb', 'sqlite', 'sqlserver'] as const)('%s: what is dropped was NOT NULL', dialect => {
    const history = 'CREATE TABLE users (id int PRIMARY KEY, Code int NOT NULL);';
    expect(told('no-drop-required-column', dialect, history, 'ALTER TABLE users DROP COLUMN code;')).toHaveLength(1);
  });

  it('but two on PostgreSQL, where quotes keep the case', () => {
    const history = 'CREATE TABLE users (id int PRIMARY KEY, "Code" int NOT NULL);';
    expect(told('no-failing-statement', 'postgres', history, 'ALTER TABLE users DROP COLUMN code;')).toHaveLength(1);
  });
});

describe('REFERENCES at a column', () => {
  const history =
    'CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users (id));';
  const drop = (dialect: Dialect, serverVersion: string) =>
    runExample(ruleById('no-failing-statement')!, {
      title: '',
      dialect,
      serverVersion,
      history,
      up: 'DROP TABLE users;',
      findings: [],
    }).length;

  it.each([
    ['mysql', '8.4', 0],
    ['mysql', '9.0', 1],
    ['mariadb', '10.4', 0],
    ['mariadb', '10.5', 1],
  ] as const)('%s %s: %i foreign keys come of it', (dialect, version, keys) => {
    expect(drop(dialect, version)).toBe(keys);
  });
});
