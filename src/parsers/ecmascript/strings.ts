import { type Fragment, fragmentOf, joinFragments, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';

const ESCAPE = /\\(?:u\{([0-9a-f]+)\}|u([0-9a-f]{4})|x([0-9a-f]{2})|(\r\n|[\s\S]))|\r\n?/gi;

/** What a backslash and a letter stand for, where it is not the letter itself. */
const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
  '\r\n': '',
  '\r': '',
};

/**
 * The text that a part of a string or template literal stands for, with a segment per run between escapes.
 *
 * @param range - the part without its quotes
 */
export function decodeLiteral(file: SourceFile, range: Range): Fragment {
  const raw = file.text.slice(range[0], range[1]);
  if (!raw.includes('\\') && !raw.includes('\r')) return fragmentOf(file, range);
  const parts: Fragment[] = [];
  let at = range[0];
  for (const match of raw.matchAll(ESCAPE)) {
    const start = range[0] + match.index;
    const end = start + match[0].length;
    if (start > at) parts.push(fragmentOf(file, [at, start]));
    parts.push(substituteFragment(file, decoded(match), [start, end]));
    at = end;
  }
  if (at < range[1] || parts.length === 0) parts.push(fragmentOf(file, [at, range[1]]));
  return joinFragments(parts);
}

function decoded(match: RegExpMatchArray): string {
  const [whole, braced, four, two, letter] = match;
  if (whole.startsWith('\r')) return '\n';
  const hex = braced ?? four ?? two;
  if (hex === undefined) return ESCAPED[letter!] ?? letter!;
  const code = Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
}

/**
 * A value that only the run knows, as a placeholder that the SQL reader takes for a name or a value.
 *
 * @param expression - the code that makes the value, for its name
 * @param range - what the placeholder stands for
 */
export function holeFragment(file: SourceFile, expression: string, range: Range): Fragment {
  const name = /[\w.]+/.exec(expression)?.[0].replace(/^[\d.]+|\.$/g, '') ?? '';
  return substituteFragment(file, `\${${name === '' ? 'value' : name}}`, range);
}
