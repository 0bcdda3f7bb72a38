import type { OperationOf } from '../../operations/operations.ts';
import { resolveRelation } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

const OUTSIDE = '-- a migration of its own, outside a transaction';

/** DROP INDEX CONCURRENTLY. */
export function concurrentIndexDrop(operation: OperationOf<'dropIndex'>): SafeForm {
  return sql(`${OUTSIDE}\nDROP INDEX CONCURRENTLY IF EXISTS ${qualified(operation.index)};`);
}

/** A concurrent build that can be run again: what an earlier try left is dropped first, and IF NOT EXISTS goes. */
export function retriableIndex(operation: OperationOf<'createIndex'>, file: SourceFile): SafeForm {
  const { name, table, range, anchors } = operation;
  if (name === undefined || anchors?.ifExists === undefined) return {};
  const [from, to] = anchors.ifExists;
  const written = `${file.text.slice(range[0], from).trimEnd()} ${file.text.slice(to, range[1]).trimStart()}`;
  return sql(`${OUTSIDE}\nDROP INDEX CONCURRENTLY IF EXISTS ${besides(table, name)};\n${written};`);
}

/** REINDEX … CONCURRENTLY. */
export function concurrentReindex(operation: OperationOf<'reindex'>): SafeForm {
  const { target, name } = operation;
  if (target === 'system') return {};
  return sql(
    `${OUTSIDE}\nREINDEX ${target.toUpperCase()} CONCURRENTLY${name === undefined ? '' : ` ${qualified(name)}`};`,
  );
}

/** REFRESH … CONCURRENTLY, with the unique index that it needs where the view has none. */
export function concurrentRefresh(operation: OperationOf<'refreshMaterializedView'>, state: State): SafeForm {
  const { view } = operation;
  const known = resolveRelation(state, view);
  const refresh = `REFRESH MATERIALIZED VIEW CONCURRENTLY ${qualified(view)};`;
  if (known?.kind !== 'materialized view') return sql(refresh);
  const unique = known.indexes.some(id => {
    const index = state.schema.relations.get(id);
    return index?.kind === 'index' && index.unique && index.where === undefined;
  });
  const key = known.columns?.[0];
  if (unique || key === undefined) return sql(refresh);
  return sql(
    `-- once, outside a transaction: a column, or several, that tell the rows apart\n` +
      `CREATE UNIQUE INDEX CONCURRENTLY ${identifier(derivedName(view.name, key, 'idx'))} ON ${qualified(view)} (${identifier(key)});\n${refresh}`,
  );
}

/**
 * A statement as it was written, after a timeout that ends its wait for a lock, or its run.
 *
 * @param inTransaction - SET LOCAL, which ends with the transaction
 */
export function withTimeout(
  setting: string,
  value: string,
  inTransaction: boolean,
  range: Range,
  file: SourceFile,
): SafeForm {
  const statement = file.text.slice(...range);
  if (inTransaction) return sql(`SET LOCAL ${setting} = '${value}';\n${statement};`);
  return sql(`SET ${setting} = '${value}';\n${statement};\nRESET ${setting};`);
}

/** A statement as it was written, between switching timeouts off and setting them back. */
export function withoutTimeouts(settings: readonly string[], range: Range, file: SourceFile): SafeForm {
  const off = settings.map(setting => `SET ${setting} = 0;\n`).join('');
  const back = settings.map(setting => `\nRESET ${setting};`).join('');
  return sql(`${off}${file.text.slice(...range)};${back}`);
}

/** ALTER TYPE … ADD VALUE, and the statement that uses the value in another migration. */
export function committedEnumValue(type: string, value: string, range: Range, file: SourceFile): SafeForm {
  const name = type.split('.').map(identifier).join('.');
  return sql(
    `-- migration 1\nALTER TYPE ${name} ADD VALUE '${value.replaceAll("'", "''")}';\n` +
      `-- migration 2: when that is committed\n${file.text.slice(...range)};`,
  );
}
