import { describe, expect, it } from 'vitest';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import { positionAt } from '../../../src/source/lines.ts';
import { at, read } from './read.ts';

const SQL = 'ALTER TABLE "té💩st" ADD COLUMN naïve text DEFAULT \'é💩\' NOT NULL, DROP COLUMN b';

describe('what stands before a statement does not shift it', () => {
  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff'],
    ['CRLF', '\r\n\r\n'],
    ['a comment with accents', '-- é à ü\n'],
    ['a comment with emoji, CRLF', '/* 💩 👨‍👩‍👧 */\r\n'],
    ['a statement with emoji', "INSERT INTO t VALUES ('💩é');\n"],
    ['a NUL', 'SELECT 1;\0'],
    ['a psql command', '\\set é 💩\n'],
    ['COPY data', 'COPY t FROM stdin;\n💩\té\n\\.\n'],
    ['a dollar quote', "SELECT $é$;💩'$é$;"],
    ['a placeholder', 'SELECT ${é💩};'],
    ['a statement that cannot be read', "CREATE TABL é ('💩');"],
    ['a lone surrogate', "SELECT '\ud83d';"],
  ])('%s', (_, before) => {
    const text = `${before}${SQL};\n-- after\n`;
    const { statements } = read(text);
    const statement = statements.at(-1)!;
    expect(statement.range).toEqual([before.length, before.length + SQL.length]);
    expect(at(text, statement.head)).toBe('ALTER TABLE "té💩st"');
    const [add, drop] = statement.operations;
    if (add?.kind !== 'addColumn' || drop?.kind !== 'dropColumn') throw new Error('other operations');
    expect(add.table).toMatchObject({ name: 'té💩st' });
    expect(at(text, add.table.range)).toBe('"té💩st"');
    expect(at(text, add.range)).toBe("ADD COLUMN naïve text DEFAULT 'é💩' NOT NULL");
    expect(at(text, add.head)).toBe('ADD COLUMN naïve');
    expect(at(text, add.column.range)).toBe("naïve text DEFAULT 'é💩' NOT NULL");
    expect(at(text, add.column.default?.range)).toBe("'é💩'");
    expect(at(text, add.anchors?.type)).toBe('text');
    expect(at(text, add.anchors?.notNull)).toBe('NOT NULL');
    expect(at(text, add.anchors?.default)).toBe("DEFAULT 'é💩'");
    expect(at(text, drop.range)).toBe('DROP COLUMN b');
  });
});

it('gives lines and columns as an editor counts them', () => {
  const text = '\ufeff/* 💩 */ SELECT 1;\r\n\té\t/*💩*/ DROP TABLE a;';
  const file = { path: '/1.sql', text };
  const [select, drop] = postgres.parse(fragmentOf(file)).statements;
  expect(positionAt(file, select!.range[0])).toEqual({ line: 1, column: 10 });
  // The stray character makes the second statement unreadable, at its own place.
  expect(drop!.operations[0]?.kind).toBe('unreadable');
  expect(positionAt(file, drop!.range[0])).toEqual({ line: 2, column: 2 });
  expect(positionAt(file, drop!.head[0])).toEqual({ line: 2, column: 2 });
});

it('keeps sub-commands, names and anchors apart from comments in every place', () => {
  const text =
    'ALTER/*1*/TABLE/*2*/IF/*3*/EXISTS/*4*/ONLY/*5*/s/*6*/./*,*/t/*7*/ADD/*8*/COLUMN/*9*/IF/*10*/NOT/*11*/EXISTS/*12*/a/*13*/int/*,*/NOT/*14*/NULL--,\n,/*15*/DROP/*16*/b/*17*/CASCADE/*18*/;/*19*/';
  const [statement] = read(text).statements;
  expect(at(text, statement!.range)).toMatch(/^ALTER.*CASCADE$/s);
  const [add, drop] = statement!.operations;
  expect(at(text, add!.range)).toMatch(/^ADD.*NULL$/s);
  expect(at(text, add!.anchors?.column)).toBe('COLUMN');
  expect(at(text, add!.anchors?.ifExists)).toBe('IF/*10*/NOT/*11*/EXISTS');
  expect(at(text, add!.anchors?.notNull)).toBe('NOT/*14*/NULL');
  expect(at(text, 'table' in add! && 'range' in add.table ? add.table.range : undefined)).toBe('s/*6*/./*,*/t');
  expect(at(text, drop!.range)).toBe('DROP/*16*/b/*17*/CASCADE');
  expect(at(text, drop!.anchors?.cascade)).toBe('CASCADE');
  expect(at(text, drop!.anchors?.column)).toBe('DROP');
});

it.each([
  'CREATE INDEX i ON t (a NULLS /* é */ LAST)',
  'DELETE FROM t WHERE a NOT -- é\n IN (1)',
  'ALTER TABLE t ADD a timestamp WITH /* é */ TIME ZONE',
])('reads a comment where libpg-query cannot: %s', sql => {
  const text = `${sql};\nDROP TABLE t;`;
  const kinds = read(text).statements.map(statement => statement.operations[0]?.kind);
  expect(kinds).not.toContain('unreadable');
  expect(read(text).statements.map(statement => at(text, statement.range))).toEqual([sql, 'DROP TABLE t']);
});

it('gives comments with their text', () => {
  const text = '-- one é\r\nSELECT 1 /* two /* nested */ */; --three';
  expect(read(text).comments.map(({ range, text: inner, style }) => [at(text, range), inner, style])).toEqual([
    ['-- one é', ' one é', 'line'],
    ['/* two /* nested */ */', ' two /* nested */ ', 'block'],
    ['--three', 'three', 'line'],
  ]);
});

