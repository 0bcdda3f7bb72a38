import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { FRONT_ENDS } from '../../../src/parsers/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import { wrongRanges } from '../postgres/ranges.ts';

const DIALECTS = ['mysql', 'mariadb', 'sqlite', 'sqlserver'] as const;
type TestedDialect = (typeof DIALECTS)[number];

const measured = (file: string): readonly string[] => {
  const url = new URL(`../../../fixtures/ground-truth/${file}`, import.meta.url);
  const scenarios: readonly { readonly setup: string; readonly statement: string }[] = JSON.parse(
    readFileSync(url, 'utf8'),
  );
  return [...new Set(scenarios.flatMap(({ setup, statement }) => [setup.replace(/;\s*$/, ''), statement]))];
};

/** Statements of MySQL's that hold semicolons, delimiters and quotes in odd places. */
const MYSQL_ODD = [
  'DELIMITER //\nCREATE PROCEDURE p(IN a int) BEGIN DECLARE b int; IF a > 1 THEN SET b = 1; END IF; END//\nDELIMITER ;',
  'DELIMITER $$\nDROP PROCEDURE p$$\nCREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; END$$\nDELIMITER ;',
  'CREATE FUNCTION f() RETURNS int BEGIN CASE a WHEN 1 THEN SET b = 1; END CASE; RETURN 1; END',
  '/*!50100 CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM t WHERE d < now() */',
  "CREATE TABLE `a;b` (`x``y` int COMMENT 'it\\'s; \"so\"') # a comment; with one\n ENGINE=InnoDB /* and; another */",
  "INSERT INTO t (a, b) VALUES ('\\\\', \"a'b\"), (0x1F, b'01') ON DUPLICATE KEY UPDATE a = VALUES(a)",
  "PREPARE s FROM 'ALTER TABLE t ADD x int'; EXECUTE s; DEALLOCATE PREPARE s",
  'CREATE TABLE {$NAMESPACE}_user.t (id int) ENGINE=InnoDB, COLLATE ${collate}',
  'UPDATE a INNER JOIN b ON a.id = b.id SET a.x = 1 WHERE b.y = :value',
];

const STATEMENTS: Readonly<Record<TestedDialect, readonly string[]>> = {
  mysql: [...measured('mysql.json'), ...MYSQL_ODD],
  mariadb: [...measured('mariadb.json'), ...MYSQL_ODD, 'CREATE OR REPLACE TABLE t (a inet6) /*M!100100 COMMENT=1 */'],
  sqlite: [
    'PRAGMA foreign_keys=OFF',
    'CREATE TABLE "new_t" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, [key] TEXT DEFAULT "x;y") WITHOUT ROWID',
    'INSERT INTO "new_t" ("id", "key") SELECT "id", "key" FROM "t"',
    'DROP TABLE "t"; ALTER TABLE "new_t" RENAME TO "t"',
    'CREATE TRIGGER r AFTER UPDATE OF a ON t WHEN new.a > 1 BEGIN UPDATE u SET x = CASE 1 WHEN 1 THEN 2 END; DELETE FROM v; END',
    'CREATE UNIQUE INDEX IF NOT EXISTS main.i ON t (a COLLATE NOCASE DESC, lower(b)) WHERE c IS NOT NULL',
    'CREATE VIRTUAL TABLE f USING fts5(a, tokenize = "porter; ascii")',
    "ALTER TABLE t ADD COLUMN a TEXT NOT NULL DEFAULT '' REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED",
    "INSERT INTO t VALUES (x'00', 'it''s', ?1, @a, $b, :c) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING *",
    'WITH RECURSIVE c(x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM c WHERE x < 5) DELETE FROM t WHERE a IN c',
    'BEGIN IMMEDIATE; UPDATE t SET a = 1 -- so; it is\n WHERE b = 2; END',
    'ALTER TABLE `t` DROP COLUMN `a`',
    "VACUUM INTO 'a.db'",
  ],
  sqlserver: [
    'CREATE TABLE [dbo].[a;b] ([id] bigint IDENTITY(1,1) NOT NULL CONSTRAINT PK_a PRIMARY KEY CLUSTERED, [n] nvarchar(max) NULL)\nGO',
    "ALTER TABLE dbo.t ADD c bit NOT NULL CONSTRAINT DF_c DEFAULT (0) WITH VALUES, d int NULL\nGO\nPRINT N'done; so'\nGO 2",
    'CREATE NONCLUSTERED INDEX i ON dbo.t (a DESC) INCLUDE (b) WHERE c = 1 WITH (ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES, ABORT_AFTER_WAIT = SELF)))',
    "IF COL_LENGTH('[dbo].[t]', 'c') IS NULL\nBEGIN\n  ALTER TABLE [dbo].[t] ADD [c] int NULL;\nEND\nELSE PRINT 'there'\nGO",
    "IF NOT EXISTS (SELECT 1 FROM sys.indexes WHERE name = 'i') CREATE INDEX i ON t (a)",
    'CREATE OR ALTER PROCEDURE dbo.p @a int = 1 AS BEGIN SET NOCOUNT ON; UPDATE t SET a = @a; SELECT 1 END\nGO',
    "EXEC sp_rename 'dbo.t.a', 'b', 'COLUMN'",
    'BEGIN TRY BEGIN TRANSACTION; DELETE TOP (100) FROM t WHERE a = 1 COMMIT END TRY BEGIN CATCH ROLLBACK; THROW END CATCH',
    "WHILE @@ROWCOUNT > 0 BEGIN UPDATE TOP (500) t SET a = 1 WHERE a IS NULL; WAITFOR DELAY '00:00:01' END",
    'DECLARE @a TABLE (id int); INSERT INTO @a SELECT id FROM t; MERGE t USING @a AS s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = 1 WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id);',
    'ALTER TABLE t WITH NOCHECK ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (id); ALTER TABLE t CHECK CONSTRAINT f',
    'DROP TABLE IF EXISTS a, b /* one /* in */ another; */',
    "SELECT * INTO #x FROM t; EXEC (N'DROP TABLE t')",
  ],
};

