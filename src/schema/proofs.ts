import { conjunctsOf, type Expression } from '../operations/expressions.ts';
import type { Block } from '../operations/operations.ts';
import type { Range } from '../source/source-file.ts';
import { findColumn } from './index.ts';
import type { Origin, Table, TableConstraint } from './schema.ts';
import type { State } from './state.ts';

/**
 * Whether the history shows that a column holds a value in every row: it is NOT NULL, a valid CHECK says so, a statement
 * filled it in every row, or it has had a default since it was made.
 *
 * @param blocks - around the operation that needs it: what was filled in the same branch counts
 */
export function isProvenNotNull(table: Table, column: string, blocks: readonly Block[] = []): boolean {
  const found = findColumn(table, column);
  if (found !== undefined) {
    if (found.notNull === true || found.backfilled !== undefined || found.defaultSinceCreation) return true;
    if (found.filledWithin?.every(branch => blocks.some(({ range }) => sameRange(range, branch)))) return true;
    if (found.identity !== undefined || found.generated !== undefined) return true;
  }
  return hasNotNullCheck(table, column);
}

function sameRange(left: Range, right: Range): boolean {
  return left[0] === right[0] && left[1] === right[1];
}

/**
 * Whether a valid, enforced constraint of the table proves that a column has no NULLs: `CHECK (column IS NOT NULL)`, also as
 * one condition of several joined by AND, or a NOT NULL constraint. The server takes the same proof for SET NOT NULL
 * (PostgreSQL source, NotNullImpliedByRelConstraints).
 */
export function hasNotNullCheck(table: Table, column: string): boolean {
  return table.constraints.some(
    constraint => constraint.valid && constraint.enforced && provesNotNull(constraint, column),
  );
}

function provesNotNull(constraint: TableConstraint, column: string): boolean {
  if (constraint.type === 'notNull') return constraint.column === column;
  if (constraint.type !== 'check') return false;
  return conjunctsOf(constraint.condition.expression).some(part => isNotNullTest(part, column));
}

function isNotNullTest(expression: Expression, column: string): boolean {
  return (
    expression.kind === 'isNull' &&
    expression.negated &&
    expression.operand.kind === 'column' &&
    expression.operand.name === column
  );
}

/**
 * Whether what the schema says of an object may be out of date: a statement that could not be read ran after the object was
 * made, or the object is from before the history.
 *
 * @param origin - of the object; undefined where the history does not show it
 */
export function mayHaveChangedUnread({ schema: { unread } }: State, origin: Origin | undefined): boolean {
  if (unread === undefined) return false;
  const { at } = unread;
  if (origin === undefined || origin.migration < at.migration) return true;
  return origin.migration === at.migration && origin.statement < at.statement;
}
