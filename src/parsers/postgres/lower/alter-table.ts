import type { ConstraintDefinition } from '../../../operations/definitions.ts';
import type { AlterTableOperation, Operation, OperationOf, RelationKind } from '../../../operations/operations.ts';
import {
  type AnchorPlaces,
  afterName,
  anchorsOf,
  areWords,
  cascadeOf,
  findWord,
  ifExistsAt,
  isWord,
  narrow,
  rangeOf,
  type Source,
  splitAtCommas,
  tokenAt,
  wholeRange,
} from '../../source-text.ts';
import type {
  AlterTableCmd,
  AlterTableStmt,
  AlterTableType,
  ATAlterConstraint,
  Constraint,
  Node,
  ObjectType,
} from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { afterType, dataType } from '../data-types.ts';
import {
  clauseWords,
  collationOf,
  columnDefinition,
  constraintDefinition,
  identityOf,
  notValidOf,
  optionNamed,
  partitionBound,
  storageOptions,
} from '../definitions.ts';
import { written } from '../expressions.ts';
import { dottedName, placed, relationName, roleName, typeNameParts } from '../names.ts';
import type { Lowerers } from './lowerers.ts';
import { lowerAlterCompositeType } from './types.ts';

/** What ALTER … calls the relation, by the grammar's object type. */
export const RELATION_KINDS: Readonly<Partial<Record<ObjectType, RelationKind>>> = {
  OBJECT_TABLE: 'table',
  OBJECT_INDEX: 'index',
  OBJECT_VIEW: 'view',
  OBJECT_MATVIEW: 'materialized view',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_FOREIGN_TABLE: 'foreign table',
  OBJECT_TYPE: 'composite type',
};

/** What the sub-commands of one ALTER TABLE share. */
export interface AlteredTable {
  readonly table: OperationOf<'addColumn'>['table'];
  readonly tableIfExists?: true;
  readonly only?: true;
}

/** A sub-command: its tokens alone, and what it applies to. */
interface Command {
  readonly command: AlterTableCmd;
  /** The sub-command as a source of its own. */
  readonly source: Source;
  readonly on: AlteredTable;
  readonly relationKind: RelationKind;
}

function lowerAlterTable(node: AlterTableStmt, source: Source): readonly Operation[] {
  const relationKind = RELATION_KINDS[node.objtype ?? 'OBJECT_TABLE'] ?? 'table';
  const nameAt = tokenAt(source, node.relation?.location);
  const on: AlteredTable = {
    table: relationName(node.relation, source),
    ...(node.missing_ok === true ? { tableIfExists: true } : {}),
    // INHERITANCE is off for ONLY; the grammar leaves it off for types, too.
    ...(node.relation?.inh === true || relationKind === 'composite type' ? {} : { only: true }),
  };
  const starred = afterName(source, nameAt);
  const from = source.text.fragment.text[source.text.tokens[starred]?.start ?? 0] === '*' ? starred + 1 : starred;
  const parts = splitAtCommas(source, from, source.last);
  return (node.cmds ?? []).map((command, index) => {
    const [first, last] = parts[index] ?? [from, source.last];
    return lowerCommand({
      command: nodeAs(command, 'AlterTableCmd')!,
      source: narrow(source, first, last),
      on,
      relationKind,
    });
  });
}

function lowerCommand(context: Command): Operation {
  const { relationKind, command, source } = context;
  const subtype = command.subtype ?? 'AT_AddColumn';
  if (relationKind === 'composite type') return lowerAlterCompositeType(command, context.on.table, source);
  const special = SPECIAL_RELATIONS[relationKind]?.[subtype];
  if (special !== undefined) return special(context);
  return COMMANDS[subtype]?.(context) ?? other(context);
}

/** Range, head and anchors of a sub-command, and the table. */
function clause({ source, on }: Command, headLast: number, anchors: AnchorPlaces = {}) {
  return {
    range: wholeRange(source),
    head: rangeOf(source, source.first, Math.min(Math.max(headLast, source.first), source.last)),
    ...anchorsOf(source, anchors),
    ...on,
  };
}

function other(context: Command): AlterTableOperation {
  return {
    kind: 'otherTableChange',
    ...clause(context, context.source.first + 1),
    clause: clauseWords(context.source, 3),
  };
}

/** The parts of `ADD [COLUMN] [IF NOT EXISTS] name`, `DROP [COLUMN] [IF EXISTS] name` and `ALTER [COLUMN] name`. */
function columnPlaces(source: Source) {
  const keyword = isWord(source, source.first + 1, 'COLUMN') ? source.first + 1 : source.first;
  const { place, after } = ifExistsAt(source, keyword + 1);
  return { keyword, ifExists: place, name: after };
}

