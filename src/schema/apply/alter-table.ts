import { isNullLiteral } from '../../operations/expressions.ts';
import type { ObjectName } from '../../operations/names.ts';
import type { AlterTableOperation, OperationOf } from '../../operations/operations.ts';
import {
  applyNotNull,
  columnConstraints,
  ensureColumn,
  makeColumn,
  makeOwnSequence,
  recordDefault,
  updateColumn,
} from '../columns.ts';
import { addConstraint, adoptReferences } from '../constraints.ts';
import { ensureRelation, ensureTable } from '../context.ts';
import { catalogueOf } from '../dialects.ts';
import { dropTogether, unlinkChild } from '../drop.ts';
import { descendantsOf, findColumn, indexesOf, resolveType } from '../lookup.ts';
import { inheritFromParent } from '../partitions.ts';
import { placeRelation, renameColumn, renameConstraint, renameInViews } from '../renames.ts';
import type { Column, Index, ObjectId, Origin, Table, TableConstraint } from '../schema.ts';
import type { State } from '../state.ts';
import { putRelation, recordTypeUse, tableById, updateRelation, updateTable } from '../store.ts';
import type { ApplyTable } from './apply.ts';
import { placeColumn } from './mysql.ts';
import { isBelow, linkChild } from './tables.ts';

type Kinds = AlterTableOperation['kind'];
type Target = { readonly table: ObjectName; readonly only?: true };

export const ALTER_TABLE: ApplyTable<Kinds> = {
  addColumn,
  dropColumn,
  renameColumn: applyRenameColumn,
  alterColumnType,
  setDefault: (state, operation) =>
    isNullLiteral(operation.default.expression)
      ? changeColumns(state, operation, withoutDefault)
      : setDefault(state, operation),
  dropDefault: (state, operation) => changeColumns(state, operation, withoutDefault),
  setNotNull: (state, operation, at) =>
    onColumn(state, operation, (next, { id }) =>
      addConstraint(
        next,
        id,
        { type: 'notNull', column: operation.column, range: operation.range },
        { at, ...only(operation) },
      ),
    ),
  dropNotNull,
  setExpression: (state, operation) =>
    changeColumns(state, operation, column => ({
      ...column,
      generated: { expression: operation.expression, storage: column.generated?.storage ?? 'stored' },
    })),
  dropExpression: (state, operation) => changeColumns(state, operation, ({ generated: _, ...column }) => column),
  addIdentity,
  alterIdentity: (state, operation) => {
    const { identity } = operation;
    return changeColumns(state, operation, column => (identity === undefined ? column : { ...column, identity }));
  },
  dropIdentity,
  setColumnStatistics: (state, operation) => onColumn(state, operation, next => next),
  setColumnOptions: (state, operation) => onColumn(state, operation, next => next),
  setColumnStorage: (state, operation) =>
    changeColumns(state, operation, column => ({ ...column, storage: operation.storage })),
  setColumnCompression: (state, operation) =>
    changeColumns(state, operation, column => ({ ...column, compression: operation.compression })),
  addCheck: applyAddConstraint,
  addNotNullConstraint: applyAddConstraint,
  addUnique: applyAddConstraint,
  addPrimaryKey: applyAddConstraint,
  addForeignKey: applyAddConstraint,
  addExclude: applyAddConstraint,
  validateConstraint: (state, operation) =>
    changeConstraints(state, operation, operation.name, constraint => ({ ...constraint, valid: constraint.enforced })),
  alterConstraint,
  dropConstraint: (state, operation, at) =>
    onTable(state, operation, (next, table) => {
      const preset = table.columns.find(({ defaultName }) => defaultName === operation.name);
      return preset === undefined
        ? dropConstraint(next, table, operation.name, operation, at)
        : updateColumn(next, table.id, preset.name, withoutDefault);
    }),
  renameConstraint: (state, operation, at) =>
    onTable(state, operation, (next, table) => renameConstraint(next, table, operation.name, operation.newName, at)),
  attachPartition,
  detachPartition,
  setLogged: (state, operation) =>
    changeTable(state, operation, table => ({ ...table, persistence: operation.logged ? 'permanent' : 'unlogged' })),
  setTablespace,
  setAccessMethod: (state, operation) =>
    changeTable(state, operation, ({ accessMethod: _, ...table }) =>
      operation.accessMethod === undefined ? table : { ...table, accessMethod: operation.accessMethod },
    ),
  setTableOptions: (state, operation) =>
    changeTable(state, operation, table => {
      const names = new Set(operation.options.map(({ name }) => name));
      const kept = table.options.filter(({ name }) => !names.has(name));
      return { ...table, options: operation.reset ? kept : [...kept, ...operation.options] };
    }),
  clusterOn: (state, operation) => onTable(state, operation, next => next),
  enableTrigger: (state, operation) => switchTriggers(state, operation, operation.trigger, true),
  disableTrigger: (state, operation) => switchTriggers(state, operation, operation.trigger, false),
  enableRule: (state, operation) => onTable(state, operation, next => next),
  disableRule: (state, operation) => onTable(state, operation, next => next),
  inherit: (state, operation) =>
    onTable(state, operation, (next, child) => {
      const [known, parent] = ensureTable(next, operation.parent);
      const refused = parent === undefined || child.inherits.includes(parent.id) || isBelow(known, parent, child.id);
      return refused ? known : linkChild(known, parent.id, child.id);
    }),
  noInherit: (state, operation) =>
    onTable(state, operation, (next, child) => {
      const [known, parent] = ensureTable(next, operation.parent);
      return parent === undefined ? known : leaveParent(known, parent.id, child.id);
    }),
  ofType: (state, operation) =>
    changeTable(state, operation, ({ ofType: _, ...table }) => {
      const type = operation.type === undefined ? undefined : resolveType(state, operation.type);
      return type === undefined ? table : { ...table, ofType: type.id };
    }),
  setReplicaIdentity: (state, operation) =>
    changeTable(state, operation, table => {
      const index = indexesOf(state, table).find(({ name }) => name === operation.index)?.id;
      return { ...table, replicaIdentity: { kind: operation.identity, ...(index === undefined ? {} : { index }) } };
    }),
  setRowSecurity: (state, operation) =>
    changeTable(state, operation, table => ({
      ...table,
      rowSecurity: { ...table.rowSecurity, ...ROW_SECURITY[operation.change] },
    })),
  renameTable: (state, operation, at) => {
    const [known, relation] = ensureRelation(state, operation.table, operation.relationKind);
    if (relation === undefined) return known;
    const schema = operation.newSchema ?? relation.schema;
    const placed = placeRelation(known, relation.id, { schema, name: operation.newName }, at);
    return adoptReferences(known, placed, relation.id);
  },
  setRelationSchema: (state, operation, at) => {
    const [known, relation] = ensureRelation(state, operation.table, operation.relationKind);
    if (relation === undefined) return known;
    return placeRelation(known, relation.id, { schema: operation.schema, name: relation.name }, at);
  },
  setRelationOwner: (state, operation) => ensureRelation(state, operation.table, operation.relationKind)[0],
  otherTableChange: (state, operation) => onTable(state, operation, next => next),
};

