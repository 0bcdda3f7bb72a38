import type { Statement } from '../operations/index.ts';
import type { Site } from '../schema/context.ts';
import { descendantsOf, tablesUsingType } from '../schema/lookup.ts';
import type { ObjectId, Relation, Table } from '../schema/schema.ts';
import type { HeldLock, State } from '../schema/state.ts';
import { tableById } from '../schema/store.ts';
import type { Server } from '../server/server.ts';
import type { AffectedRelation, Duration, Effects, Failure, IndexBuild, Lock, RowFailure } from './effects.ts';
import { affected, type Fact } from './facts.ts';
import { conflicts, READ_MODE, strength, WRITE_MODE } from './locks.ts';
import { mysqlFacts } from './mysql/index.ts';
import { byId, NOWHERE } from './postgres/context.ts';
import { postgresFacts } from './postgres/index.ts';
import { sqliteFacts } from './sqlite/index.ts';
import { sqlServerFacts } from './sqlserver/index.ts';
import { nearestPostgresVersion } from './versions.ts';

export { parseDuration } from './durations.ts';
export type {
  AffectedRelation,
  ClauseVerdict,
  Duration,
  Effects,
  Failure,
  IndexBuild,
  Lock,
  RowFailure,
} from './effects.ts';
export { CONFLICTS, conflicts, READ_MODE, strength, WRITE_MODE } from './locks.ts';
export { countRowVersions } from './mysql/row-versions.ts';
export { enforcesForeignKeys } from './sqlite/alter-table.ts';
export { type KnownVersion, nearestPostgresVersion, POSTGRES_VERSIONS, serverVersionOf } from './versions.ts';
export { type ExpressionVolatility, type Volatility, volatilityOf } from './volatility.ts';

/**
 * What a statement does on a server, in the state that it meets. It never throws.
 *
 * @param statement - one command; the statements inside a DO block are statements of their own, `do` itself has no effects
 * @param state - before the statement
 * @param server - a version that was not measured counts as the nearest one that was ({@link nearestPostgresVersion})
 * @param site - where the statement stands, for who replays it next: the same replay is then done once
 */
export function effects(statement: Statement, state: State, server: Server, site: Site = NOWHERE): Effects {
  if (server.dialect === 'mysql' || server.dialect === 'mariadb') {
    const { facts, online } = mysqlFacts({ state, server, statement, site });
    return { ...combine(facts, state), ...online };
  }
  if (server.dialect === 'sqlite') {
    const { facts, online } = sqliteFacts({ state, server, statement, site });
    return { ...combine(facts, state), ...online };
  }
  if (server.dialect === 'sqlserver') {
    const { facts, online } = sqlServerFacts({ state, server, statement, site });
    return { ...combine(facts, state), ...online };
  }
  if (server.dialect !== 'postgres') return combine([], state);
  return combine(postgresFacts({ state, server: measured(server), statement, site }), state);
}

const MEASURED = new WeakMap<Server, Server>();

/** The nearest server that was measured. */
function measured(server: Server): Server {
  let known = MEASURED.get(server);
  if (known === undefined) {
    known = { ...server, version: nearestPostgresVersion(server.version).version };
    MEASURED.set(server, known);
  }
  return known;
}

const keyOf = ({ schema, name }: AffectedRelation): string => `${schema}\0${name}`;

/** Each relation once, in order of first mention. */
function unique<T extends AffectedRelation>(relations: readonly T[]): readonly T[] {
  if (relations.length < 2) return relations;
  const seen = new Map<string, T>();
  for (const relation of relations) if (!seen.has(keyOf(relation))) seen.set(keyOf(relation), relation);
  return [...seen.values()];
}

type FactOf<Kind extends Fact['fact']> = Extract<Fact, { fact: Kind }>;

/** What a statement does that touches no relation, outside of a transaction. */
const NOTHING: Effects = {
  known: true,
  unknowns: [],
  locks: [],
  rewrites: [],
  scans: [],
  indexBuilds: [],
  blocksReads: [],
  blocksWrites: [],
  duration: 'instant',
  releasedAt: 'statement',
  transaction: 'allowed',
  failsOnRows: [],
  failures: [],
  drops: [],
};

