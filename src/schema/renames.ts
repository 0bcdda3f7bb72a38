import type { DataType } from '../operations/data-types.ts';
import type { IndexElement } from '../operations/definitions.ts';
import { nameKey } from '../operations/names.ts';
import { dropTogether } from './drop.ts';
import { mapExpression, parseObjectName, renameInExpression, sameOr } from './expressions.ts';
import { indexScope } from './indexes.ts';
import { descendantsOf, directViewsOf, indexesOf, resolveRelation } from './lookup.ts';
import type { Column, ObjectId, Origin, Policy, Relation, Table, TableConstraint } from './schema.ts';
import type { State } from './state.ts';
import {
  moveRelation,
  moveType,
  putRelation,
  putType,
  tableById,
  updateRelation,
  updateTable,
  withSchema,
} from './store.ts';

/** Renames: what the server tracks by OID follows, as it does there. */

/** Where something moves to. */
export interface Place {
  readonly schema: string;
  readonly name: string;
}

/**
 * Gives a relation another name or schema. A constraint follows its index, a composite type its relation, and a table moved to
 * another schema takes its indexes and own sequences along.
 */
export function placeRelation(state: State, id: ObjectId, to: Place, at: Origin): State {
  const relation = state.schema.relations.get(id);
  if (relation === undefined || (relation.schema === to.schema && relation.name === to.name)) return state;
  const inTheWay = state.schema.names.get(nameKey(to.schema, to.name));
  // The server would refuse a name that is taken: the newest of two of a kind counts, and nothing gives way to another kind.
  if (inTheWay !== undefined && state.schema.relations.get(inTheWay)?.kind !== relation.kind) return state;
  let next = inTheWay === undefined ? state : dropTogether(state, [{ kind: 'relation', id: inTheWay }], at);
  if (!next.schema.relations.has(id)) return state;
  if (relation.kind === 'sequence') next = renameInDefaults(next, relation, to);
  next = moveRelation(next, id, to, at);
  if (relation.kind === 'index' && relation.constraint !== undefined) {
    next = renameConstraintOf(next, relation.table, relation.constraint, to.name);
    next = updateRelation(next, id, 'index', index => ({ ...index, constraint: to.name }));
  }
  if (relation.kind === 'composite type') next = placeType(next, relation.type, to, at);
  const scope = relation.kind === 'table' ? indexScope(state, to) : to.schema;
  if (relation.schema !== to.schema || scope !== to.schema) {
    for (const owned of ownedBy(relation)) {
      const part = next.schema.relations.get(owned);
      const schema = part?.kind === 'index' ? scope : to.schema;
      if (part !== undefined) next = placeRelation(next, owned, { schema, name: part.name }, at);
    }
  }
  return next;
}

function ownedBy(relation: Relation): readonly ObjectId[] {
  if (relation.kind === 'materialized view') return relation.indexes;
  if (relation.kind !== 'table') return [];
  return [...relation.indexes, ...relation.columns.flatMap(({ sequence }) => sequence ?? [])];
}

function renameConstraintOf(state: State, tableId: ObjectId, name: string, newName: string): State {
  return updateTable(state, tableId, table => ({
    ...table,
    constraints: sameOr(
      table.constraints,
      table.constraints.map(constraint => (constraint.name === name ? { ...constraint, name: newName } : constraint)),
    ),
  }));
}

/** ALTER TABLE … RENAME CONSTRAINT: the index of a key follows, and so do the children that inherit the constraint. */
export function renameConstraint(state: State, table: Table, name: string, newName: string, at: Origin): State {
  const constraint = table.constraints.find(candidate => candidate.name === name);
  if (constraint === undefined) return state;
  if ('index' in constraint) {
    const index = state.schema.relations.get(constraint.index);
    return index === undefined ? state : placeRelation(state, index.id, { schema: index.schema, name: newName }, at);
  }
  const inheriting = descendantsOf(state, table).filter(child =>
    child.constraints.some(other => other.name === name && other.inherited),
  );
  return [table, ...inheriting].reduce((current, { id }) => renameConstraintOf(current, id, name, newName), state);
}

