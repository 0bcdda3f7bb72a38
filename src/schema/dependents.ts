import type { IndexElement } from '../operations/definitions.ts';
import { nameKey } from '../operations/names.ts';
import { callsOf, mentionsColumn, sequencesOf } from './expressions.ts';
import {
  descendantsOf,
  directViewsOf,
  incomingForeignKeys,
  indexesOf,
  resolveRelation,
  resolveType,
} from './lookup.ts';
import type { Index, ObjectId, Relation, Table, TableConstraint } from './schema.ts';
import type { State } from './state.ts';
import { tableById } from './store.ts';

/** Something that a DROP can name, or take along. */
export type DropTarget =
  | { readonly kind: 'relation'; readonly id: ObjectId }
  | { readonly kind: 'column'; readonly table: ObjectId; readonly column: string }
  | { readonly kind: 'constraint'; readonly table: ObjectId; readonly name: string }
  | { readonly kind: 'default'; readonly table: ObjectId; readonly column: string }
  | { readonly kind: 'trigger' | 'policy'; readonly table: ObjectId; readonly name: string }
  | { readonly kind: 'type'; readonly id: ObjectId }
  /** `position`: its place among the overloads of the name; all of them when left out. */
  | { readonly kind: 'routine'; readonly schema: string; readonly name: string; readonly position?: number }
  | { readonly kind: 'object'; readonly key: string }
  | { readonly kind: 'schema'; readonly name: string };

/** Something that goes when another object is dropped. */
export interface Dependent {
  readonly target: DropTarget;
  /** True for what goes without being asked (an index of the table); false for what a DROP without CASCADE stops at. */
  readonly automatic: boolean;
}

/**
 * What a DROP would take along, transitively, nearest first; the target itself is left out. The rules are those of PostgreSQL's
 * pg_depend: an object reached only through automatic dependencies goes silently, any other needs CASCADE.
 *
 * @param target - one object, or several that one statement drops together
 */
export function dependentsOf(state: State, target: DropTarget | readonly DropTarget[]): readonly Dependent[] {
  const roots: readonly DropTarget[] = Array.isArray(target) ? target : [target as DropTarget];
  const found = new Map<string, Dependent>();
  const rootKeys = new Set(roots.map(targetKey));
  let level: readonly Dependent[] = roots.map(root => ({ target: root, automatic: true }));
  while (level.length > 0) {
    const next: Dependent[] = [];
    for (const parent of level) {
      for (const child of directDependents(state, parent.target)) {
        const key = targetKey(child.target);
        const automatic = parent.automatic && child.automatic;
        const known = found.get(key);
        if (rootKeys.has(key) || (known !== undefined && (known.automatic || !automatic))) continue;
        const dependent = { target: child.target, automatic };
        found.set(key, dependent);
        next.push(dependent);
      }
    }
    level = next;
  }
  // A default goes with its column or table; only the default of one that stays needs CASCADE.
  const goes = (target: DropTarget): boolean => rootKeys.has(targetKey(target)) || found.has(targetKey(target));
  return [...found.values()].filter(
    ({ target }) =>
      target.kind !== 'default' ||
      !(goes({ kind: 'relation', id: target.table }) || goes({ ...target, kind: 'column' })),
  );
}

function targetKey(target: DropTarget): string {
  return Object.values(target).join('\0');
}

const automatic = (target: DropTarget): Dependent => ({ target, automatic: true });
const needsCascade = (target: DropTarget): Dependent => ({ target, automatic: false });

function directDependents(state: State, target: DropTarget): readonly Dependent[] {
  switch (target.kind) {
    case 'relation': {
      const relation = state.schema.relations.get(target.id);
      return relation === undefined ? [] : ofRelation(state, relation);
    }
    case 'column': {
      const table = tableById(state, target.table);
      return table === undefined ? [] : ofColumn(state, table, target.column);
    }
    case 'constraint': {
      const table = tableById(state, target.table);
      const constraint = table?.constraints.find(({ name }) => name === target.name);
      return constraint === undefined ? [] : ofConstraint(constraint);
    }
    case 'type':
      return ofType(state, target.id);
    case 'routine':
      return ofRoutine(state, target);
    case 'schema':
      return inSchema(state, target.name);
    default:
      return [];
  }
}

function ofRelation(state: State, relation: Relation): readonly Dependent[] {
  switch (relation.kind) {
    case 'table':
      return ofTable(state, relation);
    case 'index':
      return ofIndex(state, relation);
    case 'materialized view':
      return [
        ...relation.indexes.map(id => automatic({ kind: 'relation', id })),
        ...directViewsOf(state, relation).map(({ id }) => needsCascade({ kind: 'relation', id })),
      ];
    case 'view':
      return directViewsOf(state, relation).map(({ id }) => needsCascade({ kind: 'relation', id }));
    case 'sequence':
      return relation.usedBy.flatMap(id => {
        const table = tableById(state, id);
        const columns = table?.columns.filter(column =>
          sequencesOf(column.default).some(name => resolveRelation(state, name)?.id === relation.id),
        );
        return (columns ?? []).map(({ name }) => needsCascade({ kind: 'default', table: id, column: name }));
      });
    case 'composite type':
      return [automatic({ kind: 'type', id: relation.type })];
  }
}

