import noNotNullWithoutBackfill from './no-not-null-without-backfill.ts';
import noRenameColumn from './no-rename-column.ts';
import noRenameTable from './no-rename-table.ts';
import noUnreadableStatement from './no-unreadable-statement.ts';
import noUnusedSuppression from './no-unused-suppression.ts';
import requireConcurrentIndex from './require-concurrent-index.ts';
import requireDown from './require-down.ts';
import requireSuppressionReason from './require-suppression-reason.ts';
import type { Rule } from './rule.ts';

/** Every rule, by id. */
export const RULES: readonly Rule[] = [
  noNotNullWithoutBackfill,
  noRenameColumn,
  noRenameTable,
  noUnreadableStatement,
  noUnusedSuppression,
  requireConcurrentIndex,
  requireDown,
  requireSuppressionReason,
];

const BY_ID: ReadonlyMap<string, Rule> = new Map(RULES.map(rule => [rule.id, rule]));

/** The rule of an id; undefined where there is none. */
export function ruleById(id: string): Rule | undefined {
  return BY_ID.get(id);
}
