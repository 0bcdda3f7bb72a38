import type { Operation } from '../../operations/operations.ts';
import type { Comment, Script, Statement } from '../../operations/statements.ts';
import { type Fragment, sliceFragment, toSourceRange } from '../../source/fragment.ts';
import type { Range } from '../../source/source-file.ts';
import type { FrontEnd } from '../front-end.ts';
import { rangeOf, type Source, type SourceText, sourceTextOf, wholeRange } from '../source-text.ts';
import { controlRegions, touchesControl } from '../template-control.ts';
import { delimiterOf, type Token, tokenize } from '../tokenizer/index.ts';
import { splitStatements } from '../tokenizer/split.ts';
import { isTemplateControl } from '../tokenizer/templates.ts';
import type { Piece } from './batches.ts';
import { type Cursor, isRefusal, textAt } from './cursor.ts';
import { otherStatement } from './definitions.ts';
import type { DialectGrammar } from './grammar.ts';
import { followPrepared, nothingPrepared, type PossibleText } from './prepared.ts';

/** The reader of a dialect's SQL: our tokens, cut into statements, each read by its first word. */
export function sqlFrontEnd(grammar: DialectGrammar): FrontEnd {
  return { parse: fragment => readScript(fragment, grammar) };
}

const NONE: ReadonlyMap<string, string> = new Map();
const NO_VARIABLES: ReadonlySet<string> = new Set();

/** Reads a text; see {@link sqlFrontEnd}. */
export function readScript(fragment: Fragment, grammar: DialectGrammar): Script {
  const all = tokenize(fragment.text, grammar.lexicon);
  const cut = unclosedCut(fragment, all, grammar) ?? openMark(fragment, all) ?? openBody(fragment, all, grammar);
  if (cut !== undefined) return readAround(fragment, all, cut, grammar);
  const tail = undelimited(fragment, all);
  if (tail !== undefined) return readUndelimited(fragment, tail, grammar);
  const { tokens, comments, controls } = sorted(fragment.text, all);
  const text = sourceTextOf(fragment, tokens, [], NONE, NO_VARIABLES);
  const regions = controls.length === 0 ? [] : controlRegions(fragment.text, controls);
  if (grammar.cut !== undefined) {
    const pieces = grammar.cut(text, grammar);
    const statements = pieces.map(piece => readPiece(text, piece, regions, grammar));
    return { statements, comments: comments.map(token => commentOf(token, fragment)) };
  }
  const dangling = danglingDelimiter(fragment.text, all);
  const parted = dangling === undefined ? all : all.filter(token => token !== dangling);
  const statements: Statement[] = [];
  const prepared = nothingPrepared();
  let index = 0;
  for (const part of splitStatements(fragment.text, parted, grammar.lexicon)) {
    const from = parted[part.first]!.start;
    const to = parted[part.last]!.end;
    while (index < tokens.length && tokens[index]!.start < from) index++;
    const first = index;
    while (index < tokens.length && tokens[index]!.end <= to) index++;
    // Control flow of a template alone.
    if (index === first) continue;
    if (touchesControl(regions, from, to)) statements.push(templated(text, first, index - 1, CONTROLLED));
    else {
      statements.push(...readStatements(text, first, index - 1, grammar));
      const cursor = { source: { text, locate: same, first, last: index - 1 }, grammar, at: first };
      addPrepared(statements, followPrepared(cursor, prepared), grammar);
    }
  }
  if (dangling !== undefined) {
    // The client runs what the file ends with, delimiter or not: only of several statements would it make one.
    const marked = danglingStatement(fragment, dangling);
    const at = statements.findIndex(({ range }) => range[0] > marked.range[0]);
    const isInside = (statements[at - 1]?.range[1] ?? 0) > marked.range[0];
    if (at >= 0 && at < statements.length - 1 && !isInside) statements.splice(at, 0, marked);
  }
  return { statements, comments: comments.map(token => commentOf(token, fragment)) };
}

const same = (offset: number): number => offset;

/**
 * The statements of the texts that an EXECUTE runs, behind it and with it as their parent.
 *
 * @param statements - the last is the EXECUTE, if there are texts
 */