const ROW_SECURITY = {
  enable: { enabled: true },
  disable: { enabled: false },
  force: { forced: true },
  'no force': { forced: false },
} as const;

function only(operation: Target): { readonly only?: true } {
  return operation.only ? { only: true } : {};
}

/** Runs a change on the table of an operation; an unknown one is entered first, one that is gone is left. */
function onTable(state: State, operation: Target, change: (state: State, table: Table) => State): State {
  const [known, table] = ensureTable(state, operation.table);
  return table === undefined ? known : change(known, table);
}

function changeTable(state: State, operation: Target, change: (table: Table) => Table): State {
  return onTable(state, operation, (next, { id }) => updateTable(next, id, change));
}

/** {@link onTable} with the column of the operation entered where the table is known in part. */
function onColumn(
  state: State,
  operation: Target & { readonly column: string },
  change: (state: State, table: Table) => State,
): State {
  return onTable(state, operation, (next, { id }) => {
    const ensured = ensureColumn(next, id, operation.column);
    const table = tableById(ensured, id);
    return table === undefined ? ensured : change(ensured, table);
  });
}

/** Changes a column of the table, and of its partitions and children unless ONLY the table is meant. */
function changeColumns(
  state: State,
  operation: Target & { readonly column: string },
  change: (column: Column) => Column,
): State {
  return onColumn(state, operation, (next, table) =>
    reached(next, table, operation).reduce(
      (current, { id }) => updateColumn(current, id, operation.column, change),
      next,
    ),
  );
}

function reached(state: State, table: Table, operation: Target): readonly Table[] {
  return operation.only ? [table] : [table, ...descendantsOf(state, table)];
}

