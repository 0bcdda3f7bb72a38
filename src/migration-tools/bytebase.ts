import { basename, dirname, join } from 'node:path';
import { CERTAIN } from './evidence.ts';
import { compareDottedVersions, compareNumberedNames } from './file-order.ts';
import type { Folder, FolderTree, MigrationFiles, MigrationTool, SkippedFile } from './migration-tool.ts';

const NAME = /^(\d+)##.*\.sql$/;

/** Bytebase's own layout: a folder per version, numbered files in it; forward only, a transaction per file. */
export const bytebase: MigrationTool = {
  id: 'bytebase',
  title: 'Bytebase-style folders',
  facts: { transaction: 'migration', downs: false, checksums: false, session: 'unknown' },
  detect(folder, tree) {
    const root = folder.files.some(name => NAME.test(name)) ? tree.folder(dirname(folder.path)) : folder;
    const versions = root === undefined ? [] : versionsIn(root, tree);
    if (root === undefined || versions.length === 0) return undefined;
    return { root: root.path, folders: [root.path, ...versions], confidence: CERTAIN };
  },
  list({ root, folders }) {
    const skipped: SkippedFile[] = [];
    const migrations: MigrationFiles[] = [];
    const sorted = folders.toSorted((a, b) => compareDottedVersions(basename(a.path), basename(b.path)));
    for (const { path, files } of sorted) {
      for (const name of files.toSorted(compareNumberedNames)) {
        const version = path === root ? undefined : NAME.exec(name)?.[1];
        const file = join(path, name);
        if (version === undefined) {
          skipped.push({ path: file, reason: 'only <version>/<number>##<name>.sql is a migration' });
          continue;
        }
        const folder = basename(path);
        migrations.push({
          id: `${folder}/${name.replace(/\.sql$/, '')}`,
          version: `${folder}/${version}`,
          up: { path: file, transaction: 'migration' },
          down: null,
        });
      }
    }
    return { migrations, skipped };
  },
};

function versionsIn(folder: Folder, tree: FolderTree): readonly string[] {
  return folder.folders
    .filter(name => /^v?\d/.test(name))
    .map(name => join(folder.path, name))
    .filter(path => tree.folder(path)?.files.some(name => NAME.test(name)) === true);
}
