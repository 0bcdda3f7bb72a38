import type { Output } from '../library.ts';
import { entry, isTrue, joined, literalOf, type Part, quoted, sqlText, stringOf, textsOf } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Value } from '../values.ts';
import {
  CONSTRAINTS,
  commentSql,
  constraintName,
  defaultSql,
  indexSql,
  nameSql,
  optionsOf,
  readColumn,
} from './typeorm-definitions.ts';

type Statements = readonly (readonly Part[])[];
type Args = readonly Value[];
type Call = (args: Args, out: Output) => Statements | undefined;

/** What the query runner sends for each of its calls on PostgreSQL; undefined where too little is known before the run. */
export const QUERY_RUNNER_CALLS: Readonly<Record<string, Call>> = {
  createTable([table, , withKeys, withIndices], out) {
    const { file } = out;
    const options = optionsOf(table);
    const name = nameSql(file, table);
    if (options?.kind !== 'record' || name === undefined || !entry(options, 'name')) return undefined;
    const columns = itemsOf(entry(options, 'columns'), out).flatMap(value => {
      const column = readColumn(file, value, table);
      if (column === undefined) out.unreadable(value.node, 'the column is only known when it runs');
      return column === undefined ? [] : [column];
    });
    const uniqueLists = itemsOf(entry(options, 'uniques'), out);
    const ownUniques = columns
      .filter(column => column.unique)
      .map(column => {
        const made = constraintName('UQ', table, [column.name.text]);
        return sqlText(file, rangeOf(column.node), [`CONSTRAINT "${made}" UNIQUE (${quoted(file, column.name).text})`]);
      });
    const constraints = (['checks', 'exclusions', 'foreignKeys'] as const).flatMap(list =>
      list === 'foreignKeys' && isKnownFalse(withKeys) ? [] : constraintsOf(list, entry(options, list), table, out),
    );
    const primary = columns.filter(column => column.primary);
    const given = stringOf(entry(primary[0]?.options, 'primaryKeyConstraintName'));
    const key =
      given ??
      constraintName(
        'PK',
        table,
        primary.map(column => column.name.text),
      );
    const primaryNames = primary.map(column => quoted(file, column.name).text).join(', ');
    const definitions: readonly Part[] = [
      ...columns.map(({ sql }) => sql),
      ...uniqueLists.flatMap(value => constraintOf('uniques', value, table, out)),
      ...ownUniques,
      ...constraints,
      ...(primary.length === 0 ? [] : [`CONSTRAINT "${key}" PRIMARY KEY (${primaryNames})`]),
    ];
    const indices = isKnownFalse(withIndices) ? [] : itemsOf(entry(options, 'indices'), out);
    const comment = stringOf(entry(options, 'comment'));
    return [
      ...columns.flatMap(({ enumSql, node }) =>
        enumSql === undefined ? [] : [[sqlText(file, rangeOf(node), [enumSql])]],
      ),
      ['CREATE TABLE ', name, ' (', ...joined(definitions), ')'],
      ...columns.flatMap(column => commentSql(column, name.text).map(sql => [sql])),
      ...indices.flatMap(index => placed(index, indexSql(file, index, table), out)),
      ...(comment === undefined ? [] : [[`COMMENT ON TABLE ${name.text} IS ${literalOf(comment)}`]]),
    ];
  },
  dropTable([table, ifExists], { file }) {
    const name = nameSql(file, table);
    return name && [[`DROP TABLE ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, name]];
  },
  renameTable([table, to], { file }) {
    const name = nameSql(file, table);
    return name && to?.kind === 'text' ? [['ALTER TABLE ', name, ' RENAME TO ', quoted(file, to.fragment)]] : undefined;
  },
  addColumn: ([table, column], out) => addColumn(table, column, out),
  addColumns: ([table, columns], out) => each(columns, out, column => addColumn(table, column, out)),
  dropColumn: ([table, column, ifExists], out) => dropColumn(table, column, ifExists, out),
  dropColumns: ([table, columns, ifExists], out) =>
    each(columns, out, column => dropColumn(table, column, ifExists, out)),
  renameColumn([table, from, to], { file }) {
    const names = [nameSql(file, table), nameSql(file, from), nameSql(file, to)] as const;
    if (names[0] === undefined || names[1] === undefined || names[2] === undefined) return undefined;
    return [['ALTER TABLE ', names[0], ' RENAME COLUMN ', names[1], ' TO ', names[2]]];
  },
  changeColumn: ([table, from, to], out) => changeColumn(table, from, to, out),
  changeColumns: ([table, changes], out) =>
    each(changes, out, change => changeColumn(table, entry(change, 'oldColumn'), entry(change, 'newColumn'), out)),
  createPrimaryKey([table, columns, given], { file }) {
    const name = nameSql(file, table);
    const fields = textsOf(columns);
    if (name === undefined || fields === undefined) return undefined;
    const made = constraintName(
      'PK',
      table,
      fields.map(({ text }) => text),
    );
    const key: Part = given?.kind === 'text' ? quoted(file, given.fragment) : `"${made}"`;
    return [
      [
        'ALTER TABLE ',
        name,
        ' ADD CONSTRAINT ',
        key,
        ' PRIMARY KEY (',
        ...joined(fields.map(f => quoted(file, f))),
        ')',
      ],
    ];
  },
  updatePrimaryKeys([table, columns], { file }) {
    const name = nameSql(file, table);
    const names = columns?.kind === 'list' ? columns.items.map(column => nameSql(file, column)!.text) : ['${columns}'];
    if (name === undefined) return undefined;
    return [
      ['ALTER TABLE ', name, ' DROP CONSTRAINT ${primaryKey}'],
      ['ALTER TABLE ', name, ` ADD CONSTRAINT \${primaryKey} PRIMARY KEY (${names.join(', ')})`],
    ];
  },
  dropPrimaryKey([table, given], { file }) {
    const name = nameSql(file, table);
    const key: Part = given?.kind === 'text' ? quoted(file, given.fragment) : '${primaryKey}';
    return name && [['ALTER TABLE ', name, ' DROP CONSTRAINT ', key]];
  },
  ...adders('UniqueConstraint', 'uniques'),
  ...adders('CheckConstraint', 'checks'),
  ...adders('ExclusionConstraint', 'exclusions'),
  ...adders('ForeignKey', 'foreignKeys'),
  createIndex: ([table, index], { file }) => wrapped(index && indexSql(file, index, table)),
  createIndices: ([table, indices], out) =>
    each(indices, out, index => placed(index, indexSql(out.file, index, table), out)),
  createViewIndex: ([table, index], { file }) => wrapped(index && indexSql(file, index, table)),
  createViewIndices: (args, out) => QUERY_RUNNER_CALLS.createIndices!(args, out),
  dropIndex: ([table, index, ifExists], out) => dropIndex(table, index, ifExists, out),
  dropViewIndex: ([table, index], out) => dropIndex(table, index, undefined, out),
  dropIndices: ([table, indices], out) => each(indices, out, index => dropIndex(table, index, undefined, out)),
  createView([view], { file }) {
    const options = optionsOf(view);
    const name = nameSql(file, view);
    const expression = entry(options, 'expression');
    if (name === undefined || expression?.kind !== 'text') return undefined;
    const kind = isTrue(entry(options, 'materialized')) ? 'MATERIALIZED VIEW' : 'VIEW';
    return [[`CREATE ${kind} `, name, ' AS ', expression.fragment]];
  },
  dropView([view, ifExists], { file }) {
    const name = nameSql(file, view);
    const kind = isTrue(entry(optionsOf(view), 'materialized')) ? 'MATERIALIZED VIEW' : 'VIEW';
    return name && [[`DROP ${kind} ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, name]];
  },
  createSchema([schema, ifNotExists], { file }) {
    const name = nameSql(file, schema);
    return name && [[`CREATE SCHEMA ${isTrue(ifNotExists) ? 'IF NOT EXISTS ' : ''}`, name]];
  },
  dropSchema([schema, ifExists, cascade], { file }) {
    const name = nameSql(file, schema);
    return name && [[`DROP SCHEMA ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, name, isTrue(cascade) ? ' CASCADE' : '']];
  },
  createDatabase([name], { file }) {
    const database = nameSql(file, name);
    return database && [['CREATE DATABASE ', database]];
  },
  dropDatabase([name, ifExists], { file }) {
    const database = nameSql(file, name);
    return database && [[`DROP DATABASE ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, database]];
  },
  clearTable([table, options], { file }) {
    const name = nameSql(file, table);
    return name && [['TRUNCATE TABLE ', name, isTrue(entry(options, 'cascade')) ? ' CASCADE' : '']];
  },
  // Which ones there are is only known when it runs: that all of them go is known.
  clearDatabase: () => [
    ['DROP VIEW IF EXISTS ${views} CASCADE'],
    ['DROP MATERIALIZED VIEW IF EXISTS ${views} CASCADE'],
    ['DROP TABLE IF EXISTS ${tables} CASCADE'],
    ['DROP TYPE IF EXISTS ${types} CASCADE'],
  ],
  changeTableComment([table, comment], { file }) {
    const name = nameSql(file, table);
    return (
      name && [
        ['COMMENT ON TABLE ', name, ` IS ${comment?.kind === 'text' ? literalOf(comment.fragment.text) : 'NULL'}`],
      ]
    );
  },
};

