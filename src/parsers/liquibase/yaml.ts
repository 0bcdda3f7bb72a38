import type * as Yaml from 'yaml';
import { lazyRequire } from '../../lazy-require.ts';
import type { Comment } from '../../operations/statements.ts';
import { type Fragment, fragmentOf, joinFragments, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { Document, Element } from './document.ts';

/** Lists whose items stand among the children of what they are listed in, as in XML. */
const TRANSPARENT = new Set(['changes', 'columns', 'databaseChangeLog', 'nestedPreconditions']);
/** More nodes than any changelog has: aliases of aliases grow without end. */
const MOST_NODES = 500_000;
const MOST_DEPTH = 200;
/** As many aliases of maps and lists as SnakeYAML, Liquibase's reader, takes. */
const MOST_ALIASES = 50;

/** What the reading of one file shares. */
interface Reading {
  readonly yaml: typeof Yaml;
  readonly file: SourceFile;
  readonly document: Yaml.Document.Parsed;
  left: number;
  aliases: number;
}

/** Reads YAML, and JSON, which Liquibase reads as YAML too, into the tree that XML would make. */
export function readYaml(file: SourceFile): Document {
  const yaml = lazyRequire('yaml') as typeof Yaml;
  const document = yaml.parseDocument(file.text, { keepSourceTokens: false, uniqueKeys: false, logLevel: 'error' });
  const errors = document.errors.map(({ pos, message }) => ({
    range: [pos[0], pos[1]] as const,
    message: `Liquibase refuses this file: ${wordingOf(message)}`,
  }));
  const reading: Reading = { yaml, file, document, left: MOST_NODES, aliases: 0 };
  const children = childrenFrom(document.contents, reading, 0);
  const root = children.find(({ name }) => name === 'databaseChangeLog');
  if (reading.aliases <= MOST_ALIASES) return { root, errors, comments: commentsOf(file) };
  const message = `Liquibase refuses this file: more than ${MOST_ALIASES} aliases stand for maps and lists`;
  return { root: undefined, errors: [...errors, { range: [0, 0], message }], comments: [] };
}

/** What the reader of YAML says, without the place. */
function wordingOf(message: string): string {
  if (/call stack/i.test(message)) return 'its maps and lists nest too deep';
  return message.split('\n')[0]!.replace(/[.:]? at line .*$|; please use .*$/, '');
}

/** The elements that a map's pairs or a list's items make. */
function childrenFrom(given: unknown, reading: Reading, depth: number): readonly Element[] {
  const node = resolved(given, reading);
  const { yaml } = reading;
  if (depth > MOST_DEPTH || reading.left-- <= 0) return [];
  if (yaml.isSeq(node)) return node.items.flatMap(item => childrenFrom(item, reading, depth + 1));
  if (!yaml.isMap(node)) return [];
  const own = node.items.flatMap(({ key, value }) =>
    isMerge(key, reading) ? [] : elementsOf(key, value, reading, depth),
  );
  const merged = node.items.flatMap(({ key, value }) =>
    isMerge(key, reading) ? childrenFrom(value, reading, depth + 1) : [],
  );
  return merged.length === 0 ? own : [...own, ...merged.filter(({ name }) => own.every(each => each.name !== name))];
}

/** Whether a key says that another map's pairs are this one's too, but for those that it has itself. */
function isMerge(key: unknown, { yaml }: Reading): boolean {
  return yaml.isScalar(key) && key.value === '<<';
}

function elementsOf(key: unknown, given: unknown, reading: Reading, depth: number): readonly Element[] {
  const { yaml, file } = reading;
  if (!yaml.isScalar(key) || key.range == null) return [];
  const name = String(key.value);
  const nameRange: Range = withoutQuotes(file, [key.range[0], key.range[1]]);
  const value = resolved(given, reading);
  const end = (yaml.isNode(value) ? value.range?.[1] : undefined) ?? nameRange[1];
  // What an alias stands for is somewhere else.
  const range: Range = [key.range[0], Math.max(nameRange[1], trimmedEnd(file, nameRange[1], end))];
  if (yaml.isScalar(value)) {
    const text = scalarText(value, reading);
    return [{ name, nameRange, range, attributes: new Map(), children: [], ...(text === undefined ? {} : { text }) }];
  }
  const children = childrenFrom(value, reading, depth + 1);
  if (yaml.isSeq(value) && TRANSPARENT.has(name) && name !== 'databaseChangeLog') return children;
  return [{ name, nameRange, range, attributes: new Map(), children }];
}

/** What an alias stands for; nothing where there are more than any changelog may have. */
function resolved(node: unknown, reading: Reading): unknown {
  const { yaml, document } = reading;
  if (!yaml.isAlias(node)) return node;
  if (reading.aliases > MOST_ALIASES) return undefined;
  const target = node.resolve(document);
  if (yaml.isCollection(target)) reading.aliases++;
  return target;
}

/** A scalar's text, each word where it stands. */
function scalarText({ value, range }: Yaml.Scalar, { file }: Reading): Fragment | undefined {
  if (value === null || value === undefined || range == null) return undefined;
  const text = typeof value === 'string' ? value : file.text.slice(range[0], range[1]);
  const inner = withoutQuotes(file, [range[0], range[1]]);
  if (file.text.slice(...inner) === text) return fragmentOf(file, inner);
  // Folded, indented or escaped: the words are there in their order, what is between them is spelled otherwise.
  const parts: Fragment[] = [];
  let at = inner[0];
  let done = 0;
  for (const { 0: word, index } of text.matchAll(/\S+/g)) {
    const found = file.text.indexOf(word, at);
    if (found === -1 || found + word.length > inner[1]) continue;
    if (index > done) parts.push(substituteFragment(file, text.slice(done, index), [at, found]));
    parts.push(fragmentOf(file, [found, found + word.length]));
    done = index + word.length;
    at = found + word.length;
  }
  if (done < text.length || parts.length === 0) parts.push(substituteFragment(file, text.slice(done), [at, inner[1]]));
  return joinFragments(parts);
}

function withoutQuotes({ text }: SourceFile, [start, end]: Range): Range {
  const isQuoted = end - start >= 2 && (text[start] === '"' || text[start] === "'") && text[end - 1] === text[start];
  return isQuoted ? [start + 1, end - 1] : [start, end];
}

function trimmedEnd({ text }: SourceFile, start: number, end: number): number {
  return start + text.slice(start, end).trimEnd().length;
}

function commentsOf({ text }: SourceFile): readonly Comment[] {
  return [...text.matchAll(/^([ \t]*)#([^\r\n]*)/gm)].map(({ 0: whole, 1: blanks, 2: content, index }) => ({
    range: [index + blanks!.length, index + whole.length],
    text: content!,
    style: 'line',
  }));
}
