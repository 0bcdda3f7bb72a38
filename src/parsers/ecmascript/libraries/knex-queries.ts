import { type Fragment, sliceFragment } from '../../../source/fragment.ts';
import { conditionSql, insertSql, updateSql, valueSql } from '../data-sql.ts';
import type { Output } from '../library.ts';
import { closeAt, joined, type Part, quoted, sqlText, stringOf, textsOf } from '../sql-text.ts';
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';

/** Calls that name the table of a query: `knex('t')`, `knex.from('t')`, `.into('t')`. */
const TABLES = new Set(['', 'table', 'from', 'into']);
const CONDITION = /^(and|or)?(where|having)/i;
const JOIN = /join(?:raw)?$/i;

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

/** A table as a query names it: `t`, `t as x`, `{ x: 't' }`. */
function tableSql(table: Value | undefined, schema: string | undefined, { file }: Output): Fragment {
  if (table?.kind === 'record' && table.entries.size === 1 && !table.open) {
    const [[alias, value]] = [...table.entries] as [[string, Value]];
    if (value.kind === 'text')
      return sqlText(file, rangeOf(table.node), [named(value.fragment, schema, file), ` as "${alias}"`]);
  }
  if (table?.kind === 'text') {
    const { fragment } = table;
    const [whole, name, as, alias] = /^(\S+)(\s+as\s+)(\S+)$/i.exec(fragment.text) ?? [];
    if (whole === undefined) return named(fragment, schema, file);
    const given = sliceFragment(fragment, whole.length - alias!.length, whole.length);
    const own = named(sliceFragment(fragment, 0, name!.length), schema, file);
    return sqlText(file, rangeOf(table.node), [own, as!, quoted(file, given)]);
  }
  const range = rangeOf(table?.node ?? { type: 'Program' });
  return holeFragment(file, file.text.slice(...range), range);
}

function named(fragment: Fragment, schema: string | undefined, file: Output['file']): Fragment {
  const name = quoted(file, fragment);
  const [first] = fragment.segments;
  return schema === undefined ? name : sqlText(file, first!.source, [`"${schema}".`, name]);
}

type Action = (table: Part, args: readonly Value[], links: readonly Link[], out: Output) => readonly Part[];

const ACTIONS: Readonly<Record<string, Action>> = {
  insert: (table, [rows], links, out) => [...insertSql(out.file, table, rows), conflictSql(links, rows, out)],
  upsert: (table, [rows], _links, { file }) => insertSql(file, table, rows),
  update: (table, [column, value], links, out) =>
    column?.kind === 'text'
      ? ['UPDATE ', table, ' SET ', quoted(out.file, column.fragment), ` = ${valueSql(value)}`, ...whereSql(links, out)]
      : [...updateSql(out.file, table, column), ...whereSql(links, out)],
  increment: (table, args, links, out) => counted('+', table, args, links, out),
  decrement: (table, args, links, out) => counted('-', table, args, links, out),
  del: deleted,
  delete: deleted,
  truncate: table => ['TRUNCATE ', table, ' RESTART IDENTITY'],
};

/** DELETE; what is joined by the equality of two columns is used. */
function deleted(table: Part, _args: readonly Value[], links: readonly Link[], out: Output): readonly Part[] {
  const joins = links.filter(({ name }) => JOIN.test(name)).map(({ args = [] }) => args);
  const used = joins.map(([other]) => (other === undefined ? undefined : tableSql(other, undefined, out)));
  const tests = joins.map(([, left, right]) => (right?.kind === 'text' ? compared(left, '=', right, out) : undefined));
  if (joins.length === 0 || tests.includes(undefined)) return ['DELETE FROM ', table, ...whereSql(links, out)];
  const own = conditions(links, out);
  const all = [...(own.length === 0 ? [] : [own]), ...tests.map(test => [test!])];
  const where = all.flatMap((parts, index) => (index === 0 ? parts : [' and ', ...parts]));
  return ['DELETE FROM ', table, ' using ', ...joined(used as readonly Part[]), ' WHERE ', ...where];
}

function counted(
  sign: '+' | '-',
  table: Part,
  [column, by]: readonly Value[],
  links: readonly Link[],
  out: Output,
): readonly Part[] {
  const { file } = out;
  const set = (name: Part, amount: Value | undefined): readonly Part[] => [
    name,
    ' = ',
    name,
    ` ${sign} ${amount === undefined ? 1 : valueSql(amount)}`,
  ];
  const sets =
    column?.kind === 'record' && !column.open && column.entries.size > 0
      ? [...column.entries].flatMap(([name, amount], index) => [
          ...(index === 0 ? [] : [', ']),
          ...set(`"${name}"`, amount),
        ])
      : set(column?.kind === 'text' ? quoted(file, column.fragment) : '${column}', by);
  return ['UPDATE ', table, ' SET ', ...sets, ...whereSql(links, out)];
}

