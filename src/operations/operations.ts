import type { Range } from '../source/source-file.ts';
import type { DataType } from './data-types.ts';
import type {
  CheckConstraint,
  ColumnDefinition,
  ConstraintDefinition,
  ExcludeConstraint,
  ForeignKeyConstraint,
  IndexDefinition,
  IndexElement,
  IndexKind,
  KeyConstraint,
  NotNullConstraint,
  PartitionBound,
  PartitionDefinition,
  PartitionKey,
  StorageOption,
} from './definitions.ts';
import type { Expression, WrittenExpression } from './expressions.ts';
import type { MongoOperation } from './mongo.ts';
import type { ColumnPosition, MysqlStatement, MysqlTableOperation } from './mysql.ts';
import type { ObjectName } from './names.ts';
import type { Query, TableReference } from './queries.ts';

/**
 * What a migration does, in the database's own terms. Parsers make operations, the schema replays them, `effects` says what
 * the server does for them, rules judge them. A new kind is added here, in `schema/apply`, and in `effects`; what no kind
 * covers is `other`, and what could not be read at all is `unreadable`: nothing is dropped.
 */
export type Operation =
  | DefinitionOperation
  | DataChange
  | QueryOperation
  | SessionOperation
  | MongoOperation
  | UnmodelledOperation;

export type OperationKind = Operation['kind'];
export type OperationOf<Kind extends OperationKind> = WithKind<Operation, Kind>;

/** The members of a union whose `kind` is, or may be, the given one: some members stand for several kinds. */
type WithKind<Member extends Operation, Kind> = Member extends unknown
  ? Kind extends Member['kind']
    ? Member
    : never
  : never;

/** What every operation has. */
export interface OperationBase {
  /** Where it stands: the whole statement, or its own clause of an ALTER TABLE. */
  readonly range: Range;
  /** The few words that name it, for squiggles and annotations: `CREATE UNIQUE INDEX users_email_idx`, `ALTER COLUMN a SET NOT NULL`. */
  readonly head: Range;
  /** The loops, branches and handlers around it, outermost first; left out where there are none. */
  readonly blocks?: readonly Block[];
  /** Places of keywords that edits attach to. */
  readonly anchors?: Readonly<Partial<Record<AnchorName, Range>>>;
  /** What the server receives, where the file spells it otherwise: calls of a library, escapes in a string. */
  readonly sent?: SentSql;
}

/** SQL that is made of code, or decoded. */
export interface SentSql {
  readonly text: string;
  /** Which of all operations of the text it is, counted from 0. */
  readonly place: number;
}

/**
 * - `object`: the keyword of the object kind (INDEX in CREATE INDEX, TABLE in DROP TABLE): IF EXISTS and CONCURRENTLY go after it
 * - `column`: the keyword COLUMN in ADD / DROP COLUMN, or the verb where COLUMN was left out
 * - `type`: the type of a column definition or a type change
 * - `concurrently`, `ifExists` (also IF NOT EXISTS), `cascade`, `notValid`, `notNull`, `default`, `using`: that clause, where it stands
 */
export type AnchorName =
  | 'object'
  | 'column'
  | 'type'
  | 'concurrently'
  | 'ifExists'
  | 'cascade'
  | 'notValid'
  | 'notNull'
  | 'default'
  | 'using';

/** Control flow around an operation: in a DO block, a procedure, or the code of an ORM migration. */
export type Block =
  | {
      readonly kind: 'loop';
      readonly range: Range;
      /** Whether its body commits. */
      readonly commits: boolean;
      /** Whether its body sleeps. */
      readonly pauses: boolean;
      /** Whether it ends after a number of rounds that can be known: a FOR over literals. */
      readonly bound: 'literal' | 'unknown';
    }
  /** A branch that the run may or may not take. */
  | { readonly kind: 'branch'; readonly range: Range; readonly condition?: WrittenExpression }
  /** A block whose errors are caught (`EXCEPTION WHEN …`, `try`): inside it a failure undoes the block and the run goes on. */
  | { readonly kind: 'handler'; readonly range: Range; readonly part: 'body' | 'handler' };

/* ---------------------------------------------------------------- Definitions: tables */

