import type {
  CheckConstraint,
  ConstraintDefinition,
  ExcludeConstraint,
  ForeignKeyConstraint,
  KeyConstraint,
  NotNullConstraint,
} from '../operations/definitions.ts';
import { columnsOf } from '../operations/expressions.ts';
import { nameKey } from '../operations/names.ts';
import { ensureTable } from './context.ts';
import { catalogueOf } from './dialects.ts';
import { removeConstraintOf } from './drop.ts';
import {
  canAttach,
  claimIndexName,
  type IndexSpecification,
  linkIndexPartition,
  makeIndex,
  makeUnlistedIndex,
  specificationOf,
  withIndex,
} from './indexes.ts';
import { descendantsOf, indexesOf } from './lookup.ts';
import type { Index, ObjectId, Origin, Table, TableConstraint } from './schema.ts';
import { chooseConstraintName, joinColumnNames } from './server-names.ts';
import type { State } from './state.ts';
import { moveRelation, putRelation, tableById, updateRelation, updateTable } from './store.ts';

/** How a constraint comes to a table. */
export interface ConstraintContext {
  readonly at: Origin;
  /** With the table or with its column: there are no rows to check, so NOT VALID has no effect. */
  readonly created?: boolean;
  /** ALTER TABLE ONLY. */
  readonly only?: boolean;
  /** It comes down from the parent table. */
  readonly inherited?: boolean;
}

/** Adds a constraint of any type to a table, and to the partitions and children that it reaches. */
export function addConstraint(
  state: State,
  tableId: ObjectId,
  definition: ConstraintDefinition,
  context: ConstraintContext,
): State {
  const table = tableById(state, tableId);
  if (table === undefined) return state;
  switch (definition.type) {
    case 'check':
      return addCheck(state, table, definition, context);
    case 'notNull':
      return addNotNull(state, table, definition, context);
    case 'unique':
    case 'primaryKey':
      return addKey(state, table, definition, context);
    case 'foreignKey':
      return addForeignKey(state, table, definition, context);
    case 'exclude':
      return addExclude(state, table, definition, context);
  }
}

/** The fields that all constraints have. */
export function constraintState(
  name: string,
  definition: Pick<ConstraintDefinition, 'notValid' | 'notEnforced' | 'deferrable' | 'initiallyDeferred'>,
  { at, created, inherited }: ConstraintContext,
): Pick<TableConstraint, 'name' | 'valid' | 'enforced' | 'deferrable' | 'initiallyDeferred' | 'origin' | 'inherited'> {
  const enforced = definition.notEnforced !== true;
  return {
    name,
    enforced,
    valid: enforced && (created === true || definition.notValid !== true),
    deferrable: definition.deferrable === true || definition.initiallyDeferred === true,
    initiallyDeferred: definition.initiallyDeferred === true,
    origin: at,
    ...(inherited ? { inherited } : {}),
  };
}

/**
 * Writes a constraint into its table; one of the same name gives way.
 *
 * @param along - what else the constraint changes in the table, so that both are written at once; the state that it is given
 *   does not have the constraint yet
 */
function put(
  state: State,
  tableId: ObjectId,
  constraint: TableConstraint,
  along: (table: Table, state: State) => Table = table => table,
): State {
  const taken = tableById(state, tableId)?.constraints.some(({ name }) => name === constraint.name);
  const free = taken ? removeConstraintOf(state, tableId, constraint.name) : state;
  return updateTable(free, tableId, table =>
    along({ ...table, constraints: [...table.constraints, constraint] }, free),
  );
}

/** The name of a CHECK: of its one column, or of the table alone where it reads several or none. */
export function checkName(
  state: State,
  table: Pick<Table, 'schema' | 'name'>,
  definition: CheckConstraint,
  others?: ReadonlySet<string>,
): string {
  const columns = columnsOf(definition.condition.expression);
  const only = columns.length === 1 ? columns[0] : undefined;
  return definition.name ?? chooseConstraintName(state, table.schema, table.name, only, 'check', others);
}

function addCheck(state: State, table: Table, definition: CheckConstraint, context: ConstraintContext): State {
  const { condition } = definition;
  const name = checkName(state, table, definition);
  const constraint: TableConstraint = {
    ...constraintState(name, definition, context),
    type: 'check',
    condition,
    noInherit: definition.noInherit === true,
  };
  const added = put(state, table.id, constraint);
  if (definition.noInherit || context.only) return added;
  return descendantsOf(state, table).reduce((current, child) => inheritCheck(current, child, constraint), added);
}

