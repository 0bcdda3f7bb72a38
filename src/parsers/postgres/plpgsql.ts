import type { WrittenExpression } from '../../operations/expressions.ts';
import type { Block } from '../../operations/operations.ts';
import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../source/fragment.ts';
import type { Range } from '../../source/source-file.ts';
import { isKeyword, LEXICONS, type Token, tokenize, tokenText } from '../tokenizer/index.ts';
import { decodeString } from '../tokenizer/literals.ts';
import { significant, splitAtCommas } from '../tokenizer/split.ts';
import { isTemplateControl, unusedName } from './mask.ts';

/** What a PL/pgSQL block does, as far as SQL is concerned. */
export interface PlpgsqlBody {
  /** In the order of the text. A loop over literals (FOREACH over an ARRAY of them) gives its items once per round. */
  readonly items: readonly PlpgsqlItem[];
  /** Names of variables and loop variables, lower-case where unquoted: in SQL they are parameters and no columns. */
  readonly variables: ReadonlySet<string>;
}

/** One thing a block does, in the control flow around it (outermost first). */
export type PlpgsqlItem =
  /**
   * A command of SQL. INTO and its targets are blanked; PERFORM, an assignment and the query of a loop or a cursor read as a
   * SELECT, whose keyword maps to what stands there.
   */
  | (ItemBase & { readonly kind: 'sql'; readonly fragment: Fragment })
  /**
   * EXECUTE of a text that is known but for holes. `sql` has an identifier (or the content of a literal) for each hole; `holes`
   * maps it to `${expression}`. A text with holes that does not parse is one that only the run knows.
   */
  | (ItemBase & { readonly kind: 'execute'; readonly sql: Fragment; readonly holes: ReadonlyMap<string, string> })
  /** EXECUTE of a text that only the run knows. */
  | (ItemBase & { readonly kind: 'dynamic' })
  | (ItemBase & { readonly kind: 'commit' | 'rollback'; readonly chain: boolean })
  /** What could not be followed. */
  | (ItemBase & {
      readonly kind: 'unreadable';
      readonly reason: 'syntax error' | 'template';
      readonly message: string;
    });

interface ItemBase {
  /** The PL/pgSQL statement in the user's file, without its semicolon. */
  readonly range: Range;
  readonly blocks: readonly Block[];
}

/** Reads the condition of a branch; undefined where it cannot be read. */
export type ReadCondition = (condition: Fragment) => WrittenExpression | undefined;

/**
 * Reads the body of a DO block or of a PL/pgSQL routine without running it: which SQL it sends, inside which loops, branches
 * and exception handlers. Statements that send nothing (RAISE, FETCH, EXIT …) are left out. It never throws; what it cannot
 * follow is an `unreadable` item, and reading goes on after it.
 *
 * Syntax: PostgreSQL manual, chapter "PL/pgSQL"; where a statement ends and what INTO takes: `pl_gram.y` of PostgreSQL 18.
 *
 * @param fragment - the body, decoded: what stands between the dollar quotes
 * @param readCondition - lowers the conditions of branches; without it branches have none
 */
export function readBlock(fragment: Fragment, readCondition: ReadCondition = () => undefined): PlpgsqlBody {
  const { text } = fragment;
  const tokens = significant(tokenize(text, LEXICON));
  const names = new Set<string>();
  for (const token of tokens) if (token.kind === 'word') names.add(tokenText(text, token).toLowerCase());
  const reader: Reader = {
    fragment,
    text,
    tokens,
    names,
    readCondition,
    variables: new Set(),
    holes: new Map(),
    fillers: new Map(),
    at: 0,
    rounds: 0,
  };
  const result = readBody(reader);
  return { items: result.items, variables: reader.variables };
}

/** psql does not look inside a body. */
const LEXICON = { ...LEXICONS.postgres, metaCommands: 'none', copyData: false } as const;

/** The place of the reader in a body, and what it met. The one value here that changes. */
interface Reader {
  readonly fragment: Fragment;
  readonly text: string;
  readonly tokens: readonly Token[];
  /** Words of the body, which a hole's filler must not be. */
  readonly names: ReadonlySet<string>;
  readonly readCondition: ReadCondition;
  readonly variables: Set<string>;
  readonly holes: Map<string, string>;
  /** Expression as written → its filler. */
  readonly fillers: Map<string, string>;
  /** Index of the next token. */
  at: number;
  /** Rounds of literal loops so far. */
  rounds: number;
}

/** Texts that variables are known to hold. */
type Constants = Map<string, Text>;

/** A text value: known characters, and fillers for the rest. */
interface Text {
  readonly fragment: Fragment;
  /** Whether any of it is known. */
  readonly known: boolean;
}

/** What a run of statements does. */
interface Result {
  readonly items: readonly PlpgsqlItem[];
  readonly commits: boolean;
  readonly pauses: boolean;
  /** Whether a RETURN stands in it, so that what follows may not run. */
  readonly returns: boolean;
}

const NOTHING: Result = { items: [], commits: false, pauses: false, returns: false };
const PAUSE: Result = { ...NOTHING, pauses: true };

function only(item: PlpgsqlItem): Result {
  return { ...NOTHING, items: [item], commits: item.kind === 'commit' };
}

function merge(results: readonly Result[]): Result {
  if (results.length === 1) return results[0]!;
  return {
    items: results.flatMap(result => result.items),
    commits: results.some(result => result.commits),
    pauses: results.some(result => result.pauses),
    returns: results.some(result => result.returns),
  };
}

