import {
  childrenOf,
  conjunctsOf,
  type Expression,
  isNullLiteral,
  pushNot,
  queriesIn,
  walkExpression,
} from '../../operations/expressions.ts';
import type { DataChange, Delete, Operation, Update } from '../../operations/operations.ts';
import type { Query, TableReference } from '../../operations/queries.ts';
import { findColumn, indexesOf, resolveTable } from '../../schema/index.ts';
import type { Column, Origin, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';

/** Which rows of its table a data change reaches, as far as its WHERE tells. In order of size: the kinds compare by it. */
export type RowSelection =
  /** Provably none: `WHERE false`. */
  | { readonly kind: 'none' }
  /** Values of a primary or unique key; `rows` at most, where they are spelled out. */
  | { readonly kind: 'key'; readonly rows?: number }
  /** A LIMIT; `rows` at most, where it is a number. */
  | { readonly kind: 'limit'; readonly rows?: number }
  /** A range of a key with both ends; `rows` at most, where the ends, or their distance, are numbers. */
  | { readonly kind: 'range'; readonly column: string; readonly rows?: number }
  /** Any other predicate: how many rows it holds for is not known. */
  | { readonly kind: 'some' }
  /** Provably all rows, or most of them. */
  | { readonly kind: 'all'; readonly reason: AllReason; readonly column?: string };

export type AllReason = 'no where' | 'always true' | 'new column' | 'keyless join';

/** What a data change selects rows by. */
export interface RowSource {
  readonly table: TableReference;
  readonly where: Expression | undefined;
  /** Other relations of its FROM or USING. */
  readonly others: readonly TableReference[];
  /** Its common table expressions. */
  readonly commonTables: readonly Query[];
  readonly limit: Expression | undefined;
}

/** What is known around a data change. */
export interface SelectionContext {
  readonly state: State;
  /** In a procedural block: a name that no relation has is a variable, and a value. */
  readonly nested: boolean;
  /** Whether a column of that origin came in this deploy. */
  isNewOrigin(origin: Origin | undefined): boolean;
}

/** What an UPDATE or a DELETE selects its rows by. */
export function rowSourceOf(change: Update | Delete): RowSource {
  const read = change.kind === 'update' ? change.from : change.using;
  const parts = [
    ...(change.where === undefined ? [] : [change.where.expression]),
    ...(change.kind === 'update' ? change.assignments.map(({ value }) => value) : []),
  ];
  const commonTables = change.with ?? [];
  const inner = new Set([...commonTables, ...parts.flatMap(queriesIn)].flatMap(({ reads }) => reads));
  return {
    table: change.table,
    where: change.where?.expression,
    others: read.filter(reference => !inner.has(reference)),
    commonTables,
    limit: change.limit,
  };
}

/**
 * The relations in the FROM of a query, those that only its subqueries read left out: `SELECT 1 WHERE NOT EXISTS (SELECT …
 * FROM t)` reads none.
 */
export function relationsFrom(query: Query): readonly TableReference[] {
  const parts = [
    ...(query.where === undefined ? [] : [query.where]),
    ...query.outputs.flatMap(output => (output.kind === 'column' ? [output.expression] : [])),
  ];
  const inner = new Set(parts.flatMap(queriesIn).flatMap(({ reads }) => reads));
  return query.reads.filter(reference => !inner.has(reference));
}

/** Kinds of operations that {@link dataChangesOf} finds changes in. */
export const CHANGING_KINDS = ['insert', 'update', 'delete', 'merge', 'truncate', 'copyFrom', 'select'] as const;

/** The data changes that an operation makes: itself, and those in its common table expressions. */
export function dataChangesOf(operation: Operation): readonly DataChange[] {
  switch (operation.kind) {
    case 'insert': {
      const { source } = operation;
      const queries = [...(operation.with ?? []), ...(source.kind === 'query' ? [source.query] : [])];
      return [operation, ...new Set(queries.flatMap(({ changes }) => changes))];
    }
    case 'update':
    case 'delete':
      return [operation, ...new Set((operation.with ?? []).flatMap(({ changes }) => changes))];
    case 'merge':
    case 'truncate':
    case 'copyFrom':
      return [operation];
    case 'select':
      return operation.query.changes;
    default:
      return [];
  }
}

/** Which rows a data change, or a query of one relation, selects. */
export function selectRows(source: RowSource, context: SelectionContext): RowSelection {
  const scope: Scope = { ...context, source, table: resolveTable(context.state, source.table.name) };
  const limited: RowSelection[] = source.limit === undefined ? [] : [limitOf(source.limit)];
  return smallest([...limited, selectByWhere(scope)]);
}

/** Whether two expressions are written alike, ranges aside. */
export function sameExpression(a: Expression, b: Expression): boolean {
  return JSON.stringify(a, withoutRange) === JSON.stringify(b, withoutRange);
}

interface Scope extends SelectionContext {
  readonly source: RowSource;
  readonly table: Table | undefined;
}

const ORDER: readonly RowSelection['kind'][] = ['none', 'key', 'limit', 'range', 'some', 'all'];

function smallest(selections: readonly RowSelection[]): RowSelection {
  return selections.reduce((best, next) => (ORDER.indexOf(next.kind) < ORDER.indexOf(best.kind) ? next : best));
}

function selectByWhere(scope: Scope): RowSelection {
  const { where, others } = scope.source;
  if (where === undefined) return { kind: 'all', reason: others.length > 0 ? 'keyless join' : 'no where' };
  return selectByConjuncts(conjunctsOf(pushNot(where, false)), scope);
}

/** Conditions that hold together: keys and ranges may be spread over several of them. */
function selectByConjuncts(conjuncts: readonly Expression[], scope: Scope): RowSelection {
  const own = conjuncts.filter(conjunct => !isAboutOthers(conjunct, scope));
  if (own.length === 0) return { kind: 'all', reason: 'keyless join' };
  return smallest([
    ...own.map(conjunct => selectByCondition(conjunct, scope)),
    ...selectByKeys(own, scope),
    ...selectByRanges(own, scope),
  ]);
}

/** A condition on other relations alone does not restrict the rows of this one: `FROM other o WHERE o.active`. */
function isAboutOthers(condition: Expression, scope: Scope): boolean {
  if (scope.source.others.length === 0) return false;
  const columns = columnParts(condition);
  return columns.length > 0 && !columns.some(column => isOwn(column, scope)) && queriesIn(condition).length === 0;
}

function selectByCondition(condition: Expression, scope: Scope): RowSelection {
  const truth = truthOf(condition, scope);
  if (truth === true) return { kind: 'all', reason: 'always true' };
  if (truth === false) return { kind: 'none' };
  switch (condition.kind) {
    case 'or':
      return unite(condition.operands, scope);
    case 'and':
      return selectByConjuncts(conjunctsOf(condition), scope);
    case 'isNull': {
      const column = ownColumn(condition.operand, scope);
      return column !== undefined && !condition.negated && isUnfilled(column, scope)
        ? { kind: 'all', reason: 'new column', column: column.name }
        : { kind: 'some' };
    }
    case 'in':
      return condition.negated ? { kind: 'some' } : selectByMembers(condition, scope);
    case 'between': {
      const [range] = selectByRanges([condition], scope);
      return range?.kind === 'all' ? range : { kind: 'some' };
    }
    case 'operator':
      return selectByOperator(condition.operator, condition.operands, scope);
    default:
      return { kind: 'some' };
  }
}

/** `x IS NULL OR x IS NOT NULL` is all; otherwise the sum of the branches. */
function unite(operands: readonly Expression[], scope: Scope): RowSelection {
  const opposite = operands.some(
    (a, index) => a.kind === 'isNull' && operands.slice(index + 1).some(b => isOpposite(a, b)),
  );
  if (opposite) return { kind: 'all', reason: 'always true' };
  const branches = operands.map(operand => selectByConjuncts(conjunctsOf(operand), scope));
  const largest = branches.reduce((worst, next) =>
    ORDER.indexOf(next.kind) > ORDER.indexOf(worst.kind) ? next : worst,
  );
  if (largest.kind !== 'key' && largest.kind !== 'range' && largest.kind !== 'limit') return largest;
  const counts = branches.map(branch => (branch.kind === 'none' ? 0 : 'rows' in branch ? branch.rows : undefined));
  const { rows: _, ...rest } = largest;
  if (counts.some(count => count === undefined)) return rest;
  return { ...rest, rows: counts.reduce<number>((sum, count) => sum + (count ?? 0), 0) };
}

function isOpposite(a: Extract<Expression, { kind: 'isNull' }>, b: Expression): boolean {
  return b.kind === 'isNull' && a.negated !== b.negated && sameExpression(a.operand, b.operand);
}

/** `id IN (SELECT id FROM t … LIMIT n)`; the whole table where the subquery picks all its keys. */
function selectByMembers(condition: Extract<Expression, { kind: 'in' }>, scope: Scope): RowSelection {
  const { members } = condition;
  if (!('kind' in members)) return { kind: 'some' };
  return ownColumn(condition.operand, scope) === undefined && !isRowIdentity(condition.operand, scope)
    ? { kind: 'some' }
    : selectByQuery(condition.operand, members, scope);
}

function selectByQuery(operand: Expression, query: Query, scope: Scope): RowSelection {
  if (query.limit !== undefined) return limitOf(query.limit);
  const [read] = query.reads;
  if (read === undefined) return selectByCommonTables(scope);
  const [output] = query.outputs;
  const sameTable = query.reads.length === 1 && resolvesAlike(read, scope);
  const sameColumn =
    operand.kind === 'column' &&
    output?.kind === 'column' &&
    output.expression.kind === 'column' &&
    output.expression.name === operand.name;
  return sameTable && sameColumn && query.where === undefined
    ? { kind: 'all', reason: 'always true' }
    : { kind: 'some' };
}

function resolvesAlike(reference: TableReference, scope: Scope): boolean {
  if (scope.table !== undefined) return resolveTable(scope.state, reference.name)?.id === scope.table.id;
  const { schema, name } = scope.source.table.name;
  return reference.name.name === name && reference.name.schema === schema;
}

function selectByOperator(operator: string, operands: readonly Expression[], scope: Scope): RowSelection {
  const [left, right] = operands;
  if (left === undefined || right === undefined) return { kind: 'some' };
  if (operator === '= any') {
    const query = queriesIn(right)[0];
    if (query !== undefined) return selectByQuery(left, query, scope);
  }
  const column = ownColumn(left, scope);
  if (operator === 'is distinct from' && column !== undefined && isUnfilled(column, scope) && !isNullLiteral(right)) {
    return { kind: 'all', reason: 'new column', column: column.name };
  }
  if (operator === '=' && sameExpression(left, right) && isRepeatable(left))
    return { kind: 'all', reason: 'always true' };
  if ((operator === 'like' || operator === 'ilike') && right.kind === 'literal' && /^%+$/.test(String(right.value))) {
    return { kind: 'all', reason: 'always true' };
  }
  if (column !== undefined && isEveryKey(column, operator, right)) return { kind: 'all', reason: 'always true' };
  return operator === '=' ? selectByCommonTable(left, right, scope) : { kind: 'some' };
}

/**
 * A join of a key with a common table expression or a derived table: its LIMIT counts; without any relation behind it, its
 * rows are spelled out in the statement (`FROM (VALUES …) AS v (id, …)`).
 */
function selectByCommonTable(left: Expression, right: Expression, scope: Scope): RowSelection {
  const [own, other] =
    ownColumn(left, scope) !== undefined || isRowIdentity(left, scope) ? [left, right] : [right, left];
  if (other.kind !== 'column' || other.table === undefined || scope.nested) return { kind: 'some' };
  if (isOwn(other, scope) || scope.source.others.some(reference => isNamed(reference, other.table!))) {
    return { kind: 'some' };
  }
  const joined = selectByCommonTables(scope);
  if (joined.kind !== 'key') return joined;
  const isKey = own.kind === 'column' && isKeyColumn(own.name, scope);
  return isKey && scope.source.others.length === 0 ? joined : { kind: 'some' };
}

/** What a source that is no relation of the schema holds: a LIMIT of a common table expression, or rows that are spelled out. */
function selectByCommonTables({ source }: Scope): RowSelection {
  const limit = source.commonTables.find(query => query.limit !== undefined)?.limit;
  if (limit !== undefined) return limitOf(limit);
  return source.commonTables.every(({ reads }) => reads.length === 0) ? { kind: 'key' } : { kind: 'some' };
}

/** Functions that give the same for the same arguments, among those that people compare with themselves. */
const STABLE_CALLS: ReadonlySet<string> = new Set(['coalesce', 'lower', 'upper', 'trim', 'btrim', 'length', 'now']);

/** Whether an expression has one value however often it is worked out. */
function isRepeatable(expression: Expression): boolean {
  if (expression.kind === 'subquery' || expression.kind === 'exists') return false;
  if (expression.kind === 'call' && !STABLE_CALLS.has(expression.name.name)) return false;
  return childrenOf(expression).every(isRepeatable);
}

/** `id > 0` on a key that counts up from 1, and the like. */
function isEveryKey(column: Column, operator: string, bound: Expression): boolean {
  if (column.sequence === undefined && column.identity === undefined) return false;
  const value = numberOf(bound);
  if (value === undefined) return false;
  if (operator === '>') return value <= 0;
  if (operator === '>=') return value <= 1;
  return operator === '<>' && value <= 0;
}

/* ---------------------------------------------------------------- Keys and ranges */

/** A key all of whose columns are given a value, or a list of values. */
function selectByKeys(conjuncts: readonly Expression[], scope: Scope): readonly RowSelection[] {
  const values = new Map<string, number | undefined>();
  for (const conjunct of conjuncts) {
    const given = valuesGiven(conjunct, scope);
    if (given !== undefined) values.set(given.column, given.count);
  }
  const key = keysOf(scope).find(columns => columns.every(column => values.has(column)));
  if (key === undefined) return [];
  const counts = key.map(column => values.get(column));
  if (counts.some(count => count === undefined)) return [{ kind: 'key' }];
  return [{ kind: 'key', rows: counts.reduce<number>((product, count) => product * count!, 1) }];
}

/** The column that a condition gives a value to, and how many values where that is written. */
function valuesGiven(
  condition: Expression,
  scope: Scope,
): { readonly column: string; readonly count: number | undefined } | undefined {
  if (condition.kind === 'in' && !condition.negated && !('kind' in condition.members)) {
    const column = keyName(condition.operand, scope);
    if (column === undefined || !condition.members.every(member => isValue(member, scope))) return undefined;
    return { column, count: condition.members.length };
  }
  if (condition.kind !== 'operator') return undefined;
  const [left, right] = condition.operands;
  if (left === undefined || right === undefined) return undefined;
  if (condition.operator === '= any') {
    const column = keyName(left, scope);
    return column !== undefined && isValue(right, scope) && queriesIn(right).length === 0
      ? { column, count: undefined }
      : undefined;
  }
  if (condition.operator !== '=' && condition.operator !== 'is not distinct from') return undefined;
  for (const [side, other] of [
    [left, right],
    [right, left],
  ] as const) {
    const column = keyName(side, scope);
    if (column !== undefined && isValue(other, scope)) return { column, count: 1 };
  }
  return undefined;
}

interface Bound {
  readonly value: Expression;
  readonly inclusive: boolean;
}

/** Both ends of a key: BETWEEN, or two comparisons. */
function selectByRanges(conjuncts: readonly Expression[], scope: Scope): readonly RowSelection[] {
  const low = new Map<string, Bound>();
  const high = new Map<string, Bound>();
  for (const conjunct of conjuncts) {
    if (conjunct.kind === 'between' && !conjunct.negated) {
      const column = keyName(conjunct.operand, scope);
      if (column === undefined || !isValue(conjunct.low, scope) || !isValue(conjunct.high, scope)) continue;
      low.set(column, { value: conjunct.low, inclusive: true });
      high.set(column, { value: conjunct.high, inclusive: true });
    }
    if (conjunct.kind !== 'operator') continue;
    const [left, right] = conjunct.operands;
    if (left === undefined || right === undefined) continue;
    addBound(left, conjunct.operator, right);
    addBound(right, MIRRORED[conjunct.operator] ?? '', left);
  }
  return [...low].flatMap(([column, from]): readonly RowSelection[] => {
    const to = high.get(column);
    if (to === undefined || !isRangeKey(column, scope)) return [];
    const rows = distance(from, to);
    if (rows !== undefined && rows >= ALL_INTEGERS) return [{ kind: 'all', reason: 'always true' }];
    return [rows === undefined ? { kind: 'range', column } : { kind: 'range', column, rows }];
  });

  function addBound(side: Expression, operator: string, value: Expression): void {
    const column = keyName(side, scope);
    if (column === undefined || !isValue(value, scope)) return;
    if (operator === '>' || operator === '>=') low.set(column, { value, inclusive: operator === '>=' });
    if (operator === '<' || operator === '<=') high.set(column, { value, inclusive: operator === '<=' });
  }
}

/** A range this wide holds every key that counts up from 1 in four bytes. */
const ALL_INTEGERS = 2 ** 31 - 1;

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** How many keys lie between two bounds: both numbers, or the one the other plus a number. */
function distance(from: Bound, to: Bound): number | undefined {
  const [low, high] = [numberOf(from.value), numberOf(to.value)];
  const span = low !== undefined && high !== undefined ? high - low : addedTo(from.value, to.value);
  if (span === undefined) return undefined;
  return Math.max(0, span + 1 - Number(!from.inclusive) - Number(!to.inclusive));
}

/** The number that `high` adds to `low`: 1000 for `batch_start + 1000`, 999 for `batch_start + 1000 - 1`. */
function addedTo(low: Expression, high: Expression): number | undefined {
  if (sameExpression(low, high)) return 0;
  if (high.kind !== 'operator' || (high.operator !== '+' && high.operator !== '-')) return undefined;
  const [left, right] = high.operands;
  const number = right === undefined ? undefined : numberOf(right);
  if (left === undefined || number === undefined) return undefined;
  const before = addedTo(low, left);
  return before === undefined ? undefined : before + (high.operator === '+' ? number : -number);
}

/**
 * The column lists that tell a row apart: primary key, unique constraints and indexes of the whole table. An identity column
 * that is part of a key (as partitioned tables must have it) counts alone. Of a table that the history does not show, `id` is
 * taken to be the key.
 */
function keysOf(scope: Scope): readonly (readonly string[])[] {
  const { table, state } = scope;
  const keys: string[][] = [['ctid']];
  if (table === undefined) return [...keys, ['id']];
  for (const index of indexesOf(state, table)) {
    if (!index.unique || !index.valid || index.where !== undefined) continue;
    const columns = index.elements.map(({ column }) => column);
    if (columns.length === 0 || columns.some(column => column === undefined)) continue;
    keys.push(columns as string[]);
    for (const name of columns as string[]) {
      const column = findColumn(table, name);
      if (column?.sequence !== undefined || column?.identity !== undefined) keys.push([name]);
    }
  }
  if (!table.complete && keys.length === 1) keys.push(['id']);
  return keys;
}

function isKeyColumn(name: string, scope: Scope): boolean {
  return keysOf(scope).some(columns => columns.length === 1 && columns[0] === name);
}

/** Whether a range of the column alone is a range of rows; `id` as part of a longer key is. */
function isRangeKey(name: string, scope: Scope): boolean {
  return isKeyColumn(name, scope) || (name === 'id' && keysOf(scope).some(columns => columns.includes(name)));
}

/* ---------------------------------------------------------------- Columns and values */

type ColumnPart = Extract<Expression, { kind: 'column' }>;

function columnParts(expression: Expression): readonly ColumnPart[] {
  const parts: ColumnPart[] = [];
  walkExpression(expression, part => {
    if (part.kind === 'column') parts.push(part);
  });
  return parts;
}

function isNamed(reference: TableReference, qualifier: string): boolean {
  return (reference.alias ?? reference.name.name) === qualifier;
}

const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['ctid', 'xmin', 'xmax', 'cmin', 'cmax', 'tableoid']);

