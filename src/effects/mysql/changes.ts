import {
  type ColumnDefinition,
  type Operation,
  type OperationOf,
  type Statement,
  walkExpression,
} from '../../operations/index.ts';
import { heedsColumnReferences } from '../../schema/dialects.ts';
import { findColumn, indexesOf } from '../../schema/lookup.ts';
import type { Index, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import { redefinitionChanges, renameKind, tableCharset } from './column-changes.ts';
import { checksForeignKeys } from './failures.ts';
import type { ChangeKind } from './online-changes.ts';
import { engineOf, hasFulltext, instantColumns } from './tables.ts';

/** What a statement changes of one table, in the words of the tables of online DDL. */
export interface TableChanges {
  readonly kinds: readonly ChangeKind[];
  readonly unknowns: readonly string[];
}

interface Context {
  readonly table: Table;
  readonly state: State;
  readonly server: Server;
  /** All operations of the statement. */
  readonly together: readonly Operation[];
}

type Kinds<Kind extends Operation['kind']> = (operation: OperationOf<Kind>, context: Context) => readonly ChangeKind[];

/** Options of a table by what changing them takes; any other one is metadata. */
const OPTIONS: Readonly<Record<string, ChangeKind>> = {
  auto_increment: 'set auto-increment value',
  comment: 'change table comment',
  row_format: 'change row format',
  key_block_size: 'change row format',
  page_compressed: 'change row format',
  encryption: 'change encryption',
  encrypted: 'change encryption',
  compression: 'change table metadata',
};

const MAINTENANCE: Readonly<Record<OperationOf<'maintainPartition'>['action'], ChangeKind>> = {
  analyze: 'check partition',
  check: 'check partition',
  repair: 'check partition',
  optimize: 'optimize partition',
  rebuild: 'move partition rows',
  'discard tablespace': 'exchange tablespace file',
  'import tablespace': 'exchange tablespace file',
};

/** The changes of each operation that ALTER TABLE, CREATE INDEX or DROP INDEX can have. */
const CHANGES: { readonly [Kind in Operation['kind']]?: Kinds<Kind> } = {
  addColumn: ({ column, position }, context) => addedColumn(column, position !== undefined, context),
  dropColumn: droppedColumn,
  renameColumn: ({ column }, { table, state }) => [renameKind(column, table, state)],
  setDefault: () => ['change default'],
  dropDefault: () => ['change default'],
  addCheck: ({ constraint }) => [constraint.notEnforced ? 'change check' : 'add check'],
  addUnique: () => ['add index'],
  addPrimaryKey: () => ['add primary key'],
  addForeignKey: (_, { state }) => [foreignKeyKind(state)],
  dropConstraint: droppedConstraint,
  alterConstraint: ({ enforced }) => [enforced === true ? 'add check' : 'change check'],
  renameTable: () => ['rename table'],
  setTableOptions: changedOptions,
  createIndex: addedIndex,
  dropIndex: () => ['drop index'],
  renameIndex: () => ['rename index'],
  setIndexVisibility: () => ['change index visibility'],
  convertCharset: convertedCharset,
  orderRows: () => ['order rows'],
  forceRebuild: (_, { table, state }) => [rebuildKind(table, state)],
  switchKeys: () => ['switch keys'],
  tablespaceFile: () => ['exchange tablespace file'],
  systemVersioning: ({ change }) => [change === 'add' ? 'add system versioning' : 'drop system versioning'],
  partitionTable: () => ['partition table'],
  removePartitioning: () => ['partition table'],
  addPartition: (operation, { table }) => [
    operation.count !== undefined || ['hash', 'key'].includes(table.partitionBy?.strategy ?? '')
      ? 'add hash partition'
      : 'add range partition',
  ],
  dropPartition: () => ['drop partition'],
  truncatePartition: () => ['truncate partition'],
  coalescePartition: () => ['move partition rows'],
  reorganizePartition: () => ['move partition rows'],
  exchangePartition: () => ['exchange partition'],
  maintainPartition: ({ action }) => [MAINTENANCE[action]],
  // A clause that the model does not cover may do anything.
  otherTableChange: () => ['change type'],
};

/** Whether an operation changes a table by the rules of online DDL. */
export function isTableChange(operation: Operation): boolean {
  return operation.kind === 'redefineColumn' || operation.kind in CHANGES;
}

/** What a statement changes of a table. */
export function changesOf(statement: Statement, table: Table, state: State, server: Server): TableChanges {
  const context: Context = { table, state, server, together: statement.operations };
  const unknowns: string[] = [];
  const kinds = statement.operations.flatMap(operation => {
    if (operation.kind === 'redefineColumn') {
      const changes = redefinitionChanges(operation, table, state);
      unknowns.push(...changes.unknowns);
      return changes.kinds;
    }
    if (operation.kind === 'otherTableChange') {
      unknowns.push(`what "${operation.clause}" does is not known: judged as if it copies ${table.name}`);
    }
    const kindsOf = CHANGES[operation.kind] as Kinds<Operation['kind']> | undefined;
    return kindsOf?.(operation, context) ?? [];
  });
  return { kinds: simplified(kinds, context), unknowns };
}

/** What several clauses are together: a key that is replaced, an index that is made anew of another type. */
function simplified(kinds: readonly ChangeKind[], { together, table, state }: Context): readonly ChangeKind[] {
  if (kinds.includes('drop primary key') && kinds.includes('add primary key')) {
    return kinds.filter(kind => kind !== 'drop primary key');
  }
  const [dropped, added, ...rest] = together.filter(({ kind }) => kind !== 'ddlOption');
  if (dropped?.kind !== 'dropIndex' || added?.kind !== 'createIndex' || rest.length > 0) return kinds;
  const index = indexesOf(state, table).find(({ name }) => name === dropped.index.name);
  return index !== undefined && added.name === index.name && sameKeys(index, added) ? ['change index type'] : kinds;
}

function sameKeys(index: Index, added: OperationOf<'createIndex'>): boolean {
  const keys = (elements: Index['elements']): string =>
    elements.map(({ column, expression, length }) => [column ?? expression?.text, length].join()).join(';');
  return (
    index.unique === added.unique &&
    index.indexKind === added.indexKind &&
    keys(index.elements) === keys(added.elements)
  );
}

/* ---------------------------------------------------------------- Columns */

function addedColumn(column: ColumnDefinition, placed: boolean, context: Context): readonly ChangeKind[] {
  const kinds: ChangeKind[] = [addedColumnKind(column, placed, context)];
  for (const constraint of column.constraints) {
    if (constraint.type === 'unique') kinds.push('add index');
    if (constraint.type === 'primaryKey') kinds.push('add primary key');
    // MariaDB adds a column with its CHECK at once (measured).
    if (constraint.type === 'check' && context.server.dialect === 'mysql') kinds.push('add check');
    if (constraint.type === 'foreignKey' && heedsColumnReferences(context.server))
      kinds.push(foreignKeyKind(context.state));
  }
  return kinds;
}

function addedColumnKind(column: ColumnDefinition, placed: boolean, { table, state, server }: Context): ChangeKind {
  if (column.generated?.storage === 'stored') return 'add stored column';
  if (column.generated !== undefined) return 'add virtual column';
  if (column.autoIncrement) return 'add auto-increment column';
  if (differsPerRow(column, server)) return 'add column with expression default';
  if (!instantColumns(table, state)) return 'change columns where none is instant';
  if (!placed) return 'add column';
  return table.columns.some(({ generated }) => generated?.storage === 'virtual')
    ? 'add column beside virtual columns'
    : 'add column in a place';
}

/** Functions whose value is not that of the row before (MariaDB manual; uuid() measured). */
const PER_ROW: ReadonlySet<string> = new Set([
  'uuid',
  'uuid_short',
  'sys_guid',
  'rand',
  'random_bytes',
  'nextval',
  'uuid_v4',
  'uuid_v7',
]);

/** MySQL copies for every default in parentheses, MariaDB for those whose value differs from row to row (measured). */
function differsPerRow({ default: given }: ColumnDefinition, { dialect }: Server): boolean {
  if (given === undefined) return false;
  if (dialect === 'mysql') return given.text.startsWith('(');
  let found = false;
  walkExpression(given.expression, part => {
    if (part.kind === 'column' || (part.kind === 'call' && PER_ROW.has(part.name.name.toLowerCase()))) found = true;
  });
  return found;
}

function droppedColumn({ column }: OperationOf<'dropColumn'>, { table, state }: Context): readonly ChangeKind[] {
  const found = findColumn(table, column);
  const storage = found?.generated?.storage;
  const wanted = column.toLowerCase();
  const indexed = indexesOf(state, table).some(({ elements }) =>
    elements.some(element => element.column?.toLowerCase() === wanted),
  );
  const kind: ChangeKind =
    storage === 'virtual'
      ? 'drop virtual column'
      : !instantColumns(table, state)
        ? 'change columns where none is instant'
        : storage === 'stored'
          ? 'drop stored column'
          : 'drop column';
  return indexed ? [kind, 'drop index'] : [kind];
}

/* ---------------------------------------------------------------- Indexes and constraints */

function addedIndex({ indexKind }: OperationOf<'createIndex'>, { table, state }: Context): readonly ChangeKind[] {
  if (indexKind === 'spatial') return ['add spatial index'];
  if (indexKind === 'vector') return ['change type'];
  if (indexKind !== 'fulltext') return ['add index'];
  // The first one adds a hidden column, unless the table has it already.
  const first = !hasFulltext(table, state) && findColumn(table, 'FTS_DOC_ID') === undefined;
  return [first ? 'add first fulltext index' : 'add fulltext index'];
}

function foreignKeyKind(state: State): ChangeKind {
  return checksForeignKeys(state) ? 'add foreign key' : 'add foreign key unchecked';
}

function droppedConstraint(
  { name, constraintType }: OperationOf<'dropConstraint'>,
  { table }: Context,
): readonly ChangeKind[] {
  const type = constraintType ?? table.constraints.find(constraint => constraint.name === name)?.type;
  if (type === 'primaryKey') return ['drop primary key'];
  if (type === 'foreignKey') return ['drop foreign key'];
  return [type === 'unique' ? 'drop index' : 'change check'];
}

/* ---------------------------------------------------------------- The table */

/** FORCE, OPTIMIZE TABLE, and the engine that it has. */
export function rebuildKind(table: Table, state: State): ChangeKind {
  return hasFulltext(table, state) ? 'rebuild table beside fulltext' : 'rebuild table';
}

function changedOptions({ options }: OperationOf<'setTableOptions'>, { table, state }: Context): readonly ChangeKind[] {
  return options.flatMap(({ name, value }): readonly ChangeKind[] => {
    if (name === 'engine') {
      const before = engineOf(table);
      return [before === value?.toLowerCase() ? rebuildKind(table, state) : 'change engine'];
    }
    if (name === 'charset' || name === 'collate') {
      const same = name === 'charset' && tableCharset(table) === value?.toLowerCase();
      return [same ? 'change table metadata' : 'set character set'];
    }
    return [OPTIONS[name] ?? 'change table metadata'];
  });
}

/** CONVERT TO the character set that the table has changes nothing, as long as no column has another. */
function convertedCharset(
  { charset, collation }: OperationOf<'convertCharset'>,
  { table }: Context,
): readonly ChangeKind[] {
  const same =
    collation === undefined &&
    table.complete &&
    tableCharset(table) === charset &&
    table.options.every(({ name }) => name !== 'collate') &&
    table.columns.every(column => column.charset === undefined && column.collation === undefined);
  return [same ? 'change table metadata' : 'convert character set'];
}
