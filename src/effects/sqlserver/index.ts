import {
  displayName,
  type ObjectName,
  type Operation,
  type OperationOf,
  type Statement,
} from '../../operations/index.ts';
import { blankTable, ensureTable } from '../../schema/context.ts';
import { existence, incomingForeignKeys, resolveRelation, resolveTable } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import type { OnlineEffects } from '../effects.ts';
import {
  affected,
  build,
  DATA,
  drop,
  type Fact,
  fails,
  lock,
  momentaryLock,
  rewrite,
  rows,
  scan,
  unknown,
} from '../facts.ts';
import { type Context, named } from '../postgres/context.ts';
import { insert, remove, update } from '../postgres/data.ts';
import { type Change, type ChangeKind, changeOn, dependsOnEdition } from './changes.ts';
import { addedColumnKind, typeChange } from './columns.ts';
import { missing, schemaFailures } from './failures.ts';

/** What a statement does on SQL Server. */
export interface SqlServerFacts {
  readonly facts: readonly Fact[];
  readonly online: OnlineEffects;
}

/** Changes of a table, and what comes with them. */
interface Found {
  readonly kinds: readonly ChangeKind[];
  readonly facts: readonly Fact[];
}

type Kinds<Kind extends Operation['kind']> = (operation: OperationOf<Kind>, at: At) => Found;

interface At {
  readonly table: Table;
  readonly state: State;
  readonly server: Server;
}

const only = (kind: ChangeKind, facts: readonly Fact[] = []): Found => ({ kinds: [kind], facts });

/** The changes that each clause of ALTER TABLE, CREATE INDEX, DROP INDEX and ALTER INDEX makes. */
const CHANGES: { readonly [Kind in Operation['kind']]?: Kinds<Kind> } = {
  addColumn: addedColumn,
  dropColumn: () => only('drop column'),
  renameColumn: () => only('change metadata'),
  alterColumnType: changedType,
  setNotNull: ({ column }, { table }) => {
    const known = table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
    if (known?.notNull === true) return only('change column metadata');
    return only('check column', [rows({ relation: affected(table), reason: 'not null', anyRow: false, column })]);
  },
  dropNotNull: () => only('change column metadata'),
  setDefault: () => only('change metadata'),
  addCheck: ({ constraint }, { table }) => checked(constraint.notValid === true, 'check', table),
  addForeignKey: ({ constraint }, { table }) => checked(constraint.notValid === true, 'foreign key', table),
  addPrimaryKey: ({ constraint }, { table }) =>
    only(constraint.method === 'nonclustered' || isClustered(table) ? 'add key' : 'add clustered key', [
      rows({ relation: affected(table), reason: 'unique', anyRow: false }),
    ]),
  addUnique: ({ constraint }, { table }) =>
    only(constraint.method === 'clustered' ? 'add clustered key' : 'add key', [
      rows({ relation: affected(table), reason: 'unique', anyRow: false }),
    ]),
  dropConstraint: ({ name }, { table, state }) => {
    const key = table.constraints.find(constraint => constraint.name === name);
    return only(
      key?.type === 'primaryKey' && methodOf(key.index, state) !== 'nonclustered'
        ? 'drop clustered index'
        : 'change metadata',
    );
  },
  validateConstraint: (_, { table }) =>
    only('validate constraint', [rows({ relation: affected(table), reason: 'check', anyRow: false })]),
  alterConstraint: () => only('change metadata'),
  enableTrigger: () => only('change metadata'),
  disableTrigger: () => only('change metadata'),
  createTrigger: () => only('change metadata'),
  renameTable: () => only('change metadata'),
  renameIndex: () => only('change metadata'),
  createIndex: addedIndex,
  dropIndex: droppedIndex,
  reindex: rebuiltIndex,
  forceRebuild: () => only('rebuild table'),
  truncate: () => only('change metadata'),
  otherTableChange: ({ clause }, { table }) =>
    /^(?:switch|set)\b/.test(clause)
      ? only('change metadata')
      : only('rewrite column', [unknown(`what "${clause}" does is not known: judged as if it rewrites ${table.name}`)]),
};

function addedColumn({ column }: OperationOf<'addColumn'>, { table, server }: At): Found {
  const kind = addedColumnKind(column);
  const facts: Fact[] = [];
  const relation = affected(table);
  if (dependsOnEdition(kind, server)) {
    facts.push(
      unknown(
        'the edition is not known: judged as Standard, which writes every row; Enterprise, Developer and Azure SQL do not',
      ),
    );
  }
  if (column.notNull && kind === 'add nullable column') {
    facts.push(rows({ relation, reason: 'not null', anyRow: true, column: column.name }));
  }
  const kinds: ChangeKind[] = [kind];
  for (const { type } of column.constraints) {
    if (type === 'check' || type === 'foreignKey') kinds.push('add checked constraint');
    if (type === 'unique' || type === 'primaryKey') kinds.push('add key');
  }
  return { kinds, facts };
}

