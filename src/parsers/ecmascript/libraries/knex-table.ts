import type { Fragment } from '../../../source/fragment.ts';
import type { Range, SourceFile } from '../../../source/source-file.ts';
import type { Output } from '../library.ts';
import {
  closeAt,
  endOf,
  entry,
  isFalse,
  isTrue,
  joined,
  literalOf,
  numberOf,
  type Part,
  quoted,
  sqlText,
  stringOf,
  textsOf,
} from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import { type Chain, type Link, spreadsIn, type Value } from '../values.ts';
import { predicateSql, rawText } from './knex-queries.ts';

/** The table that a builder's callback describes. */
interface Table {
  readonly file: SourceFile;
  readonly out: Output;
  /** As it is written, without quotes. */
  readonly name: Fragment;
  readonly schema: string | undefined;
  readonly creates: boolean;
}

/** A command on a table besides its columns, in the order in which they are called. */
interface Command {
  readonly name: string;
  readonly link: Link;
  readonly args: readonly (Value | undefined)[];
  /** The calls behind it: `references`, `onDelete`. */
  readonly rest: readonly Link[];
}

interface Column {
  readonly link: Link;
  readonly name: Fragment;
  readonly type: string;
  readonly rest: readonly Link[];
  readonly alters: Link | undefined;
}

/** Types that take no arguments, as Knex spells them for PostgreSQL. */
const TYPES: Readonly<Record<string, string>> = {
  ...{ tinyint: 'smallint', smallint: 'smallint', mediumint: 'integer', int: 'integer', integer: 'integer' },
  ...{ bigint: 'bigint', biginteger: 'bigint', bigInteger: 'bigint', float: 'real', double: 'double precision' },
  ...{ real: 'real', boolean: 'boolean', bool: 'boolean', date: 'date', time: 'time', json: 'json', jsonb: 'jsonb' },
  ...{ text: 'text', mediumtext: 'text', longtext: 'text', tinytext: 'text', binary: 'bytea' },
  ...{ geometry: 'geometry', geography: 'geography', point: 'point', uuid: 'uuid' },
};

/** Types that depend on their arguments, those behind the column's name. */
const TYPES_OF: Readonly<Record<string, (args: readonly Value[]) => string | undefined>> = {
  string: ([length]) => `varchar(${numberOf(length) ?? 255})`,
  varchar: ([length]) => `varchar(${numberOf(length) ?? 255})`,
  decimal: ([precision, scale]) =>
    precision?.kind === 'constant' && precision.value === null
      ? 'decimal'
      : `decimal(${numberOf(precision) ?? 8}, ${numberOf(scale) ?? 2})`,
  datetime: timestampOf,
  dateTime: timestampOf,
  timestamp: timestampOf,
  specificType: ([type]) => stringOf(type),
};

const SERIALS: Readonly<Record<string, string>> = {
  increments: 'serial',
  bigincrements: 'bigserial',
  bigIncrements: 'bigserial',
};

function timestampOf([first, second]: readonly Value[]): string {
  const options = first?.kind === 'record';
  const withoutZone = options ? isFalse(entry(first, 'useTz')) : isTrue(first);
  const precision = numberOf(options ? entry(first, 'precision') : second);
  return `${withoutZone ? 'timestamp' : 'timestamptz'}${precision === undefined ? '' : `(${precision})`}`;
}

/** Commands that a table's callback may call on the table itself. */
const COMMANDS = new Set([
  ...['index', 'unique', 'primary', 'foreign', 'dropColumn', 'dropColumns', 'renameColumn', 'setNullable'],
  ...['dropNullable', 'dropIndex', 'dropUnique', 'dropUniqueIfExists', 'dropForeign', 'dropForeignIfExists'],
  ...['dropPrimary', 'dropPrimaryIfExists', 'dropTimestamps', 'comment', 'check', 'dropChecks', 'inherits'],
]);
/** Options of tables that mean nothing to PostgreSQL, or nothing to the server at all. */
const MYSQL_ONLY = new Set(['charset', 'collate', 'engine', 'queryContext']);
/** Calls on a column that are commands on its table. */
const COLUMN_COMMANDS = new Set(['index', 'unique', 'primary', 'references', 'comment']);
const COLUMN_MODIFIERS = new Set([
  ...[
    'notNullable',
    'notNull',
    'nullable',
    'defaultTo',
    'default',
    'defaultsTo',
    'unsigned',
    'alter',
    'first',
    'after',
  ],
  ...[
    'inTable',
    'on',
    'onDelete',
    'onUpdate',
    'withKeyName',
    'deferrable',
    'collate',
    'checkPositive',
    'checkNegative',
    'checkIn',
    'checkNotIn',
    'checkBetween',
    'checkLength',
    'checkRegex',
  ],
]);

