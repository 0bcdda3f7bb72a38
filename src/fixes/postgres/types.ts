import { declaredText } from '../../operations/data-types.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import {
  findColumn,
  indexesOf,
  indexMentions,
  resolveTable,
  resolveType,
  tablesUsingType,
} from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { batchLoop } from './batches.ts';
import { besides, derivedName, identifier, qualified, sql } from './sql.ts';

/** Expand and contract: a second column of the new type, kept in step by a trigger, filled in batches, and read in its place. */
export function changedType(operation: OperationOf<'alterColumnType'>, state: State): SafeForm {
  const { table, column, type, using } = operation;
  const known = resolveTable(state, table);
  const declared = known === undefined ? undefined : findColumn(known, column)?.type;
  const oldType = declared === undefined ? 'text' : declaredText(declared);
  const added = `${column}_new`;
  const [on, old, fresh] = [qualified(table), identifier(column), identifier(added)];
  const routine = besides(table, derivedName(table.name, added, 'sync'));
  const trigger = identifier(derivedName(table.name, added, 'sync'));
  const convert = (value: string) =>
    using === undefined ? `${value}::${type.text}` : replaceColumn(using.text, column, value);
  const back = (value: string) => `${value}::${oldType}`;
  const object = `${table.schema === undefined ? '' : `${table.schema}.`}${table.name}.${column}`;
  const { created, dropped } = movedIndexes(table, known, state, text => replaceColumn(text, column, fresh), column);
  const backfill = batchLoop({
    table,
    known,
    command: `UPDATE ${on} SET ${fresh} = ${convert(old)}`,
    condition: `${fresh} IS NULL AND ${old} IS NOT NULL`,
  });
  return sql(
    `-- migration 1: expand; a trigger keeps both columns in step${using === undefined ? '' : '; make the way back the inverse of your USING'}
ALTER TABLE ${on} ADD COLUMN ${fresh} ${type.text};
CREATE FUNCTION ${routine}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.${fresh} := coalesce(NEW.${fresh}, ${convert(`NEW.${old}`)});
    NEW.${old} := coalesce(NEW.${old}, ${back(`NEW.${fresh}`)});
  ELSIF NEW.${old} IS DISTINCT FROM OLD.${old} THEN
    NEW.${fresh} := ${convert(`NEW.${old}`)};
  ELSIF NEW.${fresh} IS DISTINCT FROM OLD.${fresh} AND NEW.${fresh} IS DISTINCT FROM ${convert(`NEW.${old}`)} THEN
    NEW.${old} := ${back(`NEW.${fresh}`)};
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER ${trigger} BEFORE INSERT OR UPDATE ON ${on}
  FOR EACH ROW EXECUTE FUNCTION ${routine}();
-- migration 2
${backfill}
${created}-- release the code that uses ${added} only; give it the constraints that ${column} has
-- migration 4: contract, when no other release runs any more
${dropped}-- surefoot-contract ${object}: unused since <release>
DROP TRIGGER ${trigger} ON ${on};
DROP FUNCTION ${routine}();
ALTER TABLE ${on} DROP COLUMN ${old};`,
  );
}

/**
 * The indexes that mention a column, with the new column in its place; those over more than the column itself are dropped by
 * name before it. Indexes of constraints are left to the reader.
 */
function movedIndexes(
  table: ObjectName,
  known: Table | undefined,
  state: State,
  replace: (text: string) => string,
  column: string,
): { readonly created: string; readonly dropped: string } {
  const indexes = (known === undefined ? [] : indexesOf(state, known)).filter(
    index => index.constraint === undefined && indexMentions(index, column),
  );
  const create = indexes.map(index => {
    const name = derivedName(index.name, 'new');
    const elements = index.elements.map(element => {
      const text = element.column === undefined ? (element.expression?.text ?? '') : identifier(element.column);
      return `${element.column === undefined ? `(${replace(text)})` : replace(text)}${element.order === 'desc' ? ' DESC' : ''}`;
    });
    const where = index.where === undefined ? '' : ` WHERE ${replace(index.where.text)}`;
    const method = index.method === 'btree' ? '' : ` USING ${index.method}`;
    return (
      `DROP INDEX CONCURRENTLY IF EXISTS ${besides(table, name)};\n` +
      `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX CONCURRENTLY ${identifier(name)} ON ${qualified(table)}${method} (${elements.join(', ')})${where};\n`
    );
  });
  const drop = indexes
    .filter(index => !index.unique && (index.elements.length > 1 || index.where !== undefined))
    .map(index => `DROP INDEX CONCURRENTLY ${besides(table, index.name)};\n`);
  return {
    created: create.length === 0 ? '' : `-- migration 3, outside a transaction\n${create.join('')}`,
    dropped: drop.join(''),
  };
}

/** An expression with each mention of a column replaced. Strings and longer names are left alone. */
function replaceColumn(expression: string, column: string, value: string): string {
  const written = identifier(column);
  const parts = expression.split(/('(?:[^']|'')*')/);
  const name = written.startsWith('"')
    ? written.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    : `(?<![\\w."])${written}(?![\\w"(])`;
  return parts
    .map((part, index) => (index % 2 === 1 ? part : part.replace(new RegExp(name, 'gi'), () => value)))
    .join('');
}

/** The new value beside the old one, which stays; the rows that hold the old one are moved in batches. */
export function renamedEnumValue(operation: OperationOf<'renameEnumValue'>, state: State): SafeForm {
  const { type, value, newValue } = operation;
  const known = resolveType(state, type);
  const steps = columnsOfType(state, known?.id).map(({ table, column }) =>
    batchLoop({
      table: nameOf(table),
      known: table,
      command: `UPDATE ${qualified(nameOf(table))} SET ${identifier(column)} = ${literal(newValue)}`,
      condition: `${identifier(column)} = ${literal(value)}`,
    }),
  );
  return sql(
    `-- migration 1, alone\nALTER TYPE ${qualified(type)} ADD VALUE IF NOT EXISTS ${literal(newValue)} AFTER ${literal(value)};\n` +
      `-- release the code that reads both values and writes ${literal(newValue)} only\n` +
      `${steps.length === 0 ? '' : `-- migration 2\n${steps.join('\n')}\n`}` +
      `-- ${literal(value)} stays in the type, unused: that costs nothing`,
  );
}

/** Rows that hold removed values are moved, and a check keeps the values out; the type keeps them. */
export function withoutEnumValues(type: ObjectName, values: readonly string[], state: State): SafeForm {
  const known = resolveType(state, type);
  const list = values.map(literal).join(', ');
  const steps = columnsOfType(state, known?.id).map(({ table, column }) => {
    const [on, name] = [qualified(nameOf(table)), identifier(column)];
    const check = identifier(derivedName(table.name, column, 'allowed'));
    return (
      `ALTER TABLE ${on} ADD CONSTRAINT ${check} CHECK (${name} NOT IN (${list})) NOT VALID;\n` +
      `-- the next migration, when no row holds them any more\nALTER TABLE ${on} VALIDATE CONSTRAINT ${check};`
    );
  });
  if (steps.length === 0) return {};
  return sql(`-- after the release that does not write ${list} any more; the type keeps them\n${steps.join('\n')}`);
}

function columnsOfType(state: State, id: number | undefined) {
  if (id === undefined) return [];
  return tablesUsingType(state, id).flatMap(({ table, columns }) =>
    columns.filter(({ typeId }) => typeId === id).map(({ name }) => ({ table, column: name })),
  );
}

function nameOf({ schema, name }: Pick<Table, 'schema' | 'name'>): ObjectName {
  return schema === 'public' ? { name } : { schema, name };
}

function literal(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
