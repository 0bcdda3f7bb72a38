import { describe, expect, it } from 'vitest';
import { FRONT_ENDS } from '../../src/parsers/index.ts';
import { applyStatement, emptyState, indexesOf, resolveTable } from '../../src/schema/index.ts';
import type { State } from '../../src/schema/state.ts';
import { fragmentOf } from '../../src/source/fragment.ts';

function replay(sql: string): State {
  const { statements } = FRONT_ENDS.sqlserver!.parse(fragmentOf({ path: '/m.sql', text: sql }));
  return statements.reduce(
    (current, statement, index) => applyStatement(current, statement, { migration: 0, statement: index }),
    emptyState('sqlserver'),
  );
}

describe("SQL Server's schema", () => {
  it('has names without a schema in dbo, whatever the database', () => {
    const state = replay('USE shop\nGO\nCREATE TABLE t (a int)\nALTER TABLE [dbo].[t] ADD b int');
    expect(resolveTable(state, { name: 't' })?.columns.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('renames by sp_rename, changes columns, finds them whatever their case', () => {
    const state = replay(
      "CREATE TABLE t (Id int NOT NULL, Name nvarchar(10) NOT NULL)\nEXEC sp_rename 'dbo.t.Name', 'Title', 'COLUMN'\nALTER TABLE t ALTER COLUMN title nvarchar(20)\nEXEC sp_rename 't', 'u'",
    );
    expect(resolveTable(state, { schema: 'dbo', name: 'u' })?.columns).toMatchObject([
      { name: 'Id', notNull: true },
      { name: 'Title', type: { modifiers: [20] }, notNull: false },
    ]);
  });

  it('has indexes of one name on two tables, and leaves undone what a branch decides about', () => {
    const state = replay(
      'CREATE TABLE t (a int, INDEX i (a)) CREATE TABLE u (a int) CREATE INDEX i ON u (a) IF 1 = @x DROP INDEX i ON u',
    );
    for (const name of ['t', 'u']) {
      expect(indexesOf(state, resolveTable(state, { name })!).map(index => index.name)).toEqual(['i']);
    }
  });

  it.each([
    ["OBJECT_ID('[dbo].[T]') IS NULL", 'CREATE TABLE dbo.t (a int)'],
    ["OBJECT_ID(N'dbo.t', 'U') IS NULL", 'CREATE TABLE dbo.t (a int)'],
    ["NOT EXISTS (SELECT 1 FROM sys.tables WHERE name = 't')", 'CREATE TABLE t (a int)'],
  ])('takes IF %s for IF NOT EXISTS', (condition, creation) => {
    const state = replay(`IF ${condition}\nBEGIN\n  ${creation}\nEND\nGO`);
    expect(resolveTable(state, { schema: 'dbo', name: 't' })).toMatchObject({ columns: [{ name: 'a' }] });
    expect(resolveTable(state, { schema: 'dbo', name: 't' })?.uncertain).toBeUndefined();
    const again = replay(`CREATE TABLE dbo.t (z int)\nIF ${condition} ${creation}`);
    expect(resolveTable(again, { schema: 'dbo', name: 't' })?.columns.map(({ name }) => name)).toEqual(['z']);
  });

  it("takes IF of a column's length for IF [NOT] EXISTS, of that column only", () => {
    const columns = (sql: string) =>
      resolveTable(replay(`CREATE TABLE dbo.t (a int, b int)\n${sql}`), { schema: 'dbo', name: 't' })?.columns.map(
        ({ name, uncertain }) => `${name}${uncertain === true ? '?' : ''}`,
      );
    expect(columns("IF COL_LENGTH('[dbo].[t]', 'c') IS NULL ALTER TABLE dbo.t ADD c int NULL")).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(columns("IF COL_LENGTH('[dbo].[t]', 'b') IS NOT NULL ALTER TABLE dbo.t DROP COLUMN b")).toEqual(['a']);
    expect(columns("IF COL_LENGTH('[dbo].[t]', 'b') IS NULL ALTER TABLE dbo.t ADD c int NULL")).toEqual([
      'a',
      'b',
      'c?',
    ]);
    expect(columns("IF COL_LENGTH('[dbo].[u]', 'c') IS NULL ALTER TABLE dbo.t ADD c int NULL")).toEqual([
      'a',
      'b',
      'c?',
    ]);
  });

  it('knows constraints that were not checked until they are', () => {
    const sql = 'CREATE TABLE t (a int) ALTER TABLE t WITH NOCHECK ADD CONSTRAINT c CHECK (a > 0)';
    const valid = (text: string) =>
      resolveTable(replay(text), { name: 't' })?.constraints.map(constraint => constraint.valid);
    expect(valid(sql)).toEqual([false]);
    expect(valid(`${sql} ALTER TABLE t WITH CHECK CHECK CONSTRAINT c`)).toEqual([true]);
    const off = 'CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0)) ALTER TABLE t NOCHECK CONSTRAINT c';
    expect(valid(`${off} ALTER TABLE t CHECK CONSTRAINT c`)).toEqual([false]);
  });

  it('knows the constraints behind defaults by their names', () => {
    const preset = (text: string) =>
      resolveTable(replay(text), { name: 't' })?.columns.map(column => column.default?.text);
    const sql = 'CREATE TABLE t (a int CONSTRAINT d DEFAULT 1, b int) ALTER TABLE t ADD CONSTRAINT e DEFAULT 2 FOR b';
    expect(preset(sql)).toEqual(['1', '2']);
    expect(preset(`${sql} ALTER TABLE t DROP CONSTRAINT d, e`)).toEqual([undefined, undefined]);
  });
});