/** A sequence's new name in the column defaults that call it. */
function renameInDefaults(state: State, sequence: Extract<Relation, { kind: 'sequence' }>, to: Place): State {
  const text = to.schema === 'public' ? to.name : `${to.schema}.${to.name}`;
  return sequence.usedBy.reduce(
    (current, id) =>
      updateTable(current, id, table => {
        const columns = table.columns.map((column): Column => {
          if (column.default === undefined) return column;
          const expression = mapExpression(column.default.expression, part => {
            if (part.kind !== 'literal' || typeof part.value !== 'string') return part;
            const name = parseObjectName(part.value);
            if (name?.name !== sequence.name) return part;
            return resolveRelation(state, name)?.id === sequence.id ? { ...part, value: text } : part;
          });
          return expression === column.default.expression
            ? column
            : { ...column, default: { ...column.default, expression } };
        });
        const same = sameOr(table.columns, columns);
        return same === table.columns ? table : { ...table, columns: same };
      }),
    state,
  );
}

/** Gives a type another name or schema; columns, attributes and domains that use it are declared with the new one. */
export function placeType(state: State, id: ObjectId, to: Place, at: Origin): State {
  const type = state.schema.types.get(id);
  if (type === undefined) return state;
  const moved = moveType(state, id, to, at);
  const rename = (declared: DataType): DataType => {
    if (declared.builtin || declared.name !== type.name || (declared.schema ?? type.schema) !== type.schema)
      return declared;
    const { schema, ...unqualified } = declared;
    const qualified = schema !== undefined || to.schema !== type.schema;
    return { ...unqualified, name: to.name, ...(qualified ? { schema: to.schema } : {}) };
  };
  let next = moved;
  for (const user of state.schema.typeUsers.get(id) ?? []) {
    next = updateTable(next, user, table => ({
      ...table,
      columns: table.columns.map(column =>
        column.typeId === id && column.type !== undefined ? { ...column, type: rename(column.type) } : column,
      ),
    }));
    const using = next.schema.types.get(user);
    if (using?.kind === 'domain') next = putType(next, { ...using, type: rename(using.type) });
    if (using?.kind === 'composite') {
      const attributes = using.attributes.map(attribute => ({ ...attribute, type: rename(attribute.type) }));
      next = putType(next, { ...using, attributes });
    }
  }
  return next;
}

/** Renames a column of a table everywhere that the server would: constraints, indexes, policies, views, sequences, children. */
export function renameColumn(state: State, table: Table, name: string, newName: string, only: boolean): State {
  const reached = only ? [] : descendantsOf(state, table);
  return [table, ...reached].reduce((current, { id }) => renameColumnOf(current, id, name, newName), state);
}

function renameColumnOf(state: State, id: ObjectId, name: string, newName: string): State {
  const table = tableById(state, id);
  if (table === undefined || !table.columns.some(column => column.name === name)) return state;
  const swap = (column: string): string => (column === name ? newName : column);
  const swapAll = (columns: readonly string[]): readonly string[] => sameOr(columns, columns.map(swap));
  const policies = table.policies.map(
    (policy): Policy => ({
      ...policy,
      ...(policy.using === undefined ? {} : { using: renameInExpression(policy.using, name, newName) }),
      ...(policy.withCheck === undefined ? {} : { withCheck: renameInExpression(policy.withCheck, name, newName) }),
    }),
  );
  let next = putRelation(state, {
    ...table,
    columns: table.columns.map(column => renameInColumn(column, name, newName)),
    constraints: table.constraints.map(constraint => renameInConstraint(constraint, name, newName)),
    triggers: table.triggers.map(trigger => ({ ...trigger, columns: swapAll(trigger.columns) })),
    policies,
    goneColumns: [...table.goneColumns.filter(column => column !== newName && column !== name), name],
    ...(table.partitionBy === undefined
      ? {}
      : {
          partitionBy: {
            ...table.partitionBy,
            elements: table.partitionBy.elements.map(element => renameInElement(element, name, newName)),
          },
        }),
  });
  for (const index of indexesOf(state, table)) {
    const elements = sameOr(
      index.elements,
      index.elements.map(element => renameInElement(element, name, newName)),
    );
    const including = swapAll(index.including);
    const where = index.where === undefined ? undefined : renameInExpression(index.where, name, newName);
    if (elements === index.elements && including === index.including && where === index.where) continue;
    next = putRelation(next, { ...index, elements, including, ...(where === undefined ? {} : { where }) });
  }
  for (const referencing of table.referencedBy) {
    next = updateTable(next, referencing, other => {
      const constraints = other.constraints.map(constraint =>
        constraint.type === 'foreignKey' && constraint.references === id && constraint.referencedColumns.includes(name)
          ? { ...constraint, referencedColumns: swapAll(constraint.referencedColumns) }
          : constraint,
      );
      const same = sameOr(other.constraints, constraints);
      return same === other.constraints ? other : { ...other, constraints: same };
    });
  }
  const sequence = table.columns.find(column => column.name === name)?.sequence;
  next = updateRelation(next, sequence, 'sequence', found => ({ ...found, ownedBy: { table: id, column: newName } }));
  return renameInViews(next, table, name, newName);
}