function addColumn(state: State, operation: OperationOf<'addColumn'>, at: Origin): State {
  const { column: definition, ifNotExists } = operation;
  return onTable(state, operation, (start, table) => {
    const existing = findColumn(table, definition.name);
    if (ifNotExists && existing !== undefined && !existing.uncertain) return start;
    // The server would refuse a second column of the name: the newest counts.
    const free =
      existing === undefined
        ? start
        : dropTogether(start, [{ kind: 'column', table: table.id, column: definition.name }], at);
    const [made, column] = makeColumn(free, table, definition, at);
    const added = putColumn(made, table.id, column);
    const context = { at, created: true };
    const strict = applyNotNull(added, table.id, definition, context);
    const complete = findColumn(tableById(strict, table.id) ?? table, definition.name) ?? column;
    const inherited = descendantsOf(strict, table).reduce((current, child) => {
      if (findColumn(child, definition.name) !== undefined) return current;
      const { sequence, ...copy } = complete;
      const notNull = tableById(current, table.id)?.constraints.find(
        constraint => constraint.type === 'notNull' && constraint.column === definition.name,
      );
      const withColumn = putColumn(current, child.id, { ...copy, inherited: true });
      return notNull === undefined
        ? withColumn
        : updateTable(withColumn, child.id, changed => ({
            ...changed,
            constraints: [...changed.constraints, { ...notNull, inherited: true }],
          }));
    }, strict);
    const placed = updateTable(inherited, table.id, found => placeColumn(found, definition.name, operation.position));
    return columnConstraints(state, definition).reduce(
      (current, constraint) => addConstraint(current, table.id, constraint, context),
      placed,
    );
  });
}

function putColumn(state: State, id: ObjectId, column: Column): State {
  const put = updateTable(state, id, table => ({
    ...table,
    columns: [...table.columns.filter(({ name }) => name !== column.name), column],
    goneColumns: table.goneColumns.includes(column.name)
      ? table.goneColumns.filter(name => name !== column.name)
      : table.goneColumns,
  }));
  return recordTypeUse(put, column.typeId, id);
}

function dropColumn(state: State, operation: OperationOf<'dropColumn'>, at: Origin): State {
  return onTable(state, operation, (next, table) => {
    const { dropColumn: effect } = catalogueOf(state);
    const kept = effect === 'shrinks indexes' ? shrinkIndexes(next, table, operation.column) : next;
    const local = operation.only ? makeLocal(kept, table, operation.column) : kept;
    return dropTogether(local, [{ kind: 'column', table: table.id, column: operation.column }], at);
  });
}

/** Takes a column out of those indexes and keys that have others besides. */
function shrinkIndexes(state: State, table: Table, column: string): State {
  const without = (elements: Index['elements']): Index['elements'] =>
    elements.filter(element => element.column !== column);
  const shrinking = indexesOf(state, table).filter(({ elements }) => {
    const left = without(elements).length;
    return left > 0 && left < elements.length;
  });
  const ids = new Set(shrinking.map(({ id }) => id));
  const shrunk = shrinking.reduce(
    (current, index) => putRelation(current, { ...index, elements: without(index.elements) }),
    state,
  );
  return updateTable(shrunk, table.id, found => ({
    ...found,
    constraints: found.constraints.map(constraint =>
      (constraint.type === 'unique' || constraint.type === 'primaryKey') && ids.has(constraint.index)
        ? { ...constraint, columns: constraint.columns.filter(name => name !== column) }
        : constraint,
    ),
  }));
}

/** DROP COLUMN on ONLY a parent: the children keep theirs as their own. */
function makeLocal(state: State, table: Table, column: string): State {
  return descendantsOf(state, table).reduce(
    (current, { id }) => updateColumn(current, id, column, ({ inherited: _, ...own }) => own),
    state,
  );
}

function applyRenameColumn(state: State, operation: OperationOf<'renameColumn'>): State {
  const { column, newName } = operation;
  const [known, relation] = ensureRelation(state, operation.table, operation.relationKind);
  switch (relation?.kind) {
    case 'table': {
      const ensured = ensureColumn(known, relation.id, column);
      const table = tableById(ensured, relation.id);
      return table === undefined ? ensured : renameColumn(ensured, table, column, newName, operation.only === true);
    }
    case 'view':
    case 'materialized view': {
      if (relation.columns === undefined) return known;
      const columns = relation.columns.map(name => (name === column ? newName : name));
      return renameInViews(putRelation(known, { ...relation, columns }), relation, column, newName);
    }
    default:
      return known;
  }
}

