import type { Failure } from '../../effects/effects.ts';
import type { Operation } from '../../operations/operations.ts';
import type { OperationSite } from '../rule.ts';

/** A failure, and the operation of the statement that runs into it. */
export interface PlacedFailure {
  readonly failure: Failure;
  readonly operation: Operation;
}

/** SQLSTATE `unsafe_new_enum_value_usage`. */
export const UNSAFE_ENUM_VALUE = '55P04';

/** SQLSTATE `active_sql_transaction`: the statement cannot run in a transaction. */
export const IN_TRANSACTION = '25001';

/**
 * The failures of a statement that belong to one operation of it: those that it has alone too, and with the last operation
 * those that only come of all of them together. Empty where an error would be caught, or a branch of unknown outcome guards it.
 */
export function failuresAt(operation: Operation, site: OperationSite): readonly PlacedFailure[] {
  const { failures } = site.effects;
  if (failures.length === 0 || isGuarded(operation)) return [];
  const { operations } = site.statement;
  const own = site.ownEffects.failures;
  const here = failures.filter(failure => own.some(other => sameFailure(failure, other)));
  return (operations.length === 1 ? failures : here).map(failure => ({ failure, operation }));
}

function isGuarded({ blocks = [] }: Operation): boolean {
  return blocks.some(block => block.kind === 'branch' || (block.kind === 'handler' && block.part === 'body'));
}

function sameFailure(a: Failure, b: Failure): boolean {
  return a.code === b.code && a.message === b.message;
}
