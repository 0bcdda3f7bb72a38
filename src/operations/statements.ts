import type { Range } from '../source/source-file.ts';
import type { Operation } from './operations.ts';

/**
 * One command as the server receives it. One ALTER TABLE is one statement of many operations, as the server scans or rewrites
 * once for all of them; a DROP TABLE of three tables is one statement of three.
 */
export interface Statement {
  /** From its first to its last token: no leading comments, no terminating semicolon. */
  readonly range: Range;
  /** The few words that name it, on one line where possible. */
  readonly head: Range;
  readonly operations: readonly Operation[];
  /**
   * The index, in the same list, of the statement that this one stands in (a DO block, an EXECUTE, a CREATE SCHEMA). A nested
   * statement follows its parent.
   */
  readonly parent?: number;
  /** Its place among several statements that are sent as one query, which the server makes one transaction; left out for one sent alone. */
  readonly inQuery?: 'first' | 'later';
}

/** A comment, for suppressions, tool annotations and rules that ask for an explanation. */
export interface Comment {
  /** Delimiters included. */
  readonly range: Range;
  /** The text between the delimiters. */
  readonly text: string;
  readonly style: 'line' | 'block';
}

/** Something about the code around the statements of a migration that is written in a programming language. */
export interface CodeFact {
  /**
   * - `model import`: the application's own models are imported
   * - `floating call`: nothing waits for a call that sends statements
   * - `outside transaction`: a call inside a transaction's callback runs on another connection
   */
  readonly kind: 'model import' | 'floating call' | 'outside transaction';
  readonly range: Range;
  /** What is imported, or called. */
  readonly name: string;
}

/** What a parser makes of a fragment: its statements in order, nested ones after their parents, and its comments. */
export interface Script {
  readonly statements: readonly Statement[];
  readonly comments: readonly Comment[];
  /** Left out for SQL. */
  readonly facts?: readonly CodeFact[];
}
