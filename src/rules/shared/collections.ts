import type { UpdateOperator } from '../../operations/mongo.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import type { State } from '../../schema/state.ts';
import { atLeast, type Server } from '../../server/server.ts';
import type { Range } from '../../source/source-file.ts';
import type { RuleContext } from '../rule.ts';

/** Whether running code may be using a collection: it was not made in this deploy. */
export function isLiveCollection(context: RuleContext<unknown>, collection: ObjectName, state: State): boolean {
  return !context.isNew(context.resolve(collection, state), state);
}

/** Whether the server is known to be older than a version; one whose version nobody said is taken for a current one. */
export function isBefore(server: Server, version: string): boolean {
  return server.version !== '' && !atLeast(server, version);
}

/**
 * Where an update takes a field that running code uses away from many documents: by an operator, of a collection that is in use,
 * and not in the contract phase.
 *
 * @param operator - `$rename` or `$unset`
 */
export function fieldsTaken(
  context: RuleContext<unknown>,
  { collection, many, operators, emptyFields = [], blocks = [] }: OperationOf<'updateDocuments'>,
  operator: string,
  state: State,
): readonly { readonly range: Range; readonly field: string; readonly fields: UpdateOperator['fields'] }[] {
  const reachesMany = many || blocks.some(({ kind }) => kind === 'loop');
  if (!reachesMany || !isLiveCollection(context, collection, state)) return [];
  return operators.flatMap(({ name, fields, range }) => {
    const live = fields.filter(
      field => !emptyFields.includes(field.name) && !context.isContracted(`${collection.name}.${field.name}`),
    );
    if (name !== operator || (fields.length > 0 && live.length === 0)) return [];
    return [
      { range, field: fields.length === 0 ? 'its fields' : live.map(each => each.name).join(', '), fields: live },
    ];
  });
}
