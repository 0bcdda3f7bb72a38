import type { DataType } from '../../operations/data-types.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { derivedName, identifier, qualified, sql } from './sql.ts';

/** Constants that fill a column of a built-in type: what a reader would most likely put there, to be thought over. */
const NEUTRAL_VALUES: Readonly<Record<string, string>> = {
  text: "''",
  varchar: "''",
  bpchar: "''",
  int2: '0',
  int4: '0',
  int8: '0',
  numeric: '0',
  float4: '0',
  float8: '0',
  bool: 'false',
  json: "'{}'",
  jsonb: "'{}'",
  date: 'CURRENT_DATE',
  timestamp: 'now()',
  timestamptz: 'now()',
};

/** ADD COLUMN with a constant default, or nullable first where no constant suggests itself. */
export function requiredColumn(operation: OperationOf<'addColumn'>, state: State): SafeForm {
  const { column, table } = operation;
  const value = neutralValue(column.type);
  const type = column.type?.text ?? 'text';
  const alter = `ALTER TABLE ${qualified(table)}`;
  if (value !== undefined && column.constraints.every(constraint => constraint.type === 'check')) {
    return sql(
      `-- every row gets the constant at once, nothing is rewritten\n` +
        `${alter} ADD COLUMN ${identifier(column.name)} ${type} NOT NULL DEFAULT ${value};`,
    );
  }
  const steps = notNullSteps(table, column.name, resolveTable(state, table));
  return sql(`-- migration 1\n${alter} ADD COLUMN ${identifier(column.name)} ${type};\n${steps}`);
}

/** The way to NOT NULL: fill in batches, prove it by a validated check, then SET NOT NULL without a scan. */
export function notNull(table: ObjectName, column: string, state: State): SafeForm {
  return sql(`-- migration 1: as above, without NOT NULL\n${notNullSteps(table, column, resolveTable(state, table))}`);
}

function notNullSteps(table: ObjectName, column: string, known: Table | undefined): string {
  const check = identifier(derivedName(table.name, column, 'not_null'));
  const alter = `ALTER TABLE ${qualified(table)}`;
  const name = identifier(column);
  const key = keyOf(known) ?? 'id';
  const value = neutralValue(known === undefined ? undefined : findColumn(known, column)?.type) ?? '…';
  return (
    `-- migration 2, once running code writes the column: in batches by key, each committed\n` +
    `UPDATE ${qualified(table)} SET ${name} = ${value} WHERE ${key} BETWEEN 1 AND 1000 AND ${name} IS NULL;\n` +
    `-- migration 3\n${alter} ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID;\n` +
    `-- migration 4: reads the table, blocks nobody\n${alter} VALIDATE CONSTRAINT ${check};\n` +
    `-- migration 5: needs no scan any more\n${alter} ALTER COLUMN ${name} SET NOT NULL;\n` +
    `${alter} DROP CONSTRAINT ${check};`
  );
}

function neutralValue(type: DataType | undefined): string | undefined {
  if (type === undefined) return undefined;
  return type.arrayDimensions > 0 ? "'{}'" : NEUTRAL_VALUES[type.name];
}

function keyOf(table: Table | undefined): string | undefined {
  const key = table?.constraints.find(constraint => constraint.type === 'primaryKey');
  return key?.type === 'primaryKey' && key.columns.length === 1 ? identifier(key.columns[0]!) : undefined;
}
