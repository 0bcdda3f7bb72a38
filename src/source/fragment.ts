import type { Range, SourceFile } from './source-file.ts';

/**
 * Text that a parser reads, and where each of its characters stands in the file that the user edits.
 *
 * A whole SQL file is one fragment with one segment. SQL inside a DO block, an EXECUTE string, a template literal or an XML
 * element is a fragment of several segments, as escapes (`''`, `\n`, `&lt;`) and holes (`${x}`) have another length there.
 */
export interface Fragment {
  readonly file: SourceFile;
  readonly text: string;
  /** Ascending, without gaps, covering `text` from 0 to its length; at least one. */
  readonly segments: readonly Segment[];
}

/**
 * A run of a fragment's text and the range of the file it was read from. Where both have the same length the characters
 * correspond one by one; otherwise (an escape, a hole) the run is one unit that maps to the whole range.
 */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly source: Range;
}

/**
 * A whole file, or the given range of it, as a fragment whose characters are the file's own.
 *
 * @param file - the file the user edits
 * @param range - the part to take, UTF-16 offsets; the whole file when left out
 */
export function fragmentOf(file: SourceFile, range: Range = [0, file.text.length]): Fragment {
  const text = range[0] === 0 && range[1] === file.text.length ? file.text : file.text.slice(range[0], range[1]);
  return { file, text, segments: [{ start: 0, end: text.length, source: range }] };
}

/**
 * The place in the file of a character of a fragment.
 *
 * @param offset - UTF-16 offset into `fragment.text`, from 0 to its length
 * @returns UTF-16 offset into `fragment.file.text`
 */
export function toSourceOffset(fragment: Fragment, offset: number): number {
  const segment = segmentAt(fragment, offset);
  if (isLinear(segment)) return segment.source[0] + (offset - segment.start);
  return offset >= segment.end ? segment.source[1] : segment.source[0];
}

/**
 * The range of the file that holds a range of a fragment's text. The end is taken from the last character inside, so that a
 * range that ends before an escape or a hole does not swallow it. Where the file has the end before the start, both are in the range.
 */
export function toSourceRange(fragment: Fragment, start: number, end: number): Range {
  const from = toSourceOffset(fragment, start);
  if (end <= start) return [from, from];
  const last = segmentAt(fragment, end - 1);
  const to = isLinear(last) ? last.source[0] + (end - last.start) : last.source[1];
  // What a builder writes first may stand last in the code: `t.increments('id')` is the column's name, then its type.
  return to >= from ? [from, to] : [last.source[0], segmentAt(fragment, start).source[1]];
}

/**
 * A part of a fragment as a fragment of its own.
 *
 * @param start - UTF-16 offset into `fragment.text`
 * @param end - UTF-16 offset into `fragment.text`, exclusive
 */
export function sliceFragment(fragment: Fragment, start: number, end: number): Fragment {
  const segments: Segment[] = [];
  for (let index = segmentIndexAt(fragment, start); index < fragment.segments.length; index++) {
    const segment = fragment.segments[index]!;
    if (segment.start >= end || segment.end <= start) break;
    const from = Math.max(segment.start, start);
    const to = Math.min(segment.end, end);
    const source: Range = isLinear(segment)
      ? [segment.source[0] + (from - segment.start), segment.source[0] + (to - segment.start)]
      : segment.source;
    segments.push({ start: from - start, end: to - start, source });
  }
  if (segments.length === 0) {
    const at = toSourceOffset(fragment, start);
    segments.push({ start: 0, end: 0, source: [at, at] });
  }
  return { file: fragment.file, text: fragment.text.slice(start, end), segments };
}

/**
 * Text that the file spells otherwise, or not at all: a hole's stand-in, a keyword in place of another. Its characters all map
 * to the whole range.
 */
export function substituteFragment(file: SourceFile, text: string, source: Range): Fragment {
  return { file, text, segments: [{ start: 0, end: text.length, source }] };
}

/**
 * Several fragments of one file one after the other, as `||` or a concatenation in code joins them.
 *
 * @param parts - at least one
 */
export function joinFragments(parts: readonly Fragment[]): Fragment {
  const segments: Segment[] = [];
  let text = '';
  for (const part of parts) {
    for (const { start, end, source } of part.segments) {
      if (end > start) segments.push({ start: text.length + start, end: text.length + end, source });
    }
    text += part.text;
  }
  const { file, segments: first } = parts[0]!;
  return { file, text, segments: segments.length > 0 ? segments : first.slice(0, 1) };
}

function isLinear(segment: Segment): boolean {
  return segment.end - segment.start === segment.source[1] - segment.source[0];
}

function segmentAt(fragment: Fragment, offset: number): Segment {
  return fragment.segments[segmentIndexAt(fragment, offset)]!;
}

/** The index of the last segment that starts at the offset or before it. */
function segmentIndexAt(fragment: Fragment, offset: number): number {
  const { segments } = fragment;
  let low = 0;
  let high = segments.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (segments[middle]!.start <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}
