import { expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

async function impact(format: 'json' | 'pretty', dialect: string, history: string, up: string, ...more: string[]) {
  const cwd = temporaryTree({ 'm/1_a.sql': history, 'm/2_b.sql': up });
  let stdout = '';
  const output = { write: (text: string) => (stdout += text), isTerminal: false, columns: 200 };
  await main(['impact', 'm/2_b.sql', '--dialect', dialect, '--format', format, '--no-config', ...more], {
    cwd,
    env: {},
    stdout: output,
    stderr: output,
    readStdin: () => '',
    ask: async () => 'no',
  });
  return stdout;
}

const fields = (text: string) =>
  JSON.parse(text).statements.map((entry: Record<string, unknown>) => [
    entry.rebuild,
    entry.concurrentReads,
    entry.concurrentWrites,
  ]);

const USERS = 'CREATE TABLE users (id int PRIMARY KEY, n int, name varchar(20));';

test('JSON says on every dialect whether the table is rebuilt and who goes on', async () => {
  const index = 'CREATE INDEX users_n ON users (n);';
  expect(fields(await impact('json', 'postgres', USERS, index))).toEqual([[false, true, false]]);
  expect(fields(await impact('json', 'mysql', USERS, index))).toEqual([[false, true, true]]);
  expect(fields(await impact('json', 'mariadb', USERS, index))).toEqual([[false, true, true]]);
  expect(fields(await impact('json', 'sqlite', USERS, index))).toEqual([[false, true, false]]);
  expect(fields(await impact('json', 'sqlserver', USERS, index))).toEqual([[false, true, false]]);
  const drop = 'ALTER TABLE users DROP COLUMN name;';
  expect(fields(await impact('json', 'sqlite', USERS, drop))).toEqual([[true, true, false]]);
  const type = 'ALTER TABLE users ALTER COLUMN n bigint;';
  expect(fields(await impact('json', 'sqlserver', USERS, type))).toEqual([[true, false, false]]);
});

test("the table speaks SQLite's language", async () => {
  const text = await impact('pretty', 'sqlite', USERS, 'ALTER TABLE users DROP COLUMN name;');
  expect(text).toContain('locks users write lock');
  expect(text).toContain('rebuilds the table; reads go on, writes to the whole database wait');
});

test("the table speaks SQL Server's language", async () => {
  const up = `CREATE INDEX users_n ON users (n);
CREATE INDEX users_m ON users (n) WITH (ONLINE = ON);
ALTER TABLE users ALTER COLUMN n bigint;
ALTER TABLE users ADD a int NULL;`;
  const text = await impact('pretty', 'sqlserver', USERS, up);
  expect(text).toContain('users S\n');
  expect(text).toContain('leaves its rows as they are; reads go on, writes wait (ONLINE = OFF; ON lets both go on');
  expect(text).toContain('leaves its rows as they are; reads and writes go on (ONLINE = ON)');
  expect(text).toContain('rebuilds the table; reads and writes wait (ONLINE = OFF');
  expect(text).toContain('users Sch-M');
  expect(text).toContain('reads and writes wait for a moment');
  const standard = await impact('pretty', 'sqlserver', USERS, up, '--server-version', '2022 Standard');
  expect(standard).toContain('this edition has no ONLINE = ON');
});
