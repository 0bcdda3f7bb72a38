import type { ColumnDefinition, StorageOption } from '../../operations/definitions.ts';
import type { ColumnPosition, MysqlStatement, MysqlTableOperation } from '../../operations/mysql.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { applyNotNull, columnConstraints, ensureColumn, makeColumn, updateColumn } from '../columns.ts';
import { addConstraint } from '../constraints.ts';
import { ensureTable } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { findColumn, indexesOf } from '../lookup.ts';
import { placeRelation, renameColumn } from '../renames.ts';
import type { Column, Index, Origin, Table } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation, tableById, updateTable } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';

export const MYSQL: ApplyTable<(MysqlTableOperation | MysqlStatement)['kind']> = {
  redefineColumn,
  convertCharset,
  renameIndex: (state, { table, index, newName }, at) =>
    onIndex(state, table, index, (next, found) =>
      placeRelation(next, found.id, { schema: found.schema, name: newName }, at),
    ),
  setIndexVisibility: (state, { table, index, visible }) =>
    onIndex(state, table, index, (next, { visible: _, ...found }) =>
      putRelation(next, visible ? found : { ...found, visible: false }),
    ),
  partitionTable: (state, { table, partitionBy, partitions }) =>
    changeTable(state, table, found => ({ ...found, partitionBy, partitionDefinitions: partitions })),
  removePartitioning: (state, { table }) =>
    changeTable(state, table, ({ partitionBy: _, partitionDefinitions: __, ...found }) => found),
  addPartition: (state, { table, partitions }) =>
    changeTable(state, table, found => ({
      ...found,
      partitionDefinitions: [...(found.partitionDefinitions ?? []), ...partitions],
    })),
  dropPartition: (state, { table, partitions }) =>
    changeTable(state, table, found => withoutPartitions(found, partitions)),
  reorganizePartition: (state, { table, partitions, into }) =>
    changeTable(state, table, found => ({
      ...found,
      partitionDefinitions: [...(withoutPartitions(found, partitions).partitionDefinitions ?? []), ...into],
    })),
  systemVersioning: (state, { table, change }) =>
    changeTable(state, table, found => ({
      ...found,
      options:
        change === 'add'
          ? withOption(found.options, { name: 'system_versioning' })
          : found.options.filter(({ name }) => name !== 'system_versioning'),
    })),
  exchangePartition: (state, { table, with: other }) => ensureTable(ensureTable(state, table)[0], other)[0],
  orderRows: known,
  forceRebuild: known,
  switchKeys: known,
  tablespaceFile: known,
  truncatePartition: known,
  coalescePartition: known,
  maintainPartition: known,
  ddlOption: unchanged,
  optimizeTable: unchanged,
  checkTable: unchanged,
  repairTable: unchanged,
  unlockTables: unchanged,
};

/** For what leaves a table's definition as it was: the table is known from then on. */
function known(state: State, { table }: { readonly table: ObjectName }): State {
  return ensureTable(state, table)[0];
}

function changeTable(state: State, name: ObjectName, change: (table: Table) => Table): State {
  const [next, table] = ensureTable(state, name);
  return table === undefined ? next : updateTable(next, table.id, change);
}

function onIndex(state: State, name: ObjectName, index: string, change: (state: State, index: Index) => State): State {
  const [next, table] = ensureTable(state, name);
  const wanted = index.toLowerCase();
  const found =
    table === undefined ? undefined : indexesOf(next, table).find(other => other.name.toLowerCase() === wanted);
  return found === undefined ? next : change(next, found);
}

function withoutPartitions(table: Table, names: readonly string[]): Table {
  const gone = new Set(names.map(name => name.toLowerCase()));
  const { partitionDefinitions = [] } = table;
  return { ...table, partitionDefinitions: partitionDefinitions.filter(({ name }) => !gone.has(name.toLowerCase())) };
}

function withOption(options: readonly StorageOption[], option: StorageOption): readonly StorageOption[] {
  return [...options.filter(({ name }) => name !== option.name), option];
}

/* ---------------------------------------------------------------- Columns */

