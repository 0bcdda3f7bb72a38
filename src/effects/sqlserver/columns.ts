import { type ColumnDefinition, type DataType, sameDataType, walkExpression } from '../../operations/index.ts';
import type { Column } from '../../schema/schema.ts';
import type { ChangeKind } from './changes.ts';

/** Functions whose value differs from row to row: no runtime constants ("ALTER TABLE", adding NOT NULL columns online). */
const PER_ROW: ReadonlySet<string> = new Set(['newid', 'newsequentialid', 'crypt_gen_random']);

/** Types that no column is added with at once, whatever its default (the same page). */
const NEVER_AT_ONCE: ReadonlySet<string> = new Set([
  ...['text', 'ntext', 'image', 'xml', 'hierarchyid', 'geometry', 'geography', 'rowversion', 'timestamp'],
]);

const isLong = ({ modifiers }: DataType): boolean => String(modifiers[0]).toLowerCase() === 'max';

/** How ADD makes a column. */
export function addedColumnKind(column: ColumnDefinition): ChangeKind {
  const { type, generated, autoIncrement, notNull, options = [] } = column;
  if (generated !== undefined) return generated.storage === 'stored' ? 'add persisted column' : 'add computed column';
  if (autoIncrement || type?.name === 'rowversion') return 'add column with a value per row';
  const fills = notNull || options.some(({ name }) => name === 'with values');
  if (column.default === undefined || !fills) return 'add nullable column';
  let perRow = !notNull;
  walkExpression(column.default.expression, part => {
    if (part.kind === 'call' && PER_ROW.has(part.name.name.toLowerCase())) perRow = true;
  });
  const long = type !== undefined && (NEVER_AT_ONCE.has(type.name) || isLong(type));
  return perRow || long || /\bnext\s+value\s+for\b/i.test(column.default.text)
    ? 'add column with a value per row'
    : 'add constant default column';
}

/** Types of varying length, which grow as metadata. */
const VARYING: ReadonlySet<string> = new Set(['varchar', 'nvarchar', 'varbinary']);

export interface TypeChange {
  readonly kind: ChangeKind;
  /** The new type may not hold what the old one does. */
  readonly shrinks: boolean;
  readonly unknown?: string;
}

/** What ALTER COLUMN does for a type. */
export function typeChange(table: string, old: Column | undefined, name: string, to: DataType): TypeChange {
  const from = old?.type;
  if (from === undefined) {
    const unknown = `the old type of ${table}.${name} is not known: judged as if every row is written anew`;
    return { kind: 'rewrite column', shrinks: false, unknown };
  }
  if (sameDataType(from, to)) return { kind: 'change column metadata', shrinks: false };
  if (from.name === to.name && VARYING.has(to.name)) {
    if (isLong(to)) {
      const unknown = `whether ${from.text} to ${to.text} writes rows is not documented: judged as if it does`;
      return { kind: 'rewrite column', shrinks: false, unknown };
    }
    const grows = !isLong(from) && Number(to.modifiers[0] ?? 1) >= Number(from.modifiers[0] ?? 1);
    return grows ? { kind: 'change column metadata', shrinks: false } : { kind: 'check column', shrinks: true };
  }
  return { kind: 'rewrite column', shrinks: holdsLess(from, to) };
}

/** Families of types, smallest first. */
const FAMILIES: readonly (readonly string[])[] = [
  ['bit', 'tinyint', 'smallint', 'int', 'bigint'],
  ['smallmoney', 'money'],
  ['date', 'smalldatetime', 'datetime', 'datetime2', 'datetimeoffset'],
  ['varchar', 'nvarchar'],
  ['char', 'nchar'],
  ['real', 'float'],
];

function holdsLess(from: DataType, to: DataType): boolean {
  if (from.name === to.name) return Number(to.modifiers[0] ?? 0) < Number(from.modifiers[0] ?? 0);
  const family = FAMILIES.find(names => names.includes(from.name) && names.includes(to.name));
  return family !== undefined && family.indexOf(to.name) < family.indexOf(from.name);
}
