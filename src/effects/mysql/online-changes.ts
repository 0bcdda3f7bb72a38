import type { Server } from '../../server/server.ts';
import { columnOf, MARIADB_COLUMNS, MYSQL_COLUMNS, releaseOf } from './versions.ts';

/** What the server does for an ALTER, quickest first; NOCOPY is MariaDB's word for INPLACE without a rebuild. */
export const ALGORITHMS = ['INSTANT', 'NOCOPY', 'INPLACE', 'COPY'] as const;
export type Algorithm = (typeof ALGORITHMS)[number];

/** Who may use the table meanwhile: everyone, readers, nobody. */
export const PERMITTED_LOCKS = ['NONE', 'SHARED', 'EXCLUSIVE'] as const;
export type PermittedLock = (typeof PERMITTED_LOCKS)[number];

/** How a server makes one change of a table. */
export interface OnlineChange {
  /** Left out where the statement knows no ALGORITHM clause. */
  readonly algorithm?: Algorithm;
  /** Every row is written anew. */
  readonly rebuild: boolean;
  /** The weakest LOCK= that the server takes. */
  readonly lock: PermittedLock;
  /** How it is made beside another change that is not instant, and with ALGORITHM=INPLACE. */
  readonly otherwise?: OnlineChange;
  /** How many row versions a table can have where such a change leaves one; with none left it is made `otherwise`. */
  readonly rowVersionLimit?: number;
  /** What becomes of ALGORITHM= and LOCK= where the server does not go by them. */
  readonly clauses?: 'syntax error' | 'ignored';
}

const change = (algorithm: Algorithm, rebuild: boolean, lock: PermittedLock): OnlineChange => ({
  algorithm,
  rebuild,
  lock,
});

const INSTANT = change('INSTANT', false, 'NONE');
const NOCOPY = change('NOCOPY', false, 'NONE');
const NOCOPY_SHARED = change('NOCOPY', false, 'SHARED');
const INPLACE = change('INPLACE', false, 'NONE');
const INPLACE_SHARED = change('INPLACE', false, 'SHARED');
const REBUILD = change('INPLACE', true, 'NONE');
const REBUILD_SHARED = change('INPLACE', true, 'SHARED');
const COPY = change('COPY', true, 'SHARED');
/** MariaDB 11.2 copies while others write (MDEV-16329). */
const ONLINE_COPY = change('COPY', true, 'NONE');
/** Instant alone; beside other work, and with ALGORITHM=INPLACE, the table is rebuilt. */
const INSTANT_OR_REBUILD: OnlineChange = { ...INSTANT, otherwise: REBUILD };
/** MariaDB takes ALGORITHM=INSTANT and copies all the same (measured). */
const COPY_WHATEVER: OnlineChange = { ...COPY, clauses: 'ignored' };
/** Everyone waits for the moment that the name changes. */
const EXCLUSIVELY = { lock: 'EXCLUSIVE' } as const;

/** ALGORITHM=DEFAULT and LOCK=DEFAULT only. */
const unnamed = (rebuild: boolean, lock: PermittedLock): OnlineChange => ({ rebuild, lock, clauses: 'syntax error' });

type MysqlRow = Readonly<Partial<Record<(typeof MYSQL_COLUMNS)[number], OnlineChange>> & { '5.7': OnlineChange }>;
type MariadbRow = Readonly<Partial<Record<(typeof MARIADB_COLUMNS)[number], OnlineChange>> & { '10.0': OnlineChange }>;

