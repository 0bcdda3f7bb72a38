import { dirname } from 'node:path';
import { CERTAIN, LIKELY, nearestFile } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import { listMigrationFolders, migrationFolders } from './migration-folders.ts';
import type { MigrationTool } from './migration-tool.ts';

/** Milliseconds, `_`, a title that may hold blanks. */
function versionOf(name: string): string | undefined {
  return /^(\d{13})_/.exec(name)?.[1];
}

/**
 * Hasura CLI: a folder per migration below one per database; each file is one call in a transaction, and nothing in it opts out.
 * From hasura/graphql-engine#2939.
 */
export const hasura: MigrationTool = {
  id: 'hasura',
  title: 'Hasura CLI',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'unknown',
    identity: 'version',
    outside: null,
  },
  detect(folder, tree) {
    const found = migrationFolders(folder, tree, versionOf);
    if (found === undefined) return undefined;
    const { root, folders } = found;
    const config = nearestFile(dirname(root.path), ['config.yaml'], tree);
    const isConfigured = config !== undefined && /^\s*(?:metadata_directory|endpoint):/m.test(tree.head(config) ?? '');
    return { root: root.path, folders: [root.path, ...folders], confidence: isConfigured ? CERTAIN : LIKELY };
  },
  list: (project, tree) =>
    listMigrationFolders(project, tree, {
      title: 'Hasura',
      versionOf,
      compare: compareNumberedNames,
      others: [],
      transactionOf: () => 'migration',
      duplicate: (version, other) => `Hasura records versions, and ${version} is also that of ${other}`,
    }),
};
