import { Map as PersistentMap } from 'immutable';
import type { LockMode } from '../operations/operations.ts';
import { dropTogether } from './drop.ts';
import type { ObjectId, Origin } from './schema.ts';
import type { OpenTransaction, Setting, State } from './state.ts';
import { withSchema } from './store.ts';

/** Settings that RESET ALL leaves alone (GUC_NO_RESET_ALL in PostgreSQL's guc_tables.c). */
const NOT_RESET: ReadonlySet<string> = new Set(['role', 'session_authorization']);

/**
 * The value of a session parameter that is in effect: SET LOCAL before SET.
 *
 * @param name - in lower case
 * @returns undefined when nothing in the session set it, so that the server's own value counts
 */
export function setting(state: State, name: string): Setting | undefined {
  const local = state.transaction.status === 'open' ? state.transaction.local.get(name) : undefined;
  const found = local ?? state.session.settings.get(name);
  return found?.isDefault ? undefined : found;
}

/** SET: for the session, taken back by a rollback. It also ends a SET LOCAL of the same name. */
export function setForSession(state: State, name: string, value: Setting): State {
  return withoutLocal({ ...state, session: { settings: state.session.settings.set(name, value) } }, name);
}

/** SET LOCAL: until the transaction ends; outside a transaction the server warns and does nothing. */
export function setForTransaction(state: State, name: string, value: Setting): State {
  const { transaction } = state;
  if (transaction.status !== 'open') return state;
  return { ...state, transaction: { ...transaction, local: transaction.local.set(name, value) } };
}

/** RESET name: back to what the session started with. */
export function resetSetting(state: State, name: string): State {
  return withoutLocal({ ...state, session: { settings: state.session.settings.delete(name) } }, name);
}

/** RESET ALL. */
export function resetAllSettings(state: State): State {
  const keep = (_: Setting, name: string): boolean => NOT_RESET.has(name);
  const session = { settings: state.session.settings.filter(keep) };
  if (state.transaction.status !== 'open') return { ...state, session };
  return { ...state, session, transaction: { ...state.transaction, local: state.transaction.local.filter(keep) } };
}

function withoutLocal(state: State, name: string): State {
  const { transaction } = state;
  if (transaction.status !== 'open' || !transaction.local.has(name)) return state;
  return { ...state, transaction: { ...transaction, local: transaction.local.delete(name) } };
}

/**
 * Opens a transaction. Inside one BEGIN is only a warning; inside the implicit transaction of a multi-statement query it makes
 * that one an ordinary transaction (PostgreSQL manual, 54.2.2.1 "Multiple Statements in a Simple Query").
 *
 * @param owner - the migration tool, a BEGIN in the file, or the server around several statements sent as one query
 */
export function beginTransaction(state: State, owner: OpenTransaction['owner']): State {
  const { transaction, schema, session } = state;
  if (transaction.status === 'open') {
    if (transaction.owner !== 'implicit' || owner === 'implicit') return state;
    return { ...state, transaction: { ...transaction, owner, implicit: true } };
  }
  const opened: OpenTransaction = {
    status: 'open',
    id: schema.nextId,
    owner,
    begin: { schema, session },
    savepoints: [],
    local: PersistentMap(),
    locks: [],
    pendingEvents: [],
    deferral: PersistentMap(),
    failed: false,
  };
  return withSchema({ ...state, transaction: opened }, { nextId: schema.nextId + 1 });
}

/** Commits: SET LOCAL ends, tables made with ON COMMIT DROP go. Without a transaction nothing happens; a failed one is rolled back. */
export function commitTransaction(
  state: State,
  site: { readonly migration: number; readonly statement: number } = NOWHERE,
): State {
  if (state.transaction.status !== 'open') return state;
  if (state.transaction.failed) return rollbackTransaction(state);
  return endOfTransaction({ ...state, transaction: { status: 'none' } }, site);
}

/** Rolls back: schema and settings are those that the transaction began with. Without a transaction nothing happens. */
export function rollbackTransaction(state: State): State {
  if (state.transaction.status !== 'open') return state;
  const { schema, session } = state.transaction.begin;
  return { ...state, schema, session, transaction: { status: 'none' } };
}

