import { basename, dirname, join, resolve } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { CERTAIN, nearestFile } from './evidence.ts';
import { compareText } from './file-order.ts';
import type {
  Folder,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  MigrationTool,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';

const JOURNAL = 'meta/_journal.json';

const CONFIGS = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs', 'json'].map(ending => `drizzle.config.${ending}`);
/** Names that drizzle-kit makes. */
const GENERATED = /^\d{4}_\w+\.sql$/;

/** Steps in code beside the SQL, which the project runs by itself. */
const STEP = /^(?!.*\.(?:test|spec|d)\.|index\.|relations\.|schema\.).*\.[cm]?[jt]s$/;
const USES_DRIZZLE = /\bdrizzle\b|\bsql\s*`|\.execute\s*\(/;

/** What the journal calls the databases. */
const DIALECTS: Readonly<Record<string, Dialect>> = {
  postgresql: 'postgres',
  pg: 'postgres',
  mysql: 'mysql',
  sqlite: 'sqlite',
  turso: 'sqlite',
};

/** Where DDL is transactional, all pending migrations are one transaction. */
const TRANSACTIONS: Readonly<Partial<Record<Dialect, SegmentTransaction>>> = { mysql: 'none' };

/** What the journal says; everything that is not as Drizzle writes it is left out. */
interface Journal {
  readonly dialect: Dialect | undefined;
  readonly entries: readonly { readonly tag: string; readonly when: number | undefined }[];
  /** What is wrong with the others. */
  readonly refused: readonly string[];
}

/**
 * Drizzle Kit: the journal decides which files are migrations, and their order; one transaction around all that are pending, with
 * no way out; forward only. A migration whose `when` is older than the newest applied one is passed over in silence. From version
 * 1 on a folder for each migration takes the journal's place. From Drizzle's documentation, "Upgrading to Drizzle v1", and
 * drizzle-orm's `pg-core/dialect.ts`.
 */
export const drizzle: MigrationTool = {
  id: 'drizzle',
  title: 'Drizzle Kit',
  facts: {
    transaction: 'all-pending',
    downs: false,
    checksums: false,
    session: 'shared',
    late: 'skipped',
    outside: null,
  },
  detect(folder, tree) {
    const own = foldersIn(folder, tree);
    const around = folder.files.includes(SNAPSHOT) ? tree.folder(dirname(folder.path)) : undefined;
    const root = own.length > 0 ? folder : around;
    const folders = root === undefined ? [] : foldersIn(root, tree);
    if (root !== undefined && folders.length > 0) {
      const known = configOf(root.path, tree)?.dialect;
      const dialect = known === undefined ? {} : { dialect: known };
      return { root: root.path, folders: [root.path, ...folders], confidence: CERTAIN, ...dialect };
    }
    const hasJournal =
      folder.folders.includes('meta') &&
      tree.folder(join(folder.path, 'meta'))?.files.includes('_journal.json') === true;
    const config = configOf(folder.path, tree);
    const isNamed = config?.out === folder.path && folder.files.some(name => GENERATED.test(name));
    if (!hasJournal && !isNamed) return undefined;
    const dialect = journalOf(tree.text(join(folder.path, JOURNAL)))?.dialect ?? config?.dialect;
    return { root: folder.path, confidence: CERTAIN, ...(dialect === undefined ? {} : { dialect }) };
  },
  list({ root, folders }, tree) {
    if (folders.length > 1) return listFolders(root, folders, tree);
    const isThere = tree.folder(join(root, 'meta'))?.files.includes('_journal.json') === true;
    const path = isThere ? join(root, JOURNAL) : (configOf(root, tree)?.file ?? root);
    const journal = journalOf(isThere ? tree.text(path) : undefined);
    const files = (folders[0]?.files ?? []).filter(name => /\.sql$/i.test(name));
    const steps = (folders[0]?.files ?? []).filter(
      name => STEP.test(name) && USES_DRIZZLE.test(tree.head(join(root, name)) ?? ''),
    );
    const skipped: SkippedFile[] = (folders[0]?.files ?? [])
      .filter(name => !files.includes(name) && !steps.includes(name))
      .map(name => ({ path: join(root, name), reason: 'no .sql file' }));
    const transaction = TRANSACTIONS[journal?.dialect ?? 'postgres'] ?? 'all-pending';
    const migrationOf = (tag: string): MigrationFiles => ({
      id: tag,
      version: /^\d+/.exec(tag)?.[0] ?? tag,
      up: { path: join(root, `${tag}.sql`), transaction },
      down: null,
    });
    if (journal === undefined) {
      const message = isThere
        ? 'Drizzle refuses to run: the journal is not the JSON that drizzle-kit writes'
        : 'Drizzle refuses to run: there is no meta/_journal.json in the folder that `out` names';
      const tags = files.map(name => name.replace(/\.sql$/i, '')).sort(compareText);
      return { migrations: tags.map(migrationOf), skipped, problems: [{ kind: 'file name', path, message }] };
    }
    const problems = journal.refused.map((message): ListingProblem => ({ kind: 'file name', path, message }));
    const tags = new Set(journal.entries.map(({ tag }) => tag));
    for (const name of files) {
      if (tags.has(name.replace(/\.sql$/i, ''))) continue;
      const file = join(root, name);
      skipped.push({ path: file, reason: 'not in the journal: Drizzle never runs it' });
      problems.push({
        kind: 'file name',
        path: file,
        message: 'Drizzle never runs this file: it is not in meta/_journal.json',
      });
    }
    const migrations: MigrationFiles[] = [];
    let newest = Number.NEGATIVE_INFINITY;
    for (const { tag, when } of journal.entries) {
      const migration = migrationOf(tag);
      if (!files.includes(`${tag}.sql`)) {
        problems.push({
          kind: 'file name',
          path,
          message: `Drizzle refuses to run: the journal names ${tag}, and there is no ${tag}.sql`,
        });
        continue;
      }
      migrations.push(migration);
      if (when !== undefined && when <= newest) {
        const message =
          'Drizzle passes over this migration where the one before it is applied: its `when` in meta/_journal.json is not later';
        problems.push({ kind: 'out of order', path: migration.up.path, migration: tag, message });
      }
      newest = Math.max(newest, when ?? newest);
    }
    return { migrations: withSteps(migrations, root, steps), skipped, problems };
  },
};

const SQL = 'migration.sql';
const SNAPSHOT = 'snapshot.json';

/** The folders of migrations in a folder, as drizzle-kit makes them from version 1 on: each with the schema that it leads to. */
function foldersIn(folder: Folder, tree: FolderTree): readonly string[] {
  return folder.folders
    .filter(name => /^\d+_/.test(name))
    .map(name => join(folder.path, name))
    .filter(path => tree.folder(path)?.files.includes(SNAPSHOT) === true);
}

/** Version 1 has no journal: every folder whose migration was not run yet is run, in the order of their names. */
function listFolders(root: string, folders: readonly Folder[], tree: FolderTree): MigrationListing {
  const transaction = TRANSACTIONS[configOf(root, tree)?.dialect ?? 'postgres'] ?? 'all-pending';
  const skipped: SkippedFile[] = [];
  const problems: ListingProblem[] = [];
  const migrations: MigrationFiles[] = [];
  for (const { path, files } of folders.toSorted((a, b) => compareText(a.path, b.path))) {
    for (const name of files) {
      if (path !== root && name === SQL) continue;
      const reason =
        name === SNAPSHOT ? 'a snapshot of the schema' : `Drizzle runs only the ${SQL} of a migration’s folder`;
      skipped.push({ path: join(path, name), reason });
    }
    if (path === root) continue;
    const id = basename(path);
    if (files.includes(SQL)) {
      const up = { path: join(path, SQL), transaction };
      migrations.push({ id, version: /^\d+/.exec(id)![0], up, down: null });
    } else {
      const message = `Drizzle refuses to run: the folder ${id} has no ${SQL}`;
      problems.push({ kind: 'file name', path: join(path, SNAPSHOT), message });
    }
  }
  return { migrations, skipped, problems, late: 'run' };
}

/** What the nearest `drizzle.config.*` says, as far as it is written out: where the migrations are, and the database. */
function configOf(
  path: string,
  tree: FolderTree,
): { readonly file: string; readonly out: string; readonly dialect: Dialect | undefined } | undefined {
  const file = nearestFile(path, CONFIGS, tree);
  if (file === undefined) return undefined;
  const text = tree.head(file) ?? '';
  const value = (key: string): string | undefined =>
    new RegExp(`\\b${key}['"]?\\s*:\\s*['"\`]([^'"\`]*)`).exec(text)?.[1];
  const named = value('dialect') ?? value('driver');
  return {
    file,
    out: resolve(dirname(file), value('out') ?? 'drizzle'),
    dialect: named !== undefined && Object.hasOwn(DIALECTS, named) ? DIALECTS[named] : undefined,
  };
}