function alterColumnType(state: State, operation: OperationOf<'alterColumnType'>): State {
  const typeId = resolveType(state, operation.type)?.id;
  const { collation } = operation;
  const change = ({ typeId: old, collation: _, ...column }: Column): Column => ({
    ...column,
    ...(old === undefined || old === typeId || column.default === undefined || column.defaultType !== undefined
      ? {}
      : { defaultType: old }),
    type: operation.type,
    ...(typeId === undefined ? {} : { typeId }),
    ...(collation === undefined ? {} : { collation: collation.name }),
  });
  return onColumn(state, operation, (next, table) =>
    reached(next, table, operation).reduce(
      (current, { id }) => recordTypeUse(updateColumn(current, id, operation.column, change), typeId, id),
      next,
    ),
  );
}

function setDefault(state: State, operation: OperationOf<'setDefault'>): State {
  const { constraintName } = operation;
  const named = constraintName === undefined ? {} : { defaultName: constraintName };
  const change = ({ defaultType: _, ...column }: Column): Column => ({
    ...column,
    default: operation.default,
    ...named,
  });
  return onColumn(state, operation, (next, table) =>
    reached(next, table, operation).reduce(
      (current, { id }) => recordDefault(updateColumn(current, id, operation.column, change), id, operation.default),
      next,
    ),
  );
}

function withoutDefault({ default: _, defaultName: __, defaultType: ___, ...column }: Column): Column {
  return { ...column, defaultSinceCreation: false };
}

function dropNotNull(state: State, operation: OperationOf<'dropNotNull'>, at: Origin): State {
  return onColumn(state, operation, (next, table) => {
    const constraint = table.constraints.find(
      candidate => candidate.type === 'notNull' && candidate.column === operation.column,
    );
    if (constraint === undefined) {
      return updateColumn(next, table.id, operation.column, column => ({ ...column, notNull: false }));
    }
    return dropConstraint(next, table, constraint.name, operation, at);
  });
}

/** Drops a constraint by name, and where it came down to partitions and children from there too. */
function dropConstraint(state: State, table: Table, name: string, operation: Target, at: Origin): State {
  const inheriting = operation.only
    ? []
    : descendantsOf(state, table).filter(child =>
        child.constraints.some(constraint => constraint.name === name && constraint.inherited),
      );
  const targets = [table, ...inheriting].map(({ id }) => ({ kind: 'constraint', table: id, name }) as const);
  return dropTogether(state, targets, at);
}

function addIdentity(state: State, operation: OperationOf<'addIdentity'>, at: Origin): State {
  const { column: name, identity } = operation;
  return onColumn(state, operation, (next, table) => {
    const column = findColumn(table, name);
    if (column === undefined) return next;
    const [made, sequence] =
      column.sequence === undefined
        ? makeOwnSequence(next, table, name, column.type, at)
        : [next, { id: column.sequence }];
    return updateColumn(made, table.id, name, found => ({ ...found, identity, sequence: sequence.id }));
  });
}

function dropIdentity(state: State, operation: OperationOf<'dropIdentity'>, at: Origin): State {
  return onColumn(state, operation, (next, table) => {
    const column = findColumn(table, operation.column);
    if (column?.identity === undefined) return next;
    const { sequence } = column;
    const dropped = sequence === undefined ? next : dropTogether(next, [{ kind: 'relation', id: sequence }], at);
    return updateColumn(dropped, table.id, operation.column, ({ identity: _, ...plain }) => plain);
  });
}

function applyAddConstraint(
  state: State,
  operation: OperationOf<
    'addCheck' | 'addNotNullConstraint' | 'addUnique' | 'addPrimaryKey' | 'addForeignKey' | 'addExclude'
  >,
  at: Origin,
): State {
  const { constraint } = operation;
  return onTable(state, operation, (next, { id }) => {
    const ensured = constraint.type === 'notNull' ? ensureColumn(next, id, constraint.column) : next;
    return addConstraint(ensured, id, constraint, { at, ...only(operation) });
  });
}

/** Changes a constraint by name, and its copies in partitions and children. */
function changeConstraints(
  state: State,
  operation: Target,
  name: string,
  change: (constraint: TableConstraint) => TableConstraint,
): State {
  return onTable(state, operation, (next, table) =>
    [table, ...descendantsOf(next, table)].reduce(
      (current, { id }) =>
        updateTable(current, id, found => {
          const constraint = found.constraints.find(candidate => candidate.name === name);
          if (constraint === undefined || (id !== table.id && !constraint.inherited)) return found;
          const changed = change(constraint);
          const constraints = found.constraints.map(other => (other === constraint ? changed : other));
          if (changed.type !== 'notNull' || !changed.valid) return { ...found, constraints };
          const columns = found.columns.map(column =>
            column.name === changed.column ? { ...column, notNull: true } : column,
          );
          return { ...found, constraints, columns };
        }),
      next,
    ),
  );
}

