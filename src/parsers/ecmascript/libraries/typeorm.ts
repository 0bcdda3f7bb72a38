import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** TypeORM: the query runner. */
export const typeorm: Library = { parameters: ['queryRunner'], run };

/** Calls that send the SQL they are given. */
const RAW = new Set(['query']);
/** Calls that call back with what they run on. */
const AROUND: Readonly<Record<string, readonly string[]>> = { transaction: ['queryRunner'] };
/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  'manager',
  'connection',
  'dataSource',
  'options',
  'type',
  'isTransactionActive',
  'hasTable',
  'hasColumn',
  'getTable',
  'getTables',
  'startTransaction',
  'commitTransaction',
  'rollbackTransaction',
  'connect',
  'release',
  'find',
  'findOne',
]);

function run({ links, node }: Chain, out: Output): void {
  for (const link of links) {
    if (RAW.has(link.name) && link.args !== undefined) sendRaw(link, out);
    else if (AROUND[link.name] !== undefined) runCallbacks(link, AROUND[link.name]!, out);
    else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}
