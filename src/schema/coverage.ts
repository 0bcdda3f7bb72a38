import { type Expression, queriesIn, walkExpression } from '../operations/expressions.ts';
import type { TableReference } from '../operations/queries.ts';
import { isAlwaysTrue, mapExpression } from './expressions.ts';
import { findColumn } from './lookup.ts';
import type { Table } from './schema.ts';

/** Which rows of a table the conditions of data changes reach: whether several of them together leave none out. */

const TRUE: Expression = { kind: 'literal', type: 'boolean', value: true };

/**
 * What the WHERE of an UPDATE that is joined to where its values come from asks of the updated table's own rows: the join, and
 * what it asks of the other tables, hold.
 */
export function ownCondition(condition: Expression, target: TableReference): Expression {
  if (condition.kind === 'and' || condition.kind === 'or') {
    return { ...condition, operands: condition.operands.map(part => ownCondition(part, target)) };
  }
  const own = target.alias ?? target.name.name;
  const tables = new Set<string | undefined>();
  walkExpression(condition, part => {
    if (part.kind === 'column') tables.add(part.table);
  });
  const isOfOthers = tables.size > 0 && !tables.has(undefined) && !tables.has(own) && queriesIn(condition).length === 0;
  return isOfOthers || isJoin(condition) ? TRUE : condition;
}

/** `a.x = b.y`. */
function isJoin(condition: Expression): boolean {
  if (condition.kind !== 'operator' || condition.operator !== '=') return false;
  const [left, right] = condition.operands;
  return left?.kind === 'column' && right?.kind === 'column' && left.table !== right.table;
}

/** The condition with its columns written without their table. */
export function unqualified(condition: Expression): Expression {
  return mapExpression(condition, part => (part.kind === 'column' ? { kind: 'column', name: part.name } : part));
}

/**
 * Whether each row of the table that has a NULL in the column fulfils one of the conditions: tried out for all combinations of
 * NULL, the values that the conditions compare with, and another value. What a condition means that is no comparison with a
 * value is not known, and counts as not fulfilled.
 *
 * @param conditions - on columns of the table, without qualifiers
 */
export function reachNulls(table: Table, column: string, conditions: readonly Expression[]): boolean {
  const domains = new Map<string, Set<Value>>();
  for (const condition of conditions) collectDomains(condition, table, domains);
  domains.set(column, new Set([null]));
  const size = [...domains.values()].reduce((product, { size }) => product * size, 1);
  if (size > MOST_ROWS) return false;
  return rowsOf([...domains]).every(row => conditions.some(condition => truth(condition, row) === true));
}

const MOST_ROWS = 4096;

/** A value as text; `OTHER` is none of those that the conditions mention. */
type Value = string | boolean | null | typeof OTHER;
const OTHER = Symbol('another value');
type Row = ReadonlyMap<string, Value>;

function rowsOf(domains: readonly (readonly [string, ReadonlySet<Value>])[]): readonly Row[] {
  return domains.reduce<readonly Row[]>(
    (rows, [name, values]) => rows.flatMap(row => [...values].map(value => new Map([...row, [name, value]]))),
    [new Map()],
  );
}

function collectDomains(condition: Expression, table: Table, domains: Map<string, Set<Value>>): void {
  const enter = (name: string, values: readonly Value[]): void => {
    const isRequired = findColumn(table, name)?.notNull === true;
    const domain = domains.get(name) ?? new Set<Value>(isRequired ? [] : [null]);
    for (const value of values) domain.add(value);
    domains.set(name, domain);
  };
  switch (condition.kind) {
    case 'and':
    case 'or':
      for (const operand of condition.operands) collectDomains(operand, table, domains);
      return;
    case 'not':
      collectDomains(condition.operand, table, domains);
      return;
    case 'column':
      enter(condition.name, [true, false]);
      return;
    case 'isNull':
      if (condition.operand.kind === 'column') enter(condition.operand.name, [OTHER]);
      return;
    default: {
      const comparison = comparisonOf(condition);
      if (comparison !== undefined) enter(comparison.column, [...comparison.values, OTHER]);
    }
  }
}

interface Comparison {
  readonly column: string;
  readonly values: readonly string[];
  readonly negated: boolean;
}

/** `column = value`, `column <> value`, `column [NOT] IN (value, …)`. */
function comparisonOf(condition: Expression): Comparison | undefined {
  if (condition.kind === 'in') {
    if ('kind' in condition.members || condition.operand.kind !== 'column') return undefined;
    const values = condition.members.map(literalOf);
    if (values.includes(undefined)) return undefined;
    return { column: condition.operand.name, values: values as string[], negated: condition.negated };
  }
  if (condition.kind !== 'operator' || !['=', '<>', '!='].includes(condition.operator)) return undefined;
  const [left, right] = condition.operands;
  const column = [left, right].find(operand => operand?.kind === 'column');
  const value = literalOf(column === left ? right : left);
  if (column?.kind !== 'column' || value === undefined) return undefined;
  return { column: column.name, values: [value], negated: condition.operator !== '=' };
}

function literalOf(expression: Expression | undefined): string | undefined {
  if (expression?.kind === 'cast') return literalOf(expression.operand);
  return expression?.kind === 'literal' && expression.value !== null ? String(expression.value) : undefined;
}

/** The truth of a condition for a row; null where it is unknown, to SQL or to us. */
function truth(condition: Expression, row: Row): boolean | null {
  if (isAlwaysTrue(condition)) return true;
  switch (condition.kind) {
    case 'and': {
      const truths = condition.operands.map(operand => truth(operand, row));
      return truths.includes(false) ? false : truths.includes(null) ? null : true;
    }
    case 'or': {
      const truths = condition.operands.map(operand => truth(operand, row));
      return truths.includes(true) ? true : truths.includes(null) ? null : false;
    }
    case 'not': {
      const operand = truth(condition.operand, row);
      return operand === null ? null : !operand;
    }
    case 'column': {
      const value = row.get(condition.name);
      return typeof value === 'boolean' ? value : null;
    }
    case 'isNull':
      if (condition.operand.kind !== 'column') return null;
      return (row.get(condition.operand.name) === null) !== condition.negated;
    default: {
      const comparison = comparisonOf(condition);
      const value = comparison === undefined ? null : row.get(comparison.column);
      if (comparison === undefined || value === null || value === undefined) return null;
      return comparison.values.includes(String(value)) !== comparison.negated;
    }
  }
}
