import type { ObjectName } from '../../operations/names.ts';

/** A name in backticks, which no keyword needs more than. Template placeholders stay as they are. */
export function identifier(name: string): string {
  if (/[${]/.test(name)) return name;
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A name with its database, where the statement gives one. */
export function qualified({ schema, name }: ObjectName): string {
  return schema === undefined ? identifier(name) : `${identifier(schema)}.${identifier(name)}`;
}
