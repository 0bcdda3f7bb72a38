import { type DataType, sameDataType } from '../operations/data-types.ts';
import type { IndexElement, StorageOption } from '../operations/definitions.ts';
import type { Expression, WrittenExpression } from '../operations/expressions.ts';
import { displayName, nameKey } from '../operations/names.ts';
import { catalogueOf } from './dialects.ts';
import { findColumn } from './lookup.ts';
import type {
  Column,
  Index,
  MaterializedView,
  ObjectId,
  Origin,
  Policy,
  Relation,
  Routine,
  Sequence,
  Table,
  TableConstraint,
  Trigger,
  UserType,
  View,
} from './schema.ts';
import type { State } from './state.ts';
import { unsharedValues } from './unshared.ts';

/** One way in which a schema differs from what it was. */
export interface Difference {
  /** `left`: it was not there before; `missing`: it was; `changed`: it is there, but otherwise. */
  readonly kind: 'left' | 'missing' | 'changed';
  /** What kind of object, in lower case: `index`, `column`. */
  readonly object: string;
  /** Its name as a reader would write it: `users_email_idx`, `users.status`. */
  readonly name: string;
  /** Of `changed`: how, to be put after "comes back" or "is left": `without its default`. */
  readonly how?: string;
  /** Of `changed`: whether it was gone in between and made anew. */
  readonly anew?: boolean;
  /** The relation that it is, or belongs to; left out for types, routines and the like. */
  readonly relation?: { readonly schema: string; readonly name: string };
}

interface Comparison {
  readonly before: State;
  readonly after: State;
  /** Whether an object comes from what happened in between and was to be undone. */
  isOfUp(origin: Origin | undefined): boolean;
}

/**
 * Compares a schema with what it was, by name: tables with columns, constraints, triggers, policies and grants; indexes, views,
 * sequences, types, routines, and what is kept by name only. What a branch of unknown outcome touched is left out, and so is
 * what cannot be known: of an object that the history does not show in full, only what the up put there counts as left.
 *
 * Not compared: bodies of routines, queries of views beyond their columns, comments, storage parameters of tables, the order of
 * columns, the names of NOT NULL constraints.
 *
 * @param before - what the schema was
 * @param after - what it is after an up and its down
 * @param isOfUp - whether an object of that origin was made by the up
 */
export function schemaDifferences(
  before: State,
  after: State,
  isOfUp: (origin: Origin | undefined) => boolean,
): readonly Difference[] {
  if (before.schema === after.schema) return [];
  const comparison: Comparison = { before, after, isOfUp };
  return [
    ...relationDifferences(comparison),
    ...typeDifferences(comparison),
    ...routineDifferences(comparison),
    ...namedDifferences(comparison),
  ];
}

/**
 * A difference in words, with the down as the one who is to blame: `it leaves index users_email_idx`, `column users.status comes
 * back without its default`.
 */
export function describeDifference({ kind, object, name, how, anew }: Difference): string {
  if (kind === 'left') return `it leaves ${object} ${name}`;
  if (kind === 'missing') return `it does not bring back ${object} ${name}`;
  return `${object} ${name} ${anew === true ? 'comes back' : 'is left'} ${how}`;
}

/* ---------------------------------------------------------------- Relations */

function relationDifferences(comparison: Comparison): readonly Difference[] {
  const { before, after } = comparison;
  if (before.schema.relations === after.schema.relations) return [];
  const found: Difference[] = [];
  for (const old of inOrder(unsharedValues(before.schema.relations, after.schema.relations))) {
    if (after.schema.relations.get(old.id) === old || !isComparable(old)) continue;
    const now = namesake(old, after);
    if (now !== undefined) {
      if (isComparable(now)) found.push(...changesOf(old, now, comparison));
    } else if (!isPartOfMissing(old, comparison)) found.push(...missingRelation(old, after));
  }
  for (const now of inOrder(unsharedValues(after.schema.relations, before.schema.relations))) {
    if (before.schema.relations.has(now.id) || !isComparable(now) || namesake(now, before) !== undefined) continue;
    if (now.kind === 'table' && now.origin === undefined) {
      found.push(...changesOf(bareTable(now), now, comparison));
    } else if (comparison.isOfUp(now.origin) && !isPartOfLeft(now, comparison)) {
      found.push({ kind: 'left', ...identityOf(now, after) });
    }
  }
  return found;
}

