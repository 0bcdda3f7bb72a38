import type { Map as PersistentMap } from 'immutable';
import type { LockMode } from '../operations/operations.ts';
import type { Dialect } from '../server/server.ts';
import type { ObjectId, Schema } from './schema.ts';

/** What a statement meets: the schema, the session's settings, and the transaction that is open. Immutable; see {@link Schema}. */
export interface State {
  readonly dialect: Dialect;
  readonly schema: Schema;
  readonly session: Session;
  readonly transaction: Transaction;
}

/**
 * The session's parameters that differ from what the server starts with. `SET` writes them; `ROLLBACK` takes them back with
 * the state that the transaction began with.
 */
export interface Session {
  /** By lower-case name: `lock_timeout`, `search_path`, `timezone`, `role`. A value that only the run knows is undefined. */
  readonly settings: PersistentMap<string, Setting>;
}

export interface Setting {
  readonly value: string | undefined;
  /** The members of a list, as search_path has them. */
  readonly values: readonly string[];
}

export type Transaction =
  | { readonly status: 'none' }
  | {
      readonly status: 'open';
      readonly id: number;
      /** Who opened it: the migration tool, a BEGIN in the file, or the server around several statements sent as one query. */
      readonly owner: 'tool' | 'file' | 'implicit';
      /** What ROLLBACK goes back to. */
      readonly begin: { readonly schema: Schema; readonly session: Session };
      /** Innermost last. */
      readonly savepoints: readonly Savepoint[];
      /** SET LOCAL: in effect until the transaction ends. */
      readonly local: PersistentMap<string, Setting>;
      /** Locks taken so far on relations, in the order taken; the strongest mode per relation counts. */
      readonly locks: readonly HeldLock[];
      /** Tables with deferred constraint checks or trigger events pending: ALTER TABLE on them fails. */
      readonly pendingEvents: readonly ObjectId[];
      /** An error inside was caught or ended it: what follows is ignored by the server until ROLLBACK. */
      readonly failed: boolean;
    };

export type OpenTransaction = Extract<Transaction, { status: 'open' }>;

export interface Savepoint {
  readonly name: string;
  readonly schema: Schema;
  readonly session: Session;
  readonly local: PersistentMap<string, Setting>;
  readonly locks: readonly HeldLock[];
}

export interface HeldLock {
  readonly relation: ObjectId;
  readonly mode: LockMode;
  /** Index of the statement, in its migration and direction, that took it. */
  readonly statement: number;
  readonly migration: number;
}
