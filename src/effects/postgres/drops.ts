import { type DropTarget, dependentsOf } from '../../schema/dependents.ts';
import { partitionsOf } from '../../schema/lookup.ts';
import type { ObjectId } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { tableById } from '../../schema/store.ts';
import { atLeast } from '../../server/server.ts';
import { affected, drop, type Fact, fails, lock } from '../facts.ts';
import { byId, type Context } from './context.ts';

/**
 * What a DROP of these objects locks and takes along. Without CASCADE the server refuses where something else needs them. A
 * foreign key that goes locks the table at its other end too; a partition that goes locks its parent and the default partition
 * (PostgreSQL source, heap_drop_with_catalog), whose bound changes.
 */
export function dropFacts(
  state: State,
  targets: readonly DropTarget[],
  cascade: boolean,
  context: Context,
): readonly Fact[] {
  const all = dependentsOf(state, targets).filter(
    ({ target }) => !(isGeneratedColumn(state, target) && takesGenerated(context)),
  );
  const going = [...targets, ...all.filter(({ automatic }) => automatic).map(({ target }) => target)];
  const dependents = all.filter(({ target, automatic }) => automatic || !goesAnyway(target, going));
  const needed = dependents.filter(({ automatic }) => !automatic);
  if (needed.length > 0 && !cascade) {
    const [first] = needed;
    return [
      ...targets.flatMap(target => targetFacts(state, target)),
      fails('2BP01', `cannot drop it because other objects depend on it: ${describe(state, first!.target)}`),
    ];
  }
  return [
    ...targets.flatMap(target => targetFacts(state, target)),
    ...dependents.flatMap(({ target, automatic }) => [
      ...targetFacts(state, target),
      ...(automatic ? [] : droppedRelation(state, target)),
    ]),
  ];
}

/** Parts of a table or a column that goes: the default that calls its sequence, its triggers and policies. */
function goesAnyway(target: DropTarget, going: readonly DropTarget[]): boolean {
  if (!('table' in target)) return false;
  return going.some(
    one =>
      (one.kind === 'relation' && one.id === target.table) ||
      (one.kind === 'column' &&
        target.kind === 'default' &&
        one.table === target.table &&
        one.column === target.column),
  );
}

/** Until 14 a generated column goes along with the column it is made from; from 15 on that takes CASCADE (measured). */
const takesGenerated = (context: Context): boolean => !atLeast(context.server, '15');

function isGeneratedColumn(state: State, target: DropTarget): boolean {
  if (target.kind !== 'column') return false;
  return (
    tableById(state, target.table)?.columns.some(
      ({ name, generated }) => name === target.column && generated !== undefined,
    ) ?? false
  );
}

function describe(state: State, target: DropTarget): string {
  if (target.kind === 'relation') {
    const relation = byId(state, target.id);
    return relation === undefined ? 'a relation' : `${relation.kind} ${relation.name}`;
  }
  if (target.kind === 'column') return `column ${target.column} of ${byId(state, target.table)?.name ?? 'a table'}`;
  if (target.kind === 'constraint')
    return `constraint ${target.name} of ${byId(state, target.table)?.name ?? 'a table'}`;
  return 'name' in target ? `${target.kind} ${target.name}` : target.kind;
}

function droppedRelation(state: State, target: DropTarget): readonly Fact[] {
  const relation = target.kind === 'relation' ? byId(state, target.id) : undefined;
  return relation === undefined ? [] : [drop(affected(relation))];
}

const exclusive = (state: State, id: ObjectId | undefined): readonly Fact[] => {
  const relation = byId(state, id);
  return relation === undefined ? [] : [lock(affected(relation), 'AccessExclusiveLock')];
};

/** The locks for one object that goes. */
function targetFacts(state: State, target: DropTarget): readonly Fact[] {
  switch (target.kind) {
    case 'relation': {
      const relation = byId(state, target.id);
      if (relation?.kind === 'index') return [...exclusive(state, relation.table), ...exclusive(state, relation.id)];
      const parent = relation?.kind === 'table' ? tableById(state, relation.partitionOf?.parent) : undefined;
      const default_ = parent?.partitions.find(id => tableById(state, id)?.partitionOf?.bound.kind === 'default');
      return [...exclusive(state, target.id), ...exclusive(state, parent?.id), ...exclusive(state, default_)];
    }
    case 'constraint': {
      const table = tableById(state, target.table);
      const constraint = table?.constraints.find(({ name }) => name === target.name);
      // A partition's part of its parent's foreign key goes without a lock on the referenced table (measured).
      if (constraint?.type !== 'foreignKey' || constraint.inherited) return exclusive(state, target.table);
      const referenced = tableById(state, constraint.references);
      const parts = referenced === undefined ? [] : partitionsOf(state, referenced);
      return [
        ...exclusive(state, target.table),
        ...[constraint.references, ...parts.map(({ id }) => id)].flatMap(id => exclusive(state, id)),
      ];
    }
    case 'column':
    case 'default':
    case 'trigger':
    case 'policy':
      return exclusive(state, target.table);
    default:
      return [];
  }
}
