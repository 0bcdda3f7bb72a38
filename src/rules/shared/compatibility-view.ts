import { nameKey } from '../../operations/names.ts';
import type { Table, View } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';

/**
 * Whether a view stands in for a renamed table under exactly its old name, so that running code does not notice: made in the
 * same transaction, reading the renamed table, with all of the old columns, updatable, with the table's grants repeated, and
 * with security_invoker where the table has row-level security (a view would run with its owner's rights and show every row).
 *
 * @param old - the table as it was before the rename
 * @param transaction - the id of the transaction that renamed it
 * @param state - the state at the end of the migration
 */
export function standsInFor(old: Table, transaction: number | undefined, state: State): boolean {
  const id = state.schema.names.get(nameKey(old.schema, old.name));
  const view = id === undefined ? undefined : state.schema.relations.get(id);
  if (view?.kind !== 'view' || transaction === undefined || view.origin?.transaction !== transaction) return false;
  return view.reads.includes(old.id) && isUpdatable(view) && hasAllColumns(view, old) && keepsAccess(view, old);
}

function isUpdatable(view: View): boolean {
  return view.query?.updatable === true || view.triggers.some(({ timing }) => timing === 'instead of');
}

function hasAllColumns(view: View, old: Table): boolean {
  return view.columns !== undefined && old.columns.every(column => view.columns!.includes(column.name));
}

function keepsAccess(view: View, old: Table): boolean {
  if (!old.grantees.every(grantee => view.grantees.includes(grantee))) return false;
  if (!old.rowSecurity.enabled) return true;
  return view.options.some(({ name, value }) => name === 'security_invoker' && (value ?? 'true') !== 'false');
}
