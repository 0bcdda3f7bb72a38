import { conditionSql, insertSql, updateSql } from '../data-sql.ts';
import type { Library, Output } from '../library.ts';
import { closeAt, type Part, sqlText } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { runCallbacks, sendRaw } from './raw.ts';
import { nameSql } from './typeorm-definitions.ts';
import { QUERY_RUNNER_CALLS } from './typeorm-tables.ts';

/** TypeORM: the query runner, its entity manager, repositories and query builders. */
export const typeorm: Library = {
  parameters: ['queryRunner'],
  promises: true,
  definitions: /^(?:create|add|change)[A-Z]/,
  run,
  resultOf,
};

/** Calls that call back with what they run on. */
const AROUND = 'transaction';
/** Names that lead to others, or only read. */
const PASSIVE = new Set([
  ...['manager', 'connection', 'dataSource', 'options', 'type', 'driver', 'queryRunner', 'isTransactionActive', 'data'],
  ...['hasTable', 'hasColumn', 'hasSchema', 'hasDatabase', 'getTable', 'getTables', 'getView', 'getViews', 'escape'],
  ...['getCurrentSchema', 'getCurrentDatabase', 'getDatabases', 'getSchemas', 'getRepository', 'getTreeRepository'],
  ...['connect', 'release', 'createQueryRunner', 'beforeMigration', 'getReplicationMode'],
  ...[
    'find',
    'findBy',
    'findOne',
    'findOneBy',
    'findOneOrFail',
    'findAndCount',
    'count',
    'exists',
    'create',
    'metadata',
  ],
  ...[
    'stream',
    'afterMigration',
    'broadcaster',
    'loadedTables',
    'getMetadata',
    'entityMetadatas',
    'schema',
    'database',
  ],
]);

const ENDS: Readonly<Record<string, 'COMMIT' | 'ROLLBACK'>> = {
  commitTransaction: 'COMMIT',
  rollbackTransaction: 'ROLLBACK',
};

function run({ links, node }: Chain, out: Output): void {
  let entity: Value | undefined;
  for (const [index, link] of links.entries()) {
    const args = link.args ?? [];
    if ((link.name === 'query' || link.name === 'sql') && link.args !== undefined) sendRaw(link, out);
    else if (link.name === AROUND)
      out.transaction(
        () => true,
        () => runCallbacks(link, ['queryRunner'], out),
        link,
      );
    else if (link.name === 'startTransaction') out.begin(link);
    else if (link.args !== undefined && ENDS[link.name] !== undefined) out.end(link, ENDS[link.name]!);
    else if (link.name === 'getRepository' || link.name === 'getTreeRepository') entity = args[0];
    else if (link.name === 'createQueryBuilder') {
      sendBuilder(links.slice(index + 1), entity, out);
      return;
    } else if (link.args !== undefined && Object.hasOwn(QUERY_RUNNER_CALLS, link.name)) {
      const statements = QUERY_RUNNER_CALLS[link.name]!(args, out);
      if (statements === undefined) out.unreadable(link.node, `what ${link.name} does is only known when it runs`);
      else for (const parts of statements) send(link, out, parts);
    } else if (link.args !== undefined && Object.hasOwn(MANAGER_CALLS, link.name)) {
      const [target, rest] = entity === undefined ? [args[0], args.slice(1)] : [entity, args];
      send(link, out, MANAGER_CALLS[link.name]!(tableOf(target, out), rest, out));
    } else if (!PASSIVE.has(link.name)) {
      out.unreadable(node, `${link.name === '' ? 'this call' : link.name} is not read`);
      return;
    }
  }
}

/** A table that the query runner was asked for is known by its name. */
function resultOf({ links }: Chain): Value | undefined {
  const last = links.at(-1);
  const [name] = last?.name === 'getTable' ? (last.args ?? []) : [];
  return name?.kind === 'text' ? name : undefined;
}

function send(link: Link, out: Output, parts: readonly Part[]): void {
  out.sql(closeAt(out.file, sqlText(out.file, rangeOf(link.at), parts), link.node));
}

/** The table of an entity: its name where one is given, else the entity's own name as what only the run knows. */
function tableOf(entity: Value | undefined, { file }: Output): Part {
  return nameSql(file, entity) ?? '${table}';
}

type ManagerCall = (table: Part, args: readonly Value[], out: Output) => readonly Part[];

/** Calls of the entity manager and of repositories, the entity left out of the arguments. */
const MANAGER_CALLS: Readonly<Record<string, ManagerCall>> = {
  insert: (table, [rows], { file }) => insertSql(file, table, rows),
  save: (table, [rows], { file }) => insertSql(file, table, rows),
  upsert: (table, [rows], { file }) => insertSql(file, table, rows),
  update: (table, [where, values], { file }) => [...updateSql(file, table, values), ...whereSql(where, file)],
  delete: (table, [where], { file }) => ['DELETE FROM ', table, ...whereSql(where, file)],
  softDelete: (table, [where], { file }) => ['UPDATE ', table, ' SET "deletedAt" = now()', ...whereSql(where, file)],
  remove: table => ['DELETE FROM ', table, ' WHERE ${entities}'],
  clear: table => ['TRUNCATE TABLE ', table],
  increment: (table, [where], { file }) => ['UPDATE ', table, ' SET ${column} = ${value}', ...whereSql(where, file)],
  decrement: (table, [where], { file }) => ['UPDATE ', table, ' SET ${column} = ${value}', ...whereSql(where, file)],
};

/** A condition as TypeORM takes it: columns with values, or ids. */
function whereSql(where: Value | undefined, file: Output['file']): readonly Part[] {
  const condition = conditionSql(file, where);
  return condition === undefined ? [] : [' WHERE ', ...condition];
}

/** What a query builder sends once it is executed; reading ones send nothing that matters here. */
function sendBuilder(links: readonly Link[], entity: Value | undefined, out: Output): void {
  const { file } = out;
  const link = (name: string): Link | undefined => links.find(each => each.name === name);
  const last = links.at(-1);
  if (last?.name !== 'execute') return;
  const conditions = links.filter(({ name }) => /^(and|or)?where/i.test(name)).map(({ args }) => args?.[0]);
  const tests: readonly Part[] = conditions.length === 0 ? [] : [' WHERE ', ...conjunction(conditions, file)];
  const first = links[0]!;
  const statement = (parts: readonly Part[]): void =>
    out.sql(closeAt(file, sqlText(file, rangeOf(first.at), parts), last.node));
  if (link('insert') !== undefined) {
    const [into] = link('into')?.args ?? [];
    statement(insertSql(file, tableOf(into ?? entity, out), link('values')?.args?.[0]));
  } else if (link('update') !== undefined) {
    const [target, values] = link('update')!.args ?? [];
    const isTarget = target !== undefined && target.kind !== 'record';
    const set = link('set')?.args?.[0] ?? (isTarget ? values : target);
    statement([...updateSql(file, tableOf(isTarget ? target : entity, out), set), ...tests]);
  } else if (link('delete') !== undefined) {
    const [from] = link('from')?.args ?? [];
    statement(['DELETE FROM ', tableOf(from ?? entity, out), ...tests]);
  }
}

/** Conditions of a query builder joined: SQL as it is written, objects as columns with values. */
function conjunction(conditions: readonly (Value | undefined)[], file: Output['file']): readonly Part[] {
  return conditions.flatMap((condition, index) => {
    const before: readonly Part[] = index === 0 ? [] : [' AND '];
    if (condition?.kind === 'text') return [...before, condition.fragment];
    return [...before, ...(conditionSql(file, condition) ?? ['${where}'])];
  });
}
