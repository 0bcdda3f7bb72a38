import { type Expression, walkExpression } from '../../operations/expressions.ts';
import { nameKey, type ObjectName } from '../../operations/names.ts';
import type { Block, Operation } from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import type { Dialect } from '../../server/server.ts';
import {
  existence,
  findColumn,
  findConstraint,
  isSystemName,
  resolveTable,
  routinesNamed,
  typeExistence,
} from '../lookup.ts';
import type { Column, ObjectId, Relation, Table, TableConstraint } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation, putType, removeRelation, withSchema } from '../store.ts';

/** Operations inside loops, branches and handlers: whether they run, and what is left of what they touch when that is not known. */

type Outcome =
  | { readonly kind: 'certain'; readonly operation: Operation }
  /** It does nothing here: what it would make is there, what it would drop is gone. */
  | { readonly kind: 'skipped' }
  | { readonly kind: 'unknown' };

/**
 * What becomes of an operation in the blocks around it. Known are two idioms, as they have the outcome of IF [NOT] EXISTS:
 * a creation whose error is caught (`EXCEPTION WHEN duplicate_object`), and a branch whose condition looks the object up in the
 * server's catalogue by name (`IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN CREATE TYPE mood …`, on SQL
 * Server also `IF OBJECT_ID('dbo.moods') IS NULL`).
 */
export function guardOf(state: State, operation: Operation): Outcome {
  const certain: Outcome = { kind: 'certain', operation };
  if (operation.blocks === undefined || operation.blocks.length === 0) return certain;
  if (SCOPELESS.has(operation.kind)) return certain;
  const guards = operation.blocks.filter(block => !(block.kind === 'loop' && block.bound === 'literal'));
  if (guards.length === 0) return certain;
  const object = objectOf(operation);
  // What data is written counts as written: that is the careful reading for locks, rows and proofs alike.
  if (DATA_KINDS.has(operation.kind)) return certain;
  if (object === undefined) return { kind: 'unknown' };
  const present = presence(state, object);
  if (!guards.every(block => isGuard(block, object, state.dialect))) {
    // The server would refuse to make it again: if the run goes on, the branch was not taken.
    const refused = object.change === 'create' && present === 'present' && operation.kind !== 'createView';
    return { kind: refused ? 'skipped' : 'unknown' };
  }
  if (object.change === 'create') return present === 'present' ? { kind: 'skipped' } : certain;
  if (present === 'gone') return { kind: 'skipped' };
  return present === 'present' || object.change === 'drop' ? certain : { kind: 'unknown' };
}

/** Kinds whose effect on the state is the same in any block. */
const SCOPELESS: ReadonlySet<Operation['kind']> = new Set(['do', 'other', 'unreadable']);

const DATA_KINDS: ReadonlySet<Operation['kind']> = new Set([
  'insert',
  'update',
  'delete',
  'merge',
  'copyFrom',
  'select',
  'commitTransaction',
  'rollbackTransaction',
]);

/** The one object that an operation makes, drops or changes. */
interface GuardedObject {
  readonly change: 'create' | 'drop' | 'alter';
  readonly what: 'relation' | 'type' | 'column' | 'constraint' | 'routine' | 'other';
  readonly name: ObjectName;
  /** Of a column or a constraint: `name` is then that of its table. */
  readonly part?: string;
}

