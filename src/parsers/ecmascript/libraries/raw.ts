import type { Fragment } from '../../../source/fragment.ts';
import type { Output } from '../library.ts';
import type { Link, Value } from '../values.ts';

/** The string that a call's argument is: itself, or the `sql`, `query` or `text` of an object. */
function sqlOf(value: Value | undefined): Fragment | undefined {
  if (value?.kind === 'text') return value.fragment;
  if (value?.kind !== 'record') return undefined;
  for (const key of ['sql', 'query', 'text']) {
    const entry = value.entries.get(key);
    if (entry?.kind === 'text') return entry.fragment;
  }
  return undefined;
}

/** Sends the SQL of a call's first argument; a text that only the run knows is said to be unreadable. */
export function sendRaw(link: Link, out: Output): void {
  const fragment = sqlOf(link.args?.[0]);
  if (fragment === undefined || /^\s*\$\{[^}]*\}\s*$/.test(fragment.text)) {
    out.unreadable(link.node, 'the SQL is only known when it runs');
  } else out.sql(fragment);
}

/** Calls back what a call was given, with roots of the library as arguments. */
export function runCallbacks(link: Link, roots: readonly string[], out: Output): void {
  for (const arg of link.args ?? []) {
    if (arg.kind !== 'function') continue;
    const args = roots.map((root): Value => ({ kind: 'chain', root, links: [], node: arg.node }));
    const result = out.call(arg, args);
    if (result.kind === 'chain') out.send(result);
  }
}
