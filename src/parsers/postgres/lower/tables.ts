import type { ColumnDefinition, ConstraintDefinition } from '../../../operations/definitions.ts';
import type { ObjectName } from '../../../operations/names.ts';
import type { CreateTable, LikeOption } from '../../../operations/operations.ts';
import {
  afterName,
  anchorsOf,
  findWord,
  ifExistsAt,
  isSymbol,
  rangeOf,
  type Source,
  splitAtCommas,
  tokenAt,
  wordWithin,
} from '../../source-text.ts';
import type { CreateStmt, CreateTableAsStmt, IntoClause, Node, SelectStmt } from '../ast.ts';
import { nodeAs } from '../ast.ts';
import {
  columnDefinition,
  constraintDefinition,
  partitionBound,
  partitionKey,
  storageOptions,
} from '../definitions.ts';
import { dottedName, placed, relationName, restoredStrings, typeNameParts } from '../names.ts';
import { lowerQuery } from '../queries.ts';
import { baseTo, type Lowerers } from './lowerers.ts';
import { lowerCreateMaterializedView } from './views.ts';

const ON_COMMIT = {
  ONCOMMIT_NOOP: undefined,
  ONCOMMIT_PRESERVE_ROWS: 'preserve rows',
  ONCOMMIT_DELETE_ROWS: 'delete rows',
  ONCOMMIT_DROP: 'drop',
} as const;

const PERSISTENCE = { p: 'permanent', u: 'unlogged', t: 'temporary' } as const;

function persistenceOf(code: string | undefined): CreateTable['persistence'] {
  return PERSISTENCE[(code ?? 'p') as keyof typeof PERSISTENCE];
}

/** What each bit of a LIKE clause's options includes (parsenodes.h, TableLikeOption). */
const LIKE_OPTIONS: readonly LikeOption[] = [
  'comments',
  'compression',
  'constraints',
  'defaults',
  'generated',
  'identity',
  'indexes',
  'statistics',
  'storage',
];

/** CREATE TABLE and the part of CREATE FOREIGN TABLE that is the same. */
function lowerCreateTable(node: CreateStmt, source: Source): CreateTable {
  const nameAt = tokenAt(source, node.relation?.location);
  const afterTable = afterName(source, nameAt);
  const partitionOf = node.partbound === undefined ? undefined : nodeAs(node.inhRelations?.[0], 'RangeVar');
  const elements = tableElements(node, source, afterTable);
  const keyword = wordWithin(source, 'TABLE');
  return {
    kind: 'createTable',
    ...baseTo(source, node.relation),
    ...anchorsOf(source, { object: keyword, ifExists: ifExistsAt(source, keyword + 1).place }),
    table: relationName(node.relation, source),
    ifNotExists: node.if_not_exists === true,
    persistence: persistenceOf(node.relation?.relpersistence),
    ...elements,
    ...(node.partspec === undefined ? {} : { partitionBy: partitionKey(node.partspec, source) }),
    ...(partitionOf === undefined || node.partbound === undefined
      ? {}
      : {
          partitionOf: { parent: relationName(partitionOf, source), bound: partitionBound(node.partbound, source) },
        }),
    inherits:
      partitionOf === undefined
        ? (node.inhRelations ?? []).map(parent => relationName(nodeAs(parent, 'RangeVar'), source))
        : [],
    ...(node.ofTypename === undefined
      ? {}
      : {
          ofType: placed(
            dottedName(typeNameParts(node.ofTypename), source),
            source,
            tokenAt(source, node.ofTypename.location),
          ),
        }),
    ...onCommitOf(node.oncommit),
    ...(node.accessMethod === undefined ? {} : { accessMethod: source.text.restore(node.accessMethod) }),
    ...(node.tablespacename === undefined ? {} : { tablespace: source.text.restore(node.tablespacename) }),
    options: storageOptions(node.options, source),
  };
}

function onCommitOf(action: CreateStmt['oncommit']): Pick<CreateTable, 'onCommit'> {
  const onCommit = ON_COMMIT[action ?? 'ONCOMMIT_NOOP'];
  return onCommit === undefined ? {} : { onCommit };
}

