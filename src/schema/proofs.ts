import { conjunctsOf, type Expression } from '../operations/expressions.ts';
import { findColumn } from './index.ts';
import type { Table, TableConstraint } from './schema.ts';

/**
 * Whether the history shows that a column holds a value in every row: it is NOT NULL, a valid CHECK says so, a statement
 * filled it in every row, or it has had a default since it was made.
 */
export function isProvenNotNull(table: Table, column: string): boolean {
  const found = findColumn(table, column);
  if (found !== undefined) {
    if (found.notNull === true || found.backfilled !== undefined || found.defaultSinceCreation) return true;
    if (found.identity !== undefined || found.generated !== undefined) return true;
  }
  return hasNotNullCheck(table, column);
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