/**
 * Sends what Knex makes of a table's callback on PostgreSQL: the columns in one statement, then the commands one by one.
 *
 * @param link - the call: `createTable`, `createTableLike`, `alterTable`, `table`, `createTableIfNotExists`
 */
export function sendTable(link: Link, schema: string | undefined, out: Output): void {
  const { file } = out;
  const [name, ...others] = link.args ?? [];
  const isLike = link.name === 'createTableLike';
  const callback = others[isLike ? 1 : 0];
  const [like] = isLike ? others : [];
  if (
    name?.kind !== 'text' ||
    (isLike ? like?.kind !== 'text' : callback === undefined) ||
    (callback !== undefined && callback.kind !== 'function')
  ) {
    out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
    return;
  }
  const creates = link.name.startsWith('create');
  const table: Table = { file, out, name: name.fragment, schema, creates };
  const columns: Column[] = [];
  const commands: Command[] = [];
  const chains = callback === undefined ? [] : out.gather(callback, 'table');
  for (const chain of chains) readChain(chain, table, columns, commands);
  const ifNot = link.name === 'createTableIfNotExists' ? 'if not exists ' : '';
  const site = rangeOf(link.at);
  const added = columns.filter(({ alters }) => alters === undefined);
  const commented = creates && isMysql(table) ? commands.find(({ name }) => name === 'comment') : undefined;
  const comment = stringOf(commented?.args[0]);
  const inherited = textsOf(commands.find(({ name }) => name === 'inherits')?.args[0])?.[0];
  const parent = inherited === undefined ? undefined : quoted(file, inherited).text;
  const inlined = isSqlite(table) ? commands.filter(command => command.name === 'foreign') : [];
  const primary = creates && !isLike ? commands.find(command => command.name === 'primary') : undefined;
  if (creates) {
    const keys =
      primary === undefined
        ? []
        : [
            sqlText(file, rangeOf(primary.link.at), [
              ...(isSqlite(table) ? [] : ['constraint ', ...keyName(primary, table), ' ']),
              'primary key (',
              ...columnNames(primary.args[0], table),
              ')',
            ]),
          ];
    const own = primary?.args[0] !== undefined;
    const checks = commands.filter(({ name }) => name === 'check').flatMap(command => checkInTable(command, table));
    const references = inlined.flatMap(command => {
      const key = foreignKey(command, table);
      return key === undefined ? [] : [sqlText(file, rangeOf(command.link.at), key.parts)];
    });
    const source =
      like?.kind === 'text'
        ? [sqlText(file, rangeOf(like.node), ['like ', quoted(file, like.fragment), ' including all'])]
        : [];
    const columnsOf = added.map(column => definition(column, table, own));
    const definitions = [...source, ...columnsOf, ...references, ...keys, ...checks];
    out.sql(
      joinedText(file, [
        sqlText(file, site, [`create table ${ifNot}`, tableName(table), ' (', ...joined(definitions)]),
        sqlText(file, endOf(link.node), [
          `)${parent === undefined ? '' : ` inherits (${parent})`}${comment === undefined ? '' : ` comment = ${literalOf(comment)}`}`,
        ]),
      ]),
    );
  } else if (isSqlite(table)) {
    for (const column of added) {
      const keys = inlined.filter(command => isOf(command, column)).flatMap(key => columnKey(key, table));
      const parts: readonly Part[] = [
        'alter table ',
        tableName(table),
        ' add column ',
        definition(column, table, false),
      ];
      out.sql(sqlText(file, site, [...parts, ...keys]));
    }
  } else if (added.length > 0) {
    const definitions = added.map(column =>
      sqlText(file, rangeOf(column.link.at), ['add column ', definition(column, table, false)]),
    );
    out.sql(sqlText(file, site, ['alter table ', tableName(table), ' ', ...joined(definitions)]));
  }
  for (const column of columns) if (column.alters !== undefined) alterColumn(column, table);
  for (const command of commands) {
    // Of several keys of a new table Knex writes the first only.
    const written =
      creates && ((command.name === 'primary' && !isLike) || command.name === 'check' || inlined.includes(command));
    if (written || command === commented || isAdded(command, added, table)) continue;
    if (isSqlite(table) && REBUILDS.has(command.name))
      out.unreadable(command.link.node, 'Knex makes the table anew for this on SQLite');
    else COMMAND_SQL[command.name]?.(command, table);
  }
  for (const node of chains.flatMap(({ links }) => links.flatMap(spreadOptions)))
    out.unreadable(node, 'what is spread here is only known when it runs');
}

