import type { ObjectName } from '../../operations/names.ts';
import type { Delete, Update } from '../../operations/operations.ts';
import { resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified, sql } from './sql.ts';

/** Rows per batch: a few hundred to a few thousand keep each transaction well below a second. */
const BATCH_ROWS = 1000;

/** The UPDATE or DELETE at hand, in batches by key, each committed. */
export function batches(change: Update | Delete, state: State, file: SourceFile): SafeForm {
  const foreign = change.kind === 'update' ? change.from : change.using;
  if (change.with !== undefined || foreign.length > 0 || change.table.alias !== undefined) return {};
  const [start, end] = [change.head[1], change.where?.range[0] ?? change.range[1]];
  const clauses = file.text
    .slice(start, end)
    .replace(/\s*\bWHERE\s*$/i, '')
    .trim();
  // What is done with the rows elsewhere in the statement cannot be done in batches.
  if (/\bRETURNING\b/i.test(file.text.slice(change.where?.range[1] ?? start, change.range[1]))) return {};
  const table = qualified(change.table.name);
  const command = change.kind === 'update' ? `UPDATE ${table} ${clauses}` : `DELETE FROM ${table}`;
  if (change.kind === 'update' ? !/^SET\b/i.test(clauses) : clauses !== '') return {};
  return sql(
    batchLoop({
      table: change.table.name,
      known: resolveTable(state, change.table.name),
      command,
      ...(change.where === undefined ? {} : { condition: change.where.text }),
    }),
  );
}

/**
 * A loop that runs a command over a table in batches of its key's order and commits each.
 *
 * @param command - the UPDATE or DELETE up to its WHERE
 * @param condition - what else the rows must fulfil
 */
export function batchLoop(loop: {
  readonly table: ObjectName;
  readonly known: Table | undefined;
  readonly command: string;
  readonly condition?: string;
}): string {
  const { table, known, command, condition } = loop;
  const key = singleKeyOf(known);
  const on = qualified(table);
  const also = condition === undefined ? '' : `\n      AND (${condition})`;
  return `-- a migration of its own, outside a transaction: each batch is committed, and running code gets its turn in between
DO $$
DECLARE
  batch_start ${on}.${key}%TYPE;
  batch_end ${on}.${key}%TYPE;
BEGIN
  SELECT ${key} INTO batch_start FROM ${on} ORDER BY ${key} LIMIT 1;
  WHILE batch_start IS NOT NULL LOOP
    SELECT ${key} INTO batch_end
    FROM (SELECT ${key} FROM ${on} WHERE ${key} >= batch_start ORDER BY ${key} LIMIT ${BATCH_ROWS}) AS batch
    ORDER BY ${key} DESC LIMIT 1;
    ${command}
    WHERE ${key} BETWEEN batch_start AND batch_end${also};
    COMMIT;
    PERFORM pg_sleep(0.05);
    SELECT ${key} INTO batch_start FROM ${on} WHERE ${key} > batch_end ORDER BY ${key} LIMIT 1;
  END LOOP;
END $$;`;
}

/** The column to go by: the primary key's, or that of a unique constraint; `id` where the history does not show one. */
function singleKeyOf(table: Table | undefined): string {
  const keys = (table?.constraints ?? []).flatMap(constraint =>
    constraint.type === 'primaryKey' || constraint.type === 'unique' ? [constraint.columns] : [],
  );
  const best = keys.find(columns => columns.length === 1) ?? keys[0];
  return identifier(best?.at(-1) ?? 'id');
}
