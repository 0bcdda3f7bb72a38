import {
  type AlterTableOperation,
  type ColumnDefinition,
  type ConstraintDefinition,
  columnsOf,
  type DataType,
  displayName,
  type ForeignKeyConstraint,
  isNullLiteral,
  type KeyConstraint,
  type LockMode,
  type ObjectName,
  type OperationOf,
  type RelationKind,
  type WrittenExpression,
  walkExpression,
} from '../../operations/index.ts';
import { ensureTable } from '../../schema/context.ts';
import { constraintMentions, indexMentions, keyIndexOf } from '../../schema/dependents.ts';
import { foresee } from '../../schema/index.ts';
import {
  descendantsOf,
  directViewsOf,
  existence,
  findColumn,
  findConstraint,
  incomingForeignKeys,
  indexesOf,
  isGone,
  resolveRelation,
  resolveTable,
  resolveType,
} from '../../schema/lookup.ts';
import type { Column, Index, Table, TableConstraint } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import { atLeast } from '../../server/server.ts';
import { affected, build, type Fact, fails, lock, rewrite, rows, scan, unknown } from '../facts.ts';
import { ALTER_TABLE_MODES, optionsMode, strongest } from '../locks.ts';
import { checksProveNotNull, isNotNull } from '../predicates.ts';
import { baseOf, comparable, isUtcSession, typeChange } from '../types.ts';
import { volatilityOf } from '../volatility.ts';
import { byId, type Context, findTable, isPartition, maybeMissing, named, storagesOf } from './context.ts';
import { dropFacts } from './drops.ts';
import { attachPartition, detachPartition } from './partitions.ts';
import { syntaxFacts } from './syntax.ts';

/** A sub-command's part of the work: facts, and tables that get a new heap (all their indexes with them). */
type Step = Fact | { readonly fact: 'newHeap'; readonly table: Table };

const newHeap = (table: Table): Step => ({ fact: 'newHeap', table });

type Kind = AlterTableOperation['kind'];

/**
 * The passes in which the server works off the sub-commands of one ALTER TABLE, whatever order they are written in (PostgreSQL
 * source, AlterTablePass): drops first, then type changes, new columns, constraints, and the rest.
 */
const PASSES: Readonly<Partial<Record<Kind, number>>> = {
  dropColumn: 0,
  dropConstraint: 0,
  dropDefault: 0,
  dropNotNull: 0,
  dropExpression: 0,
  dropIdentity: 0,
  alterColumnType: 1,
  addColumn: 2,
  setExpression: 3,
  addCheck: 4,
  addForeignKey: 8,
  addNotNullConstraint: 5,
  setNotNull: 5,
  setDefault: 8,
  addIdentity: 8,
  addPrimaryKey: 6,
  addUnique: 6,
  addExclude: 6,
};
const LAST_PASS = 9;

/**
 * What one ALTER TABLE does: one strongest lock for all sub-commands, at most one rewrite or scan per table for all of them; each
 * sub-command meets the table as those of earlier passes left it.
 */
export function alterTable(operations: readonly AlterTableOperation[], context: Context): readonly Fact[] {
  const [first] = operations;
  if (first === undefined) return [];
  const ifExists = operations.some(({ tableIfExists }) => tableIfExists);
  const other = otherRelation(first, context);
  if (other !== undefined) return other;
  const found = findTable(context.state, first.table, ifExists);
  if (!('table' in found)) return found;
  const syntax = operations.flatMap(operation => syntaxFacts(operation, context.server));
  const mode = operations.map(operation => modeOf(operation)).reduce(strongest);
  const { table } = found;
  const target = affectedIn(context.state, table);
  const certain = !ifExists || target.id !== undefined;

  const facts: Fact[] = [lock(target, mode, certain), ...maybeMissing(context.state, first.table, ifExists), ...syntax];
  if (operations.some(operation => recurses(operation, table, context))) {
    for (const child of descendantsOf(found.state, table)) facts.push(lock(affected(child), mode));
  }
  if (hasPendingEvents(context.state, table)) {
    facts.push(rows({ relation: target, reason: 'pending events', anyRow: true }));
  }

  const heaps = new Map<number, Table>();
  let state = found.state;
  const ordered = [...operations].sort((a, b) => (PASSES[a.kind] ?? LAST_PASS) - (PASSES[b.kind] ?? LAST_PASS));
  for (const operation of ordered) {
    const current = tableById(state, table.id) ?? table;
    const next = foresee(state, operation, context.site);
    for (const step of judge(operation, current, state, next, context)) {
      if (step.fact === 'newHeap') heaps.set(step.table.id, step.table);
      else facts.push(step);
    }
    state = next;
  }
  return [...facts, ...[...heaps.values()].flatMap(heap => heapFacts(heap, context.state, state))];
}

/** A rewritten table: read to its end, written anew, and so are those of its indexes that are still there. */
function heapFacts(table: Table, before: State, after: State): readonly Fact[] {
  const relation = affectedIn(before, table);
  const indexes = indexesOf(before, tableById(before, table.id) ?? table).filter(({ id }) =>
    after.schema.relations.has(id),
  );
  return [
    rewrite(relation),
    scan(relation),
    ...indexes.flatMap(index => [lock(affected(index), 'AccessExclusiveLock'), build(affected(index), relation)]),
  ];
}

function affectedIn(
  state: State,
  table: Table,
): { readonly id?: number; readonly schema: string; readonly name: string } {
  const { id, schema, name } = table;
  return state.schema.relations.has(id) ? { id, schema, name } : { schema, name };
}

function hasPendingEvents(state: State, table: Table): boolean {
  return state.transaction.status === 'open' && state.transaction.pendingEvents.includes(table.id);
}

/** The mode that a sub-command needs. */
function modeOf(operation: AlterTableOperation): LockMode {
  if (operation.kind === 'setTableOptions') return optionsMode(operation.options);
  if (operation.kind === 'detachPartition' && (operation.concurrently || operation.finalize))
    return 'ShareUpdateExclusiveLock';
  return ALTER_TABLE_MODES[operation.kind];
}

/** Sub-commands that reach partitions and children, so that they are locked in the same mode (measured, the same in 13 to 18). */
const RECURSING: ReadonlySet<Kind> = new Set([
  'addColumn',
  'dropColumn',
  'renameColumn',
  'alterColumnType',
  'setDefault',
  'dropDefault',
  'setNotNull',
  'dropNotNull',
  'setExpression',
  'dropExpression',
  'setColumnStatistics',
  'setColumnStorage',
  'addCheck',
  'addNotNullConstraint',
  'addPrimaryKey',
  'addForeignKey',
  'validateConstraint',
  'dropConstraint',
  'renameConstraint',
] satisfies Kind[]);

