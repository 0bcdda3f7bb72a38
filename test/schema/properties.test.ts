import fc from 'fast-check';
import { Map as PersistentMap } from 'immutable';
import { describe, expect, test, vi } from 'vitest';
import { nameKey } from '../../src/operations/names.ts';
import { emptyState, resolveTable, startSession } from '../../src/schema/index.ts';
import type { ObjectId, Relation } from '../../src/schema/schema.ts';
import type { State } from '../../src/schema/state.ts';
import { replay } from './replay.ts';

/** The same scripts each time; `RUNS=5000` looks further, at others. */
const RUNS = process.env.RUNS === undefined ? { numRuns: 300, seed: 42 } : { numRuns: Number(process.env.RUNS) };

const TABLES = ['a', 'b', 's.a', 'pg_temp.b'];
const COLUMNS = ['x', 'y', 'z'];
const NAMES = ['n', 'm', 'a', 'a_x_key', 'a_pkey'];

const table = fc.constantFrom(...TABLES);
const column = fc.constantFrom(...COLUMNS);
const name = fc.constantFrom(...NAMES);
const type = fc.constantFrom('int', 'text', 'e', 'serial', 'd[]');
const cascade = fc.constantFrom('', ' CASCADE');

/** Statements that make sense alone, over few names, so that they meet each other in every state. */
const statement = fc.oneof(
  fc.tuple(table, column, type).map(([t, c, y]) => `CREATE TABLE ${t} (${c} ${y} PRIMARY KEY, w int CHECK (w > 0))`),
  fc.tuple(table, table).map(([t, u]) => `CREATE TABLE ${t} (x int REFERENCES ${u}, y int UNIQUE)`),
  fc.tuple(table, table).map(([t, u]) => `CREATE TABLE IF NOT EXISTS ${t} (LIKE ${u} INCLUDING ALL)`),
  fc.tuple(table, table).map(([t, u]) => `CREATE TABLE ${t} PARTITION OF ${u} DEFAULT`),
  fc.tuple(table).map(([t]) => `CREATE TABLE ${t} (x int, y int) PARTITION BY LIST (x)`),
  fc.tuple(table, table).map(([t, u]) => `CREATE TABLE ${t} (z int) INHERITS (${u})`),
  fc.tuple(table, table).map(([t, u]) => `CREATE TABLE ${t} AS SELECT * FROM ${u}`),
  fc.tuple(table, table).map(([t, u]) => `ALTER TABLE ${t} ATTACH PARTITION ${u} DEFAULT`),
  fc.tuple(table, table).map(([t, u]) => `ALTER TABLE ${t} DETACH PARTITION ${u}`),
  fc.tuple(table, table).map(([t, u]) => `ALTER TABLE ${t} INHERIT ${u}`),
  fc.tuple(table, table).map(([t, u]) => `ALTER TABLE ${t} NO INHERIT ${u}`),
  fc.tuple(table, cascade).map(([t, c]) => `DROP TABLE ${t}${c}`),
  fc.tuple(table, column, type).map(([t, c, y]) => `ALTER TABLE ${t} ADD COLUMN ${c} ${y}`),
  fc.tuple(table, column, cascade).map(([t, c, d]) => `ALTER TABLE ${t} DROP COLUMN ${c}${d}`),
  fc.tuple(table, column, column).map(([t, c, d]) => `ALTER TABLE ${t} RENAME COLUMN ${c} TO ${d}`),
  fc.tuple(table, column, type).map(([t, c, y]) => `ALTER TABLE ${t} ALTER COLUMN ${c} TYPE ${y}`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} ALTER COLUMN ${c} SET NOT NULL`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} ALTER COLUMN ${c} DROP NOT NULL`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} ALTER COLUMN ${c} SET DEFAULT nextval('n')`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} ALTER COLUMN ${c} ADD GENERATED ALWAYS AS IDENTITY`),
  fc.tuple(table, name).map(([t, n]) => `ALTER TABLE ${t} RENAME TO ${n}`),
  fc.tuple(table, name, name).map(([t, n, m]) => `ALTER TABLE ${t} RENAME CONSTRAINT ${n} TO ${m}`),
  fc.tuple(table, name, cascade).map(([t, n, c]) => `ALTER TABLE ${t} DROP CONSTRAINT ${n}${c}`),
  fc.tuple(table, name, column).map(([t, n, c]) => `ALTER TABLE ${t} ADD CONSTRAINT ${n} UNIQUE (${c})`),
  fc.tuple(table, name).map(([t, n]) => `ALTER TABLE ${t} ADD CONSTRAINT ${n} PRIMARY KEY USING INDEX m`),
  fc
    .tuple(table, column, table)
    .map(([t, c, u]) => `ALTER TABLE ${t} ADD FOREIGN KEY (${c}) REFERENCES ${u} NOT VALID`),
  fc.tuple(table, name).map(([t, n]) => `ALTER TABLE ${t} ADD CONSTRAINT ${n} CHECK (x > y)`),
  fc.tuple(table).map(([t]) => `ALTER TABLE ${t} SET SCHEMA r`),
  fc.tuple(name, table, column).map(([n, t, c]) => `CREATE INDEX ${n} ON ${t} (${c})`),
  fc.tuple(table, column).map(([t, c]) => `CREATE UNIQUE INDEX ON ${t} (${c}) WHERE y > 0`),
  fc.tuple(name, name).map(([n, m]) => `ALTER INDEX ${n} RENAME TO ${m}`),
  fc.tuple(name, name).map(([n, m]) => `ALTER INDEX ${n} ATTACH PARTITION ${m}`),
  fc.tuple(name).map(([n]) => `DROP INDEX IF EXISTS ${n}`),
  fc.tuple(name, table).map(([n, t]) => `CREATE OR REPLACE VIEW ${n} AS SELECT * FROM ${t}`),
  fc.tuple(name, table).map(([n, t]) => `CREATE MATERIALIZED VIEW ${n} AS SELECT x FROM ${t}`),
  fc.tuple(name, cascade).map(([n, c]) => `DROP VIEW ${n}${c}`),
  fc.tuple(name, table).map(([n, t]) => `CREATE SEQUENCE ${n} OWNED BY ${t}.x`),
  fc.tuple(name, cascade).map(([n, c]) => `DROP SEQUENCE ${n}${c}`),
  fc.constantFrom(
    "CREATE TYPE e AS ENUM ('a')",
    'CREATE DOMAIN d AS e',
    'DROP TYPE e CASCADE',
    'ALTER TYPE e RENAME TO f',
  ),
  fc.constantFrom(
    'CREATE SCHEMA s',
    'DROP SCHEMA s CASCADE',
    'ALTER SCHEMA s RENAME TO r',
    'SET search_path = s, public',
  ),
  fc.constantFrom(
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'SAVEPOINT p',
    'ROLLBACK TO p',
    'RELEASE p',
    'DISCARD ALL',
    'SET search_path = :x',
  ),
  fc.tuple(table).map(([t]) => `INSERT INTO ${t} VALUES (1)`),
  fc.tuple(table, column).map(([t, c]) => `UPDATE ${t} SET ${c} = 1`),
  fc.tuple(table).map(([t]) => `TRUNCATE ${t} CASCADE`),
);
const branched = statement.map(
  sql => `DO $b$ BEGIN IF random() > 0.5 THEN ${sql.replaceAll(':x', 'x')}; END IF; END $b$`,
);
const script = fc
  .array(fc.oneof({ weight: 6, arbitrary: statement }, { weight: 1, arbitrary: branched }), { maxLength: 40 })
  .map(statements => statements.map(sql => `${sql};`).join('\n'));