function nameOf({ command, source }: Command): string {
  return source.text.restore(command.name ?? '');
}

/* ---------------------------------------------------------------- Columns */

function addColumn(context: Command): AlterTableOperation {
  const { command, source } = context;
  const { keyword, ifExists, name } = columnPlaces(source);
  const column = nodeAs(command.def, 'ColumnDef')!;
  const typeAt = column.typeName === undefined ? -1 : tokenAt(source, column.typeName.location);
  const places = { notNull: -1, default: -1 };
  for (const node of column.constraints ?? []) {
    const constraint = nodeAs(node, 'Constraint');
    const at = tokenAt(source, constraint?.location);
    if (constraint?.contype === 'CONSTR_NOTNULL') places.notNull = findWord(source, 'NOT', at);
    if (constraint?.contype === 'CONSTR_DEFAULT') places.default = findWord(source, 'DEFAULT', at);
  }
  const definition = columnDefinition(column, source, name, source.last);
  return {
    kind: 'addColumn',
    ...clause(context, name, {
      column: keyword,
      ifExists,
      type: typeAt === -1 ? -1 : [typeAt, afterType(source, typeAt) - 1],
      notNull: places.notNull === -1 ? -1 : [places.notNull, places.notNull + 1],
      default: places.default === -1 ? -1 : [places.default, endOfDefault(definition, source, places.default)],
    }),
    column: definition,
    ifNotExists: command.missing_ok === true,
  };
}

/** The last token of a DEFAULT clause: the one that ends where its expression does. */
function endOfDefault(column: OperationOf<'addColumn'>['column'], source: Source, from: number): number {
  const end = column.default?.range[1];
  for (let index = from + 1; index <= source.last; index++) {
    if (rangeOf(source, index, index)[1] === end) return index;
  }
  return from;
}

function dropColumn(context: Command): AlterTableOperation {
  const { command, source } = context;
  const { keyword, ifExists, name } = columnPlaces(source);
  return {
    kind: 'dropColumn',
    ...clause(context, name, { column: keyword, ifExists, cascade: cascadeOf(source) }),
    column: nameOf(context),
    ifExists: command.missing_ok === true,
    cascade: command.behavior === 'DROP_CASCADE',
  };
}

function alterColumnType(context: Command): AlterTableOperation {
  const { command, source } = context;
  const { keyword, name } = columnPlaces(source);
  const column = nodeAs(command.def, 'ColumnDef')!;
  const typeAt = tokenAt(source, column.typeName?.location);
  const typeEnd = afterType(source, typeAt) - 1;
  const using = column.raw_default === undefined ? -1 : findWord(source, 'USING', typeEnd + 1);
  return {
    kind: 'alterColumnType',
    ...clause(context, typeEnd, {
      column: keyword === source.first ? -1 : keyword,
      type: [typeAt, typeEnd],
      using: using === -1 ? -1 : [using, source.last],
    }),
    column: nameOf({ ...context, source: narrow(source, name, source.last) }),
    type: dataType(column.typeName!, source),
    ...collationOf(column.collClause, source),
    ...(column.raw_default === undefined ? {} : { using: written(column.raw_default, source, using + 1, source.last) }),
  };
}

function columnDefault(context: Command): AlterTableOperation {
  const { command, source } = context;
  const keyword = findWord(source, 'DEFAULT', columnPlaces(source).name + 1);
  const common = { ...clause(context, keyword, { default: keyword }), column: nameOf(context) };
  if (command.def === undefined) return { kind: 'dropDefault', ...common };
  return { kind: 'setDefault', ...common, default: written(command.def, source, keyword + 1, source.last) };
}

/** A sub-command `ALTER COLUMN name …` whose words all belong to the head. */
function onColumn(context: Command, anchors: AnchorPlaces = {}, headLast = context.source.last) {
  return { ...clause(context, headLast, anchors), column: nameOf(context) };
}

function notNullPlace(source: Source): readonly [number, number] {
  return [source.last - 1, source.last];
}

function setExpression(context: Command): AlterTableOperation {
  const { command, source } = context;
  const keyword = findWord(source, 'EXPRESSION', columnPlaces(source).name + 1);
  // SET EXPRESSION AS ( … )
  return {
    kind: 'setExpression',
    ...onColumn(context, {}, keyword),
    expression: written(command.def!, source, keyword + 3, source.last - 1),
  };
}