/** What is spread into the options of a call; a default's own entries are a value. */
function spreadOptions({ name, args = [] }: Link): ReturnType<typeof spreadsIn> {
  return /^default/.test(name) || name === 'queryContext' ? [] : args.flatMap(spreadsIn);
}

/** What no ALTER TABLE of SQLite can do. */
const REBUILDS = new Set([
  ...['foreign', 'primary', 'check', 'dropForeign', 'dropForeignIfExists', 'dropPrimary', 'dropPrimaryIfExists'],
  ...['setNullable', 'dropNullable', 'dropChecks'],
]);

/** Whether a command is one of a column's own calls. */
function isOf({ args }: Command, column: Column): boolean {
  return args[0]?.kind === 'text' && args[0].fragment === column.name;
}

/** Whether a foreign key stands in the definition of a column that is added: on SQLite it can be nowhere else. */
function isAdded(command: Command, added: readonly Column[], table: Table): boolean {
  return isSqlite(table) && command.name === 'foreign' && added.some(column => isOf(command, column));
}

/** ` references …` of a column. */
function columnKey(command: Command, table: Table): readonly Part[] {
  const key = foreignKey(command, table);
  return key === undefined ? [] : [sqlText(table.file, rangeOf(command.link.at), key.references)];
}

/** `t.check(…)` as CREATE TABLE takes it. */
function checkInTable({ args, link }: Command, { file, out }: Table): readonly Fragment[] {
  const [predicate, , name] = args;
  const constraint = stringOf(name);
  if (predicate?.kind === 'text') {
    const named = constraint === undefined ? '' : `constraint ${constraint} `;
    return [sqlText(file, rangeOf(link.at), [`${named}check (`, predicate.fragment, ')'])];
  }
  out.unreadable(link.node, 'the check is only known when it runs');
  return [];
}

function joinedText(file: SourceFile, parts: readonly Fragment[]): Fragment {
  return sqlText(file, [0, 0], parts);
}

/** The table's name where it is written. */
function tableName({ file, name, schema }: Table): Fragment {
  if (schema === undefined) return quoted(file, name);
  const { segments } = name;
  return sqlText(file, [segments[0]!.source[0], segments.at(-1)!.source[1]], [`"${schema}".`, quoted(file, name)]);
}

/** The table's name where it is only meant. */
function tableText(table: Table): string {
  return tableName(table).text;
}

function readChain({ links, node }: Chain, table: Table, columns: Column[], commands: Command[]): void {
  const [first, ...rest] = links;
  if (first?.args === undefined || MYSQL_ONLY.has(first.name)) return;
  if (COMMANDS.has(first.name)) {
    commands.push({ name: first.name, link: first, args: first.args, rest });
    return;
  }
  if (first.name === 'timestamps') {
    columns.push(...timestamps(first, table));
    return;
  }
  const column = columnOf(first, rest, table);
  if (column === undefined) {
    table.out.unreadable(node, `${first.name} is only known when it runs`);
    return;
  }
  columns.push(column);
  for (const [index, link] of rest.entries()) {
    if (COLUMN_COMMANDS.has(link.name)) {
      if (SERIALS[first.name] !== undefined && link.name !== 'comment' && link.name !== 'references') continue;
      const name: Value = { kind: 'text', fragment: column.name, node: first.node };
      const args = link.name === 'references' ? [name] : [name, ...(link.args ?? [])];
      const command = { references: 'foreign', comment: 'commentColumn' }[link.name] ?? link.name;
      commands.push({ name: command, link, args, rest: link.name === 'references' ? rest.slice(index) : [] });
    } else if (!COLUMN_MODIFIERS.has(link.name)) table.out.unreadable(link.node, `${link.name} is not read`);
  }
}

