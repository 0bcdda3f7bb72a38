import type { ObjectName } from '../../operations/names.ts';
import type { Range } from '../../source/source-file.ts';
import { isSymbol, isWord, rangeOf, type Source } from '../source-text.ts';
import type { Token } from '../tokenizer/token.ts';
import type { DialectGrammar } from './grammar.ts';

/** A place in a statement: readers move it forward over what they have read. */
export interface Cursor {
  readonly source: Source;
  readonly grammar: DialectGrammar;
  /** Index of the next token. */
  at: number;
}

/** Why a statement could not be read, and where: thrown by readers, caught where the statement began. */
export interface Refusal extends Error {
  /** Index of the token that was not expected. */
  readonly token: number;
}

/**
 * Gives the statement up.
 *
 * @throws a {@link Refusal} that names the token at the cursor
 */
export function refuse(cursor: Cursor, expected: string): never {
  const found = isAtEnd(cursor) ? 'the end of the statement' : `"${textAt(cursor)}"`;
  throw Object.assign(new Error(`${expected} expected, not ${found}`), {
    token: Math.min(cursor.at, cursor.source.last),
  });
}

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'token' in error;
}

/** A cursor over a part of the same statement. */
export function within(cursor: Cursor, first: number, last: number): Cursor {
  return { source: { ...cursor.source, first, last }, grammar: cursor.grammar, at: first };
}

export function isAtEnd({ source, at }: Cursor): boolean {
  return at > source.last;
}

export function tokenAtCursor({ source, at }: Cursor): Token | undefined {
  return at > source.last ? undefined : source.text.tokens[at];
}

/** The text of the token at the cursor, or of one that follows it; empty behind the end. */
export function textAt({ source, at }: Cursor, ahead = 0): string {
  const token = at + ahead > source.last ? undefined : source.text.tokens[at + ahead];
  return token === undefined ? '' : source.text.fragment.text.slice(token.start, token.end);
}

/** Whether these unquoted words, given in upper case, come next. */
export function sees(cursor: Cursor, ...words: readonly string[]): boolean {
  return words.every((word, index) => isWord(cursor.source, cursor.at + index, word));
}

/** Moves over these words where they come next. */
export function takes(cursor: Cursor, ...words: readonly string[]): boolean {
  if (!sees(cursor, ...words)) return false;
  cursor.at += words.length;
  return true;
}

/** Moves over the one of these words that comes next. @returns it, in upper case */
export function takesAny(cursor: Cursor, words: readonly string[]): string | undefined {
  return words.find(word => takes(cursor, word));
}

export function seesSymbol(cursor: Cursor, symbol: string): boolean {
  return isSymbol(cursor.source, cursor.at, symbol);
}

export function takesSymbol(cursor: Cursor, symbol: string): boolean {
  if (!seesSymbol(cursor, symbol)) return false;
  cursor.at++;
  return true;
}

/** @throws a {@link Refusal} where the words do not come next */
export function expects(cursor: Cursor, ...words: readonly string[]): void {
  if (!takes(cursor, ...words)) refuse(cursor, words.join(' '));
}

/**
 * Moves over a bracketed part. @returns a cursor over what is inside
 * @throws a {@link Refusal} where no bracket comes next, or it is never closed
 */
export function bracketed(cursor: Cursor): Cursor {
  const { source, at } = cursor;
  const close = source.text.partner[at] ?? -1;
  if (!seesSymbol(cursor, '(') || close < 0 || close > source.last) refuse(cursor, 'a bracketed list');
  cursor.at = close + 1;
  return within(cursor, at + 1, close - 1);
}

/** What stands between commas outside brackets, each as a cursor of its own. */
export function listed<Item>(inside: Cursor, read: (item: Cursor) => Item): readonly Item[] {
  const items: Item[] = [];
  const { source } = inside;
  let start = inside.at;
  for (let index = start; index <= source.last; ) {
    if (isSymbol(source, index, ',')) {
      items.push(read(within(inside, start, index - 1)));
      start = index + 1;
    }
    index = Math.max(source.text.partner[index]!, index) + 1;
  }
  if (start <= source.last) items.push(read(within(inside, start, source.last)));
  inside.at = source.last + 1;
  return items;
}

