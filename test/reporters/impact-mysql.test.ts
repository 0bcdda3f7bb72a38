import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const HISTORY = `CREATE TABLE users (id int PRIMARY KEY, n int, name varchar(20)) DEFAULT CHARSET=utf8mb4;
CREATE TABLE orders (id int PRIMARY KEY, user_id int);`;

const STATEMENTS = [
  'ALTER TABLE users ADD COLUMN region int',
  'ALTER TABLE users MODIFY n bigint',
  'ALTER TABLE users ADD INDEX users_region (region)',
  'ALTER TABLE users MODIFY name varchar(60), ALGORITHM=INSTANT',
  'DROP TABLE orders',
];

async function impact(format: 'json' | 'pretty', version: string): Promise<string> {
  const cwd = temporaryTree({ 'm/1_a.sql': HISTORY, 'm/2_b.sql': `${STATEMENTS.join(';\n')};` });
  let stdout = '';
  await main(
    ['impact', 'm/2_b.sql', '--dialect', 'mysql', '--server-version', version, '--format', format, '--no-config'],
    {
      cwd,
      env: {},
      stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
      stderr: { write: text => (stdout += text), isTerminal: false, columns: undefined },
      readStdin: () => '',
      ask: async () => 'no',
    },
  );
  return stdout;
}

test('JSON says the algorithm, the rebuild and who goes on', async () => {
  const { statements } = JSON.parse(await impact('json', '8.0'));
  const seen = statements.map((entry: Record<string, unknown>) => [
    entry.algorithm,
    entry.rebuild,
    entry.leastLock,
    entry.duration,
    entry.blocksWrites,
  ]);
  expect(seen).toEqual([
    ['INSTANT', false, 'NONE', 'instant', ['users']],
    ['COPY', true, 'SHARED', 'rewrite', ['users']],
    ['INPLACE', false, 'NONE', 'index build', []],
    ['INPLACE', false, 'NONE', 'instant', ['users']],
    [undefined, undefined, undefined, 'instant', ['orders']],
  ]);
  expect(statements[3].clauses).toEqual([
    {
      clause: 'ALGORITHM=INSTANT',
      outcome: 'refused',
      message: 'ALGORITHM=INSTANT is not supported for this operation. Try ALGORITHM=INPLACE',
    },
  ]);
});

test('the version decides: adding a column rebuilds the table on 5.7', async () => {
  const { statements } = JSON.parse(await impact('json', '5.7'));
  expect(statements[0]).toMatchObject({ algorithm: 'INPLACE', rebuild: true, concurrentWrites: true });
});

test("the table speaks the server's language", async () => {
  const text = await impact('pretty', '8.0');
  expect(text).toContain('ALGORITHM=COPY, rebuilds the table; reads go on, writes wait (LOCK=SHARED)');
  expect(text).toContain('ALGORITHM=INSTANT, leaves its rows as they are; reads and writes go on (LOCK=NONE)');
  expect(text).toContain('locks orders exclusive metadata lock');
  expect(text).not.toContain('ACCESS EXCLUSIVE');
});
