import type { Operation, OperationKind } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import type { Risk } from './result.ts';

/**
 * The risk of each kind of change, before any rule has looked: what a reviewer should expect of a migration that holds it.
 * Kinds that are not listed are low.
 */
const RISKS: Readonly<Partial<Record<OperationKind, Risk>>> = {
  dropColumn: 'medium',
  renameColumn: 'high',
  renameTable: 'high',
  alterColumnType: 'high',
  dropTable: 'high',
  dropSchema: 'high',
  truncate: 'high',
  setNotNull: 'medium',
  addCheck: 'medium',
  addForeignKey: 'medium',
  addUnique: 'medium',
  addPrimaryKey: 'medium',
  addExclude: 'medium',
  addNotNullConstraint: 'medium',
  dropView: 'medium',
  dropMaterializedView: 'medium',
  dropType: 'medium',
  dropRoutine: 'medium',
  renameEnumValue: 'high',
  renameType: 'high',
  renameSchema: 'high',
  update: 'medium',
  delete: 'medium',
  merge: 'medium',
  cluster: 'high',
  unreadable: 'medium',
  dropCollection: 'high',
  dropDocumentDatabase: 'high',
  renameCollection: 'high',
  createDocumentIndex: 'medium',
  dropDocumentIndex: 'medium',
  modifyCollection: 'medium',
  updateDocuments: 'medium',
  deleteDocuments: 'medium',
};

const ORDER: readonly Risk[] = ['low', 'medium', 'high'];

/**
 * The risk of a migration: that of its riskiest operation on what was there before it.
 *
 * @param statements - those of its up
 * @param isNew - whether an operation works on a table that the migration's own deploy made
 */
export function riskOf(statements: readonly Statement[], isNew: (operation: Operation) => boolean): Risk {
  let highest = 0;
  for (const { operations } of statements) {
    for (const operation of operations) {
      const risk = ORDER.indexOf(riskOfOperation(operation));
      if (risk > highest && !isNew(operation)) highest = risk;
    }
  }
  return ORDER[highest]!;
}

function riskOfOperation(operation: Operation): Risk {
  if (operation.kind === 'addColumn') {
    const { notNull, constraints } = operation.column;
    return notNull || constraints.length > 0 ? 'medium' : 'low';
  }
  if (operation.kind === 'createIndex') return operation.concurrently ? 'low' : 'medium';
  return RISKS[operation.kind] ?? 'low';
}
