import type { AnchorName } from '../operations/operations.ts';
import { type Fragment, toSourceRange } from '../source/fragment.ts';
import type { Range } from '../source/source-file.ts';
import type { Token } from './tokenizer/token.ts';

/** A text with what lowering needs to find places in it: made once per file, shared by its statements. */
export interface SourceText {
  /** The text as the user wrote it. */
  readonly fragment: Fragment;
  /** Its tokens without comments, in order. */
  readonly tokens: readonly Token[];
  /** For a bracket, the index of its partner, and -1 for one without; for any other token, its own index. */
  readonly partner: Int32Array;
  /** The distance from the text to the file, where it is one for the whole text. */
  readonly shift: number | undefined;
  /** Puts the placeholders back that fillers stand for in a name or a string of the syntax tree. */
  readonly restore: (text: string) => string;
  /** Whether a name of the syntax tree is the filler of one placeholder and nothing else. */
  readonly isPlaceholder: (name: string) => boolean;
  /** Names that are variables of the PL/pgSQL block around the text, and no columns. */
  readonly variables: ReadonlySet<string>;
  /** Lines of COPY data, in order. */
  readonly data: readonly Token[];
}

/** A statement, or a clause of one: a run of tokens of a text, and the way from the syntax tree's locations to the text. */
export interface Source {
  readonly text: SourceText;
  /** UTF-8 byte offset of the parsed text → UTF-16 offset of `text.fragment.text`. */
  readonly locate: (byte: number) => number;
  /** Index of the first token. */
  readonly first: number;
  /** Index of the last token. */
  readonly last: number;
}

/**
 * Makes a text ready for lowering.
 *
 * @param tokens - its tokens, without comments, client commands and COPY data
 * @param holes - filler → placeholder as written
 */
export function sourceTextOf(
  fragment: Fragment,
  tokens: readonly Token[],
  data: readonly Token[],
  holes: ReadonlyMap<string, string>,
  variables: ReadonlySet<string>,
): SourceText {
  const [only] = fragment.segments;
  const linear =
    fragment.segments.length === 1 && only!.end - only!.start === only!.source[1] - only!.source[0]
      ? only!.source[0] - only!.start
      : undefined;
  return {
    fragment,
    tokens,
    partner: partnersOf(fragment.text, tokens),
    shift: linear,
    restore: holes.size === 0 ? identity : text => restoreHoles(text, holes),
    isPlaceholder: name => holes.has(name),
    variables,
    data,
  };
}

function identity(text: string): string {
  return text;
}

/** Fillers of fewer letters may be part of a word by chance: they stand for a placeholder only where they stand alone. */
const TELLING_LENGTH = 6;

function restoreHoles(text: string, holes: ReadonlyMap<string, string>): string {
  const whole = holes.get(text);
  if (whole !== undefined) return whole;
  let restored = text;
  for (const [filler, placeholder] of holes) {
    if (filler.length >= TELLING_LENGTH && restored.includes(filler))
      restored = restored.replaceAll(filler, placeholder);
  }
  return restored;
}

const OPEN_PARENTHESIS = 40;
const CLOSE_PARENTHESIS = 41;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;

function partnersOf(text: string, tokens: readonly Token[]): Int32Array {
  const partner = new Int32Array(tokens.length);
  const open: number[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    partner[index] = index;
    if (token.kind !== 'punctuation') continue;
    const character = text.charCodeAt(token.start);
    if (character === OPEN_PARENTHESIS || character === OPEN_BRACKET) {
      partner[index] = -1;
      open.push(index);
    } else if (character === CLOSE_PARENTHESIS || character === CLOSE_BRACKET) {
      const start = open.pop();
      partner[index] = start ?? -1;
      if (start !== undefined) partner[start] = index;
    }
  }
  return partner;
}

/** Whether a token is an unquoted word, given in upper case. */
export function isWord(source: Source, index: number, word: string): boolean {
  if (index > source.last) return false;
  const token = source.text.tokens[index];
  return token !== undefined && token.kind === 'word' && spells(source.text.fragment.text, token, word);
}

function spells(text: string, token: Token, word: string): boolean {
  if (token.end - token.start !== word.length) return false;
  for (let at = 0; at < word.length; at++) {
    // ASCII letters differ from their upper case in bit 5 only, and keywords are letters and underscores.
    if ((text.charCodeAt(token.start + at) & ~0x20) !== word.charCodeAt(at)) return false;
  }
  return true;
}

/** Whether the tokens from an index on are these words, given in upper case. */
export function areWords(source: Source, index: number, ...words: readonly string[]): boolean {
  return words.every((word, at) => isWord(source, index + at, word));
}

/** Whether a token is this punctuation mark or operator. */
export function isSymbol(source: Source, index: number, symbol: string): boolean {
  if (index > source.last) return false;
  const token = source.text.tokens[index];
  return (
    token !== undefined &&
    token.end - token.start === symbol.length &&
    source.text.fragment.text.startsWith(symbol, token.start)
  );
}

