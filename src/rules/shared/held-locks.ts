import { conflicts, WRITE_MODE } from '../../effects/locks.ts';
import type { ObjectId, Relation } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';

/**
 * The relations on which the open transaction holds a lock that writers wait for, in the order taken, each once; empty outside
 * a transaction. Indexes are left out: their table is locked too, or nobody waits.
 */
export function relationsLockedForWriters({ transaction, schema }: State): readonly Relation[] {
  if (transaction.status !== 'open') return [];
  const found = new Map<ObjectId, Relation>();
  for (const { relation: id, mode } of transaction.locks) {
    const relation = schema.relations.get(id);
    if (relation === undefined || relation.kind === 'index' || found.has(id)) continue;
    if (conflicts(mode, WRITE_MODE)) found.set(id, relation);
  }
  return [...found.values()];
}
