import type { OperationOf, SequenceOperation } from '../../operations/operations.ts';
import { ensureColumn, updateColumn } from '../columns.ts';
import { ensureRelation, ensureTable, goneKey } from '../context.ts';
import { dropTogether } from '../drop.ts';
import { creationSchema, findColumn, resolveRelation } from '../lookup.ts';
import type { ObjectId, Origin, Sequence } from '../schema.ts';
import type { State } from '../state.ts';
import { markGone, putRelation, tableById, updateRelation, withSchema } from '../store.ts';
import type { ApplyTable } from './apply.ts';
import { claimName } from './tables.ts';

export const SEQUENCES: ApplyTable<SequenceOperation['kind']> = {
  createSequence,
  alterSequence: (state, { sequence: name, type, ownedBy, ifExists }) => {
    const found = resolveRelation(state, name);
    if (found === undefined && ifExists) return state;
    const [known, relation] = ensureRelation(state, name, 'sequence');
    if (relation?.kind !== 'sequence') return known;
    const typed = type === undefined ? known : putRelation(known, { ...relation, type });
    return ownedBy === undefined ? typed : setOwner(typed, relation.id, ownedBy);
  },
  dropSequence: (state, { sequence }, at) => {
    const relation = resolveRelation(state, sequence);
    if (relation === undefined) return markGone(state, goneKey(state, sequence), 'sequence', at);
    return relation.kind === 'sequence' ? dropTogether(state, [{ kind: 'relation', id: relation.id }], at) : state;
  },
};

function createSequence(state: State, operation: OperationOf<'createSequence'>, at: Origin): State {
  const { sequence: name, temporary, type, ownedBy } = operation;
  const schema = creationSchema(state, name, temporary);
  const existing = resolveRelation(state, { schema, name: name.name });
  if (existing !== undefined && operation.ifNotExists && !existing.uncertain) return state;
  const [claimed, id] = claimName(state, schema, name.name, at);
  const sequence: Sequence = {
    kind: 'sequence',
    id,
    schema,
    name: name.name,
    origin: at,
    ...(type === undefined ? {} : { type }),
    temporary,
    usedBy: [],
  };
  const put = putRelation(claimed, sequence);
  const listed = temporary ? withSchema(put, { temporary: [...put.schema.temporary, id] }) : put;
  return ownedBy === undefined ? listed : setOwner(listed, id, ownedBy);
}

/** OWNED BY: the sequence goes with the column from then on. */
function setOwner(
  state: State,
  id: ObjectId,
  owner: NonNullable<OperationOf<'createSequence'>['ownedBy']> | null,
): State {
  const sequence = state.schema.relations.get(id);
  if (sequence?.kind !== 'sequence') return state;
  const { ownedBy: before, ...free } = sequence;
  const freed = putRelation(
    before === undefined
      ? state
      : updateColumn(state, before.table, before.column, column => {
          const { sequence: own, ...rest } = column;
          return own === id ? rest : column;
        }),
    free,
  );
  if (owner === null) return freed;
  const [known, found] = ensureTable(freed, owner.table);
  const ensured = found === undefined ? known : ensureColumn(known, found.id, owner.column);
  const table = tableById(ensured, found?.id);
  const column = table === undefined ? undefined : findColumn(table, owner.column);
  if (table === undefined || column === undefined) return ensured;
  // The model keeps one sequence per column: the newest.
  const single = updateRelation(ensured, column.sequence, 'sequence', ({ ownedBy: _, ...other }) => other);
  const owned = updateRelation(single, id, 'sequence', sequence => ({
    ...sequence,
    ownedBy: { table: table.id, column: column.name },
  }));
  return updateColumn(owned, table.id, column.name, changed => ({ ...changed, sequence: id }));
}
