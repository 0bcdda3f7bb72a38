import { describe, expect, test } from 'vitest';
import {
  type DropTarget,
  dependentsOf,
  dependentViewsOf,
  generatedIndexName,
  incomingForeignKeys,
  indexesOf,
  partitionsOf,
  resolveRelation,
  resolveTable,
  resolveType,
  routinesNamed,
  tablesUsingType,
} from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { replay } from './replay.ts';

const idOf = (state: State, name: string): number => resolveRelation(state, { name })!.id;

/** Dependents in words, those that need CASCADE marked. */
function dependents(state: State, target: DropTarget): readonly string[] {
  const nameOf = (id: number): string =>
    state.schema.relations.get(id)?.name ?? state.schema.types.get(id)?.name ?? String(id);
  return dependentsOf(state, target)
    .map(({ target: found, automatic }) => {
      const words =
        'table' in found
          ? [found.kind, `${nameOf(found.table)}.${'column' in found ? found.column : found.name}`]
          : [found.kind, 'id' in found ? nameOf(found.id) : 'name' in found ? found.name : found.key];
      return `${words.join(' ')}${automatic ? '' : ' CASCADE'}`;
    })
    .sort();
}

describe('dependents', () => {
  const state = replay(`
    CREATE TYPE e AS ENUM ('a');
    CREATE TABLE p (id serial PRIMARY KEY, a int, b int, e e, CHECK (a > b));
    CREATE INDEX p_a ON p (b) WHERE a > 0;
    CREATE TABLE c (p int REFERENCES p);
    CREATE VIEW v AS SELECT a FROM p;
    CREATE VIEW w AS SELECT * FROM v;`);

  test('of a table', () => {
    expect(dependents(state, { kind: 'relation', id: idOf(state, 'p') })).toEqual([
      'constraint c.c_p_fkey CASCADE',
      'constraint p.p_check',
      'constraint p.p_id_not_null',
      'constraint p.p_pkey',
      'relation p_a',
      'relation p_id_seq',
      'relation p_pkey',
      'relation v CASCADE',
      'relation w CASCADE',
    ]);
  });

  test('of columns', () => {
    const table = idOf(state, 'p');
    expect(dependents(state, { kind: 'column', table, column: 'a' })).toEqual([
      'constraint p.p_check',
      'relation p_a',
      'relation v CASCADE',
      'relation w CASCADE',
    ]);
    expect(dependents(state, { kind: 'column', table, column: 'id' })).toEqual([
      'constraint c.c_p_fkey CASCADE',
      'constraint p.p_id_not_null',
      'constraint p.p_pkey',
      'relation p_id_seq',
      'relation p_pkey',
    ]);
    expect(dependents(state, { kind: 'column', table, column: 'e' })).toEqual([]);
  });

  test('of a type, a schema, and of several objects at once', () => {
    expect(dependents(state, { kind: 'type', id: resolveType(state, { name: 'e' })!.id })).toEqual([
      'column p.e CASCADE',
    ]);
    const other = replay('CREATE SCHEMA s; CREATE TABLE s.t (a int); CREATE VIEW v AS SELECT a FROM s.t;');
    expect(dependents(other, { kind: 'schema', name: 's' })).toEqual(['relation t CASCADE', 'relation v CASCADE']);
    const both = dependentsOf(state, [
      { kind: 'relation', id: idOf(state, 'c') },
      { kind: 'relation', id: idOf(state, 'p') },
    ]);
    expect(
      both.some(
        ({ target }) => target.kind === 'constraint' && !('index' in target) && target.table === idOf(state, 'c'),
      ),
    ).toBe(true);
  });

  test('a star over a subquery depends on what the subquery names', () => {
    const star = replay('CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT * FROM (SELECT id FROM t) s;');
    expect(resolveRelation(star, { name: 'v' })).not.toHaveProperty('columns');
    expect(dependents(star, { kind: 'column', table: idOf(star, 't'), column: 'a' })).toEqual([]);
    expect(dependents(star, { kind: 'column', table: idOf(star, 't'), column: 'id' })).toEqual(['relation v CASCADE']);
  });
});

describe('lookups', () => {
  test('views that read a relation or a column, through other views', () => {
    const state = replay(
      'CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v; CREATE VIEW x AS SELECT b FROM t;',
    );
    const table = resolveTable(state, { name: 't' })!;
    expect(dependentViewsOf(state, table).map(({ name }) => name)).toEqual(['v', 'x', 'w']);
    expect(dependentViewsOf(state, table, 'a').map(({ name }) => name)).toEqual(['v', 'w']);
  });

  test('partitions at all levels', () => {
    const state =
      replay(`CREATE TABLE p (a int, b int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1) PARTITION BY LIST (b);
      CREATE TABLE p11 PARTITION OF p1 FOR VALUES IN (1); CREATE TABLE p2 PARTITION OF p DEFAULT;`);
    expect(partitionsOf(state, resolveTable(state, { name: 'p' })!).map(({ name }) => name)).toEqual([
      'p1',
      'p11',
      'p2',
    ]);
  });

  test('foreign keys that come in, from itself too', () => {
    const state = replay(
      'CREATE TABLE t (id int PRIMARY KEY, up int REFERENCES t); CREATE TABLE c (t int REFERENCES t, u int REFERENCES t);',
    );
    const found = incomingForeignKeys(state, resolveTable(state, { name: 't' })!);
    expect(found.map(({ table, constraint }) => `${table.name} ${constraint.name}`)).toEqual([
      't t_up_fkey',
      'c c_t_fkey',
      'c c_u_fkey',
    ]);
  });

  test('tables that use a type: as it is, in an array, through a domain', () => {
    const state = replay(
      "CREATE TYPE e AS ENUM ('a'); CREATE DOMAIN d AS e; CREATE TABLE t (x e, y e[]); CREATE TABLE u (z d); CREATE TABLE v (x e); ALTER TABLE v DROP COLUMN x;",
    );
    const found = tablesUsingType(state, resolveType(state, { name: 'e' })!.id);
    expect(found.map(({ table, columns }) => [table.name, columns.map(({ name }) => name)]).sort()).toEqual([
      ['t', ['x', 'y']],
      ['u', ['z']],
    ]);
  });

  test('overloads of a routine, and the name that an index without one will get', () => {
    const state = replay(
      "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'select 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'select 1'; CREATE TABLE t (a int); CREATE INDEX ON t (a);",
    );
    expect(routinesNamed(state, { name: 'f' })).toHaveLength(2);
    expect(indexesOf(state, resolveTable(state, { name: 't' })!).map(({ name }) => name)).toEqual(['t_a_idx']);
    expect(generatedIndexName(state, { table: { name: 't' }, elements: [{ column: 'a' }], including: [] })).toBe(
      't_a_idx1',
    );
    expect(generatedIndexName(state, { table: { name: 'u' }, elements: [{ column: 'a' }], including: ['b'] })).toBe(
      'u_a_b_idx',
    );
  });
});
