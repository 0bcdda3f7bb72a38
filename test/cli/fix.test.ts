import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../support/command-line.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const FLAGS = ['--dialect', 'postgres', '--rule', 'require-lock-timeout=off'];
const FILE = 'migrations/2_region.sql';
const TEXT =
  '-- naïve 🎉\nALTER TABLE users ADD COLUMN region text, DROP COLUMN name;\nDROP INDEX CONCURRENTLY users_idx;\n';
const FIXED =
  '-- naïve 🎉\nALTER TABLE users ADD COLUMN IF NOT EXISTS region text, DROP COLUMN IF EXISTS name;\nDROP INDEX CONCURRENTLY IF EXISTS users_idx;\n';

function project(text: string | Buffer = TEXT, more: Readonly<Record<string, string>> = {}): string {
  return temporaryTree({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\n',
    [FILE]: text,
    ...more,
  });
}

const fix = (cwd: string, ...argv: readonly string[]) => run(cwd, ['--fix', ...FLAGS, FILE, ...argv]);
const textIn = (cwd: string): string => readFileSync(join(cwd, FILE), 'utf8');

test('--fix writes the files and reports what is left', async () => {
  const cwd = project();
  chmodSync(join(cwd, FILE), 0o640);
  const { status, stdout, stderr } = await fix(cwd, '--format', 'json');
  expect(textIn(cwd)).toBe(FIXED);
  expect(stderr).toBe('surefoot: 3 findings fixed in 1 file\n');
  const { findings } = JSON.parse(stdout) as { findings: { rule: string; line: number; column: number }[] };
  expect(findings.map(({ rule }) => rule)).not.toContain('require-idempotent-ddl');
  // What is left is told at its new place.
  expect(findings).toContainEqual(expect.objectContaining({ rule: 'no-drop-column', line: 2, column: 57 }));
  expect(status).toBe(1);
  expect(statSync(join(cwd, FILE)).mode & 0o777).toBe(0o640);
  expect(readdirSync(join(cwd, 'migrations'))).toEqual(['1_users.sql', '2_region.sql']);
  const again = await fix(cwd);
  expect([again.stderr, textIn(cwd)]).toEqual(['', FIXED]);
});

test('--fix-dry-run prints a diff that git applies, and writes nothing', async () => {
  const cwd = project();
  const { stdout, stderr } = await run(cwd, ['--fix-dry-run', ...FLAGS, FILE]);
  expect([stderr, textIn(cwd)]).toEqual(['', TEXT]);
  expect(stdout).toContain(`--- a/${FILE}\n+++ b/${FILE}\n@@ -1,3 +1,3 @@\n`);
  writeFileSync(join(cwd, 'fix.diff'), stdout);
  execFileSync('git', ['apply', 'fix.diff'], { cwd });
  expect(textIn(cwd)).toBe(FIXED);
  const clean = await run(cwd, ['--fix-dry-run', ...FLAGS, FILE]);
  expect(clean.stdout).toBe('');
});

test('line breaks, a byte order mark and a missing last line break stay as they are', async () => {
  const cwd = project('\uFEFFDROP TABLE users;\r\n-- end');
  await fix(cwd);
  expect(textIn(cwd)).toBe('\uFEFFDROP TABLE IF EXISTS users;\r\n-- end');
});

test('a file that is not UTF-8 is left as it is', async () => {
  const bytes = Buffer.from('-- caf\xe9\nDROP TABLE users;\n', 'latin1');
  const cwd = project(bytes);
  const { stderr } = await fix(cwd);
  expect(stderr).toBe(`surefoot: note: ${FILE} is not UTF-8, or has just changed: left as it is\n`);
  expect(readFileSync(join(cwd, FILE))).toEqual(bytes);
});

test('history and what the baseline knows are not touched', async () => {
  const cwd = project();
  await run(cwd, ['baseline', ...FLAGS]);
  await fix(cwd, '--baseline', 'surefoot-baseline.json');
  expect(textIn(cwd)).toBe(TEXT);
  await run(cwd, ['--fix', ...FLAGS, '--start-after', '2_region']);
  expect(textIn(cwd)).toBe(TEXT);
});

test('timeouts are set where the configuration names one', async () => {
  const up = 'BEGIN;\nALTER TABLE users ADD COLUMN a text;\nCOMMIT;\n';
  const cwd = project(up, {
    'surefoot.config.json': '{ "rules": { "require-lock-timeout": ["warn", { "fix": "3s" }] } }',
  });
  await run(cwd, ['--fix', '--dialect', 'postgres', FILE]);
  expect(textIn(cwd)).toBe("BEGIN;\nSET LOCAL lock_timeout = '3s';\nALTER TABLE users ADD COLUMN a text;\nCOMMIT;\n");
  const odd = project(up, {
    'surefoot.config.json': `{ "rules": { "require-lock-timeout": ["warn", { "fix": "'; DROP" }] } }`,
  });
  expect((await run(odd, ['--dialect', 'postgres', FILE])).stderr).toContain('rules.require-lock-timeout');
});

test('a suppression that silences nothing goes, with its line', async () => {
  const cwd = project(
    '  -- surefoot-disable-next-line no-rename-table -- agreed\nSELECT 1; -- surefoot-disable-line no-truncate -- agreed\nSELECT 2;\n',
  );
  await fix(cwd);
  expect(textIn(cwd)).toBe('SELECT 1;\nSELECT 2;\n');
});

test("code that builds SQL is edited in its library's words, SQL in its strings as SQL", async () => {
  const code = `exports.config = { transaction: false };
exports.up = async knex => {
  await knex.raw('DROP INDEX CONCURRENTLY users_idx');
  await knex.schema.dropTable('users');
};
exports.down = async () => {};
`;
  const cwd = temporaryTree({
    'knexfile.js': "module.exports = { client: 'pg' };\n",
    'migrations/20240101000000_a.js': code,
  });
  await run(cwd, ['--fix', '--tool', 'knex', ...FLAGS, 'migrations']);
  const after = readFileSync(join(cwd, 'migrations/20240101000000_a.js'), 'utf8');
  expect(after).toBe(
    code
      .replace('CONCURRENTLY users_idx', 'CONCURRENTLY IF EXISTS users_idx')
      .replace("dropTable('users')", "dropTableIfExists('users')"),
  );
});

test.each([
  [['--fix', '--fix-dry-run'], 'exclude each other'],
  [['--fix', '--staged'], 'does not go with --staged'],
  [['--fix-dry-run', '--stdin'], 'does not go with --stdin'],
  [['--fix-dry-run', '--format', 'json'], 'write reports to files'],
])('%j is refused', async (argv, message) => {
  const { status, stderr } = await run(project(), [...argv, ...FLAGS]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test.skipIf(process.getuid?.() === 0)('a folder that cannot be written is said, and nothing changes', async () => {
  const cwd = project();
  chmodSync(join(cwd, 'migrations'), 0o555);
  const { status, stderr } = await fix(cwd);
  chmodSync(join(cwd, 'migrations'), 0o755);
  expect([status, textIn(cwd)]).toEqual([2, TEXT]);
  expect(stderr).toContain('no permission');
});
