import type { IndexOperation, OperationOf } from '../../operations/operations.ts';
import { beginsWith } from '../constraints.ts';
import { ensureRelation, ensureTable, goneKey } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { indexScope, linkIndexPartition, makeIndexTree } from '../indexes.ts';
import { indexesOf, resolveIndex, resolveRelation } from '../lookup.ts';
import type { ObjectId, Origin, Table } from '../schema.ts';
import type { State } from '../state.ts';
import { markGone, tableById } from '../store.ts';
import { type ApplyTable, unchanged } from './apply.ts';

export const INDEXES: ApplyTable<IndexOperation['kind']> = {
  createIndex,
  dropIndex: (state, operation, at) => {
    const { index, table } = operation;
    const found = resolveIndex(state, operation);
    if (found !== undefined) return dropTogether(state, [{ kind: 'relation', id: found.id }], at);
    if (table !== undefined) return ensureTable(state, table)[0];
    const relation = resolveRelation(state, index);
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
  const { name, unique, method, elements, including, where, nullsNotDistinct, tablespace, indexKind, visible } =
    operation;
  let next = known;
  const existing = name === undefined ? undefined : resolveRelation(known, { schema: indexScope(known, owner), name });
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
    ...(indexKind === undefined ? {} : { indexKind }),
    ...(visible === undefined ? {} : { visible }),
  };
  const [made, id] = makeIndexTree(next, current, specification, at, operation.only);
  return withoutServed(made, current, id, at);
}

/** The state without those indexes that the server made behind foreign keys and that the new one serves as well. */
function withoutServed(state: State, { id: owner }: Pick<Table, 'id'>, id: ObjectId, at: Origin): State {
  const table = tableById(state, owner);
  const index = state.schema.relations.get(id);
  if (table === undefined || index?.kind !== 'index') return state;
  const served = indexesOf(state, table).filter(
    other =>
      other.implicit &&
      other.id !== id &&
      beginsWith(
        index,
        other.elements.flatMap(({ column }) => column ?? []),
      ),
  );
  return dropTogether(
    state,
    served.map(other => ({ kind: 'relation', id: other.id })),
    at,
  );
}
