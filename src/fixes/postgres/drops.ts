import type { OperationOf } from '../../operations/operations.ts';
import { findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified, sql } from './sql.ts';

/** First the release that does without the column, then the drop, with the proof that lets it pass. */
export function droppedColumn(operation: OperationOf<'dropColumn'>, state: State): SafeForm {
  const table = resolveTable(state, operation.table);
  const column = table === undefined ? undefined : findColumn(table, operation.column);
  const [on, name] = [qualified(operation.table), identifier(operation.column)];
  const required = column?.notNull === true && column.default === undefined && column.identity === undefined;
  const object = `${operation.table.schema === undefined ? '' : `${operation.table.schema}.`}${operation.table.name}.${operation.column}`;
  const expand = required
    ? `-- migration 1: lets the next release leave the column out\nALTER TABLE ${on} ALTER COLUMN ${name} DROP NOT NULL;\n`
    : '';
  return sql(
    `${expand}-- release the code that neither reads nor writes ${object}\n` +
      `-- migration ${required ? 2 : 1}, when no other release runs any more\n` +
      `-- surefoot-contract ${object}: unused since <release>\n` +
      `ALTER TABLE ${on} DROP COLUMN ${name};`,
  );
}

/** First the release that does without the table, then the drop, with the proof that lets it pass. */
export function droppedTable(operation: OperationOf<'dropTable'>): SafeForm {
  const { schema, name } = operation.table;
  const object = schema === undefined ? name : `${schema}.${name}`;
  const kind = operation.foreign === true ? 'FOREIGN TABLE' : 'TABLE';
  return sql(
    `-- release the code that neither reads nor writes ${object}, and keep a copy of what is worth keeping:\n` +
      `-- pg_dump --table=${object} …\n` +
      `-- a later migration, when no other release runs any more\n` +
      `-- surefoot-contract ${object}: unused since <release>\n` +
      `DROP ${kind} ${qualified(operation.table)};`,
  );
}
