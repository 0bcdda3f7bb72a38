import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool, SegmentFile } from './migration-tool.ts';
import { listPairedFiles, parsePairedName } from './paired-files.ts';

/**
 * morph, which Mattermost runs: a file per direction, a transaction each unless it starts with `-- morph:nontransactional`; even
 * then it is sent as one query. Programs pass the files through Go's templates first. From its `models/parse.go` and PostgreSQL
 * driver.
 */
export const morph: MigrationTool = {
  id: 'morph',
  title: 'morph',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'shared',
    identity: 'version',
    outside: 'start its file with `-- morph:nontransactional`, and let it be all of it',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => parsePairedName(name) !== undefined) &&
      dependsOn(folder.path, 'go.mod', /^\s*(?:require\s+)?github\.com\/(?:mattermost|go-morph)\/morph\b/m, tree);
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list: project =>
    listPairedFiles(project, {
      parse: parsePairedName,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'morph reads only <version>_<name>.up.sql and .down.sql',
      refusal: name =>
        /^\d/.test(name) ? 'morph ignores this file: it reads only <version>_<name>.up.sql and .down.sql' : undefined,
      duplicate: (version, other) => `morph records versions, and ${version} is also that of ${other}`,
    }),
  layout(files, read) {
    const settle = (part: SegmentFile): SegmentFile =>
      read(part.path).startsWith('-- morph:nontransactional') ? { ...part, transaction: 'implicit' } : part;
    return { ...files, up: settle(files.up), down: files.down === null ? null : settle(files.down) };
  },
};
