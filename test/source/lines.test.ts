import { describe, expect, test } from 'vitest';
import { lineRange, positionAt } from '../../src/source/lines.ts';

const file = (text: string) => ({ path: '/a.sql', text });

describe('positionAt', () => {
  test('counts lines that end at LF, CR LF and CR, and columns in UTF-16 units', () => {
    const source = file('a💩b\r\ncd\ref\n\ng');
    const at = (character: string) => Object.values(positionAt(source, source.text.indexOf(character)));
    expect(at('a')).toEqual([1, 1]);
    expect(at('b')).toEqual([1, 4]);
    expect(at('\r')).toEqual([1, 5]);
    expect(at('c')).toEqual([2, 1]);
    expect(at('f')).toEqual([3, 2]);
    expect(at('g')).toEqual([5, 1]);
    expect(Object.values(positionAt(source, source.text.length))).toEqual([5, 2]);
  });

  test('a byte order mark takes no column, on line 1 alone', () => {
    const source = file('\ufeffab\n\ufeffc');
    expect(positionAt(source, 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt(source, 1)).toEqual({ line: 1, column: 1 });
    expect(positionAt(source, 2)).toEqual({ line: 1, column: 2 });
    expect(positionAt(source, 5)).toEqual({ line: 2, column: 2 });
  });

  test('an empty file has a first line', () => {
    expect(positionAt(file(''), 0)).toEqual({ line: 1, column: 1 });
  });
});

describe('lineRange', () => {
  test('leaves out line breaks and the byte order mark', () => {
    const source = file('\ufeffab\r\ncd\n\ref');
    const lines = [1, 2, 3, 4, 5].map(line => source.text.slice(...lineRange(source, line)));
    expect(lines).toEqual(['ab', 'cd', '', 'ef', '']);
  });
});
