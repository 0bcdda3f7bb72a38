import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildCommand, type CommandBundle, ROOT } from '../support/command-bundle.ts';
import { GIT_ENV, type GitRepository, gitRepository } from '../support/git-repository.ts';

let command: CommandBundle;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

const SCRIPT = join(ROOT, 'scripts/action.sh');
const START = {
  'surefoot.config.json': '{ "dialect": "postgres", "rules": { "require-down": "off" } }',
  'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
  'other dir/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
};
const BLOCKING = 'CREATE INDEX users_email_idx ON users (email);\n';

/** Runs the action's step as GitHub's runner would, in a repository. */
function step({ root }: GitRepository, inputs: Readonly<Record<string, string>>) {
  const temporary = join(root, '.git/runner temp');
  mkdirSync(temporary, { recursive: true });
  const output = join(temporary, 'output');
  const summary = join(temporary, 'summary');
  const { status, stdout, stderr } = spawnSync('bash', [SCRIPT], {
    cwd: root,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      ...GIT_ENV,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: root,
      GITHUB_OUTPUT: output,
      GITHUB_STEP_SUMMARY: summary,
      RUNNER_TEMP: temporary,
      SUREFOOT_COMMAND: join(command.bin, 'surefoot'),
      ...inputs,
    },
  });
  const text = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  const outputs = Object.fromEntries(
    text(output)
      .split('\n')
      .filter(line => line !== '')
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  ) as Readonly<Record<string, string>>;
  return { status, stdout, stderr, outputs, summary: text(summary) };
}

/** A repository whose newest commit adds a migration that blocks. */
function withBlocking(path = 'migrations/2_index.sql'): { readonly repository: GitRepository; readonly base: string } {
  const repository = gitRepository(START);
  const base = repository.git('rev-parse', 'HEAD').trim();
  repository.write({ [path]: BLOCKING });
  repository.git('add', '--all');
  repository.git('commit', '--quiet', '--message=index');
  return { repository, base };
}

describe('the step of the action', () => {
  test('annotates what a pull request adds, writes SARIF, a comment and the summary, and fails', () => {
    const { repository, base } = withBlocking();
    const { status, stdout, stderr, outputs, summary } = step(repository, { SUREFOOT_SINCE: base });
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^::error .*file=migrations\/2_index\.sql,line=1/m);
    const sarif = JSON.parse(readFileSync(outputs.sarif!, 'utf8')) as { runs: { results: { ruleId: string }[] }[] };
    expect(sarif.runs[0]!.results.map(({ ruleId }) => ruleId)).toContain('require-concurrent-index');
    expect(readFileSync(outputs.comment!, 'utf8')).toBe(summary);
    expect(summary).toContain('### 2\\_index');
    expect(summary).toContain('CONCURRENTLY');
  });

  test('is content where a pull request adds no migration', () => {
    const { repository } = withBlocking();
    const { status, outputs, summary } = step(repository, { SUREFOOT_SINCE: 'HEAD' });
    expect(status).toBe(0);
    expect(Object.keys(outputs)).toEqual(['sarif', 'comment']);
    expect(summary).toContain('0 migrations safe to deploy');
  });

  test('judges everything on the first push of a branch, where no commit is before it', () => {
    const { repository } = withBlocking();
    const { status, stdout } = step(repository, { SUREFOOT_SINCE: '0'.repeat(40) });
    expect(status).toBe(1);
    expect(stdout).toContain('2_index.sql');
  });

  test('takes paths line by line, with spaces, and never as a command or a flag', () => {
    const { repository } = withBlocking('other dir/2_index.sql');
    expect(step(repository, { SUREFOOT_PATHS: 'migrations\n' }).status).toBe(0);
    expect(step(repository, { SUREFOOT_PATHS: 'migrations\n\nother dir\n' }).status).toBe(1);
    const evil = step(repository, { SUREFOOT_PATHS: '$(touch pwned); touch pwned' });
    expect([evil.status, existsSync(join(repository.root, 'pwned'))]).toEqual([2, false]);
    expect(step(repository, { SUREFOOT_PATHS: '--help' }).status).toBe(2);
  });

  test('fails for more warnings than allowed', () => {
    const repository = gitRepository({
      ...START,
      'migrations/2_name.sql': 'ALTER TABLE users ADD COLUMN age char(3);\n',
    });
    expect(step(repository, { SUREFOOT_PATHS: 'migrations/2_name.sql' }).status).toBe(0);
    expect(step(repository, { SUREFOOT_PATHS: 'migrations/2_name.sql', SUREFOOT_MAX_WARNINGS: '0' }).status).toBe(1);
  });

  test('says what is wrong where the run itself fails, and claims no files', () => {
    const { repository } = withBlocking();
    const { status, stderr, outputs, summary } = step(repository, { SUREFOOT_SINCE: 'f'.repeat(40) });
    expect(status).toBe(2);
    expect(stderr).toMatch(/^surefoot: .*\n$/);
    expect([outputs, summary]).toEqual([{}, '']);
  });
});

test('action.yml hands each input to the script through the environment, and writes none into the command', () => {
  const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as {
    inputs: Record<string, { description: string; default: string }>;
    outputs: Record<string, { value: string }>;
    runs: { using: string; steps: { id: string; run: string; shell: string; env: Record<string, string> }[] };
  };
  const [only, ...more] = action.runs.steps;
  expect([action.runs.using, only!.shell, more]).toEqual(['composite', 'bash', []]);
  expect(only!.run).not.toContain('${{');
  const handed = Object.values(only!.env).join('\n');
  for (const input of Object.keys(action.inputs)) {
    if (input !== 'working-directory') expect(handed).toContain(`inputs.${input}`);
  }
  const script = readFileSync(SCRIPT, 'utf8');
  for (const variable of Object.keys(only!.env)) expect(script).toContain(`\${${variable}:-`);
  for (const [name, { value }] of Object.entries(action.outputs)) {
    expect(value).toBe(`\${{ steps.${only!.id}.outputs.${name} }}`);
    expect(script).toContain(`echo "${name}=`);
  }
});
