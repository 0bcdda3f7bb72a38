import type { Range } from '../source/source-file.ts';
import type { Expression } from './expressions.ts';
import type { ObjectName } from './names.ts';
import type { DataChange } from './operations.ts';

/**
 * What Surefoot needs to know of a SELECT (a view's definition, a subquery, the source of an INSERT): which relations and
 * columns it depends on, what comes out, and what it might change. Common table expressions are dissolved: their reads count,
 * their names do not.
 */
export interface Query {
  readonly kind: 'query';
  readonly range: Range;
  /** Relations read anywhere in the query, each mention once, in order of appearance. */
  readonly reads: readonly TableReference[];
  /** Columns mentioned anywhere; `table` is the alias or table name as written. `*` is not listed here but in `outputs`. */
  readonly columns: readonly { readonly table?: string; readonly name: string }[];
  /** The result columns of the outermost SELECT. */
  readonly outputs: readonly OutputColumn[];
  /** Functions called anywhere. */
  readonly calls: readonly Extract<Expression, { kind: 'call' }>[];
  /** The WHERE of the outermost SELECT. */
  readonly where?: Expression;
  /** The LIMIT of the outermost SELECT. */
  readonly limit?: Expression;
  /** The row lock of the outermost SELECT. */
  readonly rowLock?: 'for update' | 'for no key update' | 'for share' | 'for key share';
  readonly skipLocked?: true;
  /**
   * Whether the server would make a view of it updatable by itself: one table, no DISTINCT, GROUP BY, HAVING, LIMIT, OFFSET,
   * set operation, aggregate, window or set-returning function (PostgreSQL manual, CREATE VIEW, "Updatable Views").
   */
  readonly updatable: boolean;
  /** INSERT, UPDATE, DELETE and MERGE inside common table expressions. */
  readonly changes: readonly DataChange[];
}

/** A relation in a FROM, USING or INTO. */
export interface TableReference {
  readonly name: ObjectName;
  readonly alias?: string;
}

/** A result column of a query. A star stands for columns that only the replayed schema knows. */
export type OutputColumn =
  | { readonly kind: 'column'; readonly name: string; readonly expression: Expression }
  | {
      readonly kind: 'star';
      readonly table?: string;
      /** It stands for columns of a subquery, a common table expression, a function or VALUES too: nothing here says which. */
      readonly derived?: true;
    };
