import type { Failure } from '../../effects/effects.ts';
import type { Operation } from '../../operations/operations.ts';
import { inServerOrder } from '../../schema/index.ts';
import type { OperationSite } from '../rule.ts';

/** SQLSTATE `unsafe_new_enum_value_usage`. */
export const UNSAFE_ENUM_VALUE = '55P04';

/** SQLSTATE `active_sql_transaction`: the statement cannot run in a transaction. */
export const IN_TRANSACTION = '25001';

/**
 * The failures of a statement that one of its operations runs into: those that it has alone too, and with the last operation
 * those that only come of several together. Empty where an error would be caught, or a branch of unknown outcome guards it.
 *
 * @param told - messages of the same statement that were reported already
 */
export function failuresAt(operation: Operation, site: OperationSite, told: ReadonlySet<string>): readonly Failure[] {
  const { failures } = site.effects;
  if (failures.length === 0 || isGuarded(operation)) return [];
  if (inServerOrder(site.statement.operations).at(-1) === operation)
    return failures.filter(({ message }) => !told.has(message));
  const own = site.ownEffects.failures;
  return failures.filter(failure => own.some(({ message }) => message === failure.message));
}

/** Whether a failure of the operation would be caught, or a branch of unknown outcome may leave it out. */
export function isGuarded({ blocks = [] }: Operation): boolean {
  return blocks.some(block => block.kind === 'branch' || (block.kind === 'handler' && block.part === 'body'));
}
