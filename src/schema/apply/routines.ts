import { type DataType, sameDataType } from '../../operations/data-types.ts';
import { type NameKey, nameKey, type ObjectName } from '../../operations/names.ts';
import type { OperationOf, RoutineOperation } from '../../operations/operations.ts';
import { dropTogether } from '../drop.ts';
import { creationSchema, lookupSchemas } from '../lookup.ts';
import type { Origin, Routine } from '../schema.ts';
import type { State } from '../state.ts';
import { withSchema } from '../store.ts';
import type { ApplyTable } from './apply.ts';

export const ROUTINES: ApplyTable<RoutineOperation['kind']> = {
  createRoutine,
  alterRoutine: (state, operation) => {
    const found = findRoutine(state, operation.routine, operation.argumentTypes);
    if (found === undefined) return state;
    const { volatility, securityDefiner, settings } = operation;
    const changed: Routine = {
      ...found.routine,
      ...(volatility === undefined ? {} : { volatility }),
      ...(securityDefiner === undefined ? {} : { securityDefiner }),
      settings: [...new Set([...found.routine.settings, ...settings])],
    };
    return withSchema(state, {
      routines: state.schema.routines.update(found.key, [], list => list.with(found.position, changed)),
    });
  },
  dropRoutine: (state, { routine, argumentTypes }, at) => {
    const found = findRoutine(state, routine, argumentTypes);
    if (found === undefined) return state;
    const { schema, name } = found.routine;
    return dropTogether(state, [{ kind: 'routine', schema, name, position: found.position }], at);
  },
};

function createRoutine(state: State, operation: OperationOf<'createRoutine'>, at: Origin): State {
  const { routine: name, form, returns, volatility, language, securityDefiner, settings, query } = operation;
  const argumentTypes = operation.argumentTypes.map(withoutModifiers);
  const schema = creationSchema(state, name);
  const key = nameKey(schema, name.name);
  const overloads = state.schema.routines.get(key) ?? [];
  const position = overloads.findIndex(other => sameTypes(other.argumentTypes, argumentTypes));
  const origin = overloads[position]?.origin ?? at;
  const routine: Routine = {
    name: name.name,
    schema,
    form,
    argumentTypes,
    ...(returns === undefined ? {} : { returns }),
    volatility,
    language,
    securityDefiner,
    settings,
    ...(operation.body === undefined ? {} : { body: operation.body.text }),
    ...(query === undefined ? {} : { query }),
    origin: operation.replace ? origin : at,
  };
  const list = position < 0 ? [...overloads, routine] : overloads.with(position, routine);
  return withSchema(state, { routines: state.schema.routines.set(key, list) });
}

/** Modifiers are no part of a routine's signature: the server forgets them. */
function withoutModifiers(type: DataType): DataType {
  return type.modifiers.length === 0 ? type : { ...type, modifiers: [] };
}

function sameTypes(left: readonly DataType[], right: readonly DataType[]): boolean {
  return (
    left.length === right.length &&
    left.every((type, index) => sameDataType(withoutModifiers(type), withoutModifiers(right[index]!)))
  );
}

interface FoundRoutine {
  readonly key: NameKey;
  readonly position: number;
  readonly routine: Routine;
}

/** A routine by its arguments, or by its name alone where that says which. */
export function findRoutine(
  state: State,
  name: ObjectName,
  argumentTypes: readonly DataType[] | undefined,
): FoundRoutine | undefined {
  for (const schema of lookupSchemas(state, name)) {
    const key = nameKey(schema, name.name);
    const overloads = state.schema.routines.get(key) ?? [];
    const position =
      argumentTypes === undefined
        ? overloads.length - 1
        : overloads.findIndex(other => sameTypes(other.argumentTypes, argumentTypes));
    const routine = overloads[position];
    if (routine !== undefined) return { key, position, routine };
  }
  return undefined;
}
