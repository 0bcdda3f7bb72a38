import type { ColumnDefinition, Operation, Statement } from '../../operations/index.ts';
import { incomingForeignKeys, indexesOf } from '../../schema/lookup.ts';
import type { Column, Index, Table, TableConstraint } from '../../schema/schema.ts';
import { setting } from '../../schema/session.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import { type Fact, fails } from '../facts.ts';
import { AUTO_COLUMN, type Key, keyFailures, keyOfConstraint, keyOfIndex } from './keys.ts';
import { partitionFailures } from './partition-failures.ts';

type ForeignKey = Extract<TableConstraint, { type: 'foreignKey' }>;

const OFF: ReadonlySet<string> = new Set(['0', 'off', 'false']);

/** Whether the session looks at foreign keys, as it does unless foreign_key_checks is off. */
export function checksForeignKeys(state: State): boolean {
  const value = setting(state, 'foreign_key_checks')?.value?.toLowerCase();
  return value === undefined || !OFF.has(value);
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/**
 * What the known schema proves to fail in a change of a table (MySQL 8.4 error reference; tried on MariaDB). All clauses of an
 * ALTER TABLE meet the table as it was, less what the same statement drops.
 *
 * @param statement - its operations on this table
 */
export function schemaFailures(statement: Statement, table: Table, state: State, server: Server): readonly Fact[] {
  if (table.uncertain) return [];
  const { operations } = statement;
  return operations.flatMap(operation => [
    ...failuresOf(operation, operations, table, state),
    ...partitionFailures(operation, table, state),
    ...keysOf(operation).flatMap(key => keyFailures(key, columnsAfter(operations, table), table, server)),
    ...autoColumnFailure(operation, operations, table, state),
    ...sharedKeyFailure(operation, operations, table, state, server),
    ...referencedColumnFailure(operation, operations, table, state, server),
  ]);
}

/** MariaDB takes no column out of a unique key over several (error 1072, measured); MySQL does. */
function sharedKeyFailure(
  operation: Operation,
  together: readonly Operation[],
  table: Table,
  state: State,
  { dialect }: Server,
): readonly Fact[] {
  if (operation.kind !== 'dropColumn' || dialect !== 'mariadb') return [];
  const goes = (name: string): boolean =>
    together.some(
      other =>
        (other.kind === 'dropIndex' && same(other.index.name, name)) ||
        (other.kind === 'dropConstraint' && same(other.name, name)),
    );
  const dropped = together.flatMap(other => (other.kind === 'dropColumn' ? [other.column] : []));
  const shared = indexesOf(state, table).some(
    ({ name, unique, elements, uncertain }) =>
      unique &&
      uncertain !== true &&
      !goes(name) &&
      elements.some(({ column }) => column !== undefined && same(column, operation.column)) &&
      !elements.every(({ column }) => column !== undefined && dropped.some(other => same(other, column))),
  );
  return shared ? [fails('42000', `Key column '${operation.column}' doesn't exist in table`)] : [];
}

/** The keys that an operation adds. */
function keysOf(operation: Operation): readonly Key[] {
  switch (operation.kind) {
    case 'createIndex':
      return [keyOfIndex(operation)];
    case 'addUnique':
    case 'addPrimaryKey':
      return [keyOfConstraint(operation.constraint)].filter(key => key !== undefined);
    case 'addColumn':
      return operation.column.constraints.map(keyOfConstraint).filter(key => key !== undefined);
    default:
      return [];
  }
}

/** The columns that a key of a statement meets: those of the table, as the statement leaves them. */
function columnsAfter(operations: readonly Operation[], table: Table): readonly Column[] {
  const changed = operations.flatMap(operation =>
    operation.kind === 'addColumn'
      ? [operation.column]
      : operation.kind === 'redefineColumn'
        ? [operation.definition]
        : [],
  );
  const kept = table.columns.filter(({ name }) => !changed.some(column => same(column.name, name)));
  return [...kept, ...changed.map(asColumn)];
}

const asColumn = ({ name, type, notNull, charset, collation }: ColumnDefinition): Column => ({
  name,
  notNull,
  defaultSinceCreation: false,
  ...(type === undefined ? {} : { type }),
  ...(charset === undefined ? {} : { charset }),
  ...(collation === undefined ? {} : { collation: collation.name }),
});

/** A column that counts must lead a key, and be the only one: when it is added, and when its key goes (error 1075, measured). */
function autoColumnFailure(
  operation: Operation,
  together: readonly Operation[],
  table: Table,
  state: State,
): readonly Fact[] {
  const counting = table.columns.find(({ autoIncrement }) => autoIncrement === true);
  const leadsNew = (name: string): boolean =>
    together.some(other => keysOf(other).some(({ elements }) => same(elements[0]?.column ?? '', name)));
  if (operation.kind === 'addColumn' && operation.column.autoIncrement === true) {
    const isSecond =
      counting !== undefined &&
      !together.some(other => other.kind === 'dropColumn' && same(other.column, counting.name));
    return isSecond || !leadsNew(operation.column.name) ? [AUTO_COLUMN] : [];
  }
  const dropsKey = operation.kind === 'dropConstraint' && operation.constraintType === 'primaryKey';
  if (!dropsKey || counting === undefined || counting.uncertain || !table.complete) return [];
  const changes = together.some(
    other =>
      (other.kind === 'redefineColumn' &&
        same(other.column, counting.name) &&
        other.definition.autoIncrement !== true) ||
      (other.kind === 'dropColumn' && same(other.column, counting.name)),
  );
  const led = indexesOf(state, table).some(
    ({ name, elements }) => name !== 'PRIMARY' && same(elements[0]?.column ?? '', counting.name),
  );
  return changes || led || leadsNew(counting.name) ? [] : [AUTO_COLUMN];
}

/** The type of a column in a foreign key stays, on both sides, while foreign keys are checked (errors 1832 and 1833, measured). */
function referencedColumnFailure(
  operation: Operation,
  together: readonly Operation[],
  table: Table,
  state: State,
  { dialect }: Server,
): readonly Fact[] {
  if (operation.kind !== 'redefineColumn' || !(checksForeignKeys(state) || dialect === 'mariadb')) return [];
  const from = table.columns.find(({ name }) => same(name, operation.column))?.type;
  const to = operation.definition.type;
  if (from === undefined || to === undefined) return [];
  if (from.name === to.name && from.unsigned === to.unsigned) return [];
  const holds = (columns: readonly string[]): boolean => columns.some(name => same(name, operation.column));
  const own = keptKeys(together, table).find(({ columns }) => holds(columns));
  if (own !== undefined) {
    return [
      fails('HY000', `Cannot change column '${operation.column}': used in a foreign key constraint '${own.name}'`),
    ];
  }
  const incoming = incomingForeignKeys(state, table).find(
    ({ table: other, constraint }) =>
      other.id !== table.id && constraint.uncertain !== true && holds(constraint.referencedColumns),
  );
  if (incoming === undefined) return [];
  const { constraint, table: other } = incoming;
  const used = `used in a foreign key constraint '${constraint.name}' of table '${other.name}'`;
  return [fails('HY000', `Cannot change column '${operation.column}': ${used}`)];
}

function failuresOf(operation: Operation, together: readonly Operation[], table: Table, state: State): readonly Fact[] {
  const column = (name: string) => table.columns.find(other => same(other.name, name));
  const goes = (name: string): boolean =>
    together.some(
      other =>
        (other.kind === 'dropColumn' && same(other.column, name)) ||
        ((other.kind === 'renameColumn' || other.kind === 'redefineColumn') &&
          other.newName !== undefined &&
          same(other.column, name)),
    );
  const unknownColumn = (name: string): readonly Fact[] =>
    table.complete && column(name) === undefined ? [fails('42S22', `Unknown column '${name}' in '${table.name}'`)] : [];
  const duplicateColumn = (name: string): readonly Fact[] => {
    const there = column(name);
    return there !== undefined && there.uncertain !== true && !goes(name)
      ? [fails('42S21', `Duplicate column name '${there.name}'`)]
      : [];
  };
  switch (operation.kind) {
    case 'addColumn':
      return operation.ifNotExists ? [] : duplicateColumn(operation.column.name);
    case 'dropColumn':
      if (operation.ifExists || !table.complete || column(operation.column) !== undefined)
        return neededColumn(operation.column, together, table);
      return [cannotDrop(operation.column)];
    case 'renameColumn':
    case 'redefineColumn': {
      if (operation.kind === 'redefineColumn' && operation.ifExists) return [];
      const renamed = operation.newName !== undefined && !same(operation.newName, operation.column);
      return [...unknownColumn(operation.column), ...(renamed ? duplicateColumn(operation.newName!) : [])];
    }
    case 'setDefault':
    case 'dropDefault':
      return unknownColumn(operation.column);
    case 'createIndex':
      return operation.ifNotExists ? [] : duplicateIndex(operation.name, together, table, state);
    case 'addUnique':
      return duplicateIndex(operation.constraint.name, together, table, state);
    case 'addPrimaryKey': {
      const replaced = together.some(other => other.kind === 'dropConstraint' && other.constraintType === 'primaryKey');
      const there = table.constraints.some(({ type, uncertain }) => type === 'primaryKey' && uncertain !== true);
      return there && !replaced ? [fails('42000', 'Multiple primary key defined')] : [];
    }
    case 'dropIndex':
      return droppedIndex(operation.index.name, operation.ifExists, together, table, state);
    default:
      return [];
  }
}

const cannotDrop = (name: string): Fact => fails('42000', `Can't DROP '${name}'; check that column/key exists`);

/** Foreign keys that the statement leaves on the table. */
function keptKeys(together: readonly Operation[], { constraints }: Pick<Table, 'constraints'>): readonly ForeignKey[] {
  return constraints.filter(
    (constraint): constraint is ForeignKey =>
      constraint.type === 'foreignKey' &&
      constraint.uncertain !== true &&
      !together.some(other => other.kind === 'dropConstraint' && same(other.name, constraint.name)),
  );
}

function neededColumn(name: string, together: readonly Operation[], table: Table): readonly Fact[] {
  const key = keptKeys(together, table).find(({ columns }) => columns.some(column => same(column, name)));
  if (key === undefined) return [];
  return [fails('HY000', `Cannot drop column '${name}': needed in a foreign key constraint '${key.name}'`)];
}

function duplicateIndex(
  name: string | undefined,
  together: readonly Operation[],
  table: Table,
  state: State,
): readonly Fact[] {
  if (name === undefined) return [];
  const there = indexesOf(state, table).find(index => same(index.name, name));
  const goes = together.some(
    other =>
      (other.kind === 'dropIndex' && same(other.index.name, name)) ||
      (other.kind === 'renameIndex' && same(other.index, name)) ||
      (other.kind === 'dropConstraint' && same(other.name, name)),
  );
  // The index behind a foreign key gives way to one of the user's.
  if (there === undefined || there.uncertain === true || there.implicit === true || goes) return [];
  return [fails('42000', `Duplicate key name '${there.name}'`)];
}

/** DROP INDEX of an index that is not there, or that alone serves a foreign key: of the table, or of one that references it. */
function droppedIndex(
  name: string,
  ifExists: boolean,
  together: readonly Operation[],
  table: Table,
  state: State,
): readonly Fact[] {
  const indexes = indexesOf(state, table);
  const index = indexes.find(other => same(other.name, name));
  if (index === undefined) return table.complete && !ifExists ? [cannotDrop(name)] : [];
  const left = indexes.filter(
    other => !together.some(drop => drop.kind === 'dropIndex' && same(drop.index.name, other.name)),
  );
  const added = together.flatMap(operation => (operation.kind === 'createIndex' ? [operation] : []));
  const incoming = incomingForeignKeys(state, table).map(({ constraint }) => constraint.referencedColumns);
  const needed = [...keptKeys(together, table).map(({ columns }) => columns), ...incoming].some(
    columns => columns.length > 0 && leads(index, columns) && ![...left, ...added].some(other => leads(other, columns)),
  );
  return needed && table.complete
    ? [fails('HY000', `Cannot drop index '${index.name}': needed in a foreign key constraint`)]
    : [];
}

/** Whether an index begins with the columns of a foreign key, in any order. */
function leads({ elements }: Pick<Index, 'elements'>, columns: readonly string[]): boolean {
  const first = elements.slice(0, columns.length).map(({ column }) => column?.toLowerCase());
  return columns.every(column => first.includes(column.toLowerCase()));
}

/** Why a table that other tables reference cannot be dropped or emptied. */
export function referencedFailure(
  table: Table,
  verb: 'drop' | 'truncate',
  state: State,
  together: ReadonlySet<number>,
): readonly Fact[] {
  if (!checksForeignKeys(state)) return [];
  const found = incomingForeignKeys(state, table).find(
    ({ table: other, constraint }) => other.id !== table.id && !together.has(other.id) && constraint.uncertain !== true,
  );
  if (found === undefined) return [];
  const { constraint, table: other } = found;
  const referenced = `referenced by a foreign key constraint '${constraint.name}' on table '${other.name}'`;
  return verb === 'drop'
    ? [fails('HY000', `Cannot drop table '${table.name}' ${referenced}`)]
    : [fails('42000', `Cannot truncate a table ${referenced}`)];
}