function columnOf(link: Link, rest: readonly Link[], { file, out }: Table): Column | undefined {
  const serial = SERIALS[link.name];
  const [name, ...args] = link.args ?? [];
  const at = rangeOf(link.at);
  const text = name?.kind === 'text' ? name.fragment : undefined;
  if (text === undefined && (serial === undefined || name !== undefined)) return undefined;
  const type = serial ?? TYPES[link.name] ?? TYPES_OF[link.name]?.(args) ?? enumOf(link, text!, out);
  if (type === undefined) return undefined;
  const alters = rest.find(each => each.name === 'alter');
  return { link, name: text ?? sqlText(file, at, ['id']), type, rest, alters };
}

/** An enum: a text with a CHECK, or a type of its own that is created first. */
function enumOf(link: Link, name: Fragment, out: Output): string | undefined {
  if (link.name !== 'enum' && link.name !== 'enu') return undefined;
  const [, values, options] = link.args ?? [];
  const allowed = textsOf(values)?.map(({ text }) => text);
  if (isTrue(entry(options, 'useNative'))) {
    const type = stringOf(entry(options, 'enumName'));
    if (type === undefined) return undefined;
    const schema = stringOf(entry(options, 'schemaName'));
    const full = `${schema === undefined ? '' : `"${schema}".`}"${type}"`;
    if (isTrue(entry(options, 'existingType'))) return full;
    if (allowed === undefined) return undefined;
    out.sql(sqlText(out.file, rangeOf(link.node), [`create type ${full} as enum ('${allowed.join("', '")}')`]));
    return full;
  }
  return allowed === undefined
    ? undefined
    : `text check (${quoted(out.file, name).text} in ('${allowed.join("', '")}'))`;
}

function timestamps(link: Link, { file }: Table): readonly Column[] {
  const [first, second, third] = link.args ?? [];
  const [now, camel] =
    first?.kind === 'record' ? [entry(first, 'defaultToNow'), entry(first, 'useCamelCase')] : [second, third];
  const names = isTrue(camel) ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at'];
  const site = rangeOf(link.at);
  const current: Value = { kind: 'made', name: 'now', args: [], node: link.node };
  const rest: readonly Link[] = isTrue(now)
    ? [
        { ...link, name: 'notNullable', args: [] },
        { ...link, name: 'defaultTo', args: [current] },
      ]
    : [];
  return names.map(name => ({ link, name: sqlText(file, site, [name]), type: 'timestamptz', rest, alters: undefined }));
}

