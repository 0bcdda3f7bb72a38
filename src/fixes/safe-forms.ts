import type { SafeRewrite } from '../linter/finding.ts';
import type { ObjectName } from '../operations/names.ts';
import type { CreateTable, Delete, Operation, OperationOf, Update } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import type { Routine, Sequence, Table, View } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import type { Server } from '../server/server.ts';
import type { Range, SourceFile } from '../source/source-file.ts';

/** What a rule spreads into its report: nothing where the dialect has no safe form for the case. */
export interface SafeForm {
  readonly safeRewrite?: SafeRewrite;
}

/**
 * The safe forms of one dialect: each takes the operation at hand and the state it meets, and writes SQL that is ready to
 * paste, with the names, types and columns filled in. Comments in it say what goes into a migration of its own.
 */
export interface SafeForms {
  /** Build the index without blocking writers. */
  concurrentIndex(operation: OperationOf<'createIndex'>, state: State, file: SourceFile): SafeForm;
  /** Add a column that every row must have a value in. */
  requiredColumn(operation: OperationOf<'addColumn'>, state: State, file: SourceFile): SafeForm;
  /** Make a column NOT NULL without a scan under an exclusive lock. */
  notNull(table: ObjectName, column: string, state: State, file: SourceFile): SafeForm;
  /** Rename a table and keep its old name alive. */
  renamedTable(operation: OperationOf<'renameTable'>, state: State, file: SourceFile): SafeForm;
  /** Rename a column by expand and contract. */
  renamedColumn(operation: OperationOf<'renameColumn'>, state: State, file: SourceFile): SafeForm;
  /** Update or delete in batches by key, each committed. */
  batches(change: Update | Delete, state: State, file: SourceFile): SafeForm;
  /** Drop a column that nothing uses any more. */
  droppedColumn(operation: OperationOf<'dropColumn'>, state: State): SafeForm;
  /** Drop a table that nothing uses any more. */
  droppedTable(operation: OperationOf<'dropTable'>, state: State): SafeForm;
  /** Change a column's type by expand and contract. */
  changedType(operation: OperationOf<'alterColumnType'>, state: State): SafeForm;
  /** Give an enum value another name by adding it beside the old one. */
  renamedEnumValue(operation: OperationOf<'renameEnumValue'>, state: State): SafeForm;
  /** Keep values out of an enum's columns without removing them from the type. */
  withoutEnumValues(type: ObjectName, values: readonly string[], state: State): SafeForm;
  /** Have another unique index on the columns before the old one goes. */
  replacedKey(table: ObjectName, columns: readonly string[], old: string, constraint: boolean): SafeForm;
  /** Change a view and keep its grants and options. */
  replacedView(operation: OperationOf<'createView'>, old: View | undefined, file: SourceFile): SafeForm;
  /** Widen a sequence along with its column. */
  widenedSequence(sequence: Sequence, type: string): SafeForm;
  /** Give a published table what its updates are told apart by. */
  replicaIdentity(table: ObjectName): SafeForm;
  /** Drop the index without blocking readers and writers. */
  concurrentIndexDrop(operation: OperationOf<'dropIndex'>): SafeForm;
  /** Build the index in a way that can be tried again. */
  retriableIndex(operation: OperationOf<'createIndex'>, file: SourceFile): SafeForm;
  /** Rebuild indexes without blocking readers and writers. */
  concurrentReindex(operation: OperationOf<'reindex'>): SafeForm;
  /** Refresh the view without blocking its readers. */
  concurrentRefresh(operation: OperationOf<'refreshMaterializedView'>, state: State): SafeForm;
  /** Add a constraint for later rows, and check the others in another transaction. */
  notValidConstraint(
    operation: OperationOf<'addForeignKey' | 'addCheck' | 'addNotNullConstraint'>,
    state: State,
    file: SourceFile,
  ): SafeForm;
  /** Prove a filled column NOT NULL without a scan under an exclusive lock. */
  notNullWithoutScan(operation: OperationOf<'setNotNull'>, server: Pick<Server, 'version'>): SafeForm;
  /** Make a key of an index that was built beside live traffic. */
  constraintUsingIndex(operation: OperationOf<'addUnique' | 'addPrimaryKey'>, state: State): SafeForm;
  /** Add a column, and its constraints after it, each in the way that does not block. */
  columnThenConstraints(operation: OperationOf<'addColumn'>, state: State, file: SourceFile): SafeForm;
  /** Add a column whose value differs from row to row without writing the table anew. */
  columnWithoutRewrite(
    operation: OperationOf<'addColumn'>,
    state: State,
    file: SourceFile,
    server: Pick<Server, 'version'>,
  ): SafeForm;
  /** Check the rows that a NOT VALID constraint left unchecked. */
  validated(table: ObjectName, name: string, added?: Range, file?: SourceFile): SafeForm;
  /** Run a statement without the timeouts that would cancel it. */
  withoutTimeouts(settings: readonly string[], range: Range, file: SourceFile): SafeForm;
  /** Add an enum value in a transaction before the one that uses it. */
  committedEnumValue(type: string, value: string, range: Range, file: SourceFile): SafeForm;
  /** Make a partition beside its parent and attach it. */
  attachedPartition(operation: OperationOf<'createTable'>, state: State): SafeForm;
  /** Prove a partition's bounds before it is attached. */
  checkedPartition(operation: OperationOf<'attachPartition'>, state: State): SafeForm;
  /** Detach a partition without blocking the parent. */
  concurrentDetach(parent: ObjectName, partition: ObjectName, drop: boolean): SafeForm;
  /** End a statement's wait for a lock, or its run, after a while. */
  withTimeout(setting: string, value: string, inTransaction: boolean, range: Range, file: SourceFile): SafeForm;
  /** The tenant column as other tables have it. */
  tenantColumn(operation: CreateTable, column: string, state: State, file: SourceFile): SafeForm;
  /** Row-level security with a policy that compares the tenant. */
  rowSecurity(table: Table, column: string, force: boolean): SafeForm;
  /** A search_path of its own for a routine that runs with its owner's rights. */
  routineSearchPath(routine: Routine): SafeForm;
  /** An index on the columns of a foreign key. */
  foreignKeyIndex(table: ObjectName, columns: readonly string[], state: State): SafeForm;
  /** Make a table anew with the change in it, or as it is: what SQLite's ALTER TABLE cannot do. */
  rebuiltTable(table: ObjectName, operation: Operation | undefined, state: State): SafeForm;
  /** Change a table on a copy beside the traffic, by a tool. */
  onlineCopy(statement: Statement, table: ObjectName, state: State, file: SourceFile): SafeForm;
}
