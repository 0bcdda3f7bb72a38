import { basename, join } from 'node:path';
import type { Range } from '../source/source-file.ts';
import type {
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  ProjectLocation,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';

/** How a tool names and orders migrations of which each is one file. */
export interface SingleFileFormat {
  /** The name of a migration's file; its first group is the version. */
  readonly name: RegExp;
  /** Compares file names. */
  readonly compare: (a: string, b: string) => number;
  readonly transaction: SegmentTransaction;
  /** Why another `.sql` file is none of the tool's: `goose ignores files whose names start with no number`. */
  readonly otherReason: string;
  /** What the tool does about another `.sql` file; nothing where that is nothing to speak of. */
  readonly refusal?: (name: string) => string | undefined;
  /** What the tool says to two files of one version; left out where the whole name is the identity. */
  readonly duplicate?: (version: string, other: string) => string;
}

/** Lists migrations of which each is one file; what the file holds is for the tool's `layout`. */
export function listSingleFiles({ folders }: ProjectLocation, format: SingleFileFormat): MigrationListing {
  const skipped: SkippedFile[] = [];
  const problems: ListingProblem[] = [];
  const found: { readonly name: string; readonly path: string; readonly version: string }[] = [];
  for (const folder of folders) {
    for (const name of folder.files) {
      const path = join(folder.path, name);
      const version = format.name.exec(name)?.[1];
      if (version !== undefined) {
        found.push({ name, path, version });
        continue;
      }
      const isSql = /\.sql$/i.test(name);
      skipped.push({ path, reason: isSql ? format.otherReason : 'no .sql file' });
      const message = isSql ? format.refusal?.(name) : undefined;
      if (message !== undefined) problems.push({ kind: 'file name', path, message });
    }
  }
  found.sort((a, b) => format.compare(a.name, b.name));
  const migrations = found.map(({ name, path, version }): MigrationFiles => {
    const id = name.replace(/\.sql$/i, '');
    return { id, version, up: { path, transaction: format.transaction }, down: null };
  });
  return { migrations, skipped, problems: [...problems, ...duplicatesOf(migrations, format.duplicate)] };
}

/**
 * Migrations whose version an earlier one has.
 *
 * @param describe - what the tool does about it; nothing is found where it is left out
 */
export function duplicatesOf(
  migrations: readonly MigrationFiles[],
  describe: SingleFileFormat['duplicate'],
): readonly ListingProblem[] {
  if (describe === undefined) return [];
  const first = new Map<string, MigrationFiles>();
  return migrations.flatMap(migration => {
    const version = migration.version.replace(/^0+(?=\d)/, '');
    const other = first.get(version);
    if (other === undefined) {
      first.set(version, migration);
      return [];
    }
    const message = describe(migration.version, basename(other.up.path));
    const { id } = migration;
    return [{ kind: 'duplicate version', path: migration.up.path, migration: id, other: other.id, message } as const];
  });
}

/** A line by which a tool tells the parts of a file apart. */
export interface Marker {
  readonly kind: 'up' | 'down';
  /** What follows the marker on its line. */
  readonly options: string;
  /** UTF-16 offsets of the line, without its end. */
  readonly range: Range;
}

/**
 * The lines of a file that start its parts.
 *
 * @param line - with the flags `g` and `m`; the first group is `up` or `down` in any case, the second the options after it
 */
export function markersOf(text: string, line: RegExp): readonly Marker[] {
  return [...text.matchAll(line)].map(match => ({
    kind: match[1]?.toLowerCase() === 'down' ? 'down' : 'up',
    options: match[2] ?? '',
    range: [match.index, match.index + match[0].length],
  }));
}

/** The parts of one direction: from behind each of its markers to the next marker, or the end. */
function rangesOf(markers: readonly Marker[], kind: Marker['kind'], length: number): readonly Range[] {
  return markers.flatMap((marker, index) =>
    marker.kind === kind ? [[marker.range[1], markers[index + 1]?.range[0] ?? length] as const] : [],
  );
}

/**
 * A migration whose file holds both directions.
 *
 * @param transactionOf - how a direction runs, by its markers
 */
export function splitAtMarkers(
  files: MigrationFiles,
  text: string,
  markers: readonly Marker[],
  transactionOf: (kind: Marker['kind']) => SegmentTransaction,
): MigrationFiles {
  const { path } = files.up;
  const part = (kind: Marker['kind']): MigrationFiles['up'] => ({
    path,
    ranges: rangesOf(markers, kind, text.length),
    transaction: transactionOf(kind),
  });
  return { ...files, up: part('up'), down: markers.some(({ kind }) => kind === 'down') ? part('down') : null };
}
