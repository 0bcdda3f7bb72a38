import fc from 'fast-check';
import { loadModule, parseSync } from 'libpg-query';
import { beforeAll, describe, expect, test } from 'vitest';
import { type PlpgsqlItem, readBlock } from '../../../src/parsers/postgres/plpgsql.ts';
import { LEXICONS, tokenize } from '../../../src/parsers/tokenizer/index.ts';
import { decodeString } from '../../../src/parsers/tokenizer/literals.ts';
import { fragmentOf, toSourceRange } from '../../../src/source/fragment.ts';

/** The body of the first string of a file, and a way to look at its items. */
function read(text: string) {
  const whole = fragmentOf({ path: '/a.sql', text });
  const literal = tokenize(text, LEXICONS.postgres).find(token => token.kind === 'string');
  return readBlock(literal ? decodeString(whole, literal) : whole);
}

/** What is sent, one line per item: kind and SQL. */
function sent(body: string): string[] {
  return readBlock(fragmentOf({ path: '/a.sql', text: body })).items.map(sql);
}

function sql(item: PlpgsqlItem): string {
  if (item.kind === 'sql') return item.fragment.text.replace(/ +/g, ' ');
  if (item.kind === 'unreadable') return `unreadable: ${item.message}`;
  return item.kind === 'execute' ? `EXECUTE ${restored(item)}` : item.kind;
}

/** The text of an EXECUTE with its holes as the user wrote them. */
function restored(item: Extract<PlpgsqlItem, { kind: 'execute' }>): string {
  let text = item.sql.text;
  for (const [filler, original] of item.holes) text = text.replaceAll(filler, original);
  return text;
}

/** The control flow around each item. */
function flow(body: string): string[] {
  return readBlock(fragmentOf({ path: '/a.sql', text: body })).items.map(item =>
    item.blocks
      .map(block => {
        if (block.kind === 'handler') return block.part;
        if (block.kind === 'branch') return 'branch';
        return ['loop', block.bound, block.commits && 'commits', block.pauses && 'pauses'].filter(Boolean).join(' ');
      })
      .join(' > '),
  );
}

beforeAll(loadModule);

describe('the SQL of a body', () => {
  test('commands as written, in order', () => {
    expect(sent('BEGIN ALTER TABLE a ADD b int; -- é\n SET LOCAL lock_timeout = 1; CALL p(); END')).toEqual([
      'ALTER TABLE a ADD b int',
      'SET LOCAL lock_timeout = 1',
      'CALL p()',
    ]);
  });

  test('INTO and its targets are no part of it', () => {
    expect(
      sent(`DECLARE n int; BEGIN
        SELECT count(*) INTO STRICT n FROM t;
        SELECT a, b INTO r.x, y[1] FROM t;
        INSERT INTO t VALUES (1) RETURNING id INTO n;
        WITH m AS (INSERT INTO u SELECT 1 RETURNING *) SELECT 1 FROM m;
        MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE;
        IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y;
      END`),
    ).toEqual([
      'SELECT count(*) FROM t',
      'SELECT a, b FROM t',
      'INSERT INTO t VALUES (1) RETURNING id ',
      'WITH m AS (INSERT INTO u SELECT 1 RETURNING *) SELECT 1 FROM m',
      'MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE',
      'IMPORT FOREIGN SCHEMA s FROM SERVER x INTO y',
    ]);
  });

  test('PERFORM, assignments that read or call, cursors and returned queries are SELECTs', () => {
    expect(
      sent(`DECLARE c CURSOR FOR SELECT 1 FROM q; n int := (SELECT max(id) FROM v); k CONSTANT int := 3; BEGIN
        PERFORM f(1), g();
        n := n + 1; n = lower_all('x'); r.a[1] := (SELECT 2);
        OPEN c; OPEN d FOR SELECT 3; FETCH c INTO n; CLOSE c;
        RETURN QUERY SELECT 4; RETURN NEXT n;
      END`),
    ).toEqual([
      'SELECT 1 FROM q',
      'SELECT (SELECT max(id) FROM v)',
      'SELECT f(1), g()',
      "SELECT lower_all('x')",
      'SELECT (SELECT 2)',
      'SELECT 3',
      'SELECT 4',
    ]);
  });

  test('what sends nothing is left out', () => {
    expect(
      sent(`<<l>> BEGIN RAISE NOTICE 'a; %', b; ASSERT x; NULL; GET STACKED DIAGNOSTICS m = MESSAGE_TEXT;
        LOOP EXIT l WHEN a; CONTINUE; END LOOP; END l;`),
    ).toEqual([]);
  });

  test('transactions', () => {
    const { items } = readBlock(
      fragmentOf({ path: '/a', text: 'BEGIN COMMIT; COMMIT AND CHAIN; ROLLBACK AND NO CHAIN; END' }),
    );
    expect(items.map(item => [item.kind, 'chain' in item && item.chain])).toEqual([
      ['commit', false],
      ['commit', true],
      ['rollback', false],
    ]);
  });

  test('variables', () => {
    const { variables } = readBlock(
      fragmentOf({
        path: '/a',
        text: `#variable_conflict use_column
          DECLARE A int; "B" text; c CURSOR FOR SELECT 1; BEGIN FOR r, s IN SELECT 1 LOOP DECLARE d int; BEGIN NULL; END; END LOOP; END`,
      }),
    );
    expect([...variables].sort()).toEqual(['B', 'a', 'c', 'd', 'r', 's']);
  });
});

