import { displayName, type ObjectName, type Operation, type Statement } from '../../operations/index.ts';
import { blankTable, ensureTable } from '../../schema/context.ts';
import { existence } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import { changesOf, isTableChange, type TableChanges } from './changes.ts';
import { type Plan, planOf } from './plan.ts';

/** The tables that ALTER TABLE, CREATE INDEX, DROP INDEX or RENAME TABLE name, each once. */
export function tablesChanged({ operations }: Statement): readonly ObjectName[] {
  const found = new Map<string, ObjectName>();
  for (const operation of operations) {
    const name = tableOf(operation);
    if (name !== undefined) found.set(displayName(name), name);
  }
  return [...found.values()];
}

function tableOf(operation: Operation): ObjectName | undefined {
  return isTableChange(operation) && 'table' in operation ? (operation.table as ObjectName | undefined) : undefined;
}

export interface FoundTable {
  readonly table: Table;
  readonly state: State;
}

/** The table of a name, or a stand-in for one that the history does not show; undefined where it is known to be gone. */
export function findTable(state: State, name: ObjectName): FoundTable | undefined {
  if (existence(state, name) === 'gone') return undefined;
  const [next, table] = ensureTable(state, name);
  return { table: table ?? blankTable(-1, name.schema ?? '', name.name), state: next };
}

/** What a statement does to one table, and how the server goes about it. */
interface PlannedChange extends TableChanges {
  /** The statement with its operations on this table alone, and its clauses. */
  readonly own: Statement;
  readonly plan: Plan;
}

/**
 * How a server makes the changes of one table.
 *
 * @param name - what the statement calls the table
 * @returns undefined where the statement changes nothing of it
 */
export function plannedChange(
  { table, state }: FoundTable,
  name: ObjectName,
  statement: Statement,
  server: Server,
): PlannedChange | undefined {
  const own: Statement = {
    ...statement,
    operations: statement.operations.filter(
      operation => operation.kind === 'ddlOption' || sameName(tableOf(operation), name),
    ),
  };
  const { kinds, unknowns } = changesOf(own, table, state, server);
  return kinds.length === 0 ? undefined : { own, kinds, unknowns, plan: planOf(kinds, own, table, state, server) };
}

const sameName = (a: ObjectName | undefined, b: ObjectName): boolean =>
  a !== undefined && displayName(a) === displayName(b);
