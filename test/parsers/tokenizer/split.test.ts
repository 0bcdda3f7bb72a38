import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { isKeyword, LEXICONS, type SqlDialect, tokenize, tokenText } from '../../../src/parsers/tokenizer/index.ts';
import { significant, splitAtCommas, splitStatements } from '../../../src/parsers/tokenizer/split.ts';
import { utf8Offsets } from '../../../src/source/utf8.ts';

function split(text: string, dialect: SqlDialect = 'postgres'): string[] {
  const tokens = tokenize(text, LEXICONS[dialect]);
  return splitStatements(text, tokens, LEXICONS[dialect]).map(({ first, last }) =>
    text.slice(tokens[first]!.start, tokens[last]!.end),
  );
}

beforeAll(loadModule);

describe('splitStatements', () => {
  test.each([
    "-- é\nSELECT ';' ; /* ; */ ALTER TABLE a ADD b text DEFAULT $$;$$;;\n-- end",
    'CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3',
    'CREATE OR REPLACE PROCEDURE p() BEGIN /* x */ ATOMIC INSERT INTO t VALUES (1); END;\nSELECT 1 AS "end";',
    'CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;); SELECT 1;',
    'CREATE OR REPLACE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 1;',
    'BEGIN; CREATE TABLE t (a int, b int); COMMIT; BEGIN TRANSACTION; END;',
    'BEGIN;\r\nDO $x$ BEGIN NULL; END $x$;\r\nCREATE TABLE "💩" (é int);COMMIT',
  ])('gives the statements of the server: %j', text => {
    const toUtf16 = utf8Offsets(text);
    const server = (parseSync(text).stmts ?? []).map(
      ({ stmt_location = 0, stmt_len }: { stmt_location?: number; stmt_len?: number }) =>
        text.slice(toUtf16(stmt_location), stmt_len ? toUtf16(stmt_location + stmt_len) : text.length),
    );
    // The last statement of the server runs to the end of the text; one before a semicolon keeps the blanks before it.
    expect(split(text)).toEqual(server.map((statement: string) => statement.replace(/;?\s*$/, '').trim()));
  });

  test('an unbalanced parenthesis ends with its statement', () => {
    expect(split('CREATE TABLE a (b int; DROP TABLE c); DROP TABLE d')).toEqual([
      'CREATE TABLE a (b int',
      'DROP TABLE c)',
      'DROP TABLE d',
    ]);
  });

  test('client commands and data are outside of statements', () => {
    expect(split('\\set x 1\nSELECT 1 \\g\nSELECT 2 \\; SELECT 3;\nCOPY t FROM stdin;\n1;2\n\\.\nSELECT 4')).toEqual([
      ...['SELECT 1', 'SELECT 2', 'SELECT 3', 'COPY t FROM stdin', 'SELECT 4'],
    ]);
  });

  test('a statement has no comments at its ends', () => {
    expect(split('/* a */ SELECT 1 -- b\n; -- c')).toEqual(['SELECT 1']);
  });

  test('MySQL: DELIMITER, and bodies without it', () => {
    expect(split('DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; END//\nDELIMITER ;\nSELECT 2;', 'mysql')).toEqual([
      'CREATE PROCEDURE p() BEGIN SELECT 1; END',
      'SELECT 2',
    ]);
    const body =
      'CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN IF a THEN SET b = 1; END IF; CASE a WHEN 1 THEN SET c = 1; END CASE; END';
    expect(split(`${body}; SELECT 2;`, 'mysql')).toEqual([body, 'SELECT 2']);
    expect(split('BEGIN; SELECT 1; COMMIT', 'mysql')).toEqual(['BEGIN', 'SELECT 1', 'COMMIT']);
  });

  test('SQLite: the body of a trigger', () => {
    const trigger = 'CREATE TRIGGER r AFTER UPDATE ON t BEGIN UPDATE u SET a = CASE WHEN 1 THEN 2 END; END';
    expect(split(`${trigger}; SELECT 1`, 'sqlite')).toEqual([trigger, 'SELECT 1']);
  });
});

test('splitAtCommas cuts outside of parentheses and brackets, without comments at the ends', () => {
  const text = 'ADD a numeric(10, 2), /* x */ ADD b int[] DEFAULT ARRAY[1, 2] -- y\n, DROP c,';
  const tokens = tokenize(text, LEXICONS.postgres);
  const parts = splitAtCommas(text, tokens, 0, tokens.length - 1);
  expect(parts.map(({ first, last }) => text.slice(tokens[first]!.start, tokens[last]!.end))).toEqual([
    'ADD a numeric(10, 2)',
    'ADD b int[] DEFAULT ARRAY[1, 2]',
    'DROP c',
  ]);
});

test('significant leaves comments out', () => {
  const text = 'a /* b */ c -- d';
  expect(significant(tokenize(text, LEXICONS.postgres)).map(token => tokenText(text, token))).toEqual(['a', 'c']);
});

test('isKeyword compares unquoted words in any case', () => {
  const text = 'Alter "alter" ALTERS pg_sleep PG\u007fSLEEP @lter';
  const tokens = tokenize(text, LEXICONS.postgres);
  expect(tokens.filter(token => isKeyword(text, token, 'alter'))).toEqual([tokens[0]]);
  expect(tokens.filter(token => isKeyword(text, token, 'pg_sleep'))).toEqual([tokens[3]]);
});