describe('control flow', () => {
  test('branches, with their conditions', () => {
    const text = `BEGIN IF CASE WHEN a THEN b END THEN DROP TABLE t1; ELSIF x > 1 THEN DROP TABLE t2; ELSE DROP TABLE t3; END IF;
      CASE WHEN y THEN DROP TABLE t4; ELSE DROP TABLE t5; END CASE; CASE z WHEN 1, 2 THEN DROP TABLE t6; END CASE; DROP TABLE t7; END`;
    const conditions: string[] = [];
    const { items } = readBlock(fragmentOf({ path: '/a', text }), condition => {
      conditions.push(condition.text);
      const range = toSourceRange(condition, 0, condition.text.length);
      return { expression: { kind: 'column', name: condition.text }, range, text: condition.text };
    });
    expect(conditions).toEqual(['CASE WHEN a THEN b END', 'x > 1', 'y']);
    const branches = items.map(({ blocks }) =>
      blocks.map(block => [text.slice(...block.range), block.kind === 'branch' ? block.condition?.text : '']),
    );
    expect(branches).toEqual([
      [['IF CASE WHEN a THEN b END THEN DROP TABLE t1;', 'CASE WHEN a THEN b END']],
      [['ELSIF x > 1 THEN DROP TABLE t2;', 'x > 1']],
      [['ELSE DROP TABLE t3;', undefined]],
      [['WHEN y THEN DROP TABLE t4;', 'y']],
      [['ELSE DROP TABLE t5;', undefined]],
      [['WHEN 1, 2 THEN DROP TABLE t6;', undefined]],
      [],
    ]);
  });

  test('after a RETURN that may be taken the rest may not run', () => {
    expect(
      flow('BEGIN DROP TABLE a; IF x THEN RETURN; END IF; DROP TABLE b; LOOP DROP TABLE c; END LOOP; END'),
    ).toEqual(['', 'branch', 'branch > loop unknown']);
  });

  test('loops: bound, commits, pauses', () => {
    expect(
      flow(`BEGIN
        LOOP UPDATE t SET a = 1; EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.1); END LOOP;
        WHILE x LOOP DELETE FROM t; PERFORM pg_catalog.pg_sleep_for('1 s'); END LOOP;
        FOR i IN 1..10 LOOP DELETE FROM t; END LOOP;
        FOR i IN REVERSE 10..-1 BY 2 LOOP DELETE FROM t; END LOOP;
        FOR i IN 1..n LOOP DELETE FROM t; END LOOP;
        FOR r IN c LOOP DELETE FROM t; END LOOP;
      END`),
    ).toEqual([
      'loop unknown commits pauses',
      'loop unknown commits pauses',
      'loop unknown commits pauses',
      'loop unknown pauses',
      'loop unknown pauses',
      'loop literal',
      'loop literal',
      'loop unknown',
      'loop unknown',
    ]);
  });

  test('the query of a loop runs before it', () => {
    const body =
      'BEGIN FOR r IN SELECT id FROM t LOOP DELETE FROM u; END LOOP; FOR r IN EXECUTE $q$SELECT 1$q$ USING x LOOP NULL; END LOOP; END';
    expect(sent(body)).toEqual(['SELECT id FROM t', 'DELETE FROM u', 'EXECUTE SELECT 1']);
    expect(flow(body)).toEqual(['', 'loop unknown', '']);
  });

  test('exception handlers', () => {
    expect(
      flow(`BEGIN BEGIN DROP TABLE a; EXCEPTION WHEN undefined_table OR SQLSTATE '42P01' THEN DROP TABLE b; WHEN OTHERS THEN RAISE; DROP TABLE c; END;
        BEGIN DROP TABLE d; END; END`),
    ).toEqual(['body', 'handler', 'handler', '']);
  });
});

