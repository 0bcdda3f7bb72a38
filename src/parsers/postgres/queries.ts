import type { Expression } from '../../operations/expressions.ts';
import type { DataChange } from '../../operations/operations.ts';
import type { OutputColumn, Query, TableReference } from '../../operations/queries.ts';
import { isSymbol, isWord, narrow, rangeOf, type Source, tokenAt } from '../source-text.ts';
import type { CommonTableExpr, Node, RangeVar, ResTarget, SelectStmt, WithClause } from './ast.ts';
import { nodeAs, nodeName, stringsOf } from './ast.ts';
import { lowerExpression } from './expressions.ts';
import { lowerDataChange } from './lower/data.ts';
import { relationName, restoredStrings, typeNameParts } from './names.ts';

/** What a query mentions, collected while its parts are lowered. */
export interface QueryParts {
  readonly reads: TableReference[];
  readonly columns: { readonly table?: string; readonly name: string }[];
  readonly calls: Extract<Expression, { kind: 'call' }>[];
  readonly changes: DataChange[];
  /** Subqueries of the outermost FROM, with their LIMIT: for data changes. */
  readonly derived: Query[];
  /** Calls with OVER (…). */
  windows: number;
  /** Names of common table expressions in sight: a mention of one is no read of a relation. */
  readonly common: ReadonlySet<string>;
}

/** A collector for a query or a data change that stands in another, or in none. */
export function queryParts(outer?: QueryParts): QueryParts {
  return {
    reads: [],
    columns: [],
    calls: [],
    changes: [],
    derived: [],
    windows: 0,
    common: outer?.common ?? new Set(),
  };
}

/** Adds what an inner query mentions to the query around it. */
export function mergeParts(inner: QueryParts, outer: QueryParts | undefined): void {
  if (outer === undefined) return;
  append(outer.reads, inner.reads);
  append(outer.columns, inner.columns);
  append(outer.calls, inner.calls);
  append(outer.changes, inner.changes);
}

function append<Item>(target: Item[], items: readonly Item[]): void {
  for (const item of items) target.push(item);
}

/**
 * Lowers a query.
 *
 * @param node - a SELECT, VALUES or TABLE
 * @param from - index of its first token
 * @param to - index of its last token
 * @param outer - collects what the query around this one mentions
 */
export function lowerQuery(node: Node, source: Source, from: number, to: number, outer?: QueryParts): Query {
  const parts = queryParts(outer);
  const select = nodeAs(node, 'SelectStmt');
  const facts = select === undefined ? NO_FACTS : lowerSelect(select, source, parts);
  mergeParts(parts, outer);
  const { reads, columns, calls, changes } = parts;
  return { kind: 'query', range: rangeOf(source, from, to), reads, columns, calls, changes, ...facts };
}

/** Lowers a query that stands in brackets, or as far as the statement goes where there are none. */
export function lowerSubquery(node: Node, source: Source, open: number, outer?: QueryParts): Query {
  const close = source.text.partner[open] ?? -1;
  return close > open + 1
    ? lowerQuery(node, source, open + 1, close - 1, outer)
    : lowerQuery(node, source, open, source.last, outer);
}

type Facts = Pick<Query, 'outputs' | 'where' | 'limit' | 'rowLock' | 'skipLocked' | 'updatable'>;

const NO_FACTS: Facts = { outputs: [], updatable: false };

const ROW_LOCKS = {
  LCS_NONE: undefined,
  LCS_FORKEYSHARE: 'for key share',
  LCS_FORSHARE: 'for share',
  LCS_FORNOKEYUPDATE: 'for no key update',
  LCS_FORUPDATE: 'for update',
} as const;

/** Lowers the parts of a SELECT into a collector, in the order in which they are written. */
function lowerSelect(select: SelectStmt, source: Source, outer: QueryParts): Facts {
  const parts = select.withClause === undefined ? outer : lowerWith(select.withClause, source, outer).parts;
  const facts = lowerSelectBody(select, source, parts);
  if (parts !== outer) outer.windows += parts.windows;
  return facts;
}

