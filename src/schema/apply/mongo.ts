import type { MongoOperation } from '../../operations/mongo.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf } from '../../operations/operations.ts';
import { ensureTable } from '../context.ts';
import type { Origin } from '../schema.ts';
import type { State } from '../state.ts';
import { ALTER_TABLE } from './alter-table.ts';
import { type ApplyTable, unchanged } from './apply.ts';
import { INDEXES } from './indexes.ts';
import { MYSQL } from './mysql.ts';
import { TABLES } from './tables.ts';

/** Collections are kept as tables without columns, their indexes as those of a table, the rules of validation as options. */
export const MONGO: ApplyTable<MongoOperation['kind']> = {
  createCollection,
  dropCollection: (state, { collection, range, head }, at) =>
    TABLES.dropTable(state, { kind: 'dropTable', table: collection, ifExists: true, cascade: true, range, head }, at),
  renameCollection: (state, { collection, newName, range, head }, at) =>
    ALTER_TABLE.renameTable(
      ensureTable(state, collection)[0],
      { kind: 'renameTable', table: collection, newName, relationKind: 'table', range, head },
      at,
    ),
  dropDocumentDatabase: unchanged,
  createDocumentIndex: makeIndex,
  dropDocumentIndex: (state, { collection, index, range, head }, at) =>
    index === undefined
      ? known(state, collection)
      : INDEXES.dropIndex(
          known(state, collection),
          {
            ...{ kind: 'dropIndex', index: { name: index }, table: collection, concurrently: false, ifExists: true },
            ...{ cascade: false, range, head },
          },
          at,
        ),
  hideDocumentIndex,
  modifyCollection,
  updateDocuments: (state, { collection }) => known(state, collection),
  deleteDocuments: (state, { collection }) => known(state, collection),
  insertDocuments: (state, { collection }) => known(state, collection),
};

/** The state in which a collection that something is done to is there. */
function known(state: State, collection: ObjectName): State {
  return ensureTable(state, collection)[0];
}

function makeIndex(
  state: State,
  {
    collection,
    name,
    fields,
    unique,
    range,
    head,
  }: Pick<OperationOf<'createDocumentIndex'>, 'collection' | 'name' | 'fields' | 'unique' | 'range' | 'head'>,
  at: Origin,
): State {
  return INDEXES.createIndex(
    known(state, collection),
    {
      ...{ kind: 'createIndex', table: collection, unique, concurrently: false, ifNotExists: true, only: false },
      ...{ method: 'btree', elements: fields.map(column => ({ column })), including: [], options: [], range, head },
      ...(name === undefined ? {} : { name }),
    },
    at,
  );
}

/** An index that nobody has seen is there when it can be hidden. */
function hideDocumentIndex(state: State, operation: OperationOf<'hideDocumentIndex'>, at: Origin): State {
  const { collection, index, hidden, range, head } = operation;
  if (index === undefined) return known(state, collection);
  return MYSQL.setIndexVisibility(
    makeIndex(state, { collection, name: index, fields: [], unique: false, range, head }, at),
    { kind: 'setIndexVisibility', table: collection, index, visible: !hidden, range, head },
    at,
  );
}

function createCollection(state: State, operation: OperationOf<'createCollection'>, at: Origin): State {
  const { collection, range, head } = operation;
  return TABLES.createTable(
    state,
    {
      ...{ kind: 'createTable', table: collection, ifNotExists: true, persistence: 'permanent', range, head },
      ...{ columns: [], constraints: [], inherits: [], like: [], options: [] },
    },
    at,
  );
}

/** What is said of validation stays until it is said otherwise. */
function modifyCollection(state: State, operation: OperationOf<'modifyCollection'>, at: Origin): State {
  const { collection, validationLevel, validationAction, range, head } = operation;
  const options = Object.entries({ validationLevel, validationAction }).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name, value }],
  );
  return ALTER_TABLE.setTableOptions(
    known(state, collection),
    { kind: 'setTableOptions', table: collection, options, reset: false, range, head },
    at,
  );
}