function objectOf(operation: Operation): GuardedObject | undefined {
  switch (operation.kind) {
    case 'createTable':
      return { change: 'create', what: 'relation', name: operation.table };
    case 'createIndex': {
      if (operation.name === undefined) return undefined;
      const { schema } = operation.table;
      const name = schema === undefined ? { name: operation.name } : { schema, name: operation.name };
      return { change: 'create', what: 'relation', name };
    }
    case 'createView':
    case 'createMaterializedView':
      return { change: 'create', what: 'relation', name: operation.view };
    case 'createSequence':
      return { change: 'create', what: 'relation', name: operation.sequence };
    case 'createEnum':
    case 'createCompositeType':
    case 'createOtherType':
      return { change: 'create', what: 'type', name: operation.type };
    case 'createDomain':
      return { change: 'create', what: 'type', name: operation.domain };
    case 'addColumn':
      return { change: 'create', what: 'column', name: operation.table, part: operation.column.name };
    case 'addCheck':
    case 'addUnique':
    case 'addPrimaryKey':
    case 'addForeignKey':
    case 'addExclude':
    case 'addNotNullConstraint': {
      const { name } = operation.constraint;
      return name === undefined
        ? undefined
        : { change: 'create', what: 'constraint', name: operation.table, part: name };
    }
    case 'createSchema':
      return { change: 'create', what: 'other', name: { name: operation.schema } };
    case 'createObject':
      return { change: 'create', what: 'other', name: operation.name };
    case 'createTrigger':
    case 'createPolicy':
      return { change: 'create', what: 'other', name: { name: operation.name } };
    case 'dropTable':
      return { change: 'drop', what: 'relation', name: operation.table };
    case 'dropIndex':
      return { change: 'drop', what: 'relation', name: operation.index };
    case 'dropView':
    case 'dropMaterializedView':
      return { change: 'drop', what: 'relation', name: operation.view };
    case 'dropSequence':
      return { change: 'drop', what: 'relation', name: operation.sequence };
    case 'dropType':
      return { change: 'drop', what: 'type', name: operation.type };
    case 'dropColumn':
      return { change: 'drop', what: 'column', name: operation.table, part: operation.column };
    case 'dropConstraint':
      return { change: 'drop', what: 'constraint', name: operation.table, part: operation.name };
    case 'renameColumn':
      return { change: 'alter', what: 'column', name: operation.table, part: operation.column };
    case 'renameTable':
      return { change: 'alter', what: 'relation', name: operation.table };
    default:
      return undefined;
  }
}

function presence(state: State, object: GuardedObject): 'present' | 'gone' | 'unknown' {
  const { what, name, part } = object;
  switch (what) {
    case 'relation':
      return existence(state, name);
    case 'type':
      return typeExistence(state, name);
    case 'routine':
      return routinesNamed(state, name).length > 0 ? 'present' : 'unknown';
    case 'column':
    case 'constraint': {
      const table = resolveTable(state, name);
      if (table === undefined || part === undefined) return 'unknown';
      const found = what === 'column' ? findColumn(table, part) : findConstraint(table, part);
      if (found !== undefined) return found.uncertain ? 'unknown' : 'present';
      return table.complete || (what === 'column' && table.goneColumns.includes(part)) ? 'gone' : 'unknown';
    }
    default:
      return 'unknown';
  }
}

function isGuard(block: Block, object: GuardedObject, dialect: Dialect): boolean {
  if (block.kind === 'handler') return block.part === 'body' && object.change === 'create';
  if (block.kind !== 'branch' || block.condition === undefined) return false;
  const { expression } = block.condition;
  const test = existsTest(expression);
  if (test !== undefined) return test.negated === (object.change === 'create') && looksUp(test.query, object, dialect);
  return (
    expression.kind === 'isNull' &&
    expression.negated === (object.change !== 'create') &&
    asksFor(expression.operand, object)
  );
}

/** Whether an expression is SQL Server's question for the object, NULL where it is not there: `OBJECT_ID('dbo.users')`. */
function asksFor(question: Expression, { what, name, part }: GuardedObject): boolean {
  if (question.kind !== 'call') return false;
  const [first, second] = question.args.map(literalName);
  switch (question.name.name) {
    case 'object_id':
      return first !== undefined && first === (part ?? name.name).toLowerCase() && what !== 'column';
    case 'col_length':
      return what === 'column' && first === name.name.toLowerCase() && second === part?.toLowerCase();
    case 'type_id':
      return what === 'type' && first === name.name.toLowerCase();
    case 'schema_id':
      return what === 'other' && first === name.name.toLowerCase();
    default:
      return false;
  }
}