/** Puts facts together, in one pass: it runs for every statement of a history. */
function combine(facts: readonly Fact[], state: State): Effects {
  if (facts.length === 0) return state.transaction.status === 'open' ? { ...NOTHING, releasedAt: 'commit' } : NOTHING;
  const lockFacts: FactOf<'lock'>[] = [];
  const rewritten: AffectedRelation[] = [];
  const scanned: AffectedRelation[] = [];
  const built: IndexBuild[] = [];
  const dropped: AffectedRelation[] = [];
  const written: AffectedRelation[] = [];
  const unknowns = new Set<string>();
  const failsOnRows: RowFailure[] = [];
  const failures: Failure[] = [];
  let isData = false;
  let isBrief = false;
  let isForbidden = false;
  for (const fact of facts) {
    if (isWorkOnNothing(fact, state)) continue;
    switch (fact.fact) {
      case 'lock':
        lockFacts.push(fact);
        break;
      case 'rewrite':
        rewritten.push(fact.relation);
        break;
      case 'scan':
        scanned.push(fact.relation);
        break;
      case 'build':
        built.push({ ...fact.index, table: fact.table });
        break;
      case 'drop':
        dropped.push(fact.relation);
        break;
      case 'rowLocks':
        if (!isOwn(fact.relation.id, state)) written.push(fact.relation);
        break;
      case 'unknown':
        unknowns.add(fact.text);
        break;
      case 'rows':
        failsOnRows.push(fact.failure);
        break;
      case 'failure':
        failures.push(fact.failure);
        break;
      case 'data':
        isData = true;
        break;
      case 'brief':
        isBrief = true;
        break;
      case 'forbidden':
        isForbidden = true;
        break;
    }
  }
  const locks = mergeLocks(lockFacts).filter(({ id }) => id === undefined || id >= 0);
  const rewrites = unique(rewritten);
  const scans = unique(scanned);
  const indexBuilds = unique(built);
  const waiting = whoWaits(locks, state);
  return {
    known: unknowns.size === 0,
    unknowns: [...unknowns],
    locks,
    rewrites,
    scans,
    indexBuilds,
    blocksReads: waiting.reads,
    blocksWrites: written.length === 0 ? waiting.writes : unique([...waiting.writes, ...written]),
    duration: durationOf({ rewrites, indexBuilds, scans, data: isData }),
    releasedAt: state.transaction.status === 'open' && !isBrief ? 'commit' : 'statement',
    transaction: isForbidden ? 'forbidden' : 'allowed',
    failsOnRows,
    failures,
    drops: unique(dropped),
  };
}

function durationOf(work: {
  readonly rewrites: readonly unknown[];
  readonly indexBuilds: readonly unknown[];
  readonly scans: readonly unknown[];
  readonly data: boolean;
}): Duration {
  if (work.rewrites.length > 0) return 'rewrite';
  if (work.data) return 'data';
  if (work.indexBuilds.length > 0) return 'index build';
  return work.scans.length > 0 ? 'scan' : 'instant';
}

function lockOf({ relation, mode, known, momentary, relationKind }: FactOf<'lock'>): Lock {
  const { id, schema, name } = relation;
  const lock: Lock = id === undefined ? { schema, name, mode, known } : { id, schema, name, mode, known };
  if (!momentary && relationKind === undefined) return lock;
  return { ...lock, ...(momentary ? { momentary } : {}), ...(relationKind === undefined ? {} : { relationKind }) };
}

function mergeLocks(facts: readonly FactOf<'lock'>[]): readonly Lock[] {
  if (facts.length < 2) return facts.map(lockOf);
  const merged = new Map<string, Lock>();
  for (const fact of facts) {
    const { relation, mode, known } = fact;
    const key = keyOf(relation);
    const before = merged.get(key);
    const lock = lockOf(fact);
    if (before === undefined || strength(mode) > strength(before.mode)) merged.set(key, lock);
    else if (known && !before.known) merged.set(key, { ...before, known });
  }
  return [...merged.values()];
}

/** Reading or writing a table that the open transaction made and nothing has filled. */
function isWorkOnNothing(fact: Fact, state: State): boolean {
  if (fact.fact !== 'scan' && fact.fact !== 'rewrite' && fact.fact !== 'build') return false;
  const relation = byId(state, fact.fact === 'build' ? fact.table.id : fact.relation.id);
  return relation?.kind === 'table' && !relation.filled && isOwn(relation.id, state);
}

