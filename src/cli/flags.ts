import { parseArgs } from 'node:util';
import { didYouMean } from '../nearest.ts';
import { usageError } from '../usage-error.ts';

/** How a flag is written. */
interface FlagSpec {
  /** Whether a value follows; what it is called in messages. */
  readonly value?: string;
  /** Whether it may be given more than once; else the last one counts. */
  readonly repeatable?: true;
  readonly short?: string;
}

export type FlagTable = Readonly<Record<string, FlagSpec>>;

/** What was on the command line. */
export interface Arguments {
  /** Names without dashes of the flags that were given. */
  readonly flags: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** The value of a flag; undefined where it was not given. */
  value(flag: string): string | undefined;
  /** All values of a repeatable flag, in order. */
  values(flag: string): readonly string[];
}

/** Flags that every command has. */
export const COMMON_FLAGS = {
  color: {},
  'no-color': {},
  debug: {},
  help: { short: 'h' },
  version: { short: 'v' },
} as const satisfies FlagTable;

/**
 * Reads a command line.
 *
 * @param argv - without the program and the command
 * @param table - the flags that the command has
 * @throws a usage error for a flag that it has not, or one without its value
 */
export function parseArguments(argv: readonly string[], table: FlagTable): Arguments {
  const options = Object.fromEntries(
    Object.entries(table).map(([name, { value, short }]) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
      },
    ]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const spec = Object.hasOwn(table, name) ? table[name] : undefined;
    if (spec === undefined) {
      const known = Object.keys(table).map(flag => `--${flag}`);
      throw usageError(`unknown flag ${rawName}${didYouMean(rawName, known) || '; surefoot --help lists the flags'}`);
    }
    if (spec.value === undefined && value !== undefined) throw usageError(`${rawName} takes no value, got ${value}`);
    // A flag where the value should be: the value was forgotten.
    const missing = value === undefined || value === '' || (inlineValue !== true && /^-./.test(value));
    if (spec.value !== undefined && missing) throw usageError(`${rawName} needs a value: ${rawName} <${spec.value}>`);
    given.set(name, [...(spec.repeatable === true ? (given.get(name) ?? []) : []), value ?? '']);
  }
  return {
    flags: new Set(given.keys()),
    positionals,
    value: flag => given.get(flag)?.at(-1),
    values: flag => given.get(flag) ?? [],
  };
}

/**
 * The value of a flag that must be one of a list.
 *
 * @throws a usage error that names the nearest one
 */
export function oneOf<Value extends string>(flag: string, value: string, known: readonly Value[]): Value {
  const found = known.find(each => each === value);
  if (found !== undefined) return found;
  throw usageError(
    `${flag} ${value}: unknown ${flag.replace(/^--/, '')}${didYouMean(value, known)} (known: ${known.join(', ')})`,
  );
}

/** What a flag's value means; undefined where the flag was not given. */
export function mapValue<Value>(value: string | undefined, map: (value: string) => Value): Value | undefined {
  return value === undefined ? undefined : map(value);
}

/** A key that is left out where its value is undefined. */
export function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}
