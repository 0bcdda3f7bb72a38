import { isOpenName } from '../../operations/names.ts';
import type { Operation, OperationKind, UnmodelledOperation } from '../../operations/operations.ts';
import type { Statement } from '../../operations/statements.ts';
import { originAt, type Site } from '../context.ts';
import { catalogueOf } from '../dialects.ts';
import type { Origin } from '../schema.ts';
import { commitTransaction } from '../session.ts';
import { asDeclared } from '../spelling.ts';
import type { State } from '../state.ts';
import { ALTER_TABLE } from './alter-table.ts';
import { type ApplyTable, unchanged } from './apply.ts';
import { guardOf, withUnknownOutcome } from './blocks.ts';
import { callsForChanges } from './calls.ts';
import { DATA } from './data.ts';
import { INDEXES } from './indexes.ts';
import { MONGO } from './mongo.ts';
import { MYSQL } from './mysql.ts';
import { OBJECTS } from './objects.ts';
import { ROUTINES } from './routines.ts';
import { SEQUENCES } from './sequences.ts';
import { SESSION } from './session.ts';
import { TABLES } from './tables.ts';
import { TRIGGERS } from './triggers.ts';
import { TYPES } from './types.ts';
import { VIEWS } from './views.ts';

const UNMODELLED: ApplyTable<UnmodelledOperation['kind']> = {
  other: unchanged,
  // A syntax error stops the server too; what only the run knows may have done anything.
  unreadable: (state, { reason }, at) => (reason === 'syntax error' ? state : withUnread(state, at)),
};

function withUnread(state: State, at: Origin): State {
  const { unread: _, ...before } = state.schema;
  return { ...state, schema: { ...before, unread: { at, before } } };
}

/** The state after an operation that may have changed more than can be seen. */
function markUnread(state: State, operation: Operation, at: Origin): State {
  return takesAwayUnknown(operation) || callsForChanges(state, operation) ? withUnread(state, at) : state;
}

/** Whether an operation drops or renames something by a name that only the run knows: it may be any of what is there. */
function takesAwayUnknown(operation: Operation): boolean {
  if (!operation.kind.startsWith('drop') && !operation.kind.startsWith('rename')) return false;
  return Object.values(operation).some(
    value =>
      (typeof value === 'string' && isOpenName(value)) ||
      (typeof value === 'object' && value !== null && 'name' in value && isOpenName(String(value.name))),
  );
}

/** All families; a kind of operation that is in none does not compile. */
const APPLY: ApplyTable<OperationKind> = {
  ...TABLES,
  ...ALTER_TABLE,
  ...INDEXES,
  ...VIEWS,
  ...SEQUENCES,
  ...TYPES,
  ...ROUTINES,
  ...TRIGGERS,
  ...OBJECTS,
  ...DATA,
  ...SESSION,
  ...MYSQL,
  ...MONGO,
  ...UNMODELLED,
};

/** Kinds that still have an effect in a transaction that an error has ended. */
const AFTER_FAILURE: ReadonlySet<OperationKind> = new Set([
  'commitTransaction',
  'rollbackTransaction',
  'rollbackToSavepoint',
]);

/**
 * The state after one operation. Never throws: an operation on something that is not known enters it as unknown, and one that
 * the server would certainly refuse leaves the newest definition.
 *
 * @param site - where the operation stands; becomes the origin of what it makes
 */
export function applyOperation(state: State, operation: Operation, site: Site): State {
  const known = FORESEEN.get(state);
  return known?.operation === operation && isForeseenAt(site) ? known.after : replay(state, operation, site);
}

/** {@link applyOperation} for who looks ahead: the state is kept for who replays the operation next. */
export function foresee(state: State, operation: Operation, site: Site): State {
  const after = applyOperation(state, operation, site);
  if (!isForeseenAt(site) || FORESEEN.size === MOST_FORESEEN) FORESEEN.clear();
  foreseenSite = site;
  FORESEEN.set(state, { operation, after });
  return after;
}

