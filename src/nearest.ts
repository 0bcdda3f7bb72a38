import { lazyRequire } from './lazy-require.ts';

/**
 * The candidates that are most like a mistyped word, best first; none where nothing is alike.
 *
 * @param limit - at most so many
 */
export function nearest(word: string, candidates: Iterable<string>, limit = 1): readonly string[] {
  const { distance } = lazyRequire('fastest-levenshtein') as typeof import('fastest-levenshtein');
  const wanted = word.toLowerCase();
  return [...candidates]
    .map(candidate => {
      const like = candidate.toLowerCase();
      // One that goes on, or stops, where the other ends is near however long the rest: warning, warn.
      const extended = wanted.length > 2 && like.length > 2 && (like.startsWith(wanted) || wanted.startsWith(like));
      return { candidate, edits: extended ? 1 : distance(wanted, like) };
    })
    .filter(({ candidate, edits }) => edits <= Math.max(2, Math.floor(Math.max(candidate.length, word.length) * 0.4)))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}

/** `; did you mean x?`, or nothing where no candidate is alike. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const [best] = nearest(word, candidates);
  return best === undefined ? '' : `; did you mean ${best}?`;
}