/** Whether a column is one of the changed table. */
function isOwn(column: ColumnPart, scope: Scope): boolean {
  if (column.table !== undefined) return isNamed(scope.source.table, column.table);
  const { table } = scope;
  if (table === undefined || SYSTEM_COLUMNS.has(column.name)) return true;
  return findColumn(table, column.name) !== undefined || !table.complete;
}

/** The column of the changed table that an expression is, casts aside, where the history shows it. */
function ownColumn(expression: Expression, scope: Scope): Column | undefined {
  const inner = withoutCasts(expression);
  if (inner.kind !== 'column' || !isOwn(inner, scope) || scope.table === undefined) return undefined;
  return findColumn(scope.table, inner.name);
}

function isRowIdentity(expression: Expression, scope: Scope): boolean {
  const name = keyName(expression, scope);
  return name !== undefined && isKeyColumn(name, scope);
}

/** The name of the changed table's column that an expression is. */
function keyName(expression: Expression, scope: Scope): string | undefined {
  const inner = withoutCasts(expression);
  return inner.kind === 'column' && isOwn(inner, scope) && !isVariable(inner, scope) ? inner.name : undefined;
}

/**
 * Whether a bare name in a procedural block that the history cannot place is a variable: in a comparison with a key column the
 * other side is one.
 */
