import type { OperationOf } from '../../operations/operations.ts';
import { type DropTarget, dependentsOf, findColumn, resolveTable } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { identifier, qualified, sql } from './sql.ts';

/** First the release that does without the column, then the drop, with the proof that lets it pass. */
export function droppedColumn(operation: OperationOf<'dropColumn'>, state: State): SafeForm {
  const table = resolveTable(state, operation.table);
  const column = table === undefined ? undefined : findColumn(table, operation.column);
  const [on, name] = [qualified(operation.table), identifier(operation.column)];
  const required = column?.notNull === true && column.default === undefined && column.identity === undefined;
  const object = `${operation.table.schema === undefined ? '' : `${operation.table.schema}.`}${operation.table.name}.${operation.column}`;
  const expand = required
    ? `-- migration 1: lets the next release leave the column out\nALTER TABLE ${on} ALTER COLUMN ${name} DROP NOT NULL;\n`
    : '';
  return sql(
    `${expand}-- release the code that neither reads nor writes ${object}\n` +
      `-- migration ${required ? 2 : 1}, when no other release runs any more\n` +
      `-- surefoot-contract ${object}: unused since <release>\n` +
      `ALTER TABLE ${on} DROP COLUMN ${name};`,
  );
}

/** First the release that does without the table, then the drop, with the proof that lets it pass, after what depends on it. */
export function droppedTable(operation: OperationOf<'dropTable'>, state: State): SafeForm {
  const { schema, name } = operation.table;
  const object = schema === undefined ? name : `${schema}.${name}`;
  const kind = operation.foreign === true ? 'FOREIGN TABLE' : 'TABLE';
  const id = resolveTable(state, operation.table)?.id;
  const dependents = id === undefined ? [] : dependentsOf(state, { kind: 'relation', id });
  const first = dependents.flatMap(({ automatic, target }) => (automatic ? [] : dropOf(state, target))).reverse();
  return sql(
    `-- release the code that neither reads nor writes ${object}, and keep a copy of what is worth keeping:\n` +
      `-- pg_dump --table=${object} …\n` +
      `-- a later migration, when no other release runs any more\n` +
      `${first.map(line => `${line}\n`).join('')}` +
      `-- surefoot-contract ${object}: unused since <release>\n` +
      `DROP ${kind} ${qualified(operation.table)};`,
  );
}

/** The drop of a foreign key or a view by name; nothing for other kinds. */
function dropOf(state: State, target: DropTarget): readonly string[] {
  if (target.kind !== 'constraint' && target.kind !== 'relation') return [];
  const relation = state.schema.relations.get(target.kind === 'constraint' ? target.table : target.id);
  if (relation === undefined) return [];
  const name = qualified(relation.schema === 'public' ? { name: relation.name } : relation);
  if (target.kind === 'constraint') return [`ALTER TABLE ${name} DROP CONSTRAINT ${identifier(target.name)};`];
  if (relation.kind !== 'view' && relation.kind !== 'materialized view') return [];
  const object = relation.schema === 'public' ? relation.name : `${relation.schema}.${relation.name}`;
  return [`-- surefoot-contract ${object}: unused since <release>\nDROP ${relation.kind.toUpperCase()} ${name};`];
}
