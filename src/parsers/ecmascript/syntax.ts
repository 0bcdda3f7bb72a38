import { lazyRequire } from '../../lazy-require.ts';
import type { Comment } from '../../operations/statements.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';

/**
 * A node of an ESTree, TS-ESTree included, whoever parsed it. Its position is `range`, or `start` and `end`, both in UTF-16 offsets.
 */
export interface Node {
  readonly type: string;
  readonly start?: number;
  readonly end?: number;
  readonly range?: readonly [number, number];
  readonly [key: string]: unknown;
}

/** A file's tree. */
export interface Program {
  readonly program: Node;
  readonly comments: readonly Comment[];
  /** What kept the file from being parsed; undefined where `program` holds all of it. */
  readonly error?: { readonly message: string; readonly range: Range };
}

/** Parses a file of JavaScript or TypeScript, told apart by its name. Never throws. */
export function parseProgram(file: SourceFile): Program {
  const { parseSync } = lazyRequire('oxc-parser') as typeof import('oxc-parser');
  // A byte order mark counts as a character in our offsets, and is blank to the parser.
  const text = file.text.charCodeAt(0) === 0xfeff ? ` ${file.text.slice(1)}` : file.text;
  try {
    const { program, comments, errors } = parseSync(file.path, text);
    const first = errors[0];
    const label = first?.labels[0];
    const failed = first !== undefined && program.body.length === 0;
    return {
      program: program as unknown as Node,
      comments: comments.map(({ type, value, start, end }) => ({
        range: [start, end],
        text: value,
        style: type === 'Line' ? 'line' : 'block',
      })),
      ...(failed ? { error: { message: first.message, range: [label?.start ?? 0, label?.end ?? 1] } } : {}),
    };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { program: { type: 'Program', body: [] }, comments: [], error: { message, range: [0, 1] } };
  }
}

/** Where a node stands in its file. */
export function rangeOf(node: Node): Range {
  return node.range ?? [node.start ?? 0, node.end ?? 0];
}

/** The first line of a range: the words that name what stands there. */
export function headOf(file: SourceFile, [start, end]: Range): Range {
  const newline = file.text.indexOf('\n', start);
  return [start, newline === -1 || newline > end ? end : newline];
}

/** A node's child by its key; undefined where there is none. */
export function child(node: Node | undefined, key: string): Node | undefined {
  const value = node?.[key];
  return isNode(value) ? value : undefined;
}

/** A node's children in a list by its key, holes of sparse arrays left out. */
export function children(node: Node | undefined, key: string): readonly Node[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

/** The name of an identifier, a private name or a string that stands for one; undefined where the node is none of them. */
export function nameOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (typeof node.name === 'string') return node.name;
  return node.type === 'Literal' && node.value !== null && typeof node.value !== 'object'
    ? String(node.value)
    : undefined;
}

/** Whether a value of a tree is a node. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
