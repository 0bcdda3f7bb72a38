import type { Operation, OperationKind } from '../../operations/operations.ts';

/** Operations that leave the schema as it is: data, queries, session, maintenance, and what the model does not cover. */
const NO_SCHEMA_CHANGE: ReadonlySet<OperationKind> = new Set<OperationKind>([
  'insert',
  'update',
  'delete',
  'merge',
  'truncate',
  'copyFrom',
  'select',
  'copyTo',
  'call',
  'do',
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
  'alterSystem',
  'setRoleParameter',
  'vacuum',
  'analyze',
  'cluster',
  'checkpoint',
  'reindex',
  'refreshMaterializedView',
  'disableTrigger',
  'enableTrigger',
  'grant',
  'revoke',
  'comment',
  'securityLabel',
  'other',
  'unreadable',
]);

/** Whether an operation changes the definition of something; work tables of the session do not count. */
export function isSchemaChange(operation: Operation): boolean {
  if (operation.kind === 'createTable') return operation.persistence !== 'temporary';
  return !NO_SCHEMA_CHANGE.has(operation.kind);
}
