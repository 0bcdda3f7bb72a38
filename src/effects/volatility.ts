import { childrenOf, type Expression, nameKey, type ObjectName } from '../operations/index.ts';
import { routinesNamed } from '../schema/lookup.ts';
import type { Routine } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { IMMUTABLE, OVERLOADS, STABLE, VOLATILE } from './generated/catalogue.ts';

export type Volatility = 'immutable' | 'stable' | 'volatile';

/** How volatile an expression is, and the functions of which that is not known. */
export interface ExpressionVolatility {
  /** The most volatile part that is known. */
  readonly volatility: Volatility;
  readonly unknown: readonly string[];
}

const ORDER: readonly Volatility[] = ['immutable', 'stable', 'volatile'];
const LETTERS: Readonly<Record<string, Volatility>> = { i: 'immutable', s: 'stable', v: 'volatile' };

const more = (a: Volatility, b: Volatility): Volatility => (ORDER.indexOf(a) >= ORDER.indexOf(b) ? a : b);

/** Forms of the grammar that are no functions in pg_proc (PostgreSQL source, SQLValueFunction and its kin). */
const SQL_FORMS: Readonly<Record<string, Volatility>> = {
  current_date: 'stable',
  current_time: 'stable',
  current_timestamp: 'stable',
  localtime: 'stable',
  localtimestamp: 'stable',
  current_user: 'stable',
  current_role: 'stable',
  session_user: 'stable',
  system_user: 'stable',
  user: 'stable',
  current_catalog: 'stable',
  current_schema: 'stable',
  coalesce: 'immutable',
  nullif: 'immutable',
  greatest: 'immutable',
  least: 'immutable',
  grouping: 'immutable',
  row: 'immutable',
  json_object: 'immutable',
  json_array: 'immutable',
  json_scalar: 'immutable',
  xmlconcat: 'immutable',
  xmlelement: 'immutable',
  xmlforest: 'immutable',
};

/**
 * Well-known functions that no migration makes by CREATE FUNCTION, as their extension's script declares them: uuid-ossp,
 * pgcrypto, citext, unaccent, pg_trgm, hstore, pg_uuidv7, pgulid, and the pl/pgsql `nanoid` that people paste in.
 */
const EXTENSION_FUNCTIONS: Readonly<Record<string, Volatility>> = {
  uuid_generate_v1: 'volatile',
  uuid_generate_v1mc: 'volatile',
  uuid_generate_v3: 'immutable',
  uuid_generate_v4: 'volatile',
  uuid_generate_v5: 'immutable',
  uuid_generate_v6: 'volatile',
  uuid_generate_v7: 'volatile',
  uuid_nil: 'immutable',
  gen_random_bytes: 'volatile',
  gen_salt: 'volatile',
  crypt: 'immutable',
  digest: 'immutable',
  hmac: 'immutable',
  pgp_sym_encrypt: 'volatile',
  unaccent: 'stable',
  similarity: 'immutable',
  word_similarity: 'immutable',
  hstore: 'immutable',
  nanoid: 'volatile',
  gen_ulid: 'volatile',
  generate_ulid: 'volatile',
  ulid_generate: 'volatile',
  cuid: 'volatile',
  cuid2: 'volatile',
};

let builtins: ReadonlyMap<string, Volatility> | undefined;

/** The catalogue of built-in functions, unpacked on first use. */
function builtinVolatility(name: string): Volatility | undefined {
  builtins ??= new Map(
    (
      [
        ['immutable', IMMUTABLE],
        ['stable', STABLE],
        ['volatile', VOLATILE],
      ] as const
    ).flatMap(([volatility, names]) => names.split(' ').map(builtin => [builtin, volatility] as const)),
  );
  return builtins.get(name);
}

/** Whether the server has a function of that name of its own. */
export function isBuiltinFunction(name: string): boolean {
  return name in SQL_FORMS || name in OVERLOADS || builtinVolatility(name) !== undefined;
}

/**
 * How volatile an expression is. The server rewrites a table for the default of a new column exactly when the default calls a
 * volatile function after its SQL functions have been inlined (PostgreSQL source, ATExecAddColumn: contain_volatile_functions).
 *
 * @param typeOf - the type name of a column that the expression reads, for overloads that differ in volatility
 */
