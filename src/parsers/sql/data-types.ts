import type { DataType } from '../../operations/data-types.ts';
import {
  bracketed,
  type Cursor,
  defined,
  listed,
  readText,
  sees,
  seesSymbol,
  stringValue,
  takeName,
  takeObjectName,
  takes,
  takeValue,
  textAt,
  tokenAtCursor,
} from './cursor.ts';

/** Types of more than one word. */
const MULTIPLE_WORDS: readonly (readonly string[])[] = [
  ['DOUBLE', 'PRECISION'],
  ['CHARACTER', 'VARYING'],
  ['CHAR', 'VARYING'],
  ['NATIONAL', 'CHARACTER', 'VARYING'],
  ['NATIONAL', 'CHAR', 'VARYING'],
  ['NATIONAL', 'VARCHAR'],
  ['NATIONAL', 'VARCHARACTER'],
  ['NATIONAL', 'CHARACTER'],
  ['NATIONAL', 'CHAR'],
  ['NCHAR', 'VARYING'],
  ['NCHAR', 'VARCHAR'],
  ['LONG', 'VARBINARY'],
  ['LONG', 'VARCHAR'],
  ['BINARY', 'VARYING'],
  ['UNSIGNED', 'BIG', 'INT'],
  ['UNSIGNED', 'INTEGER'],
  ['SIGNED', 'INTEGER'],
];

/**
 * Moves over a type: its name, its numbers in brackets, UNSIGNED and ZEROFILL.
 *
 * @throws a Refusal where no name comes next
 */
export function takeDataType(cursor: Cursor): DataType {
  const from = cursor.at;
  const words = cursor.grammar.types.anyWords
    ? wordsOfType(cursor)
    : MULTIPLE_WORDS.find(candidate => sees(cursor, ...candidate));
  let schema: string | undefined;
  let spelled: string;
  if (words !== undefined) {
    cursor.at += words.length;
    spelled = words.join(' ').toLowerCase();
  } else {
    const name = takeObjectName(cursor, 'a type');
    schema = name.schema;
    spelled = name.name.toLowerCase();
  }
  const { names, aliases, anyWords, defaults, displayWidths } = cursor.grammar.types;
  const written = seesSymbol(cursor, '(') ? listed(bracketed(cursor), modifierOf) : [];
  let signs = { unsigned: false, zerofill: false };
  for (let more = !anyWords; more; ) {
    if (takes(cursor, 'UNSIGNED')) signs = { ...signs, unsigned: true };
    else if (takes(cursor, 'ZEROFILL')) signs = { unsigned: true, zerofill: true };
    else more = takes(cursor, 'SIGNED');
  }
  const alias = aliases[spelled];
  const name = floatOf(alias?.name ?? spelled, written);
  const given = written.length > 0 ? written : (alias?.modifiers ?? []);
  return {
    name,
    ...defined({ schema }),
    modifiers: displayWidths.has(name) ? [] : completed(given, defaults[name]),
    arrayDimensions: takes(cursor, 'ARRAY') ? 1 : 0,
    ...(signs.unsigned || alias?.unsigned ? { unsigned: true as const } : {}),
    ...(signs.zerofill ? { zerofill: true as const } : {}),
    builtin: schema === undefined && (anyWords || names.has(name)),
    text: readText(cursor, from),
  };
}

/** Words that are no types, but say something else of a column. */
export const NO_TYPES = [
  ...['NOT', 'NULL', 'DEFAULT', 'PRIMARY', 'UNIQUE', 'CHECK', 'CONSTRAINT', 'REFERENCES', 'COLLATE', 'GENERATED', 'AS'],
  ...['AUTOINCREMENT', 'IDENTITY'],
];

/** The words that name a type, in upper case; undefined where it is quoted. */
function wordsOfType(cursor: Cursor): readonly string[] | undefined {
  const words: string[] = [];
  for (let ahead = 0; /^[a-z_]\w*$/i.test(textAt(cursor, ahead)); ahead++) {
    const word = textAt(cursor, ahead).toUpperCase();
    if (NO_TYPES.includes(word)) break;
    words.push(word);
  }
  return words.length > 0 ? words : undefined;
}

/** FLOAT(p) is a double from 25 bits on (MySQL manual 13.1.4; SQL Server calls both float). */
function floatOf(name: string, written: readonly (number | string)[]): string {
  const [bits] = written;
  return name === 'float' && written.length === 1 && Number(bits) > 24 && Number(bits) <= 53 ? 'double' : name;
}

function modifierOf(item: Cursor): number | string {
  if (tokenAtCursor(item)?.kind === 'string') return stringValue(textAt(item), item.grammar.backslashEscapes);
  const value = takeValue(item);
  return /^\d+$/.test(value) ? Number(value) : value;
}

/** The modifiers with those that the server adds; `datetime(0)` says no more than `datetime`. */
function completed(
  given: readonly (number | string)[],
  whole: readonly number[] | undefined,
): readonly (number | string)[] {
  if (whole !== undefined) return whole.map((value, index) => given[index] ?? value);
  return given.length === 1 && given[0] === 0 ? [] : given;
}

/** Moves over `CHARACTER SET x` or `CHARSET x`. @returns the character set in lower case */
export function takeCharset(cursor: Cursor): string | undefined {
  if (!takes(cursor, 'CHARACTER', 'SET') && !takes(cursor, 'CHAR', 'SET') && !takes(cursor, 'CHARSET'))
    return undefined;
  if (seesSymbol(cursor, '=')) cursor.at++;
  return (
    tokenAtCursor(cursor)?.kind === 'string' ? takeValue(cursor) : takeName(cursor, 'a character set')
  ).toLowerCase();
}
