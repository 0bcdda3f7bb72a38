import { expect, test } from 'vitest';
import { diffOf } from '../../src/init/diff.ts';

const SIGNS = { header: '', same: ' ', removed: '-', added: '+' };
const shown = (before: string | null, after: string) =>
  diffOf({ path: 'a', before, after }).map(({ kind, text }) => SIGNS[kind] + text);

test('a new file is all added', () => {
  expect(shown(null, 'a\nb\n')).toEqual(['--- /dev/null', '+++ a', '+a', '+b']);
});

test('two places that change are shown with what is around each', () => {
  const before = Array.from({ length: 20 }, (_, index) => `${index}`).join('\n');
  const after = before.replace('0\n1\n', '0\nx\n1\n').replace('\n18\n', '\n');
  expect(shown(before, after)).toEqual([
    '--- a',
    '+++ a',
    ' 0',
    '+x',
    ' 1',
    ' 2',
    ' 3',
    ' …',
    ' 15',
    ' 16',
    ' 17',
    '-18',
    ' 19',
  ]);
});
