import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/command-bundle.ts';
import { gitRepository } from '../support/git-repository.ts';

const EXAMPLES = ['lint', 'impact', 'text', 'rules'];
const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');

let folder = '';
beforeAll(async () => {
  // Inside the package, so that its dependencies are found.
  folder = mkdtempSync(join(ROOT, 'node_modules/.surefoot-api-'));
  await build({
    absWorkingDir: ROOT,
    entryPoints: EXAMPLES.map(name => `examples/api/${name}.ts`),
    alias: { surefoot: join(ROOT, 'src/index.ts') },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    external: ['libpg-query'],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    logLevel: 'warning',
  });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, cwd: string) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, `${name}.mjs`)], {
    cwd,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

/** A repository whose branch adds an index that blocks writes. */
function repository() {
  const { root, git, write } = gitRepository({
    'migrations/1_users.sql': 'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text);\n',
  });
  git('switch', '--quiet', '--create', 'feature');
  write({ 'migrations/2_index.sql': '\nCREATE INDEX users_email_idx ON users (email);\n' });
  return root;
}

test.each(EXAMPLES)('the page shows examples/api/%s.ts', name => {
  const source = readFileSync(join(ROOT, `examples/api/${name}.ts`), 'utf8');
  expect(page).toContain(`(../examples/api/${name}.ts)\n\n\`\`\`ts\n${source}\`\`\`\n`);
});

test('lint: what the branch adds is judged, by line and column; errors make the status', () => {
  const root = repository();
  const { status, stdout, stderr } = run('lint', root);
  expect([status, stderr]).toEqual([1, '']);
  expect(stdout).toContain(`${root}/migrations/2_index.sql:2:1 error require-concurrent-index: `);
  expect(stdout).not.toContain('1_users.sql');
});

test('lint: a wrong ref is the line that the command line prints', () => {
  const { root } = gitRepository({ 'migrations/1_users.sql': 'CREATE TABLE users (at timestamptz);\n' });
  const clone = join(root, 'clone');
  spawnSync('git', ['clone', '--quiet', '--branch', 'main', root, clone]);
  spawnSync('git', ['-C', clone, 'checkout', '--quiet', '--detach']);
  spawnSync('git', ['-C', clone, 'branch', '-D', 'main']);
  const { status, stdout, stderr } = run('lint', clone);
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^--since main: git knows no such commit.*\n$/);
});

test('impact: each statement with its locks', () => {
  expect(run('impact', repository())).toEqual({
    status: 0,
    stderr: '',
    stdout: expect.stringContaining(
      '2_index: CREATE INDEX users_email_idx ON users (email): ShareLock on users (index build)\n',
    ),
  });
});

test('text: judged without a file', () => {
  const { status, stdout, stderr } = run('text', '/');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain('no-unsafe-type-change ALTER COLUMN id TYPE bigint');
});

test('rules: those that are errors, each in a sentence', () => {
  const { status, stdout, stderr } = run('rules', '/');
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^require-concurrent-index: Require an index /m);
});
