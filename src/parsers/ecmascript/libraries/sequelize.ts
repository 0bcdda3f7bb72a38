import { type Fragment, joinFragments, substituteFragment } from '../../../source/fragment.ts';
import { conditionSql, insertSql, updateSql, valueSql } from '../data-sql.ts';
import type { Library, Output } from '../library.ts';
import {
  closeAt,
  endOf,
  entry,
  isTrue,
  joined,
  literalOf,
  type Part,
  quoted,
  sqlText,
  stringOf,
  textsOf,
} from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { openTransaction, sendRaw } from './raw.ts';
import {
  changesSql,
  constraintSql,
  definitionSql,
  expressionSql,
  readColumn,
  type SequelizeColumn,
} from './sequelize-columns.ts';

/** Sequelize: the query interface, and the queries of `queryInterface.sequelize`. */
export const sequelize: Library = {
  parameters: ['queryInterface', 'Sequelize'],
  promises: true,
  definitions: /^(?:createTable|addColumn|changeColumn|addIndex|addConstraint|createFunction)$/,
  modules: ['sequelize', 'sequelize-typescript', '@sequelize/core'],
  imports: { default: 'Sequelize', DataTypes: 'Sequelize', Sequelize: 'Sequelize', DataType: 'Sequelize' },
  run,
  resultOf,
};

/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  ...['sequelize', 'queryInterface', 'getDialect', 'describeTable', 'showAllTables', 'tableExists', 'showIndex'],
  ...['context', 'commit', 'rollback', 'QueryTypes', 'options', 'dialect', 'getQueryInterface', 'showConstraint'],
  ...['showAllSchemas', 'databaseVersion', 'getForeignKeyReferencesForTable', 'getForeignKeysForTables', 'select'],
  ...['nameIndexes', 'quoteIdentifiers', 'pgListEnums', 'setIsolationLevel', 'setAutocommit', 'deferConstraints'],
  ...['rawSelect', 'quoteIdentifier', 'quoteTable', 'escape', 'queryGenerator', 'config', 'authenticate', 'name'],
]);

const ENDS: Readonly<Record<string, 'COMMIT' | 'ROLLBACK'>> = { commit: 'COMMIT', rollback: 'ROLLBACK' };

