import type { Expression, WrittenExpression } from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import { isWord, rangeOf, type Source, textOf, tokenAt } from '../source-text.ts';
import type { A_Const, A_Expr, ColumnRef, FuncCall, Node, NodeName, NodeOf, SubLink } from './ast.ts';
import { nodeAs, nodeName, stringsOf } from './ast.ts';
import { dataType } from './data-types.ts';
import { dottedName, placed, restoredStrings } from './names.ts';
import { lowerSubquery, type QueryParts } from './queries.ts';

/**
 * Nesting below which an expression is lowered as it is. Deeper ones (a sum of thousands of terms) become flat, so that no walk
 * over the tree meets the end of the stack; their columns and calls are kept.
 */
const DEEPEST = 300;

/**
 * Lowers an expression of the syntax tree.
 *
 * @param parts - collects what a query around the expression mentions; left out where there is no query
 */
export function lowerExpression(node: Node, source: Source, parts?: QueryParts, depth = 0): Expression {
  if (depth > DEEPEST) return { kind: 'other', syntax: 'deep nesting', operands: flatten(node, source, parts) };
  const name = nodeName(node);
  const lower = LOWER[name] as Lower<unknown> | undefined;
  const fields = (node as Readonly<Record<string, unknown>>)[name];
  return lower === undefined
    ? { kind: 'other', syntax: name, operands: operandsOf(fields, { source, parts, depth: depth + 1 }) }
    : lower(fields, { source, parts, depth: depth + 1 });
}

/**
 * An expression with its place.
 *
 * @param from - index of its first token
 * @param to - index of its last token
 */
export function written(node: Node, source: Source, from: number, to: number, parts?: QueryParts): WrittenExpression {
  const last = Math.max(from, to);
  return {
    expression: lowerExpression(node, source, parts),
    range: rangeOf(source, from, last),
    text: textOf(source, from, last),
  };
}

/** An expression between brackets that open at a token; the brackets are left out. */
export function writtenInBrackets(node: Node, source: Source, open: number, parts?: QueryParts): WrittenExpression {
  const close = source.text.partner[open] ?? -1;
  return close > open + 1
    ? written(node, source, open + 1, close - 1, parts)
    : written(node, source, open, open, parts);
}

interface Context {
  readonly source: Source;
  readonly parts: QueryParts | undefined;
  readonly depth: number;
}

type Lower<Fields> = (fields: Fields, context: Context) => Expression;

function lowerIn(node: Node, context: Context): Expression {
  return lowerExpression(node, context.source, context.parts, context.depth);
}

function lowerAll(nodes: readonly (Node | undefined)[] | undefined, context: Context): Expression[] {
  const expressions: Expression[] = [];
  for (const node of nodes ?? []) if (node !== undefined) expressions.push(lowerIn(node, context));
  return expressions;
}

function call(name: string, args: readonly Expression[], context: Context, place?: ObjectName): Expression {
  const expression = { kind: 'call', name: place ?? { name }, args } as const;
  context.parts?.calls.push(expression);
  return expression;
}

/* ---------------------------------------------------------------- Constants, columns, parameters */

function lowerConstant(constant: A_Const, { source }: Context): Expression {
  if (constant.sval !== undefined) {
    const value = source.text.restore(constant.sval.sval ?? '');
    return source.text.isPlaceholder(constant.sval.sval ?? '')
      ? { kind: 'parameter', text: value }
      : { kind: 'literal', type: 'string', value };
  }
  if (constant.ival !== undefined) return { kind: 'literal', type: 'number', value: constant.ival.ival ?? 0 };
  if (constant.fval !== undefined)
    return { kind: 'literal', type: 'number', value: numberOf(constant.fval.fval ?? '') };
  if (constant.boolval !== undefined)
    return { kind: 'literal', type: 'boolean', value: constant.boolval.boolval === true };
  if (constant.bsval !== undefined) return { kind: 'literal', type: 'bit', value: constant.bsval.bsval ?? '' };
  return { kind: 'literal', type: 'null', value: null };
}