function isVariable(column: ColumnPart, scope: Scope): boolean {
  if (!scope.nested || column.table !== undefined) return false;
  return !keysOf(scope).some(columns => columns.includes(column.name)) && scope.table?.complete !== true;
}

/** Whether an expression is one value for the whole statement: it reads no column of any relation. */
function isValue(expression: Expression, scope: Scope): boolean {
  if (expression.kind === 'subquery') return true;
  if (expression.kind === 'column') {
    if (isVariable(expression, scope)) return true;
    if (!scope.nested || isOwn(expression, scope)) return false;
    const { others } = scope.source;
    return expression.table === undefined
      ? others.length === 0
      : !others.some(reference => isNamed(reference, expression.table!));
  }
  return childrenOf(expression).every(child => isValue(child, scope));
}

function withoutCasts(expression: Expression): Expression {
  return expression.kind === 'cast' ? withoutCasts(expression.operand) : expression;
}

/** A number, also negative or behind a cast. */
function numberOf(expression: Expression): number | undefined {
  const inner = withoutCasts(expression);
  if (inner.kind === 'operator' && inner.operator === '-' && inner.operands.length === 1) {
    const value = numberOf(inner.operands[0]!);
    return value === undefined ? undefined : -value;
  }
  if (inner.kind !== 'literal' || (inner.type !== 'number' && inner.type !== 'string')) return undefined;
  const value = Number(inner.value);
  return inner.value === '' || !Number.isFinite(value) ? undefined : value;
}

