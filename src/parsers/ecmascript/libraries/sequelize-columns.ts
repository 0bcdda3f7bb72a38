import type { Fragment } from '../../../source/fragment.ts';
import type { Range, SourceFile } from '../../../source/source-file.ts';
import {
  entry,
  isFalse,
  isTrue,
  literalOf,
  numberOf,
  type Part,
  quoted,
  sqlText,
  stringOf,
  textsOf,
} from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Value } from '../values.ts';

/** A column as `createTable`, `addColumn` and `changeColumn` take it. */
export interface SequelizeColumn {
  readonly name: Fragment;
  readonly type: Fragment;
  /** What an enum lists, where the type is one. */
  readonly enumValues?: readonly string[];
  readonly notNull: Value | undefined;
  readonly identity: boolean;
  readonly serial: boolean;
  readonly initial: Fragment | undefined;
  readonly unique: Value | undefined;
  readonly primary: boolean;
  readonly references: Fragment | undefined;
  readonly comment: Value | undefined;
}

const PLAIN: Readonly<Record<string, string>> = {
  ...{ TEXT: 'TEXT', CITEXT: 'CITEXT', BOOLEAN: 'BOOLEAN', DATEONLY: 'DATE', TIME: 'TIME', UUID: 'UUID', JSON: 'JSON' },
  ...{ INTEGER: 'INTEGER', BIGINT: 'BIGINT', SMALLINT: 'SMALLINT', TINYINT: 'TINYINT', MEDIUMINT: 'MEDIUMINT' },
  ...{ REAL: 'REAL', DOUBLE: 'DOUBLE PRECISION', FLOAT: 'FLOAT', BLOB: 'BYTEA', JSONB: 'JSONB', HSTORE: 'HSTORE' },
  ...{ INET: 'INET', CIDR: 'CIDR', MACADDR: 'MACADDR', TSVECTOR: 'TSVECTOR', DATE: 'TIMESTAMP WITH TIME ZONE' },
};

const RANGES: Readonly<Record<string, string>> = {
  ...{ INTEGER: 'int4range', BIGINT: 'int8range', DECIMAL: 'numrange', DATE: 'tstzrange', DATEONLY: 'daterange' },
};

const SIZED: Readonly<Record<string, (args: readonly Value[]) => string>> = {
  STRING: ([length]) => `VARCHAR(${numberOf(length) ?? numberOf(entry(length, 'length')) ?? 255})`,
  CHAR: ([length]) => `CHAR(${numberOf(length) ?? 255})`,
  DECIMAL: decimal,
  NUMERIC: decimal,
  RANGE: ([of]) => RANGES[typeLink(of)?.name ?? 'INTEGER'] ?? 'int4range',
  GEOMETRY: args => geometry('GEOMETRY', args),
  GEOGRAPHY: args => geometry('GEOGRAPHY', args),
};

function decimal([precision, scale]: readonly Value[]): string {
  const [digits, after] = [
    numberOf(precision) ?? numberOf(entry(precision, 'precision')),
    numberOf(scale) ?? numberOf(entry(precision, 'scale')),
  ];
  if (digits === undefined) return 'DECIMAL';
  return after === undefined ? `DECIMAL(${digits})` : `DECIMAL(${digits},${after})`;
}

function geometry(name: string, [type, srid]: readonly Value[]): string {
  const shape = stringOf(type);
  const id = numberOf(srid);
  if (shape === undefined) return name;
  return id === undefined ? `${name}(${shape})` : `${name}(${shape},${id})`;
}

/** The link of `DataTypes.X`, past names that only lead there. */
function typeLink(value: Value | undefined): Chain['links'][number] | undefined {
  if (value?.kind !== 'chain' || value.root !== 'Sequelize') return undefined;
  return value.links.find(({ name }) => name !== 'DataTypes' && name !== 'Sequelize' && name !== 'default');
}

