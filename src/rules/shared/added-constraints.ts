import { isOfSameTransaction } from '../../linter/new-objects.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { findConstraint } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { OperationSite } from '../rule.ts';

/**
 * Whether the constraint that is validated was added by the same statement, or earlier in the same transaction; undefined where
 * it was committed before, or is not known.
 */
export function addedTogether(
  { name }: OperationOf<'validateConstraint'>,
  table: Table | undefined,
  { statement, state }: OperationSite,
): 'statement' | 'transaction' | undefined {
  const inStatement = statement.operations.some(
    operation =>
      (operation.kind === 'addCheck' ||
        operation.kind === 'addForeignKey' ||
        operation.kind === 'addNotNullConstraint') &&
      operation.constraint.name === name,
  );
  if (inStatement) return 'statement';
  const origin = table === undefined ? undefined : findConstraint(table, name)?.origin;
  return isOfSameTransaction(origin, state) ? 'transaction' : undefined;
}
