import type { ObjectName } from '../../operations/names.ts';
import type { OperationOf, ViewOperation } from '../../operations/operations.ts';
import type { Query } from '../../operations/queries.ts';
import { ensureView, goneKey } from '../context.ts';
import { dropTogether, unlinkView } from '../drop.ts';
import { creationSchema, resolveRelation } from '../lookup.ts';
import { analyseQuery, type QueryFacts } from '../query-columns.ts';
import type { MaterializedView, ObjectId, Origin, View } from '../schema.ts';
import type { State } from '../state.ts';
import { markGone, putRelation, updateRelation, withSchema } from '../store.ts';
import type { ApplyTable } from './apply.ts';
import { applyChanges } from './data.ts';
import { claimName } from './tables.ts';

export const VIEWS: ApplyTable<ViewOperation['kind']> = {
  createView,
  dropView: (state, { view }, at) => dropViewOf(state, view, 'view', at),
  alterViewOptions: (state, operation) => {
    const [known, view] = ensureView(state, operation.view);
    if (view === undefined) return known;
    const names = new Set(operation.options.map(({ name }) => name));
    const kept = view.options.filter(({ name }) => !names.has(name));
    return putRelation(known, { ...view, options: operation.reset ? kept : [...kept, ...operation.options] });
  },
  createMaterializedView,
  refreshMaterializedView: (state, { view, withData }) =>
    updateRelation(state, resolveRelation(state, view)?.id, 'materialized view', found => ({
      ...found,
      populated: withData,
    })),
  dropMaterializedView: (state, { view }, at) => dropViewOf(state, view, 'materialized view', at),
};

function createView(state: State, operation: OperationOf<'createView'>, at: Origin): State {
  const { view: name, columnNames, query, options, replace } = operation;
  const [known, facts] = analyseQuery(applyChanges(state, query, at), query, columnNames);
  // A view over a temporary table is temporary.
  const temporary = operation.temporary || facts.reads.some(id => known.schema.relations.get(id)?.schema === 'pg_temp');
  const schema = creationSchema(known, name, temporary);
  const existing = resolveRelation(known, { schema, name: name.name });
  const replaced = replace && existing?.kind === 'view' ? existing : undefined;
  const [claimed, id] = replaced === undefined ? claimName(known, schema, name.name, at) : [known, replaced.id];
  const standIn = claimed.schema.relations.get(id);
  const view: View = {
    kind: 'view',
    id,
    schema,
    name: name.name,
    ...(replaced === undefined ? { origin: at } : replaced.origin === undefined ? {} : { origin: replaced.origin }),
    ...queryParts(claimed, query, facts),
    dependentViews: standIn !== undefined && 'dependentViews' in standIn ? standIn.dependentViews : [],
    options,
    triggers: replaced?.triggers ?? [],
    grantees: replaced?.grantees ?? [],
    ...(replaced?.privileges === undefined ? {} : { privileges: replaced.privileges }),
    temporary,
    ...(replaced?.comment === undefined ? {} : { comment: replaced.comment }),
  };
  const cleared = replaced === undefined ? claimed : unlinkView(claimed, replaced);
  const put = linkReads(putRelation(cleared, view), id, view.reads);
  if (!temporary || replaced !== undefined) return put;
  return withSchema(put, { temporary: [...put.schema.temporary, id] });
}

/** What a view keeps of its query; a relation that had to give way to the view is no longer there to be read. */
function queryParts(
  state: State,
  query: Query,
  facts: QueryFacts,
): Pick<View, 'query' | 'columns' | 'reads' | 'readColumns'> {
  const readable = (id: ObjectId): boolean => {
    const relation = state.schema.relations.get(id);
    return relation !== undefined && 'dependentViews' in relation;
  };
  return {
    query,
    ...(facts.columns === undefined ? {} : { columns: facts.columns.map(({ name }) => name) }),
    reads: facts.reads.filter(readable),
    readColumns: facts.readColumns.filter(({ relation }) => readable(relation)),
  };
}

/** Lets the relations that a view reads know of it. */
function linkReads(state: State, view: ObjectId, reads: readonly ObjectId[]): State {
  return reads.reduce((current, id) => {
    const read = current.schema.relations.get(id);
    if (read === undefined || !('dependentViews' in read) || read.dependentViews.includes(view)) return current;
    return putRelation(current, { ...read, dependentViews: [...read.dependentViews, view] });
  }, state);
}

function createMaterializedView(state: State, operation: OperationOf<'createMaterializedView'>, at: Origin): State {
  const { view: name, query, columnNames } = operation;
  const schema = creationSchema(state, name);
  const existing = resolveRelation(state, { schema, name: name.name });
  if (existing !== undefined && operation.ifNotExists && !existing.uncertain) return state;
  const [known, facts] = analyseQuery(state, query, columnNames);
  const [claimed, id] = claimName(known, schema, name.name, at);
  const standIn = claimed.schema.relations.get(id);
  const view: MaterializedView = {
    kind: 'materialized view',
    id,
    schema,
    name: name.name,
    origin: at,
    ...queryParts(claimed, query, facts),
    dependentViews: standIn !== undefined && 'dependentViews' in standIn ? standIn.dependentViews : [],
    indexes: [],
    populated: operation.withData,
  };
  return linkReads(putRelation(claimed, view), id, view.reads);
}

function dropViewOf(state: State, name: ObjectName, kind: 'view' | 'materialized view', at: Origin): State {
  const relation = resolveRelation(state, name);
  if (relation === undefined) return markGone(state, goneKey(state, name), kind, at);
  const isStandIn = relation.kind === 'table' && relation.origin === undefined;
  if (relation.kind !== kind && !isStandIn) return state;
  return dropTogether(state, [{ kind: 'relation', id: relation.id }], at);
}
