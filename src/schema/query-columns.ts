import type { DataType } from '../operations/data-types.ts';
import { type Expression, walkExpression } from '../operations/expressions.ts';
import type { OutputColumn, Query, TableReference } from '../operations/queries.ts';
import { ensureRelation } from './context.ts';
import { findColumn, resolveRelation } from './lookup.ts';
import type { ObjectId, Relation } from './schema.ts';
import type { State } from './state.ts';

/** What a query depends on and what comes out of it, seen through the tables and views that the history knows. */

type Star = Extract<OutputColumn, { kind: 'star' }>;

/** A relation that a query reads. */
interface Read {
  readonly reference: TableReference;
  readonly relation: Relation;
}

/** A result column; the type is undefined where it cannot be told. */
export interface QueryColumn {
  readonly name: string;
  readonly type?: DataType;
  readonly typeId?: ObjectId;
  readonly collation?: string;
}

export interface ReadColumn {
  readonly relation: ObjectId;
  readonly column: string;
}

/** The relations that a query reads; those that the history does not show are entered as unknown tables. */
function ensureReads(state: State, query: Query): readonly [State, readonly Read[]] {
  let next = state;
  const reads: Read[] = [];
  for (const reference of query.reads) {
    const existing = resolveRelation(next, reference.name);
    const [ensured, relation] = existing ? [next, existing] : ensureRelation(next, reference.name, 'table');
    next = ensured;
    if (relation !== undefined) reads.push({ reference, relation });
  }
  return [next, reads];
}

/** The columns of a relation in order; undefined where some may exist that the history does not show. */
function columnsOfRelation(relation: Relation): readonly QueryColumn[] | undefined {
  switch (relation.kind) {
    case 'table':
      return relation.complete ? relation.columns : undefined;
    case 'view':
    case 'materialized view':
      return relation.columns?.map(name => ({ name }));
    default:
      return undefined;
  }
}

/** What {@link analyseQuery} finds. */
export interface QueryFacts {
  /** Ids of the relations read, each once. */
  readonly reads: readonly ObjectId[];
  /** Columns read, each once; `*` for a star over a relation whose columns are not known. */
  readonly readColumns: readonly ReadColumn[];
  /** Result columns; undefined where a star stands for columns that are not known. */
  readonly columns: readonly QueryColumn[] | undefined;
}

/**
 * Resolves a query against the schema.
 *
 * @param columnNames - names given in parentheses before AS; they rename the result's columns from the left
 */
export function analyseQuery(
  state: State,
  query: Query,
  columnNames: readonly string[] = [],
): readonly [State, QueryFacts] {
  const [next, reads] = ensureReads(state, query);
  const columns = outputColumns(query, reads)?.map((column, index) => ({
    ...column,
    name: columnNames[index] ?? column.name,
  }));
  const facts: QueryFacts = {
    reads: [...new Set(reads.map(({ relation }) => relation.id))],
    readColumns: readColumnsOf(query, reads),
    columns: columns ?? undefined,
  };
  return [next, facts];
}

function outputColumns(query: Query, reads: readonly Read[]): readonly QueryColumn[] | undefined {
  const columns: QueryColumn[] = [];
  for (const output of query.outputs) {
    if (output.kind === 'column') {
      columns.push({ name: output.name, ...typeOf(output.expression, reads) });
      continue;
    }
    const stars = starReads(query, reads, output);
    if (output.derived || stars.length === 0) return undefined;
    for (const { relation } of stars) {
      const known = columnsOfRelation(relation);
      if (known === undefined) return undefined;
      for (const { name, type, typeId, collation } of known) {
        // A column that a join by USING or NATURAL shares comes out once.
        if (columns.some(column => column.name === name)) continue;
        columns.push({
          name,
          ...(type === undefined ? {} : { type }),
          ...(typeId === undefined ? {} : { typeId }),
          ...(collation === undefined ? {} : { collation }),
        });
      }
    }
  }
  return columns;
}

