import { type NameKey, nameKey, type ObjectName } from '../operations/names.ts';
import type { RelationKind } from '../operations/operations.ts';
import { creationSchema, isGone, isSystemName, resolveRelation, resolveType } from './lookup.ts';
import type { ObjectId, Origin, Relation, Table, UserType, View } from './schema.ts';
import type { State } from './state.ts';
import { putRelation, putType, takeId } from './store.ts';

/** The statement that an operation stands in: indexes of the migration in its project and of the statement in its direction. */
export interface Site {
  readonly migration: number;
  readonly statement: number;
}

/** Where and when: the site and the transaction that is open. */
export function originAt(state: State, site: Site): Origin {
  const { migration, statement } = site;
  return state.transaction.status === 'open'
    ? { migration, statement, transaction: state.transaction.id }
    : { migration, statement };
}

/** A table with nothing in it, as CREATE TABLE and unknown tables start from. */
export function blankTable(id: ObjectId, schema: string, name: string): Table {
  return {
    kind: 'table',
    id,
    schema,
    name,
    complete: true,
    persistence: 'permanent',
    columns: [],
    constraints: [],
    indexes: [],
    triggers: [],
    policies: [],
    rules: [],
    rowSecurity: { enabled: false, forced: false },
    replicaIdentity: { kind: 'default' },
    partitions: [],
    inherits: [],
    children: [],
    referencedBy: [],
    dependentViews: [],
    options: [],
    filled: false,
    grantees: [],
    goneColumns: [],
  };
}

/** What stands in for a relation that a statement needs but no migration made. */
function unknownRelation(id: ObjectId, schema: string, name: string, kind: RelationKind): Relation | undefined {
  const base = { id, schema, name };
  switch (kind) {
    case 'table':
      return { ...blankTable(id, schema, name), complete: false };
    case 'foreign table':
      return { ...blankTable(id, schema, name), complete: false, foreign: true };
    case 'view':
      return {
        ...base,
        kind: 'view',
        reads: [],
        readColumns: [],
        dependentViews: [],
        options: [],
        triggers: [],
        grantees: [],
        temporary: false,
      };
    case 'materialized view':
      return {
        ...base,
        kind: 'materialized view',
        reads: [],
        readColumns: [],
        dependentViews: [],
        indexes: [],
        populated: true,
      };
    case 'sequence':
      return { ...base, kind: 'sequence', temporary: false, usedBy: [] };
    default:
      return undefined;
  }
}

/** Whether a relation only stands in for one that no migration made, so that it may be of another kind than was thought. */
function isStandIn(relation: Relation): boolean {
  return relation.origin === undefined;
}

/**
 * The relation that a statement needs. One that the history does not show is entered as unknown; undefined for a name that is
 * known to be gone or to be something else, which the server would refuse, and for the server's own catalogue.
 */
export function ensureRelation(
  state: State,
  name: ObjectName,
  kind: RelationKind,
): readonly [State, Relation | undefined] {
  const found = resolveRelation(state, name);
  if (found !== undefined) {
    const matches = found.kind === kind || (kind === 'foreign table' && found.kind === 'table');
    if (matches || !isStandIn(found) || found.kind !== 'table') return [state, found];
    const other = unknownRelation(found.id, found.schema, found.name, kind);
    if (other === undefined) return [state, found];
    const kept = 'dependentViews' in other ? { ...other, dependentViews: found.dependentViews } : other;
    return [putRelation(state, kept), kept];
  }
  if (isSystemName(name, state.dialect) || isGone(state, name, state.schema.gone)) return [state, undefined];
  const [next, id] = takeId(state);
  const relation = unknownRelation(id, creationSchema(state, name), name.name, kind);
  return relation === undefined ? [state, undefined] : [putRelation(next, relation), relation];
}

/** {@link ensureRelation} for statements that work on tables. */
export function ensureTable(state: State, name: ObjectName): readonly [State, Table | undefined] {
  const [next, relation] = ensureRelation(state, name, 'table');
  return [next, relation?.kind === 'table' ? relation : undefined];
}

/** {@link ensureRelation} for views. */
export function ensureView(state: State, name: ObjectName): readonly [State, View | undefined] {
  const [next, relation] = ensureRelation(state, name, 'view');
  return [next, relation?.kind === 'view' ? relation : undefined];
}

/** The user-defined type that a statement needs; one that the history does not show is entered as of unknown kind. */
export function ensureType(state: State, name: ObjectName): readonly [State, UserType | undefined] {
  const found = resolveType(state, name);
  if (found !== undefined) return [state, found];
  if (isGone(state, name, state.schema.typesGone)) return [state, undefined];
  const [next, id] = takeId(state);
  const type: UserType = { kind: 'unknown', id, schema: creationSchema(state, name), name: name.name };
  return [putType(next, type), type];
}

/** The key under which a name that the history does not show is marked as gone. */
export function goneKey(state: State, name: ObjectName): NameKey {
  return nameKey(creationSchema(state, name), name.name);
}
