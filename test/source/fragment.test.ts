import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Fragment,
  fragmentOf,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceOffset,
  toSourceRange,
} from '../../src/source/fragment.ts';

const file = { path: '/a.sql', text: 'SELECT 💩 é\r\nFROM "t" WHERE x' };

/** Fragments of `file` whose parts ascend: some as written, some substituted. */
const pieces = fc
  .uniqueArray(fc.integer({ min: 0, max: file.text.length }), { minLength: 2, maxLength: 12 })
  .map(offsets => [...offsets].sort((a, b) => a - b))
  .chain(offsets =>
    fc.tuple(
      ...offsets
        .slice(1)
        .map((end, index) =>
          fc.tuple(fc.constant([offsets[index]!, end] as const), fc.option(fc.string({ maxLength: 4 }))),
        ),
    ),
  );

function build(parts: readonly (readonly [readonly [number, number], string | null])[]): Fragment {
  return joinFragments(
    parts.map(([range, text]) => (text === null ? fragmentOf(file, range) : substituteFragment(file, text, range))),
  );
}

test('a part as written maps to itself, a substituted one lies in its range', () => {
  fc.assert(
    fc.property(pieces, parts => {
      const fragment = build(parts);
      let at = 0;
      for (const [range, text] of parts) {
        const length = text === null ? range[1] - range[0] : text.length;
        if (length > 0) {
          const source = toSourceRange(fragment, at, at + length);
          expect(source).toEqual([range[0], range[1]]);
          if (text === null) expect(fragment.text.slice(at, at + length)).toBe(file.text.slice(...source));
        }
        at += length;
      }
      expect(at).toBe(fragment.text.length);
    }),
  );
});

test('a slice maps as the whole does', () => {
  fc.assert(
    fc.property(pieces, fc.nat(), fc.nat(), (parts, a, b) => {
      const fragment = build(parts);
      const start = Math.min(a % (fragment.text.length + 1), b % (fragment.text.length + 1));
      const end = Math.max(a % (fragment.text.length + 1), b % (fragment.text.length + 1));
      const slice = sliceFragment(fragment, start, end);
      expect(slice.text).toBe(fragment.text.slice(start, end));
      expect(slice.segments[0]!.start).toBe(0);
      expect(slice.segments.at(-1)!.end).toBe(end - start);
      // A cut through a substituted run may make it as long as its range; whole runs and characters as written are exact.
      for (let at = start; at < end; at++) {
        const segment = fragment.segments.find(({ start: from, end: to }) => from <= at && at < to)!;
        if (segment.start < start || segment.end > end) continue;
        expect(toSourceRange(slice, at - start, at - start + 1)).toEqual(toSourceRange(fragment, at, at + 1));
      }
    }),
  );
});

test('the end of a range does not swallow the escape after it', () => {
  const fragment = joinFragments([
    fragmentOf(file, [0, 7]),
    substituteFragment(file, 'x', [7, 12]),
    fragmentOf(file, [12, 15]),
  ]);
  expect(toSourceRange(fragment, 0, 7)).toEqual([0, 7]);
  expect(toSourceRange(fragment, 0, 8)).toEqual([0, 12]);
  expect(toSourceRange(fragment, 8, 9)).toEqual([12, 13]);
  expect(toSourceRange(fragment, 7, 7)).toEqual([7, 7]);
  expect(toSourceOffset(fragment, 11)).toBe(15);
});

test('nothing at all has a place too', () => {
  const empty = sliceFragment(fragmentOf(file), 9, 9);
  expect([empty.text, toSourceRange(empty, 0, 0)]).toEqual(['', [9, 9]]);
  expect(joinFragments([empty, empty]).segments).toHaveLength(1);
});
