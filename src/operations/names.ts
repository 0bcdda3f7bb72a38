import type { Range } from '../source/source-file.ts';

/**
 * The name of a database object as the server sees it: already folded by the dialect's quoting rules, so `Users` and `users`
 * are one PostgreSQL name and `"Users"` is another. A name with a template placeholder keeps the placeholder's text
 * (`${prefix}_users`) and equals only a name with the same text.
 */
export interface ObjectName {
  /** The schema as written; left out when the search path decides. */
  readonly schema?: string;
  readonly name: string;
  /** Where the name stands in the file, schema included; left out where the server makes the name up. */
  readonly range?: Range;
}

/** A schema-qualified name as a number, the same for the same name as long as the process runs. */
export type NameKey = number & { readonly [nameKeyBrand]: true };
declare const nameKeyBrand: unique symbol;

/** All names met so far, by schema. */
const NAME_KEYS = new Map<string, Map<string, NameKey>>();
let nextKey = 0;

/**
 * The key of a schema-qualified name in maps: a number, as persistent maps hash a text anew at each look.
 */
export function nameKey(schema: string, name: string): NameKey {
  let keys = NAME_KEYS.get(schema);
  if (keys === undefined) {
    keys = new Map();
    NAME_KEYS.set(schema, keys);
  }
  let key = keys.get(name);
  if (key === undefined) {
    key = nextKey++ as NameKey;
    keys.set(name, key);
  }
  return key;
}

/** `schema.name` as a person would write it, with no quotes; for messages, not for SQL. */
export function displayName(name: ObjectName): string {
  return name.schema === undefined ? name.name : `${name.schema}.${name.name}`;
}

/**
 * The ways a person may write an object, or a column of it, in a comment or a configuration: with its schema, and without
 * where the schema is `public` or left to the search path.
 */
export function spellings({ schema, name }: ObjectName, column?: string): readonly string[] {
  const end = column === undefined ? '' : `.${column}`;
  if (schema === undefined) return [`${name}${end}`, `public.${name}${end}`];
  return schema === 'public' ? [`public.${name}${end}`, `${name}${end}`] : [`${schema}.${name}${end}`];
}

/** Whether a name has a template placeholder or a hole in it (`${prefix}_users`, `{{ schema }}`, `:name`): only the run knows it. */
export function isOpenName(name: string): boolean {
  return name.includes('${') || name.includes('{{') || name.includes('{$') || name.startsWith(':');
}