function recurses(operation: AlterTableOperation, table: Table, context: Context): boolean {
  if (operation.only) return false;
  switch (operation.kind) {
    case 'addCheck':
      return !operation.constraint.noInherit || atLeast(context.server, '18');
    case 'addUnique':
    case 'addExclude':
      return table.partitionBy !== undefined && atLeast(context.server, '18');
    case 'addForeignKey':
    case 'addPrimaryKey':
      return table.partitionBy !== undefined;
    case 'addIdentity':
    case 'alterIdentity':
    case 'dropIdentity':
      return table.partitionBy !== undefined && atLeast(context.server, '17');
    case 'dropConstraint': {
      const constraint = findConstraint(table, operation.name);
      return constraint === undefined ? false : constraint.type !== 'check' || !constraint.noInherit;
    }
    case 'renameConstraint': {
      const type = findConstraint(table, operation.name)?.type;
      return type === 'check' || type === 'notNull';
    }
    case 'validateConstraint': {
      const constraint = findConstraint(table, operation.name);
      return constraint === undefined || !constraint.valid;
    }
    case 'enableTrigger':
    case 'disableTrigger':
      return table.triggers.some(
        ({ name, forEachRow }) =>
          forEachRow && (operation.trigger === name || operation.trigger === 'all' || operation.trigger === 'user'),
      );
    default:
      return RECURSING.has(operation.kind);
  }
}

const OTHER_KINDS: Readonly<Partial<Record<RelationKind, 'index' | 'view' | 'sequence'>>> = {
  index: 'index',
  view: 'view',
  'materialized view': 'view',
  sequence: 'sequence',
};

/** ALTER TABLE also stands for views, indexes and sequences, and ALTER INDEX … RENAME is one of its operations. */
function otherRelation(operation: AlterTableOperation, context: Context): readonly Fact[] | undefined {
  const relation = resolveRelation(context.state, operation.table);
  const kind = 'relationKind' in operation ? operation.relationKind : 'table';
  if (relation?.kind === 'table' || (relation === undefined && (kind === 'table' || kind === 'foreign table')))
    return undefined;
  const target = relation === undefined ? named(context.state, operation.table) : affected(relation);
  const ifExists = operation.tableIfExists === true;
  if (target === undefined)
    return ifExists ? [] : [fails('42P01', `relation "${displayName(operation.table)}" does not exist`)];
  // Since 12 ALTER INDEX … RENAME lets readers and writers go on; ALTER TABLE of the same index does not (measured).
  const mode: LockMode =
    operation.kind === 'renameTable' && kind === 'index' ? 'ShareUpdateExclusiveLock' : 'AccessExclusiveLock';
  return [
    lock(target, mode, !ifExists || relation !== undefined, OTHER_KINDS[kind]),
    ...maybeMissing(context.state, operation.table, ifExists),
  ];
}