/** A number where JavaScript holds it exactly enough, else its digits. */
function numberOf(digits: string): number | string {
  const value = Number(digits.replaceAll('_', ''));
  return Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : digits;
}

function lowerColumn(column: ColumnRef, { source, parts }: Context): Expression {
  const fields = column.fields ?? [];
  const names = stringsOf(fields);
  if (names.length < fields.length) {
    return { kind: 'other', syntax: '*', operands: [] };
  }
  const name = names.at(-1) ?? '';
  if (source.text.variables.has(names[0] ?? '')) return { kind: 'parameter', text: names.join('.') };
  if (names.length === 1 && source.text.isPlaceholder(name))
    return { kind: 'parameter', text: source.text.restore(name) };
  const table = names.at(-2);
  const expression = {
    kind: 'column',
    ...(table === undefined ? {} : { table: source.text.restore(table) }),
    name: source.text.restore(name),
  } as const;
  parts?.columns.push(
    expression.table === undefined ? { name: expression.name } : { table: expression.table, name: expression.name },
  );
  return expression;
}

/* ---------------------------------------------------------------- Operators */

/** The grammar's names for LIKE and its like (gram.y, a_expr). */
const PATTERN_OPERATORS: Readonly<Record<string, string>> = {
  '~~': 'like',
  '!~~': 'not like',
  '~~*': 'ilike',
  '!~~*': 'not ilike',
  '~': 'similar to',
  '!~': 'not similar to',
};

function operator(symbol: string, nodes: readonly (Node | undefined)[], context: Context): Expression {
  return { kind: 'operator', operator: symbol, operands: lowerAll(nodes, context) };
}

function lowerOperator(node: A_Expr, context: Context): Expression {
  const symbol = stringsOf(node.name).at(-1) ?? '';
  const { lexpr, rexpr } = node;
  switch (node.kind) {
    case 'AEXPR_OP_ANY':
    case 'AEXPR_OP_ALL': {
      const any = node.kind === 'AEXPR_OP_ANY';
      const members = arrayMembers(rexpr);
      if (members !== undefined && lexpr !== undefined && symbol === (any ? '=' : '<>')) {
        const operand = lowerIn(lexpr, context);
        return { kind: 'in', operand, members: lowerAll(members, context), negated: !any };
      }
      return operator(`${symbol} ${any ? 'any' : 'all'}`, [lexpr, rexpr], context);
    }
    case 'AEXPR_DISTINCT':
      return operator('is distinct from', [lexpr, rexpr], context);
    case 'AEXPR_NOT_DISTINCT':
      return operator('is not distinct from', [lexpr, rexpr], context);
    case 'AEXPR_NULLIF':
      return call('nullif', lowerAll([lexpr, rexpr], context), context);
    case 'AEXPR_IN': {
      const operand = lowerIn(lexpr!, context);
      return { kind: 'in', operand, members: lowerAll(listItems(rexpr), context), negated: symbol === '<>' };
    }
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return operator(PATTERN_OPERATORS[symbol] ?? symbol, [lexpr, ...patternOf(rexpr, 'like_escape')], context);
    case 'AEXPR_SIMILAR':
      return operator(PATTERN_OPERATORS[symbol] ?? symbol, [lexpr, ...patternOf(rexpr, 'similar_to_escape')], context);
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [operand, low, high] = lowerAll([lexpr, ...listItems(rexpr)], context);
      return { kind: 'between', operand: operand!, low: low!, high: high!, negated: node.kind === 'AEXPR_NOT_BETWEEN' };
    }
    case 'AEXPR_BETWEEN_SYM':
      return operator('between symmetric', [lexpr, ...listItems(rexpr)], context);
    case 'AEXPR_NOT_BETWEEN_SYM':
      return operator('not between symmetric', [lexpr, ...listItems(rexpr)], context);
    default:
      return operator(symbol, [lexpr, rexpr], context);
  }
}

function listItems(node: Node | undefined): readonly Node[] {
  return nodeAs(node, 'List')?.items ?? [];
}