/** The last part of a name in a string, in lower case: `users` of `'[dbo].[Users]'`. */
function literalName(argument: Expression): string | undefined {
  if (argument.kind !== 'literal' || typeof argument.value !== 'string') return undefined;
  return /(?:^|\.)\[?"?([^.\]"[]+)"?\]?$/.exec(argument.value.trim())?.[1]?.toLowerCase();
}

/** `EXISTS (…)` or `NOT EXISTS (…)`. */
function existsTest(condition: Expression): { readonly query: Query; readonly negated: boolean } | undefined {
  if (condition.kind === 'exists') return { query: condition.query, negated: false };
  if (condition.kind !== 'not' || condition.operand.kind !== 'exists') return undefined;
  return { query: condition.operand.query, negated: true };
}

/** Whether a query reads the server's catalogue and compares with the object's own name. */
function looksUp(query: Query, object: GuardedObject, dialect: Dialect): boolean {
  const isOfCatalogue = query.reads.length > 0 && query.reads.every(({ name }) => isSystemName(name, dialect));
  if (!isOfCatalogue || query.where === undefined) return false;
  const wanted = object.part ?? object.name.name;
  let found = false;
  walkExpression(query.where, part => {
    if (part.kind === 'literal' && part.value === wanted) found = true;
  });
  return found;
}

/**
 * The state after an operation that may or may not run. What it touched is marked uncertain, what it dropped is still there,
 * uncertain, and a renamed relation is found under both names. Settings and the transaction stay as they were.
 */
export function withUnknownOutcome(before: State, run: (state: State) => State): State {
  const ran = run(withSchema(before, { touched: [] }));
  const { touched = [], ...schema } = ran.schema;
  const ids = (map: 'relation' | 'type') => new Set(touched.filter(entry => entry.map === map).map(({ id }) => id));
  let next: State = { ...before, schema };
  // What was dropped comes back first, so that what listed it can list it again.
  for (const id of ids('relation')) next = restoreRelation(before, next, id);
  for (const id of ids('relation')) next = blurRelation(before, next, ran, id);
  for (const id of ids('type')) next = blurType(before, next, id);
  for (const id of ids('relation')) next = withoutDangling(next, id);
  return next;
}

/** Takes out of a relation what refers to one that could not be brought back; an index without its table goes too. */
function withoutDangling(state: State, id: ObjectId): State {
  const relation = state.schema.relations.get(id);
  const exists = (other: ObjectId | undefined): boolean => other !== undefined && state.schema.relations.has(other);
  switch (relation?.kind) {
    case 'index': {
      if (!exists(relation.table)) return removeRelation(state, id, relation.origin ?? NOWHERE);
      const { partitionOf, ...index } = { ...relation, partitions: relation.partitions.filter(exists) };
      return putRelation(state, partitionOf !== undefined && exists(partitionOf) ? { ...index, partitionOf } : index);
    }
    case 'sequence': {
      const { ownedBy, ...sequence } = relation;
      return ownedBy === undefined || exists(ownedBy.table) ? state : putRelation(state, sequence);
    }
    case 'view':
    case 'materialized view':
      return putRelation(state, {
        ...relation,
        reads: relation.reads.filter(exists),
        readColumns: relation.readColumns.filter(read => exists(read.relation)),
        dependentViews: relation.dependentViews.filter(exists),
        ...(relation.kind === 'view' ? {} : { indexes: relation.indexes.filter(exists) }),
      });
    case 'composite type':
      return state.schema.types.has(relation.type) ? state : removeRelation(state, id, relation.origin ?? NOWHERE);
    case 'table':
      return putRelation(state, tableWithoutDangling(relation, exists));
    default:
      return state;
  }
}

