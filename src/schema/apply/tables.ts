import type { ColumnDefinition, ConstraintDefinition, IndexDefinition } from '../../operations/definitions.ts';
import type { CreateTable, DropTable, LikeOption } from '../../operations/operations.ts';
import { columnConstraints, impliesNotNull, makeColumn, makeOwnSequence, recordDefault } from '../columns.ts';
import {
  addConstraint,
  adoptReferences,
  checkName,
  constraintNamesOf,
  constraintState,
  withNotNull,
} from '../constraints.ts';
import { blankTable, ensureRelation, ensureTable, goneKey } from '../context.ts';
import { catalogueOf } from '../dialects.ts';
import { dropTogether } from '../drop.ts';
import { makeIndex, specificationOf } from '../indexes.ts';
import {
  creationSchema,
  descendantsOf,
  existence,
  incomingForeignKeys,
  indexesOf,
  resolveRelation,
  resolveType,
} from '../lookup.ts';
import { inheritFromParent } from '../partitions.ts';
import { analyseQuery } from '../query-columns.ts';
import type { Column, ObjectId, Origin, Table, TableConstraint } from '../schema.ts';
import { chooseConstraintName } from '../server-names.ts';
import type { State } from '../state.ts';
import { markGone, putRelation, recordTypeUse, tableById, takeId, updateTable, withSchema } from '../store.ts';
import type { ApplyTable } from './apply.ts';

export const TABLES: ApplyTable<'createTable' | 'dropTable'> = { createTable, dropTable };

/** CREATE TABLE in all its forms, the columns and constraints that it takes from elsewhere included. */
function createTable(state: State, operation: CreateTable, at: Origin): State {
  const temporary = operation.persistence === 'temporary';
  const schema = creationSchema(state, operation.table, temporary);
  const existing = resolveRelation(state, { schema, name: operation.table.name });
  if (existing !== undefined && operation.ifNotExists && !existing.uncertain) return state;
  const [cleared, id] = claimName(state, schema, operation.table.name, at);
  const standIn = tableById(cleared, id);
  const blank: Table = {
    ...blankTable(id, schema, operation.table.name),
    referencedBy: standIn?.referencedBy ?? [],
    dependentViews: standIn?.dependentViews ?? [],
    origin: at,
    persistence: operation.persistence,
    options: operation.options,
    ...(operation.foreign ? { foreign: true } : {}),
    ...(operation.partitionBy === undefined ? {} : { partitionBy: operation.partitionBy }),
    ...(operation.partitions === undefined ? {} : { partitionDefinitions: operation.partitions }),
    ...(operation.accessMethod === undefined ? {} : { accessMethod: operation.accessMethod }),
    ...(operation.tablespace === undefined ? {} : { tablespace: operation.tablespace }),
    ...(operation.onCommit === undefined || operation.onCommit === 'preserve rows'
      ? {}
      : { onCommit: operation.onCommit }),
  };
  let next = putRelation(cleared, blank);
  next = adoptReferences(cleared, next, id);
  if (temporary) next = withSchema(next, { temporary: [...next.schema.temporary, id] });
  next = declare(takeOver(next, id, operation, at), id, operation, at);
  return operation.partitionOf === undefined ? next : inheritFromParent(next, id, at);
}

/**
 * Frees a name for a new relation. A stand-in for something unknown under that name becomes the new relation, so that what
 * refers to it keeps doing so; anything else of the name is dropped, as the newest definition counts.
 */
export function claimName(state: State, schema: string, name: string, at: Origin): readonly [State, ObjectId] {
  const existing = resolveRelation(state, { schema, name });
  if (existing === undefined) return takeId(state);
  if (existing.kind === 'table' && isBare(existing)) return [state, existing.id];
  return takeId(dropTogether(state, [{ kind: 'relation', id: existing.id }], at));
}

/** Whether a table only stands for a name that something referred to. */
function isBare(table: Table): boolean {
  const { origin, indexes, constraints, partitions, children, inherits, partitionOf, columns } = table;
  const parts = [indexes, constraints, partitions, children, inherits].every(list => list.length === 0);
  return (
    origin === undefined &&
    parts &&
    partitionOf === undefined &&
    columns.every(({ sequence }) => sequence === undefined)
  );
}

