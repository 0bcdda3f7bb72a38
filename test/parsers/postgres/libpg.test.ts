import { setTimeout } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { parse } from '../../../src/parsers/postgres/libpg.ts';

const count = (text: string): number | undefined => {
  const result = parse(text);
  return 'error' in result ? undefined : result.statements.length;
};

it('parses in the tick that loads the parser, and after it', async () => {
  expect(count('SELECT 1; SELECT 2')).toBe(2);
  await setTimeout(10);
  expect(count('SELECT 1; SELECT 2; SELECT 3')).toBe(3);
});

it.each([
  ['an empty text', '', 0],
  ['white space', ' \n', 0],
  ['comments alone', '-- a\n/* b */', 0],
  ['NUL, at which the parser would stop', 'SELECT 1;\0 SELECT 2', 2],
  ['text beyond ASCII', "SELECT 'é💩'; SELECT 1", 2],
  ['a lone surrogate', "SELECT '\ud83d'; SELECT 1", 2],
])('reads %s', (_, text, statements) => {
  expect(count(text)).toBe(statements);
});

it('gives locations in bytes and errors in code points', () => {
  const result = parse("/* é💩 */ SELECT 1; SELECT 'é'");
  expect('statements' in result && result.statements.map(one => one.stmt_location)).toEqual([13, 23]);
  expect(parse('/* é💩 */ CREATE TABL x')).toEqual({
    error: { message: 'syntax error at or near "TABL"', offset: 16 },
  });
});

it.each([
  ['more brackets than the parser has memory for', '('.repeat(50_000)],
  ['a sum that ends its stack', `${'1+'.repeat(100_000)}1`],
])('is usable after %s', (_, expression) => {
  expect(parse(`SELECT ${expression}`)).toMatchObject({ error: { message: expect.any(String) } });
  expect(count('SELECT 1')).toBe(1);
});
