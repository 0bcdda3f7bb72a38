import type { DataType } from '../operations/data-types.ts';
import { type NameKey, nameKey, type ObjectName } from '../operations/names.ts';
import type { Dialect } from '../server/server.ts';
import { catalogueOf } from './dialects.ts';
import type {
  Column,
  Index,
  MaterializedView,
  ObjectId,
  Relation,
  Routine,
  Table,
  TableConstraint,
  UserType,
  View,
} from './schema.ts';
import { setting } from './session.ts';
import type { State } from './state.ts';
import { TEMPORARY_SCHEMA, tableById } from './store.ts';

/**
 * The schemas that an unqualified name is looked for in, in order; never empty. `"$user"` is left out, as the history does not
 * show who runs it, and a path that names no schema counts as the default one.
 */
function searchPath(state: State): readonly string[] {
  const { currentSchema } = catalogueOf(state);
  const written = setting(state, currentSchema);
  if (written === undefined) return defaultPath(state);
  const schemas = written.values.filter(name => name !== '$user' && name !== '' && name !== 'pg_catalog');
  return schemas.length === 0 ? defaultPath(state) : schemas;
}

/** One list for each name: it is asked for at every look. */
const DEFAULT_PATHS = new Map<string, readonly string[]>();

function defaultPath(state: State): readonly string[] {
  const { defaultSchema } = catalogueOf(state);
  const known = DEFAULT_PATHS.get(defaultSchema);
  if (known !== undefined) return known;
  const path = [defaultSchema];
  DEFAULT_PATHS.set(defaultSchema, path);
  return path;
}

/** The schema that an object of this name is created in: the one written, or the first of the search path. */
export function creationSchema(state: State, name: ObjectName, temporary = false): string {
  if (temporary) return TEMPORARY_SCHEMA;
  return (
    name.schema ?? searchPath(state).find(schema => schema !== TEMPORARY_SCHEMA) ?? catalogueOf(state).defaultSchema
  );
}

/** The schemas in which a name is looked for: its own, or the session's temporary one and the search path. */
export function lookupSchemas(state: State, name: ObjectName): readonly string[] {
  if (name.schema !== undefined) return [name.schema];
  return state.schema.temporary.length === 0 ? searchPath(state) : [TEMPORARY_SCHEMA, ...searchPath(state)];
}

/** Tables and views of the server's own catalogue: no migration makes them. */
export function isSystemName(name: ObjectName, dialect: Dialect = 'postgres'): boolean {
  const { systemSchemas, systemPrefix } = catalogueOf({ dialect });
  if (name.schema !== undefined) return systemSchemas.includes(name.schema);
  return systemPrefix !== undefined && name.name.startsWith(systemPrefix);
}

/** The relation (table, view, index, sequence …) that a name means; undefined where the history does not show it. */
export function resolveRelation(state: State, name: ObjectName): Relation | undefined {
  const id = firstNamed(state.schema.names, lookupSchemas(state, name), name.name);
  return id === undefined ? undefined : state.schema.relations.get(id);
}

/** The table that a name means; undefined where it is something else or not known. */
export function resolveTable(state: State, name: ObjectName): Table | undefined {
  const relation = resolveRelation(state, name);
  return relation?.kind === 'table' ? relation : undefined;
}

/**
 * The user-defined type that a name or a declared type means. Of an array it is the element's. Undefined for types of the
 * server and for types that the history does not show.
 */
export function resolveType(state: State, type: ObjectName | DataType): UserType | undefined {
  if ('builtin' in type && type.builtin) return undefined;
  const id = firstNamed(state.schema.typeNames, lookupSchemas(state, type), type.name);
  return id === undefined ? undefined : state.schema.types.get(id);
}

function firstNamed(
  names: { get(key: NameKey): ObjectId | undefined },
  schemas: readonly string[],
  name: string,
): ObjectId | undefined {
  for (const schema of schemas) {
    const id = names.get(nameKey(schema, name));
    if (id !== undefined) return id;
  }
  return undefined;
}

export type Existence = 'present' | 'gone' | 'unknown';

/**
 * Whether there is a relation of that name: `present` when a migration made it or used it, `gone` when one dropped or renamed
 * it away, `unknown` for a name that the history never had, or that a branch of unknown outcome touched.
 */
export function existence(state: State, name: ObjectName): Existence {
  const relation = resolveRelation(state, name);
  if (relation !== undefined) return relation.uncertain ? 'unknown' : 'present';
  return isGone(state, name, state.schema.gone) ? 'gone' : 'unknown';
}

/** {@link existence} for types. */
export function typeExistence(state: State, name: ObjectName): Existence {
  const type = resolveType(state, name);
  if (type !== undefined) return type.uncertain ? 'unknown' : 'present';
  return isGone(state, name, state.schema.typesGone) ? 'gone' : 'unknown';
}

/** Whether a name is known to be free: marked as gone in every schema where it would be looked for. */
export function isGone(state: State, name: ObjectName, gone: { has(key: NameKey): boolean }): boolean {
  const schemas = name.schema === undefined ? searchPath(state) : [name.schema];
  return schemas.every(schema => state.schema.schemasGone.has(schema) || gone.has(nameKey(schema, name.name)));
}

/**
 * A column of a table by name; undefined where the table does not have it, or (see `complete`) is not known to. System columns
 * are never listed.
 */
export function findColumn(table: Table, name: string): Column | undefined {
  return table.columns.find(column => column.name === name);
}