/** Columns and constraints from PARTITION OF, INHERITS, LIKE, OF and AS. */
function takeOver(state: State, id: ObjectId, operation: CreateTable, at: Origin): State {
  let next = state;
  if (operation.partitionOf !== undefined) next = linkPartition(next, id, operation.partitionOf, at);
  for (const name of operation.inherits) {
    const [known, parent] = ensureTable(next, name);
    const unfit = parent === undefined || isBelow(known, parent, id);
    next = unfit ? known : inheritColumns(linkChild(known, parent.id, id), parent.id, id, at);
  }
  for (const { table, including } of operation.like) {
    const [known, source] = ensureRelation(next, table, 'table');
    next = source?.kind === 'table' ? copyLike(known, source, id, including, at) : incomplete(known, id);
  }
  if (operation.ofType !== undefined) next = takeAttributes(next, id, operation.ofType, at);
  if (operation.query !== undefined) next = takeQuery(next, id, operation, at);
  return next;
}

function incomplete(state: State, id: ObjectId): State {
  return updateTable(state, id, table => ({ ...table, complete: false }));
}

function linkPartition(
  state: State,
  id: ObjectId,
  { parent: name, bound }: NonNullable<CreateTable['partitionOf']>,
  at: Origin,
): State {
  const [known, parent] = ensureTable(state, name);
  if (parent === undefined || isBelow(known, parent, id)) return incomplete(known, id);
  const linked = updateTable(
    updateTable(known, id, table => ({ ...table, partitionOf: { parent: parent.id, bound } })),
    parent.id,
    table => ({ ...table, partitions: [...table.partitions, id] }),
  );
  return inheritColumns(linked, parent.id, id, at);
}

/** Whether a table is the given one or comes below it, so that it cannot be its parent. */
export function isBelow(state: State, table: Table, id: ObjectId): boolean {
  const top = tableById(state, id);
  return table.id === id || (top !== undefined && descendantsOf(state, top).some(other => other.id === table.id));
}

/** Makes one table a child of another by inheritance. */
export function linkChild(state: State, parent: ObjectId, child: ObjectId): State {
  return updateTable(
    updateTable(state, child, table => ({ ...table, inherits: [...table.inherits, parent] })),
    parent,
    table => ({ ...table, children: [...table.children, child] }),
  );
}

/** A child's or partition's columns, CHECKs and NOT NULLs as they come from its parent. */
function inheritColumns(state: State, parentId: ObjectId, id: ObjectId, at: Origin): State {
  const parent = tableById(state, parentId);
  const child = tableById(state, id);
  if (parent === undefined || child === undefined) return state;
  const own = new Set(child.columns.map(({ name }) => name));
  const isPartition = child.partitionOf !== undefined;
  const columns = parent.columns
    .filter(({ name }) => !own.has(name))
    .map(({ sequence, identity, ...column }): Column => {
      // Partitions share the identity of their parent (PostgreSQL 17); inheritance children do not.
      const kept = identity !== undefined && isPartition ? { identity } : {};
      return { ...column, ...kept, origin: at, inherited: true };
    });
  const constraints = parent.constraints
    .filter(constraint => constraint.type === 'check' || constraint.type === 'notNull')
    .filter(constraint => !constraint.noInherit)
    .map((constraint): TableConstraint => ({ ...constraint, valid: constraint.enforced, origin: at, inherited: true }));
  const inherited = putRelation(state, {
    ...child,
    complete: child.complete && parent.complete,
    columns: [...child.columns, ...columns],
    constraints: [...child.constraints, ...constraints],
  });
  return recordUses(inherited, id, columns);
}

function recordUses(state: State, id: ObjectId, columns: readonly Column[]): State {
  return columns.reduce(
    (current, column) => recordDefault(recordTypeUse(current, column.typeId, id), id, column.default),
    state,
  );
}

/**
 * Columns of LIKE stand among the statement's own where it was written. They were put in front of them; here those columns
 * that were written before the LIKE go to their place.
 */
