import type { Expression, WrittenExpression } from '../../operations/expressions.ts';
import type { Delete, Insert, Operation, Update } from '../../operations/operations.ts';
import type { Query, TableReference } from '../../operations/queries.ts';
import {
  bracketed,
  type Cursor,
  defined,
  expects,
  isAtEnd,
  listed,
  refuse,
  sees,
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
import { otherStatement } from './definitions.ts';
import { isQueryAt, takeExpression, takeWritten } from './expressions.ts';
import { type Gathered, gather, gathering, takeCommon, takeFrom, takeLimit, takeQuery } from './queries.ts';
import { restOfChange, statementBase, statementToName, statementWords } from './statement.ts';

/* ---------------------------------------------------------------- INSERT, REPLACE */

/** Reads INSERT and REPLACE. */
export function readInsert(cursor: Cursor, common: readonly Query[] = []): readonly Operation[] {
  const replaces = takes(cursor, 'REPLACE');
  if (!replaces) expects(cursor, 'INSERT');
  let ignores = false;
  for (let word = takesAny(cursor, INSERT_WORDS); word !== undefined; word = takesAny(cursor, INSERT_WORDS)) {
    ignores ||= word === 'IGNORE';
  }
  // SQLite's INSERT OR IGNORE, INSERT OR REPLACE.
  const or = takes(cursor, 'OR') ? takesAny(cursor, ['IGNORE', 'REPLACE', 'ABORT', 'FAIL', 'ROLLBACK']) : undefined;
  takeTop(cursor);
  takes(cursor, 'INTO');
  if (isVariable(cursor)) return otherStatement(cursor);
  const nameAt = cursor.at;
  const name = takeObjectName(cursor, 'a table');
  if (sees(cursor, 'WITH') && textAt(cursor, 1) === '(' && takes(cursor, 'WITH')) bracketed(cursor);
  if (takes(cursor, 'PARTITION')) bracketed(cursor);
  const alias = takes(cursor, 'AS') ? takeName(cursor) : undefined;
  const isColumns = seesSymbol(cursor, '(') && !isQueryAt(within(cursor, cursor.at + 1, cursor.source.last));
  const named = isColumns ? listed(bracketed(cursor), item => takeObjectName(item).name) : [];
  takeOutput(cursor);
  const { columns, source } = takeRows(cursor, named);
  const conflict = takeConflict(cursor);
  const action = replaces || or === 'REPLACE' ? 'replace' : ignores || or === 'IGNORE' ? 'ignore' : conflict?.action;
  const insert: Insert = {
    kind: 'insert',
    ...statementToName(cursor, nameAt),
    table: { name, ...defined({ alias }) },
    columns,
    source,
    ...(action === undefined ? {} : { onConflict: { columns: conflict?.columns ?? [], action } }),
    ...(common.length === 0 ? {} : { with: common }),
  };
  return [insert, ...restOfChange(cursor)];
}

/** Whether a table variable of SQL Server comes next: its rows are nobody else's. */
function isVariable(cursor: Cursor): boolean {
  return cursor.grammar.filegroups && tokenAtCursor(cursor)?.kind === 'parameter';
}

/** Moves over SQL Server's `TOP (n)`. @returns the number of rows */
function takeTop(cursor: Cursor): Expression | undefined {
  if (!cursor.grammar.filegroups || !takes(cursor, 'TOP')) return undefined;
  const rows = seesSymbol(cursor, '(') ? takeExpression(bracketed(cursor)) : takeExpression(cursor);
  takes(cursor, 'PERCENT');
  return rows;
}

/** Moves over SQL Server's OUTPUT, which stands before what the rows come from or are chosen by. */
function takeOutput(cursor: Cursor): void {
  if (!cursor.grammar.filegroups || !takes(cursor, 'OUTPUT')) return;
  const following = ['VALUES', 'SELECT', 'FROM', 'WHERE', 'EXEC', 'EXECUTE', 'DEFAULT', 'WITH'];
  while (!isAtEnd(cursor) && !following.some(word => sees(cursor, word))) {
    if (seesSymbol(cursor, '(')) bracketed(cursor);
    else cursor.at++;
  }
}

const INSERT_WORDS = ['LOW_PRIORITY', 'DELAYED', 'HIGH_PRIORITY', 'IGNORE'];

function takeRows(cursor: Cursor, named: readonly string[]): Pick<Insert, 'columns' | 'source'> {
  if (takes(cursor, 'DEFAULT', 'VALUES')) return { columns: named, source: { kind: 'defaults' } };
  if (takes(cursor, 'SET')) {
    const assignments = takeAssignments(cursor, gathering());
    return {
      columns: assignments.map(({ column }) => column),
      source: { kind: 'values', rows: [assignments.map(({ value }) => value)] },
    };
  }
  if (takesAny(cursor, ['VALUES', 'VALUE']) !== undefined) {
    const rows: (readonly Expression[])[] = [];
    do {
      takes(cursor, 'ROW');
      rows.push(listed(bracketed(cursor), item => (isAtEnd(item) ? DEFAULT : takeValueOf(item))));
    } while (takesSymbol(cursor, ','));
    return { columns: named, source: { kind: 'values', rows } };
  }
  // INSERT … EXEC: the rows are what a procedure returns.
  if (cursor.grammar.filegroups && (sees(cursor, 'EXEC') || sees(cursor, 'EXECUTE'))) {
    cursor.at = cursor.source.last + 1;
    return { columns: named, source: { kind: 'defaults' } };
  }
  const last = endOfQuery(cursor);
  const part = within(cursor, cursor.at, last);
  if (!isQueryAt(part)) refuse(cursor, 'VALUES or SELECT');
  const query = takeQuery(part);
  cursor.at = last + 1;
  return { columns: named, source: { kind: 'query', query } };
}

const DEFAULT: Expression = { kind: 'other', syntax: 'default', operands: [] };

function takeValueOf(item: Cursor): Expression {
  return takes(item, 'DEFAULT') && isAtEnd(item) ? DEFAULT : takeExpression(item);
}

/** The last token of INSERT's query: what follows it is ON DUPLICATE KEY, ON CONFLICT or RETURNING. */
function endOfQuery({ source, at }: Cursor): number {
  for (let index = at; index <= source.last; index = Math.max(source.text.partner[index]!, index) + 1) {
    const here = { source, at: index } as Cursor;
    if (sees(here, 'ON', 'DUPLICATE') || sees(here, 'ON', 'CONFLICT') || sees(here, 'RETURNING')) return index - 1;
  }
  return source.last;
}

function takeConflict(cursor: Cursor): { columns: readonly string[]; action: 'update' | 'nothing' } | undefined {
  // The row alias of MySQL 8.0.19: VALUES (…) AS new.
  if (takes(cursor, 'AS')) {
    takeName(cursor);
    if (seesSymbol(cursor, '(')) bracketed(cursor);
  }
  if (takes(cursor, 'ON', 'DUPLICATE', 'KEY', 'UPDATE')) {
    takeAssignments(cursor, gathering());
    return { columns: [], action: 'update' };
  }
  if (!takes(cursor, 'ON', 'CONFLICT')) return undefined;
  const columns = seesSymbol(cursor, '(') ? listed(bracketed(cursor), item => textAt(item)) : [];
  if (takes(cursor, 'WHERE')) takeExpression(cursor);
  expects(cursor, 'DO');
  if (takes(cursor, 'NOTHING')) return { columns, action: 'nothing' };
  expects(cursor, 'UPDATE', 'SET');
  takeAssignments(cursor, gathering());
  if (takes(cursor, 'WHERE')) takeExpression(cursor);
  return { columns, action: 'update' };
}

/* ---------------------------------------------------------------- UPDATE */

type Assignments = Update['assignments'];

function takeAssignments(cursor: Cursor, all: Gathered): Assignments {
  const assignments: { column: string; value: Expression }[] = [];
  do {
    // `(a, b) = (SELECT …)` of SQLite.
    if (seesSymbol(cursor, '(')) {
      const columns = listed(bracketed(cursor), item => takeName(item));
      expectsEquals(cursor);
      const value = gather(all, takeExpression(cursor));
      assignments.push(...columns.map(column => ({ column, value })));
      continue;
    }
    const column = takeObjectName(cursor, 'a column').name;
    expectsEquals(cursor);
    const value = takes(cursor, 'DEFAULT') ? DEFAULT : gather(all, takeExpression(cursor));
    assignments.push({ column, value });
  } while (takesSymbol(cursor, ','));
  return assignments;
}

function expectsEquals(cursor: Cursor): void {
  if (!takesSymbol(cursor, '=') && !takesSymbol(cursor, ':=')) refuse(cursor, '=');
}

/** Reads UPDATE, of one table or of several: the table is the one whose columns are set. */
export function readUpdate(cursor: Cursor, common: readonly Query[] = [], all = gathering()): readonly Operation[] {
  expects(cursor, 'UPDATE');
  takesAny(cursor, ['LOW_PRIORITY']);
  takesAny(cursor, ['IGNORE']);
  if (takes(cursor, 'OR')) cursor.at++;
  if (cursor.grammar.filegroups && takes(cursor, 'STATISTICS')) return otherStatement(cursor);
  const top = takeTop(cursor);
  if (isVariable(cursor)) return otherStatement(cursor);
  const nameAt = cursor.at;
  const before = all.reads.length;
  const joins: WrittenExpression[] = [];
  takeFrom(cursor, all, joins);
  const targets = all.reads.slice(before);
  const setAt = cursor.at;
  expects(cursor, 'SET');
  const qualifier = textAt(cursor, 1) === '.' ? takeNameAt(cursor) : undefined;
  const assignments = takeAssignments(cursor, all);
  takeOutput(cursor);
  if (takes(cursor, 'FROM')) takeFrom(cursor, all, joins);
  const where = joined(joins, takes(cursor, 'WHERE') ? takeCondition(cursor, all) : undefined);
  takeOrder(cursor, all);
  const limit = takeLimit(cursor) ?? top;
  const written = targets.find(({ name, alias }) => (alias ?? name.name) === qualifier) ?? targets[0];
  if (written === undefined) return refuse(cursor, 'a table');
  // UPDATE a SET … FROM t AS a: the name is an alias.
  const aliased = all.reads.find(({ alias }) => alias === written.name.name && written.name.schema === undefined);
  const { table, ...rows } = throughCommon({ table: aliased ?? written, where, limit }, common, all);
  const update: Update = {
    kind: 'update',
    ...(targets.length === 1 ? statementToName(cursor, nameAt) : statementBase(cursor, setAt - 1)),
    table,
    assignments,
    ...defined(rows),
    from: others(all, table).filter(read => read !== written),
    ...(common.length === 0 ? {} : { with: common }),
  };
  return [update, ...restOfChange(cursor)];
}

/** The name at the cursor, which stays where it is. */
function takeNameAt({ source, grammar, at }: Cursor): string {
  return takeName({ source, grammar, at });
}

function takeCondition(cursor: Cursor, all: Gathered) {
  const where = takeWritten(cursor);
  gather(all, where.expression);
  return where;
}

/** What rows must fulfil: the condition, and those of inner joins, which leave out rows just so. */
function joined(
  joins: readonly WrittenExpression[],
  where: WrittenExpression | undefined,
): WrittenExpression | undefined {
  const [first, ...more] = [...(where === undefined ? [] : [where]), ...joins];
  if (first === undefined || more.length === 0) return first;
  return { ...first, expression: { kind: 'and', operands: [first, ...more].map(({ expression }) => expression) } };
}

function takeOrder(cursor: Cursor, all: Gathered): void {
  if (!takes(cursor, 'ORDER', 'BY')) return;
  do {
    gather(all, takeExpression(cursor));
    takesAny(cursor, ['ASC', 'DESC']);
  } while (takesSymbol(cursor, ','));
}

interface Reached {
  readonly table: TableReference;
  readonly where: WrittenExpression | undefined;
  readonly limit: Expression | undefined;
}

/** What an UPDATE or DELETE of a common table expression reaches, which SQL Server has: the rows of its table that it picks. */
function throughCommon(reached: Reached, common: readonly Query[], all: Gathered): Reached {
  const { name } = reached.table;
  const query = name.schema === undefined ? common[[...all.common].indexOf(name.name.toLowerCase())] : undefined;
  const table = query?.reads[0];
  if (query === undefined || table === undefined) return reached;
  const own = query.where === undefined ? undefined : { expression: query.where, range: query.range, text: name.name };
  return { table, where: joined(own === undefined ? [] : [own], reached.where), limit: reached.limit ?? query.limit };
}

/** What is read beside the table itself, common table expressions left out. */
function others(all: Gathered, table: TableReference): readonly TableReference[] {
  return all.reads.filter(
    read => read !== table && !(read.name.schema === undefined && all.common.has(read.name.name.toLowerCase())),
  );
}

/* ---------------------------------------------------------------- DELETE */

/** Reads DELETE in all its forms; one that names several tables is an operation for each. */
export function readDelete(cursor: Cursor, common: readonly Query[] = [], all = gathering()): readonly Operation[] {
  expects(cursor, 'DELETE');
  for (let more = true; more; ) more = takesAny(cursor, ['LOW_PRIORITY', 'QUICK', 'IGNORE']) !== undefined;
  const top = takeTop(cursor);
  const isPlain = takes(cursor, 'FROM');
  if (isVariable(cursor)) return otherStatement(cursor);
  const nameAt = cursor.at;
  // DELETE a, b FROM a JOIN b …; DELETE FROM a, b USING a JOIN b …
  const namedTargets = isPlain ? undefined : takeTargets(cursor);
  if (namedTargets !== undefined) takeOutput(cursor);
  if (namedTargets !== undefined && !takes(cursor, 'FROM')) {
    // SQL Server lets FROM be left out: DELETE t WHERE …
    if (namedTargets.length !== 1) refuse(cursor, 'FROM');
    cursor.at = nameAt;
  }
  const before = all.reads.length;
  const joins: WrittenExpression[] = [];
  takeFrom(cursor, all, joins);
  const listedTargets = all.reads.slice(before);
  if (takes(cursor, 'USING')) takeFrom(cursor, all, joins);
  takeOutput(cursor);
  // DELETE FROM t FROM t JOIN u …
  if (cursor.grammar.filegroups && takes(cursor, 'FROM')) takeFrom(cursor, all, joins);
  const where = joined(joins, takes(cursor, 'WHERE') ? takeCondition(cursor, all) : undefined);
  takeOrder(cursor, all);
  const limit = takeLimit(cursor) ?? top;
  const targets =
    namedTargets?.map(
      target => listedTargets.find(({ name, alias }) => (alias ?? name.name) === target) ?? listedTargets[0],
    ) ?? listedTargets;
  const tables = targets.filter(table => table !== undefined);
  if (tables.length === 0) refuse(cursor, 'a table');
  const place = statementToName(cursor, nameAt);
  const deletes = tables.map((named): Delete => {
    const { table, ...rows } = throughCommon({ table: named, where, limit }, common, all);
    return {
      kind: 'delete',
      ...place,
      table,
      ...defined(rows),
      using: others(all, table),
      ...(common.length === 0 ? {} : { with: common }),
    };
  });
  return [...deletes, ...restOfChange(cursor)];
}

function takeTargets(cursor: Cursor): readonly string[] {
  const targets: string[] = [];
  do {
    targets.push(takeObjectName(cursor, 'a table').name);
    if (takesSymbol(cursor, '.')) takesSymbol(cursor, '*');
  } while (takesSymbol(cursor, ','));
  return targets;
}

/* ---------------------------------------------------------------- SELECT and WITH */

/** Reads a query that is a statement of its own. */
export function readSelect(cursor: Cursor): readonly Operation[] {
  const place = statementWords(cursor, 2);
  return [{ kind: 'select', ...place, query: takeQuery(cursor) }];
}

/** Reads WITH … SELECT, UPDATE, DELETE or INSERT. */
export function readWith(cursor: Cursor): readonly Operation[] {
  const start = cursor.at;
  cursor.at++;
  const all = gathering();
  const queries = takeCommon(cursor, all);
  if (sees(cursor, 'UPDATE')) return readUpdate(cursor, queries, all);
  if (sees(cursor, 'DELETE')) return readDelete(cursor, queries, all);
  if (sees(cursor, 'INSERT') || sees(cursor, 'REPLACE')) return readInsert(cursor, queries);
  cursor.at = start;
  return readSelect(cursor);
}

/** Reads LOAD DATA … INTO TABLE t. */
export function readLoad(cursor: Cursor): readonly Operation[] {
  while (!isAtEnd(cursor) && !sees(cursor, 'INTO', 'TABLE')) cursor.at++;
  if (!takes(cursor, 'INTO', 'TABLE')) return otherStatement(cursor);
  const table = takeObjectName(cursor, 'a table');
  return [{ kind: 'copyFrom', ...statementBase(cursor, cursor.at - 1), table, columns: [] }];
}