function addPrepared(
  statements: Statement[],
  texts: readonly PossibleText[] | undefined,
  grammar: DialectGrammar,
): void {
  const parent = statements.length - 1;
  const execute = statements[parent];
  if (texts === undefined || execute === undefined) return;
  const { range, head } = execute;
  statements[parent] = { range, head, operations: [{ kind: 'other', range, head, what: 'execute', text: '' }] };
  for (const { sql, blocks } of texts) {
    for (const statement of readScript(sql, grammar).statements) {
      const operations = statement.operations.map(operation => ({
        ...operation,
        ...(blocks.length === 0 ? {} : { blocks: [...blocks, ...(operation.blocks ?? [])] }),
      }));
      statements.push({ ...statement, operations, parent });
    }
  }
}

/** Tokens by what is done with them; the delimiters of executed comments are neither code nor comments. */
function sorted(text: string, all: readonly Token[]) {
  const tokens: Token[] = [];
  const comments: Token[] = [];
  const controls: Token[] = [];
  for (const token of all) {
    if (token.kind === 'lineComment') comments.push(token);
    else if (token.kind === 'blockComment') {
      if (!isExecutedMark(text, token)) comments.push(token);
    } else if (token.kind === 'metaCommand' || token.kind === 'data') continue;
    else if (token.kind === 'placeholder' && isTemplateControl(text.slice(token.start, token.end)))
      controls.push(token);
    else tokens.push(token);
  }
  return { tokens, comments, controls };
}

/** Whether a token opens or closes a comment whose content the server runs: `/*!50100`, and its end. */
function isExecutedMark(text: string, { start, end }: Token): boolean {
  return end - start === 2 || (/^\/\*M?!/.test(text.slice(start, start + 4)) && !text.slice(start, end).endsWith('*/'));
}

function commentOf(token: Token, fragment: Fragment): Comment {
  const isLine = token.kind === 'lineComment';
  const written = fragment.text.slice(token.start, token.end);
  const opening = isLine && written.startsWith('#') ? 1 : 2;
  const end = isLine || token.unterminated === true ? written.length : written.length - 2;
  return {
    range: toSourceRange(fragment, token.start, token.end),
    text: written.slice(opening, Math.max(end, opening)),
    style: isLine ? 'line' : 'block',
  };
}

/* ---------------------------------------------------------------- Statements */

function readPiece(
  text: SourceText,
  { first, last, blocks }: Piece,
  regions: readonly (readonly [number, number])[],
  grammar: DialectGrammar,
): Statement {
  const { start } = text.tokens[first]!;
  const { end } = text.tokens[last]!;
  const isTemplated = touchesControl(regions, start, end);
  const statement = isTemplated ? templated(text, first, last, CONTROLLED) : readStatement(text, first, last, grammar);
  if (blocks.length === 0) return statement;
  return { ...statement, operations: statement.operations.map(operation => ({ ...operation, blocks })) };
}

function readStatement(text: SourceText, first: number, last: number, grammar: DialectGrammar): Statement {
  const source: Source = { text, locate: same, first, last };
  const operations = operationsOf({ source, grammar, at: first });
  return { range: wholeRange(source), head: headOf(operations, source), operations };
}

function operationsOf(cursor: Cursor): readonly Operation[] {
  const { source, grammar } = cursor;
  const word = textAt(cursor).toUpperCase();
  const isWord = source.text.tokens[source.first]!.kind === 'word' || word === '(';
  const read = isWord && Object.hasOwn(grammar.statements, word) ? grammar.statements[word] : undefined;
  try {
    if (read !== undefined) {
      const operations = read(cursor);
      return operations.length > 0 ? operations : [unreadable(source, source.last, 'the statement ends too early')];
    }
    if (isWord && grammar.otherStatements.has(word)) return otherStatement(cursor);
  } catch (error) {
    if (isRefusal(error)) return [unreadable(source, error.token, error.message)];
    // A stack that ends is the text's fault: nothing else in it can make reading fail.
    if (!(error instanceof RangeError)) throw error;
    return [unreadable(source, source.first, 'statement is nested too deeply to be read')];
  }
  return [unreadable(source, source.first, `"${textAt(cursor)}" begins no statement of ${grammar.label}`)];
}

function unreadable(source: Source, at: number, message: string): Operation {
  return {
    kind: 'unreadable',
    range: wholeRange(source),
    head: rangeOf(source, at, at),
    reason: 'syntax error',
    message,
  };
}

