import type { Fragment } from '../../../source/fragment.ts';
import type { Range, SourceFile } from '../../../source/source-file.ts';
import { entry, isFalse, isTrue, joined, numberOf, type Part, sqlText, stringOf } from '../sql-text.ts';
import { holeFragment } from '../strings.ts';
import { rangeOf } from '../syntax.ts';
import type { Value } from '../values.ts';

/** What the pieces of a statement are made with. */
export interface Context {
  readonly file: SourceFile;
  /** Types of the migration's own: `exports.shorthands`. */
  readonly shorthands: Value | undefined;
}

/** The SQL of `pgm.func('…')`, `PgLiteral.create('…')`, `new PgLiteral('…')`, `{ literal: true, value }`. */
export function rawSql(value: Value | undefined): Fragment | undefined {
  const link = value?.kind === 'chain' ? value.links.at(-1) : undefined;
  const made = value?.kind === 'made' ? value.args[0] : undefined;
  const given = link?.args?.[0] ?? made ?? (isTrue(entry(value, 'literal')) ? entry(value, 'value') : undefined);
  return given?.kind === 'text' ? given.fragment : undefined;
}

function spanOf({ segments }: Fragment): Range {
  return [segments[0]!.source[0], segments.at(-1)!.source[1]];
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A name in quotes: text, `{ schema, name }`, `pgm.func('…')`; what only the run knows as a placeholder. */
export function nameSql({ file }: Context, value: Value | undefined): Fragment {
  if (value?.kind === 'text') {
    const { fragment } = value;
    if (/^\$\{[^}]*\}$/.test(fragment.text)) return fragment;
    return sqlText(file, spanOf(fragment), /"/.test(fragment.text) ? [quote(fragment.text)] : ['"', fragment, '"']);
  }
  const name = entry(value, 'name');
  if (name?.kind === 'text') {
    const schema = stringOf(entry(value, 'schema'));
    const prefix = schema === undefined ? '' : `${quote(schema)}.`;
    return sqlText(file, spanOf(name.fragment), [prefix, '"', name.fragment, '"']);
  }
  const raw = rawSql(value);
  if (raw !== undefined) return raw;
  const range: Range = value === undefined ? [0, 0] : rangeOf(value.node);
  return holeFragment(file, file.text.slice(...range), range);
}

/** The name alone, without its schema. */
export function plainName(value: Value | undefined): string {
  return stringOf(value) ?? stringOf(entry(value, 'name')) ?? '';
}

/** One value or a list of them, as `toArray` makes it. */
export function itemsOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return value.kind === 'list' ? value.items : [value];
}

/** Names in a row. */
export function namesSql(context: Context, value: Value | undefined): string {
  return itemsOf(value)
    .map(item => nameSql(context, item).text)
    .join(', ');
}

/** A value as it is put into the SQL. */
export function escaped(value: Value | undefined): string {
  switch (value?.kind) {
    case 'text': {
      const tag = value.fragment.text.includes('$pga$') ? '$pgb$' : '$pga$';
      return `${tag}${value.fragment.text}${tag}`;
    }
    case 'constant':
      return value.value === null ? 'NULL' : String(value.value);
    case 'list':
      return `ARRAY[${value.items.map(escaped).join(',').replaceAll('ARRAY', '')}]`;
    case 'chain':
    case 'made':
    case 'record':
      return rawSql(value)?.text ?? '';
    default:
      return '${value}';
  }
}

/** Whether there is a value that JavaScript takes for true. */
export function isSet(value: Value | undefined): boolean {
  return value !== undefined && !(value.kind === 'constant' && !value.value) && stringOf(value) !== '';
}

/** Text as it is, a number as text. */
export function wordOf(value: Value | undefined): string | undefined {
  return stringOf(value) ?? numberOf(value)?.toString() ?? rawSql(value)?.text;
}

/** Words of an option that is set; nothing where it is not. */
export function flag(options: Value | undefined, key: string, words: string): string {
  return isSet(entry(options, key)) ? words : '';
}

/** ` IF EXISTS` where the options say so. */
export const ifExists = (options: Value | undefined): string => flag(options, 'ifExists', ' IF EXISTS');
/** ` IF NOT EXISTS` where the options say so. */
export const ifNotExists = (options: Value | undefined): string => flag(options, 'ifNotExists', ' IF NOT EXISTS');
/** ` CASCADE` where the options say so. */
export const cascade = (options: Value | undefined): string => flag(options, 'cascade', ' CASCADE');