/** The same with a block around every item. */
function within(block: Block, result: Result): Result {
  return { ...result, items: result.items.map(item => ({ ...item, blocks: [block, ...item.blocks] })) };
}

/* ---------------------------------------------------------------- Tokens */

function peek(reader: Reader, ahead = 0): Token | undefined {
  return reader.tokens[reader.at + ahead];
}

function sees(reader: Reader, keyword: string, ahead = 0): boolean {
  return isKeyword(reader.text, peek(reader, ahead), keyword);
}

function seesAny(reader: Reader, keywords: readonly string[]): boolean {
  return keywords.some(keyword => sees(reader, keyword));
}

function isSymbol(reader: Reader, index: number, symbol: string): boolean {
  const token = reader.tokens[index];
  if (token === undefined || (token.kind !== 'punctuation' && token.kind !== 'operator')) return false;
  return token.end - token.start === symbol.length && reader.text.startsWith(symbol, token.start);
}

function accept(reader: Reader, keyword: string): boolean {
  if (!sees(reader, keyword)) return false;
  reader.at++;
  return true;
}

function skipSemicolon(reader: Reader): void {
  if (isSymbol(reader, reader.at, ';')) reader.at++;
}

function rangeOf(reader: Reader, first: number, last: number): Range {
  const from = reader.tokens[Math.min(first, reader.tokens.length - 1)];
  const to = reader.tokens[Math.min(Math.max(first, last), reader.tokens.length - 1)];
  return from && to
    ? toSourceRange(reader.fragment, from.start, to.end)
    : toSourceRange(reader.fragment, 0, reader.text.length);
}

/** The tokens `first` to `last` (included) as a fragment. */
function fragmentAt(reader: Reader, first: number, last: number): Fragment {
  return sliceFragment(reader.fragment, reader.tokens[first]!.start, reader.tokens[last]!.end);
}

/** An identifier as the server folds it. */
function nameAt(reader: Reader, index: number): string | undefined {
  const token = reader.tokens[index];
  if (token?.kind === 'word') return tokenText(reader.text, token).toLowerCase();
  if (token?.kind === 'name') return tokenText(reader.text, token).slice(1, -1).replaceAll('""', '"');
  return undefined;
}

/**
 * The index of the first token from `from` on, outside parentheses, brackets and CASE … END, that `stops` accepts; the number
 * of tokens where there is none. A semicolon always stops.
 */
function find(reader: Reader, from: number, stops: (index: number) => boolean): number {
  let depth = 0;
  let cases = 0;
  for (let index = from; index < reader.tokens.length; index++) {
    const token = reader.tokens[index]!;
    if (token.kind === 'punctuation') {
      const character = reader.text[token.start]!;
      if (character === ';') return index;
      if (character === '(' || character === '[') depth++;
      else if (character === ')' || character === ']') depth--;
    }
    if (depth > 0) continue;
    if (cases === 0 && stops(index)) return index;
    if (isKeyword(reader.text, token, 'case')) cases++;
    else if (cases > 0 && isKeyword(reader.text, token, 'end')) cases--;
  }
  return reader.tokens.length;
}

function findKeyword(reader: Reader, from: number, ...keywords: readonly string[]): number {
  return find(reader, from, index => keywords.some(keyword => isKeyword(reader.text, reader.tokens[index], keyword)));
}

function findSemicolon(reader: Reader, from: number): number {
  for (let index = from; index < reader.tokens.length; index++) if (isSymbol(reader, index, ';')) return index;
  return reader.tokens.length;
}

function unreadable(reader: Reader, first: number, last: number, message: string): PlpgsqlItem {
  return { kind: 'unreadable', reason: 'syntax error', message, range: rangeOf(reader, first, last), blocks: [] };
}

/* ---------------------------------------------------------------- Blocks */

/** Deeper nesting is not followed, so that no text can exhaust the stack. */
const MAXIMUM_DEPTH = 100;

function readBody(reader: Reader): Result {
  while (reader.text[peek(reader)?.start ?? -1] === '#') skipOption(reader);
  const constants: Constants = new Map();
  skipLabel(reader);
  if (!seesAny(reader, ['declare', 'begin'])) {
    return only(unreadable(reader, 0, reader.tokens.length - 1, 'a PL/pgSQL body starts with DECLARE or BEGIN'));
  }
  const results = [readBlockStatement(reader, constants, 0)];
  skipSemicolon(reader);
  if (reader.at < reader.tokens.length) {
    results.push(only(unreadable(reader, reader.at, reader.tokens.length - 1, 'text after the END of the block')));
  }
  return merge(results);
}

/** `#variable_conflict use_column` and the like: a line of their own. */
function skipOption(reader: Reader): void {
  const line = reader.text.indexOf('\n', peek(reader)!.start);
  const end = line < 0 ? reader.text.length : line;
  while (reader.at < reader.tokens.length && peek(reader)!.start < end) reader.at++;
}

function skipLabel(reader: Reader): void {
  if (isSymbol(reader, reader.at, '<<') && isSymbol(reader, reader.at + 2, '>>')) reader.at += 3;
}

/** [DECLARE …] BEGIN … [EXCEPTION WHEN … THEN …] END [label], from DECLARE or BEGIN on; the semicolon is left. */
function readBlockStatement(reader: Reader, constants: Constants, depth: number): Result {
  const names: string[] = [];
  const declared = accept(reader, 'declare') ? readDeclarations(reader, constants, names) : NOTHING;
  const result = merge([declared, readBeginEnd(reader, constants, depth)]);
  for (const name of names) constants.delete(name);
  return result;
}