interface TypeSql {
  readonly sql: string;
  readonly enumValues?: readonly string[];
}

function typeSql(value: Value | undefined, attribute: Value | undefined, enumName: string): TypeSql | undefined {
  if (value?.kind === 'text') return { sql: value.fragment.text };
  const link = typeLink(value);
  if (link === undefined || value?.kind !== 'chain') return undefined;
  const args = link.args ?? [];
  const [first] = args;
  if (link.name === 'ENUM') {
    const listed = [entry(attribute, 'values'), entry(first, 'values'), first].find(each => each?.kind === 'list');
    const values = textsOf(listed) ?? textsOf({ kind: 'list', items: [...args], node: value.node });
    return values === undefined || values.length === 0
      ? undefined
      : { sql: enumName, enumValues: values.map(({ text }) => text) };
  }
  if (link.name === 'ARRAY') {
    const of = typeSql(first?.kind === 'record' ? entry(first, 'type') : first, attribute, enumName);
    return of && { ...of, sql: `${of.sql}[]` };
  }
  if ((link.name === 'STRING' || link.name === 'CHAR') && value.links.some(({ name }) => name === 'BINARY')) {
    return { sql: 'BYTEA' };
  }
  const sql = Object.hasOwn(SIZED, link.name) ? SIZED[link.name]!(args) : PLAIN[link.name];
  return sql === undefined ? undefined : { sql };
}

/** Values that Sequelize makes itself before it inserts: no default of the column. */
const MADE_IN_CODE = new Set(['NOW', 'UUIDV1', 'UUIDV4']);

function defaultSql(value: Value | undefined): string | undefined {
  switch (value?.kind) {
    case 'text':
      return literalOf(value.fragment.text);
    case 'constant':
      if (value.value === undefined) return undefined;
      return value.value === null ? 'NULL' : String(value.value);
    case 'list':
      return value.items.length === 0 ? "'{}'" : `ARRAY[${value.items.map(item => defaultSql(item) ?? '').join(',')}]`;
    case 'record':
      return "'{}'";
    case 'chain':
      return MADE_IN_CODE.has(typeLink(value)?.name ?? '') ? undefined : expressionSql(value)?.text;
    case undefined:
    case 'function':
      return undefined;
    default:
      return '${default}';
  }
}

/** The SQL of `Sequelize.literal('…')` and `Sequelize.fn('name', …)`; undefined for what is neither. */
export function expressionSql(
  value: Value | undefined,
  file?: SourceFile,
): Fragment | { readonly text: string } | undefined {
  const link = typeLink(value);
  const [first, ...rest] = link?.args ?? [];
  if (link?.name === 'literal' && first?.kind === 'text') return first.fragment;
  if (link?.name === 'col' && first?.kind === 'text') {
    return file === undefined ? { text: `"${first.fragment.text}"` } : quoted(file, first.fragment);
  }
  if (link?.name === 'fn' && first?.kind === 'text') {
    const args = rest.map(arg => expressionSql(arg, file)?.text ?? defaultSql(arg) ?? '${value}');
    return { text: `${first.fragment.text}(${args.join(', ')})` };
  }
  return undefined;
}

/**
 * Reads a column.
 *
 * @param name - the column's name where it is written
 * @param attribute - its type, or an object with it
 * @param table - the table's name, for the name of an enum's type
 * @returns undefined where its type is only known when the code runs
 */
