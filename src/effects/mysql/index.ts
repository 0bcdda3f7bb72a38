import {
  type DataType,
  displayName,
  isNullLiteral,
  type ObjectName,
  type Operation,
  type OperationOf,
  type Query,
  type Statement,
} from '../../operations/index.ts';
import { blankTable } from '../../schema/context.ts';
import { findColumn, resolveRelation, resolveTable } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import { setting } from '../../schema/session.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import type { AffectedRelation, OnlineEffects } from '../effects.ts';
import {
  affected,
  BRIEF,
  build,
  DATA,
  drop,
  type Fact,
  fails,
  lock,
  momentaryLock,
  rewrite,
  rows,
  unknown,
} from '../facts.ts';
import { type Context, named } from '../postgres/context.ts';
import { insert, remove, update } from '../postgres/data.ts';
import { lockTable } from '../postgres/objects.ts';
import { rebuildKind } from './changes.ts';
import { referencedFailure, schemaFailures } from './failures.ts';
import { createdKeys } from './keys.ts';
import type { ChangeKind } from './online-changes.ts';
import { type Plan, planOf } from './plan.ts';
import { findTable, plannedChange, tablesChanged } from './planned-changes.ts';

export interface MysqlFacts {
  readonly facts: readonly Fact[];
  readonly online: OnlineEffects;
}

const facts = (list: readonly Fact[]): MysqlFacts => ({ facts: list, online: {} });

/**
 * What a statement does on MySQL or MariaDB. Metadata locks are told as the table locks that stop the same traffic: a change
 * that is instant stops everyone for the moment that it takes, one that goes on beside writers only waits for them at its ends.
 */
export function mysqlFacts(context: Context): MysqlFacts {
  const { statement, state, server } = context;
  const tables = tablesChanged(statement);
  if (tables.length === 1) return tableFacts(tables[0]!, statement, state, server);
  if (tables.length > 1) {
    return facts(tables.flatMap(name => tableFacts(name, statement, state, server).facts));
  }
  const [first] = statement.operations;
  if (first?.kind === 'optimizeTable' && first.tables.length === 1) return optimized(first.tables[0]!, context);
  return facts(statement.operations.flatMap(operation => otherFacts(operation, context)));
}

const missing = (name: ObjectName): Fact => fails('42S02', `Table '${displayName(name)}' doesn't exist`);

function tableFacts(name: ObjectName, statement: Statement, state: State, server: Server): MysqlFacts {
  const found = findTable(state, name);
  if (found === undefined) return facts([missing(name)]);
  const change = plannedChange(found, name, statement, server);
  if (change === undefined) return facts([]);
  const { own, kinds, unknowns, plan } = change;
  const { table } = found;
  return {
    facts: [
      ...plannedFacts(plan, kinds, table, own),
      ...unknowns.map(unknown),
      ...plan.verdicts.filter(({ outcome }) => outcome === 'refused').map(({ message }) => fails('0A000', message)),
      ...schemaFailures(own, table, found.state, server),
      ...own.operations.flatMap(operation => rowFacts(operation, table, state, server)),
      ...own.operations.flatMap(operation => parentLocks(operation, state)),
    ],
    online: onlineEffects(plan),
  };
}

const onlineEffects = ({ algorithm, rebuild, rowVersions, lock: permitted, verdicts }: Plan): OnlineEffects => ({
  ...(algorithm === undefined ? {} : { algorithm }),
  rebuild,
  ...(rowVersions === undefined ? {} : { rowVersions }),
  concurrentReads: permitted !== 'EXCLUSIVE',
  concurrentWrites: permitted === 'NONE',
  leastLock: permitted,
  ...(verdicts.length === 0 ? {} : { clauses: verdicts }),
});

/** Changes that read the whole table and write an index, but no row. */
const BUILDS: ReadonlySet<ChangeKind> = new Set([
  'add index',
  'add first fulltext index',
  'add fulltext index',
  'add spatial index',
  'change collation of indexed column',
]);

function plannedFacts(plan: Plan, kinds: readonly ChangeKind[], table: Table, statement: Statement): readonly Fact[] {
  const target = affected(table);
  const builds = kinds.some(kind => BUILDS.has(kind));
  const work: Fact[] = plan.rebuild
    ? [rewrite(target)]
    : builds
      ? indexNames(statement, table).map(index => build(index, target))
      : [];
  return [metadataLock(plan, target, work.length > 0), ...work, BRIEF];
}

/** Who waits, and whether for a moment or for as long as the work takes. */
function metadataLock({ lock: permitted }: Plan, target: AffectedRelation, works: boolean): Fact {
  if (!works || permitted === 'EXCLUSIVE') return lock(target, 'AccessExclusiveLock');
  return permitted === 'SHARED' ? lock(target, 'ShareRowExclusiveLock') : momentaryLock(target, 'AccessExclusiveLock');
}

