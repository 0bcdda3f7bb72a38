import type { Expression, WrittenExpression } from '../../operations/expressions.ts';
import type { DataChange } from '../../operations/operations.ts';
import type { OutputColumn, Query, TableReference } from '../../operations/queries.ts';
import { rangeOf } from '../source-text.ts';
import {
  bracketed,
  type Cursor,
  defined,
  isAtEnd,
  isRefusal,
  listed,
  readRange,
  readText,
  refuse,
  sees,
  seesName,
  seesSymbol,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  textAt,
  tokenAtCursor,
  within,
} from './cursor.ts';
import { isQueryAt, partsOf, takeExpression, takeWritten } from './expressions.ts';

/** What is gathered while a query is read. */
export interface Gathered {
  readonly reads: TableReference[];
  readonly columns: { readonly table?: string; readonly name: string }[];
  readonly calls: Extract<Expression, { kind: 'call' }>[];
  readonly changes: DataChange[];
  /** Names of common table expressions: no relations. */
  readonly common: Set<string>;
}

export function gathering(): Gathered {
  return { reads: [], columns: [], calls: [], changes: [], common: new Set() };
}

/** Adds what an expression mentions, its subqueries included. */
export function gather(into: Gathered, expression: Expression): Expression {
  const { columns, calls, queries } = partsOf(expression);
  into.columns.push(...columns);
  into.calls.push(...calls);
  for (const query of queries) gatherQuery(into, query);
  return expression;
}

function gatherQuery(into: Gathered, query: Query): void {
  into.reads.push(...query.reads);
  into.columns.push(...query.columns);
  into.calls.push(...query.calls);
}

/** One SELECT of a query, as far as the query is asked about it. */
interface Core {
  readonly outputs: readonly OutputColumn[];
  readonly where?: Expression;
  readonly limit?: Expression;
  readonly updatable: boolean;
}

/**
 * Reads the query that takes up the rest of the cursor's part. Never throws: a query that cannot be read keeps the relations
 * that can be seen in it.
 */
