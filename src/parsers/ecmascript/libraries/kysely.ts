import type { Fragment } from '../../../source/fragment.ts';
import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { runCallbacks } from './raw.ts';

/** Kysely: the `sql` tag and the schema builder. */
export const kysely: Library = { parameters: ['db'], modules: ['kysely'], imports: { sql: 'sql' }, run, textOf };

/** Names that lead to others, or only read. */
const PASSIVE = new Set(['schema', 'transaction', 'introspection', 'getTables', 'fn', 'setIsolationLevel']);

function run(chain: Chain, out: Output): void {
  const { root, links, node } = chain;
  if (root === 'sql') {
    const fragment = textOf(chain);
    if (!links.some(({ name }) => name === 'execute')) return;
    if (fragment === undefined) out.unreadable(node, 'the SQL is only known when it runs');
    else out.sql(fragment);
    return;
  }
  for (const link of links) {
    if (link.name === 'execute' && link.args?.some(({ kind }) => kind === 'function')) runCallbacks(link, ['db'], out);
    else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}

/** The text of `` sql`…` `` and `sql.raw('…')`. */
function textOf({ root, links }: Chain): Fragment | undefined {
  const [first] = links;
  if (root !== 'sql' || first === undefined || !(first.name === '' || first.name === 'raw')) return undefined;
  const text = first.args?.[0];
  return text?.kind === 'text' ? text.fragment : undefined;
}
