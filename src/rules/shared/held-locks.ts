import type { Effects, Lock } from '../../effects/effects.ts';
import { conflicts, READ_MODE, WRITE_MODE } from '../../effects/index.ts';
import type { ObjectId, Relation } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';

/**
 * The tables that a statement locks against their writers, and the indexes whose table is not known. Rows that it writes, for
 * which others wait too, and locks of a moment, which nobody waits for, do not count.
 */
export function locksAgainstWriters({ locks }: Pick<Effects, 'locks'>, { schema }: State): readonly Lock[] {
  return locks.filter(({ id, mode, momentary, relationKind }) => {
    const kind = id === undefined ? (relationKind ?? 'table') : schema.relations.get(id)?.kind;
    const isTable = kind === 'table' || kind === 'materialized view' || (kind === 'index' && id === undefined);
    return isTable && momentary !== true && conflicts(mode, WRITE_MODE);
  });
}

/** A relation that the open transaction keeps from its writers, or from its readers too. */
export interface HeldRelation {
  readonly relation: Relation;
  readonly readsWait: boolean;
}

/**
 * The relations on which the open transaction holds a lock that writers wait for, in the order taken, each once; empty outside
 * a transaction. Indexes are left out: their table is locked too, or nobody waits.
 */
export function relationsLockedForWriters({ transaction, schema }: State): readonly HeldRelation[] {
  if (transaction.status !== 'open') return [];
  const found = new Map<ObjectId, HeldRelation>();
  for (const { relation: id, mode } of transaction.locks) {
    const relation = schema.relations.get(id);
    if (relation === undefined || relation.kind === 'index' || !conflicts(mode, WRITE_MODE)) continue;
    const readsWait = conflicts(mode, READ_MODE) || found.get(id)?.readsWait === true;
    found.set(id, { relation, readsWait });
  }
  return [...found.values()];
}
