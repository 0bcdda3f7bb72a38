import { describe, expect, test } from 'vitest';
import {
  beginTransaction,
  commitTransaction,
  emptyState,
  existence,
  holdLocks,
  resolveRelation,
  resolveTable,
  rollbackTransaction,
  setting,
  startSession,
} from '../../src/schema/index.ts';
import type { OpenTransaction, State } from '../../src/schema/state.ts';
import { replay } from './replay.ts';

const timeout = (state: State): string | undefined => setting(state, 'lock_timeout')?.value;

function open(state: State): OpenTransaction {
  if (state.transaction.status !== 'open') throw new Error('no transaction is open');
  return state.transaction;
}

describe('settings', () => {
  test.for<[name: string, sql: string, value: string | undefined]>([
    ['SET lasts', "SET lock_timeout = '1s';", '1s'],
    ['SET survives COMMIT', "BEGIN; SET lock_timeout = '1s'; COMMIT;", '1s'],
    ['ROLLBACK takes SET back', "SET lock_timeout = '1s'; BEGIN; SET lock_timeout = '2s'; ROLLBACK;", '1s'],
    ['SET LOCAL is in effect', "BEGIN; SET LOCAL lock_timeout = '1s';", '1s'],
    ['COMMIT ends SET LOCAL', "BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT;", undefined],
    ['COMMIT AND CHAIN ends SET LOCAL', "BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT AND CHAIN;", undefined],
    ['SET LOCAL outside a transaction does nothing', "SET LOCAL lock_timeout = '1s';", undefined],
    ['SET after SET LOCAL', "BEGIN; SET LOCAL lock_timeout = '1s'; SET lock_timeout = '2s';", '2s'],
    ['SET after SET LOCAL stays', "BEGIN; SET LOCAL lock_timeout = '1s'; SET lock_timeout = '2s'; COMMIT;", '2s'],
    [
      'SET LOCAL hides SET until COMMIT',
      "SET lock_timeout = '2s'; BEGIN; SET LOCAL lock_timeout = '1s'; COMMIT;",
      '2s',
    ],
    ['RESET', "SET lock_timeout = '1s'; RESET lock_timeout;", undefined],
    ['RESET ALL', "SET lock_timeout = '1s'; RESET ALL;", undefined],
    ['DISCARD ALL', "SET lock_timeout = '1s'; DISCARD ALL;", undefined],
    ['SET TO DEFAULT', "SET lock_timeout = '1s'; SET lock_timeout TO DEFAULT;", undefined],
    ['SET LOCAL TO DEFAULT', "SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout TO DEFAULT;", undefined],
    ['SET LOCAL TO DEFAULT ends', "SET lock_timeout = '1s'; BEGIN; SET LOCAL lock_timeout TO DEFAULT; COMMIT;", '1s'],
    ['a savepoint takes SET back', "BEGIN; SAVEPOINT s; SET LOCAL lock_timeout = '1s'; ROLLBACK TO s;", undefined],
    ['a released savepoint does not', "BEGIN; SAVEPOINT s; SET lock_timeout = '1s'; RELEASE s; COMMIT;", '1s'],
    ['set_config for the session', "SELECT set_config('lock_timeout', '1s', false);", '1s'],
    ['set_config for a transaction', "BEGIN; SELECT set_config('lock_timeout', '1s', true); COMMIT;", undefined],
    [
      'SET TRANSACTION is no setting of it',
      "SET lock_timeout = '1s'; SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
      '1s',
    ],
  ])('%s', ([, sql, value]) => {
    expect(timeout(replay(sql))).toBe(value);
  });

  test('a session starts with none', () => {
    expect(timeout(startSession(replay("SET lock_timeout = '1s';")))).toBeUndefined();
  });

  test('RESET ALL keeps the role', () => {
    expect(setting(replay('SET ROLE migrator; RESET ALL;'), 'role')?.value).toBe('migrator');
  });
});

describe('transactions', () => {
  test('a rollback gives back the very state that the transaction began with', () => {
    const before = replay('CREATE TABLE t (a int);');
    const after = replay(
      'BEGIN; ALTER TABLE t ADD COLUMN b int; DROP TABLE t; CREATE TABLE u (a int); ROLLBACK;',
      before,
    );
    expect(after.schema).toBe(before.schema);
    expect(after.session).toBe(before.session);
    expect(after.transaction).toEqual({ status: 'none' });
  });

  test('BEGIN inside, and COMMIT or ROLLBACK without, change nothing', () => {
    const inside = replay('BEGIN; CREATE TABLE t (a int);');
    expect(replay('BEGIN;', inside).transaction).toBe(inside.transaction);
    const outside = replay('CREATE TABLE t (a int);');
    expect(replay('COMMIT; ROLLBACK;', outside)).toBe(outside);
  });

  test("a COMMIT in the file ends the tool's transaction", () => {
    const state = replay(
      'CREATE TABLE a (x int); COMMIT; CREATE TABLE b (x int);',
      beginTransaction(emptyState('postgres'), 'tool'),
    );
    expect(state.transaction.status).toBe('none');
    expect(resolveTable(state, { name: 'a' })?.origin?.transaction).toBeDefined();
    expect(resolveTable(state, { name: 'b' })?.origin?.transaction).toBeUndefined();
    expect(rollbackTransaction(state)).toBe(state);
  });

  test('two transactions have two ids', () => {
    const first = replay('BEGIN; UPDATE t SET a = 1;');
    const second = replay('COMMIT; BEGIN;', first);
    expect(open(second).id).not.toBe(open(first).id);
  });

  test('statements of one query share a transaction, and COMMIT among them opens the next', () => {
    const implicit = beginTransaction(emptyState('postgres'), 'implicit');
    const state = replay(
      'CREATE TABLE a (x int); BEGIN; CREATE TABLE b (x int); COMMIT; CREATE TABLE c (x int);',
      implicit,
    );
    const [a, b, c] = ['a', 'b', 'c'].map(name => resolveTable(state, { name })?.origin?.transaction);
    expect(a).toBe(b);
    expect(c).not.toBe(a);
    expect(open(state)).toMatchObject({ owner: 'implicit', id: c });
    expect(commitTransaction(state).transaction.status).toBe('none');
  });

  test('COMMIT AND CHAIN opens another for the same owner', () => {
    const state = replay('COMMIT AND CHAIN;', beginTransaction(emptyState('postgres'), 'tool'));
    expect(open(state).owner).toBe('tool');
  });

  test('after an error only the end of the transaction counts', () => {
    const begun = beginTransaction(replay('CREATE TABLE t (a int);'), 'file');
    const failed: State = { ...begun, transaction: { ...open(begun), failed: true } };
    const ended = replay('DROP TABLE t; COMMIT;', failed);
    expect(existence(ended, { name: 't' })).toBe('present');
    expect(ended.transaction.status).toBe('none');
  });

  test('a new session rolls back and drops temporary tables', () => {
    const state = startSession(
      replay('CREATE TEMP TABLE a (x int); CREATE TABLE b (x int); BEGIN; CREATE TABLE c (x int);'),
    );
    expect(existence(state, { name: 'b' })).toBe('present');
    expect(existence(state, { name: 'c' })).toBe('unknown');
    expect(resolveRelation(state, { name: 'a' })).toBeUndefined();
    expect(state.schema.temporary).toEqual([]);
  });
});

