import type { ObjectName } from '../../operations/names.ts';
import type { SafeForm } from '../safe-forms.ts';

/**
 * Keywords that cannot be a column or table name without quotes (PostgreSQL manual, appendix "SQL Key Words": reserved, and
 * reserved but usable as function or type).
 */
const RESERVED = new Set(
  `all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
  concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from full
  grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
  localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning right
  select session_user similar some symmetric system_user table tablesample then to trailing true union unique user using
  variadic verbose when where window with`.split(/\s+/),
);

/** An identifier as it must be written: quoted where folding or a keyword would change it. Template placeholders stay bare. */
export function identifier(name: string): string {
  if (/[${]/.test(name)) return name;
  return /^[a-z_][a-z0-9_$]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A schema-qualified name as it must be written. */
export function qualified({ schema, name }: ObjectName): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}

/** A name in the schema of another object, as an index is in its table's. */
export function besides(object: ObjectName, name: string): string {
  return qualified(object.schema === undefined ? { name } : { schema: object.schema, name });
}

/**
 * A name made of parts, cut to the 63 bytes that the server keeps, the last part whole: it tells the objects of a table apart.
 */
export function derivedName(...parts: readonly [...string[], string]): string {
  const last = parts.at(-1)!;
  const first = parts.slice(0, -1).join('_');
  const room = 63 - Buffer.byteLength(last) - 1;
  let cut = first;
  while (Buffer.byteLength(cut) > room) cut = cut.slice(0, -1);
  return `${cut}_${last}`;
}

/** SQL as a safe form. */
export function sql(text: string): SafeForm {
  return { safeRewrite: { text, language: 'sql' } };
}
