import { eastAsianWidth } from 'get-east-asian-width';

/** SGR codes of the few styles that reports use. */
const STYLES = {
  bold: 1,
  dim: 2,
  underline: 4,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  cyan: 36,
} as const;

export type Style = keyof typeof STYLES;

/** Puts styles around a text of one line; gives it back as it is where colour is off or the text is empty. */
export type Paint = (text: string, ...styles: readonly Style[]) => string;

/** The painter for a terminal with or without colour. */
export function painter(color: boolean): Paint {
  if (!color) return text => text;
  return (text, ...styles) =>
    text === '' || styles.length === 0
      ? text
      : `\u001B[${styles.map(style => STYLES[style]).join(';')}m${text}\u001B[0m`;
}

/** A text as a terminal hyperlink (OSC 8); the plain text where there is nothing to link to. */
export function hyperlink(text: string, url: string): string {
  return url === '' ? text : `\u001B]8;;${url}\u001B\\${text}\u001B]8;;\u001B\\`;
}

const ASCII = /^[\x20-\x7E]*$/;
const ZERO_WIDTH = /^[\p{Mark}\p{Default_Ignorable_Code_Point}]$/u;

/**
 * How many terminal cells a text without control characters takes: two for wide East Asian characters and emoji, none for
 * combining marks and joiners.
 */
export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x7f) return 1;
  return ZERO_WIDTH.test(character) ? 0 : eastAsianWidth(code);
}

/** One character as a terminal shows it. */
export interface Cell {
  readonly text: string;
  readonly width: number;
  /** UTF-16 offset of the character in the line. */
  readonly offset: number;
}

const TAB_STOP = 4;

/**
 * The characters of one line as a terminal can show them safely: tabs as spaces up to the next stop, control characters and
 * marks that turn the writing direction as visible stand-ins, lone surrogates as U+FFFD.
 */
export function cellsOf(line: string): readonly Cell[] {
  const cells: Cell[] = [];
  let column = 0;
  let offset = 0;
  for (const character of line) {
    const text = character === '\t' ? ' '.repeat(TAB_STOP - (column % TAB_STOP)) : visible(character);
    const width = displayWidth(text);
    cells.push({ text, width, offset });
    column += width;
    offset += character.length;
  }
  return cells;
}

/** A text that is safe to print on one line: see {@link cellsOf}; line breaks become spaces. */
export function printable(text: string): string {
  return ASCII.test(text)
    ? text
    : Array.from(text, character => (/\s/.test(character) ? ' ' : visible(character))).join('');
}

/** As {@link printable}, with line breaks kept (as `\n`) and tabs left alone: for texts that are pasted. */
export function printableLines(text: string): string {
  return text
    .split(/\r\n|\n|\r/)
    .map(line => Array.from(line, character => (character === '\t' ? character : visible(character))).join(''))
    .join('\n');
}

const UNPRINTABLE = /^[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]$/u;

function visible(character: string): string {
  const code = character.codePointAt(0)!;
  if (code >= 0x20 && code < 0x7f) return character;
  if (!UNPRINTABLE.test(character)) return character;
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '\u2421' : '\uFFFD';
}

/**
 * Breaks a text at spaces into lines of at most `width` cells; words that are longer stay whole. Line breaks in the text are
 * kept.
 */
export function wrap(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap(paragraph => wrapParagraph(printable(paragraph), width));
}

function wrapParagraph(paragraph: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of paragraph.split(' ')) {
    if (word === '') continue;
    const size = displayWidth(word);
    if (line !== '' && used + 1 + size > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    line = line === '' ? word : `${line} ${word}`;
    used += used === 0 ? size : size + 1;
  }
  lines.push(line);
  return lines;
}

/** `1 error`, `3 errors`, `1,204 statements`. */
export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(number)} ${number === 1 ? noun : plural}`;
}

/** Digits in groups of three. */
export function formatNumber(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
