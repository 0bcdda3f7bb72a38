import type { LockMode } from '../operations/operations.ts';
import type { ObjectId } from '../schema/schema.ts';
import type { Range } from '../source/source-file.ts';

/**
 * What one statement does on a given server, in the state it meets. Made by `effects(statement, state, server)`; the only
 * lock knowledge in Surefoot. Relations that the statement itself creates are left out of `locks`: nobody else can see them.
 */
export interface Effects {
  /** False where something decisive cannot be told from the migrations; `unknowns` says what. */
  readonly known: boolean;
  /** Sentences for the reader: "the old type of users.name is not known: judged as if it rewrites". */
  readonly unknowns: readonly string[];
  /** Strongest mode per relation, in the order the server takes them. */
  readonly locks: readonly Lock[];
  /** Tables and materialized views that are written anew, or copied. */
  readonly rewrites: readonly AffectedRelation[];
  /** Tables that are read from end to end by the statement itself. */
  readonly scans: readonly AffectedRelation[];
  readonly indexBuilds: readonly IndexBuild[];
  /** Relations whose readers / writers wait while the locks are held. */
  readonly blocksReads: readonly AffectedRelation[];
  readonly blocksWrites: readonly AffectedRelation[];
  /** What decides how long it takes: nothing that grows with the table, or the work named. The longest one. */
  readonly duration: Duration;
  /** When its locks are let go, in the transaction it runs in. */
  readonly releasedAt: 'statement' | 'commit';
  /** Whether the server accepts it inside a transaction block. */
  readonly transaction: 'allowed' | 'forbidden';
  /** Fails when the table has rows (or rows that break the new rule); each with the reason. */
  readonly failsOnRows: readonly RowFailure[];
  /** Fails whatever the data: what the known schema proves. */
  readonly failures: readonly Failure[];
  /** Dependents that CASCADE takes along. */
  readonly drops: readonly AffectedRelation[];
  /** MySQL, MariaDB: the algorithm the server picks, whether it rebuilds the table, whether writes go on. */
  readonly algorithm?: 'INSTANT' | 'INPLACE' | 'NOCOPY' | 'COPY';
  readonly rebuild?: boolean;
  /** Whether others may read, and write, the table while it works; left out where the server has no such choice to tell. */
  readonly concurrentReads?: boolean;
  readonly concurrentWrites?: boolean;
  /** SQL Server: whether ONLINE = ON is written, could be, or is refused by the edition; left out where no clause takes it. */
  readonly online?: 'on' | 'available' | 'unavailable';
  /** SQLite: one connection writes at a time, whatever the table: writers of every table wait. */
  readonly oneWriter?: true;
  /** MySQL: the row versions of the table that columns came or went by; left out where the statement has nothing to do with them. */
  readonly rowVersions?: RowVersions;
  /** The weakest LOCK= that the server takes: who may use the table meanwhile is everyone, readers, nobody. */
  readonly leastLock?: 'NONE' | 'SHARED' | 'EXCLUSIVE';
  /** ALGORITHM= and LOCK= clauses that the server does not go by; left out where there are none. */
  readonly clauses?: readonly ClauseVerdict[];
}

/** What a server says of a change of a table beside what every server says. */
export type OnlineEffects = Pick<
  Effects,
  | 'algorithm'
  | 'rebuild'
  | 'rowVersions'
  | 'concurrentReads'
  | 'concurrentWrites'
  | 'leastLock'
  | 'clauses'
  | 'oneWriter'
  | 'online'
>;

/** How many row versions a table has once a statement that needs one is done, or had where none was left for it. */
export interface RowVersions {
  readonly used: number;
  readonly most: number;
}

/** An ALGORITHM= or LOCK= clause that the server stops at, or takes and does otherwise. */
export interface ClauseVerdict {
  /** `ALGORITHM=INSTANT`. */
  readonly clause: string;
  readonly outcome: 'refused' | 'ignored';
  /** What the server says, or does. */
  readonly message: string;
  /** The clause, where it stands. */
  readonly range: Range;
}

export interface AffectedRelation {
  /** Undefined for a relation that the schema does not hold. */
  readonly id?: ObjectId;
  readonly schema: string;
  readonly name: string;
}

export interface Lock extends AffectedRelation {
  readonly mode: LockMode;
  /** False where it is taken only if something holds that cannot be known. */
  readonly known: boolean;
  /** Taken for a moment at the end, once nobody uses the relation any more: nobody waits for it. */
  readonly momentary?: true;
  /** What the statement calls a relation that the schema does not hold; a table where left out. */
  readonly relationKind?: 'index' | 'view' | 'sequence';
}

export interface IndexBuild extends AffectedRelation {
  readonly table: AffectedRelation;
}

export type Duration = 'instant' | 'scan' | 'index build' | 'rewrite' | 'data';

export interface RowFailure {
  readonly relation: AffectedRelation;
  readonly reason:
    | 'not null'
    | 'check'
    | 'foreign key'
    | 'unique'
    | 'exclude'
    | 'partition'
    | 'cast'
    | 'too long'
    | 'pending events'
    | 'default'
    | 'generated';
  /** True when any row makes it fail (ADD COLUMN NOT NULL without default), false when only rows that break the rule do. */
  readonly anyRow: boolean;
  readonly column?: string;
  /** What the server would say, where no rule of its own tells it. */
  readonly message?: string;
}

export interface Failure {
  /** SQLSTATE. */
  readonly code: string;
  /** What the server would say, in its own terms. */
  readonly message: string;
}
