import { type Fragment, joinFragments, sliceFragment, substituteFragment } from '../../source/fragment.ts';
import { isForDialect } from './changelog.ts';
import { type Element, isTrue, textOf } from './document.ts';
import type { Writer } from './sql-parts.ts';

/** What is done to the SQL of a statement; undefined where it cannot be told. */
type Modify = (sql: Fragment, modification: Element) => Fragment | undefined;

/** A text for which the patterns of {@link isHarmless} end soon. */
const MOST_TEXT = 20_000;

/**
 * The `replace`, `append` … of a changeSet's `modifySql`, as far as they are for this database and direction.
 *
 * @param modifications - the `modifySql` elements
 */
export function modificationsFor(
  modifications: readonly Element[],
  { dialect }: Writer,
  direction: 'up' | 'down',
): readonly Element[] {
  return modifications
    .filter(each => isForDialect(textOf(each, 'dbms'), dialect))
    .filter(each => direction === 'up' || isTrue(each, 'applyToRollback'))
    .flatMap(each => each.children.filter(({ name }) => Object.hasOwn(MODIFY, name)));
}

/**
 * A statement's SQL as Liquibase sends it after `modifySql`; what is put in stands where that is which it replaces.
 *
 * @returns a sentence where a pattern is not one that is run here
 */
export function modified(sql: Fragment, modifications: readonly Element[]): Fragment | string {
  let text = sql;
  for (const modification of modifications) {
    const changed = MODIFY[modification.name]!(text, modification);
    if (changed === undefined) return 'modifySql changes this by a pattern that is not read';
    text = changed;
  }
  return text;
}

/** From the classes in Liquibase's `liquibase.sql.visitor`. */
const MODIFY: Readonly<Record<string, Modify>> = {
  replace: (sql, modification) => {
    const old = textOf(modification, 'replace') ?? '';
    return old === '' ? sql : replaced(sql, literalPattern(old), () => textOf(modification, 'with') ?? '');
  },
  regExpReplace: (sql, modification) => {
    const pattern = javaPattern(textOf(modification, 'replace') ?? '');
    if (pattern === undefined || sql.text.length > MOST_TEXT) return undefined;
    const replacement = textOf(modification, 'with') ?? '';
    return replaced(sql, pattern, match =>
      replacement.replace(/\\(.)|\$(\d)/g, (_, escaped?: string, group?: string) =>
        escaped === undefined ? (match[Number(group)] ?? '') : escaped,
      ),
    );
  },
  prepend: (sql, modification) => joined(sql, givenValue(modification), ''),
  append: (sql, modification) => joined(sql, '', givenValue(modification)),
  appendSqlIfNotPresent: (sql, modification) => {
    const value = givenValue(modification);
    return sql.text.includes(value.trim()) ? sql : joined(sql, '', value);
  },
};

function givenValue(modification: Element): string {
  return textOf(modification, 'value') ?? '';
}

function joined(sql: Fragment, before: string, after: string): Fragment {
  const [from, to] = [sql.segments[0]!.source[0], sql.segments.at(-1)!.source[1]];
  return joinFragments([
    substituteFragment(sql.file, before, [from, from]),
    sql,
    substituteFragment(sql.file, after, [to, to]),
  ]);
}

/** A text with what a pattern finds replaced. */
function replaced(sql: Fragment, pattern: RegExp, replacement: (match: RegExpMatchArray) => string): Fragment {
  const parts: Fragment[] = [];
  let at = 0;
  for (const match of sql.text.matchAll(pattern)) {
    const end = match.index + match[0].length;
    const { segments } = sliceFragment(sql, match.index, end);
    const sources = segments.map(({ source }) => source);
    const range = [Math.min(...sources.map(([start]) => start)), Math.max(...sources.map(([, last]) => last))] as const;
    parts.push(sliceFragment(sql, at, match.index), substituteFragment(sql.file, replacement(match), range));
    at = end;
  }
  return at === 0 && parts.length === 0 ? sql : joinFragments([...parts, sliceFragment(sql, at, sql.text.length)]);
}

function literalPattern(text: string): RegExp {
  return new RegExp(text.replace(/[\\()[\]{}*+?.^$|/]/g, '\\$&'), 'g');
}

/** A pattern of Java's, where it means the same here and cannot run for long. */
function javaPattern(text: string): RegExp | undefined {
  const [, inline = '', pattern = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text)!;
  if (!isHarmless(pattern)) return undefined;
  try {
    return new RegExp(pattern, `g${[...new Set(inline)].join('')}`);
  } catch {
    return undefined;
  }
}

/** Whether a pattern repeats little, and no group: such cannot be made to try without end. */
function isHarmless(pattern: string): boolean {
  const repeats = pattern.replace(/\\./g, '.').match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  return repeats <= 2 && !/\)[*+{]/.test(pattern) && !/\\[1-9kpP]|\(\?[^:]/.test(pattern);
}