function readBeginEnd(reader: Reader, constants: Constants, depth: number): Result {
  const begin = reader.at;
  if (!accept(reader, 'begin')) {
    const end = findSemicolon(reader, begin);
    reader.at = end;
    return only(unreadable(reader, begin, end - 1, 'BEGIN expected'));
  }
  const entry: Constants = new Map(constants);
  const body = readStatements(reader, constants, depth + 1, ['exception', 'end']);
  if (!accept(reader, 'exception')) {
    return merge([body, endOf(reader, begin)]);
  }
  const handled = within({ kind: 'handler', range: rangeOf(reader, begin, reader.at - 2), part: 'body' }, body);
  const handlers: Result[] = [];
  while (sees(reader, 'when')) {
    const start = reader.at;
    reader.at = Math.min(findKeyword(reader, start, 'then') + 1, reader.tokens.length);
    const handler = readStatements(reader, new Map(entry), depth + 1, ['when', 'end']);
    handlers.push(within({ kind: 'handler', range: rangeOf(reader, start, reader.at - 1), part: 'handler' }, handler));
  }
  forgetAssigned(reader, constants, begin, reader.at);
  return merge([handled, ...handlers, endOf(reader, begin)]);
}

/** Takes END [keyword] [label]; an unreadable item for the block where it is missing. */
function endOf(reader: Reader, begin: number, keyword?: string): Result {
  if (!accept(reader, 'end')) return only(unreadable(reader, begin, begin, 'END expected'));
  if (keyword !== undefined && !accept(reader, keyword)) {
    return only(unreadable(reader, reader.at - 1, reader.at - 1, `END ${keyword.toUpperCase()} expected`));
  }
  if (nameAt(reader, reader.at) !== undefined && isSymbol(reader, reader.at + 1, ';')) reader.at++;
  return NOTHING;
}

/** Declarations up to BEGIN; their names are added to `names`. */
function readDeclarations(reader: Reader, constants: Constants, names: string[]): Result {
  const results: Result[] = [];
  while (reader.at < reader.tokens.length && !sees(reader, 'begin')) {
    const start = reader.at;
    const end = findSemicolon(reader, start);
    reader.at = Math.min(end + 1, reader.tokens.length);
    const name = nameAt(reader, start);
    if (name === undefined) {
      if (end > start) results.push(only(unreadable(reader, start, end - 1, 'a declaration starts with a name')));
      continue;
    }
    // DECLARE may be repeated.
    if (name === 'declare' && end > start + 1) {
      reader.at = start + 1;
      continue;
    }
    reader.variables.add(name);
    names.push(name);
    const cursor = findKeyword(reader, start + 1, 'cursor');
    if (cursor < end) {
      const query = findKeyword(reader, cursor, 'for', 'is') + 1;
      if (query < end) results.push(only(queryItem(reader, start, query, end - 1)));
      continue;
    }
    const value = findInitializer(reader, start + 1);
    if (value < end) results.push(assign(reader, constants, name, start, value, end - 1));
    else constants.delete(name);
  }
  return merge(results);
}

/** The index of the first token of a declaration's initial value. */
function findInitializer(reader: Reader, from: number): number {
  return (
    find(
      reader,
      from,
      index =>
        isSymbol(reader, index, ':=') ||
        isSymbol(reader, index, '=') ||
        isKeyword(reader.text, reader.tokens[index], 'default'),
    ) + 1
  );
}

/* ---------------------------------------------------------------- Statements */

/** Statements up to one of the closing keywords, which is left. */
function readStatements(reader: Reader, constants: Constants, depth: number, closing: readonly string[]): Result {
  const parts: { readonly start: number; readonly result: Result }[] = [];
  while (reader.at < reader.tokens.length && !seesAny(reader, closing)) {
    const start = reader.at;
    const result = depth > MAXIMUM_DEPTH ? skipRest(reader) : readStatement(reader, constants, depth);
    skipSemicolon(reader);
    if (reader.at === start) reader.at++;
    parts.push({ start, result });
  }
  // After a RETURN that may have been taken, the rest of the list may not run.
  const leaving = parts.findIndex(({ result }) => result.returns);
  const rest = parts[leaving + 1];
  if (leaving < 0 || rest === undefined) return merge(parts.map(({ result }) => result));
  const block: Block = { kind: 'branch', range: rangeOf(reader, rest.start, reader.at - 1) };
  return merge(parts.map(({ result }, index) => (index > leaving ? within(block, result) : result)));
}

function skipRest(reader: Reader): Result {
  const start = reader.at;
  reader.at = reader.tokens.length;
  return only(unreadable(reader, start, reader.at - 1, 'blocks are nested too deeply'));
}

/** One statement, without its semicolon. */
function readStatement(reader: Reader, constants: Constants, depth: number): Result {
  skipLabel(reader);
  const start = reader.at;
  const token = peek(reader);
  if (token === undefined || isSymbol(reader, start, ';')) return NOTHING;
  if (token.kind === 'placeholder' && isTemplateControl(tokenText(reader.text, token))) {
    reader.at++;
    const message = `template tag ${tokenText(reader.text, token)}`;
    return only({ kind: 'unreadable', reason: 'template', message, range: rangeOf(reader, start, start), blocks: [] });
  }
  const value = findAssignment(reader, start);
  if (value > 0) {
    const end = findSemicolon(reader, start);
    reader.at = end;
    return assign(reader, constants, value === start + 2 ? nameAt(reader, start) : undefined, start, value, end - 1);
  }
  const keyword = token.kind === 'word' ? tokenText(reader.text, token).toLowerCase() : '';
  const read = STATEMENTS.get(keyword);
  return read ? read(reader, constants, depth) : readSql(reader, constants);
}

