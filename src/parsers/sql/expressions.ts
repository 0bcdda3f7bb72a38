import type { Expression, WrittenExpression } from '../../operations/expressions.ts';
import { walkExpression } from '../../operations/expressions.ts';
import type { Query } from '../../operations/queries.ts';
import { rangeOf, textOf } from '../source-text.ts';
import {
  bracketed,
  type Cursor,
  isAtEnd,
  isRefusal,
  listed,
  readRange,
  readText,
  refuse,
  sees,
  seesName,
  seesSymbol,
  stringValue,
  takeName,
  takeObjectName,
  takes,
  takesAny,
  takesSymbol,
  textAt,
  tokenAtCursor,
  within,
} from './cursor.ts';
import { takeDataType } from './data-types.ts';
import { takeQuery } from './queries.ts';

/** An expression that takes up the whole of a cursor's part. Never throws: what cannot be read keeps its columns and calls. */
export function wholeExpression(cursor: Cursor): WrittenExpression {
  const { source } = cursor;
  const from = cursor.at;
  return {
    expression: attempt(cursor, readAll) ?? loose(within(cursor, from, source.last)),
    range: rangeOf(source, from, source.last),
    text: textOf(source, from, source.last),
  };
}

function readAll(cursor: Cursor): Expression {
  const expression = takeExpression(cursor);
  if (!isAtEnd(cursor)) refuse(cursor, 'an operator');
  return expression;
}

function attempt<Result>(cursor: Cursor, read: (cursor: Cursor) => Result): Result | undefined {
  const from = cursor.at;
  try {
    return read(cursor);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    cursor.at = from;
    return undefined;
  }
}

/** The value of a DEFAULT and the like: a literal with its sign, a call, or an expression in brackets. */
export function takeDefault(cursor: Cursor): WrittenExpression {
  const from = cursor.at;
  const expression = takeOperand(cursor, UNARY);
  return writtenFrom(cursor, from, expression);
}

/** An expression of any length, up to what cannot belong to it. */
export function takeWritten(cursor: Cursor): WrittenExpression {
  const from = cursor.at;
  return writtenFrom(cursor, from, takeExpression(cursor));
}

function writtenFrom(cursor: Cursor, from: number, expression: Expression): WrittenExpression {
  return { expression, range: readRange(cursor, from), text: readText(cursor, from) };
}

/** An expression in brackets; range and text are those of what is inside. */
export function takeBracketedExpression(cursor: Cursor): WrittenExpression {
  return wholeExpression(bracketed(cursor));
}

/** What can be seen in tokens that make no expression: the names, as columns and calls. */
function loose(cursor: Cursor): Expression {
  const operands: Expression[] = [];
  while (!isAtEnd(cursor)) {
    const kind = tokenAtCursor(cursor)!.kind;
    if (kind !== 'name' && kind !== 'word') cursor.at++;
    else {
      const name = takeObjectNameLoosely(cursor);
      if (seesSymbol(cursor, '('))
        operands.push({ kind: 'call', name: { ...name, name: name.name.toLowerCase() }, args: [] });
      else if (kind === 'name') operands.push({ kind: 'column', name: name.name });
    }
  }
  return { kind: 'other', syntax: 'unread', operands };
}

function takeObjectNameLoosely(cursor: Cursor) {
  return attempt(cursor, takeObjectName) ?? { name: takeName(cursor) };
}

/* ---------------------------------------------------------------- Operators */

/** How tightly operators bind, loosest first (MySQL 8.4 manual, 14.4.1; the other dialects differ in ways that change no tree). */
const OR = 1;
const XOR = 2;
const AND = 3;
const NOT = 4;
const COMPARISON = 5;
const BIT_OR = 6;
const BIT_AND = 7;
const SHIFT = 8;
const ADDITIVE = 9;
const MULTIPLICATIVE = 10;
const BIT_XOR = 11;
const UNARY = 12;
const COLLATE = 13;

