import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { ListingProblem, MigrationTool } from './migration-tool.ts';
import { listSingleFiles } from './single-files.ts';

const NAME = /^(\d+)[-_]?.*\.sql$/i;

/**
 * postgres-migrations: numbered files without a gap, forward only, a transaction each unless the opt-out stands anywhere in the
 * file; even then it is sent as one query. Keeps a checksum. From its `file-name-parser.ts` and `run-migration.ts`.
 */
export const postgresMigrations: MigrationTool = {
  id: 'postgres-migrations',
  title: 'postgres-migrations',
  facts: {
    transaction: 'migration',
    downs: false,
    checksums: true,
    session: 'shared',
    missing: 'refused',
    late: 'refused',
    outside: 'write `-- postgres-migrations disable-transaction` into it, and let it be all of its file',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => NAME.test(name)) &&
      dependsOn(folder.path, 'package.json', /"postgres-migrations"\s*:/, tree);
    return isOurs ? { root: folder.path, confidence: LIKELY, dialect: 'postgres' } : undefined;
  },
  list(project) {
    const listing = listSingleFiles(project, {
      name: NAME,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'postgres-migrations reads only names that start with a number',
      refusal: () => 'postgres-migrations refuses to run: the name does not start with a number',
      duplicate: (version, other) => `postgres-migrations refuses to run: ${version} is also the number of ${other}`,
    });
    const gaps = listing.migrations.flatMap(({ id, version, up: { path } }, index): readonly ListingProblem[] => {
      const before = listing.migrations[index - 1];
      if (before === undefined || Number(version) <= Number(before.version) + 1) return [];
      const message = `postgres-migrations refuses to run: there is a gap between ${before.version} and ${version}`;
      return [{ kind: 'out of order', path, message, migration: id }];
    });
    return { ...listing, problems: [...(listing.problems ?? []), ...gaps] };
  },
  layout(files, read) {
    const isOut = read(files.up.path).includes('-- postgres-migrations disable-transaction');
    return isOut ? { ...files, up: { ...files.up, transaction: 'implicit' } } : files;
  },
};
