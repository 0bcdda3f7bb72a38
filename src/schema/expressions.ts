import { type Expression, type WrittenExpression, walkExpression } from '../operations/expressions.ts';
import type { ObjectName } from '../operations/names.ts';

/** Reading and rewriting expressions that the schema holds: CHECKs, defaults, index keys, policies. */

/** The expression with its parts exchanged by a function; the same object where nothing changed. */
export function mapExpression(expression: Expression, change: (part: Expression) => Expression): Expression {
  const mapped = change(mapChildren(expression, part => mapExpression(part, change)));
  return mapped;
}

function mapChildren(expression: Expression, map: (part: Expression) => Expression): Expression {
  switch (expression.kind) {
    case 'call':
      return withList(expression, 'args', expression.args, map);
    case 'cast':
    case 'not':
    case 'isNull': {
      const operand = map(expression.operand);
      return operand === expression.operand ? expression : { ...expression, operand };
    }
    case 'operator':
    case 'and':
    case 'or':
    case 'other':
      return withList(expression, 'operands', expression.operands, map);
    case 'in': {
      const operand = map(expression.operand);
      const { members } = expression;
      const list = 'kind' in members ? members : sameOr(members, members.map(map));
      return operand === expression.operand && list === members
        ? expression
        : { ...expression, operand, members: list };
    }
    case 'between': {
      const [operand, low, high] = [map(expression.operand), map(expression.low), map(expression.high)];
      const same = operand === expression.operand && low === expression.low && high === expression.high;
      return same ? expression : { ...expression, operand, low, high };
    }
    default:
      return expression;
  }
}

function withList<E extends Expression, Key extends string>(
  expression: E,
  key: Key,
  list: readonly Expression[],
  map: (part: Expression) => Expression,
): E {
  const mapped = sameOr(list, list.map(map));
  return mapped === list ? expression : { ...expression, [key]: mapped };
}

/** The old list where the new one has the same members, so that what did not change is shared. */
export function sameOr<T>(old: readonly T[], now: readonly T[]): readonly T[] {
  return old.length === now.length && old.every((member, index) => member === now[index]) ? old : now;
}

/** The expression after a column was renamed. `text` stays what the user wrote. */
export function renameInExpression(written: WrittenExpression, column: string, newName: string): WrittenExpression {
  const expression = mapExpression(written.expression, part =>
    part.kind === 'column' && part.name === column ? { ...part, name: newName } : part,
  );
  return expression === written.expression ? written : { ...written, expression };
}

/** Whether the expression reads a column of that name. */
export function mentionsColumn(written: WrittenExpression | undefined, column: string): boolean {
  if (written === undefined) return false;
  let found = false;
  walkExpression(written.expression, part => {
    if (part.kind === 'column' && part.name === column) found = true;
  });
  return found;
}

/** The names of the functions that an expression calls. */
export function callsOf(written: WrittenExpression | undefined): readonly ObjectName[] {
  const names: ObjectName[] = [];
  if (written === undefined) return names;
  walkExpression(written.expression, part => {
    if (part.kind === 'call') names.push(part.name);
  });
  return names;
}

/** The sequences whose `nextval` an expression calls by a literal name. */
export function sequencesOf(written: WrittenExpression | undefined): readonly ObjectName[] {
  const names: ObjectName[] = [];
  if (written === undefined) return names;
  walkExpression(written.expression, part => {
    if (part.kind !== 'call' || part.name.name !== 'nextval') return;
    const [argument] = part.args;
    const text = argument === undefined ? undefined : literalText(argument);
    const name = text === undefined ? undefined : parseObjectName(text);
    if (name !== undefined) names.push(name);
  });
  return names;
}

/** The string of a literal, also behind casts. */
export function literalText(expression: Expression): string | undefined {
  if (expression.kind === 'cast') return literalText(expression.operand);
  return expression.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
}

/** A name as it stands in a string (`'app."Users_id_seq"'`), folded by PostgreSQL's rules; undefined for anything else. */
export function parseObjectName(text: string): ObjectName | undefined {
  const parts = splitNames(text, '.');
  const name = parts?.at(-1);
  if (parts === undefined || name === undefined) return undefined;
  const schema = parts.at(-2);
  return schema === undefined ? { name } : { schema, name };
}

/** The names of a list in a string, as `set_config('search_path', 'a, "B"', …)` has them. */
export function parseNameList(text: string): readonly string[] {
  return splitNames(text, ',') ?? [text];
}

const NAME = /\s*(?:"((?:[^"]|"")*)"|([^.,"\s]+))\s*/y;

/** Names with a separator between them, quoted or not; an empty text has none. */
function splitNames(text: string, separator: '.' | ','): readonly string[] | undefined {
  if (text.trim() === '') return [];
  const names: string[] = [];
  for (let at = 0; ; ) {
    NAME.lastIndex = at;
    const match = NAME.exec(text);
    if (match === null) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2]!.toLowerCase());
    at += match[0].length;
    if (at === text.length) return names;
    if (text[at] !== separator) return undefined;
    at++;
  }
}

/** Whether a condition holds for every row, whatever is in it: TRUE, `1 = 1`, two equal literals. */
export function isAlwaysTrue(expression: Expression): boolean {
  if (expression.kind === 'literal') return expression.value === true;
  if (expression.kind === 'and') return expression.operands.every(isAlwaysTrue);
  if (expression.kind === 'or') return expression.operands.some(isAlwaysTrue);
  if (expression.kind !== 'operator' || expression.operator !== '=') return false;
  const [left, right] = expression.operands;
  return left?.kind === 'literal' && right?.kind === 'literal' && left.value !== null && left.value === right.value;
}