export function volatilityOf(
  expression: Expression,
  state: State,
  typeOf: (column: string) => string | undefined = () => undefined,
): ExpressionVolatility {
  let volatility: Volatility = 'immutable';
  const unknown: string[] = [];
  const visit = (part: Expression): void => {
    if (part.kind === 'call') {
      const called = ofCall(part, state, typeOf);
      if (called === undefined) unknown.push(part.name.name);
      else volatility = more(volatility, called);
    }
    for (const child of evaluated(part)) visit(child);
  };
  visit(expression);
  return { volatility, unknown };
}

/** The parts that the planner keeps: of CASE WHEN true only what follows it. */
function evaluated(part: Expression): readonly Expression[] {
  const parts = childrenOf(part);
  const [condition, result] = parts;
  const folded =
    part.kind === 'other' && part.syntax === 'case' && condition?.kind === 'literal' && condition.value === true;
  return folded && result !== undefined ? [result] : parts;
}

function ofCall(
  call: Extract<Expression, { kind: 'call' }>,
  state: State,
  typeOf: (column: string) => string | undefined,
): Volatility | undefined {
  const { name } = call.name;
  const system = call.name.schema === undefined || call.name.schema === 'pg_catalog';
  if (system) {
    const known = SQL_FORMS[name] ?? builtinVolatility(name) ?? ofOverload(call, typeOf);
    if (known !== undefined) return known;
  }
  return ofRoutine(call.name, call.args.length, state) ?? EXTENSION_FUNCTIONS[name];
}

/** Of the overloads that fit the number and the known types of the arguments, the most volatile. */
function ofOverload(
  call: Extract<Expression, { kind: 'call' }>,
  typeOf: (column: string) => string | undefined,
): Volatility | undefined {
  const overloads = OVERLOADS[call.name.name];
  if (overloads === undefined) return undefined;
  const types = call.args.map(argument => typeName(argument, typeOf));
  const fits = overloads.filter(([argumentTypes]) => {
    const wanted = argumentTypes === '' ? [] : argumentTypes.split(' ');
    return (
      wanted.length === types.length &&
      wanted.every((type, index) => types[index] === undefined || types[index] === type)
    );
  });
  const candidates = fits.length > 0 ? fits : overloads;
  return candidates.map(([, letter]) => LETTERS[letter]!).reduce(more);
}

function typeName(expression: Expression, typeOf: (column: string) => string | undefined): string | undefined {
  if (expression.kind === 'cast') return expression.type.name;
  if (expression.kind === 'column') return typeOf(expression.name);
  return undefined;
}

function ofRoutine(name: ObjectName, args: number, state: State): Volatility | undefined {
  const routines = routinesNamed(state, name);
  const fits = routines.filter(({ argumentTypes }) => argumentTypes.length === args);
  const candidates = fits.length > 0 ? fits : routines;
  return candidates.length === 0 ? undefined : candidates.map(routine => ofBody(routine, state)).reduce(more);
}

/**
 * A function of the schema. One in SQL that is a single expression is inlined, and then its body counts, not its declaration,
 * unless the body is more volatile than declared (PostgreSQL source, inline_function).
 */
function ofBody(routine: Routine, state: State): Volatility {
  const { query, volatility: declared } = routine;
  const [output] = query?.outputs ?? [];
  const inlinable =
    routine.language === 'sql' &&
    query !== undefined &&
    query.reads.length === 0 &&
    query.changes.length === 0 &&
    query.outputs.length === 1 &&
    output?.kind === 'column' &&
    !routine.securityDefiner &&
    routine.settings.length === 0;
  if (!inlinable) return declared;
  // Without itself: a function that calls itself is not inlined for ever.
  const routines = state.schema.routines.delete(nameKey(routine.schema, routine.name));
  const body = volatilityOf(output.expression, { ...state, schema: { ...state.schema, routines } });
  if (body.unknown.length > 0) return declared;
  return declared === 'volatile' || more(declared, body.volatility) === declared ? body.volatility : declared;
}
