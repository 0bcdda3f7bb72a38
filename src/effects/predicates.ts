import {
  conjunctsOf,
  type Expression,
  isNullLiteral,
  type PartitionBound,
  pushNot,
  type WrittenExpression,
} from '../operations/index.ts';
import type { Table } from '../schema/schema.ts';

/**
 * What CHECK constraints prove, as far as the server's own prover sees it (PostgreSQL source, predtest.c): single conditions
 * joined by AND, comparisons of the column with constants, IS NOT NULL.
 */

/** The conditions that rows of the table are known to fulfil: of its valid, enforced CHECKs, ANDs taken apart. */
function provenConditions(table: Table): readonly Expression[] {
  return table.constraints.flatMap(constraint =>
    constraint.type === 'check' && constraint.valid && constraint.enforced
      ? conditionsOf(constraint.condition.expression)
      : [],
  );
}

/** `a BETWEEN 1 AND 2` says what `a >= 1 AND a <= 2` says. */
function conditionsOf(expression: Expression): readonly Expression[] {
  return conjunctsOf(pushNot(expression, false)).flatMap(part => {
    if (part.kind !== 'between' || part.negated) return [part];
    return [
      { kind: 'operator', operator: '>=', operands: [part.operand, part.low] },
      { kind: 'operator', operator: '<=', operands: [part.operand, part.high] },
    ] satisfies Expression[];
  });
}

const isColumn = (expression: Expression | undefined, column: string): boolean =>
  expression?.kind === 'column'
    ? expression.name === column
    : expression?.kind === 'cast' && isColumn(expression.operand, column);

/** Whether the column is NOT NULL already. */
export function isNotNull(table: Table, column: string): boolean {
  return table.columns.some(({ name, notNull }) => name === column && notNull === true);
}

/**
 * Whether the table's CHECKs prove that a column holds no NULL, so that SET NOT NULL need not look: `IS NOT NULL` by itself or
 * inside AND, also as NOT (… IS NULL) and IS DISTINCT FROM NULL. A comparison does not: CHECK lets NULL pass.
 */
export function checksProveNotNull(table: Table, column: string): boolean {
  return provenConditions(table).some(
    part =>
      (part.kind === 'isNull' && part.negated && isColumn(part.operand, column)) ||
      (part.kind === 'not' &&
        part.operand.kind === 'isNull' &&
        !part.operand.negated &&
        isColumn(part.operand.operand, column)) ||
      (part.kind === 'operator' &&
        part.operator === 'is distinct from' &&
        part.operands.some(operand => isColumn(operand, column)) &&
        part.operands.some(isNullLiteral)),
  );
}

type Value = string | number;

/** A constant's value behind casts; undefined for what is not constant. */
function constant(expression: Expression): Value | undefined {
  if (expression.kind === 'cast') return constant(expression.operand);
  if (expression.kind === 'operator' && expression.operator === '-' && expression.operands.length === 1) {
    const value = constant(expression.operands[0]!);
    return typeof value === 'number' ? -value : undefined;
  }
  if (expression.kind !== 'literal') return undefined;
  if (expression.type === 'number') return Number(expression.value);
  return typeof expression.value === 'string' ? expression.value : undefined;
}

const DATE = /^\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$/;

/** Negative, 0 or positive; undefined for values whose order only the server knows. */
function compare(a: Value, b: Value): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== typeof b) {
    const [left, right] = [Number(a), Number(b)];
    return Number.isNaN(left) || Number.isNaN(right) ? undefined : left - right;
  }
  if (a === b) return 0;
  const [left, right] = [String(a), String(b)];
  if (DATE.test(left) && DATE.test(right))
    return padded(left) < padded(right) ? -1 : padded(left) > padded(right) ? 1 : 0;
  if (/^-?\d+$/.test(left) && /^-?\d+$/.test(right)) return Number(left) - Number(right);
  return undefined;
}

const padded = (date: string): string => `${date.replace('T', ' ')}${' 00:00:00'.slice(date.length - 10)}`;

