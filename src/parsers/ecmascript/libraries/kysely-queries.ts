import { sliceFragment } from '../../../source/fragment.ts';
import { insertSql, updateSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import type { Part } from '../sql-text.ts';
import { joined, quoted, sqlText, textsOf } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Link, Value } from '../values.ts';
import { linkOf, literalSql, nameSql, whereSql } from './kysely-values.ts';

/** A table as a query names it: `person`, `s.person`, `person as p`. */
function tableSql(out: Output, target: Value | undefined, schema: string | undefined): Part {
  const alias = target?.kind === 'text' ? /^(\S+)(\s+as\s+)(\S+)$/i.exec(target.fragment.text) : null;
  if (target?.kind !== 'text' || alias === null) return nameSql(out, target, schema);
  const { fragment } = target;
  const [, name, as] = alias as unknown as readonly [string, string, string];
  const given = sliceFragment(fragment, name.length + as.length, fragment.text.length);
  const named = nameSql(out, { ...target, fragment: sliceFragment(fragment, 0, name.length) }, schema);
  return sqlText(out.file, rangeOf(target.node), [named, ' as ', quoted(out.file, given)]);
}

/** The other tables that a change looks at: `from`, `using`. */
function others(links: readonly Link[], name: string, schema: string | undefined, out: Output): readonly Part[] {
  const tables = links.filter(link => link.name === name).flatMap(({ args = [] }) => args);
  return tables.length === 0 ? [] : [` ${name} `, ...joined(tables.map(table => tableSql(out, table, schema)))];
}

/** What becomes of rows that are there already: `onConflict(oc => oc.column('a').doNothing())`. */
function conflictSql(links: readonly Link[], out: Output): readonly Part[] {
  const callback = linkOf(links, 'onConflict')?.args?.[0];
  if (callback?.kind !== 'function') return [];
  const calls = out.gather(callback, 'conflict').flatMap(chain => chain.links);
  const columns = calls
    .filter(({ name }) => name === 'column' || name === 'columns')
    .flatMap(({ args = [] }) => args.flatMap(arg => textsOf(arg) ?? []));
  const on = columns.length === 0 ? '' : ` (${columns.map(text => quoted(out.file, text).text).join(', ')})`;
  return calls.some(({ name }) => name === 'doNothing') ? [` on conflict${on} do nothing`] : [];
}

/**
 * What a query builder that changes data sends.
 *
 * @returns undefined where the first link starts no such query
 */
export function querySql(
  links: readonly Link[],
  schema: string | undefined,
  out: Output,
): readonly (readonly Part[])[] | undefined {
  const [first] = links;
  const [target] = first?.args ?? [];
  if (first?.args === undefined) return undefined;
  const table = tableSql(out, target, schema);
  switch (first.name) {
    case 'insertInto':
    case 'replaceInto':
      return [[...insertSql(out.file, table, linkOf(links, 'values')?.args?.[0]), ...conflictSql(links, out)]];
    case 'updateTable': {
      const [set, value] = linkOf(links, 'set')?.args ?? [];
      const sets =
        set?.kind === 'text'
          ? ['UPDATE ', table, ' SET ', quoted(out.file, set.fragment), ` = ${literalSql(value)}`]
          : updateSql(out.file, table, set);
      return [[...sets, ...others(links, 'from', schema, out), ...whereSql(links, out)]];
    }
    case 'deleteFrom':
      return [['DELETE FROM ', table, ...others(links, 'using', schema, out), ...whereSql(links, out)]];
    default:
      return undefined;
  }
}

/** What a query inside of another may have: more than this is not written out. */
const IN_SELECT = /^(?:selectFrom|select|selectAll|distinct|(?:and)?where(?:Ref)?)$/;

/**
 * A query that reads, as a view is made of it.
 *
 * @returns undefined where it does more than choose columns of a table by conditions
 */
export function selectSql(
  value: Value | undefined,
  schema: string | undefined,
  out: Output,
): readonly Part[] | undefined {
  const links = value?.kind === 'chain' ? value.links : [];
  const target = linkOf(links, 'selectFrom')?.args?.[0];
  if (target?.kind !== 'text' || links.some(({ name }) => !IN_SELECT.test(name))) return undefined;
  const chosen = links.filter(({ name }) => name === 'select').flatMap(({ args = [] }) => args);
  const texts = chosen.flatMap(each => textsOf(each) ?? []);
  if (chosen.some(each => textsOf(each) === undefined) || texts.some(({ text }) => /\s/.test(text))) return undefined;
  const isAll = linkOf(links, 'selectAll') !== undefined;
  if (isAll === texts.length > 0) return undefined;
  const columns = isAll ? ['*'] : joined(texts.map(text => quoted(out.file, text)));
  const distinct = linkOf(links, 'distinct') === undefined ? '' : 'distinct ';
  return [`select ${distinct}`, ...columns, ' from ', tableSql(out, target, schema), ...whereSql(links, out)];
}
