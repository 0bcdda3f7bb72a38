import {
  type Fragment,
  joinFragments,
  sliceFragment,
  substituteFragment,
  toSourceRange,
} from '../../../source/fragment.ts';
import type { SourceFile } from '../../../source/source-file.ts';
import type { Library, Output } from '../library.ts';
import { closeAt, quoted, sqlText, textsOf } from '../sql-text.ts';
import { rangeOf } from '../syntax.ts';
import type { Chain, Link, Value } from '../values.ts';
import { isDrizzleQuery, querySql } from './drizzle.ts';
import { modelSql } from './prisma.ts';
import { runTransaction, sqlOf, withValues } from './raw.ts';

/**
 * Clients that send the SQL they are given: pg, mysql2, postgres.js, pg-promise, and those of Drizzle and Prisma. A migration
 * has one as the argument of `up`, makes one, or imports the project's own.
 */
export const clients: Library = {
  parameters: ['client'],
  self: 'foreign',
  foreign: 'foreign',
  anywhere: { sql: 'sql' },
  promises: true,
  callsBack: true,
  constructs: true,
  modules: [
    ...['pg', 'mysql2', 'mysql2/promise', 'mysql', 'mariadb', 'postgres', 'pg-promise', '@neondatabase/serverless'],
    ...['drizzle-orm', 'drizzle-orm/node-postgres', 'drizzle-orm/postgres-js', 'drizzle-orm/mysql2', '@prisma/client'],
    ...['drizzle-orm/pg-core', 'drizzle-orm/mysql-core', 'drizzle-orm/sqlite-core', 'drizzle-orm/better-sqlite3'],
    ...['@payloadcms/db-postgres', '@payloadcms/db-sqlite', '@payloadcms/db-vercel-postgres', '@vercel/postgres'],
  ],
  imports: {
    ...{ default: 'client', Pool: 'client', Client: 'client', PrismaClient: 'client', drizzle: 'client' },
    ...{ createPool: 'client', createConnection: 'client', postgres: 'client', neon: 'client', sql: 'sql' },
    ...{ Prisma: 'sql', pgTable: 'table', mysqlTable: 'table', sqliteTable: 'table' },
  },
  run,
  resultOf,
  textOf,
};

/** Steps in code beside the SQL of Prisma or Drizzle: a function that a runner of the project calls, or a script. */
export const steps: Library = { ...clients, entries: ['run', 'migrate', 'main', 'default'], isScript: true };

/** Calls that send the SQL that is their first argument. */
const SENDS = new Set([
  ...['query', 'execute', 'unsafe', 'simple', 'exec'],
  ...['none', 'one', 'many', 'any', 'oneOrNone', 'manyOrNone', 'result', 'multi', 'multiResult', 'each'],
  ...['$executeRaw', '$executeRawUnsafe', '$queryRaw', '$queryRawUnsafe', '$runCommandRaw'],
]);
/** Drizzle's calls on SQLite; others have these names for other things. */
const SENDS_TAGGED = new Set(['run', 'all', 'get', 'values']);
/** Calls that run their callback in a transaction. */
const TRANSACTIONS = new Set(['begin', 'transaction', '$transaction', 'tx', 'withTransaction']);
/** Calls that run their callback on the client. */
const AROUND = new Set(['task', 'savepoint', 'taskIf', 'txIf', 'reserve']);
/** Calls that are statements by themselves. */
const STATEMENTS: Readonly<Record<string, string>> = {
  beginTransaction: 'BEGIN',
  commit: 'COMMIT',
  rollback: 'ROLLBACK',
};
/** Calls of clients that only read, connect, or make something. */
const PASSIVE =
  /^(?:|connect|end|release|close|destroy|on|once|off|getConnection|createPool|createConnection|Pool|Client|PrismaClient|drizzle|promise|escape|escapeId|format|\$connect|\$disconnect|\$on|\$extends|find\w*|count\w*|aggregate|groupBy|select|selectDistinct|from|catch|finally|then|file|array|json|describe|raw|cursor|stream|listen|notify|flush|ref|unref|as|helpers|returning|info|warn|debug|error|log|child)$/;
