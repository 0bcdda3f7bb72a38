import type { SourceFile } from '../../source/source-file.ts';
import { joined, literalOf, type Part, quoted, sqlText } from './sql-text.ts';
import { rangeOf } from './syntax.ts';
import type { Chain, Value } from './values.ts';

/** A value of a row or a condition as SQL; what only the run knows as a placeholder. */
export function valueSql(value: Value | undefined): string {
  switch (value?.kind) {
    case 'text':
      return /\$\{/.test(value.fragment.text) ? '${value}' : literalOf(value.fragment.text);
    case 'constant':
      return value.value === undefined || value.value === null ? 'NULL' : String(value.value);
    case 'chain':
      return chainSql(value) ?? '${value}';
    default:
      return '${value}';
  }
}

/** What a library writes into a statement as it is: `knex.raw('a + 1')`, `` sql`a + 1` ``, `Sequelize.literal('a + 1')`; the time. */
function chainSql({ root, links }: Chain): string | undefined {
  const last = links.at(-1);
  if (last?.name === 'now' && links.at(-2)?.name === 'fn') return 'CURRENT_TIMESTAMP';
  const written = last?.name === 'raw' || last?.name === 'literal' || (root === 'sql' && links.length === 1);
  const [text, values] = last?.args ?? [];
  if (!written || values !== undefined || text?.kind !== 'text' || text.fragment.text.includes('${')) return undefined;
  return text.fragment.text;
}

/** An entry's name where it is written, in quotes. */
function keyText(file: SourceFile, record: Value & { kind: 'record' }, name: string): Part {
  const place = record.keys?.get(name) ?? record.node;
  return quoted(file, sqlText(file, rangeOf(place), [name]));
}

/**
 * INSERT of the rows that a list or one object is; a list that only the run knows as one row of which nothing is known.
 *
 * @param table - the table as SQL
 */
export function insertSql(file: SourceFile, table: Part, rows: Value | undefined): readonly Part[] {
  const records = rows?.kind === 'list' ? rows.items : rows === undefined ? [] : [rows];
  const known = records.flatMap(row => (row.kind === 'record' ? [row] : []));
  const [first] = known;
  if (first === undefined || first.open || known.length < records.length || first.entries.size === 0) {
    return ['INSERT INTO ', table, ' VALUES (${rows})'];
  }
  const names = [...new Set(known.flatMap(row => [...row.entries.keys()]))];
  const columns = joined(names.map(name => keyText(file, known.find(row => row.entries.has(name))!, name)));
  const values = known.map(
    row => `(${names.map(name => (row.entries.has(name) ? valueSql(row.entries.get(name)) : 'DEFAULT')).join(', ')})`,
  );
  return ['INSERT INTO ', table, ' (', ...columns, `) VALUES ${values.join(', ')}`];
}

/** UPDATE of the columns that an object names. */
export function updateSql(file: SourceFile, table: Part, values: Value | undefined): readonly Part[] {
  if (values?.kind !== 'record' || values.open || values.entries.size === 0)
    return ['UPDATE ', table, ' SET ${column} = ${value}'];
  const sets = [...values.entries].map(([name, value]) =>
    sqlText(file, rangeOf(value.node), [keyText(file, values, name), ` = ${valueSql(value)}`]),
  );
  return ['UPDATE ', table, ' SET ', ...joined(sets)];
}

/**
 * The condition that an object is, without WHERE; undefined where there is none: no object, or an empty one. A condition that
 * only the run knows is a placeholder.
 */
export function conditionSql(file: SourceFile, where: Value | undefined): readonly Part[] | undefined {
  if (where === undefined || (where.kind === 'constant' && !where.value)) return undefined;
  if (where.kind !== 'record') return ['${where}'];
  if (where.entries.size === 0) return where.open ? ['${where}'] : undefined;
  const tests = [...where.entries].map(([name, value]): Part => {
    const column = keyText(file, where, name);
    const site = rangeOf(value.node);
    if (value.kind === 'constant' && value.value === null) return sqlText(file, site, [column, ' IS NULL']);
    if (value.kind === 'list') {
      const items = value.items.map(valueSql).join(', ');
      return sqlText(file, site, [column, items === '' ? ' IN (NULL)' : ` IN (${items})`]);
    }
    if (value.kind === 'record') return '${where}';
    return sqlText(file, site, [column, ` = ${valueSql(value)}`]);
  });
  return joined(tests, ' AND ');
}
