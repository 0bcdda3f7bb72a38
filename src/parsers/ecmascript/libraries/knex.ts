import type { Fragment } from '../../../source/fragment.ts';
import type { Library, Output } from '../library.ts';
import { closeAt, isTrue, type Part, quoted, sqlText } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { alterView, rawText, sendQuery, sendView } from './knex-queries.ts';
import { sendTable } from './knex-table.ts';
import { openTransaction, sendRaw } from './raw.ts';

/** Knex: `knex.raw`, `knex.schema`, `knex.transaction`. */
export const knex: Library = { parameters: ['knex'], promises: true, run, resultOf, textOf: rawText };

/** Names that lead to the schema builder or change how it runs, and send nothing. */
const PASSIVE = new Set([
  ...['schema', 'client', 'config', 'context', 'fn', 'ref', 'isTransaction', 'userParams'],
  ...['hasTable', 'hasColumn', 'then', 'catch', 'timeout', 'transacting', 'debug', 'now', 'destroy', 'initialize'],
  ...[
    'commit',
    'rollback',
    'isCompleted',
    'executionPromise',
    'columnInfo',
    'toString',
    'toQuery',
    'toSQL',
    'queryContext',
    'VERSION',
  ],
]);

const VIEWS = /^create(Materialized)?View(OrReplace)?$/;

const TABLES = new Set(['createTable', 'createTableLike', 'createTableIfNotExists', 'alterTable', 'table']);

/** Calls that a query starts with. */
const STARTS = new Set([
  ...['', 'table', 'from', 'into', 'insert', 'update', 'del', 'delete', 'batchInsert', 'with', 'withRecursive'],
  ...['select', 'where', 'first', 'count', 'max', 'min', 'sum', 'distinct', 'pluck', 'queryBuilder'],
]);

/** Calls of the schema builder on names alone: the words before the name, and what they take. */
const ON_NAMES: Readonly<Record<string, string>> = {
  dropTable: 'drop table ',
  dropTableIfExists: 'drop table if exists ',
  dropView: 'drop view ',
  dropViewIfExists: 'drop view if exists ',
  dropMaterializedView: 'drop materialized view ',
  dropMaterializedViewIfExists: 'drop materialized view if exists ',
  createSchema: 'create schema ',
  createSchemaIfNotExists: 'create schema if not exists ',
  dropSchema: 'drop schema ',
  dropSchemaIfExists: 'drop schema if exists ',
  createExtension: 'create extension ',
  createExtensionIfNotExists: 'create extension if not exists ',
  dropExtension: 'drop extension ',
  dropExtensionIfExists: 'drop extension if exists ',
  refreshMaterializedView: 'refresh materialized view ',
};
/** Those whose names are in the schema of `withSchema`. */
const IN_SCHEMA = /Table|View/;

const ENDS: Readonly<Record<string, 'COMMIT' | 'ROLLBACK'>> = { commit: 'COMMIT', rollback: 'ROLLBACK' };

/** A transaction that is handed over runs what is made of it. */
function resultOf({ links, node }: Chain): Value | undefined {
  const last = links.at(-1);
  return last?.name === 'transaction' ? { kind: 'chain', root: 'knex', links: [], node, within: last.node } : undefined;
}

function run({ links, node }: Chain, out: Output): void {
  let schema: string | undefined;
  // `schema.table` is no query.
  const builds = links.some(({ name }) => name === 'schema');
  for (const [index, link] of links.entries()) {
    const [first, second] = link.args ?? [];
    if (!builds && link.args !== undefined && STARTS.has(link.name)) {
      if (!sendQuery(links.slice(index), schema, out)) out.unreadable(node, `${link.name} is not read`);
      return;
    }
    if (link.name === 'raw' && link.args !== undefined) sendRaw(link, out);
    else if (link.name === 'transaction') openTransaction(link, 'knex', out, isInside);
    else if (link.args !== undefined && ENDS[link.name] !== undefined) out.end(link, ENDS[link.name]!);
    else if (link.name === 'withSchema') schema = first?.kind === 'text' ? first.fragment.text : undefined;
    else if (VIEWS.test(link.name)) sendView(link, schema, out);
    else if (link.name === 'alterView' || link.name === 'view') alterView(link, schema, out);
    else if (TABLES.has(link.name)) sendTable(link, schema, out);
    else if (ON_NAMES[link.name] !== undefined) {
      if (first?.kind !== 'text') out.unreadable(link.node, 'the name is only known when it runs');
      else {
        const prefix = schema !== undefined && IN_SCHEMA.test(link.name) ? `"${schema}".` : '';
        const words = link.name === 'refreshMaterializedView' && isTrue(second) ? 'concurrently ' : '';
        const after = /^dropSchema/.test(link.name) && isTrue(second) ? ' cascade' : '';
        send(link, out, [`${ON_NAMES[link.name]}${words}${prefix}`, quoted(out.file, first.fragment), after]);
      }
    } else if (link.name === 'renameTable' || link.name === 'renameView') {
      if (first?.kind !== 'text' || second?.kind !== 'text') {
        out.unreadable(link.node, 'the names are only known when it runs');
      } else {
        const prefix = schema === undefined ? '' : `"${schema}".`;
        const names = [first, second].map(({ fragment }): Fragment => quoted(out.file, fragment));
        const kind = link.name === 'renameView' ? 'view' : 'table';
        send(link, out, [`alter ${kind} ${prefix}`, names[0]!, ' rename to ', names[1]!]);
      }
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'a query' : link.name} is not read`);
      return;
    }
  }
}

/** A query runs in a transaction where it is made of it, or is handed it. */
function isInside({ within, links }: Chain, callback: Chain['node']): boolean {
  return within === callback || links.some(({ name }) => name === 'transacting');
}

function send(link: Link, { file, sql }: Output, parts: readonly Part[]): void {
  sql(closeAt(file, sqlText(file, rangeOf(link.at), parts), link.node));
}