/** Gives a child its parent's CHECK; a CHECK of that name which it has already is merged with it. */
function inheritCheck(state: State, child: Table, constraint: Extract<TableConstraint, { type: 'check' }>): State {
  if (child.constraints.some(({ name }) => name === constraint.name)) return state;
  return put(state, child.id, { ...constraint, inherited: true });
}

function addNotNull(state: State, table: Table, definition: NotNullConstraint, context: ConstraintContext): State {
  const added = makeNotNull(state, table.id, definition, context);
  if (context.only || definition.noInherit) return added;
  const { column } = definition;
  const name = tableById(added, table.id)?.constraints.find(
    constraint => constraint.type === 'notNull' && constraint.column === column,
  )?.name;
  // The children's have the name of the parent's.
  const inherited = { ...context, inherited: true };
  const named = name === undefined ? definition : { ...definition, name };
  return descendantsOf(state, table).reduce(
    (current, child) => makeNotNull(current, child.id, named, inherited),
    added,
  );
}

/** Writes {@link withNotNull} of a table. */
export function makeNotNull(
  state: State,
  tableId: ObjectId,
  definition: Pick<NotNullConstraint, 'column' | 'name' | 'notValid' | 'noInherit'>,
  context: ConstraintContext,
): State {
  const table = tableById(state, tableId);
  return table === undefined ? state : putRelation(state, withNotNull(state, table, definition, context));
}

/**
 * The table with a column of it NOT NULL. A NOT NULL constraint that the column has already is made valid, not doubled.
 *
 * @param state - whose constraints' names are taken
 * @param table - as it stands in the state, or on its way there: the names of its constraints are taken too
 */
export function withNotNull(
  state: State,
  table: Table,
  definition: Pick<NotNullConstraint, 'column' | 'name' | 'notValid' | 'noInherit'>,
  context: ConstraintContext,
): Table {
  const { column } = definition;
  const existing = table.constraints.find(constraint => constraint.type === 'notNull' && constraint.column === column);
  const valid = context.created === true || definition.notValid !== true;
  const name =
    existing?.name ??
    definition.name ??
    chooseConstraintName(state, table.schema, table.name, column, 'not_null', constraintNamesOf(table));
  const constraint: TableConstraint = existing
    ? { ...existing, valid: existing.valid || valid }
    : {
        ...constraintState(name, definition, context),
        type: 'notNull',
        column,
        noInherit: definition.noInherit === true,
      };
  const constraints = existing
    ? table.constraints.map(other => (other === existing ? constraint : other))
    : [...table.constraints, constraint];
  return { ...setNotNull(table, column, constraint.valid), constraints };
}

/** The names of a table's constraints. */
export function constraintNamesOf({ constraints }: Pick<Table, 'constraints'>): ReadonlySet<string> {
  return new Set(constraints.map(({ name }) => name));
}

function setNotNull(table: Table, column: string, notNull: boolean): Table {
  const known = table.columns.some(({ name }) => name === column);
  if (!known && (table.complete || !notNull)) return table;
  const columns = known ? table.columns : [...table.columns, { name: column, notNull, defaultSinceCreation: false }];
  return {
    ...table,
    columns: columns.map(other => (other.name === column && other.notNull !== true ? { ...other, notNull } : other)),
  };
}

function addKey(state: State, table: Table, definition: KeyConstraint, context: ConstraintContext): State {
  const [indexed, index] =
    definition.usingIndex === undefined
      ? makeKeyIndex(state, table, definition, context)
      : adoptIndex(state, table, definition, context.at);
  if (index === undefined) return state;
  const columns = index.complete ? index.elements.flatMap(({ column }) => column ?? []) : definition.columns;
  const constraint: TableConstraint = {
    ...constraintState(index.name, definition, context),
    type: definition.type,
    columns,
    index: index.id,
    nullsNotDistinct: index.nullsNotDistinct,
  };
  const strict = definition.type === 'primaryKey' ? columns : [];
  const keyed = put(indexed, table.id, constraint, (found, before) =>
    strict.reduce((current, column) => withNotNull(before, current, { column }, context), withIndex(found, index.id)),
  );
  if (context.only) return keyed;
  const { name: _, usingIndex: __, ...unnamed } = definition;
  return table.partitions.reduce(
    (current, partition) => inheritKey(current, partition, index, { ...unnamed, columns }, context.at),
    keyed,
  );
}