/** Tags that stand where a statement should begin make statements that only the run knows; a statement may follow them. */
function readStatements(text: SourceText, first: number, last: number, grammar: DialectGrammar): readonly Statement[] {
  const tags: Statement[] = [];
  let at = first;
  while (at <= last && text.tokens[at]!.kind === 'placeholder' && !isNamePart(text, at)) {
    tags.push(templated(text, at, at, 'the statement that this template makes is known at run time only'));
    at++;
  }
  return at > last ? tags : [...tags, readStatement(text, at, last, grammar)];
}

/** Whether a placeholder is glued to a word: a name that the template makes. */
function isNamePart({ fragment, tokens }: SourceText, at: number): boolean {
  const { start, end } = tokens[at]!;
  return !/^(?:\{\{[\s\S]*\}\}|\$\{[\s\S]*\}|\{%[\s\S]*%\})$/.test(fragment.text.slice(start, end));
}

const CONTROLLED = 'template control flow decides what is run here';

function templated(text: SourceText, first: number, last: number, message: string): Statement {
  const source: Source = { text, locate: same, first, last };
  const range = wholeRange(source);
  const head = rangeOf(source, first, first);
  return { range, head, operations: [{ kind: 'unreadable', range, head, reason: 'template', message }] };
}

/** The head of a statement: that of its operation, or the words before the first clause of an ALTER TABLE. */
function headOf(operations: readonly Operation[], source: Source): Range {
  const first = operations[0]!;
  if (first.range[0] <= rangeOf(source, source.first, source.first)[0]) return first.head;
  let last = source.first;
  while (last < source.last && rangeOf(source, last + 1, last + 1)[0] < first.range[0]) last++;
  return rangeOf(source, source.first, last);
}

/* ---------------------------------------------------------------- What is never closed */

/** Something that is never closed, and where reading can go on. */
interface Cut {
  readonly token: Token;
  readonly resume: number;
  /** What is said of it, where its kind does not say it. */
  readonly message?: string;
}

/** Ends of statements that even an open quote does not hide from a reader: a line that ends in `;`, of batches also GO on a line. */
const ENDS = { statements: /;[ \t]*(?:\r?\n|$)/g, batches: /;[ \t]*(?:\r?\n|$)|^[ \t]*GO[ \t]*(?:\r?\n|$)/gim };

/** The literal or comment that the text ends inside of; reading goes on behind the next end of a statement. */
function unclosedCut(fragment: Fragment, all: readonly Token[], grammar: DialectGrammar): Cut | undefined {
  const token = all.at(-1);
  if (token?.unterminated !== true) return undefined;
  const end = new RegExp(grammar.cut === undefined ? ENDS.statements : ENDS.batches);
  end.lastIndex = token.start;
  const found = end.exec(fragment.text);
  return { token, resume: found === null ? fragment.text.length : end.lastIndex };
}

/** A comment whose content the server runs, and that nothing closes: reading goes on with its content. */
function openMark({ text }: Fragment, all: readonly Token[]): Cut | undefined {
  let open: Token | undefined;
  for (const token of all) {
    if (token.kind !== 'blockComment' || !isExecutedMark(text, token)) continue;
    open = text.slice(token.start, token.end).endsWith('*/') ? undefined : token;
  }
  return open === undefined ? undefined : { token: open, resume: open.end };
}

/** The BEGIN of a body that no END closes; reading goes on at the next line that begins with a definition. */
function openBody({ text }: Fragment, all: readonly Token[], grammar: DialectGrammar): Cut | undefined {
  if (grammar.cut !== undefined) return undefined;
  const part = splitStatements(text, all, grammar.lexicon).at(-1);
  const token = part?.openBody === undefined ? undefined : all[part.openBody];
  if (token === undefined) return undefined;
  const next = /^(?:CREATE|ALTER|DROP)\b/gim;
  next.lastIndex = token.end;
  const found = next.exec(text);
  return {
    token,
    resume: found === null ? text.length : found.index,
    message: 'the BEGIN of this body has no END',
  };
}

const UNCLOSED: Readonly<Partial<Record<Token['kind'], string>>> = {
  string: 'string',
  name: 'quoted name',
  blockComment: 'comment',
};

