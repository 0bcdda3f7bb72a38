import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { REPORTERS } from '../../src/reporters/index.ts';
import { buildCommand, type CommandBundle } from '../support/command-bundle.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

let command: CommandBundle;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

function run(cwd: string, argv: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command.script, ...argv], {
    cwd,
    input,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

const HISTORY = { 'migrations/1_a.sql': 'CREATE TABLE users (id bigserial PRIMARY KEY, email text);\n' };
const BLOCKING = 'CREATE INDEX users_email_idx ON users (email);\n';

describe('a real process', () => {
  test('finds an error, exits with 1', () => {
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': BLOCKING });
    const { status, stdout, stderr } = run(cwd, ['--format', 'json', 'migrations/2_b.sql']);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    const { findings, summary } = JSON.parse(stdout) as {
      findings: { rule: string; file: string }[];
      summary: { migrations: number };
    };
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'require-concurrent-index', file: 'migrations/2_b.sql' }),
    );
    expect(summary.migrations).toBe(1);
  });

  // What the bundle leaves out or cannot hold shows only here: the tests of the commands run their sources.
  test.each<readonly string[]>([
    ['init', '--yes'],
    ['baseline'],
    ['impact', '--format', 'json'],
    ['rules'],
    ['explain', 'no-drop-column'],
    ['completion', 'fish'],
    ['help'],
    ['--fix-dry-run'],
    ...Object.keys(REPORTERS).map(format => ['--format', format]),
  ])('runs %s %s %s', (...argv) => {
    const cwd = temporaryTree({
      ...HISTORY,
      'eslint.config.js': 'export default [\n];\n',
      '.vscode/settings.json': '{}\n',
      '.pre-commit-config.yaml': 'repos: []\n',
    });
    expect(run(cwd, argv)).toMatchObject({ status: 0, stderr: '' });
  });

  test('reads standard input', () => {
    const { status, stdout } = run(
      temporaryTree(HISTORY),
      ['--stdin', '--stdin-filename', 'migrations/2_b.sql', '--format=json'],
      BLOCKING,
    );
    expect(status).toBe(1);
    expect(stdout).toContain('require-concurrent-index');
  });

  test('fails with one line on stderr and status 2', () => {
    expect(run(temporaryTree(HISTORY), ['nowhere'])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'surefoot: nowhere: no such file or folder\n',
    });
  });

  test('a reader that goes away early is no error', async () => {
    const text = Array.from({ length: 3000 }, (_, index) =>
      BLOCKING.replace('users_email', `users_email_${index}`),
    ).join('');
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': text });
    const child = spawn(process.execPath, [command.script, '--format', 'json'], { cwd });
    let stderr = '';
    child.stderr.on('data', chunk => (stderr += String(chunk)));
    child.stdout.destroy();
    const [status] = (await once(child, 'close')) as [number];
    expect({ status, stderr }).toEqual({ status: 1, stderr: '' });
  });
});

describe('odd files', () => {
  test('one that is far too large is a finding, not a crash', () => {
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': '' });
    // Sparse: takes no room on disk.
    truncateSync(join(cwd, 'migrations/2_b.sql'), 100 * 1024 * 1024);
    const { status, stdout, stderr } = run(cwd, ['--format', 'json']);
    expect({ status, stderr }).toMatchObject({ stderr: '' });
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; message: string; file: string }[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'no-unreadable-statement', file: 'migrations/2_b.sql' }),
    );
  });

  test('one that Node could not hold is a clear line', () => {
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': '' });
    truncateSync(join(cwd, 'migrations/2_b.sql'), 600 * 1024 * 1024);
    expect(run(cwd, [])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'surefoot: migrations/2_b.sql: cannot be read: 600 MB; load data outside of migrations\n',
    });
  });

  test('a binary one is a finding', () => {
    const cwd = temporaryTree(HISTORY);
    writeFileSync(
      join(cwd, 'migrations/2_b.sql'),
      Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 37) % 256)),
    );
    const { stdout, stderr } = run(cwd, ['--format', 'json']);
    expect(stderr).toBe('');
    const { findings } = JSON.parse(stdout) as { findings: { rule: string; file: string }[] };
    expect(findings).toContainEqual(
      expect.objectContaining({ rule: 'no-unreadable-statement', file: 'migrations/2_b.sql' }),
    );
  });

  test('an empty one is a migration without statements', () => {
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': '' });
    const { stdout, stderr } = run(cwd, ['--format', 'json', 'migrations/2_b.sql']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ summary: { migrations: 1, statements: 0 } });
  });

  test.skipIf(process.getuid?.() === 0)('one without permission to read is a clear line', () => {
    const cwd = temporaryTree({ ...HISTORY, 'migrations/2_b.sql': BLOCKING });
    chmodSync(join(cwd, 'migrations/2_b.sql'), 0);
    expect(run(cwd, [])).toEqual({
      status: 2,
      stdout: '',
      stderr: 'surefoot: migrations/2_b.sql: cannot be read: no permission\n',
    });
  });
});
