import { basename, dirname, join } from 'node:path';
import type {
  Folder,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  ProjectLocation,
  SegmentFile,
  SkippedFile,
} from './migration-tool.ts';
import { duplicatesOf } from './single-files.ts';

const UP = 'up.sql';
const DOWN = 'down.sql';

/** How a tool names and runs migrations of which each is a folder with an `up.sql` and, mostly, a `down.sql`. */
export interface MigrationFolderFormat {
  /** The version of a folder by its name; undefined for one that is none of the tool's. */
  readonly versionOf: (name: string) => string | undefined;
  /** Compares names of folders. */
  readonly compare: (a: string, b: string) => number;
  /** How a migration's files run. */
  readonly transactionOf: (folder: Folder, tree: FolderTree) => SegmentFile['transaction'];
  /** Other files that belong to a migration. */
  readonly others: readonly string[];
  readonly title: string;
  /** What the tool says to a file of a migration, given its text; nothing where it reads the file as it is. */
  readonly refusal?: (name: string, text: string) => string | undefined;
  readonly duplicate?: (version: string, other: string) => string;
}

/** The folders of migrations in a folder, and whether the folder itself is one of them: its parent is the project then. */
export function migrationFolders(
  folder: Folder,
  tree: FolderTree,
  versionOf: MigrationFolderFormat['versionOf'],
): { readonly root: Folder; readonly folders: readonly string[] } | undefined {
  const isMigration = (each: Folder | undefined): boolean => each?.files.includes(UP) === true;
  const inside = (around: Folder): readonly string[] =>
    around.folders
      .filter(name => !name.startsWith('.') && versionOf(name) !== undefined)
      .map(name => join(around.path, name))
      .filter(path => isMigration(tree.folder(path)));
  const root = isMigration(folder) ? tree.folder(dirname(folder.path)) : folder;
  if (root === undefined) return undefined;
  const folders = inside(root);
  return folders.length === 0 || (root !== folder && !folders.includes(folder.path)) ? undefined : { root, folders };
}

/** Lists migrations of which each is a folder. */
export function listMigrationFolders(
  { root, folders }: ProjectLocation,
  tree: FolderTree,
  format: MigrationFolderFormat,
): MigrationListing {
  const skipped: SkippedFile[] = [];
  const problems: ListingProblem[] = [];
  const refusedDowns: ListingProblem[] = [];
  const migrations: MigrationFiles[] = [];
  const sorted = folders.toSorted((a, b) => format.compare(basename(a.path), basename(b.path)));
  for (const folder of sorted) {
    const { path, files } = folder;
    const id = basename(path);
    for (const name of files) {
      const isOurs = path !== root && (name === UP || name === DOWN || format.others.includes(name));
      if (!isOurs) skipped.push({ path: join(path, name), reason: `${format.title} reads only up.sql and down.sql` });
    }
    if (path === root || !files.includes(UP)) continue;
    const transaction = format.transactionOf(folder, tree);
    const part = (name: string): SegmentFile => ({ path: join(path, name), transaction });
    const version = format.versionOf(id) ?? id;
    migrations.push({ id, version, up: part(UP), down: files.includes(DOWN) ? part(DOWN) : null });
    for (const name of [UP, DOWN].filter(each => files.includes(each))) {
      const message = format.refusal?.(name, tree.head(join(path, name)) ?? '');
      if (message === undefined) continue;
      const problem = { kind: 'file name', path: join(path, name), message, migration: id } as const;
      if (name === UP) problems.push(problem);
      else refusedDowns.push(problem);
    }
  }
  // Where many downs are no files that the tool runs, nobody means to go back: said once.
  const newest = refusedDowns.at(-1);
  const more = refusedDowns.length - 1;
  if (newest !== undefined) {
    problems.push({
      ...newest,
      message: more === 0 ? newest.message : `${newest.message}; so is that of ${more} more`,
    });
  }
  return { migrations, skipped, problems: [...problems, ...duplicatesOf(migrations, format.duplicate)] };
}
