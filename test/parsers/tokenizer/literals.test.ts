import { PGlite } from '@electric-sql/pglite';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { LEXICONS, tokenize } from '../../../src/parsers/tokenizer/index.ts';
import { decodeString } from '../../../src/parsers/tokenizer/literals.ts';
import { fragmentOf, toSourceRange } from '../../../src/source/fragment.ts';

function decode(text: string) {
  const fragment = fragmentOf({ path: '/a.sql', text });
  return decodeString(fragment, tokenize(text, LEXICONS.postgres).find(token => token.kind === 'string')!);
}

let server: PGlite;
beforeAll(async () => {
  server = await PGlite.create();
});
afterAll(() => server.close());

describe('decodeString', () => {
  test.each([
    "'it''s é💩'",
    "E'a\\'b''c\\\\d\\n\\t\\b\\f\\r\\q'",
    "E'\\x41\\102\\u00e9\\U0001F4A9\\xC3\\xA9z\\60'",
    "U&'d\\0061t\\+01F4A9\\\\''\\D83D\\DCA9'",
    "$$a'b\\n$$",
    '$é$a$$b$é$',
    "''",
    "E''",
    '$$$$',
  ])('gives the value that the server gives: %s', async literal => {
    const { rows } = await server.query<{ value: string }>(`SELECT ${literal} AS value`);
    expect(decode(`SELECT ${literal}`).text).toBe(rows[0]!.value);
  });

  test('maps each character to what it was written with', () => {
    const text = "SELECT 'x', E'é''\\u00e9\\n💩z'".replace("'x', ", '');
    const decoded = decode(text);
    expect(decoded.text).toBe("é'é\n💩z");
    const written = (start: number, end: number) => text.slice(...toSourceRange(decoded, start, end));
    expect([0, 1, 2, 3].map(at => written(at, at + 1))).toEqual(['é', "''", '\\u00e9', '\\n']);
    expect(written(4, 6)).toBe('💩');
    expect(written(6, 7)).toBe('z');
    expect(written(1, 7)).toBe("''\\u00e9\\n💩z");
  });

  test('any mix of escapes and text maps back piece by piece', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        ['\\n', '\n'],
        ["''", "'"],
        ["\\'", "'"],
        ['\\\\', '\\'],
        ['\\u00e9', 'é'],
        ['\\U0001F4A9', '💩'],
        ['\r\n', '\r\n'],
      ),
      fc
        .string({ unit: 'grapheme', minLength: 1, maxLength: 4 })
        .map(text => text.replace(/['\\\0]/g, 'x'))
        .map(text => [text, text]),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
        const text = `/* é */ E'${pieces.map(([written]) => written).join('')}'`;
        const decoded = decode(text);
        expect(decoded.text).toBe(pieces.map(([, value]) => value).join(''));
        let from = text.indexOf("E'") + 2;
        let at = 0;
        for (const [written, value] of pieces) {
          expect(toSourceRange(decoded, at, at + value!.length)).toEqual([from, from + written!.length]);
          from += written!.length;
          at += value!.length;
        }
      }),
    );
  });

  test('an unterminated literal gives what is there', () => {
    expect(decode("'abc").text).toBe('abc');
    expect(decode('$t$abc').text).toBe('abc');
    expect(decode("E'a\\").text).toBe('a\\');
  });
});
