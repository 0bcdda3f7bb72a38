import { describe, expect, it } from 'vitest';
import type { Expression } from '../../../src/operations/expressions.ts';
import { at, operationOf } from './read.ts';

const column = (name: string, table?: string) => ({ kind: 'column', name, ...(table === undefined ? {} : { table }) });
const number = (value: number | string) => ({ kind: 'literal', type: 'number', value });
const string = (value: string) => ({ kind: 'literal', type: 'string', value });

function lowered(sql: string): Expression {
  return operationOf(`ALTER TABLE t ADD CHECK (${sql})`, 'addCheck').constraint.condition.expression;
}

describe('expressions', () => {
  it.each([
    ['a', column('a')],
    ['s.t."A"', column('A', 't')],
    ['-5', number(-5)],
    ['1.50', number(1.5)],
    ['12345678901234567890', number('12345678901234567890')],
    ["E'a\\nb'", string('a\nb')],
    ['true', { kind: 'literal', type: 'boolean', value: true }],
    ['NULL', { kind: 'literal', type: 'null', value: null }],
    ["B'101'", { kind: 'literal', type: 'bit', value: 'b101' }],
    ['$1', { kind: 'parameter', text: '$1' }],
    ['a = 1', { kind: 'operator', operator: '=', operands: [column('a'), number(1)] }],
    ['a OPERATOR(pg_catalog.<>) 1', { kind: 'operator', operator: '<>', operands: [column('a'), number(1)] }],
    ['- a', { kind: 'operator', operator: '-', operands: [column('a')] }],
    ['a AND b AND c', { kind: 'and', operands: [column('a'), column('b'), column('c')] }],
    ['a OR NOT b', { kind: 'or', operands: [column('a'), { kind: 'not', operand: column('b') }] }],
    ['a IS NULL', { kind: 'isNull', operand: column('a'), negated: false }],
    ['a IS NOT NULL', { kind: 'isNull', operand: column('a'), negated: true }],
    ['a IS NOT TRUE', { kind: 'operator', operator: 'is not true', operands: [column('a')] }],
    ['a IN (1, 2)', { kind: 'in', operand: column('a'), members: [number(1), number(2)], negated: false }],
    ['a NOT IN (1)', { kind: 'in', operand: column('a'), members: [number(1)], negated: true }],
    [
      "a = ANY (ARRAY['x', 'y']::text[])",
      { kind: 'in', operand: column('a'), members: [string('x'), string('y')], negated: false },
    ],
    ['a <> ALL (ARRAY[1])', { kind: 'in', operand: column('a'), members: [number(1)], negated: true }],
    ['a = ANY (b)', { kind: 'operator', operator: '= any', operands: [column('a'), column('b')] }],
    [
      'a <> ANY (ARRAY[1])',
      {
        kind: 'operator',
        operator: '<> any',
        operands: [column('a'), { kind: 'other', syntax: 'array', operands: [number(1)] }],
      },
    ],
    ['a BETWEEN 1 AND 2', { kind: 'between', operand: column('a'), low: number(1), high: number(2), negated: false }],
    [
      'a NOT BETWEEN 1 AND 2',
      { kind: 'between', operand: column('a'), low: number(1), high: number(2), negated: true },
    ],
    [
      'a BETWEEN SYMMETRIC 2 AND 1',
      { kind: 'operator', operator: 'between symmetric', operands: [column('a'), number(2), number(1)] },
    ],
    [
      "a LIKE 'x%' ESCAPE '!'",
      { kind: 'operator', operator: 'like', operands: [column('a'), string('x%'), string('!')] },
    ],
    ["a NOT ILIKE 'x'", { kind: 'operator', operator: 'not ilike', operands: [column('a'), string('x')] }],
    ["a SIMILAR TO 'x'", { kind: 'operator', operator: 'similar to', operands: [column('a'), string('x')] }],
    ["a ~ 'x'", { kind: 'operator', operator: '~', operands: [column('a'), string('x')] }],
    ['a IS DISTINCT FROM 1', { kind: 'operator', operator: 'is distinct from', operands: [column('a'), number(1)] }],
    [
      'a IS NOT DISTINCT FROM 1',
      { kind: 'operator', operator: 'is not distinct from', operands: [column('a'), number(1)] },
    ],
    ['CURRENT_DATE', { kind: 'call', name: { name: 'current_date' }, args: [] }],
    ['CURRENT_TIMESTAMP(3)', { kind: 'call', name: { name: 'current_timestamp' }, args: [] }],
    ['coalesce(a, 1)', { kind: 'call', name: { name: 'coalesce' }, args: [column('a'), number(1)] }],
    ['GREATEST(a, 1)', { kind: 'call', name: { name: 'greatest' }, args: [column('a'), number(1)] }],
    ['nullif(a, 1)', { kind: 'call', name: { name: 'nullif' }, args: [column('a'), number(1)] }],
    ['extract(year FROM a)', { kind: 'call', name: { name: 'extract' }, args: [string('year'), column('a')] }],
    ["a AT TIME ZONE 'UTC'", { kind: 'call', name: { name: 'timezone' }, args: [string('UTC'), column('a')] }],
    ['f(x => a)', { kind: 'call', name: { name: 'f' }, args: [column('a')] }],
    [
      'CASE a WHEN 1 THEN b ELSE c END',
      { kind: 'other', syntax: 'case', operands: [column('a'), number(1), column('b'), column('c')] },
    ],
    ['ROW(a, 1)', { kind: 'other', syntax: 'row', operands: [column('a'), number(1)] }],
    ['a[1]', { kind: 'other', syntax: 'subscript', operands: [column('a'), number(1)] }],
    ['(a).b', { kind: 'other', syntax: 'field', operands: [column('a')] }],
    ['a COLLATE "C"', { kind: 'other', syntax: 'collate', operands: [column('a')] }],
    ['xmlelement(NAME x, a)', { kind: 'call', name: { name: 'xmlelement' }, args: [column('a')] }],
    ["json_object('a' : b)", { kind: 'call', name: { name: 'json_object' }, args: [string('a'), column('b')] }],
  ])('%s', (sql, expected) => {
    expect(lowered(sql)).toMatchObject(expected);
  });

  it('gives calls their schema as written and its place', () => {
    const sql = 'ALTER TABLE t ADD CHECK (s.f(a))';
    const { expression } = operationOf(sql, 'addCheck').constraint.condition;
    expect(expression).toMatchObject({ kind: 'call', name: { schema: 's', name: 'f' } });
    expect(at(sql, expression.kind === 'call' ? expression.name.range : undefined)).toBe('s.f');
  });

  it('ends a default before the next clause of the column', () => {
    const clauses = [
      'CASE WHEN a IS NULL THEN 1 ELSE NULL END',
      "'x'::text",
      '(1 + 2)',
      'now()',
      'NULL',
      "nextval('q'::regclass)",
      'ARRAY[]::text[]',
    ];
    for (const clause of clauses) {
      for (const after of [
        '',
        ' NOT NULL',
        ' CONSTRAINT k CHECK (a > 0)',
        ' COLLATE "C"',
        ' UNIQUE',
        ' GENERATED ALWAYS AS IDENTITY',
        ' REFERENCES u',
      ]) {
        const sql = `ALTER TABLE t ADD COLUMN a int DEFAULT ${clause}${after}, ADD b int`;
        const { statements } = { statements: [operationOf(sql.replace(', ADD b int', ''), 'addColumn')] };
        expect(statements[0]!.column.default?.text, sql).toBe(clause);
      }
    }
  });
});

