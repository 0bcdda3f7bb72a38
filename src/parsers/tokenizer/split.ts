import { delimiterOf, isKeyword, isPunctuation } from './index.ts';
import type { Lexicon } from './lexicons.ts';
import type { Token } from './token.ts';

/** Tokens `first` to `last`, both included, by index. */
export interface TokenRange {
  readonly first: number;
  readonly last: number;
  /** The text ends inside of a routine's body: the index of the BEGIN that no END closes. */
  readonly openBody?: number;
}

/** The tokens without comments. */
export function significant(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(token => token.kind !== 'lineComment' && token.kind !== 'blockComment');
}

/**
 * The statements of a text, each from its first to its last token: without the comments before it, the comments after its
 * last word, and the semicolon. Empty statements, client commands and COPY data are left out.
 *
 * A statement ends at a semicolon (or at what DELIMITER set), except inside the body of a routine or trigger and inside the
 * parentheses of a CREATE RULE. A semicolon in other parentheses ends it too: no statement may hold one there, so that an
 * unbalanced parenthesis hides nothing that follows.
 *
 * @param tokens - what `tokenize` made of `text` with the same lexicon
 */
export function splitStatements(text: string, tokens: readonly Token[], lexicon: Lexicon): readonly TokenRange[] {
  const statements: TokenRange[] = [];
  let delimiter = ';';
  let first = -1;
  let last = -1;
  let parentheses = 0;
  let body = 0;
  let opened = -1;
  let holdsBody = false;
  const finish = (): void => {
    if (first >= 0)
      statements.push(body > 0 && delimiter === ';' ? { first, last, openBody: opened } : { first, last });
    first = -1;
    parentheses = 0;
    body = 0;
  };

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    switch (token.kind) {
      case 'lineComment':
      case 'blockComment':
        continue;
      case 'metaCommand':
        if (lexicon.delimiterCommand) delimiter = delimiterOf(text, token);
        // psql's `\;` is half a semicolon; the other half follows.
        if (token.end - token.start > 1) finish();
        continue;
      case 'data':
        finish();
        continue;
      case 'punctuation': {
        if (text.startsWith(delimiter, token.start) && token.end - token.start === delimiter.length) {
          const inside = delimiter === ';' && (body > 0 || (parentheses > 0 && isCreateRule(text, tokens, first)));
          if (!inside) {
            finish();
            continue;
          }
        } else if (text[token.start] === '(') parentheses++;
        else if (text[token.start] === ')' && parentheses > 0) parentheses--;
        break;
      }
      case 'word':
        if (first < 0) holdsBody = isKeyword(text, token, 'create') || isKeyword(text, token, 'alter');
        else if (holdsBody && parentheses === 0) {
          const step = bodyStep(text, tokens, index, body, lexicon);
          if (body === 0 && step > 0) opened = index;
          body += step;
        }
        break;
      default:
        break;
    }
    if (first < 0) {
      first = index;
      if (token.kind !== 'word') holdsBody = false;
    }
    last = index;
  }
  finish();
  return statements;
}

/** By how much a word deepens the nesting of a routine's body: 1 for BEGIN and CASE, -1 for the END of one. */
function bodyStep(text: string, tokens: readonly Token[], index: number, depth: number, lexicon: Lexicon): number {
  const token = tokens[index]!;
  if (isKeyword(text, token, 'begin')) {
    if (lexicon.routineBodies === 'begin') return 1;
    return isKeyword(text, following(tokens, index), 'atomic') ? 1 : 0;
  }
  if (depth === 0) return 0;
  const afterEnd = isKeyword(text, preceding(tokens, index), 'end');
  if (isKeyword(text, token, 'case')) return afterEnd ? 0 : 1;
  if (!isKeyword(text, token, 'end') || isPunctuation(text, preceding(tokens, index), '.')) return 0;
  const next = following(tokens, index);
  const endsFlow = FLOW_STATEMENTS.some(keyword => isKeyword(text, next, keyword));
  return lexicon.routineBodies === 'begin' && endsFlow ? 0 : -1;
}

/** Statements that end in END IF and the like, whose openings are not counted. */
const FLOW_STATEMENTS = ['if', 'loop', 'while', 'repeat', 'for'];

/** Whether the statement that starts at token `first` is CREATE [OR REPLACE] RULE, the one that may hold semicolons in parentheses. */
function isCreateRule(text: string, tokens: readonly Token[], first: number): boolean {
  if (!isKeyword(text, tokens[first], 'create')) return false;
  let index = nextIndex(tokens, first);
  if (isKeyword(text, tokens[index], 'or')) index = nextIndex(tokens, nextIndex(tokens, index));
  return isKeyword(text, tokens[index], 'rule');
}

function nextIndex(tokens: readonly Token[], index: number): number {
  let next = index + 1;
  while (tokens[next]?.kind === 'lineComment' || tokens[next]?.kind === 'blockComment') next++;
  return next;
}

function following(tokens: readonly Token[], index: number): Token | undefined {
  return tokens[nextIndex(tokens, index)];
}

function preceding(tokens: readonly Token[], index: number): Token | undefined {
  let previous = index - 1;
  while (tokens[previous]?.kind === 'lineComment' || tokens[previous]?.kind === 'blockComment') previous--;
  return tokens[previous];
}

/**
 * Cuts a run of tokens at the commas outside parentheses and brackets: the sub-commands of an ALTER TABLE, the items of a
 * list. A part without significant tokens is left out; the comments at the ends of a part are not in it.
 *
 * @param first - index of the first token
 * @param last - index of the last token, included
 */
export function splitAtCommas(
  text: string,
  tokens: readonly Token[],
  first: number,
  last: number,
): readonly TokenRange[] {
  const parts: TokenRange[] = [];
  let depth = 0;
  let from = -1;
  let to = -1;
  for (let index = first; index <= last; index++) {
    const token = tokens[index]!;
    if (token.kind === 'lineComment' || token.kind === 'blockComment') continue;
    if (token.kind === 'punctuation') {
      const character = text[token.start]!;
      if (character === ',' && depth === 0) {
        if (from >= 0) parts.push({ first: from, last: to });
        from = -1;
        continue;
      }
      if (character === '(' || character === '[') depth++;
      else if ((character === ')' || character === ']') && depth > 0) depth--;
    }
    if (from < 0) from = index;
    to = index;
  }
  if (from >= 0) parts.push({ first: from, last: to });
  return parts;
}
