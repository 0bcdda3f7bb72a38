import type { Origin, Relation } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import type { Migration, Segment } from './migration.ts';

/**
 * The migration number that a segment's objects carry. A down runs after its up was live, so what the up made is not new to
 * it: its own objects are numbered as the next migration's would be.
 */
export function originNumber(migration: Pick<Migration, 'index'>, direction: Segment['direction']): number {
  return direction === 'down' ? migration.index + 1 : migration.index;
}

/**
 * The number from which on an object's origin makes it new: made in this migration, or earlier in the same deploy. "New" is
 * decided here and nowhere else.
 */
export function firstNewMigration(
  migration: Pick<Migration, 'index' | 'deployStart'>,
  direction: Segment['direction'],
): number {
  return direction === 'down' ? originNumber(migration, direction) : migration.deployStart;
}

/** Whether an object with that origin is new, see {@link firstNewMigration}. */
export function isNewOrigin(origin: Origin | undefined, firstNew: number): boolean {
  return origin !== undefined && origin.migration >= firstNew;
}

/**
 * Whether nobody but this deploy can be using a relation: it was made in the deploy, it is temporary, it is a partition of a
 * new table, or an index of something new. Filled or not makes no difference.
 */
export function isNewRelation(relation: Relation | undefined, state: State, firstNew: number): boolean {
  if (relation === undefined) return false;
  if (isNewOrigin(relation.origin, firstNew) && relation.uncertain !== true) return true;
  switch (relation.kind) {
    case 'table': {
      if (relation.persistence === 'temporary') return true;
      const parent = relation.partitionOf?.parent;
      return parent !== undefined && isNewRelation(state.schema.relations.get(parent), state, firstNew);
    }
    case 'index':
      return isNewRelation(state.schema.relations.get(relation.table), state, firstNew);
    case 'view':
    case 'sequence':
      return relation.temporary;
    default:
      return false;
  }
}

/** The id of the transaction that is open; undefined where each statement runs on its own. */
export function transactionId(state: State): number | undefined {
  return state.transaction.status === 'open' ? state.transaction.id : undefined;
}

/**
 * Whether an object was made in the transaction that is open now. "The same transaction" is decided here and nowhere else:
 * it is the server's transaction, be it the tool's, the file's own, or one around several migrations.
 */
export function isOfSameTransaction(origin: Origin | undefined, state: State): boolean {
  const id = transactionId(state);
  return id !== undefined && origin?.transaction === id;
}
