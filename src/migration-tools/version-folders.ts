import { basename, dirname, join } from 'node:path';
import { dialectOfFolderName } from './dialect.ts';
import { LIKELY } from './evidence.ts';
import { compareDottedVersions, compareText } from './file-order.ts';
import type { Folder, FolderTree, MigrationFiles, MigrationTool, SkippedFile } from './migration-tool.ts';

/** A folder of all that one version changes. */
const VERSION = /^v?\d+(?:\.\d+)+(?:[-_]schema)?$/i;
/** What a script does by its name, in the order of runs: the schema, its data, and what the data had to be there for. */
const STEPS: readonly RegExp[] = [/(?:^|[-_])ddl\.sql$/i, /(?:^|[-_])dml\.sql$/i, /(?:^|[-_])ddl[-_]post\.sql$/i];

/**
 * Folders by version, with one for each database in them, that hold a script for the schema and one for the data:
 * `upgrade/3.2.0_schema/mysql/app_ddl.sql`. Each database is a project, named after its first version's folder. Forward only; no
 * transaction but what a script writes. As DolphinScheduler's `UpgradeDao.java` runs them.
 */
export const versionFolders: MigrationTool = {
  id: 'version-folders',
  title: 'Folders by version',
  facts: { transaction: 'none', downs: false, checksums: false, session: 'unknown' },
  detect(folder, tree) {
    const dialect = dialectOfFolderName(basename(folder.path));
    const around = dirname(folder.path);
    if (dialect === undefined || !VERSION.test(basename(around)) || !hasSteps(folder)) return undefined;
    const versions = tree.folder(dirname(around));
    const folders = (versions?.folders ?? [])
      .filter(name => VERSION.test(name))
      .toSorted(compareDottedVersions)
      .map(name => join(dirname(around), name, basename(folder.path)))
      .filter(path => isOne(path, tree));
    return { root: folders[0] ?? folder.path, folders, confidence: LIKELY, dialect };
  },
  list({ folders }) {
    const skipped: SkippedFile[] = [];
    const found: (MigrationFiles & { readonly step: number })[] = [];
    for (const { path, files } of folders) {
      const version = basename(dirname(path));
      for (const name of files) {
        const step = STEPS.findIndex(pattern => pattern.test(name));
        const file = join(path, name);
        if (step === -1) skipped.push({ path: file, reason: 'only scripts named ddl, dml and ddl_post are run' });
        else {
          const id = `${version}/${name.replace(/\.sql$/i, '')}`;
          found.push({ id, version, up: { path: file, transaction: 'none' }, down: null, step });
        }
      }
    }
    found.sort((a, b) => compareDottedVersions(a.version, b.version) || a.step - b.step || compareText(a.id, b.id));
    return { migrations: found.map(({ step: _, ...migration }) => migration), skipped };
  },
};

function isOne(path: string, tree: FolderTree): boolean {
  const folder = tree.folder(path);
  return folder !== undefined && hasSteps(folder);
}

function hasSteps({ files }: Folder): boolean {
  return files.some(name => STEPS.some(pattern => pattern.test(name)));
}
