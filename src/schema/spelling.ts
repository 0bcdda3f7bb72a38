import type { ConstraintDefinition, IndexElement } from '../operations/definitions.ts';
import type { Operation } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import { catalogueOf } from './dialects.ts';
import { resolveTable } from './lookup.ts';
import type { Table } from './schema.ts';
import type { State } from './state.ts';

/**
 * An operation with its columns named as the table has them, where the server takes names that differ in case alone for one;
 * elsewhere, and where every name is spelled so, the operation itself.
 */
export function asDeclared(state: State, operation: Operation): Operation {
  if (!catalogueOf(state).foldsColumns) return operation;
  const table = tableOf(state, operation);
  if (table === undefined) return operation;
  const declared = spelled(operation, table);
  // MODIFY gives the column the name in the case that it writes.
  return declared.kind === 'redefineColumn' && declared.definition.name !== declared.column
    ? { ...declared, newName: declared.definition.name }
    : declared;
}

/** {@link asDeclared} for who judges a statement: a name in another case is no new one. The statement itself where all are spelled so. */
export function statementAsDeclared(state: State, statement: Statement): Statement {
  if (!catalogueOf(state).foldsColumns) return statement;
  const operations = statement.operations.map(operation => {
    const table = tableOf(state, operation);
    return table === undefined ? operation : spelled(operation, table);
  });
  return operations.every((operation, index) => operation === statement.operations[index])
    ? statement
    : { ...statement, operations };
}

function tableOf(state: State, operation: Operation): Table | undefined {
  if (!('table' in operation) || operation.table === undefined || typeof operation.table.name !== 'string')
    return undefined;
  const { schema, name } = operation.table as { schema?: string; name: string };
  return resolveTable(state, schema === undefined ? { name } : { schema, name });
}

function spelled(operation: Operation, table: Table): Operation {
  const changed: Record<string, unknown> = {};
  if ('column' in operation && typeof operation.column === 'string') {
    const column = spell(table, operation.column);
    if (column !== operation.column) changed.column = column;
  }
  if (operation.kind === 'addColumn') {
    const name = spell(table, operation.column.name);
    if (name !== operation.column.name) changed.column = { ...operation.column, name };
  }
  if ('position' in operation && typeof operation.position === 'object' && 'after' in operation.position) {
    const after = spell(table, operation.position.after);
    if (after !== operation.position.after) changed.position = { after };
  }
  if ('elements' in operation) {
    const elements = spellElements(table, operation.elements);
    if (elements !== operation.elements) changed.elements = elements;
  }
  if ('constraint' in operation && typeof operation.constraint === 'object') {
    const constraint = spellConstraint(table, operation.constraint);
    if (constraint !== operation.constraint) changed.constraint = constraint;
  }
  return Object.keys(changed).length === 0 ? operation : ({ ...operation, ...changed } as Operation);
}

function spell(table: Table, name: string): string {
  if (table.columns.some(column => column.name === name)) return name;
  const folded = name.toLowerCase();
  return table.columns.find(column => column.name.toLowerCase() === folded)?.name ?? name;
}

function spellElements(table: Table, elements: readonly IndexElement[]): readonly IndexElement[] {
  const isSpelled = elements.every(({ column }) => column === undefined || spell(table, column) === column);
  if (isSpelled) return elements;
  return elements.map(element =>
    element.column === undefined ? element : { ...element, column: spell(table, element.column) },
  );
}

function spellConstraint(table: Table, constraint: ConstraintDefinition): ConstraintDefinition {
  if (!('columns' in constraint)) return constraint;
  const columns = constraint.columns.map(column => spell(table, column));
  if (columns.every((column, index) => column === constraint.columns[index])) return constraint;
  if (constraint.type === 'foreignKey' || constraint.elements === undefined) return { ...constraint, columns };
  return { ...constraint, columns, elements: spellElements(table, constraint.elements) };
}
