import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import glob from 'fast-glob';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { gitHubSlug } from '../../docs/.vitepress/markdown.ts';
import { buildCommand, type CommandBundle, ROOT } from '../support/command-bundle.ts';
import { GIT_ENV, gitRepository } from '../support/git-repository.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

/** The pages that people write and those of the guides; what the rules make has tests of its own. */
const PAGES = ['README.md', 'CONTRIBUTING.md', ...glob.sync('{docs,examples}/**/*.md', { cwd: ROOT })];

const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The texts in a page's fences of a language, dedented. */
function fences(path: string, language: string): readonly string[] {
  const pattern = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm');
  return [...text(path).matchAll(pattern)].map(([, code]) => code!);
}

let command: CommandBundle;
beforeAll(async () => {
  command = await buildCommand();
});
afterAll(() => command.remove());

function sh(cwd: string, line: string, env: Readonly<Record<string, string>> = {}) {
  const path = `${command.bin}:${process.env.PATH}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...GIT_ENV, ...env, PATH: path },
  });
  return { status, output: stdout + stderr };
}

test.each(PAGES)('the links of %s lead to files and headings', path => {
  const prose = text(path)
    .replace(/^```[\s\S]*?^```$/gm, '')
    .replace(/`[^`\n]*`/g, '`');
  for (const [, target = ''] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [file = '', anchor] = target.split('#');
    const page = file === '' ? path : relative(ROOT, join(ROOT, dirname(path), file));
    expect(existsSync(join(ROOT, page)), `${path}: ${target}`).toBe(true);
    if (anchor === undefined) continue;
    const headings = [...text(page).matchAll(/^#{1,6} (.*)$/gm)].map(([, heading]) =>
      gitHubSlug(heading!.replaceAll('`', '')),
    );
    expect(headings, `${path}: ${target}`).toContain(anchor);
  }
});

test('the commands that the pages show are commands, with flags that they have', () => {
  const lines = PAGES.flatMap(path => fences(path, 'sh').flatMap(block => block.split('\n')));
  const commands = new Set(
    lines.flatMap(line => /^(?:npx (?:--yes )?)?surefoot( [^|#&]*)?/.exec(line.trim())?.[1]?.trim() ?? []),
  );
  expect(commands.size).toBeGreaterThan(10);
  for (const each of commands) {
    // With --help nothing runs, after the flags were looked at.
    const argv = [...each.split(/\s+/).map(word => word.replaceAll('"', '')), '--help'];
    const { status, stderr } = spawnSync(process.execPath, [command.script, ...argv], { encoding: 'utf8' });
    expect(status, `surefoot ${each}: ${stderr}`).toBe(0);
  }
});

test('the finding that the start page shows is what is printed', () => {
  const cwd = temporaryTree({
    'surefoot.config.json': '{ "dialect": "postgres" }',
    'migrations/0041_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
    'migrations/0042_index_users.sql': 'CREATE INDEX users_email_idx ON users (email);\n',
  });
  const { status, output } = sh(cwd, 'npx surefoot migrations/0042_index_users.sql');
  expect(status).toBe(1);
  const printed = output.replace(/^ +/gm, '');
  const [shown] = fences('docs/README.md', 'text');
  for (const line of shown!.trim().split('\n')) expect(printed).toContain(line.trim());
});

describe('the recipes for continuous integration', () => {
  const guide = 'docs/guides/ci.md';
  const recipes = fences(guide, 'yaml');

  test('are YAML', () => {
    expect(recipes.length).toBe(5);
    for (const recipe of recipes) expect(Object.keys(parse(recipe) as object).length).toBeGreaterThan(0);
  });

  test('for GitHub and GitLab are what init writes', () => {
    const { root } = gitRepository({
      '.github/CODEOWNERS': '',
      '.gitlab-ci.yml': 'stages: [test]\n',
      'migrations/1_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, at timestamptz);\n',
    });
    expect(sh(root, 'npx surefoot init --yes').status).toBe(0);
    expect(recipes).toContain(readFileSync(join(root, '.github/workflows/surefoot.yml'), 'utf8'));
    const job = recipes.find(recipe => recipe.startsWith('surefoot:'));
    expect(readFileSync(join(root, '.gitlab-ci.yml'), 'utf8')).toContain(job);
  });

  test('each find what the branch adds, and write the reports that they name', () => {
    const origin = gitRepository({
      'surefoot.config.json': '{ "dialect": "postgres" }',
      'migrations/0001_create_users.sql': 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
    });
    origin.git('switch', '--quiet', '--create', 'feature');
    origin.write({ 'migrations/0002_index_users.sql': 'CREATE INDEX users_email_idx ON users (email);\n' });
    origin.git('add', '--all');
    origin.git('commit', '--quiet', '--message=index');
    const base = origin.git('rev-parse', 'main').trim();
    const cwd = join(origin.root, '.git/clone');
    origin.git('clone', '--quiet', '--single-branch', '--branch=feature', origin.root, cwd);
    const env = {
      BASE: base,
      CI_MERGE_REQUEST_DIFF_BASE_SHA: base,
      SYSTEM_PULLREQUEST_TARGETBRANCHNAME: 'main',
      BITBUCKET_PR_DESTINATION_BRANCH: 'main',
      CHANGE_TARGET: 'main',
    };
    const lines = text(guide)
      .split('\n')
      .map(line => /(?:npx|git fetch|mkdir) [^|']*/.exec(line)?.[0].trim())
      .filter(line => line !== undefined);
    // Azure's checkout with all of the history has every branch.
    expect(sh(cwd, 'git fetch --quiet origin main:refs/remotes/origin/main').status).toBe(0);
    expect(lines.filter(line => line.startsWith('npx')).length).toBe(7);
    for (const line of lines) {
      const { status, output } = sh(cwd, line, env);
      expect(status, `${line}\n${output}`).toBe(line.startsWith('npx') ? 1 : 0);
      for (const [, report] of line.matchAll(/--format [a-z]+=(\S+)/g)) {
        expect(readFileSync(join(cwd, report!), 'utf8'), line).toContain('require-concurrent-index');
      }
    }
  });
});

describe('the guide to custom rules', () => {
  const guide = 'docs/guides/custom-rules.md';
  const [plugin, config] = fences(guide, 'ts');

  test('shows the example', () => {
    expect(plugin).toBe(text('examples/custom-rules/no-money-as-float.ts'));
  });

  test('switches it on, and its commands run', () => {
    const sources = join(ROOT, 'src');
    const cwd = temporaryTree({
      'migrations/1_orders.sql': 'CREATE TABLE orders (id bigint PRIMARY KEY, total real, at timestamptz);\n',
      'rules/no-money-as-float.ts': plugin!.replace("from 'surefoot'", `from '${sources}/rules/rule.ts'`),
      'surefoot.config.ts': config!.replace("from 'surefoot'", `from '${sources}/config/config.ts'`),
    });
    const outcomes = fences(guide, 'sh')[0]!
      .trim()
      .split('\n')
      .map(line => sh(cwd, line));
    expect(outcomes.map(({ status }) => status)).toEqual([0, 0, 1]);
    for (const { output } of outcomes) expect(output).toContain('acme/no-money-as-float');
  });
});
