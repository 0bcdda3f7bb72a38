import { lazyRequire } from '../../../lazy-require.ts';
import type { Fragment } from '../../../source/fragment.ts';
import type { Range, SourceFile } from '../../../source/source-file.ts';
import {
  entry,
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
import type { Value } from '../values.ts';

/** The options that a `new TableColumn({…})` was made with, or the object itself. */
export function optionsOf(value: Value | undefined): Value | undefined {
  return value?.kind === 'made' ? value.args[0] : value;
}

/** A name, or what has one: text, `new Table({ name })`; what only the run knows as a placeholder. */
export function nameSql(file: SourceFile, value: Value | undefined): Fragment | undefined {
  if (value === undefined) return undefined;
  const options = optionsOf(value);
  const name = options?.kind === 'record' ? entry(options, 'name') : options;
  const schema = stringOf(entry(options, 'schema'));
  if (name?.kind === 'text') {
    if (schema === undefined) return quoted(file, name.fragment);
    return sqlText(file, spanOf(name.fragment), [`"${schema}".`, quoted(file, name.fragment)]);
  }
  const range = rangeOf(value.node);
  return holeFragment(file, file.text.slice(...range), range);
}

/** The plain name that TypeORM hashes into the names of constraints: without its schema. */
function plainName(value: Value | undefined): string {
  const options = optionsOf(value);
  return (stringOf(options) ?? stringOf(entry(options, 'name')) ?? '').split('.').at(-1)!;
}

/** A constraint's name as TypeORM makes it: a hash of the table and the columns in their order by name. */
export function constraintName(kind: string, table: Value | undefined, columns: readonly string[], after = ''): string {
  const key = `${plainName(table)}_${[...columns].sort().join('_')}${after}`;
  const length = kind === 'IDX' || kind === 'CHK' || kind === 'XCL' ? 26 : 27;
  const { createHash } = lazyRequire('node:crypto') as typeof import('node:crypto');
  return `${kind}_${createHash('sha1').update(key).digest('hex').slice(0, length)}`;
}

/** The name that is given, or the one that TypeORM makes. */
function namedSql(file: SourceFile, options: Value | undefined, made: string): Part {
  const name = entry(options, 'name');
  return name?.kind === 'text' ? quoted(file, name.fragment) : `"${made}"`;
}

function columnsSql(file: SourceFile, fields: readonly Fragment[]): readonly Part[] {
  return joined(fields.map(field => quoted(file, field)));
}

function spanOf({ segments }: Fragment): Range {
  return [segments[0]!.source[0], segments.at(-1)!.source[1]];
}

/** A column that a migration describes. */
export interface TypeormColumn {
  readonly name: Fragment;
  readonly options: Value;
  readonly node: Value['node'];
  /** CREATE TYPE of an enum, before the table or column. */
  readonly enumSql?: string;
  readonly sql: Fragment;
  readonly primary: boolean;
  readonly unique: boolean;
  /** The type without the rest. */
  readonly type: string;
}

const SERIALS: Readonly<Record<string, string>> = {
  ...{ integer: 'SERIAL', int: 'SERIAL', int4: 'SERIAL', smallint: 'SMALLSERIAL', int2: 'SMALLSERIAL' },
  ...{ bigint: 'BIGSERIAL', int8: 'BIGSERIAL' },
};

/** Types whose precision stands before words of theirs, as TypeORM spells them. */
const TIMES: Readonly<Record<string, readonly [string, string]>> = {
  'time without time zone': ['TIME', ''],
  'time with time zone': ['TIME', ' WITH TIME ZONE'],
  'timestamp without time zone': ['TIMESTAMP', ''],
  'timestamp with time zone': ['TIMESTAMP', ' WITH TIME ZONE'],
};

function fullType(type: string, options: Value): string {
  const length = stringOf(entry(options, 'length')) ?? numberOf(entry(options, 'length'))?.toString() ?? '';
  const precision = numberOf(entry(options, 'precision'));
  const scale = numberOf(entry(options, 'scale'));
  const shape = stringOf(entry(options, 'spatialFeatureType'));
  const srid = numberOf(entry(options, 'srid'));
  const array = isTrue(entry(options, 'isArray')) ? ' array' : '';
  const time = TIMES[type];
  const digits = precision === undefined ? '' : `(${precision}${scale === undefined ? '' : `,${scale}`})`;
  if (time !== undefined) return `${time[0]}${precision === undefined ? '' : `(${precision})`}${time[1]}${array}`;
  if (shape !== undefined) return `${type}(${shape}${srid === undefined ? '' : `,${srid}`})${array}`;
  return `${type}${length === '' ? digits : `(${length})`}${array}`;
}

/**
 * Reads a column.
 *
 * @param table - the table that it is in, for the name of an enum's type
 * @returns undefined where its name or type is only known when the code runs
 */
export function readColumn(
  file: SourceFile,
  value: Value | undefined,
  table: Value | undefined,
): TypeormColumn | undefined {
  const options = optionsOf(value);
  const name = entry(options, 'name');
  const type = stringOf(entry(options, 'type'));
  if (value === undefined || options?.kind !== 'record' || name?.kind !== 'text' || type === undefined)
    return undefined;
  const strategy = stringOf(entry(options, 'generationStrategy'));
  const generated = isTrue(entry(options, 'isGenerated'));
  const isEnum = type === 'enum' || type === 'simple-enum';
  const tableText = stringOf(optionsOf(table)) ?? stringOf(entry(optionsOf(table), 'name')) ?? '';
  const [plain, schema] = tableText.split('.').reverse();
  const given = stringOf(entry(options, 'enumName')) ?? `${plain}_${name.fragment.text.toLowerCase()}_enum`;
  const enumName = (schema === undefined ? given : `${schema}.${given}`)
    .split('.')
    .map(part => `"${part}"`)
    .join('.');
  const parts: Part[] = [quoted(file, name.fragment)];
  let typeSql = fullType(type, options);
  if (generated && strategy === 'identity') {
    typeSql = `${type} GENERATED ${stringOf(entry(options, 'generatedIdentity')) ?? 'BY DEFAULT'} AS IDENTITY`;
  } else if (generated && strategy !== 'uuid' && type !== 'uuid') typeSql = SERIALS[type] ?? type;
  else if (isEnum) typeSql = `${enumName}${isTrue(entry(options, 'isArray')) ? ' array' : ''}`;
  const typeAt = rangeOf(entry(options, 'type')!.node);
  const at = typeAt[0] > spanOf(name.fragment)[0] ? typeAt : rangeOf(value.node);
  parts.push(sqlText(file, at, [` ${typeSql}`]));
  const expression = entry(options, 'asExpression');
  if (stringOf(entry(options, 'generatedType')) === 'STORED' && expression?.kind === 'text') {
    parts.push(` GENERATED ALWAYS AS (${expression.fragment.text}) STORED`);
  }
  const collation = stringOf(entry(options, 'collation'));
  if (collation !== undefined) parts.push(` COLLATE "${collation}"`);
  if (!isTrue(entry(options, 'isNullable'))) parts.push(' NOT NULL');
  const initial = defaultSql(entry(options, 'default'));
  if (initial !== undefined) parts.push(` DEFAULT ${initial}`);
  else if (generated && strategy === 'uuid') parts.push(' DEFAULT uuid_generate_v4()');
  const values = textsOf(entry(options, 'enum'));
  return {
    name: name.fragment,
    options,
    node: value.node,
    ...(isEnum
      ? {
          enumSql: `CREATE TYPE ${enumName} AS ENUM(${values?.map(({ text }) => literalOf(text)).join(', ') ?? '${values}'})`,
        }
      : {}),
    sql: sqlText(file, rangeOf(value.node), parts),
    primary: isTrue(entry(options, 'isPrimary')),
    unique: isTrue(entry(options, 'isUnique')),
    type: typeSql,
  };
}

/** A default as it is put into the SQL: text is SQL already. */
export function defaultSql(value: Value | undefined): string | undefined {
  if (value?.kind === 'text') return value.fragment.text;
  if (value?.kind === 'constant') {
    return value.value === undefined || value.value === null ? undefined : String(value.value);
  }
  return value === undefined ? undefined : '${default}';
}

type ConstraintSql = (file: SourceFile, value: Value, table: Value | undefined) => readonly Part[] | undefined;

function listed(value: Value | undefined, key: string): readonly Fragment[] | undefined {
  return textsOf(entry(optionsOf(value), key));
}

function deferrable(options: Value | undefined): string {
  const text = stringOf(entry(options, 'deferrable'));
  return text === undefined ? '' : ` DEFERRABLE ${text}`;
}

/** Constraints as ALTER TABLE … ADD and CREATE TABLE take them, by what TypeORM calls their lists. */
export const CONSTRAINTS: Readonly<Record<'uniques' | 'checks' | 'exclusions' | 'foreignKeys', ConstraintSql>> = {
  uniques(file, value, table) {
    const options = optionsOf(value);
    const columns = listed(value, 'columnNames');
    if (columns === undefined) return undefined;
    const made = constraintName(
      'UQ',
      table,
      columns.map(({ text }) => text),
    );
    return [
      'CONSTRAINT ',
      namedSql(file, options, made),
      ' UNIQUE (',
      ...columnsSql(file, columns),
      `)${deferrable(options)}`,
    ];
  },
  checks(file, value, table) {
    const options = optionsOf(value);
    const expression = entry(options, 'expression');
    if (expression?.kind !== 'text') return undefined;
    const made = constraintName('CHK', table, [expression.fragment.text]);
    return ['CONSTRAINT ', namedSql(file, options, made), ' CHECK (', expression.fragment, ')'];
  },
  exclusions(file, value, table) {
    const options = optionsOf(value);
    const expression = entry(options, 'expression');
    if (expression?.kind !== 'text') return undefined;
    const made = constraintName('XCL', table, [expression.fragment.text]);
    return ['CONSTRAINT ', namedSql(file, options, made), ' EXCLUDE ', expression.fragment, deferrable(options)];
  },
  foreignKeys(file, value, table) {
    const options = optionsOf(value);
    const columns = listed(value, 'columnNames');
    const keys = listed(value, 'referencedColumnNames');
    const target = entry(options, 'referencedTableName');
    if (columns === undefined || keys === undefined || target === undefined) return undefined;
    const schema = stringOf(entry(options, 'referencedSchema'));
    const made = constraintName(
      'FK',
      table,
      columns.map(({ text }) => text),
    );
    const actions = (['onDelete', 'onUpdate'] as const).map(name => {
      const action = stringOf(entry(options, name));
      return action === undefined ? '' : ` ON ${name.slice(2).toUpperCase()} ${action}`;
    });
    return [
      'CONSTRAINT ',
      namedSql(file, options, made),
      ` FOREIGN KEY (${columns.map(column => quoted(file, column).text).join(', ')}) REFERENCES ${schema === undefined ? '' : `"${schema}".`}`,
      `${nameSql(file, target)!.text} (${keys.map(key => quoted(file, key).text).join(', ')})${actions.join('')}${deferrable(options)}`,
    ];
  },
};

/** CREATE INDEX as a `TableIndex` says; undefined where its columns are not known. */
export function indexSql(file: SourceFile, value: Value, table: Value | undefined): readonly Part[] | undefined {
  const options = optionsOf(value);
  const columns = listed(value, 'columnNames');
  const name = nameSql(file, table);
  if (columns === undefined || name === undefined) return undefined;
  const where = entry(options, 'where');
  const whereText = stringOf(where);
  const after = whereText === undefined ? '' : `_${whereText}`;
  const made = constraintName(
    'IDX',
    table,
    columns.map(({ text }) => text),
    after,
  );
  const using = isTrue(entry(options, 'isSpatial')) ? 'gist' : stringOf(entry(options, 'type'));
  return [
    `CREATE ${isTrue(entry(options, 'isUnique')) ? 'UNIQUE ' : ''}INDEX ${isTrue(entry(options, 'isConcurrent')) ? 'CONCURRENTLY ' : ''}`,
    namedSql(file, options, made),
    ` ON ${name.text}${using === undefined ? '' : ` USING ${using}`} (${columns.map(column => quoted(file, column).text).join(', ')})`,
    where === undefined || whereText === '' ? '' : ` WHERE ${whereText ?? '${where}'}`,
  ];
}

/** COMMENT ON COLUMN where the column has a comment. */
export function commentSql(column: TypeormColumn, table: string): readonly string[] {
  const comment = stringOf(entry(column.options, 'comment'));
  const name = column.name.text.replaceAll('"', '""');
  return comment === undefined || comment === ''
    ? []
    : [`COMMENT ON COLUMN ${table}."${name}" IS ${literalOf(comment)}`];
}
