import type { Fragment } from '../../source/fragment.ts';
import { children, type Node } from './syntax.ts';

/** What an expression is known to be before the code runs. */
export type Value =
  | { readonly kind: 'text'; readonly fragment: Fragment; readonly node: Node }
  | { readonly kind: 'constant'; readonly value: number | boolean | bigint | null | undefined; readonly node: Node }
  | { readonly kind: 'list'; readonly items: Value[]; readonly node: Node }
  /** `open`: there are entries that are not known. */
  | {
      readonly kind: 'record';
      readonly entries: Map<string, Value>;
      /** Where the entries' names are written, of those that are. */
      readonly keys?: Map<string, Node>;
      open: boolean;
      readonly node: Node;
    }
  | FunctionValue
  | { readonly kind: 'class'; readonly node: Node; readonly scope: Scope }
  /** An object of a class of this file: `this`. */
  | {
      readonly kind: 'instance';
      readonly node: Node;
      readonly of: Value & { kind: 'class' };
      readonly self: Value;
      readonly fields: ReadonlyMap<string, Value>;
    }
  /** `new Name(…)` of a class from elsewhere. */
  | { readonly kind: 'made'; readonly name: string; readonly args: readonly Value[]; readonly node: Node }
  | Chain
  | { readonly kind: 'unknown'; readonly node: Node };

/** A function of the file. */
export interface FunctionValue {
  readonly kind: 'function';
  readonly node: Node;
  readonly scope: Scope;
  readonly self?: Value;
  /** Arguments that `bind` gave it. */
  readonly given?: readonly Value[];
}

/** Names and their values, innermost block first. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly parent?: Scope;
}

/** Calls on an object of the library, as `knex.schema.table(…)`: nothing has run before it is awaited or returned. */
export interface Chain {
  readonly kind: 'chain';
  /** What the library calls the object that it starts from. */
  readonly root: string;
  readonly links: readonly Link[];
  readonly node: Node;
  /** It stands right behind `await`. */
  readonly awaited?: true;
  /** The callback of the transaction that it runs in. */
  readonly within?: Node;
}

/** A property of an object of the library, or a call of one. */
export interface Link {
  readonly name: string;
  /** Where the name stands. */
  readonly at: Node;
  /** The arguments where it is called. */
  readonly args?: readonly Value[];
  /** The call, or the access where there is none. */
  readonly node: Node;
}

/** Where a value has entries that are not known: the spreads that made them. */
export function spreadsIn(value: Value): readonly Node[] {
  if (value.kind === 'made' || value.kind === 'list') {
    return (value.kind === 'made' ? value.args : value.items).flatMap(spreadsIn);
  }
  if (value.kind !== 'record') return [];
  const own = value.open ? children(value.node, 'properties').filter(({ type }) => type === 'SpreadElement') : [];
  return [...own, ...[...value.entries.values()].flatMap(spreadsIn)];
}
