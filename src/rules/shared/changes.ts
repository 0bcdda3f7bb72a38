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