/** The same in all releases. */
const always = (one: OnlineChange): MysqlRow & MariadbRow => ({ '5.7': one, '10.0': one });
/** Metadata only: instant from MySQL 8.0.12 on, in place before. */
const METADATA: MysqlRow = { '5.7': INPLACE, '8.0.12': INSTANT };
const MARIADB_METADATA: MariadbRow = { '10.0': INPLACE, '10.3': INSTANT };
const MARIADB_COPY: MariadbRow = { '10.0': COPY, '11.2': ONLINE_COPY };
const MARIADB_ADD_INDEX: MariadbRow = { '10.0': INPLACE, '10.3': NOCOPY };
const MARIADB_SHARED_INDEX: MariadbRow = { '10.0': INPLACE_SHARED, '10.3': NOCOPY_SHARED };
/** MySQL 8.4 and 9 manual, 17.12.1 "Online DDL Operations": TOTAL_ROW_VERSIONS is 64 at most, 255 as of 9.1. */
const ROW_VERSION: MysqlRow = {
  '5.7': REBUILD,
  '8.0.29': { ...INSTANT_OR_REBUILD, rowVersionLimit: 64 },
  '9.1': { ...INSTANT_OR_REBUILD, rowVersionLimit: 255 },
};
/** A column that comes, goes or moves. */
const MARIADB_MOVED_COLUMN: MariadbRow = { '10.0': REBUILD, '10.4': INSTANT_OR_REBUILD };

/**
 * How each change is made. MySQL: the manual's tables "Online DDL Support for …" of 5.7, 8.0, 8.4 and 9 (section "Online DDL
 * Operations", fixtures/ground-truth/mysql.json), with the releases that its notes name. What the manual does not list is
 * judged as a copy. MariaDB: measured on 10.11 (fixtures/ground-truth/mariadb.json); 10.3 and before from the manual's pages on
 * InnoDB's online DDL, as is 11.2.
 */
