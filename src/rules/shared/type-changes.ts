import type { DataType } from '../../operations/data-types.ts';

/** What a column loses by a change of its type, as the end of a sentence; undefined where every value of the old type fits. */
export type Loss =
  | 'values that are out of range'
  | 'what is longer'
  | 'digits'
  | 'the time of day'
  | 'the date'
  | 'fractions of a second'
  | 'the time zone'
  | 'the order and the doubles of its keys'
  | 'all elements but one value';

interface IntegerRange {
  readonly bytes: number;
  /** Decimal digits that always fit. */
  readonly digits: number;
}

/** PostgreSQL manual, table "Numeric Types". */
const INTEGERS: Readonly<Record<string, IntegerRange>> = {
  int2: { bytes: 2, digits: 4 },
  int4: { bytes: 4, digits: 9 },
  int8: { bytes: 8, digits: 18 },
};

/** Bits of integers that floats hold exactly (IEEE 754). */
const FLOATS: Readonly<Record<string, number>> = { float4: 24, float8: 53 };

const CHARACTER: ReadonlySet<string> = new Set(['text', 'varchar', 'bpchar', 'citext', 'name']);
const FRACTIONAL: ReadonlySet<string> = new Set(['timestamp', 'timestamptz', 'time', 'timetz', 'interval']);

/** Families of types: within one, code that reads and writes the column goes on as before. */
const FAMILIES: Readonly<Record<string, string>> = {
  int2: 'number',
  int4: 'number',
  int8: 'number',
  numeric: 'number',
  float4: 'number',
  float8: 'number',
  text: 'text',
  varchar: 'text',
  bpchar: 'text',
  citext: 'text',
  name: 'text',
  json: 'json',
  jsonb: 'json',
  inet: 'address',
  cidr: 'address',
  bit: 'bits',
  varbit: 'bits',
};

/**
 * The family of a type, for {@link FAMILIES}: types in none are a family of their own, as is each number of array dimensions.
 * `timestamp` and `timestamptz` are two.
 */
export function familyOf(type: DataType): string {
  const family =
    (type.builtin || type.name === 'citext' ? FAMILIES[type.name] : undefined) ?? `${type.schema ?? ''}.${type.name}`;
  return type.arrayDimensions > 0 ? `${family}[]` : family;
}

/** What is lost when a column goes from one type to another, whatever USING does. */
export function lossOf(from: DataType, to: DataType): Loss | undefined {
  if (from.arrayDimensions > 0 || to.arrayDimensions > 0) {
    if (to.arrayDimensions === 0 && familyOf({ ...from, arrayDimensions: 0 }) === familyOf(to))
      return 'all elements but one value';
    return from.arrayDimensions > 0 && to.arrayDimensions > 0
      ? lossOf({ ...from, arrayDimensions: 0 }, { ...to, arrayDimensions: 0 })
      : undefined;
  }
  return numberLoss(from, to) ?? textLoss(from, to) ?? timeLoss(from, to) ?? otherLoss(from, to);
}

function numberLoss(from: DataType, to: DataType): Loss | undefined {
  const [oldInteger, newInteger] = [INTEGERS[from.name], INTEGERS[to.name]];
  const [oldFloat, newFloat] = [FLOATS[from.name], FLOATS[to.name]];
  if (newInteger !== undefined) {
    if (oldInteger !== undefined)
      return newInteger.bytes < oldInteger.bytes ? 'values that are out of range' : undefined;
    if (oldFloat !== undefined) return 'digits';
    if (from.name !== 'numeric') return undefined;
    const [precision, scale = 0] = numbers(from);
    if (scale > 0 || precision === undefined) return 'digits';
    return precision > newInteger.digits ? 'values that are out of range' : undefined;
  }
  if (newFloat !== undefined) {
    if (oldFloat !== undefined) return newFloat < oldFloat ? 'digits' : undefined;
    if (oldInteger !== undefined) return oldInteger.bytes * 8 - 1 > newFloat ? 'digits' : undefined;
    return from.name === 'numeric' ? 'digits' : undefined;
  }
  if (to.name !== 'numeric') return undefined;
  const [precision, scale = 0] = numbers(to);
  if (precision === undefined) return undefined;
  if (oldFloat !== undefined) return 'digits';
  if (oldInteger !== undefined) {
    // The largest value has a digit more than those that always fit.
    return precision - scale < oldInteger.digits + 1 ? 'values that are out of range' : undefined;
  }
  if (from.name !== 'numeric') return undefined;
  const [oldPrecision, oldScale = 0] = numbers(from);
  if (oldPrecision === undefined || scale < oldScale) return 'digits';
  return precision - scale < oldPrecision - oldScale ? 'values that are out of range' : undefined;
}

function textLoss(from: DataType, to: DataType): Loss | undefined {
  if (!CHARACTER.has(from.name) || !CHARACTER.has(to.name)) return undefined;
  const [before, after] = [lengthOf(from), lengthOf(to)];
  return after < before ? 'what is longer' : undefined;
}

/** `varchar` without a length holds any; `char` without one holds one character. */
function lengthOf(type: DataType): number {
  if (type.name === 'name') return 63;
  const [length] = numbers(type);
  return length ?? (type.name === 'bpchar' && type.text.toLowerCase() !== 'bpchar' ? 1 : Number.POSITIVE_INFINITY);
}

const DATED: ReadonlySet<string> = new Set(['timestamp', 'timestamptz']);

function timeLoss(from: DataType, to: DataType): Loss | undefined {
  if (DATED.has(from.name) && to.name === 'date') return 'the time of day';
  if (DATED.has(from.name) && (to.name === 'time' || to.name === 'timetz')) return 'the date';
  if (from.name === 'timetz' && to.name === 'time') return 'the time zone';
  if (!FRACTIONAL.has(from.name) || !FRACTIONAL.has(to.name)) return undefined;
  const [before, after] = [numbers(from)[0] ?? 6, numbers(to)[0] ?? 6];
  return after < before ? 'fractions of a second' : undefined;
}

function otherLoss(from: DataType, to: DataType): Loss | undefined {
  if (from.name === 'json' && to.name === 'jsonb') return 'the order and the doubles of its keys';
  const bits = ['bit', 'varbit'];
  if (!bits.includes(from.name) || !bits.includes(to.name)) return undefined;
  const size = (type: DataType) => numbers(type)[0] ?? (type.name === 'bit' ? 1 : Number.POSITIVE_INFINITY);
  return size(to) < size(from) ? 'what is longer' : undefined;
}

function numbers(type: DataType): readonly number[] {
  return type.modifiers.filter(modifier => typeof modifier === 'number');
}

/** Whether values of an unknown type may not fit: it has a limit that most types exceed. */
export function isNarrow(type: DataType): boolean {
  if (['int2', 'int4', 'float4', 'date', 'bit'].includes(type.name)) return true;
  return ['varchar', 'bpchar', 'numeric', 'varbit'].includes(type.name) && type.modifiers.length > 0;
}
