import type { ForeignKeyConstraint } from '../../operations/definitions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import { constraintsOf, creationSchema, type ForeignKey, resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { Range } from '../../source/source-file.ts';
import type { OperationSite, RuleContext, RuleVisitor } from '../rule.ts';

/** A foreign key that a migration adds, as it is at the migration's end. */
export interface NewForeignKey {
  /** The table that has it. */
  readonly table: Table;
  readonly constraint: ForeignKey;
  /** The name of the table as the statement has it. */
  readonly written: ObjectName;
  readonly operation: Operation;
  readonly range: Range;
  readonly statement: number;
}

interface Added {
  readonly definition: ForeignKeyConstraint;
  readonly written: ObjectName;
  readonly name: ObjectName;
  readonly operation: Operation;
  readonly statement: number;
}

/** Collects the foreign keys that a segment adds: by CREATE TABLE, with a column, or as a constraint of its own. */
export function collectForeignKeys(context: Pick<RuleContext<never>, 'migration' | 'resolve'>): {
  readonly handlers: Pick<RuleVisitor, 'createTable' | 'addColumn' | 'addForeignKey'>;
  /** Those that are still there at the segment's end. */
  readonly at: (state: State) => readonly NewForeignKey[];
} {
  const added: Added[] = [];
  const add = (
    operation: Operation,
    site: OperationSite,
    written: ObjectName,
    definition: { readonly type: string } | ForeignKeyConstraint,
  ): void => {
    if (definition.type !== 'foreignKey') return;
    const schema = context.resolve(written, site.state)?.schema ?? creationSchema(site.state, written);
    const name = { schema, name: written.name };
    added.push({
      definition: definition as ForeignKeyConstraint,
      written,
      name,
      operation,
      statement: site.index,
    });
  };
  return {
    handlers: {
      createTable(operation, site) {
        if (operation.persistence === 'temporary') return;
        const inColumns = operation.columns.flatMap(({ constraints }) => constraints);
        for (const definition of [...inColumns, ...operation.constraints]) {
          add(operation, site, operation.table, definition);
        }
      },
      addColumn(operation, site) {
        for (const definition of operation.column.constraints) add(operation, site, operation.table, definition);
      },
      addForeignKey(operation, site) {
        add(operation, site, operation.table, operation.constraint);
      },
    },
    at: state =>
      added.flatMap(({ definition, written, name, operation, statement }): NewForeignKey[] => {
        const table = resolveTable(state, name);
        if (table === undefined) return [];
        const constraint = constraintsOf(table, 'foreignKey').find(
          ({ origin, columns }) =>
            origin?.migration === context.migration.index &&
            origin.statement === statement &&
            columns.join() === definition.columns.join(),
        );
        if (constraint === undefined) return [];
        const range = operation.kind === 'createTable' ? definition.range : operation.head;
        return [{ table, constraint, written, operation, range, statement }];
      }),
  };
}
