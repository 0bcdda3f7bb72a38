import type { Dialect } from '../../server/server.ts';
import { type Fragment, substituteFragment } from '../../source/fragment.ts';
import { childrenOf, type Element, fieldOf, textOf } from './document.ts';
import { field, flag, type Made, type Part, sqlAt, textField, type Writer } from './sql-parts.ts';

/** A column of a file of rows. */
interface Loaded {
  readonly name: string;
  readonly type: string;
  /** Whether a row that is there gets its value. */
  readonly updates: boolean;
}

/**
 * What Liquibase sends for `loadData` and `loadUpdateData`, by the first rows of their file; measured with 4.28.
 *
 * @param table - the name of the table as SQL
 * @param isUpdate - whether rows that are there are updated
 */
export function loadRows(change: Element, writer: Writer, table: readonly Part[], isUpdate: boolean): readonly Made[] {
  const rows = rowsOf(change, writer);
  const path = fieldOf(change, 'file');
  const [header, ...values] = rows;
  if (header === undefined || path === undefined) {
    const nothing = isMysql(writer.dialect) ? ' VALUES ()' : ' DEFAULT VALUES';
    return [{ range: change.range, sql: sqlAt(writer, change, ['INSERT INTO ', ...table, nothing]) }];
  }
  const columns = header.map((name, index) => columnOf(name.trim(), index, change));
  const kept = columns.flatMap((column, index) => (/^skip$/i.test(column.type) ? [] : [{ column, index }]));
  const literalsOf = (row: readonly string[]): readonly string[] =>
    kept.map(({ column, index }) => literalOf(row[index] ?? '', column.type, writer.dialect));
  const names = kept.map(({ column }) => quoted(column.name, writer.dialect));
  const make = (parts: readonly Part[]): Made => ({ range: change.range, sql: sqlAt(writer, change, parts) });
  const written = (text: string): Fragment => atPath(writer, path, text);
  const insert = (tuples: readonly string[]): readonly Part[] => [
    ...['INSERT INTO ', ...table, written(` (${names.join(', ')}) VALUES ${tuples.join(',')}`)],
  ];
  const tuple = (row: readonly string[]): string => `(${literalsOf(row).join(', ')})`;
  if (!isUpdate) return values.length === 0 ? [] : [make(insert(values.map(tuple)))];

  const keys = new Set((textField(writer, change, 'primaryKey') ?? '').split(',').map(key => key.trim().toLowerCase()));
  const onlyUpdates = flag(writer, change, 'onlyUpdate');
  return values.flatMap(row => {
    const pairs = literalsOf(row).map((value, at) => ({ column: kept[at]!.column, pair: `${names[at]} = ${value}` }));
    const isKey = ({ column }: (typeof pairs)[number]): boolean => keys.has(column.name.toLowerCase());
    const condition = pairs.filter(isKey).map(({ pair }) => pair);
    const set = pairs.filter(each => !isKey(each) && each.column.updates).map(({ pair }) => pair);
    const where = condition.length === 0 ? '' : ` WHERE ${condition.join(' AND ')}`;
    const update = set.length === 0 ? undefined : ['UPDATE ', ...table, written(` SET ${set.join(', ')}${where}`)];
    if (onlyUpdates) return update === undefined ? [] : [make(update)];
    const upsert = UPSERTS[writer.dialect];
    const added = insert([tuple(row)]);
    if (upsert !== undefined) return [make(upsert(added, update, set, written))];
    return [...(update === undefined ? [] : [make(update)]), make(added)];
  });
}

/** One statement that updates a row or inserts it. */
type Upsert = (
  insert: readonly Part[],
  update: readonly Part[] | undefined,
  set: readonly string[],
  written: (text: string) => Fragment,
) => readonly Part[];

const onDuplicateKey: Upsert = (insert, update, set, written) =>
  update === undefined
    ? ['INSERT IGNORE', ...insert.map((part, index) => (index === 0 ? ' INTO ' : part))]
    : [...insert, written(` ON DUPLICATE KEY UPDATE ${set.join(', ')}`)];

