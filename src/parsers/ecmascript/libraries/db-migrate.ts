import type { Library, Output } from '../library.ts';
import type { Chain } from '../values.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** db-migrate: the driver. */
export const dbMigrate: Library = { parameters: ['db', 'callback'], run };

/** Calls that send the SQL they are given. */
const RAW = new Set(['runSql']);
/** Calls that call back with what they run on. */
const AROUND: Readonly<Record<string, readonly string[]>> = {};
/** Names that lead to others, or only read. */
const PASSIVE = new Set(['']);

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
