import { basename, dirname, join } from 'node:path';
import type { Script } from '../operations/statements.ts';
import type { Dialect } from '../server/server.ts';
import { CERTAIN, LIKELY, nearestFile } from './evidence.ts';
import { compareText } from './file-order.ts';
import type {
  Detection,
  Folder,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationTool,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';

const LOCK_FILE = 'migration_lock.toml';
const NAME = /^(\d{14})_/;

/** Code in place of SQL: a project with such folders hides them from Prisma. */
const CODE = /^migration\.[cm]?[jt]s$/;
/** Steps in code, beside the SQL or in its place, which the project runs by itself. */
const STEP = /^(?!(?:types|utils?|helpers?|constants?)\.|.*\.(?:test|spec|d)\.).*\.[cm]?[jt]s$/;
const USES_PRISMA = /\bprisma\b|\btx\s*\.\s*\w+\s*\.|\$(?:execute|query)Raw/i;

/** What the lock file calls the databases. */
const PROVIDERS: Readonly<Record<string, Dialect>> = {
  postgresql: 'postgres',
  cockroachdb: 'postgres',
  mysql: 'mysql',
  sqlite: 'sqlite',
  sqlserver: 'sqlserver',
};

/**
 * Prisma Migrate: a folder per migration, in text order, sent as one query without BEGIN; forward only; a checksum per file.
 * From 7.4 on a script with CREATE INDEX CONCURRENTLY is sent statement by statement. From prisma-engines, its pull requests 5767
 * and 5847, and the issues 14456 and 10601 of prisma.
 */
export const prisma: MigrationTool = {
  id: 'prisma',
  title: 'Prisma Migrate',
  facts: {
    transaction: 'implicit',
    downs: false,
    checksums: true,
    session: 'shared',
    outside: 'let it be all of its migration',
  },
  detect(folder, tree) {
    const own = detectIn(folder, tree);
    if (own !== undefined) return own;
    // A folder that is one migration is part of the project around it.
    const around = folder.files.includes('migration.sql') ? tree.folder(dirname(folder.path)) : undefined;
    return around === undefined ? undefined : detectIn(around, tree);
  },
  list({ root, folders }, tree) {
    const transaction = splitsScripts(root, tree) ? 'none' : 'implicit';
    const skipped: SkippedFile[] = [];
    const problems: ListingProblem[] = [...lockProblems(root, tree)];
    const migrations: MigrationFiles[] = [];
    for (const { path, files } of folders) {
      for (const name of files) {
        if (path !== root && name === 'migration.sql') continue;
        const step = path === root || !STEP.test(name) ? undefined : join(path, name);
        if (step !== undefined && USES_PRISMA.test(tree.head(step) ?? '')) migrations.push(stepOf(step));
        else {
          const isCode = path !== root && CODE.test(name) && !files.includes('migration.sql');
          const reason = isCode
            ? 'the project runs it itself'
            : 'Prisma runs only the migration.sql of a migration’s folder';
          skipped.push({ path: join(path, name), reason });
        }
      }
      const id = basename(path);
      if (path === root) continue;
      if (files.includes('migration.sql')) {
        const up = { path: join(path, 'migration.sql'), transaction } as const;
        migrations.push({ id, version: NAME.exec(id)?.[1] ?? id, up, down: null });
      } else if (files.length > 0 && !files.some(name => CODE.test(name))) {
        const message = `Prisma refuses to run: the folder ${id} has no migration.sql`;
        problems.push({ kind: 'file name', path: join(path, files[0]!), message });
      }
    }
    migrations.sort((a, b) => compareText(a.id, b.id));
    return { migrations, skipped, problems };
  },
  transactionOf: (script, part) =>
    part.transaction === 'none' && part.language === undefined ? transactionOf(script) : part.transaction,
};

/** A step in code: after the SQL of its folder, on its own. */
function stepOf(path: string): MigrationFiles {
  const folder = basename(dirname(path));
  const version = NAME.exec(folder)?.[1] ?? folder;
  const up = { path, transaction: 'none', language: 'ecmascript', entry: 'up' } as const;
  return { id: `${folder}/${basename(path)}`, version, up, down: null };
}

/** The manifests of the CLI and of the client, which go by one version. */
const VERSION = /"(?:prisma|@prisma\/client)"\s*:\s*"[~^>=v\s]*(\d+)\.(\d+)/;

/** Whether the project's Prisma sends scripts statement by statement: not where its version is not said. */
function splitsScripts(root: string, tree: FolderTree): boolean {
  const manifest = nearestFile(root, ['package.json'], tree);
  const [, major, minor] = VERSION.exec(manifest === undefined ? '' : (tree.text(manifest) ?? '')) ?? [];
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 4);
}

/** Where its own parser does not know a statement, and it knows no DROP INDEX CONCURRENTLY, the script stays one query. */
function transactionOf({ statements }: Script): SegmentTransaction {
  const operations = statements.flatMap(statement => statement.operations);
  const builds = operations.some(operation => operation.kind === 'createIndex' && operation.concurrently);
  const isUnknown = operations.some(
    operation => operation.kind === 'unreadable' || (operation.kind === 'dropIndex' && operation.concurrently),
  );
  return builds && !isUnknown ? 'none' : 'implicit';
}

function detectIn(folder: Folder, tree: FolderTree): Detection | undefined {
  const parts = folder.folders.filter(name => !name.startsWith('.')).map(name => join(folder.path, name));
  const isMigration = (path: string): boolean => tree.folder(path)?.files.includes('migration.sql') === true;
  const isLocked = folder.files.includes(LOCK_FILE);
  const isNamed = parts.some(path => NAME.test(basename(path)) && isMigration(path));
  const isBesideSchema = tree.folder(dirname(folder.path))?.files.includes('schema.prisma') === true;
  if (!parts.some(isMigration) || !(isLocked || (isNamed && isBesideSchema))) return undefined;
  const provider = lockedProvider(folder.path, tree) ?? schemaProvider(folder.path, tree);
  const dialect = provider !== undefined && Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  return {
    root: folder.path,
    folders: [folder.path, ...parts.filter(path => isMigration(path) || NAME.test(basename(path)))],
    confidence: isLocked ? CERTAIN : LIKELY,
    ...(dialect === undefined ? {} : { dialect }),
  };
}

/** The database that the lock file beside the migrations names. */
function lockedProvider(root: string, tree: FolderTree): string | undefined {
  return /^\s*provider\s*=\s*"(\w+)"/m.exec(tree.head(join(root, LOCK_FILE)) ?? '')?.[1];
}

/** The database that the schema beside the folder names; the code generators in it have a provider, too. */
function schemaProvider(root: string, tree: FolderTree): string | undefined {
  const schema = tree.head(join(dirname(root), 'schema.prisma')) ?? '';
  return /^\s*datasource\s+\w+\s*\{[^}]*?\bprovider\s*=\s*"(\w+)"/m.exec(schema)?.[1];
}

/** What is wrong with the lock file. */
function lockProblems(root: string, tree: FolderTree): readonly ListingProblem[] {
  if (tree.folder(root)?.files.includes(LOCK_FILE) !== true) return [];
  const path = join(root, LOCK_FILE);
  const locked = lockedProvider(root, tree);
  const wanted = schemaProvider(root, tree);
  if (locked === undefined) {
    return [
      { kind: 'file name', path, message: 'this lock file names no provider, and so guards against no other database' },
    ];
  }
  if (wanted === undefined || wanted === locked) return [];
  const message = `Prisma refuses to run: the schema is for ${wanted}, and these migrations are for ${locked}`;
  return [{ kind: 'file name', path, message }];
}
