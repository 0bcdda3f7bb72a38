import type { DataType } from '../operations/data-types.ts';
import type { ColumnDefinition, ConstraintDefinition } from '../operations/definitions.ts';
import { isNullLiteral, type WrittenExpression } from '../operations/expressions.ts';
import { displayName } from '../operations/names.ts';
import { type ConstraintContext, makeNotNull } from './constraints.ts';
import { heedsColumnReferences } from './dialects.ts';
import { sequencesOf } from './expressions.ts';
import { resolveRelation, resolveType } from './lookup.ts';
import type { Column, ObjectId, Origin, Sequence, Table } from './schema.ts';
import { chooseRelationName } from './server-names.ts';
import type { State } from './state.ts';
import { putRelation, recordTypeUse, takeId, updateRelation, updateTable } from './store.ts';

/**
 * Makes a column from its definition, with the sequence behind serial or identity; its constraints are left to the caller.
 *
 * @param table - where it will stand; only its name, schema and id count
 */
export function makeColumn(
  state: State,
  table: Table,
  definition: ColumnDefinition,
  at: Origin,
): readonly [State, Column] {
  const { name, type, collation, identity, generated, serial, autoIncrement, charset, onUpdate, invisible, comment } =
    definition;
  const { defaultName } = definition;
  const needsSequence = identity !== undefined || serial === true;
  const [sequenced, sequence] = needsSequence ? makeOwnSequence(state, table, name, type, at) : [state, undefined];
  const typeId = type === undefined ? undefined : resolveType(state, type)?.id;
  const written = serial && sequence !== undefined ? nextvalOf(sequence, definition) : definition.default;
  const column: Column = {
    name,
    notNull: needsSequence,
    defaultSinceCreation: written !== undefined && !isNullLiteral(written.expression),
    origin: at,
    ...(type === undefined ? {} : { type }),
    ...(typeId === undefined ? {} : { typeId }),
    ...(collation === undefined ? {} : { collation: displayName(collation) }),
    ...(written === undefined ? {} : { default: written }),
    ...(defaultName === undefined ? {} : { defaultName }),
    ...(identity === undefined ? {} : { identity }),
    ...(generated === undefined ? {} : { generated }),
    ...(autoIncrement === undefined ? {} : { autoIncrement }),
    ...(charset === undefined ? {} : { charset }),
    ...(onUpdate === undefined ? {} : { onUpdate }),
    ...(invisible === undefined ? {} : { invisible }),
    ...(comment === undefined ? {} : { comment }),
    ...(sequence === undefined ? {} : { sequence: sequence.id }),
  };
  return [recordDefault(recordTypeUse(sequenced, typeId, table.id), table.id, written), column];
}

/** Whether a column definition makes the column NOT NULL, whether it says so or not. */
export function impliesNotNull(definition: ColumnDefinition): boolean {
  const { notNull, identity, serial, autoIncrement } = definition;
  return notNull || identity !== undefined || serial === true || autoIncrement === true;
}

/** The constraints that the server makes of those written at a column. */
export function columnConstraints(state: State, definition: ColumnDefinition): readonly ConstraintDefinition[] {
  const { constraints } = definition;
  if (heedsColumnReferences(state)) return constraints;
  return constraints.filter(({ type }) => type !== 'foreignKey');
}

/** Makes the column NOT NULL as its definition says or implies. */
export function applyNotNull(
  state: State,
  table: ObjectId,
  definition: ColumnDefinition,
  context: ConstraintContext,
): State {
  if (!impliesNotNull(definition) && definition.notNullConstraint === undefined) return state;
  const given = definition.notNullConstraint;
  return makeNotNull(state, table, given ?? { column: definition.name }, context);
}

/** The sequence that the server makes for a serial or identity column. */
export function makeOwnSequence(
  state: State,
  table: Pick<Table, 'id' | 'schema' | 'name' | 'persistence'>,
  column: string,
  type: DataType | undefined,
  at: Origin,
): readonly [State, Sequence] {
  const [next, id] = takeId(state);
  const sequence: Sequence = {
    kind: 'sequence',
    id,
    schema: table.schema,
    name: chooseRelationName(state, table.schema, table.name, column, 'seq'),
    origin: at,
    ...(type === undefined ? {} : { type }),
    ownedBy: { table: table.id, column },
    temporary: table.persistence === 'temporary',
    usedBy: [],
  };
  return [putRelation(next, sequence), sequence];
}

/** The default of a serial column, as the server writes it. */
function nextvalOf(sequence: Sequence, definition: ColumnDefinition): WrittenExpression {
  const name =
    sequence.schema === 'public' ? quoted(sequence.name) : `${quoted(sequence.schema)}.${quoted(sequence.name)}`;
  const regclass: DataType = { name: 'regclass', modifiers: [], arrayDimensions: 0, builtin: true, text: 'regclass' };
  return {
    expression: {
      kind: 'call',
      name: { name: 'nextval' },
      args: [{ kind: 'cast', operand: { kind: 'literal', type: 'string', value: name }, type: regclass }],
    },
    range: definition.range,
    text: `nextval('${name.replaceAll("'", "''")}'::regclass)`,
  };
}

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Lets the sequences that a default calls know of the table. */
export function recordDefault(state: State, table: ObjectId, written: WrittenExpression | undefined): State {
  return sequencesOf(written).reduce((current, name) => {
    const sequence = resolveRelation(current, name);
    return updateRelation(current, sequence?.id, 'sequence', found =>
      found.usedBy.includes(table) ? found : { ...found, usedBy: [...found.usedBy, table] },
    );
  }, state);
}

/** Changes one column of a table; nothing where the table does not have it. */
export function updateColumn(state: State, table: ObjectId, name: string, change: (column: Column) => Column): State {
  return updateTable(state, table, found => {
    const index = found.columns.findIndex(column => column.name === name);
    if (index < 0) return found;
    return { ...found, columns: found.columns.with(index, change(found.columns[index]!)) };
  });
}

/**
 * The table with the column that a statement needs: one that an incompletely known table does not show is entered as unknown.
 */
export function ensureColumn(state: State, tableId: ObjectId, name: string): State {
  return updateTable(state, tableId, table => {
    if (table.complete || table.columns.some(column => column.name === name) || table.goneColumns.includes(name)) {
      return table;
    }
    const unknown: Column = { name, notNull: 'unknown', defaultSinceCreation: false };
    return { ...table, columns: [...table.columns, unknown] };
  });
}