const UPSERTS: Readonly<Partial<Record<Dialect, Upsert>>> = {
  mysql: onDuplicateKey,
  mariadb: onDuplicateKey,
  postgres: (insert, update) => {
    const first = update === undefined ? [] : [...update, ';\n'];
    return ['DO $$\nBEGIN\n', ...first, 'IF not found THEN\n', ...insert, ';\nEND IF;\nEND;\n$$\nLANGUAGE plpgsql'];
  },
};

function isMysql(dialect: Dialect): boolean {
  return dialect === 'mysql' || dialect === 'mariadb';
}

/** What the change says of a column of its file. */
function columnOf(header: string, index: number, change: Element): Loaded {
  const settings = childrenOf(change, 'column').find(
    column =>
      textOf(column, 'index')?.trim() === `${index}` || (textOf(column, 'header') ?? textOf(column, 'name')) === header,
  );
  return {
    name: (settings && textOf(settings, 'name')) || header,
    type: (settings && textOf(settings, 'type')) ?? 'STRING',
    updates: settings === undefined || textOf(settings, 'allowUpdate')?.toLowerCase() !== 'false',
  };
}

function quoted(name: string, dialect: Dialect): string {
  if (isMysql(dialect)) return `\`${name.replaceAll('`', '``')}\``;
  const isMixed = name !== name.toLowerCase() && name !== name.toUpperCase();
  return `"${(dialect === 'postgres' && !isMixed ? name.toLowerCase() : name).replaceAll('"', '""')}"`;
}

/** A value as SQL; an empty one is none but of text. */
function literalOf(value: string, type: string, dialect: Dialect): string {
  const kind = type.toUpperCase();
  if (/^null$/i.test(value) || (value === '' && kind !== 'STRING')) return 'NULL';
  if (kind === 'NUMERIC' && /^-?\d+(?:\.\d+)?$/.test(value)) return value;
  if (kind === 'COMPUTED') return value;
  if (kind === 'BOOLEAN') {
    const isOn = /^(?:true|t|yes|y|1)$/i.test(value);
    return isMysql(dialect) || dialect === 'sqlserver' ? (isOn ? '1' : '0') : isOn ? 'TRUE' : 'FALSE';
  }
  return `'${value.replaceAll("'", "''")}'`;
}

/** Text that stands where the path of the file is written. */
function atPath({ file }: Writer, path: Fragment, text: string): Fragment {
  return substituteFragment(file, text, [path.segments[0]!.source[0], path.segments.at(-1)!.source[1]]);
}

/** The rows of the file that a change names, that of the columns' names first; none where the file is not read. */
function rowsOf(change: Element, writer: Writer): readonly (readonly string[])[] {
  const path = fieldOf(change, 'file');
  if (path === undefined || !Object.hasOwn(writer.files, path.text)) return [];
  const setting = (name: string, otherwise: string): string => field(writer, change, name)?.text ?? otherwise;
  const separator = setting('separator', ',').replace(/^\\t$/, '\t');
  const comment = textField(writer, change, 'commentLineStartsWith');
  return writer.files[path.text]!.replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter(line => line.trim() !== '' && (comment === undefined || !line.startsWith(comment)))
    .map(line => cellsOf(line, separator, setting('quotchar', '"')));
}

/** The values of a line; a quote in a quoted one is doubled. */
function cellsOf(line: string, separator: string, quote: string): readonly string[] {
  const cells: string[] = [];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (character === quote && line[at + 1] === quote && (isQuoted || cell !== '')) cell += line[++at];
    else if (character === quote) isQuoted = !isQuoted;
    else if (!isQuoted && line.startsWith(separator, at)) {
      cells.push(cell);
      cell = '';
      at += separator.length - 1;
    } else cell += character;
  }
  return [...cells, cell];
}
