import constraintNaming from './constraint-naming.ts';
import downMustReverseUp from './down-must-reverse-up.ts';
import indexNaming from './index-naming.ts';
import maxBatchSize from './max-batch-size.ts';
import maxIdentifierLength from './max-identifier-length.ts';
import migrationFileName from './migration-file-name.ts';
import noAlterSystem from './no-alter-system.ts';
import noBlockingAlter from './no-blocking-alter.ts';
import noBroadGrant from './no-broad-grant.ts';
import noBulkWriteWithTriggers from './no-bulk-write-with-triggers.ts';
import noCascadingRebuild from './no-cascading-rebuild.ts';
import noChar from './no-char.ts';
import noConcurrentlyInTransaction from './no-concurrently-in-transaction.ts';
import noCreateTriggerOnLiveTable from './no-create-trigger-on-live-table.ts';
import noDefinitionInTransaction from './no-definition-in-transaction.ts';
import noDisableTrigger from './no-disable-trigger.ts';
import noDropCascade from './no-drop-cascade.ts';
import noDropCollection from './no-drop-collection.ts';
import noDropColumn from './no-drop-column.ts';
import noDropColumnWithDependents from './no-drop-column-with-dependents.ts';
import noDropObject from './no-drop-object.ts';
import noDropPartition from './no-drop-partition.ts';
import noDropRequiredColumn from './no-drop-required-column.ts';
import noDropSchema from './no-drop-schema.ts';
import noDropTable from './no-drop-table.ts';
import noDropUnique from './no-drop-unique.ts';
import noDroppedDefault from './no-dropped-default.ts';
import noDuplicateIndex from './no-duplicate-index.ts';
import noDuplicateVersion from './no-duplicate-version.ts';
import noEditAppliedMigration from './no-edit-applied-migration.ts';
import noEnumValueChange from './no-enum-value-change.ts';
import noFailingStatement from './no-failing-statement.ts';
import noFloatingMigrationCall from './no-floating-migration-call.ts';
import noIgnoredReferences from './no-ignored-references.ts';
import noImplicitCommit from './no-implicit-commit.ts';
import noInvalidIndexRetry from './no-invalid-index-retry.ts';
import noLeakingSessionSetting from './no-leaking-session-setting.ts';
import noLockTable from './no-lock-table.ts';
import noLossyDown from './no-lossy-down.ts';
import noLossyTypeChange from './no-lossy-type-change.ts';
import noLostAttributes from './no-lost-attributes.ts';
import noManyTablesInTransaction from './no-many-tables-in-transaction.ts';
import noMixedSchemaAndData from './no-mixed-schema-and-data.ts';
import noModelImportInMigration from './no-model-import-in-migration.ts';
import noNewEnumValueInTransaction from './no-new-enum-value-in-transaction.ts';
import noNotNullWithoutBackfill from './no-not-null-without-backfill.ts';
import noObsoleteIndexOption from './no-obsolete-index-option.ts';
import noOnDeleteCascade from './no-on-delete-cascade.ts';
import noOutOfOrderMigration from './no-out-of-order-migration.ts';
import noPartitionLock from './no-partition-lock.ts';
import noPermissiveTruePolicy from './no-permissive-true-policy.ts';
import noPrefixUnique from './no-prefix-unique.ts';
import noQueryOutsideTransaction from './no-query-outside-transaction.ts';
import noRefusedAlgorithm from './no-refused-algorithm.ts';
import noRenameCollection from './no-rename-collection.ts';
import noRenameColumn from './no-rename-column.ts';
import noRenameDocumentField from './no-rename-document-field.ts';
import noRenameTable from './no-rename-table.ts';
import noRewrite from './no-rewrite.ts';
import noSchemaPush from './no-schema-push.ts';
import noSetNotNullScan from './no-set-not-null-scan.ts';
import noSlowWorkUnderLock from './no-slow-work-under-lock.ts';
import noStrictValidator from './no-strict-validator.ts';
import noTimeoutOnConcurrentIndex from './no-timeout-on-concurrent-index.ts';
import noTruncate from './no-truncate.ts';
import noUnboundedDelete from './no-unbounded-delete.ts';
import noUnboundedDeleteMany from './no-unbounded-delete-many.ts';
import noUnboundedUpdate from './no-unbounded-update.ts';
import noUnboundedUpdateMany from './no-unbounded-update-many.ts';
import noUncheckedUniqueIndex from './no-unchecked-unique-index.ts';
import noUnfinishedBatch from './no-unfinished-batch.ts';
import noUnreadableStatement from './no-unreadable-statement.ts';
import noUnsafeTypeChange from './no-unsafe-type-change.ts';
import noUnsetDocumentField from './no-unset-document-field.ts';
import noUntrustedConstraint from './no-untrusted-constraint.ts';
import noUnusedSuppression from './no-unused-suppression.ts';
import noUtf8mb3 from './no-utf8mb3.ts';
import noValidateInSameTransaction from './no-validate-in-same-transaction.ts';
import noViewRecreate from './no-view-recreate.ts';
import preferBigint from './prefer-bigint.ts';
import preferCheckOverEnum from './prefer-check-over-enum.ts';
import preferExpandContract from './prefer-expand-contract.ts';
import preferIdentity from './prefer-identity.ts';
import preferJsonb from './prefer-jsonb.ts';
import preferText from './prefer-text.ts';
import preferTimestamptz from './prefer-timestamptz.ts';
import requireBackgroundIndex from './require-background-index.ts';
import requireBatchPause from './require-batch-pause.ts';
import requireComment from './require-comment.ts';
import requireConcurrentIndex from './require-concurrent-index.ts';
import requireConcurrentIndexDrop from './require-concurrent-index-drop.ts';
import requireConcurrentRefresh from './require-concurrent-refresh.ts';
import requireConcurrentReindex from './require-concurrent-reindex.ts';
import requireDown from './require-down.ts';
import requireForeignKeyIndex from './require-foreign-key-index.ts';
import requireHiddenIndexBeforeDrop from './require-hidden-index-before-drop.ts';
import requireIdempotentBackfill from './require-idempotent-backfill.ts';
import requireIdempotentDdl from './require-idempotent-ddl.ts';
import requireLockTimeout from './require-lock-timeout.ts';
import requireNotValidCheck from './require-not-valid-check.ts';
import requireNotValidForeignKey from './require-not-valid-foreign-key.ts';
import requirePrimaryKey from './require-primary-key.ts';
import requireReplicaIdentity from './require-replica-identity.ts';
import requireRlsPolicy from './require-rls-policy.ts';
import requireRowLevelSecurity from './require-row-level-security.ts';
import requireSecurityDefinerSearchPath from './require-security-definer-search-path.ts';
import requireSequenceType from './require-sequence-type.ts';
import requireStatementTimeout from './require-statement-timeout.ts';
import requireSuppressionReason from './require-suppression-reason.ts';
import requireTableComment from './require-table-comment.ts';
import requireTenantColumn from './require-tenant-column.ts';
import requireTenantInPolicy from './require-tenant-in-policy.ts';
import requireTenantScopedBackfill from './require-tenant-scoped-backfill.ts';
import requireTransaction from './require-transaction.ts';
import requireUsingIndex from './require-using-index.ts';
import requireValidateConstraint from './require-validate-constraint.ts';
import requireVerificationQuery from './require-verification-query.ts';
import type { Rule } from './rule.ts';
import tableNaming from './table-naming.ts';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  constraintNaming,
  downMustReverseUp,
  indexNaming,
  maxBatchSize,
  maxIdentifierLength,
  migrationFileName,
  noAlterSystem,
  noBlockingAlter,
  noBroadGrant,
  noBulkWriteWithTriggers,
  noCascadingRebuild,
  noChar,
  noConcurrentlyInTransaction,
  noCreateTriggerOnLiveTable,
  noDefinitionInTransaction,
  noDisableTrigger,
  noDropCascade,
  noDropCollection,
  noDropColumn,
  noDropColumnWithDependents,
  noDropObject,
  noDropPartition,
  noDropRequiredColumn,
  noDropSchema,
  noDropTable,
  noDropUnique,
  noDroppedDefault,
  noDuplicateIndex,
  noDuplicateVersion,
  noEditAppliedMigration,
  noEnumValueChange,
  noFailingStatement,
  noFloatingMigrationCall,
  noIgnoredReferences,
  noImplicitCommit,
  noInvalidIndexRetry,
  noLeakingSessionSetting,
  noLockTable,
  noLossyDown,
  noLossyTypeChange,
  noLostAttributes,
  noManyTablesInTransaction,
  noMixedSchemaAndData,
  noModelImportInMigration,
  noNewEnumValueInTransaction,
  noNotNullWithoutBackfill,
  noObsoleteIndexOption,
  noOnDeleteCascade,
  noOutOfOrderMigration,
  noPartitionLock,
  noPermissiveTruePolicy,
  noPrefixUnique,
  noQueryOutsideTransaction,
  noRefusedAlgorithm,
  noRenameCollection,
  noRenameColumn,
  noRenameDocumentField,
  noRenameTable,
  noRewrite,
  noSchemaPush,
  noSetNotNullScan,
  noSlowWorkUnderLock,
  noStrictValidator,
  noTimeoutOnConcurrentIndex,
  noTruncate,
  noUnboundedDelete,
  noUnboundedDeleteMany,
  noUnboundedUpdate,
  noUnboundedUpdateMany,
  noUncheckedUniqueIndex,
  noUnfinishedBatch,
  noUnreadableStatement,
  noUnsafeTypeChange,
  noUnsetDocumentField,
  noUntrustedConstraint,
  noUnusedSuppression,
  noUtf8mb3,
  noValidateInSameTransaction,
  noViewRecreate,
  preferBigint,
  preferCheckOverEnum,
  preferExpandContract,
  preferIdentity,
  preferJsonb,
  preferText,
  preferTimestamptz,
  requireBackgroundIndex,
  requireBatchPause,
  requireComment,
  requireConcurrentIndex,
  requireConcurrentIndexDrop,
  requireConcurrentRefresh,
  requireConcurrentReindex,
  requireDown,
  requireForeignKeyIndex,
  requireHiddenIndexBeforeDrop,
  requireIdempotentBackfill,
  requireIdempotentDdl,
  requireLockTimeout,
  requireNotValidCheck,
  requireNotValidForeignKey,
  requirePrimaryKey,
  requireReplicaIdentity,
  requireRlsPolicy,
  requireRowLevelSecurity,
  requireSecurityDefinerSearchPath,
  requireSequenceType,
  requireStatementTimeout,
  requireSuppressionReason,
  requireTableComment,
  requireTenantColumn,
  requireTenantInPolicy,
  requireTenantScopedBackfill,
  requireTransaction,
  requireUsingIndex,
  requireValidateConstraint,
  requireVerificationQuery,
  tableNaming,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map(rule => [rule.id, rule]));

/** The rule of an id; undefined where there is none. */
export function ruleById(id: string): Rule | undefined {
  return BY_ID.get(id);
}
