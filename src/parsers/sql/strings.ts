import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../source/fragment.ts';
import type { Token } from '../tokenizer/token.ts';
import { stringValue } from './cursor.ts';

/**
 * What a string literal stands for as a fragment: each escape maps to the characters that it was written with.
 *
 * @param token - a closed `string` token of `fragment.text`
 */
export function fragmentOfString(fragment: Fragment, token: Token, backslashEscapes: boolean): Fragment {
  const { text } = fragment;
  const written = text.slice(token.start, token.end);
  const start = token.start + written.search(/['"]/) + 1;
  const quote = text[start - 1]!;
  const end = token.end - 1;
  const escapes = backslashEscapes ? /\\[\s\S]|''|""/g : /''|""/g;
  const parts: Fragment[] = [];
  let copied = start;
  for (const match of text.slice(start, end).matchAll(escapes)) {
    const [found] = match;
    // The other quote doubled is two characters.
    if (found[0] !== '\\' && found[0] !== quote) continue;
    const from = start + match.index;
    const to = from + found.length;
    if (from > copied) parts.push(sliceFragment(fragment, copied, from));
    const value = stringValue(`${quote}${found}${quote}`, backslashEscapes);
    parts.push(substituteFragment(fragment.file, value, toSourceRange(fragment, from, to)));
    copied = to;
  }
  if (parts.length === 0 || copied < end) parts.push(sliceFragment(fragment, copied, end));
  return joinFragments(parts);
}
