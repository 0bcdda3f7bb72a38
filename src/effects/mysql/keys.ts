import type { ColumnDefinition, ConstraintDefinition, IndexElement, OperationOf } from '../../operations/index.ts';
import type { Column, Table } from '../../schema/schema.ts';
import type { Server } from '../../server/server.ts';
import { type Fact, fails } from '../facts.ts';
import { bytesPerCharacter } from './column-changes.ts';

/** What a column is to an index. */
type KeyColumn = Pick<Column, 'name' | 'type' | 'charset' | 'collation' | 'notNull'>;

/** A key that a statement makes. */
export interface Key {
  readonly kind: 'primary' | 'unique' | 'index' | 'fulltext' | 'spatial' | 'vector';
  readonly elements: readonly IndexElement[];
}

const same = (a: string | undefined, b: string): boolean => a?.toLowerCase() === b.toLowerCase();

/** The longest key of InnoDB in bytes (MySQL 8.4 manual, 17.22 "InnoDB Limits"); of the old row formats that of one column. */
const LONGEST = 3072;
const LONGEST_OLD = 767;

const LENGTHS: ReadonlySet<string> = new Set(['char', 'varchar', 'binary', 'varbinary']);
const LOBS: ReadonlySet<string> = new Set([
  ...['tinytext', 'text', 'mediumtext', 'longtext', 'tinyblob', 'blob', 'mediumblob', 'longblob'],
]);
const TEXTS: ReadonlySet<string> = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext']);
const SHAPES: ReadonlySet<string> = new Set([
  ...['geometry', 'point', 'linestring', 'polygon', 'multipoint', 'multilinestring', 'multipolygon'],
  ...['geometrycollection', 'geomcollection'],
]);

/**
 * Why a key cannot be made of its columns (MySQL 8.4 error reference, 1071, 1089, 1170, 1252, 1283; tried on MariaDB 10.11, which
 * cuts a long key of an index and makes a hash of a long unique one).
 *
 * @param columns - those of the table, as the key meets them
 */
export function keyFailures(key: Key, columns: readonly KeyColumn[], table: Table, server: Server): readonly Fact[] {
  const parts = key.elements.flatMap(element => {
    const column = columns.find(({ name }) => same(element.column, name));
    return column?.type === undefined ? [] : [{ column, type: column.type, length: element.length }];
  });
  if (key.kind === 'vector') return [];
  if (key.kind === 'fulltext') {
    const wrong = parts.find(({ type }) => !TEXTS.has(type.name) && type.builtin);
    return wrong === undefined
      ? []
      : [fails('HY000', `Column '${wrong.column.name}' cannot be part of FULLTEXT index`)];
  }
  if (key.kind === 'spatial') {
    if (parts.some(({ type }) => type.builtin && !SHAPES.has(type.name))) {
      return [fails('HY000', 'Incorrect arguments to SPATIAL INDEX')];
    }
    const nullable = parts.some(({ column }) => column.notNull === false);
    return nullable ? [fails('42000', 'All parts of a SPATIAL index must be NOT NULL')] : [];
  }
  for (const { column, type, length } of parts) {
    if (length !== undefined && (isTooLong(length, type) || !(LENGTHS.has(type.name) || LOBS.has(type.name)))) {
      const text =
        "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, or the storage engine doesn't support unique prefix keys";
      return [fails('HY000', text)];
    }
    if (length === undefined && LOBS.has(type.name) && (server.dialect === 'mysql' || key.kind === 'primary')) {
      return [fails('42000', `BLOB/TEXT column '${column.name}' used in key specification without a key length`)];
    }
  }
  return lengthFailure(key, parts, table, server);
}

const isTooLong = (
  length: number,
  { name, modifiers }: { readonly name: string; readonly modifiers: readonly unknown[] },
) => LENGTHS.has(name) && length > Number(modifiers[0] ?? 1);

function lengthFailure(
  key: Key,
  parts: readonly {
    readonly column: KeyColumn;
    readonly type: NonNullable<Column['type']>;
    readonly length?: number | undefined;
  }[],
  table: Table,
  server: Server,
): readonly Fact[] {
  const old = /^(?:compact|redundant)$/i.test(table.options.find(({ name }) => name === 'row_format')?.value ?? '');
  const sizes = parts.map(({ column, type, length }) => {
    const characters = length ?? (LENGTHS.has(type.name) ? Number(type.modifiers[0] ?? 1) : undefined);
    const bytes = /binary$|blob$/.test(type.name) ? 1 : bytesPerCharacter(column, table);
    return characters === undefined || bytes === undefined ? 0 : characters * bytes;
  });
  const longest = old ? LONGEST_OLD : LONGEST;
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const isOne = sizes.some(size => size > longest);
  const failure = [fails('42000', `Specified key was too long; max key length is ${longest} bytes`)];
  // MariaDB cuts the column of an index, and hashes a unique key.
  if (isOne) return server.dialect === 'mysql' || key.kind === 'primary' ? failure : [];
  return total > LONGEST && key.kind !== 'unique'
    ? [fails('42000', `Specified key was too long; max key length is ${LONGEST} bytes`)]
    : [];
}

/** The keys that a CREATE TABLE makes, each checked; and its column that counts, which must have one. */
export function createdKeys(operation: OperationOf<'createTable'>, table: Table, server: Server): readonly Fact[] {
  const keys: Key[] = operation.indexes?.map(index => keyOfIndex(index)) ?? [];
  for (const constraint of [...operation.constraints, ...operation.columns.flatMap(column => column.constraints)]) {
    const key = keyOfConstraint(constraint);
    if (key !== undefined) keys.push(key);
  }
  const facts = keys.flatMap(key => keyFailures(key, operation.columns.map(asKeyColumn(operation)), table, server));
  const counts = operation.columns.filter(({ autoIncrement }) => autoIncrement);
  const leads = (column: ColumnDefinition): boolean =>
    keys.some(({ elements }) => same(elements[0]?.column, column.name));
  return counts.length > 1 || counts.some(column => !leads(column)) ? [...facts, AUTO_COLUMN] : facts;
}

/** A primary key makes its columns NOT NULL. */
const asKeyColumn =
  ({ constraints }: OperationOf<'createTable'>) =>
  (column: ColumnDefinition): KeyColumn => {
    const { name, type, charset, collation } = column;
    const isKey = [...constraints, ...column.constraints].some(
      constraint => constraint.type === 'primaryKey' && constraint.columns.some(other => same(other, name)),
    );
    return {
      name,
      notNull: column.notNull || isKey,
      ...(type === undefined ? {} : { type }),
      ...(charset === undefined ? {} : { charset }),
      ...(collation === undefined ? {} : { collation: collation.name }),
    };
  };

/** Error 1075. */
export const AUTO_COLUMN: Fact = fails(
  '42000',
  'Incorrect table definition; there can be only one auto column and it must be defined as a key',
);

export function keyOfIndex(index: {
  readonly unique: boolean;
  readonly indexKind?: 'fulltext' | 'spatial' | 'vector';
  readonly elements: readonly IndexElement[];
}): Key {
  return { kind: index.indexKind ?? (index.unique ? 'unique' : 'index'), elements: index.elements };
}

export function keyOfConstraint(constraint: ConstraintDefinition): Key | undefined {
  if (constraint.type !== 'primaryKey' && constraint.type !== 'unique') return undefined;
  const elements = constraint.elements ?? constraint.columns.map(column => ({ column }));
  return { kind: constraint.type === 'primaryKey' ? 'primary' : 'unique', elements };
}
