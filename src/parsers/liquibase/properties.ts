import type { Dialect } from '../../server/server.ts';
import { type Fragment, joinFragments, sliceFragment, substituteFragment } from '../../source/fragment.ts';
import { isForDialect } from './changelog.ts';

/** A value for `${name}` as the changelogs before it define it. */
export interface PropertyValue {
  readonly name: string;
  readonly value: string;
  readonly dbms?: string;
}

const REFERENCE = /\$\{([^}\s]+)\}/g;
/** Values may hold references themselves; what refers to itself, or grows without end, ends here. */
const MOST_LEVELS = 8;
const MOST_VALUES = 10_000;

/**
 * Replaces `${name}` by its value, which then stands where the reference does. What nothing defines stays, and the reader of
 * SQL takes it for a placeholder. The first definition wins, as Liquibase's properties cannot be changed.
 */
export function withProperties(text: Fragment, properties: readonly PropertyValue[], dialect: Dialect): Fragment {
  return expand(text, properties, dialect, MOST_LEVELS, { left: MOST_VALUES });
}

function expand(
  text: Fragment,
  properties: readonly PropertyValue[],
  dialect: Dialect,
  levels: number,
  budget: { left: number },
): Fragment {
  if (levels === 0 || !text.text.includes('${')) return text;
  const parts: Fragment[] = [];
  let at = 0;
  for (const match of text.text.matchAll(REFERENCE)) {
    const found = properties.find(({ name, dbms }) => name === match[1] && isForDialect(dbms, dialect));
    if (found === undefined || budget.left-- <= 0) continue;
    const end = match.index + match[0].length;
    const [first, ...others] = sliceFragment(text, match.index, end).segments;
    const value = substituteFragment(text.file, found.value, [first!.source[0], (others.at(-1) ?? first!).source[1]]);
    parts.push(sliceFragment(text, at, match.index), expand(value, properties, dialect, levels - 1, budget));
    at = end;
  }
  if (parts.length === 0) return text;
  return joinFragments([...parts, sliceFragment(text, at, text.text.length)]);
}
