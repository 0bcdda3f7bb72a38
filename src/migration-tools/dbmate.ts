import type { Range } from '../source/source-file.ts';
import { CERTAIN, isAnnotated } from './evidence.ts';
import { compareText } from './file-order.ts';
import type { LayoutProblem, MigrationTool } from './migration-tool.ts';
import { listSingleFiles, type Marker, markersOf, splitAtMarkers } from './single-files.ts';

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
    const split = splitAtMarkers(files, text, markers, kind =>
      markers.some(marker => marker.kind === kind && /\btransaction:false\b/.test(marker.options))
        ? 'implicit'
        : files.up.transaction,
    );
    const problem = problemOf(text, markers);
    return problem === undefined ? split : { ...split, problems: [problem] };
  },
};

/** The first thing that dbmate refuses a file for. From `parseMigrationContents` in its `migration.go`. */
function problemOf(text: string, markers: readonly Marker[]): LayoutProblem | undefined {
  const up = markers.find(({ kind }) => kind === 'up');
  const down = markers.find(({ kind }) => kind === 'down');
  const refuse = (range: Range, why: string, help: string): LayoutProblem => ({
    range,
    message: `dbmate refuses to run: ${why}`,
    help,
  });
  if (up === undefined)
    return refuse([0, 0], 'no `-- migrate:up` stands in this file', 'Write it before the statements.');
  if (down === undefined)
    return refuse(up.range, 'no `-- migrate:down` stands in this file', 'Write it at the end; the block may be empty.');
  if (up.range[0] > down.range[0])
    return refuse(down.range, '`-- migrate:down` stands before `-- migrate:up`', 'Move it behind the statements.');
  const before = /^(?![ \t]*(?:--|\r?$)).*$/m.exec(text.slice(0, up.range[0]).trimEnd());
  if (before === null || before[0].trim() === '') return undefined;
  const range: Range = [before.index, before.index + before[0].trimEnd().length];
  return refuse(range, 'a statement stands before `-- migrate:up`', 'Move it behind that line.');
}
