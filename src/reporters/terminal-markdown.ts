import { displayWidth, type Paint, painter, printable, type Style } from './terminal.ts';

export interface MarkdownOptions {
  readonly color: boolean;
  /** Of the terminal, in cells. */
  readonly width: number;
}

const MAX_WIDTH = 100;
const MIN_WIDTH = 40;

/**
 * Markdown as a terminal shows it: what the pages of rules use (headings, paragraphs, lists, fenced code, tables, rules, code,
 * emphasis and links), wrapped to the width; code is never wrapped.
 *
 * @returns text that ends with a line break
 */
export function renderMarkdownForTerminal(markdown: string, options: MarkdownOptions): string {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, options.width)) - 1;
  const paint = painter(options.color);
  const lines = blocksOf(markdown).flatMap((block, index) => [
    ...(index > 0 ? [''] : []),
    ...renderBlock(block, width, paint),
  ]);
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
}

type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'code'; readonly lines: readonly string[] }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'rule' };

function blocksOf(markdown: string): readonly Block[] {
  const blocks: Block[] = [];
  const lines = markdown.replace(/<!--[\s\S]*?-->/g, '').split(/\r\n|\n|\r/);
  let index = 0;
  const take = (belongs: (line: string) => boolean): readonly string[] => {
    const from = index;
    do index++;
    while (index < lines.length && belongs(lines[index]!));
    return lines.slice(from, index);
  };
  while (index < lines.length) {
    const line = lines[index]!;
    const heading = /^(#{1,6}) +(.*)$/.exec(line);
    const fence = /^(`{3,})/.exec(line)?.[1];
    if (line.trim() === '') index++;
    else if (fence !== undefined) {
      const code = take(next => !next.startsWith(fence));
      index++;
      blocks.push({ kind: 'code', lines: code.slice(1) });
    } else if (heading !== null) {
      blocks.push({ kind: 'heading', level: heading[1]!.length, text: heading[2]! });
      index++;
    } else if (/^---+$/.test(line)) {
      blocks.push({ kind: 'rule' });
      index++;
    } else if (line.startsWith('|')) {
      blocks.push({ kind: 'table', rows: take(next => next.startsWith('|')).flatMap(tableRow) });
    } else if (isItem(line)) {
      blocks.push({ kind: 'list', items: itemsOf(take(next => next.trim() !== '' && !startsBlock(next))) });
    } else {
      const text = take(next => next.trim() !== '' && !isItem(next) && !startsBlock(next)).join(' ');
      blocks.push({ kind: 'paragraph', text });
    }
  }
  return blocks;
}

function startsBlock(line: string): boolean {
  return /^(#{1,6} |`{3,}|\||---+$)/.test(line);
}

function isItem(line: string): boolean {
  return /^\s*([-*]|\d+\.) /.test(line);
}

/** The items of a list, each on one line, a number kept in front of its text. */
function itemsOf(lines: readonly string[]): readonly string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (isItem(line)) items.push(line.trim().replace(/^[-*] /, '• '));
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

/** The cells of a line of a table; none for the line that divides it, and for a heading without text. */
function tableRow(line: string): readonly (readonly string[])[] {
  const cells = line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replaceAll('\\|', '|'));
  return cells.every(cell => cell === '' || /^:?-+:?$/.test(cell)) ? [] : [cells];
}

function renderBlock(block: Block, width: number, paint: Paint): readonly string[] {
  switch (block.kind) {
    case 'heading':
      return renderInline(block.text, width, paint, block.level === 1 ? ['bold', 'underline'] : ['bold']);
    case 'code':
      return block.lines.map(line => `    ${paint(line.replace(/[^\t]+/g, printable), 'cyan')}`);
    case 'list':
      return block.items.flatMap(item => hanging(item, width, paint));
    case 'table':
      return renderTable(block.rows, width, paint);
    case 'paragraph':
      return renderInline(block.text, width, paint);
    case 'rule':
      return [paint('─'.repeat(width), 'dim')];
  }
}

/** An item whose further lines stand below its text, not below its bullet or number. */
function hanging(item: string, width: number, paint: Paint): readonly string[] {
  const mark = /^(•|\d+\.) /.exec(item)?.[0] ?? '';
  const lines = renderInline(item.slice(mark.length), width - 2 - mark.length, paint);
  return lines.map((line, index) => `  ${index === 0 ? mark : ' '.repeat(mark.length)}${line}`);
}

/** Columns side by side; the last is wrapped to what room the others leave. */
function renderTable(rows: readonly (readonly string[])[], width: number, paint: Paint): readonly string[] {
  const columns = Math.max(0, ...rows.map(row => row.length));
  const sizes = Array.from({ length: columns - 1 }, (_, column) =>
    Math.max(...rows.map(row => displayWidth(plainText(row[column] ?? '')))),
  );
  const indent = sizes.reduce((sum, size) => sum + size + 2, 2);
  return rows.flatMap(row => {
    const last = renderInline(row[columns - 1] ?? '', Math.max(20, width - indent), paint);
    const first = sizes
      .map((size, column) => {
        const [text = ''] = renderInline(row[column] ?? '', Number.POSITIVE_INFINITY, paint);
        return text + ' '.repeat(size - displayWidth(plainText(row[column] ?? '')) + 2);
      })
      .join('');
    return last.map((line, index) => (index === 0 ? `  ${first}${line}` : ' '.repeat(indent) + line));
  });
}

interface Span {
  readonly text: string;
  readonly styles: readonly Style[];
}

const INLINE = /(`+)(.+?)\1(?!`)|\*\*(.+?)\*\*|\[([^\]]+)\]\(([^)]+)\)|<\/?sub>/g;