/** What one sub-command does beyond the lock on its table. */
function judge(
  operation: AlterTableOperation,
  table: Table,
  state: State,
  next: State,
  context: Context,
): readonly Step[] {
  switch (operation.kind) {
    case 'addColumn':
      return addColumn(operation, table, state, next, context);
    case 'dropColumn':
      return dropColumn(operation, table, state, context);
    case 'renameColumn':
      return [
        ...missingColumn(table, operation.column),
        ...(findColumn(table, operation.column)?.inherited
          ? [fails('42P16', `cannot rename inherited column "${operation.column}"`)]
          : []),
        ...(findColumn(table, operation.newName) === undefined
          ? []
          : [fails('42701', `column "${operation.newName}" of relation "${table.name}" already exists`)]),
      ];
    case 'alterColumnType':
      return alterColumnType(operation, table, state, context);
    case 'setDefault':
    case 'dropDefault': {
      if (findColumn(table, operation.column)?.generated === undefined) return missingColumn(table, operation.column);
      return [fails('42601', `column "${operation.column}" of relation "${table.name}" is a generated column`)];
    }
    case 'setColumnStatistics':
    case 'setColumnOptions':
    case 'setColumnStorage':
    case 'setColumnCompression':
      return missingColumn(table, operation.column);
    case 'setNotNull':
      return missingColumn(table, operation.column).concat(
        setNotNull(state, table, operation.column, operation.only === true) as Fact[],
      );
    case 'dropNotNull':
      return dropNotNull(operation, table, state);
    case 'setExpression':
      return setExpression(operation, table, state);
    case 'dropExpression':
      return dropExpression(operation, table);
    case 'addIdentity':
      return addIdentity(operation, table);
    case 'alterIdentity':
    case 'dropIdentity': {
      const column = findColumn(table, operation.column);
      if (column?.identity === undefined && column?.origin !== undefined) {
        const tolerated = operation.kind === 'dropIdentity' && operation.ifExists;
        const message = `column "${column.name}" of relation "${table.name}" is not an identity column`;
        return tolerated ? [] : [fails('55000', message)];
      }
      return sequenceLock(
        state,
        column,
        operation.kind === 'dropIdentity' ? 'AccessExclusiveLock' : 'ShareRowExclusiveLock',
      );
    }
    case 'addCheck':
      return addCheck(operation, table, state);
    case 'addNotNullConstraint':
      return [
        ...missingColumn(table, operation.constraint.column),
        ...secondNotNull(operation, table),
        ...(operation.constraint.notValid
          ? []
          : setNotNull(state, table, operation.constraint.column, operation.only === true)),
      ];
    case 'addUnique':
    case 'addPrimaryKey':
      return addKey(operation.constraint, operation, table, state, next, context);
    case 'addExclude': {
      if (table.partitionBy !== undefined && !atLeast(context.server, '17')) {
        return [fails('0A000', 'exclusion constraints are not supported on partitioned tables')];
      }
      const share = table.partitionBy !== undefined && !atLeast(context.server, '18');
      return [
        ...duplicateConstraint(table, operation.constraint),
        ...(share ? descendantsOf(state, table).map(child => lock(affected(child), 'ShareLock')) : []),
        ...storagesOf(state, table, table.partitionBy === undefined).flatMap(storage => [
          scan(affected(storage)),
          rows({ relation: affected(storage), reason: 'exclude', anyRow: false }),
        ]),
        ...builtIndexes(state, next),
      ];
    }
    case 'addForeignKey':
      return [
        ...duplicateConstraint(table, operation.constraint),
        ...foreignKeyFacts(state, table, operation.constraint, next, context),
      ];
    case 'validateConstraint':
      return validate(operation, table, state);
    case 'alterConstraint':
      return alterConstraint(operation, table, state);
    case 'dropConstraint':
      return dropConstraint(operation, table, state, context);
    case 'renameConstraint': {
      const constraint = findConstraint(table, operation.name);
      if (constraint === undefined) return missingConstraint(table, operation.name);
      return 'index' in constraint ? indexLock(state, constraint.index, 'ShareUpdateExclusiveLock') : [];
    }
    case 'attachPartition':
      return attachPartition(operation, table, state, next, context);
    case 'detachPartition':
      return detachPartition(operation, table, state, context);
    case 'setLogged': {
      const already = table.complete && (table.persistence === 'unlogged') !== operation.logged;
      const logged = operation.logged ? undefined : loggedReference(state, table);
      if (logged !== undefined) {
        return [
          fails(
            '42P16',
            `could not change table "${table.name}" to unlogged because it references logged table "${logged}"`,
          ),
        ];
      }
      return already
        ? []
        : [newHeap(table), ...table.columns.flatMap(column => sequenceLock(state, column, 'AccessExclusiveLock'))];
    }
    case 'setTablespace':
      return table.tablespace === operation.tablespace || table.partitionBy !== undefined
        ? []
        : [rewrite(affected(table))];
    case 'setAccessMethod':
      return operation.accessMethod === undefined ||
        (table.accessMethod ?? 'heap') === operation.accessMethod ||
        table.partitionBy !== undefined
        ? []
        : [newHeap(table)];
    case 'clusterOn':
    case 'setReplicaIdentity': {
      const index =
        operation.index === undefined
          ? undefined
          : indexesOf(state, table).find(({ name }) => name === operation.index);
      const mode = operation.kind === 'clusterOn' ? 'ShareUpdateExclusiveLock' : 'ShareLock';
      if (index !== undefined) return [lock(affected(index), mode)];
      if (operation.index === undefined || !table.complete) return [];
      return [fails('42704', `index "${operation.index}" for table "${table.name}" does not exist`)];
    }
    case 'inherit':
    case 'noInherit': {
      const parent = named(state, operation.parent);
      const known = resolveTable(state, operation.parent);
      const lacking =
        known?.complete && table.complete
          ? known.columns.find(({ name }) => findColumn(table, name) === undefined)
          : undefined;
      if (operation.kind === 'inherit' && lacking !== undefined)
        return [fails('42804', `child table is missing column "${lacking.name}"`)];
      const mode = operation.kind === 'inherit' ? 'ShareUpdateExclusiveLock' : 'AccessShareLock';
      return parent === undefined
        ? [fails('42P01', `relation "${displayName(operation.parent)}" does not exist`)]
        : [lock(parent, mode)];
    }
    case 'ofType': {
      const composite = operation.type === undefined ? undefined : resolveRelation(state, operation.type);
      return composite === undefined ? [] : [lock(affected(composite), 'AccessShareLock')];
    }
    case 'renameTable': {
      const name: ObjectName = { schema: table.schema, name: operation.newName };
      return resolveRelation(state, name) === undefined
        ? []
        : [fails('42P07', `relation "${operation.newName}" already exists`)];
    }
    case 'setRelationSchema': {
      const taken = resolveRelation(state, { schema: operation.schema, name: table.name });
      if (taken !== undefined && operation.schema !== table.schema) {
        return [fails('42P07', `relation "${table.name}" already exists in schema "${operation.schema}"`)];
      }
      return table.columns.flatMap(column => sequenceLock(state, column, 'AccessExclusiveLock'));
    }
    case 'setRelationOwner': {
      // To oneself nothing changes; anybody else becomes the owner of the indexes and sequences too.
      if (/^(current_user|current_role|session_user)$/i.test(operation.owner)) return [];
      return [
        ...indexesOf(state, table).map(index => lock(affected(index), 'AccessExclusiveLock')),
        ...table.columns.flatMap(column => sequenceLock(state, column, 'AccessExclusiveLock')),
      ];
    }
    case 'otherTableChange':
      return [unknown(`${operation.clause} is not modelled: judged by its lock alone`)];
    case 'enableTrigger':
    case 'disableTrigger': {
      const { trigger } = operation;
      const there = trigger === 'all' || trigger === 'user' || table.triggers.some(({ name }) => name === trigger);
      return there || !table.complete
        ? []
        : [fails('42704', `trigger "${trigger}" for table "${table.name}" does not exist`)];
    }
    case 'setTableOptions':
    case 'enableRule':
    case 'disableRule':
    case 'setRowSecurity':
      return [];
  }
}

/** A logged table that references this one stops it from becoming unlogged. */
function loggedReference(state: State, table: Table): string | undefined {
  return incomingForeignKeys(state, table).find(
    ({ table: other }) => other.id !== table.id && other.persistence === 'permanent',
  )?.table.name;
}

/* ---------------------------------------------------------------- What cannot be there, or is there already */

function missingColumn(table: Table, name: string): readonly Fact[] {
  if (findColumn(table, name) !== undefined || SYSTEM_COLUMNS.has(name)) return [];
  const gone = table.complete || table.goneColumns.includes(name);
  return gone ? [fails('42703', `column "${name}" of relation "${table.name}" does not exist`)] : [];
}

const SYSTEM_COLUMNS: ReadonlySet<string> = new Set(['tableoid', 'xmin', 'cmin', 'xmax', 'cmax', 'ctid']);

function missingConstraint(table: Table, name: string): readonly Fact[] {
  return table.complete ? [fails('42704', `constraint "${name}" of relation "${table.name}" does not exist`)] : [];
}

function duplicateConstraint(table: Table, constraint: ConstraintDefinition): readonly Fact[] {
  const taken = constraint.name !== undefined && findConstraint(table, constraint.name) !== undefined;
  return taken ? [fails('42710', `constraint "${constraint.name}" for relation "${table.name}" already exists`)] : [];
}

const indexLock = (state: State, id: number | undefined, mode: LockMode): readonly Fact[] => {
  const index = byId(state, id);
  return index === undefined ? [] : [lock(affected(index), mode)];
};

