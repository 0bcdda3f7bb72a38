import { conjunctsOf, type Expression, isNullLiteral } from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type {
  CopyFrom,
  DataChange,
  Delete,
  Insert,
  Merge,
  QueryOperation,
  Update,
} from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import { updateColumn } from '../columns.ts';
import { ensureRelation, ensureTable } from '../context.ts';
import { isAlwaysTrue } from '../expressions.ts';
import { findColumn, resolveRelation } from '../lookup.ts';
import type { ObjectId, Origin, Table } from '../schema.ts';
import type { State } from '../state.ts';
import { tableById, updateTable } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';
import { applySetConfig } from './session.ts';

export const DATA: ApplyTable<DataChange['kind'] | QueryOperation['kind']> = {
  insert,
  update,
  delete: applyDelete,
  merge,
  truncate: (state, { table: name, cascade, together }) => {
    const [known, table] = ensureTable(state, name);
    const named = new Set(together.map(other => resolveRelation(known, other)?.id));
    return table === undefined ? known : empty(known, table.id, cascade, named);
  },
  copyFrom: (state, operation) => copyFrom(state, operation),
  select: (state, { query }, at) => applySetConfig(applyChanges(state, query, at), query),
  copyTo: (state, { query }, at) => (query === undefined ? state : applyChanges(state, query, at)),
  // What a routine does is not known; the statements of a DO block follow as statements of their own.
  call: unchanged,
  do: unchanged,
  explain: unchanged,
};

const DATA_CHANGES = { insert, update, delete: applyDelete, merge } as const;

/** The INSERT, UPDATE and DELETE inside a query's common table expressions. */
export function applyChanges(state: State, query: Query, at: Origin): State {
  return query.changes.reduce((current, change) => {
    if (!(change.kind in DATA_CHANGES)) return current;
    const apply = DATA_CHANGES[change.kind as keyof typeof DATA_CHANGES] as (
      state: State,
      operation: DataChange,
      at: Origin,
    ) => State;
    return apply(current, change, at);
  }, state);
}

function applyWith(state: State, queries: readonly Query[] | undefined, at: Origin): State {
  return (queries ?? []).reduce((current, query) => applyChanges(current, query, at), state);
}

/** The table that a data change writes to; a view is left alone, as what is behind it is the server's matter. */
function written(state: State, name: ObjectName): readonly [State, Table | undefined] {
  const [known, relation] = ensureRelation(state, name, 'table');
  return [known, relation?.kind === 'table' ? relation : undefined];
}

function insert(state: State, operation: Insert, at: Origin): State {
  const [known, table] = written(applyWith(state, operation.with, at), operation.table.name);
  if (table === undefined) return known;
  return queueEvents(fill(known, table), table, ['referencing', 'key']);
}

function copyFrom(state: State, { table: name }: CopyFrom): State {
  const [known, table] = written(state, name);
  return table === undefined ? known : queueEvents(fill(known, table), table, ['referencing', 'key']);
}

function merge(state: State, operation: Merge, _at: Origin): State {
  const [known, table] = written(state, operation.table.name);
  if (table === undefined) return known;
  const filled = operation.actions.includes('insert') ? fill(known, table) : known;
  return queueEvents(filled, table, ['referencing', 'key', 'referenced']);
}

function fill(state: State, table: Table): State {
  if (table.filled) return state;
  const filled = updateTable(state, table.id, found => ({ ...found, filled: true }));
  // A partition's rows are its parent's too.
  const parent = tableById(filled, table.partitionOf?.parent);
  return parent === undefined ? filled : fill(filled, parent);
}

function applyDelete(state: State, operation: Delete, at: Origin): State {
  const [known, table] = written(applyWith(state, operation.with, at), operation.table.name);
  return table === undefined ? known : queueEvents(known, table, ['referenced']);
}

function update(state: State, operation: Update, at: Origin): State {
  const [known, table] = written(applyWith(state, operation.with, at), operation.table.name);
  if (table === undefined) return known;
  const filled = operation.assignments
    .filter(({ column, value }) => !isNullLiteral(value) && reachesEveryRow(operation, column))
    .reduce((current, { column }) => markBackfilled(current, table.id, column, at), known);
  return queueEvents(filled, table, ['referencing', 'key', 'referenced']);
}

function markBackfilled(state: State, id: ObjectId, name: string, at: Origin): State {
  const table = tableById(state, id);
  if (table === undefined) return state;
  if (findColumn(table, name) !== undefined)
    return updateColumn(state, id, name, column => ({ ...column, backfilled: at }));
  if (table.complete || table.goneColumns.includes(name)) return state;
  const column = { name, notNull: 'unknown', defaultSinceCreation: false, backfilled: at } as const;
  return updateTable(state, id, found => ({ ...found, columns: [...found.columns, column] }));
}

