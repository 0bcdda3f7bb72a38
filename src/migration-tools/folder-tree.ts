import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { compareText } from './file-order.ts';
import type { Folder, FolderTree } from './migration-tool.ts';

/** A file that the editor or standard input holds: it counts as if it were on disk. */
export interface UnsavedFile {
  /** Absolute path. */
  readonly path: string;
  readonly text: string;
}

/** A tree that also tells which names it could not use. */
export interface DiskTree extends FolderTree {
  /** Entries whose names are not UTF-8: they cannot be opened by name. Absolute paths, with U+FFFD where bytes are wrong. */
  readonly undecodable: readonly string[];
}

const HEAD_BYTES = 64 * 1024;

/** Reads folders and file starts from disk, each folder once. */
export function diskTree(unsaved?: UnsavedFile): DiskTree {
  const folders = new Map<string, Folder | undefined>();
  const undecodable: string[] = [];
  return {
    undecodable,
    folder(path) {
      if (!folders.has(path)) folders.set(path, readFolder(path, unsaved, undecodable));
      return folders.get(path);
    },
    head(path) {
      return path === unsaved?.path ? unsaved.text.slice(0, HEAD_BYTES) : readHead(path);
    },
    text(path) {
      return path === unsaved?.path ? unsaved.text : readWhole(path);
    },
  };
}

function readFolder(path: string, unsaved: UnsavedFile | undefined, undecodable: string[]): Folder | undefined {
  const files: string[] = [];
  const folders: string[] = [];
  const extra = unsaved !== undefined && dirname(unsaved.path) === path ? basename(unsaved.path) : undefined;
  try {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const { name } = entry;
      if (name.includes('\uFFFD') && !existsSync(join(path, name))) {
        undecodable.push(join(path, name));
        continue;
      }
      if (entry.isFile() || (entry.isSymbolicLink() && leadsToFile(join(path, name)))) files.push(name);
      // Links to folders are not followed: they may lead out of the project or back up.
      else if (entry.isDirectory()) folders.push(name);
    }
  } catch {
    if (extra === undefined) return undefined;
  }
  if (extra !== undefined && !files.includes(extra)) files.push(extra);
  return { path, files: files.sort(compareText), folders: folders.sort(compareText) };
}

function leadsToFile(link: string): boolean {
  try {
    return statSync(link).isFile();
  } catch {
    return false;
  }
}

function readWhole(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function readHead(path: string): string | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, readSync(descriptor, bytes));
  } catch {
    return undefined;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}
