import type { Dialect } from '../../server/server.ts';
import { type Fragment, joinFragments, sliceFragment, substituteFragment } from '../../source/fragment.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import { type Element, fieldOf } from './document.ts';
import { type PropertyValue, withProperties } from './properties.ts';

/** A piece of SQL: what Liquibase adds, or what the author wrote. */
export type Part = string | Fragment;

/** A statement that Liquibase sends for a change, and what in the changelog makes it. */
export interface Made {
  readonly range: Range;
  readonly sql: Fragment;
}

/** What the SQL of a change is made with. */
export interface Writer {
  readonly file: SourceFile;
  readonly dialect: Dialect;
  readonly properties: readonly PropertyValue[];
  /** Texts of the files that changes name, by the path as it is written. */
  readonly files: Readonly<Record<string, string>>;
}

/** The text of the file that a change names, which then stands where its path does; undefined where it is not known. */
export function namedFile(writer: Writer, change: Element): Fragment | undefined {
  const path = fieldOf(change, 'path');
  if (path === undefined || !Object.hasOwn(writer.files, path.text)) return undefined;
  const [first] = path.segments;
  const range: Range = [first!.source[0], path.segments.at(-1)!.source[1]];
  return substituteFragment(writer.file, writer.files[path.text]!, range);
}

/** An attribute's value with its properties put in; undefined where it is missing or empty. */
export function field(writer: Writer, element: Element, name: string): Fragment | undefined {
  const value = fieldOf(element, name);
  if (value === undefined || value.text.trim() === '') return undefined;
  const start = value.text.length - value.text.trimStart().length;
  return withProperties(sliceFragment(value, start, value.text.trimEnd().length), writer.properties, writer.dialect);
}

/** The text of {@link field}. */
export function textField(writer: Writer, element: Element, name: string): string | undefined {
  return field(writer, element, name)?.text;
}

/** Whether a value is `true`, with its properties put in. */
export function flag(writer: Writer, element: Element, name: string): boolean {
  return textField(writer, element, name)?.toLowerCase() === 'true';
}

/** SQL of pieces; what Liquibase adds stands at the name of an element. */
export function sqlAt(writer: Writer, element: Element, parts: readonly Part[]): Fragment {
  return joinFragments(
    parts.flatMap(part => (typeof part === 'string' ? standIns(writer.file, part, element.nameRange) : [part])),
  );
}

/** Text in place of a range, in two where it is as long as that: its characters are not those of the range one by one. */
function standIns(file: SourceFile, text: string, range: Range): readonly Fragment[] {
  const texts = text.length === range[1] - range[0] ? [text.slice(0, 1), text.slice(1)] : [text];
  return texts.map(each => substituteFragment(file, each, range));
}

/** Pieces with a separator between. */
export function separated(lists: readonly (readonly Part[])[], separator = ', '): readonly Part[] {
  return lists.flatMap((parts, index) => (index === 0 ? parts : [separator, ...parts]));
}

/** A name as Liquibase writes it: with its case only where it mixes both, and quoted so that no word is in the way. */
export function nameOf({ dialect }: Writer, name: Fragment): readonly Part[] {
  const { text } = name;
  if (text.includes('${')) return [name];
  const quote = dialect === 'mysql' || dialect === 'mariadb' ? '`' : '"';
  if (text.includes(quote)) return [name];
  const isMixed = text !== text.toLowerCase() && text !== text.toUpperCase();
  const folds = dialect === 'postgres' && !isMixed && /^\w+$/.test(text);
  return [quote, folds ? { ...name, text: text.toLowerCase() } : name, quote];
}

/** The names of a list `a, b`. */
export function namesOf(writer: Writer, list: Fragment): readonly Part[] {
  const names = [...list.text.matchAll(/[^,\s][^,]*/g)].map(({ 0: name, index }) =>
    nameOf(writer, sliceFragment(list, index, index + name.trimEnd().length)),
  );
  return separated(names);
}

/** A text as a string literal. */
export function literal(writer: Writer, value: Fragment): readonly Part[] {
  const isMysql = writer.dialect === 'mysql' || writer.dialect === 'mariadb';
  if (!value.text.includes("'") && !(isMysql && value.text.includes('\\'))) return ["'", value, "'"];
  const escaped = value.text.replaceAll("'", "''");
  const text = isMysql ? escaped.replaceAll('\\', '\\\\') : escaped;
  const [first] = value.segments;
  return [substituteFragment(writer.file, `'${text}'`, [first!.source[0], value.segments.at(-1)!.source[1]])];
}
