import type { ObjectName } from '../../operations/names.ts';
import type { SafeForm } from '../safe-forms.ts';

/** A name in brackets where it needs them. Template placeholders stay as they are. */
export function identifier(name: string): string {
  if (/[${]/.test(name) || /^[A-Za-z_][\w@#$]*$/.test(name)) return name;
  return `[${name.replaceAll(']', ']]')}]`;
}

/** A name with its schema, where the statement gives one. */
export function qualified({ schema, name }: ObjectName): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}

/** A string of the server's. */
export const literal = (text: string): string => `N'${text.replaceAll("'", "''")}'`;

/** SQL as a safe form. */
export const sql = (text: string): SafeForm => ({ safeRewrite: { text, language: 'sql' } });
