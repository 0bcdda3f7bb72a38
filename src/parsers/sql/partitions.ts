import type { PartitionDefinition, PartitionKey } from '../../operations/definitions.ts';
import {
  bracketed,
  type Cursor,
  isAtEnd,
  listed,
  readRange,
  refuse,
  sees,
  seesSymbol,
  takeName,
  takes,
  takesAny,
  takesSymbol,
  takeValue,
} from './cursor.ts';
import { wholeExpression } from './expressions.ts';

export interface Partitioning {
  readonly partitionBy: PartitionKey;
  readonly partitions: readonly PartitionDefinition[];
  readonly count?: number;
}

const STRATEGIES: readonly (readonly [readonly string[], PartitionKey['strategy']])[] = [
  [['RANGE', 'COLUMNS'], 'range'],
  [['RANGE'], 'range'],
  [['LIST', 'COLUMNS'], 'list'],
  [['LIST'], 'list'],
  [['HASH'], 'hash'],
  [['KEY'], 'key'],
  [['SYSTEM_TIME'], 'system time'],
];

/** Moves over `PARTITION BY …`, its subpartitions and its partitions. */
export function takePartitioning(cursor: Cursor): Partitioning {
  if (!takes(cursor, 'PARTITION', 'BY')) refuse(cursor, 'PARTITION BY');
  const partitionBy = takeStrategy(cursor);
  let count: number | undefined;
  for (;;) {
    if (takes(cursor, 'PARTITIONS')) count = Number(takeValue(cursor));
    else if (takes(cursor, 'SUBPARTITION', 'BY')) takeStrategy(cursor);
    else if (takes(cursor, 'SUBPARTITIONS')) cursor.at++;
    else break;
  }
  const partitions = seesSymbol(cursor, '(') ? takePartitions(cursor) : [];
  return { partitionBy, partitions, ...(count === undefined ? {} : { count }) };
}

function takeStrategy(cursor: Cursor): PartitionKey {
  takes(cursor, 'LINEAR');
  const found = STRATEGIES.find(([words]) => takes(cursor, ...words));
  if (found === undefined) return refuse(cursor, 'RANGE, LIST, HASH or KEY');
  if (takes(cursor, 'ALGORITHM')) {
    takesSymbol(cursor, '=');
    cursor.at++;
  }
  if (!seesSymbol(cursor, '(')) {
    // SYSTEM_TIME LIMIT n, SYSTEM_TIME INTERVAL …
    while (!isAtEnd(cursor) && !seesSymbol(cursor, '(') && !sees(cursor, 'PARTITIONS')) cursor.at++;
    return { strategy: found[1], elements: [] };
  }
  const elements = listed(bracketed(cursor), item => {
    const written = wholeExpression(item);
    return written.expression.kind === 'column' ? { column: written.expression.name } : { expression: written };
  });
  return { strategy: found[1], elements };
}

/** Moves over `(PARTITION p VALUES …, …)`. */
export function takePartitions(cursor: Cursor): readonly PartitionDefinition[] {
  return listed(bracketed(cursor), takePartition);
}

function takePartition(item: Cursor): PartitionDefinition {
  const from = item.at;
  if (!takes(item, 'PARTITION')) refuse(item, 'PARTITION');
  const name = takeName(item, 'a partition');
  const bound = takeBound(item);
  item.at = item.source.last + 1;
  return { name, range: readRange(item, from), ...(bound === undefined ? {} : { bound }) };
}

function takeBound(item: Cursor): PartitionDefinition['bound'] {
  const kind = takes(item, 'VALUES', 'LESS', 'THAN') ? 'less than' : takes(item, 'VALUES', 'IN') ? 'in' : undefined;
  if (kind === undefined) return undefined;
  if (takes(item, 'MAXVALUE')) return { kind, values: ['maxvalue'] };
  return {
    kind,
    values: listed(bracketed(item), value => (sees(value, 'MAXVALUE') ? 'maxvalue' : wholeExpression(value))),
  };
}

/** Moves over names between commas, or ALL. */
export function takePartitionNames(cursor: Cursor): readonly string[] | 'all' {
  return takes(cursor, 'ALL') ? 'all' : takeNames(cursor);
}

/** Moves over names between commas. */
export function takeNames(cursor: Cursor): readonly string[] {
  const names: string[] = [];
  do names.push(takeName(cursor));
  while (takesSymbol(cursor, ','));
  return names;
}

/** Moves over a number of partitions where one comes next: `PARTITIONS 4`, `4`. */
export function takeCount(cursor: Cursor): number {
  takesAny(cursor, ['PARTITIONS']);
  return Number(takeValue(cursor));
}
