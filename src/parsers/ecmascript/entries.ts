import type { Evaluated } from './interpreter.ts';
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

function entryOf(value: Value, name: string, module: Evaluated): FunctionValue | undefined {
  if (value.kind === 'class') return module.method(value, name);
  if (value.kind === 'instance') return module.method(value.of, name);
  if (value.kind !== 'record') return undefined;
  const entry = value.entries.get(name);
  return entry?.kind === 'function' ? entry : undefined;
}