/** The members of `ARRAY[…]`, also behind a cast; undefined for an array that the text does not spell out. */
function arrayMembers(node: Node | undefined): readonly Node[] | undefined {
  const cast = nodeAs(node, 'TypeCast');
  if (cast !== undefined) return arrayMembers(cast.arg);
  const array = nodeAs(node, 'A_ArrayExpr');
  return array === undefined ? undefined : (array.elements ?? []);
}

/** The pattern of a LIKE or SIMILAR TO; the grammar wraps it, and its escape, in a call of its own. */
function patternOf(node: Node | undefined, wrapper: string): readonly (Node | undefined)[] {
  const wrapped = nodeAs(node, 'FuncCall');
  return wrapped !== undefined && stringsOf(wrapped.funcname).at(-1) === wrapper ? (wrapped.args ?? []) : [node];
}

function lowerNot(operand: Expression): Expression {
  if (operand.kind === 'in' && !operand.negated) return { ...operand, negated: true };
  return { kind: 'not', operand };
}

const BOOLEAN_TESTS = {
  IS_TRUE: 'is true',
  IS_NOT_TRUE: 'is not true',
  IS_FALSE: 'is false',
  IS_NOT_FALSE: 'is not false',
  IS_UNKNOWN: 'is unknown',
  IS_NOT_UNKNOWN: 'is not unknown',
} as const;

/* ---------------------------------------------------------------- Calls */

function lowerCall(node: FuncCall, context: Context): Expression {
  const { source, parts } = context;
  const args = lowerAll(node.args, context);
  args.push(...lowerAll(node.agg_order, context), ...lowerAll([node.agg_filter], context));
  if (node.over !== undefined) args.push(...operandsOf(node.over, context));
  const names = stringsOf(node.funcname);
  // `EXTRACT(…)`, `AT TIME ZONE` and the like are the server's functions in a syntax of their own.
  const name =
    node.funcformat === 'COERCE_SQL_SYNTAX'
      ? { name: names.at(-1) ?? '' }
      : placed(dottedName(names, source), source, tokenAt(source, node.location));
  const expression =
    node.agg_star === true
      ? ({ kind: 'call', name, args, star: true } as const)
      : ({ kind: 'call', name, args } as const);
  parts?.calls.push(expression);
  if (node.over !== undefined && parts !== undefined) parts.windows++;
  return expression;
}

/* ---------------------------------------------------------------- Subqueries */

function lowerSubLink(node: SubLink, context: Context): Expression {
  const { source, parts } = context;
  const query = lowerSubquery(node.subselect!, source, subqueryStart(node, source), parts);
  const symbol = stringsOf(node.operName).at(-1);
  const test = node.testexpr === undefined ? undefined : lowerIn(node.testexpr, context);
  switch (node.subLinkType) {
    case 'EXISTS_SUBLINK':
      return { kind: 'exists', query };
    case 'ANY_SUBLINK':
    case 'ALL_SUBLINK': {
      const any = node.subLinkType === 'ANY_SUBLINK';
      if (test !== undefined && (symbol === undefined || symbol === (any ? '=' : '<>')))
        return { kind: 'in', operand: test, members: query, negated: !any };
      const operands: Expression[] = [{ kind: 'subquery', query }];
      if (test !== undefined) operands.unshift(test);
      return { kind: 'operator', operator: `${symbol} ${any ? 'any' : 'all'}`, operands };
    }
    case 'ARRAY_SUBLINK':
      return { kind: 'other', syntax: 'array', operands: [{ kind: 'subquery', query }] };
    default:
      return { kind: 'subquery', query };
  }
}

/** The bracket that a subquery stands in: the location is at it, or at the EXISTS, ARRAY, IN or operator before it. */
function subqueryStart(node: SubLink, source: Source): number {
  const { tokens, fragment } = source.text;
  for (let index = tokenAt(source, node.location); index <= source.last; index++) {
    if (tokens[index]!.kind === 'punctuation' && fragment.text[tokens[index]!.start] === '(') {
      const inside = index + 1;
      if (QUERY_WORDS.some(word => isWord(source, inside, word)) || fragment.text[tokens[inside]!.start] === '(')
        return index;
    }
  }
  return tokenAt(source, node.location);
}

const QUERY_WORDS = ['SELECT', 'WITH', 'VALUES', 'TABLE'];

