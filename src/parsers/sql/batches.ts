import type { Block } from '../../operations/operations.ts';
import { isSymbol, isWord, next, rangeOf, type Source, type SourceText, textOf } from '../source-text.ts';
import { wholeExpression } from './expressions.ts';
import type { DialectGrammar } from './grammar.ts';

/** A statement of a batch: its tokens, and the control flow around it. */
export interface Piece {
  readonly first: number;
  readonly last: number;
  readonly blocks: readonly Block[];
}

/**
 * Cuts Transact-SQL into statements, which no semicolon has to part: batches at GO, statements at semicolons and before words
 * that begin one. IF, WHILE, BEGIN … END and TRY are blocks around the statements in them; the body of a procedure, function,
 * trigger or view is part of the statement that makes it, up to the end of the batch.
 */
export function cutBatches(text: SourceText, grammar: DialectGrammar): readonly Piece[] {
  const pieces: Piece[] = [];
  const finish = (first: number, last: number): void => {
    if (first > last) return;
    const source: Source = { text, locate: offset => offset, first, last };
    const reader: Reader = { source, grammar, pieces, at: first };
    while (reader.at <= last) takeStatement(reader, []);
  };
  let first = 0;
  for (let index = 0; index < text.tokens.length; index++) {
    const after = afterGo(text, index);
    if (after === undefined) continue;
    finish(first, index - 1);
    first = after;
    index = after - 1;
  }
  finish(first, text.tokens.length - 1);
  return pieces;
}