function tableWithoutDangling(table: Table, exists: (id: ObjectId | undefined) => boolean): Table {
  const { partitionOf, ...rest } = table;
  const rests = (constraint: TableConstraint): boolean =>
    'index' in constraint
      ? exists(constraint.index)
      : constraint.type !== 'foreignKey' || exists(constraint.references);
  return {
    ...rest,
    ...(partitionOf !== undefined && exists(partitionOf.parent) ? { partitionOf } : {}),
    columns: table.columns.map(column => {
      if (column.sequence === undefined || exists(column.sequence)) return column;
      const { sequence: _, ...kept } = column;
      return kept;
    }),
    constraints: table.constraints.filter(rests),
    indexes: table.indexes.filter(exists),
    referencedBy: table.referencedBy.filter(exists),
    dependentViews: table.dependentViews.filter(exists),
    partitions: table.partitions.filter(exists),
    children: table.children.filter(exists),
    inherits: table.inherits.filter(exists),
  };
}

const NOWHERE = { migration: -1, statement: -1 };

/** Brings back a relation that was dropped, unless a new one has its name. */
function restoreRelation(before: State, after: State, id: ObjectId): State {
  const old = before.schema.relations.get(id);
  if (old === undefined || after.schema.relations.has(id)) return after;
  if (after.schema.names.has(nameKey(old.schema, old.name))) return after;
  return putRelation(after, { ...old, uncertain: true });
}

function blurRelation(before: State, after: State, ran: State, id: ObjectId): State {
  const [old, now] = [before.schema.relations.get(id), ran.schema.relations.get(id)];
  if (now === undefined || old === now) return after;
  // A stand-in that the operation entered for something it needs is as unknown as before.
  if (old === undefined) return now.origin === undefined ? after : putRelation(after, { ...now, uncertain: true });
  const blurred = putRelation(after, blur(old, now));
  if (old.name === now.name && old.schema === now.schema) return blurred;
  const key = nameKey(old.schema, old.name);
  if (blurred.schema.names.has(key)) return blurred;
  return withSchema(blurred, { names: blurred.schema.names.set(key, id), gone: blurred.schema.gone.delete(key) });
}

/** Fields of a table whose change says nothing about the table itself. */
const LINKS: readonly string[] = [
  'columns',
  'constraints',
  'indexes',
  'referencedBy',
  'dependentViews',
  'partitions',
  'children',
  'goneColumns',
  'filled',
];

function blur(old: Relation, now: Relation): Relation {
  if (old.kind !== 'table' || now.kind !== 'table') return { ...now, uncertain: true };
  const changed = Object.keys({ ...old, ...now }).filter(
    field => old[field as keyof Table] !== now[field as keyof Table] && !LINKS.includes(field),
  );
  const both = (field: 'indexes' | 'referencedBy' | 'dependentViews' | 'partitions' | 'children') => [
    ...new Set([...old[field], ...now[field]]),
  ];
  return {
    ...now,
    ...(changed.length > 0 ? { uncertain: true } : {}),
    columns: blurParts<Column>(old.columns, now.columns),
    constraints: blurParts<TableConstraint>(old.constraints, now.constraints),
    indexes: both('indexes'),
    referencedBy: both('referencedBy'),
    dependentViews: both('dependentViews'),
    partitions: both('partitions'),
    children: both('children'),
    goneColumns: old.goneColumns,
  };
}

/** Columns or constraints of both states by name, those that differ marked. */
function blurParts<Part extends { readonly name: string; readonly uncertain?: true }>(
  old: readonly Part[],
  now: readonly Part[],
): readonly Part[] {
  const before = new Map(old.map(part => [part.name, part]));
  const after = new Set(now.map(({ name }) => name));
  const lost = old.filter(({ name }) => !after.has(name));
  return [
    ...now.map(part => (before.get(part.name) === part ? part : { ...part, uncertain: true as const })),
    ...lost.map(part => ({ ...part, uncertain: true as const })),
  ];
}

function blurType(before: State, after: State, id: ObjectId): State {
  const [old, now] = [before.schema.types.get(id), after.schema.types.get(id)];
  if (now !== undefined) return putType(after, { ...now, uncertain: true });
  if (old === undefined || after.schema.typeNames.has(nameKey(old.schema, old.name))) return after;
  return putType(after, { ...old, uncertain: true });
}
