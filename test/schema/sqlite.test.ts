import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState, incomingForeignKeys, indexesOf, resolveTable } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import type { Dialect } from '../../src/server/server.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

function replay(sql: string, dialect: Dialect = 'sqlite'): State {
  const { statements } = FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/m.sql', text: sql }));
  return statements.reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    emptyState(dialect),
  );
}

const TABLES = `CREATE TABLE parent (id INTEGER PRIMARY KEY, a TEXT);
  CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id) ON DELETE CASCADE);
  CREATE INDEX parent_a ON parent (a);`;

const REBUILD = `PRAGMA foreign_keys=OFF;
  CREATE TABLE new_parent (id INTEGER PRIMARY KEY, a TEXT NOT NULL);
  INSERT INTO new_parent SELECT id, a FROM parent;
  DROP TABLE parent;
  ALTER TABLE new_parent RENAME TO parent;`;

describe("SQLite's rebuild of a table", () => {
  const state = replay(`${TABLES}${REBUILD}`);
  const parent = resolveTable(state, { name: 'parent' })!;

  it('leaves the new definition under the old name, without the old indexes', () => {
    expect(parent.columns.map(({ name, notNull }) => [name, notNull])).toEqual([
      ['id', true],
      ['a', true],
    ]);
    expect(indexesOf(state, parent).filter(({ constraint }) => constraint === undefined)).toEqual([]);
    expect(resolveTable(state, { name: 'new_parent' })).toBeUndefined();
  });

  it('keeps the foreign keys of other tables, which name it', () => {
    expect(incomingForeignKeys(state, parent)).toMatchObject([
      { table: { name: 'child' }, constraint: { columns: ['parent_id'], onDelete: 'cascade' } },
    ]);
  });

  it('keeps them where the table is made anew in place, too', () => {
    const again = replay(`${TABLES} DROP TABLE parent; CREATE TABLE parent (id INTEGER PRIMARY KEY);`);
    expect(incomingForeignKeys(again, resolveTable(again, { name: 'parent' })!)).toHaveLength(1);
  });

  it('is one that PostgreSQL does not have: there the keys go with the table', () => {
    const postgres = replay(
      `${TABLES} DROP TABLE parent CASCADE; CREATE TABLE parent (id INTEGER PRIMARY KEY);`,
      'postgres',
    );
    expect(incomingForeignKeys(postgres, resolveTable(postgres, { name: 'parent' })!)).toHaveLength(0);
  });
});
