import { describe, expect, test } from 'vitest';
import { isSuppressedBy, readSuppressions } from '../../src/linter/suppressions.ts';
import type { Comment, Statement } from '../../src/operations/statements.ts';

/** A file whose statements and comments are found by their text. */
function scene(text: string, statementTexts: readonly string[]) {
  const file = { path: '/m.sql', text };
  const comments: Comment[] = [...text.matchAll(/--([^\n]*)|\/\*([\s\S]*?)\*\//g)].map(match => ({
    range: [match.index, match.index + match[0].length],
    text: match[1] ?? match[2] ?? '',
    style: match[1] === undefined ? 'block' : 'line',
  }));
  const statements: Statement[] = statementTexts.map(part => {
    const start = text.indexOf(part);
    return { range: [start, start + part.length], head: [start, start + 5], operations: [] };
  });
  const suppressions = readSuppressions(file, comments, statements);
  const silences = (rule: string, at: string): boolean => {
    const start = text.indexOf(at);
    return suppressions.some(suppression => isSuppressedBy(suppression, rule, [start, start + at.length]));
  };
  return { suppressions, silences };
}

describe('disable-next-line', () => {
  test('covers the whole statement that follows, over several lines', () => {
    const { silences } = scene(
      '-- surefoot-disable-next-line no-a, no-b -- agreed\n\nALTER TABLE t\n  DROP COLUMN x,\n  DROP COLUMN y;\nDROP TABLE z;',
      ['ALTER TABLE t\n  DROP COLUMN x,\n  DROP COLUMN y', 'DROP TABLE z'],
    );
    expect(silences('no-a', 'DROP COLUMN y')).toBe(true);
    expect(silences('no-b', 'DROP COLUMN x')).toBe(true);
    expect(silences('no-c', 'DROP COLUMN x')).toBe(false);
    expect(silences('no-a', 'DROP TABLE z')).toBe(false);
  });

  test('passes over other comments', () => {
    const { silences } = scene('-- surefoot-disable-next-line no-a -- x\n-- and /* more */\n/* here */ DROP TABLE z;', [
      'DROP TABLE z',
    ]);
    expect(silences('no-a', 'DROP TABLE z')).toBe(true);
  });

  test('inside a statement covers the next line', () => {
    const { silences } = scene(
      'ALTER TABLE t\n  -- surefoot-disable-next-line no-a -- x\n  DROP COLUMN x,\n  DROP COLUMN y;',
      ['ALTER TABLE t\n  -- surefoot-disable-next-line no-a -- x\n  DROP COLUMN x,\n  DROP COLUMN y'],
    );
    expect(silences('no-a', 'DROP COLUMN x')).toBe(true);
    expect(silences('no-a', 'DROP COLUMN y')).toBe(false);
  });
});

describe('disable-line', () => {
  test('covers the statement that ends on the line', () => {
    const { silences } = scene('DROP TABLE a;\nDROP\n  TABLE b; -- surefoot-disable-line no-a -- x\nDROP TABLE c;', [
      'DROP TABLE a',
      'DROP\n  TABLE b',
      'DROP TABLE c',
    ]);
    expect(silences('no-a', 'DROP\n  TABLE b')).toBe(true);
    expect(silences('no-a', 'DROP TABLE a')).toBe(false);
    expect(silences('no-a', 'DROP TABLE c')).toBe(false);
  });
});

describe('disable and enable', () => {
  test('above the first statement, disable covers the file from its start', () => {
    const { suppressions } = scene('-- surefoot-disable no-a -- x\nDROP TABLE a;', ['DROP TABLE a']);
    expect(isSuppressedBy(suppressions[0]!, 'no-a', [0, 0])).toBe(true);
  });

  test('each rule ends where it is enabled again', () => {
    const { silences } = scene(
      'SELECT 0;\n/* surefoot-disable no-a, no-b -- x */\nSELECT 1;\n/* surefoot-enable no-a */\nSELECT 2;\n/* surefoot-enable */\nSELECT 3;',
      ['SELECT 0', 'SELECT 1', 'SELECT 2', 'SELECT 3'],
    );
    const table = ['SELECT 0', 'SELECT 1', 'SELECT 2', 'SELECT 3'].map(at => [
      silences('no-a', at),
      silences('no-b', at),
    ]);
    expect(table).toEqual([
      [false, false],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  test('without rules it covers every rule', () => {
    const { silences } = scene('SELECT 0;\n-- surefoot-disable -- x\nSELECT 1;', ['SELECT 0', 'SELECT 1']);
    expect([silences('any', 'SELECT 0'), silences('any', 'SELECT 1')]).toEqual([false, true]);
  });
});

describe('the directive itself', () => {
  test.each([
    ['-- surefoot-disable-next-line no-a -- because', ['no-a'], 'because', false],
    ['-- surefoot-disable-next-line no-a', ['no-a'], '', false],
    ['-- surefoot-disable-next-line surefoot/no-a,no-b -- x -- y', ['no-a', 'no-b'], 'x -- y', false],
    ['-- surefoot-disable-next-line -- all of it', [], 'all of it', false],
    ['-- eslint-disable-next-line surefoot/no-a, other/rule -- why', ['no-a'], 'why', true],
    ['/*\n * surefoot-disable no-a -- why\n */', ['no-a'], 'why', false],
  ])('%s', (comment, rules, reason, eslint) => {
    const { suppressions } = scene(`${comment}\nSELECT 1;`, ['SELECT 1']);
    expect(suppressions).toHaveLength(1);
    expect(suppressions[0]).toMatchObject({ rules, reason, eslint });
  });

  test.each([
    '-- eslint-disable-next-line other/rule',
    '-- surefoot-disabled no-a',
    '-- see surefoot-disable no-a',
    '-- disable',
  ])('is not: %s', comment => {
    expect(scene(`${comment}\nSELECT 1;`, ['SELECT 1']).suppressions).toEqual([]);
  });
});
