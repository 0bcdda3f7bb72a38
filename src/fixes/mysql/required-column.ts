import type { DataType } from '../../operations/data-types.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified } from './sql.ts';

const NUMBERS: ReadonlySet<string> = new Set([
  ...['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'decimal', 'float', 'double', 'bit', 'year'],
]);
const DATES: Readonly<Record<string, string>> = {
  date: "'1970-01-01'",
  datetime: 'CURRENT_TIMESTAMP',
  timestamp: 'CURRENT_TIMESTAMP',
};

/** What a reader would most likely put into a column of a type, to be thought over; undefined where nothing suggests itself. */
function neutralValue(type: DataType | undefined): string | undefined {
  if (type === undefined) return undefined;
  if (NUMBERS.has(type.name)) return '0';
  if (type.name === 'enum') return `'${String(type.modifiers[0]).replaceAll("'", "''")}'`;
  return type.name === 'varchar' || type.name === 'char' ? "''" : DATES[type.name];
}

/** ADD COLUMN with a default that says what the rows get, or nullable first. */
export function requiredColumn({ column, table }: OperationOf<'addColumn'>): SafeForm {
  const alter = `ALTER TABLE ${qualified(table)} ADD COLUMN ${identifier(column.name)} ${column.type?.text ?? 'text'}`;
  const value = neutralValue(column.type);
  if (value === undefined) {
    return sql(`-- migration 1\n${alter} NULL;\n${fillSteps(table, column.name, column.type, undefined)}`);
  }
  return sql(
    `-- the rows that are there get the default, and running code may leave the column out\n${alter} NOT NULL DEFAULT ${value};`,
  );
}

/** The way to NOT NULL: fill in batches, then MODIFY with the whole definition. */
export function notNull(table: ObjectName, column: string, state: State): SafeForm {
  const known = resolveTable(state, table);
  const type = known === undefined ? undefined : findColumn(known, column)?.type;
  const key = known?.constraints.find(constraint => constraint.type === 'primaryKey');
  const name = key?.type === 'primaryKey' && key.columns.length === 1 ? key.columns[0] : undefined;
  return sql(fillSteps(table, column, type, name));
}

function fillSteps(table: ObjectName, column: string, type: DataType | undefined, key: string | undefined): string {
  const name = identifier(column);
  return (
    `-- once running code writes the column: in batches by key, each committed\n` +
    `UPDATE ${qualified(table)} SET ${name} = ${neutralValue(type) ?? '…'} ` +
    `WHERE ${identifier(key ?? 'id')} BETWEEN 1 AND 1000 AND ${name} IS NULL;\n` +
    `-- a later migration; it writes the table anew beside its traffic\n` +
    `ALTER TABLE ${qualified(table)} MODIFY ${name} ${type?.text ?? '…'} NOT NULL;`
  );
}

const sql = (text: string): SafeForm => ({ safeRewrite: { text, language: 'sql' } });
