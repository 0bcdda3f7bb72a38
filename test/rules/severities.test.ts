import { expect, test } from 'vitest';
import { presetSeverity } from '../../src/config/resolve.ts';
import { RULES } from '../../src/rules/index.ts';
import type { RuleSeverity } from '../../src/rules/rule.ts';

/**
 * The severity of each rule in the preset `recommended`, as the project decided it: what surely fails, loses data, breaks
 * running code or blocks traffic is an error. Where a rule has a milder form besides, this is the severity of the worse one.
 */
const RECOMMENDED: Readonly<Record<string, RuleSeverity>> = {
  // It will fail
  'no-concurrently-in-transaction': 'error',
  'no-failing-statement': 'error',
  'no-new-enum-value-in-transaction': 'error',
  'no-not-null-without-backfill': 'error',
  'no-duplicate-version': 'error',
  'no-out-of-order-migration': 'error',
  'no-edit-applied-migration': 'error',
  'migration-file-name': 'warn',
  // It loses data
  'no-drop-column': 'error',
  'no-drop-table': 'error',
  'no-drop-schema': 'error',
  'no-truncate': 'error',
  // A warning; an error where a dependent is from outside the deploy.
  'no-drop-cascade': 'error',
  'no-on-delete-cascade': 'off',
  'no-lossy-type-change': 'error',
  'no-lossy-down': 'warn',
  // It breaks code that is running
  'no-rename-column': 'error',
  'no-rename-table': 'error',
  'no-unsafe-type-change': 'error',
  'no-enum-value-change': 'error',
  'no-dropped-default': 'error',
  'no-drop-required-column': 'warn',
  'no-drop-unique': 'error',
  'no-drop-column-with-dependents': 'warn',
  'no-drop-object': 'warn',
  'no-view-recreate': 'warn',
  'require-replica-identity': 'error',
  'require-sequence-type': 'error',
  'prefer-expand-contract': 'off',
  // It blocks traffic
  'require-concurrent-index': 'error',
  'require-concurrent-index-drop': 'warn',
  'no-invalid-index-retry': 'warn',
  'no-timeout-on-concurrent-index': 'warn',
  'no-rewrite': 'error',
  'no-set-not-null-scan': 'error',
  'require-not-valid-foreign-key': 'error',
  'require-not-valid-check': 'error',
  'no-validate-in-same-transaction': 'error',
  'require-validate-constraint': 'warn',
  'require-using-index': 'error',
  'no-slow-work-under-lock': 'error',
  'require-lock-timeout': 'warn',
  'require-statement-timeout': 'off',
  'no-partition-lock': 'warn',
  'no-lock-table': 'warn',
  'no-disable-trigger': 'warn',
  'require-concurrent-reindex': 'warn',
  'require-concurrent-refresh': 'warn',
  'no-create-trigger-on-live-table': 'off',
  'no-many-tables-in-transaction': 'off',
  'no-blocking-alter': 'error',
  'no-refused-algorithm': 'error',
  // Data changes; of the first two, an error where most rows are reached for sure.
  'no-unbounded-update': 'error',
  'no-unbounded-delete': 'error',
  'no-unfinished-batch': 'warn',
  'max-batch-size': 'warn',
  'require-batch-pause': 'off',
  'require-idempotent-backfill': 'warn',
  'require-verification-query': 'off',
  'no-mixed-schema-and-data': 'off',
  'no-bulk-write-with-triggers': 'warn',
  'no-model-import-in-migration': 'error',
  'no-floating-migration-call': 'error',
  'no-query-outside-transaction': 'error',
  // Rollback
  'require-down': 'error',
  'down-must-reverse-up': 'warn',
  // Transactions, repeatability, hygiene; of the first, a warning where a transaction is only missing.
  'require-transaction': 'error',
  'require-idempotent-ddl': 'warn',
  'no-leaking-session-setting': 'warn',
  'require-comment': 'off',
  'no-schema-push': 'error',
  'no-alter-system': 'warn',
  'no-unreadable-statement': 'info',
  'no-untrusted-constraint': 'warn',
  'no-drop-partition': 'warn',
  'no-prefix-unique': 'warn',
  'no-utf8mb3': 'warn',
  'no-unused-suppression': 'warn',
  'require-suppression-reason': 'warn',
  // Tenants and access
  'require-tenant-column': 'off',
  'require-row-level-security': 'off',
  'require-tenant-in-policy': 'off',
  'require-tenant-scoped-backfill': 'off',
  'require-rls-policy': 'warn',
  'no-permissive-true-policy': 'error',
  'require-security-definer-search-path': 'error',
  'no-broad-grant': 'warn',
  // Schema quality
  'require-primary-key': 'warn',
  'prefer-bigint': 'warn',
  'require-foreign-key-index': 'warn',
  'no-duplicate-index': 'off',
  'prefer-check-over-enum': 'off',
  'prefer-identity': 'off',
  'prefer-text': 'off',
  'prefer-timestamptz': 'off',
  'prefer-jsonb': 'off',
  'no-char': 'off',
  'table-naming': 'off',
  'index-naming': 'off',
  'constraint-naming': 'off',
  'require-table-comment': 'off',
  'max-identifier-length': 'off',
  // Other dialects
  'no-ignored-references': 'error',
  'no-implicit-commit': 'warn',
  'no-lost-attributes': 'error',
  'no-cascading-rebuild': 'error',
  // MongoDB
  'no-definition-in-transaction': 'error',
  'no-drop-collection': 'error',
  'no-rename-collection': 'error',
  'no-rename-document-field': 'error',
  'no-unset-document-field': 'error',
  'no-unbounded-delete-many': 'error',
  'no-unbounded-update-many': 'warn',
  'no-strict-validator': 'error',
  'no-unchecked-unique-index': 'warn',
  'require-background-index': 'error',
  'require-hidden-index-before-drop': 'warn',
  'no-obsolete-index-option': 'warn',
};

/** Rules that another preset than `recommended` and `strict` brings. */
const FROM_OTHER_PRESETS: Readonly<Record<string, readonly string[]>> = {
  'multi-tenant': [
    'require-row-level-security',
    'require-tenant-column',
    'require-tenant-in-policy',
    'require-tenant-scoped-backfill',
  ],
  conventions: [
    'constraint-naming',
    'index-naming',
    'max-identifier-length',
    'no-char',
    'no-duplicate-index',
    'prefer-check-over-enum',
    'prefer-identity',
    'prefer-jsonb',
    'prefer-text',
    'prefer-timestamptz',
    'require-table-comment',
    'table-naming',
  ],
};

test.each(RULES.map(rule => [rule.id, rule] as const))('%s', (id, rule) => {
  expect(presetSeverity(rule, 'recommended')).toBe(RECOMMENDED[id]);
  expect(presetSeverity(rule, 'all')).not.toBe('off');
});

test.each(Object.entries(FROM_OTHER_PRESETS))('the preset %s brings its rules, and strict does not', (preset, ids) => {
  const brought = RULES.filter(
    ({ meta: { presets } }) =>
      presets[preset as 'conventions'] !== undefined &&
      presets.recommended === undefined &&
      presets.strict === undefined,
  );
  expect(brought.map(({ id }) => id)).toEqual(ids);
});

test('all rules on tenants are errors in the preset multi-tenant', () => {
  for (const id of FROM_OTHER_PRESETS['multi-tenant']!) {
    const rule = RULES.find(each => each.id === id)!;
    expect(presetSeverity(rule, 'multi-tenant'), id).toBe('error');
  }
});