/** Calls of the project's own functions that do nothing to a database. */
export const HARMLESS =
  /(?:^|\.)(?:log\w*|debug|info|warn|error|trace|print\w*|sleep|delay|wait\w*|assert\w*|next|done|resolve|reject|progress\w*)$/i;

function run(chain: Chain, out: Output): void {
  // A tag that is waited for is a client by itself, as those of Bun and Vercel are; others only make a text.
  if (chain.root === 'table' || (chain.root === 'sql' && chain.awaited !== true)) return;
  for (const [index, link] of chain.links.entries()) {
    if (link.args === undefined) continue;
    const [first] = link.args;
    const before = chain.links[index - 1];
    // How a tag's text is sent: `.simple()`, `.values()`.
    if (link.args.length === 0 && before !== undefined && isTagged(before)) continue;
    const model = before !== undefined && before.args === undefined ? modelSql(before, link, out) : undefined;
    if (model !== undefined) send(link, model, out);
    else if (isDrizzleQuery(chain.links.slice(index))) {
      const parts = querySql(chain.links.slice(index), out);
      out.sql(closeAt(out.file, sqlText(out.file, rangeOf(link.at), parts), chain.node));
      return;
    } else if (isTagged(link) ? isStatement(chain, link) : SENDS.has(calledName(link))) sendSql(link, out);
    else if (SENDS_TAGGED.has(link.name) && first?.kind === 'chain') sendSql(link, out);
    else if (TRANSACTIONS.has(link.name)) transaction(link, out);
    else if (link.name === 'batch' && first?.kind === 'list') out.send(first);
    else if (AROUND.has(link.name)) runTransaction(link, 'client', out, () => true);
    else if (Object.hasOwn(STATEMENTS, link.name))
      out.raw(sqlText(out.file, rangeOf(link.at), [STATEMENTS[link.name]!]));
    else unread(chain, link, out);
    callBack(link, out);
  }
}

function send(link: Link, parts: Parameters<typeof sqlText>[2], { file, sql }: Output): void {
  sql(closeAt(file, sqlText(file, rangeOf(link.at), parts), link.node));
}

/** The name of a method, or of the function that is called by itself. */
function calledName({ name, at }: Link): string {
  return name === '' ? String(at.name ?? '') : name;
}

/** `` sql`…` `` and `` prisma.$executeRaw`…` ``. */
function isTagged({ node }: Link): boolean {
  return node.type === 'TaggedTemplateExpression';
}

const VERB =
  /^\s*(?:--[^\n]*\s*|\/\*[\s\S]*?\*\/\s*)*(?:with|select|insert|update|delete|create|alter|drop|truncate|comment|grant|revoke|do|begin|commit|rollback|set|reset|vacuum|analyze|refresh|reindex|lock|call|copy|merge|replace|rename|optimize|use|explain|cluster|listen|notify|table|values)\b/i;

/** Whether a tagged text is a statement: a tag from elsewhere may also make a part of one. */
function isStatement({ root }: Chain, { args }: Link): boolean {
  const [text] = args ?? [];
  return root !== 'foreign' || text?.kind !== 'text' || VERB.test(text.fragment.text);
}

/** The SQL of a call's first argument; one that only the run knows is said. */
function sendSql(link: Link, out: Output): void {
  const [first, second] = link.args ?? [];
  const fragment = first?.kind === 'chain' ? textOf(first, out.file) : sqlOf(first);
  if (fragment === undefined || /^\s*\$\{[^}]*\}\s*$/.test(fragment.text)) {
    out.unreadable(link.node, 'the SQL is only known when it runs');
    return;
  }
  // In PostgreSQL's own text a question mark is an operator: its parameters are numbered.
  const values = out.dialect === 'postgres' || second?.kind === 'function' ? undefined : (second ?? valuesOf(first));
  out.raw(completed(values === undefined ? fragment : withValues(fragment, values)));
}

/** The `values` of a query that is an object. */
function valuesOf(query: Value | undefined): Value | undefined {
  return query?.kind === 'record' ? query.entries.get('values') : undefined;
}

