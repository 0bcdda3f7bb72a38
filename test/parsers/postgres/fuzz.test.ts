import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CASES } from './cases.ts';
import { wrongRanges } from './ranges.ts';
import { read } from './read.ts';

const STATEMENTS = CASES.map(([sql]) => sql);
const TOKENS = [...new Set(STATEMENTS.flatMap(sql => sql.match(/\w+|\S/g) ?? []))];
const ODD = [
  '\0',
  '\ufeff',
  '💩',
  'é',
  '\r\n',
  '/*',
  '*/',
  '--',
  '$$',
  "'",
  '"',
  '\\x',
  '${x}',
  '{{if .x}}',
  '{{end}}',
  ':v',
  ';',
  '(',
  ')',
  ',',
  '.',
  '\ud800',
];

const statement = fc.constantFrom(...STATEMENTS);

/** A statement with a few of its tokens left out, doubled or replaced. */
const mutated = fc
  .tuple(
    statement,
    fc.array(fc.tuple(fc.nat(), fc.nat(2), fc.oneof(fc.constantFrom(...TOKENS), fc.constantFrom(...ODD))), {
      maxLength: 4,
    }),
  )
  .map(([sql, changes]) => {
    const tokens = sql.match(/\s+|\w+|\S/g) ?? [];
    for (const [at, kind, token] of changes) tokens.splice(at % tokens.length, kind, token);
    return tokens.join('');
  });

it('never throws, and keeps every range inside what it is part of, whatever the text', () => {
  fc.assert(
    fc.property(fc.array(mutated, { minLength: 1, maxLength: 4 }), parts => {
      const text = parts.join(';\n');
      expect(wrongRanges(read(text), text.length)).toEqual([]);
    }),
    { numRuns: 3000 },
  );
});

it('keeps the ranges of every kind of statement inside what they are part of', () => {
  for (const sql of STATEMENTS) expect(wrongRanges(read(sql), sql.length), sql).toEqual([]);
});

it('reads what stands around a statement that it cannot read', () => {
  fc.assert(
    fc.property(statement, statement, (before, after) => {
      const kinds = (text: string) =>
        read(text).statements.flatMap(one => one.operations.map(operation => operation.kind));
      const isAlone = (sql: string) => !sql.startsWith('COPY t (a') && !kinds(sql).includes('unreadable');
      fc.pre(isAlone(before) && isAlone(after));
      expect(kinds(`${before};\nALTER TABL t;\n${after}`)).toEqual([...kinds(before), 'unreadable', ...kinds(after)]);
    }),
    { numRuns: 300 },
  );
});

it.each([
  ['brackets', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
  ['a sum', `SELECT ${'1 + '.repeat(50_000)}1`],
  ['a sum that the parser reads', `SELECT ${'a + f(b) + '.repeat(1_500)}1 FROM t`],
  ['CASE', `SELECT ${'CASE WHEN a THEN '.repeat(3_000)}1${' END'.repeat(3_000)}`],
  ['subqueries', `SELECT ${'(SELECT '.repeat(2_000)}1${')'.repeat(2_000)}`],
])('survives deep nesting of %s, and reads on', (_, sql) => {
  const text = `${sql};\nDROP TABLE t;`;
  const { statements } = read(text);
  expect(statements.map(one => one.operations[0]?.kind)).toEqual([
    expect.stringMatching(/select|unreadable/),
    'dropTable',
  ]);
});
