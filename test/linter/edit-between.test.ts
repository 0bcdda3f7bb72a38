import { expect, test } from 'vitest';
import { editBetween } from '../../src/linter/edit-between.ts';

const SQL = 'CREATE TABLE t (a int);\n';

test.each([
  ['the same', SQL, SQL, null],
  ['line ends', SQL, SQL.replace('\n', '\r\n'), null],
  ['a comment', SQL, `-- why\n${SQL}`, 'comments'],
  ['a comment in the line', SQL, 'CREATE TABLE t /* x */ (a int);\n', 'comments'],
  ['blanks', SQL, 'CREATE  TABLE t\n  (a int);\n', 'comments'],
  ['a type', SQL, 'CREATE TABLE t (a bigint);\n', 'code'],
  ['dashes in a string', "SELECT '-- a';", "SELECT '-- b';", 'code'],
] as const)('SQL: %s', (_, before, after, edit) => {
  expect(editBetween(before, after, 'postgres', '/m/1.sql')).toBe(edit);
});

test.each([
  ['a comment of its own line', 'up();\n', '// why\nup();\n', 'comments'],
  ['a call', 'up();\n', 'up(1);\n', 'code'],
] as const)('code: %s', (_, before, after, edit) => {
  expect(editBetween(before, after, 'postgres', '/m/1.ts')).toBe(edit);
});
