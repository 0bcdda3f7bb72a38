import { basename, dirname, join } from 'node:path';
import { compareDottedVersions, compareNumberedNames, leadingNumber } from './file-order.ts';
import type {
  Detection,
  Folder,
  FolderTree,
  MigrationFiles,
  MigrationListing,
  MigrationTool,
  ProjectLocation,
  SegmentFile,
  SkippedFile,
} from './migration-tool.ts';

/**
 * Plain SQL files that no migration tool claims: one file or an up and down pair per migration, a folder per migration
 * (`001_users/up.sql`), or a folder per version (`1.2/0001##users.sql`). Ordered by leading number, then by text; in no
 * transaction but what the files write.
 */
export const sql: MigrationTool = {
  id: 'sql',
  title: 'plain SQL files',
  facts: { transaction: 'none', downs: true, checksums: false, session: 'unknown' },
  detect,
  list,
};

/** Names that folders of migrations have. */
const MIGRATIONS_FOLDER = /^(.+[-_])?(migrations?|migrate|deltas?|upgrades?|patches)([-_].+)?$/i;

/** Folders that lie beside migrations and hold other SQL, by what is in them. */
const OTHER_FOLDERS: readonly { readonly name: RegExp; readonly reason: string }[] = [
  { name: /^(.+[-_])?seed(s|ers|ing)?$/i, reason: 'seed data is no migration' },
  { name: /^(.+[-_])?(fixtures?|tests?|testdata|specs?)$|^__tests__$/i, reason: 'test data is no migration' },
  { name: /^(.+[-_])?(dumps?|snapshots?|backups?)$/i, reason: 'a dump or snapshot is no migration' },
  { name: /^(.+[-_])?(mocks?|samples?|stubs?)$|^dev(elopment)?$/i, reason: 'sample data is no migration' },
  { name: /^(verify|queries|query)$/i, reason: 'queries are no migration' },
  {
    name: /^(.+[-_])?(clickhouse|oracle|cassandra|scylla|snowflake|bigquery|spanner|h2|hsqldb|derby|firebird|duckdb)([-_].+)?$/i,
    reason: 'for a database that Surefoot does not know',
  },
];

/** Files that lie among migrations and are none, by the name without `.sql`. */
const OTHER_FILES: readonly { readonly name: RegExp; readonly reason: string }[] = [
  { name: /\.(test|spec)$|^tests?$/i, reason: 'a test is no migration' },
  { name: /\.seeds?$|^seeds?$/i, reason: 'seed data is no migration' },
  { name: /\.(dump|snapshot|bak|backup)$|^(dump|snapshot|backup)$/i, reason: 'a dump or snapshot is no migration' },
  { name: /^(schema|structure|latest)$/i, reason: 'a copy of the whole schema is no migration' },
  { name: /\.verify$/i, reason: 'a check is no migration' },
];

/** File names that say their direction by themselves, with the name of the migration as the groups before and after. */
const DIRECTIONS: readonly { readonly name: RegExp; readonly direction: 'up' | 'down' }[] = [
  { name: /^(.+)\.(?:up|do|deploy)$/i, direction: 'up' },
  { name: /^(.+)\.(?:down|undo|revert|rollback)$/i, direction: 'down' },
  { name: /^(\d+)\.do(\..+)$/i, direction: 'up' },
  { name: /^(\d+)\.undo(\..+)$/i, direction: 'down' },
];

/** Direction by a suffix that is also an ordinary word: it counts only where the opposite file exists. */
const WORD_DIRECTION = /^(.+[-_])(up|down)$/i;

