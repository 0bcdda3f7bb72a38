import { describe, expect, it } from 'vitest';
import {
  CONFLICTS,
  conflicts,
  effects,
  locksHeld,
  nearestPostgresVersion,
  POSTGRES_VERSIONS,
  parseDuration,
  volatilityOf,
} from '../../src/effects/index.ts';
import { LOCK_MODES, type Statement } from '../../src/operations/index.ts';
import { nameKey } from '../../src/operations/names.ts';
import { postgres } from '../../src/parsers/postgres/index.ts';
import { applyStatement, beginTransaction, emptyState, holdLocks } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

const parse = (text: string): readonly Statement[] => postgres.parse(fragmentOf({ path: '/m.sql', text })).statements;

const replay = (text: string, state: State = emptyState('postgres')): State =>
  parse(text).reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    state,
  );

const judge = (text: string, state: State, version = '18', sessionTimeZone?: string) =>
  effects(parse(text)[0]!, state, {
    dialect: 'postgres',
    version,
    versionAssumed: false,
    ...(sessionTimeZone === undefined ? {} : { sessionTimeZone }),
  });

describe('parseDuration', () => {
  it.each([
    ['2s', 2000],
    ['500', 500],
    ['500ms', 500],
    ['1.5 s', 1500],
    ['1min', 60_000],
    ['2 h', 7_200_000],
    ['1d', 86_400_000],
    ['1500us', 2],
    ['0', 0],
    ['.5s', 500],
    ['2.5', 2],
    ['3.5', 4],
    ['400us', 0],
    ['1e3', 1000],
    [' +5 ', 5],
    ['0x10', 16],
  ])('reads %s as %d ms', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  // All of these, and what they come to, were tried with SET lock_timeout on PostgreSQL 18: 22023.
  it.each(['', '2 S', '1 m', '2seconds', '-1', 'soon', '1s 2s'])('refuses %s as the server does', text => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('nearestPostgresVersion', () => {
  it.each(POSTGRES_VERSIONS)('knows %s and its minor releases', version => {
    expect(nearestPostgresVersion(version)).toEqual({ version, exact: true });
    expect(nearestPostgresVersion(`${version}.4`)).toEqual({ version, exact: true });
  });

  it('takes the oldest for what is older, the newest for what is newer or no version', () => {
    expect(nearestPostgresVersion('9.6')).toEqual({ version: '13', exact: false });
    expect(nearestPostgresVersion('12')).toEqual({ version: '13', exact: false });
    expect(nearestPostgresVersion('25')).toEqual({ version: '18', exact: false });
    expect(nearestPostgresVersion('latest')).toEqual({ version: '18', exact: false });
  });

  it('is what effects are worked out for', () => {
    const state = replay('CREATE TABLE t (id int, e text); CREATE UNIQUE INDEX u ON t (id);');
    const text = 'ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (id + 1) VIRTUAL';
    expect(judge(text, state, '11').failures.map(({ code }) => code)).toEqual(['42601']);
    expect(judge(text, state, '30').failures).toEqual([]);
  });
});

describe('lock conflicts', () => {
  it('go both ways', () => {
    for (const a of LOCK_MODES) for (const b of LOCK_MODES) expect(conflicts(a, b), `${a} ${b}`).toBe(conflicts(b, a));
  });

  it('are those of table 13.2 in number, weakest mode first', () => {
    expect(LOCK_MODES.map(mode => CONFLICTS[mode].length)).toEqual([1, 2, 4, 5, 5, 6, 7, 8]);
  });
});

describe('volatility of defaults', () => {
  const state = replay(`
    CREATE FUNCTION doubled(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';
    CREATE FUNCTION dice() RETURNS float8 LANGUAGE sql AS 'SELECT random()';
    CREATE FUNCTION noted() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
    CREATE FUNCTION fixed() RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN 1; END';`);
  const of = (expression: string) => {
    const [operation] = parse(`ALTER TABLE t ADD COLUMN x text DEFAULT ${expression}`)[0]!.operations;
    if (operation?.kind !== 'addColumn' || operation.column.default === undefined) throw new Error('no default');
    return volatilityOf(operation.column.default.expression, state);
  };

  it.each([
    ["'a'", 'immutable'],
    ['-1', 'immutable'],
    ['now()', 'stable'],
    ["now() + interval '1 day'", 'stable'],
    ['CURRENT_DATE', 'stable'],
    ['LOCALTIMESTAMP', 'stable'],
    ["lower('A')", 'immutable'],
    ['current_user', 'stable'],
    ["coalesce(current_setting('a.b', true), 'x')", 'stable'],
    ['clock_timestamp()', 'volatile'],
    ['gen_random_uuid()', 'volatile'],
    ['gen_random_uuid()::text', 'volatile'],
    ['md5(random()::text)', 'volatile'],
    ['uuidv7()', 'volatile'],
    ['uuid_generate_v4()', 'volatile'],
    ["nextval('s')", 'volatile'],
    ['doubled(2)', 'immutable'],
    ['dice()', 'volatile'],
    ['noted()', 'volatile'],
    ['fixed()', 'stable'],
  ] as const)('%s is %s', (expression, volatility) => {
    expect(of(expression)).toEqual({ volatility, unknown: [] });
  });

  it('says which functions it does not know', () => {
    expect(of('acme.make_id()')).toEqual({ volatility: 'immutable', unknown: ['make_id'] });
  });
});

describe('what the history does not show', () => {
  const nothing = emptyState('postgres');

  it('is judged at its worst, and said', () => {
    const change = judge('ALTER TABLE users ALTER COLUMN name TYPE text', nothing);
    expect(change.known).toBe(false);
    expect(change.unknowns.join()).toContain('users.name');
    expect(change.rewrites.map(({ name }) => name)).toEqual(['users']);

    const added = judge('ALTER TABLE users ADD COLUMN id2 text DEFAULT acme.make_id()', nothing);
    expect(added.known).toBe(false);
    expect(added.duration).toBe('rewrite');
  });

  it('does not make a statement fail', () => {
    for (const text of [
      'ALTER TABLE users DROP COLUMN zip',
      'ALTER TABLE users DROP CONSTRAINT users_zip_check',
      'ALTER TABLE users ADD FOREIGN KEY (org_id) REFERENCES orgs (id)',
      'DROP TABLE users',
      'CREATE INDEX users_zip ON users (zip)',
    ]) {
      expect(judge(text, nothing).failures, text).toEqual([]);
    }
  });

  it('leaves the time zone open, until the session or the configuration says it', () => {
    const state = replay('CREATE TABLE t (ts timestamp)');
    const text = 'ALTER TABLE t ALTER COLUMN ts TYPE timestamptz';
    expect(judge(text, state)).toMatchObject({ known: false, duration: 'rewrite' });
    expect(judge(text, state, '18', 'UTC')).toMatchObject({ known: true, duration: 'instant' });
    expect(judge(text, state, '18', 'Europe/Berlin')).toMatchObject({ known: true, duration: 'rewrite' });
    expect(judge(text, replay("SET timezone = 'Etc/UTC'", state), '18', 'Asia/Tokyo').duration).toBe('instant');
  });
});

describe('tables of the same transaction', () => {
  const state = replay('CREATE TABLE t (id int)', beginTransaction(emptyState('postgres'), 'file'));

  it('keep nobody waiting, and while they are empty cost nothing', () => {
    expect(judge('CREATE INDEX t_id ON t (id)', state)).toMatchObject({
      blocksReads: [],
      blocksWrites: [],
      scans: [],
      indexBuilds: [],
      duration: 'instant',
      releasedAt: 'commit',
    });
    expect(judge('ALTER TABLE t ALTER COLUMN id TYPE bigint', state).duration).toBe('instant');
  });
});

describe('locksHeld', () => {
  it('gives the strongest mode per relation that the open transaction took', () => {
    const begun = beginTransaction(replay('CREATE TABLE t (id int)'), 'file');
    const id = begun.schema.names.get(nameKey('public', 't'))!;
    const site = { migration: 1, statement: 0 };
    const first = holdLocks(begun, [{ id, mode: 'ShareLock' }], site);
    const second = holdLocks(first, [{ id, mode: 'AccessExclusiveLock' }], { ...site, statement: 1 });
    const third = holdLocks(second, [{ id, mode: 'RowExclusiveLock' }], { ...site, statement: 2 });
    expect(locksHeld(third)).toEqual([
      {
        relation: id,
        mode: 'AccessExclusiveLock',
        migration: 1,
        statement: 1,
        name: { id, schema: 'public', name: 't' },
      },
    ]);
    expect(locksHeld(begun)).toEqual([]);
    expect(locksHeld(emptyState('postgres'))).toEqual([]);
  });
});