type Comparison = '<' | '<=' | '=' | '>=' | '>';
const MIRRORED: Readonly<Record<Comparison, Comparison>> = { '<': '>', '<=': '>=', '=': '=', '>=': '<=', '>': '<' };

/** `column operator constant`, turned round where the constant stands first. */
function comparisonOf(
  part: Expression,
  column: string,
): { readonly operator: Comparison; readonly value: Value } | undefined {
  if (part.kind !== 'operator' || part.operands.length !== 2 || !(part.operator in MIRRORED)) return undefined;
  const operator = part.operator as Comparison;
  const [left, right] = [part.operands[0]!, part.operands[1]!];
  if (isColumn(left, column)) {
    const value = constant(right);
    return value === undefined ? undefined : { operator, value };
  }
  const value = isColumn(right, column) ? constant(left) : undefined;
  return value === undefined ? undefined : { operator: MIRRORED[operator], value };
}

/** Whether one known comparison of a column implies another. */
function implies(
  known: { readonly operator: Comparison; readonly value: Value },
  wanted: { readonly operator: Comparison; readonly value: Value },
): boolean {
  const order = compare(known.value, wanted.value);
  if (order === undefined) return false;
  switch (wanted.operator) {
    case '>=':
      return ['>', '>=', '='].includes(known.operator) && order >= 0;
    case '>':
      return (known.operator === '>' && order >= 0) || (['>=', '='].includes(known.operator) && order > 0);
    case '<=':
      return ['<', '<=', '='].includes(known.operator) && order <= 0;
    case '<':
      return (known.operator === '<' && order <= 0) || (['<=', '='].includes(known.operator) && order < 0);
    case '=':
      return known.operator === '=' && order === 0;
  }
}

const literal = (bound: WrittenExpression | 'minvalue' | 'maxvalue'): Value | 'minvalue' | 'maxvalue' | undefined =>
  typeof bound === 'string' ? bound : constant(bound.expression);

/** What the constraints say of a column by comparing it with constants. */
function comparisonsOf(
  table: Table,
  column: string,
): readonly { readonly operator: Comparison; readonly value: Value }[] {
  return provenConditions(table).flatMap(part => comparisonOf(part, column) ?? []);
}

/** The values that a condition allows for a column: `IN (…)`, `= x`; undefined where it is another condition. */
function allowedBy(part: Expression, column: string): readonly Value[] | undefined {
  if (part.kind === 'in' && !part.negated && !('kind' in part.members) && isColumn(part.operand, column)) {
    const values = part.members.map(constant);
    return values.every(value => value !== undefined) ? (values as readonly Value[]) : undefined;
  }
  const comparison = comparisonOf(part, column);
  return comparison?.operator === '=' ? [comparison.value] : undefined;
}

/** Whether two constants are the same value; undefined when only the server knows. */
function equal(a: Value, b: Value): boolean | undefined {
  const order = compare(a, b);
  if (order !== undefined) return order === 0;
  // Texts that are no numbers or dates are equal only when they are the same.
  return typeof a === 'string' && typeof b === 'string' && !/^[\d.+-]/.test(a + b) ? a === b : undefined;
}

/**
 * Whether the table's constraints prove that all its rows fit a partition bound, so that ATTACH PARTITION need not look. A key
 * that may be NULL is never proven by comparisons alone.
 *
 * @param columns - the key's columns; undefined for a key with an expression, which is never taken as proven
 */
export function provesBound(table: Table, columns: readonly string[] | undefined, bound: PartitionBound): boolean {
  const [column] = columns ?? [];
  if (columns === undefined || column === undefined) return false;
  const notNull = columns.every(one => isNotNull(table, one) || checksProveNotNull(table, one));
  switch (bound.kind) {
    case 'range':
      return notNull && provesRange(table, columns, bound);
    case 'list': {
      const values = bound.values.map(value => constant(value.expression));
      if (!notNull || values.some(value => value === undefined)) return false;
      return provenConditions(table).some(part =>
        allowedBy(part, column)?.every(value => values.some(one => equal(one!, value) === true)),
      );
    }
    default:
      return false;
  }
}

