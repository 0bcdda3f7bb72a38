import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { ReadAhead } from '../../linter/lint.ts';
import type { ReadMigration } from '../../linter/read-migration.ts';
import { BATCH, parseBatch, type ReadBatch, type ReaderData, takeBatch } from './protocol.ts';

/** Milliseconds that the linter waits for a batch before it reads it itself; one takes about ten. */
const PATIENCE = 10_000;

/**
 * Reads the migrations of a long history in a second thread, a third of a run's time, while the first judges those before.
 * Whoever comes first to a batch of them reads it, so that neither waits while the other starts.
 *
 * @param reader - absolute path of the bundled reader
 * @param atLeast - the number of migrations from which it is done
 * @returns undefined for short histories, and on machines with one processor
 */
export function readAheadWith(reader: string, atLeast: number): ReadAhead {
  return ({ tool, dialect, migrations: all, judged }) => {
    const migrations = all.slice(0, all.findLastIndex(({ id }) => judged.has(id)) + 1);
    if (migrations.length < atLeast || availableParallelism() < 2 || !existsSync(reader)) return undefined;
    const { port1, port2 } = new MessageChannel();
    const taken = new Int32Array(new SharedArrayBuffer(4 * Math.ceil(migrations.length / BATCH)));
    const done = new Int32Array(new SharedArrayBuffer(4));
    const workerData: ReaderData = { tool: tool.id, dialect, migrations, judged, taken, done, port: port2 };
    const worker = new Worker(reader, { workerData, transferList: [port2] });
    // A thread that fails takes no more batches: the linter reads them.
    worker.on('error', () => {});
    worker.unref();
    port1.unref();

    const handedOver = new Map<number, readonly ReadMigration[] | undefined>();
    const collect = (): void => {
      for (let next = receiveMessageOnPort(port1); next !== undefined; next = receiveMessageOnPort(port1)) {
        const { batch, json } = next.message as ReadBatch;
        handedOver.set(batch, json === null ? undefined : parseBatch(json));
      }
    };
    let current = -1;
    let migrationsOfCurrent: readonly ReadMigration[] | undefined;
    const open = (batch: number): void => {
      current = batch;
      migrationsOfCurrent = undefined;
      if (takeBatch({ taken }, batch)) return;
      for (;;) {
        const seen = Atomics.load(done, 0);
        collect();
        if (handedOver.has(batch)) break;
        if (Atomics.wait(done, 0, seen, PATIENCE) === 'timed-out') return;
      }
      migrationsOfCurrent = handedOver.get(batch);
      handedOver.delete(batch);
    };
    return index => {
      const batch = Math.floor(index / BATCH);
      if (batch !== current) open(batch);
      return migrationsOfCurrent?.[index % BATCH];
    };
  };
}

/** The bundled reader, beside the bundled command line. */
export const BUNDLED_READER: string = join(dirname(fileURLToPath(import.meta.url)), 'read-ahead.cjs');
