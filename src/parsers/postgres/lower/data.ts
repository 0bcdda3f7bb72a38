import type { WrittenExpression } from '../../../operations/expressions.ts';
import type {
  CopyFrom,
  DataChange,
  Delete,
  Insert,
  Merge,
  Operation,
  OperationOf,
  Truncate,
  Update,
} from '../../../operations/operations.ts';
import type { Query } from '../../../operations/queries.ts';
import {
  afterName,
  anchorsOf,
  findSymbol,
  findWord,
  isSymbol,
  isWord,
  next,
  rangeOf,
  type Source,
  tokenAt,
  wholeRange,
} from '../../source-text.ts';
import type {
  CopyStmt,
  DeleteStmt,
  InsertStmt,
  MergeStmt,
  Node,
  OnConflictClause,
  ReturningClause,
  SelectStmt,
  UpdateStmt,
  WithClause,
} from '../ast.ts';
import { nodeAs } from '../ast.ts';
import { lowerExpression, written } from '../expressions.ts';
import { relationName, restoredStrings } from '../names.ts';
import {
  lowerFrom,
  lowerQuery,
  lowerSubquery,
  lowerWith,
  mergeParts,
  type QueryParts,
  queryParts,
  tableReference,
} from '../queries.ts';
import { type Lowerers, listed } from './lowerers.ts';

/**
 * Lowers INSERT, UPDATE, DELETE and MERGE, also inside a common table expression.
 *
 * @param outer - collects what the query around it mentions
 * @returns undefined for other nodes
 */
export function lowerDataChange(node: Node, source: Source, outer?: QueryParts): DataChange | undefined {
  const insert = nodeAs(node, 'InsertStmt');
  if (insert !== undefined) return lowerInsert(insert, source, outer);
  const update = nodeAs(node, 'UpdateStmt');
  if (update !== undefined) return lowerUpdate(update, source, outer);
  const del = nodeAs(node, 'DeleteStmt');
  if (del !== undefined) return lowerDelete(del, source, outer);
  const merge = nodeAs(node, 'MergeStmt');
  return merge === undefined ? undefined : lowerMerge(merge, source, outer);
}

/** The index of the verb: the statement's first token, or the one after its WITH. */
function verbOf(source: Source, verb: string): number {
  return Math.max(findWord(source, verb), source.first);
}

/** Range and head of a data change: from its verb to its table's name. */
function changeBase(source: Source, verb: number, tableAt: number) {
  return {
    range: wholeRange(source),
    head: rangeOf(source, verb, Math.min(afterName(source, tableAt) - 1, source.last)),
  };
}

/** The common table expressions of a change, and the collector for the rest of it. */
function withOf(clause: WithClause | undefined, source: Source, outer: QueryParts | undefined) {
  const own = queryParts(outer);
  if (clause === undefined) return { own, parts: own, queries: undefined };
  const { queries, parts } = lowerWith(clause, source, own);
  return { own, parts, queries };
}

function withField(queries: readonly Query[] | undefined): { with?: readonly Query[] } {
  return queries === undefined || queries.length === 0 ? {} : { with: queries };
}

function lowerReturning(clause: ReturningClause | undefined, source: Source, parts: QueryParts): void {
  for (const node of clause?.exprs ?? []) lowerExpression(node, source, parts);
}

/** The WHERE of a change; it ends before RETURNING. */
function whereOf(
  node: Node | undefined,
  source: Source,
  from: number,
  parts: QueryParts,
): { where?: WrittenExpression } {
  if (node === undefined) return {};
  const where = findWord(source, 'WHERE', from);
  const returning = findWord(source, 'RETURNING', where + 1);
  return { where: written(node, source, where + 1, returning === -1 ? source.last : returning - 1, parts) };
}

/* ---------------------------------------------------------------- INSERT */

function lowerInsert(node: InsertStmt, source: Source, outer: QueryParts | undefined): Insert {
  const verb = verbOf(source, 'INSERT');
  const tableAt = tokenAt(source, node.relation?.location);
  const { own, parts, queries } = withOf(node.withClause, source, outer);
  const insertSource = sourceOf(node, source, tableAt, parts);
  const onConflict = conflictOf(node.onConflictClause, source, parts);
  lowerReturning(node.returningClause, source, parts);
  mergeParts(own, outer);
  return {
    kind: 'insert',
    ...changeBase(source, verb, tableAt),
    table: tableReference(node.relation, source),
    columns: (node.cols ?? []).map(column => source.text.restore(nodeAs(column, 'ResTarget')?.name ?? '')),
    source: insertSource,
    ...(onConflict === undefined ? {} : { onConflict }),
    ...withField(queries),
  };
}

function sourceOf(node: InsertStmt, source: Source, tableAt: number, parts: QueryParts): Insert['source'] {
  const select = nodeAs(node.selectStmt, 'SelectStmt');
  if (select === undefined) return { kind: 'defaults' };
  if (isPlainValues(select)) {
    const rows = (select.valuesLists ?? []).map(row =>
      (nodeAs(row, 'List')?.items ?? []).map(value => lowerExpression(value, source, parts)),
    );
    return { kind: 'values', rows };
  }
  return { kind: 'query', query: lowerQuery(node.selectStmt!, source, ...insertedQuery(source, tableAt), parts) };
}

