import { nameKey, type ObjectName } from '../../operations/names.ts';
import type {
  GenericObjectOperation,
  MaintenanceOperation,
  OperationOf,
  SchemaOperation,
} from '../../operations/operations.ts';
import { updateColumn } from '../columns.ts';
import { ensureTable } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { creationSchema, lookupSchemas, resolveRelation } from '../lookup.ts';
import { renameSchema } from '../renames.ts';
import type { GenericObject, ObjectId, Origin } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation, withSchema } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';
import { findRoutine } from './routines.ts';

type Kinds = SchemaOperation['kind'] | GenericObjectOperation['kind'] | MaintenanceOperation['kind'];

export const OBJECTS: ApplyTable<Kinds> = {
  createSchema: (state, { schema }, at) => {
    const { schemas, schemasGone } = state.schema;
    if (schemas.has(schema)) return state;
    return withSchema(state, { schemas: schemas.set(schema, at), schemasGone: schemasGone.delete(schema) });
  },
  renameSchema: (state, { schema, newName }, at) => renameSchema(state, schema, newName, at),
  dropSchema: (state, { schema }, at) => dropTogether(state, [{ kind: 'schema', name: schema }], at),
  createObject,
  alterObject,
  dropObject: (state, { objectKind, name }, at) => {
    if (objectKind === 'trigger') return dropTriggerAnywhere(state, name.name, at);
    const key = findObject(state, objectKind, name);
    return key === undefined ? state : dropTogether(state, [{ kind: 'object', key }], at);
  },
  comment,
  grant: (state, operation) => changePrivileges(state, operation, held => new Set([...held, ...operation.privileges])),
  revoke: (state, operation) => {
    const { privileges } = operation;
    return changePrivileges(state, operation, held =>
      privileges.includes('all') ? new Set() : new Set([...held].filter(privilege => !privileges.includes(privilege))),
    );
  },
  // Databases, privileges by default, labels and owners are beyond the model.
  createDatabase: unchanged,
  dropDatabase: unchanged,
  alterDatabase: unchanged,
  alterDefaultPrivileges: unchanged,
  securityLabel: unchanged,
  reassignOwned: unchanged,
  dropOwned: unchanged,
  importForeignSchema: unchanged,
  // Maintenance rewrites what is there.
  vacuum: unchanged,
  analyze: unchanged,
  cluster: unchanged,
  checkpoint: unchanged,
};

/** DROP TRIGGER that does not say of which table: a trigger's name is one of its schema (MySQL) or of the database (SQLite). */
function dropTriggerAnywhere(state: State, name: string, at: Origin): State {
  const targets = [...state.schema.relations.values()]
    .filter(relation => relation.kind === 'table' && relation.triggers.some(trigger => trigger.name === name))
    .map(({ id }) => ({ kind: 'trigger', table: id, name }) as const);
  return dropTogether(state, targets, at);
}

function objectKey(kind: string, schema: string, name: string): string {
  return `${kind}\0${nameKey(schema, name)}`;
}

function findObject(state: State, kind: string, name: ObjectName): string | undefined {
  const candidates = [...lookupSchemas(state, name), creationSchema(state, name)];
  return candidates.map(schema => objectKey(kind, schema, name.name)).find(key => state.schema.others.has(key));
}

function createObject(state: State, operation: OperationOf<'createObject'>, at: Origin): State {
  const { objectKind, name, allTables, schemas } = operation;
  if (operation.ifNotExists && findObject(state, objectKind, name) !== undefined) return state;
  const [known, tables] = ensureTables(state, operation.tables ?? []);
  const schema = creationSchema(known, name);
  const object: GenericObject = {
    kind: objectKind,
    name: name.name,
    schema,
    tables,
    ...(allTables ? { allTables } : {}),
    ...(schemas === undefined ? {} : { schemas }),
    origin: at,
  };
  return withSchema(known, { others: known.schema.others.set(objectKey(objectKind, schema, name.name), object) });
}