/**
 * Whether an UPDATE means to leave no row without a value in the column: none of its conditions leaves out a row that has a
 * NULL there, but for joins to where the values come from; or it runs in a loop in batches that are chosen by `column IS NULL`.
 */
function reachesEveryRow(operation: Update, column: string): boolean {
  const { where, limit, from, blocks } = operation;
  if (blocks?.some(({ kind }) => kind === 'branch' || kind === 'handler')) return false;
  const inLoop = blocks?.some(({ kind }) => kind === 'loop') === true;
  if (where === undefined) return from.length === 0 && (limit === undefined || inLoop);
  const { expression } = where;
  if (keepsEveryNull(expression, column, from.length > 0)) return limit === undefined || inLoop;
  return inLoop && choosesBatch(operation, expression, column);
}

/** Whether a condition holds for each row whose column is NULL, or joins it to the row that its value comes from. */
function keepsEveryNull(condition: Expression, column: string, joins: boolean): boolean {
  if (condition.kind === 'and') return condition.operands.every(part => keepsEveryNull(part, column, joins));
  if (condition.kind === 'or') return condition.operands.some(part => keepsEveryNull(part, column, joins));
  return isNullTest(condition, column) || isAlwaysTrue(condition) || (joins && isJoin(condition));
}

/** `a.x = b.y`. */
function isJoin(condition: Expression): boolean {
  if (condition.kind !== 'operator' || condition.operator !== '=') return false;
  const [left, right] = condition.operands;
  return left?.kind === 'column' && right?.kind === 'column' && left.table !== right.table;
}

function isNullTest(expression: Expression, column: string): boolean {
  return (
    expression.kind === 'isNull' &&
    !expression.negated &&
    expression.operand.kind === 'column' &&
    expression.operand.name === column
  );
}

/** `id IN (SELECT id FROM t WHERE column IS NULL LIMIT n)`, or the same as a common table expression that is joined. */
function choosesBatch(operation: Update, where: Expression, column: string): boolean {
  const conditions = conjunctsOf(where);
  if (conditions.length !== 1) return false;
  const chosen = (query: Query): boolean =>
    query.where !== undefined &&
    isNullTest(query.where, column) &&
    query.reads.some(({ name }) => name.name === operation.table.name.name);
  const [condition] = conditions;
  if (condition?.kind === 'in' && !condition.negated && 'kind' in condition.members) return chosen(condition.members);
  return operation.with?.some(chosen) === true;
}

/** TRUNCATE: the table is empty, and with CASCADE so are those that reference it. */
function empty(state: State, id: ObjectId, cascade: boolean, seen: Set<ObjectId | undefined>): State {
  const table = tableById(state, id);
  if (table === undefined) return state;
  seen.add(id);
  const emptied = updateTable(state, id, found => (found.filled ? { ...found, filled: false } : found));
  const along = cascade ? [...table.partitions, ...table.referencedBy] : table.partitions;
  return along
    .filter(other => !seen.has(other))
    .reduce((current, other) => empty(current, other, cascade, seen), emptied);
}

/** What a write may leave to be checked at the end of the transaction. */
type Check = 'referencing' | 'key' | 'referenced';

/**
 * Remembers the tables that a write leaves with checks pending: those with a constraint that is deferred now. ALTER TABLE on
 * them fails until the transaction ends or SET CONSTRAINTS makes the checks.
 */
function queueEvents(state: State, table: Table, checks: readonly Check[]): State {
  const { transaction } = state;
  if (transaction.status !== 'open' || transaction.pendingEvents.includes(table.id)) return state;
  const isDeferred = (constraint: Table['constraints'][number]): boolean =>
    constraint.deferrable &&
    (transaction.deferral.get(constraint.name) ?? transaction.deferral.get('') ?? constraint.initiallyDeferred);
  const own = table.constraints.some(constraint => {
    if (constraint.type === 'foreignKey') return checks.includes('referencing') && isDeferred(constraint);
    return checks.includes('key') && 'index' in constraint && isDeferred(constraint);
  });
  const incoming =
    checks.includes('referenced') &&
    table.referencedBy.some(id =>
      tableById(state, id)?.constraints.some(
        constraint => constraint.type === 'foreignKey' && constraint.references === table.id && isDeferred(constraint),
      ),
    );
  if (!own && !incoming) return state;
  return { ...state, transaction: { ...transaction, pendingEvents: [...transaction.pendingEvents, table.id] } };
}
