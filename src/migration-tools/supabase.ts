import { basename, dirname } from 'node:path';
import { CERTAIN, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listSingleFiles } from './single-files.ts';

const NAME = /^([0-9]+)_(?:.*)\.sql$/;

/**
 * Supabase CLI: each file is one batch together with its entry in the history, so that even a sole statement is in a transaction;
 * there is no way out, and no down. From the CLI's `pkg/migration/file.go`.
 */
export const supabase: MigrationTool = {
  id: 'supabase',
  title: 'Supabase CLI',
  facts: {
    transaction: 'migration',
    downs: false,
    checksums: false,
    session: 'shared',
    missing: 'refused',
    identity: 'version',
    late: 'refused',
    outside: null,
  },
  detect(folder, tree) {
    const around = dirname(folder.path);
    if (basename(folder.path) !== 'migrations' || !folder.files.some(name => NAME.test(name))) return undefined;
    const isConfigured =
      tree.folder(around)?.files.includes('config.toml') === true &&
      /^\s*(?:project_id|major_version|\[api\])/m.test(tree.head(`${around}/config.toml`) ?? '');
    if (!isConfigured && basename(around) !== 'supabase') return undefined;
    return { root: folder.path, confidence: isConfigured ? CERTAIN : LIKELY, dialect: 'postgres' };
  },
  list: project =>
    listSingleFiles(project, {
      name: NAME,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'the Supabase CLI reads only <version>_<name>.sql',
      duplicate: (version, other) => `the Supabase CLI records versions, and ${version} is also that of ${other}`,
    }),
};