/** The range in the file from one token to the last one that was read. */
export function readRange({ source, at }: Cursor, from: number): Range {
  // A statement that ends too early may leave the cursor further behind its end than one token.
  return rangeOf(source, from, Math.max(Math.min(at - 1, source.last), from));
}

/** The characters from one token to the last one that was read. */
export function readText({ source, at }: Cursor, from: number): string {
  const { tokens, fragment } = source.text;
  const last = Math.min(at - 1, source.last);
  return last < from ? '' : fragment.text.slice(tokens[from]!.start, tokens[last]!.end);
}

/* ---------------------------------------------------------------- Names and literals */

const NAME_KINDS: ReadonlySet<Token['kind']> = new Set(['word', 'name', 'placeholder']);

/** Whether a name comes next: a word, a quoted name, a template placeholder, or a string, which servers take for one, too. */
export function seesName(cursor: Cursor): boolean {
  const token = tokenAtCursor(cursor);
  if (token === undefined) return false;
  return NAME_KINDS.has(token.kind) || (token.kind === 'string' && /^['"]/.test(textAt(cursor)));
}

/**
 * Moves over one identifier. @returns it without its quotes
 * @throws a {@link Refusal} where none comes next
 */
export function takeName(cursor: Cursor, what = 'a name'): string {
  if (!seesName(cursor)) refuse(cursor, what);
  const name = unquoted(textAt(cursor));
  cursor.at++;
  return name;
}

/** An identifier without its quotes; a doubled closing quote stands for itself. */
function unquoted(text: string): string {
  const close = CLOSING[text[0]!];
  if (close === undefined || text.length < 2) return text;
  return text.slice(1, -1).replaceAll(close + close, close);
}

const CLOSING: Readonly<Record<string, string>> = { '`': '`', '"': '"', "'": "'", '[': ']' };

/**
 * Moves over a name that may have a schema in front.
 *
 * @throws a {@link Refusal} where none comes next
 */
export function takeObjectName(cursor: Cursor, what = 'a name'): ObjectName {
  const from = cursor.at;
  const parts = [takeName(cursor, what)];
  while (seesSymbol(cursor, '.') && cursor.at < cursor.source.last) {
    cursor.at++;
    // `db..table` of SQL Server leaves the schema out.
    if (seesSymbol(cursor, '.')) continue;
    parts.push(takeName(cursor));
  }
  const name = parts.at(-1)!;
  const schema = parts.at(-2);
  const range = readRange(cursor, from);
  return schema === undefined ? { name, range } : { schema, name, range };
}

/** Moves over a word, a name, a string or a number that says a value. @returns it without quotes */
export function takeValue(cursor: Cursor): string {
  const token = tokenAtCursor(cursor);
  if (token === undefined) return refuse(cursor, 'a value');
  const text = textAt(cursor);
  cursor.at++;
  if (token.kind === 'string') return stringValue(text, cursor.grammar.backslashEscapes);
  if (token.kind === 'name') return unquoted(text);
  if (token.kind === 'operator' && /^[-+]$/.test(text)) return text + takeValue(cursor);
  return text;
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', b: '\b', n: '\n', r: '\r', t: '\t', Z: '\x1a' };

/** What a string literal stands for, its quotes and prefix left out. */
export function stringValue(text: string, backslashEscapes: boolean): string {
  const open = text.search(/['"]/);
  const quote = text[open]!;
  const inside = text.slice(open + 1, text.endsWith(quote) && text.length > open + 1 ? -1 : undefined);
  if (!backslashEscapes) return inside.replaceAll(quote + quote, quote);
  return inside.replace(/\\([\s\S])|''|""/g, (match, escaped: string | undefined) => {
    if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
    return match[0] === quote ? quote : match;
  });
}

/* ---------------------------------------------------------------- Objects */

type Defined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & { [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined> };

/** The fields that have a value: an optional field is left out, never undefined. */
export function defined<Fields extends object>(fields: Fields): Defined<Fields> {
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) kept[name] = value;
  return kept as Defined<Fields>;
}