type ReadStatement = (reader: Reader, constants: Constants, depth: number) => Result;

const STATEMENTS: ReadonlyMap<string, ReadStatement> = new Map<string, ReadStatement>([
  ['declare', readBlockStatement],
  ['begin', readBlockStatement],
  ['if', readIf],
  ['case', readCase],
  ['loop', (reader, constants, depth) => readLoop(reader, constants, depth, reader.at, 'unknown')],
  ['while', readWhile],
  ['for', readFor],
  ['foreach', readForeach],
  ['perform', readPerform],
  ['execute', readExecute],
  ['return', readReturn],
  ['open', readOpen],
  ['commit', readTransaction],
  ['rollback', readTransaction],
  ['end', reader => strayKeyword(reader)],
  ['else', reader => strayKeyword(reader)],
  ['elsif', reader => strayKeyword(reader)],
  ['elseif', reader => strayKeyword(reader)],
  ...['exit', 'continue', 'raise', 'assert', 'get', 'null', 'fetch', 'move', 'close'].map(
    (keyword): [string, ReadStatement] => [keyword, skipStatement],
  ),
]);

function skipStatement(reader: Reader): Result {
  const start = reader.at;
  reader.at = findSemicolon(reader, start);
  return pausesIn(reader, start, reader.at - 1) ? PAUSE : NOTHING;
}

function strayKeyword(reader: Reader): Result {
  const start = reader.at;
  reader.at = findSemicolon(reader, start);
  return only(
    unreadable(reader, start, reader.at - 1, `${tokenText(reader.text, reader.tokens[start]!)} not expected`),
  );
}

/** The index of the first token of the value of an assignment that starts at `start`, 0 where none does. */
function findAssignment(reader: Reader, start: number): number {
  if (nameAt(reader, start) === undefined) return 0;
  let index = start + 1;
  for (;;) {
    if (isSymbol(reader, index, ':=') || isSymbol(reader, index, '=')) return index + 1;
    if (isSymbol(reader, index, '.') && nameAt(reader, index + 1) !== undefined) index += 2;
    else if (isSymbol(reader, index, '[')) {
      let depth = 0;
      do {
        if (isSymbol(reader, index, '[')) depth++;
        else if (isSymbol(reader, index, ']')) depth--;
        index++;
      } while (depth > 0 && index < reader.tokens.length);
    } else return 0;
  }
}

/**
 * `name := value`. The value is a query of its own only where it calls or reads something.
 *
 * @param name - undefined where the target is a part of a variable
 */
function assign(
  reader: Reader,
  constants: Constants,
  name: string | undefined,
  start: number,
  value: number,
  last: number,
): Result {
  if (last < value) return NOTHING;
  if (name !== undefined) {
    const text = evaluate(reader, constants, value, last);
    if (text?.known) constants.set(name, text);
    else constants.delete(name);
  }
  const pause = pausesIn(reader, value, last) ? PAUSE : NOTHING;
  if (!callsOrReads(reader, value, last)) return pause;
  return merge([pause, only(selectItem(reader, start, value, last))]);
}

/** Functions whose calls leave no trace, so that an assignment of them is no query worth reading. */
const TEXT_FUNCTIONS = ['format', 'quote_ident', 'quote_literal', 'quote_nullable', 'concat', 'now', 'array'];

function callsOrReads(reader: Reader, first: number, last: number): boolean {
  for (let index = first; index <= last; index++) {
    const token = reader.tokens[index]!;
    if (isKeyword(reader.text, token, 'select')) return true;
    if (token.kind !== 'word' && token.kind !== 'name') continue;
    if (index < last && isSymbol(reader, index + 1, '(') && !TEXT_FUNCTIONS.includes(nameAt(reader, index)!))
      return true;
  }
  return false;
}

function pausesIn(reader: Reader, first: number, last: number): boolean {
  for (let index = first; index <= last; index++) {
    const name = nameAt(reader, index);
    if (name === 'pg_sleep' || name === 'pg_sleep_for' || name === 'pg_sleep_until') return true;
  }
  return false;
}

/** A command of SQL in the tokens `first` to `last` of the statement that starts at token `start`. */
function queryItem(reader: Reader, start: number, first: number, last: number): PlpgsqlItem {
  return { kind: 'sql', fragment: withoutInto(reader, first, last), range: rangeOf(reader, start, last), blocks: [] };
}

/** The expression in the tokens `first` to `last` as a SELECT, whose keyword maps to what the statement has before it. */
function selectItem(reader: Reader, start: number, first: number, last: number): PlpgsqlItem {
  const { fragment, tokens } = reader;
  const gap = toSourceRange(fragment, tokens[first - 1]!.end, tokens[first]!.start);
  const select = joinFragments([
    substituteFragment(fragment.file, 'SELECT', rangeOf(reader, start, first - 1)),
    substituteFragment(fragment.file, ' ', gap),
    withoutInto(reader, first, last),
  ]);
  return { kind: 'sql', fragment: select, range: rangeOf(reader, start, last), blocks: [] };
}

