import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listPairedFiles, parsePairedName } from './paired-files.ts';

/**
 * golang-migrate: a file per direction, each sent as one query, which PostgreSQL makes one transaction where it holds several
 * statements. Names that do not fit are ignored, equal versions refused. From its `source/parse.go` and PostgreSQL driver.
 */
export const golangMigrate: MigrationTool = {
  id: 'golang-migrate',
  title: 'golang-migrate',
  facts: {
    transaction: 'implicit',
    downs: true,
    checksums: false,
    session: 'shared',
    identity: 'version',
    late: 'skipped',
    outside: 'let it be all of its file',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => parsePairedName(name) !== undefined) &&
      dependsOn(folder.path, 'go.mod', /^\s*(?:require\s+)?github\.com\/golang-migrate\/migrate\b/m, tree);
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list: project =>
    listPairedFiles(project, {
      parse: parsePairedName,
      compare: compareNumberedNames,
      transaction: 'implicit',
      otherReason: 'golang-migrate reads only <version>_<title>.up.sql and .down.sql',
      refusal: name =>
        /^\d/.test(name)
          ? 'golang-migrate ignores this file: it reads only <version>_<title>.up.sql and .down.sql'
          : undefined,
      duplicate: (version, other) => `golang-migrate refuses to run: version ${version} is also that of ${other}`,
    }),
};
