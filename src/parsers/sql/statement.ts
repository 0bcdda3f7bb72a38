import type { Operation, OperationBase } from '../../operations/operations.ts';
import { type AnchorPlaces, afterName, anchorsOf, rangeOf, wholeRange } from '../source-text.ts';
import { type Cursor, isAtEnd, sees, textAt } from './cursor.ts';

/**
 * Range, head and anchors of an operation that is a whole statement.
 *
 * @param last - index of the head's last token
 */
export function statementBase({ source }: Cursor, last: number, anchors: AnchorPlaces = {}): OperationBase {
  return {
    range: wholeRange(source),
    head: rangeOf(source, source.first, Math.min(Math.max(last, source.first), source.last)),
    ...anchorsOf(source, anchors),
  };
}

/** As {@link statementBase}, the head ending with the name that begins at a token. */
export function statementToName(cursor: Cursor, nameAt: number, anchors: AnchorPlaces = {}): OperationBase {
  const { source } = cursor;
  return statementBase(cursor, nameAt > source.last ? source.last : afterName(source, nameAt) - 1, anchors);
}

/** As {@link statementBase}, the head being the first words, as long as they stand on one line. */
export function statementWords({ source }: Cursor, count: number): OperationBase {
  const { tokens, fragment } = source.text;
  let last = source.first;
  while (last < source.last && last - source.first + 1 < count) {
    if (fragment.text.slice(tokens[last]!.end, tokens[last + 1]!.start).includes('\n')) break;
    last++;
  }
  return { range: wholeRange(source), head: rangeOf(source, source.first, last) };
}

/** The place of one of several objects that a statement names: the verb and the name for the first, the name for others. */
export function listedBase({ source }: Cursor, at: number, index: number, anchors: AnchorPlaces = {}): OperationBase {
  return {
    range: wholeRange(source),
    head: rangeOf(source, index === 0 ? source.first : at, Math.min(afterName(source, at) - 1, source.last)),
    ...anchorsOf(source, anchors),
  };
}

/** The place of a clause. @param last - index of the head's last token */
export function clauseBase(
  { source }: Cursor,
  from: number,
  to: number,
  last: number,
  anchors: AnchorPlaces = {},
): OperationBase {
  return {
    range: rangeOf(source, from, Math.max(to, from)),
    head: rangeOf(source, from, Math.min(Math.max(last, from), Math.max(to, from))),
    ...anchorsOf(source, anchors),
  };
}

/** What is left of a part that was read up to the cursor: an operation of its own, so that it is not lost. */
export function notUnderstood(cursor: Cursor): Operation {
  const { source, at } = cursor;
  const message = `"${textAt(cursor)}" is not understood here`;
  return {
    kind: 'unreadable',
    range: rangeOf(source, at, source.last),
    head: rangeOf(source, at, at),
    reason: 'syntax error',
    message,
  };
}

/** {@link notUnderstood} of a change of rows, of which RETURNING and the hints behind OPTION may be left. */
export function restOfChange(cursor: Cursor): readonly Operation[] {
  if (isAtEnd(cursor) || sees(cursor, 'RETURNING') || sees(cursor, 'OPTION')) return [];
  return [notUnderstood(cursor)];
}
