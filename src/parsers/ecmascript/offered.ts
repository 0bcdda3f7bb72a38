import type { Comment } from '../../operations/statements.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { Node, Program } from './syntax.ts';

/** A comment as ESTree has it. */
interface EstreeComment {
  readonly type: string;
  readonly value: string;
  readonly range?: readonly [number, number] | undefined;
}

/** A file's text with the tree that a host has of it; the last one only, as hosts look at one file at a time. */
let offered: { readonly path: string; readonly text: string; readonly program: Program } | undefined;

/**
 * Hands over the tree that a host's own parser made of a file, so that it is not parsed once more.
 *
 * @param path - absolute path
 * @param text - the text that the tree's offsets count in
 * @param program - a `Program` of ESTree or TS-ESTree with ranges
 */
export function offerProgram(path: string, text: string, program: object, comments: readonly EstreeComment[]): void {
  const read = comments.flatMap(({ type, value, range }): readonly Comment[] =>
    range === undefined ? [] : [{ range, text: value, style: type === 'Block' ? 'block' : 'line' }],
  );
  offered = { path, text, program: { program: program as Node, comments: read } };
}

/** The tree that was offered for a file as it is; undefined where there is none. */
export function offeredProgram({ path, text }: SourceFile): Program | undefined {
  return offered?.path === path && offered.text === text ? offered.program : undefined;
}