const SYMBOLS: Readonly<Record<string, number>> = {
  '&&': AND,
  '=': COMPARISON,
  '==': COMPARISON,
  '<=>': COMPARISON,
  '>=': COMPARISON,
  '>': COMPARISON,
  '<=': COMPARISON,
  '<': COMPARISON,
  '<>': COMPARISON,
  '!=': COMPARISON,
  '|': BIT_OR,
  '&': BIT_AND,
  '<<': SHIFT,
  '>>': SHIFT,
  '+': ADDITIVE,
  '-': ADDITIVE,
  '*': MULTIPLICATIVE,
  '/': MULTIPLICATIVE,
  '%': MULTIPLICATIVE,
  '^': BIT_XOR,
  '->': COLLATE,
  '->>': COLLATE,
};

/** Spellings of operators that the model calls otherwise. */
const CANONICAL: Readonly<Record<string, string>> = { '!=': '<>', '==': '=', '<=>': 'is not distinct from' };

const WORD_OPERATORS: Readonly<Record<string, number>> = {
  LIKE: COMPARISON,
  ILIKE: COMPARISON,
  REGEXP: COMPARISON,
  RLIKE: COMPARISON,
  GLOB: COMPARISON,
  MATCH: COMPARISON,
  'SOUNDS LIKE': COMPARISON,
  'MEMBER OF': COMPARISON,
  DIV: MULTIPLICATIVE,
  MOD: MULTIPLICATIVE,
};

/**
 * Reads an expression as far as it goes.
 *
 * @throws a Refusal where none comes next
 */
export function takeExpression(cursor: Cursor, least = OR): Expression {
  let left = takeOperand(cursor, least);
  for (;;) {
    const joined = takeInfix(cursor, left, least);
    if (joined === undefined) return left;
    left = joined;
  }
}

function takeInfix(cursor: Cursor, left: Expression, least: number): Expression | undefined {
  const token = tokenAtCursor(cursor);
  if (token === undefined) return undefined;
  if (token.kind === 'operator') return takeSymbolInfix(cursor, left, least);
  return token.kind === 'word' ? takeWordInfix(cursor, left, least) : undefined;
}

function takeSymbolInfix(cursor: Cursor, left: Expression, least: number): Expression | undefined {
  const symbol = textAt(cursor);
  if (symbol === '||') {
    const precedence = cursor.grammar.pipesJoin ? ADDITIVE : OR;
    if (precedence < least) return undefined;
    cursor.at++;
    const right = takeExpression(cursor, precedence + 1);
    return cursor.grammar.pipesJoin ? binary('||', left, right) : joined('or', left, right);
  }
  const precedence = SYMBOLS[symbol];
  if (precedence === undefined || precedence < least) return undefined;
  cursor.at++;
  // `= ANY (SELECT …)`, `> ALL (…)`
  if (precedence === COMPARISON) takesAny(cursor, ['ANY', 'SOME', 'ALL']);
  const right = takeExpression(cursor, precedence + 1);
  return symbol === '&&' ? joined('and', left, right) : binary(CANONICAL[symbol] ?? symbol, left, right);
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { kind: 'operator', operator, operands: [left, right] };
}

function joined(kind: 'and' | 'or', left: Expression, right: Expression): Expression {
  return { kind, operands: left.kind === kind ? [...left.operands, right] : [left, right] };
}