/** Ids that a relation refers to and that are not there, and back references that are missing. */
function inconsistencies(state: State): readonly string[] {
  const found: string[] = [];
  const { relations, names, types } = state.schema;
  const refer = (from: Relation, field: string, ids: readonly (ObjectId | undefined)[]): void => {
    for (const id of ids) {
      if (id !== undefined && !relations.has(id))
        found.push(`${from.kind} ${from.name}: ${field} refers to ${id}, which is gone`);
    }
  };
  for (const [key, id] of names) if (!relations.has(id)) found.push(`the name ${key} has no relation`);
  for (const relation of relations.values()) {
    if (names.get(nameKey(relation.schema, relation.name)) !== relation.id)
      found.push(`${relation.name} is not found by its name`);
    if ('dependentViews' in relation) refer(relation, 'dependentViews', relation.dependentViews);
    if ('reads' in relation) refer(relation, 'reads', relation.reads);
    if ('indexes' in relation) refer(relation, 'indexes', relation.indexes);
    if (relation.kind === 'index')
      refer(relation, 'table', [relation.table, relation.partitionOf, ...relation.partitions]);
    if (relation.kind === 'sequence') refer(relation, 'owner', [relation.ownedBy?.table]);
    if (relation.kind === 'composite type' && !types.has(relation.type)) found.push(`${relation.name} has no type`);
    if (relation.kind !== 'table') continue;
    refer(relation, 'partitions', [...relation.partitions, relation.partitionOf?.parent]);
    refer(relation, 'children', [...relation.children, ...relation.inherits]);
    refer(relation, 'referencedBy', relation.referencedBy);
    refer(
      relation,
      'sequences',
      relation.columns.map(({ sequence }) => sequence),
    );
    for (const constraint of relation.constraints) {
      if ('index' in constraint) refer(relation, constraint.name, [constraint.index]);
      if (constraint.type !== 'foreignKey') continue;
      refer(relation, constraint.name, [constraint.references]);
      const referenced = relations.get(constraint.references);
      if (referenced?.kind === 'table' && !referenced.referencedBy.includes(relation.id)) {
        found.push(`${referenced.name} does not know that ${relation.name} references it`);
      }
    }
  }
  return found;
}

