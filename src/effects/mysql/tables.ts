import { indexesOf } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';

/** The storage engine of a table, in lower case: the server's own where no migration says it. */
export function engineOf(table: Table): string {
  return table.options.find(({ name }) => name === 'engine')?.value?.toLowerCase() ?? 'innodb';
}

/** Whether the history shows a FULLTEXT index on a table: it is never rebuilt while others write. */
export function hasFulltext(table: Table, state: State): boolean {
  return indexesOf(state, table).some(({ indexKind }) => indexKind === 'fulltext');
}

/** Whether columns come and go instantly: not in compressed tables, nor beside a FULLTEXT index, nor in a temporary table. */
export function instantColumns(table: Table, state: State): boolean {
  const format = table.options.find(({ name }) => name === 'row_format')?.value?.toLowerCase();
  return format !== 'compressed' && table.persistence !== 'temporary' && !hasFulltext(table, state);
}
