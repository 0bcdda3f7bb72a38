import type { Map as PersistentMap } from 'immutable';
import type { LockMode } from '../operations/operations.ts';
import type { Dialect } from '../server/server.ts';
import type { ObjectId, Schema } from './schema.ts';

/** What a statement meets: the schema, the session's settings, and the transaction that is open. Immutable; see {@link Schema}. */
export interface State {
  readonly dialect: Dialect;
  /** Of the server; left out where nobody says it. */
  readonly version?: string;
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
  /**
   * The members of a list, as search_path has them. A search_path that only the run knows has one made-up member (`?12`), so
   * that what is created under it is found again under it, and nothing else is.
   */
  readonly values: readonly string[];
  /** SET LOCAL … TO DEFAULT: hides the session's value until the transaction ends. */
  readonly isDefault?: true;
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
      /** SET CONSTRAINTS: deferred or not, by constraint name; the key `''` stands for ALL. */
      readonly deferral: PersistentMap<string, boolean>;
      /** It is part of several statements sent as one query: where it ends, the next such transaction begins. */
      readonly implicit?: true;
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
  readonly pendingEvents: readonly ObjectId[];
  readonly deferral: PersistentMap<string, boolean>;
}

export interface HeldLock {
  readonly relation: ObjectId;
  readonly mode: LockMode;
  /** Index of the statement, in its migration and direction, that took it. */
  readonly statement: number;
  readonly migration: number;
}
