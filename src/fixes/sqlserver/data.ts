import type { DataType } from '../../operations/data-types.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { Delete, OperationOf, Update } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified, sql } from './sql.ts';

/** Rows per batch: below the 5,000 locks at which the server locks the table instead of its rows (lock escalation). */
const BATCH_ROWS = 1000;

/** The UPDATE or DELETE at hand in batches, each a transaction of its own. */
export function batches(change: Update | Delete, _state: State, file: SourceFile): SafeForm {
  const others = change.kind === 'update' ? change.from : change.using;
  if (change.with !== undefined || others.length > 0 || change.table.alias !== undefined) return {};
  const table = qualified(change.table.name);
  const where = change.where === undefined ? '' : ` WHERE ${change.where.text}`;
  if (change.kind === 'delete') return loop(`DELETE TOP (${BATCH_ROWS}) FROM ${table}${where};`);
  const set = file.text
    .slice(change.head[1], change.where?.range[0] ?? change.range[1])
    .replace(/\s*\bWHERE\s*$/i, '')
    .trim();
  // What is done must not be matched again, or it goes on for ever.
  const [first] = change.assignments;
  const leavesOut =
    change.where !== undefined &&
    first !== undefined &&
    new RegExp(`\\b${first.column}\\b`, 'i').test(change.where.text);
  return /^SET\b/i.test(set) && leavesOut ? loop(`UPDATE TOP (${BATCH_ROWS}) ${table} ${set}${where};`) : {};
}

function loop(statement: string): SafeForm {
  return sql(`WHILE 1 = 1\nBEGIN\n  ${statement}\n  IF @@ROWCOUNT = 0 BREAK;\n  WAITFOR DELAY '00:00:00.100';\nEND;`);
}

const NUMBERS: ReadonlySet<string> = new Set([
  ...['bit', 'tinyint', 'smallint', 'int', 'bigint', 'decimal', 'numeric', 'money', 'smallmoney', 'float', 'real'],
]);
const DATES: Readonly<Record<string, string>> = {
  date: "'1970-01-01'",
  datetime: 'GETUTCDATE()',
  datetime2: 'SYSUTCDATETIME()',
  datetimeoffset: 'SYSDATETIMEOFFSET()',
};

/** What a reader would most likely put into a column of a type, to be thought over; undefined where nothing suggests itself. */
function neutralValue(type: DataType | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (NUMBERS.has(type.name)) return '0';
  return /char$/.test(type.name) ? "''" : DATES[type.name];
}

/** ADD with a named default that says what the rows get, or nullable first. */
export function requiredColumn({ column, table }: OperationOf<'addColumn'>): SafeForm {
  const [name, type] = [identifier(column.name), column.type?.text ?? '…'];
  const alter = `ALTER TABLE ${qualified(table)} ADD ${name} ${type}`;
  const value = neutralValue(column.type);
  if (value === undefined) return sql(`-- migration 1\n${alter} NULL;\n${fillSteps(table, column.name, type, '…')}`);
  const preset = identifier(`DF_${table.name}_${column.name}`);
  return sql(
    `-- metadata alone on Enterprise, Developer and Azure SQL; other editions write every row\n${alter} NOT NULL CONSTRAINT ${preset} DEFAULT ${value};`,
  );
}

/** The way to NOT NULL: fill in batches, then ALTER COLUMN with the type it has. */
export function notNull(table: ObjectName, column: string, state: State): SafeForm {
  const known = resolveTable(state, table);
  const type = known === undefined ? undefined : findColumn(known, column)?.type;
  return sql(fillSteps(table, column, type?.text ?? '…', neutralValue(type) ?? '…'));
}

function fillSteps(table: ObjectName, column: string, type: string, value: string): string {
  const name = identifier(column);
  return (
    '-- once running code writes the column: again and again, until it updates no row\n' +
    `UPDATE TOP (${BATCH_ROWS}) ${qualified(table)} SET ${name} = ${value} WHERE ${name} IS NULL;\n` +
    '-- a later migration; it reads every row, on Enterprise, Developer and Azure SQL beside the traffic\n' +
    `ALTER TABLE ${qualified(table)} ALTER COLUMN ${name} ${type} NOT NULL WITH (ONLINE = ON);`
  );
}