function inOrderOfWriting(table: Table, { like, columns }: CreateTable): Table {
  const start = like[0]?.table.range?.[0];
  if (start === undefined) return table;
  const earlier = new Set(columns.filter(({ range }) => range[0] < start).map(({ name }) => name));
  if (earlier.size === 0) return table;
  const [before, after]: [Column[], Column[]] = [[], []];
  for (const column of table.columns) (earlier.has(column.name) ? before : after).push(column);
  return { ...table, columns: [...before, ...after] };
}

function copyLike(state: State, source: Table, id: ObjectId, including: readonly LikeOption[], at: Origin): State {
  const table = tableById(state, id);
  if (table === undefined) return state;
  const has = new Set(including);
  let next = state;
  const columns: Column[] = [];
  for (const original of source.columns) {
    const {
      name,
      type,
      typeId,
      collation,
      notNull,
      default: written,
      generated,
      identity,
      storage,
      compression,
      comment,
      autoIncrement,
      charset,
      onUpdate,
      invisible,
    } = original;
    const copiesDefault = has.has('defaults') && written !== undefined;
    const copiesIdentity = has.has('identity') && identity !== undefined;
    let sequence: ObjectId | undefined;
    if (copiesIdentity) {
      const [made, own] = makeOwnSequence(next, table, name, type, at);
      next = made;
      sequence = own.id;
    }
    columns.push({
      name,
      notNull,
      defaultSinceCreation: copiesDefault,
      origin: at,
      ...(type === undefined ? {} : { type }),
      ...(typeId === undefined ? {} : { typeId }),
      ...(collation === undefined ? {} : { collation }),
      ...(copiesDefault ? { default: written } : {}),
      ...(has.has('generated') && generated !== undefined ? { generated } : {}),
      ...(copiesIdentity && sequence !== undefined ? { identity, sequence } : {}),
      ...(has.has('storage') && storage !== undefined ? { storage } : {}),
      ...(has.has('compression') && compression !== undefined ? { compression } : {}),
      ...(has.has('comments') && comment !== undefined ? { comment } : {}),
      ...(has.has('identity') && autoIncrement !== undefined ? { autoIncrement } : {}),
      ...(charset === undefined ? {} : { charset }),
      ...(has.has('defaults') && onUpdate !== undefined ? { onUpdate } : {}),
      ...(invisible === undefined ? {} : { invisible }),
    });
  }
  const constraints = source.constraints
    .filter(({ type }) => type === 'notNull' || (type === 'check' && has.has('constraints')))
    .map((constraint): TableConstraint => ({ ...constraint, valid: constraint.enforced, origin: at }));
  next = updateTable(next, id, current => ({
    ...current,
    complete: current.complete && source.complete,
    columns: [...current.columns, ...columns],
    constraints: [...current.constraints, ...constraints],
  }));
  next = recordUses(next, id, columns);
  return has.has('indexes') ? copyIndexes(next, source, id, at) : next;
}

function copyIndexes(state: State, source: Table, id: ObjectId, at: Origin): State {
  return indexesOf(state, source).reduce((current, index) => {
    const table = tableById(current, id);
    const constraint = source.constraints.find(other => 'index' in other && other.index === index.id);
    if (table === undefined) return current;
    const label = constraint !== undefined && 'index' in constraint ? constraint.type : undefined;
    // Where names are of the table alone, the copy keeps its own.
    const name = catalogueOf(state).indexNames === 'table' ? { name: index.name } : {};
    const [made, copy] = makeIndex(current, table, { ...specificationOf(index, label), ...name }, at);
    if (constraint === undefined || !('index' in constraint)) return made;
    const copied = made.schema.relations.get(copy);
    return updateTable(made, id, changed => ({
      ...changed,
      constraints: [
        ...changed.constraints,
        { ...constraint, name: copied?.name ?? constraint.name, index: copy, origin: at },
      ],
    }));
  }, state);
}

function takeAttributes(state: State, id: ObjectId, name: NonNullable<CreateTable['ofType']>, at: Origin): State {
  const type = resolveType(state, name);
  if (type?.kind !== 'composite') return incomplete(state, id);
  const columns = type.attributes.map((attribute): Column => {
    const typeId = resolveType(state, attribute.type)?.id;
    return {
      name: attribute.name,
      type: attribute.type,
      ...(typeId === undefined ? {} : { typeId }),
      notNull: false,
      defaultSinceCreation: false,
      origin: at,
    };
  });
  const typed = updateTable(state, id, table => ({
    ...table,
    ofType: type.id,
    columns: [...table.columns, ...columns],
  }));
  return recordUses(recordTypeUse(typed, type.id, id), id, columns);
}

