import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../../source/fragment.ts';
import { valueSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import { entry } from '../sql-text.ts';
import type { Chain, Link, Value } from '../values.ts';

/** The string that a call's argument is: itself, or the `sql`, `query` or `text` of an object. */
export function sqlOf(value: Value | undefined): Fragment | undefined {
  if (value?.kind === 'text') return value.fragment;
  if (value?.kind !== 'record') return undefined;
  for (const key of ['sql', 'query', 'text']) {
    const found = value.entries.get(key);
    if (found?.kind === 'text') return found.fragment;
  }
  return undefined;
}

/** Sends the SQL of a call's first argument; a text that only the run knows is said to be unreadable. */
export function sendRaw(link: Link, out: Output): void {
  const [first, second] = link.args ?? [];
  const fragment = sqlOf(first);
  if (fragment === undefined || /^\s*\$\{[^}]*\}\s*$/.test(fragment.text)) {
    out.unreadable(link.node, 'the SQL is only known when it runs');
    return;
  }
  const given = entry(second, 'replacements', 'values') ?? entry(first, 'values') ?? second;
  out.raw(given === undefined || given.kind === 'function' ? fragment : withValues(fragment, given));
}

/** Strings and comments, which hold no parameters, and the parameters of query builders: `??` is a name, `?` a value. */
const PARAMETER = /'(?:[^']|'')*'|"[^"]*"|--[^\n]*|\\\?|\?\??|(?<![:\w]):([a-z_]\w*)(:?)/gi;

/** SQL with what is known of its parameters in their places, and placeholders for the others. */
export function withValues(fragment: Fragment, values: Value): Fragment {
  const parts: Fragment[] = [];
  let at = 0;
  let position = 0;
  for (const match of fragment.text.matchAll(PARAMETER)) {
    const [whole, name, isName] = match;
    if (whole !== '?' && whole !== '??' && name === undefined) continue;
    // Named parameters need an object: elsewhere a colon is one of PostgreSQL's own.
    if (name !== undefined && entry(values, name) === undefined) continue;
    const listed = values.kind === 'list' ? values.items[position++] : values.kind === 'record' ? undefined : values;
    const value = name === undefined ? listed : entry(values, name);
    const end = match.index + whole.length;
    const text = whole === '??' || isName === ':' ? nameText(value) : valueSql(value);
    parts.push(sliceFragment(fragment, at, match.index));
    parts.push(substituteFragment(fragment.file, text, toSourceRange(fragment, match.index, end)));
    at = end;
  }
  return parts.length === 0 ? fragment : joinFragments([...parts, sliceFragment(fragment, at, fragment.text.length)]);
}

function nameText(value: Value | undefined): string {
  if (value?.kind !== 'text') return '${name}';
  return value.fragment.text
    .split('.')
    .map(part => `"${part}"`)
    .join('.');
}

type IsInside = (chain: Chain, callback: Value['node']) => boolean;

const isMadeOf: IsInside = (chain, callback) => chain.within === callback;

/**
 * Opens a transaction: of a callback, which ends with it, or one that is handed over, and that is ended by what it is handed to.
 *
 * @param root - what the callback is given
 */
export function openTransaction(link: Link, root: string, out: Output, isInside: IsInside = isMadeOf): void {
  if (link.args?.some(({ kind }) => kind === 'function') === true) runTransaction(link, root, out, isInside, link);
  else out.begin(link, chain => isInside(chain, link.node));
}

/**
 * Runs the callback of a transaction: what does not run on what it is given leaves the transaction.
 *
 * @param opens - the call, where it opens the transaction itself
 */
export function runTransaction(
  link: Link,
  root: string,
  out: Output,
  isInside: IsInside = isMadeOf,
  opens?: Link,
): void {
  for (const arg of link.args ?? []) {
    if (arg.kind !== 'function') continue;
    const { node } = arg;
    out.transaction(
      chain => isInside(chain, node),
      () => out.send(out.call(arg, [{ kind: 'chain', root, links: [], node, within: node }])),
      opens,
    );
  }
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
