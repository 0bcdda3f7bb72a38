import { Map as PersistentMap, Set as PersistentSet } from 'immutable';
import { type NameKey, nameKey } from '../operations/names.ts';
import type { Dialect } from '../server/server.ts';
import type { Gone, ObjectId, Origin, Relation, Schema, Table, UserType } from './schema.ts';
import type { Setting, State } from './state.ts';

/** The one place that writes the maps of a schema and keeps them in step. */

/** The schema that temporary objects live in, as PostgreSQL lets a session name its own. */
export const TEMPORARY_SCHEMA = 'pg_temp';

/**
 * A database in which nothing is known but that the schema `public` exists, before any session's first statement.
 *
 * @param dialect - whose rules of scoping the replay follows
 * @param version - of the server, where it decides what a statement makes; the newest known one where left out
 */
export function emptyState(dialect: Dialect, version?: string): State {
  const schema: Schema = {
    nextId: 1,
    names: PersistentMap(),
    relations: PersistentMap(),
    typeNames: PersistentMap(),
    types: PersistentMap(),
    routines: PersistentMap(),
    schemas: PersistentMap(),
    schemasGone: PersistentMap(),
    others: PersistentMap(),
    gone: PersistentMap(),
    typesGone: PersistentMap(),
    constraintNames: PersistentMap(),
    typeUsers: PersistentMap(),
    temporary: [],
  };
  const base = {
    dialect,
    schema,
    session: { settings: PersistentMap<string, Setting>() },
    transaction: { status: 'none' },
  } as const;
  return version === undefined ? base : { ...base, version };
}

/** The state with some parts of its schema exchanged. */
export function withSchema(state: State, change: Partial<Schema>): State {
  return { ...state, schema: { ...state.schema, ...change } };
}

/** The next free object id, and the state in which it is taken. */
export function takeId(state: State): readonly [State, ObjectId] {
  const id = state.schema.nextId;
  return [withSchema(state, { nextId: id + 1 }), id];
}

/** The relation behind an id, when it is a table. */
export function tableById(state: State, id: ObjectId | undefined): Table | undefined {
  const relation = id === undefined ? undefined : state.schema.relations.get(id);
  return relation?.kind === 'table' ? relation : undefined;
}

/**
 * Writes a relation, new or changed, under the name that it carries. Its earlier name, where that was another one, is marked
 * as gone by {@link moveRelation}, not here.
 */
export function putRelation(state: State, relation: Relation): State {
  const { schema } = state;
  const before = schema.relations.get(relation.id);
  if (before === relation) return state;
  const key = nameKey(relation.schema, relation.name);
  const named = before !== undefined && before.schema === relation.schema && before.name === relation.name;
  return {
    ...state,
    schema: {
      ...schema,
      relations: schema.relations.set(relation.id, relation),
      names: named ? schema.names : schema.names.set(key, relation.id),
      gone: named ? schema.gone : schema.gone.delete(key),
      constraintNames: countConstraints(schema.constraintNames, before, relation),
      ...touch(schema, 'relation', relation.id),
    },
  };
}

/** Changes some fields of a relation of the given kind; a relation that is gone, or of another kind, is left as it is. */
export function updateRelation<Kind extends Relation['kind']>(
  state: State,
  id: ObjectId | undefined,
  kind: Kind,
  change: (relation: Extract<Relation, { kind: Kind }>) => Extract<Relation, { kind: Kind }>,
): State {
  const relation = id === undefined ? undefined : state.schema.relations.get(id);
  if (relation?.kind !== kind) return state;
  return putRelation(state, change(relation as Extract<Relation, { kind: Kind }>));
}

/** {@link updateRelation} for tables. */
export function updateTable(state: State, id: ObjectId | undefined, change: (table: Table) => Table): State {
  return updateRelation(state, id, 'table', change);
}

/** Takes a relation away and remembers its name as gone. What refers to it is the caller's to clean up first. */
export function removeRelation(state: State, id: ObjectId, at: Origin): State {
  const { schema } = state;
  const relation = schema.relations.get(id);
  if (relation === undefined) return state;
  const key = nameKey(relation.schema, relation.name);
  const owned = schema.names.get(key) === id;
  const free = owned ? schema.names.delete(key) : schema.names;
  return {
    ...state,
    schema: {
      ...schema,
      relations: schema.relations.delete(id),
      // A rename of unknown outcome left it with two names.
      names: relation.uncertain ? free.filter(other => other !== id) : free,
      gone: owned ? schema.gone.set(key, { how: 'dropped', what: relation.kind, at, id }) : schema.gone,
      constraintNames: countConstraints(schema.constraintNames, relation, undefined),
      temporary:
        relation.schema === TEMPORARY_SCHEMA ? schema.temporary.filter(other => other !== id) : schema.temporary,
      ...touch(schema, 'relation', id),
    },
  };
}

