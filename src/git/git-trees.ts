import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { compareText } from '../migration-tools/file-order.ts';
import type { DiskTree } from '../migration-tools/folder-tree.ts';
import type { Folder, FolderTree } from '../migration-tools/migration-tool.ts';
import { type BranchChanges, filesAt, type StagedFiles, stagedText, textAt } from './git.ts';

/** The length of a head as {@link DiskTree} gives it, in UTF-16 units. */
const HEAD_LENGTH = 64 * 1024;

/**
 * Folders and files as they are staged. Files that are the same on disk are read from there.
 *
 * @param disk - reads the files that are the same on disk
 */
export function stagedTree(staged: StagedFiles, disk: DiskTree): DiskTree {
  const folders = foldersOf(staged);
  const isOther = (path: string): boolean => staged.otherOnDisk.has(path);
  const staleText = (path: string): string | undefined =>
    staged.files.has(path) ? stagedText(staged, path) : undefined;
  return {
    undecodable: [...staged.files].filter(isUndecodable),
    // A folder that holds nothing staged is as good as empty.
    folder: path => folders.get(path) ?? { path, files: [], folders: [] },
    head: path => (isOther(path) ? staleText(path)?.slice(0, HEAD_LENGTH) : disk.head(path)),
    text: path => (isOther(path) ? staleText(path) : disk.text(path)),
  };
}

/**
 * Folders and files as they are in the commit that a branch left the other at.
 *
 * @param disk - reads the files that are the same on disk
 */
export function baseTree(changes: BranchChanges, disk: FolderTree): FolderTree {
  const files = filesAt(changes);
  const folders = foldersOf({ root: changes.root, files });
  const { changed, removed } = changes;
  const text = (path: string): string | undefined => {
    if (!files.has(path)) return undefined;
    return changed.has(path) || removed.has(path) ? textAt(changes, path) : disk.text(path);
  };
  return { folder: path => folders.get(path), head: path => text(path)?.slice(0, HEAD_LENGTH), text };
}

/** Whether a name was no UTF-8, and so is not that of the file. */
function isUndecodable(path: string): boolean {
  return path.includes('\uFFFD') && !existsSync(path);
}

function foldersOf({ root, files }: Pick<StagedFiles, 'root' | 'files'>): ReadonlyMap<string, Folder> {
  const entries = new Map<string, { readonly files: string[]; readonly folders: Set<string> }>();
  const entryOf = (path: string): { readonly files: string[]; readonly folders: Set<string> } => {
    const known = entries.get(path);
    if (known !== undefined) return known;
    const made = { files: [], folders: new Set<string>() };
    entries.set(path, made);
    if (path !== root) entryOf(dirname(path)).folders.add(basename(path));
    return made;
  };
  for (const path of files) if (!isUndecodable(path)) entryOf(dirname(path)).files.push(basename(path));
  return new Map(
    [...entries].map(([path, entry]) => [
      path,
      { path, files: entry.files.sort(compareText), folders: [...entry.folders].sort(compareText) },
    ]),
  );
}