/** The end of a transaction by a COMMIT or ROLLBACK in the file: what the server opens right after it, if anything. */
export function reopenAfter(ended: State, transaction: State['transaction'], chain: boolean): State {
  if (transaction.status !== 'open') return ended;
  if (chain) return beginTransaction(ended, transaction.owner);
  return transaction.owner === 'implicit' || transaction.implicit ? beginTransaction(ended, 'implicit') : ended;
}

const NOWHERE = { migration: -1, statement: -1 };

function endOfTransaction(state: State, site: Origin): State {
  if (state.schema.temporary.length === 0) return state;
  const ending = state.schema.temporary.filter(id => {
    const relation = state.schema.relations.get(id);
    return relation?.kind === 'table' && relation.onCommit === 'drop';
  });
  return dropTogether(
    state,
    ending.map(id => ({ kind: 'relation', id })),
    site,
  );
}

/**
 * A new connection: an open transaction is rolled back, settings are those of the server, temporary objects are gone and their
 * names free.
 */
export function startSession(state: State): State {
  const closed = rollbackTransaction(state);
  return { ...dropTemporary(closed), session: { settings: PersistentMap() } };
}

/** Drops all temporary objects: DISCARD TEMP, and the end of the session. */
export function dropTemporary(state: State): State {
  if (state.schema.temporary.length === 0) return state;
  const targets = state.schema.temporary.map(id => ({ kind: 'relation', id }) as const);
  return withSchema(dropTogether(state, targets, NOWHERE), { temporary: [] });
}

/** Marks the place that ROLLBACK TO goes back to. Outside a transaction the server refuses it. */
export function setSavepoint(state: State, name: string): State {
  const { transaction, schema, session } = state;
  if (transaction.status !== 'open') return state;
  const { local, locks, pendingEvents, deferral } = transaction;
  const savepoint = { name, schema, session, local, locks, pendingEvents, deferral };
  return { ...state, transaction: { ...transaction, savepoints: [...transaction.savepoints, savepoint] } };
}

/** RELEASE SAVEPOINT: forgets it and those set after it. */
export function releaseSavepoint(state: State, name: string): State {
  const { transaction } = state;
  if (transaction.status !== 'open') return state;
  const index = transaction.savepoints.findLastIndex(savepoint => savepoint.name === name);
  if (index < 0) return state;
  return { ...state, transaction: { ...transaction, savepoints: transaction.savepoints.slice(0, index) } };
}

/** ROLLBACK TO SAVEPOINT: undoes what came after it, locks included; the savepoint stays. */
export function rollbackToSavepoint(state: State, name: string): State {
  const { transaction } = state;
  if (transaction.status !== 'open') return state;
  const index = transaction.savepoints.findLastIndex(savepoint => savepoint.name === name);
  const savepoint = transaction.savepoints[index];
  if (savepoint === undefined) return state;
  const { schema, session, local, locks, pendingEvents, deferral } = savepoint;
  const savepoints = transaction.savepoints.slice(0, index + 1);
  return {
    ...state,
    schema,
    session,
    transaction: { ...transaction, savepoints, local, locks, pendingEvents, deferral, failed: false },
  };
}

/**
 * Adds locks on relations to those that the open transaction holds. Outside a transaction they end with the statement, and
 * nothing is kept.
 *
 * @param locks - by relation id, as effects found them
 * @param site - the statement that takes them
 */
export function holdLocks(
  state: State,
  locks: readonly { readonly id: ObjectId; readonly mode: LockMode }[],
  site: { readonly migration: number; readonly statement: number },
): State {
  const { transaction } = state;
  if (transaction.status !== 'open' || locks.length === 0) return state;
  const { migration, statement } = site;
  const taken = locks.map(({ id, mode }) => ({ relation: id, mode, migration, statement }));
  return { ...state, transaction: { ...transaction, locks: [...transaction.locks, ...taken] } };
}
