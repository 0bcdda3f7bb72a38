import type { PlaygroundFinding } from './engine.ts';

/** A piece of the text, with how the worst finding on it weighs. */
export interface MarkedPiece {
  readonly text: string;
  readonly severity: PlaygroundFinding['severity'] | null;
}

const WEIGHTS: Readonly<Record<PlaygroundFinding['severity'], number>> = { error: 3, warning: 2, info: 1 };

/**
 * Cuts a text where findings begin and end. The pieces together are the text.
 *
 * @param ranges - of findings, in UTF-16 offsets; parts outside of the text are left out
 */
export function markedPieces(
  text: string,
  ranges: readonly Pick<PlaygroundFinding, 'range' | 'severity'>[],
): readonly MarkedPiece[] {
  const cuts = [0, text.length, ...ranges.flatMap(({ range }) => range)].filter(cut => cut >= 0 && cut <= text.length);
  const sorted = [...new Set(cuts)].sort((a, b) => a - b);
  return sorted.slice(0, -1).map((start, index) => {
    const end = sorted[index + 1]!;
    const covering = ranges.filter(({ range }) => range[0] <= start && range[1] >= end);
    const worst = covering.toSorted((a, b) => WEIGHTS[b.severity] - WEIGHTS[a.severity])[0];
    return { text: text.slice(start, end), severity: worst?.severity ?? null };
  });
}

/** The lines that a range touches, with the range in them marked. */
export function markedLines(text: string, finding: PlaygroundFinding): readonly MarkedPiece[] {
  const [start, end] = finding.range;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  const after = text.indexOf('\n', Math.max(start, end - 1));
  const to = after === -1 ? text.length : after;
  return markedPieces(text.slice(from, to), [{ range: [start - from, end - from], severity: finding.severity }]);
}

/** A text with edits applied; they do not overlap. */
export function applyEdits(text: string, edits: readonly { start: number; end: number; text: string }[]): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce((now, edit) => now.slice(0, edit.start) + edit.text + now.slice(edit.end), text);
}