export type DefinitionOperation =
  | CreateTable
  | DropTable
  | AlterTableOperation
  | MysqlTableOperation
  | MysqlStatement
  | IndexOperation
  | ViewOperation
  | TypeOperation
  | SequenceOperation
  | RoutineOperation
  | TriggerOperation
  | PolicyOperation
  | SchemaOperation
  | GenericObjectOperation
  | MaintenanceOperation;

export interface CreateTable extends OperationBase {
  readonly kind: 'createTable';
  readonly table: ObjectName;
  readonly ifNotExists: boolean;
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  readonly foreign?: true;
  readonly columns: readonly ColumnDefinition[];
  /** Table constraints; those written at a column are in the column. */
  readonly constraints: readonly ConstraintDefinition[];
  /** Indexes written among the columns (MySQL's KEY, FULLTEXT …); those of keys are in the constraints. */
  readonly indexes?: readonly IndexDefinition[];
  readonly partitionBy?: PartitionKey;
  /** Partitions written in the statement itself, as MySQL has them. */
  readonly partitions?: readonly PartitionDefinition[];
  readonly partitionOf?: { readonly parent: ObjectName; readonly bound: PartitionBound };
  readonly inherits: readonly ObjectName[];
  readonly like: readonly { readonly table: ObjectName; readonly including: readonly LikeOption[] }[];
  /** CREATE TABLE AS and SELECT INTO: the columns come from the query. */
  readonly query?: Query;
  /** False for WITH NO DATA. */
  readonly withData?: boolean;
  readonly ofType?: ObjectName;
  readonly onCommit?: 'drop' | 'delete rows' | 'preserve rows';
  readonly accessMethod?: string;
  readonly tablespace?: string;
  readonly options: readonly StorageOption[];
}

export type LikeOption =
  | 'comments'
  | 'compression'
  | 'constraints'
  | 'defaults'
  | 'generated'
  | 'identity'
  | 'indexes'
  | 'statistics'
  | 'storage';

/** One relation of a DROP TABLE; a statement that names several has an operation for each. */
export interface DropTable extends OperationBase {
  readonly kind: 'dropTable';
  readonly table: ObjectName;
  readonly ifExists: boolean;
  readonly cascade: boolean;
  readonly foreign?: true;
}

/** What the sub-commands of one ALTER TABLE share. */
export interface OnTable extends OperationBase {
  readonly table: ObjectName;
  /** ALTER TABLE IF EXISTS. */
  readonly tableIfExists?: true;
  /** ALTER TABLE ONLY: partitions and children are left alone. */
  readonly only?: true;
}

interface OnColumn extends OnTable {
  readonly column: string;
}

