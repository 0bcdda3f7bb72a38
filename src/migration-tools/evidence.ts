import { dirname, join } from 'node:path';
import type { Folder, FolderTree } from './migration-tool.ts';

/** How sure an adapter is that a folder is its tool's. */
export const CERTAIN = 0.95;
/** The names fit, and the project depends on the tool. */
export const LIKELY = 0.8;

/** How many folders above the migrations a project's manifest is looked for in. */
const MOST_LEVELS = 8;

/** How many of the newest files are opened to look for a tool's annotations. */
const MOST_HEADS = 3;

/**
 * The nearest file by one of these names, in a folder or above it, up to the repository's root.
 *
 * @param path - absolute path of the folder to start from
 * @returns the file's absolute path
 */
export function nearestFile(path: string, names: readonly string[], tree: FolderTree): string | undefined {
  let current = path;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const folder = tree.folder(current);
    const name = names.find(each => folder?.files.includes(each));
    if (name !== undefined) return join(current, name);
    if (folder?.folders.includes('.git') || dirname(current) === current) return undefined;
    current = dirname(current);
  }
  return undefined;
}

/**
 * Whether the nearest manifest around a folder (`go.mod`, `Cargo.toml`, `package.json`) mentions a package.
 *
 * @param mention - a pattern for the dependency's line
 */
export function dependsOn(path: string, manifest: string, mention: RegExp, tree: FolderTree): boolean {
  const file = nearestFile(path, [manifest], tree);
  return file !== undefined && mention.test(tree.text(file) ?? '');
}

/** Whether one of the newest of these files has a line that only one tool writes. */
export function isAnnotated(folder: Folder, names: readonly string[], line: RegExp, tree: FolderTree): boolean {
  return names.slice(-MOST_HEADS).some(name => line.test(tree.head(join(folder.path, name)) ?? ''));
}
