import { parseDuration } from '../../effects/index.ts';
import type { SafeForms } from '../safe-forms.ts';
import { batches, notNull, requiredColumn } from './data.ts';
import { onlineForm } from './online.ts';
import { renamedColumn, renamedTable } from './renames.ts';
import { qualified, sql } from './sql.ts';

/** The safe forms of SQL Server. */
export const sqlServerForms: Partial<SafeForms> = {
  batches,
  notNull,
  requiredColumn,
  renamedTable,
  renamedColumn,
  onlineCopy: onlineForm,
  validated: (table, name) =>
    sql(
      `-- reads every row while nobody uses the table: it holds a schema modification lock\nALTER TABLE ${qualified(table)} WITH CHECK CHECK CONSTRAINT ${qualified({ name })};`,
    ),
  withTimeout: (_setting, value, _inTransaction, range, file) =>
    sql(`SET LOCK_TIMEOUT ${parseDuration(value) ?? 0};\n${file.text.slice(...range)};\nSET LOCK_TIMEOUT -1;`),
};
