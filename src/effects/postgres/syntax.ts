import type { ColumnDefinition, ConstraintDefinition, Operation } from '../../operations/index.ts';
import type { Server } from '../../server/server.ts';
import { type Fact, fails } from '../facts.ts';
import { SYNTAX_SINCE, understands, type VersionedSyntax } from '../versions.ts';

/** The server's refusal of syntax that a later version brought. */
export function syntaxFacts(operation: Operation, server: Server): readonly Fact[] {
  return usedSyntax(operation)
    .filter(syntax => !understands(server, syntax))
    .map(syntax => fails('42601', `${syntax} is read from PostgreSQL ${SYNTAX_SINCE[syntax]} on`));
}

/** The syntax in an operation that not all known versions read. */
function usedSyntax(operation: Operation): readonly VersionedSyntax[] {
  switch (operation.kind) {
    case 'addColumn':
      return ofColumn(operation.column);
    case 'createTable':
      return [...operation.columns.flatMap(ofColumn), ...operation.constraints.flatMap(ofConstraint)];
    case 'setExpression':
      return ['SET EXPRESSION'];
    case 'setColumnCompression':
      return ['SET COMPRESSION'];
    case 'setAccessMethod':
      return ['SET ACCESS METHOD'];
    case 'addNotNullConstraint':
      return ['ADD CONSTRAINT … NOT NULL', ...ofConstraint(operation.constraint)];
    case 'addCheck':
    case 'addForeignKey':
    case 'addUnique':
    case 'addPrimaryKey':
      return ofConstraint(operation.constraint);
    case 'alterConstraint':
      return operation.enforced === undefined ? [] : [operation.enforced ? 'ENFORCED' : 'NOT ENFORCED'];
    case 'detachPartition':
      return operation.concurrently || operation.finalize ? ['DETACH PARTITION … CONCURRENTLY'] : [];
    case 'createIndex':
      return operation.nullsNotDistinct ? ['NULLS NOT DISTINCT'] : [];
    case 'createTrigger':
      return operation.replace ? ['CREATE OR REPLACE TRIGGER'] : [];
    case 'merge':
      return ['MERGE'];
    case 'createObject':
      return operation.objectKind === 'publication' && (operation.schemas?.length ?? 0) > 0
        ? ['FOR TABLES IN SCHEMA']
        : [];
    default:
      return [];
  }
}

function ofColumn(column: ColumnDefinition): readonly VersionedSyntax[] {
  const virtual: readonly VersionedSyntax[] = column.generated?.storage === 'virtual' ? ['GENERATED … VIRTUAL'] : [];
  return [...virtual, ...column.constraints.flatMap(ofConstraint)];
}

function ofConstraint(constraint: ConstraintDefinition): readonly VersionedSyntax[] {
  const used: VersionedSyntax[] = constraint.notEnforced ? ['NOT ENFORCED'] : [];
  if ('nullsNotDistinct' in constraint && constraint.nullsNotDistinct) used.push('NULLS NOT DISTINCT');
  if ('withoutOverlaps' in constraint && constraint.withoutOverlaps) used.push('WITHOUT OVERLAPS');
  return used;
}