/** A constraint of a table by name. */
export function findConstraint(table: Table, name: string): TableConstraint | undefined {
  return table.constraints.find(constraint => constraint.name === name);
}

/** The indexes of a table or a materialized view, those of its constraints included, in order of creation. */
export function indexesOf(state: State, relation: Pick<Table | MaterializedView, 'indexes'>): readonly Index[] {
  return relation.indexes.flatMap(id => {
    const index = state.schema.relations.get(id);
    return index?.kind === 'index' ? [index] : [];
  });
}

/**
 * The index that a DROP INDEX means: among those of the table where it names one. Undefined where the history does not show
 * it.
 */
export function resolveIndex(
  state: State,
  { index, table }: { readonly index: ObjectName; readonly table?: ObjectName },
): Index | undefined {
  if (table === undefined) {
    const relation = resolveRelation(state, index);
    return relation?.kind === 'index' ? relation : undefined;
  }
  const owner = resolveTable(state, table);
  const wanted = index.name.toLowerCase();
  return owner === undefined ? undefined : indexesOf(state, owner).find(({ name }) => name.toLowerCase() === wanted);
}

/** The constraints of a table, of one type where that is given. */
export function constraintsOf<Type extends TableConstraint['type'] = TableConstraint['type']>(
  table: Table,
  type?: Type,
): readonly Extract<TableConstraint, { type: Type }>[] {
  const all = type === undefined ? table.constraints : table.constraints.filter(constraint => constraint.type === type);
  return all as readonly Extract<TableConstraint, { type: Type }>[];
}

export type ForeignKey = Extract<TableConstraint, { type: 'foreignKey' }>;

/** The foreign keys that reference a table, each with the table that has it; its own references to itself included. */
export function incomingForeignKeys(
  state: State,
  table: Table,
): readonly { readonly table: Table; readonly constraint: ForeignKey }[] {
  return table.referencedBy.flatMap(id => {
    const referencing = tableById(state, id);
    if (referencing === undefined) return [];
    return constraintsOf(referencing, 'foreignKey')
      .filter(constraint => constraint.references === table.id)
      .map(constraint => ({ table: referencing, constraint }));
  });
}

/**
 * The views and materialized views that read a relation, directly or through other views, nearest first.
 *
 * @param column - only those that read this column of it; what reads such a view counts whole
 */
export function dependentViewsOf(
  state: State,
  relation: Relation,
  column?: string,
): readonly (View | MaterializedView)[] {
  const found = new Map<ObjectId, View | MaterializedView>();
  let level = directViewsOf(state, relation, column);
  while (level.length > 0) {
    const fresh = level.filter(view => !found.has(view.id));
    for (const view of fresh) found.set(view.id, view);
    level = fresh.flatMap(view => directViewsOf(state, view));
  }
  return [...found.values()];
}

/** The views that name the relation, or the column, in their own query. */
export function directViewsOf(state: State, relation: Relation, column?: string): readonly (View | MaterializedView)[] {
  if (!('dependentViews' in relation)) return [];
  return relation.dependentViews.flatMap(id => {
    const view = state.schema.relations.get(id);
    if (view?.kind !== 'view' && view?.kind !== 'materialized view') return [];
    return column === undefined || readsColumn(view, relation.id, column) ? [view] : [];
  });
}

function readsColumn(view: View | MaterializedView, relation: ObjectId, column: string): boolean {
  return view.readColumns.some(read => read.relation === relation && (read.column === column || read.column === '*'));
}

/** The partitions of a table at all levels, sub-partitioned ones included, parents before their own. */
export function partitionsOf(state: State, table: Table): readonly Table[] {
  return descend(state, table, ({ partitions }) => partitions);
}

/** What ALTER TABLE without ONLY reaches: partitions and inheritance children at all levels, parents first. */
export function descendantsOf(state: State, table: Table): readonly Table[] {
  return descend(state, table, ({ partitions, children }) => [...partitions, ...children]);
}

function descend(state: State, table: Table, below: (table: Table) => readonly ObjectId[]): readonly Table[] {
  const found = new Map<ObjectId, Table>();
  const visit = (parent: Table): void => {
    for (const id of below(parent)) {
      const child = tableById(state, id);
      if (child === undefined || found.has(id)) continue;
      found.set(id, child);
      visit(child);
    }
  };
  visit(table);
  return [...found.values()];
}

/** The tables with a column of a user-defined type (or an array of it, or of a domain or composite type over it). */
export function tablesUsingType(
  state: State,
  typeId: ObjectId,
): readonly { readonly table: Table; readonly columns: readonly Column[] }[] {
  const types = new Set<ObjectId>([typeId]);
  const tables = new Set<ObjectId>();
  for (const type of types) {
    for (const user of state.schema.typeUsers.get(type) ?? []) {
      if (state.schema.types.has(user)) types.add(user);
      else tables.add(user);
    }
  }
  return [...tables].flatMap(id => {
    const table = tableById(state, id);
    const columns = table?.columns.filter(column => column.typeId !== undefined && types.has(column.typeId)) ?? [];
    return table === undefined || columns.length === 0 ? [] : [{ table, columns }];
  });
}

/** The functions and procedures of a name, in order of creation; empty where none is known. */
export function routinesNamed(state: State, name: ObjectName): readonly Routine[] {
  for (const schema of lookupSchemas(state, name)) {
    const found = state.schema.routines.get(nameKey(schema, name.name));
    if (found !== undefined && found.length > 0) return found;
  }
  return [];
}