function isKnownFalse(value: Value | undefined): boolean {
  return value?.kind === 'constant' && value.value === false;
}

/** The items of a list; a list that only the run knows is said and has none. */
function itemsOf(value: Value | undefined, out: Output): readonly Value[] {
  if (value === undefined || (value.kind === 'constant' && !value.value)) return [];
  if (value.kind === 'list') return value.items;
  out.unreadable(value.node, 'the list is only known when it runs');
  return [];
}

function wrapped(parts: readonly Part[] | undefined): Statements | undefined {
  return parts && [parts];
}

/** What is made of each item of a list; an item of which too little is known is said. */
function each(
  list: Value | undefined,
  out: Output,
  statementsOf: (item: Value) => Statements | undefined,
): Statements | undefined {
  if (list?.kind !== 'list') return undefined;
  return list.items.flatMap(item => {
    const statements = statementsOf(item);
    if (statements === undefined) out.unreadable(item.node, 'this is only known when it runs');
    return statements === undefined ? [] : statements.map(parts => [sqlText(out.file, rangeOf(item.node), parts)]);
  });
}

/** A statement that stands where its item does; said where too little is known of it. */
function placed(item: Value, parts: readonly Part[] | undefined, out: Output): Statements {
  if (parts !== undefined) return [[sqlText(out.file, rangeOf(item.node), parts)]];
  out.unreadable(item.node, 'the index is only known when it runs');
  return [];
}