export function readColumn(
  file: SourceFile,
  name: Fragment,
  attribute: Value | undefined,
  table: string,
  schema: string | undefined,
): SequelizeColumn | undefined {
  const described = attribute?.kind === 'record' ? attribute : undefined;
  if (described?.open === true && !described.entries.has('type')) return undefined;
  const typeValue = described === undefined ? attribute : entry(described, 'type');
  const renamed = entry(described, 'field');
  const own = renamed?.kind === 'text' ? renamed.fragment : name;
  const type = typeSql(typeValue, described, `"${schema ?? 'public'}"."enum_${table}_${own.text}"`);
  if (type === undefined || typeValue === undefined) return undefined;
  const initial = entry(described, 'defaultValue');
  const text = defaultSql(initial);
  const references = entry(described, 'references');
  return {
    name: own,
    type: sqlText(file, rangeOf(typeValue.node), [type.sql]),
    ...(type.enumValues === undefined ? {} : { enumValues: type.enumValues }),
    notNull: isFalse(entry(described, 'allowNull')) ? entry(described, 'allowNull') : undefined,
    identity: isTrue(entry(described, 'autoIncrementIdentity')),
    serial: isTrue(entry(described, 'autoIncrement')),
    initial: text === undefined || initial === undefined ? undefined : sqlText(file, rangeOf(initial.node), [text]),
    unique: isTrue(entry(described, 'unique')) ? entry(described, 'unique') : undefined,
    primary: isTrue(entry(described, 'primaryKey')),
    references: references === undefined ? undefined : referencesSql(file, described, references, schema),
    comment: entry(described, 'comment'),
  };
}

function referencesSql(
  file: SourceFile,
  attribute: Value | undefined,
  references: Value,
  tableSchema: string | undefined,
): Fragment {
  const model = references.kind === 'text' ? references : entry(references, 'model', 'table', 'tableName');
  const site = rangeOf(references.node);
  const named = model?.kind === 'record' ? entry(model, 'tableName') : model;
  const schema = model?.kind === 'record' ? stringOf(entry(model, 'schema')) : tableSchema;
  const target = named?.kind === 'text' ? quoted(file, named.fragment).text : '${references}';
  const key = stringOf(entry(references, 'key', 'field')) ?? 'id';
  const when = deferrableSql(entry(references, 'deferrable'));
  return sqlText(file, site, [
    ` REFERENCES ${schema === undefined ? '' : `"${schema}".`}${target} ("${key}")${actionsSql(attribute, ['onDelete', 'onUpdate'])}${when}`,
  ]);
}

/** ` ON DELETE … ON UPDATE …` as a column or a constraint's options say. */
function actionsSql(options: Value | undefined, order: readonly ('onDelete' | 'onUpdate')[]): string {
  return order
    .map(name => {
      const action = stringOf(entry(options, name));
      return action === undefined ? '' : ` ON ${name.slice(2).toUpperCase()} ${action.toUpperCase()}`;
    })
    .join('');
}

/** ` DEFERRABLE …` of `Deferrable.X` or `new Deferrable.X()`. */
function deferrableSql(value: Value | undefined): string {
  const last = value?.kind === 'chain' ? value.links.at(-1)?.name : undefined;
  if (last === undefined) return '';
  return last.startsWith('INITIALLY') ? ` DEFERRABLE ${last.replace('_', ' ')}` : ` ${last.replace('_', ' ')}`;
}

/** The type of a column, with what makes it count by itself. */
function fullType(column: SequelizeColumn): Part {
  const { type } = column;
  if (!column.serial || column.identity) return type;
  const range = spanOf(type);
  const serials: Readonly<Record<string, string>> = { BIGINT: 'BIGSERIAL', SMALLINT: 'SMALLSERIAL' };
  return sqlText(type.file, range, [serials[type.text] ?? 'SERIAL']);
}

/** A column as CREATE TABLE and ADD COLUMN write it. */
export function definitionSql(file: SourceFile, column: SequelizeColumn): Fragment {
  const parts: Part[] = [quoted(file, column.name), ' ', fullType(column)];
  const { notNull, initial, unique, references } = column;
  if (notNull !== undefined && (!column.serial || column.identity)) {
    parts.push(sqlText(file, rangeOf(notNull.node), [' NOT NULL']));
  }
  if (column.serial && column.identity) parts.push(' GENERATED BY DEFAULT AS IDENTITY');
  if (initial !== undefined) parts.push(' DEFAULT ', initial);
  if (unique !== undefined) parts.push(sqlText(file, rangeOf(unique.node), [' UNIQUE']));
  if (references !== undefined) parts.push(references);
  return sqlText(file, spanOf(column.type), parts);
}