function takeQuery(state: State, id: ObjectId, { query, withData, columns }: CreateTable, at: Origin): State {
  if (query === undefined) return state;
  const names = columns.map(({ name }) => name);
  const [known, facts] = analyseQuery(state, query, names);
  const outputs = facts.columns ?? names.map(name => ({ name }));
  const made = outputs.map((output): Column => {
    const typeId = 'type' in output && output.type !== undefined ? resolveType(known, output.type)?.id : undefined;
    return {
      ...(typeId === undefined ? {} : { typeId }),
      ...output,
      notNull: false,
      defaultSinceCreation: false,
      origin: at,
    };
  });
  const filled = updateTable(known, id, table => ({
    ...table,
    complete: table.complete && facts.columns !== undefined,
    columns: [...table.columns, ...made],
    filled: withData !== false,
  }));
  return recordUses(filled, id, made);
}

/**
 * What the statement itself declares. Columns, NOT NULLs and CHECKs are put together in a table that is written once, as each
 * write makes the way to it in the schema's maps anew. Keys and foreign keys, which change other objects too, follow one by
 * one.
 */
function declare(state: State, id: ObjectId, operation: CreateTable, at: Origin): State {
  const started = tableById(state, id);
  if (started === undefined) return state;
  const all = [
    ...operation.columns.flatMap(definition => columnConstraints(state, definition)),
    ...operation.constraints,
  ];
  const given = catalogueOf(state).mergesDoubleKeys ? withoutDoubleKeys(all) : all;
  const [known, columns] = declareColumns(state, started, operation.columns, at);
  const strict = declareNotNulls(known, { ...started, columns }, operation.columns, at);
  const checked = declareChecks(known, inOrderOfWriting(strict, operation), given, at);
  const context = { at, created: true };
  return CREATION_ORDER.flatMap(type => given.filter(constraint => constraint.type === type)).reduce(
    (current, definition) => addConstraint(current, id, definition, context),
    withIndexes(putRelation(known, checked), id, operation.indexes ?? [], at),
  );
}

/** The indexes that are written among the columns. */
function withIndexes(state: State, id: ObjectId, indexes: readonly IndexDefinition[], at: Origin): State {
  return indexes.reduce((current, { name, unique, method, elements, indexKind, visible }) => {
    const table = tableById(current, id);
    if (table === undefined) return current;
    const specification = {
      ...(name === undefined ? {} : { name }),
      unique,
      method: method ?? 'btree',
      elements,
      including: [],
      nullsNotDistinct: false,
      ...(indexKind === undefined ? {} : { indexKind }),
      ...(visible === undefined ? {} : { visible }),
    };
    return makeIndex(current, table, specification, at)[0];
  }, state);
}

/**
 * The statement's own columns after those that the table has; one that is there already (inherited, of a type, of a query)
 * takes what is said of it.
 *
 * @returns the state with the columns' sequences, and all columns
 */
function declareColumns(
  state: State,
  table: Table,
  definitions: readonly ColumnDefinition[],
  at: Origin,
): readonly [State, readonly Column[]] {
  const columns = [...table.columns];
  let next = state;
  for (const definition of definitions) {
    const [made, column] = makeColumn(next, table, definition, at);
    next = made;
    const place = columns.findIndex(({ name }) => name === definition.name);
    const existing = columns[place];
    if (existing === undefined) columns.push(column);
    else columns[place] = declaredAgain(table, existing, column);
  }
  return [next, columns];
}

/** Declared in a child as well, a column stays when the parent's goes; in a partition it does not. */
function declaredAgain(table: Table, { inherited, ...base }: Column, column: Column): Column {
  const merged = { ...base, ...column, notNull: base.notNull === true || column.notNull };
  return table.partitionOf !== undefined && inherited ? { ...merged, inherited } : merged;
}