function limitOf(limit: Expression): RowSelection {
  const rows = numberOf(limit);
  return rows === undefined ? { kind: 'limit' } : { kind: 'limit', rows };
}

/** A column of this deploy in which no statement has put anything yet. */
function isUnfilled(column: Column, scope: Scope): boolean {
  return (
    scope.isNewOrigin(column.origin) &&
    !column.defaultSinceCreation &&
    column.backfilled === undefined &&
    column.identity === undefined &&
    column.generated === undefined
  );
}

/* ---------------------------------------------------------------- Truth */

/** What a condition is for every row: true, false (or NULL, which selects nothing either), or undefined where rows differ. */
function truthOf(condition: Expression, scope: Scope): boolean | undefined {
  switch (condition.kind) {
    case 'literal':
      return literalTruth(condition.value);
    case 'cast':
      return truthOf(condition.operand, scope);
    case 'and':
      return all(condition.operands.map(operand => truthOf(operand, scope)));
    case 'or': {
      const truths = condition.operands.map(operand => truthOf(operand, scope));
      return truths.includes(true) ? true : truths.every(truth => truth === false) ? false : undefined;
    }
    case 'not': {
      if (isNullLiteral(condition.operand)) return false;
      const truth = truthOf(condition.operand, scope);
      return truth === undefined ? undefined : !truth;
    }
    case 'isNull':
      return nullTruth(condition, scope);
    case 'exists':
      return condition.query.reads.length === 0 && condition.query.where === undefined ? true : undefined;
    case 'operator':
      return comparisonTruth(condition.operator, condition.operands, scope);
    default:
      return undefined;
  }
}