/* ---------------------------------------------------------------- The table */

const VALUE_FUNCTIONS = {
  SVFOP_CURRENT_DATE: 'current_date',
  SVFOP_CURRENT_TIME: 'current_time',
  SVFOP_CURRENT_TIME_N: 'current_time',
  SVFOP_CURRENT_TIMESTAMP: 'current_timestamp',
  SVFOP_CURRENT_TIMESTAMP_N: 'current_timestamp',
  SVFOP_LOCALTIME: 'localtime',
  SVFOP_LOCALTIME_N: 'localtime',
  SVFOP_LOCALTIMESTAMP: 'localtimestamp',
  SVFOP_LOCALTIMESTAMP_N: 'localtimestamp',
  SVFOP_CURRENT_ROLE: 'current_role',
  SVFOP_CURRENT_USER: 'current_user',
  SVFOP_USER: 'user',
  SVFOP_SESSION_USER: 'session_user',
  SVFOP_CURRENT_CATALOG: 'current_catalog',
  SVFOP_CURRENT_SCHEMA: 'current_schema',
} as const;

const XML_FUNCTIONS = {
  IS_XMLCONCAT: 'xmlconcat',
  IS_XMLELEMENT: 'xmlelement',
  IS_XMLFOREST: 'xmlforest',
  IS_XMLPARSE: 'xmlparse',
  IS_XMLPI: 'xmlpi',
  IS_XMLROOT: 'xmlroot',
  IS_XMLSERIALIZE: 'xmlserialize',
  IS_DOCUMENT: 'is document',
} as const;

const JSON_FUNCTIONS = {
  JSON_EXISTS_OP: 'json_exists',
  JSON_QUERY_OP: 'json_query',
  JSON_VALUE_OP: 'json_value',
  JSON_TABLE_OP: 'json_table',
} as const;

/** A call by SQL's own syntax, whose operands are found wherever they stand in the node. */
function callOf(name: string): Lower<unknown> {
  return (fields, context) => call(name, operandsOf(fields, context), context);
}

/** A form that the model has no node for. */
function otherOf(syntax: string): Lower<unknown> {
  return (fields, context) => ({ kind: 'other', syntax, operands: operandsOf(fields, context) });
}

const LOWER: { readonly [Name in NodeName]?: Lower<NodeOf<Name>> } = {
  A_Const: lowerConstant,
  ColumnRef: lowerColumn,
  ParamRef: node => ({ kind: 'parameter', text: `$${node.number ?? ''}` }),
  FuncCall: lowerCall,
  A_Expr: lowerOperator,
  BoolExpr: (node, context) => {
    const operands = lowerAll(node.args, context);
    if (node.boolop === 'NOT_EXPR') return lowerNot(operands[0]!);
    return { kind: node.boolop === 'OR_EXPR' ? 'or' : 'and', operands };
  },
  NullTest: (node, context) => ({
    kind: 'isNull',
    operand: lowerIn(node.arg!, context),
    negated: node.nulltesttype === 'IS_NOT_NULL',
  }),
  BooleanTest: (node, context) => operator(BOOLEAN_TESTS[node.booltesttype ?? 'IS_TRUE'], [node.arg], context),
  TypeCast: (node, context) => ({
    kind: 'cast',
    operand: lowerIn(node.arg!, context),
    type: dataType(node.typeName!, context.source),
  }),
  SubLink: lowerSubLink,
  SQLValueFunction: (node, context) => call(VALUE_FUNCTIONS[node.op ?? 'SVFOP_CURRENT_DATE'], [], context),
  CoalesceExpr: callOf('coalesce'),
  MinMaxExpr: (node, context) =>
    call(node.op === 'IS_LEAST' ? 'least' : 'greatest', lowerAll(node.args, context), context),
  NamedArgExpr: (node, context) => lowerIn(node.arg!, context),
  SortBy: (node, context) => lowerIn(node.node!, context),
  ResTarget: (node, context) =>
    node.val === undefined ? { kind: 'other', syntax: 'target', operands: [] } : lowerIn(node.val, context),
  CaseExpr: otherOf('case'),
  A_ArrayExpr: otherOf('array'),
  RowExpr: otherOf('row'),
  A_Indirection: (node, context) => ({
    kind: 'other',
    syntax: stringsOf(node.indirection).length > 0 ? 'field' : 'subscript',
    operands: operandsOf(node, context),
  }),
  CollateClause: (node, context) => ({ kind: 'other', syntax: 'collate', operands: lowerAll([node.arg], context) }),
  SetToDefault: otherOf('default'),
  CurrentOfExpr: otherOf('current of'),
  GroupingFunc: callOf('grouping'),
  MergeSupportFunc: callOf('merge_action'),
  XmlExpr: (node, context) => call(XML_FUNCTIONS[node.op ?? 'IS_XMLCONCAT'], operandsOf(node, context), context),
  XmlSerialize: callOf('xmlserialize'),
  JsonFuncExpr: (node, context) =>
    call(JSON_FUNCTIONS[node.op ?? 'JSON_EXISTS_OP'], operandsOf(node, context), context),
  JsonParseExpr: callOf('json'),
  JsonScalarExpr: callOf('json_scalar'),
  JsonSerializeExpr: callOf('json_serialize'),
  JsonObjectConstructor: callOf('json_object'),
  JsonArrayConstructor: callOf('json_array'),
  JsonArrayQueryConstructor: callOf('json_array'),
  JsonObjectAgg: callOf('json_objectagg'),
  JsonArrayAgg: callOf('json_arrayagg'),
  JsonIsPredicate: otherOf('is json'),
};

