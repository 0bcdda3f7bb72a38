import type { ColumnDefinition, ConstraintDefinition, IndexDefinition } from '../../operations/definitions.ts';
import type { CreateTable, Operation } from '../../operations/operations.ts';
import { takeColumn, takeTableElement } from './columns.ts';
import {
  bracketed,
  type Cursor,
  defined,
  isAtEnd,
  listed,
  sees,
  seesSymbol,
  takeObjectName,
  takes,
  takesAny,
  textAt,
  within,
} from './cursor.ts';
import { isQueryAt } from './expressions.ts';
import { takePartitioning } from './partitions.ts';
import { takeQuery } from './queries.ts';
import { notUnderstood, statementToName } from './statement.ts';
import { takeTableOptions } from './table-options.ts';

/**
 * Reads CREATE TABLE.
 *
 * @param object - index of the word TABLE
 */
export function readCreateTable(cursor: Cursor, object: number, temporary: boolean): readonly Operation[] {
  cursor.at = object + 1;
  const ifExistsAt = cursor.at;
  const ifNotExists = takes(cursor, 'IF', 'NOT', 'EXISTS');
  const nameAt = cursor.at;
  const table = takeObjectName(cursor, 'a table');
  const place = statementToName(cursor, nameAt, {
    object,
    ifExists: ifNotExists ? [ifExistsAt, ifExistsAt + 2] : undefined,
  });
  const created = {
    kind: 'createTable' as const,
    ...place,
    table,
    ifNotExists,
    persistence: temporary ? ('temporary' as const) : ('permanent' as const),
  };
  if (isLike(cursor)) {
    const like = takeLike(cursor);
    return [
      {
        ...created,
        columns: [],
        constraints: [],
        inherits: [],
        like: [{ table: like, including: LIKE_ALL }],
        options: [],
      },
    ];
  }
  const elements =
    seesSymbol(cursor, '(') && !isQueryAt(within(cursor, cursor.at + 1, cursor.source.last))
      ? takeElements(cursor)
      : NO_ELEMENTS;
  const options = takeTableOptions(cursor);
  const partitioning = sees(cursor, 'PARTITION', 'BY') ? takePartitioning(cursor) : undefined;
  // What is between the options and the query: IGNORE, REPLACE, AS.
  takesAny(cursor, ['IGNORE', 'REPLACE']);
  takes(cursor, 'AS');
  const query = !isAtEnd(cursor) && isQueryAt(cursor) ? takeQuery(cursor) : undefined;
  const { columns, constraints, indexes } = elements;
  const made: CreateTable = {
    ...created,
    columns,
    constraints,
    ...(indexes.length === 0 ? {} : { indexes }),
    ...defined({ partitionBy: partitioning?.partitionBy, query }),
    ...(partitioning === undefined || partitioning.partitions.length === 0
      ? {}
      : { partitions: partitioning.partitions }),
    inherits: [],
    like: [],
    options,
  };
  const unread = [...elements.unread, ...(isAtEnd(cursor) ? [] : [notUnderstood(cursor)])];
  return [made, ...unread];
}

/** What `CREATE TABLE a LIKE b` takes over (MySQL manual 15.1.20.3): all but foreign keys. */
const LIKE_ALL = ['comments', 'constraints', 'defaults', 'generated', 'identity', 'indexes'] as const;

function isLike(cursor: Cursor): boolean {
  return sees(cursor, 'LIKE') || (seesSymbol(cursor, '(') && /^like$/i.test(textAt(cursor, 1)));
}

function takeLike(cursor: Cursor) {
  const inner = seesSymbol(cursor, '(') ? bracketed(cursor) : cursor;
  inner.at++;
  return takeObjectName(inner, 'a table');
}

interface Elements {
  readonly columns: readonly ColumnDefinition[];
  readonly constraints: readonly ConstraintDefinition[];
  readonly indexes: readonly IndexDefinition[];
  /** What is neither: the rest of the table is known all the same. */
  readonly unread: readonly Operation[];
}

const NO_ELEMENTS: Elements = { columns: [], constraints: [], indexes: [], unread: [] };

function takeElements(cursor: Cursor): Elements {
  const columns: ColumnDefinition[] = [];
  const constraints: ConstraintDefinition[] = [];
  const indexes: IndexDefinition[] = [];
  const unread: Operation[] = [];
  listed(bracketed(cursor), item => {
    const element = takeTableElement(item);
    if (element === undefined) columns.push(takeColumn(item).definition);
    else if (element.kind === 'constraint') constraints.push(element.constraint);
    else if (element.kind === 'index') indexes.push(element.index);
    if (!isAtEnd(item)) unread.push(notUnderstood(item));
  });
  return { columns, constraints, indexes, unread };
}