function alterConstraint(state: State, operation: OperationOf<'alterConstraint'>): State {
  const { enforced, deferrable, initiallyDeferred } = operation;
  return changeConstraints(state, operation, operation.name, constraint => ({
    ...constraint,
    ...(enforced === undefined ? {} : { enforced, valid: enforced && catalogueOf(state).enforcingChecks }),
    ...(deferrable === undefined ? {} : { deferrable }),
    ...(deferrable === false ? { initiallyDeferred: false } : {}),
    ...(initiallyDeferred === undefined ? {} : { initiallyDeferred }),
  }));
}

function attachPartition(state: State, operation: OperationOf<'attachPartition'>, at: Origin): State {
  // On an index it is ALTER INDEX … ATTACH PARTITION, an operation of its own.
  return onTable(state, operation, (next, parent) => {
    const [known, partition] = ensureTable(next, operation.partition);
    const refused =
      partition === undefined || partition.partitionOf !== undefined || isBelow(known, parent, partition.id);
    if (refused) return known;
    const attached = updateTable(
      updateTable(known, partition.id, table => ({
        ...table,
        partitionOf: { parent: parent.id, bound: operation.bound },
        columns: table.columns.map(column =>
          findColumn(parent, column.name) === undefined ? column : { ...column, inherited: true },
        ),
        constraints: table.constraints.map(constraint =>
          inheritable(constraint) && parent.constraints.some(({ name }) => name === constraint.name)
            ? { ...constraint, inherited: true }
            : constraint,
        ),
      })),
      parent.id,
      table => ({
        ...table,
        filled: table.filled || partition.filled,
        partitions: table.partitions.includes(partition.id) ? table.partitions : [...table.partitions, partition.id],
      }),
    );
    return inheritFromParent(attached, partition.id, at);
  });
}

function inheritable({ type }: TableConstraint): boolean {
  return type === 'check' || type === 'notNull';
}

function detachPartition(state: State, operation: OperationOf<'detachPartition'>): State {
  return onTable(state, operation, (next, parent) => {
    const [known, partition] = ensureTable(next, operation.partition);
    return partition === undefined ? known : leaveParent(known, parent.id, partition.id);
  });
}

/** What a child has from its parent becomes its own. */
function leaveParent(state: State, parentId: ObjectId, childId: ObjectId): State {
  const child = tableById(state, childId);
  if (child === undefined) return state;
  if (child.partitionOf?.parent !== parentId && !child.inherits.includes(parentId)) return state;
  const { partitionOf, ...table } = child;
  const left = putRelation(unlinkChild(state, parentId, childId), {
    ...table,
    inherits: table.inherits.filter(id => id !== parentId),
    columns: table.columns.map(({ inherited, ...column }) => {
      if (partitionOf === undefined || column.sequence !== undefined) return column;
      // A partition's identity is its parent's.
      const { identity: _, ...plain } = column;
      return plain;
    }),
    constraints: table.constraints.map(({ inherited, ...constraint }) => constraint as TableConstraint),
  });
  return indexesOf(left, child).reduce((current, index) => {
    if (index.partitionOf === undefined) return current;
    const { partitionOf: parentIndex, ...own } = index;
    const unlinked = updateRelation(current, parentIndex, 'index', parent => ({
      ...parent,
      partitions: parent.partitions.filter(id => id !== index.id),
    }));
    return putRelation(unlinked, own);
  }, left);
}

function setTablespace(state: State, operation: OperationOf<'setTablespace'>): State {
  const [known, relation] = ensureRelation(state, operation.table, 'table');
  if (relation?.kind !== 'table' && relation?.kind !== 'index') return known;
  return putRelation(known, { ...relation, tablespace: operation.tablespace });
}

function switchTriggers(state: State, operation: Target, which: string, enabled: boolean): State {
  return changeTable(state, operation, table => ({
    ...table,
    triggers: table.triggers.map(trigger =>
      which === 'all' || which === 'user' || trigger.name === which ? { ...trigger, enabled } : trigger,
    ),
  }));
}
