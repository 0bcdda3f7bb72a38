import { join } from 'node:path';
import { CERTAIN, dependsOn, LIKELY, nearestFile } from './evidence.ts';
import { compareText } from './file-order.ts';
import { listMigrationFolders, migrationFolders } from './migration-folders.ts';
import type { MigrationTool } from './migration-tool.ts';

const METADATA = 'metadata.toml';

/** The part of the name before the first `_`, dashes taken out. */
function versionOf(name: string): string | undefined {
  return /^([\d-]+)_/.exec(name)?.[1]?.replaceAll('-', '');
}

/**
 * diesel: a folder per migration, a transaction per migration unless its `metadata.toml` says otherwise; even then a file is sent
 * as one query. An empty file is an error when it is run. From diesel_migrations' `file_based_migrations.rs`.
 */
export const diesel: MigrationTool = {
  id: 'diesel',
  title: 'diesel',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'shared',
    identity: 'version',
    outside: 'write `run_in_transaction = false` into its metadata.toml, and let it be all of its file',
  },
  detect(folder, tree) {
    const found = migrationFolders(folder, tree, versionOf);
    if (found === undefined) return undefined;
    const { root, folders } = found;
    const isConfigured = nearestFile(root.path, ['diesel.toml'], tree) !== undefined;
    if (!isConfigured && !dependsOn(root.path, 'Cargo.toml', /^\s*diesel(?:_migrations)?\b/m, tree)) return undefined;
    return { root: root.path, folders: [root.path, ...folders], confidence: isConfigured ? CERTAIN : LIKELY };
  },
  list: (project, tree) =>
    listMigrationFolders(project, tree, {
      title: 'diesel',
      versionOf,
      compare: (a, b) => compareText(versionOf(a) ?? a, versionOf(b) ?? b),
      others: [METADATA],
      transactionOf: ({ path, files }) =>
        files.includes(METADATA) && /^\s*run_in_transaction\s*=\s*false\b/m.test(tree.text(join(path, METADATA)) ?? '')
          ? 'implicit'
          : 'migration',
      refusal: (name, text) =>
        text === ''
          ? `diesel fails when it runs this file: an empty ${name} is an error, a comment is enough`
          : undefined,
      duplicate: (version, other) => `diesel records versions, and ${version} is also that of ${other}`,
    }),
};