/** The tokens `first` to `last` with PL/pgSQL's INTO and its targets blanked, as the server would read SELECT INTO as a new table. */
function withoutInto(reader: Reader, first: number, last: number): Fragment {
  const fragment = fragmentAt(reader, first, last);
  if (isKeyword(reader.text, reader.tokens[first], 'import')) return fragment;
  for (let index = first; index < last; index++) {
    if (!isKeyword(reader.text, reader.tokens[index], 'into')) continue;
    const before = reader.tokens[index - 1];
    if (index > first && ['insert', 'merge'].some(verb => isKeyword(reader.text, before, verb))) continue;
    const end = targetsEnd(reader, index + 1, last);
    if (end <= index + 1) return fragment;
    const offset = reader.tokens[first]!.start;
    const from = reader.tokens[index]!.start - offset;
    const to = reader.tokens[end - 1]!.end - offset;
    const text = fragment.text.slice(0, from) + ' '.repeat(to - from) + fragment.text.slice(to);
    return { ...fragment, text };
  }
  return fragment;
}

/** The index after the targets of an INTO: `STRICT a, b.c, d[1]`. */
function targetsEnd(reader: Reader, from: number, last: number): number {
  let index = isKeyword(reader.text, reader.tokens[from], 'strict') ? from + 1 : from;
  for (;;) {
    if (nameAt(reader, index) === undefined || index > last) return index;
    index++;
    while (isSymbol(reader, index, '.') && index < last) index += 2;
    if (isSymbol(reader, index, '[')) index = closingAt(reader, index) + 1;
    if (!isSymbol(reader, index, ',')) return index;
    index++;
  }
}

/** The index of the bracket or parenthesis that closes the one at `open`; the last token where there is none. */
function closingAt(reader: Reader, open: number): number {
  let depth = 0;
  for (let index = open; index < reader.tokens.length; index++) {
    if (isSymbol(reader, index, '(') || isSymbol(reader, index, '[')) depth++;
    else if ((isSymbol(reader, index, ')') || isSymbol(reader, index, ']')) && --depth === 0) return index;
  }
  return reader.tokens.length - 1;
}

function readSql(reader: Reader, constants: Constants): Result {
  const start = reader.at;
  const end = findSemicolon(reader, start);
  reader.at = end;
  forgetAssigned(reader, constants, start, end);
  rememberSelected(reader, constants, start, end - 1);
  const result = only(queryItem(reader, start, start, end - 1));
  return pausesIn(reader, start, end - 1) ? merge([PAUSE, result]) : result;
}

/** `SELECT format(…) INTO v …`: the text that v then holds, where it is the only column. */
function rememberSelected(reader: Reader, constants: Constants, start: number, last: number): void {
  const into = findKeyword(reader, start, 'into');
  const columnEnd = findKeyword(reader, start, 'into', 'from', 'as') - 1;
  if (!isKeyword(reader.text, reader.tokens[start], 'select') || into >= last || columnEnd <= start) return;
  const target = isKeyword(reader.text, reader.tokens[into + 1], 'strict') ? into + 2 : into + 1;
  const name = nameAt(reader, target);
  if (name === undefined || targetsEnd(reader, into + 1, last) !== target + 1) return;
  if (splitAtCommas(reader.text, reader.tokens, start + 1, columnEnd).length !== 1) return;
  const value = evaluate(reader, constants, start + 1, columnEnd);
  if (value.known) constants.set(name, value);
}

function readPerform(reader: Reader): Result {
  const start = reader.at;
  const end = findSemicolon(reader, start);
  reader.at = end;
  if (end - start < 2) return only(unreadable(reader, start, start, 'PERFORM of nothing'));
  const result = only(selectItem(reader, start, start + 1, end - 1));
  return pausesIn(reader, start, end - 1) ? merge([PAUSE, result]) : result;
}

function readTransaction(reader: Reader): Result {
  const start = reader.at;
  const kind = sees(reader, 'commit') ? 'commit' : 'rollback';
  const end = findSemicolon(reader, start);
  reader.at = end;
  const chain = isKeyword(reader.text, reader.tokens[end - 1], 'chain');
  const noChain = isKeyword(reader.text, reader.tokens[end - 2], 'no');
  return only({ kind, chain: chain && !noChain, range: rangeOf(reader, start, end - 1), blocks: [] });
}

function readReturn(reader: Reader, constants: Constants): Result {
  const start = reader.at;
  const end = findSemicolon(reader, start);
  reader.at = end;
  const isKind = (keyword: string): boolean => isKeyword(reader.text, reader.tokens[start + 1], keyword);
  if (isKind('next')) return NOTHING;
  if (!isKind('query')) return { ...NOTHING, returns: true };
  if (end <= start + 2) return only(unreadable(reader, start, end - 1, 'RETURN QUERY of nothing'));
  return only(readQuery(reader, constants, start, start + 2, end - 1));
}

function readOpen(reader: Reader, constants: Constants): Result {
  const start = reader.at;
  const end = findSemicolon(reader, start);
  reader.at = end;
  const query = findKeyword(reader, start, 'for') + 1;
  return query < end ? only(readQuery(reader, constants, start, query, end - 1)) : NOTHING;
}

/** A query, or EXECUTE of one, in the tokens `first` to `last` of the statement that starts at token `start`. */
function readQuery(reader: Reader, constants: Constants, start: number, first: number, last: number): PlpgsqlItem {
  return isKeyword(reader.text, reader.tokens[first], 'execute')
    ? executeItem(reader, constants, start, first + 1, last)
    : queryItem(reader, start, first, last);
}

/* ---------------------------------------------------------------- Branches */