function changedType({ column, type }: OperationOf<'alterColumnType'>, { table }: At): Found {
  const old = table.columns.find(({ name }) => name.toLowerCase() === column.toLowerCase());
  const change = typeChange(table.name, old, column, type);
  return only(change.kind, [
    ...(change.unknown === undefined ? [] : [unknown(change.unknown)]),
    ...(change.shrinks ? [rows({ relation: affected(table), reason: 'too long', anyRow: false, column })] : []),
  ]);
}

const checked = (notValid: boolean, reason: 'check' | 'foreign key', table: Table): Found =>
  notValid
    ? only('change metadata')
    : only('add checked constraint', [rows({ relation: affected(table), reason, anyRow: false })]);

function addedIndex({ method, unique, indexKind }: OperationOf<'createIndex'>, { table }: At): Found {
  const facts = unique ? [rows({ relation: affected(table), reason: 'unique' as const, anyRow: false })] : [];
  if (indexKind === 'spatial') return only('add spatial index');
  if (method === 'clustered') return only('add clustered index', facts);
  return only(method.includes('columnstore') ? 'add columnstore index' : 'add index', facts);
}

/** How the index behind an id is kept. */
function methodOf(id: number, state: State): string | undefined {
  const index = state.schema.relations.get(id);
  return index?.kind === 'index' ? index.method : undefined;
}

/** Whether the history shows that the rows are kept in the order of a key already. */
function isClustered(table: Table): boolean {
  return table.constraints.some(({ type }) => type === 'primaryKey');
}

function droppedIndex({ index }: OperationOf<'dropIndex'>, { table, state }: At): Found {
  const wanted = index.name.toLowerCase();
  const id = table.indexes.find(other => state.schema.relations.get(other)?.name.toLowerCase() === wanted);
  return only(id !== undefined && methodOf(id, state) === 'clustered' ? 'drop clustered index' : 'drop index');
}

function rebuiltIndex({ target }: OperationOf<'reindex'>): Found {
  return only(target === 'table' ? 'rebuild table' : 'rebuild index');
}

/**
 * What a statement does on SQL Server. Locks are told as the table locks of PostgreSQL that stop the same traffic: a schema
 * modification lock (Sch-M) everyone, a shared one (S) the writers. Definitions are part of the transaction, their locks too.
 */
export function sqlServerFacts(context: Context): SqlServerFacts {
  const { statement, state, server } = context;
  const name = tableChanged(statement);
  if (name === undefined) {
    return { facts: statement.operations.flatMap(operation => otherFacts(operation, context)), online: {} };
  }
  if (existence(state, name) === 'gone') return { facts: [missing(name)], online: {} };
  const [next, known] = ensureTable(state, name);
  const table = known ?? blankTable(-1, name.schema ?? 'dbo', name.name);
  const at: At = { table, state: next, server };
  const found = statement.operations.flatMap(operation => {
    const kindsOf = CHANGES[operation.kind] as Kinds<Operation['kind']> | undefined;
    return kindsOf === undefined ? [] : [kindsOf(operation, at)];
  });
  const kinds = found.flatMap(change => change.kinds);
  const online = onlineOf(statement, kinds, server);
  return {
    facts: [
      ...workFacts(kinds, online.online === 'on', table, statement, server),
      ...found.flatMap(change => change.facts),
      ...parentLocks(statement, state),
      ...schemaFailures(statement, table, next),
      ...(online.online === 'unavailable' && asksOnline(statement)
        ? [fails('1712', 'Online index operations can only be performed in Enterprise edition of SQL Server.')]
        : []),
    ],
    online,
  };
}

/** The one table that a statement changes. */
function tableChanged({ operations }: Statement): ObjectName | undefined {
  const first = operations.find(({ kind }) => kind in CHANGES);
  if (first === undefined || !('table' in first) || first.table === undefined) return undefined;
  return 'name' in first.table && typeof first.table.name === 'string' ? (first.table as ObjectName) : undefined;
}

/** Whether the statement says ONLINE = ON. */
function asksOnline({ operations }: Statement): boolean {
  return operations.some(
    operation =>
      (operation.kind === 'ddlOption' && operation.option === 'online' && operation.value === 'on') ||
      (operation.kind === 'reindex' && operation.concurrently) ||
      (operation.kind === 'createIndex' &&
        operation.options.some(({ name, value }) => name === 'online' && value === 'on')),
  );
}

const WORK: readonly Change['work'][] = ['none', 'scan', 'build', 'rewrite'];

