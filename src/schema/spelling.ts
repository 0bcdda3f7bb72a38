import type { ConstraintDefinition, IndexElement } from '../operations/definitions.ts';
import type { Operation } from '../operations/operations.ts';
import { catalogueOf } from './dialects.ts';
import { resolveTable } from './lookup.ts';
import type { Table } from './schema.ts';
import type { State } from './state.ts';

/**
 * An operation with its columns named as the table has them, where the server takes names that differ in case alone for one;
 * elsewhere, and where every name is spelled so, the operation itself.
 */
export function asDeclared(state: State, operation: Operation): Operation {
  if (!catalogueOf(state).foldsColumns || !('table' in operation) || operation.table === undefined) return operation;
  if (typeof operation.table.name !== 'string') return operation;
  const { schema, name } = operation.table as { schema?: string; name: string };
  const table = resolveTable(state, schema === undefined ? { name } : { schema, name });
  return table === undefined ? operation : spelled(operation, table);
}

function spelled(operation: Operation, table: Table): Operation {
  const changed: Record<string, unknown> = {};
  if ('column' in operation && typeof operation.column === 'string') {
    const column = spell(table, operation.column);
    changed.column = column;
    // MODIFY gives the column the name in the case that it writes.
    if (operation.kind === 'redefineColumn' && operation.definition.name !== column) {
      changed.newName = operation.definition.name;
    }
  }
  if (operation.kind === 'addColumn') {
    changed.column = { ...operation.column, name: spell(table, operation.column.name) };
  }
  if ('position' in operation && typeof operation.position === 'object' && 'after' in operation.position) {
    changed.position = { after: spell(table, operation.position.after) };
  }
  if ('elements' in operation) changed.elements = spellElements(table, operation.elements);
  if ('constraint' in operation && typeof operation.constraint === 'object') {
    changed.constraint = spellConstraint(table, operation.constraint);
  }
  return Object.keys(changed).length === 0 ? operation : ({ ...operation, ...changed } as Operation);
}

function spell(table: Table, name: string): string {
  if (table.columns.some(column => column.name === name)) return name;
  const folded = name.toLowerCase();
  return table.columns.find(column => column.name.toLowerCase() === folded)?.name ?? name;
}

function spellElements(table: Table, elements: readonly IndexElement[]): readonly IndexElement[] {
  return elements.map(element =>
    element.column === undefined ? element : { ...element, column: spell(table, element.column) },
  );
}

function spellConstraint(table: Table, constraint: ConstraintDefinition): ConstraintDefinition {
  if (!('columns' in constraint)) return constraint;
  const columns = constraint.columns.map(column => spell(table, column));
  if (constraint.type === 'foreignKey' || constraint.elements === undefined) return { ...constraint, columns };
  return { ...constraint, columns, elements: spellElements(table, constraint.elements) };
}
