import type { ObjectName } from '../../../operations/names.ts';
import type { Operation } from '../../../operations/operations.ts';
import type { Range } from '../../../source/source-file.ts';
import {
  afterName,
  findWord,
  isSymbol,
  next,
  rangeOf,
  type Source,
  splitAtCommas,
  tokenAt,
  wholeRange,
} from '../../source-text.ts';
import type { Node, NodeName, NodeOf, RangeVar } from '../ast.ts';
import { objectName, placed } from '../names.ts';

/** How to lower statements, by the name of their node in the syntax tree. */
export type Lowerers = {
  readonly [Name in NodeName]?: (fields: NodeOf<Name>, source: Source) => readonly Operation[];
};

/**
 * Range and head of an operation that is a statement of its own.
 *
 * @param last - index of the last token of the head
 */
export function base(source: Source, last: number): { readonly range: Range; readonly head: Range } {
  return { range: wholeRange(source), head: rangeOf(source, source.first, last) };
}

/** As {@link base}, the head ending with the name that begins at a token. */
export function baseToName(source: Source, index: number): { readonly range: Range; readonly head: Range } {
  return base(source, index > source.last ? source.first : afterName(source, index) - 1);
}

/** As {@link base}, the head ending with a relation's name. */
export function baseTo(
  source: Source,
  relation: RangeVar | undefined,
): { readonly range: Range; readonly head: Range } {
  return baseToName(source, tokenAt(source, relation?.location));
}

/** As {@link base}, the head being the first words, at most a number of them, as long as they stand on one line. */
export function baseWords(source: Source, count: number): { readonly range: Range; readonly head: Range } {
  const { tokens, fragment } = source.text;
  let last = source.first;
  while (last < source.last && last - source.first + 1 < count) {
    const gap = fragment.text.slice(tokens[last]!.end, tokens[last + 1]!.start);
    if (gap.includes('\n')) break;
    last++;
  }
  return base(source, last);
}

/** One object of a statement that names several, with its operation's range and head. */
export interface Listed {
  readonly node: Node;
  readonly name: ObjectName;
  /** Index of the object's first token. */
  readonly at: number;
  readonly range: Range;
  /** The verb and the name for the first object, the name for the others. */
  readonly head: Range;
}

/**
 * The objects that a statement lists: `DROP TABLE IF EXISTS a, b.c`.
 *
 * @param from - index of the first object's first token
 */
export function listed(nodes: readonly Node[], source: Source, from: number): readonly Listed[] {
  const parts = splitAtCommas(source, from, source.last);
  return nodes.map((node, index) => {
    const at = parts[index]?.[0] ?? from;
    const name = placed(objectName(node, source), source, at);
    const start = index === 0 ? source.first : at;
    return {
      node,
      name,
      at,
      range: wholeRange(source),
      head: rangeOf(source, start, Math.min(afterName(source, at) - 1, source.last)),
    };
  });
}

/** The query after a keyword, up to the end of the statement or to one of the words that may follow it. */
export function queryPlace(
  source: Source,
  keyword: string,
  from: number,
  enders: readonly (readonly string[])[],
): readonly [number, number] {
  const start = findWord(source, keyword, from) + 1;
  for (let index = start; index <= source.last; index = next(source, index)) {
    if (enders.some(words => words.every((word, at) => findWord(source, word, index + at, index + at) !== -1)))
      return [start, index - 1];
  }
  return [start, source.last];
}

/** The index of an argument list behind a name, else of the name's end. */
export function afterArguments(source: Source, index: number): number {
  const after = afterName(source, index);
  return isSymbol(source, after, '(') ? next(source, after) : after;
}