/** Relations in the order in which they were made. */
function inOrder(relations: readonly Relation[]): readonly Relation[] {
  return relations.toSorted((a, b) => a.id - b.id);
}

/** Relations that the comparison looks at by themselves: constraints stand for their indexes, types for their relations. */
function isComparable(relation: Relation): boolean {
  if (relation.uncertain === true || relation.kind === 'composite type') return false;
  if (relation.kind === 'index') return relation.constraint === undefined && relation.partitionOf === undefined;
  if (relation.kind === 'table') return relation.persistence !== 'temporary';
  if (relation.kind === 'view') return !relation.temporary;
  return relation.kind !== 'sequence' || !relation.temporary;
}

/** A table of which nothing was known before. */
function bareTable(table: Table): Table {
  return { ...table, complete: false, columns: [], constraints: [], triggers: [], policies: [] };
}

function namesake(relation: Relation, state: State): Relation | undefined {
  const id = state.schema.names.get(nameKey(relation.schema, relation.name));
  return id === undefined ? undefined : state.schema.relations.get(id);
}

function missingRelation(old: Relation, after: State): readonly Difference[] {
  const moved = after.schema.relations.get(old.id);
  // A stand-in that is not there by this name was never more than a name.
  if (moved === undefined && old.origin === undefined && !isGone(old, after)) return [];
  const identity = identityOf(old, after);
  return moved === undefined
    ? [{ kind: 'missing', ...identity }]
    : [{ kind: 'changed', ...identity, how: `as ${labelOf(moved)}`, anew: false, relation: moved }];
}

function isGone({ schema, name }: Relation, state: State): boolean {
  return state.schema.gone.has(nameKey(schema, name));
}

/** Whether a relation went with another one that is named already: an index with its table, a sequence with its column. */
function isPartOfMissing(relation: Relation, { before, after }: Comparison): boolean {
  const table = tableOf(relation, before);
  if (table === undefined) return false;
  const now = namesake(table, after);
  if (now?.kind !== 'table') return relation.kind === 'index' || relation.kind === 'sequence';
  // A sequence belongs to its column, and is compared with it.
  return relation.kind === 'sequence';
}

function isPartOfLeft(relation: Relation, { before, after }: Comparison): boolean {
  if (relation.kind === 'sequence') return relation.ownedBy !== undefined;
  const table = tableOf(relation, after);
  if (table === undefined) return false;
  return !before.schema.relations.has(table.id) && namesake(table, before) === undefined && table.origin !== undefined;
}

function tableOf(relation: Relation, state: State): Relation | undefined {
  const id =
    relation.kind === 'index' ? relation.table : relation.kind === 'sequence' ? relation.ownedBy?.table : undefined;
  return id === undefined ? undefined : state.schema.relations.get(id);
}

function identityOf(relation: Relation, state: State): Pick<Difference, 'object' | 'name' | 'relation'> {
  const owner = relation.kind === 'index' ? (tableOf(relation, state) ?? relation) : relation;
  return { object: relation.kind, name: labelOf(relation), relation: owner };
}

function labelOf({ schema, name }: { readonly schema: string; readonly name: string }): string {
  // An index whose name is one among those of its table stands in `public.table`.
  const shown = schema.replace(/^public(?:\.|$)/, '');
  return displayName(shown === '' ? { name } : { schema: shown, name });
}

function changesOf(old: Relation, now: Relation, comparison: Comparison): readonly Difference[] {
  const anew = old.id !== now.id;
  const change = (how: string): Difference => ({
    kind: 'changed',
    ...identityOf(now, comparison.after),
    how,
    anew,
  });
  if (old.kind !== now.kind) return [change(`as a ${now.kind} instead of a ${old.kind}`)];
  switch (old.kind) {
    case 'table':
      return tableChanges(old, now as Table, comparison).map(found => ({ ...found, relation: now }));
    case 'index':
      return indexChanges(old, now as Index, comparison).map(change);
    case 'view':
    case 'materialized view':
      return viewChanges(old, now as View | MaterializedView).map(change);
    case 'sequence':
      return sequenceChanges(old, now as Sequence).map(change);
    case 'composite type':
      return [];
  }
}

