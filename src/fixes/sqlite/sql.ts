/** A name in double quotes. Template placeholders stay as they are. */
export function identifier(name: string): string {
  return /[${]/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Names in parentheses' order: `"a", "b"`. */
export function identifiers(names: readonly string[]): string {
  return names.map(identifier).join(', ');
}
