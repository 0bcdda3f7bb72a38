import type { Operation, OperationKind } from '../../operations/operations.ts';

/** Kinds that leave schema and data as they are. */
const UNCHANGING: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'select',
  'copyTo',
  'explain',
  'setParameter',
  'resetParameter',
  'discard',
  'beginTransaction',
  'commitTransaction',
  'rollbackTransaction',
  'savepoint',
  'releaseSavepoint',
  'rollbackToSavepoint',
  'prepareTransaction',
  'commitPrepared',
  'rollbackPrepared',
  'setConstraints',
  'lockTable',
  'vacuum',
  'analyze',
  'checkpoint',
  'comment',
  'other',
  'unreadable',
]);

/** Whether an operation changes the schema or its data. Comments do not count, nor does what could not be read. */
export function isChange({ kind }: Operation): boolean {
  return !UNCHANGING.has(kind);
}

/** Kinds that change something other than a definition: rows, who may what, how things are stored, settings elsewhere. */
const NO_DEFINITION: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'copyFrom',
  'call',
  'do',
  'alterSystem',
  'setRoleParameter',
  'cluster',
  'reindex',
  'refreshMaterializedView',
  'disableTrigger',
  'enableTrigger',
  'grant',
  'revoke',
  'securityLabel',
  'insertDocuments',
  'updateDocuments',
  'deleteDocuments',
]);

/** Whether an operation changes the definition of something; work tables of the session do not count. */
export function isSchemaChange(operation: Operation): boolean {
  if (operation.kind === 'createTable') return operation.persistence !== 'temporary';
  return isChange(operation) && !NO_DEFINITION.has(operation.kind);
}
