import { join } from 'node:path';
import type {
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  ProjectLocation,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';
import { duplicatesOf } from './single-files.ts';

/** How a tool names migrations whose directions are files of their own. */
export interface PairedFileFormat {
  /**
   * What a file's name says; undefined for a file that is none of the tool's.
   *
   * @returns `id` is what both directions share
   */
  readonly parse: (name: string) => PairedName | undefined;
  /** Compares ids. */
  readonly compare: (a: string, b: string) => number;
  readonly transaction: SegmentTransaction;
  /** Why another `.sql` file is none of the tool's. */
  readonly otherReason: string;
  /** What the tool does about a `.sql` file whose name it cannot read; left out where that is nothing to speak of. */
  readonly refusal?: (name: string) => string | undefined;
  readonly duplicate?: (version: string, other: string) => string;
}

/** What the name of a file says that is one direction of a migration, or all of it. */
export interface PairedName {
  readonly id: string;
  readonly version: string;
  readonly direction: 'up' | 'down';
}

/** The names of golang-migrate, which others took over: `<digits>_<title>.up.sql` and `.down.sql`. */
export function parsePairedName(name: string): PairedName | undefined {
  const [, version, title, direction] = /^([0-9]+)_(.*)\.(down|up)\.sql$/.exec(name) ?? [];
  if (version === undefined) return undefined;
  return { id: `${version}_${title}`, version, direction: direction === 'down' ? 'down' : 'up' };
}

/** Lists migrations of which each direction is a file. */
export function listPairedFiles({ folders }: ProjectLocation, format: PairedFileFormat): MigrationListing {
  const skipped: SkippedFile[] = [];
  const problems: ListingProblem[] = [];
  const found: (PairedName & { readonly path: string })[] = [];
  for (const folder of folders) {
    for (const name of folder.files) {
      const path = join(folder.path, name);
      const parsed = format.parse(name);
      if (parsed !== undefined) {
        found.push({ ...parsed, path });
        continue;
      }
      const isSql = /\.sql$/i.test(name);
      skipped.push({ path, reason: isSql ? format.otherReason : 'no .sql file' });
      const message = isSql ? format.refusal?.(name) : undefined;
      if (message !== undefined) problems.push({ kind: 'file name', path, message });
    }
  }
  const downs = new Map(found.filter(({ direction }) => direction === 'down').map(each => [each.id, each]));
  const ups = found.filter(({ direction }) => direction === 'up').sort((a, b) => format.compare(a.id, b.id));
  const { transaction } = format;
  const migrations = ups.map(({ id, version, path }): MigrationFiles => {
    const down = downs.get(id);
    return {
      id,
      version,
      up: { path, transaction },
      down: down === undefined ? null : { path: down.path, transaction },
    };
  });
  const ids = new Set(ups.map(({ id }) => id));
  for (const { id, path } of downs.values()) {
    if (!ids.has(id)) skipped.push({ path, reason: 'a down whose up is missing' });
  }
  return { migrations, skipped, problems: [...problems, ...duplicatesOf(migrations, format.duplicate)] };
}