/** Whether the open transaction made the relation: nobody else can see it, so nobody waits for it. */
function isOwn(id: ObjectId | undefined, state: State): boolean {
  const origin = byId(state, id)?.origin;
  return (
    origin?.transaction !== undefined &&
    state.transaction.status === 'open' &&
    origin.transaction === state.transaction.id
  );
}

/**
 * Whose readers and writers wait while these locks are held: of the locked tables; of the tables whose index is locked against
 * everything, as the planner locks every index of a table; of parents, which reach their partitions; of views over them. Who
 * changes a row of a partition looks at its parent too.
 */
function whoWaits(
  locks: readonly Lock[],
  state: State,
): { readonly reads: readonly AffectedRelation[]; readonly writes: readonly AffectedRelation[] } {
  const reads: AffectedRelation[] = [];
  const writes: AffectedRelation[] = [];
  for (const held of locks) {
    const relation = byId(state, held.id);
    if (held.momentary || isOwn(relation?.id, state)) continue;
    const readers = conflicts(held.mode, READ_MODE);
    const writers = conflicts(held.mode, WRITE_MODE);
    const name: AffectedRelation = affected(held);
    if (relation === undefined) {
      if (readers && held.relationKind !== 'index' && held.relationKind !== 'sequence') reads.push(name);
      if (writers && held.relationKind === undefined) writes.push(name);
      continue;
    }
    switch (relation.kind) {
      case 'table':
        if (readers) reads.push(name);
        if (writers) writes.push(name);
        if (held.mode === 'AccessExclusiveLock')
          writes.push(
            ...descendantsOf(state, relation)
              .filter(child => child.partitionOf !== undefined)
              .map(affected),
          );
        reads.push(...(readers ? parentsOf(state, relation) : []));
        writes.push(...(writers ? parentsOf(state, relation) : []));
        if (readers) reads.push(...viewsOver(state, relation));
        break;
      case 'index': {
        const table = byId(state, relation.table);
        if (!readers || table === undefined || isOwn(table.id, state)) break;
        reads.push(affected(table), ...(table.kind === 'table' ? parentsOf(state, table) : []));
        if (table.kind === 'table') writes.push(affected(table), ...parentsOf(state, table));
        break;
      }
      case 'view':
      case 'materialized view':
        if (readers) reads.push(name, ...viewsOver(state, relation));
        break;
      case 'composite type':
        // Rows of that type cannot be read without its definition.
        if (readers) reads.push(...tablesUsingType(state, relation.type).map(({ table }) => affected(table)));
        break;
      default:
        break;
    }
  }
  return { reads: unique(reads), writes: unique(writes) };
}

/** Parents and grandparents. */
function parentsOf(state: State, table: Table): readonly AffectedRelation[] {
  if (table.partitionOf === undefined && table.inherits.length === 0) return [];
  const found = new Map<ObjectId, Table>();
  const visit = (child: Table): void => {
    const ids = child.partitionOf === undefined ? child.inherits : [child.partitionOf.parent];
    for (const id of ids) {
      const parent = tableById(state, id);
      if (parent === undefined || found.has(id)) continue;
      found.set(id, parent);
      visit(parent);
    }
  };
  visit(table);
  return [...found.values()].map(affected);
}

function viewsOver(state: State, relation: Relation): readonly AffectedRelation[] {
  if (!('dependentViews' in relation)) return [];
  return relation.dependentViews.flatMap(id => {
    const view = byId(state, id);
    return view?.kind === 'view' ? [affected(view), ...viewsOver(state, view)] : [];
  });
}

/** A lock that the open transaction holds, with the mode that counts. */
export interface LockHeld extends HeldLock {
  readonly name: AffectedRelation | undefined;
}

/**
 * The locks that a transaction holds when a statement runs, strongest per relation, in the order they were first taken: those
 * that `holdLocks` noted before it. A statement that takes long is judged with them.
 */
export function locksHeld(state: State): readonly LockHeld[] {
  if (state.transaction.status !== 'open') return [];
  const held = new Map<ObjectId, LockHeld>();
  for (const lock of state.transaction.locks) {
    const before = held.get(lock.relation);
    if (before !== undefined && strength(before.mode) >= strength(lock.mode)) continue;
    const relation = byId(state, lock.relation);
    held.set(lock.relation, { ...lock, name: relation === undefined ? undefined : affected(relation) });
  }
  return [...held.values()];
}
