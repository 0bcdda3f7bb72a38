import {
  type Expression,
  isNullLiteral,
  type LockMode,
  type ObjectName,
  type OperationOf,
  type Query,
  type TableReference,
  type WrittenExpression,
  walkExpression,
} from '../../operations/index.ts';
import {
  findColumn,
  incomingForeignKeys,
  indexesOf,
  resolveRelation,
  resolveTable,
  resolveType,
  routinesNamed,
} from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import { atLeast } from '../../server/server.ts';
import { affected, DATA, type Fact, fails, lock, scan, unknown } from '../facts.ts';
import { isBuiltinFunction } from '../volatility.ts';
import { byId, type Context, named, storagesOf } from './context.ts';
import { syntaxFacts } from './syntax.ts';
import { readFacts } from './tables.ts';

/** Statements on rows: light table locks that nobody waits for, but work that grows with the rows, and row locks. */

function writeLock(name: ObjectName, state: State): readonly Fact[] {
  const target = named(state, name);
  return target === undefined
    ? [fails('42P01', `relation "${name.name}" does not exist`)]
    : [lock(target, 'RowExclusiveLock')];
}

const reads = (
  references: readonly TableReference[],
  queries: readonly Query[] | undefined,
  state: State,
): readonly Fact[] => [
  ...references.flatMap(({ name }) => {
    const target = named(state, name);
    return target === undefined ? [] : [lock(target, 'AccessShareLock')];
  }),
  ...(queries ?? []).flatMap(query => queryFacts(query, state)),
];

/** A query's reads, and what its common table expressions change. */
function queryFacts(query: Query, state: State): readonly Fact[] {
  const changes = query.changes.flatMap(change =>
    writeLock('name' in change.table ? nameOf(change.table) : change.table, state),
  );
  return [...readFacts(query, state, false), ...changes];
}

const nameOf = (table: ObjectName | TableReference): ObjectName =>
  typeof table.name === 'string' ? (table as ObjectName) : table.name;

/** Whether a condition leaves most rows out by way of an index, as far as the schema shows; without one every row is read. */
function selective(table: Table | undefined, where: WrittenExpression | undefined, state: State): boolean {
  if (where === undefined) return false;
  // The history may not show all indexes of a table that it did not make.
  if (table === undefined || !table.complete) return true;
  const leading = new Set(indexesOf(state, table).flatMap(({ elements }) => elements[0]?.column ?? []));
  let found = false;
  walkExpression(where.expression, part => {
    if (part.kind === 'column' && leading.has(part.name)) found = true;
  });
  return found;
}

function scans(table: Table | undefined, where: WrittenExpression | undefined, state: State): readonly Fact[] {
  if (table === undefined || selective(table, where, state)) return [];
  return storagesOf(state, table).map(storage => scan(affected(storage)));
}

/** Every row of the table is written: whoever wants to change one of them waits. */
const allRows = (name: ObjectName, where: WrittenExpression | undefined, state: State): readonly Fact[] => {
  const target = where === undefined ? named(state, name) : undefined;
  return target === undefined ? [] : [{ fact: 'rowLocks', relation: target }];
};

/** The tables that a row's foreign keys point at are looked up, under ROW SHARE. */
function referencedLocks(
  state: State,
  table: Table | undefined,
  columns: readonly string[] | undefined,
): readonly Fact[] {
  return (table?.constraints ?? []).flatMap(constraint => {
    if (constraint.type !== 'foreignKey' || !constraint.enforced) return [];
    if (columns !== undefined && !constraint.columns.some(column => columns.includes(column))) return [];
    const referenced = tableById(state, constraint.references);
    return referenced === undefined ? [] : [lock(affected(referenced), 'RowShareLock')];
  });
}

export function insert(operation: OperationOf<'insert'>, context: Context): readonly Fact[] {
  const { state } = context;
  const table = resolveTable(state, operation.table.name);
  const { source } = operation;
  const facts: Fact[] = [...writeLock(operation.table.name, state), ...referencedLocks(state, table, undefined)];
  if (source.kind === 'query') {
    facts.push(
      ...readFacts(source.query, state, source.query.where === undefined && source.query.limit === undefined),
      DATA,
    );
  }
  if (source.kind === 'values') {
    const columns = operation.columns.length > 0 ? operation.columns : (table?.columns.map(({ name }) => name) ?? []);
    for (const row of source.rows) {
      for (const [index, value] of row.entries())
        facts.push(...freshEnumValue(state, table, columns[index], value, context));
    }
  }
  return [...facts, ...reads([], operation.with, state)];
}

