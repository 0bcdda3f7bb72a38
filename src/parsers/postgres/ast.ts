import type * as pg from '@pgsql/types';

/**
 * The syntax tree of libpg-query, as types. Fields that hold 0, false or an empty string or list are left out of the tree, so
 * every field is optional; `location` left out is 0, and -1 is unknown. Every node is wrapped in an object with one key, its
 * name. No tree leaves this folder.
 */
export type * from '@pgsql/types';

type KeyOf<Union> = Union extends unknown ? keyof Union : never;

/** The name of a node: `CreateStmt`, `A_Expr` … */
export type NodeName = KeyOf<pg.Node>;

/** The fields of the node with a name. */
export type NodeOf<Name extends NodeName> = Extract<pg.Node, Record<Name, unknown>>[Name];

/** The name of a wrapped node. */
export function nodeName(node: pg.Node): NodeName {
  for (const name in node) return name as NodeName;
  throw new TypeError('a node without a name');
}

/** The fields of a wrapped node if it has the given name. */
export function nodeAs<Name extends NodeName>(node: pg.Node | undefined, name: Name): NodeOf<Name> | undefined {
  return node === undefined
    ? undefined
    : ((node as Partial<Record<NodeName, unknown>>)[name] as NodeOf<Name> | undefined);
}

/** The strings of a list of String nodes; other nodes (a star) are left out. */
export function stringsOf(nodes: readonly pg.Node[] | undefined): string[] {
  const strings: string[] = [];
  for (const node of nodes ?? []) {
    const string = nodeAs(node, 'String');
    if (string !== undefined) strings.push(string.sval ?? '');
  }
  return strings;
}