function ensureTables(state: State, names: readonly ObjectName[]): readonly [State, readonly ObjectId[]] {
  const ids: ObjectId[] = [];
  const next = names.reduce((current, name) => {
    const [known, table] = ensureTable(current, name);
    if (table !== undefined) ids.push(table.id);
    return known;
  }, state);
  return [next, ids];
}

function alterObject(state: State, operation: OperationOf<'alterObject'>): State {
  const { objectKind, name, change, newName } = operation;
  if (objectKind === 'routine') return alterRoutineName(state, name, change, newName);
  const key = findObject(state, objectKind, name);
  const object = key === undefined ? undefined : state.schema.others.get(key);
  if (key === undefined || object === undefined) return state;
  const [known, tables] = ensureTables(state, operation.tables ?? []);
  const changed = changeObject(object, change, tables, newName);
  const others = known.schema.others.delete(key).set(objectKey(objectKind, changed.schema, changed.name), changed);
  return withSchema(known, { others });
}

function changeObject(
  object: GenericObject,
  change: string,
  tables: readonly ObjectId[],
  newName: string | undefined,
): GenericObject {
  switch (change) {
    case 'add table':
      return { ...object, tables: [...new Set([...object.tables, ...tables])] };
    case 'drop table':
      return { ...object, tables: object.tables.filter(id => !tables.includes(id)) };
    case 'set table':
      return { ...object, tables };
    case 'rename':
      return newName === undefined ? object : { ...object, name: newName };
    case 'set schema':
      return newName === undefined ? object : { ...object, schema: newName };
    default:
      return object;
  }
}

function alterRoutineName(state: State, name: ObjectName, change: string, newName: string | undefined): State {
  const found = findRoutine(state, name, undefined);
  if (found === undefined || newName === undefined || (change !== 'rename' && change !== 'set schema')) return state;
  const routine = change === 'rename' ? { ...found.routine, name: newName } : { ...found.routine, schema: newName };
  const { routines } = state.schema;
  const left = (routines.get(found.key) ?? []).filter((_, index) => index !== found.position);
  const without = left.length === 0 ? routines.delete(found.key) : routines.set(found.key, left);
  const key = nameKey(routine.schema, routine.name);
  return withSchema(state, { routines: without.set(key, [...(without.get(key) ?? []), routine]) });
}

/** Relations whose comment is kept. */
const COMMENTED: ReadonlySet<string> = new Set(['table', 'foreign table', 'view', 'materialized view']);

function comment(state: State, operation: OperationOf<'comment'>): State {
  const { objectKind, relation: name, text } = operation;
  const relation = name === undefined ? undefined : resolveRelation(state, name);
  if (relation === undefined) return state;
  if (objectKind === 'column') {
    return updateColumn(state, relation.id, operation.name, ({ comment: _, ...column }) =>
      text === null ? column : { ...column, comment: text },
    );
  }
  if (!COMMENTED.has(objectKind)) return state;
  if (relation.kind !== 'table' && relation.kind !== 'view' && relation.kind !== 'materialized view') return state;
  const { comment: _, ...plain } = relation;
  return putRelation(state, text === null ? plain : { ...plain, comment: text });
}

/** The state after what roles may do on tables and views changed. */
function changePrivileges(
  state: State,
  operation: OperationOf<'grant'>,
  change: (held: ReadonlySet<string>) => ReadonlySet<string>,
): State {
  const { objects, objectKind, allInSchema = [], roles } = operation;
  const named = objects.map(name => resolveRelation(state, name));
  const all =
    objectKind === 'table' && allInSchema.length > 0
      ? [...state.schema.relations.values()].filter(({ schema }) => allInSchema.includes(schema))
      : [];
  return [...named, ...all].reduce((current: State, relation) => {
    if (relation?.kind !== 'table' && relation?.kind !== 'view') return current;
    const privileges = new Map(relation.privileges);
    for (const role of roles) {
      const held = change(privileges.get(role) ?? new Set());
      if (held.size > 0) privileges.set(role, held);
      else privileges.delete(role);
    }
    return putRelation(current, { ...relation, privileges, grantees: [...privileges.keys()] });
  }, state);
}
