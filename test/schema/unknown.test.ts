import { describe, expect, test } from 'vitest';
import { nameKey } from '../../src/operations/names.ts';
import {
  existence,
  findColumn,
  findConstraint,
  resolveRelation,
  resolveTable,
  resolveType,
  typeExistence,
} from '../../src/schema/index.ts';
import { replay } from './replay.ts';

describe('what the history does not show', () => {
  test('a table that is altered is entered as known in part', () => {
    const table = resolveTable(replay('ALTER TABLE t ALTER COLUMN a SET NOT NULL, ALTER COLUMN b DROP DEFAULT;'), {
      name: 't',
    })!;
    expect(table.complete).toBe(false);
    expect(table.origin).toBeUndefined();
    expect(findColumn(table, 'a')).toMatchObject({ notNull: true });
    expect(findColumn(table, 'b')).toMatchObject({ notNull: 'unknown' });
    expect(findColumn(table, 'b')?.type).toBeUndefined();
  });

  test('a referenced table is entered, and made later keeps the reference', () => {
    const state = replay('CREATE TABLE c (p int REFERENCES p);');
    expect(resolveTable(state, { name: 'p' })?.complete).toBe(false);
    const made = resolveTable(replay('CREATE TABLE p (id int PRIMARY KEY);', state), { name: 'p' })!;
    expect(made.complete).toBe(true);
    expect(made.referencedBy).toEqual([resolveTable(state, { name: 'c' })!.id]);
  });

  test('a name is unknown, present, then gone', () => {
    const name = { name: 't' };
    expect(existence(replay('SELECT 1;'), name)).toBe('unknown');
    expect(existence(replay('CREATE TABLE t (a int);'), name)).toBe('present');
    expect(existence(replay('CREATE TABLE t (a int); DROP TABLE t;'), name)).toBe('gone');
    expect(existence(replay('DROP TABLE IF EXISTS t;'), name)).toBe('gone');
    expect(existence(replay('ALTER TABLE t RENAME TO u;'), name)).toBe('gone');
    expect(existence(replay('CREATE SCHEMA s; DROP SCHEMA s CASCADE;'), { schema: 's', name: 't' })).toBe('gone');
    expect(typeExistence(replay("CREATE TYPE t AS ENUM ('a'); DROP TYPE t;"), name)).toBe('gone');
  });

  test('a rename keeps the object and its origin, and remembers the old name', () => {
    const before = replay('CREATE TABLE t (a int);');
    const after = replay('ALTER TABLE t RENAME COLUMN a TO b; ALTER TABLE t RENAME TO u;', before, 1);
    const table = resolveTable(after, { name: 'u' })!;
    expect(table.id).toBe(resolveTable(before, { name: 't' })?.id);
    expect(table.origin).toEqual({ migration: 0, statement: 0 });
    expect(table.goneColumns).toEqual(['a']);
    expect(after.schema.gone.get(nameKey('public', 't'))).toMatchObject({
      how: 'renamed',
      what: 'table',
      newName: 'u',
    });
  });

  test('a statement on something gone changes nothing', () => {
    const before = replay('CREATE TABLE t (a int); DROP TABLE t;');
    expect(replay('ALTER TABLE t ADD COLUMN b int; INSERT INTO t VALUES (1); CREATE INDEX ON t (a);', before)).toBe(
      before,
    );
  });

  test('CREATE without IF NOT EXISTS over something there: the newest counts', () => {
    const state = replay('CREATE TABLE t (a int UNIQUE); CREATE VIEW v AS SELECT a FROM t; CREATE TABLE t (b int);');
    expect(resolveTable(state, { name: 't' })?.columns.map(({ name }) => name)).toEqual(['b']);
    expect(resolveRelation(state, { name: 't_a_key' })).toBeUndefined();
  });

  test("the server's catalogue is not entered", () => {
    const state = replay(
      'CREATE VIEW v AS SELECT relname FROM pg_class; CREATE VIEW w AS SELECT * FROM information_schema.tables;',
    );
    expect(state.schema.relations.size).toBe(2);
  });
});

describe('branches, loops and handlers', () => {
  const branch = (body: string, condition = 'now() > now()') =>
    `DO $$ BEGIN IF ${condition} THEN ${body} END IF; END $$;`;

  test('what a branch makes is uncertain', () => {
    const state = replay(branch('CREATE TABLE t (a int);'));
    expect(existence(state, { name: 't' })).toBe('unknown');
    expect(resolveTable(state, { name: 't' })?.uncertain).toBe(true);
  });

  test('what a branch drops or renames is neither there nor gone', () => {
    const table = 'CREATE TABLE t (a int UNIQUE);';
    expect(existence(replay(table + branch('DROP TABLE t;')), { name: 't' })).toBe('unknown');
    expect(resolveRelation(replay(table + branch('DROP TABLE t;')), { name: 't_a_key' })?.uncertain).toBe(true);
    const renamed = replay(table + branch('ALTER TABLE t RENAME TO u;'));
    expect(existence(renamed, { name: 't' })).toBe('unknown');
    expect(existence(renamed, { name: 'u' })).toBe('unknown');
  });

  test('a column added or dropped in a branch is uncertain, its table is not', () => {
    const state = replay(`CREATE TABLE t (a int, b int); ${branch('ALTER TABLE t ADD COLUMN c int, DROP COLUMN b;')}`);
    const table = resolveTable(state, { name: 't' })!;
    expect(table.uncertain).toBeUndefined();
    expect(findColumn(table, 'a')?.uncertain).toBeUndefined();
    expect(findColumn(table, 'b')?.uncertain).toBe(true);
    expect(findColumn(table, 'c')?.uncertain).toBe(true);
  });

  test('settings of a branch do not count', () => {
    expect(replay(branch("SET lock_timeout = '1s';")).session.settings.size).toBe(0);
  });

  test('a creation whose error is caught is there afterwards', () => {
    const caught = (body: string) => `DO $$ BEGIN ${body} EXCEPTION WHEN duplicate_object THEN null; END $$;`;
    const state = replay(
      `CREATE TABLE t (a int); ${caught("CREATE TYPE e AS ENUM ('a');")} ${caught('ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);')}`,
    );
    expect(typeExistence(state, { name: 'e' })).toBe('present');
    expect(findConstraint(resolveTable(state, { name: 't' })!, 'c')?.uncertain).toBeUndefined();
    const again = replay(caught("CREATE TYPE e AS ENUM ('b');"), state);
    expect(resolveType(again, { name: 'e' })).toBe(resolveType(state, { name: 'e' }));
  });

  test('a branch that looks the object up by name is IF [NOT] EXISTS', () => {
    const missing = "NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'e')";
    expect(typeExistence(replay(branch("CREATE TYPE e AS ENUM ('a');", missing)), { name: 'e' })).toBe('present');
    expect(typeExistence(replay(branch("CREATE TYPE f AS ENUM ('a');", missing)), { name: 'f' })).toBe('unknown');
    const there = "EXISTS (SELECT 1 FROM pg_class WHERE relname = 't')";
    expect(existence(replay(branch('DROP TABLE t;', there)), { name: 't' })).toBe('gone');
    const before = replay('CREATE TABLE t (a int); DROP TABLE t;');
    expect(replay(branch('ALTER TABLE t RENAME TO u;', there), before).schema.names.size).toBe(0);
  });

  test('a loop without a known bound may not run', () => {
    const loop = 'DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP CREATE TABLE t (a int); END LOOP; END $$;';
    expect(existence(replay(loop), { name: 't' })).toBe('unknown');
  });
});