/** A column as CREATE TABLE and ADD COLUMN write it: its name, type, NULL, default. */
function definition(column: Column, table: Table, hasPrimary: boolean): Fragment {
  const { file } = table;
  const { link, rest } = column;
  const serial = SERIALS[link.name];
  const key =
    (serial !== undefined && !isFalse(entry(link.args?.[1], 'primaryKey')) && !hasPrimary) ||
    (link.name === 'uuid' && isTrue(entry(link.args?.[1], 'primaryKey')) && !isSqlite(table))
      ? ' primary key'
      : '';
  const unsigned = isMysql(table) && rest.some(({ name }) => name === 'unsigned') ? ' unsigned' : '';
  const isSerial = serial !== undefined && isSqlite(table);
  const spelled = isSerial ? 'integer not null' : isSqlite(table) ? sqliteType(column.type) : column.type;
  const type = ` ${spelled}${unsigned}${key}${isSerial && key !== '' ? ' autoincrement' : ''}`;
  const parts: Part[] = [quoted(file, column.name), sqlText(file, rangeOf(link.at), [type])];
  if (serial !== undefined) return sqlText(file, rangeOf(link.at), parts);
  const nullable = rest.findLast(({ name }) => /^(not)?null(able)?$/i.test(name));
  if (nullable !== undefined)
    parts.push(sqlText(file, rangeOf(nullable.at), [isNull(nullable) ? ' null' : ' not null']));
  const initial = defaultLink(column);
  if (initial !== undefined) parts.push(sqlText(file, siteOf(initial), [' ', ...defaultSql(initial, table)]));
  for (const check of CHECKS) {
    const call = rest.findLast(({ name }) => name === check);
    if (call !== undefined) parts.push(sqlText(file, siteOf(call), [checkSql(call, quoted(file, column.name).text)]));
  }
  const comment = isMysql(table) ? stringOf(rest.findLast(({ name }) => name === 'comment')?.args?.[0]) : undefined;
  if (comment !== undefined) parts.push(` comment ${literalOf(comment)}`);
  return sqlText(file, rangeOf(link.at), parts);
}

/** Checks of columns in the order in which Knex writes them. */
const CHECKS = ['checkPositive', 'checkNegative', 'checkIn', 'checkNotIn', 'checkBetween', 'checkLength', 'checkRegex'];

/** ` check (…)` of a column, with its name where the call gives one. */
function checkSql({ name, args = [] }: Link, column: string): string {
  const [first, second] = args;
  const value = (item: Value | undefined): string =>
    item?.kind === 'text' ? literalOf(item.fragment.text) : (numberOf(item)?.toString() ?? '${value}');
  const values = first?.kind === 'list' ? first.items.map(value) : ['${values}'];
  const bounds = first?.kind === 'list' && first.items[0]?.kind === 'list' ? first.items : [first];
  const between = (bound: Value | undefined): string =>
    bound?.kind === 'list' ? `${column} between ${value(bound.items[0])} and ${value(bound.items[1])}` : '${check}';
  const [condition, given] = {
    checkPositive: [`${column} > 0`, first],
    checkNegative: [`${column} < 0`, first],
    checkIn: [`${column} in (${values.join(',')})`, second],
    checkNotIn: [`${column} not in (${values.join(',')})`, second],
    checkBetween: [bounds.map(between).join(' or '), second],
    checkLength: [`length(${column}) ${stringOf(first) ?? '='} ${value(second)}`, args[2]],
    checkRegex: [`${column} ~ ${value(first)}`, second],
  }[name] as [string, Value | undefined];
  const constraint = stringOf(given);
  return `${constraint === undefined ? '' : ` constraint ${constraint}`} check (${condition})`;
}

function isNull(link: Link): boolean {
  return link.name === 'nullable' && !isFalse(link.args?.[0]);
}

function defaultLink({ rest }: Column): Link | undefined {
  return rest.findLast(({ name }) => name === 'defaultTo' || name === 'default' || name === 'defaultsTo');
}

/** From a call's name to its end. */
function siteOf(link: Link): Range {
  return [rangeOf(link.at)[0], rangeOf(link.node)[1]];
}

function defaultSql(link: Link, { file }: Table): readonly Part[] {
  const [value] = link.args ?? [];
  switch (value?.kind) {
    case 'text':
      return [`default ${literalOf(value.fragment.text)}`];
    case 'constant': {
      if (value.value === undefined) return [];
      if (value.value === null) return ['default null'];
      if (typeof value.value === 'boolean') return [`default '${value.value ? '1' : '0'}'`];
      return [`default '${value.value}'`];
    }
    case 'made':
      return ['default CURRENT_TIMESTAMP'];
    case 'chain': {
      const raw = rawText(value);
      if (raw !== undefined) return ['default ', raw];
      return ['default CURRENT_TIMESTAMP'];
    }
    case 'record':
    case 'list':
      return [`default '{}'`];
    default:
      return ['default ', sqlText(file, rangeOf(link.node), ['${default}'])];
  }
}

/** MySQL takes a column as a whole, drops indexes by their tables, and has types without a sign. */
function isMysql({ out }: Table): boolean {
  return out.dialect === 'mysql' || out.dialect === 'mariadb';
}

