import { lazyRequire } from '../lazy-require.ts';
import type { FileChange } from './part.ts';

/** Lines of a text around a change that are shown with it. */
const CONTEXT = 3;

/** One line of a diff: what it does, and its text without the line break. */
export interface DiffLine {
  readonly kind: 'header' | 'same' | 'removed' | 'added';
  readonly text: string;
}

const KINDS: Readonly<Record<string, DiffLine['kind']>> = { ' ': 'same', '-': 'removed', '+': 'added' };

/** A change as a diff for people: the places that change, with what is around them. */
export function diffOf({ path, before, after }: FileChange): readonly DiffLine[] {
  const { structuredPatch } = lazyRequire('diff') as typeof import('diff');
  const { hunks } = structuredPatch(path, path, before ?? '', after, undefined, undefined, { context: CONTEXT });
  const line = (kind: DiffLine['kind'], text: string): DiffLine => ({ kind, text });
  return [
    line('header', before === null ? '--- /dev/null' : `--- ${path}`),
    line('header', `+++ ${path}`),
    ...hunks.flatMap(({ lines }, index) => [
      ...(index === 0 ? [] : [line('same', '…')]),
      ...lines.flatMap(each => {
        const kind = KINDS[each[0] ?? ''];
        return kind === undefined ? [] : [line(kind, each.slice(1))];
      }),
    ]),
  ];
}
