import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { findConfig, loadConfig } from '../config/load.ts';
import { resolveConfig } from '../config/resolve.ts';
import { lazyRequire } from '../lazy-require.ts';
import { discover, FOREIGN_FOLDERS, type ProjectSettings } from '../migration-tools/discover.ts';
import { type DiskTree, diskTree } from '../migration-tools/folder-tree.ts';
import { VERSION } from '../version.ts';
import { MAX_FILE_BYTES } from './read-migration.ts';

/**
 * A text that changes whenever a finding in any file may change: the migrations below a folder in whatever language, what their
 * tools read around them, all SQL, the config, the version of the rules. For caches of findings by file.
 *
 * @param cwd - absolute path of the folder
 */
export function historyFingerprint(cwd: string): string {
  const config = findConfig(cwd);
  const files = new Set([...sqlFilesBelow(cwd), ...readByTools(cwd, config)]);
  const hash = createHash('sha1').update(VERSION);
  for (const file of [...files].sort()) hash.update(`\0${file}\0`).update(contentOf(file));
  if (config !== undefined) hash.update(`\0${config}\0`).update(contentOf(config));
  return hash.digest('hex');
}

function sqlFilesBelow(cwd: string): readonly string[] {
  const glob = lazyRequire('fast-glob') as typeof import('fast-glob');
  const files = glob.sync('**/*.sql', {
    cwd,
    caseSensitiveMatch: false,
    followSymbolicLinks: false,
    suppressErrors: true,
    ignore: FOREIGN_FOLDERS.map(name => `**/${name}/**`),
  });
  return files.map(file => resolve(cwd, file));
}

/** The files of the migrations, and those that the tools look into for their names, order and database. */
function readByTools(cwd: string, config: string | undefined): ReadonlySet<string> {
  const paths = new Set<string>();
  const disk = diskTree();
  const tree: DiskTree = {
    undecodable: disk.undecodable,
    folder: path => disk.folder(path),
    head: path => disk.head(paths.add(path) && path),
    text: path => disk.text(paths.add(path) && path),
  };
  try {
    const { projects } = discover({ cwd, paths: [], tree, projects: projectsOf(cwd, config) });
    for (const { migrations } of projects) {
      for (const { up, down } of migrations) {
        paths.add(up.path);
        if (down !== null) paths.add(down.path);
      }
    }
  } catch {
    // No migrations, or none whose database is known: what was looked into by then is all there is.
  }
  return paths;
}

function projectsOf(cwd: string, config: string | undefined): readonly ProjectSettings[] {
  return config === undefined ? [] : resolveConfig(loadConfig(config, cwd), { rules: {} }, cwd).projects;
}

/** A file's bytes; size and time of one that is too large to be read as a migration, nothing of one that is gone. */
function contentOf(path: string): Buffer | string {
  try {
    const { size, mtimeMs } = statSync(path);
    return size > MAX_FILE_BYTES ? `${size} ${mtimeMs}` : readFileSync(path);
  } catch {
    return '';
  }
}
