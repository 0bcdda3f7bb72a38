import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import type { Sequence, View } from '../../schema/schema.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

/** The new unique index first, built concurrently; the old key goes when the new one is there. */
export function replacedKey(table: ObjectName, columns: readonly string[], old: string, constraint: boolean): SafeForm {
  const index = derivedName(table.name, ...columns, 'uniq');
  const drop = constraint
    ? `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${identifier(old)};`
    : `DROP INDEX CONCURRENTLY IF EXISTS ${besides(table, old)};`;
  return sql(
    `-- migration 1, outside a transaction\n` +
      `DROP INDEX CONCURRENTLY IF EXISTS ${besides(table, index)};\n` +
      `CREATE UNIQUE INDEX CONCURRENTLY ${identifier(index)} ON ${qualified(table)} (${columns.map(identifier).join(', ')});\n` +
      `-- migration 2\n${drop}`,
  );
}

/** The view changed in place, or made anew with what its old self had: options and grants. */
export function replacedView(operation: OperationOf<'createView'>, old: View | undefined, file: SourceFile): SafeForm {
  const { view, anchors, range } = operation;
  const name = qualified(view);
  if (old === undefined || old.grantees.length === 0) {
    const object = anchors?.object;
    if (object === undefined || !extendsView(operation, old)) return {};
    const rest = file.text.slice(object[1], range[1]).trim();
    return sql(`-- in place of DROP and CREATE: grants and options stay\nCREATE OR REPLACE VIEW ${rest};`);
  }
  const options = old.options.map(option =>
    option.value === undefined ? option.name : `${option.name} = ${option.value}`,
  );
  const grants = old.grantees.map(
    role => `GRANT SELECT ON ${name} TO ${role === 'public' ? 'PUBLIC' : identifier(role)};`,
  );
  return sql(
    [
      '-- after CREATE VIEW, in the same transaction',
      ...(options.length === 0 ? [] : [`ALTER VIEW ${name} SET (${options.join(', ')});`]),
      ...grants,
    ].join('\n'),
  );
}

/** Whether CREATE OR REPLACE VIEW would take it: the old columns in their order, new ones at the end. */
function extendsView({ columnNames, query }: OperationOf<'createView'>, old: View | undefined): boolean {
  const outputs = query.outputs.map(
    (output, index) => columnNames[index] ?? (output.kind === 'column' ? output.name : '*'),
  );
  return old?.columns?.every((column, index) => outputs[index] === column) ?? false;
}

/** The sequence widened along with its column. */
export function widenedSequence(sequence: Sequence, type: string): SafeForm {
  const name = sequence.schema === 'public' ? { name: sequence.name } : sequence;
  return sql(`ALTER SEQUENCE ${qualified(name)} AS ${type};`);
}

/** A replica identity for a table without a primary key. */
export function replicaIdentity(table: ObjectName): SafeForm {
  return sql(
    `-- best: a primary key. Where there is none, the whole row identifies itself:\n` +
      `ALTER TABLE ${qualified(table)} REPLICA IDENTITY FULL;`,
  );
}