const sequenceLock = (state: State, column: Column | undefined, mode: LockMode): readonly Fact[] =>
  indexLock(state, column?.sequence, mode);

/** The indexes that an operation made and filled: those of partitioned tables hold nothing themselves. */
function builtIndexes(state: State, next: State): readonly Fact[] {
  const facts: Fact[] = [];
  for (let id = state.schema.nextId; id < next.schema.nextId; id++) {
    const index = next.schema.relations.get(id);
    if (index?.kind !== 'index') continue;
    const table = next.schema.relations.get(index.table);
    if (table === undefined || (table.kind === 'table' && table.partitionBy !== undefined)) continue;
    facts.push(build({ schema: index.schema, name: index.name }, affected(table)));
  }
  return facts;
}

/* ---------------------------------------------------------------- Columns */

/** The default that new rows of the column get: its own, or that of its domain. */
function defaultOf(state: State, column: ColumnDefinition): WrittenExpression | undefined {
  if (column.default !== undefined) return column.default;
  let type = column.type;
  while (type !== undefined && !type.builtin && type.arrayDimensions === 0) {
    const domain = resolveType(state, type);
    if (domain?.kind !== 'domain') return undefined;
    if (domain.default !== undefined) return domain.default;
    type = domain.type;
  }
  return undefined;
}

/**
 * ADD COLUMN. Existing rows get a constant or stable default without being touched; they are rewritten for a volatile one, a
 * sequence, a stored expression, and for a domain with constraints even without a default.
 */
function addColumn(
  operation: OperationOf<'addColumn'>,
  table: Table,
  state: State,
  next: State,
  context: Context,
): readonly Step[] {
  const { column } = operation;
  const target = affected(table);
  if (findColumn(table, column.name) !== undefined) {
    return operation.ifNotExists
      ? []
      : [fails('42701', `column "${column.name}" of relation "${table.name}" already exists`)];
  }
  if (isPartition(table)) return [fails('42809', 'cannot add column to a partition')];
  const children = descendantsOf(state, table);
  if (operation.only && children.length > 0) return [fails('42P16', 'column must be added to child tables too')];
  if (
    column.identity !== undefined &&
    children.length > 0 &&
    !(atLeast(context.server, '17') && table.partitionBy !== undefined)
  ) {
    return [fails('42P16', 'cannot recursively add identity column to table that has child tables')];
  }
  const refused = expressionRefusal(column, table, state);
  if (refused !== undefined) return [refused];
  const storages = storagesOf(state, table);
  const steps: Step[] = [];
  const default_ = defaultOf(state, column);
  const hasDefault = default_ !== undefined && !isNullLiteral(default_.expression);
  const volatility = hasDefault ? volatilityOf(default_.expression, state) : undefined;
  const type = column.type === undefined ? undefined : baseOf(state, column.type);
  for (const name of volatility?.volatility === 'volatile' ? [] : (volatility?.unknown ?? [])) {
    steps.push(
      unknown(`whether ${name}() is volatile is not known: judged as if it is, so that ${table.name} is rewritten`),
    );
  }
  const filled = column.identity !== undefined || column.serial === true || column.generated?.storage === 'stored';
  const virtual = column.generated?.storage === 'virtual';
  const volatile = volatility !== undefined && (volatility.volatility === 'volatile' || volatility.unknown.length > 0);
  const rewrites = filled || volatile || (type?.constrained === true && !virtual);
  if (rewrites) steps.push(...storages.map(newHeap));
  if (hasDefault) steps.push(...sequenceUse(state, default_));

  const primaryKey = column.constraints.some(constraint => constraint.type === 'primaryKey');
  const required = column.notNull || primaryKey || (type?.constrained === true && domainNotNull(state, column.type));
  // Without a value for them it fails on the first row there is, so that nothing is ever read to the end.
  const impossible = required && !hasDefault && !filled && !virtual;
  if (impossible) steps.push(rows({ relation: target, reason: 'not null', anyRow: true, column: column.name }));
  if (required && virtual) {
    steps.push(...storages.map(storage => scan(affected(storage))));
    steps.push(rows({ relation: target, reason: 'not null', anyRow: false, column: column.name }));
  }
  for (const constraint of column.constraints) {
    steps.push(
      ...inlineConstraint(
        constraint,
        { table, storages, hasDefault: hasDefault && !filled, constant: hasDefault && !volatile },
        state,
        next,
        context,
      ),
    );
  }
  if (column.constraints.some(({ type: kind }) => kind === 'unique' || kind === 'primaryKey'))
    steps.push(...builtIndexes(state, next));
  return steps;
}

/** What may not stand in a default, and what a generated column may not be made from. */
function expressionRefusal(column: ColumnDefinition, table: Table, state: State): Fact | undefined {
  let refused: Fact | undefined;
  if (column.default !== undefined) {
    walkExpression(column.default.expression, part => {
      if (part.kind === 'subquery' || part.kind === 'exists')
        refused ??= fails('0A000', 'cannot use subquery in DEFAULT expression');
      if (part.kind === 'column') refused ??= fails('0A000', 'cannot use column reference in DEFAULT expression');
    });
  }
  if (column.generated !== undefined && table.complete) {
    const typeOf = (name: string): string | undefined => findColumn(table, name)?.type?.name;
    const { volatility } = volatilityOf(column.generated.expression.expression, state, typeOf);
    if (volatility !== 'immutable') refused ??= fails('42P17', 'generation expression is not immutable');
  }
  return refused;
}

function domainNotNull(state: State, type: DataType | undefined): boolean {
  const domain = type === undefined || type.builtin ? undefined : resolveType(state, type);
  return domain?.kind === 'domain' && (domain.notNull || domainNotNull(state, domain.type));
}

/** `nextval('sq')` takes a light lock on the sequence. */
function sequenceUse(state: State, written: WrittenExpression): readonly Fact[] {
  const { expression } = written;
  if (expression.kind !== 'call' || expression.name.name !== 'nextval') return [];
  const [argument] = expression.args;
  const literal = argument?.kind === 'cast' ? argument.operand : argument;
  if (literal?.kind !== 'literal' || typeof literal.value !== 'string') return [];
  const sequence = resolveRelation(state, { name: literal.value });
  return sequence === undefined ? [] : [lock(affected(sequence), 'RowExclusiveLock')];
}