function indexChanges(old: Index, now: Index, { before, after }: Comparison): readonly string[] {
  if (!old.complete || !now.complete) return [];
  const [oldTable, nowTable] = [before.schema.relations.get(old.table), after.schema.relations.get(now.table)];
  return [
    ...(oldTable?.name === nowTable?.name ? [] : [`on ${nowTable?.name ?? 'another table'}`]),
    ...(old.unique && !now.unique ? ['without UNIQUE'] : []),
    ...(!old.unique && now.unique ? ['as UNIQUE'] : []),
    ...(sameElements(old.elements, now.elements) && sameList(old.including, now.including) ? [] : ['on other columns']),
    ...(sameWritten(old.where, now.where)
      ? []
      : [now.where === undefined ? 'without its WHERE' : 'with another WHERE']),
    ...(old.method === now.method ? [] : [`as ${now.method} instead of ${old.method}`]),
    ...(old.valid && !now.valid ? ['invalid'] : []),
  ];
}

function viewChanges(old: View | MaterializedView, now: View | MaterializedView): readonly string[] {
  const columns = old.columns === undefined || now.columns === undefined || sameList(old.columns, now.columns);
  const options = old.kind !== 'view' || now.kind !== 'view' || sameOptions(old.options, now.options);
  const lost = 'grantees' in old && 'grantees' in now ? grantChanges(old.grantees, now.grantees) : [];
  return [...(columns ? [] : ['with other columns']), ...(options ? [] : ['with other options']), ...lost];
}

function sequenceChanges(old: Sequence, now: Sequence): readonly string[] {
  return typeChange(old.type, now.type);
}

function grantChanges(old: readonly string[], now: readonly string[]): readonly string[] {
  const lost = old.filter(role => !now.includes(role));
  const gained = now.filter(role => !old.includes(role));
  return [
    ...(lost.length === 0 ? [] : [`without its grants to ${lost.join(', ')}`]),
    ...(gained.length === 0 ? [] : [`with grants to ${gained.join(', ')}`]),
  ];
}

/* ---------------------------------------------------------------- Tables */

function tableChanges(old: Table, now: Table, comparison: Comparison): readonly Difference[] {
  const anew = old.id !== now.id;
  const label = labelOf(now);
  const whole = [
    ...(old.rowSecurity.enabled && !now.rowSecurity.enabled ? ['without row-level security'] : []),
    ...(!old.rowSecurity.enabled && now.rowSecurity.enabled ? ['with row-level security'] : []),
    ...(old.rowSecurity.forced && !now.rowSecurity.forced ? ['without FORCE ROW LEVEL SECURITY'] : []),
    ...(!old.rowSecurity.forced && now.rowSecurity.forced ? ['with FORCE ROW LEVEL SECURITY'] : []),
    ...(old.persistence === now.persistence ? [] : [now.persistence === 'unlogged' ? 'unlogged' : 'logged']),
    ...(old.replicaIdentity.kind === now.replicaIdentity.kind ? [] : ['with another replica identity']),
    ...(old.partitionOf !== undefined && now.partitionOf === undefined ? ['detached from its parent'] : []),
    ...(old.partitionOf === undefined && now.partitionOf !== undefined ? ['attached as a partition'] : []),
    ...grantChanges(old.grantees, now.grantees),
  ].map((how): Difference => ({ kind: 'changed', object: 'table', name: label, how, anew }));
  return [
    ...whole,
    ...columnDifferences(old, now, comparison),
    ...constraintDifferences(old, now, comparison),
    ...memberDifferences('trigger', old.triggers, now.triggers, triggerChanges, old, now, comparison),
    ...memberDifferences('policy', old.policies, now.policies, policyChanges, old, now, comparison),
  ];
}