function ofTable(state: State, table: Table): readonly Dependent[] {
  return [
    ...table.constraints.map(({ name }) => automatic({ kind: 'constraint', table: table.id, name })),
    ...table.indexes.map(id => automatic({ kind: 'relation', id })),
    ...table.columns.flatMap(({ sequence }) =>
      sequence === undefined ? [] : [automatic({ kind: 'relation', id: sequence })],
    ),
    ...table.partitions.map(id => automatic({ kind: 'relation', id })),
    ...table.children.map(id => needsCascade({ kind: 'relation', id })),
    ...incomingForeignKeys(state, table)
      .filter(({ table: referencing }) => referencing.id !== table.id)
      .map(({ table: referencing, constraint }) =>
        needsCascade({ kind: 'constraint', table: referencing.id, name: constraint.name }),
      ),
    ...directViewsOf(state, table).map(({ id }) => needsCascade({ kind: 'relation', id })),
  ];
}

function ofColumn(state: State, table: Table, name: string): readonly Dependent[] {
  const column = table.columns.find(candidate => candidate.name === name);
  return [
    ...table.constraints
      .filter(constraint => constraintMentions(constraint, name))
      .map(constraint => automatic({ kind: 'constraint', table: table.id, name: constraint.name })),
    ...indexesOf(state, table)
      .filter(index => indexMentions(index, name))
      .map(({ id }) => automatic({ kind: 'relation', id })),
    ...(column?.sequence === undefined ? [] : [automatic({ kind: 'relation', id: column.sequence })]),
    ...descendantsOf(state, table)
      .filter(child => child.columns.some(candidate => candidate.name === name && candidate.inherited))
      .map(({ id }) => automatic({ kind: 'column', table: id, column: name })),
    ...table.columns
      .filter(other => other.name !== name && mentionsColumn(other.generated?.expression, name))
      .map(other => needsCascade({ kind: 'column', table: table.id, column: other.name })),
    ...incomingForeignKeys(state, table)
      .filter(({ constraint, table: other }) => other.id !== table.id && constraint.referencedColumns.includes(name))
      .map(({ table: other, constraint }) =>
        needsCascade({ kind: 'constraint', table: other.id, name: constraint.name }),
      ),
    ...directViewsOf(state, table, name).map(({ id }) => needsCascade({ kind: 'relation', id })),
    ...table.triggers
      .filter(trigger => trigger.columns.includes(name))
      .map(trigger => needsCascade({ kind: 'trigger', table: table.id, name: trigger.name })),
    ...table.policies
      .filter(({ using, withCheck }) => mentionsColumn(using, name) || mentionsColumn(withCheck, name))
      .map(policy => needsCascade({ kind: 'policy', table: table.id, name: policy.name })),
  ];
}

function ofConstraint(constraint: TableConstraint): readonly Dependent[] {
  return 'index' in constraint ? [automatic({ kind: 'relation', id: constraint.index })] : [];
}

function ofIndex(state: State, index: Index): readonly Dependent[] {
  const table = tableById(state, index.table);
  const dependents = index.partitions.map(id => automatic({ kind: 'relation', id }));
  if (table === undefined) return dependents;
  if (index.constraint !== undefined) {
    dependents.push(automatic({ kind: 'constraint', table: table.id, name: index.constraint }));
  }
  for (const { table: referencing, constraint } of incomingForeignKeys(state, table)) {
    if (keyIndexOf(state, table, constraint.referencedColumns)?.id !== index.id) continue;
    dependents.push(needsCascade({ kind: 'constraint', table: referencing.id, name: constraint.name }));
  }
  return dependents;
}

/** The unique index that a foreign key on these columns rests on: the primary key's first, then the oldest. */
export function keyIndexOf(state: State, table: Table, columns: readonly string[]): Index | undefined {
  const candidates = indexesOf(state, table).filter(
    index =>
      index.unique &&
      index.where === undefined &&
      index.elements.length === columns.length &&
      index.elements.every(({ column }) => column !== undefined && columns.includes(column)),
  );
  const primary = table.constraints.find(({ type }) => type === 'primaryKey');
  return candidates.find(({ constraint }) => constraint !== undefined && constraint === primary?.name) ?? candidates[0];
}

/** Whether a constraint names the column: in its key, its expression, or as the referencing side of a foreign key. */
export function constraintMentions(constraint: TableConstraint, column: string): boolean {
  switch (constraint.type) {
    case 'check':
      return mentionsColumn(constraint.condition, column);
    case 'notNull':
      return constraint.column === column;
    case 'exclude':
      return constraint.elements.some(element => elementMentions(element, column));
    default:
      return constraint.columns.includes(column);
  }
}

/** Whether an index names the column: as a key, in an expression, in INCLUDE, or in its predicate. */
export function indexMentions(index: Index, column: string): boolean {
  return (
    index.elements.some(element => elementMentions(element, column)) ||
    index.including.includes(column) ||
    mentionsColumn(index.where, column)
  );
}