function inlineConstraint(
  constraint: ConstraintDefinition,
  at: {
    readonly table: Table;
    readonly storages: readonly Table[];
    readonly hasDefault: boolean;
    readonly constant: boolean;
  },
  state: State,
  next: State,
  context: Context,
): readonly Fact[] {
  const target = affected(at.table);
  switch (constraint.type) {
    case 'check':
      if (constraint.notValid || constraint.notEnforced) return [];
      return [
        ...at.storages.map(storage => scan(affected(storage))),
        rows({ relation: target, reason: 'check', anyRow: false }),
      ];
    case 'unique':
    case 'primaryKey':
      return [
        ...at.storages.map(storage => scan(affected(storage))),
        // Two rows with the one default are two too many.
        ...(at.constant
          ? [rows({ relation: target, reason: 'unique', anyRow: true, column: constraint.columns[0] ?? '' })]
          : []),
      ];
    case 'foreignKey':
      // Rows without a value have nothing to check.
      return foreignKeyFacts(
        state,
        at.table,
        at.hasDefault ? constraint : { ...constraint, notValid: true },
        next,
        context,
        true,
      );
    default:
      return [];
  }
}

function dropColumn(
  operation: OperationOf<'dropColumn'>,
  table: Table,
  state: State,
  context: Context,
): readonly Fact[] {
  const column = findColumn(table, operation.column);
  if (column === undefined) return operation.ifExists ? [] : missingColumn(table, operation.column);
  if (column.inherited) return [fails('42P16', `cannot drop inherited column "${column.name}"`)];
  if (inPartitionKey(table, column.name)) {
    return [
      fails(
        '42P16',
        `cannot drop column "${column.name}" because it is part of the partition key of relation "${table.name}"`,
      ),
    ];
  }
  return dropFacts(state, [{ kind: 'column', table: table.id, column: column.name }], operation.cascade, context);
}

function inPartitionKey(table: Table, column: string): boolean {
  return (
    table.partitionBy?.elements.some(element => element.column === column || mentions(element.expression, column)) ??
    false
  );
}

const mentions = (written: WrittenExpression | undefined, column: string): boolean => {
  if (written === undefined) return false;
  const visit = (expression: WrittenExpression['expression']): boolean =>
    (expression.kind === 'column' && expression.name === column) ||
    ('operands' in expression && expression.operands.some(visit)) ||
    ('operand' in expression && visit(expression.operand)) ||
    ('args' in expression && expression.args.some(visit));
  return visit(written.expression);
};

function setNotNull(state: State, table: Table, column: string, only: boolean): readonly Fact[] {
  return storagesOf(state, table, only).flatMap(storage => {
    const waiting = storage.constraints.some(one => one.type === 'notNull' && one.column === column && !one.valid);
    if ((isNotNull(storage, column) && !waiting) || checksProveNotNull(storage, column)) return [];
    const target = affected(storage);
    return [scan(target), rows({ relation: target, reason: 'not null', anyRow: false, column })];
  });
}

/** A column has one NOT NULL constraint; another name for it is refused. */
function secondNotNull(operation: OperationOf<'addNotNullConstraint'>, table: Table): readonly Fact[] {
  const { name, column } = operation.constraint;
  const has = table.constraints.find(one => one.type === 'notNull' && one.column === column);
  if (name === undefined || !table.complete || !isNotNull(table, column) || has?.name === name) return [];
  return [fails('55000', `cannot create not-null constraint "${name}" on column "${column}" of table "${table.name}"`)];
}

function dropNotNull(operation: OperationOf<'dropNotNull'>, table: Table, state: State): readonly Fact[] {
  const column = findColumn(table, operation.column);
  if (column === undefined) return missingColumn(table, operation.column);
  const key = table.constraints.find(({ type }) => type === 'primaryKey');
  if (key?.type === 'primaryKey' && key.columns.includes(column.name)) {
    return [fails('42P16', `column "${column.name}" is in a primary key`)];
  }
  if (column.identity !== undefined)
    return [fails('42601', `column "${column.name}" of relation "${table.name}" is an identity column`)];
  const parent = tableById(state, table.partitionOf?.parent);
  if (parent !== undefined && isNotNull(parent, column.name))
    return [fails('42P16', `column "${column.name}" is marked NOT NULL in parent table`)];
  return [];
}

function setExpression(operation: OperationOf<'setExpression'>, table: Table, state: State): readonly Step[] {
  const column = findColumn(table, operation.column);
  if (column === undefined) return missingColumn(table, operation.column);
  if (column.generated === undefined && column.type !== undefined) {
    return [fails('55000', `column "${column.name}" of relation "${table.name}" is not a generated column`)];
  }
  return column.generated?.storage === 'virtual' ? [] : storagesOf(state, table, operation.only).map(newHeap);
}

function dropExpression(operation: OperationOf<'dropExpression'>, table: Table): readonly Fact[] {
  const column = findColumn(table, operation.column);
  if (column === undefined) return missingColumn(table, operation.column);
  if (column.generated?.storage === 'virtual') {
    return [fails('0A000', 'ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns')];
  }
  if (column.generated !== undefined || column.origin === undefined || operation.ifExists) return [];
  return [fails('55000', `column "${column.name}" of relation "${table.name}" is not a generated column`)];
}

function addIdentity(operation: OperationOf<'addIdentity'>, table: Table): readonly Fact[] {
  const column = findColumn(table, operation.column);
  if (column === undefined) return missingColumn(table, operation.column);
  if (column.identity !== undefined)
    return [fails('55000', `column "${column.name}" of relation "${table.name}" is already an identity column`)];
  if (column.default !== undefined)
    return [fails('55000', `column "${column.name}" of relation "${table.name}" already has a default value`)];
  if (column.notNull === false) {
    return [
      fails(
        '55000',
        `column "${column.name}" of relation "${table.name}" must be declared NOT NULL before identity can be added`,
      ),
    ];
  }
  return [];
}

/* ---------------------------------------------------------------- Column types */

/**
 * ALTER COLUMN … TYPE. Where the stored values stay as they are the table keeps its file, but CHECKs that mention the column are
 * still verified, indexes that mention it are locked, and those with an expression, a predicate or other operators are built anew.
 */
