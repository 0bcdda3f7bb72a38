import type { ObjectName } from '../../operations/names.ts';
import type { CreateTable } from '../../operations/operations.ts';
import { creationSchema, resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { OperationSite, RuleContext, RuleVisitor } from '../rule.ts';

/** A table that a migration made, as it is at the migration's end. */
export interface NewTable {
  readonly table: Table;
  readonly operation: CreateTable;
  /** Index of the statement that made it. */
  readonly statement: number;
}

interface Made {
  readonly operation: CreateTable;
  readonly statement: number;
  readonly name: ObjectName;
}

/**
 * A visitor that calls back at the segment's end for each table that the segment made and that is still there under its name:
 * what a later statement adds to the table counts. Left out are temporary and foreign tables and partitions: they last for a
 * session, are stored elsewhere, or take what they have from their parent.
 */
export function onNewTables(
  context: Pick<RuleContext<never>, 'migration'>,
  visit: (made: NewTable, state: State) => void,
): Pick<RuleVisitor, 'createTable' | 'segmentEnd'> {
  const made: Made[] = [];
  return {
    createTable(operation: CreateTable, site: OperationSite) {
      const name = { schema: creationSchema(site.state, operation.table), name: operation.table.name };
      made.push({ operation, statement: site.index, name });
    },
    segmentEnd(state) {
      for (const { operation, statement, name } of made) {
        const table = resolveTable(state, name);
        if (table === undefined || !isMadeBy(table, context.migration.index, statement) || !isLasting(table)) continue;
        visit({ table, operation, statement }, state);
      }
    },
  };
}

/** Whether a statement of a migration's up made the table: not with IF NOT EXISTS of one that was there. */
export function isMadeBy({ origin }: Table, migration: number, statement: number): boolean {
  return origin?.migration === migration && origin.statement === statement;
}

/** Whether a table stays, is stored here, and is no part of another. */
export function isLasting(table: Table): boolean {
  return table.persistence !== 'temporary' && table.foreign !== true && table.partitionOf === undefined;
}
