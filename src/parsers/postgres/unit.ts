import type { Fragment } from '../../source/fragment.ts';
import { codePointOffsets, utf8Offsets } from '../../source/utf8.ts';
import { type Source, type SourceText, sourceTextOf } from '../source-text.ts';
import { controlRegions, touchesControl } from '../template-control.ts';
import { LEXICONS, type Token, tokenize } from '../tokenizer/index.ts';
import { splitStatements } from '../tokenizer/split.ts';
import type { Node } from './ast.ts';
import { parse } from './libpg.ts';
import { isTemplateControl, maskForParser } from './mask.ts';

/** A statement as the parser read it, or why it could not. */
export type ParsedStatement =
  | { readonly source: Source; readonly node: Node }
  | {
      readonly source: Source;
      readonly reason: 'syntax error' | 'template';
      readonly message: string;
      /** Index of the token at which the parser stopped. */
      readonly at: number;
    };

/** A text after parsing. */
export interface Unit {
  readonly statements: readonly ParsedStatement[];
  readonly comments: readonly Token[];
}

/** What the surroundings of a text tell of it. */
export interface Surroundings {
  /** Holes that the text was made with, beside the placeholders that stand in it: filler → what it stands for. */
  readonly holes?: ReadonlyMap<string, string>;
  /** Variables of the PL/pgSQL block around it. */
  readonly variables?: ReadonlySet<string>;
}

const NO_VARIABLES: ReadonlySet<string> = new Set();

/**
 * Parses a text: as a whole if the server's parser can read all of it, else statement by statement, so that one that it cannot
 * read hides no other.
 */
export function parseUnit(fragment: Fragment, { holes, variables = NO_VARIABLES }: Surroundings = {}): Unit {
  const all = tokenize(fragment.text, LEXICONS.postgres);
  const tokens: Token[] = [];
  const comments: Token[] = [];
  const data: Token[] = [];
  const controls: Token[] = [];
  for (const token of all) {
    if (token.kind === 'lineComment' || token.kind === 'blockComment') comments.push(token);
    else if (token.kind === 'data') data.push(token);
    else if (token.kind === 'metaCommand') continue;
    else if (token.kind === 'placeholder' && isTemplateControl(fragment.text.slice(token.start, token.end)))
      controls.push(token);
    else tokens.push(token);
  }
  const masked = maskForParser(fragment.text, all);
  const allHoles = holes === undefined ? masked.holes : new Map([...holes, ...masked.holes]);
  const text = sourceTextOf(fragment, tokens, data, allHoles, variables);
  const parsed =
    parseWhole(masked.text, text) ?? parseAgain(withoutComments(masked.text, comments), text, all, comments.length > 0);
  if (controls.length === 0) return { statements: parsed, comments };
  const regions = controlRegions(fragment.text, controls);
  return { statements: parsed.map(statement => withoutControl(statement, regions)), comments };
}

function parseAgain(bare: string, text: SourceText, all: readonly Token[], isNew: boolean): readonly ParsedStatement[] {
  return (isNew ? parseWhole(bare, text) : undefined) ?? parseEach(bare, text, all);
}

/**
 * The text with blanks for comments. libpg-query, unlike the server, cannot read a comment between two words that its grammar
 * takes as one (`NOT … IN`, `NULLS … LAST`, `WITH … TIME`).
 */
function withoutComments(masked: string, comments: readonly Token[]): string {
  let bare = '';
  let copied = 0;
  for (const { start, end } of comments) {
    bare += masked.slice(copied, start) + masked.slice(start, end).replace(/[^\r\n]/g, ' ');
    copied = end;
  }
  return bare + masked.slice(copied);
}

function parseWhole(masked: string, text: SourceText): readonly ParsedStatement[] | undefined {
  if (text.tokens.length === 0) return [];
  const result = parse(masked);
  if ('error' in result) return undefined;
  const locate = utf8Offsets(masked);
  const { tokens } = text;
  const statements: ParsedStatement[] = [];
  let index = 0;
  for (const { stmt, stmt_location: location = 0, stmt_len: length } of result.statements) {
    const start = locate(location);
    const end = length === undefined ? masked.length : locate(location + length);
    while (index < tokens.length && tokens[index]!.start < start) index++;
    const first = index;
    while (index < tokens.length && tokens[index]!.start < end) index++;
    let last = index - 1;
    while (last > first && isSemicolon(masked, tokens[last]!)) last--;
    if (stmt !== undefined && last >= first) statements.push({ node: stmt, source: { text, locate, first, last } });
  }
  return statements;
}

function isSemicolon(text: string, token: Token): boolean {
  return token.kind === 'punctuation' && text[token.start] === ';';
}

function parseEach(masked: string, text: SourceText, all: readonly Token[]): readonly ParsedStatement[] {
  const { tokens } = text;
  const statements: ParsedStatement[] = [];
  let index = 0;
  for (const part of splitStatements(text.fragment.text, all, LEXICONS.postgres)) {
    const from = all[part.first]!.start;
    const to = all[part.last]!.end;
    while (index < tokens.length && tokens[index]!.start < from) index++;
    const first = index;
    while (index < tokens.length && tokens[index]!.end <= to) index++;
    // Control flow of a template alone.
    if (index === first) continue;
    statements.push(parseOne(masked, text, first, index - 1));
  }
  return statements;
}

/** @param first - index of the first token, @param last - index of the last */
function parseOne(masked: string, text: SourceText, first: number, last: number): ParsedStatement {
  const start = text.tokens[first]!.start;
  const part = masked.slice(start, text.tokens[last]!.end);
  const offsets = utf8Offsets(part);
  const source: Source = { text, locate: byte => start + offsets(byte), first, last };
  const result = parse(part);
  if ('error' in result) {
    const offset = start + codePointOffsets(part)(result.error.offset);
    let at = first;
    while (at < last && text.tokens[at]!.end <= offset) at++;
    return { source, reason: 'syntax error', message: text.restore(result.error.message), at };
  }
  const node = result.statements[0]?.stmt;
  if (result.statements.length === 1 && node !== undefined) return { source, node };
  return { source, reason: 'syntax error', message: 'several statements where one was expected', at: first };
}

/** A statement that template control flow may leave out, repeat or change cannot be read. */
function withoutControl(statement: ParsedStatement, regions: readonly (readonly [number, number])[]): ParsedStatement {
  const { source } = statement;
  const { tokens } = source.text;
  if (!touchesControl(regions, tokens[source.first]!.start, tokens[source.last]!.end)) return statement;
  return { source, reason: 'template', message: 'template control flow decides what is run here', at: source.first };
}