function takeWordInfix(cursor: Cursor, left: Expression, least: number): Expression | undefined {
  if (least <= OR && takes(cursor, 'OR')) return joined('or', left, takeExpression(cursor, XOR));
  if (least <= XOR && takes(cursor, 'XOR')) return binary('xor', left, takeExpression(cursor, AND));
  if (least <= AND && takes(cursor, 'AND')) return joined('and', left, takeExpression(cursor, NOT));
  if (least <= COLLATE && takes(cursor, 'COLLATE')) {
    takeName(cursor, 'a collation');
    return left;
  }
  if (least <= COLLATE && takes(cursor, 'AT', 'TIME', 'ZONE'))
    return binary('at time zone', left, takeOperand(cursor, UNARY));
  if (least > COMPARISON) return takeNamedOperator(cursor, left, least);
  if (takes(cursor, 'ISNULL')) return { kind: 'isNull', operand: left, negated: false };
  if (takes(cursor, 'NOTNULL')) return { kind: 'isNull', operand: left, negated: true };
  if (takes(cursor, 'IS')) return takeIs(cursor, left);
  const negated = sees(cursor, 'NOT');
  if (negated) cursor.at++;
  if (takes(cursor, 'NULL') && negated) return { kind: 'isNull', operand: left, negated: true };
  if (takes(cursor, 'IN')) return takeIn(cursor, left, negated);
  if (takes(cursor, 'BETWEEN')) {
    const low = takeExpression(cursor, BIT_OR);
    if (!takes(cursor, 'AND')) refuse(cursor, 'AND');
    return { kind: 'between', operand: left, low, high: takeExpression(cursor, BIT_OR), negated };
  }
  const operation = takeNamedOperator(cursor, left, least);
  if (operation === undefined) {
    if (negated) cursor.at--;
    return undefined;
  }
  if (takes(cursor, 'ESCAPE')) takeOperand(cursor, UNARY);
  return negated ? { kind: 'not', operand: operation } : operation;
}

function takeNamedOperator(cursor: Cursor, left: Expression, least: number): Expression | undefined {
  for (const words in WORD_OPERATORS) {
    const precedence = WORD_OPERATORS[words]!;
    if (precedence < least || !takes(cursor, ...words.split(' '))) continue;
    return binary(words.toLowerCase(), left, takeExpression(cursor, precedence + 1));
  }
  return undefined;
}

function takeIs(cursor: Cursor, operand: Expression): Expression {
  const negated = takes(cursor, 'NOT');
  if (takes(cursor, 'NULL') || takes(cursor, 'UNKNOWN')) return { kind: 'isNull', operand, negated };
  if (takes(cursor, 'DISTINCT', 'FROM')) {
    const operator = negated ? 'is not distinct from' : 'is distinct from';
    return binary(operator, operand, takeExpression(cursor, BIT_OR));
  }
  const right = takeExpression(cursor, BIT_OR);
  return binary(negated ? 'is distinct from' : 'is not distinct from', operand, right);
}

function takeIn(cursor: Cursor, operand: Expression, negated: boolean): Expression {
  if (!seesSymbol(cursor, '(')) {
    // A placeholder for the whole list: `IN :ids`, `IN ?`.
    return { kind: 'in', operand, members: [takeOperand(cursor, UNARY)], negated };
  }
  const inside = bracketed(cursor);
  if (isQueryAt(inside)) return { kind: 'in', operand, members: takeQuery(inside), negated };
  return { kind: 'in', operand, members: listed(inside, readAll), negated };
}

/** Whether a query comes next, in brackets or not. */
export function isQueryAt(cursor: Cursor): boolean {
  let ahead = 0;
  while (textAt(cursor, ahead) === '(') ahead++;
  return /^(?:select|with|values|table)$/i.test(textAt(cursor, ahead)) && (ahead === 0 || !isValues(cursor, ahead));
}

/** `(VALUES(a))` in ON DUPLICATE KEY UPDATE is a call. */
function isValues(cursor: Cursor, ahead: number): boolean {
  return /^values$/i.test(textAt(cursor, ahead));
}

/* ---------------------------------------------------------------- Operands */