function alterColumnType(
  operation: OperationOf<'alterColumnType'>,
  table: Table,
  state: State,
  context: Context,
): readonly Step[] {
  const name = operation.column;
  const column = findColumn(table, name);
  const missing = missingColumn(table, name);
  if (missing.length > 0) return missing;
  const refused = column === undefined ? undefined : typeChangeRefusal(state, table, column, context);
  if (refused !== undefined) return [refused];

  const storages = storagesOf(state, table, operation.only);
  const tree = [table, ...descendantsOf(state, table)];
  const utc = isUtcSession(state, context.server);
  const steps: Step[] = [];
  const change =
    column?.type === undefined
      ? { conversion: 'unknown' as const, otherOperators: true }
      : typeChange(state, { name, type: column.type }, operation.type, operation.using, utc);
  const { conversion } = change;
  if (conversion === 'none') {
    return [fails('42804', `column "${name}" cannot be cast automatically to type ${operation.type.text}`)];
  }
  if (
    column?.default !== undefined &&
    column.type !== undefined &&
    !isNullLiteral(column.default.expression) &&
    column.generated === undefined
  ) {
    const cast = typeChange(state, { name, type: column.type }, operation.type, undefined, utc);
    if (cast.conversion === 'none') {
      steps.push(
        fails('42804', `default for column "${name}" cannot be cast automatically to type ${operation.type.text}`),
      );
    }
  }
  if (conversion === 'unknown') steps.push(unknown(whyUnknown(table, name, column, operation.type, utc)));

  // A virtual column (18) has no stored values.
  const rewrites = conversion !== 'free' && column?.generated?.storage !== 'virtual';
  const collation = (operation.collation?.name ?? 'default') !== (column?.collation ?? 'default');
  if (rewrites) {
    steps.push(...storages.map(newHeap));
    steps.push(...castFailures(affected(table), column?.type, operation.type, name));
  }
  for (const member of tree) {
    steps.push(...typeChangeOnTable(state, member, name, rewrites, change.otherOperators || collation));
  }
  steps.push(...findIdentitySequence(state, column));
  return steps;
}

const findIdentitySequence = (state: State, column: Column | undefined): readonly Fact[] =>
  column?.identity === undefined ? [] : sequenceLock(state, column, 'ShareRowExclusiveLock');

/** Why it cannot be told whether the values stay as they are. */
function whyUnknown(
  table: Table,
  name: string,
  column: Column | undefined,
  to: DataType,
  utc: boolean | undefined,
): string {
  const judged = 'judged as if the table is rewritten';
  if (column?.type === undefined) return `the old type of ${table.name}.${name} is not known: ${judged}`;
  const shifts = /^timestamp(tz)?$/.test(column.type.name) && /^timestamp(tz)?$/.test(to.name) && utc === undefined;
  if (shifts)
    return `the session's TimeZone is not known, and ${column.type.text} to ${to.text} is free of work only in UTC: ${judged}`;
  return `what it takes to turn ${column.type.text} into ${to.text} is not known: ${judged}`;
}

/** What may not change its type: columns that views, triggers, policies, generated columns or the partition key are made of. */
function typeChangeRefusal(state: State, table: Table, column: Column, context: Context): Fact | undefined {
  const { name } = column;
  if (column.inherited) return fails('42P16', `cannot alter inherited column "${name}"`);
  if (inPartitionKey(table, name)) {
    return fails(
      '42P16',
      `cannot alter column "${name}" because it is part of the partition key of relation "${table.name}"`,
    );
  }
  if (directViewsOf(state, table, name).length > 0)
    return fails('0A000', 'cannot alter type of a column used by a view or rule');
  if (table.triggers.some(trigger => trigger.columns.includes(name))) {
    return fails('0A000', 'cannot alter type of a column used in a trigger definition');
  }
  if (table.policies.some(({ using, withCheck }) => mentions(using, name) || mentions(withCheck, name))) {
    return fails('0A000', 'cannot alter type of a column used in a policy definition');
  }
  if (table.columns.some(other => other.name !== name && mentions(other.generated?.expression, name))) {
    const code = atLeast(context.server, '15') ? '0A000' : '42601';
    return fails(code, 'cannot alter type of a column used by a generated column');
  }
  return undefined;
}

/** Values that do not fit make it fail. */
function castFailures(
  relation: { readonly id?: number; readonly schema: string; readonly name: string },
  from: DataType | undefined,
  to: DataType,
  column: string,
): readonly Fact[] {
  const text = to.modifiers.length > 0 && /^(varchar|bpchar)$/.test(to.name);
  const widening = from !== undefined && WIDENINGS.has(`${from.name} ${to.name}`) && to.modifiers.length === 0;
  return widening ? [] : [rows({ relation, reason: text ? 'too long' : 'cast', anyRow: false, column })];
}

const WIDENINGS: ReadonlySet<string> = new Set([
  'int2 int4',
  'int2 int8',
  'int4 int8',
  'int2 numeric',
  'int4 numeric',
  'int8 numeric',
  'float4 float8',
  'int2 text',
  'int4 text',
  'int8 text',
  'uuid text',
  'date timestamp',
  'json jsonb',
  'jsonb json',
]);

/** A changed column's indexes, CHECKs and foreign keys on one table of the tree. */
function typeChangeOnTable(
  state: State,
  table: Table,
  column: string,
  rewrites: boolean,
  otherOperators: boolean,
): readonly Step[] {
  const target = affected(table);
  const steps: Step[] = [];
  for (const index of indexesOf(state, table).filter(one => indexMentions(one, column))) {
    steps.push(lock(affected(index), 'AccessExclusiveLock'));
    if (table.partitionBy !== undefined) continue;
    // An index of a partition is made by its parent's, which does not look for the old file (measured).
    if (rewrites || index.partitionOf !== undefined || needsRebuild(index, column, otherOperators)) {
      steps.push(build(affected(index), target), scan(target));
    }
  }
  for (const constraint of table.constraints) {
    if (!constraintMentions(constraint, column)) continue;
    if (constraint.type === 'check' && constraint.valid && constraint.enforced && table.partitionBy === undefined)
      steps.push(scan(target));
    if (constraint.type === 'foreignKey') steps.push(...keptForeignKey(state, table, constraint, otherOperators));
  }
  for (const { table: referencing, constraint } of incomingForeignKeys(state, table)) {
    if (!constraint.referencedColumns.includes(column) || referencing.id === table.id) continue;
    steps.push(lock(affected(referencing), 'AccessExclusiveLock'));
    if (constraint.valid && constraint.enforced && otherOperators)
      steps.push(scan(affected(referencing)), scan(target));
  }
  return steps;
}

