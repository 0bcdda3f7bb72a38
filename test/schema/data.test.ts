import { describe, expect, test } from 'vitest';
import { findColumn, resolveTable } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { replay } from './replay.ts';

const TABLE = 'CREATE TABLE t (id int PRIMARY KEY, a int, b int);';
const isFilled = (state: State, name = 't') => resolveTable(state, { name })?.filled;
const isBackfilled = (sql: string, column = 'a') =>
  findColumn(resolveTable(replay(TABLE + sql), { name: 't' })!, column)?.backfilled !== undefined;
const loop = (body: string) => `DO $$ BEGIN LOOP ${body} EXIT WHEN NOT FOUND; END LOOP; END $$;`;

describe('filled', () => {
  test.for([
    ['INSERT INTO t VALUES (1);', true],
    ['COPY t FROM stdin;\n1\t2\t3\n\\.\n', true],
    ['WITH x AS (INSERT INTO t VALUES (1) RETURNING id) SELECT * FROM x;', true],
    ['UPDATE t SET a = 1;', false],
    ['INSERT INTO t VALUES (1); TRUNCATE t;', false],
  ] as const)('%s', ([sql, filled]) => {
    expect(isFilled(replay(TABLE + sql))).toBe(filled);
  });

  test('CREATE TABLE AS fills unless WITH NO DATA', () => {
    expect(isFilled(replay('CREATE TABLE t AS SELECT 1 AS a;'))).toBe(true);
    expect(isFilled(replay('CREATE TABLE t AS SELECT 1 AS a WITH NO DATA;'))).toBe(false);
  });

  test('a filled partition fills its parent, and TRUNCATE CASCADE empties what references', () => {
    const parts =
      'CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); INSERT INTO p1 VALUES (1);';
    expect(isFilled(replay(parts), 'p')).toBe(true);
    const state = replay(`${TABLE} CREATE TABLE c (t int REFERENCES t); INSERT INTO c VALUES (1); TRUNCATE t CASCADE;`);
    expect(isFilled(state, 'c')).toBe(false);
  });
});

describe('backfilled', () => {
  test.for<[sql: string, backfilled: boolean]>([
    ['UPDATE t SET a = 1;', true],
    ['UPDATE t SET a = 1 WHERE true;', true],
    ['UPDATE t SET a = 1 WHERE 1 = 1;', true],
    ['UPDATE t SET a = 1 WHERE a IS NULL;', true],
    ['UPDATE t SET a = NULL;', false],
    ['UPDATE t SET b = 1;', false],
    ['UPDATE t SET a = 1 WHERE b IS NULL;', false],
    ['UPDATE t SET a = 1 WHERE a IS NOT NULL;', false],
    ['UPDATE t SET a = 1 WHERE a IS NULL AND id > 5;', false],
    ['UPDATE t SET a = 1 FROM other;', false],
    ['UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 10);', false],
    [loop('UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE a IS NULL LIMIT 10);'), true],
    [loop('WITH x AS (SELECT id FROM t WHERE a IS NULL LIMIT 10) UPDATE t SET a = 1 FROM x WHERE t.id = x.id;'), true],
    [loop('UPDATE t SET a = 1 WHERE id IN (SELECT id FROM t WHERE b IS NULL LIMIT 10);'), false],
    ['DO $$ BEGIN IF now() > now() THEN UPDATE t SET a = 1; END IF; END $$;', false],
    // A subquery finds a row each, as a join does.
    ['UPDATE t SET a = (SELECT o.x FROM o WHERE o.id = t.b LIMIT 1);', true],
    ['UPDATE t SET a = o.x FROM o WHERE o.id = t.b AND o.gone IS NULL;', true],
    ['UPDATE t x SET a = o.x FROM o WHERE o.id = x.b AND o.gone IS NULL AND (x.a IS NULL OR x.a = 0);', true],
    ['UPDATE t SET a = o.x FROM o WHERE o.id = t.b AND t.b > 5;', false],
    // Conditions that leave no row out together.
    ['UPDATE t SET a = 1 WHERE b IS NULL; UPDATE t SET a = 2 WHERE b IS NOT NULL;', true],
    ['UPDATE t SET a = 1 WHERE b = 1; UPDATE t SET a = 2 WHERE b <> 1;', false],
    ['UPDATE t SET a = 1 WHERE b = 1 OR b IS NULL; UPDATE t SET a = 2 WHERE b NOT IN (1, 2);', false],
    ['UPDATE t SET a = 1 WHERE b IN (1, 2) OR b IS NULL; UPDATE t SET a = 2 WHERE NOT (b = 1 OR b = 2);', true],
    ['UPDATE t SET a = 1 WHERE b < 5; UPDATE t SET a = 2 WHERE b >= 5;', false],
    ['UPDATE t SET a = o.x FROM o WHERE o.id = t.b AND b IS NULL; UPDATE t SET a = 2 WHERE b IS NOT NULL;', true],
    ['UPDATE t SET a = 1 WHERE b IS NULL; UPDATE t SET a = NULL WHERE b IS NOT NULL;', false],
    // What is deleted needs no value.
    ['DELETE FROM t WHERE a IS NULL;', true],
    ['DELETE FROM t WHERE a IS NULL OR b IS NULL;', true],
    ['DELETE FROM t WHERE t.a IS NULL OR b NOT IN (SELECT id FROM o);', true],
    ['DELETE FROM t;', true],
    ['DELETE FROM t WHERE a IS NULL AND b IS NULL;', false],
    ['DELETE FROM t WHERE a IS NOT NULL;', false],
    ['DELETE FROM t WHERE NOT (a IS NOT NULL);', true],
    ['DELETE FROM t USING o WHERE t.a IS NULL AND o.id = t.b;', false],
  ])('%s', ([sql, backfilled]) => {
    expect(isBackfilled(sql)).toBe(backfilled);
  });

  test('a column of a table that is not known is entered', () => {
    const table = resolveTable(replay('UPDATE t SET a = 1;'), { name: 't' })!;
    expect(findColumn(table, 'a')).toMatchObject({ notNull: 'unknown', backfilled: { migration: 0, statement: 0 } });
  });
});

describe('defaultSinceCreation', () => {
  test.for<[sql: string, since: boolean]>([
    ['CREATE TABLE u (a int DEFAULT 1);', true],
    ['CREATE TABLE u (a serial);', true],
    ['CREATE TABLE u (a int DEFAULT NULL);', false],
    ['CREATE TABLE u (a int); ALTER TABLE u ALTER a SET DEFAULT 1;', false],
    ['CREATE TABLE u (a int DEFAULT 1); ALTER TABLE u ALTER a SET DEFAULT 2;', true],
    [
      'CREATE TABLE u (a int DEFAULT 1); ALTER TABLE u ALTER a DROP DEFAULT; ALTER TABLE u ALTER a SET DEFAULT 1;',
      false,
    ],
    ['CREATE TABLE u (); ALTER TABLE u ADD COLUMN a int DEFAULT 1;', true],
  ])('%s', ([sql, since]) => {
    expect(findColumn(resolveTable(replay(sql), { name: 'u' })!, 'a')?.defaultSinceCreation).toBe(since);
  });
});
