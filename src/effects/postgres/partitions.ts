import {
  displayName,
  type ObjectName,
  type OperationOf,
  type PartitionBound,
  sameDataType,
} from '../../operations/index.ts';
import { ensureTable } from '../../schema/context.ts';
import { descendantsOf, existence, findColumn, partitionsOf, resolveTable } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import { atLeast } from '../../server/server.ts';
import { affected, BRIEF, type Fact, FORBIDDEN, fails, lock, momentaryLock, rows, scan } from '../facts.ts';
import { isNotNull, overlaps, provesBound, provesOutside } from '../predicates.ts';
import { understands } from '../versions.ts';
import { builtIndexes } from './alter-table.ts';
import { type Context, named, storagesOf } from './context.ts';

/** The default partition of a partitioned table. */
function defaultPartition(state: State, parent: Table): Table | undefined {
  return parent.partitions
    .map(id => tableById(state, id))
    .find(partition => partition?.partitionOf?.bound.kind === 'default');
}

/** The key columns of a partitioned table; undefined for a key with an expression in it. */
function keyColumns(parent: Table): readonly string[] | undefined {
  const elements = parent.partitionBy?.elements ?? [];
  const columns = elements.flatMap(({ column }) => column ?? []);
  return columns.length === elements.length && columns.length > 0 ? columns : undefined;
}

/**
 * What a new partition's bound does to the default partition: it is locked against everything, and read to its end unless its
 * own constraints show that it holds no row of the new partition.
 */
export function defaultPartitionFacts(state: State, parent: Table, bound: PartitionBound): readonly Fact[] {
  const default_ = defaultPartition(state, parent);
  if (default_ === undefined || bound.kind === 'default') return [];
  const target = affected(default_);
  const locked = lock(target, 'AccessExclusiveLock');
  if (provesOutside(default_, keyColumns(parent), bound)) return [locked];
  return [
    locked,
    ...storagesOf(state, default_).flatMap(storage => [
      scan(affected(storage)),
      rows({ relation: affected(storage), reason: 'partition', anyRow: false }),
    ]),
  ];
}

/** A bound that another partition already covers. */
export function overlapFacts(state: State, parent: Table, name: string, bound: PartitionBound): readonly Fact[] {
  for (const id of parent.partitions) {
    const other = tableById(state, id);
    if (other?.partitionOf === undefined || other.uncertain) continue;
    if (overlaps(other.partitionOf.bound, bound)) {
      return [fails('42P17', `partition "${name}" would overlap partition "${other.name}"`)];
    }
  }
  return [];
}

/** The foreign keys of a partitioned table come to each partition: their referenced tables are locked. */
export function inheritedForeignKeys(state: State, parent: Table): readonly Table[] {
  return parent.constraints.flatMap(constraint => {
    const referenced = constraint.type === 'foreignKey' ? tableById(state, constraint.references) : undefined;
    return referenced === undefined ? [] : [referenced, ...partitionsOf(state, referenced)];
  });
}

/**
 * ATTACH PARTITION: light on the parent, but the table is locked against everything and read to its end unless a CHECK proves its
 * bound; missing indexes are built, foreign keys of the parent checked.
 */
export function attachPartition(
  operation: OperationOf<'attachPartition'>,
  parent: Table,
  state: State,
  next: State,
  context: Context,
): readonly Fact[] {
  const target = named(context.state, operation.partition);
  if (target === undefined || existence(state, operation.partition) === 'gone') return missing(operation.partition);
  const [, partition] = ensureTable(state, operation.partition);
  if (partition === undefined) return [fails('42809', `"${displayName(operation.partition)}" is not a table`)];
  const refusal = attachRefusal(parent, partition, context);
  if (refusal !== undefined) return [refusal];
  const overlap = overlapFacts(state, parent, partition.name, operation.bound);
  if (overlap.length > 0) return overlap;
  const tree = descendantsOf(state, partition).map(child => lock(affected(child), 'AccessExclusiveLock'));
  const proven = provesBound(partition, keyColumns(parent), operation.bound);
  const storages = partition.partitionBy === undefined ? [target] : storagesOf(state, partition).map(affected);
  // A new default partition is read only where there are others: with none nothing is excluded.
  const free = operation.bound.kind === 'default' && parent.complete && parent.partitions.length === 0;
  const facts: Fact[] = [lock(target, 'AccessExclusiveLock'), ...tree];
  if (!proven && !free) {
    facts.push(
      ...storages.flatMap(storage => [scan(storage), rows({ relation: storage, reason: 'partition', anyRow: false })]),
    );
  }
  facts.push(...defaultPartitionFacts(state, parent, operation.bound));
  const built = builtIndexes(state, next);
  if (built.length > 0) facts.push(...built, ...storages.map(scan));
  for (const id of parent.indexes) {
    const index = state.schema.relations.get(id);
    if (index !== undefined) facts.push(lock(affected(index), 'ShareUpdateExclusiveLock'));
  }
  facts.push(...newForeignKeys(state, parent, partition, storages));
  return facts;
}