describe('queries', () => {
  const query = (sql: string) => operationOf(`CREATE VIEW v AS ${sql}`, 'createView').query;

  it('lists relations, columns and calls from everywhere in the query, but no names of common table expressions', () => {
    const found = query(
      'WITH RECURSIVE c AS (SELECT a FROM s.t UNION ALL SELECT c.a FROM c), d AS (SELECT * FROM c) ' +
        'SELECT d.x, (SELECT max(y) FROM u AS uu) FROM d JOIN s.w USING (k) LEFT JOIN LATERAL (SELECT 1 FROM z WHERE z.i = d.i) q ON true ' +
        'WHERE EXISTS (SELECT FROM n) AND d.b IN (SELECT e FROM m) ORDER BY lower(d.o) LIMIT 5',
    );
    expect(found.reads.map(({ name, alias }) => [name.schema, name.name, alias])).toEqual([
      ['s', 't', undefined],
      [undefined, 'u', 'uu'],
      ['s', 'w', undefined],
      [undefined, 'z', undefined],
      [undefined, 'n', undefined],
      [undefined, 'm', undefined],
    ]);
    expect(found.columns.map(one => (one.table === undefined ? one.name : `${one.table}.${one.name}`))).toEqual(
      expect.arrayContaining(['a', 'c.a', 'd.x', 'y', 'k', 'z.i', 'd.i', 'd.b', 'e', 'd.o']),
    );
    expect(found.calls.map(call => call.name.name).sort()).toEqual(['lower', 'max']);
    expect(found).toMatchObject({ limit: { value: 5 }, updatable: false });
  });

  it('counts a table that a common table expression hides only outside of it', () => {
    expect(query('WITH t AS (SELECT 1 FROM t) SELECT * FROM t').reads).toHaveLength(1);
    expect(query('WITH t AS (SELECT 1) SELECT * FROM s.t').reads).toHaveLength(1);
  });

  it('names result columns as the server does', () => {
    const found = query(
      "SELECT a, t.b, t.*, *, 1, f(x), x::text, a::int, CASE WHEN a THEN 1 END, count(*) AS n, (SELECT z FROM u), EXISTS (SELECT 1), coalesce(a), ARRAY[1], '1'::date, CURRENT_DATE, (r).f FROM t",
    );
    expect(found.outputs.map(output => (output.kind === 'star' ? `${output.table ?? ''}*` : output.name))).toEqual([
      'a',
      'b',
      't*',
      '*',
      '?column?',
      'f',
      'x',
      'a',
      'case',
      'n',
      'z',
      'exists',
      'coalesce',
      'array',
      'date',
      'current_date',
      'f',
    ]);
    expect(query("VALUES (1, 'x'), (2, 'y')").outputs).toMatchObject([{ name: 'column1' }, { name: 'column2' }]);
    expect(query('SELECT a FROM t UNION SELECT b FROM u').outputs).toMatchObject([{ name: 'a' }]);
  });

  it.each([
    ['SELECT a, b + 1 AS c FROM t WHERE a > 0 ORDER BY b', true],
    ['SELECT * FROM s.t AS x', true],
    ['SELECT a FROM t, u', false],
    ['SELECT a FROM t JOIN u USING (a)', false],
    ['SELECT a FROM (SELECT a FROM t) x', false],
    ['SELECT DISTINCT a FROM t', false],
    ['SELECT a FROM t GROUP BY a', false],
    ['SELECT a FROM t LIMIT 5', false],
    ['SELECT a FROM t OFFSET 5', false],
    ['SELECT count(*) FROM t', false],
    ['SELECT row_number() OVER () FROM t', false],
    ['SELECT unnest(a) FROM t', false],
    ['SELECT a FROM t UNION SELECT a FROM t', false],
    ['WITH c AS (SELECT 1) SELECT a FROM t', false],
    ['SELECT a FROM t TABLESAMPLE system (5)', false],
    ['SELECT 1', false],
  ])('%s: updatable %s', (sql, updatable) => {
    expect(query(sql).updatable).toBe(updatable);
  });

  it('gives data changes in common table expressions', () => {
    const { query: found } = operationOf(
      'WITH d AS (DELETE FROM a WHERE x = 1 RETURNING *), i AS (INSERT INTO b SELECT * FROM d) SELECT * FROM d',
      'select',
    );
    expect(found.changes).toMatchObject([
      { kind: 'delete', table: { name: { name: 'a' } }, where: { text: 'x = 1' } },
      { kind: 'insert', table: { name: { name: 'b' } } },
    ]);
    const sql = 'WITH d AS (DELETE FROM a WHERE x = 1 RETURNING *) INSERT INTO b SELECT * FROM d';
    const insert = operationOf(sql, 'insert');
    expect(insert.with).toMatchObject([{ changes: [{ kind: 'delete' }] }]);
    expect(at(sql, insert.with?.[0]?.changes[0]?.range)).toBe('DELETE FROM a WHERE x = 1 RETURNING *');
    expect(at(sql, insert.head)).toBe('INSERT INTO b');
  });

  it('keeps the row lock and the LIMIT of a batch', () => {
    const del = operationOf(
      'DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE old LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED)',
      'delete',
    );
    expect(del.where?.expression).toMatchObject({
      kind: 'in',
      members: { limit: { value: 1000 }, rowLock: 'for no key update', skipLocked: true, where: { kind: 'column' } },
    });
  });
});