const NUMBERED_FILE = /^v?\d+(?:[.]\d+)*[-_.# ]+\S.*\.sql$/i;
const VERSION_FOLDER = /^v?\d+(?:[._]\d+)+$/i;
const NUMBER_FOLDER = /^v?\d+(?:[._]\d+)*$/i;

/** Why a folder by this name holds no migrations; undefined where it may hold some. */
export function otherFolder(name: string): string | undefined {
  // A migration of its own, whatever it is about: 1634570072102_create_session_backups.
  if (leadingNumber(name) !== undefined) return undefined;
  return OTHER_FOLDERS.find(other => other.name.test(name))?.reason;
}

function detect(folder: Folder, tree: FolderTree, named: boolean): Detection | undefined {
  const parent = parentProject(folder, tree);
  if (parent !== undefined) return parent;
  const looks = isMigrationsFolder(folder.path);
  const folders = partFolders(folder, tree, looks);
  const sqlFiles = folder.files.filter(isSqlFile).filter(name => otherFile(name) === undefined);
  const found = sqlFiles.length + folders.length > 0;
  if (
    !found ||
    !(named || (otherFolder(basename(folder.path)) === undefined && (looks || hasMigrationNames(sqlFiles, folders))))
  )
    return undefined;
  // A folder around one of migrations: its own files are something else.
  const isAround = !named && folders.length === 0 && folder.folders.some(name => MIGRATIONS_FOLDER.test(name));
  if (isAround && !hasMigrationNames(sqlFiles, folders)) return undefined;
  const roots = [folder.path, ...folders];
  return { root: folder.path, folders: roots, confidence: 0.3 };
}

/** The project around a folder that is one migration, or one version, of it. */
function parentProject(folder: Folder, tree: FolderTree): Detection | undefined {
  const path = dirname(folder.path);
  const partOfParent = isMigrationEntry(folder) || (isVersion(folder.path) && folder.files.some(isSqlFile));
  if (!partOfParent || path === folder.path) return undefined;
  const parent = tree.folder(path);
  const detection = parent === undefined ? undefined : detect(parent, tree, true);
  return detection?.folders?.includes(folder.path) ? detection : undefined;
}

/** Folders below a project's root that hold its files: one per migration, or one per version. */
function partFolders(folder: Folder, tree: FolderTree, looks: boolean): readonly string[] {
  return folder.folders
    .filter(name => !name.startsWith('.') && otherFolder(name) === undefined)
    .map(name => join(folder.path, name))
    .filter(path => {
      const part = tree.folder(path);
      if (part === undefined) return false;
      if (isMigrationEntry(part)) return true;
      const version = (looks ? NUMBER_FOLDER : VERSION_FOLDER).test(basename(path));
      return version && part.files.some(isSqlFile);
    });
}

function isVersion(path: string): boolean {
  return (isMigrationsFolder(dirname(path)) ? NUMBER_FOLDER : VERSION_FOLDER).test(basename(path));
}

/** Whether a folder, or the one around it (`migrations/postgres`), is called as folders of migrations are. */
function isMigrationsFolder(path: string): boolean {
  const name = basename(path);
  return (
    MIGRATIONS_FOLDER.test(name) || (MIGRATIONS_FOLDER.test(basename(dirname(path))) && otherFolder(name) === undefined)
  );
}

/** Whether names alone tell that these are migrations: at least half are numbered or say their direction. */
function hasMigrationNames(sqlFiles: readonly string[], folders: readonly string[]): boolean {
  const telling = sqlFiles.filter(name => NUMBERED_FILE.test(name) || directionOf(name) !== undefined);
  return telling.length * 2 >= sqlFiles.length && telling.length + folders.length > 0;
}

/** Whether a folder is one migration. */
function isMigrationEntry(folder: Folder): boolean {
  return ['up.sql', 'down.sql', 'migration.sql'].some(name => folder.files.includes(name));
}

function isSqlFile(name: string): boolean {
  return /\.sql$/i.test(name) && !name.startsWith('.');
}

function otherFile(name: string): string | undefined {
  const stem = stemOf(name);
  return OTHER_FILES.find(other => other.name.test(stem))?.reason;
}

function stemOf(name: string): string {
  return name.slice(0, -'.sql'.length);
}

/** The migration a file belongs to and its direction; undefined where the name says no direction. */
function directionOf(name: string): { readonly id: string; readonly direction: 'up' | 'down' } | undefined {
  const stem = stemOf(name);
  for (const { name: pattern, direction } of DIRECTIONS) {
    const match = pattern.exec(stem);
    if (match !== null) return { id: match[1]! + (match[2] ?? ''), direction };
  }
  return undefined;
}

interface Entry extends MigrationFiles {
  /** The version folder, or nothing, and the name in it. */
  readonly order: readonly [folder: string, name: string];
}

function list(project: ProjectLocation): MigrationListing {
  const entries: Entry[] = [];
  const skipped: SkippedFile[] = [];
  for (const folder of project.folders) {
    const isRoot = folder.path === project.root;
    const listed = !isRoot && isMigrationEntry(folder) ? listEntryFolder(folder) : listFlatFolder(folder, isRoot);
    entries.push(...listed.migrations);
    skipped.push(...listed.skipped);
  }
  entries.sort((a, b) => compareDottedVersions(a.order[0], b.order[0]) || compareNumberedNames(a.order[1], b.order[1]));
  const migrations = entries.map(({ order: _, ...migration }) => migration);
  return { migrations, skipped };
}

/** A folder that is one migration. */
function listEntryFolder(folder: Folder): { migrations: readonly Entry[]; skipped: readonly SkippedFile[] } {
  const upName = folder.files.includes('up.sql') ? 'up.sql' : 'migration.sql';
  const used = [upName, 'down.sql'].filter(name => folder.files.includes(name));
  const hasUp = used.includes(upName);
  const skipped = folder.files
    .filter(name => !hasUp || !used.includes(name))
    .map(name => ({
      path: join(folder.path, name),
      reason: used.includes(name) ? 'its up.sql is missing' : 'neither up.sql, down.sql nor migration.sql',
    }));
  if (!hasUp) return { migrations: [], skipped };
  const id = basename(folder.path);
  const down = used.includes('down.sql') ? segment(join(folder.path, 'down.sql')) : null;
  return {
    migrations: [{ id, version: versionOf(id), up: segment(join(folder.path, upName)), down, order: ['', id] }],
    skipped,
  };
}

/** A folder of files, each a migration or a direction of one. */
function listFlatFolder(
  folder: Folder,
  isRoot: boolean,
): { migrations: readonly Entry[]; skipped: readonly SkippedFile[] } {
  const skipped: SkippedFile[] = [];
  const names: string[] = [];
  // In a folder whose name says nothing, unnumbered files beside numbered ones are scripts of another kind.
  const sqlFiles = folder.files.filter(isSqlFile);
  const onlyNumbered = !isMigrationsFolder(folder.path) && sqlFiles.some(name => NUMBERED_FILE.test(name));
  for (const name of folder.files) {
    const reason = !isSqlFile(name)
      ? 'no .sql file'
      : (otherFile(name) ??
        (onlyNumbered && leadingNumber(name) === undefined ? 'a file without number among numbered ones' : undefined));
    if (reason === undefined) names.push(name);
    else skipped.push({ path: join(folder.path, name), reason });
  }
  const version = isRoot ? '' : basename(folder.path);
  const { ups, downs } = pairDirections(names);
  const migrations = [...ups].map(([id, name]): Entry => {
    const downName = downs.get(id);
    return {
      id: version === '' ? id : `${version}/${id}`,
      version: versionOf(id),
      up: segment(join(folder.path, name)),
      down: downName === undefined ? null : segment(join(folder.path, downName)),
      order: [version, id],
    };
  });
  for (const [id, name] of downs) {
    if (!ups.has(id)) skipped.push({ path: join(folder.path, name), reason: 'a down whose up is missing' });
  }
  return { migrations, skipped };
}

/** File names by migration id; a second up file of one id keeps its whole name as id. */
function pairDirections(names: readonly string[]): {
  ups: ReadonlyMap<string, string>;
  downs: ReadonlyMap<string, string>;
} {
  const ups = new Map<string, string>();
  const downs = new Map<string, string>();
  const stems = new Set(names.map(name => stemOf(name).toLowerCase()));
  for (const name of names) {
    const { id, direction } = directionOf(name) ??
      wordDirectionOf(name, stems) ?? { id: stemOf(name), direction: 'up' };
    const files = direction === 'up' ? ups : downs;
    files.set(files.has(id) ? name : id, name);
  }
  return { ups, downs };
}

function wordDirectionOf(name: string, stems: ReadonlySet<string>): ReturnType<typeof directionOf> {
  const [, prefix, word] = WORD_DIRECTION.exec(stemOf(name)) ?? [];
  if (prefix === undefined || word === undefined) return undefined;
  const direction = word.toLowerCase() === 'up' ? 'up' : 'down';
  const opposite = direction === 'up' ? 'down' : 'up';
  return stems.has((prefix + opposite).toLowerCase()) ? { id: prefix.slice(0, -1), direction } : undefined;
}

function versionOf(id: string): string {
  return leadingNumber(id) ?? id;
}

function segment(path: string): SegmentFile {
  return { path, transaction: 'none' };
}