/** The styled parts of a line of Markdown; the address of a link follows its text where it is one of the web. */
function spansOf(text: string, base: readonly Style[]): readonly Span[] {
  const spans: Span[] = [];
  let at = 0;
  for (const match of text.matchAll(INLINE)) {
    spans.push({ text: text.slice(at, match.index), styles: base });
    at = match.index + match[0].length;
    const [, , code, strong, label, address = ''] = match;
    if (code !== undefined) spans.push({ text: code.replace(/^ (.*`.*) $/, '$1'), styles: [...base, 'cyan'] });
    else if (strong !== undefined) spans.push(...spansOf(strong, [...base, 'bold']));
    else if (label !== undefined) {
      spans.push(...spansOf(label, base));
      if (/^https?:/.test(address)) spans.push({ text: ` (${address})`, styles: [...base, 'dim'] });
    }
  }
  spans.push({ text: text.slice(at), styles: base });
  return spans.map(span => ({ ...span, text: printable(span.text) }));
}

function plainText(text: string): string {
  return spansOf(text, [])
    .map(span => span.text)
    .join('');
}

function renderInline(text: string, width: number, paint: Paint, base: readonly Style[] = []): readonly string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of wordsOf(spansOf(text, base))) {
    const size = word.reduce((sum, span) => sum + displayWidth(span.text), 0);
    if (size === 0) continue;
    if (used > 0 && used + 1 + size > width) {
      lines.push(line);
      line = '';
      used = 0;
    }
    const painted = word.map(span => paint(span.text, ...span.styles)).join('');
    line = used === 0 ? painted : `${line} ${painted}`;
    used += used === 0 ? size : size + 1;
  }
  lines.push(line);
  return lines;
}

/** What stands between spaces, in the parts it is styled in. */
function wordsOf(spans: readonly Span[]): readonly (readonly Span[])[] {
  const words: Span[][] = [[]];
  for (const { text, styles } of spans) {
    for (const [index, part] of text.split(/ +/).entries()) {
      if (index > 0) words.push([]);
      if (part !== '') words.at(-1)!.push({ text: part, styles });
    }
  }
  return words;
}
