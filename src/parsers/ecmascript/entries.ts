import type { Fragment } from '../../source/fragment.ts';
import type { Evaluated } from './interpreter.ts';
import { entry, textsOf } from './sql-text.ts';
import type { FunctionValue, Value } from './values.ts';

/**
 * The function of a migration by its name, in whatever way the file exports it: by itself, in an object, in a class.
 *
 * @returns undefined where the file has none
 */
export function findEntry(module: Evaluated, name: string): FunctionValue | undefined {
  const direct = module.exported.get(name);
  if (direct?.kind === 'function') return direct;
  const known = [...module.exported.values(), ...module.names.values()];
  for (const value of known) {
    const found = entryOf(value, name, module);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The SQL that a migration is in place of a function by that name: one text or several in order.
 *
 * @returns empty where there is none
 */
export function findTexts(module: Evaluated, name: string): readonly Fragment[] {
  const known = [...module.exported.values()].map(value => entry(value, name));
  for (const value of [module.exported.get(name), ...known]) {
    const texts = textsOf(value);
    if (texts !== undefined && texts.length > 0) return texts;
  }
  return [];
}

function entryOf(value: Value, name: string, module: Evaluated): FunctionValue | undefined {
  if (value.kind === 'class') return module.method(value, name);
  if (value.kind === 'instance') return module.method(value.of, name);
  if (value.kind !== 'record') return undefined;
  const found = value.entries.get(name);
  return found?.kind === 'function' ? found : undefined;
}