function isPlainValues(select: SelectStmt): boolean {
  return select.valuesLists !== undefined && select.withClause === undefined && select.limitCount === undefined;
}

/** The query of an INSERT: after the columns and OVERRIDING … VALUE, before ON CONFLICT and RETURNING. */
function insertedQuery(source: Source, tableAt: number): readonly [number, number] {
  let start = afterName(source, tableAt);
  if (isWord(source, start, 'AS')) start += 2;
  if (isSymbol(source, start, '(') && !isQueryWord(source, start + 1)) start = next(source, start);
  if (isWord(source, start, 'OVERRIDING')) start += 3;
  let end = start;
  while (end <= source.last) {
    if (isWord(source, end, 'RETURNING')) break;
    if (isWord(source, end, 'ON') && isWord(source, end + 1, 'CONFLICT')) break;
    end = next(source, end);
  }
  return [start, Math.max(start, end - 1)];
}

function isQueryWord(source: Source, index: number): boolean {
  return (
    ['SELECT', 'WITH', 'VALUES', 'TABLE'].some(word => isWord(source, index, word)) || isSymbol(source, index, '(')
  );
}

function conflictOf(clause: OnConflictClause | undefined, source: Source, parts: QueryParts): Insert['onConflict'] {
  if (clause === undefined) return undefined;
  const columns = (clause.infer?.indexElems ?? []).flatMap(element => {
    const name = nodeAs(element, 'IndexElem')?.name;
    return name === undefined ? [] : [source.text.restore(name)];
  });
  for (const target of clause.targetList ?? []) lowerExpression(target, source, parts);
  if (clause.whereClause !== undefined) lowerExpression(clause.whereClause, source, parts);
  return {
    columns,
    ...(clause.infer?.conname === undefined ? {} : { constraint: source.text.restore(clause.infer.conname) }),
    action: clause.action === 'ONCONFLICT_UPDATE' ? 'update' : 'nothing',
  };
}

/* ---------------------------------------------------------------- UPDATE, DELETE, MERGE */

function lowerUpdate(node: UpdateStmt, source: Source, outer: QueryParts | undefined): Update {
  const verb = verbOf(source, 'UPDATE');
  const tableAt = tokenAt(source, node.relation?.location);
  const { own, parts, queries } = withOf(node.withClause, source, outer);
  const assignments = assignmentsOf(node.targetList, source, parts);
  lowerFrom(node.fromClause, source, parts);
  const where = whereOf(node.whereClause, source, tableAt, parts);
  lowerReturning(node.returningClause, source, parts);
  mergeParts(own, outer);
  return {
    kind: 'update',
    ...changeBase(source, verb, tableAt),
    table: tableReference(node.relation, source),
    assignments,
    ...where,
    from: own.reads,
    ...withField([...(queries ?? []), ...parts.derived]),
  };
}

/** The assignments of an UPDATE; `(a, b) = (1, 2)` is one for each column. */
function assignmentsOf(nodes: readonly Node[] | undefined, source: Source, parts: QueryParts): Update['assignments'] {
  return (nodes ?? []).flatMap(node => {
    const target = nodeAs(node, 'ResTarget');
    if (target?.val === undefined) return [];
    const column = source.text.restore(target.name ?? '');
    const multiple = nodeAs(target.val, 'MultiAssignRef');
    if (multiple === undefined) return [{ column, value: lowerExpression(target.val, source, parts) }];
    const row = nodeAs(multiple.source, 'RowExpr')?.args;
    const part = row?.[(multiple.colno ?? 1) - 1];
    // A row from a subquery is one source of several columns: lowered with the first of them, so that it counts once.
    if (part === undefined && (multiple.colno ?? 1) > 1)
      return [{ column, value: { kind: 'other', syntax: 'row', operands: [] } as const }];
    return [{ column, value: lowerExpression(part ?? multiple.source!, source, parts) }];
  });
}

function lowerDelete(node: DeleteStmt, source: Source, outer: QueryParts | undefined): Delete {
  const verb = verbOf(source, 'DELETE');
  const tableAt = tokenAt(source, node.relation?.location);
  const { own, parts, queries } = withOf(node.withClause, source, outer);
  lowerFrom(node.usingClause, source, parts);
  const where = whereOf(node.whereClause, source, tableAt, parts);
  lowerReturning(node.returningClause, source, parts);
  mergeParts(own, outer);
  return {
    kind: 'delete',
    ...changeBase(source, verb, tableAt),
    table: tableReference(node.relation, source),
    ...where,
    using: own.reads,
    ...withField([...(queries ?? []), ...parts.derived]),
  };
}

const MERGE_ACTIONS: Readonly<Record<string, Merge['actions'][number]>> = {
  CMD_INSERT: 'insert',
  CMD_UPDATE: 'update',
  CMD_DELETE: 'delete',
  CMD_NOTHING: 'nothing',
};