/** SQLite has no ALTER for constraints, adds one column at a time, and has types of its own names. */
function isSqlite({ out }: Table): boolean {
  return out.dialect === 'sqlite';
}

/** Types as Knex spells them for SQLite, where not as for PostgreSQL. */
const SQLITE_TYPES: Readonly<Record<string, string>> = {
  ...{ timestamptz: 'datetime', timestamp: 'datetime', real: 'float', 'double precision': 'float', bytea: 'blob' },
  ...{ uuid: 'char(36)', jsonb: 'json', smallint: 'integer' },
};

function sqliteType(type: string): string {
  if (/^decimal/.test(type)) return 'float';
  return SQLITE_TYPES[type.replace(/\(\d+\)$/, '')] ?? type;
}

/** `.alter()`: the default goes, then NOT NULL, then the type changes, then both come back as they are now. */
function alterColumn(column: Column, table: Table): void {
  const { out, file } = table;
  const { link, rest, alters } = column;
  if (isSqlite(table)) {
    out.unreadable(alters!.node, 'Knex makes the table anew for this on SQLite');
    return;
  }
  if (isMysql(table)) {
    const parts = [`alter table ${tableText(table)} modify column `, definition(column, table, false)];
    out.sql(closeAt(file, sqlText(file, rangeOf(link.at), parts), alters!.node));
    return;
  }
  const site: Range = [rangeOf(link.at)[0], rangeOf(alters!.node)[1]];
  const name = quoted(file, column.name).text;
  const send = (sql: string): void =>
    out.sql(sqlText(file, site, [`alter table ${tableText(table)} alter column ${name} ${sql}`]));
  const options = alters!.args?.[0];
  const nullable = !isFalse(entry(options, 'alterNullable'));
  send('drop default');
  if (nullable) send('drop not null');
  if (!isFalse(entry(options, 'alterType'))) {
    const isEnum = link.name === 'enum' || link.name === 'enu';
    send(`type ${column.type} using (${name}${isEnum ? '::text::' : '::'}${column.type})`);
  }
  const initial = defaultLink(column);
  if (initial !== undefined) {
    const text = defaultSql(initial, table).map(part => (typeof part === 'string' ? part : part.text));
    if (text.length > 0) send(`set ${text.join('')}`);
  }
  const last = rest.findLast(each => /^(not)?null(able)?$/i.test(each.name));
  if (nullable && last !== undefined && !isNull(last)) send('set not null');
}

/* ---------------------------------------------------------------- Commands */

function columnNames(value: Value | undefined, { file }: Table): readonly Part[] {
  const items = value?.kind === 'list' ? value.items : value === undefined ? [] : [value];
  if (items.length === 0 && value?.kind !== 'list') return ['${columns}'];
  return joined(
    items.map((item): Part => {
      if (item.kind === 'text') return quoted(file, item.fragment);
      return (item.kind === 'chain' ? rawText(item) : undefined) ?? '${columns}';
    }),
  );
}

/** A column as an index's name has it. */
function columnText(item: Value): string {
  return stringOf(item) ?? (item.kind === 'chain' ? rawText(item)?.text : undefined) ?? '';
}

/** The name that Knex makes where none is given: table, columns and kind, in lower case. */
function indexName(command: Command, kind: string, table: Table, given: Value | undefined = command.args[1]): Part {
  const { file } = table;
  const name = given?.kind === 'record' ? entry(given, 'indexName', 'constraintName') : given;
  if (name?.kind === 'text') return quoted(file, name.fragment);
  const [first] = command.args;
  const items = first?.kind === 'list' ? first.items : first === undefined ? [] : [first];
  const columns = items.map(columnText).join('_');
  return `"${`${table.name.text.replace(/[.-]/g, '_')}_${columns}_${kind}`.toLowerCase()}"`;
}

function keyName(command: Command, table: Table, given: Value | undefined = command.args[1]): readonly Part[] {
  const name = given?.kind === 'record' ? entry(given, 'constraintName') : given;
  return [name?.kind === 'text' ? quoted(table.file, name.fragment) : `"${table.name.text}_pkey"`];
}

