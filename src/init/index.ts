import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import { github, gitlab } from './ci.ts';
import { config } from './config.ts';
import { eslint, vscode } from './editor.ts';
import type { ForeignLinter } from './from/foreign-linter.ts';
import { takeOver } from './from/index.ts';
import { hook } from './hook.ts';
import type { FileChange, Part, Proposal, Repository } from './part.ts';

export type { FileChange, Proposal } from './part.ts';

/** All parts of the set-up, in the order they are shown. */
const PARTS: readonly Part[] = [config, hook, github, gitlab, eslint, vscode];

/** How each package manager runs a command of the project, by its lock file. */
const RUNNERS: readonly (readonly [lockFile: string, runner: string])[] = [
  ['pnpm-lock.yaml', 'pnpm exec surefoot'],
  ['yarn.lock', 'yarn surefoot'],
  ['bun.lock', 'bunx surefoot'],
  ['bun.lockb', 'bunx surefoot'],
  ['package.json', 'npx surefoot'],
];

/**
 * Works out what a repository lacks for Surefoot to be part of its commits, pull requests and editors. Writes nothing.
 *
 * @param root - absolute path
 * @param projects - the projects below it
 * @param from - the linter whose set-up is taken over
 */
export function proposeSetUp(
  root: string,
  projects: readonly DiscoveredProject[],
  from?: ForeignLinter,
): readonly Proposal[] {
  const text = (path: string): string | undefined => {
    try {
      return readFileSync(join(root, path), 'utf8');
    } catch {
      return undefined;
    }
  };
  const exists = (path: string): boolean => statSync(join(root, path), { throwIfNoEntry: false }) !== undefined;
  const repository: Repository = {
    root,
    projects,
    command: RUNNERS.find(([file]) => exists(file))?.[1] ?? 'npx --yes surefoot',
    isFolder: path => statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true,
    text,
  };
  const takenOver = from === undefined ? undefined : takeOver(from, repository);
  const wanted = takenOver === undefined ? repository : { ...repository, takenOver: { ...takenOver.config } };
  const notes = (takenOver?.notes ?? []).map((note): Proposal => ({ note }));
  const proposals = [...PARTS.map(part => part(wanted)), ...notes];
  return proposals.filter(({ change, note }) => change !== undefined || note !== undefined);
}

/**
 * Writes all changes, or none: every text is written beside its file first, then all are put in place. Folders that were made for
 * them go again where one cannot be written.
 *
 * @throws the file system's error, with `path`
 */
export function writeChanges(root: string, changes: readonly FileChange[]): void {
  const written: string[] = [];
  const made: string[] = [];
  const beside = (change: FileChange): string => `${join(root, change.path)}.surefoot-init`;
  try {
    for (const change of changes) {
      const target = join(root, change.path);
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory() === true)
        throw Object.assign(new Error(`${target} is a folder`), { code: 'EISDIR', path: target });
      const first = mkdirSync(dirname(target), { recursive: true });
      if (first !== undefined) made.push(first);
      written.push(beside(change));
      writeFileSync(beside(change), change.after);
      const mode = statSync(target, { throwIfNoEntry: false })?.mode;
      if (change.executable === true) chmodSync(beside(change), 0o755);
      else if (mode !== undefined) chmodSync(beside(change), mode);
    }
    for (const change of changes) renameSync(beside(change), join(root, change.path));
  } catch (error) {
    for (const path of written) rmSync(path, { force: true });
    for (const path of made) rmSync(path, { recursive: true, force: true });
    throw error;
  }
}