/** The index of the first token that starts at a location of the syntax tree, or after it. */
export function tokenAt(source: Source, location: number | undefined): number {
  return tokenFrom(source, source.locate(location ?? 0));
}

function tokenFrom(source: Source, offset: number): number {
  const { tokens } = source.text;
  let low = source.first;
  let high = source.last + 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tokens[middle]!.start < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The index of the token after this one; after a bracket's whole contents if it opens one. */
export function next(source: Source, index: number): number {
  const partner = source.text.partner[index]!;
  return Math.max(partner, index) + 1;
}

/**
 * The index of the first of the words, given in upper case, that stands outside all brackets.
 *
 * @param from - where to begin, itself outside the brackets to be skipped
 * @param to - the last index to look at
 * @returns -1 where there is none
 */
export function findWord(source: Source, words: string | readonly string[], from = source.first, to = source.last) {
  for (let index = from; index <= to; index = next(source, index)) {
    if (typeof words === 'string' ? isWord(source, index, words) : words.some(word => isWord(source, index, word)))
      return index;
  }
  return -1;
}

/** As {@link findWord}, for a punctuation mark or operator. */
export function findSymbol(source: Source, symbol: string, from = source.first, to = source.last): number {
  for (let index = from; index <= to; index = next(source, index)) {
    if (isSymbol(source, index, symbol)) return index;
  }
  return -1;
}

/** The runs of tokens between commas that stand outside all brackets, as first and last index. */
export function splitAtCommas(source: Source, from: number, to: number): readonly (readonly [number, number])[] {
  const parts: (readonly [number, number])[] = [];
  let start = from;
  for (let index = from; index <= to; index = next(source, index)) {
    if (!isSymbol(source, index, ',')) continue;
    parts.push([start, index - 1]);
    start = index + 1;
  }
  if (start <= to) parts.push([start, to]);
  return parts;
}

/** A clause of a statement as a source of its own. */
export function narrow(source: Source, first: number, last: number): Source {
  return { text: source.text, locate: source.locate, first, last };
}

/** The index after a name: `a`, `"a".b`, `${x}_a`. */
export function afterName(source: Source, index: number): number {
  let at = index + 1;
  while (isSymbol(source, at, '.') && at < source.last) at += 2;
  return at;
}

/** The range in the file from the start of one token to the end of another. */
export function rangeOf(source: Source, from: number, to: number): Range {
  const { tokens, shift, fragment } = source.text;
  const start = tokens[Math.min(from, tokens.length - 1)]!.start;
  const end = tokens[Math.max(Math.min(to, tokens.length - 1), Math.min(from, tokens.length - 1))]!.end;
  return shift === undefined ? toSourceRange(fragment, start, end) : [start + shift, end + shift];
}

/** The text from the start of one token to the end of another, as the user wrote it. */
export function textOf(source: Source, from: number, to: number): string {
  const { tokens, fragment } = source.text;
  return from > to ? '' : fragment.text.slice(tokens[from]!.start, tokens[to]!.end);
}

/** The range of the whole statement or clause. */
export function wholeRange(source: Source): Range {
  return rangeOf(source, source.first, source.last);
}

/** Where keywords stand: the index of the only token, or the first and the last; undefined or -1 where there is none. */
export type AnchorPlaces = Partial<Record<AnchorName, number | readonly [number, number] | undefined>>;

/** The anchors of an operation, as a part of it. */
export function anchorsOf(source: Source, places: AnchorPlaces): { anchors?: Partial<Record<AnchorName, Range>> } {
  const anchors: Partial<Record<AnchorName, Range>> = {};
  let some = false;
  for (const name in places) {
    const place = places[name as AnchorName];
    if (place === undefined || place === -1) continue;
    anchors[name as AnchorName] =
      typeof place === 'number' ? rangeOf(source, place, place) : rangeOf(source, place[0], place[1]);
    some = true;
  }
  return some ? { anchors } : {};
}

/** The place of IF EXISTS or IF NOT EXISTS at an index, and the index after it. */
export function ifExistsAt(source: Source, index: number): { place?: readonly [number, number]; after: number } {
  if (!isWord(source, index, 'IF')) return { after: index };
  if (isWord(source, index + 1, 'EXISTS')) return { place: [index, index + 1], after: index + 2 };
  if (areWords(source, index + 1, 'NOT', 'EXISTS')) return { place: [index, index + 2], after: index + 3 };
  return { after: index };
}

/** The index of a closing CASCADE of the statement or clause, or -1. */
export function cascadeOf(source: Source): number {
  return isWord(source, source.last, 'CASCADE') ? source.last : -1;
}

/** The index of the first of these words that follows, skipping other words; -1 where another token comes first. */
export function wordWithin(source: Source, word: string, from = source.first): number {
  for (let index = from; index <= source.last; index++) {
    if (isWord(source, index, word)) return index;
    if (source.text.tokens[index]!.kind !== 'word') return -1;
  }
  return -1;
}
