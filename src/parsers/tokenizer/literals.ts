import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../source/fragment.ts';
import type { Token } from './token.ts';

/**
 * The value of a PostgreSQL string literal as a fragment: `'it''s'`, `E'a\nb'`, `U&'d\0061t'` and `$tag$ … $tag$`. Each escape
 * maps to the characters it was written with. `B''` and `X''` give their digits. Consecutive byte escapes (`\xC3\xA9`) are one
 * unit, decoded as UTF-8.
 *
 * @param fragment - the text that holds the literal
 * @param token - a `string` token of `fragment.text`; an unterminated one gives what is there
 */
export function decodeString(fragment: Fragment, token: Token): Fragment {
  const { text } = fragment;
  if (text[token.start] === '$') {
    const tag = text.slice(token.start, text.indexOf('$', token.start + 1) + 1);
    return sliceFragment(fragment, token.start + tag.length, token.unterminated ? token.end : token.end - tag.length);
  }
  const open = text.indexOf("'", token.start);
  const start = open + 1;
  const end = token.unterminated ? token.end : token.end - 1;
  const prefix = text.slice(token.start, open).toLowerCase();
  const parts: Fragment[] = [];
  let copied = start;
  for (const match of text.slice(start, end).matchAll(ESCAPES[prefix] ?? QUOTES)) {
    const from = start + match.index;
    const to = from + match[0].length;
    if (from > copied) parts.push(sliceFragment(fragment, copied, from));
    parts.push(substituteFragment(fragment.file, escapeValue(match[0]), toSourceRange(fragment, from, to)));
    copied = to;
  }
  if (parts.length === 0 || copied < end) parts.push(sliceFragment(fragment, copied, end));
  return joinFragments(parts);
}

const QUOTES = /''/g;

/** What is no plain character, by the literal's prefix in lower case. */
const ESCAPES: Readonly<Record<string, RegExp>> = {
  e: /''|(?:\\(?:x[0-9a-fA-F]{1,2}|[0-7]{1,3}))+|\\u[0-9a-fA-F]{4}|\\U[0-9a-fA-F]{8}|\\[\s\S]/g,
  'u&': /''|\\\\|\\[0-9a-f]{4}|\\\+[0-9a-f]{6}/gi,
};

const CONTROL_CHARACTERS: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };

function escapeValue(written: string): string {
  if (written[0] !== '\\') return written.slice(1);
  const codePoint = /^\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|\+([0-9a-f]{6})|([0-9a-f]{4}))$/i.exec(written);
  if (codePoint)
    return fromCodePoint(Number.parseInt(codePoint[1] ?? codePoint[2] ?? codePoint[3] ?? codePoint[4]!, 16));
  if (/^\\(?:x[0-9a-f]|[0-7])/i.test(written)) {
    const bytes = written.split('\\').slice(1);
    return Buffer.from(
      bytes.map(byte => (/^x/i.test(byte) ? Number.parseInt(byte.slice(1), 16) : Number.parseInt(byte, 8) & 255)),
    ).toString();
  }
  return CONTROL_CHARACTERS[written[1]!] ?? written[1]!;
}

function fromCodePoint(codePoint: number): string {
  return codePoint > 0x10ffff ? '\ufffd' : String.fromCodePoint(codePoint);
}
