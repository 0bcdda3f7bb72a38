import type { Map as PersistentMap, Set as PersistentSet } from 'immutable';
import type { DataType } from '../operations/data-types.ts';
import type {
  CheckConstraint,
  ExcludeConstraint,
  IndexElement,
  IndexKind,
  PartitionBound,
  PartitionDefinition,
  PartitionKey,
  StorageOption,
} from '../operations/definitions.ts';
import type { Expression, WrittenExpression } from '../operations/expressions.ts';
import type { NameKey } from '../operations/names.ts';
import type { Query } from '../operations/queries.ts';
import type { Range } from '../source/source-file.ts';

/**
 * The schema that a history of migrations builds, as an immutable value: a change makes a new value that shares everything
 * that did not change, so that a fork costs nothing.
 *
 * Objects are held by id, as the server holds them by OID, and refer to each other by id: a rename changes one entry of
 * `names`, and a foreign key or a view still points at the same table. Names are keys made by `nameKey(schema, name)`.
 *
 * What the history does not show is not invented. A name that is in `names` is there; a name in `gone` was dropped or renamed
 * away; any other name is unknown: it may exist from before the first migration. An object that a statement needs but no
 * migration made is entered with `complete: false`.
 */
export interface Schema {
  readonly nextId: number;
  /** Relations (tables, views, indexes, sequences, composite types) share one name space per schema. */
  readonly names: PersistentMap<NameKey, ObjectId>;
  readonly relations: PersistentMap<ObjectId, Relation>;
  readonly typeNames: PersistentMap<NameKey, ObjectId>;
  readonly types: PersistentMap<ObjectId, UserType>;
  /** Functions and procedures by name key: overloads in order of creation. */
  readonly routines: PersistentMap<NameKey, readonly Routine[]>;
  /** Schemas that the history created. `public` is always there. */
  readonly schemas: PersistentMap<string, Origin>;
  /** Schemas that were dropped or renamed away: nothing in them exists. */
  readonly schemasGone: PersistentMap<string, Origin>;
  /** Extensions, publications, statistics …, by `kind\0schema\0name`. */
  readonly others: PersistentMap<string, GenericObject>;
  /**
   * The newest statement that could not be read (a text that only the run knows, a template): it may have changed anything
   * that was there before it, so what the schema says of that is no proof.
   */
  readonly unread?: {
    readonly at: Origin;
    /** The schema that it met, as far as known. */
    readonly before: Omit<Schema, 'unread'>;
  };
  /** Names that were dropped, renamed or moved away, and what they were: known not to exist. Same keys as `names`. */
  readonly gone: PersistentMap<NameKey, Gone>;
  /** Type names likewise. */
  readonly typesGone: PersistentMap<NameKey, Gone>;
  /** How many constraints of tables bear a name (same keys as `names`): names the server makes up avoid them. */
  readonly constraintNames: PersistentMap<NameKey, number>;
  /** Tables, domains and composite types that use a user-defined type, or did: what they use now is in themselves. */
  readonly typeUsers: PersistentMap<ObjectId, PersistentSet<ObjectId>>;
  /** Tables, views and sequences that end with the session, and those that end with the transaction. */
  readonly temporary: readonly ObjectId[];
  /** Ids that the operation at hand touched; present only while one of unknown outcome is replayed. */
  readonly touched?: readonly Touched[];
}

/** An object that an operation wrote or removed. */
export interface Touched {
  readonly map: 'relation' | 'type';
  readonly id: ObjectId;
}

export type ObjectId = number;

/** Where and when an object came to be. */
export interface Origin {
  /** Index of the migration in the project's order. */
  readonly migration: number;
  /** Index of the statement in the migration and direction. */
  readonly statement: number;
  /** The id of the transaction that made it; undefined when the statement ran on its own. */
  readonly transaction?: number;
}

export interface Gone {
  readonly how: 'dropped' | 'renamed' | 'moved';
  readonly what: RelationType | UserType['kind'];
  readonly at: Origin;
  /** Its new name, for a rename. */
  readonly newName?: string;
  readonly id: ObjectId;
}

interface SchemaObject {
  readonly id: ObjectId;
  readonly schema: string;
  readonly name: string;
  /** Undefined for an object that no migration made: it existed before the history begins. */
  readonly origin?: Origin;
  /** True when a branch of unknown outcome made, dropped or changed it: it may be there or not, as described or not. */
  readonly uncertain?: true;
}

export type Relation = Table | View | MaterializedView | Index | Sequence | CompositeRelation;
export type RelationType = Relation['kind'];