/** MODIFY and CHANGE: the column is what the definition says and nothing else; keys, CHECKs and its history stay. */
function redefineColumn(state: State, operation: OperationOf<'redefineColumn'>, at: Origin): State {
  const { column, definition, newName, position } = operation;
  const [next, table] = ensureTable(state, operation.table);
  if (table === undefined) return next;
  const ensured = ensureColumn(next, table.id, column);
  const before = tableById(ensured, table.id);
  if (before === undefined || findColumn(before, column) === undefined) return ensured;
  const renamed = newName === undefined ? ensured : renameColumn(ensured, before, column, newName, false);
  const [made, fresh] = makeColumn(renamed, before, definition, at);
  const changed = updateColumn(made, table.id, definition.name, old => redefined(old, fresh));
  const strict = applyNullability(changed, table, definition, at);
  const placed = updateTable(strict, table.id, found => placeColumn(found, definition.name, position));
  return columnConstraints(state, definition).reduce(
    (current, constraint) => addConstraint(current, table.id, constraint, { at }),
    placed,
  );
}

/** The new column with what the old one has of its past. */
function redefined(old: Column, fresh: Column): Column {
  const { origin, backfilled, filledWhere, filledWithin, inherited, uncertain, notNull } = old;
  return {
    ...fresh,
    notNull,
    defaultSinceCreation: old.defaultSinceCreation && fresh.default !== undefined,
    ...(origin === undefined ? {} : { origin }),
    ...(backfilled === undefined ? {} : { backfilled }),
    ...(filledWhere === undefined ? {} : { filledWhere }),
    ...(filledWithin === undefined ? {} : { filledWithin }),
    ...(inherited === undefined ? {} : { inherited }),
    ...(uncertain === undefined ? {} : { uncertain }),
  };
}

/** NOT NULL as the definition says; the columns of a primary key stay so whatever it says. */
function applyNullability(state: State, { id }: Table, definition: ColumnDefinition, at: Origin): State {
  const table = tableById(state, id);
  if (table === undefined) return state;
  const { name } = definition;
  const keyed = table.constraints.some(
    constraint => constraint.type === 'primaryKey' && constraint.columns.includes(name),
  );
  if (definition.notNull || definition.autoIncrement || keyed) {
    return applyNotNull(state, id, { ...definition, notNull: true }, { at });
  }
  const constraint = table.constraints.find(other => other.type === 'notNull' && other.column === name);
  const freed =
    constraint === undefined
      ? state
      : dropTogether(state, [{ kind: 'constraint', table: id, name: constraint.name }], at);
  return updateColumn(freed, id, name, column => ({ ...column, notNull: false }));
}

/** A table with a column where ADD COLUMN, MODIFY or CHANGE puts it: where it was, unless a position is given. */
export function placeColumn(table: Table, name: string, position: ColumnPosition | undefined): Table {
  const column = findColumn(table, name);
  if (position === undefined || column === undefined) return table;
  const others = table.columns.filter(other => other !== column);
  if (position === 'first') return { ...table, columns: [column, ...others] };
  const wanted = position.after.toLowerCase();
  const place = others.findIndex(other => other.name.toLowerCase() === wanted);
  return place < 0 ? table : { ...table, columns: others.toSpliced(place + 1, 0, column) };
}

/** Types whose values are text in a character set. */
const TEXT_TYPES: ReadonlySet<string> = new Set([
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'],
]);

function convertCharset(state: State, { table, charset, collation }: OperationOf<'convertCharset'>): State {
  return changeTable(state, table, found => {
    const named = withOption(found.options, { name: 'charset', value: charset });
    const rest = named.filter(({ name }) => name !== 'collate');
    return {
      ...found,
      options: collation === undefined ? rest : [...rest, { name: 'collate', value: collation }],
      // Every text column has the table's character set from then on.
      columns: found.columns.map(column => (TEXT_TYPES.has(column.type?.name ?? '') ? inCharset(column) : column)),
    };
  });
}

function inCharset({ charset: _, collation: __, ...column }: Column): Column {
  return column;
}