/** The relations that a star stands for: the one named, or all that are not read by a subquery of the WHERE. */
function starReads(query: Query, reads: readonly Read[], { table, derived }: Star): readonly Read[] {
  if (derived) return [];
  if (table !== undefined) return reads.filter(read => isCalled(read, table));
  const nested: Query[] = [];
  if (query.where !== undefined) {
    walkExpression(query.where, part => {
      if (part.kind === 'exists' || part.kind === 'subquery') nested.push(part.query);
      if (part.kind === 'in' && 'kind' in part.members) nested.push(part.members);
    });
  }
  return reads.filter(({ reference: { name } }) => {
    const start = name.range?.[0];
    return start === undefined || !nested.some(({ range }) => range[0] <= start && start < range[1]);
  });
}

/** Whether a query calls a relation so: by its alias, or by its own name where it has none. */
function isCalled({ reference }: Read, table: string): boolean {
  return (reference.alias ?? reference.name.name) === table;
}

/**
 * The relation whose column a query mentions. A name without a table belongs to the known relation that has it, or else to the
 * one relation whose columns are not all known.
 */
function sourceOf(column: { readonly table?: string; readonly name: string }, reads: readonly Read[]): readonly Read[] {
  if (column.table !== undefined) {
    const { table } = column;
    return reads.filter(read => isCalled(read, table));
  }
  const having = reads.filter(({ relation }) =>
    relation.kind === 'table'
      ? findColumn(relation, column.name) !== undefined
      : columnsOfRelation(relation)?.some(({ name }) => name === column.name),
  );
  if (having.length > 0) return having;
  const open = reads.filter(({ relation }) => columnsOfRelation(relation) === undefined);
  return open.length === 1 ? open : [];
}

function readColumnsOf(query: Query, reads: readonly Read[]): readonly ReadColumn[] {
  const found = new Map<string, ReadColumn>();
  const add = (relation: Relation, column: string): void => {
    found.set(`${relation.id}\0${column}`, { relation: relation.id, column });
  };
  for (const column of query.columns) {
    for (const { relation } of sourceOf(column, reads)) {
      // A system column, or a mention of the whole row by the table's name, is no column of a known table.
      const known = columnsOfRelation(relation);
      if (known === undefined || known.some(({ name }) => name === column.name)) add(relation, column.name);
    }
  }
  for (const output of query.outputs) {
    if (output.kind !== 'star') continue;
    for (const { relation } of starReads(query, reads, output)) {
      const known = columnsOfRelation(relation);
      if (known === undefined) add(relation, '*');
      else for (const { name } of known) add(relation, name);
    }
  }
  return [...found.values()];
}

/** The type of a result column, where it is that of a column, a cast, a literal, or of a function known to all. */
function typeOf(expression: Expression, reads: readonly Read[]): Omit<QueryColumn, 'name'> {
  switch (expression.kind) {
    case 'column': {
      const [source] = sourceOf(expression, reads);
      const column = source?.relation.kind === 'table' ? findColumn(source.relation, expression.name) : undefined;
      if (column === undefined) return {};
      const { type, typeId, collation } = column;
      return {
        ...(type === undefined ? {} : { type }),
        ...(typeId === undefined ? {} : { typeId }),
        ...(collation === undefined ? {} : { collation }),
      };
    }
    case 'cast':
      return { type: expression.type };
    case 'literal': {
      const name = literalType(expression);
      return name === undefined ? {} : { type: builtin(name) };
    }
    case 'and':
    case 'or':
    case 'not':
    case 'isNull':
    case 'exists':
    case 'in':
    case 'between':
      return { type: builtin('bool') };
    case 'call': {
      const name = RESULT_TYPES[expression.name.name];
      return name === undefined ? {} : { type: builtin(name) };
    }
    default:
      return {};
  }
}

/** Result types of functions that have but one. */
const RESULT_TYPES: Readonly<Record<string, string>> = {
  count: 'int8',
  now: 'timestamptz',
  current_timestamp: 'timestamptz',
  current_date: 'date',
  lower: 'text',
  upper: 'text',
  concat: 'text',
  gen_random_uuid: 'uuid',
  row_number: 'int8',
};

function literalType({ type, value }: Extract<Expression, { kind: 'literal' }>): string | undefined {
  if (type === 'string' || type === 'null') return 'text';
  if (type === 'boolean') return 'bool';
  if (type !== 'number' || !/^\d+$/.test(String(value))) return undefined;
  return Number(value) <= 2147483647 ? 'int4' : undefined;
}

function builtin(name: string): DataType {
  return { name, modifiers: [], arrayDimensions: 0, builtin: true, text: name };
}
