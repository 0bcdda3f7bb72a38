import type { ObjectName } from '../../operations/names.ts';
import type { Operation } from '../../operations/operations.ts';
import { routinesNamed } from '../lookup.ts';
import type { Routine } from '../schema.ts';
import type { State } from '../state.ts';

/** Calls of routines that may change the schema: what is inside a routine is not replayed. */

/** Whether an operation calls a routine that is known to change the schema, or may do so for all that the history shows. */
export function callsForChanges(state: State, operation: Operation): boolean {
  switch (operation.kind) {
    case 'call':
      return mayChangeSchema(state, operation.routine, true);
    case 'select':
      return operation.query.calls.some(({ name }) => mayChangeSchema(state, name, isForeign(name)));
    default:
      return false;
  }
}

/** @param otherwise - the answer for a routine that the history does not show */
function mayChangeSchema(state: State, name: ObjectName, otherwise: boolean): boolean {
  const routines = routinesNamed(state, name);
  return routines.length === 0 ? otherwise : routines.some(hasDefinitions);
}

const DEFINITIONS = /\b(?:execute|create|alter|drop|call)\b/i;

/** Whether a routine's body has a statement that may define something; a body that cannot be seen may. */
function hasDefinitions({ volatility, query, body }: Routine): boolean {
  return volatility === 'volatile' && query === undefined && (body === undefined || DEFINITIONS.test(body));
}

/** Functions of extensions whose work is to define things: of PostGIS, TimescaleDB and Citus. */
const DEFINING_FUNCTIONS: ReadonlySet<string> = new Set([
  'addgeometrycolumn',
  'dropgeometrycolumn',
  'dropgeometrytable',
  'updategeometrysrid',
  'create_hypertable',
  'create_distributed_table',
  'create_reference_table',
  'undistribute_table',
]);

/** Whether a function that the history does not show is none of the server's own: `partman.create_parent`, `AddGeometryColumn`. */
function isForeign({ schema, name }: ObjectName): boolean {
  if (schema === undefined) return DEFINING_FUNCTIONS.has(name);
  return schema !== 'pg_catalog' && schema !== 'information_schema';
}