/** The table with all NOT NULL constraints of the statement's columns. */
function declareNotNulls(state: State, table: Table, definitions: readonly ColumnDefinition[], at: Origin): Table {
  const context = { at, created: true };
  const strict = new Map(
    definitions
      .filter(definition => impliesNotNull(definition) || definition.notNullConstraint !== undefined)
      .map(definition => [definition.name, definition.notNullConstraint]),
  );
  if (strict.size === 0) return table;
  if (table.constraints.length > 0) {
    return [...strict].reduce(
      (current, [column, given]) => withNotNull(state, current, given ?? { column }, context),
      table,
    );
  }
  const others = new Set<string>();
  const constraints = [...strict].map(([column, given]): TableConstraint => {
    const name = given?.name ?? chooseConstraintName(state, table.schema, table.name, column, 'not_null', others);
    others.add(name);
    return {
      ...constraintState(name, given ?? {}, context),
      type: 'notNull',
      column,
      noInherit: given?.noInherit === true,
    };
  });
  const columns = table.columns.map(column => (strict.has(column.name) ? { ...column, notNull: true } : column));
  return { ...table, columns, constraints };
}

/** The order in which the server makes a new table's constraints after its CHECKs, and so hands out names. */
const CREATION_ORDER: readonly ConstraintDefinition['type'][] = [
  'notNull',
  'primaryKey',
  'unique',
  'exclude',
  'foreignKey',
];

/** The table with the statement's CHECKs; one of the name of an inherited one is merged with it. */
function declareChecks(state: State, table: Table, given: readonly ConstraintDefinition[], at: Origin): Table {
  const definitions = given.filter(constraint => constraint.type === 'check');
  if (definitions.length === 0) return table;
  const inherited = constraintNamesOf(table);
  // Names that were given are taken before names are made up.
  const others = new Set([...inherited, ...definitions.flatMap(({ name }) => name ?? [])]);
  const constraints = definitions.flatMap((definition): TableConstraint[] => {
    const name = checkName(state, table, definition, others);
    others.add(name);
    if (inherited.has(name)) return [];
    const { condition } = definition;
    const noInherit = definition.noInherit === true;
    return [{ ...constraintState(name, definition, { at, created: true }), type: 'check', condition, noInherit }];
  });
  return { ...table, constraints: [...table.constraints, ...constraints] };
}

/** A key that is declared twice over the same columns (`id int PRIMARY KEY UNIQUE`) is made once (`transformIndexConstraints`). */
function withoutDoubleKeys(constraints: readonly ConstraintDefinition[]): readonly ConstraintDefinition[] {
  const isKey = (constraint: ConstraintDefinition) => constraint.type === 'unique' || constraint.type === 'primaryKey';
  const kept: ConstraintDefinition[] = [];
  const ordered = [
    ...constraints.filter(({ type }) => type === 'primaryKey'),
    ...constraints.filter(({ type }) => type !== 'primaryKey'),
  ];
  for (const constraint of ordered) {
    const twin = kept.findIndex(
      other =>
        isKey(other) &&
        constraint.type === 'unique' &&
        'columns' in other &&
        other.columns.join('\0') === constraint.columns.join('\0') &&
        constraint.including === undefined &&
        (other.deferrable ?? false) === (constraint.deferrable ?? false),
    );
    const double = kept[twin];
    if (double === undefined) kept.push(constraint);
    else if (double.name === undefined && constraint.name !== undefined)
      kept[twin] = { ...double, name: constraint.name };
  }
  return kept;
}

function dropTable(state: State, operation: DropTable, at: Origin): State {
  const relation = resolveRelation(state, operation.table);
  if (relation === undefined) {
    if (existence(state, operation.table) === 'gone') return state;
    return markGone(state, goneKey(state, operation.table), 'table', at);
  }
  if (relation.kind !== 'table') return state;
  const dropped = dropTogether(state, [{ kind: 'relation', id: relation.id }], at);
  if (!catalogueOf(state).referencesByName) return dropped;
  // The foreign keys of other tables stay, and wait for the next table of the name.
  return incomingForeignKeys(state, relation).reduce(
    (current, { table, constraint }) =>
      updateTable(current, table.id, found => ({ ...found, constraints: [...found.constraints, constraint] })),
    dropped,
  );
}
