import { statSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { MAX_FILE_BYTES, readFiles, readTextFromDisk } from '../../linter/read-migration.ts';
import { MIGRATION_TOOLS } from '../../migration-tools/index.ts';
import { FRONT_ENDS } from '../../parsers/index.ts';
import { BATCH, type ReadBatch, type ReaderData, takeBatch, writeBatch } from './protocol.ts';

// The thread that reads migrations ahead: batch after batch, those that the linter has not come to.
readAll(workerData as ReaderData);

function readAll(data: ReaderData): void {
  const batches = Math.ceil(data.migrations.length / BATCH);
  for (let batch = 0; batch < batches; batch++) {
    if (!takeBatch(data, batch)) continue;
    const message: ReadBatch = { batch, json: jsonOf(data, batch) };
    data.port.postMessage(message);
    Atomics.add(data.done, 0, 1);
    Atomics.notify(data.done, 0);
  }
  data.port.close();
}

/** A batch as JSON; null where a file of it cannot be read: the linter meets the same error at that file's turn and tells it. */
function jsonOf({ tool: id, dialect, migrations, judged }: ReaderData, batch: number): string | null {
  const tool = MIGRATION_TOOLS[id];
  const frontEnd = FRONT_ENDS[dialect];
  if (tool === undefined) return null;
  try {
    const here = migrations.slice(batch * BATCH, (batch + 1) * BATCH);
    return writeBatch(
      here.map(files => readFiles(files, { tool, dialect }, frontEnd, judged.has(files.id), readSmall)),
    );
  } catch {
    return null;
  }
}

function readSmall(path: string): string {
  if (statSync(path).size > MAX_FILE_BYTES) throw new Error(`${path} is too large to be read ahead`);
  return readTextFromDisk(path);
}