const ODD = [
  ...['\0', '\ufeff', '💩', 'é', '\r\n', '\n', '/*', '*/', '/*!50100 ', '/*M! ', '-- ', '--', '#', '$$', "'", '"', '`'],
  ...[
    '[',
    ']',
    '\\',
    '{{if .x}}',
    '{{end}}',
    '${x}',
    ':v',
    ';',
    '(',
    ')',
    ',',
    '.',
    '\ud800',
    '@',
    '@@',
    '0x',
    '.read',
  ],
  ...[
    'DELIMITER //\n',
    'delimiter ;\n',
    'DELIMITER\n',
    '//',
    'BEGIN',
    'END',
    'CASE',
    'IF',
    'ELSE',
    '\nGO\n',
    'GO 5',
    'TRY',
  ],
];

const wordsOf = (sql: string): readonly string[] => sql.match(/\s+|\w+|[^\s\w]/gu) ?? [];

/** Statements with a few of their words left out, doubled or replaced, one behind the other. */
function scripts(dialect: TestedDialect): fc.Arbitrary<string> {
  const words = [...new Set(STATEMENTS[dialect].flatMap(wordsOf))];
  const change = fc.tuple(fc.nat(), fc.nat(2), fc.oneof(fc.constantFrom(...words), fc.constantFrom(...ODD)));
  const mutated = fc
    .tuple(fc.constantFrom(...STATEMENTS[dialect]), fc.array(change, { maxLength: 4 }))
    .map(([sql, changes]) => {
      const parts = [...wordsOf(sql)];
      for (const [at, kind, part] of changes) parts.splice(at % Math.max(parts.length, 1), kind, part);
      return parts.join('');
    });
  const odd = fc.array(fc.oneof(fc.constantFrom(...ODD, ...words), fc.string({ unit: 'binary', maxLength: 4 })), {
    maxLength: 20,
  });
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: mutated }, { weight: 1, arbitrary: odd.map(parts => parts.join(' ')) }), {
      minLength: 1,
      maxLength: 4,
    })
    .map(parts => parts.join(';\n'));
}

const parse = (dialect: TestedDialect, text: string): Script =>
  FRONT_ENDS[dialect]!.parse(fragmentOf({ path: '/script.sql', text }));

/** Statements inside of others stand where their text stands, which may be another statement: SET @sql = '…'. */
const outermost = ({ statements, comments }: Script): Script => ({
  statements: statements.filter(({ parent }) => parent === undefined),
  comments,
});

/** What may stand between statements, besides blanks: what parts them, commands to the client, and tags of templates. */
const BETWEEN: Readonly<Record<TestedDialect, readonly string[]>> = {
  mysql: [';', 'delimiter\\b[^\\r\\n]*', '/\\*!\\d*', '\\*/', '\\{\\{(?:if|end)[^\\n]*?\\}\\}'],
  mariadb: [';', 'delimiter\\b[^\\r\\n]*', '/\\*M?!\\d*', '\\*/', '\\{\\{(?:if|end)[^\\n]*?\\}\\}'],
  sqlite: [';', '\\.[^\\r\\n]*', '\\{\\{(?:if|end)[^\\n]*?\\}\\}'],
  sqlserver: [';', 'GO\\b(?:[^\\S\\n]*\\d+)?', '(?:BEGIN|END|ELSE|TRY|CATCH)\\b', '\\{\\{(?:if|end)[^\\n]*?\\}\\}'],
};

