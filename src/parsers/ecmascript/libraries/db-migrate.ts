import type { Fragment } from '../../../source/fragment.ts';
import { insertSql } from '../data-sql.ts';
import type { Library, Output } from '../library.ts';
import {
  closeAt,
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
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { sendRaw } from './raw.ts';

/** db-migrate: the driver, in callback style or with promises. */
export const dbMigrate: Library = { parameters: ['db'], definitions: /^(?:create|add|change)[A-Z]/, run };

/** Names that only read, or lead on. */
const PASSIVE = new Set(['all', 'allAsync', 'nodeify', 'spread', 'connection', '_meta', 'internals', 'callback']);

function run({ links, node }: Chain, out: Output): void {
  for (const link of links) {
    // Each method also has a form that gives a promise back: `runSqlAsync`.
    const name = link.name.replace(/Async$/, '');
    const args = link.args ?? [];
    if (name === 'runSql' && link.args !== undefined) sendRaw(link, out);
    else if (link.args !== undefined && Object.hasOwn(CALLS, name)) {
      const statements = CALLS[name]!(
        args.filter(({ kind }) => kind !== 'function'),
        out,
      );
      if (statements === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
      for (const parts of statements ?? []) {
        out.sql(closeAt(out.file, sqlText(out.file, rangeOf(link.at), parts), link.node));
      }
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
    followCallback(link, out);
  }
}

/** What stands in the callback runs after the call. */
function followCallback({ args }: Link, out: Output): void {
  const callback = args?.at(-1);
  if (callback?.kind === 'function') out.send(out.call(callback, []));
}

function nameSql({ file }: Output, value: Value | undefined): Fragment {
  if (value?.kind === 'text') return quoted(file, value.fragment);
  const range = rangeOf(value?.node ?? { type: 'Program' });
  return holeFragment(file, file.text.slice(...range), range);
}

function columnsSql(out: Output, value: Value | undefined): string {
  return (
    textsOf(value)
      ?.map(text => quoted(out.file, text).text)
      .join(', ') ?? '${columns}'
  );
}

const TYPES: Readonly<Record<string, string>> = {
  ...{ string: 'VARCHAR', datetime: 'TIMESTAMP', blob: 'BYTEA', int: 'INTEGER', json: 'JSON', jsonb: 'JSONB' },
};

interface Column {
  readonly sql: Fragment;
  /** Statements behind the one that makes the column. */
  readonly after: readonly (readonly Part[])[];
  readonly primary: boolean;
}

/** @param only - the column is the table's whole key */
function columnOf(
  out: Output,
  table: Value | undefined,
  name: Fragment,
  spec: Value,
  only: boolean,
): Column | undefined {
  const { file } = out;
  const given = spec.kind === 'text' ? spec : entry(spec, 'type');
  const type = typeName(given);
  if (type === undefined) return undefined;
  const [, base = type, zone] = /^(time(?:stamp)?)(tz)$/.exec(type) ?? [];
  const primary = isTrue(entry(spec, 'primaryKey'));
  const counts = primary && isTrue(entry(spec, 'autoIncrement'));
  const length = numberOf(entry(spec, 'length'))?.toString() ?? stringOf(entry(spec, 'length'));
  const quotedName = quoted(file, name);
  const clause = (key: string, text: string): Part => sqlText(file, rangeOf((entry(spec, key) ?? spec).node), [text]);
  const words = counts
    ? base === 'bigint'
      ? 'BIGSERIAL'
      : 'SERIAL'
    : `${TYPES[base] ?? base}${length === undefined ? '' : `(${length})`}`;
  const timezone = zone !== undefined || isTrue(entry(spec, 'timezone')) ? ' WITH TIME ZONE' : '';
  const parts: Part[] = [quotedName, clause('type', ` ${words}${timezone}`)];
  if (primary && only) parts.push(clause('primaryKey', ' PRIMARY KEY'));
  if (isTrue(entry(spec, 'notNull'))) parts.push(clause('notNull', ' NOT NULL'));
  if (isTrue(entry(spec, 'unique'))) parts.push(clause('unique', ' UNIQUE'));
  const initial = defaultSql(entry(spec, 'defaultValue'));
  if (initial !== undefined) parts.push(clause('defaultValue', ` DEFAULT ${initial}`));
  const key = entry(spec, 'foreignKey');
  const comment = stringOf(entry(spec, 'comment'));
  const tableSql = nameSql(out, table);
  return {
    sql: sqlText(file, rangeOf(spec.node), parts),
    primary,
    after: [
      ...(comment === undefined
        ? []
        : [[`COMMENT on COLUMN ${tableSql.text}.${quotedName.text} IS ${literalOf(comment)}`]]),
      ...(key === undefined
        ? []
        : [
            foreignKeySql(
              out,
              table,
              entry(key, 'table'),
              entry(key, 'name'),
              mapping(key, name.text),
              entry(key, 'rules'),
            ),
          ]),
    ],
  };
}

/** The name of a type: a text, or `type.STRING` of db-migrate's own names. */
function typeName(value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return value.fragment.text;
  return undefined;
}

function defaultSql(value: Value | undefined): string | undefined {
  switch (value?.kind) {
    case undefined:
      return undefined;
    case 'text':
      return `'${value.fragment.text}'`;
    case 'constant':
      return value.value === undefined ? undefined : String(value.value);
    default:
      return (
        stringOf(entry(value, 'prep')) ??
        (stringOf(entry(value, 'special')) === 'CURRENT_TIMESTAMP' ? 'CURRENT_TIMESTAMP' : '${default}')
      );
  }
}

/** The columns of a key and those that it refers to. */
function mapping(key: Value, column: string): readonly (readonly [string, string])[] {
  const given = entry(key, 'mapping');
  if (given?.kind === 'text') return [[column, given.fragment.text]];
  return pairs(given);
}

function pairs(value: Value | undefined): readonly (readonly [string, string])[] {
  if (value?.kind !== 'record') return [];
  return [...value.entries].map(([from, to]) => [from, stringOf(to) ?? '${column}'] as const);
}

function foreignKeySql(
  out: Output,
  table: Value | undefined,
  target: Value | undefined,
  name: Value | undefined,
  columns: readonly (readonly [string, string])[],
  rules: Value | undefined,
): readonly Part[] {
  const list = (index: 0 | 1): string => columns.map(pair => `"${pair[index]}"`).join(', ');
  const action = (key: string): string => stringOf(entry(rules, key)) ?? 'NO ACTION';
  return [
    'ALTER TABLE ',
    nameSql(out, table),
    ' ADD CONSTRAINT ',
    nameSql(out, name),
    ` FOREIGN KEY (${list(0)}) REFERENCES ${nameSql(out, target).text} (${list(1)}) ON DELETE ${action('onDelete')} ON UPDATE ${action('onUpdate')}`,
  ];
}

type Call = (args: readonly Value[], out: Output) => readonly (readonly Part[])[] | undefined;

/** What db-migrate's driver for PostgreSQL sends. */
const CALLS: Readonly<Record<string, Call>> = {
  createTable([table, options], out) {
    const specs = entry(options, 'columns') ?? options;
    if (specs?.kind !== 'record' || specs.open) return undefined;
    const isPrimary = (spec: Value): boolean => isTrue(entry(spec, 'primaryKey'));
    const keys = [...specs.entries].filter(([, spec]) => isPrimary(spec)).map(([name]) => `"${name}"`);
    const columns = [...specs.entries].flatMap(([name, spec]) => {
      const text = sqlText(out.file, rangeOf(specs.keys?.get(name) ?? spec.node), [name]);
      const column = columnOf(out, table, text, spec, keys.length === 1);
      if (column === undefined) out.unreadable(spec.node, `the type of ${name} is only known when it runs`);
      return column === undefined ? [] : [column];
    });
    const key = keys.length > 1 ? [`PRIMARY KEY (${keys.join(', ')})`] : [];
    const ifNotExists = isTrue(entry(options, 'ifNotExists')) ? 'IF NOT EXISTS ' : '';
    return [
      [
        `CREATE TABLE ${ifNotExists}`,
        nameSql(out, table),
        ' (',
        ...joined([...columns.map(({ sql }) => sql), ...key]),
        ')',
      ],
      ...columns.flatMap(({ after }) => after),
    ];
  },
  dropTable: ([table, options], out) => [
    [`DROP TABLE ${isTrue(entry(options, 'ifExists')) ? 'IF EXISTS ' : ''}`, nameSql(out, table)],
  ],
  renameTable: ([from, to], out) => [['ALTER TABLE ', nameSql(out, from), ' RENAME TO ', nameSql(out, to)]],
  addColumn([table, name, spec], out) {
    const column =
      name?.kind === 'text' && spec !== undefined ? columnOf(out, table, name.fragment, spec, false) : undefined;
    return column && [['ALTER TABLE ', nameSql(out, table), ' ADD COLUMN ', column.sql], ...column.after];
  },
  removeColumn: ([table, column], out) => [
    ['ALTER TABLE ', nameSql(out, table), ' DROP COLUMN ', nameSql(out, column)],
  ],
  renameColumn: ([table, from, to], out) => [
    ['ALTER TABLE ', nameSql(out, table), ' RENAME COLUMN ', nameSql(out, from), ' TO ', nameSql(out, to)],
  ],
  changeColumn([table, column, spec], out) {
    if (spec?.kind !== 'record') return undefined;
    const name = nameSql(out, column);
    const alter = (change: string): readonly Part[] => ['ALTER TABLE ', nameSql(out, table), ' ', change];
    const at = `ALTER COLUMN ${name.text}`;
    const unique = entry(spec, 'unique');
    const constraint = `"${stringOf(table) ?? ''}_${stringOf(column) ?? ''}_key"`;
    const initial = defaultSql(entry(spec, 'defaultValue'));
    const type = typeName(entry(spec, 'type'));
    const length = numberOf(entry(spec, 'length'));
    const mapped = type === undefined ? undefined : (TYPES[type] ?? type);
    const using = stringOf(entry(spec, 'using')) ?? `USING ${name.text}::${mapped}`;
    return [
      alter(`${at} ${isTrue(entry(spec, 'notNull')) ? 'SET' : 'DROP'} NOT NULL`),
      ...(isTrue(unique) ? [alter(`ADD CONSTRAINT ${constraint} UNIQUE (${name.text})`)] : []),
      ...(isFalse(unique) ? [alter(`DROP CONSTRAINT ${constraint}`)] : []),
      alter(initial === undefined ? `${at} DROP DEFAULT` : `${at} SET DEFAULT ${initial}`),
      ...(mapped === undefined
        ? []
        : [alter(`${at} TYPE ${mapped}${length === undefined ? '' : `(${length})`} ${using}`)]),
    ];
  },
  addIndex: ([table, name, columns, unique], out) => [
    [
      `CREATE ${isTrue(unique) ? 'UNIQUE ' : ''}INDEX `,
      nameSql(out, name),
      ` ON ${nameSql(out, table).text} (${columnsSql(out, columns)})`,
    ],
  ],
  removeIndex: ([table, name], out) => [['DROP INDEX ', nameSql(out, name ?? table)]],
  addForeignKey: ([table, target, name, columns, rules], out) => [
    foreignKeySql(out, table, target, name, pairs(columns), rules),
  ],
  removeForeignKey: ([table, name], out) => [
    ['ALTER TABLE ', nameSql(out, table), ' DROP CONSTRAINT ', nameSql(out, name)],
  ],
  insert: ([table, first, values], out) => {
    if (values === undefined) return [insertSql(out.file, nameSql(out, table), first)];
    return [['INSERT INTO ', nameSql(out, table), ` (${columnsSql(out, first)}) VALUES (\${values})`]];
  },
  // The driver quotes names of sequences as MySQL does: they are written as they are meant.
  createSequence: ([name, options], out) => [
    [`CREATE ${isTrue(entry(options, 'temp')) ? 'TEMP ' : ''}SEQUENCE `, nameSql(out, name)],
  ],
  dropSequence([name, options], out) {
    const rule = ['cascade', 'restrict'].find(key => isTrue(entry(options, key)));
    const words = rule === undefined ? '' : ` ${rule.toUpperCase()}`;
    return [[`DROP SEQUENCE ${isTrue(entry(options, 'ifExists')) ? 'IF EXISTS ' : ''}`, nameSql(out, name), words]];
  },
  createDatabase: ([name], out) => [['CREATE DATABASE ', nameSql(out, name)]],
  dropDatabase: ([name, options], out) => [
    [`DROP DATABASE ${isTrue(entry(options, 'ifExists')) ? 'IF EXISTS ' : ''}`, nameSql(out, name)],
  ],
  switchDatabase([target]) {
    const schema = target?.kind === 'record' ? entry(target, 'database', 'schema') : target;
    return schema?.kind === 'text' ? [['SET search_path TO ', schema.fragment]] : undefined;
  },
};
