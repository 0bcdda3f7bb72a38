import type { DataType, Expression, WrittenExpression } from '../operations/index.ts';
import { resolveType } from '../schema/lookup.ts';
import { setting } from '../schema/session.ts';
import type { State } from '../schema/state.ts';
import type { Server } from '../server/server.ts';
import { CASTS, STRING_TYPES } from './generated/catalogue.ts';

/**
 * What a conversion between two types costs for each stored value:
 * - `free`: the stored bytes are already right
 * - `work`: every value is converted or checked, so the table is rewritten
 * - `none`: there is no such cast, the server refuses
 * - `unknown`: the types are not known well enough
 */
export type Conversion = 'free' | 'work' | 'none' | 'unknown';

type Context = 'assignment' | 'explicit';

/** Session time zones in which timestamp and timestamptz have the same bytes: no offset, now or ever (measured for each). */
const UTC_ZONES: ReadonlySet<string> = new Set(
  [
    'utc',
    'gmt',
    'etc/utc',
    'etc/gmt',
    'zulu',
    'etc/zulu',
    'uct',
    'etc/uct',
    'universal',
    'etc/universal',
    'greenwich',
  ].concat([
    'etc/greenwich',
    'gmt0',
    'gmt+0',
    'gmt-0',
    'etc/gmt0',
    'etc/gmt+0',
    'etc/gmt-0',
    '0',
    '+00',
    '-00',
    '+00:00',
    '00:00',
  ]),
);

/**
 * Whether the session's TimeZone is one without an offset; undefined when neither the history nor the configuration says it.
 */
export function isUtcSession(state: State, server: Server): boolean | undefined {
  const set = setting(state, 'timezone');
  const zone = set === undefined ? server.sessionTimeZone : set.value;
  return zone === undefined ? undefined : UTC_ZONES.has(zone.trim().toLowerCase());
}

/** A type with its domains taken off. */
interface BaseType {
  readonly type: DataType;
  /** A domain on the way has a CHECK or NOT NULL: its values are checked one by one. */
  readonly constrained: boolean;
  /** A user-defined type that the history does not show. */
  readonly unknown: boolean;
  /** Its kind, for user-defined types. */
  readonly kind: 'builtin' | 'enum' | 'composite' | 'other';
}

/** The type under its domains, and whether one of them has constraints. */
export function baseOf(state: State, type: DataType): BaseType {
  if (type.builtin) return { type, constrained: false, unknown: false, kind: 'builtin' };
  const found = resolveType(state, type);
  if (found === undefined || found.kind === 'unknown') {
    return { type, constrained: false, unknown: !(type.name in EXTENSION_CASTS), kind: 'other' };
  }
  if (found.kind !== 'domain') {
    const kind = found.kind === 'enum' || found.kind === 'composite' ? found.kind : 'other';
    return { type: { ...type, schema: found.schema }, constrained: false, unknown: false, kind };
  }
  // An array of a domain is an array type of its own; the domain's constraints do not count for the column as such.
  if (type.arrayDimensions > 0) return { type, constrained: false, unknown: false, kind: 'other' };
  const below = baseOf(state, found.type);
  return { ...below, constrained: below.constrained || found.notNull || found.checks.length > 0 };
}

/** Casts of types that extensions bring, as their scripts declare them: citext--1.4.sql. */
const EXTENSION_CASTS: Readonly<
  Record<string, readonly (readonly [source: string, target: string, context: string, method: string])[]>
> = {
  citext: [
    ['citext', 'text', 'i', 'b'],
    ['citext', 'varchar', 'i', 'b'],
    ['citext', 'bpchar', 'a', 'b'],
    ['text', 'citext', 'a', 'b'],
    ['varchar', 'citext', 'a', 'b'],
    ['bpchar', 'citext', 'a', 'f'],
    ['bool', 'citext', 'a', 'f'],
    ['inet', 'citext', 'a', 'f'],
  ],
};

let casts: ReadonlyMap<string, readonly [context: string, method: string]> | undefined;
let stringTypes: ReadonlySet<string> | undefined;

function castBetween(source: string, target: string): readonly [string, string] | undefined {
  casts ??= new Map(
    [...CASTS.split(' ').map(cast => cast.split(',')), ...Object.values(EXTENSION_CASTS).flat()].map(
      ([from, to, context, method]) => [`${from} ${to}`, [context!, method!] as const],
    ),
  );
  return casts.get(`${source} ${target}`);
}