function readIf(reader: Reader, constants: Constants, depth: number): Result {
  const begin = reader.at;
  const results: Result[] = [];
  do {
    const start = reader.at;
    const then = findKeyword(reader, start + 1, 'then');
    if (!isKeyword(reader.text, reader.tokens[then], 'then')) return missing(reader, start, then, 'THEN');
    reader.at = then + 1;
    results.push(
      readBranch(reader, constants, depth, start, IF_ARMS, then > start + 1 ? [start + 1, then - 1] : undefined),
    );
  } while (seesAny(reader, ['elsif', 'elseif']));
  if (sees(reader, 'else')) results.push(readElse(reader, constants, depth));
  forgetAssigned(reader, constants, begin, reader.at);
  results.push(endOf(reader, begin, 'if'));
  return merge(results);
}

const IF_ARMS = ['elsif', 'elseif', 'else', 'end'];

function readCase(reader: Reader, constants: Constants, depth: number): Result {
  const begin = reader.at;
  const results: Result[] = [];
  const isSearched = sees(reader, 'when', 1);
  const when = findKeyword(reader, begin + 1, 'when');
  if (!isKeyword(reader.text, reader.tokens[when], 'when')) return missing(reader, begin, when, 'WHEN');
  reader.at = when;
  while (sees(reader, 'when')) {
    const start = reader.at;
    const then = findKeyword(reader, start + 1, 'then');
    if (!isKeyword(reader.text, reader.tokens[then], 'then')) return missing(reader, start, then, 'THEN');
    reader.at = then + 1;
    const condition = isSearched && then > start + 1 ? ([start + 1, then - 1] as const) : undefined;
    results.push(readBranch(reader, constants, depth, start, CASE_ARMS, condition));
  }
  if (sees(reader, 'else')) results.push(readElse(reader, constants, depth));
  forgetAssigned(reader, constants, begin, reader.at);
  results.push(endOf(reader, begin, 'case'));
  return merge(results);
}

const CASE_ARMS = ['when', 'else', 'end'];

function missing(reader: Reader, start: number, stop: number, keyword: string): Result {
  reader.at = stop;
  return only(unreadable(reader, start, stop - 1, `${keyword} expected`));
}

function readElse(reader: Reader, constants: Constants, depth: number): Result {
  const start = reader.at++;
  return readBranch(reader, constants, depth, start, ['end'], undefined);
}

/** The statements of one arm, whose keyword stands at token `start`, up to the next arm. */
function readBranch(
  reader: Reader,
  constants: Constants,
  depth: number,
  start: number,
  closing: readonly string[],
  condition: readonly [first: number, last: number] | undefined,
): Result {
  const written = condition && reader.readCondition(fragmentAt(reader, condition[0], condition[1]));
  const body = readStatements(reader, new Map(constants), depth + 1, closing);
  const range = rangeOf(reader, start, reader.at - 1);
  return within(written ? { kind: 'branch', range, condition: written } : { kind: 'branch', range }, body);
}

/* ---------------------------------------------------------------- Loops */

type Bound = Extract<Block, { kind: 'loop' }>['bound'];

/** LOOP … END LOOP, from LOOP on, of the statement that starts at token `start`. */
function readLoop(reader: Reader, constants: Constants, depth: number, start: number, bound: Bound): Result {
  reader.at++;
  // What the loop assigns, later rounds begin with.
  const known: Constants = new Map(constants);
  forgetAssigned(reader, known, reader.at, loopEnd(reader, reader.at));
  const body = readStatements(reader, known, depth + 1, ['end']);
  const end = endOf(reader, start, 'loop');
  forgetAssigned(reader, constants, start, reader.at);
  const range = rangeOf(reader, start, reader.at - 1);
  return merge([within({ kind: 'loop', range, commits: body.commits, pauses: body.pauses, bound }, body), end]);
}

/** The index of the END LOOP that closes the loop whose LOOP stands before `from`, by counting alone. */
function loopEnd(reader: Reader, from: number): number {
  let depth = 1;
  for (let index = from; index < reader.tokens.length; index++) {
    if (!isKeyword(reader.text, reader.tokens[index], 'loop')) continue;
    depth += isKeyword(reader.text, reader.tokens[index - 1], 'end') ? -1 : 1;
    if (depth === 0) return index;
  }
  return reader.tokens.length;
}

function readWhile(reader: Reader, constants: Constants, depth: number): Result {
  const start = reader.at;
  const loop = findKeyword(reader, start, 'loop');
  if (!isKeyword(reader.text, reader.tokens[loop], 'loop')) return missing(reader, start, loop, 'LOOP');
  reader.at = loop;
  return readLoop(reader, constants, depth, start, 'unknown');
}

function readFor(reader: Reader, constants: Constants, depth: number): Result {
  const start = reader.at;
  const inAt = findKeyword(reader, start, 'in');
  if (!isKeyword(reader.text, reader.tokens[inAt], 'in')) return missing(reader, start, inAt, 'IN');
  const loop = findKeyword(reader, inAt, 'loop');
  if (!isKeyword(reader.text, reader.tokens[loop], 'loop')) return missing(reader, start, loop, 'LOOP');
  declareTargets(reader, constants, start + 1, inAt - 1);
  const first = isKeyword(reader.text, reader.tokens[inAt + 1], 'reverse') ? inAt + 2 : inAt + 1;
  reader.at = loop;
  if (find(reader, first, index => isSymbol(reader, index, '..')) < loop) {
    const isLiteral = reader.tokens.slice(first, loop).every(token => isLiteralBound(reader, token));
    return readLoop(reader, constants, depth, start, isLiteral ? 'literal' : 'unknown');
  }
  // A cursor's name, with or without arguments, has been read where it was declared.
  const isCursor = nameAt(reader, first) !== undefined && (loop === first + 1 || isSymbol(reader, first + 1, '('));
  const query = isCursor || loop === first ? NOTHING : only(readQuery(reader, constants, start, first, loop - 1));
  return merge([query, readLoop(reader, constants, depth, start, 'unknown')]);
}

