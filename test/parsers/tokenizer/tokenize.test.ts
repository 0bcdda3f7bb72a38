import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LEXICONS, type SqlDialect, tokenize, tokenText } from '../../../src/parsers/tokenizer/index.ts';

const DIALECTS = Object.keys(LEXICONS) as SqlDialect[];

/** Tokens as `kind text`, for reading. */
function read(text: string, dialect: SqlDialect = 'postgres'): string[] {
  return tokenize(text, LEXICONS[dialect]).map(
    token => `${token.kind} ${tokenText(text, token)}${token.unterminated ? ' …' : ''}`,
  );
}

/** The placeholders of a text. */
function placeholders(text: string): string[] {
  return tokenize(text, LEXICONS.postgres)
    .filter(token => token.kind === 'placeholder')
    .map(token => tokenText(text, token));
}

describe('for any text', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 5 }),
    fc.string({ unit: 'binary', maxLength: 3 }),
    fc.constantFrom(
      "'",
      '"',
      '$$',
      '$a$',
      '/*',
      '*/',
      '--',
      '\n',
      '\\',
      '{{',
      '}}',
      '${',
      '}',
      ':x',
      "E'",
      '[',
      ']',
      ';',
      '#',
      '`',
    ),
    fc.constantFrom(
      '\ufeff',
      '\0',
      '\ud800',
      '\udc00',
      '💩',
      'DELIMITER //\n',
      '//',
      '/*!50100 ',
      'COPY t FROM stdin;\n',
      '\\.\n',
    ),
  );

  test.each(DIALECTS)('%s: tokens ascend, are apart, and leave only white space between them', dialect => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), pieces => {
        const text = pieces.join('');
        let covered = 0;
        for (const token of tokenize(text, LEXICONS[dialect])) {
          expect(token.start).toBeGreaterThanOrEqual(covered);
          expect(token.end).toBeGreaterThan(token.start);
          expect(text.slice(covered, token.start)).toMatch(covered === 0 ? /^\ufeff?[\0\s]*$/ : /^[\0\s]*$/);
          covered = token.end;
        }
        expect(text.slice(covered)).toMatch(covered === 0 ? /^\ufeff?[\0\s]*$/ : /^[\0\s]*$/);
      }),
      { numRuns: 500 },
    );
  });

  test('time grows with the text, also where nothing is closed', () => {
    for (const unit of [
      "'a' ",
      '{{ ',
      '${a ',
      '$a$ ',
      '/* ',
      ':x ',
      "E'a'\n",
      '"',
      'a[',
      '{$x ',
      "E'\\'",
      'COPY t FROM stdin;\n',
    ]) {
      const started = performance.now();
      tokenize(unit.repeat(100_000), LEXICONS.postgres);
      expect(performance.now() - started, unit).toBeLessThan(3000);
    }
  });
});