function setIdentity(context: Command): AlterTableOperation {
  const options = nodeAs(context.command.def, 'List')?.items;
  const generated = optionNamed(options, 'generated');
  const mode = generated === undefined ? undefined : String.fromCharCode(nodeAs(generated.arg, 'Integer')?.ival ?? 0);
  return {
    kind: 'alterIdentity',
    ...onColumn(context),
    ...(mode === undefined ? {} : { identity: mode === 'a' ? 'always' : 'by default' }),
    ...(optionNamed(options, 'restart') === undefined ? {} : { restart: true }),
  };
}

function columnOptions(context: Command): AlterTableOperation {
  const options = storageOptions(nodeAs(context.command.def, 'List')?.items, context.source);
  return { kind: 'setColumnOptions', ...onColumn(context), options };
}

function stringOf(node: Node | undefined): string {
  return nodeAs(node, 'String')?.sval ?? '';
}

/* ---------------------------------------------------------------- Constraints */

const CONSTRAINT_KINDS = {
  check: 'addCheck',
  notNull: 'addNotNullConstraint',
  unique: 'addUnique',
  primaryKey: 'addPrimaryKey',
  foreignKey: 'addForeignKey',
  exclude: 'addExclude',
} as const satisfies Record<ConstraintDefinition['type'], AlterTableOperation['kind']>;

function addConstraint(context: Command): AlterTableOperation {
  const { command, source } = context;
  const node: Constraint = nodeAs(command.def, 'Constraint')!;
  const constraint = constraintDefinition(node, source, tokenAt(source, node.location), source.last);
  if (constraint === undefined) return other(context);
  const using = node.indexname === undefined ? -1 : findWord(source, 'USING');
  const headLast = areWords(source, source.first + 1, 'CONSTRAINT')
    ? source.first + 2
    : source.first +
      (constraint.type === 'check' || constraint.type === 'unique' || constraint.type === 'exclude' ? 1 : 2);
  return {
    kind: CONSTRAINT_KINDS[constraint.type],
    ...clause(context, headLast, {
      notValid: constraint.notValid === true ? notValidOf(source) : -1,
      using: using === -1 ? -1 : [using, Math.min(using + 2, source.last)],
    }),
    constraint,
  } as AlterTableOperation;
}

function alterConstraint(context: Command): AlterTableOperation {
  const change = (context.command.def as { ATAlterConstraint?: ATAlterConstraint } | undefined)?.ATAlterConstraint;
  return {
    kind: 'alterConstraint',
    ...clause(context, context.source.last),
    name: context.source.text.restore(change?.conname ?? ''),
    ...(change?.alterEnforceability === true ? { enforced: change.is_enforced === true } : {}),
    ...(change?.alterDeferrability === true
      ? { deferrable: change.deferrable === true, initiallyDeferred: change.initdeferred === true }
      : {}),
    ...(change?.alterInheritability === true ? { inherit: change.noinherit !== true } : {}),
  };
}

function dropConstraint(context: Command): AlterTableOperation {
  const { command, source } = context;
  const { place, after } = ifExistsAt(source, source.first + 2);
  return {
    kind: 'dropConstraint',
    ...clause(context, after, { object: source.first + 1, ifExists: place, cascade: cascadeOf(source) }),
    name: nameOf(context),
    ifExists: command.missing_ok === true,
    cascade: command.behavior === 'DROP_CASCADE',
  };
}

/* ---------------------------------------------------------------- Partitions, inheritance */

function attachPartition(context: Command): AlterTableOperation {
  const { command, source } = context;
  const partition = nodeAs(command.def, 'PartitionCmd');
  return {
    kind: 'attachPartition',
    ...clause(context, afterName(source, tokenAt(source, partition?.name?.location)) - 1),
    partition: relationName(partition?.name, source),
    bound: partitionBound(partition!.bound!, source),
  };
}

function detachPartition(context: Command): AlterTableOperation {
  const { command, source } = context;
  const partition = nodeAs(command.def, 'PartitionCmd');
  return {
    kind: 'detachPartition',
    ...clause(context, afterName(source, tokenAt(source, partition?.name?.location)) - 1, {
      concurrently: isWord(source, source.last, 'CONCURRENTLY') ? source.last : -1,
    }),
    partition: relationName(partition?.name, source),
    concurrently: partition?.concurrent === true,
    finalize: command.subtype === 'AT_DetachPartitionFinalize',
  };
}

