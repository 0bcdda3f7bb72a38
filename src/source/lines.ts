import type { Range, SourceFile } from './source-file.ts';

/** A place as people and editors count it: line and column from 1, columns in UTF-16 units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * The line and column of an offset. Lines end at LF, CR LF or CR, as in the Language Server Protocol. A byte order mark at the
 * start of the file takes no column.
 *
 * @param offset - UTF-16 offset into `file.text`; the offset after the last character is allowed
 */
export function positionAt(file: SourceFile, offset: number): Position {
  const starts = lineStarts(file);
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: Math.max(0, offset - starts[low]!) + 1 };
}

/**
 * The range of a line's characters, without its line break and without a byte order mark.
 *
 * @param line - from 1; a line past the end is empty and stands at the end of the file
 */
export function lineRange(file: SourceFile, line: number): Range {
  const starts = lineStarts(file);
  const { text } = file;
  const start = starts[line - 1] ?? text.length;
  let end = starts[line] ?? text.length;
  if (line < starts.length) end -= text[end - 1] === '\n' && text[end - 2] === '\r' ? 2 : 1;
  return [start, Math.max(start, end)];
}

/** Built at the first question about a file; a file nobody reports on costs nothing. */
const startsByFile = new WeakMap<SourceFile, readonly number[]>();

function lineStarts(file: SourceFile): readonly number[] {
  const known = startsByFile.get(file);
  if (known) return known;
  const { text } = file;
  const starts = [text.charCodeAt(0) === 0xfeff ? 1 : 0];
  for (let offset = 0; offset < text.length; offset++) {
    const code = text.charCodeAt(offset);
    if (code === 10 || (code === 13 && text.charCodeAt(offset + 1) !== 10)) starts.push(offset + 1);
  }
  startsByFile.set(file, starts);
  return starts;
}
