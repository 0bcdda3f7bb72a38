import {
  childrenOf,
  conjunctsOf,
  type Expression,
  isNullLiteral,
  queriesIn,
  walkExpression,
} from '../../operations/expressions.ts';
import type { Insert, Update } from '../../operations/operations.ts';
import type { Query, TableReference } from '../../operations/queries.ts';
import { sameExpression } from './row-selection.ts';

/**
 * The columns that a second run of an UPDATE changes again: their new value is made of old ones that the first run has changed
 * (`n = n + 1`, `a = b, b = a`), and no condition leaves out the rows that are done. Empty where it can run twice.
 */
export function repeatsUpdate(update: Update): readonly string[] {
  const assigned = new Map(update.assignments.map(({ column, value }) => [column, value]));
  const changed: Changed = { table: update.table, assigned };
  const conditions = update.where === undefined ? [] : conjunctsOf(update.where.expression);
  if (conditions.some(condition => excludesDone(condition, changed))) return [];
  return [...assigned].flatMap(([column, value]) => (settles(value, column, changed) ? [] : [column]));
}

/** The table that an UPDATE changes, and what it sets its columns to. */
interface Changed {
  readonly table: TableReference;
  readonly assigned: ReadonlyMap<string, Expression>;
  /** The keys of the part of a JSON column that `jsonb_set` is about to write: its old value is that of the part. */
  readonly part?: readonly string[];
}

/** Whether an INSERT adds its rows a second time: nothing says what happens to those that are there. */
export function repeatsInsert(insert: Insert): boolean {
  if (insert.onConflict !== undefined) return false;
  if (insert.source.kind !== 'query') return true;
  const { where } = insert.source.query;
  return where === undefined || !conjunctsOf(where).some(isAntiJoin);
}

/** NOT EXISTS, NOT IN (SELECT …), and the IS NULL of a left join. */
function isAntiJoin(condition: Expression): boolean {
  if (condition.kind === 'not') return condition.operand.kind === 'exists' || condition.operand.kind === 'in';
  if (condition.kind === 'in') return condition.negated;
  return condition.kind === 'isNull' && !condition.negated;
}

/** Functions that leave their own result as it is: f(f(x)) = f(x). */
const SETTLING: ReadonlySet<string> = new Set(
  'lower upper initcap trim btrim ltrim rtrim coalesce abs round floor ceil ceiling trunc date_trunc greatest least nullif unaccent jsonb_strip_nulls jsonb_set normalize'.split(
    ' ',
  ),
);

/** Whether assigning the value again leaves it as it is. */
function settles(value: Expression, column: string, changed: Changed): boolean {
  if (readsNoneOf(value, changed)) return true;
  if (changed.part !== undefined && isPart(value, column, changed.part)) return true;
  if (value.kind === 'column') return value.name === column;
  if (value.kind === 'cast') return settles(value.operand, column, changed);
  if (value.kind === 'call' && value.name.schema === undefined) {
    if (value.name.name === 'replace')
      return isLastingReplacement(value.args) && settles(value.args[0]!, column, changed);
    const within = value.name.name === 'jsonb_set' ? { ...changed, part: keysOf(value.args[1]) } : changed;
    return (
      SETTLING.has(value.name.name) &&
      value.args.every(
        (arg, index) =>
          settles(arg, column, index === 2 ? within : changed) ||
          (index === 2 && value.args[0]?.kind === 'column' && readsOtherParts(arg, keysOf(value.args[1])[0], changed)),
      )
    );
  }
  if (value.kind === 'operator' && isJsonChange(value)) {
    return value.operands.every(operand => settles(operand, column, changed));
  }
  if (value.kind !== 'other' || value.syntax !== 'case') return false;
  return isMapping(value.operands, column) || isException(value.operands, column, changed);
}

/** The keys of a path like `'{a,b}'`; none that fits where it is no constant. */
function keysOf(path: Expression | undefined): readonly string[] {
  const text = textOf(path);
  return text?.startsWith('{') && text.endsWith('}') ? text.slice(1, -1).split(',') : [''];
}

/** Whether an expression takes the part at the keys out of the column: `column -> 'a' -> 'b'`, `column #> '{a,b}'`. */
function isPart(value: Expression, column: string, keys: readonly string[]): boolean {
  if (value.kind === 'cast') return isPart(value.operand, column, keys);
  if (value.kind === 'column') return value.name === column && keys.length === 0;
  if (value.kind !== 'operator') return false;
  const [from, key] = value.operands;
  if (from === undefined) return false;
  if (value.operator === '#>')
    return from.kind === 'column' && from.name === column && keysOf(key).join() === keys.join();
  return value.operator === '->' && textOf(key) === keys.at(-1) && isPart(from, column, keys.slice(0, -1));
}

/** Whether an expression reads what changes by other keys only than the one that is set: `column -> 'b'` where `a` is. */
function readsOtherParts(value: Expression, key: string | undefined, changed: Changed): boolean {
  if (readsNoneOf(value, changed)) return true;
  if (value.kind === 'operator' && ['->', '->>'].includes(value.operator) && value.operands[0]?.kind === 'column') {
    const read = textOf(value.operands[1]);
    return key !== undefined && key !== '' && read !== undefined && read !== key;
  }
  const parts = childrenOf(value);
  return parts.length > 0 && queriesIn(value).length === 0 && parts.every(part => readsOtherParts(part, key, changed));
}