describe('EXECUTE', () => {
  test.each([
    ["EXECUTE 'DROP TABLE a'", 'EXECUTE DROP TABLE a'],
    ["EXECUTE 'DROP ' || 'TABLE ' || $$a$$::text INTO x USING 1", 'EXECUTE DROP TABLE a'],
    ["EXECUTE ('DROP TABLE ' || ('a'))", 'EXECUTE DROP TABLE a'],
    ["EXECUTE 'DROP TABLE ' || quote_ident(r.t) || ' CASCADE'", 'EXECUTE DROP TABLE ${r.t} CASCADE'],
    ["EXECUTE 'ALTER TABLE idx_' || n || '_key RENAME TO b'", 'EXECUTE ALTER TABLE idx_${n}_key RENAME TO b'],
    [
      "EXECUTE format('ALTER TABLE %I.%I ADD c text DEFAULT %L', s, 't''T', 'it''s')",
      "EXECUTE ALTER TABLE ${s}.\"t'T\" ADD c text DEFAULT 'it''s'",
    ],
    ["EXECUTE format('SELECT %2$s, %1$I, %%, %s', a, 'x')", 'EXECUTE SELECT x, ${a}, %, x'],
    ["EXECUTE concat('DROP TABLE ', t)", 'EXECUTE DROP TABLE ${t}'],
    ["EXECUTE 'SET x = ' || quote_literal('a''b')", "EXECUTE SET x = 'a''b'"],
    ['EXECUTE v', 'dynamic'],
    ['EXECUTE f(1) || g(2)', 'dynamic'],
    ["EXECUTE replace('DROP TABLE x', 'x', y)", 'dynamic'],
  ])('%s', (statement, expected) => {
    expect(sent(`BEGIN ${statement}; END`)).toEqual([expected]);
  });

  test('the same expression is the same hole, another one another', () => {
    const [item] = readBlock(
      fragmentOf({
        path: '/a',
        text: "BEGIN EXECUTE 'ALTER TABLE ' || a || ' RENAME TO ' || b || '; DROP TABLE ' || a; END",
      }),
    ).items;
    expect(item?.kind === 'execute' && item.holes.size).toBe(2);
    expect(() => parseSync(item?.kind === 'execute' ? item.sql.text : '')).not.toThrow();
  });

  test('texts that variables hold for sure', () => {
    expect(sent("DECLARE q text := 'DROP TABLE a'; BEGIN EXECUTE q; q := q || ' CASCADE'; EXECUTE q; END")).toEqual([
      'EXECUTE DROP TABLE a',
      'EXECUTE DROP TABLE a CASCADE',
    ]);
    expect(
      sent(
        "BEGIN SELECT format('DROP INDEX %I', i) INTO STRICT q FROM pg_class; EXECUTE q; SELECT 'a', 'b' INTO q; EXECUTE q; END",
      ),
    ).toEqual([
      "SELECT format('DROP INDEX %I', i) FROM pg_class",
      'EXECUTE DROP INDEX ${i}',
      "SELECT 'a', 'b' ",
      'dynamic',
    ]);
    const unsure = [
      "q := 'a'; IF x THEN q := 'b'; END IF; EXECUTE q;",
      "q := 'a'; LOOP EXECUTE q; q := 'b'; END LOOP;",
      "q := 'a'; SELECT s INTO q FROM t; EXECUTE q;",
      "q := 'a'; BEGIN q := 'b'; PERFORM f(); EXCEPTION WHEN OTHERS THEN NULL; END; EXECUTE q;",
      "DECLARE q text := 'a'; BEGIN NULL; END; EXECUTE q;",
    ];
    for (const statements of unsure) expect(sent(`BEGIN ${statements} END`), statements).toContain('dynamic');
  });

  test('a loop over literals is followed round by round', () => {
    expect(
      sent(
        "BEGIN FOREACH t IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('DROP TABLE %I', t); UPDATE u SET x = 1; END LOOP; END",
      ),
    ).toEqual(['EXECUTE DROP TABLE "a"', 'UPDATE u SET x = 1', 'EXECUTE DROP TABLE "b"']);
  });

  test('nested loops over literals stay bounded', () => {
    const list = `ARRAY[${Array.from({ length: 50 }, (_, index) => `'t${index}'`).join()}]`;
    const open = ['a', 'b', 'c', 'd'].map(name => `FOREACH ${name} IN ARRAY ${list} LOOP`).join(' ');
    const items = sent(`BEGIN ${open} EXECUTE 'DROP TABLE ' || d; ${'END LOOP; '.repeat(4)} END`);
    expect(items).toContain('EXECUTE DROP TABLE t0');
    expect(items).toContain('EXECUTE DROP TABLE ${d}');
    expect(items.length).toBeLessThan(300);
  });
});

