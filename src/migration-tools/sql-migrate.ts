import { type AnnotatedFormat, withAnnotated } from './annotated-statements.ts';
import { dialectNamed } from './dialect-names.ts';
import { CERTAIN, isAnnotated, nearestFile } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationTool } from './migration-tool.ts';
import { listSingleFiles, markersOf, splitAtMarkers } from './single-files.ts';

const NAME = /^(.+)\.sql$/i;
const MARKER = /^-- \+migrate (Up|Down)\b([^\r\n]*)/gm;

/**
 * sql-migrate: both directions in one file, a transaction for each; `notransaction` behind a marker is for that direction only.
 * The whole file name is the migration's identity. From sql-migrate's own parser.
 */
export const sqlMigrate: MigrationTool = {
  id: 'sql-migrate',
  title: 'sql-migrate',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: false,
    session: 'unknown',
    missing: 'refused',
    outside: 'write `notransaction` behind `-- +migrate Up`',
  },
  detect(folder, tree) {
    const names = folder.files.filter(name => NAME.test(name));
    if (!isAnnotated(folder, names, /^-- \+migrate Up\b/m, tree)) return undefined;
    const config = nearestFile(folder.path, ['dbconfig.yml'], tree);
    const named = config === undefined ? undefined : /^\s+dialect:\s*["']?(\w+)/m.exec(tree.text(config) ?? '')?.[1];
    const dialect = named === undefined ? undefined : dialectNamed(named);
    return { root: folder.path, confidence: CERTAIN, ...(dialect === undefined ? {} : { dialect }) };
  },
  list: project =>
    listSingleFiles(project, {
      name: NAME,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'sql-migrate reads only .sql files',
    }),
  layout(files, read) {
    const text = read(files.up.path);
    const markers = markersOf(text, MARKER);
    const split = splitAtMarkers(files, text, markers, kind =>
      markers.some(marker => marker.kind === kind && /\bnotransaction\b/.test(marker.options))
        ? 'none'
        : files.up.transaction,
    );
    // Told to, it cuts at lines of `GO` too.
    return /^GO\s*$/m.test(text) ? split : withAnnotated(split, text, FORMAT);
  },
};

const FORMAT: AnnotatedFormat = {
  prefix: '+migrate',
  title: 'sql-migrate',
  annotation: line => /^-- \+migrate (\w+)/.exec(line)?.[1],
  refusesSqlBefore: false,
};