function inheritance(kind: 'inherit' | 'noInherit') {
  return (context: Command): AlterTableOperation => ({
    kind,
    ...clause(context, context.source.last),
    parent: relationName(nodeAs(context.command.def, 'RangeVar'), context.source),
  });
}

/* ---------------------------------------------------------------- The rest */

function enableTrigger(mode: 'origin' | 'always' | 'replica', all?: 'all' | 'user') {
  return (context: Command): AlterTableOperation => ({
    kind: 'enableTrigger',
    ...clause(context, context.source.last),
    trigger: all ?? nameOf(context),
    mode,
  });
}

function disableTrigger(all?: 'all' | 'user') {
  return (context: Command): AlterTableOperation => ({
    kind: 'disableTrigger',
    ...clause(context, context.source.last),
    trigger: all ?? nameOf(context),
  });
}

function rule(kind: 'enableRule' | 'disableRule') {
  return (context: Command): AlterTableOperation => ({
    kind,
    ...clause(context, context.source.last),
    rule: nameOf(context),
  });
}

function rowSecurity(change: OperationOf<'setRowSecurity'>['change']) {
  return (context: Command): AlterTableOperation => ({
    kind: 'setRowSecurity',
    ...clause(context, context.source.last),
    change,
  });
}

function tableOptions(context: Command): AlterTableOperation {
  return {
    kind: 'setTableOptions',
    ...clause(context, context.source.first),
    options: storageOptions(nodeAs(context.command.def, 'List')?.items, context.source),
    reset: context.command.subtype === 'AT_ResetRelOptions',
  };
}

const REPLICA_IDENTITIES = { d: 'default', f: 'full', n: 'nothing', i: 'index' } as const;

function replicaIdentity(context: Command): AlterTableOperation {
  const node = nodeAs(context.command.def, 'ReplicaIdentityStmt');
  return {
    kind: 'setReplicaIdentity',
    ...clause(context, context.source.last),
    identity: REPLICA_IDENTITIES[(node?.identity_type ?? 'd') as keyof typeof REPLICA_IDENTITIES],
    ...(node?.name === undefined ? {} : { index: context.source.text.restore(node.name) }),
  };
}

function ofType(context: Command): AlterTableOperation {
  const type = nodeAs(context.command.def, 'TypeName');
  return {
    kind: 'ofType',
    ...clause(context, context.source.last),
    ...(type === undefined
      ? {}
      : { type: placed(dottedName(typeNameParts(type), context.source), context.source, context.source.first + 1) }),
  };
}

