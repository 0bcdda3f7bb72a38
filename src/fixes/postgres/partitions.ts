import type { PartitionBound, PartitionKey } from '../../operations/definitions.ts';
import { displayName, type ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { resolveTable } from '../../schema/index.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { SafeForm } from '../safe-forms.ts';
import { derivedName, identifier, qualified, sql } from './sql.ts';

/** A table of its own, attached afterwards: that lets readers and writers of the parent through. */
export function attachedPartition(operation: OperationOf<'createTable'>, state: State): SafeForm {
  const { table, partitionOf } = operation;
  if (partitionOf === undefined) return {};
  const { parent, bound } = partitionOf;
  const known = resolveTable(state, parent);
  const condition = conditionOf(known?.partitionBy, bound);
  const clause = boundClause(bound);
  if (condition === undefined || clause === undefined) return {};
  const check = identifier(derivedName(table.name, 'bound'));
  return sql(
    `${excludeFromDefault(known, bound, state)}CREATE TABLE ${qualified(table)} (\n  LIKE ${qualified(parent)} INCLUDING ALL EXCLUDING IDENTITY,\n` +
      `  CONSTRAINT ${check} CHECK (${condition})\n);\n` +
      `ALTER TABLE ${qualified(parent)} ATTACH PARTITION ${qualified(table)} ${clause};\n` +
      `ALTER TABLE ${qualified(table)} DROP CONSTRAINT ${check};`,
  );
}

/** A validated CHECK of the bounds, so that ATTACH reads no rows. */
export function checkedPartition(operation: OperationOf<'attachPartition'>, state: State): SafeForm {
  const { table, partition, bound } = operation;
  const parent = resolveTable(state, table);
  const condition = conditionOf(parent?.partitionBy, bound);
  const clause = boundClause(bound);
  if (condition === undefined || clause === undefined) return {};
  const check = identifier(derivedName(partition.name, 'bound'));
  const alter = `ALTER TABLE ${qualified(partition)}`;
  return sql(
    `${excludeFromDefault(parent, bound, state)}-- migration 1\n${alter} ADD CONSTRAINT ${check} CHECK (${condition}) NOT VALID;\n` +
      `-- migration 2: reads the rows, blocks neither reads nor writes\n${alter} VALIDATE CONSTRAINT ${check};\n` +
      `-- migration 3: reads no rows\nALTER TABLE ${qualified(table)} ATTACH PARTITION ${qualified(partition)} ${clause};\n` +
      `${alter} DROP CONSTRAINT ${check};`,
  );
}

/** DETACH PARTITION … CONCURRENTLY, and the DROP TABLE after it where that was the aim. */
export function concurrentDetach(parent: ObjectName, partition: ObjectName, drop: boolean): SafeForm {
  const contract = `-- surefoot-contract ${displayName(partition)}: unused since <release>`;
  return sql(
    `-- a migration of its own, outside a transaction\n` +
      `ALTER TABLE ${qualified(parent)} DETACH PARTITION ${qualified(partition)} CONCURRENTLY;` +
      `${drop ? `\n-- a later migration: the parent is not locked any more\n${contract}\nDROP TABLE ${qualified(partition)};` : ''}`,
  );
}

/** A check on the default partition that saves its scan; empty where there is none. */
function excludeFromDefault(parent: Table | undefined, bound: PartitionBound, state: State): string {
  const condition = conditionOf(parent?.partitionBy, bound);
  const fallback = parent?.partitions
    .map(id => state.schema.relations.get(id))
    .find(relation => relation?.kind === 'table' && relation.partitionOf?.bound.kind === 'default');
  if (fallback === undefined || condition === undefined) return '';
  const name = fallback.schema === 'public' ? { name: fallback.name } : fallback;
  const check = identifier(derivedName(fallback.name, 'excluded'));
  return (
    `-- before: proves that the default partition holds none of the rows, so that it is not read under lock\n` +
    `ALTER TABLE ${qualified(name)} ADD CONSTRAINT ${check} CHECK (NOT (${condition})) NOT VALID;\n` +
    `-- in another transaction\nALTER TABLE ${qualified(name)} VALIDATE CONSTRAINT ${check};\n-- then\n`
  );
}

/** The condition that the rows of a partition fulfil; undefined for keys and bounds that are not one plain column's. */
function conditionOf(key: PartitionKey | undefined, bound: PartitionBound): string | undefined {
  const column = key?.elements.length === 1 ? key.elements[0]?.column : undefined;
  if (column === undefined) return undefined;
  const name = identifier(column);
  if (bound.kind === 'list')
    return `${name} IS NOT NULL AND ${name} IN (${bound.values.map(({ text }) => text).join(', ')})`;
  if (bound.kind !== 'range') return undefined;
  const [from, to] = [bound.from[0], bound.to[0]];
  const parts = [
    `${name} IS NOT NULL`,
    ...(from === undefined || typeof from === 'string' ? [] : [`${name} >= ${from.text}`]),
    ...(to === undefined || typeof to === 'string' ? [] : [`${name} < ${to.text}`]),
  ];
  return parts.join(' AND ');
}

function boundClause(bound: PartitionBound): string | undefined {
  const text = (values: Extract<PartitionBound, { kind: 'range' }>['from']): string =>
    values.map(value => (typeof value === 'string' ? value.toUpperCase() : value.text)).join(', ');
  switch (bound.kind) {
    case 'range':
      return `FOR VALUES FROM (${text(bound.from)}) TO (${text(bound.to)})`;
    case 'list':
      return `FOR VALUES IN (${bound.values.map(value => value.text).join(', ')})`;
    default:
      return undefined;
  }
}
