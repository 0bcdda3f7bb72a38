import {
  conjunctsOf,
  type Expression,
  isNullLiteral,
  queriesIn,
  walkExpression,
} from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type {
  Block,
  CopyFrom,
  DataChange,
  Delete,
  Insert,
  Merge,
  QueryOperation,
  Update,
} from '../../operations/operations.ts';
import type { Query, TableReference } from '../../operations/queries.ts';
import { updateColumn } from '../columns.ts';
import { ensureRelation, ensureTable } from '../context.ts';
import { ownCondition, reachNulls, unqualified } from '../coverage.ts';
import { findColumn, resolveRelation } from '../lookup.ts';
import type { Column, ObjectId, Origin, Table } from '../schema.ts';
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
  if (table === undefined) return known;
  const filled = emptiedColumns(operation, table).reduce(
    (current, name) => updateColumn(current, table.id, name, column => withFilled(column, operation, at)),
    known,
  );
  return queueEvents(filled, table, ['referenced']);
}

/** The columns of which a DELETE leaves no row that has a NULL there. */
function emptiedColumns({ where, using, limit }: Delete, table: Table): readonly string[] {
  if (limit !== undefined) return [];
  const names = table.columns.map(({ name }) => name);
  if (where === undefined) return using.length === 0 ? names : [];
  const { expression } = where;
  if (joinedIn(using, [expression]).length > 0) return [];
  const tested = new Set<string>();
  walkExpression(expression, part => {
    if (part.kind === 'isNull' && part.operand.kind === 'column') tested.add(part.operand.name);
  });
  const condition = unqualified(expression);
  return names.filter(name => tested.has(name) && reachNulls(table, name, [condition]));
}

function update(state: State, operation: Update, at: Origin): State {
  const [known, table] = written(applyWith(state, operation.with, at), operation.table.name);
  if (table === undefined) return known;
  const filled = operation.assignments
    .filter(({ value }) => !isNullLiteral(value))
    .reduce((current, { column }) => fillColumn(current, table.id, column, operation, at), known);
  return queueEvents(filled, table, ['referencing', 'key', 'referenced']);
}

/**
 * The state after an UPDATE gave a column a value: filled where the UPDATE means to leave no row without one, alone or together
 * with those before it. Joins to where the values come from count as finding a row each. A batch of rows counts in a loop, where
 * it is chosen by `column IS NULL`.
 */
function fillColumn(state: State, id: ObjectId, name: string, operation: Update, at: Origin): State {
  const table = tableById(state, id);
  if (table === undefined) return state;
  const column = findColumn(table, name);
  const { where, limit, blocks } = operation;
  const inLoop = blocks?.some(({ kind }) => kind === 'loop') === true;
  const joined = joinedIn(operation.from, [
    ...(where === undefined ? [] : [where.expression]),
    ...operation.assignments.map(({ value }) => value),
  ]);
  if (limit !== undefined && !inLoop) return state;
  if (where === undefined) return joined.length === 0 ? enterFilled(state, table, name, operation, at) : state;
  const condition = unqualified(joined.length > 0 ? ownCondition(where.expression, operation.table) : where.expression);
  const conditions = [...(column?.filledWhere ?? []), condition];
  if (reachNulls(table, name, conditions) || (inLoop && choosesBatch(operation, where.expression, name))) {
    return enterFilled(state, table, name, operation, at);
  }
  if (column === undefined || isConditional(operation)) return state;
  return updateColumn(state, id, name, found => ({ ...found, filledWhere: conditions }));
}

/** The relations of a FROM or USING, those left out that only subqueries read. */
function joinedIn(
  references: readonly TableReference[],
  expressions: readonly Expression[],
): readonly TableReference[] {
  const inner = new Set(expressions.flatMap(queriesIn).flatMap(({ reads }) => reads));
  return references.filter(reference => !inner.has(reference));
}

function enterFilled(state: State, table: Table, name: string, operation: Update, at: Origin): State {
  if (findColumn(table, name) !== undefined) {
    return updateColumn(state, table.id, name, column => withFilled(column, operation, at));
  }
  if (table.complete || table.goneColumns.includes(name)) return state;
  const column = withFilled({ name, notNull: 'unknown', defaultSinceCreation: false }, operation, at);
  return updateTable(state, table.id, found => ({ ...found, columns: [...found.columns, column] }));
}

function withFilled(column: Column, operation: Update | Delete, at: Origin): Column {
  if (column.backfilled === undefined && isConditional(operation)) {
    return { ...column, filledWithin: conditionalBlocks(operation).map(({ range }) => range) };
  }
  return { ...column, backfilled: at };
}

function isConditional(operation: Update | Delete): boolean {
  return conditionalBlocks(operation).length > 0;
}

function conditionalBlocks({ blocks = [] }: Update | Delete): readonly Block[] {
  return blocks.filter(({ kind }) => kind === 'branch' || kind === 'handler');
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

function isNullTest(expression: Expression, column: string): boolean {
  return (
    expression.kind === 'isNull' &&
    !expression.negated &&
    expression.operand.kind === 'column' &&
    expression.operand.name === column
  );
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
