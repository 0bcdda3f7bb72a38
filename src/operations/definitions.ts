import type { Range } from '../source/source-file.ts';
import type { DataType } from './data-types.ts';
import type { WrittenExpression } from './expressions.ts';
import type { ObjectName } from './names.ts';

/** A column in CREATE TABLE or ADD COLUMN. */
export interface ColumnDefinition {
  readonly name: string;
  /** The whole definition, constraints included. */
  readonly range: Range;
  /** Undefined where the definition has none (a column of a typed table or a partition). */
  readonly type?: DataType;
  readonly collation?: ObjectName;
  /** NOT NULL as written; a primary key, `serial` or identity implies it without saying so. */
  readonly notNull: boolean;
  readonly default?: WrittenExpression;
  /** The name that SQL Server's constraint behind the default was given. */
  readonly defaultName?: string;
  readonly identity?: 'always' | 'by default';
  /** `serial`, `bigserial`, `smallserial`: `type` is then the integer type behind it. */
  readonly serial?: true;
  /** AUTO_INCREMENT (MySQL), AUTOINCREMENT (SQLite). */
  readonly autoIncrement?: true;
  /** NULL as written. */
  readonly nullable?: true;
  /** CHARACTER SET, in lower case. */
  readonly charset?: string;
  /** ON UPDATE CURRENT_TIMESTAMP. */
  readonly onUpdate?: WrittenExpression;
  /** COMMENT '…' in the definition. */
  readonly comment?: string;
  /** INVISIBLE: `SELECT *` leaves it out. */
  readonly invisible?: true;
  /** What else the definition says: `srid`, `column_format`, `storage`, `compressed` … */
  readonly options?: readonly StorageOption[];
  readonly generated?: { readonly expression: WrittenExpression; readonly storage: 'stored' | 'virtual' };
  /** Constraints written at the column, NOT NULL left out; `columns` holds this column's name. */
  readonly constraints: readonly ConstraintDefinition[];
  /** The name and the state of a NOT NULL constraint that was given one. */
  readonly notNullConstraint?: NotNullConstraint;
}

/** What every constraint can say of itself. */
interface ConstraintBase {
  readonly name?: string;
  readonly range: Range;
  /** NOT VALID: existing rows are not checked now. */
  readonly notValid?: true;
  /** NOT ENFORCED (PostgreSQL 18): rows are never checked. */
  readonly notEnforced?: true;
  readonly deferrable?: true;
  readonly initiallyDeferred?: true;
}

export interface CheckConstraint extends ConstraintBase {
  readonly type: 'check';
  readonly condition: WrittenExpression;
  readonly noInherit?: true;
}

export interface NotNullConstraint extends ConstraintBase {
  readonly type: 'notNull';
  readonly column: string;
  readonly noInherit?: true;
}

/** A UNIQUE or PRIMARY KEY constraint. */
export interface KeyConstraint extends ConstraintBase {
  readonly type: 'unique' | 'primaryKey';
  /** Key columns in order; empty with `usingIndex`. */
  readonly columns: readonly string[];
  readonly including?: readonly string[];
  /** The index that becomes the constraint's: ADD CONSTRAINT … USING INDEX. */
  readonly usingIndex?: string;
  readonly nullsNotDistinct?: true;
  readonly withoutOverlaps?: true;
  /** The keys in full, where one has more than a name: a prefix length, an order, an expression. */
  readonly elements?: readonly IndexElement[];
  /** `btree`, `hash`, `clustered`, `nonclustered`, where written. */
  readonly method?: string;
  readonly visible?: false;
}

export interface ForeignKeyConstraint extends ConstraintBase {
  readonly type: 'foreignKey';
  readonly columns: readonly string[];
  readonly references: ObjectName;
  /** Empty when the statement leaves the columns to the referenced primary key. */
  readonly referencedColumns: readonly string[];
  readonly onDelete: ReferentialAction;
  readonly onUpdate: ReferentialAction;
  readonly match: 'simple' | 'full' | 'partial';
}

export interface ExcludeConstraint extends ConstraintBase {
  readonly type: 'exclude';
  readonly method: string;
  /** The elements as index elements, each with the operator it is compared by. */
  readonly elements: readonly (IndexElement & { readonly operator: string })[];
  readonly where?: WrittenExpression;
}

export type ReferentialAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default';

export type ConstraintDefinition =
  | CheckConstraint
  | NotNullConstraint
  | KeyConstraint
  | ForeignKeyConstraint
  | ExcludeConstraint;

/** One key of an index: a column or an expression. */
export interface IndexElement {
  readonly column?: string;
  readonly expression?: WrittenExpression;
  readonly operatorClass?: string;
  readonly collation?: ObjectName;
  readonly order?: 'asc' | 'desc';
  readonly nulls?: 'first' | 'last';
  /** Prefix length, in characters or bytes as the column is text or binary: MySQL's `name(10)`. */
  readonly length?: number;
}

export type IndexKind = 'fulltext' | 'spatial' | 'vector';

/** An index written among the columns of CREATE TABLE. */
export interface IndexDefinition {
  /** Undefined where the server makes the name up. */
  readonly name?: string;
  readonly range: Range;
  readonly unique: boolean;
  readonly method?: string;
  readonly elements: readonly IndexElement[];
  readonly indexKind?: IndexKind;
  readonly visible?: false;
  readonly options: readonly StorageOption[];
}

/** PARTITION BY of a partitioned table. */
export interface PartitionKey {
  readonly strategy: 'range' | 'list' | 'hash' | 'key' | 'system time';
  readonly elements: readonly { readonly column?: string; readonly expression?: WrittenExpression }[];
}

/** A partition written in MySQL's CREATE TABLE or ALTER TABLE. */
export interface PartitionDefinition {
  readonly name: string;
  readonly range: Range;
  /** VALUES LESS THAN or VALUES IN, for a table partitioned by range or list. */
  readonly bound?: {
    readonly kind: 'less than' | 'in';
    readonly values: readonly (WrittenExpression | 'maxvalue')[];
  };
}

/** FOR VALUES … of a partition. Bound values keep their text and, where they are literals, compare by value. */
export type PartitionBound =
  | { readonly kind: 'default' }
  | { readonly kind: 'list'; readonly values: readonly WrittenExpression[] }
  | {
      readonly kind: 'range';
      readonly from: readonly (WrittenExpression | 'minvalue' | 'maxvalue')[];
      readonly to: readonly (WrittenExpression | 'minvalue' | 'maxvalue')[];
    }
  | { readonly kind: 'hash'; readonly modulus: number; readonly remainder: number };

/** A storage or view option: `fillfactor = 70`, `security_invoker = true`; the value is undefined where only the name stands. */
export interface StorageOption {
  readonly name: string;
  readonly value?: string;
}