function isLiteralBound(reader: Reader, token: Token): boolean {
  return token.kind === 'number' || token.kind === 'operator' || isKeyword(reader.text, token, 'by');
}

function declareTargets(reader: Reader, constants: Constants, first: number, last: number): void {
  for (let index = first; index <= last; index++) {
    const name = nameAt(reader, index);
    if (name === undefined) continue;
    reader.variables.add(name);
    constants.delete(name);
  }
}

/** Rounds of one literal loop, and of all of a body, that are followed one by one. */
const MAXIMUM_ROUNDS = 200;

function readForeach(reader: Reader, constants: Constants, depth: number): Result {
  const start = reader.at;
  const array = findKeyword(reader, start, 'array');
  const loop = findKeyword(reader, start, 'loop');
  if (!isKeyword(reader.text, reader.tokens[loop], 'loop')) return missing(reader, start, loop, 'LOOP');
  declareTargets(reader, constants, start + 1, start + 1);
  const name = nameAt(reader, start + 1) ?? '';
  const elements = arrayElements(reader, array + 1, loop - 1);
  reader.at = loop;
  if (elements === undefined) return readLoop(reader, constants, depth, start, 'unknown');

  const rounds: Result[] = [];
  for (const element of elements) {
    if (reader.rounds > MAXIMUM_ROUNDS) break;
    reader.rounds++;
    reader.at = loop;
    rounds.push(readLoop(reader, new Map(constants).set(name, element), depth, start, 'literal'));
  }
  if (rounds.length < elements.length) {
    reader.at = loop;
    rounds.push(readLoop(reader, constants, depth, start, 'literal'));
  }
  forgetAssigned(reader, constants, start, reader.at);
  return withoutRepetitions(merge(rounds));
}

/** What each round does alike is kept once. */
function withoutRepetitions(result: Result): Result {
  const seen = new Set<string>();
  const items = result.items.filter(item => {
    const key = `${item.kind} ${item.range[0]} ${item.kind === 'execute' ? item.sql.text : ''}`;
    return seen.size < seen.add(key).size;
  });
  return { ...result, items };
}

/** The texts of `ARRAY['a', 'b']`; undefined where it is not an array of string literals alone. */
function arrayElements(reader: Reader, first: number, last: number): readonly Text[] | undefined {
  if (!isKeyword(reader.text, reader.tokens[first], 'array') || !isSymbol(reader, first + 1, '[')) return undefined;
  const close = closingAt(reader, first + 1);
  if (close > last || close === first + 2) return undefined;
  const elements = splitAtCommas(reader.text, reader.tokens, first + 2, close - 1);
  if (elements.some(part => part.first !== part.last || reader.tokens[part.first]!.kind !== 'string')) return undefined;
  return elements.map(part => ({ fragment: decodeString(reader.fragment, reader.tokens[part.first]!), known: true }));
}

/* ---------------------------------------------------------------- EXECUTE: texts that can be known */

function readExecute(reader: Reader, constants: Constants): Result {
  const start = reader.at;
  const end = findSemicolon(reader, start);
  reader.at = end;
  if (end <= start + 1) return only(unreadable(reader, start, end - 1, 'EXECUTE of nothing'));
  const item = executeItem(reader, constants, start, start + 1, end - 1);
  forgetAssigned(reader, constants, start, end);
  return only(item);
}

/** EXECUTE of the expression from token `first` on, up to INTO, USING or token `last`. */
function executeItem(reader: Reader, constants: Constants, start: number, first: number, last: number): PlpgsqlItem {
  const range = rangeOf(reader, start, last);
  const end = Math.min(findKeyword(reader, first, 'into', 'using'), last + 1);
  if (end <= first) return { kind: 'dynamic', range, blocks: [] };
  const value = evaluate(reader, constants, first, end - 1);
  if (!value.known) return { kind: 'dynamic', range, blocks: [] };
  const holes = new Map([...reader.holes].filter(([filler]) => value.fragment.text.includes(filler)));
  return { kind: 'execute', sql: value.fragment, holes, range, blocks: [] };
}

/** The text that the expression in the tokens `first` to `last` gives, with a hole for what only the run knows. */
function evaluate(reader: Reader, constants: Constants, first: number, last: number): Text {
  const parts: [number, number][] = [];
  let from = first;
  for (let index = first; index <= last; index++) {
    if (isSymbol(reader, index, '(') || isSymbol(reader, index, '[')) index = closingAt(reader, index);
    else if (isSymbol(reader, index, '||')) {
      parts.push([from, index - 1]);
      from = index + 1;
    }
  }
  parts.push([from, last]);
  if (parts.some(part => part[1] < part[0])) return hole(reader, first, last);
  return joinTexts(parts.map(part => evaluatePart(reader, constants, part[0], part[1], part[0] === first)));
}

function joinTexts(texts: readonly Text[]): Text {
  if (texts.length === 1) return texts[0]!;
  return { fragment: joinFragments(texts.map(text => text.fragment)), known: texts.some(text => text.known) };
}

/**
 * An operand of `||`.
 *
 * @param leads - whether it starts the text: then a constant keeps the places where its own text was written, which precede
 *   whatever follows; elsewhere it stands where it is mentioned, so that ranges never run backwards
 */