/** The texts that stand in no statement, no comment and no block of control flow, and are nothing that may stand between. */
function lost(dialect: TestedDialect, text: string, { statements, comments }: Script): readonly string[] {
  const blocks = statements.flatMap(({ operations }) => operations.flatMap(each => each.blocks ?? []));
  const ranges = [...statements, ...comments, ...blocks].map(({ range }) => range).sort((a, b) => a[0] - b[0]);
  const gaps: string[] = [];
  let at = 0;
  for (const [from, to] of [...ranges, [text.length, text.length] as const]) {
    if (from > at) gaps.push(text.slice(at, from));
    at = Math.max(at, to);
  }
  const set = [...text.matchAll(/delimiter[^\r\n]*/gi)].map(([command]) => command.split(/\s+/)[1] || ';');
  const delimiters = set.map(delimiter => delimiter.replace(/^(['"`])(.+)\1$/, '$2').replace(/[^\w\s]/g, '\\$&'));
  const between = new RegExp(`^(?:[\\s\\0\\ufeff]|${[...BETWEEN[dialect], ...delimiters].join('|')})*$`, 'i');
  return gaps.filter(gap => !between.test(gap));
}

describe.each(DIALECTS)('any text, as %s', dialect => {
  it('never makes the reader throw, and keeps every range inside what it is part of', () => {
    fc.assert(
      fc.property(scripts(dialect), text => {
        expect(wrongRanges(outermost(parse(dialect, text)), text.length)).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('is a statement, a comment or what parts statements, every character of it', () => {
    fc.assert(
      fc.property(scripts(dialect), text => {
        expect(lost(dialect, text, parse(dialect, text))).toEqual([]);
      }),
      { numRuns: 1500 },
    );
  });

  it('has its statements in order, none inside another', () => {
    fc.assert(
      fc.property(scripts(dialect), text => {
        const { statements } = outermost(parse(dialect, text));
        const places = statements.map(({ range }) => range);
        for (const [index, [from]] of places.entries()) {
          expect(from).toBeGreaterThanOrEqual(places[index - 1]?.[1] ?? 0);
        }
      }),
      { numRuns: 700 },
    );
  });

  it('is read around a statement that cannot be', () => {
    const kinds = (text: string) =>
      parse(dialect, text).statements.flatMap(({ operations }) => operations.map(({ kind }) => kind));
    for (const sql of STATEMENTS[dialect]) {
      const own = kinds(sql);
      expect(own, sql).not.toContain('unreadable');
      const around = `${sql}\n;\nALTER TABL t;\n${sql}`;
      expect(kinds(around), sql).toEqual([...own, 'unreadable', ...own]);
    }
  });
});

describe.each(DIALECTS)('deep nesting, as %s', dialect => {
  it.each([
    ['brackets', `SELECT ${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['a sum', `DELETE FROM t WHERE a = ${'1 + '.repeat(50_000)}1`],
    ['CASE', `UPDATE t SET a = ${'CASE WHEN a = 1 THEN '.repeat(5_000)}1${' END'.repeat(5_000)}`],
    ['subqueries', `SELECT ${'(SELECT '.repeat(5_000)}1${')'.repeat(5_000)}`],
  ])('of %s is survived, and what follows is read', (_, sql) => {
    const { statements } = parse(dialect, `${sql};\nDROP TABLE t;`);
    expect(statements.map(({ operations }) => operations[0]?.kind)).toEqual([
      expect.stringMatching(/select|update|delete|unreadable/),
      'dropTable',
    ]);
  });
});

it.each([
  ['mysql', "PREPARE \\ FROM 'ALTER TABLE t ADD x int'; EXECUTE s; DROP TABLE t", ['other', 'unreadable', 'dropTable']],
  [
    'mysql',
    'DELIMITER "ab"\nDROP TABLE t ab\nDROP TABLE u ab\nDELIMITER ;\nDROP TABLE v',
    ['dropTable', 'dropTable', 'dropTable'],
  ],
  ['sqlite', 'PRAGMA foreign_keys=; DROP TABLE t', ['unreadable', 'dropTable']],
  [
    'sqlite',
    'ALTER TABLE t ADD a int REFERENCES p (id) DEFERRABLE INITIALLY; DROP TABLE t',
    ['addColumn', 'dropTable'],
  ],
  ['sqlserver', 'ALTER TABLE t; DROP TABLE t', ['unreadable', 'dropTable']],
  ['sqlserver', 'IF 1 = 1 BEGIN END DROP TABLE t', ['unreadable', 'dropTable']],
  ['sqlserver', 'WHILE 1 = 1 BEGIN {{if .x}} DROP TABLE t {{end}} END', ['unreadable']],
] as const)('as %s: %s', (dialect, text, kinds) => {
  const { statements } = parse(dialect, text);
  expect(statements.flatMap(({ operations }) => operations.map(({ kind }) => kind))).toEqual(kinds);
  expect(wrongRanges({ statements, comments: [] }, text.length)).toEqual([]);
});