function run({ root, links, node }: Chain, out: Output): void {
  if (root === 'Sequelize') return;
  for (const link of links) {
    if (link.name === 'query' && link.args !== undefined) sendRaw(link, out);
    else if (link.name === 'transaction') openTransaction(link, 'transaction', out, isInside);
    else if (root === 'transaction' && link.args !== undefined && ENDS[link.name] !== undefined)
      out.end(link, ENDS[link.name]!);
    else if (Object.hasOwn(STATEMENTS, link.name)) {
      const statements = STATEMENTS[link.name]!(link.args ?? [], out);
      if (statements === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
      else sendTogether(link, out, statements);
    } else if (Object.hasOwn(CALLS, link.name)) {
      const parts = CALLS[link.name]!(link.args ?? [], out);
      if (parts === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
      else send(link, out, parts);
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}

/** A transaction that is handed over is named by what it ran. */
function resultOf({ links, node }: Chain): Value | undefined {
  return links.at(-1)?.name === 'transaction' ? { kind: 'chain', root: 'transaction', links: [], node } : undefined;
}

/** A call runs in a transaction where one of its options names it; options that only the run knows may. */
function isInside({ root, links }: Chain): boolean {
  if (root === 'transaction') return true;
  return links.some(({ args = [] }) =>
    args.some(arg => arg.kind === 'unknown' || (arg.kind === 'record' && (arg.open || arg.entries.has('transaction')))),
  );
}

function send(link: Link, out: Output, parts: readonly Part[]): void {
  out.sql(statementOf(link, out, parts));
}

function statementOf(link: Link, { file }: Output, parts: readonly Part[]): Fragment {
  return closeAt(file, sqlText(file, rangeOf(link.at), parts), link.node);
}

/** Sends what a call makes as one query; `createTable` makes the types of enums first, each by itself. */
function sendTogether(link: Link, out: Output, statements: readonly (readonly Part[])[]): void {
  const isAlone = ([first]: readonly Part[]): boolean =>
    link.name === 'createTable' && typeof first === 'string' && first.startsWith('DO ');
  for (const parts of statements.filter(isAlone)) send(link, out, parts);
  const end = substituteFragment(out.file, ';', endOf(link.node));
  const together = statements
    .filter(parts => !isAlone(parts))
    .flatMap((parts, index) => [...(index === 0 ? [] : [end]), statementOf(link, out, parts)]);
  if (together.length > 0) out.sql(joinFragments(together));
}

type Args = NonNullable<Link['args']>;

/** Calls that send several statements. */
const STATEMENTS: Readonly<Record<string, (args: Args, out: Output) => readonly (readonly Part[])[] | undefined>> = {
  createTable([table, attributes, options], out) {
    const { file } = out;
    const place = inSchema(table, options);
    const name = tableOf(place.value, out, '', place.schema);
    if (name === undefined || attributes?.kind !== 'record') return undefined;
    const columns: SequelizeColumn[] = [];
    const schema = place.schema ?? stringOf(entry(table, 'schema'));
    for (const [key, attribute] of attributes.entries) {
      const text = substituteFragment(file, key, rangeOf(attributes.keys?.get(key) ?? attribute.node));
      const column = readColumn(file, text, attribute, tableName(table) ?? '', schema);
      if (column === undefined) out.unreadable(attribute.node, `the type of ${key} is only known when it runs`);
      else columns.push(column);
    }
    const primary = columns.filter(column => column.primary).map(column => quoted(file, column.name).text);
    const uniqueKeys = entry(options, 'uniqueKeys');
    const uniques = uniqueKeys?.kind === 'record' ? [...uniqueKeys.entries.values()] : [];
    const definitions: readonly Part[] = [
      ...columns.map(column => definitionSql(file, column)),
      ...uniques.flatMap(unique => {
        const fields = textsOf(entry(unique, 'fields'))?.map(field => quoted(file, field).text);
        return fields === undefined ? [] : [sqlText(file, rangeOf(unique.node), [`UNIQUE (${fields.join(', ')})`])];
      }),
      ...(primary.length === 0 ? [] : [`PRIMARY KEY (${primary.join(',')})`]),
    ];
    const comment = stringOf(entry(options, 'comment'));
    return [
      ...columns.flatMap(column => enumSql(column)),
      ['CREATE TABLE IF NOT EXISTS ', name, ' (', ...joined(definitions), ')'],
      ...(comment === undefined ? [] : [[`COMMENT ON TABLE ${name.text} IS ${literalOf(comment)}`]]),
      ...columns.flatMap(column => commentSql(column, name.text, out)),
    ];
  },
  addColumn([table, column, attribute], out) {
    const read = columnOf(table, column, attribute, out);
    const name = tableOf(table, out, '"public".');
    if (read === undefined || name === undefined) return undefined;
    return [
      ...enumSql(read),
      ['ALTER TABLE ', name, ' ADD COLUMN ', definitionSql(out.file, read)],
      ...commentSql(read, tableOf(table, out)!.text, out),
    ];
  },
  changeColumn([table, column, attribute], out) {
    const read = columnOf(table, column, attribute, out);
    const name = tableOf(table, out);
    if (read === undefined || name === undefined) return undefined;
    const changes = changesSql(read, quoted(out.file, read.name).text);
    const altered = changes.map(change => ['ALTER TABLE ', name, ` ${change}`]);
    return [...altered.slice(0, -1), ...enumSql(read), ...altered.slice(-1), ...commentSql(read, name.text, out)];
  },
};

function columnOf(
  table: Value | undefined,
  column: Value | undefined,
  attribute: Value | undefined,
  { file }: Output,
): SequelizeColumn | undefined {
  const schema = stringOf(entry(table, 'schema'));
  if (column?.kind !== 'text') return undefined;
  return readColumn(file, column.fragment, attribute, tableName(table) ?? '', schema);
}

/** The statement that makes an enum's type where there is none yet. */
function enumSql({ enumValues, type }: SequelizeColumn): readonly (readonly Part[])[] {
  if (enumValues === undefined) return [];
  const name = type.text.replace(/\[\]$/, '');
  const values = enumValues.map(literalOf).join(', ');
  const body = `BEGIN CREATE TYPE ${name} AS ENUM(${values}); EXCEPTION WHEN duplicate_object THEN null; END`;
  return [[`DO ${literalOf(body)}`]];
}

function commentSql({ comment, name }: SequelizeColumn, table: string, { file }: Output): readonly (readonly Part[])[] {
  const text = stringOf(comment);
  return text === undefined ? [] : [[`COMMENT ON COLUMN ${table}.${quoted(file, name).text} IS ${literalOf(text)}`]];
}

/** A table given by name or as an object. */
function tableName(value: Value | undefined): string | undefined {
  return stringOf(value) ?? stringOf(entry(value, 'tableName'));
}

/** A table's schema where the call's options say it. */
function inSchema(table: Value | undefined, options: Value | undefined): { value: Value | undefined; schema?: string } {
  const schema = stringOf(entry(options, 'schema'));
  return schema === undefined || table?.kind !== 'text' ? { value: table } : { value: table, schema };
}

type Call = (args: NonNullable<Link['args']>, out: Output) => readonly Part[] | undefined;

const TRIGGER_TIMES: Readonly<Record<string, string>> = {
  after: 'AFTER',
  before: 'BEFORE',
  instead_of: 'INSTEAD OF',
  after_constraint: 'AFTER',
};

function wordsOf(value: Value | undefined): readonly string[] {
  return value?.kind === 'list' ? value.items.map(item => stringOf(item) ?? '${option}') : [];
}

/** Parameters of a function, `{ direction, name, type }` each; undefined where the list is only known at run time. */
function parametersSql(value: Value | undefined): string | undefined {
  if (value?.kind !== 'list') return undefined;
  return value.items
    .map(item => ['direction', 'name', 'type'].flatMap(key => stringOf(entry(item, key)) ?? []).join(' '))
    .join(', ');
}

/** `DECLARE …` of a function's variables. */
function variablesSql(value: Value | undefined): string {
  const items = value?.kind === 'list' ? value.items : [];
  return items
    .map(item => {
      const initial = entry(item, 'default');
      const text = stringOf(initial) ?? (initial?.kind === 'constant' ? String(initial.value) : undefined);
      const words = `DECLARE ${stringOf(entry(item, 'name'))} ${stringOf(entry(item, 'type'))}`;
      return `${words}${text === undefined ? '' : ` := ${text}`};`;
    })
    .join(' ');
}

/** UPDATE that adds to columns, or takes from them, and sets others. */
function arithmeticSql(
  operator: '+' | '-',
  [, table, where, amounts, extra]: Args,
  out: Output,
): readonly Part[] | undefined {
  const name = tableOf(table, out);
  if (name === undefined || amounts?.kind !== 'record' || amounts.open) return undefined;
  const sets = [...amounts.entries].map(([key, value]) => `"${key}" = "${key}" ${operator} ${valueSql(value)}`);
  const others = extra?.kind === 'record' ? [...extra.entries] : [];
  const all = [...sets, ...others.map(([key, value]) => `"${key}" = ${valueSql(value)}`)];
  return ['UPDATE ', name, ` SET ${all.join(', ')}`, ...whereSql(where, out)];
}

/** What version 6 sends to PostgreSQL; undefined where a name is not known. */
const CALLS: Readonly<Record<string, Call>> = {
  dropTable([table, options], out) {
    const name = tableOf(table, out);
    return name && ['DROP TABLE IF EXISTS ', name, isTrue(entry(options, 'cascade')) ? ' CASCADE' : ''];
  },
  renameTable([from, to], out) {
    const names = [tableOf(from, out), tableOf(to, out)] as const;
    return names[0] && names[1] && ['ALTER TABLE ', names[0], ' RENAME TO ', names[1]];
  },
  removeColumn([table, column], out) {
    const names = [tableOf(table, out, '"public".'), nameOf(column, out)] as const;
    return names[0] && names[1] && ['ALTER TABLE ', names[0], ' DROP COLUMN ', names[1]];
  },
  renameColumn([table, from, to], out) {
    const names = [tableOf(table, out), nameOf(from, out), nameOf(to, out)] as const;
    return (
      names[0] && names[1] && names[2] && ['ALTER TABLE ', names[0], ' RENAME COLUMN ', names[1], ' TO ', names[2]]
    );
  },
  removeConstraint([table, constraint], out) {
    const names = [tableOf(table, out), nameOf(constraint, out)] as const;
    return names[0] && names[1] && ['ALTER TABLE ', names[0], ' DROP CONSTRAINT ', names[1]];
  },
  addIndex([table, second, third], out) {
    const options = third ?? second;
    const fields = second?.kind === 'record' ? entry(second, 'fields') : second;
    const name = tableOf(table, out);
    if (name === undefined || fields?.kind !== 'list') return undefined;
    const columns = fields.items.map(item => fieldSql(item, options, out));
    const names = fields.items.map(fieldName);
    const unique = isTrue(entry(options, 'unique')) || stringOf(entry(options, 'type')) === 'UNIQUE' ? 'UNIQUE ' : '';
    const concurrently = isTrue(entry(options, 'concurrently')) ? 'CONCURRENTLY ' : '';
    const using = stringOf(entry(options, 'using'));
    return [
      `CREATE ${unique}INDEX ${concurrently}`,
      nameOf(entry(options, 'name', 'indexName'), out) ??
        indexName(stringOf(entry(options, 'prefix')) ?? tableName(table) ?? '', names),
      // The name stands before the index's options in the file: it is only meant here.
      ` ON ${name.text}${using === undefined ? '' : ` USING ${using}`} (`,
      ...joined(columns),
      ...whereSql(entry(options, 'where'), out, ')'),
    ];
  },
  removeIndex([table, second, options], out) {
    const columns = second?.kind === 'list' ? textsOf(second) : undefined;
    const name =
      columns === undefined
        ? nameOf(second, out)
        : indexName(
            tableName(table) ?? '',
            columns.map(({ text }) => text),
          );
    if (name === undefined) return undefined;
    return [`DROP INDEX ${isTrue(entry(options, 'concurrently')) ? 'CONCURRENTLY ' : ''}IF EXISTS `, name];
  },
  createSchema([schema], out) {
    const name = nameOf(schema, out);
    return name && ['CREATE SCHEMA ', name];
  },
  dropSchema([schema], out) {
    const name = nameOf(schema, out);
    return name && ['DROP SCHEMA IF EXISTS ', name, ' CASCADE'];
  },
  dropEnum([name], out) {
    const type = nameOf(name, out);
    return type && ['DROP TYPE IF EXISTS ', type];
  },
  // Which ones there are is only known when it runs: that all of them go is known.
  dropAllTables: () => ['DROP TABLE IF EXISTS ${tables} CASCADE'],
  dropAllSchemas: () => ['DROP SCHEMA IF EXISTS ${schemas} CASCADE'],
  dropAllEnums: () => ['DROP TYPE IF EXISTS ${enums}'],
  createDatabase([database], out) {
    const name = nameOf(database, out);
    return name && ['CREATE DATABASE ', name];
  },
  dropDatabase([database], out) {
    const name = nameOf(database, out);
    return name && ['DROP DATABASE IF EXISTS ', name];
  },
  createFunction([name, parameters, returns, language, body, settings, options]) {
    const list = parametersSql(parameters);
    const [type, words] = [stringOf(returns), stringOf(language)];
    const text = body?.kind === 'text' ? body.fragment : undefined;
    if (name?.kind !== 'text' || list === undefined || type === undefined || words === undefined || text === undefined)
      return undefined;
    const variables = variablesSql(entry(options, 'variables'));
    return [
      `CREATE ${isTrue(entry(options, 'force')) ? 'OR REPLACE ' : ''}FUNCTION `,
      name.fragment,
      `(${list}) RETURNS ${type} AS $func$ ${variables} BEGIN `,
      text,
      ` END; $func$ language '${words}' ${wordsOf(settings).join(' ')}`,
    ];
  },
  dropFunction([name, parameters]) {
    const list = parametersSql(parameters);
    return name?.kind === 'text' && list !== undefined
      ? ['DROP FUNCTION ', name.fragment, `(${list}) RESTRICT`]
      : undefined;
  },
  renameFunction([from, parameters, to]) {
    const list = parametersSql(parameters);
    if (from?.kind !== 'text' || to?.kind !== 'text' || list === undefined) return undefined;
    return ['ALTER FUNCTION ', from.fragment, `(${list}) RENAME TO `, to.fragment];
  },
  createTrigger([table, trigger, timing, events, procedure, parameters, options], out) {
    const names = [tableOf(table, out), nameOf(trigger, out)] as const;
    const when = TRIGGER_TIMES[stringOf(timing) ?? ''];
    const list = parametersSql(parameters);
    const known = wordsOf(events);
    if (names[0] === undefined || names[1] === undefined || when === undefined || known.length === 0) return undefined;
    if (procedure?.kind !== 'text' || list === undefined) return undefined;
    const settings = wordsOf(options).join(' ');
    return [
      `CREATE ${stringOf(timing) === 'after_constraint' ? 'CONSTRAINT ' : ''}TRIGGER `,
      names[1],
      ` ${when} ${known.join(' OR ').toUpperCase()} ON ${names[0].text} ${settings} EXECUTE PROCEDURE `,
      procedure.fragment,
      `(${list})`,
    ];
  },
  dropTrigger([table, trigger], out) {
    const names = [tableOf(table, out), nameOf(trigger, out)] as const;
    return names[0] && names[1] && ['DROP TRIGGER ', names[1], ` ON ${names[0].text} RESTRICT`];
  },
  renameTrigger([table, from, to], out) {
    const names = [tableOf(table, out), nameOf(from, out), nameOf(to, out)] as const;
    return (
      names[0] && names[1] && names[2] && ['ALTER TRIGGER ', names[1], ` ON ${names[0].text} RENAME TO `, names[2]]
    );
  },
  addConstraint([table, second, third], out) {
    // Before version 6 the columns were an argument of their own.
    const options = third ?? second;
    const name = tableOf(table, out);
    const condition = conditionSql(out.file, entry(options, 'where'));
    const constraint = constraintSql(out.file, tableName(table) ?? '', options, condition);
    return name && constraint && ['ALTER TABLE ', name, ' ADD ', ...constraint];
  },
  bulkInsert([table, rows], out) {
    const name = tableOf(table, out);
    return name && insertSql(out.file, name, rows);
  },
  insert([, table, values], out) {
    const name = tableOf(table, out);
    return name && insertSql(out.file, name, values);
  },
  upsert([table, values, changes, , options], out) {
    const name = tableOf(table, out);
    const keys = textsOf(entry(options, 'conflictFields'))?.map(field => quoted(out.file, field).text);
    const columns = changes?.kind === 'record' && !changes.open ? [...changes.entries.keys()] : [];
    const sets = columns.map(column => `"${column}" = EXCLUDED."${column}"`).join(', ');
    const conflict = `${keys?.join(', ') ?? '${columns}'}) ${sets === '' ? 'DO NOTHING' : `DO UPDATE SET ${sets}`}`;
    return name && [...insertSql(out.file, name, values), ` ON CONFLICT (${conflict}`];
  },
  update([, table, values, where], out) {
    const name = tableOf(table, out);
    return name && [...updateSql(out.file, name, values), ...whereSql(where, out)];
  },
  delete([, table, where], out) {
    const name = tableOf(table, out);
    return name && ['DELETE FROM ', name, ...whereSql(where, out)];
  },
  increment: (args, out) => arithmeticSql('+', args, out),
  decrement: (args, out) => arithmeticSql('-', args, out),
  bulkUpdate([table, values, where], out) {
    const name = tableOf(table, out);
    return name && [...updateSql(out.file, name, values), ...whereSql(where, out)];
  },
  bulkDelete([table, where, options], out) {
    const name = tableOf(table, out);
    if (name !== undefined && isTrue(entry(options, 'truncate'))) {
      const restart = isTrue(entry(options, 'restartIdentity')) ? ' RESTART IDENTITY' : '';
      return ['TRUNCATE ', name, `${restart}${isTrue(entry(options, 'cascade')) ? ' CASCADE' : ''}`];
    }
    return name && ['DELETE FROM ', name, ...whereSql(where, out)];
  },
};

/** A condition with its WHERE, behind other text; the text alone where there is none. */
function whereSql(where: Value | undefined, { file }: Output, before = ''): readonly Part[] {
  const condition = conditionSql(file, where);
  return condition === undefined ? [before] : [`${before} WHERE `, ...condition];
}

/** A column of an index: a name, `{ name, order, … }`, `Sequelize.fn(…)`. */
function fieldSql(field: Value, options: Value | undefined, { file }: Output): Part {
  const name = field.kind === 'record' ? entry(field, 'name', 'attribute') : field;
  if (name?.kind !== 'text') return expressionSql(field, file)?.text ?? '${column}';
  const operator = stringOf(entry(field, 'operator')) ?? stringOf(entry(options, 'operator'));
  const order = stringOf(entry(field, 'order'));
  const collate = stringOf(entry(field, 'collate'));
  return sqlText(file, rangeOf(field.node), [
    quoted(file, name.fragment),
    `${collate === undefined ? '' : ` COLLATE "${collate}"`}${operator === undefined ? '' : ` ${operator}`}${order === undefined ? '' : ` ${order}`}`,
  ]);
}

function fieldName(field: Value): string {
  return stringOf(field) ?? stringOf(entry(field, 'name', 'attribute')) ?? '';
}

function nameOf(value: Value | undefined, { file }: Output): Fragment | undefined {
  return value?.kind === 'text' ? quoted(file, value.fragment) : undefined;
}

/** A table given by name, or by `{ tableName, schema }`. */
function tableOf(value: Value | undefined, out: Output, prefix = '', given?: string): Fragment | undefined {
  const name = nameOf(value?.kind === 'record' ? entry(value, 'tableName') : value, out);
  const schema = given ?? stringOf(entry(value, 'schema'));
  const before = schema === undefined ? prefix : `"${schema}".`;
  if (name === undefined || before === '') return name;
  return sqlText(out.file, [name.segments[0]!.source[0], name.segments.at(-1)!.source[1]], [before, name]);
}

/** The name that Sequelize makes: table and columns in snake case. */
function indexName(table: string, columns: readonly string[]): string {
  const text = [table.replaceAll('.', '_'), ...columns].join('_');
  return `"${text.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()}"`;
}
