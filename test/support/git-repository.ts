import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A git repository of the running test. */
export interface GitRepository {
  /** Absolute path. */
  readonly root: string;
  write(files: Readonly<Record<string, string>>): void;
  /** @throws Error with git's words where it fails */
  git(...args: readonly string[]): string;
}

/** What git must not take from the machine: its user, its settings, its hooks. */
export const GIT_ENV = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.com',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.com',
} as const;

/** Makes a git repository with one commit of these files; it goes away with the test. */
export function gitRepository(files: Readonly<Record<string, string>>): GitRepository {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'surefoot-git-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const git = (...args: readonly string[]): string =>
    execFileSync('git', args, { cwd: root, env: { ...process.env, ...GIT_ENV }, encoding: 'utf8', stdio: 'pipe' });
  const write = (more: Readonly<Record<string, string>>): void => {
    for (const [path, content] of Object.entries(more)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
    }
  };
  git('init', '--quiet', '--initial-branch=main');
  write(files);
  git('add', '--all');
  git('commit', '--quiet', '--message=start');
  return { root, write, git };
}