function takeOperand(cursor: Cursor, least: number): Expression {
  const token = tokenAtCursor(cursor);
  if (token === undefined) return refuse(cursor, 'an expression');
  switch (token.kind) {
    case 'number': {
      const text = textAt(cursor);
      cursor.at++;
      return { kind: 'literal', type: 'number', value: Number.isNaN(Number(text)) ? text : Number(text) };
    }
    case 'string':
      return takeString(cursor);
    case 'parameter':
    case 'placeholder':
      return takeParameter(cursor);
    case 'operator':
      return takePrefix(cursor);
    case 'punctuation':
      if (seesSymbol(cursor, '(')) return takeBrackets(cursor);
      return refuse(cursor, 'an expression');
    case 'word':
      return takeWord(cursor, least);
    case 'name':
      return takeNamed(cursor);
    default:
      return refuse(cursor, 'an expression');
  }
}

function takeString(cursor: Cursor): Expression {
  const text = textAt(cursor);
  cursor.at++;
  if (/^[bx]'/i.test(text)) return { kind: 'literal', type: 'bit', value: text.slice(2, -1) };
  let value = stringValue(text, cursor.grammar.backslashEscapes);
  // Neighbouring strings are one.
  while (tokenAtCursor(cursor)?.kind === 'string' && !seesSymbol(cursor, '[')) {
    value += stringValue(textAt(cursor), cursor.grammar.backslashEscapes);
    cursor.at++;
  }
  return { kind: 'literal', type: 'string', value };
}

function takeParameter(cursor: Cursor): Expression {
  const text = textAt(cursor);
  cursor.at++;
  if (seesSymbol(cursor, '.')) {
    // `@@session.x`, `${table}.column`
    cursor.at++;
    const name = seesSymbol(cursor, '*') ? '*' : takeName(cursor);
    if (seesSymbol(cursor, '*')) cursor.at++;
    return text.startsWith('@@')
      ? { kind: 'parameter', text: `${text}.${name}` }
      : { kind: 'column', table: text, name };
  }
  if (takesSymbol(cursor, ':=')) return { kind: 'other', syntax: 'assignment', operands: [takeExpression(cursor)] };
  return { kind: 'parameter', text };
}

function takePrefix(cursor: Cursor): Expression {
  const symbol = textAt(cursor);
  cursor.at++;
  if (symbol === '*') return { kind: 'other', syntax: 'star', operands: [] };
  const operand = takeOperand(cursor, UNARY);
  if (symbol === '!') return { kind: 'not', operand };
  if (symbol === '+') return operand;
  if (symbol === '-' && operand.kind === 'literal' && typeof operand.value === 'number') {
    return { ...operand, value: -operand.value };
  }
  return { kind: 'operator', operator: symbol, operands: [operand] };
}

function takeBrackets(cursor: Cursor): Expression {
  const inside = bracketed(cursor);
  if (isQueryAt(inside)) return { kind: 'subquery', query: takeQuery(inside) };
  const items = listed(inside, readAll);
  return items.length === 1 ? items[0]! : { kind: 'other', syntax: 'row', operands: items };
}

/** Words that are values by themselves. */
const CONSTANTS: Readonly<Record<string, Expression>> = {
  NULL: { kind: 'literal', type: 'null', value: null },
  TRUE: { kind: 'literal', type: 'boolean', value: true },
  FALSE: { kind: 'literal', type: 'boolean', value: false },
};

/** Calls that are written without brackets. */
const BARE_CALLS: ReadonlySet<string> = new Set([
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_USER',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'UTC_DATE',
  'UTC_TIME',
  'UTC_TIMESTAMP',
  'SESSION_USER',
  'SYSTEM_USER',
  'USER',
]);

/** Words that end an expression where an operand is missing before them: they are never columns. */
const RESERVED: ReadonlySet<string> = new Set(
  'FROM WHERE GROUP HAVING ORDER LIMIT UNION SET VALUES ON USING AND OR XOR THEN ELSE WHEN END AS SELECT BY INTO FOR'.split(
    ' ',
  ),
);

function takeWord(cursor: Cursor, least: number): Expression {
  const word = textAt(cursor).toUpperCase();
  const following = textAt(cursor, 1);
  const constant = CONSTANTS[word];
  if (constant !== undefined) {
    cursor.at++;
    return constant;
  }
  const special = following === '.' ? undefined : SPECIAL[word];
  const found = special?.(cursor, least);
  if (found !== undefined) return found;
  if (following === '(' && word !== 'VALUES' && RESERVED.has(word)) return refuse(cursor, 'an expression');
  if (following !== '(' && following !== '.' && RESERVED.has(word)) return refuse(cursor, 'an expression');
  if (BARE_CALLS.has(word) && following !== '(' && following !== '.') {
    cursor.at++;
    return { kind: 'call', name: { name: word.toLowerCase() }, args: [] };
  }
  // `_utf8mb4'text'`
  if (word.startsWith('_') && /^['"]/.test(following)) {
    cursor.at++;
    return takeString(cursor);
  }
  return takeNamed(cursor);
}

const SPECIAL: Readonly<Record<string, (cursor: Cursor, least: number) => Expression | undefined>> = {
  NOT: cursor => {
    cursor.at++;
    return { kind: 'not', operand: takeExpression(cursor, NOT + 1) };
  },
  BINARY: cursor => {
    cursor.at++;
    return takeOperand(cursor, UNARY);
  },
  EXISTS: cursor => {
    cursor.at++;
    const inside = bracketed(cursor);
    return { kind: 'exists', query: takeQuery(inside) };
  },
  CASE: takeCase,
  CAST: cursor => takeCast(cursor),
  TRY_CAST: cursor => takeCast(cursor),
  CONVERT: cursor => takeConvert(cursor),
  INTERVAL: cursor => {
    if (textAt(cursor, 1) === '(' && isCallOfInterval(cursor)) return undefined;
    cursor.at++;
    const amount = takeExpression(cursor, BIT_OR);
    takeName(cursor, 'a unit of time');
    return { kind: 'other', syntax: 'interval', operands: [amount] };
  },
  DATE: takeTypedString,
  TIME: takeTypedString,
  TIMESTAMP: takeTypedString,
};

/** `INTERVAL(a, b)` compares numbers; `INTERVAL (a) DAY` is a span of time. */
function isCallOfInterval({ source, at }: Cursor): boolean {
  const close = source.text.partner[at + 1] ?? -1;
  return close < 0 || close >= source.last || source.text.tokens[close + 1]?.kind !== 'word';
}

function takeTypedString(cursor: Cursor): Expression | undefined {
  if (!textAt(cursor, 1).startsWith("'")) return undefined;
  cursor.at++;
  return takeString(cursor);
}

function takeCase(cursor: Cursor): Expression {
  cursor.at++;
  const operands: Expression[] = [];
  if (!sees(cursor, 'WHEN')) operands.push(takeExpression(cursor));
  while (takes(cursor, 'WHEN')) {
    operands.push(takeExpression(cursor));
    if (!takes(cursor, 'THEN')) refuse(cursor, 'THEN');
    operands.push(takeExpression(cursor));
  }
  if (takes(cursor, 'ELSE')) operands.push(takeExpression(cursor));
  if (!takes(cursor, 'END')) refuse(cursor, 'END');
  return { kind: 'other', syntax: 'case', operands };
}

function takeCast(cursor: Cursor): Expression | undefined {
  if (textAt(cursor, 1) !== '(') return undefined;
  cursor.at++;
  const inside = bracketed(cursor);
  const operand = takeExpression(inside);
  if (!takes(inside, 'AS')) refuse(inside, 'AS');
  return { kind: 'cast', operand, type: takeDataType(inside) };
}

/** `CONVERT(value, type)` and `CONVERT(value USING charset)`; SQL Server has the type first. */
function takeConvert(cursor: Cursor): Expression | undefined {
  if (textAt(cursor, 1) !== '(') return undefined;
  cursor.at++;
  const inside = bracketed(cursor);
  const typed = attempt(within(inside, inside.at, inside.source.last), part => {
    const operand = takeExpression(part);
    if (takes(part, 'USING')) return operand;
    if (!takesSymbol(part, ',')) return refuse(part, 'a comma');
    return { kind: 'cast' as const, operand, type: takeDataType(part) };
  });
  return typed ?? { kind: 'call', name: { name: 'convert' }, args: [] };
}

function takeNamed(cursor: Cursor): Expression {
  if (!seesName(cursor)) return refuse(cursor, 'an expression');
  const from = cursor.at;
  const parts = [takeName(cursor)];
  while (seesSymbol(cursor, '.') && cursor.at < cursor.source.last) {
    cursor.at++;
    if (takesSymbol(cursor, '*')) return { kind: 'other', syntax: 'star', operands: [] };
    parts.push(takeName(cursor));
  }
  const name = parts.at(-1)!;
  const table = parts.at(-2);
  if (seesSymbol(cursor, '(')) {
    const range = rangeOf(cursor.source, from, cursor.at - 1);
    const called = { name: name.toLowerCase(), range, ...(table === undefined ? {} : { schema: table }) };
    return takeCall(cursor, called);
  }
  return table === undefined ? { kind: 'column', name } : { kind: 'column', table, name };
}

/** Words that part the arguments of calls with a syntax of their own: EXTRACT(… FROM …), GROUP_CONCAT(… ORDER BY … SEPARATOR …). */
const ARGUMENT_WORDS = ['FROM', 'FOR', 'USING', 'IN', 'AS', 'SEPARATOR', 'AGAINST', 'ON', 'BY', 'RETURNING'];
const ARGUMENT_MARKS = ['DISTINCT', 'ALL', 'BOTH', 'LEADING', 'TRAILING', 'ORDER', 'ASC', 'DESC', 'PARTITION', 'LIMIT'];

function takeCall(cursor: Cursor, name: Extract<Expression, { kind: 'call' }>['name']): Expression {
  const inside = bracketed(cursor);
  if (inside.source.first === inside.source.last && seesSymbol(inside, '*')) {
    takeOver(cursor);
    return { kind: 'call', name, args: [], star: true };
  }
  const rest = within(inside, inside.source.first, inside.source.last);
  const args = isQueryAt(inside)
    ? [{ kind: 'subquery' as const, query: takeQuery(inside) }]
    : (attempt(inside, takeArguments) ?? [loose(rest)]);
  takeOver(cursor);
  return { kind: 'call', name, args };
}

function takeArguments(inside: Cursor): readonly Expression[] {
  const args: Expression[] = [];
  while (!isAtEnd(inside)) {
    if (takesSymbol(inside, ',') || takesAny(inside, ARGUMENT_MARKS) !== undefined) continue;
    if (takesAny(inside, ARGUMENT_WORDS) !== undefined) continue;
    args.push(takeExpression(inside));
  }
  return args;
}

/** A window after a call: it changes nothing that is asked of the call. */
function takeOver(cursor: Cursor): void {
  if (takes(cursor, 'FILTER')) bracketed(cursor);
  if (!takes(cursor, 'OVER')) return;
  if (seesSymbol(cursor, '(')) bracketed(cursor);
  else takeName(cursor);
}

/** The queries and names of an expression, for what is asked of the query around it. */
export function partsOf(expression: Expression) {
  const columns: { readonly table?: string; readonly name: string }[] = [];
  const calls: Extract<Expression, { kind: 'call' }>[] = [];
  const queries: Query[] = [];
  walkExpression(expression, part => {
    if (part.kind === 'column')
      columns.push(part.table === undefined ? { name: part.name } : { table: part.table, name: part.name });
    else if (part.kind === 'call') calls.push(part);
    else if (part.kind === 'exists' || part.kind === 'subquery') queries.push(part.query);
    else if (part.kind === 'in' && 'kind' in part.members) queries.push(part.members);
  });
  return { columns, calls, queries };
}
