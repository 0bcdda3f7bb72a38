import type { IndexElement, IndexKind } from '../operations/definitions.ts';
import type { WrittenExpression } from '../operations/expressions.ts';
import { nameKey } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { catalogueOf } from './dialects.ts';
import { dropTogether } from './drop.ts';
import { creationSchema, indexesOf, resolveRelation } from './lookup.ts';
import type { Index, MaterializedView, ObjectId, Origin, Table } from './schema.ts';
import { chooseRelationName, indexColumnNames, joinColumnNames } from './server-names.ts';
import type { State } from './state.ts';
import { putRelation, tableById, takeId, updateRelation, updateTable } from './store.ts';

/** What an index is made of, as CREATE INDEX or the constraint that it belongs to says. */
export interface IndexSpecification {
  /** The server makes one up when left out. */
  readonly name?: string;
  readonly unique: boolean;
  readonly method: string;
  readonly elements: readonly IndexElement[];
  readonly including: readonly string[];
  readonly where?: WrittenExpression;
  readonly nullsNotDistinct: boolean;
  readonly tablespace?: string;
  readonly indexKind?: IndexKind;
  readonly visible?: false;
  /** Made by the server behind a foreign key. */
  readonly implicit?: true;
  /** The constraint that it will belong to. */
  readonly constraint?: 'primaryKey' | 'unique' | 'exclude';
}

const LABELS = { primaryKey: 'pkey', unique: 'key', exclude: 'excl' } as const;

/**
 * Makes an index on one table or materialized view, its partitions left alone.
 *
 * @param only - on ONLY a partitioned parent: invalid until every partition has one attached
 * @returns the state with it, and its id
 */
export function makeIndex(
  state: State,
  owner: Table | MaterializedView,
  specification: IndexSpecification,
  at: Origin,
  only = false,
): readonly [State, ObjectId] {
  const [made, { id }] = makeUnlistedIndex(state, owner, specification, at, only);
  const list = <Owner extends Table | MaterializedView>(found: Owner): Owner => withIndex(found, id);
  return [updateRelation(updateTable(made, owner.id, list), owner.id, 'materialized view', list), id];
}

/** The owner with an index in its list; as it is where the index is in it. */
export function withIndex<Owner extends Table | MaterializedView>(owner: Owner, id: ObjectId): Owner {
  return owner.indexes.includes(id) ? owner : { ...owner, indexes: [...owner.indexes, id] };
}

/**
 * {@link makeIndex}, but that the owner does not list the index yet: for who has more to write into the owner, so that it is
 * written once.
 */
export function makeUnlistedIndex(
  state: State,
  owner: Table | MaterializedView,
  specification: IndexSpecification,
  at: Origin,
  only = false,
): readonly [State, Index] {
  const { constraint, name, tablespace, where, ...facts } = specification;
  const { primaryKeyName, indexNaming } = catalogueOf(state);
  const schema = indexScope(state, owner);
  const wanted = constraint === 'primaryKey' ? (primaryKeyName ?? name) : name;
  const [free, given] = claimIndexName(state, schema, wanted, at);
  const columns =
    constraint === 'primaryKey' ? undefined : joinColumnNames(indexColumnNames(facts.elements, facts.including));
  const label = constraint === undefined ? 'idx' : LABELS[constraint];
  const made = indexNaming === 'first column' ? firstColumnName(free, schema, facts.elements) : undefined;
  const chosen = given ?? made ?? chooseRelationName(free, schema, owner.name, columns, label);
  const [next, id] = takeId(free);
  const index: Index = {
    kind: 'index',
    id,
    schema,
    name: chosen,
    origin: at,
    table: owner.id,
    ...facts,
    ...(where === undefined ? {} : { where }),
    ...(tablespace === undefined ? {} : { tablespace }),
    ...(constraint === undefined ? {} : { constraint: chosen }),
    valid: !(only && owner.kind === 'table' && owner.partitions.length > 0),
    partitions: [],
    complete: true,
  };
  return [putRelation(next, index), index];
}

/** The schema under which an index of a table is held: the table's own, or one that has the table's indexes alone. */
export function indexScope(state: Pick<State, 'dialect'>, owner: Pick<Table, 'schema' | 'name'>): string {
  return catalogueOf(state).indexNames === 'schema' ? owner.schema : `${owner.schema}.${owner.name}`;
}

/** The name that MySQL gives an index without one: its first column's, with a number where that is taken. */
function firstColumnName(state: State, schema: string, [first]: readonly IndexElement[]): string {
  const name = first?.column ?? 'functional_index';
  let chosen = name;
  for (let number = 2; state.schema.names.has(nameKey(schema, chosen)); number++) chosen = `${name}_${number}`;
  return chosen;
}

