import { expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { isWatched, startProgress } from '../../src/cli/progress.ts';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

function output(isTerminal: boolean) {
  const written: string[] = [];
  return { written, stderr: { write: (text: string) => written.push(text), isTerminal, columns: 80 } };
}

test('is shown once the work takes long, in steps, on a line that goes away', () => {
  const { written, stderr } = output(true);
  let time = 0;
  const progress = startProgress(1000, { stderr }, () => time);
  for (let done = 0; done < 1000; done++) {
    time++;
    progress.step();
  }
  progress.end();
  expect(written[0]).toBe('\r\u001B[K400 of 1000 migrations, 40 %');
  expect(written.slice(1, -1)).toEqual(
    [500, 600, 700, 800, 900, 1000].map(done => `\r\u001B[K${done} of 1000 migrations, ${done / 10} %`),
  );
  expect(written.at(-1)).toBe('\r\u001B[K');
});

test('is not shown for short work', () => {
  const { written, stderr } = output(true);
  const progress = startProgress(2, { stderr }, () => 0);
  progress.step();
  progress.end();
  expect(written).toEqual([]);
});

test.each([
  [true, {}, true],
  [false, {}, false],
  [true, { CI: 'true' }, false],
  [true, { CI: '' }, true],
  [true, { TERM: 'dumb' }, false],
])('a terminal: %s, with %j: %s', (isTerminal, env, watched) => {
  expect(isWatched({ ...output(isTerminal), env } as unknown as Io)).toBe(watched);
});

test('a run steps through all migrations; a pipe sees nothing of it', async () => {
  const files = Object.fromEntries(
    Array.from({ length: 450 }, (_, index) => [`migrations/${index + 1}_m.sql`, `CREATE TABLE t${index} (id int);\n`]),
  );
  const cwd = temporaryTree(files);
  const { stderr } = await run(cwd, ['--dialect', 'postgres', '--start-after', '449_m', '--format', 'json']);
  expect(stderr).toBe('');
});