describe('any sequence of statements', () => {
  test('never throws and leaves nothing that refers to what is gone', () => {
    fc.assert(
      fc.property(script, sql => {
        expect(inconsistencies(replay(sql))).toEqual([]);
        expect(inconsistencies(startSession(replay(sql)))).toEqual([]);
      }),
      RUNS,
    );
  }, 300_000);

  test('is undone whole by ROLLBACK', () => {
    const ends = /^(BEGIN|COMMIT|ROLLBACK|SAVEPOINT p|ROLLBACK TO p|RELEASE p|DISCARD ALL);$/gm;
    fc.assert(
      fc.property(script, script, (before, inside) => {
        const start = replay(before.replaceAll(ends, ''));
        const end = replay(
          `BEGIN; ${inside.replaceAll(ends, '').replaceAll(/^DO .*(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE|DISCARD).*$/gm, '')} ROLLBACK;`,
          start,
        );
        expect(end.schema).toBe(start.schema);
        expect(end.session).toBe(start.session);
      }),
      RUNS,
    );
  }, 300_000);
});

describe('sharing', () => {
  test('what a statement does not touch stays the same object', () => {
    const before = replay('CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c (x int PRIMARY KEY);');
    const after = replay('ALTER TABLE a ADD COLUMN y int; CREATE INDEX ON b (x);', before);
    expect(resolveTable(after, { name: 'c' })).toBe(resolveTable(before, { name: 'c' }));
    expect(resolveTable(before, { name: 'a' })?.columns).toHaveLength(1);
    expect(resolveTable(after, { name: 'a' })?.columns).toHaveLength(2);
  });

  test('what does nothing gives back the same state', () => {
    const state = replay('CREATE TABLE a (x int); CREATE INDEX i ON a (x);');
    const idle = `CREATE TABLE IF NOT EXISTS a (y int); CREATE INDEX IF NOT EXISTS i ON a (y); SELECT 1; VACUUM a; ALTER TABLE a ADD COLUMN IF NOT EXISTS x text;`;
    expect(replay(idle, state)).toBe(state);
  });
});

describe('time', () => {
  /** How often the maps of the state are read or written, or walked, member by member, while n migrations are replayed. */
  function work(n: number): number {
    const scripts = Array.from(
      { length: n },
      (_, index) => `
        CREATE TABLE t${index} (id serial PRIMARY KEY, a int NOT NULL CHECK (a > 0), u int REFERENCES users);
        CREATE INDEX ON t${index} (a); ALTER TABLE t${index} ADD COLUMN b mood, ADD UNIQUE (b); UPDATE t${index} SET b = 'x' WHERE b IS NULL;
        CREATE VIEW v${index} AS SELECT * FROM t${index}; ALTER TABLE t${index} RENAME COLUMN a TO c; ALTER TABLE t${index} DROP COLUMN b;
        INSERT INTO users VALUES (1); DROP VIEW v${index}; CREATE TEMP TABLE x (a int); DROP TABLE x; ALTER TABLE t${index} RENAME TO s${index};`,
    );
    let count = 0;
    const spies = (['get', 'set', 'has', 'delete'] as const).map(method =>
      vi.spyOn(PersistentMap.prototype as PersistentMap<unknown, unknown>, method),
    );
    const walk = vi.spyOn(PersistentMap.prototype as unknown as { __iterate: () => number }, '__iterate');
    const iterator = vi.spyOn(PersistentMap.prototype as unknown as { __iterator: () => unknown }, '__iterator');
    let state = replay(
      "CREATE TABLE users (id int PRIMARY KEY); CREATE TYPE mood AS ENUM ('x');",
      emptyState('postgres'),
    );
    scripts.forEach((sql, index) => {
      state = replay(sql, state, index);
      // A walk costs what the largest map holds.
      count += (walk.mock.calls.length + iterator.mock.calls.length) * state.schema.relations.size;
      walk.mockClear();
      iterator.mockClear();
    });
    for (const spy of spies) count += spy.mock.calls.length;
    vi.restoreAllMocks();
    return count;
  }

  test('grows in proportion to the number of migrations', () => {
    const [small, large] = [work(50), work(200)];
    expect(small).toBeGreaterThan(50 * 20);
    expect(large / small).toBeLessThan(4.4);
  });
});
