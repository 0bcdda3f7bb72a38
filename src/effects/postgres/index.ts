import type {
  AlterTableOperation,
  MongoOperation,
  MysqlStatement,
  MysqlTableOperation,
  Operation,
  OperationKind,
  OperationOf,
} from '../../operations/index.ts';
import { type Fact, FORBIDDEN, unknown } from '../facts.ts';
import { ALTER_TABLE_MODES } from '../locks.ts';
import { alterTable } from './alter-table.ts';
import type { Context } from './context.ts';
import { copyFrom, copyTo, freshInEnum, insert, merge, remove, select, update } from './data.ts';
import { alterIndex, attachIndexPartition, createIndex, dropIndexes, reindex } from './indexes.ts';
import {
  alterObject,
  alterSequence,
  analyze,
  cluster,
  comment,
  createObject,
  createRoutine,
  createSequence,
  createTrigger,
  dropObject,
  dropRoutines,
  dropRule,
  dropSchemas,
  dropTrigger,
  grant,
  lockNamed,
  lockTable,
  onPolicy,
  vacuum,
} from './objects.ts';
import { createTable, dropRelations, dropTables, truncate } from './tables.ts';
import { addEnumValue, alterCompositeType, alterDomain, dropTypes, renameEnumValue } from './user-types.ts';
import { alterViewOptions, createMaterializedView, createView, refreshMaterializedView } from './views.ts';

type Handler<Kind extends OperationKind> = (operation: OperationOf<Kind>, context: Context) => readonly Fact[];
type Group<Kind extends OperationKind> = (
  operations: readonly OperationOf<Kind>[],
  context: Context,
) => readonly Fact[];

const nothing = (): readonly Fact[] => [];

/** Operations of one statement that the server works off as one. */
const GROUPS: {
  readonly [Kind in
    | 'dropTable'
    | 'dropIndex'
    | 'dropType'
    | 'dropRoutine'
    | 'dropSchema'
    | 'truncate'
    | 'dropView'
    | 'dropMaterializedView'
    | 'dropSequence']: Group<Kind>;
} = {
  dropTable: dropTables,
  dropIndex: dropIndexes,
  dropType: dropTypes,
  dropRoutine: dropRoutines,
  dropSchema: dropSchemas,
  truncate,
  dropView: (operations, context) =>
    dropRelations(
      operations.map(({ view, ifExists }) => ({ name: view, ifExists })),
      ['view'],
      operations.some(({ cascade }) => cascade),
      context,
    ),
  dropMaterializedView: (operations, context) =>
    dropRelations(
      operations.map(({ view, ifExists }) => ({ name: view, ifExists })),
      ['materialized view'],
      operations.some(({ cascade }) => cascade),
      context,
    ),
  dropSequence: (operations, context) =>
    dropRelations(
      operations.map(({ sequence, ifExists }) => ({ name: sequence, ifExists })),
      ['sequence'],
      operations.some(({ cascade }) => cascade),
      context,
    ),
};

type GroupKind = keyof typeof GROUPS;
type AlterTableKind = AlterTableOperation['kind'];
/** Kinds that PostgreSQL's reader never makes. */
type MysqlKind = (MysqlTableOperation | MysqlStatement)['kind'];

/** Statements that the model has no kind for and that lock no relation for longer than they take. */
const LOCK_FREE: ReadonlySet<string> = new Set([
  'listen',
  'unlisten',
  'notify',
  'prepare',
  'deallocate',
  'declare cursor',
  'fetch',
  'close cursor',
  'show',
  'load',
  'variable set',
  'transaction',
]);

