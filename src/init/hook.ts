import { type Document, parseDocument } from 'yaml';
import { isRecord, readJson, setJson } from './json-edit.ts';
import { changeOf, type Part, type Proposal, type Repository } from './part.ts';

const MENTION = /\bsurefoot\b/;

/** How hooks are managed, in the order they are looked for: the first that the repository has takes the hook. */
const MANAGERS: readonly ((repository: Repository) => Proposal | undefined)[] = [
  preCommitFramework,
  lefthook,
  lintStaged,
  husky,
  simpleGitHooks,
  plainGit,
];

/** The pre-commit hook: judges what is staged. */
export const hook: Part = repository => {
  for (const manager of MANAGERS) {
    const proposal = manager(repository);
    if (proposal !== undefined) return proposal;
  }
  return { note: 'no git repository here: no hook' };
};

function commandLine({ command }: Repository): string {
  return `${command} lint --staged`;
}

function preCommitFramework(repository: Repository): Proposal | undefined {
  return editYaml(repository, ['.pre-commit-config.yaml', '.pre-commit-config.yml'], document => {
    const entry = { id: 'surefoot', name: 'surefoot', entry: commandLine(repository), language: 'system' };
    document.addIn(['repos'], document.createNode({ repo: 'local', hooks: [{ ...entry, pass_filenames: false }] }));
  });
}

function lefthook(repository: Repository): Proposal | undefined {
  const names = ['lefthook', '.lefthook'].flatMap(name => [`${name}.yml`, `${name}.yaml`]);
  return editYaml(repository, names, document => {
    const jobs = ['pre-commit', 'jobs'];
    if (document.hasIn(jobs))
      document.addIn(jobs, document.createNode({ name: 'surefoot', run: commandLine(repository) }));
    else document.setIn(['pre-commit', 'commands', 'surefoot', 'run'], commandLine(repository));
  });
}

/** Adds to the first of these files that is there, keeping comments; says so where it cannot. */
function editYaml(
  repository: Repository,
  paths: readonly string[],
  edit: (document: Document) => void,
): Proposal | undefined {
  const path = paths.find(each => repository.text(each) !== undefined);
  if (path === undefined) return undefined;
  const text = repository.text(path) ?? '';
  if (MENTION.test(text)) return {};
  const document = parseDocument(text);
  const byHand = { note: `${path} cannot be edited: run \`${commandLine(repository)}\` before each commit` };
  if (document.errors.length > 0) return byHand;
  try {
    edit(document);
  } catch {
    return byHand;
  }
  return changeOf(repository, path, document.toString({ lineWidth: 0 }));
}

/** The staged files that lint-staged hands over: those that may hold a migration. */
const LINT_STAGED_GLOB = '*.{sql,js,cjs,mjs,ts,cts,mts,xml,yml,yaml,json}';

/** Where lint-staged has its config, beside scripts: https://github.com/lint-staged/lint-staged#configuration */
const LINT_STAGED_FILES: readonly (readonly [path: string, within: readonly string[]])[] = [
  ['package.json', ['lint-staged']],
  ['.lintstagedrc.json', []],
  ['.lintstagedrc', []],
];
const LINT_STAGED_YAML = ['.lintstagedrc.yaml', '.lintstagedrc.yml', '.lintstagedrc'];
const LINT_STAGED_SCRIPTS = ['.lintstagedrc', 'lint-staged.config'].flatMap(name =>
  ['js', 'mjs', 'cjs', 'ts', 'mts', 'cts'].map(extension => `${name}.${extension}`),
);

