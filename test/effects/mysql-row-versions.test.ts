import { describe, expect, it } from 'vitest';
import { countRowVersions, type Effects, effects } from '../../src/effects/index.ts';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState, resolveTable } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import type { Dialect } from '../../src/server/server.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const T = 'CREATE TABLE t (id int PRIMARY KEY, a int, b int, v varchar(20));';

const parse = (dialect: Dialect, sql: string) =>
  FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/m.sql', text: sql })).statements;

/** The state that a script leaves, statement by statement as a migration's. */
function replayed(sql: string, version: string, dialect: Dialect): State {
  return parse(dialect, sql).reduce(
    (state, statement, index) => {
      const after = applyStatement(state, statement, { migration: 0, statement: index });
      return countRowVersions(statement, state, after);
    },
    emptyState(dialect, version),
  );
}

/** How many row versions the table has after a script. */
function versionsAfter(sql: string, version = '8.4', dialect: Dialect = 'mysql', name = 't'): number {
  return resolveTable(replayed(T + sql, version, dialect), { name })?.rowVersions ?? 0;
}

/** Statements that add as many columns, one each. */
const columns = (count: number): string =>
  Array.from({ length: count }, (_, index) => `ALTER TABLE t ADD COLUMN c${index} int;`).join('');

function effectsAfter(setup: string, sql: string, version: string): Effects {
  const [statement] = parse('mysql', sql);
  return effects(statement!, replayed(T + setup, version, 'mysql'), {
    dialect: 'mysql',
    version,
    versionAssumed: false,
  });
}

describe('a row version', () => {
  it.each([
    ['a column that comes', 'ALTER TABLE t ADD COLUMN c int', 1],
    ['a column that goes', 'ALTER TABLE t DROP COLUMN a', 1],
    ['columns that come and go in one statement', 'ALTER TABLE t ADD COLUMN c int FIRST, ADD d int, DROP COLUMN a', 1],
    ['one statement after another', 'ALTER TABLE t ADD COLUMN c int; ALTER TABLE t DROP COLUMN a', 2],
    ['a column beside a new name', 'ALTER TABLE t ADD COLUMN c int, RENAME TO t', 1],
  ])('is left by %s', (_, sql, count) => {
    expect(versionsAfter(sql)).toBe(count);
  });

  it.each([
    ['a virtual column', 'ALTER TABLE t ADD COLUMN c int AS (a + 1) VIRTUAL'],
    ['an index', 'CREATE INDEX i ON t (a)'],
    ['another name of a column', 'ALTER TABLE t RENAME COLUMN a TO c'],
    ['a column added in place', 'ALTER TABLE t ADD COLUMN c int, ALGORITHM=INPLACE'],
    ['a column beside an index', 'ALTER TABLE t ADD COLUMN c int, ADD INDEX (a)'],
    ['a statement that the server refuses', 'ALTER TABLE t ADD COLUMN c int, ADD INDEX (a), ALGORITHM=INSTANT'],
    ['a table of another engine', 'ALTER TABLE t ENGINE = MyISAM; ALTER TABLE t ADD COLUMN c int'],
  ])('is not left by %s', (_, sql) => {
    expect(versionsAfter(sql)).toBe(0);
  });

  it('is of MySQL from 8.0.29 on', () => {
    expect(versionsAfter(columns(2), '8.0.28')).toBe(0);
    expect(versionsAfter(columns(2), '8.0.29')).toBe(2);
    expect(versionsAfter(columns(2), '10.11', 'mariadb')).toBe(0);
  });

  it('goes with the table under another name', () => {
    expect(versionsAfter(`${columns(2)}RENAME TABLE t TO u;`, '8.4', 'mysql', 'u')).toBe(2);
    expect(versionsAfter(`${columns(2)}CREATE TABLE u LIKE t;`, '8.4', 'mysql', 'u')).toBe(0);
  });
});

describe('a rebuild takes all row versions away', () => {
  it.each([
    'OPTIMIZE TABLE t',
    'ALTER TABLE t FORCE',
    'ALTER TABLE t ENGINE = InnoDB',
    'ALTER TABLE t MODIFY a bigint',
    'ALTER TABLE t ADD COLUMN c int, ALGORITHM=COPY',
    'TRUNCATE TABLE t',
    'DROP TABLE t; CREATE TABLE t (id int PRIMARY KEY)',
  ])('%s', sql => {
    expect(versionsAfter(columns(3) + sql)).toBe(0);
  });

  it.each([
    'CREATE INDEX i ON t (a)',
    "ALTER TABLE t COMMENT = 'x'",
    'ALTER TABLE t MODIFY a bigint, ALGORITHM=INSTANT',
    'ALTER TABLE u MODIFY a bigint',
  ])('not so %s', sql => {
    expect(versionsAfter(columns(3) + sql)).toBe(3);
  });
});

describe('a column on a table with no row version left', () => {
  const ADD = 'ALTER TABLE t ADD COLUMN last int';

  it.each([
    ['8.0.29', 63, 64],
    ['9.0', 63, 64],
    ['9.1', 254, 255],
  ])('MySQL %s has one after %s', (version, used, most) => {
    expect(effectsAfter(columns(used), ADD, version)).toMatchObject({
      algorithm: 'INSTANT',
      rebuild: false,
      rowVersions: { used: most, most },
    });
  });

  it.each([
    ['8.0.29', 64],
    ['8.4', 64],
    ['9.1', 255],
  ])('MySQL %s has none after %s', (version, most) => {
    const full = { algorithm: 'INPLACE', rebuild: true, concurrentWrites: true, rowVersions: { used: most, most } };
    expect(effectsAfter(columns(most), ADD, version)).toMatchObject(full);
    expect(effectsAfter(columns(most), 'ALTER TABLE t DROP COLUMN a', version)).toMatchObject(full);
    expect(versionsAfter(columns(most + 1), version)).toBe(0);
  });

  it('is refused where it asks for ALGORITHM=INSTANT, and leaves what was', () => {
    const instant = `${ADD}, ALGORITHM=INSTANT`;
    expect(effectsAfter(columns(64), instant, '8.4').clauses).toMatchObject([
      {
        outcome: 'refused',
        message:
          'Maximum row versions reached for table t. No more columns can be added or dropped instantly. Please use COPY/INPLACE',
      },
    ]);
    expect(versionsAfter(columns(64) + instant)).toBe(64);
    expect(effectsAfter(columns(63), instant, '8.4').clauses).toBeUndefined();
    expect(effectsAfter(columns(64), `${ADD}, ALGORITHM=INPLACE, LOCK=NONE`, '8.4').clauses).toBeUndefined();
  });

  it('changes nothing for what takes no version', () => {
    expect(effectsAfter(columns(64), 'ALTER TABLE t ADD COLUMN c int AS (a) VIRTUAL', '8.4').algorithm).toBe('INSTANT');
    expect(effectsAfter(columns(64), 'ALTER TABLE t RENAME COLUMN a TO c', '8.4').algorithm).toBe('INSTANT');
    expect(effectsAfter(columns(64), `${ADD}, ADD INDEX (a)`, '8.4')).not.toHaveProperty('rowVersions');
  });
});
