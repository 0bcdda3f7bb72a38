import { type IndexElement, type Operation, type PartitionKey, walkExpression } from '../../operations/index.ts';
import { incomingForeignKeys, indexesOf } from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import { type Fact, fails } from '../facts.ts';

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** What a partitioned table, or one that is to be, does not take (MySQL 8.4 manual, 26.6; tried on MariaDB 10.11). */
export function partitionFailures(operation: Operation, table: Table, state: State): readonly Fact[] {
  const parts = table.partitionDefinitions;
  switch (operation.kind) {
    case 'addPartition':
    case 'dropPartition':
    case 'truncatePartition':
    case 'reorganizePartition':
    case 'coalescePartition':
    case 'exchangePartition':
      if (table.partitionBy === undefined) {
        return table.complete
          ? [fails('HY000', 'Partition management on a not partitioned table is not possible')]
          : [];
      }
      return namedFailures(operation, parts ?? [], table);
    case 'addUnique':
      return uncovered(operation.constraint.columns, table.partitionBy);
    case 'addPrimaryKey':
      return uncovered(operation.constraint.columns, table.partitionBy);
    case 'createIndex':
      return operation.unique ? uncovered(columnsOf(operation.elements), table.partitionBy) : [];
    case 'addForeignKey':
      return table.partitionBy === undefined
        ? []
        : [fails('HY000', 'Foreign keys are not yet supported in conjunction with partitioning')];
    case 'partitionTable': {
      const keyed =
        table.constraints.some(({ type }) => type === 'foreignKey') || incomingForeignKeys(state, table).length > 0;
      if (keyed) return [fails('HY000', 'Foreign keys are not yet supported in conjunction with partitioning')];
      return indexesOf(state, table)
        .filter(({ unique, complete }) => unique && complete)
        .flatMap(({ elements }) => uncovered(columnsOf(elements), operation.partitionBy))
        .slice(0, 1);
    }
    default:
      return [];
  }
}

function namedFailures(
  operation: Operation,
  parts: NonNullable<Table['partitionDefinitions']>,
  table: Table,
): readonly Fact[] {
  // Partitions that the server named, and those of a table that no migration made, are not in the list.
  if (parts.length === 0 || !table.complete) return [];
  if (operation.kind === 'addPartition') {
    const last = parts.at(-1)?.bound;
    const isOpen = table.partitionBy?.strategy === 'range' && last?.values.includes('maxvalue') === true;
    return isOpen ? [fails('HY000', 'MAXVALUE can only be used in last partition definition')] : [];
  }
  if (operation.kind !== 'dropPartition' || operation.ifExists) return [];
  const unknown = operation.partitions.find(name => !parts.some(part => same(part.name, name)));
  if (unknown !== undefined) return [fails('HY000', 'Error in list of partitions to DROP')];
  return operation.partitions.length === parts.length
    ? [fails('HY000', 'Cannot remove all partitions, use DROP TABLE instead')]
    : [];
}

const columnsOf = (elements: readonly IndexElement[]): readonly string[] =>
  elements.flatMap(({ column }) => (column === undefined ? [] : [column]));

/** Every unique key must hold every column that the partitioning looks at. */
function uncovered(key: readonly string[], partitionBy: PartitionKey | undefined): readonly Fact[] {
  if (partitionBy === undefined || partitionBy.strategy === 'system time') return [];
  const read = partitionBy.elements.flatMap(({ column, expression }) => {
    if (column !== undefined) return [column];
    const names: string[] = [];
    if (expression !== undefined) {
      walkExpression(expression.expression, part => {
        if (part.kind === 'column') names.push(part.name);
      });
    }
    return names;
  });
  return read.every(name => key.some(column => same(column, name)))
    ? []
    : [fails('HY000', "A UNIQUE INDEX must include all columns in the table's partitioning function")];
}
