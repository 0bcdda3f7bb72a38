import { displayName, type ObjectName, type Operation, type OperationKind } from '../../operations/index.ts';
import { blankTable, ensureTable } from '../../schema/context.ts';
import {
  existence,
  incomingForeignKeys,
  isGone,
  resolveIndex,
  resolveRelation,
  resolveTable,
} from '../../schema/lookup.ts';
import type { Table } from '../../schema/schema.ts';
import type { State } from '../../schema/state.ts';
import type { OnlineEffects } from '../effects.ts';
import { affected, build, DATA, drop, type Fact, fails, lock, rows, scan } from '../facts.ts';
import { type Context, named } from '../postgres/context.ts';
import { insert, remove, update } from '../postgres/data.ts';
import {
  type Altered,
  addedColumn,
  droppedColumn,
  enforcesForeignKeys,
  isForm,
  renamedColumn,
  SQLITE_ERROR,
  severalClauses,
  syntaxError,
  unknownForm,
} from './alter-table.ts';

/** What a statement does on SQLite. */
export interface SqliteFacts {
  readonly facts: readonly Fact[];
  readonly online: OnlineEffects;
}

/**
 * What a statement does on SQLite (sqlite.org/lockingv3.html, sqlite.org/wal.html): one connection writes at a time, so whoever writes
 * any table waits. Readers go on beside it in WAL mode, and in the rollback modes until it writes to the file.
 */
export function sqliteFacts(context: Context): SqliteFacts {
  const { statement } = context;
  const altered = statement.operations.filter(isClause);
  const list = [...severalClauses(altered), ...statement.operations.flatMap(operation => factsOf(operation, context))];
  const rebuild = list.some(({ fact }) => fact === 'rewrite');
  const writes = list.some(({ fact }) => fact === 'lock');
  return {
    facts: list,
    online: writes ? { rebuild, concurrentReads: true, concurrentWrites: false, oneWriter: true } : {},
  };
}

/** The operations that an ALTER TABLE is made of. */
const isClause = ({ kind }: Operation): boolean => kind in CLAUSES || kind in LIGHT || isForm(kind);

type Clause<Kind extends OperationKind> = (
  operation: Extract<Operation, { kind: Kind }>,
  altered: Altered,
) => readonly Fact[];

/** ALTER TABLE on SQLite; a form that only some releases know has its release in alter-table.ts. */
const CLAUSES: { readonly [Kind in OperationKind]?: Clause<Kind> } = {
  addColumn: addedColumn,
  dropColumn: droppedColumn,
  renameColumn: renamedColumn,
  renameTable: ({ newName }, { table, state }) => {
    const there = resolveRelation(state, { name: newName });
    return there === undefined || there.uncertain || there.id === table.id
      ? []
      : [fails(SQLITE_ERROR, `there is already another table or index with this name: ${newName}`)];
  },
  addCheck: (_, { table }) => [
    scan(affected(table)),
    rows({ relation: affected(table), reason: 'check', anyRow: false }),
  ],
  setNotNull: ({ column }, { table }) => [
    scan(affected(table)),
    rows({ relation: affected(table), reason: 'not null', anyRow: false, column }),
  ],
};

/** Others wait while the database is written: those who write any table; see {@link sqliteFacts}. */
const written = (target: Parameters<typeof lock>[0], known = true): Fact => lock(target, 'ExclusiveLock', known);

const missing = (what: string, name: ObjectName): Fact => fails(SQLITE_ERROR, `no such ${what}: ${displayName(name)}`);

function factsOf(operation: Operation, context: Context): readonly Fact[] {
  const clause = CLAUSES[operation.kind] as Clause<OperationKind> | undefined;
  const unknown = unknownForm(operation, context.server);
  if (unknown.length > 0) return unknown;
  if ((clause !== undefined || operation.kind in LIGHT) && 'table' in operation) {
    return altered(operation.table as ObjectName, context, found => clause?.(operation, found) ?? []);
  }
  return otherFacts(operation, context);
}

/** Clauses that change the text of the schema alone. */
const LIGHT: Readonly<Partial<Record<OperationKind, true>>> = {
  dropConstraint: true,
  dropNotNull: true,
};

function altered(
  name: ObjectName,
  { state, server }: Context,
  facts: (altered: Altered) => readonly Fact[],
): readonly Fact[] {
  if (existence(state, name) === 'gone') return [missing('table', name)];
  const [next, table] = ensureTable(state, name);
  const found: Table = table ?? blankTable(-1, name.schema ?? '', name.name);
  return [written(affected(found)), ...facts({ table: found, state: next, server })];
}

