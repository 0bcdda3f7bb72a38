import type { Suggestion } from '../../linter/finding.ts';
import type { DataType } from '../../operations/data-types.ts';
import type { ColumnDefinition } from '../../operations/definitions.ts';
import { displayName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Range } from '../../source/source-file.ts';
import type { RuleVisitor } from '../rule.ts';

/** A type that a migration gives a column or a domain. */
export interface DeclaredType {
  readonly type: DataType;
  /** What has it, for messages: `users.name`. */
  readonly name: string;
  readonly operation: Operation;
  /** Where to point: the column's definition, or the clause. */
  readonly range: Range;
  /** The column as defined; left out for type changes and domains. */
  readonly column?: ColumnDefinition;
}

/**
 * A visitor that meets every type of the server that a migration declares: of columns in CREATE TABLE, ADD COLUMN and ALTER COLUMN TYPE, and of
 * domains. Temporary tables are left out, and so are types that are only taken over, by LIKE or from a query.
 */
export function onDeclaredTypes(
  visitor: (declared: DeclaredType) => void,
): Pick<RuleVisitor, 'createTable' | 'addColumn' | 'alterColumnType' | 'createDomain'> {
  const visit = (declared: DeclaredType): void => {
    if (declared.type.builtin) visitor(declared);
  };
  return {
    createTable(operation) {
      if (operation.persistence === 'temporary') return;
      for (const column of operation.columns) {
        if (column.type === undefined) continue;
        const name = `${displayName(operation.table)}.${column.name}`;
        visit({ type: column.type, name, operation, range: column.range, column });
      }
    },
    addColumn(operation) {
      const { column } = operation;
      if (column.type === undefined) return;
      const name = `${displayName(operation.table)}.${column.name}`;
      visit({ type: column.type, name, operation, range: operation.head, column });
    },
    alterColumnType(operation) {
      const name = `${displayName(operation.table)}.${operation.column}`;
      visit({ type: operation.type, name, operation, range: operation.head });
    },
    createDomain(operation) {
      visit({ type: operation.type, name: displayName(operation.domain), operation, range: operation.head });
    },
  };
}

/** A suggestion to write another type, where the place of the type is known and it is no array. */
export function otherType(
  { operation, type }: DeclaredType,
  text: string,
): { readonly suggestions?: readonly Suggestion[] } {
  const place = operation.anchors?.type;
  if (place === undefined || type.arrayDimensions > 0) return {};
  return { suggestions: [{ message: `Use ${text}`, edits: [{ start: place[0], end: place[1], text }] }] };
}