/** Names that node-pg-migrate knows of its own. */
const ADAPTED: Readonly<Record<string, string>> = {
  ...{ int: 'integer', string: 'text', float: 'real', double: 'double precision', datetime: 'timestamp' },
  bool: 'boolean',
};
const SHORTHANDS: Readonly<Record<string, readonly [string, boolean]>> = { id: ['serial', true] };

interface ResolvedType {
  readonly type: string;
  /** An option of the column, or of the shorthand that its type is. */
  option(name: string): Value | undefined;
  readonly primary: boolean;
}

/** A type with what the shorthands in it say; undefined where it is only known when the code runs. */
export function resolveType({ shorthands }: Context, value: Value | undefined): ResolvedType | undefined {
  const layers: Value[] = [];
  let primary = false;
  let current = value;
  for (let depth = 0; depth < 10; depth++) {
    if (current?.kind === 'record') layers.push(current);
    const given = current?.kind === 'record' ? entry(current, 'type') : current;
    const type = stringOf(given);
    if (type === undefined) {
      // A type in a schema of its own.
      const name = stringOf(entry(given, 'name'));
      const schema = stringOf(entry(given, 'schema'));
      if (name === undefined) return undefined;
      return resolved(`${schema === undefined ? '' : `${quote(schema)}.`}${quote(name)}`, layers, primary);
    }
    const next = entry(shorthands, type);
    const own = SHORTHANDS[type];
    if (next === undefined) {
      if (own === undefined) return resolved(ADAPTED[type] ?? type, layers, primary);
      primary = own[1];
      return resolved(own[0], layers, primary);
    }
    current = next;
  }
  return undefined;
}

function resolved(type: string, layers: readonly Value[], primary: boolean): ResolvedType {
  return {
    type,
    primary,
    option: name => layers.map(layer => entry(layer, name)).find(found => found !== undefined),
  };
}

/** The clauses of a sequence. */
export function sequenceSql(context: Context, options: Value | undefined): string {
  const word = (name: string): string | undefined => wordOf(entry(options, name));
  const without = (name: string): boolean => {
    const value = entry(options, name);
    return value?.kind === 'constant' && (value.value === null || value.value === false);
  };
  const type = resolveType(context, entry(options, 'type'))?.type;
  return [
    type && `AS ${type}`,
    word('increment') && `INCREMENT BY ${word('increment')}`,
    word('minvalue') ? `MINVALUE ${word('minvalue')}` : without('minvalue') && 'NO MINVALUE',
    word('maxvalue') ? `MAXVALUE ${word('maxvalue')}` : without('maxvalue') && 'NO MAXVALUE',
    word('start') && `START WITH ${word('start')}`,
    word('cache') && `CACHE ${word('cache')}`,
    isTrue(entry(options, 'cycle')) ? 'CYCLE' : isFalse(entry(options, 'cycle')) && 'NO CYCLE',
    word('owner') ? `OWNED BY ${word('owner')}` : without('owner') && 'OWNED BY NONE',
  ]
    .filter(Boolean)
    .join(' ');
}

/** ` DEFERRABLE …` where an object asks for it. */
function deferrableSql(deferrable: Value | undefined, deferred: Value | undefined): string {
  return isSet(deferrable) ? ` DEFERRABLE INITIALLY ${isSet(deferred) ? 'DEFERRED' : 'IMMEDIATE'}` : '';
}

/** `REFERENCES …`, as a column or a foreign key of a table says. */
function referencesSql(context: Context, option: (name: string) => Value | undefined): string {
  const target = option('references');
  const text = stringOf(target);
  const written = text !== undefined && (text.startsWith('"') || text.endsWith(')')) ? text : undefined;
  const clause = (name: string, words: string): string => {
    const action = wordOf(option(name));
    return action === undefined ? '' : ` ${words} ${action}`;
  };
  return `REFERENCES ${written ?? nameSql(context, target).text}${clause('match', 'MATCH')}${clause('onDelete', 'ON DELETE')}${clause('onUpdate', 'ON UPDATE')}`;
}

/** What columns become: their definitions, a key over several, and comments as statements. */
export interface ColumnsSql {
  readonly definitions: readonly Fragment[];
  /** The columns of a key that spans several. */
  readonly primaryKey: readonly string[];
  readonly comments: readonly (readonly Part[])[];
  /** Columns of which too little is known. */
  readonly unknown: readonly Value[];
}