function otherFacts(operation: Operation, context: Context): readonly Fact[] {
  const { state } = context;
  switch (operation.kind) {
    case 'createTable': {
      const there = resolveRelation(state, operation.table);
      const certain = there !== undefined && there.uncertain !== true && there.origin !== undefined;
      if (certain && !operation.ifNotExists && operation.persistence !== 'temporary') {
        return [
          fails(SQLITE_ERROR, `${there.kind === 'view' ? 'view' : 'table'} ${operation.table.name} already exists`),
        ];
      }
      return operation.query === undefined ? [] : [DATA];
    }
    case 'otherTableChange':
      // A clause that no reader of SQLite's knows is one of another server's.
      return [syntaxError(operation.clause.split(' ')[0]!.toUpperCase())];
    case 'createIndex':
      return createdIndex(operation, context);
    case 'dropIndex':
      return droppedIndex(operation, state);
    case 'dropTable':
      return droppedTable(operation, state);
    case 'dropView': {
      const gone = isGone(state, operation.view, state.schema.gone);
      return gone && !operation.ifExists ? [missing('view', operation.view)] : [];
    }
    case 'createTrigger': {
      const target = named(state, operation.table);
      return target === undefined ? [missing('table', operation.table)] : [written(target)];
    }
    case 'insert':
      return inSqliteTerms(insert(operation, context));
    case 'update':
      return inSqliteTerms(update(operation, context));
    case 'delete':
      return inSqliteTerms(remove(operation, context));
    case 'vacuum':
    case 'other':
      return /^vacuum\b/i.test('text' in operation ? operation.text : 'vacuum') ? [{ fact: 'forbidden' }, DATA] : [];
    default:
      return [];
  }
}

function createdIndex(operation: Extract<Operation, { kind: 'createIndex' }>, context: Context): readonly Fact[] {
  const { state } = context;
  const there = operation.name === undefined ? undefined : resolveRelation(state, { name: operation.name });
  if (there !== undefined && there.uncertain !== true) {
    if (operation.ifNotExists) return [];
    const what = there.kind === 'index' ? 'index' : 'there is already a table named';
    const message = there.kind === 'index' ? `${what} ${there.name} already exists` : `${what} ${there.name}`;
    return [fails(SQLITE_ERROR, message)];
  }
  return altered(operation.table, context, ({ table }) => {
    const relation = affected(table);
    const index = { schema: table.schema, name: operation.name ?? table.name };
    const unique = operation.unique ? [rows({ relation, reason: 'unique' as const, anyRow: false })] : [];
    return [build(index, relation), ...unique];
  });
}

function droppedIndex(operation: Extract<Operation, { kind: 'dropIndex' }>, state: State): readonly Fact[] {
  const index = resolveIndex(state, operation);
  if (index === undefined) {
    const gone = isGone(state, operation.index, state.schema.gone);
    return gone && !operation.ifExists ? [missing('index', operation.index)] : [];
  }
  if (index.constraint !== undefined) {
    return [fails(SQLITE_ERROR, 'index associated with UNIQUE or PRIMARY KEY constraint cannot be dropped')];
  }
  const table = state.schema.relations.get(index.table);
  return table === undefined ? [] : [written(affected(table))];
}

/** DROP TABLE; where foreign keys are enforced it deletes the rows first (sqlite.org/foreignkeys.html, 5). */
function droppedTable(operation: Extract<Operation, { kind: 'dropTable' }>, state: State): readonly Fact[] {
  const target = named(state, operation.table);
  if (target === undefined) return operation.ifExists ? [] : [missing('table', operation.table)];
  const table = resolveTable(state, operation.table);
  const referencing =
    table === undefined ? [] : incomingForeignKeys(state, table).filter(key => key.table.id !== table.id);
  const deletes = enforcesForeignKeys(state) !== false && referencing.length > 0;
  const children = deletes ? referencing.map(key => written(affected(key.table), false)) : [];
  return [written(target, !operation.ifExists), drop(target), ...children, ...(deletes ? [DATA] : [])];
}

/** Facts of statements on rows, which every server shares, in the words and with the lock of SQLite. */
function inSqliteTerms(list: readonly Fact[]): readonly Fact[] {
  return list.map(fact => {
    if (fact.fact === 'lock' && fact.mode === 'RowExclusiveLock') return { ...fact, mode: 'ExclusiveLock' };
    return fact.fact === 'failure' && fact.failure.code === '42P01'
      ? fails(SQLITE_ERROR, fact.failure.message.replace(/^relation "(.*)" does not exist$/, 'no such table: $1'))
      : fact;
  });
}