function isStringType(name: string): boolean {
  stringTypes ??= new Set([...STRING_TYPES.split(' '), 'citext']);
  return stringTypes.has(name);
}

const worst = (a: Conversion, b: Conversion): Conversion => {
  const order: readonly Conversion[] = ['free', 'work', 'unknown', 'none'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
};

/**
 * What it costs to turn stored values of one type into another (PostgreSQL source: find_coercion_pathway for the cast,
 * ATColumnChangeRequiresRewrite for what counts as free, the types' own support functions for the modifiers).
 *
 * @param utc - whether the session's time zone has no offset; undefined when not known
 */
function convert(state: State, from: DataType, to: DataType, context: Context, utc: boolean | undefined): Conversion {
  const source = baseOf(state, from);
  const target = baseOf(state, to);
  if (source.unknown || target.unknown)
    return sameType(source.type, target.type) ? modifierChange(source.type, target.type) : 'unknown';
  const base = convertBase(state, source, target, context, utc);
  // From a domain to itself nothing is checked again.
  const checked = target.constrained && !sameType(from, to) ? 'work' : 'free';
  return worst(base, checked);
}

const sameType = (a: DataType, b: DataType): boolean =>
  a.name === b.name &&
  a.builtin === b.builtin &&
  a.arrayDimensions > 0 === b.arrayDimensions > 0 &&
  (a.builtin || a.schema === undefined || b.schema === undefined || a.schema === b.schema);

function convertBase(
  state: State,
  source: BaseType,
  target: BaseType,
  context: Context,
  utc: boolean | undefined,
): Conversion {
  const from = source.type;
  const to = target.type;
  if (sameType(from, to)) return modifierChange(from, to);
  if (from.arrayDimensions > 0 && to.arrayDimensions > 0) {
    const element = convert(state, { ...from, arrayDimensions: 0 }, { ...to, arrayDimensions: 0 }, context, utc);
    return element === 'free' ? 'work' : element;
  }
  if (from.arrayDimensions > 0 || to.arrayDimensions > 0) return throughText(from, to, context);
  const cast = castBetween(from.name, to.name);
  if (cast === undefined) return throughText(from, to, context);
  const [allowed, method] = cast;
  if (allowed === 'e' && context === 'assignment') return 'none';
  return worst(castCost(from.name, to.name, method, utc), modifierChange({ ...to, modifiers: [] }, to));
}

function castCost(from: string, to: string, method: string, utc: boolean | undefined): Conversion {
  const shifts = (from === 'timestamp' && to === 'timestamptz') || (from === 'timestamptz' && to === 'timestamp');
  if (shifts) return utc === undefined ? 'unknown' : utc ? 'free' : 'work';
  return method === 'b' ? 'free' : 'work';
}

/** Every type is cast to a string type by assignment through its output function; from one only explicitly. */
function throughText(from: DataType, to: DataType, context: Context): Conversion {
  if (to.arrayDimensions === 0 && isStringType(to.name)) return 'work';
  return context === 'explicit' && from.arrayDimensions === 0 && isStringType(from.name) ? 'work' : 'none';
}

type ModifierRule = (from: DataType, to: DataType) => boolean;

const size = (type: DataType, index = 0): number | undefined => {
  const modifier = type.modifiers[index];
  return modifier === undefined ? undefined : Number(modifier);
};

/** The length may grow (varchar_support, varbit_support). */
const longer: ModifierRule = (from, to) => size(from) !== undefined && size(from)! <= size(to)!;

/** Fraction digits may grow, and 6 is all there are (TemporalSimplify). */
const finer: ModifierRule = (from, to) => size(to)! >= 6 || (size(from) !== undefined && size(from)! <= size(to)!);

/** The precision may grow while the scale stays (numeric_support). */
const wider: ModifierRule = (from, to) =>
  size(from) !== undefined && size(from)! <= size(to)! && (size(from, 1) ?? 0) === (size(to, 1) ?? 0);

/** The smallest field of an interval's fields, 0 for seconds. */
const FIELDS: Readonly<Record<string, number>> = { second: 0, minute: 1, hour: 2, day: 3, month: 4, year: 5 };

const leastField = (type: DataType): number =>
  type.intervalFields === undefined
    ? 0
    : (FIELDS[type.intervalFields.toLowerCase().split(' ').at(-1)!.replace(/\(.*/, '')] ?? 0);

/** The smallest field may get smaller, the precision larger (interval_support). */
const interval: ModifierRule = (from, to) => {
  const precision = (type: DataType): number => size(type) ?? Number.POSITIVE_INFINITY;
  return (
    leastField(to) <= leastField(from) &&
    (leastField(from) > 0 || precision(to) >= 6 || precision(to) >= precision(from))
  );
};

/** Types whose length function knows when it has nothing to do; any other modifier that changes makes the server rewrite. */
const MODIFIER_RULES: Readonly<Record<string, ModifierRule>> = {
  varchar: longer,
  varbit: longer,
  numeric: wider,
  time: finer,
  timetz: finer,
  timestamp: finer,
  timestamptz: finer,
  interval,
};

function modifierChange(from: DataType, to: DataType): Conversion {
  if (to.modifiers.length === 0 && to.intervalFields === undefined) return 'free';
  const same =
    from.modifiers.length === to.modifiers.length &&
    from.modifiers.every((modifier, index) => String(modifier) === String(to.modifiers[index])) &&
    leastField(from) === leastField(to) &&
    (from.intervalFields ?? '') === (to.intervalFields ?? '');
  if (same) return 'free';
  if (to.arrayDimensions > 0) return 'work';
  return MODIFIER_RULES[to.name]?.(from, to) ? 'free' : 'work';
}

/** An ALTER COLUMN … TYPE, judged. */
export interface TypeChange {
  readonly conversion: Conversion;
  /** The comparison operators of the new type are others, so that indexes and foreign keys on the column are made anew. */
  readonly otherOperators: boolean;
}

/**
 * What ALTER COLUMN … TYPE does to the stored values.
 *
 * @param using - the USING expression; without one the column itself is converted by assignment
 */
export function typeChange(
  state: State,
  column: { readonly name: string; readonly type: DataType },
  to: DataType,
  using: WrittenExpression | undefined,
  utc: boolean | undefined,
): TypeChange {
  const source =
    using === undefined
      ? { type: column.type, conversion: 'free' as Conversion }
      : usingCost(state, column, using.expression, utc);
  const last = source.type === undefined ? 'work' : convert(state, source.type, to, 'assignment', utc);
  // A USING expression of a type that is not known may still be refused; it is converted in any case.
  const conversion = source.conversion === 'work' && last === 'unknown' ? 'work' : worst(source.conversion, last);
  return { conversion, otherOperators: operatorFamily(state, column.type) !== operatorFamily(state, to) };
}

function usingCost(
  state: State,
  column: { readonly name: string; readonly type: DataType },
  expression: Expression,
  utc: boolean | undefined,
): { readonly type: DataType | undefined; readonly conversion: Conversion } {
  if (expression.kind === 'column' && expression.name === column.name) return { type: column.type, conversion: 'free' };
  if (expression.kind === 'other' && expression.syntax === 'collate' && expression.operands[0] !== undefined) {
    return usingCost(state, column, expression.operands[0], utc);
  }
  if (expression.kind !== 'cast') return { type: undefined, conversion: 'work' };
  const operand = usingCost(state, column, expression.operand, utc);
  if (operand.type === undefined) return { type: expression.type, conversion: 'work' };
  const cast = convert(state, operand.type, expression.type, 'explicit', utc);
  return { type: expression.type, conversion: worst(operand.conversion, cast) };
}

/** Types that share their default btree and hash operator classes: an index keeps its file when only these change places. */
const SHARED_OPERATORS: Readonly<Record<string, string>> = { varchar: 'text', cidr: 'inet' };

/** Under which operators a type is compared, as a name that is equal for types with the same ones. */
function operatorFamily(state: State, type: DataType): string {
  const { type: base } = baseOf(state, type);
  if (base.arrayDimensions > 0) return `${base.name}[]`;
  return SHARED_OPERATORS[base.name] ?? base.name;
}

/** Whether values of the two types can be compared for equality, as a foreign key needs. */
export function comparable(state: State, a: DataType, b: DataType): boolean | undefined {
  const left = baseOf(state, a);
  const right = baseOf(state, b);
  if (left.unknown || right.unknown) return undefined;
  if (operatorFamily(state, a) === operatorFamily(state, b)) return true;
  const groups = [
    ['int2', 'int4', 'int8', 'numeric', 'float4', 'float8'],
    ['text', 'varchar', 'bpchar', 'name', 'citext'],
    ['date', 'timestamp', 'timestamptz'],
    ['int4', 'int8', 'oid', 'regclass'],
    ['bit', 'varbit'],
    ['inet', 'cidr'],
    ['time', 'timetz', 'interval'],
  ];
  return groups.some(group => group.includes(left.type.name) && group.includes(right.type.name));
}
