import type { Block } from '../../operations/operations.ts';
import { type Fragment, joinFragments } from '../../source/fragment.ts';
import { rangeOf } from '../source-text.ts';
import {
  bracketed,
  type Cursor,
  isAtEnd,
  isRefusal,
  listed,
  refuse,
  sees,
  seesSymbol,
  takeName,
  takes,
  takesAny,
  takesSymbol,
  textAt,
  tokenAtCursor,
} from './cursor.ts';
import { wholeExpression } from './expressions.ts';
import { fragmentOfString } from './strings.ts';

/** A text that a variable or a prepared statement may hold, and what decides whether it does. */
export interface PossibleText {
  readonly sql: Fragment;
  readonly blocks: readonly Block[];
}

/** What a script has put into variables and prepared statements so far, by name in lower case; no entry: not known. */
export interface Prepared {
  readonly variables: Map<string, readonly PossibleText[]>;
  readonly statements: Map<string, readonly PossibleText[]>;
}

export function nothingPrepared(): Prepared {
  return { variables: new Map(), statements: new Map() };
}

/**
 * Follows a statement: SET of a variable to texts, PREPARE from one. The texts of EXECUTE are those that the script shows,
 * whole, with no part that only the run knows.
 *
 * @param cursor - on the first token of the statement
 * @returns the texts that the statement runs, undefined where it is no EXECUTE or they are not known
 */
export function followPrepared(cursor: Cursor, prepared: Prepared): readonly PossibleText[] | undefined {
  try {
    return follow(cursor, prepared);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // What a statement does that cannot be followed, it may do to each of them.
    prepared.variables.clear();
    prepared.statements.clear();
    return undefined;
  }
}

/** @throws a Refusal where the statement is none that can be followed */
function follow(cursor: Cursor, { variables, statements }: Prepared): readonly PossibleText[] | undefined {
  if (takes(cursor, 'SET')) followSet(cursor, variables);
  else if (sees(cursor, 'SELECT')) forgetAssigned(cursor, variables);
  else if (takes(cursor, 'PREPARE')) {
    const name = nameOf(cursor);
    const texts = takes(cursor, 'FROM') ? textsAt(cursor, variables) : undefined;
    if (texts === undefined) statements.delete(name);
    else statements.set(name, texts);
  } else if (takes(cursor, 'EXECUTE')) return statements.get(nameOf(cursor));
  return undefined;
}

function nameOf(cursor: Cursor): string {
  return isAtEnd(cursor) ? '' : takeName(cursor).toLowerCase();
}

function followSet(cursor: Cursor, variables: Map<string, readonly PossibleText[]>): void {
  listed(cursor, item => {
    if (tokenAtCursor(item)?.kind !== 'parameter') return;
    const name = textAt(item).toLowerCase();
    item.at++;
    const assigns = takesSymbol(item, '=') || takesSymbol(item, ':=');
    const texts = assigns ? textsAt(item, variables) : undefined;
    if (texts === undefined) variables.delete(name);
    else variables.set(name, texts);
  });
}

/** A SELECT with INTO @x or @x := … may give the variables in it any value. */
function forgetAssigned(cursor: Cursor, variables: Map<string, readonly PossibleText[]>): void {
  const { first, last, text } = cursor.source;
  const words = text.tokens
    .slice(first, last + 1)
    .map(({ start, end }) => text.fragment.text.slice(start, end).toLowerCase());
  if (!words.includes('into') && !words.includes(':=')) return;
  for (const word of words) variables.delete(word);
}

/** The texts that an expression may have as its value; undefined where it may have another. */
function textsAt(
  cursor: Cursor,
  variables: ReadonlyMap<string, readonly PossibleText[]>,
): readonly PossibleText[] | undefined {
  try {
    const texts = takeTexts(cursor, variables);
    return isAtEnd(cursor) ? texts : undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return undefined;
  }
}

/** @throws a Refusal where the expression is none of texts */
function takeTexts(cursor: Cursor, variables: ReadonlyMap<string, readonly PossibleText[]>): readonly PossibleText[] {
  const token = tokenAtCursor(cursor);
  const { source, grammar } = cursor;
  if (token?.kind === 'string' && token.unterminated !== true) {
    cursor.at++;
    return [{ sql: fragmentOfString(source.text.fragment, token, grammar.backslashEscapes), blocks: [] }];
  }
  if (token?.kind === 'parameter') {
    cursor.at++;
    const known = variables.get(textOfToken(cursor, cursor.at - 1).toLowerCase());
    return known ?? refuse(cursor, 'a text');
  }
  if (seesSymbol(cursor, '(')) {
    const inside = bracketed(cursor);
    takes(inside, 'SELECT');
    const texts = takeTexts(inside, variables);
    return isAtEnd(inside) ? texts : refuse(inside, 'the end of the text');
  }
  if (sees(cursor, 'IF') && textAt(cursor, 1) === '(') return takeIf(cursor, variables);
  if (takesAny(cursor, ['CONCAT']) !== undefined) {
    const parts = listed(bracketed(cursor), item => takeTexts(item, variables));
    // Several ways to make each part would be all ways to join them.
    const only = parts.map(([first, ...more]) =>
      first === undefined || more.length > 0 ? refuse(cursor, 'one text') : first,
    );
    return [{ sql: joinFragments(only.map(({ sql }) => sql)), blocks: only.flatMap(({ blocks }) => blocks) }];
  }
  return refuse(cursor, 'a text');
}

function textOfToken({ source }: Cursor, index: number): string {
  const { start, end } = source.text.tokens[index]!;
  return source.text.fragment.text.slice(start, end);
}

/** `IF(condition, 'text', 'text')`: each text is in a branch of its own. */
function takeIf(cursor: Cursor, variables: ReadonlyMap<string, readonly PossibleText[]>): readonly PossibleText[] {
  const from = cursor.at++;
  const inside = bracketed(cursor);
  const range = rangeOf(cursor.source, from, cursor.at - 1);
  const [condition, ...branches] = listed(inside, item => ({ ...item }));
  if (condition === undefined || branches.length !== 2) return refuse(cursor, 'a condition and two texts');
  const written = wholeExpression(condition);
  return branches.flatMap((branch, index) => {
    const block: Block =
      index === 0
        ? { kind: 'branch', range, condition: written }
        : {
            kind: 'branch',
            range,
            condition: { ...written, expression: { kind: 'not', operand: written.expression } },
          };
    const texts = takeTexts(branch, variables);
    return isAtEnd(branch)
      ? texts.map(({ sql, blocks }) => ({ sql, blocks: [block, ...blocks] }))
      : refuse(branch, 'a comma');
  });
}