/** Reads the columns of `createTable` and `addColumns`. */
export function columnsSql(
  context: Context,
  table: Value | undefined,
  columns: Value & { kind: 'record' },
): ColumnsSql {
  const { file } = context;
  const resolvedColumns = [...columns.entries].map(([name, value]) => ({
    name,
    value,
    type: resolveType(context, value),
  }));
  const isPrimary = (column: ResolvedType | undefined): boolean =>
    column !== undefined &&
    (column.option('primaryKey') === undefined ? column.primary : isSet(column.option('primaryKey')));
  const primary = resolvedColumns.filter(({ type }) => isPrimary(type)).map(({ name }) => name);
  const several = primary.length > 1;
  const comments: (readonly Part[])[] = [];
  const tableText = nameSql(context, table).text;
  const definitions = resolvedColumns.flatMap(({ name, value, type }): readonly Fragment[] => {
    if (type === undefined) return [];
    const at = rangeOf(columns.keys?.get(name) ?? value.node);
    const { option } = type;
    /** A clause where its option is written, if that is in the column itself. */
    const clause = (key: string, text: string): Part => {
      const own = entry(value, key);
      return sqlText(file, rangeOf(own?.node ?? value.node), [text]);
    };
    const array = option('array');
    const dimension = isTrue(array) ? ' ARRAY' : numberOf(array) === undefined ? '' : ` ARRAY[${numberOf(array)}]`;
    const parts: Part[] = [sqlText(file, at, [quote(name)]), clause('type', ` ${type.type}${dimension}`)];
    const collation = wordOf(option('collation'));
    if (collation !== undefined) parts.push(clause('collation', ` COLLATE ${collation}`));
    const initial = option('default');
    if (initial !== undefined && !(initial.kind === 'constant' && initial.value === undefined)) {
      parts.push(clause('default', ` DEFAULT ${escaped(initial)}`));
    }
    if (isSet(option('unique'))) parts.push(clause('unique', ' UNIQUE'));
    if (isPrimary(type) && !several) parts.push(clause('primaryKey', ' PRIMARY KEY'));
    if (isSet(option('notNull'))) parts.push(clause('notNull', ' NOT NULL'));
    const check = wordOf(option('check'));
    if (check !== undefined) parts.push(clause('check', ` CHECK (${check})`));
    if (isSet(option('references'))) {
      const given = stringOf(option('referencesConstraintName'));
      const comment = option('referencesConstraintComment');
      const constraint = given ?? (isSet(comment) ? `${plainName(table)}_fk_${name}` : undefined);
      const prefix = constraint === undefined ? '' : `CONSTRAINT ${quote(constraint)} `;
      parts.push(clause('references', ` ${prefix}${referencesSql(context, option)}`));
      if (isSet(comment) && constraint !== undefined) {
        comments.push([`COMMENT ON CONSTRAINT ${quote(constraint)} ON ${tableText} IS ${escaped(comment)}`]);
      }
    }
    parts.push(deferrableSql(option('deferrable'), option('deferred')));
    const identity = option('sequenceGenerated');
    if (isSet(identity)) {
      const clauses = sequenceSql(context, identity);
      const precedence = wordOf(entry(identity, 'precedence')) ?? 'BY DEFAULT';
      parts.push(` GENERATED ${precedence} AS IDENTITY${clauses === '' ? '' : ` (${clauses})`}`);
    }
    const expression = wordOf(option('expressionGenerated'));
    if (expression !== undefined) parts.push(` GENERATED ALWAYS AS (${expression}) STORED`);
    const comment = option('comment');
    if (comment !== undefined) {
      comments.unshift([`COMMENT ON COLUMN ${tableText}.${quote(name)} IS ${escaped(comment)}`]);
    }
    return [sqlText(file, rangeOf(value.node), parts)];
  });
  return {
    definitions,
    primaryKey: several ? primary : [],
    comments,
    unknown: resolvedColumns.flatMap(({ value, type }) => (type === undefined ? [value] : [])),
  };
}

/**
 * Constraints of a table: `createTable`'s own and those of `addConstraint`.
 *
 * @param given - the name that the call gives
 * @param keyColumns - the columns that a key spans by their own options
 */
