import type { Map as PersistentMap } from 'immutable';

/** A node of the tree behind an immutable map, as far as it is looked at here. */
interface Node {
  readonly nodes?: readonly (Node | undefined)[];
  readonly entries?: readonly (readonly [unknown, unknown])[];
  readonly entry?: readonly [unknown, unknown];
}

/**
 * The values of a map that another one made from it, or that it was made from, may not have: all that changed, and a few more.
 * Maps share the parts of their trees that did not change, so this takes time by the changes and not by the size; all values
 * where the tree is not as expected.
 *
 * @returns values in no particular order
 */
export function unsharedValues<Value>(
  map: PersistentMap<number, Value>,
  other: PersistentMap<number, Value>,
): readonly Value[] {
  if (map === other || map.size === 0) return [];
  const root = (map as { readonly _root?: Node })._root;
  if (root === undefined) return [...map.values()];
  const values: unknown[] = [];
  let here: ReadonlySet<Node> = new Set([root]);
  let there: ReadonlySet<Node> = new Set(childrenOf({ nodes: [(other as { readonly _root?: Node })._root] }));
  while (here.size > 0) {
    const [own, foreign] = [[...here].filter(node => !there.has(node)), [...there].filter(node => !here.has(node))];
    for (const { entries, entry } of own)
      values.push(...(entries ?? (entry === undefined ? [] : [entry])).map(at => at[1]));
    here = new Set(own.flatMap(childrenOf));
    there = new Set(foreign.flatMap(childrenOf));
  }
  return values as Value[];
}

function childrenOf({ nodes = [] }: Node): readonly Node[] {
  return nodes.filter(node => node !== undefined);
}
