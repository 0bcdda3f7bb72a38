import {
  type ConstraintDefinition,
  displayName,
  type ObjectName,
  type OperationOf,
  type Query,
} from '../../operations/index.ts';
import {
  descendantsOf,
  existence,
  incomingForeignKeys,
  indexesOf,
  resolveRelation,
  resolveTable,
} from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { affected, DATA, type Fact, fails, lock, rows, scan } from '../facts.ts';
import { byId, type Context, findTable, maybeMissing, named, storagesOf } from './context.ts';
import { dropFacts } from './drops.ts';
import { defaultPartitionFacts, inheritedForeignKeys, overlapFacts } from './partitions.ts';
import { syntaxFacts } from './syntax.ts';

/**
 * What a query reads: a light lock on each relation, on those under its views too, and with `reading` a scan of each.
 *
 * @param reading - whether the rows are fetched, not only the definition looked at
 */
export function readFacts(query: Query, state: State, reading: boolean): readonly Fact[] {
  return query.reads.flatMap(({ name }) => readRelation(name, state, reading));
}

function readRelation(name: ObjectName, state: State, reading: boolean): readonly Fact[] {
  const target = named(state, name);
  if (target === undefined) return [];
  const relation = resolveRelation(state, name);
  const below = relation?.kind === 'view' ? relation.reads.flatMap(id => byId(state, id) ?? []) : [];
  const tables = relation?.kind === 'table' ? storagesOf(state, relation) : [];
  const readable = relation === undefined || relation.kind === 'materialized view' ? [target] : tables.map(affected);
  return [
    lock(target, 'AccessShareLock'),
    ...below.map(one => lock(affected(one), 'AccessShareLock')),
    ...(reading ? [...readable, ...below.filter(({ kind }) => kind !== 'view').map(affected)].map(scan) : []),
  ];
}

/** CREATE TABLE: what it touches of what is there already. The table itself is nobody else's to see. */
export function createTable(operation: OperationOf<'createTable'>, context: Context): readonly Fact[] {
  const { state } = context;
  const syntax = syntaxFacts(operation, context.server);
  const there = operation.persistence === 'temporary' ? undefined : resolveRelation(state, operation.table);
  if (
    there !== undefined &&
    there.uncertain !== true &&
    !(there.kind === 'table' && there.origin === undefined && !there.complete)
  ) {
    return operation.ifNotExists
      ? syntax
      : [fails('42P07', `relation "${displayName(operation.table)}" already exists`)];
  }
  const facts: Fact[] = [...syntax];
  const constraints: readonly ConstraintDefinition[] = [
    ...operation.constraints,
    ...operation.columns.flatMap(column => column.constraints),
  ];
  for (const constraint of constraints) {
    if (constraint.type === 'foreignKey') facts.push(...referenceFacts(constraint.references, operation, state));
  }
  if (operation.partitionOf !== undefined) facts.push(...partitionFacts(operation, operation.partitionOf, context));
  for (const parent of operation.inherits) {
    const target = named(state, parent);
    facts.push(
      target === undefined
        ? fails('42P01', `relation "${displayName(parent)}" does not exist`)
        : lock(target, 'ShareUpdateExclusiveLock'),
    );
  }
  for (const { table } of operation.like) {
    const target = named(state, table);
    facts.push(
      target === undefined
        ? fails('42P01', `relation "${displayName(table)}" does not exist`)
        : lock(target, 'AccessShareLock'),
    );
  }
  if (operation.query !== undefined) {
    const reading = operation.withData !== false;
    facts.push(...readFacts(operation.query, state, reading), ...(reading ? [DATA] : []));
  }
  return facts;
}

/** A new table's foreign key stops writers of the table that it references. */
function referenceFacts(name: ObjectName, operation: OperationOf<'createTable'>, state: State): readonly Fact[] {
  if (name.name === operation.table.name && name.schema === operation.table.schema) return [];
  const target = named(state, name);
  if (target === undefined) return [fails('42P01', `relation "${displayName(name)}" does not exist`)];
  const table = resolveTable(state, name);
  const parts = table === undefined ? [] : descendantsOf(state, table).filter(part => part.partitionOf !== undefined);
  return [target, ...parts.map(affected)].map(one => lock(one, 'ShareRowExclusiveLock'));
}

