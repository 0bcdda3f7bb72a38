import { join } from 'node:path';
import type { Operation } from '../operations/operations.ts';
import type { Script } from '../operations/statements.ts';
import { CERTAIN, nearestFile } from './evidence.ts';
import { compareDottedVersions, compareText } from './file-order.ts';
import type {
  ListingProblem,
  MigrationFiles,
  MigrationTool,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';
import { duplicatesOf } from './single-files.ts';

/** Versioned, undo, baseline; a version's parts are split by dots or underscores. */
const VERSIONED = /^([VUB])(\d+(?:[._]\d+)*)__(.+)\.sql$/;
const REPEATABLE = /^R__(.+)\.sql$/;

/** Names that are meant for Flyway and that it does not read. */
const MISSPELT = /^[VURB]\d*[._\d]*_?[^_].*\.sql$/i;

/**
 * Flyway: versioned files by version, then repeatable ones by description; a transaction per file, but none for a file that holds
 * only statements that cannot be in one. From Flyway's `PostgreSQLParser.java` and its documentation of executeInTransaction.
 */
export const flyway: MigrationTool = {
  id: 'flyway',
  title: 'Flyway',
  facts: { transaction: 'migration', downs: false, checksums: true, session: 'shared', late: 'refused' },
  detect(folder, tree) {
    const named = folder.files.filter(name => VERSIONED.test(name) || REPEATABLE.test(name));
    if (named.length === 0) return undefined;
    const isConfigured =
      nearestFile(folder.path, ['flyway.conf', 'flyway.toml', 'flyway.user.toml'], tree) !== undefined;
    // refinery writes its names in the same way.
    const isRust = nearestFile(folder.path, ['Cargo.toml'], tree) !== undefined;
    if (isRust && !isConfigured) return undefined;
    return { root: folder.path, confidence: CERTAIN };
  },
  list({ folders }, tree) {
    const skipped: SkippedFile[] = [];
    const problems: ListingProblem[] = [];
    const versioned: MigrationFiles[] = [];
    const repeatable: MigrationFiles[] = [];
    const undos = new Map<string, string>();
    for (const folder of folders) {
      for (const name of folder.files) {
        const path = join(folder.path, name);
        const [, prefix, version] = VERSIONED.exec(name) ?? [];
        const up = { path, transaction: transactionBeside(path, folder.files, name, text => tree.text(text)) };
        const id = name.replace(/\.sql$/, '');
        if (prefix === 'V' && version !== undefined) {
          versioned.push({ id, version: version.replaceAll('_', '.'), up, down: null });
        } else if (prefix === 'U' && version !== undefined) undos.set(version.replaceAll('_', '.'), path);
        else if (REPEATABLE.test(name)) repeatable.push({ id, version: id, up, down: null });
        else {
          skipped.push({ path, reason: reasonFor(name, prefix) });
          if (prefix === undefined && MISSPELT.test(name)) {
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
    return { migrations: [...withUndos, ...repeatable], skipped, problems: [...problems, ...duplicates] };
  },
  transactionOf: (script, part) => (part.transaction === 'migration' && isOutside(script) ? 'none' : part.transaction),
};

function reasonFor(name: string, prefix: string | undefined): string {
  if (prefix === 'B') return 'a baseline stands for migrations that are here too';
  return /\.sql$/i.test(name)
    ? 'Flyway reads only V<version>__<description>.sql and R__<description>.sql'
    : 'no .sql file';
}

/** `executeInTransaction=false` in a `.conf` beside the script. */
function transactionBeside(
  path: string,
  files: readonly string[],
  name: string,
  text: (path: string) => string | undefined,
): SegmentTransaction {
  const isOut =
    files.includes(`${name}.conf`) && /^\s*executeInTransaction\s*=\s*false\b/m.test(text(`${path}.conf`) ?? '');
  return isOut ? 'none' : 'migration';
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