function lowerSelectBody(select: SelectStmt, source: Source, parts: QueryParts): Facts {
  const lower = (node: Node | undefined) => (node === undefined ? undefined : lowerExpression(node, source, parts));
  if (select.op !== undefined && select.op !== 'SETOP_NONE') {
    const left = lowerSelect(select.larg!, source, parts);
    lowerSelect(select.rarg!, source, parts);
    lowerNodes(select.sortClause, source, parts);
    const limit = lower(select.limitCount);
    return { outputs: left.outputs, ...(limit === undefined ? {} : { limit }), updatable: false };
  }
  const callsBefore = parts.calls.length;
  const windowsBefore = parts.windows;
  const derived = !(select.fromClause ?? []).every(node => readsRelations(node, parts));
  const outputs = (select.targetList ?? [])
    .flatMap(target => outputOf(nodeAs(target, 'ResTarget')!, source, parts))
    .map(output => (derived && output.kind === 'star' && output.table === undefined ? { ...output, derived } : output));
  const setCalls = parts.calls.slice(callsBefore).some(call => SET_FUNCTIONS.has(call.name.name));
  const windows = parts.windows > windowsBefore;
  const rows = (select.valuesLists ?? []).map(row => lowerNodes(nodeAs(row, 'List')?.items, source, parts));
  lowerFrom(select.fromClause, source, parts);
  const where = lower(select.whereClause);
  lowerNodes(select.groupClause, source, parts);
  lower(select.havingClause);
  lowerNodes(select.windowClause, source, parts);
  lowerNodes(
    select.distinctClause?.filter(node => Object.keys(node).length > 0),
    source,
    parts,
  );
  lowerNodes(select.sortClause, source, parts);
  const limit = lower(select.limitCount);
  lower(select.limitOffset);
  const lock = nodeAs(select.lockingClause?.[0], 'LockingClause');
  const rowLock = ROW_LOCKS[lock?.strength ?? 'LCS_NONE'];
  const only = select.fromClause?.length === 1 && nodeAs(select.fromClause[0], 'RangeVar') !== undefined;
  const shapes =
    select.withClause ??
    select.distinctClause ??
    select.groupClause ??
    select.havingClause ??
    select.limitCount ??
    select.limitOffset ??
    select.intoClause;
  return {
    outputs: select.valuesLists === undefined ? outputs : valueColumns(rows[0] ?? []),
    ...(where === undefined ? {} : { where }),
    ...(limit === undefined ? {} : { limit }),
    ...(rowLock === undefined ? {} : { rowLock }),
    ...(lock?.waitPolicy === 'LockWaitSkip' ? { skipLocked: true as const } : {}),
    updatable: only && shapes === undefined && !setCalls && !windows,
  };
}

/** Whether an item of FROM is a relation, or a join of relations: a star stands for the columns of these alone. */
function readsRelations(node: Node, parts: QueryParts): boolean {
  const join = nodeAs(node, 'JoinExpr');
  if (join !== undefined)
    return [join.larg, join.rarg].every(side => side !== undefined && readsRelations(side, parts));
  const range = nodeAs(node, 'RangeVar');
  return range !== undefined && (range.schemaname !== undefined || !parts.common.has(range.relname ?? ''));
}

function valueColumns(row: readonly Expression[]): readonly OutputColumn[] {
  return row.map((expression, index) => ({ kind: 'column', name: `column${index + 1}`, expression }));
}

/** Lowers expressions of a list, for what they mention. */
function lowerNodes(nodes: readonly Node[] | undefined, source: Source, parts: QueryParts): readonly Expression[] {
  return (nodes ?? []).map(node => lowerExpression(node, source, parts));
}

/** Aggregates and set-returning functions of the server: a view that has one in its SELECT list is not updatable. */
const SET_FUNCTIONS: ReadonlySet<string> = new Set(
  (
    'any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or count every json_agg json_objectagg json_arrayagg ' +
    'json_object_agg jsonb_agg jsonb_object_agg max min range_agg range_intersect_agg string_agg sum xmlagg corr covar_pop ' +
    'covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope regr_sxx regr_sxy regr_syy stddev ' +
    'stddev_pop stddev_samp variance var_pop var_samp mode percentile_cont percentile_disc grouping ' +
    'generate_series generate_subscripts unnest json_array_elements json_array_elements_text jsonb_array_elements ' +
    'jsonb_array_elements_text json_each json_each_text jsonb_each jsonb_each_text json_object_keys jsonb_object_keys ' +
    'json_populate_recordset jsonb_populate_recordset json_to_recordset jsonb_to_recordset jsonb_path_query ' +
    'regexp_matches regexp_split_to_table string_to_table ts_stat'
  ).split(' '),
);

