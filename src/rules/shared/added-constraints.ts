import { isOfSameTransaction } from '../../linter/new-objects.ts';
import type { Operation, OperationOf } from '../../operations/operations.ts';
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
  const inStatement = statement.operations.some(operation => addsConstraint(operation, name));
  if (inStatement) return 'statement';
  const origin = table === undefined ? undefined : findConstraint(table, name)?.origin;
  return isOfSameTransaction(origin, state) ? 'transaction' : undefined;
}

/** Whether an operation adds a constraint of that name that can be validated later. */
export function addsConstraint(operation: Operation, name: string): boolean {
  switch (operation.kind) {
    case 'addCheck':
    case 'addForeignKey':
    case 'addNotNullConstraint':
      return operation.constraint.name === name;
    default:
      return false;
  }
}
