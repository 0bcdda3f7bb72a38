import { displayName, type LockMode, type ObjectName, type OperationOf } from '../../operations/index.ts';
import { nameKey } from '../../operations/names.ts';
import type { DropTarget } from '../../schema/dependents.ts';
import {
  descendantsOf,
  existence,
  indexesOf,
  partitionsOf,
  resolveRelation,
  resolveTable,
  routinesNamed,
} from '../../schema/lookup.ts';
import type { State } from '../../schema/state.ts';
import { atLeast } from '../../server/server.ts';
import { affected, BRIEF, build, type Fact, FORBIDDEN, fails, lock, rewrite, scan } from '../facts.ts';
import { byId, type Context, maybeMissing, named, storagesOf, storedIndexesOf } from './context.ts';
import { dropFacts } from './drops.ts';
import { syntaxFacts } from './syntax.ts';
import { readFacts } from './tables.ts';

/** Triggers, rules, policies, routines, sequences, publications, comments, grants, and maintenance. */

/** A lock on a relation by name, or the refusal where it is known to be gone. */
export function lockNamed(
  state: State,
  name: ObjectName,
  mode: LockMode,
  ifExists = false,
  relationKind?: 'index' | 'view' | 'sequence',
): readonly Fact[] {
  const target = named(state, name);
  if (target === undefined) return ifExists ? [] : [fails('42P01', `relation "${displayName(name)}" does not exist`)];
  const certain = !ifExists || target.id !== undefined;
  return [lock(target, mode, certain, relationKind), ...maybeMissing(state, name, ifExists)];
}

/** A row-level trigger of a partitioned table comes to all its partitions. */
export function createTrigger(operation: OperationOf<'createTrigger'>, context: Context): readonly Fact[] {
  const { state } = context;
  const table = resolveTable(state, operation.table);
  const parts = table !== undefined && operation.forEachRow ? partitionsOf(state, table) : [];
  const there = table?.triggers.some(({ name }) => name === operation.name);
  return [
    ...syntaxFacts(operation, context.server),
    ...lockNamed(state, operation.table, 'ShareRowExclusiveLock'),
    ...parts.map(part => lock(affected(part), 'ShareRowExclusiveLock')),
    ...(there && !operation.replace
      ? [fails('42710', `trigger "${operation.name}" for relation "${operation.table.name}" already exists`)]
      : []),
  ];
}

export function dropTrigger(operation: OperationOf<'dropTrigger'>, context: Context): readonly Fact[] {
  const { state } = context;
  const table = resolveTable(state, operation.table);
  const trigger = table?.triggers.find(({ name }) => name === operation.name);
  const parts = table !== undefined && trigger?.forEachRow !== false ? partitionsOf(state, table) : [];
  // A trigger that is not there is looked up before the table is locked.
  if (table?.complete && trigger === undefined && operation.ifExists) return [];
  const missing = table?.complete && trigger === undefined;
  return [
    ...lockNamed(state, operation.table, 'AccessExclusiveLock', operation.ifExists),
    ...parts.map(part => lock(affected(part), 'AccessExclusiveLock')),
    ...(missing ? [fails('42704', `trigger "${operation.name}" for table "${table.name}" does not exist`)] : []),
  ];
}

/** Policies and rules of a table by name: what is there already, and what is not. */
export function onPolicy(
  operation: OperationOf<'createPolicy' | 'alterPolicy' | 'renamePolicy' | 'dropPolicy'>,
  context: Context,
): readonly Fact[] {
  const ifExists = operation.kind === 'dropPolicy' && operation.ifExists;
  const table = resolveTable(context.state, operation.table);
  const there = table?.policies.some(({ name }) => name === operation.name);
  const locked = lockNamed(context.state, operation.table, 'AccessExclusiveLock', ifExists);
  if (table === undefined || !table.complete) return locked;
  if (operation.kind === 'createPolicy') {
    return there
      ? [...locked, fails('42710', `policy "${operation.name}" for table "${table.name}" already exists`)]
      : locked;
  }
  return there || ifExists
    ? locked
    : [...locked, fails('42704', `policy "${operation.name}" for table "${table.name}" does not exist`)];
}