function deferrable(value: Value | undefined): string {
  const text = stringOf(value?.kind === 'record' ? entry(value, 'deferrable') : undefined);
  return text === undefined ? '' : ` deferrable initially ${text}`;
}

type CommandSql = (command: Command, table: Table) => void;

function send(command: Command, { file, out }: Table, parts: readonly Part[]): void {
  const last = command.rest.at(-1) ?? command.link;
  out.sql(closeAt(file, sqlText(file, rangeOf(command.link.at), parts), last.node));
}

function alter(command: Command, table: Table, parts: readonly Part[]): void {
  send(command, table, [`alter table ${tableText(table)} `, ...parts]);
}

const dropConstraint =
  (kind: string, ifExists = ''): CommandSql =>
  (command, table) =>
    alter(command, table, [
      `drop constraint ${ifExists}`,
      ...(kind === 'pkey' ? keyName(command, table, command.args[0]) : [indexName(command, kind, table)]),
    ]);

const dropUnique =
  (ifExists: string): CommandSql =>
  (command, table) =>
    isSqlite(table)
      ? send(command, table, [`drop index ${ifExists}`, indexName(command, 'unique', table)])
      : dropConstraint('unique', ifExists)(command, table);

/** A foreign key's name, its definition, and that from REFERENCES on. */
function foreignKey(
  command: Command,
  table: Table,
): { readonly name: Part; readonly parts: readonly Part[]; readonly references: readonly Part[] } | undefined {
  const { file } = table;
  const call = (...names: readonly string[]): Value | undefined =>
    command.rest.findLast(({ name }) => names.includes(name))?.args?.[0];
  const references = textsOf(call('references')) ?? [];
  const [target] = references;
  if (target === undefined) {
    table.out.unreadable(command.link.node, 'what the key refers to is only known when it runs');
    return undefined;
  }
  const dot = target.text.indexOf('.');
  const range: Range = [target.segments[0]!.source[0], target.segments.at(-1)!.source[1]];
  const inTable = call('inTable', 'on');
  const table2: Part =
    inTable?.kind === 'text'
      ? quoted(file, inTable.fragment)
      : quoted(file, sqlText(file, range, [target.text.slice(0, Math.max(0, dot))]));
  if (inTable === undefined && dot === -1) return undefined;
  const columns =
    dot !== -1 && inTable === undefined
      ? [quoted(file, sqlText(file, range, [target.text.split('.')[1]!]))]
      : references.map(text => quoted(file, text));
  const actions = (['onUpdate', 'onDelete'] as const).map(name => {
    const action = stringOf(call(name));
    return action === undefined ? '' : ` on ${name.slice(2).toLowerCase()} ${action}`;
  });
  const when = stringOf(call('deferrable'));
  const refers: readonly Part[] = [
    ' references ',
    table2,
    ' (',
    ...joined(columns),
    `)${actions.join('')}${when === undefined ? '' : ` deferrable initially ${when}`}`,
  ];
  return {
    name: indexName(command, 'foreign', table, call('withKeyName') ?? command.args[1]),
    parts: ['foreign key (', ...columnNames(command.args[0], table), ')', ...refers],
    references: refers,
  };
}