/**
 * Frees the name that an index is given: an older index of that name gives way. A name that something else has is not given,
 * as the server would refuse it.
 */
export function claimIndexName(
  state: State,
  schema: string,
  name: string | undefined,
  at: Origin,
): readonly [State, string | undefined] {
  const taken = name === undefined ? undefined : state.schema.names.get(nameKey(schema, name));
  if (taken === undefined) return [state, name];
  if (state.schema.relations.get(taken)?.kind !== 'index') return [state, undefined];
  return [dropTogether(state, [{ kind: 'relation', id: taken }], at), name];
}

/** CREATE INDEX on a table or materialized view, and on all partitions unless on ONLY the parent. */
export function makeIndexTree(
  state: State,
  owner: Table | MaterializedView,
  specification: IndexSpecification,
  at: Origin,
  only: boolean,
): readonly [State, ObjectId] {
  const [made, id] = makeIndex(state, owner, specification, at, only);
  if (owner.kind !== 'table' || only) return [made, id];
  const { name: _, ...unnamed } = specification;
  const done = owner.partitions.reduce((current, partitionId) => {
    const partition = tableById(current, partitionId);
    if (partition === undefined) return current;
    const existing = indexesOf(current, partition).find(index => canAttach(index, unnamed));
    if (existing !== undefined) return linkIndexPartition(current, id, existing.id);
    const [next, child] = makeIndexTree(current, partition, unnamed, at, false);
    return linkIndexPartition(next, id, child);
  }, made);
  return [done, id];
}

/** Whether a partition's own index can serve as its part of an index on the parent. */
export function canAttach(index: Index, specification: IndexSpecification): boolean {
  return (
    index.partitionOf === undefined &&
    index.unique === specification.unique &&
    index.method === specification.method &&
    index.nullsNotDistinct === specification.nullsNotDistinct &&
    (specification.constraint === undefined || index.constraint !== undefined) &&
    sameElements(index.elements, specification.elements) &&
    index.including.join('\0') === specification.including.join('\0') &&
    index.where?.text === specification.where?.text
  );
}

function sameElements(left: readonly IndexElement[], right: readonly IndexElement[]): boolean {
  const shape = ({ column, expression, operatorClass }: IndexElement): string =>
    [column ?? '', expression?.text ?? '', operatorClass ?? ''].join('\0');
  return left.length === right.length && left.every((element, index) => shape(element) === shape(right[index]!));
}

/** What another index would have to be like to serve as the same one on a partition. */
export function specificationOf(index: Index, constraint?: IndexSpecification['constraint']): IndexSpecification {
  const { unique, method, elements, including, where, nullsNotDistinct } = index;
  return {
    unique,
    method,
    elements,
    including,
    nullsNotDistinct,
    ...(where === undefined ? {} : { where }),
    ...(constraint === undefined ? {} : { constraint }),
  };
}

/**
 * Makes one index the partition of another. The parent becomes valid with the last of its table's partitions, and so may its
 * own parent.
 */
export function linkIndexPartition(state: State, parentId: ObjectId, childId: ObjectId): State {
  const linked = updateRelation(
    updateRelation(state, childId, 'index', child => ({ ...child, partitionOf: parentId })),
    parentId,
    'index',
    parent =>
      parent.partitions.includes(childId) ? parent : { ...parent, partitions: [...parent.partitions, childId] },
  );
  return validateUpwards(linked, parentId);
}

function validateUpwards(state: State, id: ObjectId | undefined): State {
  const index = id === undefined ? undefined : state.schema.relations.get(id);
  if (index?.kind !== 'index' || index.valid) return state;
  const table = tableById(state, index.table);
  const children = index.partitions.map(child => state.schema.relations.get(child));
  const valid = children.filter(child => child?.kind === 'index' && child.valid).length;
  if (table === undefined || valid !== table.partitions.length) return state;
  return validateUpwards(putRelation(state, { ...index, valid: true }), index.partitionOf);
}

/** The name that the server gives an index whose CREATE INDEX has none. */
export function generatedIndexName(
  state: State,
  { table: name, elements, including }: Pick<OperationOf<'createIndex'>, 'table' | 'elements' | 'including'>,
): string {
  const table = resolveRelation(state, name);
  const columns = joinColumnNames(indexColumnNames(elements, including));
  const schema = table?.schema ?? creationSchema(state, name);
  return chooseRelationName(state, schema, table?.name ?? name.name, columns, 'idx');
}
