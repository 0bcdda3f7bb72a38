import { basename, dirname, join } from 'node:path';
import type { Dialect } from '../server/server.ts';
import { CERTAIN, LIKELY } from './evidence.ts';
import { compareText } from './file-order.ts';
import type {
  Detection,
  Folder,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationTool,
  SkippedFile,
} from './migration-tool.ts';

const LOCK_FILE = 'migration_lock.toml';
const NAME = /^(\d{14})_/;

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
 * From prisma-engines and the issues 14456 and 10601 of prisma.
 */
export const prisma: MigrationTool = {
  id: 'prisma',
  title: 'Prisma Migrate',
  facts: { transaction: 'implicit', downs: false, checksums: true, session: 'shared' },
  detect(folder, tree) {
    const own = detectIn(folder, tree);
    if (own !== undefined) return own;
    // A folder that is one migration is part of the project around it.
    const around = folder.files.includes('migration.sql') ? tree.folder(dirname(folder.path)) : undefined;
    return around === undefined ? undefined : detectIn(around, tree);
  },
  list({ root, folders }) {
    const skipped: SkippedFile[] = [];
    const problems: ListingProblem[] = [];
    const migrations: MigrationFiles[] = [];
    for (const { path, files } of folders) {
      for (const name of files) {
        if (path !== root && name === 'migration.sql') continue;
        skipped.push({ path: join(path, name), reason: 'Prisma runs only the migration.sql of a migration’s folder' });
      }
      const id = basename(path);
      if (path === root) continue;
      if (files.includes('migration.sql')) {
        const up = { path: join(path, 'migration.sql'), transaction: 'implicit' } as const;
        migrations.push({ id, version: NAME.exec(id)?.[1] ?? id, up, down: null });
      } else if (files.length > 0) {
        const message = `Prisma refuses to run: the folder ${id} has no migration.sql`;
        problems.push({ kind: 'file name', path: join(path, files[0]!), message });
      }
    }
    migrations.sort((a, b) => compareText(a.id, b.id));
    return { migrations, skipped, problems };
  },
};

function detectIn(folder: Folder, tree: FolderTree): Detection | undefined {
  const parts = folder.folders.filter(name => !name.startsWith('.')).map(name => join(folder.path, name));
  const isMigration = (path: string): boolean => tree.folder(path)?.files.includes('migration.sql') === true;
  const isLocked = folder.files.includes(LOCK_FILE);
  const isNamed = parts.some(path => NAME.test(basename(path)) && isMigration(path));
  const isBesideSchema = tree.folder(dirname(folder.path))?.files.includes('schema.prisma') === true;
  if (!parts.some(isMigration) || !(isLocked || (isNamed && isBesideSchema))) return undefined;
  const provider = /^\s*provider\s*=\s*"(\w+)"/m.exec(
    tree.head(isLocked ? join(folder.path, LOCK_FILE) : join(dirname(folder.path), 'schema.prisma')) ?? '',
  )?.[1];
  const dialect = provider !== undefined && Object.hasOwn(PROVIDERS, provider) ? PROVIDERS[provider] : undefined;
  return {
    root: folder.path,
    folders: [folder.path, ...parts.filter(path => isMigration(path) || NAME.test(basename(path)))],
    confidence: isLocked ? CERTAIN : LIKELY,
    ...(dialect === undefined ? {} : { dialect }),
  };
}