/** Columns whose lower and upper bound are the same value are fixed to it; the first that differs has to lie between, and is the last. */
function provesRange(table: Table, columns: readonly string[], bound: PartitionBound & { kind: 'range' }): boolean {
  for (const [position, column] of columns.entries()) {
    const known = comparisonsOf(table, column);
    const holds = (operator: Comparison, value: Value): boolean => known.some(one => implies(one, { operator, value }));
    const from = literal(bound.from[position]!);
    const to = literal(bound.to[position]!);
    if (from === undefined || to === undefined) return false;
    const fixed = from !== 'minvalue' && to !== 'maxvalue' && equal(from, to) === true;
    if (fixed && position < columns.length - 1) {
      if (!holds('=', from)) return false;
      continue;
    }
    return (
      position === columns.length - 1 &&
      (from === 'minvalue' || holds('>=', from)) &&
      (to === 'maxvalue' || holds('<', to))
    );
  }
  return false;
}

/** Whether the default partition's constraints prove that none of its rows belongs to a new partition of this bound. */
export function provesOutside(table: Table, columns: readonly string[] | undefined, bound: PartitionBound): boolean {
  const [column] = columns ?? [];
  if (column === undefined || columns?.length !== 1) return false;
  const outside = (part: Expression): boolean => {
    if (part.kind === 'or') return part.operands.every(operand => conditionsOf(operand).some(outside));
    // NULL belongs to no range, and to a list only where that names it (measured).
    if (part.kind === 'isNull' && !part.negated && isColumn(part.operand, column)) {
      return bound.kind !== 'list' || !bound.values.some(({ expression: value }) => isNullLiteral(value));
    }
    if (bound.kind === 'list') return allowsNone(part, column, bound);
    return bound.kind === 'range' && liesBeside(part, column, bound);
  };
  return provenConditions(table).some(outside);
}

/** Whether a condition allows the column none of the values of a list. */
function allowsNone(part: Expression, column: string, bound: PartitionBound & { kind: 'list' }): boolean {
  const values = bound.values.map(value => constant(value.expression));
  if (values.some(value => value === undefined)) return false;
  return allowedBy(part, column)?.every(value => values.every(one => equal(one!, value) === false)) ?? false;
}

/** Whether a condition puts the column below or above a range. */
function liesBeside(part: Expression, column: string, bound: PartitionBound & { kind: 'range' }): boolean {
  const [from, to] = [literal(bound.from[0]!), literal(bound.to[0]!)];
  const known = comparisonOf(part, column);
  if (known === undefined) return false;
  const below = from !== undefined && from !== 'minvalue' && implies(known, { operator: '<', value: from });
  const above = to !== undefined && to !== 'maxvalue' && implies(known, { operator: '>=', value: to });
  return below || above;
}

/** Whether two bounds of the same key share a value; undefined when that cannot be told. */
export function overlaps(a: PartitionBound, b: PartitionBound): boolean | undefined {
  if (a.kind === 'default' || b.kind === 'default') return a.kind === b.kind;
  if (a.kind === 'list' && b.kind === 'list') {
    const [left, right] = [a.values, b.values].map(values => values.map(value => constant(value.expression)));
    return left!.some(
      one => one !== undefined && right!.some(other => other !== undefined && compare(one, other) === 0),
    );
  }
  if (a.kind === 'range' && b.kind === 'range' && a.from.length === 1 && b.from.length === 1) {
    const before = (
      end: PartitionBound & { kind: 'range' },
      start: PartitionBound & { kind: 'range' },
    ): boolean | undefined => {
      const [to, from] = [literal(end.to[0]!), literal(start.from[0]!)];
      if (to === 'maxvalue' || from === 'minvalue') return false;
      if (to === undefined || from === undefined || to === 'minvalue' || from === 'maxvalue') return undefined;
      const order = compare(to, from);
      return order === undefined ? undefined : order <= 0;
    };
    const first = before(a, b);
    const second = before(b, a);
    if (first || second) return false;
    return first === undefined || second === undefined ? undefined : true;
  }
  return undefined;
}
