import { type Fragment, joinFragments, sliceFragment, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import { type Node, rangeOf } from './syntax.ts';
import type { Value } from './values.ts';

/** A piece of SQL: what the library adds, or what the author wrote. */
export type Part = string | Fragment;

/** SQL of pieces; what the library adds stands at `site`. */
export function sqlText(file: SourceFile, site: Range, parts: readonly Part[]): Fragment {
  return joinFragments(parts.map(part => (typeof part === 'string' ? substituteFragment(file, part, site) : part)));
}

/** The last character of a call: where SQL that ends with what the library adds ends. */
export function endOf(node: Node): Range {
  const [, end] = rangeOf(node);
  return [end - 1, end];
}

/**
 * A statement whose last character is the last one of a call, so that its range ends where the call does. What it is made of
 * and is written elsewhere, in a constant or a helper, stands where the statement begins.
 */
export function closeAt(file: SourceFile, sql: Fragment, node: Node): Fragment {
  const last = sql.text.trimEnd().length - 1;
  return sqlText(file, endOf(node), [
    sliceFragment(insideOf(sql, rangeOf(node)), 0, last),
    sql.text.slice(last, last + 1),
  ]);
}

function insideOf(sql: Fragment, [start, end]: Range): Fragment {
  const isInside = ({ source }: Fragment['segments'][number]): boolean => source[0] >= start && source[1] <= end;
  if (sql.segments.every(isInside)) return sql;
  const site = sql.segments.find(isInside)?.source ?? [start, end];
  return {
    ...sql,
    segments: sql.segments.map(segment => (isInside(segment) ? segment : { ...segment, source: site })),
  };
}

/** A name in quotes, `schema.table` as two; a name that only the run knows without. */
export function quoted(file: SourceFile, name: Fragment): Fragment {
  const { text } = name;
  const [site] = name.segments;
  const last = name.segments.at(-1);
  const range: Range = [site!.source[0], last!.source[1]];
  if (/^\$\{[^}]*\}$/.test(text)) return name;
  if (/^[a-z_]\w*$/i.test(text)) return sqlText(file, range, ['"', name, '"']);
  const parts = text.split('.').map(part => (part === '*' ? part : `"${part.replaceAll('"', '""')}"`));
  return substituteFragment(file, parts.join('.'), range);
}

/** A text as a string literal. */
export function literalOf(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A known string. */
export function stringOf(value: Value | undefined): string | undefined {
  return value?.kind === 'text' ? value.fragment.text : undefined;
}

/** An entry of a known object; undefined where there is none. */
export function entry(value: Value | undefined, ...keys: readonly string[]): Value | undefined {
  if (value?.kind !== 'record') return undefined;
  for (const key of keys) {
    const found = value.entries.get(key);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether a value is known to be true. */
export function isTrue(value: Value | undefined): boolean {
  return value?.kind === 'constant' && value.value === true;
}

/** Whether a value is known to be false. */
export function isFalse(value: Value | undefined): boolean {
  return value?.kind === 'constant' && value.value === false;
}

/** A number that is known. */
export function numberOf(value: Value | undefined): number | undefined {
  return value?.kind === 'constant' && typeof value.value === 'number' ? value.value : undefined;
}

/** One string or a list of them as texts; undefined where one is not known. */
export function textsOf(value: Value | undefined): readonly Fragment[] | undefined {
  if (value?.kind === 'text') return [value.fragment];
  if (value?.kind !== 'list') return undefined;
  const texts = value.items.flatMap(item => (item.kind === 'text' ? [item.fragment] : []));
  return texts.length === value.items.length ? texts : undefined;
}

/** Pieces with a separator between. */
export function joined(parts: readonly Part[], separator = ', '): readonly Part[] {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [separator, part]));
}