describe('places in the file', () => {
  test('after accents, astral characters and CRLF', () => {
    const text = "-- é💩\r\nDO $é$\r\nBEGIN\r\n  /* 💩 */ PERFORM  f('é');\r\n  ALTER TABLE t DROP c;\r\nEND\r\n$é$;";
    const { items } = read(text);
    expect(items.map(({ range }) => text.slice(...range))).toEqual(["PERFORM  f('é')", 'ALTER TABLE t DROP c']);
    const [perform] = items;
    if (perform?.kind !== 'sql') throw new Error('SQL expected');
    expect(perform.fragment.text).toBe("SELECT f('é')");
    const place = (words: string) => {
      const at = perform.fragment.text.indexOf(words);
      return text.slice(...toSourceRange(perform.fragment, at, at + words.length));
    };
    expect([place('SELECT'), place("f('é')")]).toEqual(['PERFORM', "f('é')"]);
  });

  test('through doubled quotes in a quoted body, and once more in an EXECUTE', () => {
    const text = "DO 'BEGIN EXECUTE ''ALTER TABLE \"é💩\" ALTER c SET DEFAULT ''''x'''' , DROP d''; END'";
    const [item] = read(text).items;
    if (item?.kind !== 'execute') throw new Error('EXECUTE expected');
    expect(item.sql.text).toBe('ALTER TABLE "é💩" ALTER c SET DEFAULT \'x\' , DROP d');
    const place = (words: string) => {
      const at = item.sql.text.indexOf(words);
      return text.slice(...toSourceRange(item.sql, at, at + words.length));
    };
    expect(place("'x'")).toBe("''''x''''");
    expect(place('DROP d')).toBe('DROP d');
    expect(place('"é💩"')).toBe('"é💩"');
  });

  test('through escapes, format() and ||', () => {
    const text = "DO $$BEGIN EXECUTE format(E'DROP\\tTABLE %I.é\\u00e9', s) || ' CASCADE'; END$$";
    const [item] = read(text).items;
    if (item?.kind !== 'execute') throw new Error('EXECUTE expected');
    const filler = [...item.holes.keys()][0]!;
    const place = (words: string) => {
      const at = item.sql.text.indexOf(words);
      return text.slice(...toSourceRange(item.sql, at, at + words.length));
    };
    expect([place('\t'), place(filler), place('éé'), place('CASCADE')]).toEqual(['\\t', '%I', 'é\\u00e9', 'CASCADE']);
    expect(text.slice(...toSourceRange(item.sql, 0, item.sql.text.length))).toBe(
      "DROP\\tTABLE %I.é\\u00e9', s) || ' CASCADE",
    );
  });

  test('a constant keeps its own place where it leads, so that ranges never run backwards', () => {
    const text = "DECLARE t text := 'tt'; q text := 'DROP TABLE a'; BEGIN EXECUTE q; EXECUTE 'DROP TABLE ' || t; END";
    const places = readBlock(fragmentOf({ path: '/a', text })).items.map(item =>
      item.kind === 'execute' ? text.slice(...toSourceRange(item.sql, 0, item.sql.text.length)) : '',
    );
    expect(places).toEqual(['DROP TABLE a', "DROP TABLE ' || t"]);
  });
});

