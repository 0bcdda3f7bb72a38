import type { KeyConstraint } from '../operations/definitions.ts';
import { inheritForeignKey, inheritKey } from './constraints.ts';
import { canAttach, linkIndexPartition, makeIndexTree, specificationOf } from './indexes.ts';
import { indexesOf } from './lookup.ts';
import type { Index, ObjectId, Origin, Table } from './schema.ts';
import type { State } from './state.ts';
import { tableById } from './store.ts';

/** Gives a new or newly attached partition its parts of the parent's indexes, keys and foreign keys. */
export function inheritFromParent(state: State, partitionId: ObjectId, at: Origin): State {
  const parent = tableById(state, tableById(state, partitionId)?.partitionOf?.parent);
  if (parent === undefined) return state;
  const indexed = indexesOf(state, parent).reduce(
    (current, index) => inheritIndex(current, parent, index, partitionId, at),
    state,
  );
  return parent.constraints.reduce((current, constraint) => {
    const partition = tableById(current, partitionId);
    if (constraint.type !== 'foreignKey' || partition === undefined) return current;
    return inheritForeignKey(current, partition, constraint);
  }, indexed);
}

function inheritIndex(state: State, parent: Table, index: Index, partitionId: ObjectId, at: Origin): State {
  const partition = tableById(state, partitionId);
  if (partition === undefined) return state;
  const constraint = parent.constraints.find(other => 'index' in other && other.index === index.id);
  if (constraint?.type === 'unique' || constraint?.type === 'primaryKey') {
    const definition: KeyConstraint = {
      type: constraint.type,
      columns: constraint.columns,
      range: [0, 0],
      ...(index.including.length === 0 ? {} : { including: index.including }),
      ...(constraint.nullsNotDistinct ? { nullsNotDistinct: true } : {}),
      ...(constraint.deferrable ? { deferrable: true } : {}),
      ...(constraint.initiallyDeferred ? { initiallyDeferred: true } : {}),
    };
    return inheritKey(state, partitionId, index, definition, at);
  }
  const wanted = specificationOf(index);
  const existing = indexesOf(state, partition).find(candidate => canAttach(candidate, wanted));
  if (existing !== undefined) return linkIndexPartition(state, index.id, existing.id);
  const [made, child] = makeIndexTree(state, partition, wanted, at, false);
  return linkIndexPartition(made, index.id, child);
}