/** The migrations with the steps in code among them: each after the last whose name comes before its own. */
function withSteps(
  migrations: readonly MigrationFiles[],
  root: string,
  steps: readonly string[],
): readonly MigrationFiles[] {
  return steps.reduce<readonly MigrationFiles[]>((all, name) => {
    const id = name.replace(/\.[cm]?[jt]s$/, '');
    const up = { path: join(root, name), transaction: 'none', language: 'ecmascript', entry: 'up' } as const;
    const at = all.findLastIndex(other => compareText(other.id, id) <= 0) + 1;
    return [...all.slice(0, at), { id: name, version: /^\d+/.exec(id)?.[0] ?? id, up, down: null }, ...all.slice(at)];
  }, migrations);
}

function journalOf(text: string | undefined): Journal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  const { dialect, entries } = (value ?? {}) as { readonly dialect?: unknown; readonly entries?: unknown };
  if (!Array.isArray(entries)) return undefined;
  const refused: string[] = [];
  return {
    refused,
    dialect: typeof dialect === 'string' && Object.hasOwn(DIALECTS, dialect) ? DIALECTS[dialect] : undefined,
    entries: (entries as readonly { readonly tag?: unknown; readonly when?: unknown }[]).flatMap(entry => {
      if (typeof entry?.tag !== 'string') {
        refused.push('Drizzle refuses to run: the journal holds an entry without a tag');
        return [];
      }
      if (/[\\/]/.test(entry.tag)) {
        refused.push(`the journal names ${entry.tag}, which leads out of the folder, and is not read`);
        return [];
      }
      return [{ tag: entry.tag, when: typeof entry.when === 'number' ? entry.when : undefined }];
    }),
  };
}
