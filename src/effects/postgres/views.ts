import { type DataType, displayName, type OperationOf, type Query, sameDataType } from '../../operations/index.ts';
import { foresee } from '../../schema/index.ts';
import { findColumn, indexesOf, resolveRelation, resolveTable } from '../../schema/lookup.ts';
import { affected, build, DATA, type Fact, fails, lock, rewrite, scan } from '../facts.ts';
import { type Context, maybeMissing, named } from './context.ts';
import { readFacts } from './tables.ts';

/** CREATE [OR REPLACE] VIEW: reads definitions only; a view that is there is locked against everything while it is replaced. */
export function createView(operation: OperationOf<'createView'>, context: Context): readonly Fact[] {
  const { state } = context;
  const reads = readFacts(operation.query, state, false);
  const there = operation.temporary ? undefined : resolveRelation(state, operation.view);
  if (there === undefined) return reads;
  if (there.kind !== 'view') {
    return there.origin === undefined
      ? reads
      : [...reads, fails('42P07', `relation "${displayName(operation.view)}" already exists`)];
  }
  if (!operation.replace) return [...reads, fails('42P07', `relation "${displayName(operation.view)}" already exists`)];
  return [...reads, lock(affected(there), 'AccessExclusiveLock'), ...columnRefusal(operation, there.columns, context)];
}

/** A view may get columns at its end; those it has keep their names and their order (PostgreSQL manual, CREATE VIEW). */
function columnRefusal(
  operation: OperationOf<'createView'>,
  old: readonly string[] | undefined,
  context: Context,
): readonly Fact[] {
  const next = resolveRelation(foresee(context.state, operation, context.site), operation.view);
  const now = next?.kind === 'view' ? next.columns : undefined;
  if (old === undefined || now === undefined) return [];
  if (now.length < old.length) return [fails('42P16', 'cannot drop columns from view')];
  const position = old.findIndex((name, index) => now[index] !== name);
  if (position < 0) return typeRefusal(operation, old, context);
  return [fails('42P16', `cannot change name of view column "${old[position]}" to "${now[position]}"`)];
}

/** Nor does a column change its type. Known for columns that are plain columns of the one table that is read. */
function typeRefusal(operation: OperationOf<'createView'>, old: readonly string[], context: Context): readonly Fact[] {
  const before = resolveRelation(context.state, operation.view);
  if (before?.kind !== 'view' || before.query === undefined) return [];
  const position = old.findIndex((_, index) => {
    const was = outputType(before.query!, index, context);
    const is = outputType(operation.query, index, context);
    return was !== undefined && is !== undefined && !sameDataType(was, is);
  });
  return position < 0 ? [] : [fails('42P16', `cannot change data type of view column "${old[position]}"`)];
}

function outputType(query: Query, index: number, context: Context): DataType | undefined {
  const output = query.outputs.some(({ kind }) => kind === 'star') ? undefined : query.outputs[index];
  const [source] = query.reads;
  if (
    output?.kind !== 'column' ||
    output.expression.kind !== 'column' ||
    source === undefined ||
    query.reads.length > 1
  )
    return undefined;
  const table = resolveTable(context.state, source.name);
  return table === undefined ? undefined : findColumn(table, output.expression.name)?.type;
}

/** CREATE MATERIALIZED VIEW runs its query, unless WITH NO DATA. */
export function createMaterializedView(
  operation: OperationOf<'createMaterializedView'>,
  context: Context,
): readonly Fact[] {
  const there = resolveRelation(context.state, operation.view);
  if (there !== undefined && there.origin !== undefined) {
    return operation.ifNotExists ? [] : [fails('42P07', `relation "${displayName(operation.view)}" already exists`)];
  }
  return [...readFacts(operation.query, context.state, operation.withData), ...(operation.withData ? [DATA] : [])];
}

/**
 * REFRESH writes the view anew under ACCESS EXCLUSIVE, with all its indexes; CONCURRENTLY lets readers go on and needs a unique
 * index without WHERE.
 */
export function refreshMaterializedView(
  operation: OperationOf<'refreshMaterializedView'>,
  context: Context,
): readonly Fact[] {
  const { state } = context;
  const target = named(state, operation.view);
  if (target === undefined) return [fails('42P01', `relation "${displayName(operation.view)}" does not exist`)];
  const view = resolveRelation(state, operation.view);
  if (view !== undefined && view.kind !== 'materialized view' && view.origin !== undefined) {
    return [fails('0A000', `"${view.name}" is not a materialized view`)];
  }
  const known = view?.kind === 'materialized view' ? view : undefined;
  const sources = known?.query === undefined ? [] : readFacts(known.query, state, operation.withData);
  if (operation.concurrently) {
    const indexes = known === undefined ? [] : indexesOf(state, known);
    const usable = indexes.some(
      ({ unique, where, elements }) =>
        unique && where === undefined && elements.every(({ column }) => column !== undefined),
    );
    const refused = known?.query !== undefined && !usable;
    return [
      lock(target, 'ExclusiveLock'),
      ...sources,
      scan(target),
      DATA,
      ...(refused
        ? [
            fails(
              '55000',
              `cannot refresh materialized view "${operation.view.name}" concurrently: it has no unique index`,
            ),
          ]
        : []),
    ];
  }
  const facts: Fact[] = [lock(target, 'AccessExclusiveLock'), ...sources];
  if (!operation.withData) return facts;
  facts.push(rewrite(target), scan(target));
  for (const index of known === undefined ? [] : indexesOf(state, known)) {
    facts.push(lock(affected(index), 'AccessExclusiveLock'), build(affected(index), target));
  }
  return facts;
}

/** ALTER VIEW … SET / RESET. */
export function alterViewOptions(operation: OperationOf<'alterViewOptions'>, context: Context): readonly Fact[] {
  const target = named(context.state, operation.view);
  if (target === undefined) return [fails('42P01', `relation "${displayName(operation.view)}" does not exist`)];
  return [lock(target, 'AccessExclusiveLock'), ...maybeMissing(context.state, operation.view, false)];
}
