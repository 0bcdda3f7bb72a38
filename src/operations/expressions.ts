import type { Range } from '../source/source-file.ts';
import type { DataType } from './data-types.ts';
import type { ObjectName } from './names.ts';
import type { Query } from './queries.ts';

/**
 * An expression (a default, a CHECK, a WHERE, a USING) in a small tree that every dialect can be lowered to: enough to tell
 * how volatile it is, which columns it reads, and what it proves about them. What the tree has no node for is `other`, with
 * its parts kept, so that a walk over the tree still meets every function and column.
 */
export type Expression =
  | { readonly kind: 'literal'; readonly type: LiteralType; readonly value: string | number | boolean | null }
  | { readonly kind: 'column'; readonly table?: string; readonly name: string }
  /** A function call; SQL's own forms (`CURRENT_DATE`, `COALESCE`, `NOW()`) are calls too, by lower-case name. */
  | {
      readonly kind: 'call';
      readonly name: ObjectName;
      readonly args: readonly Expression[];
      /** `count(*)`. */
      readonly star?: true;
    }
  | { readonly kind: 'cast'; readonly operand: Expression; readonly type: DataType }
  /** Unary and binary operators and comparisons, by symbol: `+`, `=`, `<>`, `like`, `ilike`, `~`, `is distinct from`. */
  | { readonly kind: 'operator'; readonly operator: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'and'; readonly operands: readonly Expression[] }
  | { readonly kind: 'or'; readonly operands: readonly Expression[] }
  | { readonly kind: 'not'; readonly operand: Expression }
  | { readonly kind: 'isNull'; readonly operand: Expression; readonly negated: boolean }
  | {
      readonly kind: 'in';
      readonly operand: Expression;
      /** The list's members, or the query of `IN (SELECT …)`; `= ANY (ARRAY[…])` is a list too. */
      readonly members: readonly Expression[] | Query;
      readonly negated: boolean;
    }
  | {
      readonly kind: 'between';
      readonly operand: Expression;
      readonly low: Expression;
      readonly high: Expression;
      readonly negated: boolean;
    }
  | { readonly kind: 'exists'; readonly query: Query }
  | { readonly kind: 'subquery'; readonly query: Query }
  /** A bind parameter (`$1`, `?`, `:name`) or a template placeholder: a value that only the run knows. */
  | { readonly kind: 'parameter'; readonly text: string }
  /** `CASE`, `ARRAY[…]`, `ROW(…)`, field access …: the operands in order of appearance. */
  | { readonly kind: 'other'; readonly syntax: string; readonly operands: readonly Expression[] };

export type LiteralType = 'string' | 'number' | 'boolean' | 'null' | 'bit';

/** An expression with the place where the user wrote it. */
export interface WrittenExpression {
  readonly expression: Expression;
  readonly range: Range;
  /** The text as written, without surrounding white space. */
  readonly text: string;
}

/** The direct parts of an expression. Queries inside `in`, `exists` and `subquery` are not entered. */
export function childrenOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'call':
      return expression.args;
    case 'cast':
    case 'not':
    case 'isNull':
      return [expression.operand];
    case 'operator':
    case 'and':
    case 'or':
    case 'other':
      return expression.operands;
    case 'in':
      return 'kind' in expression.members ? [expression.operand] : [expression.operand, ...expression.members];
    case 'between':
      return [expression.operand, expression.low, expression.high];
    default:
      return [];
  }
}

/** Visits an expression and all its parts, parents first. Queries inside are not entered. */
export function walkExpression(expression: Expression, visit: (part: Expression) => void): void {
  visit(expression);
  for (const child of childrenOf(expression)) walkExpression(child, visit);
}

/** The queries directly inside an expression. */
export function queriesIn(expression: Expression): readonly Query[] {
  const queries: Query[] = [];
  walkExpression(expression, part => {
    if (part.kind === 'exists' || part.kind === 'subquery') queries.push(part.query);
    if (part.kind === 'in' && 'kind' in part.members) queries.push(part.members);
  });
  return queries;
}

/** The conditions that must all hold for the expression to hold: the operands of nested ANDs, or the expression itself. */
export function conjunctsOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'and' ? expression.operands.flatMap(conjunctsOf) : [expression];
}

/** The columns that an expression reads, each name once, in order of appearance. Queries inside are not entered. */
export function columnsOf(expression: Expression): readonly string[] {
  const names = new Set<string>();
  walkExpression(expression, part => {
    if (part.kind === 'column') names.add(part.name);
  });
  return [...names];
}

/** Whether the expression is the literal NULL, also behind casts: `NULL`, `NULL::text`. */
export function isNullLiteral(expression: Expression): boolean {
  if (expression.kind === 'cast') return isNullLiteral(expression.operand);
  return expression.kind === 'literal' && expression.type === 'null';
}

/** The expression with NOT moved down to the conditions, which take it into themselves where they can. */
export function pushNot(expression: Expression, negate: boolean): Expression {
  switch (expression.kind) {
    case 'not':
      return pushNot(expression.operand, !negate);
    case 'and':
    case 'or': {
      const operands = expression.operands.map(operand => pushNot(operand, negate));
      const kind = (expression.kind === 'and') === negate ? 'or' : 'and';
      return { kind, operands };
    }
    case 'isNull':
    case 'in':
    case 'between':
      return negate ? { ...expression, negated: !expression.negated } : expression;
    case 'operator': {
      const opposite = OPPOSITE[expression.operator];
      if (!negate) return expression;
      return opposite === undefined ? { kind: 'not', operand: expression } : { ...expression, operator: opposite };
    }
    default:
      return negate ? { kind: 'not', operand: expression } : expression;
  }
}

const OPPOSITE: Readonly<Record<string, string>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
  'is distinct from': 'is not distinct from',
  'is not distinct from': 'is distinct from',
};
