import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { knex } from './knex.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** MikroORM: the migration base class. */
export const mikroOrm: Library = { parameters: [], self: 'migration', run };

/** Calls that send the SQL they are given. */
const RAW = new Set(['addSql', 'execute']);
/** Calls that call back with what they run on. */
const AROUND: Readonly<Record<string, readonly string[]>> = {};
/** Names that lead to others, or only read. */
const PASSIVE = new Set(['ctx', 'driver', 'config', 'getEntityManager', 'getConnection', 'isTransactional', 'reset']);

function run(chain: Chain, out: Output): void {
  const { links, node } = chain;
  const [first, ...rest] = links;
  if (first?.name === 'getKnex') {
    knex.run({ ...chain, links: rest }, out);
    return;
  }
  for (const link of links) {
    if (RAW.has(link.name) && link.args !== undefined) sendRaw(link, out);
    else if (AROUND[link.name] !== undefined) runCallbacks(link, AROUND[link.name]!, out);
    else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}