function partitionFacts(
  operation: OperationOf<'createTable'>,
  partitionOf: NonNullable<OperationOf<'createTable'>['partitionOf']>,
  context: Context,
): readonly Fact[] {
  const found = findTable(context.state, partitionOf.parent);
  if (!('table' in found)) return found;
  const parent = found.table;
  const target = context.state.schema.relations.has(parent.id)
    ? affected(parent)
    : { schema: parent.schema, name: parent.name };
  if (parent.complete && parent.partitionBy === undefined)
    return [fails('42P16', `"${parent.name}" is not partitioned`)];
  return [
    lock(target, 'AccessExclusiveLock'),
    ...overlapFacts(found.state, parent, operation.table.name, partitionOf.bound),
    ...defaultPartitionFacts(found.state, parent, partitionOf.bound),
    ...inheritedForeignKeys(found.state, parent).map(one => lock(affected(one), 'ShareRowExclusiveLock')),
  ];
}

/** One DROP TABLE of one or several tables: those it names do not stand in each other's way. */
export function dropTables(operations: readonly OperationOf<'dropTable'>[], context: Context): readonly Fact[] {
  return dropRelations(
    operations.map(({ table, ifExists }) => ({ name: table, ifExists })),
    ['table'],
    operations.some(({ cascade }) => cascade),
    context,
  );
}

/** The kinds of relations that DROP statements name. */
type Droppable = 'table' | 'view' | 'materialized view' | 'sequence';

const HINTS: Readonly<Partial<Record<Droppable, 'view' | 'sequence'>>> = {
  view: 'view',
  'materialized view': 'view',
  sequence: 'sequence',
};

/** DROP TABLE, VIEW, MATERIALIZED VIEW or SEQUENCE. */
export function dropRelations(
  names: readonly { readonly name: ObjectName; readonly ifExists: boolean }[],
  kinds: readonly Droppable[],
  cascade: boolean,
  context: Context,
): readonly Fact[] {
  const { state } = context;
  const facts: Fact[] = [];
  const targets: { readonly kind: 'relation'; readonly id: number }[] = [];
  for (const { name, ifExists } of names) {
    const relation = resolveRelation(state, name);
    if (relation !== undefined) {
      const fits = (kinds as readonly string[]).includes(relation.kind) || relation.origin === undefined;
      if (fits) targets.push({ kind: 'relation', id: relation.id });
      else facts.push(fails('42809', `"${relation.name}" is not a ${kinds[0]}`));
      if (state.transaction.status === 'open' && state.transaction.pendingEvents.includes(relation.id)) {
        facts.push(rows({ relation: affected(relation), reason: 'pending events', anyRow: true }));
      }
      continue;
    }
    if (existence(state, name) === 'gone') {
      if (!ifExists) facts.push(fails('42P01', `${kinds[0]} "${displayName(name)}" does not exist`));
      continue;
    }
    const target = named(state, name);
    if (target !== undefined)
      facts.push(
        lock(target, 'AccessExclusiveLock', !ifExists, HINTS[kinds[0] ?? 'table']),
        ...maybeMissing(state, name, ifExists),
      );
  }
  return [...facts, ...dropFacts(state, targets, cascade, context)];
}

/**
 * One TRUNCATE of one or several tables, with their partitions and children, and with CASCADE all tables that reference them.
 * It does not read rows, and its indexes are made anew empty: instant however large the table.
 */
export function truncate(operations: readonly OperationOf<'truncate'>[], context: Context): readonly Fact[] {
  const { state } = context;
  const facts: Fact[] = [];
  const tables = new Map<number, Table>();
  const cascade = operations.some(operation => operation.cascade);
  for (const { table: name } of operations) {
    const table = resolveTable(state, name);
    const target = named(state, name);
    if (target === undefined) facts.push(fails('42P01', `relation "${displayName(name)}" does not exist`));
    else if (table === undefined) facts.push(lock(target, 'AccessExclusiveLock'));
    else for (const one of [table, ...descendantsOf(state, table)]) tables.set(one.id, one);
  }
  for (const table of tables.values()) {
    for (const { table: referencing } of incomingForeignKeys(state, table)) {
      if (tables.has(referencing.id)) continue;
      if (!cascade) {
        facts.push(fails('0A000', 'cannot truncate a table referenced in a foreign key constraint'));
        continue;
      }
      for (const one of [referencing, ...descendantsOf(state, referencing)]) tables.set(one.id, one);
    }
  }
  const restart = operations.some(({ restartIdentity }) => restartIdentity);
  for (const table of tables.values()) {
    facts.push(lock(affected(table), 'AccessExclusiveLock'));
    facts.push(...indexesOf(state, table).map(index => lock(affected(index), 'AccessExclusiveLock')));
    if (state.transaction.status === 'open' && state.transaction.pendingEvents.includes(table.id)) {
      facts.push(rows({ relation: affected(table), reason: 'pending events', anyRow: true }));
    }
    if (!restart) continue;
    for (const { sequence } of table.columns) {
      const owned = byId(state, sequence);
      if (owned !== undefined) facts.push(lock(affected(owned), 'AccessExclusiveLock'));
    }
  }
  return facts;
}
