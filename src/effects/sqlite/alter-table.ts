import {
  type ColumnDefinition,
  isNullLiteral,
  type Operation,
  type OperationKind,
  type OperationOf,
  type WrittenExpression,
  walkExpression,
} from '../../operations/index.ts';
import { constraintsOf, directViewsOf, findColumn, indexesOf } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import { setting } from '../../schema/session.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import type { RowFailure } from '../effects.ts';
import { affected, type Fact, fails, rewrite, rows, scan } from '../facts.ts';

/** The result code of an SQL error (sqlite.org/rescode.html): what the schema proves has no finer one. */
export const SQLITE_ERROR = 'SQLITE_ERROR';

/** A word that the server did not expect. */
export const syntaxError = (near: string): Fact => fails(SQLITE_ERROR, `near "${near}": syntax error`);

/** What the clauses of ALTER TABLE are looked at with. */
export interface Altered {
  readonly table: Table;
  readonly state: State;
  readonly server: Server;
}

/**
 * The first release with each form of ALTER TABLE (sqlite.org/lang_altertable.html, sqlite.org/changes.html), and the word at which
 * an earlier one stops. Forms without a release are those that no SQLite knows.
 */
const FORMS: Readonly<Partial<Record<OperationKind, { readonly since?: string; readonly near: string }>>> = {
  renameColumn: { since: '3.25.0', near: 'COLUMN' },
  dropColumn: { since: '3.35.0', near: 'DROP' },
  addCheck: { since: '3.53.0', near: 'CONSTRAINT' },
  setNotNull: { since: '3.53.0', near: 'ALTER' },
  dropNotNull: { since: '3.53.0', near: 'ALTER' },
  dropConstraint: { since: '3.53.0', near: 'CONSTRAINT' },
  addNotNullConstraint: { since: '3.53.0', near: 'CONSTRAINT' },
  addUnique: { near: 'CONSTRAINT' },
  addPrimaryKey: { near: 'CONSTRAINT' },
  addForeignKey: { near: 'CONSTRAINT' },
  alterColumnType: { near: 'ALTER' },
  setDefault: { near: 'ALTER' },
  dropDefault: { near: 'ALTER' },
  redefineColumn: { near: 'MODIFY' },
  renameIndex: { near: 'INDEX' },
  setTableOptions: { near: 'SET' },
  convertCharset: { near: 'CONVERT' },
};

/** Whether a kind is a form of ALTER TABLE that not every SQLite knows. */
export function isForm(kind: OperationKind): boolean {
  return kind in FORMS;
}

/** Whether the server knows a form of ALTER TABLE; the failure where it does not. */
export function unknownForm({ kind }: Operation, server: Server): readonly Fact[] {
  const form = FORMS[kind];
  if (form === undefined || (form.since !== undefined && atLeast(server, form.since))) return [];
  return [syntaxError(form.near)];
}

/** One ALTER TABLE does one thing. */
export function severalClauses(operations: readonly Operation[]): readonly Fact[] {
  return operations.length > 1 ? [syntaxError(',')] : [];
}

/* ---------------------------------------------------------------- ADD COLUMN */

/** The defaults that are no constant (sqlite.org/lang_altertable.html, "ALTER TABLE ADD COLUMN"). */
const CURRENT: ReadonlySet<string> = new Set(['current_timestamp', 'current_date', 'current_time']);

/** Whether a default is one literal, signed or in parentheses: all else differs from row to row, as far as SQLite looks (measured). */
function isConstant({ text, expression }: WrittenExpression): boolean {
  if (CURRENT.has(text.toLowerCase())) return false;
  if (!text.startsWith('(')) return true;
  let found = false;
  walkExpression(expression, ({ kind }) => {
    if (kind === 'call' || kind === 'operator' || kind === 'column') found = true;
  });
  return !found;
}

/** Whether foreign keys are enforced, as far as the migrations say: connections differ in what they start with. */
export function enforcesForeignKeys(state: State): boolean | undefined {
  const value = setting(state, 'foreign_keys')?.value?.toLowerCase();
  return value === undefined ? undefined : ['1', 'on', 'true', 'yes'].includes(value);
}

/** What ADD COLUMN refuses, whatever the rows or as soon as there is one; messages measured on 3.40. */
export function addedColumn({ column, ifNotExists }: OperationOf<'addColumn'>, altered: Altered): readonly Fact[] {
  const { table } = altered;
  if (ifNotExists) return [syntaxError('EXISTS')];
  const has = (type: string): boolean => column.constraints.some(constraint => constraint.type === type);
  if (has('primaryKey')) return [fails(SQLITE_ERROR, 'Cannot add a PRIMARY KEY column')];
  if (has('unique')) return [fails(SQLITE_ERROR, 'Cannot add a UNIQUE column')];
  const same = column.name.toLowerCase();
  const there = table.columns.find(({ name }) => name.toLowerCase() === same);
  if (there !== undefined && there.uncertain !== true) {
    return [fails(SQLITE_ERROR, `duplicate column name: ${column.name}`)];
  }
  // Every row is tested since 3.37 (release notes); before, rows that break the CHECK stay.
  const tested = has('check') && atLeast(altered.server, '3.37.0');
  return [...rowFailures(column, altered), ...(tested ? [scan(affected(table))] : [])];
}