/* ---------------------------------------------------------------- Result columns */

function outputOf(target: ResTarget, source: Source, parts: QueryParts): readonly OutputColumn[] {
  const column = nodeAs(target.val, 'ColumnRef');
  const fields = column?.fields ?? [];
  if (nodeAs(fields.at(-1), 'A_Star') !== undefined) {
    const table = restoredStrings(fields, source).at(-1);
    return [table === undefined ? { kind: 'star' } : { kind: 'star', table }];
  }
  if (target.val === undefined) return [];
  const name = target.name ?? figureName(target.val).name ?? '?column?';
  return [{ kind: 'column', name: source.text.restore(name), expression: lowerExpression(target.val, source, parts) }];
}

/** The name of a result column without AS, and whether a cast around it would give it another (parse_target.c, FigureColname). */
function figureName(node: Node): { readonly name?: string; readonly weak?: true } {
  const type = nodeName(node);
  const fixed = FIXED_NAMES[type];
  if (fixed !== undefined) return { name: fixed };
  switch (type) {
    case 'ColumnRef':
      return named(stringsOf(nodeAs(node, 'ColumnRef')!.fields).at(-1));
    case 'A_Indirection': {
      const indirection = nodeAs(node, 'A_Indirection')!;
      const field = stringsOf(indirection.indirection).at(-1);
      return field === undefined ? figureName(indirection.arg!) : { name: field };
    }
    case 'FuncCall':
      return named(stringsOf(nodeAs(node, 'FuncCall')!.funcname).at(-1));
    case 'A_Expr':
      return nodeAs(node, 'A_Expr')!.kind === 'AEXPR_NULLIF' ? { name: 'nullif' } : {};
    case 'TypeCast': {
      const cast = nodeAs(node, 'TypeCast')!;
      const inner = figureName(cast.arg!);
      if (inner.name !== undefined && inner.weak === undefined) return inner;
      return { name: typeNameParts(cast.typeName!).at(-1) ?? '', weak: true };
    }
    case 'CollateClause':
      return figureName(nodeAs(node, 'CollateClause')!.arg!);
    case 'CaseExpr': {
      const otherwise = nodeAs(node, 'CaseExpr')!.defresult;
      const inner = otherwise === undefined ? {} : figureName(otherwise);
      return inner.name !== undefined && inner.weak === undefined ? inner : { name: 'case', weak: true };
    }
    case 'MinMaxExpr':
      return { name: nodeAs(node, 'MinMaxExpr')!.op === 'IS_LEAST' ? 'least' : 'greatest' };
    case 'SQLValueFunction':
      return named(
        nodeAs(node, 'SQLValueFunction')!
          .op?.replace(/^SVFOP_|_N$/g, '')
          .toLowerCase(),
      );
    case 'SubLink': {
      const link = nodeAs(node, 'SubLink')!;
      if (link.subLinkType === 'EXISTS_SUBLINK') return { name: 'exists' };
      if (link.subLinkType === 'ARRAY_SUBLINK') return { name: 'array' };
      const target = nodeAs(nodeAs(link.subselect, 'SelectStmt')?.targetList?.[0], 'ResTarget');
      if (link.subLinkType !== 'EXPR_SUBLINK' || target === undefined) return {};
      return target.name !== undefined ? { name: target.name } : target.val === undefined ? {} : figureName(target.val);
    }
    default:
      return {};
  }
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

const FIXED_NAMES: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array',
  RowExpr: 'row',
  CoalesceExpr: 'coalesce',
  GroupingFunc: 'grouping',
  MergeSupportFunc: 'merge_action',
  XmlSerialize: 'xmlserialize',
  JsonParseExpr: 'json',
  JsonScalarExpr: 'json_scalar',
  JsonSerializeExpr: 'json_serialize',
  JsonObjectConstructor: 'json_object',
  JsonArrayConstructor: 'json_array',
  JsonArrayQueryConstructor: 'json_array',
  JsonObjectAgg: 'json_objectagg',
  JsonArrayAgg: 'json_arrayagg',
};

/* ---------------------------------------------------------------- FROM */

