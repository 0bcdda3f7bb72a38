import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, literal, qualified, sql } from './sql.ts';

/** The new name, and a synonym of the old one for code that uses that still. */
export function renamedTable({ table, newName }: OperationOf<'renameTable'>): SafeForm {
  const renamed = table.schema === undefined ? { name: newName } : { schema: table.schema, name: newName };
  return sql(
    `BEGIN TRANSACTION;\nEXEC sp_rename ${literal(qualified(table))}, ${literal(newName)};\n` +
      `CREATE SYNONYM ${qualified(table)} FOR ${qualified(renamed)};\nCOMMIT;\n` +
      `-- when no release uses the old name\nDROP SYNONYM ${qualified(table)};`,
  );
}

/** The new column beside the old one: sp_rename fixes neither code nor views, procedures and triggers. */
export function renamedColumn({ table, column, newName }: OperationOf<'renameColumn'>, state: State): SafeForm {
  const known = resolveTable(state, table);
  const type = known === undefined ? undefined : findColumn(known, column)?.type;
  const [old, fresh, name] = [identifier(column), identifier(newName), qualified(table)];
  return sql(
    `-- migration 1\nALTER TABLE ${name} ADD ${fresh} ${type?.text ?? '…'} NULL;\n` +
      '-- migration 2, after the release that writes both columns: again and again, until it updates no row\n' +
      `UPDATE TOP (1000) ${name} SET ${fresh} = ${old} WHERE ${fresh} IS NULL AND ${old} IS NOT NULL;\n` +
      `-- migration 3, when no release uses the old one\nALTER TABLE ${name} DROP COLUMN ${old};`,
  );
}
