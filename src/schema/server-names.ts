import type { IndexElement } from '../operations/definitions.ts';
import type { Expression } from '../operations/expressions.ts';
import { nameKey } from '../operations/names.ts';
import { catalogueOf } from './dialects.ts';
import type { State } from './state.ts';

/** NAMEDATALEN − 1: the bytes that a PostgreSQL name may have. */
const MAX_NAME_BYTES = 63;

/**
 * A name in the way that PostgreSQL makes one up (`makeObjectName` in src/backend/commands/indexcmds.c): the parts joined by
 * underscores, the longer of the first two cut, byte by byte, until all of it fits into 63 bytes. The label is never cut.
 *
 * @param first - as a rule the table
 * @param second - as a rule the columns; left out for a primary key or a CHECK over several columns
 * @param label - `pkey`, `key`, `fkey`, `check`, `idx`, `seq` …, with its number where the plain one is taken
 */
function makeObjectName(first: string, second: string | undefined, label: string): string {
  const overhead = label.length + 1 + (second === undefined ? 0 : 1);
  let firstBytes = Buffer.byteLength(first);
  let secondBytes = second === undefined ? 0 : Buffer.byteLength(second);
  while (firstBytes + secondBytes > MAX_NAME_BYTES - overhead) {
    if (firstBytes > secondBytes) firstBytes--;
    else secondBytes--;
  }
  const parts = [clip(first, firstBytes)];
  if (second !== undefined) parts.push(clip(second, secondBytes));
  return [...parts, label].join('_');
}

/** The text cut to a number of UTF-8 bytes, no character divided. */
function clip(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text;
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += Buffer.byteLength(character);
    if (used > bytes) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/**
 * Column names as they enter the name of an index or a foreign key: joined by underscores, cut at 63 bytes
 * (`ChooseIndexNameAddition`).
 */
export function joinColumnNames(columns: readonly string[]): string {
  return clip(columns.join('_'), MAX_NAME_BYTES);
}

/**
 * Names of index keys and included columns for {@link joinColumnNames}: the column, the function called, or `expr`; a repeated
 * one gets a number (`ChooseIndexColumnNames`).
 */
export function indexColumnNames(elements: readonly IndexElement[], including: readonly string[]): readonly string[] {
  const names: string[] = [];
  const plain = elements.map(({ column, expression }) => column ?? expressionName(expression?.expression) ?? 'expr');
  for (const name of [...plain, ...including]) {
    let unique = name;
    for (let number = 1; names.includes(unique); number++) unique = `${name}${number}`;
    names.push(unique);
  }
  return names;
}

function expressionName(expression: Expression | undefined): string | undefined {
  switch (expression?.kind) {
    case 'column':
      return expression.name;
    case 'call':
      return expression.name.name;
    case 'cast':
      return expressionName(expression.operand) ?? expression.type.name;
    default:
      return undefined;
  }
}

/**
 * The name that the server makes up for a constraint without an index: unique among the constraints of its schema.
 *
 * @param others - names that the same statement has given already
 */
export function chooseConstraintName(
  state: State,
  schema: string,
  first: string,
  second: string | undefined,
  label: 'check' | 'fkey' | 'not_null',
  others: ReadonlySet<string> = new Set(),
): string {
  const taken = (name: string): boolean => others.has(name) || state.schema.constraintNames.has(nameKey(schema, name));
  const { constraintNaming } = catalogueOf(state);
  if (constraintNaming === undefined || label === 'not_null') return firstFree(first, second, label, taken);
  for (let number = 1; ; number++) {
    const name = constraintNaming[label](first, number);
    if (!taken(name)) return name;
  }
}

/**
 * The name that the server makes up for an index or a sequence: unique among the relations of its schema, and for the index of
 * a constraint among the constraints too.
 */
export function chooseRelationName(
  state: State,
  schema: string,
  first: string,
  second: string | undefined,
  label: 'pkey' | 'key' | 'excl' | 'idx' | 'seq',
): string {
  const isConstraint = label === 'pkey' || label === 'key' || label === 'excl';
  return firstFree(first, second, label, name => {
    const key = nameKey(schema, name);
    return state.schema.names.has(key) || (isConstraint && state.schema.constraintNames.has(key));
  });
}

function firstFree(first: string, second: string | undefined, label: string, taken: (name: string) => boolean): string {
  for (let pass = 0; ; pass++) {
    const name = makeObjectName(first, second, pass === 0 ? label : `${label}${pass}`);
    if (!taken(name)) return name;
  }
}