function indexNames({ operations }: Statement, { schema, name }: Table): readonly AffectedRelation[] {
  const names = operations.flatMap(operation => {
    if (operation.kind === 'createIndex') return [operation.name ?? operation.elements[0]?.column ?? name];
    if (operation.kind === 'addUnique') return [operation.constraint.name ?? operation.constraint.columns[0] ?? name];
    return [];
  });
  return (names.length === 0 ? [name] : names).map(index => ({ schema, name: index }));
}

/** A foreign key waits for the users of the table that it references, too (MySQL 8.4 manual, 10.11.4 "Metadata Locking"). */
function parentLocks(operation: Operation, state: State): readonly Fact[] {
  if (operation.kind !== 'addForeignKey') return [];
  const parent = named(state, operation.constraint.references);
  const itself = operation.constraint.references.name === operation.table.name;
  return parent === undefined || itself ? [] : [momentaryLock(parent, 'AccessExclusiveLock')];
}

/* ---------------------------------------------------------------- Rows that make it fail */

/** Types whose implicit default the strict SQL mode refuses (NO_ZERO_DATE, NO_ZERO_IN_DATE). */
const ZERO_DATES: ReadonlySet<string> = new Set(['date', 'datetime', 'timestamp']);

/** Whether the session's SQL mode is strict, as the server's own is since 5.7. */
function isStrict(state: State): boolean {
  const mode = setting(state, 'sql_mode')?.value?.toLowerCase();
  return mode === undefined || mode.includes('strict_') || mode.includes('traditional');
}

function rowFacts(operation: Operation, table: Table, state: State, server: Server): readonly Fact[] {
  const relation = affected(table);
  switch (operation.kind) {
    case 'addColumn': {
      const { column } = operation;
      const zero = column.notNull && column.default === undefined && ZERO_DATES.has(column.type?.name ?? '');
      if (zero && isStrict(state)) return [rows({ relation, reason: 'not null', anyRow: true, column: column.name })];
      if (column.constraints.some(({ type }) => type === 'unique')) {
        const same = column.default !== undefined && !isNullLiteral(column.default.expression);
        return same || column.notNull ? [rows({ relation, reason: 'unique', anyRow: true, column: column.name })] : [];
      }
      return [];
    }
    case 'redefineColumn': {
      const old = findColumn(table, operation.column);
      const { definition } = operation;
      const found: Fact[] = [];
      if (definition.notNull && old?.notNull !== true) {
        if (isStrict(state)) found.push(rows({ relation, reason: 'not null', anyRow: false, column: definition.name }));
      }
      if (
        old?.type !== undefined &&
        definition.type !== undefined &&
        isStrict(state) &&
        shrinks(old.type, definition.type)
      ) {
        found.push(rows({ relation, reason: 'too long', anyRow: false, column: definition.name }));
      }
      return found;
    }
    case 'addUnique':
      return [rows({ relation, reason: 'unique', anyRow: false })];
    case 'addPrimaryKey':
      return [rows({ relation, reason: 'unique', anyRow: false })];
    case 'createIndex':
      return operation.unique ? [rows({ relation, reason: 'unique', anyRow: false })] : [];
    case 'addCheck':
      return operation.constraint.notEnforced || (server.dialect === 'mysql' && server.version.startsWith('5'))
        ? []
        : [rows({ relation, reason: 'check', anyRow: false })];
    case 'addForeignKey':
      return [rows({ relation, reason: 'foreign key', anyRow: false })];
    default:
      return [];
  }
}

const INTEGERS: readonly string[] = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const TEXTS: readonly string[] = ['tinytext', 'text', 'mediumtext', 'longtext'];

/** Whether a type holds less than another of its family. */
function shrinks(from: DataType, to: DataType): boolean {
  if (from.name === to.name) return Number(to.modifiers[0] ?? 0) < Number(from.modifiers[0] ?? 0);
  for (const family of [INTEGERS, TEXTS]) {
    const before = family.indexOf(from.name);
    const after = family.indexOf(to.name);
    if (before >= 0 && after >= 0) return after < before;
  }
  return TEXTS.includes(from.name) && to.name === 'varchar';
}

/* ---------------------------------------------------------------- Other statements */

