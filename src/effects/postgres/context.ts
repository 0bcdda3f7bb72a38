import { displayName, type ObjectName, type Statement } from '../../operations/index.ts';
import { blankTable, ensureTable, type Site } from '../../schema/context.ts';
import { creationSchema, descendantsOf, existence, indexesOf, isGone, resolveRelation } from '../../schema/lookup.ts';
import type { Index, MaterializedView, ObjectId, Relation, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';
import type { AffectedRelation } from '../effects.ts';
import { affected, type Fact, fails, unknown } from '../facts.ts';

/** What every family works with. */
export interface Context {
  /** Before the statement. */
  readonly state: State;
  readonly server: Server;
  readonly statement: Statement;
  /** Where replayed operations are said to stand. */
  readonly site: Site;
}

/** The place of replays where nobody says it: no migration has it. */
export const NOWHERE: Site = { migration: -1, statement: -1 };

/** A table of the schema, or a stand-in for one that the history does not show. */
export interface FoundTable {
  readonly table: Table;
  /** The state in which the table is to be found; with the stand-in, if there had to be one. */
  readonly state: State;
}

/**
 * The table that a statement names. Facts are given instead where there is none to work on: the server's refusal, or a relation
 * of another kind.
 */
export function findTable(state: State, name: ObjectName, ifExists = false): FoundTable | readonly Fact[] {
  if (existence(state, name) === 'gone') {
    return ifExists ? [] : [fails('42P01', `relation "${displayName(name)}" does not exist`)];
  }
  const [next, table] = ensureTable(state, name);
  if (table !== undefined) return { table, state: next };
  const relation = resolveRelation(state, name);
  // The server's own catalogue, or something else of that name.
  if (relation === undefined) return { table: blankTable(-1, name.schema ?? 'pg_catalog', name.name), state };
  return [fails('42809', `"${displayName(name)}" is not a table`)];
}

/** A relation by name for a lock on it, also where the history does not show it; undefined where it is known to be gone. */
export function named(state: State, name: ObjectName): AffectedRelation | undefined {
  const relation = resolveRelation(state, name);
  if (relation !== undefined) return affected(relation);
  if (isGone(state, name, state.schema.gone)) return undefined;
  return { schema: creationSchema(state, name), name: name.name };
}

/** The relation behind an id. */
export function byId(state: State, id: ObjectId | undefined): Relation | undefined {
  return id === undefined ? undefined : state.schema.relations.get(id);
}

/** The tables of an inheritance or partition tree that hold rows: partitioned and foreign ones have no storage of their own. */
export function storagesOf(state: State, table: Table, only = false): readonly Table[] {
  const tree = only ? [table] : [table, ...descendantsOf(state, table)];
  return tree.filter(member => member.partitionBy === undefined && !member.foreign);
}

/** Indexes with storage: those of a partitioned table have none. */
export function storedIndexesOf(state: State, relation: Pick<Table | MaterializedView, 'indexes'>): readonly Index[] {
  return indexesOf(state, relation);
}

/** What to say where a statement with IF EXISTS names something that the history does not show. */
export function maybeMissing(state: State, name: ObjectName, ifExists: boolean): readonly Fact[] {
  if (!ifExists || resolveRelation(state, name) !== undefined || isGone(state, name, state.schema.gone)) return [];
  return [unknown(`whether ${displayName(name)} exists is not known`)];
}

/** Whether a table is a partition or a child, so that some changes are its parent's to make. */
export const isPartition = (table: Table): boolean => table.partitionOf !== undefined;
