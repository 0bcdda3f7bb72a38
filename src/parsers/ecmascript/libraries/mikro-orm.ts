import type { Library, Output } from '../library.ts';
import type { Chain, Link } from '../values.ts';
import { knex } from './knex.ts';
import { sendRaw } from './raw.ts';

/** MikroORM: the migration base class. */
export const mikroOrm: Library = { parameters: [], self: 'migration', promises: true, run };

/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  'ctx',
  'driver',
  'config',
  'getEntityManager',
  'getConnection',
  'isTransactional',
  'reset',
  'getQueries',
]);

function run(chain: Chain, out: Output): void {
  const { links, node } = chain;
  const [first, ...rest] = links;
  if (first?.name === 'getKnex') {
    knex.run({ ...chain, links: rest }, out);
    return;
  }
  for (const link of links) {
    // `MigrationRunner` sends what `addSql` collects when `up` is done; `execute` sends at once.
    if (link.name === 'addSql' && link.args !== undefined) out.defer(() => sendQuery(link, out));
    else if (link.name === 'execute' && link.args !== undefined) sendQuery(link, out);
    else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}

/** SQL, or a query of the Knex that MikroORM hands out. */
function sendQuery(link: Link, out: Output): void {
  const [query] = link.args ?? [];
  if (query?.kind === 'chain' && query.links.length > 0) out.send(query);
  else sendRaw(link, out);
}