function lowerMerge(node: MergeStmt, source: Source, outer: QueryParts | undefined): Merge {
  const verb = verbOf(source, 'MERGE');
  const tableAt = tokenAt(source, node.relation?.location);
  const using = findWord(source, 'USING', afterName(source, tableAt));
  const on = findWord(source, 'ON', using + 1);
  const when = findWord(source, 'WHEN', on + 1);
  const { own, parts } = withOf(node.withClause, source, outer);
  const relation = nodeAs(node.sourceRelation, 'RangeVar');
  const subquery = nodeAs(node.sourceRelation, 'RangeSubselect')?.subquery;
  const mergeSource =
    subquery === undefined
      ? tableReference(relation, source)
      : lowerSubquery(subquery, source, findSymbol(source, '(', using), parts);
  if (relation !== undefined) lowerFrom([node.sourceRelation!], source, parts);
  const condition = written(node.joinCondition!, source, on + 1, when === -1 ? source.last : when - 1, parts);
  const actions = (node.mergeWhenClauses ?? []).map(clause => {
    const { commandType, condition: onlyIf, targetList, values } = nodeAs(clause, 'MergeWhenClause') ?? {};
    for (const part of [...(targetList ?? []), ...(values ?? [])]) lowerExpression(part, source, parts);
    if (onlyIf !== undefined) lowerExpression(onlyIf, source, parts);
    return MERGE_ACTIONS[commandType ?? 'CMD_NOTHING'] ?? 'nothing';
  });
  mergeParts(own, outer);
  return {
    kind: 'merge',
    ...changeBase(source, verb, tableAt),
    table: tableReference(node.relation, source),
    source: mergeSource,
    on: condition,
    actions,
  };
}

/* ---------------------------------------------------------------- TRUNCATE, COPY */

function lowerTruncate(
  nodes: readonly Node[],
  source: Source,
  restart: boolean,
  cascade: boolean,
): readonly Truncate[] {
  const names = nodes.map(node => relationName(nodeAs(node, 'RangeVar'), source));
  const first = tokenAt(source, nodeAs(nodes[0], 'RangeVar')?.location);
  const object = isWord(source, source.first + 1, 'TABLE') ? source.first + 1 : source.first;
  return listed(nodes, source, first).map(({ range, head }, index) => ({
    kind: 'truncate',
    range,
    head: headOfTruncate(nodes[index], head, source),
    ...anchorsOf(source, { object, cascade: findWord(source, 'CASCADE', first) }),
    table: names[index]!,
    together: names.filter((_, other) => other !== index),
    cascade,
    restartIdentity: restart,
  }));
}

/** The list's places begin at ONLY where it is written. */
function headOfTruncate(node: Node | undefined, head: readonly [number, number], source: Source) {
  const at = tokenAt(source, nodeAs(node, 'RangeVar')?.location);
  return [head[0], rangeOf(source, at, afterName(source, at) - 1)[1]] as const;
}

function lowerCopy(node: CopyStmt, source: Source): CopyFrom | OperationOf<'copyTo'> {
  const tableAt = node.relation === undefined ? source.first : tokenAt(source, node.relation.location);
  const place = changeBase(source, source.first, tableAt);
  if (node.is_from === true) {
    return {
      kind: 'copyFrom',
      ...place,
      table: relationName(node.relation, source),
      columns: restoredStrings(node.attlist, source),
      ...(node.filename === undefined && node.is_program !== true ? { rows: inlineRows(source) } : {}),
    };
  }
  return {
    kind: 'copyTo',
    ...place,
    ...(node.relation === undefined ? {} : { table: relationName(node.relation, source) }),
    ...(nodeAs(node.query, 'SelectStmt') === undefined
      ? {}
      : { query: lowerSubquery(node.query!, source, source.first + 1) }),
  };
}

/** The lines of data after a COPY … FROM stdin, the closing `\\.` left out. */
function inlineRows(source: Source): number {
  const { tokens, data, fragment } = source.text;
  const from = tokens[source.last]!.end;
  const to = tokens[source.last + 2]?.start ?? Number.POSITIVE_INFINITY;
  const block = data.find(token => token.start >= from && token.end <= to);
  if (block === undefined) return 0;
  const lines = fragment.text.slice(block.start, block.end).split('\n');
  return lines.length - 1;
}

function change(node: Node, source: Source): readonly Operation[] {
  const lowered = lowerDataChange(node, source);
  return lowered === undefined ? [] : [lowered];
}

export const DATA: Lowerers = {
  InsertStmt: (node, source) => change({ InsertStmt: node }, source),
  UpdateStmt: (node, source) => change({ UpdateStmt: node }, source),
  DeleteStmt: (node, source) => change({ DeleteStmt: node }, source),
  MergeStmt: (node, source) => change({ MergeStmt: node }, source),
  TruncateStmt: (node, source) =>
    lowerTruncate(node.relations ?? [], source, node.restart_seqs === true, node.behavior === 'DROP_CASCADE'),
  CopyStmt: (node, source) => [lowerCopy(node, source)],
};