const COMMAND_SQL: Readonly<Record<string, CommandSql>> = {
  index(command, table) {
    const options = command.args[2];
    const method = stringOf(options) ?? stringOf(entry(options, 'storageEngineIndexType'));
    const isUnique = stringOf(entry(options, 'indexType'))?.toLowerCase() === 'unique';
    const where = predicateSql(entry(options, 'predicate'), table.out);
    send(command, table, [
      `create${isUnique ? ' unique' : ''} index `,
      indexName(command, 'index', table),
      ` on ${tableText(table)}${method === undefined ? '' : ` using ${method}`} (`,
      ...columnNames(command.args[0], table),
      ')',
      ...where,
    ]);
  },
  unique(command, table) {
    const options = command.args[1];
    const predicate = entry(options, 'predicate');
    const isIndex = isFalse(entry(options, 'useConstraint')) || predicate !== undefined || isSqlite(table);
    const name = indexName(command, 'unique', table);
    const columns = columnNames(command.args[0], table);
    if (!isIndex) alter(command, table, ['add constraint ', name, ' unique (', ...columns, `)${deferrable(options)}`]);
    else {
      const where = predicateSql(predicate, table.out);
      send(command, table, ['create unique index ', name, ` on ${tableText(table)} (`, ...columns, ')', ...where]);
    }
  },
  primary(command, table) {
    const columns = columnNames(command.args[0], table);
    alter(command, table, [
      'add constraint ',
      ...keyName(command, table),
      ' primary key (',
      ...columns,
      `)${deferrable(command.args[1])}`,
    ]);
  },
  foreign(command, table) {
    const key = foreignKey(command, table);
    if (key !== undefined) alter(command, table, ['add constraint ', key.name, ' ', ...key.parts]);
  },
  dropColumn(command, table) {
    const texts = command.args.flatMap(arg => textsOf(arg) ?? []);
    if (texts.length === 0)
      table.out.unreadable(command.link.node, 'which columns are dropped is only known when it runs');
    else
      alter(
        command,
        table,
        joined(
          texts.map(text => sqlText(table.file, rangeOf(command.link.at), ['drop column ', quoted(table.file, text)])),
        ),
      );
  },
  dropColumns: (command, table) => COMMAND_SQL.dropColumn!(command, table),
  dropTimestamps(command, table) {
    const names = isTrue(command.args[0]) ? ['createdAt', 'updatedAt'] : ['created_at', 'updated_at'];
    alter(command, table, [names.map(name => `drop column "${name}"`).join(', ')]);
  },
  renameColumn(command, table) {
    const [from, to] = command.args.flatMap(arg => textsOf(arg) ?? []);
    if (from === undefined || to === undefined)
      table.out.unreadable(command.link.node, 'the names are only known when it runs');
    else alter(command, table, ['rename ', quoted(table.file, from), ' to ', quoted(table.file, to)]);
  },
  setNullable: (command, table) =>
    alter(command, table, ['alter column ', ...columnNames(command.args[0], table), ' drop not null']),
  dropNullable: (command, table) =>
    alter(command, table, ['alter column ', ...columnNames(command.args[0], table), ' set not null']),
  dropIndex(command, table) {
    const schema = table.schema === undefined ? '' : `"${table.schema}".`;
    if (isMysql(table)) alter(command, table, ['drop index ', indexName(command, 'index', table)]);
    else send(command, table, [`drop index ${schema}`, indexName(command, 'index', table)]);
  },
  dropUnique: dropUnique(''),
  dropUniqueIfExists: dropUnique('if exists '),
  dropForeign: dropConstraint('foreign'),
  dropForeignIfExists: dropConstraint('foreign', 'if exists '),
  dropPrimary: dropConstraint('pkey'),
  dropPrimaryIfExists: dropConstraint('pkey', 'if exists '),
  comment(command, table) {
    // SQLite has no comments, and MySQL's are among the table's options.
    if (isSqlite(table)) return;
    if (isMysql(table)) alter(command, table, [`comment = ${literalOf(stringOf(command.args[0]) ?? '')}`]);
    else
      send(command, table, [`comment on table ${tableText(table)} is ${literalOf(stringOf(command.args[0]) ?? '')}`]);
  },
  commentColumn(command, table) {
    if (isSqlite(table) || isMysql(table)) return;
    const [column, text] = command.args;
    send(command, table, [
      `comment on column ${tableText(table)}.`,
      ...columnNames(column, table),
      ` is ${literalOf(stringOf(text) ?? '')}`,
    ]);
  },
  check(command, table) {
    const [predicate, , name] = command.args;
    const constraint = stringOf(name) ?? `${table.name.text}_1`;
    if (predicate?.kind !== 'text') table.out.unreadable(command.link.node, 'the check is only known when it runs');
    else alter(command, table, [`add constraint ${constraint} check(`, predicate.fragment, ')']);
  },
  dropChecks(command, table) {
    const names = command.args.flatMap(arg => textsOf(arg) ?? []);
    alter(command, table, [names.map(({ text }) => `drop constraint ${text}`).join(', ')]);
  },
};