/** Gives a partition its part of the parent's key: a matching one that it has, or a new one. */
export function inheritKey(
  state: State,
  partitionId: ObjectId,
  parentIndex: Index,
  definition: KeyConstraint,
  at: Origin,
): State {
  const partition = tableById(state, partitionId);
  if (partition === undefined) return state;
  const wanted = specificationOf(parentIndex, definition.type);
  const existing = indexesOf(state, partition).find(index => canAttach(index, wanted));
  if (existing !== undefined) return linkIndexPartition(state, parentIndex.id, existing.id);
  const added = addKey(state, partition, definition, { at, created: true, inherited: true });
  const key = tableById(added, partitionId)?.constraints.findLast(({ type }) => type === definition.type);
  return key !== undefined && 'index' in key ? linkIndexPartition(added, parentIndex.id, key.index) : added;
}

function makeKeyIndex(
  state: State,
  table: Table,
  definition: KeyConstraint,
  { at, only }: ConstraintContext,
): readonly [State, Index | undefined] {
  const specification: IndexSpecification = {
    ...(definition.name === undefined ? {} : { name: definition.name }),
    unique: true,
    method: definition.withoutOverlaps ? 'gist' : 'btree',
    elements: definition.elements ?? definition.columns.map(column => ({ column })),
    including: definition.including ?? [],
    nullsNotDistinct: definition.nullsNotDistinct === true,
    constraint: definition.type,
  };
  return makeUnlistedIndex(state, table, specification, at, only);
}

/** ADD CONSTRAINT … USING INDEX: the index becomes the constraint's and takes its name. */
function adoptIndex(
  state: State,
  table: Table,
  definition: KeyConstraint,
  at: Origin,
): readonly [State, Index | undefined] {
  const wanted = definition.usingIndex!;
  const name = definition.name ?? wanted;
  const found = indexesOf(state, table).find(index => index.name === wanted);
  if (found !== undefined) {
    if (found.constraint !== undefined) return [state, undefined];
    const [free, given] = name === wanted ? [state, name] : claimIndexName(state, found.schema, name, at);
    const renamed = moveRelation(free, found.id, { schema: found.schema, name: given ?? wanted }, at);
    const adopted = updateRelation(renamed, found.id, 'index', index => ({ ...index, constraint: index.name }));
    return [adopted, indexById(adopted, found.id)];
  }
  if (table.complete) return [state, undefined];
  const specification: IndexSpecification = {
    name,
    unique: true,
    method: 'btree',
    elements: [],
    including: [],
    nullsNotDistinct: false,
    constraint: definition.type,
  };
  const [made, id] = makeIndex(state, table, specification, at);
  const unknown = updateRelation(made, id, 'index', ({ origin: _, ...index }) => ({ ...index, complete: false }));
  return [unknown, indexById(unknown, id)];
}

function indexById(state: State, id: ObjectId): Index | undefined {
  const relation = state.schema.relations.get(id);
  return relation?.kind === 'index' ? relation : undefined;
}

function addForeignKey(
  state: State,
  table: Table,
  definition: ForeignKeyConstraint,
  context: ConstraintContext,
): State {
  const [known, referenced] = ensureTable(state, definition.references);
  if (referenced === undefined) return state;
  const name =
    definition.name ??
    chooseConstraintName(known, table.schema, table.name, joinColumnNames(definition.columns), 'fkey');
  const key = referenced.constraints.find(({ type }) => type === 'primaryKey');
  const implied = key?.type === 'primaryKey' ? key.columns : [];
  const constraint: ForeignKey = {
    ...constraintState(name, definition, context),
    type: 'foreignKey',
    columns: definition.columns,
    references: referenced.id,
    referencedColumns: definition.referencedColumns.length > 0 ? definition.referencedColumns : implied,
    onDelete: definition.onDelete,
    onUpdate: definition.onUpdate,
  };
  const added = serveForeignKey(linkForeignKey(known, table.id, constraint), table.id, definition, context.at);
  return descendPartitions(added, table, (current, partition) => inheritForeignKey(current, partition, constraint));
}

/**
 * Lets foreign keys mean a table that came to be, where they name their table and it had gone.
 *
 * @param before - the state in which the name was free
 */
