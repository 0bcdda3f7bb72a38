import { expect, test } from 'vitest';
import { readCode, seen } from './support.ts';

/** What is read of statements in an `up`, after lines at the module's top. */
function inUp(body: string, top = '', parameter = 'client'): ReturnType<typeof seen> {
  return seen('javascript', `${top}\nexports.up = async (${parameter}) => {\n${body}\n};\n`);
}

// Each row: what is written, and what the server is sent, with the text that it stands at.
test.each([
  ['pg, a client as the argument', "await client.query('DROP TABLE a');", '', [['dropTable', 'DROP TABLE a']]],
  [
    'pg, a pool of its own',
    "await pool.query({ text: 'DROP TABLE a', values: [] });",
    "const { Pool } = require('pg'); const pool = new Pool();",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'pg, a client of a pool',
    "const c = await pool.connect(); try { await c.query('DROP TABLE a'); } finally { c.release(); }",
    "import { Pool } from 'pg'; const pool = new Pool();",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'pg, a client that then is given',
    "return pool.connect().then(c => c.query('DROP TABLE a'));",
    "import pg from 'pg'; const pool = new pg.Pool();",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'the project’s own client',
    "await db.query('DROP TABLE a');",
    "const db = require('../db');",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'the project’s own query function',
    'await query("DROP TABLE a");',
    "import { query } from '../src/db.js';",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'mysql2, a connection that is made for it',
    "const c = await mysql.createConnection(url); await c.execute('DROP TABLE a'); await c.end();",
    "import mysql from 'mysql2/promise';",
    [['dropTable', 'DROP TABLE a']],
  ],
  [
    'mysql2, a transaction',
    "await client.beginTransaction(); await client.execute('DELETE FROM a WHERE b = 1'); await client.commit();",
    '',
    [
      ['beginTransaction', 'beginTransaction'],
      ['delete', 'DELETE FROM a WHERE b = 1'],
      ['commitTransaction', 'commit'],
    ],
  ],
  ['postgres.js, a tag', 'await client`DROP TABLE a`;', '', [['dropTable', 'DROP TABLE a']]],
  [
    'postgres.js, a client of its own',
    "await sql`DROP TABLE a`; await sql.unsafe('DROP TABLE b');",
    "import postgres from 'postgres'; const sql = postgres(process.env.URL);",
    [
      ['dropTable', 'DROP TABLE a'],
      ['dropTable', 'DROP TABLE b'],
    ],
  ],
  [
    'postgres.js, a transaction',
    'await client.begin(async sql => { await sql`DROP TABLE a`; await sql`DROP TABLE b`; });',
    '',
    [
      ['beginTransaction', 'begin'],
      ['dropTable', 'DROP TABLE a'],
      ['dropTable', 'DROP TABLE b'],
      ['commitTransaction', ')'],
    ],
  ],
  [
    'postgres.js, helpers',
    'await client`UPDATE ${client("a")} SET ${client(row)} WHERE id IN ${client(ids)}`; await client`INSERT INTO a ${client(rows)}`;',
    '',
    [
      ['update', 'UPDATE ${client("a")} SET ${client(row)} WHERE id IN ${client(ids)}'],
      ['insert', 'INSERT INTO a ${client(rows)}'],
    ],
  ],
  [
    'callbacks in callbacks',
    "client.query('DROP TABLE a', err => { if (err) return next(err); client.query('DROP TABLE b', next); });",
    '',
    [
      ['dropTable', 'DROP TABLE a'],
      ['dropTable', 'DROP TABLE b'],
    ],
  ],
  [
    'what only the run knows',
    "await client.query(fs.readFileSync('a.sql', 'utf8')); await client.query('DROP TABLE b');",
    "const fs = require('fs');",
    [
      ['unreadable', "client.query(fs.readFileSync('a.sql', 'utf8'))"],
      ['dropTable', 'DROP TABLE b'],
    ],
  ],
  [
    'a method that is not read',
    'await client.copyFrom(stream); await client.query("DROP TABLE b");',
    '',
    [
      ['unreadable', 'client.copyFrom(stream)'],
      ['dropTable', 'DROP TABLE b'],
    ],
  ],
  [
    'a function of another file',
    'await backfill(client); log("done"); await sleep(10);',
    "import { backfill, log, sleep } from './helpers.js';",
    [['unreadable', 'backfill(client)']],
  ],
] satisfies readonly (readonly [string, string, string, readonly (readonly [string, string])[]])[])(
  '%s',
  (_, body, top, expected) => {
    expect(inUp(body, top)).toEqual(expected);
  },
);

