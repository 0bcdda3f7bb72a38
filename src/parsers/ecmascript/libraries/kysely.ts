import type { Fragment } from '../../../source/fragment.ts';
import type { Library, Output } from '../library.ts';
import { closeAt, type Part, sqlText } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { querySql } from './kysely-queries.ts';
import { schemaSql } from './kysely-schema.ts';
import { runTransaction } from './raw.ts';

/** Kysely: the `sql` tag, the schema builder, and queries that change data. */
export const kysely: Library = {
  parameters: ['db'],
  promises: true,
  modules: ['kysely'],
  imports: { sql: 'sql' },
  run,
  textOf,
};

/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  ...['schema', 'introspection', 'getTables', 'getSchemas', 'fn', 'setIsolationLevel', 'setAccessMode', 'dynamic'],
  ...[
    'transaction',
    'connection',
    'withSchema',
    'withTables',
    'withPlugin',
    'withoutPlugins',
    'destroy',
    'withRecursive',
  ],
  ...['$extendTables', '$pickTables', '$omitTables', 'with', 'selectNoFrom', 'selectFrom', 'case', 'getExecutor'],
]);

function run(chain: Chain, out: Output): void {
  const { root, node } = chain;
  if (root === 'sql') {
    const fragment = textOf(chain);
    if (!chain.links.some(({ name }) => name === 'execute')) return;
    if (fragment === undefined) out.unreadable(node, 'the SQL is only known when it runs');
    else out.raw(fragment);
    return;
  }
  if (root !== 'db') return;
  const links = expanded(chain, out);
  let schema: string | undefined;
  for (const [index, link] of links.entries()) {
    if (link.name === 'withSchema') schema = textArgument(link)?.text;
    if (link.name === 'execute' && link.args?.some(({ kind }) => kind === 'function'))
      runTransaction(
        link,
        'db',
        out,
        isInside,
        links.find(({ name }) => name === 'transaction'),
      );
    else if (link.name === 'selectFrom') return;
    else {
      const rest = links.slice(index);
      const made = schemaSql(rest, schema, out) ?? querySql(rest, schema, out);
      if (made !== undefined) {
        if (made === 'unknown') out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
        else if (rest.some(({ name }) => /^execute/.test(name)))
          for (const parts of made) send(link, chain.links, parts, out);
        return;
      }
      if (!PASSIVE.has(link.name)) {
        out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
        return;
      }
    }
  }
}

/** The `sql` tag runs on what it is handed; builders on what they are made of. */
function isInside({ within, root, links }: Chain, callback: Chain['node']): boolean {
  if (root !== 'sql') return within === callback;
  const on = links.find(({ name }) => name === 'execute')?.args?.[0];
  return on?.kind !== 'chain' || on.within === callback;
}

function textArgument(link: Link): Fragment | undefined {
  const [text] = link.args ?? [];
  return text?.kind === 'text' ? text.fragment : undefined;
}

/** The statement stands from the first call of its builder to the last before `execute`. */
function send(first: Link, links: readonly Link[], parts: readonly Part[], { file, sql }: Output): void {
  const last = links.findLast(({ name }) => !/^execute/.test(name)) ?? first;
  sql(closeAt(file, sqlText(file, rangeOf(first.at), parts), last.node));
}

/** A chain's links with those that the functions of `$call` and `$if` add. */
function expanded(chain: Chain, out: Output): readonly Link[] {
  let links: readonly Link[] = [];
  for (const link of chain.links) {
    const callback = link.args?.at(-1);
    if ((link.name === '$call' || link.name === '$if') && callback?.kind === 'function') {
      const result: Value = out.call(callback, [{ ...chain, links }]);
      if (result.kind === 'chain') links = result.links;
      else out.unreadable(link.node, 'what this adds is only known when it runs');
    } else links = [...links, link];
  }
  return links;
}

/** The text of `` sql`…` ``, `sql.raw('…')`, `sql.ref('…')`, `sql.lit(…)`. */
function textOf({ root, links }: Chain): Fragment | undefined {
  const [first] = links;
  if (root !== 'sql' || first === undefined || !/^(|raw|ref|table|id|lit|literal)$/.test(first.name)) return undefined;
  const text = first.args?.[0];
  return text?.kind === 'text' ? text.fragment : undefined;
}