type ConstraintList = keyof typeof CONSTRAINTS;

function constraintOf(list: ConstraintList, value: Value, table: Value | undefined, out: Output): readonly Part[] {
  const parts = CONSTRAINTS[list](out.file, value, table);
  if (parts !== undefined) return [sqlText(out.file, rangeOf(value.node), parts)];
  out.unreadable(value.node, 'the constraint is only known when it runs');
  return [];
}

function constraintsOf(
  list: ConstraintList,
  values: Value | undefined,
  table: Value | undefined,
  out: Output,
): readonly Part[] {
  return itemsOf(values, out).flatMap(value => constraintOf(list, value, table, out));
}

/** `createX`, `createXs`, `dropX`, `dropXs` of one kind of constraint. */
function adders(kind: string, list: ConstraintList): Readonly<Record<string, Call>> {
  const add = (table: Value | undefined, value: Value | undefined, { file }: Output): Statements | undefined => {
    const name = nameSql(file, table);
    const parts = value && CONSTRAINTS[list](file, value, table);
    return name && parts && [['ALTER TABLE ', name, ' ADD ', ...parts]];
  };
  const drop = (
    table: Value | undefined,
    value: Value | undefined,
    ifExists: Value | undefined,
    { file }: Output,
  ): Statements | undefined => {
    const name = nameSql(file, table);
    const constraint = nameSql(file, value);
    return (
      name &&
      constraint && [['ALTER TABLE ', name, ` DROP CONSTRAINT ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, constraint]]
    );
  };
  return {
    [`create${kind}`]: ([table, value], out) => add(table, value, out),
    [`create${kind}s`]: ([table, values], out) => each(values, out, value => add(table, value, out)),
    [`drop${kind}`]: ([table, value, ifExists], out) => drop(table, value, ifExists, out),
    [`drop${kind}s`]: ([table, values, ifExists], out) => each(values, out, value => drop(table, value, ifExists, out)),
  };
}

function addColumn(table: Value | undefined, value: Value | undefined, { file }: Output): Statements | undefined {
  const name = nameSql(file, table);
  const column = readColumn(file, value, table);
  if (name === undefined || column === undefined) return undefined;
  const columnName = quoted(file, column.name).text;
  const key =
    stringOf(entry(column.options, 'primaryKeyConstraintName')) ?? constraintName('PK', table, [column.name.text]);
  return [
    ...(column.enumSql === undefined ? [] : [[column.enumSql]]),
    ['ALTER TABLE ', name, ' ADD ', column.sql],
    ...(column.primary ? [['ALTER TABLE ', name, ` ADD CONSTRAINT "${key}" PRIMARY KEY (${columnName})`]] : []),
    ...(column.unique
      ? [
          [
            'ALTER TABLE ',
            name,
            ` ADD CONSTRAINT "${constraintName('UQ', table, [column.name.text])}" UNIQUE (${columnName})`,
          ],
        ]
      : []),
    ...commentSql(column, name.text).map(sql => [sql]),
  ];
}

function dropColumn(
  table: Value | undefined,
  column: Value | undefined,
  ifExists: Value | undefined,
  { file }: Output,
): Statements | undefined {
  const name = nameSql(file, table);
  const columnName = nameSql(file, column);
  return (
    name && columnName && [['ALTER TABLE ', name, ` DROP COLUMN ${isTrue(ifExists) ? 'IF EXISTS ' : ''}`, columnName]]
  );
}

/**
 * TypeORM compares the column with what the database has: with another type or length it drops the column and adds it anew.
 * Where the old one is not written in the file, the change is read as one of type, NULL and default.
 */
function changeColumn(
  table: Value | undefined,
  from: Value | undefined,
  to: Value | undefined,
  out: Output,
): Statements | undefined {
  const { file } = out;
  const name = nameSql(file, table);
  const old = nameSql(file, from);
  const next = readColumn(file, to, table);
  if (name === undefined || old === undefined || next === undefined) return undefined;
  const before = readColumn(file, from, table);
  if (before !== undefined && before.type !== next.type) {
    return [...(dropColumn(table, from, undefined, out) ?? []), ...(addColumn(table, to, out) ?? [])];
  }
  const column = quoted(file, next.name).text;
  const alter = (change: string): readonly Part[] => ['ALTER TABLE ', name, ` ALTER COLUMN ${column} ${change}`];
  const renamed = old.text !== column;
  const initial = defaultSql(entry(next.options, 'default'));
  const nullable = isTrue(entry(next.options, 'isNullable'));
  const wasNullable = before === undefined ? undefined : isTrue(entry(before.options, 'isNullable'));
  const wasDefault = before === undefined ? undefined : defaultSql(entry(before.options, 'default'));
  const isSerial = isTrue(entry(next.options, 'isGenerated')) || next.enumSql !== undefined;
  return [
    ...(renamed ? [['ALTER TABLE ', name, ' RENAME COLUMN ', old, ` TO ${column}`]] : []),
    ...(before === undefined && !isSerial ? [alter(`TYPE ${next.type}`)] : []),
    ...(wasNullable === nullable ? [] : [alter(nullable ? 'DROP NOT NULL' : 'SET NOT NULL')]),
    ...(initial === undefined || initial === wasDefault ? [] : [alter(`SET DEFAULT ${initial}`)]),
    ...(initial === undefined && wasDefault !== undefined ? [alter('DROP DEFAULT')] : []),
    ...commentSql(next, name.text).map(sql => [sql]),
  ];
}

function dropIndex(
  table: Value | undefined,
  index: Value | undefined,
  ifExists: Value | undefined,
  { file }: Output,
): Statements | undefined {
  const name = nameSql(file, index);
  if (name === undefined) return undefined;
  const [schema] = (stringOf(optionsOf(table)) ?? '').split('.').slice(0, -1);
  const concurrently = isTrue(entry(optionsOf(index), 'isConcurrent')) ? 'CONCURRENTLY ' : '';
  const words = `DROP INDEX ${concurrently}${isTrue(ifExists) ? 'IF EXISTS ' : ''}`;
  return [[`${words}${schema === undefined ? '' : `"${schema}".`}`, name]];
}