/** Every other operation by itself. A kind that is missing here does not compile. */
const HANDLERS: {
  readonly [Kind in Exclude<
    OperationKind,
    GroupKind | AlterTableKind | MysqlKind | MongoOperation['kind']
  >]: Handler<Kind>;
} = {
  createTable,
  createIndex,
  reindex,
  attachIndexPartition,
  alterIndex,
  createView,
  alterViewOptions,
  createMaterializedView,
  refreshMaterializedView,
  createSequence,
  alterSequence,
  createEnum: nothing,
  addEnumValue,
  renameEnumValue,
  createCompositeType: nothing,
  alterCompositeType,
  createOtherType: nothing,
  renameType: nothing,
  setTypeSchema: nothing,
  createDomain: nothing,
  alterDomain,
  createRoutine,
  alterRoutine: nothing,
  createTrigger,
  dropTrigger,
  renameTrigger: ({ table }, { state }) => lockNamed(state, table, 'AccessExclusiveLock'),
  createRule: ({ table }, { state }) => lockNamed(state, table, 'AccessExclusiveLock'),
  dropRule,
  createPolicy: onPolicy,
  alterPolicy: onPolicy,
  renamePolicy: onPolicy,
  dropPolicy: onPolicy,
  createSchema: nothing,
  renameSchema: nothing,
  createDatabase: () => [FORBIDDEN],
  dropDatabase: () => [FORBIDDEN],
  alterDatabase: nothing,
  createObject,
  alterObject,
  dropObject,
  comment,
  grant: (operation, context) => grant(operation, context),
  revoke: (operation, context) => grant(operation, context),
  alterDefaultPrivileges: nothing,
  securityLabel: nothing,
  reassignOwned: () => [unknown('what the role owns is not known')],
  dropOwned: () => [unknown('what the role owns is not known')],
  importForeignSchema: nothing,
  vacuum,
  analyze,
  cluster,
  checkpoint: nothing,
  insert,
  update,
  delete: remove,
  merge,
  copyFrom,
  select,
  copyTo,
  call: ({ routine }) => [unknown(`what the procedure ${routine.name} does is not known`)],
  // The statements of a DO block are statements of their own.
  do: nothing,
  explain: ({ analyze: runs }) => (runs ? [unknown('what EXPLAIN ANALYZE runs is not looked at')] : []),
  setParameter: nothing,
  resetParameter: nothing,
  discard: ({ target }) => (target === 'all' ? [FORBIDDEN] : []),
  beginTransaction: nothing,
  commitTransaction: nothing,
  rollbackTransaction: nothing,
  savepoint: nothing,
  releaseSavepoint: nothing,
  rollbackToSavepoint: nothing,
  prepareTransaction: nothing,
  commitPrepared: () => [FORBIDDEN],
  rollbackPrepared: () => [FORBIDDEN],
  setConstraints: nothing,
  lockTable,
  alterSystem: () => [FORBIDDEN],
  setRoleParameter: nothing,
  other: ({ what }) => (LOCK_FREE.has(what) ? [] : [unknown(`the locks of ${what} are not modelled`)]),
  unreadable: ({ message }) => [unknown(`the statement could not be read: ${message}`)],
};

const ALTER_TABLE_KINDS: ReadonlySet<string> = new Set(Object.keys(ALTER_TABLE_MODES));
const GROUP_KINDS: ReadonlySet<string> = new Set(Object.keys(GROUPS));
const isAlterTable = (operation: Operation): operation is AlterTableOperation => ALTER_TABLE_KINDS.has(operation.kind);
const isGrouped = (operation: Operation): operation is OperationOf<GroupKind> => GROUP_KINDS.has(operation.kind);

/** What a statement does on PostgreSQL, as a list of facts. */
export function postgresFacts(context: Context): readonly Fact[] {
  const { operations } = context.statement;
  const [first] = operations;
  if (first === undefined) return [];
  const defaults = newEnumDefaults(context);
  const facts = factsOf(first, context);
  return defaults.length === 0 ? facts : [...defaults, ...facts];
}

/** @param first - the statement's first operation, which tells how the server works them off */
function factsOf(first: Operation, context: Context): readonly Fact[] {
  const { operations } = context.statement;
  if (isAlterTable(first)) return alterTable(operations.filter(isAlterTable), context);
  if (isGrouped(first)) {
    const group = GROUPS[first.kind] as Group<GroupKind>;
    return group(operations.filter(operation => operation.kind === first.kind) as OperationOf<GroupKind>[], context);
  }
  return operations.length === 1 ? factsAlone(first, context) : operations.flatMap(each => factsAlone(each, context));
}

function factsAlone(operation: Operation, context: Context): readonly Fact[] {
  if (isAlterTable(operation) || isGrouped(operation)) return [];
  const handler = HANDLERS[operation.kind as keyof typeof HANDLERS] as Handler<OperationKind> | undefined;
  return handler?.(operation, context) ?? [];
}

/** Defaults that use an enum value which the same transaction added. */
function newEnumDefaults(context: Context): readonly Fact[] {
  if (context.state.transaction.status !== 'open') return [];
  return context.statement.operations.flatMap(operation => {
    const columns =
      operation.kind === 'createTable' ? operation.columns : operation.kind === 'addColumn' ? [operation.column] : [];
    return columns.flatMap(({ type, default: default_ }) => {
      const literal = default_?.expression.kind === 'cast' ? default_.expression.operand : default_?.expression;
      if (type === undefined || literal?.kind !== 'literal' || typeof literal.value !== 'string') return [];
      return freshInEnum(context.state, type, literal.value, context);
    });
  });
}
