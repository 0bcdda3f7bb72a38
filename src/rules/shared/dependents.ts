import { nameKey } from '../../operations/names.ts';
import { type Dependent, type DropTarget, findColumn, findConstraint } from '../../schema/index.ts';
import type { ObjectId, Origin, Relation, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { labelOf } from './live-relations.ts';

/** What a constraint is called in a sentence. */
const CONSTRAINT_LABELS = {
  check: 'check',
  notNull: 'NOT NULL constraint',
  unique: 'UNIQUE constraint',
  primaryKey: 'primary key',
  exclude: 'EXCLUDE constraint',
  foreignKey: 'foreign key',
} as const;

/** An object as a reader knows it: `view v`, `foreign key orders_user_id_fkey of orders`, `column users.name`. */
export function describeTarget(state: State, target: DropTarget): string {
  switch (target.kind) {
    case 'relation': {
      const relation = state.schema.relations.get(target.id);
      return relation === undefined ? 'an object' : describeRelation(relation);
    }
    case 'column':
    case 'default': {
      const column = `${tableLabel(state, target.table)}.${target.column}`;
      return target.kind === 'column' ? `column ${column}` : `the default of ${column}`;
    }
    case 'constraint': {
      const table = tableOf(state, target.table);
      const type = table === undefined ? undefined : findConstraint(table, target.name)?.type;
      return `${type === undefined ? 'constraint' : CONSTRAINT_LABELS[type]} ${target.name} of ${tableLabel(state, target.table)}`;
    }
    case 'trigger':
    case 'policy':
      return `${target.kind} ${target.name} of ${tableLabel(state, target.table)}`;
    case 'type': {
      const type = state.schema.types.get(target.id);
      return type === undefined ? 'a type' : `${type.kind === 'domain' ? 'domain' : 'type'} ${labelOf(type)}`;
    }
    case 'routine':
      return `function ${labelOf(target)}`;
    case 'object': {
      const object = state.schema.others.get(target.key);
      return object === undefined ? 'an object' : `${object.kind} ${object.name}`;
    }
    case 'schema':
      return `schema ${target.name}`;
  }
}

function describeRelation(relation: Relation): string {
  const kind = relation.kind === 'index' && relation.unique ? 'unique index' : relation.kind;
  return `${kind} ${labelOf(relation)}`;
}

/** Where and when an object came to be; undefined for what was there before the history begins. */
export function originOf(state: State, target: DropTarget): Origin | undefined {
  switch (target.kind) {
    case 'relation':
      return state.schema.relations.get(target.id)?.origin;
    case 'column':
    case 'default': {
      const table = tableOf(state, target.table);
      return table === undefined ? undefined : (findColumn(table, target.column)?.origin ?? table.origin);
    }
    case 'constraint':
      return tableOf(state, target.table)?.constraints.find(({ name }) => name === target.name)?.origin;
    case 'trigger':
      return tableOf(state, target.table)?.triggers.find(({ name }) => name === target.name)?.origin;
    case 'policy':
      return tableOf(state, target.table)?.policies.find(({ name }) => name === target.name)?.origin;
    case 'type':
      return state.schema.types.get(target.id)?.origin;
    case 'routine':
      return state.schema.routines.get(nameKey(target.schema, target.name))?.[target.position ?? 0]?.origin;
    case 'object':
      return state.schema.others.get(target.key)?.origin;
    case 'schema':
      return state.schema.schemas.get(target.name);
  }
}

/**
 * What CASCADE takes along that the statement did not name, in words, each once. Parts of an object that is in the list itself
 * are left out.
 */
export function describeCascade(state: State, dependents: readonly Dependent[]): readonly string[] {
  return [...new Set(cascaded(dependents).map(({ target }) => describeTarget(state, target)))];
}

/** The dependents that go only because of CASCADE, without those that belong to another of them. */
export function cascaded(dependents: readonly Dependent[]): readonly Dependent[] {
  const whole = new Set<ObjectId>();
  for (const { target } of dependents) if (target.kind === 'relation') whole.add(target.id);
  return dependents.filter(({ automatic, target }) => !automatic && !('table' in target && whole.has(target.table)));
}

/** A list in a sentence, cut where it grows long: `a, b and 3 more`. */
export function listed(items: readonly string[], most = 4): string {
  if (items.length <= 1) return items.join('');
  if (items.length <= most) return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
  return `${items.slice(0, most - 1).join(', ')} and ${items.length - most + 1} more`;
}

function tableOf(state: State, id: ObjectId): Table | undefined {
  const relation = state.schema.relations.get(id);
  return relation?.kind === 'table' ? relation : undefined;
}

function tableLabel(state: State, id: ObjectId): string {
  const table = tableOf(state, id);
  return table === undefined ? 'a table' : labelOf(table);
}