export function takeQuery(cursor: Cursor): Query {
  const from = cursor.at;
  try {
    const query = readQuery(cursor);
    if (isAtEnd(cursor)) return query;
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  cursor.at = from;
  return looseQuery(cursor);
}

function looseQuery(cursor: Cursor): Query {
  const { source } = cursor;
  const from = cursor.at;
  const reads: TableReference[] = [];
  for (let index = from; index <= source.last; index++) {
    const at = within(cursor, index, source.last);
    if (takesAny(at, ['FROM', 'JOIN']) === undefined || !seesName(at) || sees(at, 'SELECT')) continue;
    reads.push({ name: takeObjectName(at) });
  }
  cursor.at = source.last + 1;
  return {
    kind: 'query',
    range: rangeOf(source, from, source.last),
    reads,
    columns: [],
    outputs: [{ kind: 'star', derived: true }],
    calls: [],
    updatable: false,
    changes: [],
  };
}

/** @throws a Refusal where it cannot be read */
function readQuery(cursor: Cursor): Query {
  const from = cursor.at;
  const all = gathering();
  if (takes(cursor, 'WITH')) takeCommon(cursor, all);
  const first = takeCore(cursor, all);
  let isCompound = false;
  while (takesAny(cursor, ['UNION', 'EXCEPT', 'INTERSECT', 'MINUS']) !== undefined) {
    isCompound = true;
    takesAny(cursor, ['ALL', 'DISTINCT']);
    takeCore(cursor, all);
  }
  const tail = takeTail(cursor, all);
  const limit = tail.limit ?? (isCompound ? undefined : first.limit);
  const reads = all.reads.filter(({ name }) => name.schema !== undefined || !all.common.has(name.name.toLowerCase()));
  return {
    kind: 'query',
    range: readRange(cursor, from),
    reads,
    columns: all.columns,
    outputs: first.outputs,
    calls: all.calls,
    ...defined({ where: isCompound ? undefined : first.where, limit, rowLock: tail.rowLock }),
    ...(tail.skipLocked ? { skipLocked: true } : {}),
    updatable: first.updatable && !isCompound && limit === undefined && all.reads.length === 1,
    changes: all.changes,
  };
}

/** The common table expressions after WITH. */
export function takeCommon(cursor: Cursor, all: Gathered): readonly Query[] {
  takes(cursor, 'RECURSIVE');
  const queries: Query[] = [];
  do {
    all.common.add(takeName(cursor).toLowerCase());
    if (seesSymbol(cursor, '(')) bracketed(cursor);
    if (!takes(cursor, 'AS')) refuse(cursor, 'AS');
    takesAny(cursor, ['NOT']);
    takes(cursor, 'MATERIALIZED');
    const query = takeQuery(bracketed(cursor));
    queries.push(query);
    gatherQuery(all, query);
  } while (takesSymbol(cursor, ','));
  return queries;
}

const SELECT_MODIFIERS = [
  'ALL',
  'DISTINCT',
  'DISTINCTROW',
  'HIGH_PRIORITY',
  'STRAIGHT_JOIN',
  'SQL_SMALL_RESULT',
  'SQL_BIG_RESULT',
  'SQL_BUFFER_RESULT',
  'SQL_NO_CACHE',
  'SQL_CACHE',
  'SQL_CALC_FOUND_ROWS',
];

function takeCore(cursor: Cursor, all: Gathered): Core {
  if (seesSymbol(cursor, '(')) {
    const query = readQuery(bracketed(cursor));
    gatherQuery(all, query);
    return { outputs: query.outputs, ...defined({ where: query.where }), updatable: query.updatable };
  }
  if (takes(cursor, 'VALUES')) return takeRows(cursor, all);
  if (takes(cursor, 'TABLE')) {
    all.reads.push({ name: takeObjectName(cursor) });
    return { outputs: [{ kind: 'star' }], updatable: true };
  }
  if (!takes(cursor, 'SELECT')) refuse(cursor, 'SELECT');
  let distinct = false;
  for (let word = takesAny(cursor, SELECT_MODIFIERS); word !== undefined; word = takesAny(cursor, SELECT_MODIFIERS)) {
    distinct ||= word.startsWith('DISTINCT');
  }
  const limit = takeSelectTop(cursor);
  const outputs = takeOutputs(cursor, all);
  takeInto(cursor);
  if (takes(cursor, 'FROM')) takeFrom(cursor, all);
  const where = takes(cursor, 'WHERE') ? gather(all, takeExpression(cursor)) : undefined;
  const grouped = takes(cursor, 'GROUP', 'BY');
  if (grouped) {
    takeExpressions(cursor, all);
    takes(cursor, 'WITH', 'ROLLUP');
  }
  if (takes(cursor, 'HAVING')) gather(all, takeExpression(cursor));
  if (takes(cursor, 'WINDOW')) {
    do {
      takeName(cursor);
      takes(cursor, 'AS');
      bracketed(cursor);
    } while (takesSymbol(cursor, ','));
  }
  const aggregates = outputs.some(output => output.kind === 'column' && isAggregate(output.expression));
  return { outputs, ...defined({ where, limit }), updatable: !distinct && !grouped && !aggregates };
}

/** SQL Server's TOP, a number of rows; a share of them is no limit. */
function takeSelectTop(cursor: Cursor): Expression | undefined {
  if (!sees(cursor, 'TOP') || !/^[(\d]/.test(textAt(cursor, 1))) return undefined;
  cursor.at++;
  let rows: Expression | undefined;
  if (seesSymbol(cursor, '(')) rows = takeExpression(bracketed(cursor));
  else {
    rows = { kind: 'literal', type: 'number', value: Number(textAt(cursor)) };
    cursor.at++;
  }
  return takes(cursor, 'PERCENT') ? undefined : rows;
}

const AGGREGATES: ReadonlySet<string> = new Set(['count', 'sum', 'avg', 'min', 'max', 'group_concat', 'total']);

function isAggregate(expression: Expression): boolean {
  return partsOf(expression).calls.some(({ name }) => AGGREGATES.has(name.name));
}

function takeRows(cursor: Cursor, all: Gathered): Core {
  do {
    takes(cursor, 'ROW');
    const inside = bracketed(cursor);
    listed(inside, item => gather(all, takeExpression(item)));
  } while (takesSymbol(cursor, ','));
  return { outputs: [{ kind: 'star', derived: true }], updatable: false };
}

function takeExpressions(cursor: Cursor, all: Gathered): void {
  do {
    gather(all, takeExpression(cursor));
    takesAny(cursor, ['ASC', 'DESC']);
    if (takes(cursor, 'NULLS')) takesAny(cursor, ['FIRST', 'LAST']);
  } while (takesSymbol(cursor, ','));
}

/** Words that follow the list of a SELECT: none is an alias. */
const AFTER_OUTPUT = [
  ...['FROM', 'WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'UNION', 'EXCEPT', 'INTERSECT', 'MINUS', 'INTO', 'FOR'],
  ...['LOCK', 'WINDOW', 'ON', 'PROCEDURE', 'OFFSET', 'FETCH', 'OPTION'],
];

function takeOutputs(cursor: Cursor, all: Gathered): readonly OutputColumn[] {
  const outputs: OutputColumn[] = [];
  do {
    const table = starTable(cursor);
    if (table !== undefined) {
      outputs.push(table === '' ? { kind: 'star' } : { kind: 'star', table });
      continue;
    }
    const from = cursor.at;
    const expression = gather(all, takeExpression(cursor));
    const written = readText(cursor, from);
    const alias = takeAlias(cursor, AFTER_OUTPUT);
    outputs.push({
      kind: 'column',
      name: alias ?? (expression.kind === 'column' ? expression.name : written),
      expression,
    });
  } while (takesSymbol(cursor, ','));
  return outputs;
}

/** Moves over `*` or `t.*`. @returns the table, empty for all */
function starTable(cursor: Cursor): string | undefined {
  if (takesSymbol(cursor, '*')) return '';
  if (textAt(cursor, 1) !== '.' || textAt(cursor, 2) !== '*') return undefined;
  const table = takeName(cursor);
  cursor.at += 2;
  return table;
}

function takeAlias(cursor: Cursor, following: readonly string[]): string | undefined {
  const explicit = takes(cursor, 'AS');
  if (tokenAtCursor(cursor)?.kind === 'string') {
    const text = textAt(cursor);
    cursor.at++;
    return text.slice(1, -1);
  }
  if (!seesName(cursor) || (!explicit && following.some(word => sees(cursor, word)))) return undefined;
  return takeName(cursor);
}

function takeInto(cursor: Cursor): void {
  if (!takes(cursor, 'INTO')) return;
  takesAny(cursor, ['OUTFILE', 'DUMPFILE']);
  do cursor.at++;
  while (takesSymbol(cursor, ','));
}

const AFTER_TABLE = [
  ...['WHERE', 'GROUP', 'HAVING', 'ORDER', 'LIMIT', 'UNION', 'EXCEPT', 'INTERSECT', 'MINUS', 'FOR', 'LOCK', 'WINDOW'],
  ...['ON', 'USING', 'JOIN', 'INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL', 'NATURAL', 'STRAIGHT_JOIN', 'SET', 'OUTER'],
  ...[
    'USE',
    'INDEXED',
    'NOT',
    'FORCE',
    'IGNORE',
    'PARTITION',
    'INTO',
    'PROCEDURE',
    'VALUES',
    'WITH',
    'SELECT',
    'RETURNING',
    'OUTPUT',
    'OPTION',
  ],
];

/**
 * Takes a FROM clause, joins and all, or the tables of UPDATE and DELETE.
 *
 * @param inner - gets the conditions of inner joins
 */
export function takeFrom(cursor: Cursor, all: Gathered, inner: WrittenExpression[] = []): void {
  takeFactor(cursor, all);
  for (;;) {
    if (takesSymbol(cursor, ',')) {
      takeFactor(cursor, all);
      continue;
    }
    const from = cursor.at;
    takes(cursor, 'NATURAL');
    const side = takesAny(cursor, ['INNER', 'CROSS', 'LEFT', 'RIGHT', 'FULL']);
    if (side !== undefined) takes(cursor, 'OUTER');
    if (!takes(cursor, 'JOIN') && !takes(cursor, 'STRAIGHT_JOIN') && !takes(cursor, 'APPLY')) {
      cursor.at = from;
      return;
    }
    takeFactor(cursor, all);
    while (takes(cursor, 'ON')) {
      const condition = takeWritten(cursor);
      gather(all, condition.expression);
      if (side === undefined || side === 'INNER') inner.push(condition);
    }
    if (takes(cursor, 'USING')) bracketed(cursor);
  }
}

function takeFactor(cursor: Cursor, all: Gathered): void {
  takes(cursor, 'LATERAL');
  if (seesSymbol(cursor, '(')) {
    const inside = bracketed(cursor);
    if (isQueryAt(inside)) {
      gatherQuery(all, takeQuery(inside));
      takeAlias(cursor, AFTER_TABLE);
      if (seesSymbol(cursor, '(')) bracketed(cursor);
    } else takeFrom(inside, all);
    return;
  }
  // A variable that holds a table (SQL Server), or a table that only the run knows.
  if (tokenAtCursor(cursor)?.kind === 'parameter') {
    cursor.at++;
    takeAlias(cursor, AFTER_TABLE);
    return;
  }
  const name = takeObjectName(cursor, 'a table');
  if (seesSymbol(cursor, '(') && !sees(cursor, 'PARTITION')) {
    // A function in place of a table: JSON_TABLE(…).
    bracketed(cursor);
    takeAlias(cursor, AFTER_TABLE);
    return;
  }
  if (takes(cursor, 'PARTITION')) bracketed(cursor);
  if (takes(cursor, 'FOR', 'SYSTEM_TIME'))
    while (!isAtEnd(cursor) && !AFTER_TABLE.some(word => sees(cursor, word))) cursor.at++;
  const alias = takeAlias(cursor, AFTER_TABLE);
  all.reads.push(alias === undefined ? { name } : { name, alias });
  takeHints(cursor);
}

/** `USE INDEX (…)` and SQL Server's `WITH (NOLOCK)`. */
function takeHints(cursor: Cursor): void {
  if (takes(cursor, 'INDEXED', 'BY')) takeName(cursor);
  takes(cursor, 'NOT', 'INDEXED');
  for (;;) {
    if (sees(cursor, 'WITH') && textAt(cursor, 1) === '(') {
      cursor.at++;
      bracketed(cursor);
      continue;
    }
    const from = cursor.at;
    const isHint =
      takesAny(cursor, ['USE', 'FORCE', 'IGNORE']) !== undefined && takesAny(cursor, ['INDEX', 'KEY']) !== undefined;
    if (!isHint) {
      cursor.at = from;
      return;
    }
    if (takes(cursor, 'FOR')) while (!isAtEnd(cursor) && !seesSymbol(cursor, '(')) cursor.at++;
    bracketed(cursor);
    takesSymbol(cursor, ',');
  }
}

interface Tail {
  readonly limit?: Expression;
  readonly rowLock?: NonNullable<Query['rowLock']>;
  readonly skipLocked: boolean;
}

function takeTail(cursor: Cursor, all: Gathered): Tail {
  let tail: Tail = { skipLocked: false };
  if (takes(cursor, 'ORDER', 'BY')) takeExpressions(cursor, all);
  const limit = takeLimit(cursor);
  if (limit !== undefined) tail = { ...tail, limit };
  takeInto(cursor);
  for (;;) {
    if (takes(cursor, 'FOR', 'UPDATE')) tail = { ...tail, rowLock: 'for update' };
    else if (takes(cursor, 'FOR', 'SHARE') || takes(cursor, 'LOCK', 'IN', 'SHARE', 'MODE'))
      tail = { ...tail, rowLock: 'for share' };
    else if (takes(cursor, 'SKIP', 'LOCKED')) tail = { ...tail, skipLocked: true };
    else if (takes(cursor, 'NOWAIT')) continue;
    else if (takes(cursor, 'OF')) listNames(cursor);
    else if (takes(cursor, 'OPTION')) bracketed(cursor);
    else {
      takeInto(cursor);
      return tail;
    }
  }
}

function listNames(cursor: Cursor): void {
  do takeObjectName(cursor);
  while (takesSymbol(cursor, ','));
}

/** Moves over LIMIT n, LIMIT m, n, LIMIT n OFFSET m; OFFSET … FETCH of SQL Server. @returns the number of rows */
export function takeLimit(cursor: Cursor): Expression | undefined {
  if (takes(cursor, 'OFFSET')) {
    takeExpression(cursor);
    takesAny(cursor, ['ROW', 'ROWS']);
    if (!takes(cursor, 'FETCH')) return undefined;
    takesAny(cursor, ['FIRST', 'NEXT']);
    const rows = takeExpression(cursor);
    takesAny(cursor, ['ROW', 'ROWS']);
    takes(cursor, 'ONLY');
    return rows;
  }
  if (!takes(cursor, 'LIMIT')) return undefined;
  const first = takeExpression(cursor);
  if (takesSymbol(cursor, ',')) return takeExpression(cursor);
  if (takes(cursor, 'OFFSET')) takeExpression(cursor);
  return first;
}
