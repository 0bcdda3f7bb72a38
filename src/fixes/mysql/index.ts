import type { SafeForms } from '../safe-forms.ts';
import { onlineCopy } from './online-copy.ts';

/** The safe forms of MySQL and MariaDB. */
export const mysqlForms: Partial<SafeForms> = { onlineCopy };
