import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildCommand, type CommandBundle, ROOT } from '../support/command-bundle.ts';
import { GIT_ENV, gitRepository } from '../support/git-repository.ts';
import { NEXT_MIGRATIONS } from '../support/next-migrations.ts';

let command: CommandBundle;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

/** Folders of fixtures/ that are projects. */
const PROJECTS = readdirSync(join(ROOT, 'fixtures'), { withFileTypes: true })
  .filter(entry => entry.isDirectory() && entry.name !== 'ground-truth')
  .map(({ name }) => name);

/** The rules that stop next migrations, where these build no index. */
const RULES: Readonly<Record<string, string>> = {
  'clients-mysql2': 'no-rename-column',
  mysql: 'no-rename-column',
  mariadb: 'no-rename-column',
  sqlite: 'no-rename-column',
  sqlserver: 'no-rename-column',
  'migrate-mongo': 'no-drop-collection',
  mongosh: 'no-drop-collection',
};

test('there is a next migration for every project', () => {
  expect(PROJECTS.filter(name => NEXT_MIGRATIONS[name] === undefined)).toEqual([]);
});

test.each(PROJECTS)('%s: what init sets up lets itself be committed, and stops the next migration', name => {
  const repository = gitRepository({ '.gitignore': 'node_modules\n' });
  cpSync(join(ROOT, 'fixtures', name), repository.root, { recursive: true });
  repository.git('add', '--all');
  repository.git('commit', '--message=history');
  const path = [command.bin, process.env.PATH].join(delimiter);
  const run = (program: string, ...args: readonly string[]) => {
    const env = { PATH: path, HOME: join(repository.root, '.git'), ...GIT_ENV };
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: repository.root, env, encoding: 'utf8' });
    return { status, output: stdout + stderr };
  };
  const init = run('surefoot', 'init', '--yes');
  expect(init.output).toContain('.git/hooks/pre-commit');
  expect(init.status).toBe(0);
  repository.git('add', '--all');
  expect(run('git', 'commit', '--allow-empty', '--message=set up')).toMatchObject({ status: 0 });

  for (const [file, text] of Object.entries(NEXT_MIGRATIONS[name]!)) {
    const at = join(repository.root, file);
    const before = existsSync(at) ? readFileSync(at, 'utf8') : '';
    repository.write({ [file]: typeof text === 'string' ? text : text(before) });
  }
  repository.git('add', '--all');
  const stopped = run('git', 'commit', '--message=next');
  expect(stopped.output).toContain(RULES[name] ?? 'require-concurrent-index');
  expect(stopped.output).toContain('1 migration');
  expect(stopped.status).toBe(1);
  expect(repository.git('log', '--format=%s').trim().split('\n')).toEqual(['set up', 'history', 'start']);
});