function evaluatePart(reader: Reader, constants: Constants, first: number, last: number, leads: boolean): Text {
  const { tokens, fragment } = reader;
  const cast = find(reader, first, index => isSymbol(reader, index, '::'));
  if (cast > first && cast <= last) return evaluatePart(reader, constants, first, cast - 1, leads);
  const isLiteral = tokens.slice(first, last + 1).every(token => token.kind === 'string');
  if (isLiteral) {
    const pieces = tokens.slice(first, last + 1).map(token => decodeString(fragment, token));
    return { fragment: joinFragments(pieces), known: true };
  }
  if (isSymbol(reader, first, '(') && closingAt(reader, first) === last && last > first + 1) {
    return evaluate(reader, constants, first + 1, last - 1);
  }
  const name = nameAt(reader, first);
  if (name !== undefined && first === last) {
    const constant = constants.get(name);
    if (constant === undefined) return hole(reader, first, last);
    return leads ? constant : placed(reader, constant.fragment.text, first, last);
  }
  if (name !== undefined && isSymbol(reader, first + 1, '(') && closingAt(reader, first + 1) === last) {
    const call = TEXT_CALLS.get(name);
    const args = last > first + 2 ? splitAtCommas(reader.text, tokens, first + 2, last - 1) : [];
    if (call && args.length > 0) {
      return call(
        reader,
        first,
        last,
        args.map(part => evaluate(reader, constants, part.first, part.last)),
      );
    }
  }
  return hole(reader, first, last);
}

function placed(reader: Reader, text: string, first: number, last: number): Text {
  return { fragment: substituteFragment(reader.fragment.file, text, rangeOf(reader, first, last)), known: true };
}

type TextCall = (reader: Reader, first: number, last: number, args: readonly Text[]) => Text;

/** Functions that build texts. */
const TEXT_CALLS: ReadonlyMap<string, TextCall> = new Map<string, TextCall>([
  ['format', (reader, first, last, args) => formatted(reader, first, last, args)],
  ['concat', (_reader, _first, _last, args) => joinTexts(args)],
  ['quote_ident', (reader, first, last, args) => quoted(reader, first, last, args[0]!, 'I')],
  ['quote_literal', (reader, first, last, args) => quoted(reader, first, last, args[0]!, 'L')],
  ['quote_nullable', (reader, first, last, args) => quoted(reader, first, last, args[0]!, 'L')],
]);

function quoted(reader: Reader, first: number, last: number, value: Text, conversion: Conversion): Text {
  const text = converted(value, conversion);
  return { ...placed(reader, text, first, last), known: value.known };
}

type Conversion = 's' | 'I' | 'L';

/** A value as format() writes it. A hole as a name stays bare, so that it is the same name as one put in by `||`. */
function converted(value: Text, conversion: Conversion): string {
  const { text } = value.fragment;
  if (conversion === 'L') return `'${text.replaceAll("'", "''")}'`;
  return conversion === 'I' && value.known ? `"${text.replaceAll('"', '""')}"` : text;
}

const FORMAT_SPECIFIER = /%(?:%|(?:(\d+)\$)?-?(?:\d+)?([sIL]))/g;

/** format(template, …): each `%I`, `%s` and `%L` stands where it is written in the template. */
function formatted(reader: Reader, first: number, last: number, args: readonly Text[]): Text {
  const [template, ...values] = args;
  if (!template?.known) return hole(reader, first, last);
  const { fragment } = template;
  const parts: Fragment[] = [];
  let copied = 0;
  let next = 0;
  for (const match of fragment.text.matchAll(FORMAT_SPECIFIER)) {
    const from = match.index;
    const to = from + match[0].length;
    if (from > copied) parts.push(sliceFragment(fragment, copied, from));
    copied = to;
    let text = '%';
    if (match[2] !== undefined) {
      if (match[1] !== undefined) next = Number(match[1]) - 1;
      const value = values[next++] ?? hole(reader, first, last);
      text = converted(value, match[2] as Conversion);
    }
    parts.push(substituteFragment(fragment.file, text, toSourceRange(fragment, from, to)));
  }
  if (copied < fragment.text.length || parts.length === 0) {
    parts.push(sliceFragment(fragment, copied, fragment.text.length));
  }
  return { fragment: joinFragments(parts), known: true };
}

/** A stand-in for the value of the tokens `first` to `last`. */
function hole(reader: Reader, first: number, last: number): Text {
  const written = reader.text.slice(reader.tokens[first]!.start, reader.tokens[last]!.end);
  let filler = reader.fillers.get(written);
  if (filler === undefined) {
    filler = unusedName(FILLER_LENGTH, name => reader.names.has(name) || reader.holes.has(name));
    reader.fillers.set(written, filler);
    reader.holes.set(filler, `\${${written}}`);
  }
  return { ...placed(reader, filler, first, last), known: false };
}

const FILLER_LENGTH = 8;

/** Forgets the texts of variables that the tokens `first` to `end` (excluded) may assign. */
function forgetAssigned(reader: Reader, constants: Constants, first: number, end: number): void {
  if (constants.size === 0) return;
  for (let index = first; index < end && index < reader.tokens.length; index++) {
    if (isSymbol(reader, index + 1, ':=') || isSymbol(reader, index + 1, '='))
      constants.delete(nameAt(reader, index) ?? '');
    if (!isKeyword(reader.text, reader.tokens[index], 'into')) continue;
    const last = targetsEnd(reader, index + 1, end - 1);
    for (let target = index + 1; target < last; target++) constants.delete(nameAt(reader, target) ?? '');
  }
}
