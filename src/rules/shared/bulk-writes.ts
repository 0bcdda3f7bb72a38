import type { ObjectName } from '../../operations/names.ts';
import type { Block, DataChange, Operation, OperationOf } from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import type { OperationSite, RuleContext, RuleVisitor } from '../rule.ts';
import { isSmall } from './live-relations.ts';
import {
  CHANGING_KINDS,
  dataChangesOf,
  type RowSelection,
  relationsFrom,
  rowSourceOf,
  type SelectionContext,
  selectRows,
} from './row-selection.ts';

/**
 * How a write goes through its table, worst first: all rows in one statement, a number of rows that is not known, or a loop
 * that takes batch after batch in one transaction. Undefined for what is bounded.
 */
export type Breadth = 'all' | 'some' | 'loop' | undefined;

type Context = Pick<RuleContext<never>, 'isNewOrigin'>;

/** Whether nobody waits for a table: it is new, or listed as small. */
export function isQuiet(
  context: Pick<RuleContext<never>, 'isNew' | 'isSmall' | 'resolve'>,
  name: ObjectName,
  { state }: OperationSite,
): boolean {
  const relation = context.resolve(name, state);
  if (context.isNew(relation, state)) return true;
  const schema = relation?.schema ?? name.schema ?? 'public';
  return isSmall(context, { schema, name: relation?.name ?? name.name }, state);
}

/** What row selection needs to know of a site. */
export function selectionContext(context: Context, site: OperationSite): SelectionContext {
  return {
    state: site.state,
    nested: site.statement.parent !== undefined,
    isNewOrigin: origin => context.isNewOrigin(origin),
  };
}

/**
 * The rows that a data change reaches. Of an INSERT … SELECT those of its source, of a MERGE those of its source; VALUES are
 * bounded by what is written.
 */
export function selectionOf(change: DataChange, context: Context, site: OperationSite): RowSelection {
  const at = selectionContext(context, site);
  switch (change.kind) {
    case 'update':
    case 'delete':
      return selectRows(rowSourceOf(change), at);
    case 'insert':
      return change.source.kind === 'query' ? selectionOfQuery(change.source.query, at) : { kind: 'key' };
    case 'merge': {
      const { source } = change;
      if (!('kind' in source)) return { kind: 'all', reason: 'no where' };
      return selectionOfQuery(source, at);
    }
    case 'truncate':
      return { kind: 'all', reason: 'no where' };
    case 'copyFrom':
      return { kind: 'key', ...(change.rows === undefined ? {} : { rows: change.rows }) };
  }
}

/** The largest selection among the relations that a query reads; what reads none gives the rows that are spelled out. */
export function selectionOfQuery(query: Query, context: SelectionContext): RowSelection {
  const relations = relationsFrom(query);
  const [first] = relations;
  if (first === undefined) return { kind: 'key' };
  if (query.limit !== undefined || relations.length === 1) {
    return selectRows({ table: first, where: query.where, others: [], commonTables: [], limit: query.limit }, context);
  }
  const selections = relations.map(table =>
    selectRows(
      {
        table,
        where: query.where,
        others: relations.filter(other => other !== table),
        commonTables: [],
        limit: undefined,
      },
      context,
    ),
  );
  // A join is as small as its parts; where one is picked by key, the rest is what belongs to it.
  if (selections.some(({ kind }) => kind === 'none')) return { kind: 'none' };
  return selections.every(({ kind }) => kind === 'key') ? { kind: 'key' } : { kind: 'some' };
}

/** How a change with that selection goes through its table, loops considered. */
export function breadthOf(selection: RowSelection, blocks: readonly Block[]): Breadth {
  switch (selection.kind) {
    case 'none':
      return undefined;
    case 'all':
      return 'all';
    case 'some':
      return 'some';
    default:
      return isOpenLoop(blocks) ? 'loop' : undefined;
  }
}

/** Whether a loop of unknown length is around, and none that commits. */
function isOpenLoop(blocks: readonly Block[]): boolean {
  const loops = loopsOf(blocks);
  return loops.some(({ bound }) => bound === 'unknown') && !loops.some(({ commits }) => commits);
}

/** The loops among blocks, outermost first. */
export function loopsOf(blocks: readonly Block[]): readonly Extract<Block, { kind: 'loop' }>[] {
  return blocks.flatMap(block => (block.kind === 'loop' ? [block] : []));
}

/** The table that a data change writes. */
export function targetOf(change: DataChange): ObjectName {
  return change.kind === 'truncate' || change.kind === 'copyFrom' ? change.table : change.table.name;
}

/** The blocks around an operation. A WHILE of SQL Server's runs its statements one by one: outside a transaction each commits. */
function blocksAround({ blocks = [] }: Operation, { state }: OperationSite): readonly Block[] {
  if (state.dialect !== 'sqlserver' || state.transaction.status === 'open') return blocks;
  return blocks.map(block => (block.kind === 'loop' ? { ...block, commits: true } : block));
}

/** A visitor that meets every data change: statements, and those inside common table expressions. */
export function onDataChange(
  visit: (change: DataChange, blocks: readonly Block[], site: OperationSite) => void,
): Pick<RuleVisitor, (typeof CHANGING_KINDS)[number]> {
  const handler = (operation: OperationOf<(typeof CHANGING_KINDS)[number]>, site: OperationSite): void => {
    for (const change of dataChangesOf(operation)) visit(change, blocksAround(operation, site), site);
  };
  return Object.fromEntries(CHANGING_KINDS.map(kind => [kind, handler]));
}