function all(truths: readonly (boolean | undefined)[]): boolean | undefined {
  if (truths.includes(false)) return false;
  return truths.every(truth => truth === true) ? true : undefined;
}

function literalTruth(value: string | number | boolean | null): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (value === null) return false;
  const text = String(value).toLowerCase();
  if (['t', 'true', 'y', 'yes', 'on', '1'].includes(text)) return true;
  return ['f', 'false', 'n', 'no', 'off', '0'].includes(text) ? false : undefined;
}

function nullTruth(test: Extract<Expression, { kind: 'isNull' }>, scope: Scope): boolean | undefined {
  const operand = withoutCasts(test.operand);
  if (operand.kind === 'literal') return (operand.value === null) !== test.negated;
  if (operand.kind !== 'column' || !isOwn(operand, scope)) return undefined;
  const column = ownColumn(operand, scope);
  const filled =
    column === undefined
      ? scope.table?.complete !== true && keysOf(scope).some(columns => columns[0] === operand.name)
      : column.notNull === true ||
        (column.defaultSinceCreation &&
          column.default !== undefined &&
          !isNullLiteral(column.default.expression) &&
          scope.isNewOrigin(column.origin));
  return filled ? test.negated : undefined;
}

function comparisonTruth(operator: string, operands: readonly Expression[], scope: Scope): boolean | undefined {
  const [left, right] = operands;
  if (left === undefined) return undefined;
  if (operator === 'is true' || operator === 'is not false') return truthOf(left, scope);
  if (operator === 'is false' || operator === 'is not true') {
    const truth = truthOf(left, scope);
    return truth === undefined ? undefined : !truth;
  }
  if (right === undefined) return undefined;
  if (isNullLiteral(left) || isNullLiteral(right)) return operator.startsWith('is ') ? undefined : false;
  if (
    left.kind === 'column' &&
    sameExpression(left, right) &&
    (operator === '<>' || operator === '<' || operator === '>')
  ) {
    return false;
  }
  const [a, b] = [withoutCasts(left), withoutCasts(right)];
  if (a.kind !== 'literal' || b.kind !== 'literal' || a.type !== b.type) return undefined;
  const compare = COMPARISONS[operator];
  return compare === undefined ? undefined : compare(a.value!, b.value!);
}

const COMPARISONS: Readonly<Record<string, (a: string | number | boolean, b: string | number | boolean) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

function withoutRange(key: string, value: unknown): unknown {
  return key === 'range' ? undefined : value;
}
