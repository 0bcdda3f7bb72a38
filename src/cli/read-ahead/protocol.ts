import type { MessagePort } from 'node:worker_threads';
import type { Segment } from '../../linter/migration.ts';
import type { ReadMigration } from '../../linter/read-migration.ts';
import type { MigrationFiles } from '../../migration-tools/migration-tool.ts';
import type { Dialect } from '../../server/server.ts';
import type { SourceFile } from '../../source/source-file.ts';

/** Migrations that are read and handed over at once. */
export const BATCH = 50;

/** What the reader is started with. */
export interface ReaderData {
  /** Id of the migration tool. */
  readonly tool: string;
  readonly dialect: Dialect;
  /** Those that the run looks at, in order. */
  readonly migrations: readonly MigrationFiles[];
  /** Ids of those whose down is read too. */
  readonly judged: ReadonlySet<string>;
  /** A flag per batch, shared: who sets it reads the batch. */
  readonly taken: Int32Array;
  /** The number of batches handed over, shared: what the other side waits for. */
  readonly done: Int32Array;
  readonly port: MessagePort;
}

/** A batch that was read. */
export interface ReadBatch {
  readonly batch: number;
  /** `WrittenMigration[]` as JSON, which is read several times faster than a structured clone; null where reading failed. */
  readonly json: string | null;
}

type WrittenSegment = Omit<Segment, 'file'> & { readonly file: number };

/** A migration without what JSON has no word for: that two segments are of the same file. */
interface WrittenMigration {
  readonly rest: Omit<ReadMigration, 'up' | 'down'>;
  readonly files: readonly SourceFile[];
  readonly up: WrittenSegment;
  readonly down: WrittenSegment | null;
}

/** @returns migrations as JSON */
export function writeBatch(migrations: readonly ReadMigration[]): string {
  return JSON.stringify(
    migrations.map(({ up, down, ...rest }): WrittenMigration => {
      const files = [...new Set([up.file, ...(down === null ? [] : [down.file])])];
      const written = (segment: Segment): WrittenSegment => ({ ...segment, file: files.indexOf(segment.file) });
      return { rest, files, up: written(up), down: down === null ? null : written(down) };
    }),
  );
}

/** @returns what `writeBatch` was given */
export function parseBatch(json: string): readonly ReadMigration[] {
  return (JSON.parse(json) as readonly WrittenMigration[]).map(({ rest, files, up, down }) => {
    const read = (segment: WrittenSegment): Segment => ({ ...segment, file: files[segment.file]! });
    return { ...rest, up: read(up), down: down === null ? null : read(down) };
  });
}

/**
 * Takes a batch, if the other side has not.
 *
 * @returns whether it is now the caller's to read
 */
export function takeBatch({ taken }: Pick<ReaderData, 'taken'>, batch: number): boolean {
  return Atomics.compareExchange(taken, batch, 0, 1) === 0;
}