function readsNoneOf(expression: Expression, { table, assigned }: Changed): boolean {
  return ![...mentioned(expression, table)].some(name => assigned.has(name));
}

/** `CASE WHEN … THEN value ELSE column END`, the value not made of what changes: once set, it is set again or left. */
function isException(operands: readonly Expression[], column: string, changed: Changed): boolean {
  const [, value, otherwise] = operands;
  return (
    operands.length === 3 &&
    otherwise?.kind === 'column' &&
    otherwise.name === column &&
    value !== undefined &&
    readsNoneOf(value, changed)
  );
}

/**
 * Whether `replace(text, from, to)` finds nothing more in its own result: `to` holds no part that `from` could be made of
 * together with what stands around it. Taking a text out may bring a new one together (`aabb` without `ab`), but rarely does.
 */
function isLastingReplacement([, from, to]: readonly Expression[]): boolean {
  const [old, now] = [textOf(from), textOf(to)];
  if (old === undefined || now === undefined) return false;
  if (old === '' || now === '') return true;
  if (now.includes(old) || old.includes(now)) return false;
  for (let length = 1; length < Math.min(old.length, now.length); length++) {
    if (now.startsWith(old.slice(-length)) || now.endsWith(old.slice(0, length))) return false;
  }
  return true;
}

function textOf(expression: Expression | undefined): string | undefined {
  if (expression?.kind === 'cast') return textOf(expression.operand);
  return expression?.kind === 'literal' && typeof expression.value === 'string' ? expression.value : undefined;
}

/**
 * Whether a CASE maps values of the column to others that it does not map again, and leaves all the rest as it is:
 * `CASE WHEN c = 'a' THEN 'b' ELSE c END`, `CASE c WHEN 'a' THEN 'b' ELSE c END`.
 */
function isMapping(operands: readonly Expression[], column: string): boolean {
  const isColumn = (part: Expression | undefined) => part?.kind === 'column' && part.name === column;
  const simple = isColumn(operands[0]);
  const branches = simple ? operands.slice(1) : operands;
  if (branches.length % 2 === 0 || !isColumn(branches.at(-1))) return false;
  const inputs = new Set<unknown>();
  const outputs: unknown[] = [];
  for (let index = 0; index + 1 < branches.length; index += 2) {
    const when = branches[index]!;
    const input = simple ? when : when.kind === 'operator' && isColumn(when.operands[0]) ? when.operands[1] : undefined;
    const output = branches[index + 1]!;
    if (!simple && (when.kind !== 'operator' || when.operator !== '=')) return false;
    if (input?.kind !== 'literal' || output.kind !== 'literal') return false;
    inputs.add(input.value);
    outputs.push(output.value);
  }
  return !outputs.some(output => inputs.has(output));
}

/** Adding an object of constants to JSON, or taking a key out of it: the second time nothing is left to change. */
function isJsonChange({ operator, operands }: Extract<Expression, { kind: 'operator' }>): boolean {
  const [, right] = operands;
  if (right === undefined) return false;
  if (operator === '||') {
    if (right.kind === 'call') return right.name.name === 'jsonb_build_object';
    // What is added to an array is there a second time.
    return right.kind === 'cast' && right.type.name === 'jsonb' && textOf(right)?.trim().startsWith('[') !== true;
  }
  return (operator === '-' || operator === '#-') && right.kind === 'literal' && right.type === 'string';
}

/**
 * The columns of the updated table that an expression reads, in subqueries of it too. A column without a qualifier is one of the
 * updated table, but in a subquery that reads other tables only.
 */
function mentioned(expression: Expression, target: TableReference): ReadonlySet<string> {
  const own = target.alias ?? target.name.name;
  const names = new Set<string>();
  walkExpression(expression, part => {
    if (part.kind === 'column' && (part.table ?? own) === own) names.add(part.name);
  });
  for (const query of queriesIn(expression)) {
    const tables = namesIn(query, target);
    const isOpen = query.reads.length === 0 || tables.length > 0;
    for (const { table, name } of query.columns) {
      if (table === undefined ? isOpen : table === own || tables.includes(table)) names.add(name);
    }
  }
  return names;
}

/** What a subquery calls the updated table where it reads it itself. */
function namesIn(query: Query, { name }: TableReference): readonly string[] {
  return query.reads
    .filter(
      read => read.name.name === name.name && (read.name.schema ?? name.schema) === (name.schema ?? read.name.schema),
    )
    .map(read => read.alias ?? read.name.name);
}

const ORDERINGS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

/**
 * Whether a condition no longer holds for a row that was changed: it compares a column that the change sets. An ordering does
 * not count (`balance > 0` still holds), nor does IS NOT NULL, nor the very value that is set.
 */
function excludesDone(condition: Expression, { table, assigned }: Changed): boolean {
  const columns = [...mentioned(condition, table)].filter(name => assigned.has(name));
  if (columns.length === 0) return false;
  switch (condition.kind) {
    case 'isNull':
      return columns.some(name => isNullLiteral(assigned.get(name)!) === condition.negated);
    case 'between':
      return false;
    case 'operator': {
      if (ORDERINGS.has(condition.operator)) return false;
      const sets = condition.operands.some(operand =>
        columns.some(name => sameExpression(operand, assigned.get(name)!)),
      );
      return condition.operator === '=' ? !sets : true;
    }
    default:
      return true;
  }
}