/* ---------------------------------------------------------------- Parts of any node */

/** Nodes that stand inside expressions but are no expressions, nor hold any that matter. */
const NO_OPERANDS: ReadonlySet<string> = new Set([
  'String',
  'TypeName',
  'A_Star',
  'Integer',
  'Float',
  'Boolean',
  'Alias',
  'DefElem',
]);

/** Nodes that only group others. */
const GROUPS: ReadonlySet<string> = new Set([
  'List',
  'CaseWhen',
  'A_Indices',
  'JsonKeyValue',
  'JsonArgument',
  'GroupingSet',
  'WindowDef',
]);

/** The expressions among the fields of a node, in order. */
function operandsOf(fields: unknown, context: Context): Expression[] {
  const operands: Expression[] = [];
  for (const node of nodesIn(fields)) {
    const name = nodeName(node);
    if (NO_OPERANDS.has(name)) continue;
    if (GROUPS.has(name)) operands.push(...operandsOf((node as Record<string, unknown>)[name], context));
    else if (name === 'SelectStmt') {
      const query = lowerSubquery(node, context.source, context.source.first, context.parts);
      operands.push({ kind: 'subquery', query });
    } else operands.push(lowerIn(node, context));
  }
  return operands;
}

/** The wrapped nodes nearest below a value: members of lists, and of structures that are not wrapped themselves. */
function nodesIn(value: unknown): readonly Node[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  if (typeof value !== 'object' || value === null) return [];
  const keys = Object.keys(value);
  if (keys.length === 1 && /^[A-Z]/.test(keys[0]!)) return [value as Node];
  return Object.values(value).flatMap(nodesIn);
}

/** Columns and calls anywhere below a node, without recursion. */
function flatten(node: Node, source: Source, parts: QueryParts | undefined): readonly Expression[] {
  const found: Expression[] = [];
  const context = { source, parts, depth: 0 };
  const pending: unknown[] = [node];
  while (pending.length > 0) {
    const value = pending.pop();
    if (Array.isArray(value)) {
      for (let index = value.length - 1; index >= 0; index--) pending.push(value[index]);
    } else if (typeof value === 'object' && value !== null) {
      const column = nodeAs(value as Node, 'ColumnRef');
      if (column !== undefined) {
        found.push(lowerColumn(column, context));
        continue;
      }
      const called = nodeAs(value as Node, 'FuncCall');
      if (called !== undefined)
        found.push(call('', [], context, { name: restoredStrings(called.funcname, source).at(-1) ?? '' }));
      pending.push(...Object.values(value).reverse());
    }
  }
  return found;
}