/** What was looked ahead to in the statement at hand, by the state that it meets. No weak map: the garbage collector pays for those. */
const FORESEEN = new Map<State, { readonly operation: Operation; readonly after: State }>();
const MOST_FORESEEN = 1000;
let foreseenSite: Site | undefined;

function isForeseenAt({ migration, statement }: Site): boolean {
  return foreseenSite?.migration === migration && foreseenSite.statement === statement;
}

function replay(state: State, operation: Operation, site: Site): State {
  const failed = state.transaction.status === 'open' && state.transaction.failed;
  if (failed && !AFTER_FAILURE.has(operation.kind)) return state;
  const met = commitsFirst(state, operation) ? commitTransaction(state, site) : state;
  const at = originAt(met, site);
  const outcome = guardOf(met, asDeclared(met, operation));
  switch (outcome.kind) {
    case 'certain':
      return markUnread(run(met, outcome.operation, at), operation, at);
    case 'skipped':
      return met;
    case 'unknown':
      return markUnread(
        withUnknownOutcome(met, recording => run(recording, asDeclared(met, operation), at)),
        operation,
        at,
      );
  }
}

/** Operations that MySQL lets a transaction hold (8.4 manual, 15.3.3 "Statements That Cause an Implicit Commit"). */
const IN_TRANSACTION: ReadonlySet<string> = new Set(
  [DATA, SESSION, UNMODELLED]
    .flatMap(Object.keys)
    .filter(kind => !['truncate', 'beginTransaction', 'lockTable'].includes(kind)),
);

/** Whether the server commits the transaction that is open before it runs an operation. */
function commitsFirst(state: State, operation: Operation): boolean {
  if (state.transaction.status !== 'open' || !catalogueOf(state).definitionsCommit) return false;
  const isTemporary = operation.kind === 'createTable' && operation.persistence === 'temporary';
  return !isTemporary && !IN_TRANSACTION.has(operation.kind);
}

/** The state after all operations of a statement; see {@link inServerOrder}. */
export function applyStatement(state: State, statement: Statement, site: Site): State {
  return inServerOrder(statement.operations).reduce(
    (current, operation) => applyOperation(current, operation, site),
    state,
  );
}

function run(state: State, operation: Operation, at: Origin): State {
  const apply = APPLY[operation.kind] as (state: State, operation: Operation, at: Origin) => State;
  return apply(state, operation, at);
}

/** The passes of ALTER TABLE (`AlterTablePass` in PostgreSQL's tablecmds.c), for kinds that do not run in the last. */
const PASSES: Readonly<Partial<Record<OperationKind, number>>> = {
  dropColumn: 0,
  dropConstraint: 0,
  dropNotNull: 0,
  dropExpression: 0,
  dropIdentity: 0,
  dropIndex: 0,
  // Of MySQL: what indexes are added on, columns have their new names already.
  redefineColumn: 1,
  renameColumn: 1,
  alterColumnType: 1,
  addColumn: 2,
  setExpression: 3,
  setNotNull: 4,
  addNotNullConstraint: 4,
  addCheck: 5,
  setDefault: 5,
  dropDefault: 5,
  addIdentity: 5,
  addPrimaryKey: 6,
  addUnique: 6,
  addExclude: 6,
  createIndex: 6,
  addForeignKey: 7,
};

/** Whether a kind may be a clause of an ALTER TABLE; indexes are in MySQL's. */
function isClause(kind: OperationKind): boolean {
  return kind in ALTER_TABLE || kind in MYSQL || kind === 'createIndex' || kind === 'dropIndex';
}

/**
 * The operations of one statement in the order in which the server runs them: ALTER TABLE drops first, then changes types, adds
 * columns, constraints and indexes, whatever the order of writing. Other statements keep theirs.
 */
export function inServerOrder(operations: readonly Operation[]): readonly Operation[] {
  if (operations.length < 2 || !operations.every(({ kind }) => isClause(kind))) return operations;
  const passOf = ({ kind }: Operation): number => PASSES[kind] ?? 8;
  return operations.toSorted((left, right) => passOf(left) - passOf(right));
}
