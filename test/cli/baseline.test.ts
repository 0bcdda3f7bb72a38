import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const FLAGS = ['--dialect', 'postgres'];
const RENAME = 'ALTER TABLE users RENAME COLUMN name TO full_name;\n';
const DROP = 'ALTER TABLE users DROP COLUMN email;\n';

function project(): string {
  return temporaryTree({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text, email text, phone text);\n',
    'migrations/2_rename.sql': RENAME,
  });
}

async function errors(cwd: string, ...argv: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await run(cwd, ['lint', '--format', 'json', '--rule', 'require-down=off', ...FLAGS, ...argv]);
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; severity: string }[] };
  return findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
}

test('what the baseline knows is left out, wherever its lines have moved; what is new is told', async () => {
  const cwd = project();
  const made = await run(cwd, ['baseline', ...FLAGS]);
  expect(made).toMatchObject({ status: 0, stderr: '' });
  expect(made.stdout).toMatch(/^surefoot-baseline\.json: \d+ known findings; /);
  expect(await errors(cwd)).toEqual(['no-rename-column']);
  writeFileSync(join(cwd, 'migrations/2_rename.sql'), `-- moved\n\n\n  ${RENAME}`);
  writeFileSync(join(cwd, 'migrations/3_drop.sql'), DROP);
  expect(await errors(cwd, '--baseline', 'surefoot-baseline.json')).toEqual(['no-drop-column']);
  const { status, stdout } = await run(cwd, ['lint', '--baseline', 'surefoot-baseline.json', ...FLAGS]);
  expect(status).toBe(1);
  expect(stdout).toMatch(/\d+ findings known by the baseline/);
});

test('one entry stands for one finding: the same statement again is new', async () => {
  const cwd = temporaryTree({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY);\n',
    'migrations/2_index.sql': 'CREATE INDEX ON users (id);\n',
  });
  await run(cwd, ['baseline', ...FLAGS]);
  writeFileSync(join(cwd, 'migrations/2_index.sql'), 'CREATE INDEX ON users (id);\nCREATE INDEX ON users (id);\n');
  expect(await errors(cwd, '--baseline', 'surefoot-baseline.json')).toContain('require-concurrent-index');
});

test('what is fixed is said, and taken out by --prune; nothing new gets in', async () => {
  const cwd = project();
  await run(cwd, ['baseline', ...FLAGS]);
  const known = (): number =>
    (JSON.parse(readFileSync(join(cwd, 'surefoot-baseline.json'), 'utf8')) as { findings: unknown[] }).findings.length;
  const before = known();
  writeFileSync(join(cwd, 'migrations/2_rename.sql'), DROP);
  const { stderr } = await run(cwd, ['lint', '--baseline', 'surefoot-baseline.json', ...FLAGS]);
  expect(stderr).toMatch(
    /note: \d+ findings? of the baseline surefoot-baseline\.json fixed: surefoot baseline --prune/,
  );
  expect((await run(cwd, ['baseline', '--prune', ...FLAGS])).stdout).toMatch(/fixed and taken out/);
  expect(known()).toBeLessThan(before);
  expect(await errors(cwd, '--baseline', 'surefoot-baseline.json')).toEqual(['no-drop-column']);
});

test('entries of files that were not judged are kept', async () => {
  const cwd = project();
  await run(cwd, ['baseline', ...FLAGS]);
  writeFileSync(join(cwd, 'migrations/3_fine.sql'), 'SELECT 1;\n');
  const { stderr } = await run(cwd, ['lint', '--baseline', 'surefoot-baseline.json', '--start-after', '2', ...FLAGS]);
  expect(stderr).toBe('');
});

test('the configuration can name it, relative to its own folder', async () => {
  const cwd = project();
  mkdirSync(join(cwd, 'config'));
  await run(cwd, ['baseline', '--output', 'config/known.json', ...FLAGS]);
  writeFileSync(join(cwd, 'surefoot.config.json'), '{ "baseline": "config/known.json" }');
  expect(await errors(cwd)).toEqual([]);
});

test.each([
  ['', 'is not JSON'],
  ['[]', 'has no version that is known'],
  ['{"version":2,"findings":[]}', 'has no version that is known: 2'],
  ['{"version":1}', 'has no list "findings"'],
  ['{"version":1,"findings":[{"rule":"a"}]}', 'findings[0] must have the texts "rule", "file" and "fingerprint"'],
])('a broken baseline %s', async (text, message) => {
  const cwd = project();
  writeFileSync(join(cwd, 'known.json'), text);
  const { status, stdout, stderr } = await run(cwd, ['lint', '--baseline', 'known.json', ...FLAGS]);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toContain('--baseline known.json: ');
  expect(stderr).toContain(message);
  expect(stderr).toContain('surefoot baseline writes such a file');
});

test('places that cannot be read or written', async () => {
  const cwd = project();
  expect((await run(cwd, ['lint', '--baseline', 'none.json', ...FLAGS])).stderr).toContain('none.json');
  expect((await run(cwd, ['baseline', '--output', 'migrations', ...FLAGS])).status).toBe(2);
  const inFile = await run(cwd, ['baseline', '--output', 'migrations/1_users.sql/known.json', ...FLAGS]);
  expect(inFile).toMatchObject({ status: 2, stdout: '' });
  expect(inFile.stderr).toMatch(/^surefoot: migrations\/1_users\.sql\/known\.json: cannot be written[^\n]*\n$/);
  expect((await run(cwd, ['baseline', '--prune', ...FLAGS])).stderr).toContain('there is no baseline');
  expect((await run(cwd, ['baseline', '--since', 'main', ...FLAGS])).status).toBe(2);
});