/** What becomes of rows that are there already. */
function conflictSql(links: readonly Link[], rows: Value | undefined, { file }: Output): string {
  const conflict = links.find(({ name }) => name === 'onConflict');
  if (conflict === undefined) return '';
  const columns = textsOf(conflict.args?.[0])?.map(text => quoted(file, text).text) ?? [];
  const on = ` on conflict${columns.length === 0 ? '' : ` (${columns.join(', ')})`}`;
  if (links.some(({ name }) => name === 'ignore')) return `${on} do nothing`;
  const row = rows?.kind === 'list' ? rows.items[0] : rows;
  const names = row?.kind === 'record' ? [...row.entries.keys()] : [];
  if (names.length === 0 || columns.length === 0 || !links.some(({ name }) => name === 'merge')) return '';
  return `${on} do update set ${names.map(name => `"${name}" = excluded."${name}"`).join(', ')}`;
}

/** ` where …` of an index's predicate, which is a query with conditions alone; a hole where it is only known at run time. */
export function predicateSql(predicate: Value | undefined, out: Output): readonly Part[] {
  if (predicate === undefined) return [];
  const tests = predicate.kind === 'chain' ? conditions(predicate.links, out) : [];
  return [' where ', ...(tests.length === 0 ? ['${predicate}'] : tests)];
}

/** All conditions of a query with their WHERE; nothing where there are none. */
function whereSql(links: readonly Link[], out: Output): readonly Part[] {
  const tests = conditions(links, out);
  const joins: readonly Part[] = links.some(({ name }) => JOIN.test(name)) ? ['${join}'] : [];
  const between = joins.length > 0 && tests.length > 0 ? [' and '] : [];
  return joins.length + tests.length === 0 ? [] : [' WHERE ', ...joins, ...between, ...tests];
}

/** The conditions of a query, joined as their names say. */
function conditions(links: readonly Link[], out: Output): readonly Part[] {
  return links
    .filter(({ name, args }) => args !== undefined && CONDITION.test(name))
    .flatMap((link, index) => [
      ...(index === 0 ? [] : [/^or/i.test(link.name) ? ' or ' : ' and ']),
      ...testSql(link, out),
    ]);
}

/** `a = b` of two columns. */
function compared(
  left: Value | undefined,
  operator: string,
  right: Value | undefined,
  { file }: Output,
): Part | undefined {
  if (left?.kind !== 'text' || right?.kind !== 'text') return undefined;
  const [one, other] = [quoted(file, left.fragment).text, quoted(file, right.fragment).text];
  return sqlText(file, rangeOf(left.node), [`${one} ${operator} ${other}`]);
}

const UNKNOWN: readonly Part[] = ['${where}'];

function testSql({ name, args = [] }: Link, out: Output): readonly Part[] {
  const { file } = out;
  const plain = name.replace(/^(?:and|or)(?=[A-Z])/, '').toLowerCase();
  const negated = /^wherenot(?!in$|null$|between$|exists$)/.test(plain);
  const kind = negated ? plain.replace('wherenot', 'where') : plain;
  const [first, second, third] = args;
  const not = negated ? 'not ' : '';
  const site = rangeOf(first?.node ?? { type: 'Program' });
  const test = (text: string): readonly Part[] => [sqlText(file, site, [`${not}${text}`])];
  if (first?.kind === 'function') {
    const links = out.gather(first, 'where').flatMap(chain => chain.links);
    const inner = conditions(links, out);
    const isSelect = /exists$/.test(kind);
    return isSelect || inner.length === 0 ? UNKNOWN : [`${not}(`, ...inner, ')'];
  }
  if (/^where(?:not)?exists$/.test(kind)) {
    const query = first?.kind === 'chain' ? selectSql(first.links, out) : undefined;
    return query === undefined ? UNKNOWN : [kind === 'whereexists' ? 'exists (' : 'not exists (', ...query, ')'];
  }
  if (first?.kind === 'record' && kind === 'where') {
    const condition = conditionSql(file, first);
    if (condition === undefined) return ['TRUE'];
    return first.entries.size > 1 && negated ? UNKNOWN : [not, sqlText(file, site, condition)];
  }
  if (kind === 'whereraw' && first?.kind === 'text' && !/\?/.test(first.fragment.text)) return [first.fragment];
  if (kind === 'where' && first?.kind === 'constant')
    return first.value === true ? ['1 = 1'] : first.value === false ? ['1 = 0'] : UNKNOWN;
  if (first?.kind === 'chain') return [rawText(first) ?? '${where}'];
  if (first?.kind !== 'text') return UNKNOWN;
  const column = quoted(file, first.fragment).text;
  const list = (value: Value | undefined): readonly Part[] => {
    if (value?.kind === 'chain') return selectSql(value.links, out) ?? ['${values}'];
    return [value?.kind === 'list' && value.items.length > 0 ? value.items.map(valueSql).join(', ') : '${values}'];
  };
  const among = (words: string, value: Value | undefined): readonly Part[] => [
    sqlText(file, site, [`${not}${column} ${words} (`]),
    ...list(value),
    ')',
  ];
  switch (kind) {
    case 'where': {
      if (third === undefined || second?.kind !== 'text') {
        const isNull = second?.kind === 'constant' && second.value === null;
        return test(isNull ? `${column} is null` : `${column} = ${valueSql(second)}`);
      }
      const words = second.fragment.text;
      if (/^(?:not\s+)?in$/i.test(words)) return among(words, third);
      return /between/i.test(words) ? UNKNOWN : test(`${column} ${words} ${valueSql(third)}`);
    }
    case 'wherecolumn': {
      const test =
        third === undefined ? compared(first, '=', second, out) : compared(first, stringOf(second) ?? '=', third, out);
      return test === undefined ? UNKNOWN : [not, test];
    }
    case 'wherein':
    case 'wherenotin':
      return among(kind === 'wherein' ? 'in' : 'not in', second);
    case 'wherebetween':
    case 'wherenotbetween': {
      const [low, high] = second?.kind === 'list' ? second.items : [];
      const words = kind === 'wherebetween' ? 'between' : 'not between';
      return test(`${column} ${words} ${valueSql(low)} and ${valueSql(high)}`);
    }
    case 'wherelike':
    case 'whereilike':
      return test(`${column} ${kind.slice(5)} ${valueSql(second)}`);
    case 'wherenull':
      return test(`${column} is null`);
    case 'wherenotnull':
      return test(`${column} is not null`);
    default:
      return UNKNOWN;
  }
}