function columnDifferences(old: Table, now: Table, comparison: Comparison): readonly Difference[] {
  if (old.columns === now.columns) return [];
  const label = labelOf(now);
  const found: Difference[] = [];
  for (const column of old.columns) {
    const name = `${label}.${column.name}`;
    const same = findColumn(now, column.name);
    if (same === column || column.uncertain === true || same?.uncertain === true || column.inherited === true) continue;
    if (same !== undefined) {
      const anew = column.origin !== same.origin;
      for (const how of columnChanges(column, same, now, anew)) {
        found.push({ kind: 'changed', object: 'column', name, how, anew });
      }
    } else if (now.complete || now.goneColumns.includes(column.name)) {
      found.push({ kind: 'missing', object: 'column', name });
    }
  }
  for (const column of now.columns) {
    if (findColumn(old, column.name) !== undefined || column.uncertain === true || column.inherited === true) continue;
    if (old.goneColumns.includes(column.name) || old.complete || comparison.isOfUp(column.origin)) {
      found.push({ kind: 'left', object: 'column', name: `${label}.${column.name}` });
    }
  }
  return found;
}

/** How a column differs; of one that the history does not show being declared, nothing is known to compare. */
function columnChanges(old: Column, now: Column, table: Table, anew: boolean): readonly string[] {
  if (old.origin === undefined) return [];
  const changes = [...typeChange(old.type, now.type)];
  const bothOwn = old.sequence !== undefined && now.sequence !== undefined;
  if (old.default !== undefined && now.default === undefined) changes.push('without its default');
  else if (old.default === undefined && now.default !== undefined) changes.push('with a default');
  else if (!bothOwn && !sameWritten(old.default, now.default)) {
    changes.push(`with the default ${shortened(now.default?.text)} instead of ${shortened(old.default?.text)}`);
  }
  if (old.notNull === true && now.notNull === false && !cannotBeFilled(now, anew)) changes.push('without NOT NULL');
  if (old.notNull === false && now.notNull === true && !isKeyColumn(table, now.name)) changes.push('as NOT NULL');
  if (old.identity !== undefined && now.identity === undefined) changes.push('without its identity');
  if (old.identity === undefined && now.identity !== undefined) changes.push('as an identity column');
  if (old.generated !== undefined && now.generated === undefined) changes.push('as an ordinary column');
  if (old.generated === undefined && now.generated !== undefined) changes.push('as a generated column');
  return changes;
}

/** A text for a message, on one line and not too long. */
function shortened(text = ''): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > 40 ? `${line.slice(0, 39)}…` : line;
}

/** A column that was dropped comes back empty: without a default from the start it cannot be NOT NULL at once. */
function cannotBeFilled(now: Column, anew: boolean): boolean {
  return anew && !now.defaultSinceCreation;
}

function isKeyColumn(table: Table, column: string): boolean {
  return table.constraints.some(constraint => constraint.type === 'primaryKey' && constraint.columns.includes(column));
}

function typeChange(old: DataType | undefined, now: DataType | undefined): readonly string[] {
  if (old === undefined || now === undefined || sameDataType(old, now)) return [];
  return old.text === now.text ? [] : [`as ${now.text} instead of ${old.text}`];
}

function constraintDifferences(old: Table, now: Table, comparison: Comparison): readonly Difference[] {
  if (old.constraints === now.constraints) return [];
  const label = labelOf(now);
  const named = (name: string): Pick<Difference, 'object' | 'name'> => ({
    object: 'constraint',
    name: `${name} of ${label}`,
  });
  const [olds, nows] = [comparableConstraints(old), comparableConstraints(now)];
  const fresh = nows.filter(
    constraint =>
      !olds.some(({ name }) => name === constraint.name) && (old.complete || comparison.isOfUp(constraint.origin)),
  );
  const found: Difference[] = [];
  for (const constraint of olds) {
    const same = nows.find(({ name }) => name === constraint.name);
    if (same === constraint) continue;
    if (same !== undefined) {
      const anew = constraint.origin !== same.origin;
      const changes = constraintChanges(constraint, same, comparison);
      found.push(...changes.map((how): Difference => ({ kind: 'changed', ...named(constraint.name), how, anew })));
      continue;
    }
    const renamed = fresh.findIndex(
      other => other.type === constraint.type && constraintChanges(constraint, other, comparison).length === 0,
    );
    const [other] = renamed < 0 ? [] : fresh.splice(renamed, 1);
    if (other !== undefined && !catalogueOf(comparison.after).constraintsHaveNames) continue;
    found.push(
      other === undefined
        ? { kind: 'missing', ...named(constraint.name) }
        : { kind: 'changed', ...named(constraint.name), how: `as ${other.name}`, anew: true },
    );
  }
  return [...found, ...fresh.map(({ name }): Difference => ({ kind: 'left', ...named(name) }))];
}

