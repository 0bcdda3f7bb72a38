import type { SafeForms } from '../safe-forms.ts';
import { foreignKeyIndex, routineSearchPath, rowSecurity, tenantColumn } from './access.ts';
import { batches } from './batches.ts';
import {
  columnThenConstraints,
  constraintUsingIndex,
  notNullWithoutScan,
  notValidConstraint,
  validated,
} from './constraints.ts';
import { droppedColumn, droppedTable } from './drops.ts';
import { concurrentIndex } from './indexes.ts';
import {
  committedEnumValue,
  concurrentIndexDrop,
  concurrentRefresh,
  concurrentReindex,
  retriableIndex,
  withoutTimeouts,
  withTimeout,
} from './maintenance.ts';
import { notNull, requiredColumn } from './not-null.ts';
import { replacedKey, replacedView, replicaIdentity, widenedSequence } from './objects.ts';
import { attachedPartition, checkedPartition, concurrentDetach } from './partitions.ts';
import { renamedColumn, renamedTable } from './renames.ts';
import { columnWithoutRewrite } from './rewrites.ts';
import { changedType, renamedEnumValue, withoutEnumValues } from './types.ts';

/** The safe forms of PostgreSQL. */
export const postgresForms: Omit<SafeForms, 'onlineCopy' | 'rebuiltTable'> = {
  concurrentIndex,
  requiredColumn,
  notNull,
  renamedTable,
  renamedColumn,
  batches,
  droppedColumn,
  droppedTable,
  changedType,
  renamedEnumValue,
  withoutEnumValues,
  replacedKey,
  replacedView,
  widenedSequence,
  replicaIdentity,
  concurrentIndexDrop,
  retriableIndex,
  concurrentReindex,
  concurrentRefresh,
  notValidConstraint,
  notNullWithoutScan,
  constraintUsingIndex,
  columnThenConstraints,
  columnWithoutRewrite,
  validated,
  withoutTimeouts,
  committedEnumValue,
  attachedPartition,
  checkedPartition,
  concurrentDetach,
  withTimeout,
  tenantColumn,
  rowSecurity,
  routineSearchPath,
  foreignKeyIndex,
};