describe('statements in other statements', () => {
  it('reads a DO block in a quoted string with escapes at its place in the file', () => {
    const text =
      "DO 'BEGIN\n  -- é💩 ''\n  EXECUTE ''DROP TABLE \"it''''s\"'';\n  UPDATE t SET a = ''💩'' WHERE b IS NULL;\nEND'";
    const { statements } = read(text);
    expect(statements.map(({ parent }) => parent)).toEqual([undefined, 0, 0]);
    expect(statements[1]!.operations).toMatchObject([{ kind: 'dropTable', table: { name: "it's" } }]);
    expect(at(text, statements[1]!.range)).toBe("DROP TABLE \"it''''s\"");
    expect(at(text, statements[2]!.range)).toBe("UPDATE t SET a = ''💩'' WHERE b IS NULL");
    expect(at(text, statements[2]!.head)).toBe('UPDATE t');
  });

  it('gives the comments in a DO block at their places', () => {
    const text = "-- a\nDO 'BEGIN\n  -- it''s é\n  NULL; /* b */\nEND'; -- c";
    expect(read(text).comments.map(comment => [at(text, comment.range), comment.text])).toEqual([
      ['-- a', ' a'],
      ["-- it''s é", " it's é"],
      ['/* b */', ' b '],
      ['-- c', ' c'],
    ]);
  });

  it('gives loops, branches and handlers with their conditions, and variables as parameters', () => {
    const text = `DO $$
DECLARE n int;
BEGIN
  LOOP
    IF NOT EXISTS (SELECT 1 FROM u WHERE x = n) THEN
      UPDATE t SET a = n WHERE b = 1;
      COMMIT;
    END IF;
  END LOOP;
END $$`;
    const { statements } = read(text);
    const update = statements[1]!.operations[0]!;
    expect(update).toMatchObject({
      kind: 'update',
      assignments: [{ column: 'a', value: { kind: 'parameter', text: 'n' } }],
      blocks: [
        { kind: 'loop', commits: true, pauses: false, bound: 'unknown' },
        { kind: 'branch', condition: { expression: { kind: 'not', operand: { kind: 'exists' } } } },
      ],
    });
    const branch = update.blocks![1]!;
    expect(at(text, branch.kind === 'branch' ? branch.condition?.range : undefined)).toBe(
      'NOT EXISTS (SELECT 1 FROM u WHERE x = n)',
    );
    expect(statements[0]!.operations).toMatchObject([{ kind: 'do', commits: true }]);
    expect(statements[2]!.operations).toMatchObject([{ kind: 'commitTransaction' }]);
  });

  it('reports an EXECUTE that only the run knows at its place', () => {
    const text = "DO $$ BEGIN EXECUTE q; EXECUTE format('ALTER TABLE %I ADD a int', n); END $$";
    const { statements } = read(text);
    expect(statements[1]!.operations).toMatchObject([{ kind: 'unreadable', reason: 'dynamic' }]);
    expect(at(text, statements[1]!.range)).toBe('EXECUTE q');
    expect(statements[2]!.operations).toMatchObject([{ kind: 'addColumn', table: { name: '${n}' } }]);
  });

  it('does not run the body of a function', () => {
    expect(
      read('CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$').statements,
    ).toHaveLength(1);
  });

  it('puts what CREATE SCHEMA makes into the schema', () => {
    const text = 'CREATE SCHEMA s CREATE TABLE t (a int) CREATE INDEX i ON t (a) GRANT CREATE ON SCHEMA s TO r';
    const { statements } = read(text);
    expect(statements.map(one => [one.parent, one.operations[0]?.kind, at(text, one.range)])).toEqual([
      [undefined, 'createSchema', text],
      [0, 'createTable', 'CREATE TABLE t (a int)'],
      [0, 'createIndex', 'CREATE INDEX i ON t (a)'],
      [0, 'grant', 'GRANT CREATE ON SCHEMA s TO r'],
    ]);
    expect(statements[1]!.operations[0]).toMatchObject({ table: { schema: 's', name: 't' } });
  });
});

describe('placeholders', () => {
  it('stand in names and values as the user wrote them', () => {
    const text = 'ALTER TABLE ${schema}.{{ prefix }}_users ADD COLUMN :"col" text DEFAULT :\'value\', DROP COLUMN ${x}';
    const [statement] = read(text).statements;
    expect(statement!.operations).toMatchObject([
      {
        kind: 'addColumn',
        table: { schema: '${schema}', name: '{{ prefix }}_users' },
        column: { name: ':"col"', default: { text: ":'value'", expression: { kind: 'parameter', text: ":'value'" } } },
      },
      { kind: 'dropColumn', column: '${x}' },
    ]);
    expect(at(text, statement!.head)).toBe('ALTER TABLE ${schema}.{{ prefix }}_users');
  });

  it('that control what is run make the statements they touch unreadable, and no others', () => {
    const text =
      'DROP TABLE a;\n{{if .x}}\nDROP TABLE b;\n{{else}}\nDROP TABLE c;\n{{end}}\nDROP TABLE d;\nCREATE TABLE e (a int {{if .y}}, b int{{end}});\n{{/* note */}}\nDROP TABLE f;';
    const found = read(text).statements.map(one => [at(text, one.range)?.slice(0, 14), one.operations[0]?.kind]);
    expect(found).toEqual([
      ['DROP TABLE a', 'dropTable'],
      ['DROP TABLE b', 'unreadable'],
      ['DROP TABLE c', 'unreadable'],
      ['DROP TABLE d', 'dropTable'],
      ['CREATE TABLE e', 'unreadable'],
      ['DROP TABLE f', 'dropTable'],
    ]);
  });
});
