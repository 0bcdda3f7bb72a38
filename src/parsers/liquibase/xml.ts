import type { Comment } from '../../operations/statements.ts';
import { type Fragment, fragmentOf, joinFragments, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { Document, Element } from './document.ts';

/** Deeper than any changelog: what nests further is an attack on readers that recurse. */
const MOST_DEPTH = 200;

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const ENTITY = /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi;
const NAME = /[^\s/>=<]+/y;
const ATTRIBUTE = /\s*([^\s/>=<]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y;

/** An element whose end is not reached yet. */
interface OpenElement {
  readonly name: string;
  readonly nameRange: Range;
  readonly start: number;
  readonly attributes: ReadonlyMap<string, Fragment>;
  readonly children: Element[];
  readonly text: Fragment[];
}

/**
 * Reads XML into a tree that knows where each name and value stands. Of entities only the five that XML defines and character
 * references are replaced: a document type is passed over, so that nothing is fetched and nothing expands.
 */
export function readXml(file: SourceFile): Document {
  const { text } = file;
  const comments: Comment[] = [];
  const errors: { readonly range: Range; readonly message: string }[] = [];
  const open: OpenElement[] = [];
  let root: Element | undefined;
  let at = 0;
  let failed = false;
  const fail = (start: number, message: string): void => {
    failed = true;
    errors.push({
      range: [start, Math.min(text.length, start + 1)],
      message: `Liquibase refuses this file: ${message}`,
    });
    at = text.length;
  };
  let hasUnread = false;
  const unread = (range: Range): void => {
    // One says it: an attack has thousands.
    if (!hasUnread)
      errors.push({
        range,
        message: 'entities that a document type defines are not read: what this stands for is not judged',
      });
    hasUnread = true;
  };
  /** Moves behind a mark; the end of the file where there is none. */
  const behind = (mark: string, what: string): number => {
    const start = at;
    const end = text.indexOf(mark, at);
    if (end === -1) {
      fail(start, `the ${what} does not end`);
      return text.length;
    }
    at = end + mark.length;
    return end;
  };
  const add = (element: Element): void => {
    const around = open.at(-1);
    if (around === undefined) root ??= element;
    else around.children.push(element);
  };
  while (at < text.length) {
    const start = at;
    if (text[at] !== '<') {
      const next = text.indexOf('<', at);
      at = next === -1 ? text.length : next;
      open.at(-1)?.text.push(decoded(file, unread, [start, at]));
    } else if (text.startsWith('<!--', at)) {
      const end = behind('-->', 'comment');
      comments.push({ range: [start, at], text: text.slice(start + 4, end), style: 'block' });
    } else if (text.startsWith('<![CDATA[', at)) {
      const end = behind(']]>', 'CDATA section');
      open.at(-1)?.text.push(fragmentOf(file, [start + 9, end]));
    } else if (text.startsWith('<?', at)) behind('?>', 'processing instruction');
    else if (text.startsWith('<!', at)) {
      const subset = text.indexOf('[', at);
      const end = text.indexOf('>', at);
      behind(subset !== -1 && subset < end ? ']>' : '>', 'document type');
    } else if (text.startsWith('</', at)) {
      const nameAt = at + 2;
      const end = behind('>', 'tag');
      const name = text.slice(nameAt, end).trim();
      const closing = open.at(-1);
      if (closing?.name === name) {
        open.pop();
        add(closed(closing, at));
      } else fail(start, `this tag closes ${name}, which is not open here`);
    } else {
      NAME.lastIndex = at + 1;
      const name = NAME.exec(text)?.[0];
      if (name === undefined) {
        fail(start, 'a < that starts no tag');
        break;
      }
      const nameRange: Range = [at + 1, at + 1 + name.length];
      const attributes = new Map<string, Fragment>();
      at = nameRange[1];
      for (;;) {
        ATTRIBUTE.lastIndex = at;
        const match = ATTRIBUTE.exec(text);
        if (match === null) break;
        at += match[0].length;
        const value = match[2] ?? match[3]!;
        attributes.set(match[1]!, decoded(file, unread, [at - 1 - value.length, at - 1]));
      }
      const rest = /\s*(\/?)>/y;
      rest.lastIndex = at;
      const end = rest.exec(text);
      if (end === null) {
        fail(at, 'neither an attribute in quotes nor the end of the tag');
        break;
      }
      at += end[0].length;
      const element: OpenElement = { name, nameRange, start, attributes, children: [], text: [] };
      if (end[1] === '/') add(closed(element, at));
      else open.push(element);
      if (open.length > MOST_DEPTH) fail(start, 'elements nest too deep');
    }
  }
  // What is open at the end is read as far as it goes.
  if (open.length > 0 && !failed) fail(open.at(-1)!.start, `${open.at(-1)!.name} is not closed`);
  for (let element = open.pop(); element !== undefined; element = open.pop()) add(closed(element, text.length));
  return { root, errors, comments };
}

function closed({ name, nameRange, start, attributes, children, text }: OpenElement, end: number): Element {
  const content = text.length === 0 ? undefined : joinFragments(text);
  return {
    name: name.replace(/^.*:/, ''),
    nameRange,
    range: [start, end],
    attributes,
    children,
    ...(content === undefined || content.text.trim() === '' ? {} : { text: content }),
  };
}

/** Text with the entities that XML itself defines in place; others stay as they are written. */
function decoded(file: SourceFile, unread: (range: Range) => void, [start, end]: Range): Fragment {
  const raw = file.text.slice(start, end);
  if (!raw.includes('&')) return fragmentOf(file, [start, end]);
  const parts: Fragment[] = [];
  let at = start;
  for (const match of raw.matchAll(ENTITY)) {
    const [whole, decimal, hex, name] = match;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const value = name === undefined ? (code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD') : ENTITIES[name];
    const from = start + match.index;
    if (value === undefined) {
      unread([from, from + whole.length]);
      continue;
    }
    if (from > at) parts.push(fragmentOf(file, [at, from]));
    at = from + whole.length;
    parts.push(substituteFragment(file, value, [from, at]));
  }
  if (at < end || parts.length === 0) parts.push(fragmentOf(file, [at, end]));
  return joinFragments(parts);
}