describe('locks', () => {
  const site = { migration: 3, statement: 1 };

  test('add up in a transaction and end with it', () => {
    const begun = replay('CREATE TABLE t (a int); BEGIN;');
    const id = resolveTable(begun, { name: 't' })!.id;
    const held = holdLocks(begun, [{ id, mode: 'AccessExclusiveLock' }], site);
    expect(open(held).locks).toEqual([{ relation: id, mode: 'AccessExclusiveLock', ...site }]);
    expect(replay('COMMIT; BEGIN;', held).transaction).toMatchObject({ locks: [] });
  });

  test('are let go by ROLLBACK TO, and not kept outside a transaction', () => {
    const begun = replay('CREATE TABLE t (a int); BEGIN; SAVEPOINT s;');
    const locks = [{ id: 1, mode: 'ShareLock' }] as const;
    expect(open(replay('ROLLBACK TO s;', holdLocks(begun, locks, site))).locks).toEqual([]);
    const outside = emptyState('postgres');
    expect(holdLocks(outside, locks, site)).toBe(outside);
  });
});

describe('pending events', () => {
  const tables = `CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE now (p int REFERENCES p);
    CREATE TABLE later (p int CONSTRAINT fk REFERENCES p DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE able (p int CONSTRAINT able_fk REFERENCES p DEFERRABLE, u int UNIQUE DEFERRABLE);`;
  const pending = (sql: string): readonly (string | undefined)[] => {
    const state = replay(`${tables} BEGIN; ${sql}`);
    return open(state).pendingEvents.map(id => state.schema.relations.get(id)?.name);
  };

  test.for<[sql: string, tables: readonly string[]]>([
    ['INSERT INTO now VALUES (1);', []],
    ['INSERT INTO later VALUES (1);', ['later']],
    ['DELETE FROM later;', []],
    ['DELETE FROM p;', ['p']],
    ['INSERT INTO p VALUES (1);', []],
    ['INSERT INTO able VALUES (1);', []],
    ['SET CONSTRAINTS ALL DEFERRED; INSERT INTO able VALUES (1);', ['able']],
    ['SET CONSTRAINTS able_fk DEFERRED; UPDATE able SET p = 2;', ['able']],
    ['SET CONSTRAINTS fk IMMEDIATE; INSERT INTO later VALUES (1);', []],
    ['INSERT INTO later VALUES (1); SET CONSTRAINTS ALL IMMEDIATE;', []],
    ['INSERT INTO later VALUES (1); SET CONSTRAINTS fk IMMEDIATE;', []],
    ['SAVEPOINT s; INSERT INTO later VALUES (1); ROLLBACK TO s;', []],
    ['WITH x AS (INSERT INTO later VALUES (1) RETURNING 1) SELECT * FROM x;', ['later']],
  ])('%s', ([sql, expected]) => {
    expect(pending(sql)).toEqual(expected);
  });
});

describe('search_path', () => {
  test('a value that only the run knows hides what other schemas hold', () => {
    const before = replay('CREATE TABLE t (a int);');
    const state = replay('SET search_path = :tenant; CREATE TABLE own (a int); CREATE INDEX i ON own (a);', before);
    expect(setting(state, 'search_path')?.value).toBeUndefined();
    expect(resolveRelation(state, { name: 't' })).toBeUndefined();
    expect(resolveTable(state, { name: 'own' })?.indexes).toHaveLength(1);
    expect(resolveTable(state, { schema: 'public', name: 't' })).toBe(resolveTable(before, { name: 't' }));
    expect(resolveRelation(replay('SET search_path = :other;', state), { name: 'own' })).toBeUndefined();
  });

  test('"$user" is passed over and temporary tables come first', () => {
    const state = replay('SET search_path = "$user", app; CREATE TABLE t (a int); CREATE TEMP TABLE t (b int);');
    expect(resolveTable(state, { name: 't' })?.persistence).toBe('temporary');
    expect(resolveTable(state, { schema: 'app', name: 't' })?.columns.map(({ name }) => name)).toEqual(['a']);
  });
});
