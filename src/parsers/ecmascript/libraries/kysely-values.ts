import type { Fragment } from '../../../source/fragment.ts';
import type { Output } from '../library.ts';
import { joined, literalOf, type Part, quoted, sqlText, textsOf } from '../sql-text.ts';
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Link, Value } from '../values.ts';

/** A link of a builder by its name; the last one where there are several. */
export function linkOf(links: readonly Link[], name: string): Link | undefined {
  return links.findLast(each => each.name === name);
}

/** The SQL of `` sql`…` `` as an argument. */
export function rawOf(value: Value | undefined): Fragment | undefined {
  if (value?.kind !== 'chain' || value.root !== 'sql') return undefined;
  const text = value.links[0]?.args?.[0];
  return text?.kind === 'text' ? text.fragment : undefined;
}

/** A name in quotes, in the schema of `withSchema` where it names none; a placeholder where only the run knows it. */
export function nameSql({ file }: Output, value: Value | undefined, schema?: string): Fragment {
  if (value?.kind === 'text') {
    const name = quoted(file, value.fragment);
    if (schema === undefined || value.fragment.text.includes('.')) return name;
    return sqlText(file, rangeOf(value.node), [`"${schema}".`, name]);
  }
  const raw = rawOf(value);
  if (raw !== undefined) return raw;
  const range = rangeOf(value?.node ?? { type: 'Program' });
  return holeFragment(file, file.text.slice(...range), range);
}

/** Names in a row, in parentheses. */
export function columnList(out: Output, value: Value | undefined): string {
  const texts = textsOf(value);
  return `(${texts === undefined ? '${columns}' : texts.map(text => quoted(out.file, text).text).join(', ')})`;
}

/** A value as it is written into the SQL. */
export function literalSql(value: Value | undefined): string {
  switch (value?.kind) {
    case 'text':
      return literalOf(value.fragment.text);
    case 'constant':
      return value.value === null || value.value === undefined ? 'null' : String(value.value);
    default:
      return rawOf(value)?.text ?? '${value}';
  }
}

/** Conditions of `where` calls, with its WHERE; nothing where there are none. */
export function whereSql(links: readonly Link[], out: Output): readonly Part[] {
  const tests = links
    .filter(({ name }) => /^(and|or)?where/i.test(name))
    .map(({ name, args = [] }): Part => {
      const [left, operator, right] = args;
      if (/ref$/i.test(name) && left?.kind === 'text' && operator?.kind === 'text' && right?.kind === 'text') {
        const test = `${nameSql(out, left).text} ${operator.fragment.text} ${nameSql(out, right).text}`;
        return sqlText(out.file, rangeOf(left.node), [test]);
      }
      const raw = rawOf(left);
      if (raw !== undefined && operator === undefined) return raw;
      if (operator?.kind !== 'text' || (left?.kind !== 'text' && raw === undefined)) return '${where}';
      const column = raw?.text ?? nameSql(out, left).text;
      const words = operator.fragment.text;
      const list = right?.kind === 'list' ? `(${right.items.map(literalSql).join(', ')})` : literalSql(right);
      return sqlText(out.file, rangeOf(left!.node), [`${column} ${words} ${list}`]);
    });
  return tests.length === 0 ? [] : [' where ', ...joined(tests, ' and ')];
}
