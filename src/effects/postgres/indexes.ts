import { displayName, type IndexElement, type OperationOf, type WrittenExpression } from '../../operations/index.ts';
import { foresee } from '../../schema/index.ts';
import { canAttach, specificationOf } from '../../schema/indexes.ts';
import { descendantsOf, existence, findColumn, indexesOf, partitionsOf, resolveRelation } from '../../schema/lookup.ts';
import type { Index, MaterializedView, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import { atLeast } from '../../server/server.ts';
import {
  affected,
  BRIEF,
  build,
  type Fact,
  FORBIDDEN,
  fails,
  lock,
  momentaryLock,
  rows,
  scan,
  unknown,
} from '../facts.ts';
import { optionsMode } from '../locks.ts';
import { volatilityOf } from '../volatility.ts';
import { missingKeyColumns } from './alter-table.ts';
import { byId, type Context, findTable, maybeMissing, named } from './context.ts';
import { dropFacts } from './drops.ts';

/**
 * CREATE INDEX: SHARE on the table and its partitions while they are read; CONCURRENTLY lets writers go on, outside a
 * transaction only. With IF NOT EXISTS the table is locked before the name is looked up (measured).
 */
export function createIndex(operation: OperationOf<'createIndex'>, context: Context): readonly Fact[] {
  const { state } = context;
  const owner = resolveRelation(state, operation.table);
  if (owner?.kind === 'materialized view') return onView(operation, owner, context);
  if (owner !== undefined && owner.kind !== 'table')
    return [fails('42809', `cannot create index on relation "${owner.name}"`)];
  const found = findTable(state, operation.table);
  if (!('table' in found)) return found;
  const { table } = found;
  const target = state.schema.relations.has(table.id) ? affected(table) : { schema: table.schema, name: table.name };
  const mode = operation.concurrently ? 'ShareUpdateExclusiveLock' : 'ShareLock';
  const facts: Fact[] = [lock(target, mode), ...(operation.concurrently ? [FORBIDDEN, BRIEF] : [])];
  const pending = state.transaction.status === 'open' && state.transaction.pendingEvents.includes(table.id);
  if (pending) facts.push(rows({ relation: target, reason: 'pending events', anyRow: true }));

  const name = operation.name;
  if (name !== undefined && resolveRelation(state, { schema: table.schema, name }) !== undefined) {
    return operation.ifNotExists ? facts : [...facts, fails('42P07', `relation "${name}" already exists`)];
  }
  const refusal = indexRefusal(operation, table, state);
  if (refusal !== undefined) return [...facts, refusal];
  const parts = operation.only ? [] : descendantsOf(state, table).filter(part => part.partitionOf !== undefined);
  facts.push(...parts.map(part => lock(affected(part), mode)));
  if (table.partitionBy === undefined)
    return [
      ...facts,
      scan(target),
      build({ schema: table.schema, name: name ?? builtName(operation, context) }, target),
      ...uniqueRows(operation, target),
    ];
  return [...facts, ...partitionBuilds(operation, parts, context)];
}

const uniqueRows = (operation: OperationOf<'createIndex'>, relation: ReturnType<typeof affected>): readonly Fact[] =>
  operation.unique ? [rows({ relation, reason: 'unique', anyRow: false })] : [];

/** The name that the server makes up. */
function builtName(operation: OperationOf<'createIndex'>, context: Context): string {
  return newIndexes(operation, context)[0]?.name ?? '';
}

function newIndexes(operation: OperationOf<'createIndex'>, context: Context): readonly Index[] {
  const next = foresee(context.state, operation, context.site);
  const made: Index[] = [];
  for (let id = context.state.schema.nextId; id < next.schema.nextId; id++) {
    const index = next.schema.relations.get(id);
    if (index?.kind === 'index') made.push(index);
  }
  return made;
}

/** On a partitioned table: one index per partition, unless a fitting one is there, which is then only locked. */
function partitionBuilds(
  operation: OperationOf<'createIndex'>,
  parts: readonly Table[],
  context: Context,
): readonly Fact[] {
  const made = newIndexes(operation, context);
  const [parentIndex] = made;
  return parts
    .filter(part => part.partitionBy === undefined)
    .flatMap(part => {
      const target = affected(part);
      const index = made.find(({ table }) => table === part.id);
      if (index !== undefined)
        return [
          scan(target),
          build({ schema: index.schema, name: index.name }, target),
          ...uniqueRows(operation, target),
        ];
      const fitting =
        parentIndex === undefined
          ? undefined
          : indexesOf(context.state, part).find(one => canAttach(one, specificationOf(parentIndex)));
      return fitting === undefined ? [] : [lock(affected(fitting), 'ShareLock')];
    });
}

function indexRefusal(operation: OperationOf<'createIndex'>, table: Table, state: State): Fact | undefined {
  if (table.partitionBy !== undefined && operation.concurrently) {
    return fails('0A000', `cannot create index on partitioned table "${table.name}" concurrently`);
  }
  const columns = [...operation.elements.flatMap(({ column }) => column ?? []), ...operation.including];
  const missing = columns.find(
    column => findColumn(table, column) === undefined && (table.complete || table.goneColumns.includes(column)),
  );
  if (missing !== undefined) return fails('42703', `column "${missing}" does not exist`);
  const virtual = columns.some(column => findColumn(table, column)?.generated?.storage === 'virtual');
  if (virtual) return fails('0A000', 'indexes on virtual generated columns are not supported');
  if (operation.unique) {
    const lacking = missingKeyColumns(table, columns);
    if (lacking !== undefined) return lacking;
  }
  return volatileRefusal(operation.elements, operation.where, table, state);
}

/** Expressions and predicates of an index have to be immutable. Overloads whose argument types are not known are let pass. */
function volatileRefusal(
  elements: readonly IndexElement[],
  where: WrittenExpression | undefined,
  table: Table,
  state: State,
): Fact | undefined {
  const typeOf = (column: string): string | undefined => findColumn(table, column)?.type?.name;
  const mutable = (written: WrittenExpression | undefined): boolean =>
    written !== undefined &&
    table.complete &&
    volatilityOf(written.expression, state, typeOf).volatility !== 'immutable';
  if (elements.some(({ expression }) => mutable(expression)))
    return fails('42P17', 'functions in index expression must be marked IMMUTABLE');
  if (mutable(where)) return fails('42P17', 'functions in index predicate must be marked IMMUTABLE');
  return undefined;
}

function onView(operation: OperationOf<'createIndex'>, view: MaterializedView, context: Context): readonly Fact[] {
  const target = affected(view);
  const facts: Fact[] = [
    lock(target, operation.concurrently ? 'ShareUpdateExclusiveLock' : 'ShareLock'),
    ...(operation.concurrently ? [FORBIDDEN, BRIEF] : []),
  ];
  const { name } = operation;
  if (name !== undefined && resolveRelation(context.state, { schema: view.schema, name }) !== undefined) {
    return operation.ifNotExists ? facts : [...facts, fails('42P07', `relation "${name}" already exists`)];
  }
  return [
    ...facts,
    scan(target),
    build({ schema: view.schema, name: name ?? builtName(operation, context) }, target),
    ...uniqueRows(operation, target),
  ];
}

/** One DROP INDEX of one or several indexes. */
export function dropIndexes(operations: readonly OperationOf<'dropIndex'>[], context: Context): readonly Fact[] {
  const { state } = context;
  const concurrently = operations.some(operation => operation.concurrently);
  const facts: Fact[] = concurrently ? [FORBIDDEN, BRIEF] : [];
  if (concurrently && operations.length > 1) {
    facts.push(fails('0A000', 'DROP INDEX CONCURRENTLY does not support dropping multiple objects'));
  }
  return [...facts, ...operations.flatMap(operation => dropIndex(operation, state, context))];
}

function dropIndex(operation: OperationOf<'dropIndex'>, state: State, context: Context): readonly Fact[] {
  const { index: name, ifExists } = operation;
  const index = resolveRelation(state, name);
  if (index === undefined) {
    if (existence(state, name) === 'gone')
      return ifExists ? [] : [fails('42704', `index "${displayName(name)}" does not exist`)];
    const target = named(state, name);
    const mode = operation.concurrently ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
    if (target === undefined) return [];
    const hidden = ifExists
      ? maybeMissing(state, name, true)
      : [unknown(`the table of index ${displayName(name)} is not known: it is locked too`)];
    return [lock(target, mode, !ifExists, 'index'), ...hidden];
  }
  if (index.kind !== 'index') return [fails('42809', `"${index.name}" is not an index`)];
  if (index.constraint !== undefined) {
    return [
      fails(
        '2BP01',
        `cannot drop index ${index.name} because constraint ${index.constraint} on table ${byId(state, index.table)?.name ?? ''} requires it`,
      ),
    ];
  }
  if (index.partitionOf !== undefined) {
    return [
      fails(
        '2BP01',
        `cannot drop index ${index.name} because index ${byId(state, index.partitionOf)?.name ?? ''} requires it`,
      ),
    ];
  }
  if (!operation.concurrently)
    return dropFacts(state, [{ kind: 'relation', id: index.id }], operation.cascade, context);
  const table = byId(state, index.table);
  if (table?.kind === 'table' && table.partitionBy !== undefined) {
    return [fails('0A000', `cannot drop partitioned index "${index.name}" concurrently`)];
  }
  return [
    ...(table === undefined ? [] : [lock(affected(table), 'ShareUpdateExclusiveLock')]),
    momentaryLock(affected(index), 'AccessExclusiveLock'),
  ];
}

/**
 * REINDEX: SHARE on the table, and ACCESS EXCLUSIVE on each index, which stops readers too: the planner locks every index of the
 * table. CONCURRENTLY, REINDEX SCHEMA, DATABASE and SYSTEM refuse a transaction, from 14 on a partitioned table does too.
 */
export function reindex(operation: OperationOf<'reindex'>, context: Context): readonly Fact[] {
  const { state } = context;
  const { concurrently, target } = operation;
  const facts: Fact[] = concurrently || (target !== 'index' && target !== 'table') ? [FORBIDDEN, BRIEF] : [];
  if (target === 'schema' || target === 'database' || target === 'system') {
    if (target === 'system') return facts;
    const tables = [...state.schema.relations.values()].filter(
      (relation): relation is Table =>
        relation.kind === 'table' && (target === 'database' || relation.schema === operation.name?.name),
    );
    return [
      ...facts,
      ...tables
        .filter(table => table.partitionBy === undefined)
        .flatMap(table => reindexTable(table, indexesOf(state, table), concurrently)),
    ];
  }
  const { name } = operation;
  if (name === undefined) return facts;
  const relation = resolveRelation(state, name);
  if (relation === undefined) {
    const missing = named(state, name);
    if (missing === undefined) return [...facts, fails('42P01', `relation "${displayName(name)}" does not exist`)];
    return [
      ...facts,
      lock(
        missing,
        concurrently ? 'ShareUpdateExclusiveLock' : target === 'index' ? 'AccessExclusiveLock' : 'ShareLock',
        true,
        target === 'index' ? 'index' : undefined,
      ),
      ...(target === 'index'
        ? [unknown(`the table of index ${displayName(name)} is not known: it is locked too`)]
        : []),
    ];
  }
  if (relation.kind === 'index') {
    const owner = byId(state, relation.table);
    if (owner?.kind === 'table' && owner.partitionBy !== undefined)
      return [...facts, ...onPartitions(state, owner, context, concurrently)];
    return owner === undefined ? facts : [...facts, ...reindexTable(owner, [relation], concurrently)];
  }
  if (relation.kind === 'table' && relation.partitionBy !== undefined)
    return [...facts, ...onPartitions(state, relation, context, concurrently)];
  if (relation.kind !== 'table' && relation.kind !== 'materialized view') return facts;
  return [...facts, ...reindexTable(relation, indexesOf(state, relation), concurrently)];
}

/** 13 skips partitioned tables with a warning; later versions do each partition in a transaction of its own. */
function onPartitions(state: State, table: Table, context: Context, concurrently: boolean): readonly Fact[] {
  if (!atLeast(context.server, '14')) return [];
  const parts = partitionsOf(state, table).filter(part => part.partitionBy === undefined);
  return [FORBIDDEN, BRIEF, ...parts.flatMap(part => reindexTable(part, indexesOf(state, part), concurrently))];
}

function reindexTable(
  table: { readonly id: number; readonly schema: string; readonly name: string },
  indexes: readonly Index[],
  concurrently: boolean,
): readonly Fact[] {
  const target = affected(table);
  return [
    lock(target, concurrently ? 'ShareUpdateExclusiveLock' : 'ShareLock'),
    ...indexes.flatMap(index => [
      (concurrently ? momentaryLock : lock)(affected(index), 'AccessExclusiveLock'),
      build(affected(index), target),
    ]),
    ...(indexes.length > 0 ? [scan(target)] : []),
  ];
}

/** ALTER INDEX … ATTACH PARTITION: the partition's index is locked against everything, so its table's readers wait a moment. */
export function attachIndexPartition(
  operation: OperationOf<'attachIndexPartition'>,
  context: Context,
): readonly Fact[] {
  const { state } = context;
  const facts: Fact[] = [];
  for (const [name, mode] of [
    [operation.index, 'ShareUpdateExclusiveLock'],
    [operation.partition, 'AccessExclusiveLock'],
  ] as const) {
    const index = resolveRelation(state, name);
    const target = named(state, name);
    if (target === undefined) return [fails('42P01', `relation "${displayName(name)}" does not exist`)];
    const table = index?.kind === 'index' ? tableById(state, index.table) : undefined;
    if (table !== undefined) facts.push(lock(affected(table), 'AccessShareLock'));
    facts.push(lock(target, mode));
  }
  return facts;
}

/** ALTER INDEX: light for options and statistics; a tablespace copies the index. */
export function alterIndex(operation: OperationOf<'alterIndex'>, context: Context): readonly Fact[] {
  const target = named(context.state, operation.index);
  if (target === undefined)
    return operation.ifExists ? [] : [fails('42P01', `relation "${displayName(operation.index)}" does not exist`)];
  const index = resolveRelation(context.state, operation.index);
  const owner = index?.kind === 'index' ? byId(context.state, index.table) : undefined;
  const heavy = operation.change === 'tablespace' || operation.change === 'dependency';
  const mode = heavy ? 'AccessExclusiveLock' : optionsMode(operation.options ?? []);
  const copied = operation.change === 'tablespace' && owner !== undefined ? [build(target, affected(owner))] : [];
  return [lock(target, mode), ...copied, ...maybeMissing(context.state, operation.index, operation.ifExists)];
}
