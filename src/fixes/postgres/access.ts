import type { ObjectName } from '../../operations/names.ts';
import type { CreateTable } from '../../operations/operations.ts';
import { constraintsOf, findColumn, resolveTable } from '../../schema/index.ts';
import type { Column, Routine, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { SourceFile } from '../../source/source-file.ts';
import type { SafeForm } from '../safe-forms.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

/** The table with the tenant column as other tables have it: of the same type, with the foreign key that they have. */
export function tenantColumn(operation: CreateTable, column: string, state: State, file: SourceFile): SafeForm {
  const [first] = operation.columns;
  if (first === undefined) return {};
  const model = state.schema.relations.valueSeq().find(relation => tenantColumnOf(relation, column) !== undefined);
  const known = model === undefined ? undefined : tenantColumnOf(model, column);
  if (model?.kind !== 'table' || known?.type === undefined) return {};
  const foreignKey = constraintsOf(model, 'foreignKey').find(
    ({ columns }) => columns.length === 1 && columns[0] === column,
  );
  const parent = foreignKey === undefined ? undefined : state.schema.relations.get(foreignKey.references);
  const [referenced] = foreignKey?.referencedColumns ?? [];
  const references =
    parent?.kind !== 'table' || referenced === undefined
      ? ''
      : ` REFERENCES ${qualified(shortName(parent))} (${identifier(referenced)})`;
  const before = file.text.slice(operation.range[0], first.range[0]);
  const rest = file.text.slice(first.range[0], operation.range[1]);
  return sql(`${before}${identifier(column)} ${known.type.text} NOT NULL${references}, ${rest};`);
}

function tenantColumnOf(relation: { readonly kind: string }, column: string): Column | undefined {
  return relation.kind === 'table' ? findColumn(relation as Table, column) : undefined;
}

/** Row-level security with a policy that compares the tenant with a setting of the session. */
export function rowSecurity(table: Table, column: string, force: boolean): SafeForm {
  const type = findColumn(table, column)?.type;
  if (type === undefined) return {};
  const name = qualified(shortName(table));
  const cast = ['text', 'varchar'].includes(type.name) ? '' : `::${type.text}`;
  const missing = [
    ...(table.rowSecurity.enabled ? [] : [`ALTER TABLE ${name} ENABLE ROW LEVEL SECURITY;`]),
    ...(force && !table.rowSecurity.forced ? [`ALTER TABLE ${name} FORCE ROW LEVEL SECURITY;`] : []),
    ...(table.policies.length > 0
      ? []
      : [
          `CREATE POLICY ${identifier(derivedName(table.name, 'tenant'))} ON ${name}\n` +
            `  USING (${identifier(column)} = current_setting('app.${column}')${cast});`,
        ]),
  ];
  return sql(missing.join('\n'));
}

/** A search_path of its own for a routine: its schema, then the temporary one. */
export function routineSearchPath({ schema, name, form, argumentTypes }: Routine): SafeForm {
  const kind = form === 'procedure' ? 'PROCEDURE' : 'FUNCTION';
  const types = argumentTypes.map(({ text }) => text).join(', ');
  return sql(
    `ALTER ${kind} ${qualified(shortName({ schema, name }))}(${types}) SET search_path = ${identifier(schema)}, pg_temp;`,
  );
}

/** An index on the columns of a foreign key. */
export function foreignKeyIndex(table: ObjectName, columns: readonly string[], state: State): SafeForm {
  const known = resolveTable(state, table);
  const index = identifier(derivedName(table.name, ...columns, 'idx'));
  const on = `${qualified(table)} (${columns.map(identifier).join(', ')})`;
  if (known?.partitionBy !== undefined) return sql(`CREATE INDEX ${index} ON ${on};`);
  return sql(
    `-- a migration of its own, outside a transaction; without CONCURRENTLY for a new table\n` +
      `DROP INDEX CONCURRENTLY IF EXISTS ${besides(table, derivedName(table.name, ...columns, 'idx'))};\n` +
      `CREATE INDEX CONCURRENTLY ${index} ON ${on};`,
  );
}

function shortName({ schema, name }: Pick<Table, 'schema' | 'name'>): ObjectName {
  return schema === 'public' ? { name } : { schema, name };
}
