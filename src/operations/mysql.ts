import type { Range } from '../source/source-file.ts';
import type { ColumnDefinition, IndexElement, PartitionDefinition, PartitionKey } from './definitions.ts';
import type { ObjectName } from './names.ts';
import type { OnTable, OperationBase } from './operations.ts';

/** Where ADD COLUMN, MODIFY or CHANGE puts the column; left out where the clause does not say. */
export type ColumnPosition = 'first' | { readonly after: string };

/** The clauses of MySQL's and MariaDB's ALTER TABLE that no other dialect has. */
export type MysqlTableOperation =
  /**
   * MODIFY and CHANGE: the definition replaces the whole of the old one, so that NOT NULL, DEFAULT, COMMENT and the like that
   * it leaves out are gone afterwards. Keys and CHECK constraints stay.
   */
  | (OnTable & {
      readonly kind: 'redefineColumn';
      /** The column as it is called before. */
      readonly column: string;
      /** The new definition; its name is the new one. */
      readonly definition: ColumnDefinition;
      /** CHANGE to another name. */
      readonly newName?: string;
      readonly ifExists: boolean;
      readonly position?: ColumnPosition;
    })
  /** CONVERT TO CHARACTER SET: every text column of the table. */
  | (OnTable & {
      readonly kind: 'convertCharset';
      /** In lower case; `default` for the database's. */
      readonly charset: string;
      readonly collation?: string;
    })
  | (OnTable & { readonly kind: 'orderRows'; readonly elements: readonly IndexElement[] })
  /** FORCE: the table is rebuilt. */
  | (OnTable & { readonly kind: 'forceRebuild' })
  | (OnTable & { readonly kind: 'renameIndex'; readonly index: string; readonly newName: string })
  /** ALTER INDEX … VISIBLE / INVISIBLE; MariaDB says NOT IGNORED / IGNORED. */
  | (OnTable & { readonly kind: 'setIndexVisibility'; readonly index: string; readonly visible: boolean })
  /** ENABLE KEYS, DISABLE KEYS. */
  | (OnTable & { readonly kind: 'switchKeys'; readonly enable: boolean })
  | (OnTable & { readonly kind: 'tablespaceFile'; readonly action: 'import' | 'discard' })
  | (OnTable & { readonly kind: 'systemVersioning'; readonly change: 'add' | 'drop' })
  | (OnTable & {
      readonly kind: 'partitionTable';
      readonly partitionBy: PartitionKey;
      readonly partitions: readonly PartitionDefinition[];
      /** PARTITIONS n. */
      readonly count?: number;
    })
  | (OnTable & { readonly kind: 'removePartitioning' })
  | (OnTable & {
      readonly kind: 'addPartition';
      readonly partitions: readonly PartitionDefinition[];
      /** ADD PARTITION PARTITIONS n, of a table partitioned by hash or key. */
      readonly count?: number;
      readonly ifNotExists: boolean;
    })
  | (OnTable & { readonly kind: 'dropPartition'; readonly partitions: readonly string[]; readonly ifExists: boolean })
  | (OnTable & { readonly kind: 'truncatePartition'; readonly partitions: readonly string[] | 'all' })
  | (OnTable & { readonly kind: 'coalescePartition'; readonly count: number })
  | (OnTable & {
      readonly kind: 'reorganizePartition';
      /** Empty where the statement names none. */
      readonly partitions: readonly string[];
      readonly into: readonly PartitionDefinition[];
    })
  | (OnTable & {
      readonly kind: 'exchangePartition';
      readonly partition: string;
      readonly with: ObjectName;
      /** WITHOUT VALIDATION makes it false. */
      readonly validation: boolean;
    })
  | (OnTable & {
      readonly kind: 'maintainPartition';
      readonly action:
        | 'analyze'
        | 'check'
        | 'optimize'
        | 'rebuild'
        | 'repair'
        | 'discard tablespace'
        | 'import tablespace';
      readonly partitions: readonly string[] | 'all';
    })
  /**
   * ALGORITHM= and LOCK= of ALTER TABLE, CREATE INDEX and DROP INDEX; WITH / WITHOUT VALIDATION; MariaDB's WAIT n and NOWAIT;
   * ONLINE = in the options of SQL Server's ALTER TABLE.
   * It stands in the statement beside what it is about.
   */
  | (OnTable & {
      readonly kind: 'ddlOption';
      readonly option: 'algorithm' | 'lock' | 'validation' | 'wait' | 'online';
      /**
       * In lower case: `instant`, `inplace`, `nocopy`, `copy`, `default`; `none`, `shared`, `exclusive`; `with`, `without`; seconds;
       * `on`, `off`.
       */
      readonly value: string;
      /** Of the value alone. */
      readonly valueRange: Range;
    });

/** Statements of MySQL and MariaDB on whole tables that change no definition. */
export type MysqlStatement =
  | (OperationBase & {
      readonly kind: 'optimizeTable' | 'checkTable' | 'repairTable';
      readonly tables: readonly ObjectName[];
    })
  | (OperationBase & { readonly kind: 'unlockTables' });
