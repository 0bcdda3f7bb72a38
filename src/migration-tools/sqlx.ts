import { dirname, join, resolve } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { dialectNamed } from './dialect-names.ts';
import { LIKELY, nearestFile } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { FolderTree, MigrationFiles, MigrationTool, SegmentFile } from './migration-tool.ts';
import { listPairedFiles, type PairedName } from './paired-files.ts';

const NAME = /^(\d+)_(.*?)(\.up|\.down)?\.sql$/;
const DEPENDENCY = /^\s*sqlx(?:\s*=|\.workspace|-cli)|\[(?:[\w-]+\.)*dependencies\.sqlx\]/m;
const FEATURES =
  /^\s*sqlx\s*=\s*\{[^}]*\bfeatures\s*=\s*\[([^\]]*)\]|^\[(?:[\w-]+\.)*dependencies\.sqlx\][^[]*\bfeatures\s*=\s*\[([^\]]*)\]/m;

/** What features and types of sqlx are called after. */
const DATABASES: readonly { readonly dialect: Dialect; readonly feature: RegExp; readonly type: RegExp }[] = [
  { dialect: 'postgres', feature: /"postgres"/, type: /\bPg[A-Z]\w*|\bPostgres\b/ },
  { dialect: 'mysql', feature: /"mysql"/, type: /\bMySql\w*/ },
  { dialect: 'sqlite', feature: /"sqlite(?:-unbundled)?"/, type: /\bSqlite\w*/ },
];

/** How many files of a crate are read in search of the code that runs the migrations. */
const MOST_SOURCES = 400;

/**
 * sqlx: one file per migration, or one per direction. A transaction per file unless it starts with `-- no-transaction`; even
 * then it is sent as one query. Keeps a checksum of each file. From sqlx-core's `migrate/source.rs`.
 */
export const sqlx: MigrationTool = {
  id: 'sqlx',
  title: 'sqlx',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: true,
    session: 'shared',
    missing: 'refused',
    identity: 'version',
    outside: 'start its file with `-- no-transaction`, and let it be all of it',
  },
  detect(folder, tree) {
    if (!folder.files.some(name => NAME.test(name))) return undefined;
    const manifest = nearestFile(folder.path, ['Cargo.toml'], tree);
    const text = manifest === undefined ? undefined : tree.text(manifest);
    if (manifest === undefined || text === undefined || !DEPENDENCY.test(text)) return undefined;
    const crate = dirname(manifest);
    const dialect = dialectOfFeatures(text) ?? dialectOfCode(folder.path, crate, tree) ?? dialectOfQueries(crate, tree);
    return { root: folder.path, confidence: LIKELY, ...(dialect === undefined ? {} : { dialect }) };
  },
  list: project =>
    listPairedFiles(project, {
      parse: parseName,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'sqlx reads only <version>_<description>.sql',
      refusal: name =>
        name.includes('_') ? `sqlx refuses to run: ${name} does not start with a whole number and \`_\`` : undefined,
      duplicate: (version, other) => `sqlx records versions, and ${version} is also that of ${other}`,
    }),
  layout: withOptOuts,
};

/** By the features that the crate asks of sqlx, where it asks for one database. */
function dialectOfFeatures(manifest: string): Dialect | undefined {
  const [, inline, section] = FEATURES.exec(manifest) ?? [];
  return onlyOne(({ feature }) => feature.test(inline ?? section ?? ''));
}

/** By the queries that `cargo sqlx prepare` wrote down for builds without a database. */
function dialectOfQueries(crate: string, tree: FolderTree): Dialect | undefined {
  const folder = join(crate, '.sqlx');
  const [first] = tree.folder(folder)?.files.filter(name => /^query-.*\.json$/.test(name)) ?? [];
  const name =
    first === undefined ? undefined : /"db_name"\s*:\s*"(\w+)"/.exec(tree.head(join(folder, first)) ?? '')?.[1];
  return name === undefined ? undefined : dialectNamed(name.toLowerCase());
}

/** By the types in the file that runs these migrations: `sqlx::migrate!("./migrations").run(pool)`. */
function dialectOfCode(path: string, crate: string, tree: FolderTree): Dialect | undefined {
  let left = MOST_SOURCES;
  const search = (folder: string): Dialect | undefined => {
    const entries = tree.folder(folder);
    for (const name of entries?.files ?? []) {
      if (!name.endsWith('.rs') || left-- <= 0) continue;
      const text = tree.head(join(folder, name)) ?? '';
      const runs = [...text.matchAll(/\bmigrate!\(\s*(?:"([^"]*)"\s*)?\)/g)];
      if (!runs.some(([, given = 'migrations']) => resolve(crate, given) === path)) continue;
      const dialect = onlyOne(({ type }) => type.test(text));
      if (dialect !== undefined) return dialect;
    }
    return firstOf(entries?.folders ?? [], name => search(join(folder, name)));
  };
  return search(join(crate, 'src'));
}

function onlyOne(fits: (database: (typeof DATABASES)[number]) => boolean): Dialect | undefined {
  const found = DATABASES.filter(fits);
  return found.length === 1 ? found[0]!.dialect : undefined;
}

function firstOf<Item, Result>(items: readonly Item[], find: (item: Item) => Result | undefined): Result | undefined {
  for (const item of items) {
    const result = find(item);
    if (result !== undefined) return result;
  }
  return undefined;
}

function parseName(name: string): PairedName | undefined {
  const [, version, title, direction] = NAME.exec(name) ?? [];
  if (version === undefined) return undefined;
  return { id: `${version}_${title}`, version, direction: direction === '.down' ? 'down' : 'up' };
}

function withOptOuts(files: MigrationFiles, read: (path: string) => string): MigrationFiles {
  const settle = (part: SegmentFile): SegmentFile =>
    read(part.path).startsWith('-- no-transaction') ? { ...part, transaction: 'implicit' } : part;
  return { ...files, up: settle(files.up), down: files.down === null ? null : settle(files.down) };
}
