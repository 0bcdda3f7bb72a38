import { isOfSameTransaction } from '../../linter/new-objects.ts';
import type { Expression } from '../../operations/expressions.ts';
import { childrenOf } from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import { findColumn, resolveTable, resolveType } from '../../schema/index.ts';
import type { ObjectId, Table, UserType } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import { labelOf } from './live-relations.ts';

/** A value of an enum, and the enum's name for messages. */
export interface EnumValueUse {
  readonly value: string;
  readonly type: string;
}

/** Enum values by the id of their type. */
type Values = ReadonlyMap<ObjectId, { readonly type: string; readonly values: ReadonlySet<string> }>;

/** What a text literal is read as: by the table columns around it. */
interface Scope {
  readonly state: State;
  readonly tables: readonly Table[];
}

type Use = { readonly typeId: ObjectId | undefined; readonly literal: string };

/**
 * The values an operation uses that the server calls unsafe: added by ALTER TYPE … ADD VALUE in the transaction that is open
 * now. From PostgreSQL 17 on, values of a type that the same transaction created are safe (measured).
 */
export function newEnumValuesUsed(
  operation: Operation,
  state: State,
  server: Pick<Server, 'version'>,
): readonly EnumValueUse[] {
  const unsafe = unsafeValues(state, server);
  if (unsafe.size === 0) return [];
  return usesOf(operation, state).flatMap(({ typeId, literal }) => {
    const found = typeId === undefined ? undefined : unsafe.get(typeId);
    return found?.values.has(literal) ? [{ value: literal, type: found.type }] : [];
  });
}

function unsafeValues(state: State, server: Pick<Server, 'version'>): Values {
  const found = new Map<ObjectId, { type: string; values: ReadonlySet<string> }>();
  if (state.transaction.status !== 'open') return found;
  for (const type of state.schema.types.values()) {
    if (type.kind !== 'enum') continue;
    if (atLeast(server, '17') && isOfSameTransaction(type.origin, state)) continue;
    const values = type.values.filter(({ origin }) => isOfSameTransaction(origin, state) && !madeWith(type, origin));
    if (values.length > 0)
      found.set(type.id, { type: labelOf(type), values: new Set(values.map(({ value }) => value)) });
  }
  return found;
}

/** Whether a value was listed by the CREATE TYPE itself. */
function madeWith(type: UserType, origin: UserType['origin']): boolean {
  return origin?.migration === type.origin?.migration && origin?.statement === type.origin?.statement;
}

/** The text literals in an operation that are read as a user-defined type, with that type. */
function usesOf(operation: Operation, state: State): readonly Use[] {
  switch (operation.kind) {
    case 'update': {
      const scope = scopeOf(state, operation.table.name, ...operation.from.map(({ name }) => name));
      return [
        ...operation.assignments.flatMap(({ column, value }) => asType(columnType(scope, column), value, scope)),
        ...within(operation.where?.expression, scope),
        ...(operation.with ?? []).flatMap(query => inQuery(query, state)),
      ];
    }
    case 'delete': {
      const scope = scopeOf(state, operation.table.name, ...operation.using.map(({ name }) => name));
      return [...within(operation.where?.expression, scope), ...(operation.with ?? []).flatMap(q => inQuery(q, state))];
    }
    case 'insert': {
      const scope = scopeOf(state, operation.table.name);
      const columns =
        operation.columns.length > 0 ? operation.columns : (scope.tables[0]?.columns.map(({ name }) => name) ?? []);
      const { source } = operation;
      if (source.kind === 'query') return inQuery(source.query, state);
      if (source.kind === 'defaults') return [];
      return source.rows.flatMap(row =>
        row.flatMap((value, index) => asType(columnType(scope, columns[index]), value, scope)),
      );
    }
    case 'merge':
      return within(operation.on.expression, scopeOf(state, operation.table.name));
    case 'createTable':
      return [
        ...operation.columns.flatMap(column => inColumn(column, state)),
        ...(operation.query === undefined ? [] : inQuery(operation.query, state)),
      ];
    case 'addColumn':
      return inColumn(operation.column, state);
    case 'setDefault': {
      const scope = scopeOf(state, operation.table);
      return asType(columnType(scope, operation.column), operation.default.expression, scope);
    }
    case 'addCheck':
      return within(operation.constraint.condition.expression, scopeOf(state, operation.table));
    case 'alterColumnType':
      return within(operation.using?.expression, scopeOf(state, operation.table));
    case 'createIndex': {
      const scope = scopeOf(state, operation.table);
      const keys = operation.elements.flatMap(({ expression }) => within(expression?.expression, scope));
      return [...keys, ...within(operation.where?.expression, scope)];
    }
    case 'createPolicy': {
      const scope = scopeOf(state, operation.table);
      return [...within(operation.using?.expression, scope), ...within(operation.withCheck?.expression, scope)];
    }
    case 'createView':
    case 'createMaterializedView':
    case 'select':
      return inQuery(operation.query, state);
    default:
      return [];
  }
}

function inColumn(column: Extract<Operation, { kind: 'addColumn' }>['column'], state: State): readonly Use[] {
  const typeId = column.type === undefined ? undefined : resolveType(state, column.type)?.id;
  const scope = { state, tables: [] };
  return column.default === undefined ? [] : asType(typeId, column.default.expression, scope);
}

function inQuery(query: Query, state: State): readonly Use[] {
  const scope = scopeOf(state, ...query.reads.map(({ name }) => name));
  const outputs = query.outputs.flatMap(output => (output.kind === 'column' ? within(output.expression, scope) : []));
  return [...within(query.where, scope), ...outputs, ...query.changes.flatMap(change => usesOf(change, state))];
}

/** The literals in an expression whose value goes where one of a type is wanted. */
function asType(typeId: ObjectId | undefined, expression: Expression, scope: Scope): readonly Use[] {
  if (expression.kind === 'literal') {
    return expression.type === 'string' ? [{ typeId, literal: String(expression.value) }] : [];
  }
  if (expression.kind === 'other' || (expression.kind === 'call' && expression.name.name === 'coalesce')) {
    return childrenOf(expression).flatMap(part => asType(typeId, part, scope));
  }
  return within(expression, scope);
}

/** The literals in an expression that stand beside a column, or under a cast, of a user-defined type. */
function within(expression: Expression | undefined, scope: Scope): readonly Use[] {
  if (expression === undefined) return [];
  const { state } = scope;
  if (expression.kind === 'cast') {
    return asType(resolveType(state, expression.type)?.id, expression.operand, scope);
  }
  if (expression.kind === 'exists' || expression.kind === 'subquery') return inQuery(expression.query, state);
  const parts = childrenOf(expression);
  const query = expression.kind === 'in' && 'kind' in expression.members ? inQuery(expression.members, state) : [];
  const typeId = parts.map(part => typeOf(part, scope)).find(found => found !== undefined);
  return [...parts.flatMap(part => asType(typeId, part, scope)), ...query];
}

function typeOf(expression: Expression, scope: Scope): ObjectId | undefined {
  if (expression.kind === 'column') return columnType(scope, expression.name);
  return expression.kind === 'cast' ? resolveType(scope.state, expression.type)?.id : undefined;
}

function columnType({ tables }: Scope, name: string | undefined): ObjectId | undefined {
  if (name === undefined) return undefined;
  return tables.map(table => findColumn(table, name)?.typeId).find(found => found !== undefined);
}

function scopeOf(state: State, ...names: readonly ObjectName[]): Scope {
  return { state, tables: names.flatMap(name => resolveTable(state, name) ?? []) };
}
