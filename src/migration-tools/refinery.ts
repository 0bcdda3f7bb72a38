import { dependsOn, LIKELY } from './evidence.ts';
import { compareDottedVersions } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listSingleFiles } from './single-files.ts';

/** U means that its version need not be newer than the applied ones: it undoes nothing. */
const NAME = /^[UV](\d+(?:\.\d+)?)__\w+\.sql$/;

/**
 * refinery: one file per migration, forward only, a transaction each with no way out in the file; keeps a checksum. Other names
 * are passed over with a warning. From refinery_core's `util.rs` and rust-db/refinery#277.
 */
export const refinery: MigrationTool = {
  id: 'refinery',
  title: 'refinery',
  facts: {
    transaction: 'migration',
    downs: false,
    checksums: true,
    session: 'shared',
    missing: 'refused',
    late: 'refused',
    outside: null,
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => NAME.test(name)) &&
      dependsOn(folder.path, 'Cargo.toml', /^\s*refinery(?:_core)?\b|dependencies\.refinery\]/m, tree);
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list: project =>
    listSingleFiles(project, {
      name: NAME,
      compare: (a, b) => compareDottedVersions(a.slice(1), b.slice(1)),
      transaction: 'migration',
      otherReason: 'refinery reads only V<version>__<name>.sql, the name of letters, digits and `_`',
      refusal: name =>
        /^[UV]\d/i.test(name)
          ? 'refinery passes this file over: it reads V<version>__<name>.sql, the name of letters, digits and `_`'
          : undefined,
      duplicate: (version, other) => `refinery refuses to run: version ${version} is also that of ${other}`,
    }),
};
