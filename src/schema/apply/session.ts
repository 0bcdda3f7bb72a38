import type { OperationOf, SessionOperation } from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import { ensureTable } from '../context.ts';
import { catalogueOf } from '../dialects.ts';
import { literalText, parseNameList } from '../expressions.ts';
import {
  beginTransaction,
  commitTransaction,
  dropTemporary,
  releaseSavepoint,
  reopenAfter,
  resetAllSettings,
  resetSetting,
  rollbackToSavepoint,
  rollbackTransaction,
  setForSession,
  setForTransaction,
  setSavepoint,
} from '../session.ts';
import type { Setting, State } from '../state.ts';
import { tableById, takeId } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';

export const SESSION: ApplyTable<SessionOperation['kind']> = {
  setParameter,
  resetParameter: (state, { name }) => (name === undefined ? resetAllSettings(state) : resetSetting(state, name)),
  discard: (state, { target }) => {
    if (target === 'temporary') return dropTemporary(state);
    if (target !== 'all') return state;
    // DISCARD ALL resets role and session authorization too.
    const dropped = dropTemporary(state);
    return { ...dropped, session: { settings: dropped.session.settings.clear() } };
  },
  beginTransaction: state => beginTransaction(state, 'file'),
  commitTransaction: (state, { chain }, at) =>
    reopenAfter(commitTransaction(state, at), state.transaction, chain === true),
  rollbackTransaction: (state, { chain }) => reopenAfter(rollbackTransaction(state), state.transaction, chain === true),
  savepoint: (state, { name }) => setSavepoint(state, name),
  releaseSavepoint: (state, { name }) => releaseSavepoint(state, name),
  rollbackToSavepoint: (state, { name }) => rollbackToSavepoint(state, name),
  // The session is out of the transaction; that it will be committed is assumed.
  prepareTransaction: (state, _, at) => commitTransaction(state, at),
  commitPrepared: unchanged,
  rollbackPrepared: unchanged,
  setConstraints,
  lockTable: (state, { table }) => ensureTable(state, table)[0],
  // Settings of the server and of roles count from the next session on.
  alterSystem: unchanged,
  setRoleParameter: unchanged,
};

function setParameter(state: State, operation: OperationOf<'setParameter'>): State {
  const { name, scope, toDefault, value, values } = operation;
  if (state.transaction.status === 'open' && catalogueOf(state).fixedInTransaction?.includes(name)) return state;
  if (toDefault) {
    return scope === 'session'
      ? resetSetting(state, name)
      : setForTransaction(state, name, { value: undefined, values: [], isDefault: true });
  }
  return assign(state, name, { value, values }, scope);
}

function assign(state: State, name: string, setting: Setting, scope: 'session' | 'transaction'): State {
  const set = scope === 'session' ? setForSession : setForTransaction;
  if (name !== 'search_path' || setting.value !== undefined) return set(state, name, setting);
  const [next, id] = takeId(state);
  return set(next, name, { ...setting, values: [`?${id}`] });
}

/** `SELECT set_config('name', 'value', is_local)`: SET by another name. */
export function applySetConfig(state: State, query: Query): State {
  return query.calls.reduce((current, call) => {
    const [name, value, local] = call.args;
    if (call.name.name !== 'set_config' || name === undefined || value === undefined) return current;
    const parameter = literalText(name)?.toLowerCase();
    if (parameter === undefined) return current;
    const text = literalText(value);
    const isLocal = local?.kind === 'literal' && local.value === true;
    const values = text === undefined ? [] : parseNameList(text);
    return assign(current, parameter, { value: text, values }, isLocal ? 'transaction' : 'session');
  }, state);
}

/** SET CONSTRAINTS: what becomes immediate is checked now, so that its events are pending no more. */
function setConstraints(state: State, { names, deferred }: OperationOf<'setConstraints'>): State {
  const { transaction } = state;
  if (transaction.status !== 'open') return state;
  if (names === 'all') {
    const deferral = transaction.deferral.clear().set('', deferred);
    const pendingEvents = deferred ? transaction.pendingEvents : [];
    return { ...state, transaction: { ...transaction, deferral, pendingEvents } };
  }
  const deferral = names.reduce((modes, name) => modes.set(name, deferred), transaction.deferral);
  if (deferred) return { ...state, transaction: { ...transaction, deferral } };
  const stillDeferred = (id: number): boolean =>
    tableById(state, id)?.constraints.some(
      ({ name, deferrable, initiallyDeferred }) =>
        deferrable && (deferral.get(name) ?? deferral.get('') ?? initiallyDeferred),
    ) === true;
  return {
    ...state,
    transaction: { ...transaction, deferral, pendingEvents: transaction.pendingEvents.filter(stillDeferred) },
  };
}
