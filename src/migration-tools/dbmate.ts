import { CERTAIN, isAnnotated } from './evidence.ts';
import { compareText } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listSingleFiles, markersOf, splitAtMarkers } from './single-files.ts';

const NAME = /^(\d+).*\.sql$/i;
const MARKER = /^--[ \t]*migrate:(up|down)(?=\s|$)([^\r\n]*)/gm;

/**
 * dbmate: both directions in one file, each sent as one query in a transaction; `transaction:false` behind a marker takes the
 * transaction away, but several statements in one query are still one transaction to PostgreSQL. From dbmate's own parser.
 */
export const dbmate: MigrationTool = {
  id: 'dbmate',
  title: 'dbmate',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'unknown',
    identity: 'version',
    outside: 'write `transaction:false` behind `-- migrate:up`, and nothing else into the block',
  },
  detect(folder, tree) {
    const names = folder.files.filter(name => NAME.test(name));
    if (!isAnnotated(folder, names, /^--[ \t]*migrate:up(?=\s|$)/m, tree)) return undefined;
    return { root: folder.path, confidence: CERTAIN };
  },
  list: project =>
    listSingleFiles(project, {
      name: NAME,
      compare: compareText,
      transaction: 'migration',
      otherReason: 'dbmate reads only names that start with a number',
      duplicate: (version, other) =>
        `dbmate runs only one of them: version ${version} is also that of ${other}, and it records versions`,
    }),
  layout(files, read) {
    const text = read(files.up.path);
    const markers = markersOf(text, MARKER);
    return splitAtMarkers(files, text, markers, kind =>
      markers.some(marker => marker.kind === kind && /\btransaction:false\b/.test(marker.options))
        ? 'implicit'
        : files.up.transaction,
    );
  },
};
