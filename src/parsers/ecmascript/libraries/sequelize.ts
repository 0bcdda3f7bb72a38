import type { Fragment } from '../../../source/fragment.ts';
import type { Library, Output } from '../library.ts';
import { closeAt, entry, isTrue, joined, type Part, quoted, sqlText, stringOf, textsOf } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { runCallbacks, sendRaw } from './raw.ts';

/** Sequelize: the query interface, and the queries of `queryInterface.sequelize`. */
export const sequelize: Library = { parameters: ['queryInterface', 'Sequelize'], run };

/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  ...[
    'sequelize',
    'queryInterface',
    'getDialect',
    'describeTable',
    'showAllTables',
    'tableExists',
    'getQueryInterface',
  ],
  ...['context', 'commit', 'rollback', 'QueryTypes', 'options', 'dialect'],
]);

function run({ links, node }: Chain, out: Output): void {
  for (const link of links) {
    if (link.name === 'query' && link.args !== undefined) sendRaw(link, out);
    else if (link.name === 'transaction') runCallbacks(link, ['transaction'], out);
    else if (Object.hasOwn(CALLS, link.name)) {
      const parts = CALLS[link.name]!(link.args ?? [], out);
      if (parts === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
      else out.sql(closeAt(out.file, sqlText(out.file, rangeOf(link.at), parts), link.node));
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}

type Call = (args: NonNullable<Link['args']>, out: Output) => readonly Part[] | undefined;

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
    const columns = textsOf(second?.kind === 'record' ? entry(second, 'fields') : second);
    const name = tableOf(table, out);
    if (name === undefined || columns === undefined) return undefined;
    const unique = isTrue(entry(options, 'unique')) || stringOf(entry(options, 'type')) === 'UNIQUE' ? 'UNIQUE ' : '';
    const concurrently = isTrue(entry(options, 'concurrently')) ? 'CONCURRENTLY ' : '';
    const using = stringOf(entry(options, 'using'));
    return [
      `CREATE ${unique}INDEX ${concurrently}`,
      nameOf(entry(options, 'name', 'indexName'), out) ?? indexName(stringOf(table) ?? '', columns),
      // The name stands before the index's options in the file: it is only meant here.
      ` ON ${name.text}${using === undefined ? '' : ` USING ${using}`} (`,
      ...joined(columns.map(column => quoted(out.file, column))),
      entry(options, 'where') === undefined ? ')' : ') WHERE ${where}',
    ];
  },
  removeIndex([table, second, options], out) {
    const columns = second?.kind === 'list' ? textsOf(second) : undefined;
    const name = columns === undefined ? nameOf(second, out) : indexName(stringOf(table) ?? '', columns);
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
};

function nameOf(value: Value | undefined, { file }: Output): Fragment | undefined {
  return value?.kind === 'text' ? quoted(file, value.fragment) : undefined;
}

/** A table given by name, or by `{ tableName, schema }`. */
function tableOf(value: Value | undefined, out: Output, prefix = ''): Fragment | undefined {
  const name = nameOf(value?.kind === 'record' ? entry(value, 'tableName') : value, out);
  const schema = stringOf(entry(value, 'schema'));
  const before = schema === undefined ? prefix : `"${schema}".`;
  if (name === undefined || before === '') return name;
  return sqlText(out.file, [name.segments[0]!.source[0], name.segments.at(-1)!.source[1]], [before, name]);
}

/** The name that Sequelize makes: table and columns in snake case. */
function indexName(table: string, columns: readonly Fragment[]): string {
  const text = [table, ...columns.map(column => column.text)].join('_');
  return `"${text.replace(/([a-z\d])([A-Z])/g, '$1_$2').toLowerCase()}"`;
}