/** Lowers the entries of a FROM or USING into a collector. */
export function lowerFrom(nodes: readonly Node[] | undefined, source: Source, parts: QueryParts): void {
  for (const node of nodes ?? []) lowerFromEntry(node, source, parts);
}

function lowerFromEntry(node: Node, source: Source, parts: QueryParts): void {
  switch (nodeName(node)) {
    case 'RangeVar': {
      const relation = nodeAs(node, 'RangeVar')!;
      if (relation.schemaname === undefined && parts.common.has(relation.relname ?? '')) return;
      parts.reads.push(tableReference(relation, source));
      return;
    }
    case 'JoinExpr': {
      const join = nodeAs(node, 'JoinExpr')!;
      lowerFromEntry(join.larg!, source, parts);
      lowerFromEntry(join.rarg!, source, parts);
      for (const name of restoredStrings(join.usingClause, source)) parts.columns.push({ name });
      if (join.quals !== undefined) lowerExpression(join.quals, source, parts);
      return;
    }
    case 'RangeSubselect': {
      const select = nodeAs(nodeAs(node, 'RangeSubselect')!.subquery, 'SelectStmt');
      const inner = queryParts(parts);
      if (select !== undefined) {
        const facts = lowerSelect(select, source, inner);
        const { reads, columns, calls, changes } = inner;
        parts.derived.push({
          kind: 'query',
          range: rangeOf(source, source.first, source.last),
          reads,
          columns,
          calls,
          changes,
          ...facts,
        });
      }
      mergeParts(inner, parts);
      return;
    }
    case 'RangeTableSample': {
      const sample = nodeAs(node, 'RangeTableSample')!;
      lowerFromEntry(sample.relation!, source, parts);
      lowerNodes(sample.args, source, parts);
      return;
    }
    default:
      lowerExpression(node, source, parts);
  }
}

/** A relation with its alias. */
export function tableReference(relation: RangeVar | undefined, source: Source): TableReference {
  const name = relationName(relation, source);
  const alias = relation?.alias?.aliasname;
  return alias === undefined ? { name } : { name, alias: source.text.restore(alias) };
}

/* ---------------------------------------------------------------- WITH */

/**
 * Lowers common table expressions.
 *
 * @returns the queries among them, and a collector that knows their names and writes into the outer one's lists
 */
export function lowerWith(
  clause: WithClause,
  source: Source,
  outer: QueryParts,
): { readonly queries: readonly Query[]; readonly parts: QueryParts } {
  const ctes = (clause.ctes ?? []).map(node => nodeAs(node, 'CommonTableExpr')!);
  const names = new Set(outer.common);
  const queries: Query[] = [];
  if (clause.recursive === true) for (const cte of ctes) names.add(cte.ctename ?? '');
  for (const cte of ctes) {
    const scope: QueryParts = { ...outer, common: new Set(names) };
    const query = lowerCommonTable(cte, source, scope);
    if (query !== undefined) queries.push(query);
    names.add(cte.ctename ?? '');
  }
  return { queries, parts: { ...outer, windows: 0, common: names } };
}

function lowerCommonTable(cte: CommonTableExpr, source: Source, scope: QueryParts): Query | undefined {
  const open = commonTableStart(cte, source);
  const close = Math.max(source.text.partner[open] ?? source.last, open + 2);
  const query = cte.ctequery;
  if (query === undefined) return undefined;
  if (nodeAs(query, 'SelectStmt') !== undefined) return lowerQuery(query, source, open + 1, close - 1, scope);
  const parts = queryParts(scope);
  const change = lowerDataChange(query, narrow(source, open + 1, close - 1), parts);
  if (change !== undefined) parts.changes.push(change);
  mergeParts(parts, scope);
  const { reads, columns, calls, changes } = parts;
  return { kind: 'query', range: rangeOf(source, open + 1, close - 1), reads, columns, calls, changes, ...NO_FACTS };
}

/** The bracket that opens the query of `name (columns) AS [NOT] MATERIALIZED (…)`. */
function commonTableStart(cte: CommonTableExpr, source: Source): number {
  let index = tokenAt(source, cte.location);
  while (index < source.last && !isWord(source, index, 'AS')) index++;
  while (index < source.last && !isSymbol(source, index, '(')) index++;
  return index;
}