describe('what cannot be followed', () => {
  test.each([
    ['', ['unreadable: a PL/pgSQL body starts with DECLARE or BEGIN']],
    ['SELECT 1', ['unreadable: a PL/pgSQL body starts with DECLARE or BEGIN']],
    [
      'BEGIN DROP TABLE a; IF x THEN DROP TABLE b; END',
      ['DROP TABLE a', 'DROP TABLE b', 'unreadable: END IF expected', 'unreadable: END expected'],
    ],
    ['BEGIN DROP TABLE a; ELSE; DROP TABLE b; END', ['DROP TABLE a', 'unreadable: ELSE not expected', 'DROP TABLE b']],
    [
      'BEGIN FOR x LOOP; DROP TABLE b; END; DROP TABLE c',
      ['unreadable: IN expected', 'DROP TABLE b', 'unreadable: text after the END of the block'],
    ],
    [
      'BEGIN {{if x}} DROP TABLE a; {{end}} END',
      ['unreadable: template tag {{if x}}', 'DROP TABLE a', 'unreadable: template tag {{end}}'],
    ],
  ])('%j', (body, expected) => {
    expect(sent(body)).toEqual(expected);
  });

  test('deep nesting ends in an unreadable item', () => {
    expect(sent('BEGIN '.repeat(100_000))).toContain('unreadable: blocks are nested too deeply');
  });

  test('no text throws, and every item has a place in it', () => {
    const words =
      'DECLARE BEGIN END IF THEN ELSE ELSIF LOOP FOR FOREACH WHILE IN ARRAY CASE WHEN EXCEPTION EXECUTE PERFORM RETURN QUERY INTO STRICT OPEN CURSOR USING COMMIT';
    const piece = fc.oneof(
      fc.constantFrom(
        ...words.split(' '),
        ';',
        ';',
        ':=',
        '=',
        '||',
        '(',
        ')',
        '[',
        ']',
        ',',
        '..',
        "'a'",
        '$$b$$',
        'x',
        'format(',
        '%I',
        '<<',
        '>>',
        '{{if}}',
        '#',
      ),
      fc.string({ unit: 'grapheme', maxLength: 3 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), pieces => {
        const text = `BEGIN ${pieces.join(' ')}`;
        for (const { range } of readBlock(fragmentOf({ path: '/a', text })).items) {
          expect(range[0]).toBeGreaterThanOrEqual(0);
          expect(range[1]).toBeGreaterThanOrEqual(range[0]);
          expect(range[1]).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
