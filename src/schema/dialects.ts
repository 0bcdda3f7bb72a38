import { atLeast, type Dialect } from '../server/server.ts';
import type { State } from './state.ts';

/** What sets the catalogue of one server apart from that of another, as far as a replay has to know it. */
export interface CatalogueFacts {
  /** Whether an index's name is one among all relations of its schema, or among the indexes of its table. */
  readonly indexNames: 'schema' | 'table';
  /** The name of every primary key, whatever it was given. */
  readonly primaryKeyName?: string;
  /** How an index without a name is called: as PostgreSQL joins table and columns, or after its first column. */
  readonly indexNaming: 'joined' | 'first column';
  /** The number-th name that the server makes up for a constraint of a table; left out where it joins names as PostgreSQL does. */
  readonly constraintNaming?: {
    readonly check: (table: string, number: number) => string;
    readonly fkey: (table: string, number: number) => string;
  };
  /** Whether a statement can name a key or a foreign key: only then does the name matter. */
  readonly constraintsHaveNames: boolean;
  /** Two keys over the same columns in one CREATE TABLE are made once. */
  readonly mergesDoubleKeys: boolean;
  /** An index is made behind a foreign key that none serves. */
  readonly indexesForeignKeys: boolean;
  /** A foreign key names its table: it outlives the table, and means the next one of that name. */
  readonly referencesByName: boolean;
  /** The first release that heeds REFERENCES at a column, which earlier ones read and forget; left out where all do. */
  readonly columnReferencesSince?: string;
  /** Whether indexes over several columns lose a dropped one, or go with it. */
  readonly dropColumn: 'drops indexes' | 'shrinks indexes';
  /** Column names that differ in case alone are one. */
  readonly foldsColumns: boolean;
  /** A definition commits the transaction that is open. */
  readonly definitionsCommit: boolean;
  /** Enforcing a constraint that was not checks the rows there are. */
  readonly enforcingChecks: boolean;
  /** Settings that stay as they are where a transaction is open, whatever it is told. */
  readonly fixedInTransaction?: readonly string[];
  /** The session's setting that names the schema of names without one. */
  readonly currentSchema: string;
  /** The schema of names without one where no setting names another. */
  readonly defaultSchema: string;
  readonly systemSchemas: readonly string[];
  /** What names of system relations begin with. */
  readonly systemPrefix: string | undefined;
}

const POSTGRES: CatalogueFacts = {
  indexNames: 'schema',
  indexNaming: 'joined',
  constraintsHaveNames: true,
  mergesDoubleKeys: true,
  indexesForeignKeys: false,
  referencesByName: false,
  dropColumn: 'drops indexes',
  foldsColumns: false,
  definitionsCommit: false,
  enforcingChecks: true,
  currentSchema: 'search_path',
  defaultSchema: 'public',
  systemSchemas: ['pg_catalog', 'information_schema'],
  systemPrefix: 'pg_',
};

/**
 * MySQL 8.4 manual: 15.1.20 CREATE TABLE (key names), 15.1.20.5 FOREIGN KEY Constraints (the index behind one; REFERENCES at a
 * column is ignored), 15.1.20.6 CHECK (names), 15.1.9 ALTER TABLE (DROP COLUMN takes a column out of its indexes), 15.3.3
 * implicit commits, 11.2.3 identifier case.
 */
const MYSQL: CatalogueFacts = {
  indexNames: 'table',
  primaryKeyName: 'PRIMARY',
  indexNaming: 'first column',
  constraintNaming: {
    check: (table, number) => `${table}_chk_${number}`,
    fkey: (table, number) => `${table}_ibfk_${number}`,
  },
  constraintsHaveNames: true,
  mergesDoubleKeys: false,
  indexesForeignKeys: true,
  // With foreign_key_checks off, without which a referenced table cannot be dropped.
  referencesByName: true,
  // MySQL 9.0 release notes: "MySQL now enforces inline foreign key specifications".
  columnReferencesSince: '9.0',
  dropColumn: 'shrinks indexes',
  foldsColumns: true,
  definitionsCommit: true,
  enforcingChecks: true,
  currentSchema: 'database',
  defaultSchema: 'public',
  systemSchemas: ['information_schema', 'mysql', 'performance_schema', 'sys'],
  systemPrefix: undefined,
};

const FACTS: Readonly<Record<Dialect, CatalogueFacts>> = {
  postgres: POSTGRES,
  mysql: MYSQL,
  // MariaDB numbers the CHECKs of a table without its name.
  mariadb: {
    ...MYSQL,
    // Knowledge base, "MariaDB 10.5 changes"; measured on 10.11.
    columnReferencesSince: '10.5',
    constraintNaming: { ...MYSQL.constraintNaming!, check: (_, number) => `CONSTRAINT_${number}` },
  },
  // sqlite.org/lang_createindex.html, lang_altertable.html: an indexed column cannot be dropped.
  sqlite: {
    ...POSTGRES,
    // sqlite.org/lang_altertable.html: no form of ALTER TABLE names a key or a foreign key.
    constraintsHaveNames: false,
    // sqlite.org/foreignkeys.html, 5 "CREATE, ALTER and DROP TABLE commands"
    referencesByName: true,
    foldsColumns: true,
    // sqlite.org/pragma.html#pragma_foreign_keys: "This pragma is a no-op within a transaction".
    fixedInTransaction: ['foreign_keys'],
    currentSchema: 'database',
    systemSchemas: [],
    systemPrefix: 'sqlite_',
  },
  sqlserver: {
    ...POSTGRES,
    indexNames: 'table',
    foldsColumns: true,
    // "ALTER TABLE (Transact-SQL)": CHECK CONSTRAINT is WITH NOCHECK unless it says otherwise.
    enforcingChecks: false,
    // A login's default schema is no setting of the session.
    currentSchema: 'default_schema',
    defaultSchema: 'dbo',
    systemSchemas: ['sys', 'INFORMATION_SCHEMA'],
    systemPrefix: undefined,
  },
  // An index's name is one among those of its collection.
  mongodb: { ...POSTGRES, indexNames: 'table', systemSchemas: ['admin', 'config', 'local'], systemPrefix: 'system.' },
};

/** Releases that stand in where nobody says the version: MySQL's newest long-term one, MariaDB's newest. */
const USUAL: Readonly<Partial<Record<Dialect, string>>> = { mysql: '8.4', mariadb: '11.8' };

/** Whether REFERENCES written at a column makes a foreign key. */
export function heedsColumnReferences({ dialect, version }: Pick<State, 'dialect' | 'version'>): boolean {
  const since = FACTS[dialect].columnReferencesSince;
  return since === undefined || atLeast({ version: version ?? USUAL[dialect] ?? '0' }, since);
}

/** What sets apart the server that a state is of. */
export function catalogueOf({ dialect }: Pick<State, 'dialect'>): CatalogueFacts {
  return FACTS[dialect];
}
