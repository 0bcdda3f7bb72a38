import type { ObjectName, Operation, Statement } from '../../operations/index.ts';
import { resolveTable } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { updateTable } from '../../schema/store.ts';
import type { Server } from '../../server/server.ts';
import type { ChangeKind } from './online-changes.ts';
import { findTable, plannedChange, tablesChanged } from './planned-changes.ts';
import { NEWEST_MYSQL } from './versions.ts';

/** Changes that write some partitions anew: the others keep their row versions. */
const OF_PARTITIONS: ReadonlySet<ChangeKind> = new Set(['optimize partition', 'move partition rows']);

/**
 * Counts the row versions of MySQL's tables: an ALTER TABLE that adds or drops columns instantly leaves one, whatever writes
 * the table anew takes all away (MySQL 8.4 manual, 17.12.1 "Online DDL Operations", TOTAL_ROW_VERSIONS).
 *
 * @param before - the state that the statement met
 * @param after - the state that its operations left
 * @returns `after` with the counts of the tables that the statement changed
 */
export function countRowVersions(statement: Statement, before: State, after: State): State {
  if (after.dialect !== 'mysql') return after;
  const emptied = statement.operations.flatMap(emptiedTables);
  const cleared = emptied.reduce((state, name) => withRowVersions(state, resolveTable(state, name), 0), after);
  const server: Server = { dialect: 'mysql', version: before.version ?? NEWEST_MYSQL, versionAssumed: false };
  return tablesChanged(statement).reduce((state, name) => {
    const known = resolveTable(before, name);
    // What neither comes nor goes instantly, nor can take a count away, needs no plan.
    if (known?.rowVersions === undefined && !statement.operations.some(isColumnChange)) return state;
    const found = findTable(before, name);
    const change = found === undefined ? undefined : plannedChange(found, name, statement, server);
    if (change === undefined || change.plan.verdicts.some(({ outcome }) => outcome === 'refused')) return state;
    const { kinds, plan } = change;
    const id = known?.id ?? resolveTable(state, name)?.id;
    const table = id === undefined ? undefined : state.schema.relations.get(id);
    if (table?.kind !== 'table') return state;
    if (plan.rebuild) return kinds.every(kind => OF_PARTITIONS.has(kind)) ? state : withRowVersions(state, table, 0);
    return plan.rowVersions === undefined ? state : withRowVersions(state, table, plan.rowVersions.used);
  }, cleared);
}

const isColumnChange = ({ kind }: Operation): boolean => kind === 'addColumn' || kind === 'dropColumn';

/** TRUNCATE makes the table anew, OPTIMIZE TABLE its rows. */
function emptiedTables(operation: Operation): readonly ObjectName[] {
  if (operation.kind === 'truncate') return [operation.table];
  return operation.kind === 'optimizeTable' ? operation.tables : [];
}

function withRowVersions(state: State, table: Table | undefined, count: number): State {
  if (table === undefined || (table.rowVersions ?? 0) === count) return state;
  return updateTable(state, table.id, ({ rowVersions: _, ...found }) =>
    count === 0 ? found : { ...found, rowVersions: count },
  );
}