test('lists that grow, numbers of parameters, pieces of SQL, and functions of other files', () => {
  const top = "import { Prisma } from '../generated/prisma';\nimport { transform, backfill } from './helpers.js';";
  // What a list holds after a push of which only the run knows whether it happens is a hole.
  const grown =
    'const sets = []; if (x) sets.push("a = 1"); await client.query(`UPDATE t SET ${sets.join(", ")}, b = 2 WHERE id = $${n}`);';
  expect(inUp(grown)).toEqual([['update', 'UPDATE t SET ${sets.join(", ")}, b = 2 WHERE id = $${n}']]);
  expect(
    inUp("const names = []; names.push('a'); for (const name of names) await client.query(`DROP TABLE ${name}`);"),
  ).toEqual([['dropTable', 'DROP TABLE ${name}']]);
  const collected =
    'const all = []; for (const row of rows) { all.push(client.query("DELETE FROM a")); all.push(client.query("DELETE FROM b")); } await Promise.all(all);';
  expect(inUp(collected).map(([, text]) => text)).toEqual(['DELETE FROM a', 'DELETE FROM b']);
  // What a loop assigns is known in its first round only.
  const rounds =
    'let last = null; while (true) { if (last) await client.query("DELETE FROM a"); else await client.query("DELETE FROM b"); last = 1; }';
  expect(inUp(rounds).map(([, text]) => text)).toEqual(['DELETE FROM a', 'DELETE FROM b']);
  const rows =
    'const rows = users.map(u => Prisma.sql`(${u.id}, 1)`); await client.query(Prisma.sql`INSERT INTO t VALUES ${Prisma.join(rows)}`);';
  expect(inUp(rows, top).map(([kind]) => kind)).toEqual(['insert']);
  // What is not waited for and is handed no client has nothing to do with the database.
  expect(inUp('transform(rows); x.y = transform(rows); await backfill(); backfill({ client });', top)).toEqual([
    ['unreadable', 'backfill()'],
    ['unreadable', 'backfill({ client })'],
  ]);
});

test.each([
  ["module.exports = { up: 'DROP TABLE a', down: 'SELECT 1' };", ['DROP TABLE a']],
  ['module.exports = { "up": ["DROP TABLE a", `DROP TABLE b`] };', ['DROP TABLE a', 'DROP TABLE b']],
  ["export const up = 'DROP TABLE a; DROP TABLE b;';", ['DROP TABLE a', 'DROP TABLE b']],
  ["export const migration: Migration = { name: 'x', up: 'DROP TABLE a' };", ['DROP TABLE a']],
])('SQL in place of a function: %s', (text, expected) => {
  expect(seen('javascript', text).map(([, sql]) => sql)).toEqual(expected);
});

test('batches, and how a tag’s text is sent', () => {
  const batch = "await client.tx(async t => { await t.batch([t.none('DROP TABLE a'), t.none('DROP TABLE b')]); });";
  expect(inUp(batch).map(([kind]) => kind)).toEqual([
    'beginTransaction',
    'dropTable',
    'dropTable',
    'commitTransaction',
  ]);
  expect(inUp('await client`DROP TABLE a`.simple();')).toEqual([['dropTable', 'DROP TABLE a']]);
});

test('a tag that is waited for is a client; one that is handed over is not', () => {
  expect(inUp('await sql`DROP TABLE a`;', "import { sql } from '@vercel/postgres';")).toEqual([
    ['dropTable', 'DROP TABLE a'],
  ]);
  expect(
    inUp('await sql.begin(async tx => { await tx`DROP TABLE a`; });', "import { sql } from 'bun';").map(
      ([kind]) => kind,
    ),
  ).toEqual(['beginTransaction', 'dropTable', 'commitTransaction']);
  expect(
    inUp('const part = sql`a = 1`; await client.query(sql`UPDATE t SET ${part}`);', "import { sql } from 'slonik';"),
  ).toEqual([['update', 'UPDATE t SET ${part}']]);
});

test('umzug’s context is the client', () => {
  expect(inUp("await context.query('DROP TABLE a');", '', '{ context }')).toEqual([['dropTable', 'DROP TABLE a']]);
  expect(inUp('await sql`DROP TABLE a`;', '', '{ context: { sql } }')).toEqual([['dropTable', 'DROP TABLE a']]);
});

test('the methods of a class use the client that its constructor was given', () => {
  const text = "module.exports = class { constructor(pool) {} async up() { await this.pool.query('DROP TABLE a'); } };";
  expect(seen('javascript', text)).toEqual([['dropTable', 'DROP TABLE a']]);
});

test('numbered and other parameters: PostgreSQL’s question mark is an operator', () => {
  const kinds = inUp(`await client.query("UPDATE a SET b = $1 WHERE c ? 'k' AND d = $2", [1, 2]);`);
  expect(kinds).toEqual([['update', "UPDATE a SET b = $1 WHERE c ? 'k' AND d = $2"]]);
});

test('a call that nothing waits for is said; one with a callback is waited for', () => {
  const names = (body: string): unknown =>
    readCode('javascript', `exports.up = async client => { ${body} };`).facts?.map(({ kind, name }) => [kind, name]);
  expect(names("client.query('DROP TABLE a');")).toEqual([['floating call', 'client.query']]);
  expect(names("client.query('DROP TABLE a', [1]);")).toEqual([['floating call', 'client.query']]);
  expect(names("client.query('DROP TABLE a', done);")).toEqual([]);
  expect(names("client.query('DROP TABLE a', () => {});")).toEqual([]);
  expect(names("await client.query('DROP TABLE a');")).toEqual([]);
});

test('a query in a transaction’s callback that is not the transaction’s is said', () => {
  const { facts } = readCode(
    'javascript',
    'exports.up = async client => { await client.begin(async tx => { await tx`DROP TABLE a`; await client`DROP TABLE b`; }); };',
  );
  expect(facts?.map(({ kind, name }) => [kind, name])).toEqual([['outside transaction', 'client']]);
});
