import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { usageError } from '../usage-error.ts';

/** A listing of a large repository; more than Node's default of 1 MB. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

/** The files that a run is about, as git knows them. */
export interface GitChanges {
  /** Absolute path of the working tree's root. */
  readonly root: string;
  /** Absolute paths of the files that were added, changed or renamed. */
  readonly changed: ReadonlySet<string>;
}

/** What a branch changes. */
export interface BranchChanges extends GitChanges {
  /** The commit that it left the other branch at. */
  readonly base: string;
  /** Absolute paths of the files of that commit that are gone, or have another name. */
  readonly removed: ReadonlySet<string>;
}

/**
 * The files that the branch at hand has added or changed since it left another: commits, what is staged, what is not, and
 * untracked files.
 *
 * @param cwd - absolute path
 * @param ref - what the branch is compared with; changes made there since the branch left it do not count
 * @throws a usage error without git, outside of a repository, for an unknown commit or one without a common ancestor
 */
export function changesSince(cwd: string, ref: string): BranchChanges {
  const flag = `--since ${ref}`;
  const root = rootOf(cwd, flag);
  // A ref that starts with a dash would be read as an option.
  const commit = ref.startsWith('-')
    ? undefined
    : tryGit(root, ['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  if (commit === undefined) throw usageError(`${flag}: git knows no such commit${shallowHint(root)}`);
  const base = tryGit(root, ['merge-base', commit.trim(), 'HEAD']);
  if (base === undefined) {
    throw usageError(`${flag}: it has no commit in common with what is checked out${shallowHint(root)}`);
  }
  const tracked = git(root, ['diff', '--name-only', '-z', '--no-ext-diff', '--diff-filter=ACMRT', base.trim(), '--']);
  const untracked = git(root, ['ls-files', '-z', '--others', '--exclude-standard']);
  const gone = git(root, [
    'diff',
    '--name-only',
    '-z',
    '--no-ext-diff',
    '--no-renames',
    '--diff-filter=D',
    base.trim(),
    '--',
  ]);
  return { root, changed: pathsOf(root, tracked + untracked), base: base.trim(), removed: pathsOf(root, gone) };
}

/** Absolute paths of all files of the commit that a branch left the other at. */
export function filesAt({ root, base }: BranchChanges): ReadonlySet<string> {
  return pathsOf(root, git(root, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', base]));
}

/**
 * A file's text in a commit; undefined where the commit has no such file.
 *
 * @param path - absolute path of a file in the working tree
 */
export function textAt({ root, base }: BranchChanges, path: string): string | undefined {
  return tryGit(root, ['show', `${base}:${path.slice(root.length + 1).replaceAll('\\', '/')}`]);
}

/** A file's text in the commit that is checked out; undefined where that has no such file. */
export function committedText({ root }: GitChanges, path: string): string | undefined {
  return tryGit(root, ['show', `HEAD:${path.slice(root.length + 1).replaceAll('\\', '/')}`]);
}

/** What the index holds: the tree that a commit would make. */
export interface StagedFiles extends GitChanges {
  /** Absolute paths of all files. */
  readonly files: ReadonlySet<string>;
  /** Absolute paths of those that are otherwise on disk, or gone from there. */
  readonly otherOnDisk: ReadonlySet<string>;
}

/**
 * What is staged. In a hook git says by its environment which index the commit is made of; it is asked with that environment.
 *
 * @throws a usage error without git or outside of a repository
 */
export function stagedFiles(cwd: string): StagedFiles {
  const root = rootOf(cwd, '--staged');
  const changed = git(root, ['diff', '--cached', '--name-only', '-z', '--no-ext-diff', '--diff-filter=ACMRT', '--']);
  return {
    root,
    changed: pathsOf(root, changed),
    files: pathsOf(root, git(root, ['ls-files', '-z', '--cached'])),
    otherOnDisk: pathsOf(root, git(root, ['diff', '--name-only', '-z', '--no-ext-diff', '--'])),
  };
}

/**
 * A file's text as it is staged.
 *
 * @param path - absolute path of a file of the index
 */
export function stagedText({ root }: GitChanges, path: string): string {
  const relative = path.slice(root.length + 1).replaceAll('\\', '/');
  return git(root, ['show', `:${relative}`]);
}

function rootOf(cwd: string, flag: string): string {
  try {
    // Relative to where we are: the absolute one has links resolved, and would match no path of ours.
    return resolve(cwd, git(cwd, ['rev-parse', '--show-cdup'], environmentToFindRoot(cwd)).trim());
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw usageError(isMissing ? `${flag} needs git, which is not installed` : `${flag}: this is no git repository`);
  }
}

/**
 * In a hook of a worktree git names its folder by GIT_DIR, and takes the folder at hand for the root then: without it, git looks
 * for the root upwards. Left as it is where that leads to another repository.
 */
function environmentToFindRoot(cwd: string): NodeJS.ProcessEnv {
  const { GIT_DIR: named, ...others } = process.env;
  if (named === undefined || others.GIT_WORK_TREE !== undefined) return process.env;
  const found = tryGit(cwd, ['rev-parse', '--absolute-git-dir'], others);
  return found !== undefined && found === tryGit(cwd, ['rev-parse', '--absolute-git-dir']) ? others : process.env;
}

function shallowHint(root: string): string {
  const isShallow = tryGit(root, ['rev-parse', '--is-shallow-repository'])?.trim() === 'true';
  return isShallow ? '; this clone is shallow: fetch the history first (actions/checkout: fetch-depth: 0)' : '';
}

function tryGit(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    return git(cwd, args, env);
  } catch {
    return undefined;
  }
}

function git(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  return execFileSync('git', args, {
    cwd,
    env,
    encoding: 'utf8',
    maxBuffer: MAX_OUTPUT_BYTES,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

function pathsOf(root: string, output: string): ReadonlySet<string> {
  return new Set(
    output
      .split('\0')
      .filter(path => path !== '')
      .map(path => resolve(root, path)),
  );
}
