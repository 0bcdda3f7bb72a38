import type { SafeRewrite } from '../linter/finding.ts';
import type { ObjectName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import type { State } from '../schema/state.ts';
import type { SourceFile } from '../source/source-file.ts';

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
}
