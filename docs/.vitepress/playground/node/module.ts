import * as levenshtein from 'fastest-levenshtein';
import libpgQuery from 'libpg-query/wasm/libpg-query.js';
import picomatch from 'picomatch';

/** What the engine loads when it first needs it, and the playground can come to. */
const MODULES: Readonly<Record<string, unknown>> = {
  'fastest-levenshtein': levenshtein,
  'libpg-query/wasm/libpg-query.js': libpgQuery,
  picomatch,
};

/** Stands in for node:module in a browser. A module's path is its name. */
export function createRequire(): (name: string) => unknown {
  const require = (name: string): unknown => {
    if (!Object.hasOwn(MODULES, name)) throw new Error(`${name} is not part of the playground`);
    return MODULES[name];
  };
  return Object.assign(require, { resolve: (name: string) => name });
}