/** A relation's renamed column in the views that read it. Their own columns keep their names. */
export function renameInViews(state: State, relation: Relation, name: string, newName: string): State {
  return directViewsOf(state, relation, name).reduce((current, view) => {
    const readColumns = view.readColumns.map(read =>
      read.relation === relation.id && read.column === name ? { ...read, column: newName } : read,
    );
    return putRelation(current, { ...view, readColumns });
  }, state);
}

function renameInColumn(column: Column, name: string, newName: string): Column {
  if (column.name === name) return { ...column, name: newName };
  if (column.generated === undefined) return column;
  const expression = renameInExpression(column.generated.expression, name, newName);
  return expression === column.generated.expression
    ? column
    : { ...column, generated: { ...column.generated, expression } };
}

function renameInConstraint(constraint: TableConstraint, name: string, newName: string): TableConstraint {
  switch (constraint.type) {
    case 'check': {
      const condition = renameInExpression(constraint.condition, name, newName);
      return condition === constraint.condition ? constraint : { ...constraint, condition };
    }
    case 'notNull':
      return constraint.column === name ? { ...constraint, column: newName } : constraint;
    case 'exclude':
      return { ...constraint, elements: constraint.elements.map(element => renameInElement(element, name, newName)) };
    default: {
      if (!constraint.columns.includes(name)) return constraint;
      const columns = constraint.columns.map(column => (column === name ? newName : column));
      return { ...constraint, columns };
    }
  }
}

function renameInElement<Element extends Pick<IndexElement, 'column' | 'expression'>>(
  element: Element,
  name: string,
  newName: string,
): Element {
  if (element.column === name) return { ...element, column: newName };
  if (element.expression === undefined) return element;
  const expression = renameInExpression(element.expression, name, newName);
  return expression === element.expression ? element : { ...element, expression };
}

/** ALTER SCHEMA … RENAME: everything in it moves along. */
export function renameSchema(state: State, name: string, newName: string, at: Origin): State {
  const { schemas, schemasGone } = state.schema;
  const origin = schemas.get(name);
  let next = withSchema(state, {
    schemas: origin === undefined ? schemas : schemas.delete(name).set(newName, origin),
    schemasGone: schemasGone.delete(newName).set(name, at),
  });
  for (const relation of state.schema.relations.values()) {
    if (relation.schema === name) next = placeRelation(next, relation.id, { schema: newName, name: relation.name }, at);
  }
  for (const type of state.schema.types.values()) {
    if (type.schema === name) next = moveType(next, type.id, { schema: newName, name: type.name }, at);
  }
  for (const [key, overloads] of state.schema.routines) {
    const [first] = overloads;
    if (first?.schema !== name) continue;
    const moved = overloads.map(routine => ({ ...routine, schema: newName }));
    next = withSchema(next, { routines: next.schema.routines.delete(key).set(nameKey(newName, first.name), moved) });
  }
  return next;
}