function tableElements(node: CreateStmt, source: Source, from: number) {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const like: { table: ObjectName; including: readonly LikeOption[] }[] = [];
  const open = elementsStart(source, from);
  const parts = node.tableElts === undefined ? [] : splitAtCommas(source, open + 1, source.text.partner[open]! - 1);
  for (const [index, element] of (node.tableElts ?? []).entries()) {
    const [first, last] = parts[index] ?? [open, open];
    const column = nodeAs(element, 'ColumnDef');
    const constraint = nodeAs(element, 'Constraint');
    const clause = nodeAs(element, 'TableLikeClause');
    if (column !== undefined) columns.push(columnDefinition(column, source, first, last));
    else if (clause !== undefined) {
      const including = LIKE_OPTIONS.filter((_, bit) => ((clause.options ?? 0) & (1 << bit)) !== 0);
      like.push({ table: relationName(clause.relation, source), including });
    } else if (constraint !== undefined) {
      const definition = constraintDefinition(constraint, source, first, last);
      if (definition !== undefined) constraints.push(definition);
    }
  }
  return { columns, constraints, like };
}

/** The bracket of the column list: the first one after the name, also behind PARTITION OF parent and OF type. */
function elementsStart(source: Source, from: number): number {
  let index = from;
  while (index < source.last && !isSymbol(source, index, '(')) index++;
  return index;
}

const AFTER_QUERY = [
  ['WITH', 'NO', 'DATA'],
  ['WITH', 'DATA'],
] as const;

/** The facts that CREATE TABLE AS and SELECT INTO share. */
function lowerCreateTableAs(
  into: IntoClause,
  query: Node,
  source: Source,
  place: readonly [number, number],
  ifNotExists: boolean,
): CreateTable {
  const keyword = wordWithin(source, 'TABLE');
  const select = nodeAs(query, 'SelectStmt');
  return {
    kind: 'createTable',
    ...baseTo(source, into.rel),
    ...anchorsOf(source, {
      object: keyword,
      ifExists: keyword === -1 ? undefined : ifExistsAt(source, keyword + 1).place,
    }),
    table: relationName(into.rel, source),
    ifNotExists,
    persistence: persistenceOf(into.rel?.relpersistence),
    columns: restoredStrings(into.colNames, source).map(name => ({
      name,
      range: rangeOf(source, tokenAt(source, into.rel?.location), tokenAt(source, into.rel?.location)),
      notNull: false,
      constraints: [],
    })),
    constraints: [],
    inherits: [],
    like: [],
    ...(select === undefined ? {} : { query: lowerQuery(query, source, place[0], place[1]) }),
    withData: into.skipData !== true,
    ...onCommitOf(into.onCommit),
    ...(into.accessMethod === undefined ? {} : { accessMethod: source.text.restore(into.accessMethod) }),
    ...(into.tableSpaceName === undefined ? {} : { tablespace: source.text.restore(into.tableSpaceName) }),
    options: storageOptions(into.options, source),
  };
}

/** SELECT … INTO table. */
export function lowerSelectInto(select: SelectStmt, source: Source): CreateTable {
  const { intoClause, ...query } = select;
  return lowerCreateTableAs(intoClause!, { SelectStmt: query }, source, [source.first, source.last], false);
}

/** The query of a CREATE … AS: from after AS to before WITH [NO] DATA. */
export function createdQueryPlace(source: Source, from: number): readonly [number, number] {
  const start = findWord(source, 'AS', from) + 1;
  for (const words of AFTER_QUERY) {
    const end = source.last - words.length + 1;
    if (words.every((word, at) => findWord(source, word, end + at, end + at) !== -1)) return [start, end - 1];
  }
  return [start, source.last];
}

function lowerCreateAs(node: CreateTableAsStmt, source: Source) {
  if (node.objtype === 'OBJECT_MATVIEW') return [lowerCreateMaterializedView(node, source)];
  const place = createdQueryPlace(source, tokenAt(source, node.into?.rel?.location));
  return [lowerCreateTableAs(node.into!, node.query!, source, place, node.if_not_exists === true)];
}

export const TABLES: Lowerers = {
  CreateStmt: (node, source) => [lowerCreateTable(node, source)],
  CreateForeignTableStmt: (node, source) => [{ ...lowerCreateTable(node.base!, source), foreign: true }],
  CreateTableAsStmt: lowerCreateAs,
};