export function update(operation: OperationOf<'update'>, context: Context): readonly Fact[] {
  const { state } = context;
  const name = operation.table.name;
  const table = resolveTable(state, name);
  const columns = operation.assignments.map(({ column }) => column);
  const incoming = table === undefined ? [] : incomingForeignKeys(state, table);
  return [
    ...writeLock(name, state),
    ...reads(operation.from, operation.with, state),
    ...referencedLocks(state, table, columns),
    ...incoming
      .filter(({ constraint }) => constraint.referencedColumns.some(column => columns.includes(column)))
      .flatMap(({ table: referencing, constraint }) =>
        referencingFacts(state, referencing, constraint.columns, actionMode(constraint.onUpdate)),
      ),
    ...scans(table, operation.where, state),
    ...allRows(name, operation.where, state),
    ...operation.assignments.flatMap(({ column, value }) => freshEnumValue(state, table, column, value, context)),
    ...freshEnumComparisons(state, table, operation.where, context),
    DATA,
  ];
}

/** The rows that reference a changed key are looked up: in the whole table, where no index leads with the column. */
function referencingFacts(state: State, table: Table, columns: readonly string[], mode: LockMode): readonly Fact[] {
  const indexed = indexesOf(state, table).some(({ elements }) => elements[0]?.column === columns[0]);
  const read = indexed || !table.complete ? [] : storagesOf(state, table).map(storage => scan(affected(storage)));
  return [lock(affected(table), mode), ...read];
}

/** NO ACTION and RESTRICT look the referencing rows up, CASCADE and SET change them. */
const actionMode = (action: string): LockMode =>
  action === 'no action' || action === 'restrict' ? 'RowShareLock' : 'RowExclusiveLock';

export function remove(operation: OperationOf<'delete'>, context: Context): readonly Fact[] {
  const { state } = context;
  const name = operation.table.name;
  const table = resolveTable(state, name);
  return [
    ...writeLock(name, state),
    ...reads(operation.using, operation.with, state),
    ...(table === undefined ? [] : incomingForeignKeys(state, table)).flatMap(({ table: referencing, constraint }) =>
      referencingFacts(state, referencing, constraint.columns, actionMode(constraint.onDelete)),
    ),
    ...scans(table, operation.where, state),
    ...allRows(name, operation.where, state),
    ...freshEnumComparisons(state, table, operation.where, context),
    DATA,
  ];
}

export function merge(operation: OperationOf<'merge'>, context: Context): readonly Fact[] {
  const { state } = context;
  const table = resolveTable(state, operation.table.name);
  const source =
    'kind' in operation.source ? queryFacts(operation.source, state) : reads([operation.source], undefined, state);
  const from = 'kind' in operation.source ? [] : storagesIn(state, operation.source.name);
  return [
    ...syntaxFacts(operation, context.server),
    ...writeLock(operation.table.name, state),
    ...source,
    ...[...(table === undefined ? [] : storagesOf(state, table)), ...from].map(one => scan(affected(one))),
    ...allRows(operation.table.name, undefined, state),
    DATA,
  ];
}

function storagesIn(state: State, name: ObjectName): readonly Table[] {
  const table = resolveTable(state, name);
  return table === undefined ? [] : storagesOf(state, table);
}

export function copyFrom(operation: OperationOf<'copyFrom'>, context: Context): readonly Fact[] {
  const table = resolveTable(context.state, operation.table);
  return [...writeLock(operation.table, context.state), ...referencedLocks(context.state, table, undefined), DATA];
}

export function copyTo(operation: OperationOf<'copyTo'>, context: Context): readonly Fact[] {
  const { state } = context;
  if (operation.query !== undefined) return queryFacts(operation.query, state);
  const target = operation.table === undefined ? undefined : named(state, operation.table);
  return target === undefined ? [] : [lock(target, 'AccessShareLock'), scan(target)];
}

