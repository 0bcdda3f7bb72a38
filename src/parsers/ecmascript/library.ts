import type { Operation } from '../../operations/operations.ts';
import type { Dialect } from '../../server/server.ts';
import type { Fragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { Node } from './syntax.ts';
import type { Chain, FunctionValue, Link, Value } from './values.ts';

/** What a library does with the database, as one file per library says it. */
export interface Library {
  /** What the parameters of `up` and `down` are: roots of chains. */
  readonly parameters: readonly string[];
  /** Names of the functions that a migration may have in place of `up`. */
  readonly entries?: readonly string[];
  /** A module without such a function is a migration by itself: what its top level does. */
  readonly isScript?: true;
  /** Names that are there without being declared: roots of chains. */
  readonly globals?: Readonly<Record<string, string>>;
  /** What `this` is in a migration's class; left out where it is nothing of the library. */
  readonly self?: string;
  /** What the library's own exports are, by name: roots of chains. `default` is also the module as a whole. */
  readonly imports?: Readonly<Record<string, string>>;
  /** The packages that `imports` come from. */
  readonly modules?: readonly string[];
  /** What names stand for whatever package they come from: roots of chains. */
  readonly anywhere?: Readonly<Record<string, string>>;
  /** What comes from the project's other files may be a client: the root of such chains. */
  readonly foreign?: string;
  /** `new` of a name of the library makes a client. */
  readonly constructs?: true;
  /** Names of calls whose objects define something: what only the run knows of them is said. */
  readonly definitions?: RegExp;
  /** Its calls give promises, and nothing has run for sure before they are kept. */
  readonly promises?: true;
  /** A call that was given a function calls it back at its end: nothing floats there. */
  readonly callsBack?: true;
  /** Says to `out` what a chain sends to the server, once it is awaited, returned or left to itself. */
  run(chain: Chain, out: Output): void;
  /** Says to `out` what undoes a chain, for tools that make a missing `down` of `up`. */
  reverse?(chain: Chain, out: Output): void;
  /** What awaiting a chain, or its `then`, gives, where the library knows; undefined where only the run does. */
  resultOf?(chain: Chain): Value | undefined;
  /** The text that a chain stands for in a template literal or concatenation: `sql.raw('x')`. */
  textOf?(chain: Chain, file: SourceFile): Fragment | undefined;
}

/** Where a library puts what it makes of a chain. */
export interface Output {
  readonly file: SourceFile;
  readonly dialect: Dialect;
  /** Whether the tool runs the file in a transaction. */
  readonly inTransaction: boolean;
  /** SQL that a builder makes, spelled as for PostgreSQL. */
  sql(fragment: Fragment): void;
  /** SQL that the author wrote, in the project's own dialect. */
  raw(fragment: Fragment): void;
  /** What the library does other than by SQL. */
  statement(range: Range, operations: readonly Operation[]): void;
  /** What cannot be known before it runs. */
  unreadable(node: Node, message: string): void;
  /** What the file exports by a name; undefined where it does not. */
  exported(name: string): Value | undefined;
  /** Runs a function of the file, as the library calls it. */
  call(callee: FunctionValue, args: readonly Value[]): Value;
  /**
   * Runs a function that describes something to a builder, and gives back the chains that start from the builder, in order.
   *
   * @param root - what the function's first parameter, and its `this`, are
   */
  gather(callee: FunctionValue, root: string): readonly Chain[];
  /**
   * Runs what stands in a transaction.
   *
   * @param isInside - whether a chain runs in it
   * @param opens - the call that opens it and ends it; left out where there is one already
   */
  transaction(isInside: (chain: Chain) => boolean, body: () => void, opens?: Link): void;
  /**
   * Opens a transaction, which in an open one is only a part of that.
   *
   * @param isInside - whether a chain runs in it; left out where all do
   */
  begin(link: Link, isInside?: (chain: Chain) => boolean): void;
  /** Ends what `begin` opened last, or else the tool's own transaction. */
  end(link: Link, how: 'COMMIT' | 'ROLLBACK'): void;
  /** Runs what a function gave back, as the library awaits it. */
  send(value: Value): void;
  /** Leaves something to the end of the migration's function, of libraries that only note it down before. */
  defer(body: () => void): void;
}