/** NOT NULL is compared with its column; what comes from a parent, with the parent. */
function comparableConstraints({ constraints }: Table): readonly TableConstraint[] {
  return constraints.filter(
    ({ type, uncertain, inherited }) => type !== 'notNull' && uncertain !== true && inherited !== true,
  );
}

function constraintChanges(old: TableConstraint, now: TableConstraint, comparison: Comparison): readonly string[] {
  if (old.type !== now.type) return ['as another kind of constraint'];
  const state = [
    ...(old.valid && !now.valid ? ['NOT VALID'] : []),
    ...(old.enforced === now.enforced ? [] : [now.enforced ? 'ENFORCED' : 'NOT ENFORCED']),
    ...(old.deferrable === now.deferrable ? [] : [now.deferrable ? 'DEFERRABLE' : 'NOT DEFERRABLE']),
  ];
  return [...state, ...definitionChanges(old, now, comparison)];
}

function definitionChanges(
  old: TableConstraint,
  now: TableConstraint,
  { before, after }: Comparison,
): readonly string[] {
  if (old.type === 'check' && now.type === 'check') {
    return sameWritten(old.condition, now.condition) ? [] : ['with another condition'];
  }
  if (old.type === 'exclude' && now.type === 'exclude') {
    return sameElements(old.elements, now.elements) ? [] : ['over other columns'];
  }
  if (!('columns' in old) || !('columns' in now)) return [];
  const columns = sameList(old.columns, now.columns) ? [] : ['over other columns'];
  if (old.type !== 'foreignKey' || now.type !== 'foreignKey') return columns;
  const nameIn = (state: State, id: ObjectId): string | undefined => {
    const table = state.schema.relations.get(id);
    return table === undefined ? undefined : labelOf(table);
  };
  return [
    ...columns,
    ...(nameIn(before, old.references) === nameIn(after, now.references) ? [] : ['to another table']),
    ...(old.onDelete === now.onDelete ? [] : [`with ON DELETE ${now.onDelete.toUpperCase()}`]),
    ...(old.onUpdate === now.onUpdate ? [] : [`with ON UPDATE ${now.onUpdate.toUpperCase()}`]),
  ];
}

/** Differences between lists of what a table has by name. */
function memberDifferences<Member extends { readonly name: string; readonly origin?: Origin }>(
  object: string,
  olds: readonly Member[],
  nows: readonly Member[],
  changes: (old: Member, now: Member) => readonly string[],
  old: Table,
  now: Table,
  { isOfUp }: Comparison,
): readonly Difference[] {
  if (olds === nows) return [];
  const found: Difference[] = [];
  const named = (name: string): Pick<Difference, 'object' | 'name'> => ({ object, name: `${name} of ${labelOf(now)}` });
  for (const member of olds) {
    const same = nows.find(({ name }) => name === member.name);
    if (same === undefined) found.push({ kind: 'missing', ...named(member.name) });
    else if (same !== member) {
      const anew = member.origin !== same.origin;
      found.push(
        ...changes(member, same).map((how): Difference => ({ kind: 'changed', ...named(member.name), how, anew })),
      );
    }
  }
  for (const member of nows) {
    if (olds.some(({ name }) => name === member.name)) continue;
    if (old.complete || isOfUp(member.origin)) found.push({ kind: 'left', ...named(member.name) });
  }
  return found;
}

function triggerChanges(old: Trigger, now: Trigger): readonly string[] {
  return [
    ...(old.enabled && !now.enabled ? ['disabled'] : []),
    ...(!old.enabled && now.enabled ? ['enabled'] : []),
    ...(sameList(old.events, now.events) && old.timing === now.timing && old.routine === now.routine
      ? []
      : ['with another definition']),
  ];
}