const missing = (name: ObjectName): readonly Fact[] => [
  fails('42P01', `relation "${displayName(name)}" does not exist`),
];

/** Foreign keys of the parent that the new partition does not have yet are checked on its rows. */
function newForeignKeys(
  state: State,
  parent: Table,
  partition: Table,
  storages: readonly ReturnType<typeof affected>[],
): readonly Fact[] {
  return parent.constraints.flatMap(constraint => {
    if (constraint.type !== 'foreignKey') return [];
    const referenced = tableById(state, constraint.references);
    if (referenced === undefined) return [];
    const has = partition.constraints.some(
      own =>
        own.type === 'foreignKey' &&
        own.references === constraint.references &&
        own.columns.join() === constraint.columns.join() &&
        own.valid,
    );
    const locks = [referenced, ...partitionsOf(state, referenced)].map(one =>
      lock(affected(one), 'ShareRowExclusiveLock'),
    );
    if (has || !constraint.enforced || !constraint.valid) return locks;
    return [
      ...locks,
      ...storages.flatMap(storage => [
        scan(storage),
        rows({ relation: storage, reason: 'foreign key', anyRow: false }),
      ]),
      ...storagesOf(state, referenced).map(one => scan(affected(one))),
    ];
  });
}

function attachRefusal(parent: Table, partition: Table, context: Context): Fact | undefined {
  if (parent.complete && parent.partitionBy === undefined) {
    const code = atLeast(context.server, '18') ? '42809' : '42P17';
    return fails(code, `table "${parent.name}" is not partitioned`);
  }
  if (partition.partitionOf !== undefined) return fails('42809', `"${partition.name}" is already a partition`);
  if (!partition.complete || !parent.complete) return undefined;
  for (const column of parent.columns) {
    const own = findColumn(partition, column.name);
    if (own === undefined) return fails('42804', `child table is missing column "${column.name}"`);
    if (own.type !== undefined && column.type !== undefined && !sameDataType(own.type, column.type)) {
      return fails('42804', `child table "${partition.name}" has different type for column "${column.name}"`);
    }
    const primaryKey = parent.constraints.some(
      ({ type, ...rest }) => type === 'primaryKey' && 'columns' in rest && rest.columns.includes(column.name),
    );
    if (isNotNull(parent, column.name) && !isNotNull(partition, column.name) && !primaryKey) {
      return fails('42804', `column "${column.name}" in child table "${partition.name}" must be marked NOT NULL`);
    }
  }
  const extra = partition.columns.find(column => findColumn(parent, column.name) === undefined);
  return extra === undefined
    ? undefined
    : fails('42804', `table "${partition.name}" contains column "${extra.name}" not found in parent "${parent.name}"`);
}

/** Until 13 the partition stays readable while it is detached (measured). */
export function detachPartition(
  operation: OperationOf<'detachPartition'>,
  parent: Table,
  state: State,
  context: Context,
): readonly Fact[] {
  const target = named(context.state, operation.partition);
  if (target === undefined || existence(state, operation.partition) === 'gone') return missing(operation.partition);
  const partition = resolveTable(state, operation.partition);
  if (parent.complete && partition?.complete && partition.partitionOf?.parent !== parent.id) {
    return [fails('42P01', `relation "${partition.name}" is not a partition of relation "${parent.name}"`)];
  }
  const default_ = defaultPartition(state, parent);
  if (operation.concurrently || operation.finalize) {
    const blocked = operation.concurrently && default_ !== undefined;
    return [
      momentaryLock(target, 'AccessExclusiveLock'),
      ...(operation.concurrently && understands(context.server, 'DETACH PARTITION … CONCURRENTLY')
        ? [FORBIDDEN, BRIEF]
        : []),
      ...(blocked ? [fails('55000', 'cannot detach partitions concurrently when a default partition exists')] : []),
    ];
  }
  const mode = atLeast(context.server, '14') ? 'AccessExclusiveLock' : 'ShareUpdateExclusiveLock';
  const referenced = inheritedForeignKeys(state, parent).map(one => lock(affected(one), 'ShareRowExclusiveLock'));
  return [
    lock(target, mode),
    ...(default_ === undefined ? [] : [lock(affected(default_), 'AccessExclusiveLock')]),
    ...referenced,
  ];
}
