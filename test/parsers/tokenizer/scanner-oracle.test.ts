import fc from 'fast-check';
import { loadModule, scanSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { LEXICONS, type Token, tokenize } from '../../../src/parsers/tokenizer/index.ts';
import { utf8Offsets } from '../../../src/source/utf8.ts';

/** Token boundaries as the server's own scanner reports them; undefined where it rejects the text. */
function scanned(text: string): [number, number][] | undefined {
  const toUtf16 = utf8Offsets(text);
  try {
    return scanSync(text).tokens.map(token => [toUtf16(token.start ?? 0), toUtf16(token.end)]);
  } catch {
    return undefined;
  }
}

/** Our boundaries, with the pieces of a continued string joined where the server reports them as one token. */
function joinLikeServer(tokens: readonly Token[], server: readonly [number, number][]): [number, number][] {
  const ends = new Map(server);
  const joined: [number, number][] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    let last = index;
    const end = ends.get(token.start) ?? token.end;
    while (
      token.kind === 'string' &&
      tokens[last]!.end < end &&
      (tokens[last + 1]?.kind === 'string' || tokens[last + 1]?.kind === 'lineComment')
    ) {
      last++;
    }
    joined.push([token.start, tokens[last]!.end]);
    index = last;
  }
  return joined;
}

function agrees(text: string): boolean {
  const server = scanned(text);
  if (server === undefined) return false;
  expect(joinLikeServer(tokenize(text, LEXICONS.postgres), server), JSON.stringify(text)).toEqual(server);
  return true;
}

beforeAll(loadModule);

describe('token boundaries are those of the PostgreSQL scanner', () => {
  test.each([
    'SELECT 1',
    `SELECT 'it''s', E'a\\'b', E'\\\\', U&'d\\0061t' UESCAPE '!', B'01', X'1F', n'x', N'y'`,
    `SELECT "a""b", U&"d\\0061t", "ñ", é, naïve, 日本, _a$b, a$1`,
    'SELECT $1, $12, $$a$$, $t$ $$ $u$ $t$, $é$x$é$',
    'SELECT 1..10, 1.e5, 1., .5, 1.5e-3, 1e+5, 0x1F, 0b101, 0o17, 1_000, 1_000.5_0, 0x_1F',
    'SELECT a+-1, a--comment\n+1, a/*c*/-1, a*-1, a<>-1, a@-1, a=-1, a>=-1, a||-1, a<->b, a->>b, a#>>b, a?|b, a!=-b',
    'SELECT a </* c */ b, a @-- c\n b, a @--',
    "SELECT 'a'\n'b'\n'c', E'a'\n'\\'' , 'x' -- c\n 'y'",
    "SELECT E'a' /* c */ 'b\\', 1",
    'SELECT a::int[], a[1:2], a[1 : 2], x := 1, f(a => 1), a.b.c, t.*',
    '/* a /* nested */ b */ SELECT 1 -- last',
    'SELECT /*+ hint */ 1;;',
    '-- é💩\r\nSELECT \'é💩\',\r\n\t"💩"\f\v;',
    "SELECT b'0''1', x'0''1'",
    'a~!@#^&|`?+-*/%<>=b',
    'SELECT 1;\rSELECT 2 --x\rSELECT 3',
    '\u00a0SELECT\u00a01',
  ])('%j', text => {
    expect(agrees(text), 'the scanner accepts it').toBe(true);
  });

  test('random runs of tokens', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        'é',
        '💩',
        '_',
        'e',
        'E',
        'x',
        'u&',
        'select',
        '1',
        '0x',
        '1.',
        '.',
        '..',
        '1e',
        'e5',
        '_0',
        '$',
        '$1',
        '$$',
      ],
      ...[
        "'",
        "''",
        "'a'",
        "e'",
        "\\'",
        '"',
        '""',
        '"b"',
        '$a$',
        '--',
        '/*',
        '*/',
        '-',
        '+',
        '*',
        '/',
        '<',
        '>',
        '=',
        '!',
      ],
      ...[
        '@',
        '#',
        '~',
        '?',
        '|',
        '%',
        '^',
        '&',
        '`',
        '::',
        ':=',
        '(',
        ')',
        '[',
        ']',
        ',',
        ';',
        ' ',
        '\n',
        '\r',
        '\t',
        '\f',
      ],
    );
    let compared = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), pieces => {
        const text = pieces.join('');
        // A backslash outside of literals is a command to psql here, and none of the server's business.
        if (tokenize(text, LEXICONS.postgres).some(token => token.kind === 'metaCommand')) return;
        if (agrees(text)) compared++;
      }),
      { numRuns: 4000 },
    );
    expect(compared).toBeGreaterThan(1000);
  });
});