/** What ALTER COLUMN becomes of a column, a statement each, as version 6 sends them. */
export function changesSql(column: SequelizeColumn, name: string): readonly string[] {
  const { notNull, initial, references, unique, enumValues, type } = column;
  const refers = references !== undefined;
  const changes: string[] = [];
  if (notNull !== undefined) changes.push(`ALTER COLUMN ${name} SET NOT NULL`);
  else if (!refers) changes.push(`ALTER COLUMN ${name} DROP NOT NULL`);
  if (initial !== undefined) changes.push(`ALTER COLUMN ${name} SET DEFAULT ${initial.text}`);
  else if (!refers) changes.push(`ALTER COLUMN ${name} DROP DEFAULT`);
  if (unique !== undefined && !refers) changes.push(`ADD UNIQUE (${name})`);
  if (refers) changes.push(`ADD FOREIGN KEY (${name})${references.text}`);
  else {
    const using = enumValues === undefined ? '' : ` USING (${name}::${type.text})`;
    changes.push(`ALTER COLUMN ${name} TYPE ${type.text}${using}`);
  }
  return changes;
}

/** A constraint of `addConstraint`'s options, without ALTER TABLE; undefined where its kind or columns are not known. */
export function constraintSql(
  file: SourceFile,
  table: string,
  options: Value | undefined,
  condition: readonly Part[] | undefined,
): readonly Part[] | undefined {
  const kind = stringOf(entry(options, 'type'))?.toUpperCase();
  const fields = textsOf(entry(options, 'fields'));
  const at = entry(options, 'fields');
  if (kind === undefined || fields === undefined || at === undefined) return undefined;
  const names = fields.map(field => quoted(file, field));
  const text = fields.map(field => `"${field.text}"`).join('_');
  const references = entry(options, 'references');
  const target = entry(references, 'table');
  const targetName = stringOf(target) ?? stringOf(entry(target, 'tableName'));
  const suffix = { UNIQUE: 'uk', CHECK: 'ck', 'PRIMARY KEY': 'pk', 'FOREIGN KEY': `${targetName}_fk` }[kind];
  if (suffix === undefined) return undefined;
  const given = entry(options, 'name');
  // Sequelize takes the quotes out of the name that it makes of quoted names.
  const made = `"${`"${table}"_${text}_${suffix}`.replaceAll('"', '')}"`;
  const constraint: Part = given?.kind === 'text' ? quoted(file, given.fragment) : made;
  const columns = names.flatMap((name, index): readonly Part[] => (index === 0 ? [name] : [', ', name]));
  const when = deferrableSql(entry(options, 'deferrable'));
  if (kind === 'CHECK') return ['CONSTRAINT ', constraint, ' CHECK (', ...(condition ?? ['${where}']), ')'];
  if (kind !== 'FOREIGN KEY') return ['CONSTRAINT ', constraint, ` ${kind} (`, ...columns, `)${when}`];
  const schema = stringOf(entry(target, 'schema'));
  const keys = textsOf(entry(references, 'field', 'fields'));
  if (targetName === undefined || keys === undefined) return undefined;
  const keyText = keys.map(key => `"${key.text}"`).join(', ');
  const on = actionsSql(options, ['onUpdate', 'onDelete']);
  const to = `${schema === undefined ? '' : `"${schema}".`}"${targetName}"`;
  return ['CONSTRAINT ', constraint, ' FOREIGN KEY (', ...columns, `) REFERENCES ${to} (${keyText})${on}${when}`];
}

function spanOf(fragment: Fragment): Range {
  return [fragment.segments[0]!.source[0], fragment.segments.at(-1)!.source[1]];
}