describe('PostgreSQL', () => {
  test('what the text ends inside of is marked', () => {
    expect(read("SELECT 'a")).toEqual(['word SELECT', "string 'a …"]);
    expect(read('"a')).toEqual(['name "a …']);
    expect(read('/* a /* b */')).toEqual(['blockComment /* a /* b */ …']);
    expect(read('$t$ a $$')).toEqual(['string $t$ a $$ …']);
    expect(read("E'\\'")).toEqual(["string E'\\' …"]);
  });

  test('NUL and a leading byte order mark are white space, a no-break space is not', () => {
    expect(read('\ufeffa\0b')).toEqual(['word a', 'word b']);
    expect(read('a\u00a0b')).toEqual(['word a\u00a0b']);
  });

  test('each piece of a continued string is a token under the escape rules of the first', () => {
    expect(read("E'a'\n '\\'b'")).toEqual(["string E'a'", "string '\\'b'"]);
    // So does the server (asked with PGlite); libpg-query's scanner forgets the first piece at a comment.
    expect(read("E'a' -- c\n -- d\n'\\'b'").slice(-1)).toEqual(["string '\\'b'"]);
    expect(read("E'a' -- c\n, '\\'").slice(-1)).toEqual(["string '\\'"]);
    expect(read("E'a' '\\'").slice(-1)).toEqual(["string '\\'"]);
    expect(read("E'a', '\\' b")).toEqual(["string E'a'", 'punctuation ,', "string '\\'", 'word b']);
  });

  test.each([
    ['SELECT * FROM ${schema}.users', ['${schema}']],
    ['DROP TABLE ${prefix}_users_${n}x', ['${prefix}_users_${n}x']],
    ['DROP TABLE app_{{ env }}', ['app_{{ env }}']],
    ['DROP TABLE app_${env}', ['app_${env}']],
    ['CREATE TABLE {$NAMESPACE}_user.user (id int)', ['{$NAMESPACE}_user']],
    ['GRANT SELECT ON t TO ${flyway:user}', ['${flyway:user}']],
    ['CREATE ROLE :role PASSWORD :\'pw\'; SET x TO :"v"', [':role', ":'pw'", ':"v"']],
    ['SELECT ARRAY[:a, :b]', [':a', ':b']],
    ['SELECT a[1:2], a[x:y], a[:y], (f(x))[a:b]', []],
    ["SELECT a::int, x := y, json_object('k':v)", []],
    ['SELECT \'${x}\', "{{ y }}", $$ :z $$ -- ${c}', []],
    ['{{if .mysql}}foo{{ end }}', ['{{if .mysql}}', '{{ end }}']],
    ['{% if x %} SELECT {{{ y }}}', ['{% if x %}', '{{{ y }}}']],
    ['SELECT ${unclosed\nFROM t', []],
  ])('placeholders of %j', (text, expected) => {
    expect(placeholders(text)).toEqual(expected);
  });

  test('psql commands take the rest of their line', () => {
    expect(read('\\connect app\r\nSELECT 1 \\gset\n\\;')).toEqual([
      'metaCommand \\connect app',
      'word SELECT',
      'number 1',
      'metaCommand \\gset',
      'metaCommand \\',
      'punctuation ;',
    ]);
  });

  test('COPY data is one token', () => {
    expect(read("COPY a.t (x) FROM STDIN WITH (FORMAT csv); -- c\n1\t'a\n;\\N\n\\.\nSELECT 1")).toEqual([
      ...['word COPY', 'word a', 'punctuation .', 'word t', 'punctuation (', 'word x', 'punctuation )', 'word FROM'],
      ...['word STDIN', 'word WITH', 'punctuation (', 'word FORMAT', 'word csv', 'punctuation )', 'punctuation ;'],
      'lineComment -- c',
      "data 1\t'a\n;\\N\n\\.",
      'word SELECT',
      'number 1',
    ]);
    expect(read('COPY t FROM stdin;\r\n\\.\r\nx').slice(-2)).toEqual(['data \\.', 'word x']);
    expect(read('\\copy t from stdin csv\n1\n\\.\nx')).toEqual([
      'metaCommand \\copy t from stdin csv',
      'data 1\n\\.',
      'word x',
    ]);
  });

  test('without the end of the data nothing after COPY is hidden', () => {
    expect(read('COPY t FROM stdin;\nDROP TABLE a;')).toContain('word DROP');
  });
});

describe('other dialects', () => {
  test('MySQL comments, quotes and escapes', () => {
    expect(read("a -- c\n--1 # d\n'x\\'y' \"z\"\"\" `b``c` N'q' 2fa 1e5 @@g @v ? <=> \\", 'mysql')).toEqual([
      ...['word a', 'lineComment -- c', 'operator -', 'operator -', 'number 1', 'lineComment # d', "string 'x\\'y'"],
      ...['string "z"""', 'name `b``c`', "string N'q'", 'word 2fa', 'number 1e5', 'parameter @@g', 'parameter @v'],
      ...['parameter ?', 'operator <=>', 'unknown \\'],
    ]);
  });

  test('what stands in an executable comment is read', () => {
    expect(read('/*!50100 PARTITION */ /* /* */ /*M! b */', 'mysql')).toEqual([
      ...[
        'blockComment /*!50100',
        'word PARTITION',
        'blockComment */',
        'blockComment /* /* */',
        'blockComment /*M! b */',
      ],
    ]);
    expect(read('/*M!100 b */', 'mariadb')).toEqual(['blockComment /*M!100', 'word b', 'blockComment */']);
  });

  test('DELIMITER changes what a word may run into', () => {
    expect(read('DELIMITER $$\nEND$$\ndelimiter ;\nx$$', 'mysql')).toEqual([
      ...['metaCommand DELIMITER $$', 'word END', 'punctuation $$', 'metaCommand delimiter ;', 'word x$$'],
    ]);
  });

  test('SQLite and SQL Server names and parameters', () => {
    expect(read("[a b] `c` :n $n @n ?1 x'0'\n.read f\n", 'sqlite')).toEqual([
      ...['name [a b]', 'name `c`', 'parameter :n', 'parameter $n', 'parameter @n', 'parameter ?1', "string x'0'"],
      ...['punctuation .', 'word read', 'word f'],
    ]);
    expect(read('.read f\nSELECT', 'sqlite')).toEqual(['metaCommand .read f', 'word SELECT']);
    expect(read("[a]]b] #t @v += N'x''y' /* /* */ */", 'sqlserver')).toEqual([
      ...['name [a]]b]', 'word #t', 'parameter @v', 'operator +=', "string N'x''y'", 'blockComment /* /* */ */'],
    ]);
  });
});