function policyChanges(old: Policy, now: Policy): readonly string[] {
  const same =
    old.command === now.command &&
    old.permissive === now.permissive &&
    sameWritten(old.using, now.using) &&
    sameWritten(old.withCheck, now.withCheck);
  return same ? [] : ['with another condition'];
}

/* ---------------------------------------------------------------- Types, routines, and what has a name only */

function typeDifferences({ before, after, isOfUp }: Comparison): readonly Difference[] {
  const [olds, nows] = [before.schema, after.schema];
  if (olds.types === nows.types) return [];
  const found: Difference[] = [];
  for (const old of olds.types.values()) {
    if (nows.types.get(old.id) === old || old.uncertain === true) continue;
    const id = nows.typeNames.get(nameKey(old.schema, old.name));
    const now = id === undefined ? undefined : nows.types.get(id);
    const identity = { object: 'type', name: labelOf(old) };
    if (now === undefined) {
      const moved = nows.types.get(old.id);
      if (moved !== undefined) found.push({ kind: 'changed', ...identity, how: `as ${labelOf(moved)}`, anew: false });
      else if (old.origin !== undefined) found.push({ kind: 'missing', ...identity });
    } else if (now.uncertain !== true) {
      const anew = now.id !== old.id;
      found.push(...userTypeChanges(old, now).map((how): Difference => ({ kind: 'changed', ...identity, how, anew })));
    }
  }
  for (const now of nows.types.values()) {
    if (olds.types.has(now.id) || olds.typeNames.has(nameKey(now.schema, now.name))) continue;
    if (now.uncertain !== true && isOfUp(now.origin)) found.push({ kind: 'left', object: 'type', name: labelOf(now) });
  }
  return found;
}

function userTypeChanges(old: UserType, now: UserType): readonly string[] {
  if (old.kind === 'enum' && now.kind === 'enum') {
    const [olds, nows] = [old.values.map(({ value }) => value), now.values.map(({ value }) => value)];
    const extra = nows.filter(value => !olds.includes(value));
    const lost = olds.filter(value => !nows.includes(value));
    if (extra.length === 0 && lost.length === 0)
      return sameList(olds, nows) ? [] : ['with its values in another order'];
    return [
      ...(lost.length === 0 ? [] : [`without the value ${lost.join(', ')}`]),
      ...(extra.length === 0 ? [] : [`with the value ${extra.join(', ')}`]),
    ];
  }
  if (old.kind === 'domain' && now.kind === 'domain') {
    const checks = sameList(
      old.checks.map(({ name }) => name),
      now.checks.map(({ name }) => name),
    );
    return [
      ...typeChange(old.type, now.type),
      ...(old.notNull === now.notNull ? [] : [now.notNull ? 'as NOT NULL' : 'without NOT NULL']),
      ...(checks ? [] : ['with other constraints']),
    ];
  }
  if (old.kind === 'composite' && now.kind === 'composite') {
    const same = sameList(
      old.attributes.map(({ name, type }) => `${name} ${type.text}`),
      now.attributes.map(({ name, type }) => `${name} ${type.text}`),
    );
    return same ? [] : ['with other attributes'];
  }
  return [];
}

function routineDifferences({ before, after, isOfUp }: Comparison): readonly Difference[] {
  const [olds, nows] = [before.schema.routines, after.schema.routines];
  if (olds === nows) return [];
  const found: Difference[] = [];
  for (const [key, overloads] of olds) {
    if (nows.get(key) === overloads) continue;
    for (const old of overloads) {
      const now = (nows.get(key) ?? []).find(other => sameSignature(old, other));
      const identity = { object: old.form, name: labelOf(old) };
      if (now === undefined) found.push({ kind: 'missing', ...identity });
      else {
        const anew = old.origin !== now.origin;
        found.push(...routineChanges(old, now).map((how): Difference => ({ kind: 'changed', ...identity, how, anew })));
      }
    }
  }
  for (const [key, overloads] of nows) {
    if (olds.get(key) === overloads) continue;
    for (const now of overloads) {
      if (!isOfUp(now.origin) || (olds.get(key) ?? []).some(other => sameSignature(now, other))) continue;
      found.push({ kind: 'left', object: now.form, name: labelOf(now) });
    }
  }
  return found;
}