const ONLINE_CHANGES = {
  'add index': { mysql: always(INPLACE), mariadb: MARIADB_ADD_INDEX },
  'add first fulltext index': { mysql: always(REBUILD_SHARED), mariadb: always(REBUILD_SHARED) },
  'add fulltext index': { mysql: always(INPLACE_SHARED), mariadb: MARIADB_SHARED_INDEX },
  'add spatial index': { mysql: always(INPLACE_SHARED), mariadb: MARIADB_SHARED_INDEX },
  'drop index': { mysql: always(INPLACE), mariadb: MARIADB_ADD_INDEX },
  'rename index': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'change index type': { mysql: METADATA, mariadb: MARIADB_ADD_INDEX },
  'change index visibility': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'add primary key': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'drop primary key': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'add column': {
    mysql: { ...ROW_VERSION, '8.0.12': INSTANT_OR_REBUILD },
    mariadb: { '10.0': REBUILD, '10.3': INSTANT_OR_REBUILD },
  },
  'add column in a place': { mysql: ROW_VERSION, mariadb: MARIADB_MOVED_COLUMN },
  'add column beside virtual columns': { mysql: ROW_VERSION, mariadb: MARIADB_COPY },
  'change columns where none is instant': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'add auto-increment column': { mysql: always(REBUILD_SHARED), mariadb: always(REBUILD_SHARED) },
  'add column with expression default': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'add stored column': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'add virtual column': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'drop column': { mysql: ROW_VERSION, mariadb: MARIADB_MOVED_COLUMN },
  'drop stored column': { mysql: always(REBUILD), mariadb: MARIADB_MOVED_COLUMN },
  'drop virtual column': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'rename column': { mysql: { '5.7': INPLACE, '8.0.28': INSTANT }, mariadb: MARIADB_METADATA },
  'rename referenced column': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'change default': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'change column metadata': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'reorder columns': { mysql: always(REBUILD), mariadb: MARIADB_MOVED_COLUMN },
  'reorder generated column': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'change type': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'extend varchar': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'append enum members': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'change collation': { mysql: always(COPY), mariadb: { '10.0': COPY, '10.4': INSTANT } },
  'change collation of indexed column': { mysql: always(COPY), mariadb: { '10.0': COPY, '10.4': NOCOPY } },
  'make nullable': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'make not null': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'make not null beside stored columns': { mysql: always(REBUILD), mariadb: MARIADB_COPY },
  'change stored expression': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'change virtual expression': { mysql: always(COPY), mariadb: MARIADB_METADATA },
  'add foreign key': { mysql: always(COPY), mariadb: MARIADB_COPY },
  'add foreign key unchecked': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'drop foreign key': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  // Read and forgotten before MySQL 8.0.16.
  'add check': { mysql: { '5.7': INPLACE, '8.0.16': COPY }, mariadb: MARIADB_COPY },
  'change check': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'rename table': {
    mysql: METADATA,
    mariadb: { '10.0': { ...INPLACE, ...EXCLUSIVELY }, '10.3': { ...INSTANT, ...EXCLUSIVELY } },
  },
  'change table comment': { mysql: METADATA, mariadb: MARIADB_METADATA },
  'change table metadata': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'set auto-increment value': { mysql: always(INPLACE), mariadb: MARIADB_METADATA },
  'rebuild table': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'rebuild table beside fulltext': { mysql: always(COPY), mariadb: always(REBUILD_SHARED) },
  'change engine': { mysql: always(COPY), mariadb: always(COPY_WHATEVER) },
  'change row format': { mysql: always(REBUILD), mariadb: always(REBUILD) },
  'set character set': { mysql: { '5.7': REBUILD_SHARED, '8.0': REBUILD }, mariadb: MARIADB_METADATA },
  'convert character set': { mysql: { '5.7': COPY, '8.0': REBUILD_SHARED }, mariadb: MARIADB_COPY },
  'change encryption': { mysql: always(COPY), mariadb: always(REBUILD) },
  'add system versioning': { mysql: always(COPY), mariadb: always(COPY) },
  'drop system versioning': { mysql: always(COPY), mariadb: always(REBUILD_SHARED) },
  'order rows': { mysql: always(COPY), mariadb: always(COPY) },
  'switch keys': { mysql: always({ ...INPLACE, ...EXCLUSIVELY }), mariadb: always({ ...INSTANT, ...EXCLUSIVELY }) },
  'exchange tablespace file': {
    mysql: always(unnamed(false, 'EXCLUSIVE')),
    mariadb: always(unnamed(false, 'EXCLUSIVE')),
  },
  'partition table': { mysql: always(COPY), mariadb: always(COPY_WHATEVER) },
  'add range partition': {
    mysql: { '5.7': unnamed(false, 'SHARED'), '8.0': INPLACE },
    mariadb: always(unnamed(false, 'SHARED')),
  },
  'add hash partition': {
    mysql: { '5.7': unnamed(true, 'SHARED'), '8.0': REBUILD_SHARED },
    mariadb: always(unnamed(true, 'SHARED')),
  },
  'drop partition': {
    mysql: { '5.7': unnamed(false, 'SHARED'), '8.0': INPLACE },
    mariadb: always(unnamed(false, 'EXCLUSIVE')),
  },
  'truncate partition': { mysql: always(INPLACE), mariadb: always(unnamed(false, 'EXCLUSIVE')) },
  'move partition rows': {
    mysql: { '5.7': unnamed(true, 'SHARED'), '8.0': REBUILD_SHARED },
    mariadb: always(unnamed(true, 'SHARED')),
  },
  'exchange partition': { mysql: always(INPLACE), mariadb: always(unnamed(false, 'EXCLUSIVE')) },
  'check partition': { mysql: always(INPLACE), mariadb: always(unnamed(false, 'SHARED')) },
  'optimize partition': { mysql: always(unnamed(true, 'SHARED')), mariadb: always(unnamed(true, 'SHARED')) },
} as const satisfies Readonly<Record<string, { readonly mysql: MysqlRow; readonly mariadb: MariadbRow }>>;

export type ChangeKind = keyof typeof ONLINE_CHANGES;

/** How a server makes a change of a table in InnoDB. */
export function onlineChange(kind: ChangeKind, server: Server): OnlineChange {
  const { mysql, mariadb } = ONLINE_CHANGES[kind];
  const [row, columns]: readonly [Readonly<Record<string, OnlineChange | undefined>>, readonly string[]] =
    server.dialect === 'mariadb' ? [mariadb, MARIADB_COLUMNS] : [mysql, MYSQL_COLUMNS];
  const filled = columns.filter(column => row[column] !== undefined);
  return row[columnOf(filled, releaseOf(server))] ?? COPY;
}

/** How a table is copied, with ALGORITHM=COPY. */
export function copied(server: Server): OnlineChange {
  return onlineChange('change type', server);
}
