import type { SafeForms } from '../safe-forms.ts';
import { concurrentIndex } from './indexes.ts';
import { notNull, requiredColumn } from './not-null.ts';
import { renamedColumn, renamedTable } from './renames.ts';

/** The safe forms of PostgreSQL. */
export const postgresForms: SafeForms = { concurrentIndex, requiredColumn, notNull, renamedTable, renamedColumn };
