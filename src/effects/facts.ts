import type { LockMode } from '../operations/index.ts';
import type { ObjectId } from '../schema/schema.ts';
import type { AffectedRelation, Failure, RowFailure } from './effects.ts';

/**
 * One thing that an operation does. The families in postgres/ say what happens as lists of facts; `effects` puts them together.
 * Relations are named as the schema has them before the statement.
 */
export type Fact =
  | {
      readonly fact: 'lock';
      readonly relation: AffectedRelation;
      readonly mode: LockMode;
      readonly known: boolean;
      readonly momentary?: true;
      readonly relationKind?: 'index' | 'view' | 'sequence';
    }
  | { readonly fact: 'rewrite' | 'scan' | 'drop'; readonly relation: AffectedRelation }
  | { readonly fact: 'build'; readonly index: AffectedRelation; readonly table: AffectedRelation }
  /** It works on rows, as many as match. */
  | { readonly fact: 'data' }
  /** It writes every row of a table: whoever updates one of them waits. */
  | { readonly fact: 'rowLocks'; readonly relation: AffectedRelation }
  | { readonly fact: 'forbidden' }
  /** Its locks are let go when it ends, not with the transaction. */
  | { readonly fact: 'brief' }
  | { readonly fact: 'rows'; readonly failure: RowFailure }
  | { readonly fact: 'failure'; readonly failure: Failure }
  | { readonly fact: 'unknown'; readonly text: string };

export const lock = (
  relation: AffectedRelation,
  mode: LockMode,
  known = true,
  relationKind?: 'index' | 'view' | 'sequence',
): Fact =>
  relationKind === undefined
    ? { fact: 'lock', relation, mode, known }
    : { fact: 'lock', relation, mode, known, relationKind };

/** A lock that a CONCURRENTLY statement takes at its end, after it waited for all users of the relation. */
export const momentaryLock = (relation: AffectedRelation, mode: LockMode): Fact => ({
  fact: 'lock',
  relation,
  mode,
  known: true,
  momentary: true,
});
export const scan = (relation: AffectedRelation): Fact => ({ fact: 'scan', relation });
export const rewrite = (relation: AffectedRelation): Fact => ({ fact: 'rewrite', relation });
export const drop = (relation: AffectedRelation): Fact => ({ fact: 'drop', relation });
export const build = (index: AffectedRelation, table: AffectedRelation): Fact => ({ fact: 'build', index, table });
export const unknown = (text: string): Fact => ({ fact: 'unknown', text });
export const fails = (code: string, message: string): Fact => ({ fact: 'failure', failure: { code, message } });
export const rows = (failure: RowFailure): Fact => ({ fact: 'rows', failure });
export const FORBIDDEN: Fact = { fact: 'forbidden' };
export const BRIEF: Fact = { fact: 'brief' };
export const DATA: Fact = { fact: 'data' };

/** A relation as effects name it, without the rest of its state. */
export function affected(relation: {
  readonly id?: ObjectId;
  readonly schema: string;
  readonly name: string;
}): AffectedRelation {
  const { schema, name } = relation;
  return relation.id === undefined ? { schema, name } : { id: relation.id, schema, name };
}
