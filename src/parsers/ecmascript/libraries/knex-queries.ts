import type { Fragment } from '../../../source/fragment.ts';
import { conditionSql, insertSql, updateSql, valueSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import { closeAt, joined, type Part, quoted, sqlText } from '../sql-text.ts';
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { rawText } from './knex-table.ts';

/** Calls that name the table of a query: `knex('t')`, `knex.from('t')`, `.into('t')`. */
const TABLES = new Set(['', 'table', 'from', 'into']);
const CONDITION = /^(and|or)?(where|having)/i;

/**
 * Sends what a query builder does to data; a query that only reads sends nothing that matters here.
 *
 * @returns false where the links are no query
 */
export function sendQuery(links: readonly Link[], schema: string | undefined, out: Output): boolean {
  const batch = links.find(({ name }) => name === 'batchInsert');
  if (batch !== undefined) {
    const [table, rows] = batch.args ?? [];
    send(batch, batch, insertSql(out.file, tableSql(table, schema, out), rows), out);
    return true;
  }
  const target = links.find(({ name, args }) => TABLES.has(name) && args !== undefined);
  if (target === undefined) return false;
  const [table] = target.args ?? [];
  const name = tableSql(table, schema, out);
  const action = links.find(link => link.args !== undefined && Object.hasOwn(ACTIONS, link.name));
  if (action !== undefined) {
    const first = links[0]!;
    // Behind the change only stands what it returns, or whom it runs on.
    const last = links.findLast(link => link === action || CONDITION.test(link.name)) ?? action;
    send(first.name === '' ? action : first, last, ACTIONS[action.name]!(name, action.args ?? [], links, out), out);
  }
  return true;
}

function send(first: Link, last: Link, parts: readonly Part[], { file, sql }: Output): void {
  const [start] = rangeOf(first.node);
  const [from] = rangeOf(first.at);
  sql(closeAt(file, sqlText(file, [Math.min(start, from), rangeOf(first.at)[1]], parts), last.node));
}

function tableSql(table: Value | undefined, schema: string | undefined, { file }: Output): Fragment {
  if (table?.kind === 'text') {
    const name = quoted(file, table.fragment);
    return schema === undefined ? name : sqlText(file, rangeOf(table.node), [`"${schema}".`, name]);
  }
  const range = rangeOf(table?.node ?? { type: 'Program' });
  return holeFragment(file, file.text.slice(...range), range);
}

type Action = (table: Part, args: readonly Value[], links: readonly Link[], out: Output) => readonly Part[];

const ACTIONS: Readonly<Record<string, Action>> = {
  insert: (table, [rows], links, { file }) => [...insertSql(file, table, rows), conflictSql(links)],
  upsert: (table, [rows], _links, { file }) => insertSql(file, table, rows),
  update: (table, [column, value], links, out) =>
    column?.kind === 'text'
      ? ['UPDATE ', table, ' SET ', quoted(out.file, column.fragment), ` = ${valueSql(value)}`, ...whereSql(links, out)]
      : [...updateSql(out.file, table, column), ...whereSql(links, out)],
  increment: (table, [column], links, out) => counted(table, column, links, out),
  decrement: (table, [column], links, out) => counted(table, column, links, out),
  del: (table, _args, links, out) => ['DELETE FROM ', table, ...whereSql(links, out)],
  delete: (table, _args, links, out) => ['DELETE FROM ', table, ...whereSql(links, out)],
  truncate: table => ['TRUNCATE ', table, ' RESTART IDENTITY'],
};

function counted(table: Part, column: Value | undefined, links: readonly Link[], out: Output): readonly Part[] {
  const name = column?.kind === 'text' ? quoted(out.file, column.fragment).text : '${column}';
  return ['UPDATE ', table, ` SET ${name} = ${name} + 1`, ...whereSql(links, out)];
}

function conflictSql(links: readonly Link[]): string {
  if (!links.some(({ name }) => name === 'onConflict')) return '';
  return links.some(({ name }) => name === 'ignore') ? ' ON CONFLICT DO NOTHING' : '';
}

/** All conditions of a query with their WHERE; nothing where there are none. */
function whereSql(links: readonly Link[], out: Output): readonly Part[] {
  const tests = links.filter(({ name }) => CONDITION.test(name)).map(link => testSql(link, out));
  const joins: readonly Part[] = links.some(({ name }) => /join$/i.test(name)) ? ['${join}'] : [];
  const all = [...joins, ...tests];
  return all.length === 0 ? [] : [' WHERE ', ...joined(all, ' and ')];
}

function testSql({ name, args = [] }: Link, { file }: Output): Part {
  const [first, second, third] = args;
  const kind = name.replace(/^(and|or)/i, '').toLowerCase();
  const column = first?.kind === 'text' ? quoted(file, first.fragment).text : undefined;
  const test = (text: string): Part => sqlText(file, rangeOf(first!.node), [text]);
  if (first?.kind === 'record' && kind === 'where') {
    const condition = conditionSql(file, first);
    return condition === undefined ? 'TRUE' : sqlText(file, rangeOf(first.node), condition);
  }
  if (kind === 'whereraw' && first?.kind === 'text' && !/\?/.test(first.fragment.text)) return first.fragment;
  if (first?.kind === 'chain') return rawText(first) ?? '${where}';
  if (column === undefined) return '${where}';
  const list = (value: Value | undefined): string =>
    value?.kind === 'list' && value.items.length > 0 ? value.items.map(valueSql).join(', ') : '${values}';
  switch (kind) {
    case 'where':
      if (third !== undefined && second?.kind === 'text')
        return test(`${column} ${second.fragment.text} ${valueSql(third)}`);
      return test(
        second?.kind === 'constant' && second.value === null ? `${column} is null` : `${column} = ${valueSql(second)}`,
      );
    case 'wherein':
      return test(`${column} in (${list(second)})`);
    case 'wherenotin':
      return test(`${column} not in (${list(second)})`);
    case 'wherenull':
      return test(`${column} is null`);
    case 'wherenotnull':
      return test(`${column} is not null`);
    default:
      return '${where}';
  }
}

/** Sends what `createView` and its like make; the query inside is only known where it is raw SQL. */
export function sendView(link: Link, schema: string | undefined, out: Output): void {
  const [name, callback] = link.args ?? [];
  if (name?.kind !== 'text' || callback?.kind !== 'function') {
    out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
    return;
  }
  const calls = out.gather(callback, 'view').flatMap(({ links }: Chain) => links);
  const query = calls.find(call => call.name === 'as')?.args?.[0];
  const columns = calls.find(call => call.name === 'columns')?.args?.[0];
  const texts = columns?.kind === 'list' ? columns.items.flatMap(item => (item.kind === 'text' ? [item] : [])) : [];
  const list = texts.length === 0 ? '' : ` (${texts.map(item => quoted(out.file, item.fragment).text).join(', ')})`;
  const raw = query?.kind === 'chain' ? rawText(query) : undefined;
  const words = `${/OrReplace/.test(link.name) ? 'or replace ' : ''}${/Materialized/.test(link.name) ? 'materialized ' : ''}`;
  send(link, link, [`create ${words}view `, tableSql(name, schema, out), `${list} as `, raw ?? 'select ${query}'], out);
}