/** SELECT: readers only, with row locks FOR UPDATE and the like; a function that is not known may do anything. */
export function select(operation: OperationOf<'select'>, context: Context): readonly Fact[] {
  const { state } = context;
  const { query } = operation;
  const facts: Fact[] = [];
  for (const { name } of query.reads) {
    const table = resolveTable(state, name);
    const target = named(state, name);
    if (target === undefined) continue;
    facts.push(lock(target, query.rowLock === undefined ? 'AccessShareLock' : 'RowShareLock'));
    const whole =
      query.limit === undefined &&
      (query.where === undefined || !selective(table, { expression: query.where, range: [0, 0], text: '' }, state));
    if (table !== undefined && whole)
      facts.push(...storagesOf(state, table).map(storage => scan(affected(storage))), DATA);
    if (query.rowLock !== undefined && query.where === undefined) facts.push({ fact: 'rowLocks', relation: target });
    const relation = resolveRelation(state, name);
    if (relation?.kind === 'view')
      facts.push(
        ...relation.reads.flatMap(id => byId(state, id) ?? []).map(one => lock(affected(one), 'AccessShareLock')),
      );
  }
  for (const change of query.changes) facts.push(...writeLock(nameOf(change.table), state), DATA);
  for (const call of query.calls) facts.push(...calledFacts(call, state));
  return facts;
}

function calledFacts(call: Extract<Expression, { kind: 'call' }>, state: State): readonly Fact[] {
  const { name } = call.name;
  if (name === 'setval' || name === 'nextval') {
    const [argument] = call.args;
    const literal = argument?.kind === 'cast' ? argument.operand : argument;
    const sequence =
      literal?.kind === 'literal' && typeof literal.value === 'string'
        ? resolveRelation(state, { name: literal.value })
        : undefined;
    return sequence === undefined ? [] : [lock(affected(sequence), 'RowExclusiveLock')];
  }
  if (isBuiltinFunction(name)) return [];
  const pure = routinesNamed(state, call.name).some(({ volatility }) => volatility !== 'volatile');
  return pure ? [] : [unknown(`what ${name}() does is not known`)];
}

/**
 * A value added to an enum cannot be used in the transaction that added it; from 17 on it can when that transaction made the enum
 * too (measured: 55P04 unsafe use of new value).
 */
function freshEnumValue(
  state: State,
  table: Table | undefined,
  column: string | undefined,
  value: Expression,
  context: Context,
): readonly Fact[] {
  const type = column === undefined || table === undefined ? undefined : findColumn(table, column)?.type;
  const literal = value.kind === 'cast' ? value.operand : value;
  if (literal.kind !== 'literal' || typeof literal.value !== 'string' || isNullLiteral(value)) return [];
  const declared = value.kind === 'cast' ? value.type : type;
  return declared === undefined ? [] : freshInEnum(state, declared, literal.value, context);
}

/** {@link freshEnumValue} for a value of a given type: the default of a new column. */
export function freshInEnum(
  state: State,
  type: Parameters<typeof resolveType>[1],
  value: string,
  context: Context,
): readonly Fact[] {
  const found = resolveType(state, type);
  const { transaction } = state;
  if (found?.kind !== 'enum' || transaction.status !== 'open') return [];
  const added = found.values.find(one => one.value === value);
  const here = added?.origin?.transaction === transaction.id;
  const made = found.origin;
  // The labels that CREATE TYPE gave are safe: only ALTER TYPE adds unsafe ones.
  if (!here || (added?.origin?.statement === made?.statement && made?.transaction === transaction.id)) return [];
  if (made?.transaction === transaction.id && atLeast(context.server, '17')) return [];
  return [fails('55P04', `unsafe use of new value "${value}" of enum type ${found.name}`)];
}

function freshEnumComparisons(
  state: State,
  table: Table | undefined,
  where: WrittenExpression | undefined,
  context: Context,
): readonly Fact[] {
  if (where === undefined) return [];
  const facts: Fact[] = [];
  walkExpression(where.expression, part => {
    const operands =
      part.kind === 'operator'
        ? part.operands
        : part.kind === 'in' && !('kind' in part.members)
          ? [part.operand, ...part.members]
          : [];
    const column = operands.find(operand => operand.kind === 'column');
    if (column?.kind !== 'column') return;
    for (const operand of operands) facts.push(...freshEnumValue(state, table, column.name, operand, context));
  });
  return facts;
}
