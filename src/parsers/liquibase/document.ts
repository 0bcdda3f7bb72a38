import type { Comment } from '../../operations/statements.ts';
import type { Fragment } from '../../source/fragment.ts';
import type { Range } from '../../source/source-file.ts';

/** A changelog of XML, YAML or JSON as one kind of tree. */
export interface Element {
  /** Without a namespace's prefix. */
  readonly name: string;
  /** The name, where it is written. */
  readonly nameRange: Range;
  /** The whole of it. */
  readonly range: Range;
  /** Values without quotes, by name. */
  readonly attributes: ReadonlyMap<string, Fragment>;
  readonly children: readonly Element[];
  /** Text between the tags, or a scalar; left out where there is none but blanks. */
  readonly text?: Fragment;
}

/** A file as a tree. */
export interface Document {
  /** Undefined where the file holds none that could be read. */
  readonly root: Element | undefined;
  readonly errors: readonly { readonly range: Range; readonly message: string }[];
  readonly comments: readonly Comment[];
}

/** The children by a name. */
export function childrenOf(element: Element, name: string): readonly Element[] {
  return element.children.filter(child => child.name === name);
}

/** A value that is written as an attribute, or as a child of text. */
export function fieldOf(element: Element, name: string): Fragment | undefined {
  return element.attributes.get(name) ?? element.children.find(child => child.name === name)?.text;
}

/** The text of {@link fieldOf}. */
export function textOf(element: Element, name: string): string | undefined {
  return fieldOf(element, name)?.text;
}

/** Whether a value says `true`; in YAML also in other case. */
export function isTrue(element: Element, name: string): boolean {
  return textOf(element, name)?.trim().toLowerCase() === 'true';
}

/** Whether a value says `false`. */
export function isFalse(element: Element, name: string): boolean {
  return textOf(element, name)?.trim().toLowerCase() === 'false';
}