export interface Table extends SchemaObject {
  readonly kind: 'table';
  /** False when columns, constraints or indexes may exist that the history does not show. */
  readonly complete: boolean;
  readonly persistence: 'permanent' | 'unlogged' | 'temporary';
  readonly foreign?: true;
  readonly columns: readonly Column[];
  readonly constraints: readonly TableConstraint[];
  /** Its indexes, constraint indexes included. */
  readonly indexes: readonly ObjectId[];
  readonly triggers: readonly Trigger[];
  readonly policies: readonly Policy[];
  readonly rules: readonly string[];
  readonly rowSecurity: { readonly enabled: boolean; readonly forced: boolean };
  readonly replicaIdentity: { readonly kind: 'default' | 'full' | 'nothing' | 'index'; readonly index?: ObjectId };
  readonly partitionBy?: PartitionKey;
  /** Partitions that are no tables of their own, as MySQL has them. */
  readonly partitionDefinitions?: readonly PartitionDefinition[];
  readonly partitionOf?: { readonly parent: ObjectId; readonly bound: PartitionBound };
  readonly partitions: readonly ObjectId[];
  readonly inherits: readonly ObjectId[];
  readonly children: readonly ObjectId[];
  /** Tables whose foreign keys reference this one (this one included, where it references itself). */
  readonly referencedBy: readonly ObjectId[];
  /** Views and materialized views that read it. */
  readonly dependentViews: readonly ObjectId[];
  readonly accessMethod?: string;
  readonly tablespace?: string;
  readonly options: readonly StorageOption[];
  readonly ofType?: ObjectId;
  readonly comment?: string;
  /** MySQL: row versions that instantly added and dropped columns have left since the table was last written anew; left out for none. */
  readonly rowVersions?: number;
  /** Rows that the history itself put there: false while no INSERT, COPY or query filled a table that it created. */
  readonly filled: boolean;
  /** Roles that were granted anything on it. */
  readonly grantees: readonly string[];
  /** What each of them was granted: `select` …, or `all`. */
  readonly privileges?: ReadonlyMap<string, ReadonlySet<string>>;
  /** Columns dropped or renamed away: known not to exist. */
  readonly goneColumns: readonly string[];
  /** Temporary tables: what happens when the transaction commits. */
  readonly onCommit?: 'drop' | 'delete rows';
}

export interface Column {
  readonly name: string;
  /** Undefined where the history does not show it. */
  readonly type?: DataType;
  /** The user-defined type behind `type`, where it is known. */
  readonly typeId?: ObjectId;
  readonly collation?: string;
  /** True when no row can hold NULL; a NOT NULL constraint that is NOT VALID does not make it so. `unknown` for a column that no migration declared. */
  readonly notNull: boolean | 'unknown';
  readonly default?: WrittenExpression;
  /** The type that the default was written for, where the column has another by now: the default still casts from it. */
  readonly defaultType?: ObjectId;
  /** The name that SQL Server's constraint behind the default was given. */
  readonly defaultName?: string;
  /** The column has had a default since it was made, so no row of the past is without a value by omission. */
  readonly defaultSinceCreation: boolean;
  readonly identity?: 'always' | 'by default';
  readonly autoIncrement?: true;
  /** The character set, where the column has one of its own. */
  readonly charset?: string;
  readonly onUpdate?: WrittenExpression;
  readonly invisible?: true;
  readonly generated?: { readonly expression: WrittenExpression; readonly storage: 'stored' | 'virtual' };
  /** The sequence behind `serial` or identity. */
  readonly sequence?: ObjectId;
  readonly origin?: Origin;
  /** A statement left no row without a value in it since it was made: an UPDATE of every such row, or a DELETE of them. */
  readonly backfilled?: Origin;
  /** Conditions of UPDATEs that filled it in a part of the rows: together they may reach every row. */
  readonly filledWhere?: readonly Expression[];
  /** The branches around the statement that filled it: inside of all of these it is filled. */
  readonly filledWithin?: readonly Range[];
  readonly storage?: string;
  readonly compression?: string;
  readonly comment?: string;
  /** It comes from a parent table alone: it goes when the parent's column goes. */
  readonly inherited?: true;
  /** A branch of unknown outcome added, dropped or changed it. */
  readonly uncertain?: true;
}

/**
 * A constraint as the catalogue has it. NOT NULL constraints are listed with the names that PostgreSQL 18 gives them; earlier
 * servers have them as a mark on the column only, without a name.
 */
export type TableConstraint = ConstraintState &
  (
    | { readonly type: 'check'; readonly condition: CheckConstraint['condition']; readonly noInherit: boolean }
    | { readonly type: 'notNull'; readonly column: string; readonly noInherit: boolean }
    | {
        readonly type: 'unique' | 'primaryKey';
        readonly columns: readonly string[];
        readonly index: ObjectId;
        readonly nullsNotDistinct: boolean;
      }
    | { readonly type: 'exclude'; readonly index: ObjectId; readonly elements: ExcludeConstraint['elements'] }
    | {
        readonly type: 'foreignKey';
        readonly columns: readonly string[];
        readonly references: ObjectId;
        readonly referencedColumns: readonly string[];
        readonly onDelete: string;
        readonly onUpdate: string;
      }
  );

interface ConstraintState {
  /** As given, or as the server makes it up (`users_email_key`). */
  readonly name: string;
  readonly valid: boolean;
  readonly enforced: boolean;
  readonly deferrable: boolean;
  readonly initiallyDeferred: boolean;
  readonly origin?: Origin;
  /** It comes from a parent table alone. */
  readonly inherited?: true;
  /** A branch of unknown outcome added, dropped or changed it. */
  readonly uncertain?: true;
}