function onlineOf(statement: Statement, kinds: readonly ChangeKind[], server: Server): OnlineEffects {
  const changes = kinds.map(kind => changeOn(kind, server)).filter(({ work }) => work !== 'none');
  const rebuild = changes.some(({ work }) => work === 'rewrite');
  if (changes.length === 0) return { rebuild: false, concurrentReads: true, concurrentWrites: true };
  const takes = changes.every(change => change.online === true);
  const on = takes && asksOnline(statement) && server.edition !== 'standard';
  return {
    rebuild,
    concurrentReads: on || changes.every(({ stops }) => stops === 'writers'),
    concurrentWrites: on,
    ...(takes ? { online: on ? 'on' : server.edition === 'standard' ? 'unavailable' : 'available' } : {}),
  };
}

function workFacts(
  kinds: readonly ChangeKind[],
  online: boolean,
  table: Table,
  statement: Statement,
  server: Server,
): readonly Fact[] {
  const target = affected(table);
  const changes = kinds.map(kind => changeOn(kind, server));
  const work = WORK[Math.max(0, ...changes.map(change => WORK.indexOf(change.work)))];
  const everyone = changes.some(({ stops }) => stops === 'everyone');
  const held = online
    ? momentaryLock(target, 'AccessExclusiveLock')
    : lock(target, everyone ? 'AccessExclusiveLock' : 'ShareLock');
  if (kinds.length === 0 || work === 'none') return kinds.length === 0 ? [] : [held];
  if (work === 'rewrite') return [held, rewrite(target)];
  return [
    held,
    ...(work === 'scan'
      ? [scan(target)]
      : [build({ schema: table.schema, name: indexName(statement, table) }, target)]),
  ];
}

function indexName({ operations }: Statement, table: Table): string {
  for (const operation of operations) {
    if (operation.kind === 'createIndex' && operation.name !== undefined) return operation.name;
    if (operation.kind === 'reindex' && operation.name !== undefined) return operation.name.name;
    if ('constraint' in operation && typeof operation.constraint === 'object') {
      return operation.constraint.name ?? table.name;
    }
  }
  return table.name;
}

/** A foreign key takes a schema modification lock on the table that it references, too. */
function parentLocks({ operations }: Statement, state: State): readonly Fact[] {
  return operations.flatMap(operation => {
    if (operation.kind !== 'addForeignKey' || operation.constraint.references.name === operation.table.name) return [];
    const parent = named(state, operation.constraint.references);
    return parent === undefined ? [] : [lock(parent, 'AccessExclusiveLock')];
  });
}

/* ---------------------------------------------------------------- Other statements */

function otherFacts(operation: Operation, context: Context): readonly Fact[] {
  const { state } = context;
  switch (operation.kind) {
    case 'createTable': {
      const there = operation.persistence === 'temporary' ? undefined : resolveRelation(state, operation.table);
      if (there !== undefined && there.uncertain !== true && there.origin !== undefined) {
        return [fails('2714', `There is already an object named '${operation.table.name}' in the database.`)];
      }
      const parents = operation.constraints.flatMap(constraint => {
        if (constraint.type !== 'foreignKey' || constraint.references.name === operation.table.name) return [];
        const parent = named(state, constraint.references);
        return parent === undefined ? [] : [lock(parent, 'AccessExclusiveLock')];
      });
      return operation.query === undefined ? parents : [...parents, DATA];
    }
    case 'dropTable':
      return droppedTable(operation, state);
    case 'insert':
      return inSqlServerTerms(insert(operation, context));
    case 'update':
      return inSqlServerTerms(update(operation, context));
    case 'delete':
      return inSqlServerTerms(remove(operation, context));
    case 'merge': {
      const target = named(state, operation.table.name);
      return target === undefined ? [missing(operation.table.name)] : [lock(target, 'RowExclusiveLock'), DATA];
    }
    case 'call':
      return [unknown(`what the procedure ${operation.routine.name} does is not known`)];
    case 'unreadable':
      return [unknown(`the statement could not be read: ${operation.message}`)];
    default:
      return [];
  }
}

function droppedTable({ table: name, ifExists }: OperationOf<'dropTable'>, state: State): readonly Fact[] {
  const target = named(state, name);
  if (target === undefined) {
    const message = `Cannot drop the table '${displayName(name)}', because it does not exist or you do not have permission.`;
    return ifExists ? [] : [fails('3701', message)];
  }
  const table = resolveTable(state, name);
  const referenced =
    table !== undefined &&
    incomingForeignKeys(state, table).some(key => key.table.id !== table.id && key.constraint.uncertain !== true);
  return [
    lock(target, 'AccessExclusiveLock', !ifExists),
    drop(target),
    ...(referenced
      ? [
          fails(
            '3726',
            `Could not drop object '${displayName(name)}' because it is referenced by a FOREIGN KEY constraint.`,
          ),
        ]
      : []),
  ];
}

function inSqlServerTerms(list: readonly Fact[]): readonly Fact[] {
  return list.map(fact =>
    fact.fact === 'failure' && fact.failure.code === '42P01'
      ? fails('208', fact.failure.message.replace(/^relation "(.*)" does not exist$/, "Invalid object name '$1'."))
      : fact,
  );
}
