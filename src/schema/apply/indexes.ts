import type { IndexOperation, OperationOf } from '../../operations/operations.ts';
import { ensureRelation, goneKey } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { linkIndexPartition, makeIndexTree } from '../indexes.ts';
import { resolveRelation } from '../lookup.ts';
import type { Origin } from '../schema.ts';
import type { State } from '../state.ts';
import { markGone } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';

export const INDEXES: ApplyTable<IndexOperation['kind']> = {
  createIndex,
  dropIndex: (state, { index }, at) => {
    const relation = resolveRelation(state, index);
    if (relation?.kind === 'index') return dropTogether(state, [{ kind: 'relation', id: relation.id }], at);
    return relation === undefined ? markGone(state, goneKey(state, index), 'index', at) : state;
  },
  attachIndexPartition: (state, { index, partition }) => {
    const [parent, child] = [resolveRelation(state, index), resolveRelation(state, partition)];
    if (parent?.kind !== 'index' || child?.kind !== 'index') return state;
    if (parent.id === child.id || child.partitionOf !== undefined) return state;
    return linkIndexPartition(state, parent.id, child.id);
  },
  // Rebuilds an index as it was; its options are not kept.
  reindex: unchanged,
  alterIndex: unchanged,
};

function createIndex(state: State, operation: OperationOf<'createIndex'>, at: Origin): State {
  const [known, owner] = ensureRelation(state, operation.table, 'table');
  if (owner?.kind !== 'table' && owner?.kind !== 'materialized view') return known;
  const { name, unique, method, elements, including, where, nullsNotDistinct, tablespace } = operation;
  let next = known;
  const existing = name === undefined ? undefined : resolveRelation(known, { schema: owner.schema, name });
  if (existing !== undefined) {
    if (operation.ifNotExists && !existing.uncertain) return known;
    next = dropTogether(known, [{ kind: 'relation', id: existing.id }], at);
  }
  const current = next.schema.relations.get(owner.id);
  if (current?.kind !== 'table' && current?.kind !== 'materialized view') return next;
  const specification = {
    ...(name === undefined ? {} : { name }),
    unique,
    method,
    elements,
    including,
    ...(where === undefined ? {} : { where }),
    nullsNotDistinct: nullsNotDistinct === true,
    ...(tablespace === undefined ? {} : { tablespace }),
  };
  return makeIndexTree(next, current, specification, at, operation.only)[0];
}
