import { findColumn, resolveTable } from '../../schema/index.ts';
import type { SafeForms } from '../safe-forms.ts';
import { rebuiltTable } from './rebuild.ts';

/** The safe forms of SQLite. */
export const sqliteForms: Partial<SafeForms> = {
  rebuiltTable,
  requiredColumn: (operation, state) => rebuiltTable(operation.table, operation, state),
  notNull: (table, column, state) => {
    const known = resolveTable(state, table);
    if (known === undefined || findColumn(known, column) === undefined) return {};
    const { range, head } = { range: [0, 0] as const, head: [0, 0] as const };
    return rebuiltTable(table, { kind: 'setNotNull', range, head, table, column }, state);
  },
};