/** A foreign key on the column is made again: the other table is locked, and read when the comparison is another one now. */
function keptForeignKey(
  state: State,
  table: Table,
  constraint: Extract<TableConstraint, { type: 'foreignKey' }>,
  otherOperators: boolean,
): readonly Fact[] {
  const referenced = tableById(state, constraint.references);
  if (referenced === undefined) return [];
  const checks = constraint.valid && constraint.enforced && otherOperators;
  return [
    lock(affected(referenced), 'AccessExclusiveLock'),
    ...(checks ? [scan(affected(table)), scan(affected(referenced))] : []),
  ];
}

/** PostgreSQL source, CheckIndexCompatible: expressions and predicates never are, plain keys while operators stay the same. */
function needsRebuild(index: Index, column: string, otherOperators: boolean): boolean {
  if (index.where !== undefined || index.elements.some(({ expression }) => expression !== undefined)) return true;
  return otherOperators && index.elements.some(element => element.column === column);
}

/* ---------------------------------------------------------------- Constraints */

function addCheck(operation: OperationOf<'addCheck'>, table: Table, state: State): readonly Step[] {
  const { constraint } = operation;
  const duplicate = duplicateConstraint(table, constraint);
  if (duplicate.length > 0) return duplicate;
  if (operation.only && !constraint.noInherit && descendantsOf(state, table).length > 0) {
    return [fails('42P16', 'constraint must be added to child tables too')];
  }
  const missing = columnsOf(constraint.condition.expression)
    .filter(column => column !== table.name)
    .flatMap(column => missingColumn(table, column));
  if (missing.length > 0) return missing;
  if (constraint.notValid || constraint.notEnforced) return [];
  return storagesOf(state, table, operation.only || constraint.noInherit).flatMap(storage => [
    scan(affected(storage)),
    rows({ relation: affected(storage), reason: 'check', anyRow: false }),
  ]);
}

/** ADD UNIQUE and ADD PRIMARY KEY: an index is built, or one that is there taken over; a key's columns become NOT NULL. */
function addKey(
  constraint: KeyConstraint,
  operation: AlterTableOperation,
  table: Table,
  state: State,
  next: State,
  context: Context,
): readonly Step[] {
  const duplicate = constraint.usingIndex === constraint.name ? [] : duplicateConstraint(table, constraint);
  if (duplicate.length > 0) return duplicate;
  // Of two branches that each add the key one alone may run.
  const hasKey = table.constraints.some(({ type, uncertain }) => type === 'primaryKey' && uncertain !== true);
  if (constraint.type === 'primaryKey' && hasKey) {
    return [fails('42P16', `multiple primary keys for table "${table.name}" are not allowed`)];
  }
  if (constraint.usingIndex !== undefined) return takeIndex(constraint, constraint.usingIndex, table, state);
  const missing = constraint.columns.flatMap(column => missingColumn(table, column));
  if (missing.length > 0) return missing;
  if (constraint.withoutOverlaps && constraint.columns.length < 2) {
    return [fails('42601', 'constraint using WITHOUT OVERLAPS needs at least two columns')];
  }
  const outside = missingKeyColumns(table, constraint.columns);
  if (outside) return [outside];
  const storages = storagesOf(state, table, operation.only);
  const share = table.partitionBy !== undefined && constraint.type === 'unique' && !atLeast(context.server, '18');
  return [
    ...(share ? descendantsOf(state, table).map(child => lock(affected(child), 'ShareLock')) : []),
    ...(constraint.type === 'primaryKey'
      ? constraint.columns.flatMap(column => setNotNull(state, table, column, operation.only === true))
      : []),
    ...storages.map(storage => scan(affected(storage))),
    ...builtIndexes(state, next),
    ...storages.map(storage => rows({ relation: affected(storage), reason: 'unique', anyRow: false })),
  ];
}

/** A unique key of a partitioned table has to hold the partition key. */
export function missingKeyColumns(table: Table, columns: readonly string[]): Fact | undefined {
  const lacking = table.partitionBy?.elements.some(({ column }) => column === undefined || !columns.includes(column));
  return lacking
    ? fails('0A000', 'unique constraint on partitioned table must include all partitioning columns')
    : undefined;
}

function takeIndex(constraint: KeyConstraint, name: string, table: Table, state: State): readonly Fact[] {
  const index = indexesOf(state, table).find(one => one.name === name);
  if (index === undefined) {
    if (table.complete || existence(state, { schema: table.schema, name }) === 'gone')
      return [fails('42704', `index "${name}" does not exist`)];
    return constraint.type === 'unique'
      ? []
      : [
          scan(affected(table)),
          unknown(
            `the columns of index ${name} are not known: judged as if one of them may be NULL, so that ${table.name} is read`,
          ),
        ];
  }
  if (!index.complete) return [];
  if (!index.unique) return [fails('42809', `"${name}" is not a unique index`)];
  if (index.where !== undefined) return [fails('42809', `"${name}" is a partial index`)];
  if (index.elements.some(({ column }) => column === undefined))
    return [fails('42809', `index "${name}" contains expressions`)];
  if (!index.valid) return [fails('55000', `index "${name}" is not valid`)];
  const renamed = constraint.name !== undefined && constraint.name !== name;
  const columns = index.elements.flatMap(({ column }) => column ?? []);
  return [
    lock(affected(index), renamed ? 'ShareUpdateExclusiveLock' : 'AccessShareLock'),
    ...(constraint.type === 'primaryKey' ? columns.flatMap(column => setNotNull(state, table, column, true)) : []),
  ];
}

/**
 * A new foreign key: SHARE ROW EXCLUSIVE on both tables and on the partitions of both; both are read unless it is NOT VALID.
 *
 * @param inline - written at a new column, whose type and existence need no check
 */
