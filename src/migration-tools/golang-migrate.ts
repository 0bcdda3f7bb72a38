import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listPairedFiles, type PairedName } from './paired-files.ts';

const NAME = /^([0-9]+)_(.*)\.(down|up)\.sql$/;

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
    late: 'skipped',
    outside: 'let it be all of its file',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => NAME.test(name)) &&
      dependsOn(folder.path, 'go.mod', /^\s*(?:require\s+)?github\.com\/golang-migrate\/migrate\b/m, tree);
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list: project =>
    listPairedFiles(project, {
      parse: parseName,
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

function parseName(name: string): PairedName | undefined {
  const [, version, title, direction] = NAME.exec(name) ?? [];
  if (version === undefined) return undefined;
  return { id: `${version}_${title}`, version, direction: direction === 'down' ? 'down' : 'up' };
}
