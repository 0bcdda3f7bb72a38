import { type Token, tokenText } from '../tokenizer/index.ts';
import { isTemplateControl } from '../tokenizer/templates.ts';

export { isTemplateControl };

/** A text that the server's parser can read, of the same UTF-16 length as the one it was made of. */
export interface MaskedText {
  readonly text: string;
  /** Identifier (or literal content) that stands for a placeholder → the placeholder as written. */
  readonly holes: ReadonlyMap<string, string>;
}

/**
 * Replaces what the server's parser does not know by text of the same UTF-16 length, so that offsets stay valid (byte offsets
 * are those of the masked text):
 *
 * - byte order mark, NUL characters, client commands and COPY data become blanks; line breaks stay
 * - each distinct placeholder becomes an identifier of its own, lower-case ASCII letters that occur as no word of the text;
 *   `:'v'` becomes a string literal and `:"v"` a quoted name around such letters
 * - template control flow becomes blanks; the caller asks {@link isTemplateControl} and does not read such statements
 *
 * @param tokens - what `tokenize` made of `text`
 */
export function maskForParser(text: string, tokens: readonly Token[]): MaskedText {
  const holes = new Map<string, string>();
  const fillers = new Map<string, string>();
  let words: ReadonlySet<string> | undefined;
  let masked = '';
  let copied = 0;
  for (const token of tokens) {
    if (token.kind !== 'placeholder' && token.kind !== 'metaCommand' && token.kind !== 'data') continue;
    const original = tokenText(text, token);
    let replacement: string;
    if (token.kind !== 'placeholder' || isTemplateControl(original)) replacement = blank(original);
    else {
      replacement = fillers.get(original) ?? '';
      if (replacement === '') {
        words ??= wordsOf(text, tokens);
        replacement = fill(original, words, holes);
        fillers.set(original, replacement);
      }
    }
    masked += text.slice(copied, token.start) + replacement;
    copied = token.end;
  }
  masked += copied === 0 ? text : text.slice(copied);
  if (masked.charCodeAt(0) === 0xfeff) masked = ` ${masked.slice(1)}`;
  if (masked.includes('\0')) masked = masked.replaceAll('\0', ' ');
  return { text: masked, holes };
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, ' ');
}

function wordsOf(text: string, tokens: readonly Token[]): ReadonlySet<string> {
  const words = new Set<string>(RESERVED);
  for (const token of tokens) {
    if (token.kind === 'word') words.add(tokenText(text, token).toLowerCase());
    else if (token.kind === 'name') words.add(tokenText(text, token).slice(1, -1));
  }
  return words;
}

/** PostgreSQL's keywords of two letters. Longer ones start with no letters that the first thousand fillers start with. */
const RESERVED = ['as', 'at', 'by', 'do', 'if', 'in', 'is', 'no', 'of', 'on', 'or', 'to'];

/** A replacement for a placeholder, entered in `holes`. */
function fill(placeholder: string, words: ReadonlySet<string>, holes: Map<string, string>): string {
  const [, quote = ''] = /^:?(['"])/.exec(placeholder) ?? [];
  const length = placeholder.length - 2 * quote.length;
  const filler = unusedName(length, name => words.has(name) || holes.has(name));
  // The quotes around a tag are the name's: without them it is the same name.
  holes.set(filler, placeholder.startsWith('"') ? placeholder.slice(1, -1) : placeholder);
  return quote + filler + quote;
}

/**
 * An identifier of lower-case ASCII letters that is not in use: `hole`, then letters that count, as far as they fit.
 *
 * @param length - its length, 2 or more
 */
export function unusedName(length: number, isUsed: (name: string) => boolean): string {
  const stem = length >= 6 ? 'hole' : length >= 4 ? 'q' : '';
  const places = length - stem.length;
  for (let number = 0; ; number++) {
    const name = stem + letters(number, places);
    if (!isUsed(name) || number >= 26 ** Math.min(places, 6)) return name;
  }
}

/** A number in base 26 of letters, the last one first, filled up with `x`: the first names of each length are unlike words. */
function letters(number: number, places: number): string {
  let text = '';
  for (let rest = number; text.length < places; rest = Math.floor(rest / 26)) {
    text = String.fromCharCode(97 + ((rest + 23) % 26)) + text;
  }
  return text;
}
