import type { FileChange } from './part.ts';

/** Lines of a text around a change that are shown with it. */
const CONTEXT = 3;

/** One line of a diff: what it does, and its text without the line break. */
export interface DiffLine {
  readonly kind: 'header' | 'same' | 'removed' | 'added';
  readonly text: string;
}

/** A change as a unified diff of one hunk: init changes one place of a file, or makes the file. */
export function diffOf({ path, before, after }: FileChange): readonly DiffLine[] {
  const old = linesOf(before ?? '');
  const now = linesOf(after);
  let start = 0;
  while (start < old.length && start < now.length && old[start] === now[start]) start++;
  let end = 0;
  while (end < old.length - start && end < now.length - start && old.at(-1 - end) === now.at(-1 - end)) end++;
  const from = Math.max(0, start - CONTEXT);
  const line = (kind: DiffLine['kind'], text: string): DiffLine => ({ kind, text });
  return [
    line('header', before === null ? '--- /dev/null' : `--- ${path}`),
    line('header', `+++ ${path}`),
    ...old.slice(from, start).map(text => line('same', text)),
    ...old.slice(start, old.length - end).map(text => line('removed', text)),
    ...now.slice(start, now.length - end).map(text => line('added', text)),
    ...old.slice(old.length - end, old.length - end + CONTEXT).map(text => line('same', text)),
  ];
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
