import { insertSql, updateSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import type { Part } from '../sql-text.ts';
import { quoted } from '../sql-text.ts';
import type { Link } from '../values.ts';
import { linkOf, literalSql, nameSql, whereSql } from './kysely-values.ts';

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
  const table = nameSql(out, target, schema);
  switch (first.name) {
    case 'insertInto':
    case 'replaceInto':
      return [insertSql(out.file, table, linkOf(links, 'values')?.args?.[0])];
    case 'updateTable': {
      const [set, value] = linkOf(links, 'set')?.args ?? [];
      const sets =
        set?.kind === 'text'
          ? ['UPDATE ', table, ' SET ', quoted(out.file, set.fragment), ` = ${literalSql(value)}`]
          : updateSql(out.file, table, set);
      return [[...sets, ...whereSql(links, out)]];
    }
    case 'deleteFrom':
      return [['DELETE FROM ', table, ...whereSql(links, out)]];
    default:
      return undefined;
  }
}