export interface Index extends SchemaObject {
  readonly kind: 'index';
  readonly table: ObjectId;
  readonly unique: boolean;
  readonly method: string;
  readonly elements: readonly IndexElement[];
  readonly including: readonly string[];
  readonly where?: WrittenExpression;
  /** False for an index on ONLY a partitioned parent until all its partitions are attached. */
  readonly valid: boolean;
  /** The constraint it belongs to. */
  readonly constraint?: string;
  readonly nullsNotDistinct: boolean;
  readonly partitions: readonly ObjectId[];
  readonly partitionOf?: ObjectId;
  readonly tablespace?: string;
  readonly indexKind?: IndexKind;
  /** The planner does not use it. */
  readonly visible?: false;
  /** The server made it behind a foreign key: it goes when another serves. */
  readonly implicit?: true;
  /** False where only the name is known. */
  readonly complete: boolean;
}

export interface View extends SchemaObject {
  readonly kind: 'view';
  readonly query?: Query;
  /** Result columns by name; undefined where they cannot be known. */
  readonly columns?: readonly string[];
  /** Relations it reads. */
  readonly reads: readonly ObjectId[];
  /** Columns it reads, per relation; `*` for all that the relation had when the view was made. */
  readonly readColumns: readonly { readonly relation: ObjectId; readonly column: string }[];
  readonly dependentViews: readonly ObjectId[];
  readonly options: readonly StorageOption[];
  readonly triggers: readonly Trigger[];
  readonly grantees: readonly string[];
  /** What each of them was granted: `select` …, or `all`. */
  readonly privileges?: ReadonlyMap<string, ReadonlySet<string>>;
  readonly temporary: boolean;
  readonly comment?: string;
}

export interface MaterializedView extends SchemaObject {
  readonly kind: 'materialized view';
  readonly query?: Query;
  readonly columns?: readonly string[];
  readonly reads: readonly ObjectId[];
  readonly readColumns: readonly { readonly relation: ObjectId; readonly column: string }[];
  readonly dependentViews: readonly ObjectId[];
  readonly indexes: readonly ObjectId[];
  readonly populated: boolean;
  readonly comment?: string;
}

export interface Sequence extends SchemaObject {
  readonly kind: 'sequence';
  readonly type?: DataType;
  readonly ownedBy?: { readonly table: ObjectId; readonly column: string };
  readonly temporary: boolean;
  /** Tables with a column default that calls it, or did. */
  readonly usedBy: readonly ObjectId[];
}

/** A composite type lives among the relations, as in the server's catalogue. */
export interface CompositeRelation extends SchemaObject {
  readonly kind: 'composite type';
  readonly type: ObjectId;
}

export interface Trigger {
  readonly name: string;
  readonly events: readonly string[];
  readonly timing: string;
  readonly forEachRow: boolean;
  readonly routine: string;
  /** Columns that UPDATE OF and WHEN name. */
  readonly columns: readonly string[];
  readonly enabled: boolean;
  readonly origin?: Origin;
}

export interface Policy {
  readonly name: string;
  readonly command: string;
  readonly permissive: boolean;
  readonly using?: WrittenExpression;
  readonly withCheck?: WrittenExpression;
  readonly origin?: Origin;
}

export type UserType =
  | (SchemaObject & { readonly kind: 'enum'; readonly values: readonly EnumValue[] })
  | (SchemaObject & {
      readonly kind: 'domain';
      readonly type: DataType;
      readonly notNull: boolean;
      readonly default?: WrittenExpression;
      readonly checks: readonly {
        readonly name: string;
        readonly condition: WrittenExpression;
        readonly valid: boolean;
      }[];
    })
  | (SchemaObject & {
      readonly kind: 'composite';
      readonly attributes: readonly { readonly name: string; readonly type: DataType }[];
    })
  | (SchemaObject & { readonly kind: 'range' | 'base' | 'shell' | 'unknown' });

export interface EnumValue {
  readonly value: string;
  readonly origin?: Origin;
}

export interface Routine {
  readonly name: string;
  readonly schema: string;
  readonly form: 'function' | 'procedure' | 'aggregate';
  readonly argumentTypes: readonly DataType[];
  readonly returns?: DataType;
  readonly volatility: 'immutable' | 'stable' | 'volatile';
  readonly language: string;
  readonly securityDefiner: boolean;
  readonly settings: readonly string[];
  /** As written. Compared; of its words only those that may define something are looked for. */
  readonly body?: string;
  /** The one SELECT of a `LANGUAGE sql` function, which the server may inline. */
  readonly query?: Query;
  readonly origin?: Origin;
}

export interface GenericObject {
  readonly kind: string;
  readonly name: string;
  readonly schema: string;
  readonly tables: readonly ObjectId[];
  readonly allTables?: true;
  readonly schemas?: readonly string[];
  readonly origin?: Origin;
}
