import { join } from 'node:path';
import type { Operation } from '../operations/operations.ts';
import type { Script } from '../operations/statements.ts';
import { CERTAIN, nearestFile } from './evidence.ts';
import { compareDottedVersions, compareText } from './file-order.ts';
import { type FlywayConfig, flywayConfig, flywayFolders } from './flyway-config.ts';
import type {
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationTool,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';
import { duplicatesOf } from './single-files.ts';

/** Names that are meant for Flyway and that it does not read. */
const MISSPELT = /^[VURB]\d*[._\d]*_?[^_].*\.sql$/i;

/** Scripts that Flyway runs around its migrations: `beforeMigrate.sql`, `afterEachMigrate__grants.sql`. */
const CALLBACK = /^(?:before|after)[A-Z]\w*\.sql$|^createSchema(?:__\w+)?\.sql$/;

/** Statements that Flyway knows to run outside of a transaction, by their words. */
const OUTSIDE =
  /\b(?:INDEX\s+CONCURRENTLY|VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE|SUBSCRIPTION))\b/i;

/**
 * Flyway: versioned files by version, then repeatable ones by description; a transaction per file, but none for a file that holds
 * only statements that cannot be in one. Its lock on PostgreSQL is, since 9.1, a transaction on a connection of its own. From Flyway's `PostgreSQLParser.java` and its documentation of executeInTransaction.
 */
export const flyway: MigrationTool = {
  id: 'flyway',
  title: 'Flyway',
  facts: {
    transaction: 'migration',
    downs: false,
    checksums: true,
    repeatable: /^R__/,
    session: 'shared',
    missing: 'refused',
    late: 'refused',
    outside: 'let it be all of its file, or write `executeInTransaction=false` into a .conf beside it',
  },
  detect(folder, tree) {
    const config = flywayConfig(folder.path, tree);
    const { versioned, repeatable } = config.names;
    // V1.sql is a name too, but not one that is only Flyway's.
    const isTelling = (name: string): boolean => config.isGiven || name.includes('__');
    const isOurs = (path: string): boolean =>
      tree.folder(path)?.files.some(name => isTelling(name) && (versioned.test(name) || repeatable.test(name))) ===
      true;
    // refinery writes its names in the same way.
    const isRust = nearestFile(folder.path, ['Cargo.toml'], tree) !== undefined;
    if (isRust && !config.isGiven) return undefined;
    const folders = flywayFolders(folder.path, config, isOurs, tree);
    const [root] = folders;
    if (root === undefined) return undefined;
    const { dialect } = config;
    return { root, folders, confidence: CERTAIN, ...(dialect === undefined ? {} : { dialect }) };
  },
  list({ root, folders }, tree) {
    const config = flywayConfig(root, tree);
    const { names } = config;
    const skipped: SkippedFile[] = [];
    const problems: ListingProblem[] = config.outside.map(({ file, location }) => ({
      kind: 'file name',
      path: file,
      message: `the location ${location} lies outside of the repository and is not looked at`,
    }));
    const versioned: MigrationFiles[] = [];
    const repeatable: MigrationFiles[] = [];
    const undos = new Map<string, string>();
    const versionIn = (name: string, pattern: RegExp): string | undefined =>
      pattern.exec(name)?.[1]?.replaceAll('_', '.');
    for (const folder of folders) {
      for (const name of folder.files) {
        const path = join(folder.path, name);
        const up = (): MigrationFiles['up'] => ({
          path,
          transaction: transactionOf(path, folder.files, name, config, tree),
          ...(config.placeholders.length > 0 ? { values: config.placeholders } : {}),
          ...(config.transactionalLock ? { heldTransaction: '`flyway.postgresql.transactional.lock=false`' } : {}),
        });
        const id = name.replace(/\.\w+$/, '');
        const version = versionIn(name, names.versioned);
        const undone = versionIn(name, names.undo);
        if (version !== undefined) versioned.push({ id, version, up: up(), down: null });
        else if (undone !== undefined) undos.set(undone, path);
        else if (names.repeatable.test(name)) repeatable.push({ id, version: id, up: up(), down: null });
        else {
          const isBaseline = names.baseline.test(name);
          skipped.push({
            path,
            reason: isBaseline ? 'a baseline stands for migrations that are here too' : reasonFor(name),
          });
          if (!isBaseline && MISSPELT.test(name)) {
            const message = 'Flyway ignores this file: it reads V<version>__<description>.sql and R__<description>.sql';
            problems.push({ kind: 'file name', path, message });
          }
        }
      }
    }
    versioned.sort((a, b) => compareDottedVersions(a.version, b.version));
    repeatable.sort((a, b) => compareText(a.id, b.id));
    const withUndos = versioned.map((migration): MigrationFiles => {
      const path = undos.get(migration.version);
      return path === undefined ? migration : { ...migration, down: { path, transaction: 'migration' } };
    });
    const duplicates = duplicatesOf(
      versioned,
      (version, other) => `Flyway refuses to run: version ${version} is also that of ${other}`,
    );
    return {
      migrations: [...withUndos, ...repeatable],
      skipped,
      problems: [...problems, ...duplicates],
      ...(config.outOfOrder ? { late: 'run' as const } : {}),
    };
  },
  transactionOf: (script, part) => (part.transaction === 'migration' && isOutside(script) ? 'none' : part.transaction),
};

function reasonFor(name: string): string {
  if (CALLBACK.test(name)) return 'a callback runs around migrations';
  if (/\.sql\.conf$/i.test(name)) return 'settings of the script beside it';
  if (/\.(?:java|kt|groovy|scala)$/.test(name)) return 'migrations of the JVM are not read';
  return /\.sql$/i.test(name)
    ? 'Flyway reads only V<version>__<description>.sql and R__<description>.sql'
    : 'no .sql file';
}

/** By the `.conf` beside the script, else by the project's configuration. */
function transactionOf(
  path: string,
  files: readonly string[],
  name: string,
  { executeInTransaction, group, mixed }: FlywayConfig,
  tree: FolderTree,
): SegmentTransaction {
  const conf = files.includes(`${name}.conf`) ? (tree.text(`${path}.conf`) ?? '') : '';
  const own = /^\s*executeInTransaction\s*=\s*(true|false)\b/m.exec(conf)?.[1];
  const isIn = own === undefined ? executeInTransaction : own === 'true';
  if (!isIn || (mixed && OUTSIDE.test(tree.text(path) ?? ''))) return 'none';
  return group ? 'all-pending' : 'migration';
}

/** Whether every statement is one that Flyway knows to run outside of a transaction. */
function isOutside({ statements }: Script): boolean {
  const operations = statements.flatMap(statement => statement.operations);
  return operations.length > 0 && operations.every(runsOutside);
}

/** Flyway's own list: REINDEX INDEX CONCURRENTLY and DETACH … CONCURRENTLY are not on it. */
function runsOutside(operation: Operation): boolean {
  switch (operation.kind) {
    case 'createIndex':
    case 'dropIndex':
      return operation.concurrently;
    case 'reindex':
      return operation.target === 'schema' || operation.target === 'database' || operation.target === 'system';
    case 'discard':
      return operation.target === 'all';
    case 'createObject':
    case 'dropObject':
    case 'alterObject':
      return operation.objectKind === 'tablespace' || operation.objectKind === 'subscription';
    case 'createDatabase':
    case 'dropDatabase':
    case 'alterSystem':
    case 'vacuum':
      return true;
    default:
      return false;
  }
}
