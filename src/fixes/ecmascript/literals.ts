/** What only the run knows, as readers of code write it into SQL. */
const HOLE = /\$\{[\w.]+\}/;

const BACKSLASH = /\\/g;

/**
 * SQL as a string or template literal of JavaScript, escaped as it must be.
 *
 * @param tagged - as a template literal in any case
 * @param isHole - whether a `${name}` of the SQL is a place that the run fills; others are text
 */
export function literalOf(sql: string, tagged: boolean, isHole: (hole: string) => boolean = () => false): string {
  const holes = [...sql.matchAll(new RegExp(HOLE, 'g'))].filter(([hole]) => isHole(hole));
  if (!tagged && holes.length === 0 && !sql.includes('\n')) {
    if (!sql.includes("'")) return `'${escaped(sql, "'")}'`;
    if (!sql.includes('"')) return `"${escaped(sql, '"')}"`;
  }
  const parts: string[] = [];
  let at = 0;
  for (const { 0: hole, index } of holes) {
    parts.push(escaped(sql.slice(at, index), '`'), hole);
    at = index + hole.length;
  }
  return `\`${parts.join('')}${escaped(sql.slice(at), '`')}\``;
}

/**
 * Text as it must be written inside a literal.
 *
 * @param quote - what the literal is delimited by
 */
export function escaped(text: string, quote: string): string {
  const safe = text.replace(BACKSLASH, '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\r', '\\r');
  return quote === '`' ? safe.replaceAll('${', '\\${') : safe.replaceAll('\n', '\\n');
}