/** Gives a relation another name or schema; the old name is known to be free from then on. */
export function moveRelation(
  state: State,
  id: ObjectId,
  to: { readonly schema: string; readonly name: string },
  at: Origin,
): State {
  const relation = state.schema.relations.get(id);
  if (relation === undefined || (relation.schema === to.schema && relation.name === to.name)) return state;
  const oldKey = nameKey(relation.schema, relation.name);
  const moved = putRelation(state, { ...relation, ...to });
  const gone: Gone = {
    how: relation.schema === to.schema ? 'renamed' : 'moved',
    what: relation.kind,
    at,
    newName: to.name,
    id,
  };
  if (moved.schema.names.get(oldKey) !== id) return moved;
  return withSchema(moved, { names: moved.schema.names.delete(oldKey), gone: moved.schema.gone.set(oldKey, gone) });
}

/** Remembers that a name which the history never showed was dropped. */
export function markGone(state: State, key: NameKey, what: Gone['what'], at: Origin): State {
  const [next, id] = takeId(state);
  return withSchema(next, { gone: next.schema.gone.set(key, { how: 'dropped', what, at, id }) });
}

/** Writes a user-defined type, new or changed; the counterpart of {@link putRelation}. */
export function putType(state: State, type: UserType): State {
  const { schema } = state;
  const before = schema.types.get(type.id);
  const key = nameKey(type.schema, type.name);
  const named = before !== undefined && before.schema === type.schema && before.name === type.name;
  return withSchema(state, {
    types: schema.types.set(type.id, type),
    typeNames: named ? schema.typeNames : schema.typeNames.set(key, type.id),
    typesGone: named ? schema.typesGone : schema.typesGone.delete(key),
    ...touch(schema, 'type', type.id),
  });
}

/** Takes a type away and remembers its name as gone. */
export function removeType(state: State, id: ObjectId, at: Origin): State {
  const { schema } = state;
  const type = schema.types.get(id);
  if (type === undefined) return state;
  const key = nameKey(type.schema, type.name);
  return withSchema(state, {
    types: schema.types.delete(id),
    typeNames: schema.typeNames.delete(key),
    typesGone: schema.typesGone.set(key, { how: 'dropped', what: type.kind, at, id }),
    typeUsers: schema.typeUsers.delete(id),
    ...touch(schema, 'type', id),
  });
}

/** Gives a type another name or schema. */
export function moveType(
  state: State,
  id: ObjectId,
  to: { readonly schema: string; readonly name: string },
  at: Origin,
): State {
  const type = state.schema.types.get(id);
  if (type === undefined || (type.schema === to.schema && type.name === to.name)) return state;
  const oldKey = nameKey(type.schema, type.name);
  const moved = putType(state, { ...type, ...to });
  const gone: Gone = {
    how: type.schema === to.schema ? 'renamed' : 'moved',
    what: type.kind,
    at,
    newName: to.name,
    id,
  };
  return withSchema(moved, {
    typeNames: moved.schema.typeNames.delete(oldKey),
    typesGone: moved.schema.typesGone.set(oldKey, gone),
  });
}

/** Remembers that an object uses a type, so that the type's users are found without a scan. */
export function recordTypeUse(state: State, type: ObjectId | undefined, user: ObjectId): State {
  if (type === undefined) return state;
  const users = state.schema.typeUsers.get(type) ?? PersistentSet<ObjectId>();
  if (users.has(user)) return state;
  return withSchema(state, { typeUsers: state.schema.typeUsers.set(type, users.add(user)) });
}

function touch(schema: Schema, map: 'relation' | 'type', id: ObjectId): Partial<Schema> {
  return schema.touched === undefined ? {} : { touched: [...schema.touched, { map, id }] };
}

/** Keeps the count of constraint names in step with a table that came, changed or went. */
function countConstraints(
  counts: PersistentMap<NameKey, number>,
  before: Relation | undefined,
  after: Relation | undefined,
): PersistentMap<NameKey, number> {
  const old = before?.kind === 'table' ? before : undefined;
  const now = after?.kind === 'table' ? after : undefined;
  if (old?.constraints === now?.constraints && old?.schema === now?.schema) return counts;
  const [left, right] = [old?.constraints ?? [], now?.constraints ?? []];
  // As a rule one constraint was added at the end: what both have in front keeps its count.
  let same = 0;
  if (old?.schema === now?.schema) while (same < left.length && left[same]?.name === right[same]?.name) same++;
  return counts.withMutations(map => {
    for (const { name } of left.slice(same)) {
      const key = nameKey(old!.schema, name);
      const count = (map.get(key) ?? 1) - 1;
      if (count === 0) map.delete(key);
      else map.set(key, count);
    }
    for (const { name } of right.slice(same)) {
      map.update(nameKey(now!.schema, name), 0, count => count + 1);
    }
  });
}
