import { describe, expect, test } from 'vitest';
import { codeFrame } from '../../src/reporters/frame.ts';
import { displayWidth, painter } from '../../src/reporters/terminal.ts';
import { sourceFile } from './results.ts';

function frame(text: string, at: string, width = 80): readonly string[] {
  const start = text.indexOf(at);
  return codeFrame(sourceFile('a.sql', text), [start, start + at.length], {
    paint: painter(false),
    style: 'red',
    width,
  });
}

test('marks the exact words, after one line of context', () => {
  expect(frame('SELECT 1;\nDROP TABLE users;\nSELECT 2;\n', 'TABLE users')).toEqual([
    '1 │ SELECT 1;',
    '2 │ DROP TABLE users;',
    '  │      ━━━━━━━━━━━',
  ]);
});

test('an empty line gives no context', () => {
  expect(frame('SELECT 1;\n\nDROP TABLE t;', 'DROP')).toEqual(['3 │ DROP TABLE t;', '  │ ━━━━']);
});

test('tabs take the cells up to the next stop', () => {
  expect(frame('a\tDROP\tTABLE t', 'DROP\tTABLE')).toEqual(['1 │ a   DROP    TABLE t', '  │     ━━━━━━━━━━━━━']);
});

test('wide and combining characters are marked by their cells', () => {
  expect(frame('-- 表 e\u0301 👍 DROP', 'DROP')).toEqual(['1 │ -- 表 e\u0301 👍 DROP', '  │            ━━━━']);
  expect(frame('DROP 表名;', '表名')).toEqual(['1 │ DROP 表名;', '  │      ━━━━']);
});

test.each(['\r\n', '\r', '\n'])('line ends %j are no part of a line', end => {
  expect(frame(`SELECT 1;${end}DROP TABLE t;${end}`, 'DROP TABLE t')).toEqual([
    '1 │ SELECT 1;',
    '2 │ DROP TABLE t;',
    '  │ ━━━━━━━━━━━━',
  ]);
});

test('a byte order mark takes no cell', () => {
  expect(frame('\uFEFFDROP TABLE t;', 'TABLE')).toEqual(['1 │ DROP TABLE t;', '  │      ━━━━━']);
});

test('each line of a range is marked without its indentation, the middle of a long one left out', () => {
  expect(frame('ALTER TABLE t\n  ADD a int,\n  ADD b int;', 'ALTER TABLE t\n  ADD a int')).toEqual([
    '1 │ ALTER TABLE t',
    '  │ ━━━━━━━━━━━━━',
    '2 │   ADD a int,',
    '  │   ━━━━━━━━━',
  ]);
  const statement = `CREATE (\n${Array.from({ length: 10 }, (_, index) => `  c${index}\n`).join('')})`;
  expect(frame(statement, statement)).toEqual([
    ' 1 │ CREATE (',
    '   │ ━━━━━━━━',
    ' 2 │   c0',
    '   │   ━━',
    ' 3 │   c1',
    '   │   ━━',
    ' 4 │   c2',
    '   │   ━━',
    ' 5 │   c3',
    '   │   ━━',
    ' … │',
    '12 │ )',
    '   │ ━',
  ]);
});

describe('a line of 20,000 characters', () => {
  const text = `${'(1, 2), '.repeat(2500)}DROP TABLE t${' , (3)'.repeat(50)}`;

  test('is cut to the part around the mark', () => {
    expect(frame(text, 'DROP TABLE t', 50)).toEqual([
      '1 │ …2), (1, 2), (1, 2), DROP TABLE t , (3) , (3)…',
      '  │                      ━━━━━━━━━━━━',
    ]);
  });

  test('that is marked as a whole is cut at the edge', () => {
    const lines = frame(text, text, 50);
    expect(lines).toHaveLength(2);
    expect(lines.map(line => displayWidth(line))).toEqual([50, 50]);
  });
});

test('control characters and marks that turn the writing direction are shown, not sent to the terminal', () => {
  expect(frame('-- \u001B[2J \u202E \uD800 DROP', 'DROP')).toEqual([
    '1 │ -- ␛[2J \uFFFD \uFFFD DROP',
    '  │             ━━━━',
  ]);
});

test('an empty range is one mark; a file without text has no frame', () => {
  expect(codeFrame(sourceFile('a.sql', 'SELECT'), [3, 3], { paint: painter(false), style: 'red', width: 80 })).toEqual([
    '1 │ SELECT',
    '  │    ━',
  ]);
  expect(codeFrame(sourceFile('a.sql', ''), [0, 5], { paint: painter(false), style: 'red', width: 80 })).toEqual([]);
});
