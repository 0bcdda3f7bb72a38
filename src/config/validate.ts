import { didYouMean } from '../nearest.ts';
import type { JsonSchema } from './json-schema.ts';

/** One thing that is wrong in a config. */
export interface Problem {
  /** Keys and indexes that lead to it. */
  readonly path: readonly (string | number)[];
  /** What is wrong with what stands there: `unknown rule; did you mean require-concurrent-index?` */
  readonly message: string;
}

type Path = Problem['path'];

/**
 * Checks a value against a schema.
 *
 * @returns the problems in the order of the value; none where it fits
 */
export function validate(value: unknown, schema: JsonSchema, path: Path = []): readonly Problem[] {
  if (schema.anyOf !== undefined) return validateAnyOf(value, schema.anyOf, path);
  if (schema.enum !== undefined) return validateEnum(value, schema.enum, path);
  if (schema.type !== undefined && !hasType(value, schema.type)) {
    return [{ path, message: `must be ${TYPE_NAMES[schema.type]}, is ${shown(value)}` }];
  }
  if (typeof value === 'string') return validateString(value, schema, path);
  if (typeof value === 'number') return validateNumber(value, schema, path);
  if (Array.isArray(value)) return validateArray(value, schema, path);
  if (typeof value === 'object' && value !== null)
    return validateObject(value as Record<string, unknown>, schema, path);
  return [];
}

/** A problem as one line: `rules.require-concurent-index: unknown rule; did you mean require-concurrent-index?` */
export function describeProblem({ path, message }: Problem): string {
  let shownPath = '';
  for (const part of path) shownPath += typeof part === 'number' ? `[${part}]` : shownPath === '' ? part : `.${part}`;
  return shownPath === '' ? `the config ${message}` : `${shownPath}: ${message}`;
}

const TYPE_NAMES = {
  object: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
} as const;

function hasType(value: unknown, type: keyof typeof TYPE_NAMES): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer') return Number.isInteger(value);
  return typeof value === type;
}

/** The alternative that the value is meant to be, judged by its type, says what is wrong. */
function validateAnyOf(value: unknown, alternatives: readonly JsonSchema[], path: Path): readonly Problem[] {
  const results = alternatives.map(schema => ({ schema, problems: validate(value, schema, path) }));
  if (results.some(({ problems }) => problems.length === 0)) return [];
  const meant = results.find(({ schema }) =>
    schema.enum === undefined ? schema.type === undefined || hasType(value, schema.type) : typeof value === 'string',
  );
  if (meant !== undefined) return meant.problems;
  return [{ path, message: `must be ${alternatives.map(nameOf).join(' or ')}, is ${shown(value)}` }];
}

function nameOf({ enum: values, type }: JsonSchema): string {
  if (values !== undefined) return `one of ${values.join(', ')}`;
  return type === undefined ? 'something else' : TYPE_NAMES[type];
}

function validateEnum(value: unknown, allowed: NonNullable<JsonSchema['enum']>, path: Path): readonly Problem[] {
  if (allowed.some(each => each === value)) return [];
  if (path.at(-1) === 'rule' && typeof value === 'string') {
    return [{ path, message: `unknown rule ${value}${didYouMean(value, allowed.map(String))}` }];
  }
  const hint = typeof value === 'string' ? didYouMean(value, allowed.map(String)) : '';
  return [{ path, message: `${shown(value)} is none of ${allowed.join(', ')}${hint}` }];
}

function validateString(value: string, schema: JsonSchema, path: Path): readonly Problem[] {
  if (value.length < (schema.minLength ?? 0)) return [{ path, message: 'must not be empty' }];
  if (schema.pattern !== undefined && !new RegExp(schema.pattern, 'u').test(value)) {
    const example = schema.examples === undefined ? `match ${schema.pattern}` : `be like ${schema.examples.join(', ')}`;
    return [{ path, message: `must ${example}, is ${shown(value)}` }];
  }
  if (schema.format === 'regex' && !isPattern(value))
    return [{ path, message: `${shown(value)} is no regular expression` }];
  return [];
}

function isPattern(value: string): boolean {
  try {
    new RegExp(value, 'u');
    return true;
  } catch {
    return false;
  }
}

function validateNumber(
  value: number,
  { minimum, maximum, exclusiveMinimum }: JsonSchema,
  path: Path,
): readonly Problem[] {
  if (minimum !== undefined && value < minimum) return [{ path, message: `must be at least ${minimum}, is ${value}` }];
  if (maximum !== undefined && value > maximum) return [{ path, message: `must be at most ${maximum}, is ${value}` }];
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return [{ path, message: `must be more than ${exclusiveMinimum}, is ${value}` }];
  }
  return [];
}

function validateArray(value: readonly unknown[], schema: JsonSchema, path: Path): readonly Problem[] {
  const { minItems = 0, maxItems = Number.POSITIVE_INFINITY, prefixItems = [], items, uniqueItems } = schema;
  if (value.length < minItems)
    return [{ path, message: `must have at least ${minItems} ${minItems === 1 ? 'entry' : 'entries'}` }];
  if (value.length > maxItems) return [{ path, message: `must have at most ${maxItems} entries` }];
  if (uniqueItems === true && new Set(value.map(entry => JSON.stringify(entry))).size < value.length) {
    return [{ path, message: 'must not name the same thing twice' }];
  }
  return value.flatMap((entry, index) => {
    const expected = prefixItems[index] ?? items;
    if (expected === false) return [{ path: [...path, index], message: 'one entry too many' }];
    return expected === undefined ? [] : validate(entry, expected, [...path, index]);
  });
}

function validateObject(value: Readonly<Record<string, unknown>>, schema: JsonSchema, path: Path): readonly Problem[] {
  const { properties = {}, required = [], additionalProperties } = schema;
  const problems: Problem[] = [];
  for (const [key, entry] of Object.entries(value)) {
    const expected = Object.hasOwn(properties, key) ? properties[key] : additionalProperties;
    if (expected === false) {
      const noun = path.at(-1) === 'rules' ? 'rule' : 'key';
      problems.push({ path: [...path, key], message: `unknown ${noun}${didYouMean(key, Object.keys(properties))}` });
      // An undefined value in a script counts as a key that is not there.
    } else if (expected !== undefined && entry !== undefined)
      problems.push(...validate(entry, expected, [...path, key]));
  }
  for (const key of required) {
    if (value[key] === undefined)
      problems.push({ path, message: `${path.length === 0 ? '' : 'the key '}${key} is missing` });
  }
  return problems;
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return String(value);
}