/** Reads what stands before and behind a statement with something unclosed in it. */
function readAround(
  fragment: Fragment,
  all: readonly Token[],
  { token, resume, message }: Cut,
  grammar: DialectGrammar,
): Script {
  const start = brokenStart(fragment, all, token, grammar);
  const before = readScript(sliceFragment(fragment, 0, start), grammar);
  const after = readScript(sliceFragment(fragment, resume, fragment.text.length), grammar);
  const text = fragment.text.slice(start, resume).trimEnd();
  const range = toSourceRange(fragment, start, start + text.length);
  const head = toSourceRange(fragment, token.start, Math.min(token.start + 1, token.end));
  const unclosed = `the ${UNCLOSED[token.kind] ?? 'text'} that begins here is never closed`;
  const operation: Operation = {
    kind: 'unreadable',
    range,
    head,
    reason: 'syntax error',
    message: message ?? unclosed,
  };
  return {
    statements: [...before.statements, { range, head, operations: [operation] }, ...after.statements],
    comments: [...before.comments, ...after.comments],
  };
}

/** Where the statement begins that has something unclosed in it. */
function brokenStart(fragment: Fragment, all: readonly Token[], token: Token, grammar: DialectGrammar): number {
  if (grammar.cut === undefined) {
    const parts = splitStatements(fragment.text, all, grammar.lexicon);
    const broken = parts.find(({ first, last }) => all[first]!.start <= token.start && all[last]!.end >= token.start);
    return broken === undefined ? token.start : all[broken.first]!.start;
  }
  const { tokens } = sorted(fragment.text, all);
  const text = sourceTextOf(fragment, tokens, [], NONE, NO_VARIABLES);
  const starts = grammar.cut(text, grammar).map(({ first }) => tokens[first]!.start);
  return starts.findLast(start => start <= token.start) ?? token.start;
}

/** The place behind the last use of a delimiter that DELIMITER set, where nothing sets `;` again and semicolons follow. */
function undelimited({ text }: Fragment, all: readonly Token[]): { from: number; delimiter: string } | undefined {
  const at = all.findLastIndex(({ kind }) => kind === 'metaCommand');
  const command = all[at];
  if (command === undefined) return undefined;
  const delimiter = delimiterOf(text, command);
  if (delimiter === ';' || delimiter === '') return undefined;
  const last = all.findLastIndex(({ start, end }) => text.slice(start, end) === delimiter);
  if (last <= at || last >= all.length - 1) return undefined;
  const rest = all.slice(last + 1);
  const semicolon = rest.findIndex(({ start, end }) => text.slice(start, end) === ';');
  return semicolon >= 0 && semicolon < rest.length - 1 ? { from: all[last]!.end, delimiter } : undefined;
}

/** Reads the statements behind the last delimiter as if semicolons ended them; where there are several, they do not. */
function readUndelimited(
  fragment: Fragment,
  { from, delimiter }: { readonly from: number; readonly delimiter: string },
  grammar: DialectGrammar,
): Script {
  const before = readScript(sliceFragment(fragment, 0, from), grammar);
  const after = readScript(sliceFragment(fragment, from, fragment.text.length), grammar);
  const comments = [...before.comments, ...after.comments];
  if (after.statements.length < 2) {
    return { statements: [...before.statements, ...after.statements], comments };
  }
  const message = `DELIMITER ${delimiter} is in effect behind this, too: semicolons end no statement there`;
  const range = toSourceRange(fragment, from - delimiter.length, from);
  const operation: Operation = { kind: 'unreadable', range, head: range, reason: 'syntax error', message };
  const marked: Statement = { range, head: range, operations: [operation] };
  return { statements: [...before.statements, marked, ...after.statements], comments };
}

/** The last DELIMITER command where what it sets never comes: the statements behind it would be one. */
function danglingDelimiter(text: string, all: readonly Token[]): Token | undefined {
  const at = all.findLastIndex(({ kind }) => kind === 'metaCommand');
  const command = all[at];
  if (command === undefined) return undefined;
  const delimiter = delimiterOf(text, command);
  if (delimiter === ';' || at === all.length - 1) return undefined;
  const follows = all.slice(at + 1).some(({ start, end }) => text.slice(start, end) === delimiter);
  return follows ? undefined : command;
}

function danglingStatement(fragment: Fragment, command: Token): Statement {
  const range = toSourceRange(fragment, command.start, command.end);
  const message = `no statement behind this ends in ${delimiterOf(fragment.text, command)}`;
  return {
    range,
    head: range,
    operations: [{ kind: 'unreadable', range, head: range, reason: 'syntax error', message }],
  };
}