/** What a helper puts in the place of a value, by what stands before it: a list, a row, assignments. */
const COMPLETIONS: readonly { readonly after: RegExp; readonly text: string }[] = [
  { after: /\b(?:in|values)\s*$/i, text: '(${values})' },
  // The number of a parameter: `$${index}`.
  { after: /\$$/, text: '1' },
  { after: /\bset\s*$/i, text: '${column} = ${value}' },
  { after: /\binto\s+(?:"[^"]+"|`[^`]+`|[\w.]+|\$\{[^}]*\})\s*$/i, text: 'VALUES (${rows})' },
];

/** SQL in which holes that stand for more than a value are what they stand for. */
function completed(fragment: Fragment): Fragment {
  const parts: Fragment[] = [];
  let at = 0;
  for (const { 0: hole, index } of fragment.text.matchAll(/\$\{[^}]*\}/g)) {
    const before = fragment.text.slice(Math.max(0, index - 200), index);
    const completion = COMPLETIONS.find(({ after }) => after.test(before));
    if (completion === undefined) continue;
    const end = index + hole.length;
    parts.push(sliceFragment(fragment, at, index));
    parts.push(substituteFragment(fragment.file, completion.text, toSourceRange(fragment, index, end)));
    at = end;
  }
  return parts.length === 0 ? fragment : joinFragments([...parts, sliceFragment(fragment, at, fragment.text.length)]);
}

/** A transaction of the client: of a callback, or of a list of queries. */
function transaction(link: Link, out: Output): void {
  const lists = link.args?.filter(({ kind }) => kind === 'list') ?? [];
  runTransaction(link, 'client', out, undefined, link);
  const all = (): void => {
    for (const list of lists) out.send(list);
  };
  if (lists.length > 0) out.transaction(() => true, all, link);
}

/** Functions that a call calls back, of clients that give no promises. */
function callBack(link: Link, out: Output): void {
  if (TRANSACTIONS.has(link.name) || AROUND.has(link.name)) return;
  for (const arg of link.args ?? []) if (arg.kind === 'function') out.send(out.call(arg, []));
}

/** Says what is not read: other methods of a client, and functions from elsewhere that may use one. */
function unread(chain: Chain, link: Link, out: Output): void {
  if (chain.root === 'foreign') {
    const name = chain.links.map(each => each.name).join('.');
    const text = out.file.text.slice(...rangeOf(link.at));
    if (link.name !== '' && (HARMLESS.test(name) || PASSIVE.test(link.name))) return;
    if (HARMLESS.test(text) || !isLast(chain, link)) return;
    // What is not waited for and is handed no client has nothing to do with the database.
    const isHanded = link.args?.some(arg => holdsClient(arg)) === true;
    if (chain.awaited === true || isHanded) out.unreadable(link.node, 'what this call does is not in this file');
  } else if (!PASSIVE.test(link.name)) out.unreadable(link.node, `${link.name} is not read`);
}

function holdsClient(value: Value): boolean {
  if (value.kind === 'record') return [...value.entries.values()].some(holdsClient);
  return value.kind === 'chain' && value.root === 'client' && value.links.every(({ args }) => args === undefined);
}

function isLast({ links }: Chain, link: Link): boolean {
  return links.at(-1) === link;
}

/** Calls that give a client back. */
const GIVES_CLIENT = /(?:connect|connection|client|pool|database|db|sql|prisma)\w*$/i;

function resultOf({ links, root, node }: Chain): Value | undefined {
  const last = links.at(-1);
  if (last?.args === undefined || isTagged(last)) return undefined;
  return GIVES_CLIENT.test(calledName(last)) ? { kind: 'chain', root, links: [], node } : undefined;
}

/** The text of a piece of SQL that is put into another: a tag's own, a name, what was marked as raw. */
function textOf({ links, root }: Chain, file: SourceFile): Fragment | undefined {
  const last = links.at(-1);
  const [first] = last?.args ?? [];
  if (last === undefined || first === undefined || root === 'table') return undefined;
  if (isTagged(last) || /^(?:raw|unsafe)$/.test(last.name)) return first.kind === 'text' ? first.fragment : undefined;
  const isName = /^(?:|sql|identifier|placeholder)$/.test(last.name);
  const names = isName ? textsOf(first) : undefined;
  if (names === undefined || names.length === 0) return undefined;
  return joinFragments(
    names.flatMap((name, index) => {
      const parts = [quoted(file, name)];
      return index === 0 ? parts : [substituteFragment(file, ', ', rangeOf(first.node)), ...parts];
    }),
  );
}
