import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { parseTableSizes } from '../../src/linter/table-sizes.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

async function run(cwd: string, ...argv: string[]) {
  let stdout = '';
  let stderr = '';
  const status = await main(argv, {
    cwd,
    env: {},
    stdout: { write: text => (stdout += text), isTerminal: false, columns: undefined },
    stderr: { write: text => (stderr += text), isTerminal: false, columns: undefined },
    readStdin: () => '',
  });
  return { status, stdout, stderr };
}

const MIGRATIONS = {
  'm/1_a.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
  'm/2_b.sql': "SET lock_timeout = '1s';\nCREATE INDEX users_n ON users (n);",
};

describe('impact', () => {
  test('prints the table, or JSON', async () => {
    const cwd = temporaryTree(MIGRATIONS);
    const pretty = await run(cwd, 'impact', 'm', '--dialect', 'postgres');
    expect(pretty).toMatchObject({ status: 0, stderr: '' });
    expect(pretty.stdout).toContain('writers of users');
    const json = await run(cwd, 'impact', 'm/2_b.sql', '--format', 'json', '--dialect', 'postgres');
    expect(JSON.parse(json.stdout).statements.map((entry: { text: string }) => entry.text)).toEqual([
      "SET lock_timeout = '1s'",
      'CREATE INDEX users_n ON users (n)',
    ]);
  });

  test('a version that is not known is judged as the nearest, and said', async () => {
    const cwd = temporaryTree(MIGRATIONS);
    const { stdout, status } = await run(cwd, 'impact', 'm', '--dialect', 'postgres', '--server-version', '99');
    expect(status).toBe(0);
    expect(stdout).toContain('version 99 is not known (known: 13 to 18): judged as 18');
  });
});

describe('--table-sizes', () => {
  const lintJson = async (cwd: string, file: string) =>
    run(cwd, 'm/2_b.sql', '--format', 'json', '--dialect', 'postgres', '--table-sizes', file);

  test('a small table makes a note of a finding about duration, a large one gets a time', async () => {
    const cwd = temporaryTree({
      ...MIGRATIONS,
      'small.json': '{"tables": {"users": {"bytes": 8192}}}',
      'large.json': '{"tables": {"public.users": {"bytes": 107374182400}}}',
    });
    const finding = (text: string) =>
      JSON.parse(text).findings.find((entry: { rule: string }) => entry.rule === 'require-concurrent-index');
    expect(finding((await lintJson(cwd, 'small.json')).stdout).severity).toBe('info');
    const large = finding((await lintJson(cwd, 'large.json')).stdout);
    expect(large.severity).toBe('error');
    expect(large.message).toContain('users holds 100 GB: roughly 34 min at 50 MB/s');
  });

  test.each([
    ['missing.json', undefined, /missing\.json: cannot be read: no such file/],
    ['bad.json', '{"tables": ', /--table-sizes bad\.json: not valid JSON/],
    ['shape.json', '[1]', /--table-sizes shape\.json: expected \{"tables"/],
  ])('%s is refused in one line', async (name, content, message) => {
    const cwd = temporaryTree(content === undefined ? MIGRATIONS : { ...MIGRATIONS, [name]: content });
    const { status, stderr, stdout } = await lintJson(cwd, name);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('sizes', () => {
  test('its query gives a file that --table-sizes takes', async () => {
    const cwd = temporaryTree({});
    const { stdout } = await run(cwd, 'sizes', '--print-query');
    const server = await PGlite.create();
    try {
      await server.exec(
        'CREATE SCHEMA app; CREATE TABLE app.big (id int); INSERT INTO app.big SELECT generate_series(1, 10000); CREATE TABLE empty (id int); ANALYZE;',
      );
      const { rows } = await server.query<{ sizes: unknown }>(stdout.replace(/;\s*$/, ''));
      const sizes = parseTableSizes(JSON.stringify(rows[0]?.sizes));
      expect([...sizes.tables.keys()]).toEqual(['app.big', 'public.empty']);
      expect(sizes.tables.get('app.big')).toMatchObject({ rows: 10000 });
      expect(sizes.tables.get('app.big')!.bytes).toBeGreaterThan(300_000);
      expect(sizes.tables.get('public.empty')).toEqual({ bytes: 0, rows: 0 });
    } finally {
      await server.close();
    }
  });

  test('needs a database', async () => {
    const { status, stderr } = await run(temporaryTree({}), 'sizes');
    expect(status).toBe(2);
    expect(stderr).toContain('--database-url');
  });

  test('a database that does not answer is one clear line, and no file is written', async () => {
    const cwd = temporaryTree({});
    const { status, stderr } = await run(
      cwd,
      'sizes',
      '--database-url',
      'postgres://127.0.0.1:1/none',
      '--output',
      's.json',
    );
    expect(status).toBe(2);
    expect(stderr).toMatch(/^surefoot: sizes: the database did not answer: .+\n$/);
    expect(() => readFileSync(join(cwd, 's.json'))).toThrow();
  });
});
