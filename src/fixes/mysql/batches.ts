import type { Delete, Update } from '../../operations/operations.ts';
import { resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified } from './sql.ts';

/** Rows per batch: a few hundred to a few thousand keep each transaction well below a second, and replicas close behind. */
const BATCH_ROWS = 1000;

/** The UPDATE or DELETE at hand in batches, each a transaction of its own: MySQL has no loop outside of a routine. */
export function batches(change: Update | Delete, state: State, file: SourceFile): SafeForm {
  const others = change.kind === 'update' ? change.from : change.using;
  if (change.with !== undefined || others.length > 0 || change.table.alias !== undefined) return {};
  const table = qualified(change.table.name);
  if (change.kind === 'delete') {
    const where = change.where === undefined ? '' : ` WHERE ${change.where.text}`;
    const repeat = '-- again and again, each by itself, until it deletes no row; or let pt-archiver do it';
    return sql(`${repeat}\nDELETE FROM ${table}${where} LIMIT ${BATCH_ROWS};`);
  }
  const clauses = file.text
    .slice(change.head[1], change.where?.range[0] ?? change.range[1])
    .replace(/\s*\bWHERE\s*$/i, '')
    .trim();
  if (!/^SET\b/i.test(clauses) || /\b(?:ORDER\s+BY|LIMIT)\b/i.test(clauses)) return {};
  const key = resolveTable(state, change.table.name)?.constraints.find(({ type }) => type === 'primaryKey');
  const column = key?.type === 'primaryKey' && key.columns.length === 1 ? key.columns[0]! : 'id';
  const condition = change.where === undefined ? '' : `(${change.where.text}) AND `;
  return sql(
    `-- by ranges of the key, each by itself, from a script that pauses: 1 to ${BATCH_ROWS}, ${BATCH_ROWS + 1} to ${2 * BATCH_ROWS}, …\n` +
      `UPDATE ${table} ${clauses} WHERE ${condition}${identifier(column)} BETWEEN 1 AND ${BATCH_ROWS};`,
  );
}

const sql = (text: string): SafeForm => ({ safeRewrite: { text, language: 'sql' } });