/** DROP RULE. */
export function dropRule(operation: OperationOf<'dropRule'>, context: Context): readonly Fact[] {
  const table = resolveTable(context.state, operation.table);
  const locked = lockNamed(context.state, operation.table, 'AccessExclusiveLock', operation.ifExists);
  const missing = table?.complete && !table.rules.includes(operation.name);
  if (!missing || operation.ifExists) return locked;
  return [...locked, fails('42704', `rule "${operation.name}" for relation "${table.name}" does not exist`)];
}

/** A function in SQL is checked against the tables that it reads. */
export function createRoutine(operation: OperationOf<'createRoutine'>, context: Context): readonly Fact[] {
  return operation.query === undefined ? [] : readFacts(operation.query, context.state, false);
}

/** One DROP FUNCTION; what calls it stops it, or goes along. */
export function dropRoutines(operations: readonly OperationOf<'dropRoutine'>[], context: Context): readonly Fact[] {
  const { state } = context;
  const targets = operations.flatMap((operation): readonly DropTarget[] => {
    const routines = routinesNamed(state, operation.routine);
    const [routine] = routines;
    if (routine === undefined) return [];
    const { schema, name } = routine;
    if (operation.argumentTypes === undefined) return [{ kind: 'routine', schema, name }];
    const wanted = operation.argumentTypes.map(type => type.name).join();
    const position = (state.schema.routines.get(nameKey(schema, name)) ?? []).findIndex(
      one => one.argumentTypes.map(type => type.name).join() === wanted,
    );
    return position < 0 ? [] : [{ kind: 'routine', schema, name, position }];
  });
  return dropFacts(
    state,
    targets,
    operations.some(({ cascade }) => cascade),
    context,
  );
}

/** DROP SCHEMA: with CASCADE everything in it. */
export function dropSchemas(operations: readonly OperationOf<'dropSchema'>[], context: Context): readonly Fact[] {
  const targets = operations.map(({ schema }): DropTarget => ({ kind: 'schema', name: schema }));
  return dropFacts(
    context.state,
    targets,
    operations.some(({ cascade }) => cascade),
    context,
  );
}

export function createSequence(operation: OperationOf<'createSequence'>, context: Context): readonly Fact[] {
  const owner =
    operation.ownedBy === undefined ? [] : lockNamed(context.state, operation.ownedBy.table, 'AccessShareLock');
  const there = operation.temporary ? undefined : resolveRelation(context.state, operation.sequence);
  if (there === undefined || operation.ifNotExists || there.origin === undefined) return owner;
  return [...owner, fails('42P07', `relation "${displayName(operation.sequence)}" already exists`)];
}

export function alterSequence(operation: OperationOf<'alterSequence'>, context: Context): readonly Fact[] {
  const owner = operation.ownedBy ? lockNamed(context.state, operation.ownedBy.table, 'AccessShareLock') : [];
  return [
    ...lockNamed(context.state, operation.sequence, 'ShareRowExclusiveLock', operation.ifExists, 'sequence'),
    ...owner,
  ];
}

/** Kinds whose CREATE and DROP refuse a transaction block. */
const FORBIDDEN_KINDS: ReadonlySet<string> = new Set(['tablespace', 'subscription']);

export function createObject(operation: OperationOf<'createObject'>, context: Context): readonly Fact[] {
  const facts: Fact[] = [
    ...syntaxFacts(operation, context.server),
    ...(operation.objectKind === 'tablespace' ? [FORBIDDEN] : []),
  ];
  // Statistics and publications take SHARE UPDATE EXCLUSIVE: VACUUM waits, traffic does not.
  return [
    ...facts,
    ...(operation.tables ?? []).flatMap(table => lockNamed(context.state, table, 'ShareUpdateExclusiveLock')),
  ];
}