function foreignKeyFacts(
  state: State,
  table: Table,
  constraint: ForeignKeyConstraint,
  next: State,
  context: Context,
  inline = false,
): readonly Fact[] {
  const self =
    constraint.references.name === table.name && (constraint.references.schema ?? table.schema) === table.schema;
  const referencedName = named(state, constraint.references);
  if (referencedName === undefined || isGone(state, constraint.references, state.schema.gone)) {
    return [fails('42P01', `relation "${displayName(constraint.references)}" does not exist`)];
  }
  const [, found] = ensureTable(state, constraint.references);
  const referenced = self ? table : found;
  if (referenced === undefined)
    return [fails('42809', `referenced relation "${displayName(constraint.references)}" is not a table`)];
  if (!inline) {
    const missing = constraint.columns.flatMap(column => missingColumn(table, column));
    if (missing.length > 0) return missing;
  }
  if (constraint.notValid && !inline && table.partitionBy !== undefined && !atLeast(context.server, '18')) {
    return [
      fails(
        '42809',
        `cannot add NOT VALID foreign key on partitioned table "${table.name}" referencing relation "${referenced.name}"`,
      ),
    ];
  }
  const refusal = referenceRefusal(next, table, referenced, constraint);
  if (refusal !== undefined) return [refusal];
  const mode: LockMode = 'ShareRowExclusiveLock';
  const locked = [referenced, ...descendantsOf(state, referenced).filter(isPartition)];
  const facts: Fact[] = locked.map(one =>
    lock(state.schema.relations.has(one.id) ? affected(one) : referencedName, mode),
  );
  if (constraint.notValid || constraint.notEnforced) return facts;
  // A table that this transaction made and nothing filled has no rows to look up.
  const { transaction } = context.state;
  const made = transaction.status === 'open' && table.origin?.transaction === transaction.id;
  if (made && !table.filled) return facts;
  const read = [
    ...storagesOf(state, table, table.partitionBy === undefined),
    ...storagesOf(state, referenced, referenced.partitionBy === undefined),
  ];
  // Rows of a column that this statement made hold no value: the other table is not looked at.
  const fresh = !inline && constraint.columns.every(column => isNewColumn(context, table, column));
  const scanned = fresh ? storagesOf(state, table, table.partitionBy === undefined) : read;
  return [
    ...facts,
    ...scanned.map(one => scan(state.schema.relations.has(one.id) ? affected(one) : referencedName)),
    rows({ relation: affected(table), reason: 'foreign key', anyRow: false }),
  ];
}

/** Whether this very statement adds the column, without a default. */
function isNewColumn(context: Context, table: Table, column: string): boolean {
  const before = tableById(context.state, table.id);
  if (before === undefined || findColumn(before, column) !== undefined) return false;
  return context.statement.operations.some(
    operation =>
      operation.kind === 'addColumn' && operation.column.name === column && operation.column.default === undefined,
  );
}

/** No unique key to reference, or types that cannot be compared. */
function referenceRefusal(
  state: State,
  table: Table,
  referenced: Table,
  constraint: ForeignKeyConstraint,
): Fact | undefined {
  const current = tableById(state, referenced.id) ?? referenced;
  const owner = tableById(state, table.id) ?? table;
  const primary = current.constraints.find(({ type }) => type === 'primaryKey');
  const columns =
    constraint.referencedColumns.length > 0
      ? constraint.referencedColumns
      : primary?.type === 'primaryKey'
        ? primary.columns
        : undefined;
  if (columns === undefined) {
    return current.complete
      ? fails('42704', `there is no primary key for referenced table "${current.name}"`)
      : undefined;
  }
  const [missing] = columns.flatMap(column => missingColumn(current, column));
  if (missing !== undefined) return missing;
  if (current.complete && keyIndexOf(state, current, columns) === undefined) {
    return fails('42830', `there is no unique constraint matching given keys for referenced table "${current.name}"`);
  }
  const incomparable = columns.some((column, position) => {
    const left = findColumn(owner, constraint.columns[position] ?? '')?.type;
    const right = findColumn(current, column)?.type;
    return left !== undefined && right !== undefined && comparable(state, left, right) === false;
  });
  return incomparable
    ? fails('42804', `foreign key constraint on "${owner.name}" cannot be implemented: the types are incompatible`)
    : undefined;
}

function validate(operation: OperationOf<'validateConstraint'>, table: Table, state: State): readonly Fact[] {
  const constraint = findConstraint(table, operation.name);
  if (constraint === undefined) {
    if (table.complete) return missingConstraint(table, operation.name);
    return [scan(affected(table)), rows({ relation: affected(table), reason: 'check', anyRow: false })];
  }
  if (constraint.type !== 'check' && constraint.type !== 'foreignKey' && constraint.type !== 'notNull') {
    return [fails('42809', `cannot validate constraint "${constraint.name}" of relation "${table.name}"`)];
  }
  if (!constraint.enforced) return [fails('42809', `cannot validate NOT ENFORCED constraint "${constraint.name}"`)];
  if (constraint.valid) return [];
  const reason = constraint.type === 'check' ? 'check' : constraint.type === 'notNull' ? 'not null' : 'foreign key';
  const own = storagesOf(state, table).flatMap(storage => [
    scan(affected(storage)),
    rows({ relation: affected(storage), reason, anyRow: false }),
  ]);
  if (constraint.type !== 'foreignKey') return own;
  const referenced = tableById(state, constraint.references);
  return referenced === undefined
    ? own
    : [
        ...own,
        lock(affected(referenced), 'RowShareLock'),
        ...storagesOf(state, referenced).map(storage => scan(affected(storage))),
      ];
}

function alterConstraint(operation: OperationOf<'alterConstraint'>, table: Table, state: State): readonly Fact[] {
  const constraint = findConstraint(table, operation.name);
  if (constraint === undefined) return missingConstraint(table, operation.name);
  if (operation.enforced === undefined || operation.enforced === constraint.enforced) return [];
  if (constraint.type !== 'foreignKey') {
    return [
      fails('42809', `cannot alter enforceability of constraint "${constraint.name}" of relation "${table.name}"`),
    ];
  }
  const referenced = tableById(state, constraint.references);
  if (referenced === undefined) return [];
  if (!operation.enforced) return [lock(affected(referenced), 'AccessExclusiveLock')];
  // Enforced again it gets its triggers back, as a new one does, and its rows are checked.
  return [
    lock(affected(referenced), 'ShareRowExclusiveLock'),
    scan(affected(table)),
    scan(affected(referenced)),
    rows({ relation: affected(table), reason: 'foreign key', anyRow: false }),
  ];
}

function dropConstraint(
  operation: OperationOf<'dropConstraint'>,
  table: Table,
  state: State,
  context: Context,
): readonly Fact[] {
  const constraint = findConstraint(table, operation.name);
  if (constraint === undefined) return operation.ifExists ? [] : missingConstraint(table, operation.name);
  if (constraint.inherited)
    return [fails('42P16', `cannot drop inherited constraint "${constraint.name}" of relation "${table.name}"`)];
  return dropFacts(state, [{ kind: 'constraint', table: table.id, name: constraint.name }], operation.cascade, context);
}

export { builtIndexes };
