import { dependsOn, LIKELY } from './evidence.ts';
import { compareNumberedNames } from './file-order.ts';
import type { MigrationFiles, MigrationTool, SegmentFile } from './migration-tool.ts';
import { listPairedFiles, type PairedName } from './paired-files.ts';

const NAME = /^(\d+)_(.*?)(\.up|\.down)?\.sql$/;

/**
 * sqlx: one file per migration, or one per direction. A transaction per file unless it starts with `-- no-transaction`; even
 * then it is sent as one query. Keeps a checksum of each file. From sqlx-core's `migrate/source.rs`.
 */
export const sqlx: MigrationTool = {
  id: 'sqlx',
  title: 'sqlx',
  facts: {
    transaction: 'migration',
    downs: true,
    checksums: true,
    session: 'shared',
    outside: 'start its file with `-- no-transaction`, and let it be all of it',
  },
  detect(folder, tree) {
    const isOurs =
      folder.files.some(name => NAME.test(name)) &&
      dependsOn(
        folder.path,
        'Cargo.toml',
        /^\s*sqlx(?:\s*=|\.workspace|-cli)|\[(?:[\w-]+\.)*dependencies\.sqlx\]/m,
        tree,
      );
    return isOurs ? { root: folder.path, confidence: LIKELY } : undefined;
  },
  list: project =>
    listPairedFiles(project, {
      parse: parseName,
      compare: compareNumberedNames,
      transaction: 'migration',
      otherReason: 'sqlx reads only <version>_<description>.sql',
      refusal: name =>
        name.includes('_') ? `sqlx refuses to run: ${name} does not start with a whole number and \`_\`` : undefined,
      duplicate: (version, other) => `sqlx records versions, and ${version} is also that of ${other}`,
    }),
  layout: withOptOuts,
};

function parseName(name: string): PairedName | undefined {
  const [, version, title, direction] = NAME.exec(name) ?? [];
  if (version === undefined) return undefined;
  return { id: `${version}_${title}`, version, direction: direction === '.down' ? 'down' : 'up' };
}

function withOptOuts(files: MigrationFiles, read: (path: string) => string): MigrationFiles {
  const settle = (part: SegmentFile): SegmentFile =>
    read(part.path).startsWith('-- no-transaction') ? { ...part, transaction: 'implicit' } : part;
  return { ...files, up: settle(files.up), down: files.down === null ? null : settle(files.down) };
}