export function alterObject(operation: OperationOf<'alterObject'>, context: Context): readonly Fact[] {
  if (operation.objectKind !== 'publication') return [];
  // SET also drops the tables that the publication had.
  const had = operation.change.startsWith('set')
    ? [...context.state.schema.others.values()].find(
        ({ kind, name }) => kind === 'publication' && name === operation.name.name,
      )
    : undefined;
  const dropped = (had?.tables ?? []).flatMap(id => byId(context.state, id) ?? []);
  return [
    ...dropped.map(table => lock(affected(table), 'ShareUpdateExclusiveLock')),
    ...(operation.tables ?? []).flatMap(table => lockNamed(context.state, table, 'ShareUpdateExclusiveLock')),
  ];
}

export function dropObject(operation: OperationOf<'dropObject'>, context: Context): readonly Fact[] {
  const { state } = context;
  if (FORBIDDEN_KINDS.has(operation.objectKind)) return operation.objectKind === 'tablespace' ? [FORBIDDEN] : [];
  if (operation.objectKind === 'statistics') {
    for (const object of state.schema.others.values()) {
      if (object.kind !== 'statistics' || object.name !== operation.name.name) continue;
      return object.tables.flatMap(id => {
        const table = byId(state, id);
        return table === undefined ? [] : [lock(affected(table), 'ShareUpdateExclusiveLock')];
      });
    }
    return [];
  }
  return operation.objectKind === 'extension' ? dropExtension(operation, context) : [];
}

/** Types that well-known extensions bring: their columns stop a DROP EXTENSION, or go with CASCADE. */
const EXTENSION_TYPES: Readonly<Record<string, readonly string[]>> = {
  citext: ['citext'],
  hstore: ['hstore'],
  ltree: ['ltree', 'lquery', 'ltxtquery'],
  cube: ['cube'],
  isn: ['isbn', 'ean13', 'issn'],
  vector: ['vector', 'halfvec', 'sparsevec'],
  postgis: ['geometry', 'geography', 'box2d', 'box3d', 'raster'],
  seg: ['seg'],
  intarray: ['query_int'],
};

function dropExtension(operation: OperationOf<'dropObject'>, context: Context): readonly Fact[] {
  const { state } = context;
  const types = EXTENSION_TYPES[operation.name.name] ?? [];
  const columns: DropTarget[] = [];
  for (const relation of state.schema.relations.values()) {
    if (relation.kind !== 'table') continue;
    for (const column of relation.columns) {
      if (column.type !== undefined && types.includes(column.type.name))
        columns.push({ kind: 'column', table: relation.id, column: column.name });
    }
  }
  if (columns.length === 0) return [];
  if (!operation.cascade)
    return [fails('2BP01', `cannot drop extension ${operation.name.name} because other objects depend on it`)];
  return dropFacts(state, columns, true, context);
}

/** COMMENT ON: SHARE UPDATE EXCLUSIVE on a relation; for what stands on one only a light lock on it (measured). */
export function comment(operation: OperationOf<'comment'>, context: Context): readonly Fact[] {
  if (operation.relation === undefined) return [];
  const own = /^(table|column|index|view|materialized view|sequence|foreign table)$/.test(operation.objectKind);
  return lockNamed(context.state, operation.relation, own ? 'ShareUpdateExclusiveLock' : 'AccessShareLock');
}

/** GRANT and REVOKE: from 18 on a light lock on each named table. */
export function grant(operation: OperationOf<'grant' | 'revoke'>, context: Context): readonly Fact[] {
  if (!atLeast(context.server, '18') || operation.objectKind !== 'table') return [];
  return operation.objects.flatMap(name => lockNamed(context.state, name, 'AccessShareLock'));
}

/* ---------------------------------------------------------------- Maintenance */

