import {
  type ColumnDefinition,
  type DataType,
  type OperationOf,
  sameDataType,
  type WrittenExpression,
} from '../../operations/index.ts';
import { findColumn, indexesOf } from '../../schema/lookup.ts';
import type { Column, Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { ChangeKind } from './online-changes.ts';
import { instantColumns } from './tables.ts';

/** What a MODIFY or CHANGE does to a column, found by comparing its definition with the column that the history shows. */
export interface ColumnChanges {
  readonly kinds: readonly ChangeKind[];
  /** What could not be told, and how it was judged. */
  readonly unknowns: readonly string[];
}

/** Bytes that one character takes at most (MySQL 8.4 manual, 12.10 "Supported Character Sets and Collations"). */
const BYTES: Readonly<Record<string, number>> = {
  utf8mb4: 4,
  utf16: 4,
  utf16le: 4,
  utf32: 4,
  gb18030: 4,
  utf8: 3,
  utf8mb3: 3,
  ujis: 3,
  eucjpms: 3,
  ucs2: 2,
  gbk: 2,
  gb2312: 2,
  sjis: 2,
  cp932: 2,
  big5: 2,
  euckr: 2,
};

/** What is taken where no migration says the character set: the server's own since MySQL 8.0. */
const USUAL_CHARSET = 'utf8mb4';

const TEXT_TYPES: ReadonlySet<string> = new Set([
  ...['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set'],
]);

const charsetOfCollation = (collation: string | undefined): string | undefined =>
  collation?.toLowerCase().split('_')[0];

const optionOf = (table: Table, name: string): string | undefined =>
  table.options.find(option => option.name === name)?.value?.toLowerCase();

/** The character set of a table's text columns that have none of their own; undefined where no migration says it. */
export function tableCharset(table: Table): string | undefined {
  return optionOf(table, 'charset') ?? charsetOfCollation(optionOf(table, 'collate'));
}

const charsetOf = (column: Pick<Column, 'charset' | 'collation'>, table: Table): string | undefined =>
  canonical(column.charset ?? charsetOfCollation(column.collation) ?? tableCharset(table));

/** Bytes that one character of a column takes at most; undefined where no migration says its character set. */
export function bytesPerCharacter(column: Pick<Column, 'charset' | 'collation'>, table: Table): number | undefined {
  const charset = charsetOf(column, table);
  return charset === undefined ? undefined : (BYTES[charset] ?? 1);
}

/** `utf8` is another name of utf8mb3. */
const canonical = (charset: string | undefined): string | undefined => (charset === 'utf8' ? 'utf8mb3' : charset);

const sameExpression = (a: WrittenExpression | undefined, b: WrittenExpression | undefined): boolean =>
  a?.text.toLowerCase() === b?.text.toLowerCase();

/** The changes that a MODIFY or CHANGE makes. */
export function redefinitionChanges(
  operation: OperationOf<'redefineColumn'>,
  table: Table,
  state: State,
): ColumnChanges {
  const { definition, newName } = operation;
  const old = findColumn(table, operation.column);
  const kinds: ChangeKind[] = [];
  const unknowns: string[] = [];
  if (newName !== undefined && newName.toLowerCase() !== operation.column.toLowerCase()) {
    kinds.push(renameKind(operation.column, table, state));
  }
  if (operation.position !== undefined && moves(operation, table)) {
    const usual = instantColumns(table, state) ? 'reorder columns' : 'change columns where none is instant';
    kinds.push(definition.generated === undefined ? usual : 'reorder generated column');
  }
  if (old?.type === undefined || definition.type === undefined) {
    unknowns.push(`the old type of ${table.name}.${operation.column} is not known: judged as if it changes`);
    return { kinds: [...kinds, 'change type'], unknowns };
  }
  const typed = typeChange(old, old.type, definition, definition.type, table, unknowns);
  if (typed !== undefined) kinds.push(typed);
  else kinds.push(...collationChange(old, definition, table, state));
  kinds.push(...nullabilityChange(old, definition, table), ...generationChange(old, definition));
  if (definition.autoIncrement && !old.autoIncrement) kinds.push('change type');
  if (!sameExpression(old.default, definition.default)) kinds.push('change default');
  return { kinds: kinds.length === 0 ? ['change column metadata'] : kinds, unknowns };
}

/** Renaming a column that another table's foreign key names is not instant on MySQL. */
export function renameKind(name: string, table: Table, state: State): ChangeKind {
  const referenced = table.referencedBy.some(id => {
    const other = state.schema.relations.get(id);
    return (
      other?.kind === 'table' &&
      other.constraints.some(
        constraint =>
          constraint.type === 'foreignKey' &&
          constraint.references === table.id &&
          constraint.referencedColumns.includes(name),
      )
    );
  });
  return referenced ? 'rename referenced column' : 'rename column';
}

/** Whether FIRST or AFTER puts the column elsewhere than it is. */
function moves({ column, position }: OperationOf<'redefineColumn'>, table: Table): boolean {
  if (!table.complete || position === undefined) return true;
  const names = table.columns.map(({ name }) => name.toLowerCase());
  const place = names.indexOf(column.toLowerCase());
  return position === 'first' ? place !== 0 : names[place - 1] !== position.after.toLowerCase();
}

/** The kind of a type change; undefined where the type stays. */
function typeChange(
  old: Column,
  from: DataType,
  definition: ColumnDefinition,
  to: DataType,
  table: Table,
  unknowns: string[],
): ChangeKind | undefined {
  const before = charsetOf(old, table);
  const after = charsetOf(withCollation(definition), table);
  const recoded = (before ?? USUAL_CHARSET) !== (after ?? USUAL_CHARSET);
  if (TEXT_TYPES.has(to.name) && TEXT_TYPES.has(from.name) && recoded) return 'change type';
  if (sameDataType(from, to)) return undefined;
  if (from.name !== to.name) return 'change type';
  switch (to.name) {
    case 'enum':
    case 'set':
      return appendsMembers(from, to) ? 'append enum members' : 'change type';
    case 'varchar': {
      if (before === undefined && lengthBytes(from, to, 1) !== lengthBytes(from, to, BYTES[USUAL_CHARSET]!)) {
        unknowns.push(`the character set of ${table.name}.${old.name} is not known: judged as ${USUAL_CHARSET}`);
      }
      return lengthBytes(from, to, BYTES[before ?? USUAL_CHARSET] ?? 1) ? 'extend varchar' : 'change type';
    }
    case 'varbinary':
      return lengthBytes(from, to, 1) ? 'extend varchar' : 'change type';
    default:
      return 'change type';
  }
}

const withCollation = ({ charset, collation }: ColumnDefinition): Pick<Column, 'charset' | 'collation'> => ({
  ...(charset === undefined ? {} : { charset }),
  ...(collation === undefined ? {} : { collation: collation.name }),
});

/** Whether a string grows and its length still takes as many bytes: one up to 255 bytes, two above. */
function lengthBytes(from: DataType, to: DataType, bytesPerCharacter: number): boolean {
  const [before, after] = [from, to].map(({ modifiers }) => Number(modifiers[0] ?? 0) * bytesPerCharacter);
  return after! >= before! && before! > 255 === after! > 255;
}

/** Whether members are added at the end alone, and the column takes as many bytes as before. */
function appendsMembers(from: DataType, to: DataType): boolean {
  const kept = from.modifiers.every((member, index) => to.modifiers[index] === member);
  return kept && memberBytes(from) === memberBytes(to);
}

/** What a value of an enum or set takes (MySQL 8.4 manual, 13.7 "Data Type Storage Requirements"). */
function memberBytes({ name, modifiers: { length } }: DataType): number {
  if (name === 'enum') return length > 255 ? 2 : 1;
  return length > 32 ? 8 : Math.ceil(length / 8);
}

function collationChange(old: Column, definition: ColumnDefinition, table: Table, state: State): readonly ChangeKind[] {
  const usual = optionOf(table, 'collate');
  const before = old.collation?.toLowerCase() ?? usual;
  const after = definition.collation?.name.toLowerCase() ?? usual;
  if (before === after || !TEXT_TYPES.has(definition.type?.name ?? '')) return [];
  const wanted = old.name.toLowerCase();
  const indexed = indexesOf(state, table).some(({ elements }) =>
    elements.some(({ column }) => column?.toLowerCase() === wanted),
  );
  return [indexed ? 'change collation of indexed column' : 'change collation'];
}

function nullabilityChange(old: Column, definition: ColumnDefinition, table: Table): readonly ChangeKind[] {
  const keyed = table.constraints.some(
    constraint => constraint.type === 'primaryKey' && constraint.columns.includes(old.name),
  );
  const strict = definition.notNull || definition.autoIncrement === true || keyed;
  if (old.notNull === 'unknown' || old.notNull === strict) return [];
  if (!strict) return ['make nullable'];
  return [table.columns.some(isStored) ? 'make not null beside stored columns' : 'make not null'];
}

const isStored = ({ generated }: Column): boolean => generated?.storage === 'stored';

function generationChange(old: Column, definition: ColumnDefinition): readonly ChangeKind[] {
  if (old.generated === undefined && definition.generated === undefined) return [];
  if (old.generated?.storage !== definition.generated?.storage) return ['change type'];
  if (sameExpression(old.generated?.expression, definition.generated?.expression)) return [];
  return [definition.generated?.storage === 'stored' ? 'change stored expression' : 'change virtual expression'];
}
