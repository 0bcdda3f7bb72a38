import type { Comment } from '../operations/statements.ts';
import type { Range } from '../source/source-file.ts';

/**
 * A comment by which a migration says that an object is no longer used, and since when:
 * `-- surefoot-contract users.legacy: unused since v1.42`.
 */
export interface Contract {
  readonly range: Range;
  /** The object as written: `users`, `app.users`, `users.legacy`, `app.users.legacy`. */
  readonly object: string;
  /** The proof, in words; empty where it is missing, and then the contract does not count. */
  readonly reason: string;
}

const CONTRACT = /^[\s*]*surefoot-contract\s+([^\s:]+)\s*(?::\s*([\s\S]*?))?\s*$/;

/** The contracts in a segment's comments, in order. */
export function readContracts(comments: readonly Comment[]): readonly Contract[] {
  return comments.flatMap(({ text, range }) => {
    if (!text.includes('surefoot-contract')) return [];
    const match = CONTRACT.exec(text);
    return match === null ? [] : [{ range, object: match[1]!, reason: match[2] ?? '' }];
  });
}

/**
 * The contract that covers an object.
 *
 * @param names - the ways the object may be written: with and without its schema
 */
export function contractFor(contracts: readonly Contract[], names: readonly string[]): Contract | undefined {
  return contracts.find(({ object, reason }) => reason !== '' && names.includes(object));
}
