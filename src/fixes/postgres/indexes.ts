import type { OperationOf } from '../../operations/operations.ts';
import { generatedIndexName, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, identifier, qualified, sql } from './sql.ts';

/** CREATE INDEX CONCURRENTLY, or on a partitioned table: ON ONLY the parent, one per partition, attached. */
export function concurrentIndex(operation: OperationOf<'createIndex'>, state: State, file: SourceFile): SafeForm {
  const { object, concurrently } = operation.anchors ?? {};
  if (object === undefined || concurrently !== undefined) return {};
  const table = resolveTable(state, operation.table);
  const name = operation.name ?? generatedIndexName(state, operation);
  const written = file.text.slice(operation.range[0], operation.range[1]);
  const afterObject = object[1] - operation.range[0];
  // From the ON clause on the statement stays as it was written; its beginning is made anew.
  const on = /\bON\b/i.exec(written.slice(afterObject));
  if (on === null) return {};
  const definition = written.slice(afterObject + on.index);
  const create = `CREATE ${operation.unique ? 'UNIQUE ' : ''}INDEX`;
  if (table?.partitionBy === undefined) {
    return sql(
      `-- a migration of its own, outside a transaction\n` +
        `DROP INDEX CONCURRENTLY IF EXISTS ${besides(operation.table, name)};\n` +
        `${create} CONCURRENTLY ${identifier(name)} ${definition};`,
    );
  }
  const rest = definition.slice(definition.search(/\s(?:USING\b|\()/i)).trim();
  const partitions = table.partitions.flatMap(id => {
    const partition = state.schema.relations.get(id);
    return partition?.kind === 'table' ? [partition] : [];
  });
  const steps = partitions.map(partition => {
    const child = `${partition.name}_${name}`.slice(0, 63);
    const on = qualified(partition.schema === 'public' ? { name: partition.name } : partition);
    return (
      `${create} CONCURRENTLY ${identifier(child)} ON ${on} ${rest};\n` +
      `ALTER INDEX ${besides(operation.table, name)} ATTACH PARTITION ${identifier(child)};`
    );
  });
  return sql(
    `-- 1: on the parent alone; no rows are read\n${create} ${identifier(name)} ON ONLY ${qualified(operation.table)} ${rest};\n` +
      `-- 2: outside a transaction, for each partition\n${steps.join('\n')}`,
  );
}