export function adoptReferences(before: State, state: State, id: ObjectId): State {
  const table = tableById(state, id);
  if (table === undefined || !catalogueOf(state).referencesByName) return state;
  const gone = before.schema.gone.get(nameKey(table.schema, table.name));
  if (gone === undefined) return state;
  const waiting = [...state.schema.relations.values()].filter(
    relation => relation.kind === 'table' && relation.constraints.some(constraint => references(constraint, gone.id)),
  );
  const bound = waiting.reduce(
    (current, { id: child }) =>
      updateTable(current, child, found => ({
        ...found,
        constraints: found.constraints.map(constraint =>
          references(constraint, gone.id) ? { ...constraint, references: id } : constraint,
        ),
      })),
    state,
  );
  const ids = waiting.map(({ id: child }) => child);
  return updateTable(bound, id, found => ({
    ...found,
    referencedBy: [...found.referencedBy, ...ids.filter(child => !found.referencedBy.includes(child))],
  }));
}

function references(constraint: TableConstraint, id: ObjectId): constraint is ForeignKey {
  return constraint.type === 'foreignKey' && constraint.references === id;
}

/**
 * The state with the index that the server makes behind a foreign key where it has none to serve it. It has the name that the
 * key was given; otherwise it is named as any index without a name.
 */
function serveForeignKey(state: State, tableId: ObjectId, definition: ForeignKeyConstraint, at: Origin): State {
  const { name, columns } = definition;
  const table = tableById(state, tableId);
  if (table === undefined || !catalogueOf(state).indexesForeignKeys) return state;
  if (indexesOf(state, table).some(index => beginsWith(index, columns))) return state;
  const specification: IndexSpecification = {
    ...(name === undefined ? {} : { name }),
    unique: false,
    method: 'btree',
    elements: columns.map(column => ({ column })),
    including: [],
    nullsNotDistinct: false,
    implicit: true,
  };
  return makeIndex(state, table, specification, at)[0];
}

/** Whether an index's first columns are the given ones, in their order. */
export function beginsWith(index: Pick<Index, 'elements'>, columns: readonly string[]): boolean {
  return columns.every((column, place) => index.elements[place]?.column === column);
}

type ForeignKey = Extract<TableConstraint, { type: 'foreignKey' }>;

/** Gives a partition its parent's foreign key, under the same name unless the partition has one of that name. */
export function inheritForeignKey(state: State, partition: Table, constraint: ForeignKey): State {
  const existing = partition.constraints.find(
    other =>
      other.type === 'foreignKey' &&
      other.references === constraint.references &&
      other.columns.join('\0') === constraint.columns.join('\0'),
  );
  if (existing !== undefined) return state;
  const taken = partition.constraints.some(({ name }) => name === constraint.name);
  const columns = joinColumnNames(constraint.columns);
  const name = taken ? chooseConstraintName(state, partition.schema, partition.name, columns, 'fkey') : constraint.name;
  return linkForeignKey(state, partition.id, { ...constraint, name, inherited: true });
}

function linkForeignKey(state: State, tableId: ObjectId, constraint: ForeignKey): State {
  return updateTable(put(state, tableId, constraint), constraint.references, table =>
    table.referencedBy.includes(tableId) ? table : { ...table, referencedBy: [...table.referencedBy, tableId] },
  );
}

function descendPartitions(state: State, table: Table, change: (state: State, partition: Table) => State): State {
  return table.partitions.reduce((current, id) => {
    const partition = tableById(current, id);
    return partition === undefined ? current : descendPartitions(change(current, partition), partition, change);
  }, state);
}

function addExclude(state: State, table: Table, definition: ExcludeConstraint, context: ConstraintContext): State {
  const { name, method, elements, where } = definition;
  const specification: IndexSpecification = {
    ...(name === undefined ? {} : { name }),
    unique: false,
    method,
    elements,
    including: [],
    nullsNotDistinct: false,
    ...(where === undefined ? {} : { where }),
    constraint: 'exclude',
  };
  const [made, { id, name: chosen }] = makeUnlistedIndex(state, table, specification, context.at);
  const constraint: TableConstraint = {
    ...constraintState(chosen, definition, context),
    type: 'exclude',
    index: id,
    elements,
  };
  return put(made, table.id, constraint, found => withIndex(found, id));
}
