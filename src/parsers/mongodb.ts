import { toSourceRange } from '../source/fragment.ts';
import type { FrontEnd } from './front-end.ts';

/** MongoDB takes no SQL: its migrations are code, which is read as such. What is given here is said to be unreadable. */
export const mongodb: FrontEnd = {
  parse(fragment) {
    const { text } = fragment;
    const start = text.search(/\S/);
    if (start === -1) return { statements: [], comments: [] };
    const range = toSourceRange(fragment, start, text.trimEnd().length);
    const head = toSourceRange(fragment, start, start + 1);
    const message = 'MongoDB takes no SQL';
    const operation = { kind: 'unreadable', reason: 'language', message, range, head } as const;
    return { statements: [{ range, head, operations: [operation] }], comments: [] };
  },
};