function elementMentions(element: IndexElement, column: string): boolean {
  return element.column === column || mentionsColumn(element.expression, column);
}

function ofType(state: State, id: ObjectId): readonly Dependent[] {
  const dependents: Dependent[] = [];
  for (const user of state.schema.typeUsers.get(id) ?? []) {
    for (const { name, typeId, defaultType } of tableById(state, user)?.columns ?? []) {
      if (typeId === id) dependents.push(needsCascade({ kind: 'column', table: user, column: name }));
      else if (defaultType === id) dependents.push(needsCascade({ kind: 'default', table: user, column: name }));
    }
  }
  const own = state.schema.types.get(id);
  if (own?.kind === 'composite') {
    const relation = state.schema.names.get(nameKey(own.schema, own.name));
    if (relation !== undefined) dependents.push(automatic({ kind: 'relation', id: relation }));
  }
  for (const user of state.schema.typeUsers.get(id) ?? []) {
    const type = state.schema.types.get(user);
    if (type?.kind === 'domain' && resolveType(state, type.type)?.id === id) {
      dependents.push(needsCascade({ kind: 'type', id: user }));
    }
    const table = tableById(state, user);
    if (table?.ofType === id) dependents.push(needsCascade({ kind: 'relation', id: user }));
  }
  for (const routines of state.schema.routines.values()) {
    routines.forEach((routine, position) => {
      const { schema, name } = routine;
      const types = routine.returns === undefined ? routine.argumentTypes : [...routine.argumentTypes, routine.returns];
      if (types.some(type => resolveType(state, type)?.id === id)) {
        dependents.push(needsCascade({ kind: 'routine', schema, name, position }));
      }
    });
  }
  return dependents;
}

function ofRoutine(state: State, target: Extract<DropTarget, { kind: 'routine' }>): readonly Dependent[] {
  const overloads = state.schema.routines.get(nameKey(target.schema, target.name))?.length ?? 0;
  // With other overloads left it is not known which of them a trigger or a default calls.
  if (target.position !== undefined && overloads > 1) return [];
  const called = (names: readonly { readonly schema?: string; readonly name: string }[]): boolean =>
    names.some(({ schema, name }) => name === target.name && (schema === undefined || schema === target.schema));
  const dependents: Dependent[] = [];
  for (const relation of state.schema.relations.values()) {
    if (relation.kind === 'index') {
      const expressions = [...relation.elements.map(({ expression }) => expression), relation.where];
      if (expressions.some(expression => called(callsOf(expression)))) {
        dependents.push(needsCascade({ kind: 'relation', id: relation.id }));
      }
    }
    if (relation.kind === 'view' || relation.kind === 'materialized view') {
      if (called(relation.query?.calls.map(({ name }) => name) ?? [])) {
        dependents.push(needsCascade({ kind: 'relation', id: relation.id }));
      }
    }
    if (relation.kind !== 'table') continue;
    const table = relation.id;
    for (const { name, routine } of relation.triggers) {
      if (called([splitRoutine(routine)])) dependents.push(needsCascade({ kind: 'trigger', table, name }));
    }
    for (const { name, using, withCheck } of relation.policies) {
      if (called([...callsOf(using), ...callsOf(withCheck)])) {
        dependents.push(needsCascade({ kind: 'policy', table, name }));
      }
    }
    for (const column of relation.columns) {
      if (called(callsOf(column.default))) {
        dependents.push(needsCascade({ kind: 'default', table, column: column.name }));
      }
      if (called(callsOf(column.generated?.expression))) {
        dependents.push(needsCascade({ kind: 'column', table, column: column.name }));
      }
    }
    for (const constraint of relation.constraints) {
      if (constraint.type === 'check' && called(callsOf(constraint.condition))) {
        dependents.push(needsCascade({ kind: 'constraint', table, name: constraint.name }));
      }
    }
  }
  return dependents;
}

/** A trigger's routine is held as `schema.name`, or as the name alone. */
function splitRoutine(routine: string): { readonly schema?: string; readonly name: string } {
  const dot = routine.lastIndexOf('.');
  return dot < 0 ? { name: routine } : { schema: routine.slice(0, dot), name: routine.slice(dot + 1) };
}

function inSchema(state: State, schema: string): readonly Dependent[] {
  const { relations, types, routines, others } = state.schema;
  const dependents: Dependent[] = [];
  for (const relation of relations.values()) {
    if (relation.schema === schema) dependents.push(needsCascade({ kind: 'relation', id: relation.id }));
  }
  for (const type of types.values()) {
    if (type.schema === schema) dependents.push(needsCascade({ kind: 'type', id: type.id }));
  }
  for (const [first] of routines.values()) {
    if (first?.schema === schema) dependents.push(needsCascade({ kind: 'routine', schema, name: first.name }));
  }
  for (const [key, object] of others) {
    if (object.schema === schema) dependents.push(needsCascade({ kind: 'object', key }));
  }
  return dependents;
}
