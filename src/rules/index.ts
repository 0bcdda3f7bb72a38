import maxBatchSize from './max-batch-size.ts';
import noAlterSystem from './no-alter-system.ts';
import noBulkWriteWithTriggers from './no-bulk-write-with-triggers.ts';
import noConcurrentlyInTransaction from './no-concurrently-in-transaction.ts';
import noCreateTriggerOnLiveTable from './no-create-trigger-on-live-table.ts';
import noDisableTrigger from './no-disable-trigger.ts';
import noDropCascade from './no-drop-cascade.ts';
import noDropColumn from './no-drop-column.ts';
import noDropSchema from './no-drop-schema.ts';
import noDropTable from './no-drop-table.ts';
import noFailingStatement from './no-failing-statement.ts';
import noInvalidIndexRetry from './no-invalid-index-retry.ts';
import noLeakingSessionSetting from './no-leaking-session-setting.ts';
import noLockTable from './no-lock-table.ts';
import noLossyTypeChange from './no-lossy-type-change.ts';
import noManyTablesInTransaction from './no-many-tables-in-transaction.ts';
import noMixedSchemaAndData from './no-mixed-schema-and-data.ts';
import noNewEnumValueInTransaction from './no-new-enum-value-in-transaction.ts';
import noNotNullWithoutBackfill from './no-not-null-without-backfill.ts';
import noOnDeleteCascade from './no-on-delete-cascade.ts';
import noPartitionLock from './no-partition-lock.ts';
import noRenameColumn from './no-rename-column.ts';
import noRenameTable from './no-rename-table.ts';
import noRewrite from './no-rewrite.ts';
import noSetNotNullScan from './no-set-not-null-scan.ts';
import noSlowWorkUnderLock from './no-slow-work-under-lock.ts';
import noTimeoutOnConcurrentIndex from './no-timeout-on-concurrent-index.ts';
import noTruncate from './no-truncate.ts';
import noUnboundedDelete from './no-unbounded-delete.ts';
import noUnboundedUpdate from './no-unbounded-update.ts';
import noUnfinishedBatch from './no-unfinished-batch.ts';
import noUnreadableStatement from './no-unreadable-statement.ts';
import noUnusedSuppression from './no-unused-suppression.ts';
import noValidateInSameTransaction from './no-validate-in-same-transaction.ts';
import requireBatchPause from './require-batch-pause.ts';
import requireComment from './require-comment.ts';
import requireConcurrentIndex from './require-concurrent-index.ts';
import requireConcurrentIndexDrop from './require-concurrent-index-drop.ts';
import requireConcurrentRefresh from './require-concurrent-refresh.ts';
import requireConcurrentReindex from './require-concurrent-reindex.ts';
import requireDown from './require-down.ts';
import requireIdempotentBackfill from './require-idempotent-backfill.ts';
import requireIdempotentDdl from './require-idempotent-ddl.ts';
import requireLockTimeout from './require-lock-timeout.ts';
import requireNotValidCheck from './require-not-valid-check.ts';
import requireNotValidForeignKey from './require-not-valid-foreign-key.ts';
import requireStatementTimeout from './require-statement-timeout.ts';
import requireSuppressionReason from './require-suppression-reason.ts';
import requireTransaction from './require-transaction.ts';
import requireUsingIndex from './require-using-index.ts';
import requireValidateConstraint from './require-validate-constraint.ts';
import requireVerificationQuery from './require-verification-query.ts';
import type { Rule } from './rule.ts';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  maxBatchSize,
  noAlterSystem,
  noBulkWriteWithTriggers,
  noConcurrentlyInTransaction,
  noCreateTriggerOnLiveTable,
  noDisableTrigger,
  noDropCascade,
  noDropColumn,
  noDropSchema,
  noDropTable,
  noFailingStatement,
  noInvalidIndexRetry,
  noLeakingSessionSetting,
  noLockTable,
  noLossyTypeChange,
  noManyTablesInTransaction,
  noMixedSchemaAndData,
  noNewEnumValueInTransaction,
  noNotNullWithoutBackfill,
  noOnDeleteCascade,
  noPartitionLock,
  noRenameColumn,
  noRenameTable,
  noRewrite,
  noSetNotNullScan,
  noSlowWorkUnderLock,
  noTimeoutOnConcurrentIndex,
  noTruncate,
  noUnboundedDelete,
  noUnboundedUpdate,
  noUnfinishedBatch,
  noUnreadableStatement,
  noUnusedSuppression,
  noValidateInSameTransaction,
  requireBatchPause,
  requireConcurrentIndexDrop,
  requireComment,
  requireConcurrentIndex,
  requireConcurrentRefresh,
  requireConcurrentReindex,
  requireDown,
  requireIdempotentBackfill,
  requireIdempotentDdl,
  requireLockTimeout,
  requireNotValidCheck,
  requireNotValidForeignKey,
  requireStatementTimeout,
  requireSuppressionReason,
  requireTransaction,
  requireUsingIndex,
  requireValidateConstraint,
  requireVerificationQuery,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map(rule => [rule.id, rule]));

/** The rule of an id; undefined where there is none. */
export function ruleById(id: string): Rule | undefined {
  return BY_ID.get(id);
}
