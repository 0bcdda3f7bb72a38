/**
 * A column type as declared, in the dialect's canonical spelling, so that two spellings of one type compare equal.
 *
 * PostgreSQL: `name` is the internal name (`int4`, `int8`, `varchar`, `bpchar`, `timestamptz`, `numeric`, `bool` …), as the
 * server's catalogue has it. A user-defined type keeps its own name and the schema as written.
 * MySQL: `name` is the name that SHOW CREATE TABLE prints (`int`, `bigint`, `tinyint`, `varchar`, `decimal`, `datetime` …), without
 * the display width that the server ignores; `enum` and `set` have their values as modifiers.
 */
export interface DataType {
  readonly name: string;
  /** Schema as written; left out for built-in types and where the search path decides. */
  readonly schema?: string;
  /** Type modifiers in order: `varchar(50)` → `[50]`, `numeric(10,2)` → `[10, 2]`, `geometry(Point, 4326)` → `['Point', 4326]`. */
  readonly modifiers: readonly (number | string)[];
  /** The fields of an interval, as written: `day to second`. */
  readonly intervalFields?: string;
  /** Number of array dimensions: 0 for a scalar. */
  readonly arrayDimensions: number;
  /** UNSIGNED. */
  readonly unsigned?: true;
  /** ZEROFILL; such a type is unsigned, too. */
  readonly zerofill?: true;
  /** True for a type of the server itself, false for a user-defined one (enum, domain, composite, extension type). */
  readonly builtin: boolean;
  /** The type as the user wrote it, for messages and safe rewrites. */
  readonly text: string;
}

/** Whether two declarations mean the same type, modifiers included. */
export function sameDataType(a: DataType, b: DataType): boolean {
  return (
    a.name === b.name &&
    (a.schema ?? '') === (b.schema ?? '') &&
    a.arrayDimensions === b.arrayDimensions &&
    (a.intervalFields ?? '') === (b.intervalFields ?? '') &&
    a.unsigned === b.unsigned &&
    a.zerofill === b.zerofill &&
    a.modifiers.length === b.modifiers.length &&
    a.modifiers.every((modifier, index) => modifier === b.modifiers[index])
  );
}

/** The integer types that `serial` and the like stand for; no cast knows them by these names. */
const SERIALS: Readonly<Record<string, string>> = { int2: 'smallint', int4: 'integer', int8: 'bigint' };

/** A type as it can be written anywhere: as the user did, but for `serial`, which only CREATE TABLE and ADD COLUMN know. */
export function declaredText(type: DataType): string {
  return /serial/i.test(type.text) && type.builtin ? (SERIALS[type.name] ?? type.text) : type.text;
}