/** The sub-commands of ALTER TABLE. One ALTER TABLE is one statement of several of these. */
export type AlterTableOperation =
  | (OnTable & {
      readonly kind: 'addColumn';
      readonly column: ColumnDefinition;
      readonly ifNotExists: boolean;
      readonly position?: ColumnPosition;
    })
  | (OnColumn & { readonly kind: 'dropColumn'; readonly ifExists: boolean; readonly cascade: boolean })
  | (OnColumn & { readonly kind: 'renameColumn'; readonly newName: string; readonly relationKind: RelationKind })
  | (OnColumn & {
      readonly kind: 'alterColumnType';
      readonly type: DataType;
      readonly collation?: ObjectName;
      readonly using?: WrittenExpression;
    })
  | (OnColumn & {
      readonly kind: 'setDefault';
      readonly default: WrittenExpression;
      /** The name that SQL Server's constraint behind it was given. */
      readonly constraintName?: string;
    })
  | (OnColumn & { readonly kind: 'dropDefault' })
  | (OnColumn & { readonly kind: 'setNotNull' })
  | (OnColumn & { readonly kind: 'dropNotNull' })
  | (OnColumn & { readonly kind: 'setExpression'; readonly expression: WrittenExpression })
  | (OnColumn & { readonly kind: 'dropExpression'; readonly ifExists: boolean })
  | (OnColumn & { readonly kind: 'addIdentity'; readonly identity: 'always' | 'by default' })
  | (OnColumn & {
      readonly kind: 'alterIdentity';
      readonly identity?: 'always' | 'by default';
      readonly restart?: true;
    })
  | (OnColumn & { readonly kind: 'dropIdentity'; readonly ifExists: boolean })
  | (OnColumn & { readonly kind: 'setColumnStatistics' })
  | (OnColumn & { readonly kind: 'setColumnOptions'; readonly options: readonly StorageOption[] })
  | (OnColumn & { readonly kind: 'setColumnStorage'; readonly storage: string })
  | (OnColumn & { readonly kind: 'setColumnCompression'; readonly compression: string })
  | (OnTable & { readonly kind: 'addCheck'; readonly constraint: CheckConstraint })
  | (OnTable & { readonly kind: 'addNotNullConstraint'; readonly constraint: NotNullConstraint })
  | (OnTable & { readonly kind: 'addUnique'; readonly constraint: KeyConstraint & { readonly type: 'unique' } })
  | (OnTable & { readonly kind: 'addPrimaryKey'; readonly constraint: KeyConstraint & { readonly type: 'primaryKey' } })
  | (OnTable & { readonly kind: 'addForeignKey'; readonly constraint: ForeignKeyConstraint })
  | (OnTable & { readonly kind: 'addExclude'; readonly constraint: ExcludeConstraint })
  | (OnTable & { readonly kind: 'validateConstraint'; readonly name: string })
  | (OnTable & {
      readonly kind: 'alterConstraint';
      readonly name: string;
      readonly enforced?: boolean;
      readonly deferrable?: boolean;
      readonly initiallyDeferred?: boolean;
      readonly inherit?: boolean;
    })
  | (OnTable & {
      readonly kind: 'dropConstraint';
      /** MySQL's DROP PRIMARY KEY has the name that the server gives the key: `PRIMARY`. */
      readonly name: string;
      /** What the clause says it drops: MySQL's DROP FOREIGN KEY, DROP CHECK, DROP PRIMARY KEY. */
      readonly constraintType?: 'primaryKey' | 'foreignKey' | 'check';
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OnTable & { readonly kind: 'renameConstraint'; readonly name: string; readonly newName: string })
  | (OnTable & { readonly kind: 'attachPartition'; readonly partition: ObjectName; readonly bound: PartitionBound })
  | (OnTable & {
      readonly kind: 'detachPartition';
      readonly partition: ObjectName;
      readonly concurrently: boolean;
      readonly finalize: boolean;
    })
  | (OnTable & { readonly kind: 'setLogged'; readonly logged: boolean })
  | (OnTable & { readonly kind: 'setTablespace'; readonly tablespace: string })
  | (OnTable & { readonly kind: 'setAccessMethod'; readonly accessMethod?: string })
  | (OnTable & {
      readonly kind: 'setTableOptions';
      readonly options: readonly StorageOption[];
      readonly reset: boolean;
    })
  | (OnTable & { readonly kind: 'clusterOn'; readonly index?: string })
  | (OnTable & {
      readonly kind: 'enableTrigger';
      readonly trigger: string | 'all' | 'user';
      readonly mode: 'origin' | 'always' | 'replica';
    })
  | (OnTable & { readonly kind: 'disableTrigger'; readonly trigger: string | 'all' | 'user' })
  | (OnTable & { readonly kind: 'enableRule' | 'disableRule'; readonly rule: string })
  | (OnTable & { readonly kind: 'inherit' | 'noInherit'; readonly parent: ObjectName })
  | (OnTable & { readonly kind: 'ofType'; readonly type?: ObjectName })
  | (OnTable & {
      readonly kind: 'setReplicaIdentity';
      readonly identity: 'default' | 'full' | 'nothing' | 'index';
      readonly index?: string;
    })
  | (OnTable & { readonly kind: 'setRowSecurity'; readonly change: 'enable' | 'disable' | 'force' | 'no force' })
  | (OnTable & {
      readonly kind: 'renameTable';
      readonly newName: string;
      /** The schema that it moves to, where MySQL's RENAME names one. */
      readonly newSchema?: string;
      readonly relationKind: RelationKind;
    })
  | (OnTable & { readonly kind: 'setRelationSchema'; readonly schema: string; readonly relationKind: RelationKind })
  | (OnTable & { readonly kind: 'setRelationOwner'; readonly owner: string; readonly relationKind: RelationKind })
  /** A sub-command that the model does not cover. */
  | (OnTable & { readonly kind: 'otherTableChange'; readonly clause: string });

/** What a statement calls the relation; PostgreSQL lets ALTER TABLE stand for most of them. */
export type RelationKind =
  | 'table'
  | 'index'
  | 'view'
  | 'materialized view'
  | 'sequence'
  | 'foreign table'
  | 'composite type';

/* ---------------------------------------------------------------- Definitions: indexes, views, sequences */

export type IndexOperation =
  | (OperationBase & {
      readonly kind: 'createIndex';
      /** Undefined where the server makes the name up. */
      readonly name?: string;
      readonly table: ObjectName;
      readonly unique: boolean;
      readonly concurrently: boolean;
      readonly ifNotExists: boolean;
      /** CREATE INDEX … ON ONLY parent. */
      readonly only: boolean;
      readonly method: string;
      readonly elements: readonly IndexElement[];
      readonly including: readonly string[];
      readonly where?: WrittenExpression;
      readonly nullsNotDistinct?: true;
      /** FULLTEXT, SPATIAL, VECTOR (MariaDB). */
      readonly indexKind?: IndexKind;
      /** INVISIBLE, IGNORED: the planner does not use it. */
      readonly visible?: false;
      readonly options: readonly StorageOption[];
      readonly tablespace?: string;
    })
  | (OperationBase & {
      readonly kind: 'dropIndex';
      readonly index: ObjectName;
      /** Where an index's name is one among those of its table: MySQL, SQL Server. */
      readonly table?: ObjectName;
      readonly concurrently: boolean;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'reindex';
      readonly target: 'index' | 'table' | 'schema' | 'database' | 'system';
      readonly name?: ObjectName;
      /** Where an index's name is one among those of its table. */
      readonly table?: ObjectName;
      readonly concurrently: boolean;
    })
  | (OperationBase & {
      readonly kind: 'attachIndexPartition';
      readonly index: ObjectName;
      readonly partition: ObjectName;
    })
  /** ALTER INDEX … SET / RESET (options), SET TABLESPACE, ALTER COLUMN SET STATISTICS, DEPENDS ON EXTENSION. */
  | (OperationBase & {
      readonly kind: 'alterIndex';
      readonly index: ObjectName;
      readonly change: 'options' | 'tablespace' | 'statistics' | 'dependency';
      /** What SET or RESET names. */
      readonly options?: readonly StorageOption[];
      readonly ifExists: boolean;
    });

export type ViewOperation =
  | (OperationBase & {
      readonly kind: 'createView';
      readonly view: ObjectName;
      readonly replace: boolean;
      readonly temporary: boolean;
      /** Column names given in parentheses; they rename the query's outputs from the left. */
      readonly columnNames: readonly string[];
      readonly query: Query;
      readonly options: readonly StorageOption[];
      readonly checkOption?: 'local' | 'cascaded';
    })
  | (OperationBase & {
      readonly kind: 'dropView';
      readonly view: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'alterViewOptions';
      readonly view: ObjectName;
      readonly options: readonly StorageOption[];
      readonly reset: boolean;
    })
  | (OperationBase & {
      readonly kind: 'createMaterializedView';
      readonly view: ObjectName;
      readonly ifNotExists: boolean;
      readonly columnNames: readonly string[];
      readonly query: Query;
      readonly withData: boolean;
    })
  | (OperationBase & {
      readonly kind: 'refreshMaterializedView';
      readonly view: ObjectName;
      readonly concurrently: boolean;
      readonly withData: boolean;
    })
  | (OperationBase & {
      readonly kind: 'dropMaterializedView';
      readonly view: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    });

export type SequenceOperation =
  | (OperationBase & {
      readonly kind: 'createSequence';
      readonly sequence: ObjectName;
      readonly ifNotExists: boolean;
      readonly temporary: boolean;
      readonly type?: DataType;
      readonly ownedBy?: { readonly table: ObjectName; readonly column: string };
    })
  | (OperationBase & {
      readonly kind: 'alterSequence';
      readonly sequence: ObjectName;
      readonly ifExists: boolean;
      readonly type?: DataType;
      /** Undefined: not mentioned; null: OWNED BY NONE. */
      readonly ownedBy?: { readonly table: ObjectName; readonly column: string } | null;
      readonly restart: boolean;
      /** MINVALUE, MAXVALUE, INCREMENT, CACHE, CYCLE mentioned. */
      readonly changesOptions: boolean;
    })
  | (OperationBase & {
      readonly kind: 'dropSequence';
      readonly sequence: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    });

/* ---------------------------------------------------------------- Definitions: types and domains */

export type TypeOperation =
  | (OperationBase & { readonly kind: 'createEnum'; readonly type: ObjectName; readonly values: readonly string[] })
  | (OperationBase & {
      readonly kind: 'addEnumValue';
      readonly type: ObjectName;
      readonly value: string;
      readonly ifNotExists: boolean;
      readonly position?: { readonly place: 'before' | 'after'; readonly neighbour: string };
    })
  | (OperationBase & {
      readonly kind: 'renameEnumValue';
      readonly type: ObjectName;
      readonly value: string;
      readonly newValue: string;
    })
  | (OperationBase & {
      readonly kind: 'createCompositeType';
      readonly type: ObjectName;
      readonly attributes: readonly { readonly name: string; readonly type: DataType }[];
    })
  | (OperationBase & {
      readonly kind: 'alterCompositeType';
      readonly type: ObjectName;
      readonly change: 'add' | 'drop' | 'alter' | 'rename';
      readonly attribute: string;
      readonly dataType?: DataType;
      readonly newName?: string;
      readonly cascade: boolean;
    })
  /** CREATE TYPE as range, base or shell type. */
  | (OperationBase & {
      readonly kind: 'createOtherType';
      readonly type: ObjectName;
      readonly form: 'range' | 'base' | 'shell';
    })
  | (OperationBase & {
      readonly kind: 'dropType';
      readonly type: ObjectName;
      readonly domain: boolean;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'renameType';
      readonly type: ObjectName;
      readonly newName: string;
      readonly domain: boolean;
    })
  | (OperationBase & {
      readonly kind: 'setTypeSchema';
      readonly type: ObjectName;
      readonly schema: string;
      readonly domain: boolean;
    })
  | (OperationBase & {
      readonly kind: 'createDomain';
      readonly domain: ObjectName;
      readonly type: DataType;
      readonly collation?: ObjectName;
      readonly notNull: boolean;
      readonly default?: WrittenExpression;
      readonly checks: readonly CheckConstraint[];
    })
  | (OperationBase & {
      readonly kind: 'alterDomain';
      readonly domain: ObjectName;
      readonly change:
        | { readonly kind: 'setDefault'; readonly default: WrittenExpression }
        | { readonly kind: 'dropDefault' | 'setNotNull' | 'dropNotNull' }
        | { readonly kind: 'addConstraint'; readonly constraint: CheckConstraint | NotNullConstraint }
        | { readonly kind: 'validateConstraint' | 'renameConstraint'; readonly name: string; readonly newName?: string }
        | {
            readonly kind: 'dropConstraint';
            readonly name: string;
            readonly ifExists: boolean;
            readonly cascade: boolean;
          };
    });

/* ---------------------------------------------------------------- Definitions: routines, triggers, policies, schemas */

export type RoutineOperation =
  | (OperationBase & {
      readonly kind: 'createRoutine';
      readonly routine: ObjectName;
      readonly form: 'function' | 'procedure';
      readonly replace: boolean;
      readonly argumentTypes: readonly DataType[];
      /** Undefined for a procedure; `trigger` for trigger functions. */
      readonly returns?: DataType;
      readonly returnsSet: boolean;
      readonly language: string;
      readonly volatility: 'immutable' | 'stable' | 'volatile';
      readonly securityDefiner: boolean;
      /** Parameters given by SET, by name. */
      readonly settings: readonly string[];
      /** The body as written; a migration does not run it. */
      readonly body?: { readonly text: string; readonly range: Range };
      /** For `LANGUAGE sql` with one SELECT: the query, which the server checks, and inlines where it can. */
      readonly query?: Query;
    })
  | (OperationBase & {
      readonly kind: 'alterRoutine';
      readonly routine: ObjectName;
      readonly form: 'function' | 'procedure' | 'routine';
      readonly argumentTypes?: readonly DataType[];
      readonly volatility?: 'immutable' | 'stable' | 'volatile';
      readonly securityDefiner?: boolean;
      readonly settings: readonly string[];
    })
  | (OperationBase & {
      readonly kind: 'dropRoutine';
      readonly routine: ObjectName;
      readonly form: 'function' | 'procedure' | 'routine' | 'aggregate';
      /** Undefined where the statement leaves the arguments out. */
      readonly argumentTypes?: readonly DataType[];
      readonly ifExists: boolean;
      readonly cascade: boolean;
    });

export type TriggerOperation =
  | (OperationBase & {
      readonly kind: 'createTrigger';
      readonly name: string;
      readonly table: ObjectName;
      readonly replace: boolean;
      readonly constraint: boolean;
      readonly timing: 'before' | 'after' | 'instead of';
      readonly events: readonly ('insert' | 'update' | 'delete' | 'truncate')[];
      readonly updateColumns: readonly string[];
      readonly forEachRow: boolean;
      /** What it runs; a trigger with a body of its own has its own name here. */
      readonly routine: ObjectName;
      readonly when?: WrittenExpression;
      /** The body as written, where the trigger has one of its own. */
      readonly body?: { readonly text: string; readonly range: Range };
    })
  | (OperationBase & {
      readonly kind: 'dropTrigger';
      readonly name: string;
      readonly table: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'renameTrigger';
      readonly name: string;
      readonly table: ObjectName;
      readonly newName: string;
    })
  | (OperationBase & {
      readonly kind: 'createRule';
      readonly name: string;
      readonly table: ObjectName;
      readonly replace: boolean;
    })
  | (OperationBase & {
      readonly kind: 'dropRule';
      readonly name: string;
      readonly table: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    });

export type PolicyOperation =
  | (OperationBase & {
      readonly kind: 'createPolicy';
      readonly name: string;
      readonly table: ObjectName;
      readonly permissive: boolean;
      readonly command: 'all' | 'select' | 'insert' | 'update' | 'delete';
      readonly roles: readonly string[];
      readonly using?: WrittenExpression;
      readonly withCheck?: WrittenExpression;
    })
  | (OperationBase & {
      readonly kind: 'alterPolicy';
      readonly name: string;
      readonly table: ObjectName;
      readonly roles?: readonly string[];
      readonly using?: WrittenExpression;
      readonly withCheck?: WrittenExpression;
    })
  | (OperationBase & {
      readonly kind: 'renamePolicy';
      readonly name: string;
      readonly table: ObjectName;
      readonly newName: string;
    })
  | (OperationBase & {
      readonly kind: 'dropPolicy';
      readonly name: string;
      readonly table: ObjectName;
      readonly ifExists: boolean;
    });

export type SchemaOperation =
  | (OperationBase & { readonly kind: 'createSchema'; readonly schema: string; readonly ifNotExists: boolean })
  | (OperationBase & { readonly kind: 'renameSchema'; readonly schema: string; readonly newName: string })
  | (OperationBase & {
      readonly kind: 'dropSchema';
      readonly schema: string;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'createDatabase' | 'dropDatabase' | 'alterDatabase';
      readonly database: string;
      readonly ifExists?: boolean;
    });

/* ---------------------------------------------------------------- Definitions: everything else that has a name */

/** Objects whose definition the schema keeps by name only. */
export type GenericObjectKind =
  | 'aggregate'
  | 'cast'
  | 'collation'
  | 'conversion'
  | 'event'
  | 'event trigger'
  | 'extension'
  | 'foreign data wrapper'
  | 'language'
  | 'operator'
  | 'operator class'
  | 'operator family'
  | 'publication'
  | 'role'
  | 'server'
  | 'statistics'
  | 'subscription'
  /** Another name of a table or routine: SQL Server. */
  | 'synonym'
  | 'tablespace'
  | 'text search'
  | 'transform'
  /** Where DROP TRIGGER does not name the table. */
  | 'trigger'
  | 'user mapping'
  | 'access method';

export type GenericObjectOperation =
  | (OperationBase & {
      readonly kind: 'createObject';
      readonly objectKind: GenericObjectKind;
      readonly name: ObjectName;
      readonly ifNotExists: boolean;
      readonly replace?: true;
      /** Tables it is made on: CREATE STATISTICS … FROM t, CREATE PUBLICATION … FOR TABLE t. */
      readonly tables?: readonly ObjectName[];
      /** FOR ALL TABLES / TABLES IN SCHEMA of a publication. */
      readonly allTables?: true;
      readonly schemas?: readonly string[];
    })
  | (OperationBase & {
      readonly kind: 'alterObject';
      readonly objectKind: GenericObjectKind | 'routine' | 'type' | 'domain' | 'schema' | 'large object';
      readonly name: ObjectName;
      /** The clause in a word or two: `add table`, `drop table`, `set table`, `update`, `set schema`, `rename`, `owner`, `options`. */
      readonly change: string;
      readonly tables?: readonly ObjectName[];
      readonly newName?: string;
    })
  | (OperationBase & {
      readonly kind: 'dropObject';
      readonly objectKind: GenericObjectKind;
      readonly name: ObjectName;
      readonly ifExists: boolean;
      readonly cascade: boolean;
    })
  | (OperationBase & {
      readonly kind: 'comment';
      /** `table`, `column`, `index` … as written. */
      readonly objectKind: string;
      /** The relation, for a comment on a relation, a column, a constraint, a trigger or a policy. */
      readonly relation?: ObjectName;
      readonly name: string;
      /** Null removes the comment. */
      readonly text: string | null;
    })
  | (OperationBase & {
      readonly kind: 'grant' | 'revoke';
      /** `all` or the privileges' names in lower case. */
      readonly privileges: readonly string[];
      readonly objectKind: string;
      readonly objects: readonly ObjectName[];
      /** ALL TABLES IN SCHEMA and the like. */
      readonly allInSchema?: readonly string[];
      readonly roles: readonly string[];
    })
  | (OperationBase & { readonly kind: 'alterDefaultPrivileges' | 'securityLabel' })
  | (OperationBase & { readonly kind: 'reassignOwned' | 'dropOwned'; readonly cascade?: boolean })
  | (OperationBase & { readonly kind: 'importForeignSchema'; readonly schema: string });

export type MaintenanceOperation =
  | (OperationBase & {
      readonly kind: 'vacuum';
      readonly full: boolean;
      readonly analyze: boolean;
      readonly tables: readonly ObjectName[];
    })
  | (OperationBase & { readonly kind: 'analyze'; readonly tables: readonly ObjectName[] })
  | (OperationBase & { readonly kind: 'cluster'; readonly table?: ObjectName; readonly index?: string })
  | (OperationBase & { readonly kind: 'checkpoint' });

/* ---------------------------------------------------------------- Data */

/** Writes to rows. */
export type DataChange = Insert | Update | Delete | Merge | Truncate | CopyFrom;

export interface Insert extends OperationBase {
  readonly kind: 'insert';
  readonly table: TableReference;
  /** Empty where the statement names no columns. */
  readonly columns: readonly string[];
  readonly source:
    | { readonly kind: 'values'; readonly rows: readonly (readonly Expression[])[] }
    | { readonly kind: 'query'; readonly query: Query }
    | { readonly kind: 'defaults' };
  /** REPLACE (MySQL) has the action `replace`; INSERT IGNORE has `ignore`. */
  readonly onConflict?: {
    readonly columns: readonly string[];
    readonly constraint?: string;
    readonly action: 'nothing' | 'update' | 'replace' | 'ignore';
  };
  readonly with?: readonly Query[];
}

export interface Update extends OperationBase {
  readonly kind: 'update';
  readonly table: TableReference;
  readonly assignments: readonly { readonly column: string; readonly value: Expression }[];
  readonly where?: WrittenExpression;
  /** FROM, and what subqueries and common table expressions read. */
  readonly from: readonly TableReference[];
  /** Queries of common table expressions, and of subqueries in FROM: a batch's LIMIT may stand there. */
  readonly with?: readonly Query[];
  /** LIMIT of a MySQL or SQLite UPDATE. */
  readonly limit?: Expression;
}

export interface Delete extends OperationBase {
  readonly kind: 'delete';
  readonly table: TableReference;
  readonly where?: WrittenExpression;
  /** USING, and what subqueries and common table expressions read. */
  readonly using: readonly TableReference[];
  readonly with?: readonly Query[];
  readonly limit?: Expression;
}

export interface Merge extends OperationBase {
  readonly kind: 'merge';
  readonly table: TableReference;
  readonly source: TableReference | Query;
  readonly on: WrittenExpression;
  readonly actions: readonly ('insert' | 'update' | 'delete' | 'nothing')[];
}

/** One table of a TRUNCATE; a statement that names several has an operation for each. */
export interface Truncate extends OperationBase {
  readonly kind: 'truncate';
  readonly table: ObjectName;
  /** The other tables of the same TRUNCATE: they may reference each other. */
  readonly together: readonly ObjectName[];
  readonly cascade: boolean;
  readonly restartIdentity: boolean;
}

export interface CopyFrom extends OperationBase {
  readonly kind: 'copyFrom';
  readonly table: ObjectName;
  readonly columns: readonly string[];
  /** Lines of inline data, for COPY … FROM stdin. */
  readonly rows?: number;
}

export type QueryOperation =
  | (OperationBase & { readonly kind: 'select'; readonly query: Query })
  | (OperationBase & { readonly kind: 'copyTo'; readonly table?: ObjectName; readonly query?: Query })
  | (OperationBase & { readonly kind: 'call'; readonly routine: ObjectName })
  /** An anonymous block; its statements follow as statements of their own with this one as parent. */
  | (OperationBase & { readonly kind: 'do'; readonly language: string; readonly commits: boolean })
  | (OperationBase & { readonly kind: 'explain'; readonly analyze: boolean });

/* ---------------------------------------------------------------- Session and transaction */

export type SessionOperation =
  | (OperationBase & {
      readonly kind: 'setParameter';
      /** In lower case: `lock_timeout`, `search_path`, `timezone`, `role`, `session_authorization`. */
      readonly name: string;
      /** As written, unquoted, list members joined by `, `; undefined for DEFAULT or a value that only the run knows. */
      readonly value?: string;
      readonly toDefault?: true;
      readonly scope: 'session' | 'transaction';
      /** The members of a list such as search_path. */
      readonly values: readonly string[];
    })
  /** RESET name, RESET ALL (name left out). */
  | (OperationBase & { readonly kind: 'resetParameter'; readonly name?: string })
  | (OperationBase & { readonly kind: 'discard'; readonly target: 'all' | 'plans' | 'sequences' | 'temporary' })
  | (OperationBase & {
      readonly kind: 'beginTransaction' | 'commitTransaction' | 'rollbackTransaction';
      readonly chain?: true;
    })
  | (OperationBase & { readonly kind: 'savepoint' | 'releaseSavepoint' | 'rollbackToSavepoint'; readonly name: string })
  | (OperationBase & {
      readonly kind: 'prepareTransaction' | 'commitPrepared' | 'rollbackPrepared';
      readonly name: string;
    })
  | (OperationBase & {
      readonly kind: 'setConstraints';
      readonly names: readonly string[] | 'all';
      readonly deferred: boolean;
    })
  | (OperationBase & {
      readonly kind: 'lockTable';
      readonly table: ObjectName;
      readonly mode: LockMode;
      readonly nowait: boolean;
      readonly only: boolean;
    })
  /** ALTER SYSTEM, ALTER ROLE … SET, ALTER DATABASE … SET: settings beyond this session. */
  | (OperationBase & { readonly kind: 'alterSystem'; readonly name: string })
  | (OperationBase & { readonly kind: 'setRoleParameter'; readonly name: string });

/** PostgreSQL's table-level lock modes, as pg_locks names them, weakest first. */
export const LOCK_MODES = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;
export type LockMode = (typeof LOCK_MODES)[number];

/* ---------------------------------------------------------------- Not modelled, not readable */

export type UnmodelledOperation =
  /** A statement that was read but that the model has no kind for; `what` names it in lower case: `listen`, `declare cursor`. */
  | (OperationBase & { readonly kind: 'other'; readonly what: string; readonly text: string })
  /** A place that could not be read; everything around it is. */
  | (OperationBase & {
      readonly kind: 'unreadable';
      readonly reason:
        | 'syntax error'
        /** A query text that only the run knows: EXECUTE of a variable, a dynamic call. */
        | 'dynamic'
        /** Template control flow: `{{if}}`. */
        | 'template'
        /** A language that is not read: DO … LANGUAGE plpython. */
        | 'language';
      /** The parser's message in a few words. */
      readonly message: string;
    });