function rowFailures(column: ColumnDefinition, { table, state }: Altered): readonly Fact[] {
  const fail = (reason: RowFailure['reason'], message: string): Fact =>
    rows({ relation: affected(table), reason, anyRow: true, column: column.name, message });
  const given = column.default;
  const isNull = given === undefined || isNullLiteral(given.expression);
  const found: Fact[] = [];
  if (column.generated?.storage === 'stored') found.push(fail('generated', 'cannot add a STORED column'));
  if (column.notNull && isNull && column.generated === undefined) {
    const relation = affected(table);
    // A rule of its own tells it.
    found.push(rows({ relation, reason: 'not null', anyRow: true, column: column.name }));
  }
  if (given !== undefined && !isConstant(given)) {
    found.push(fail('default', 'Cannot add a column with non-constant default'));
  }
  const references = column.constraints.some(({ type }) => type === 'foreignKey');
  if (references && !isNull && enforcesForeignKeys(state) === true) {
    found.push(fail('foreign key', 'Cannot add a REFERENCES column with non-NULL default value'));
  }
  return found;
}

/* ---------------------------------------------------------------- DROP COLUMN, RENAME */

/** DROP COLUMN writes every row anew without the column, and refuses one that anything else names (measured on 3.40). */
export function droppedColumn(operation: OperationOf<'dropColumn'>, altered: Altered): readonly Fact[] {
  const { table } = altered;
  if (operation.ifExists) return [syntaxError('EXISTS')];
  const failure = whyNotDropped(operation.column, altered);
  return failure === undefined ? [rewrite(affected(table))] : [fails(SQLITE_ERROR, failure)];
}

function whyNotDropped(name: string, { table, state }: Altered): string | undefined {
  const column = findColumn(table, name);
  if (column === undefined) return table.complete ? `no such column: "${name}"` : undefined;
  if (column.uncertain || table.uncertain) return undefined;
  const holds = (columns: readonly string[]): boolean => columns.some(other => same(other, column.name));
  const error = (where: string): string => `error in ${where} after drop column: no such column: ${column.name}`;
  const keys = (type: 'primaryKey' | 'unique') =>
    table.constraints.flatMap(constraint =>
      constraint.type === type && 'columns' in constraint ? [constraint.columns] : [],
    );
  if (keys('primaryKey').some(holds)) return `cannot drop PRIMARY KEY column: "${column.name}"`;
  const uniques = keys('unique');
  if (uniques.some(columns => columns.length === 1 && holds(columns))) {
    return `cannot drop UNIQUE column: "${column.name}"`;
  }
  if (table.complete && table.columns.length === 1) {
    return `cannot drop column "${column.name}": no other columns exist`;
  }
  const index = indexesOf(state, table).find(
    ({ constraint, elements, where }) =>
      constraint === undefined &&
      (elements.some(element => same(element.column, column.name) || names(element.expression, column.name)) ||
        names(where, column.name)),
  );
  if (index !== undefined) return error(`index ${index.name}`);
  const generated = table.columns.some(other => other !== column && names(other.generated?.expression, column.name));
  const keyed = constraintsOf(table, 'foreignKey').some(({ columns }) => columns.length > 1 && holds(columns));
  if (generated || keyed || uniques.some(holds)) return error(`table ${table.name}`);
  const view = directViewsOf(state, table, column.name)[0];
  return view === undefined ? undefined : error(`view ${view.name}`);
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

function names(written: WrittenExpression | undefined, column: string): boolean {
  if (written === undefined) return false;
  let found = false;
  walkExpression(written.expression, part => {
    if (part.kind === 'column' && same(part.name, column)) found = true;
  });
  return found;
}

export function renamedColumn({ column, newName }: OperationOf<'renameColumn'>, { table }: Altered): readonly Fact[] {
  const found = table.columns.find(({ name }) => same(name, column));
  if (found === undefined) return table.complete ? [fails(SQLITE_ERROR, `no such column: "${column}"`)] : [];
  const there = table.columns.find(other => other !== found && same(other.name, newName));
  return there === undefined || there.uncertain
    ? []
    : [fails(SQLITE_ERROR, `error in table ${table.name} after rename: duplicate column name: ${newName}`)];
}