const COMMANDS: Readonly<Partial<Record<AlterTableType, (context: Command) => AlterTableOperation>>> = {
  AT_AddColumn: addColumn,
  AT_DropColumn: dropColumn,
  AT_AlterColumnType: alterColumnType,
  AT_ColumnDefault: columnDefault,
  AT_SetNotNull: context => ({ kind: 'setNotNull', ...onColumn(context, { notNull: notNullPlace(context.source) }) }),
  AT_DropNotNull: context => ({ kind: 'dropNotNull', ...onColumn(context, { notNull: notNullPlace(context.source) }) }),
  AT_SetExpression: setExpression,
  AT_DropExpression: context => ({
    kind: 'dropExpression',
    ...onColumn(context),
    ifExists: context.command.missing_ok === true,
  }),
  AT_AddIdentity: context => ({
    kind: 'addIdentity',
    ...onColumn(context),
    identity: identityOf(nodeAs(context.command.def, 'Constraint') ?? {}),
  }),
  AT_SetIdentity: setIdentity,
  AT_DropIdentity: context => ({
    kind: 'dropIdentity',
    ...onColumn(context),
    ifExists: context.command.missing_ok === true,
  }),
  AT_SetStatistics: context => ({ kind: 'setColumnStatistics', ...onColumn(context) }),
  AT_SetOptions: columnOptions,
  AT_ResetOptions: columnOptions,
  AT_SetStorage: context => ({
    kind: 'setColumnStorage',
    ...onColumn(context),
    storage: stringOf(context.command.def).toLowerCase(),
  }),
  AT_SetCompression: context => ({
    kind: 'setColumnCompression',
    ...onColumn(context),
    compression: stringOf(context.command.def).toLowerCase(),
  }),
  AT_AddConstraint: addConstraint,
  AT_AlterConstraint: alterConstraint,
  AT_ValidateConstraint: context => ({
    kind: 'validateConstraint',
    ...clause(context, context.source.last),
    name: nameOf(context),
  }),
  AT_DropConstraint: dropConstraint,
  AT_AttachPartition: attachPartition,
  AT_DetachPartition: detachPartition,
  AT_DetachPartitionFinalize: detachPartition,
  AT_SetLogged: context => ({ kind: 'setLogged', ...clause(context, context.source.last), logged: true }),
  AT_SetUnLogged: context => ({ kind: 'setLogged', ...clause(context, context.source.last), logged: false }),
  AT_SetTableSpace: context => ({
    kind: 'setTablespace',
    ...clause(context, context.source.last),
    tablespace: nameOf(context),
  }),
  AT_SetAccessMethod: context => ({
    kind: 'setAccessMethod',
    ...clause(context, context.source.last),
    ...(context.command.name === undefined ? {} : { accessMethod: nameOf(context) }),
  }),
  AT_SetRelOptions: tableOptions,
  AT_ResetRelOptions: tableOptions,
  AT_ClusterOn: context => ({ kind: 'clusterOn', ...clause(context, context.source.last), index: nameOf(context) }),
  AT_DropCluster: context => ({ kind: 'clusterOn', ...clause(context, context.source.last) }),
  AT_EnableTrig: enableTrigger('origin'),
  AT_EnableAlwaysTrig: enableTrigger('always'),
  AT_EnableReplicaTrig: enableTrigger('replica'),
  AT_EnableTrigAll: enableTrigger('origin', 'all'),
  AT_EnableTrigUser: enableTrigger('origin', 'user'),
  AT_DisableTrig: disableTrigger(),
  AT_DisableTrigAll: disableTrigger('all'),
  AT_DisableTrigUser: disableTrigger('user'),
  AT_EnableRule: rule('enableRule'),
  AT_EnableAlwaysRule: rule('enableRule'),
  AT_EnableReplicaRule: rule('enableRule'),
  AT_DisableRule: rule('disableRule'),
  AT_AddInherit: inheritance('inherit'),
  AT_DropInherit: inheritance('noInherit'),
  AT_AddOf: ofType,
  AT_DropOf: ofType,
  AT_ReplicaIdentity: replicaIdentity,
  AT_EnableRowSecurity: rowSecurity('enable'),
  AT_DisableRowSecurity: rowSecurity('disable'),
  AT_ForceRowSecurity: rowSecurity('force'),
  AT_NoForceRowSecurity: rowSecurity('no force'),
  AT_ChangeOwner: context => ({
    kind: 'setRelationOwner',
    ...clause(context, context.source.last),
    owner: roleName(context.command.newowner, context.source),
    relationKind: context.relationKind,
  }),
};

/* ---------------------------------------------------------------- ALTER INDEX, ALTER VIEW */

function alterIndex(change: OperationOf<'alterIndex'>['change']) {
  return (context: Command): Operation => {
    const { table, tableIfExists, only: _, ...place } = clause(context, context.source.last);
    const base = { kind: 'alterIndex', ...place, index: table, change, ifExists: tableIfExists === true } as const;
    if (change !== 'options') return base;
    return { ...base, options: storageOptions(nodeAs(context.command.def, 'List')?.items, context.source) };
  };
}

function attachIndexPartition(context: Command): Operation {
  const { table, tableIfExists: _, only: __, ...place } = clause(context, context.source.last);
  const partition = nodeAs(context.command.def, 'PartitionCmd')?.name;
  return { kind: 'attachIndexPartition', ...place, index: table, partition: relationName(partition, context.source) };
}

function viewOptions(context: Command): Operation {
  const { table, tableIfExists: _, only: __, ...place } = clause(context, context.source.last);
  return {
    kind: 'alterViewOptions',
    ...place,
    view: table,
    options: storageOptions(nodeAs(context.command.def, 'List')?.items, context.source),
    reset: context.command.subtype === 'AT_ResetRelOptions',
  };
}

const SPECIAL_RELATIONS: Readonly<
  Partial<Record<RelationKind, Readonly<Partial<Record<AlterTableType, (context: Command) => Operation>>>>>
> = {
  index: {
    AT_AttachPartition: attachIndexPartition,
    AT_SetRelOptions: alterIndex('options'),
    AT_ResetRelOptions: alterIndex('options'),
    AT_SetTableSpace: alterIndex('tablespace'),
    AT_SetStatistics: alterIndex('statistics'),
  },
  view: { AT_SetRelOptions: viewOptions, AT_ResetRelOptions: viewOptions },
};

export const ALTER_TABLE: Lowerers = { AlterTableStmt: lowerAlterTable };
