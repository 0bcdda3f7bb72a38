import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointOffsets, utf8Offsets } from '../../src/source/utf8.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constant('a\ud800b'),
);

/** Offsets that do not cut a surrogate pair. */
function boundaries(value: string): number[] {
  const offsets = [0];
  for (const character of value) offsets.push(offsets.at(-1)! + character.length);
  return offsets;
}

describe('utf8Offsets', () => {
  test('is the inverse of the length in bytes', () => {
    fc.assert(
      fc.property(text, value => {
        const toUtf16 = utf8Offsets(value);
        for (const offset of boundaries(value)) expect(toUtf16(Buffer.byteLength(value.slice(0, offset)))).toBe(offset);
      }),
    );
  });

  test('a byte inside a character maps to its start, one past the end to the end', () => {
    const toUtf16 = utf8Offsets('é💩b');
    expect([0, 1, 2, 3, 4, 5, 6, 7, 99].map(toUtf16)).toEqual([0, 0, 1, 1, 1, 1, 3, 4, 4]);
    expect(utf8Offsets('ab')(99)).toBe(2);
  });
});

describe('codePointOffsets', () => {
  test('is the inverse of the number of code points', () => {
    fc.assert(
      fc.property(text, value => {
        const toUtf16 = codePointOffsets(value);
        for (const offset of boundaries(value)) expect(toUtf16([...value.slice(0, offset)].length)).toBe(offset);
      }),
    );
  });
});