/** VACUUM refuses a transaction; FULL writes the table anew under ACCESS EXCLUSIVE, the plain form lets traffic go on. */
export function vacuum(operation: OperationOf<'vacuum'>, context: Context): readonly Fact[] {
  const { state } = context;
  return [
    FORBIDDEN,
    BRIEF,
    ...operation.tables.flatMap(name => {
      const table = resolveTable(state, name);
      if (!operation.full)
        return [
          ...lockNamed(state, name, 'ShareUpdateExclusiveLock'),
          ...lockParts(state, name, 'ShareUpdateExclusiveLock'),
        ];
      if (table === undefined) return wholeRewrite(state, name);
      return storagesOf(state, table).flatMap(storage => heap(state, storage));
    }),
  ];
}

function wholeRewrite(state: State, name: ObjectName): readonly Fact[] {
  const target = named(state, name);
  return target === undefined ? [] : [lock(target, 'AccessExclusiveLock'), rewrite(target), scan(target)];
}

function heap(
  state: State,
  relation: {
    readonly id: number;
    readonly schema: string;
    readonly name: string;
    readonly indexes: readonly number[];
  },
): readonly Fact[] {
  const target = affected(relation);
  return [
    lock(target, 'AccessExclusiveLock'),
    rewrite(target),
    scan(target),
    ...storedIndexesOf(state, relation).flatMap(index => [
      lock(affected(index), 'AccessExclusiveLock'),
      build(affected(index), target),
    ]),
  ];
}

function lockParts(state: State, name: ObjectName, mode: LockMode): readonly Fact[] {
  const table = resolveTable(state, name);
  return table === undefined ? [] : descendantsOf(state, table).map(part => lock(affected(part), mode));
}

export function analyze(operation: OperationOf<'analyze'>, context: Context): readonly Fact[] {
  return operation.tables.flatMap(name => [
    ...lockNamed(context.state, name, 'ShareUpdateExclusiveLock'),
    ...lockParts(context.state, name, 'ShareUpdateExclusiveLock'),
  ]);
}

/** CLUSTER writes the table anew; without a table it does all that were clustered before, each in a transaction of its own. */
export function cluster(operation: OperationOf<'cluster'>, context: Context): readonly Fact[] {
  if (operation.table === undefined) return [FORBIDDEN, BRIEF];
  const { state } = context;
  const relation = resolveRelation(state, operation.table);
  if (relation?.kind === 'table' && relation.partitionBy !== undefined) {
    // From 15 on each partition is clustered in a transaction of its own.
    if (!atLeast(context.server, '15')) return [fails('0A000', 'cannot cluster a partitioned table')];
    return [FORBIDDEN, BRIEF, ...storagesOf(state, relation).flatMap(storage => heap(state, storage))];
  }
  const index =
    relation?.kind === 'table' ? indexesOf(state, relation).find(({ name }) => name === operation.index) : undefined;
  if (index?.where !== undefined) return [fails('0A000', `cannot cluster on partial index "${index.name}"`)];
  if (relation?.kind !== 'table' && relation?.kind !== 'materialized view') return wholeRewrite(state, operation.table);
  return heap(state, relation);
}

/** LOCK TABLE reaches partitions and children, and the tables under a view. */
export function lockTable(operation: OperationOf<'lockTable'>, context: Context): readonly Fact[] {
  const { state } = context;
  const relation = resolveRelation(state, operation.table);
  const below = relation?.kind === 'view' ? relation.reads.flatMap(id => byId(state, id) ?? []) : [];
  const missing = existence(state, operation.table) === 'gone';
  if (missing) return [fails('42P01', `relation "${displayName(operation.table)}" does not exist`)];
  return [
    ...lockNamed(state, operation.table, operation.mode),
    ...(operation.only ? [] : lockParts(state, operation.table, operation.mode)),
    ...below.map(one => lock(affected(one), operation.mode)),
  ];
}
