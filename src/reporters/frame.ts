import { lineRange, positionAt } from '../source/lines.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import { type Cell, cellsOf, type Paint, type Style } from './terminal.ts';

/** More marked lines than this are cut in the middle. */
const MAX_LINES = 6;
/** Characters kept before a mark that stands far to the right of a long line. */
const LEAD = 20;

export interface FrameOptions {
  readonly paint: Paint;
  /** Of the marks. */
  readonly style: Style;
  /** Cells that the frame may take, its gutter included. */
  readonly width: number;
}

/**
 * The lines of a file around a range, with line numbers, and the exact characters of the range underlined. Lines that are too
 * long are cut to the part that matters.
 *
 * @param range - UTF-16 offsets; parts outside the file are left out
 * @returns the lines to print, without indentation; none where the file has no text at the range
 */
export function codeFrame(file: SourceFile, range: Range, options: FrameOptions): readonly string[] {
  const { text } = file;
  const start = clamp(range[0], 0, text.length);
  const end = clamp(range[1], start, text.length);
  const lines = linesAround(file, start, end);
  if (lines.every(line => line.text.trim() === '')) return [];

  const numberWidth = String(lines.at(-1)!.number).length;
  const room = Math.max(20, options.width - numberWidth - 3);
  const { paint } = options;
  const gutter = (label: string): string => paint(`${label.padStart(numberWidth)} │`, 'dim');
  const frame: string[] = [];
  for (const line of lines) {
    if (line.skippedBefore) frame.push(gutter('…'));
    const { shown, mark } = showLine(line, start, end, room);
    frame.push(`${gutter(String(line.number))} ${shown}`.trimEnd());
    if (mark !== undefined) {
      frame.push(`${gutter('')} ${' '.repeat(mark.indent)}${paint('━'.repeat(mark.length), options.style)}`);
    }
  }
  return frame;
}

interface Line {
  /** From 1. */
  readonly number: number;
  /** UTF-16 offset of its first character in the file. */
  readonly offset: number;
  /** Without its line end, and without a byte order mark. */
  readonly text: string;
  /** Lines before it are left out. */
  readonly skippedBefore: boolean;
}

/** The lines of the range, those in the middle of a long one left out, after one line of context. */
function linesAround(file: SourceFile, start: number, end: number): readonly Line[] {
  const first = positionAt(file, start).line;
  const last = positionAt(file, end).line;
  const lineOf = (number: number): Line => {
    const [from, to] = lineRange(file, number);
    return { number, offset: from, text: file.text.slice(from, to), skippedBefore: false };
  };
  const lines: Line[] = [];
  if (first > 1 && lineOf(first - 1).text.trim() !== '') lines.push(lineOf(first - 1));
  const isLong = last - first + 1 > MAX_LINES;
  const shownUntil = isLong ? first + MAX_LINES - 2 : last;
  for (let number = first; number <= shownUntil; number++) lines.push(lineOf(number));
  if (isLong) lines.push({ ...lineOf(last), skippedBefore: true });
  return lines;
}

interface ShownLine {
  readonly shown: string;
  readonly mark: { readonly indent: number; readonly length: number } | undefined;
}

/** One line cut to `room` cells around the part of it that is in the range, and where its mark goes. */
function showLine(line: Line, start: number, end: number, room: number): ShownLine {
  const markedFrom = Math.max(start, line.offset) - line.offset;
  const markedTo = Math.min(end, line.offset + line.text.length) - line.offset;
  const inside = start <= line.offset + line.text.length && end >= line.offset;

  // Only a stretch around the mark is looked at: a line may have tens of thousands of characters.
  const cutBefore = inside && markedFrom > room - LEAD ? markedFrom - LEAD : 0;
  const from = startOfCharacter(line.text, cutBefore);
  const cells = fitCells(
    cellsOf(line.text.slice(from, from + room + 1)),
    room - (from > 0 ? 1 : 0),
    from + room + 1 < line.text.length,
  );
  const lead = from > 0 ? '…' : '';
  const shown = lead + cells.map(cell => cell.text).join('');
  if (!inside) return { shown, mark: undefined };

  let indent = lead.length;
  let length = 0;
  for (const cell of trimmed(cells, markedFrom - from, markedTo - from)) {
    if (cell.marked) length += cell.width;
    else if (length === 0) indent += cell.width;
  }
  const empty = start === end;
  return length > 0 || empty ? { shown, mark: { indent, length: Math.max(1, length) } } : { shown, mark: undefined };
}

/** The cells with those of the range marked; white space at the edges of the mark is not. */
function trimmed(cells: readonly Cell[], from: number, to: number): readonly (Cell & { marked: boolean })[] {
  const isMarked = (cell: Cell): boolean => cell.offset >= from && cell.offset < to;
  const solid = cells.filter(cell => isMarked(cell) && cell.text.trim() !== '');
  const first = solid[0]?.offset ?? from;
  const last = solid.at(-1)?.offset ?? from - 1;
  return cells
    .filter(cell => cell.offset < Math.max(to, from))
    .map(cell => ({ ...cell, marked: isMarked(cell) && cell.offset >= first && cell.offset <= last }));
}

/** As many cells as fit, the last replaced by `…` where some did not. */
function fitCells(cells: readonly Cell[], room: number, more: boolean): readonly Cell[] {
  let used = 0;
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index]!;
    const isLast = index === cells.length - 1 && !more;
    if (used + cell.width + (isLast ? 0 : 1) > room) {
      return [...cells.slice(0, index), { text: '…', width: 1, offset: cell.offset }];
    }
    used += cell.width;
  }
  return more ? [...cells, { text: '…', width: 1, offset: Number.MAX_SAFE_INTEGER }] : cells;
}

/** The offset, or the one before it where it stands in the middle of a surrogate pair. */
function startOfCharacter(text: string, offset: number): number {
  const code = text.charCodeAt(offset);
  return offset > 0 && code >= 0xdc00 && code <= 0xdfff ? offset - 1 : offset;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