/** What a query that only reads has: more than this is not written out. */
const IN_SELECT = /^(?:|from|table|into|select|column|columns|distinct|(?:and|or)?where\w*)$/i;

/** A query inside of another; undefined where it does more than choose columns of a table by conditions. */
function selectSql(links: readonly Link[], out: Output): readonly Part[] | undefined {
  const target = links.find(({ name, args }) => TABLES.has(name) && args !== undefined);
  if (target === undefined || links.some(({ name }) => !IN_SELECT.test(name))) return undefined;
  const chosen = links
    .filter(({ name }) => /^(?:select|columns?|distinct)$/.test(name))
    .flatMap(({ args = [] }) => args);
  const texts = chosen.flatMap(each => textsOf(each) ?? []);
  if (chosen.some(each => textsOf(each) === undefined) || texts.some(({ text }) => /\s/.test(text))) return undefined;
  const columns = texts.length === 0 ? ['*'] : joined(texts.map(text => quoted(out.file, text)));
  const distinct = links.some(({ name }) => name === 'distinct') ? 'distinct ' : '';
  const where = conditions(links, out);
  const from = tableSql(target.args?.[0], undefined, out);
  return [`select ${distinct}`, ...columns, ' from ', from, ...(where.length === 0 ? [] : [' where ', ...where])];
}

/** The SQL of `knex.raw('…')`. */
export function rawText({ links }: Chain): Fragment | undefined {
  const raw = links.findLast(({ name }) => name === 'raw');
  const [text] = raw?.args ?? [];
  return text?.kind === 'text' ? text.fragment : undefined;
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
  const chosen = query?.kind === 'chain' && raw === undefined ? selectSql(query.links, out) : undefined;
  const words = `${/OrReplace/.test(link.name) ? 'or replace ' : ''}${/Materialized/.test(link.name) ? 'materialized ' : ''}`;
  send(
    link,
    link,
    [
      `create ${words}view `,
      tableSql(name, schema, out),
      `${list} as `,
      ...(raw === undefined ? (chosen ?? ['select ${query}']) : [raw]),
      calls.map(({ name: call }) => CHECK_OPTIONS[call] ?? '').join(''),
    ],
    out,
  );
}

const CHECK_OPTIONS: Readonly<Record<string, string>> = {
  checkOption: ' with check option',
  localCheckOption: ' with local check option',
  cascadedCheckOption: ' with cascaded check option',
};

/** Sends what `alterView` and `view` change: names and defaults of columns, one statement each. */
export function alterView(link: Link, schema: string | undefined, out: Output): void {
  const [name, callback] = link.args ?? [];
  if (name?.kind !== 'text' || callback?.kind !== 'function') {
    out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
    return;
  }
  const { file } = out;
  const view = sqlText(file, rangeOf(name.node), [tableSql(name, schema, out)]).text;
  for (const { links, node } of out.gather(callback, 'view')) {
    const [column, change] = links;
    const [old, value] = [column?.args?.[0], change?.args?.[0]];
    const from = old?.kind === 'text' ? quoted(file, old.fragment) : undefined;
    if (column === undefined || change === undefined || from === undefined) {
      out.unreadable(node, 'the change of the view is only known when it runs');
    } else if (change.name === 'rename' && value?.kind === 'text') {
      send(column, change, [`alter view ${view} rename `, from, ' to ', quoted(file, value.fragment)], out);
    } else if (change.name === 'defaultTo') {
      const written = stringOf(value) ?? valueSql(value);
      send(column, change, [`alter view ${view} alter `, from, ` set default ${written}`], out);
    } else out.unreadable(change.node, `${change.name} is not read`);
  }
}
