import { type Document, parseDocument } from 'yaml';
import { changeOf, type Part, type Proposal, type Repository } from './part.ts';

const MENTION = /\bsurefoot\b/;

/** How hooks are managed, in the order they are looked for: the first that the repository has takes the hook. */
const MANAGERS: readonly ((repository: Repository) => Proposal | undefined)[] = [
  preCommitFramework,
  lefthook,
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

function lintStaged({ command }: Repository): string {
  return `${command} lint --staged`;
}

function preCommitFramework(repository: Repository): Proposal | undefined {
  return editYaml(repository, ['.pre-commit-config.yaml', '.pre-commit-config.yml'], document => {
    const entry = { id: 'surefoot', name: 'surefoot', entry: lintStaged(repository), language: 'system' };
    document.addIn(['repos'], document.createNode({ repo: 'local', hooks: [{ ...entry, pass_filenames: false }] }));
  });
}

function lefthook(repository: Repository): Proposal | undefined {
  const names = ['lefthook', '.lefthook'].flatMap(name => [`${name}.yml`, `${name}.yaml`]);
  return editYaml(repository, names, document => {
    const jobs = ['pre-commit', 'jobs'];
    if (document.hasIn(jobs))
      document.addIn(jobs, document.createNode({ name: 'surefoot', run: lintStaged(repository) }));
    else document.setIn(['pre-commit', 'commands', 'surefoot', 'run'], lintStaged(repository));
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
  const byHand = { note: `${path} cannot be edited: run \`${lintStaged(repository)}\` before each commit` };
  if (document.errors.length > 0) return byHand;
  try {
    edit(document);
  } catch {
    return byHand;
  }
  return changeOf(repository, path, document.toString({ lineWidth: 0 }));
}

function husky(repository: Repository): Proposal | undefined {
  if (!repository.isFolder('.husky')) return undefined;
  return appendLine(repository, '.husky/pre-commit', '');
}

function plainGit(repository: Repository): Proposal | undefined {
  if (!repository.isFolder('.git')) return undefined;
  if (/hooksPath/i.test(repository.text('.git/config') ?? '')) {
    return {
      note: `git's hooks lie elsewhere (core.hooksPath): add \`${lintStaged(repository)}\` to pre-commit there`,
    };
  }
  return appendLine(repository, '.git/hooks/pre-commit', '#!/bin/sh\n');
}

/** @param start - what a new file starts with */
function appendLine(repository: Repository, path: string, start: string): Proposal {
  const before = repository.text(path);
  const line = `${lintStaged(repository)}\n`;
  if (before === undefined) return { change: { path, before: null, after: start + line, executable: true } };
  if (MENTION.test(before)) return {};
  const isShell = start === '' || /^#!.*\bsh\b/.test(before);
  if (!isShell) return { note: `${path} is no shell script: run \`${line.trim()}\` from it` };
  // Behind an `exec` or `exit` it would never run.
  if (/^\s*(exec|exit)\b/m.test(before))
    return { note: `${path} ends by itself: add \`${line.trim()}\` where it fits` };
  return changeOf(repository, path, `${before.replace(/\n*$/, '\n')}${line}`);
}

function simpleGitHooks(repository: Repository): Proposal | undefined {
  const text = repository.text('package.json');
  if (text === undefined || !text.includes('simple-git-hooks')) return undefined;
  let manifest: Record<string, unknown>;
  try {
    manifest = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const hooks = manifest['simple-git-hooks'];
  if (typeof hooks !== 'object' || hooks === null) return undefined;
  const before = (hooks as Record<string, unknown>)['pre-commit'];
  if (typeof before === 'string' && MENTION.test(before)) return {};
  const run = typeof before === 'string' ? `${before} && ${lintStaged(repository)}` : lintStaged(repository);
  const after = { ...manifest, 'simple-git-hooks': { ...hooks, 'pre-commit': run } };
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
  return {
    ...changeOf(repository, 'package.json', `${JSON.stringify(after, null, indent)}\n`),
    note: 'run `npx simple-git-hooks` once for the hook to take effect',
  };
}
