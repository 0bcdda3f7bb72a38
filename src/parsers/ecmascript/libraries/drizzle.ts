import { insertSql, updateSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import { type Part, quoted } from '../sql-text.ts';
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Link, Value } from '../values.ts';
import { linkOf } from './kysely-values.ts';

/** What follows each of Drizzle's queries that change data. */
const FOLLOWED: Readonly<Record<string, RegExp>> = {
  insert: /^(?:values|select)$/,
  update: /^set$/,
  delete: /^(?:where|returning|execute|run|limit|orderBy)$/,
};

/** Whether links are a query of Drizzle's builder that changes data: its table is no text, and its clauses are calls. */
export function isDrizzleQuery([first, second]: readonly Link[]): boolean {
  const [target, ...more] = first?.args ?? [];
  if (first === undefined || target === undefined || more.length > 0 || !Object.hasOwn(FOLLOWED, first.name))
    return false;
  const isTable = target.kind === 'chain' || target.kind === 'unknown' || target.kind === 'made';
  if (second === undefined) return isTable && first.name === 'delete';
  return isTable && FOLLOWED[first.name]!.test(second.name);
}

/** The SQL of such a query; conditions that are functions of Drizzle's are only known when it runs. */
export function querySql(links: readonly Link[], out: Output): readonly Part[] {
  const { file } = out;
  const [first] = links;
  const table = tableOf(first?.args?.[0], out);
  const where: readonly Part[] = linkOf(links, 'where') === undefined ? [] : [' WHERE ${where}'];
  const limit: readonly Part[] = linkOf(links, 'limit') === undefined ? [] : [' LIMIT ${limit}'];
  switch (first?.name) {
    case 'insert':
      return insertSql(file, table, linkOf(links, 'values')?.args?.[0]);
    case 'update':
      return [...updateSql(file, table, linkOf(links, 'set')?.args?.[0]), ...where, ...limit];
    default:
      return ['DELETE FROM ', table, ...where, ...limit];
  }
}

/** A table by the name that `pgTable` and its like give it in this file, else what only the run knows. */
function tableOf(value: Value | undefined, { file }: Output): Part {
  const [name] = value?.kind === 'chain' && value.root === 'table' ? (value.links[0]?.args ?? []) : [];
  if (name?.kind === 'text') return quoted(file, name.fragment);
  const range = rangeOf(value!.node);
  return holeFragment(file, file.text.slice(...range), range);
}
