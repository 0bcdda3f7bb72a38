import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { knex } from './knex.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** Adonis Lucid: a class around Knex. Its own names are `this.schema`, `this.db`, `this.defer`, `this.tableName`. */
export const lucid: Library = {
  parameters: [],
  self: 'lucid',
  run,
  ...(knex.textOf === undefined ? {} : { textOf: knex.textOf }),
};

function run(chain: Chain, out: Output): void {
  const [first, second] = chain.links;
  // What is said of the schema runs when `up` is done; what `this.db` is told runs at once.
  if (first?.name === 'defer') out.defer(() => runCallbacks(first, ['lucid'], out));
  else if (second?.name === 'rawQuery') sendRaw(second, out);
  else if (first?.name === 'rawQuery') sendRaw(first, out);
  else if (first?.name === 'schema') out.defer(() => knex.run(chain, out));
  else if (first?.name === 'db') knex.run({ ...chain, links: chain.links.slice(1) }, out);
  else if (first?.name === 'from' || first?.name === 'table' || first?.name === 'insertQuery') knex.run(chain, out);
}