export function constraintsSql(
  context: Context,
  table: Value | undefined,
  options: Value | undefined,
  given: Value | undefined,
  keyColumns: readonly string[] = [],
): readonly Part[] {
  const { file } = context;
  const tableName = plainName(table);
  const nameOr = (made: string): Part => (given?.kind === 'text' ? nameSql(context, given) : quote(made));
  const constraints: (readonly Part[])[] = [];
  const check = entry(options, 'check');
  for (const [index, item] of itemsOf(check).entries()) {
    const made = check?.kind === 'list' ? `${tableName}_chck_${index + 1}` : `${tableName}_chck`;
    const text: Part = item.kind === 'text' ? item.fragment : (rawSql(item) ?? '${check}');
    constraints.push(['CONSTRAINT ', nameOr(made), ' CHECK (', text, ')']);
  }
  const unique = entry(options, 'unique');
  if (isSet(unique)) {
    const items = itemsOf(unique);
    const sets = items.some(({ kind }) => kind === 'list') ? items : [unique!];
    for (const set of sets) {
      const made = `${tableName}_uniq_${itemsOf(set).map(plainName).join('_')}`;
      constraints.push(['CONSTRAINT ', nameOr(made), ` UNIQUE (${namesSql(context, set)})`]);
    }
  }
  const primaryKey = entry(options, 'primaryKey');
  if (isSet(primaryKey)) {
    constraints.push(['CONSTRAINT ', nameOr(`${tableName}_pkey`), ` PRIMARY KEY (${namesSql(context, primaryKey)})`]);
  }
  if (keyColumns.length > 0) {
    constraints.push([
      'CONSTRAINT ',
      nameOr(`${tableName}_pkey`),
      ` PRIMARY KEY (${keyColumns.map(quote).join(', ')})`,
    ]);
  }
  for (const key of itemsOf(entry(options, 'foreignKeys'))) {
    const columns = entry(key, 'columns');
    const own = entry(key, 'referencesConstraintName');
    const made = `${tableName}_fk_${itemsOf(columns).map(plainName).join('_')}`;
    const name = own?.kind === 'text' ? nameSql(context, own) : nameOr(made);
    const references = referencesSql(context, option => entry(key, option));
    constraints.push([
      'CONSTRAINT ',
      name,
      sqlText(file, rangeOf(key.node), [` FOREIGN KEY (${namesSql(context, columns)}) ${references}`]),
    ]);
  }
  const exclude = wordOf(entry(options, 'exclude'));
  if (exclude !== undefined) constraints.push(['CONSTRAINT ', nameOr(`${tableName}_excl`), ` EXCLUDE ${exclude}`]);
  const after = deferrableSql(entry(options, 'deferrable'), entry(options, 'deferred'));
  const site: Range = rangeOf((options ?? table)?.node ?? { type: 'Program' });
  return constraints.map(parts => sqlText(file, site, after === '' ? parts : [...parts, after]));
}

/** The parameters of a function in their parentheses. */
export function parametersSql(context: Context, parameters: Value | undefined, withDefaults: boolean): string {
  const list = itemsOf(parameters).map(parameter => {
    const { type, option } = resolveType(context, parameter) ?? { type: '${type}', option: () => undefined };
    const name = option('name');
    const initial = option('default');
    return [
      wordOf(option('mode')),
      name === undefined ? undefined : nameSql(context, name).text,
      type,
      withDefaults && initial !== undefined ? `DEFAULT ${escaped(initial)}` : undefined,
    ]
      .filter(Boolean)
      .join(' ');
  });
  return `(${list.join(', ')})`;
}

/** Column of an index: a name, an expression, `{ name, opclass, sort }`. */
export function indexColumnSql(context: Context, column: Value): Part {
  const named = column.kind === 'record' && rawSql(column) === undefined ? entry(column, 'name') : column;
  const raw = rawSql(named);
  const text = stringOf(named);
  const opclass = entry(column, 'opclass');
  const sort = wordOf(entry(column, 'sort'));
  const isName = text !== undefined && !/[^\w".]/.test(text);
  const whole: Part =
    raw ?? (text === undefined || isName ? nameSql(context, named) : /\)$/.test(text) ? text : `(${text})`);
  const after = `${opclass === undefined ? '' : ` ${nameSql(context, opclass).text}`}${sort === undefined ? '' : ` ${sort}`}`;
  return sqlText(context.file, rangeOf(column.node), joined([whole, after], ''));
}