function otherFacts(operation: Operation, context: Context): readonly Fact[] {
  const { state } = context;
  switch (operation.kind) {
    case 'createTable':
      return createdTable(operation, state, context.server);
    case 'dropTable': {
      const target = named(state, operation.table);
      if (target === undefined) return operation.ifExists ? [] : [missing(operation.table)];
      const table = resolveTable(state, operation.table);
      const together = droppedTogether(context);
      return [
        lock(target, 'AccessExclusiveLock', !operation.ifExists),
        drop(target),
        ...(table === undefined ? [] : referencedFailure(table, 'drop', state, together)),
        BRIEF,
      ];
    }
    case 'dropView': {
      const target = named(state, operation.view);
      return target === undefined
        ? []
        : [lock(target, 'AccessExclusiveLock', !operation.ifExists, 'view'), drop(target), BRIEF];
    }
    case 'truncate': {
      const target = named(state, operation.table);
      if (target === undefined) return [missing(operation.table)];
      const table = resolveTable(state, operation.table);
      const failures = table === undefined ? [] : referencedFailure(table, 'truncate', state, new Set());
      return [lock(target, 'AccessExclusiveLock'), ...failures, BRIEF];
    }
    case 'createTrigger': {
      const target = named(state, operation.table);
      return target === undefined ? [missing(operation.table)] : [lock(target, 'AccessExclusiveLock'), BRIEF];
    }
    case 'optimizeTable':
    case 'repairTable':
    case 'checkTable':
      return operation.tables.flatMap(name => maintained(name, operation.kind, context));
    case 'insert':
      return [...inMysqlTerms(insert(operation, context)), ...sourceLocks(operation.source, state)];
    case 'update':
      return inMysqlTerms(update(operation, context));
    case 'delete':
      return inMysqlTerms(remove(operation, context));
    case 'lockTable':
      return inMysqlTerms(lockTable(operation, context));
    case 'call':
      return [unknown(`what the procedure ${operation.routine.name} does is not known`)];
    case 'unreadable':
      return [unknown(`the statement could not be read: ${operation.message}`)];
    case 'alterDatabase':
    case 'createSchema':
      return [BRIEF];
    default:
      return [];
  }
}

/** The tables of one DROP TABLE: those it names do not stand in each other's way. */
function droppedTogether({ statement, state }: Context): ReadonlySet<number> {
  const tables = statement.operations.flatMap(operation =>
    operation.kind === 'dropTable' ? (resolveTable(state, operation.table) ?? []) : [],
  );
  return new Set(tables.map(({ id }) => id));
}

function createdTable(operation: OperationOf<'createTable'>, state: State, server: Server): readonly Fact[] {
  const there = operation.persistence === 'temporary' ? undefined : resolveRelation(state, operation.table);
  if (there !== undefined && there.uncertain !== true && there.origin !== undefined && !operation.ifNotExists) {
    return [fails('42S01', `Table '${displayName(operation.table)}' already exists`)];
  }
  const parents = operation.constraints.flatMap(constraint => {
    if (constraint.type !== 'foreignKey' || constraint.references.name === operation.table.name) return [];
    const parent = named(state, constraint.references);
    return parent === undefined ? [] : [momentaryLock(parent, 'AccessExclusiveLock')];
  });
  const table = { ...blankTable(-1, operation.table.schema ?? '', operation.table.name), options: operation.options };
  return [...createdKeys(operation, table, server), ...parents, ...queriedRows(operation.query, state), BRIEF];
}

/** INSERT … SELECT and CREATE TABLE … SELECT lock the rows that they read (MySQL 8.4 manual, 17.7.3 "Locks Set by Statements"). */
function queriedRows(query: Query | undefined, state: State): readonly Fact[] {
  if (query === undefined) return [];
  const locked = query.reads.flatMap(({ name }): readonly Fact[] => {
    const target = named(state, name);
    return target === undefined || query.where !== undefined ? [] : [{ fact: 'rowLocks', relation: target }];
  });
  return [...locked, DATA];
}

const sourceLocks = (source: OperationOf<'insert'>['source'], state: State): readonly Fact[] =>
  source.kind === 'query' ? queriedRows(source.query, state) : [];

function maintained(
  name: ObjectName,
  kind: 'optimizeTable' | 'repairTable' | 'checkTable',
  context: Context,
): readonly Fact[] {
  const found = findTable(context.state, name);
  if (found === undefined) return [missing(name)];
  const target = affected(found.table);
  if (kind === 'checkTable') return [{ fact: 'scan', relation: target }, BRIEF];
  if (kind === 'repairTable') return [lock(target, 'AccessExclusiveLock'), rewrite(target), BRIEF];
  return optimized(name, context).facts;
}

/** OPTIMIZE TABLE does what ALTER TABLE … FORCE does. */
function optimized(name: ObjectName, { statement, state, server }: Context): MysqlFacts {
  const found = findTable(state, name);
  if (found === undefined) return facts([missing(name)]);
  const kinds = [rebuildKind(found.table, found.state)];
  const plan = planOf(kinds, statement, found.table, found.state, server);
  return { facts: plannedFacts(plan, kinds, found.table, statement), online: onlineEffects(plan) };
}

/** Facts of statements on rows, which every server shares, with MySQL's word for a table that is not there. */
function inMysqlTerms(list: readonly Fact[]): readonly Fact[] {
  return list.map(fact =>
    fact.fact === 'failure' && fact.failure.code === '42P01'
      ? fails('42S02', fact.failure.message.replace(/^relation "(.*)" does not exist$/, "Table '$1' doesn't exist"))
      : fact,
  );
}
