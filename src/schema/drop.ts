import { nameKey } from '../operations/names.ts';
import { type DropTarget, dependentsOf } from './dependents.ts';

import type { MaterializedView, ObjectId, Origin, Relation, Table, TableConstraint, View } from './schema.ts';
import type { State } from './state.ts';
import {
  putRelation,
  removeRelation,
  removeType,
  tableById,
  updateRelation,
  updateTable,
  withSchema,
} from './store.ts';

/**
 * Drops objects and all that depends on them. Where the server would stop for want of CASCADE the state is what CASCADE would
 * leave: nothing in it refers to something that is gone.
 */
export function dropTogether(state: State, targets: readonly DropTarget[], at: Origin): State {
  if (targets.length === 0) return state;
  const along = dependentsOf(state, targets).map(({ target }) => target);
  return [...along.reverse(), ...targets].reduce((current, target) => removeOne(current, target, at), state);
}

function removeOne(state: State, target: DropTarget, at: Origin): State {
  switch (target.kind) {
    case 'relation': {
      const relation = state.schema.relations.get(target.id);
      return relation === undefined ? state : removeRelation(unlink(state, relation), relation.id, at);
    }
    case 'column':
      return updateTable(state, target.table, table => ({
        ...table,
        columns: table.columns.filter(({ name }) => name !== target.column),
        goneColumns: table.goneColumns.includes(target.column)
          ? table.goneColumns
          : [...table.goneColumns, target.column],
      }));
    case 'constraint':
      return removeConstraint(state, target.table, target.name);
    case 'default':
      return updateTable(state, target.table, table => ({
        ...table,
        columns: table.columns.map(column => {
          if (column.name !== target.column) return column;
          const { default: _, defaultType: __, ...rest } = column;
          return { ...rest, defaultSinceCreation: false };
        }),
      }));
    case 'trigger':
      return updateTable(state, target.table, table => ({
        ...table,
        triggers: table.triggers.filter(({ name }) => name !== target.name),
      }));
    case 'policy':
      return updateTable(state, target.table, table => ({
        ...table,
        policies: table.policies.filter(({ name }) => name !== target.name),
      }));
    case 'type':
      return removeType(state, target.id, at);
    case 'routine': {
      const key = nameKey(target.schema, target.name);
      const overloads = state.schema.routines.get(key);
      if (overloads === undefined) return state;
      const left = target.position === undefined ? [] : overloads.filter((_, index) => index !== target.position);
      const { routines } = state.schema;
      return withSchema(state, { routines: left.length === 0 ? routines.delete(key) : routines.set(key, left) });
    }
    case 'object':
      return withSchema(state, { others: state.schema.others.delete(target.key) });
    case 'schema': {
      const { schemas, schemasGone } = state.schema;
      return withSchema(state, {
        schemas: schemas.delete(target.name),
        schemasGone: schemasGone.set(target.name, at),
      });
    }
  }
}

/** Drops one constraint with its index and all that rests on it, to make room for another of its name. */
export function removeConstraintOf(state: State, table: ObjectId, name: string): State {
  const constraint = tableById(state, table)?.constraints.find(candidate => candidate.name === name);
  const at = constraint?.origin ?? { migration: -1, statement: -1 };
  return dropTogether(state, [{ kind: 'constraint', table, name }], at);
}

function removeConstraint(state: State, tableId: ObjectId, name: string): State {
  const constraint = tableById(state, tableId)?.constraints.find(candidate => candidate.name === name);
  if (constraint === undefined) return state;
  const without = updateTable(state, tableId, table => {
    const changed = { ...table, constraints: table.constraints.filter(candidate => candidate !== constraint) };
    return constraint.type === 'notNull' ? nullable(changed, constraint.column) : changed;
  });
  return constraint.type === 'foreignKey' ? unlinkForeignKey(without, tableId, constraint.references) : without;
}

function nullable(table: Table, column: string): Table {
  return {
    ...table,
    columns: table.columns.map(other => (other.name === column ? { ...other, notNull: false } : other)),
  };
}

/** Takes a table out of `referencedBy` of another when none of its foreign keys references that one any more. */
function unlinkForeignKey(state: State, tableId: ObjectId, references: ObjectId): State {
  const still = tableById(state, tableId)?.constraints.some(
    (constraint: TableConstraint) => constraint.type === 'foreignKey' && constraint.references === references,
  );
  if (still) return state;
  return updateTable(state, references, table => ({ ...table, referencedBy: without(table.referencedBy, tableId) }));
}

/** Takes a relation out of everything that lists it. */
function unlink(state: State, relation: Relation): State {
  switch (relation.kind) {
    case 'table': {
      const { partitionOf, inherits } = relation;
      const parents = partitionOf === undefined ? inherits : [...inherits, partitionOf.parent];
      return parents.reduce((current, parent) => unlinkChild(current, parent, relation.id), state);
    }
    case 'index':
      return unlinkIndex(state, relation.id, relation.table, relation.partitionOf);
    case 'view':
    case 'materialized view':
      return unlinkView(state, relation);
    case 'sequence': {
      const { ownedBy } = relation;
      return updateTable(state, ownedBy?.table, table => ({
        ...table,
        columns: table.columns.map(column => {
          if (column.sequence !== relation.id) return column;
          const { sequence: _, ...rest } = column;
          return rest;
        }),
      }));
    }
    default:
      return state;
  }
}

function unlinkIndex(state: State, id: ObjectId, table: ObjectId, parent: ObjectId | undefined): State {
  const owner = state.schema.relations.get(table);
  let next = state;
  if (owner?.kind === 'table') {
    const { replicaIdentity } = owner;
    const changed: Table = { ...owner, indexes: without(owner.indexes, id) };
    next = putRelation(
      state,
      replicaIdentity.index === id ? { ...changed, replicaIdentity: { kind: replicaIdentity.kind } } : changed,
    );
  } else if (owner?.kind === 'materialized view') {
    next = putRelation(state, { ...owner, indexes: without(owner.indexes, id) });
  }
  return updateRelation(next, parent, 'index', index => ({ ...index, partitions: without(index.partitions, id) }));
}

/** Takes a view out of `dependentViews` of all that it reads. */
export function unlinkView(state: State, view: View | MaterializedView): State {
  return view.reads.reduce((current, id) => {
    const read = current.schema.relations.get(id);
    if (read === undefined || !('dependentViews' in read)) return current;
    return putRelation(current, { ...read, dependentViews: without(read.dependentViews, view.id) });
  }, state);
}

/** Takes a partition or an inheritance child out of its parent. */
export function unlinkChild(state: State, parent: ObjectId, child: ObjectId): State {
  return updateTable(state, parent, table => ({
    ...table,
    partitions: without(table.partitions, child),
    children: without(table.children, child),
  }));
}

function without(ids: readonly ObjectId[], id: ObjectId): readonly ObjectId[] {
  return ids.includes(id) ? ids.filter(other => other !== id) : ids;
}
