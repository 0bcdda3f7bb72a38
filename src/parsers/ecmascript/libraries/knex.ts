import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** Knex: `knex.raw`, `knex.schema`, `knex.transaction`. */
export const knex: Library = { parameters: ['knex'], run };

/** Names that lead to the schema builder or change how it runs, and send nothing. */
const PASSIVE = new Set([
  ...['schema', 'withSchema', 'client', 'config', 'context', 'fn', 'ref', 'isTransaction', 'userParams'],
  ...['hasTable', 'hasColumn', 'then', 'catch', 'timeout', 'transacting', 'debug', 'now', 'destroy', 'initialize'],
  ...['commit', 'rollback', 'isCompleted', 'executionPromise', 'columnInfo', 'toString', 'toSQL', 'queryContext'],
]);

function run({ links, node }: Chain, out: Output): void {
  for (const link of links) {
    if (link.name === 'raw' && link.args !== undefined) sendRaw(link, out);
    else if (link.name === 'transaction') runCallbacks(link, ['knex'], out);
    else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'a query' : link.name} is not read`);
      return;
    }
  }
}