/** The index after GO, with its count, where it stands alone on its line. */
function afterGo({ fragment, tokens }: SourceText, index: number): number | undefined {
  const token = tokens[index]!;
  if (token.kind !== 'word' || token.end - token.start !== 2) return undefined;
  if (!/^go$/i.test(fragment.text.slice(token.start, token.end))) return undefined;
  const line = fragment.text.slice(lineStart(fragment.text, token.start), token.start);
  const rest = /^[^\S\r\n]*(\d*)[^\S\r\n]*;?[^\S\r\n]*(?:--[^\r\n]*)?(?:\r?\n|$)/.exec(fragment.text.slice(token.end));
  if (line.trim() !== '' || rest === null) return undefined;
  return rest[1] === '' ? index + 1 : index + 2;
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

interface Reader {
  readonly source: Source;
  readonly grammar: DialectGrammar;
  readonly pieces: Piece[];
  at: number;
}

function word({ source }: Pick<Reader, 'source'>, index: number): string {
  if (index < source.first || index > source.last || source.text.tokens[index]!.kind !== 'word') return '';
  return textOf(source, index, index).toUpperCase();
}

/** Moves over one statement, blocks and all that is in them; never stands still. */
function takeStatement(reader: Reader, blocks: readonly Block[]): void {
  const { source, at: first } = reader;
  if (isSymbol(source, first, ';')) {
    reader.at++;
    return;
  }
  switch (word(reader, first)) {
    case 'IF':
      takeIf(reader, blocks);
      return;
    case 'WHILE':
      takeWhile(reader, blocks);
      return;
    case 'BEGIN':
      if (TRANSACTIONS.has(word(reader, first + 1))) break;
      takeBlock(reader, blocks);
      return;
    case 'END':
    case 'ELSE':
      // Without the BEGIN or IF before it.
      reader.at++;
      return;
    default:
      break;
  }
  const last = ownsBatch(reader) ? source.last : endOfStatement(reader);
  reader.pieces.push({ first, last, blocks });
  reader.at = last + 1;
}

const TRANSACTIONS: ReadonlySet<string> = new Set(['TRAN', 'TRANSACTION', 'DISTRIBUTED']);
const BATCH_OWNERS: ReadonlySet<string> = new Set(['PROC', 'PROCEDURE', 'FUNCTION', 'TRIGGER', 'VIEW']);

/** Whether the statement has a body that only the end of the batch ends. */
function ownsBatch(reader: Reader): boolean {
  const { at } = reader;
  if (word(reader, at) === 'ALTER') return BATCH_OWNERS.has(word(reader, at + 1));
  if (word(reader, at) !== 'CREATE') return false;
  return BATCH_OWNERS.has(word(reader, word(reader, at + 1) === 'OR' ? at + 3 : at + 1));
}

/* ---------------------------------------------------------------- Control flow */

/** Moves over the condition of IF or WHILE: up to the statement that it decides about. */
function takeCondition(reader: Reader): Source {
  const { source } = reader;
  const first = ++reader.at;
  while (reader.at <= source.last && !beginsStatement(reader, reader.at, first, 'IF'))
    reader.at = next(source, reader.at);
  return { ...source, first, last: Math.max(reader.at - 1, first) };
}

function takeIf(reader: Reader, blocks: readonly Block[]): void {
  const start = reader.at;
  if (start === reader.source.last) {
    takeAlone(reader, start, blocks);
    return;
  }
  const condition = takeCondition(reader);
  const written = wholeExpression({ source: condition, grammar: reader.grammar, at: condition.first });
  takeBody(reader, blocks, range => ({ kind: 'branch', range, condition: written }), start);
  if (word(reader, reader.at) !== 'ELSE') return;
  const alternative = reader.at++;
  takeBody(reader, blocks, range => ({ kind: 'branch', range }), alternative);
}

function takeWhile(reader: Reader, blocks: readonly Block[]): void {
  const start = reader.at;
  takeCondition(reader);
  const { source, at: first } = reader;
  const loop = (range: Block['range']): Block => {
    const body = textOf(source, Math.min(first, source.last), Math.min(reader.at - 1, source.last));
    const commits = /\bcommit\b/i.test(body);
    const pauses = /\bwaitfor\s+delay\b/i.test(body);
    return { kind: 'loop', range, commits, pauses, bound: 'unknown' };
  };
  takeBody(reader, blocks, loop, start);
}

/** What control flow is left of where the batch ends too early: no statement, and so said to be unreadable. */
function takeAlone(reader: Reader, first: number, blocks: readonly Block[]): void {
  reader.pieces.push({ first, last: reader.source.last, blocks });
  reader.at = reader.source.last + 1;
}

/** Moves over the statement that a condition decides about, and puts the block around all that is in it. */
function takeBody(
  reader: Reader,
  blocks: readonly Block[],
  block: (range: Block['range']) => Block,
  start: number,
): void {
  const { pieces, source } = reader;
  const before = pieces.length;
  if (reader.at <= source.last) takeStatement(reader, blocks);
  else takeAlone(reader, start, blocks);
  // Nothing to decide about: no statement either.
  if (pieces.length === before) pieces.push({ first: start, last: Math.min(reader.at - 1, source.last), blocks });
  const around = block(rangeOf(source, start, Math.max(Math.min(reader.at - 1, source.last), start)));
  for (let index = before; index < pieces.length; index++) {
    const piece = pieces[index]!;
    pieces[index] = { ...piece, blocks: [...blocks, around, ...piece.blocks.slice(blocks.length)] };
  }
}

/** BEGIN … END, BEGIN TRY … END TRY, BEGIN CATCH … END CATCH. */
function takeBlock(reader: Reader, blocks: readonly Block[]): void {
  const { source, pieces } = reader;
  const start = reader.at++;
  const kind = word(reader, reader.at);
  const isHandler = kind === 'TRY' || kind === 'CATCH';
  if (isHandler) reader.at++;
  const before = pieces.length;
  while (reader.at <= source.last && word(reader, reader.at) !== 'END') takeStatement(reader, blocks);
  reader.at++;
  if (isHandler && word(reader, reader.at) === kind) reader.at++;
  if (!isHandler) return;
  const range = rangeOf(source, start, Math.min(reader.at - 1, source.last));
  const around: Block = { kind: 'handler', range, part: kind === 'TRY' ? 'body' : 'handler' };
  for (let index = before; index < pieces.length; index++) {
    const piece = pieces[index]!;
    pieces[index] = { ...piece, blocks: [...blocks, around, ...piece.blocks.slice(blocks.length)] };
  }
}

/* ---------------------------------------------------------------- Where a statement ends */

/** The index of the last token of the statement at the reader's place. */
function endOfStatement(reader: Reader): number {
  const { source, at: first } = reader;
  let cases = 0;
  for (let index = next(source, first); index <= source.last; index = next(source, index)) {
    if (isSymbol(source, index, ';')) return index - 1;
    const found = word(reader, index);
    if (found === 'CASE') cases++;
    else if (found === 'END' && cases > 0) cases--;
    else if ((found === 'END' || found === 'ELSE') && cases === 0) return index - 1;
    else if (beginsStatement(reader, index, first, word(reader, first))) return index - 1;
  }
  return source.last;
}

/** Words that begin a statement wherever they stand, but for what {@link CONTINUES} says. */
const STARTERS: ReadonlySet<string> = new Set([
  ...['CREATE', 'ALTER', 'DROP', 'INSERT', 'UPDATE', 'DELETE', 'SELECT', 'MERGE', 'TRUNCATE', 'EXEC', 'EXECUTE', 'IF'],
  ...['WHILE', 'BEGIN', 'COMMIT', 'ROLLBACK', 'SAVE', 'DECLARE', 'SET', 'PRINT', 'RAISERROR', 'THROW', 'USE', 'GRANT'],
  ...[
    'REVOKE',
    'DENY',
    'RETURN',
    'WAITFOR',
    'GOTO',
    'DBCC',
    'OPEN',
    'FETCH',
    'CLOSE',
    'DEALLOCATE',
    'ENABLE',
    'DISABLE',
    'BREAK',
    'CONTINUE',
  ],
]);

/** A place in a statement that a word of {@link STARTERS} stands at. */
interface Place {
  readonly reader: Reader;
  readonly index: number;
  /** Index of the statement's first token. */
  readonly first: number;
  /** The statement's first word. */
  readonly verb: string;
  /** The words before and after. */
  readonly before: string;
  readonly after: string;
}

function beginsStatement(reader: Reader, index: number, first: number, verb: string): boolean {
  const found = word(reader, index);
  if (!STARTERS.has(found) || isSymbol(reader.source, index - 1, '.')) return false;
  const place = { reader, index, first, verb, before: word(reader, index - 1), after: word(reader, index + 1) };
  return !(CONTINUES[found]?.(place) ?? PRIVILEGED.has(verb));
}

/** Statements that list privileges, which are called as statements are. */
const PRIVILEGED: ReadonlySet<string> = new Set(['GRANT', 'REVOKE', 'DENY']);

const isPrivilege = ({ verb }: Place): boolean => PRIVILEGED.has(verb);

/** Whether none of the words has stood in the statement yet. */
function isFirst({ reader, index, first }: Place, ...words: readonly string[]): boolean {
  for (let at = first + 1; at < index; at = next(reader.source, at)) if (words.includes(word(reader, at))) return false;
  return true;
}

/** A change of rows behind WITH, inside of MERGE, after ON of a foreign key. */
const isRowChange = (place: Place): boolean =>
  isPrivilege(place) ||
  ['ON', 'THEN', 'FOR', 'AFTER'].includes(place.before) ||
  (place.verb === 'WITH' && isFirst(place, 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE'));

/** What a word goes on with rather than begin, where it may do so. */
const CONTINUES: Readonly<Record<string, (place: Place) => boolean>> = {
  ALTER: place => isPrivilege(place) || place.after === 'COLUMN' || place.before === 'OR',
  // ALTER TABLE t DROP c: the word CONSTRAINT may be left out.
  DROP: ({ reader, index, first, verb, after }) =>
    ['COLUMN', 'CONSTRAINT', 'PERIOD', 'MEMBER'].includes(after) ||
    (verb === 'ALTER' && isRightAfterName(reader, first, index)),
  SET: place => {
    const { verb, before } = place;
    if (verb === 'UPDATE') return isFirst(place, 'SET');
    if (verb === 'WITH') return !isFirst(place, 'UPDATE') && isFirst(place, 'SET');
    return verb === 'ALTER' || verb === 'MERGE' || before === 'UPDATE' || before === 'DELETE';
  },
  SELECT: place =>
    isPrivilege(place) ||
    ['UNION', 'ALL', 'EXCEPT', 'INTERSECT', 'AS', 'FOR'].includes(place.before) ||
    (place.verb === 'INSERT' && isFirst(place, 'SELECT', 'VALUES', 'EXEC', 'EXECUTE', 'DEFAULT')) ||
    (place.verb === 'WITH' && isFirst(place, 'SELECT', 'INSERT', 'UPDATE', 'DELETE', 'MERGE')) ||
    (place.verb === 'WITH' && !isFirst(place, 'INSERT') && isFirst(place, 'SELECT')),
  INSERT: isRowChange,
  UPDATE: isRowChange,
  DELETE: isRowChange,
  MERGE: place => place.after === 'JOIN' || isRowChange(place),
  EXEC: place => place.verb === 'INSERT' && isFirst(place, 'SELECT', 'VALUES'),
  EXECUTE: place =>
    isPrivilege(place) || place.before === 'WITH' || (place.verb === 'INSERT' && isFirst(place, 'SELECT', 'VALUES')),
  // DROP TABLE IF EXISTS t
  IF: ({ reader, index, after }) => after === 'EXISTS' && !isSymbol(reader.source, index + 2, '('),
  ROLLBACK: ({ before }) => before === 'WITH',
  GRANT: ({ before }) => before === 'WITH',
  FETCH: ({ before }) => ['ROW', 'ROWS'].includes(before),
  ENABLE: switchesTrigger,
  DISABLE: switchesTrigger,
};

/** ENABLE and DISABLE that are clauses of ALTER TABLE, or other than of a trigger. */
function switchesTrigger({ reader, index, first, verb, after }: Place): boolean {
  return after !== 'TRIGGER' || (verb === 'ALTER' && isRightAfterName(reader, first, index));
}

/** Whether all that stands before an index is `ALTER TABLE name`. */
function isRightAfterName(reader: Reader, first: number, index: number): boolean {
  let at = first + 3;
  while (isSymbol(reader.source, at, '.')) at += 2;
  return isWord(reader.source, first + 1, 'TABLE') && at === index;
}
