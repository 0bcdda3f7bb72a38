import { type AnnotatedFormat, withAnnotated } from './annotated-statements.ts';
import { CERTAIN, isAnnotated } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listSingleFiles, markersOf, splitAtMarkers } from './single-files.ts';

/** From `NumericComponent`: a whole number from 1 that fits into 64 bits. */
const NAME = /^(0*[1-9]\d{0,18})_.*\.sql$/;

/** Annotations start their lines; goose trims blanks behind the dashes and minds the case of the words. */
const MARKER = /^--[ \t]*\+goose[ \t]+(Up|Down)\b([^\r\n]*)/gm;
const NO_TRANSACTION = /^--[ \t]*\+goose[ \t]+NO TRANSACTION\b/m;

/**
 * goose: both directions in one file, a transaction per file unless `NO TRANSACTION` stands in it anywhere, then for both.
 * Without a Down section the down does nothing and succeeds. From goose's own parser.
 */
export const goose: MigrationTool = {
  id: 'goose',
  title: 'goose',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'unknown',
    identity: 'version',
    late: 'refused',
    outside: 'write `-- +goose NO TRANSACTION` into it',
  },
  detect(folder, tree) {
    const names = folder.files.filter(name => NAME.test(name));
    if (!isAnnotated(folder, names, /^--[ \t]*\+goose[ \t]+Up\b/m, tree)) return undefined;
    return { root: folder.path, confidence: CERTAIN };
  },
  list: project =>
    listSingleFiles(project, {
      name: NAME,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'goose reads only names that start with a number and `_`',
      refusal: name =>
        name.endsWith('.sql')
          ? `goose refuses to run: ${name} does not start with a whole number above 0 and \`_\``
          : undefined,
      duplicate: (version, other) => `goose refuses to run: version ${version} is also that of ${other}`,
    }),
  layout(files, read) {
    const text = read(files.up.path);
    const transaction = NO_TRANSACTION.test(text) ? 'none' : files.up.transaction;
    return withAnnotated(
      splitAtMarkers(files, text, markersOf(text, MARKER), () => transaction),
      text,
      FORMAT,
    );
  },
};

const FORMAT: AnnotatedFormat = {
  prefix: '+goose',
  title: 'goose',
  annotation: line => /^--\s*\+goose\s+(.*)$/.exec(line)?.[1],
  refusesSqlBefore: true,
};