/** An entry of lint-staged, where a hook runs that; a config that is a script is left to the hook. */
function lintStaged(repository: Repository): Proposal | undefined {
  const hooks = ['.husky/pre-commit', '.git/hooks/pre-commit', ...SIMPLE_GIT_HOOKS.map(([path]) => path)];
  const runs = hooks.some(path => /\blint-staged\b/.test(hookText(repository, path)));
  if (!runs) return undefined;
  for (const path of LINT_STAGED_SCRIPTS) if (MENTION.test(repository.text(path) ?? '')) return {};
  for (const [path, within] of LINT_STAGED_FILES) {
    const text = repository.text(path);
    const config = text === undefined ? undefined : valueAt(readJson(text), within);
    if (text === undefined || !isRecord(config)) continue;
    if (MENTION.test(JSON.stringify(config))) return {};
    const commands = withCommand(config[LINT_STAGED_GLOB], repository);
    return changeOf(repository, path, setJson(text, [...within, LINT_STAGED_GLOB], commands));
  }
  return editYaml(repository, LINT_STAGED_YAML, document => {
    document.setIn([LINT_STAGED_GLOB], commandLine(repository));
  });
}

/** What a hook's file runs; of a manifest only its hooks. */
function hookText(repository: Repository, path: string): string {
  const [, within] = SIMPLE_GIT_HOOKS.find(([each]) => each === path) ?? [];
  const text = repository.text(path) ?? '';
  return within === undefined ? text : (JSON.stringify(valueAt(readJson(text), within)) ?? '');
}

function withCommand(before: unknown, repository: Repository): string | readonly unknown[] {
  if (before === undefined) return commandLine(repository);
  return [...(Array.isArray(before) ? (before as readonly unknown[]) : [before]), commandLine(repository)];
}

function valueAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return value;
  return isRecord(value) ? valueAt(value[key], rest) : undefined;
}

function husky(repository: Repository): Proposal | undefined {
  if (!repository.isFolder('.husky')) return undefined;
  return appendLine(repository, '.husky/pre-commit', '');
}

function plainGit(repository: Repository): Proposal | undefined {
  if (repository.text('.git')?.startsWith('gitdir:') === true) {
    return {
      note: `.git leads to another folder (a worktree or submodule): add \`${commandLine(repository)}\` to pre-commit there`,
    };
  }
  if (!repository.isFolder('.git')) return undefined;
  if (/hooksPath/i.test(repository.text('.git/config') ?? '')) {
    return {
      note: `git's hooks lie elsewhere (core.hooksPath): add \`${commandLine(repository)}\` to pre-commit there`,
    };
  }
  return appendLine(repository, '.git/hooks/pre-commit', '#!/bin/sh\n');
}

/** @param start - what a new file starts with */
function appendLine(repository: Repository, path: string, start: string): Proposal {
  const before = repository.text(path);
  const line = `${commandLine(repository)}\n`;
  if (before === undefined) return { change: { path, before: null, after: start + line, executable: true } };
  if (MENTION.test(before)) return {};
  const isShell = start === '' || /^#!.*\bsh\b/.test(before);
  if (!isShell) return { note: `${path} is no shell script: run \`${line.trim()}\` from it` };
  // Behind an `exec` or `exit` it would never run.
  if (/^\s*(exec|exit)\b/m.test(before))
    return { note: `${path} ends by itself: add \`${line.trim()}\` where it fits` };
  return changeOf(repository, path, `${before.replace(/\n*$/, '\n')}${line}`);
}

/** Where simple-git-hooks has its config, beside scripts. */
const SIMPLE_GIT_HOOKS: readonly (readonly [path: string, within: readonly string[]])[] = [
  ['.simple-git-hooks.json', []],
  ['simple-git-hooks.json', []],
  ['package.json', ['simple-git-hooks']],
];

function simpleGitHooks(repository: Repository): Proposal | undefined {
  for (const [path, within] of SIMPLE_GIT_HOOKS) {
    const text = repository.text(path);
    const hooks = text === undefined ? undefined : valueAt(readJson(text), within);
    if (text === undefined || !isRecord(hooks)) continue;
    const before = hooks['pre-commit'];
    if (typeof before === 'string' && MENTION.test(before)) return {};
    const run = typeof before === 'string' ? `${before} && ${commandLine(repository)}` : commandLine(repository);
    return {
      ...changeOf(repository, path, setJson(text, [...within, 'pre-commit'], run)),
      note: 'run `npx simple-git-hooks` once for the hook to take effect',
    };
  }
  return undefined;
}