function sameSignature(a: Routine, b: Routine): boolean {
  return (
    a.argumentTypes.length === b.argumentTypes.length &&
    a.argumentTypes.every((type, index) => sameDataType(type, b.argumentTypes[index]!))
  );
}

function routineChanges(old: Routine, now: Routine): readonly string[] {
  return [
    ...(old.volatility === now.volatility ? [] : [`as ${now.volatility.toUpperCase()}`]),
    ...(old.securityDefiner === now.securityDefiner
      ? []
      : [now.securityDefiner ? 'as SECURITY DEFINER' : 'as SECURITY INVOKER']),
    ...(sameList(old.settings, now.settings) ? [] : ['with other settings']),
  ];
}

/** Schemas, and what is kept by name only; an extension may serve others too, so one that is left does no harm. */
function namedDifferences({ before, after, isOfUp }: Comparison): readonly Difference[] {
  const found: Difference[] = [];
  const [olds, nows] = [before.schema, after.schema];
  if (olds.schemas !== nows.schemas) {
    for (const schema of olds.schemas.keys()) {
      if (!nows.schemas.has(schema)) found.push({ kind: 'missing', object: 'schema', name: schema });
    }
    for (const [schema, origin] of nows.schemas) {
      if (!olds.schemas.has(schema) && isOfUp(origin)) found.push({ kind: 'left', object: 'schema', name: schema });
    }
  }
  if (olds.others !== nows.others) {
    for (const [key, { kind, schema, name }] of olds.others) {
      if (!nows.others.has(key)) found.push({ kind: 'missing', object: kind, name: labelOf({ schema, name }) });
    }
    for (const [key, { kind, schema, name, origin }] of nows.others) {
      if (olds.others.has(key) || kind === 'extension' || !isOfUp(origin)) continue;
      found.push({ kind: 'left', object: kind, name: labelOf({ schema: schema === '' ? 'public' : schema, name }) });
    }
  }
  return found;
}

/* ---------------------------------------------------------------- Comparing values */

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function sameOptions(a: readonly StorageOption[], b: readonly StorageOption[]): boolean {
  const text = ({ name, value }: StorageOption): string => `${name}=${value ?? 'true'}`;
  return sameList(a.map(text).toSorted(), b.map(text).toSorted());
}

function sameWritten(a: WrittenExpression | undefined, b: WrittenExpression | undefined): boolean {
  if (a === b) return true;
  return a !== undefined && b !== undefined && sameShape(a.expression, b.expression);
}

function sameElements(a: readonly IndexElement[], b: readonly IndexElement[]): boolean {
  return sameShape(a.map(withoutDefaults), b.map(withoutDefaults));
}

/** An index element without what holds by itself: ascending order, NULLs at the end of the larger values. */
function withoutDefaults({ order, nulls, ...element }: IndexElement): IndexElement {
  const isDescending = order === 'desc';
  const usual = isDescending ? 'first' : 'last';
  return {
    ...element,
    ...(isDescending ? { order } : {}),
    ...(nulls === undefined || nulls === usual ? {} : { nulls }),
  };
}

/** Whether two expressions, index keys or queries are alike in all but the places where they are written, and casts. */
export function sameShape(a: unknown, b: unknown): boolean {
  return JSON.stringify(a, withoutPlaces) === JSON.stringify(b, withoutPlaces);
}

/**
 * Leaves out places, and casts: the server adds and moves them when it prints what it has stored. So `false` and `'false'` are
 * one value.
 */
function withoutPlaces(key: string, value: unknown): unknown {
  if (key === 'range' || key === 'text') return undefined;
  let part = value;
  while (isCast(part)) part = part.operand;
  return isLiteral(part) && part.value !== null ? { kind: 'literal', value: String(part.value) } : part;
}

function isLiteral(value: unknown): value is Extract<Expression, { kind: 'literal' }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'literal';
}

function isCast(value: unknown): value is Extract<Expression, { kind: 'cast' }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'cast';
}
