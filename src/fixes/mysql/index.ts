import type { SafeForms } from '../safe-forms.ts';
import { batches } from './batches.ts';
import { onlineCopy } from './online-copy.ts';
import { notNull, requiredColumn } from './required-column.ts';
import { withTimeout } from './timeouts.ts';

/** The safe forms of MySQL and MariaDB. */
export const mysqlForms: Partial<SafeForms> = { batches, onlineCopy, requiredColumn, notNull, withTimeout };
