import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';

function read(text: string, tool = 'knex', name = '/m.ts'): Script {
  const part = { path: name, transaction: 'none', entry: 'up' } as const;
  return ecmascript.read({ path: name, text }, part, {
    tool,
    dialect: 'postgres',
    direction: 'up',
    sql: postgres,
  });
}

/** Each statement's kinds of operations and the text that the file has at its range. */
function seen(text: string, tool?: string, name?: string): readonly (readonly [string, string])[] {
  return read(text, tool, name).statements.map(({ operations, range }) => [
    operations.map(({ kind }) => kind).join(' '),
    text.slice(...range),
  ]);
}

describe('the SQL that each library is given is read where it stands', () => {
  test.each([
    ['knex', "export async function up(knex) { await knex.raw('DROP TABLE a'); }"],
    ['knex', "exports.up = function (knex) { return knex.schema.raw('DROP TABLE a'); };"],
    [
      'typeorm',
      "export class A1 implements MigrationInterface { async up(q: QueryRunner): Promise<void> { await q.query('DROP TABLE a'); } }",
    ],
    [
      'sequelize',
      "module.exports = { async up(queryInterface) { await queryInterface.sequelize.query('DROP TABLE a'); } };",
    ],
    ['sequelize', "module.exports = { up: (q, S) => q.sequelize.query('DROP TABLE a') };"],
    ['kysely', "import { sql } from 'kysely';\nexport async function up(db) { await sql`DROP TABLE a`.execute(db); }"],
    ['kysely', "const { sql } = require('kysely');\nexports.up = db => sql.raw('DROP TABLE a').execute(db);"],
    ['mikro-orm', "export class M extends Migration { override async up() { this.addSql('DROP TABLE a'); } }"],
    ['node-pg-migrate', "exports.up = pgm => { pgm.sql('DROP TABLE a'); };"],
    ['db-migrate', "exports.up = function (db) { return db.runSql('DROP TABLE a'); };"],
  ])('%s: %s', (tool, text) => {
    expect(seen(text, tool)).toEqual([['dropTable', 'DROP TABLE a']]);
  });
});

describe('what the code would do is followed', () => {
  test('escapes, holes and concatenation keep their places', () => {
    const text = "exports.up = k => k.raw('ALTER TABLE \\u0061 ADD COLUMN ' + `b${n}` + ' text');";
    expect(seen(text)).toEqual([['addColumn', "ALTER TABLE \\u0061 ADD COLUMN ' + `b${n}` + ' text"]]);
    const [statement] = read(text).statements;
    expect(statement?.operations[0]).toMatchObject({ table: { name: 'a' } });
  });

  test('a list of constants is looped over, helpers are called, a known condition is decided', () => {
    const text = `
      const tables = ['a', 'b'];
      const drop = (k, name) => k.raw(\`DROP TABLE \${name}\`);
      exports.up = async k => {
        for (const name of tables) await drop(k, name);
        await Promise.all(tables.map(name => k.raw('ANALYZE ' + name)));
        if (false) await k.raw('DROP TABLE never');
      };`;
    expect(read(text).statements.map(({ operations: [operation] }) => operation?.kind)).toEqual([
      'dropTable',
      'dropTable',
      ...read("exports.up = async k => { await k.raw('ANALYZE a'); await k.raw('ANALYZE b'); }").statements.map(
        ({ operations: [operation] }) => operation?.kind,
      ),
    ]);
  });

  test('what is not known is said at its place, and the rest is read', () => {
    const text = "exports.up = async k => { await k.raw(other); await help(k); await k.raw('DROP TABLE a'); };";
    expect(seen(text)).toEqual([
      ['unreadable', 'k.raw(other)'],
      ['unreadable', 'help(k)'],
      ['dropTable', 'DROP TABLE a'],
    ]);
  });

  test('both branches of an unknown condition are read, and what stands behind a return in one', () => {
    const text = `exports.up = async k => {
      if (await k.schema.hasTable('a')) return k.raw('DROP TABLE a');
      await k.raw('DROP TABLE b');
    };`;
    expect(seen(text).map(([, sql]) => sql)).toEqual(['DROP TABLE a', 'DROP TABLE b']);
  });
});

describe('bad input never throws', () => {
  test('a syntax error is said at its place', () => {
    expect(seen('exports.up = ;')).toEqual([['unreadable', ';']]);
  });

  test.each([
    ['', 'nothing'],
    ['exports.up = function up(k) { return up(k); };', 'endless recursion'],
    ['const a = b, b = a; exports.up = k => k.raw(a);', 'cyclic constants'],
    [`exports.up = k => k.raw('' ${"+ 'x' ".repeat(3000)});`, 'a deep concatenation'],
    ['exports.up = k => { while (true) for (;;) k.raw(...x); };', 'endless loops'],
    ['exports.up = k => <div>{k}</div>;', 'JSX'],
    ['@d() export default class { up() { return this.up(); } }', 'decorators'],
    ['exports.up = ({ ...rest }, [a, , b] = []) => import("x").then(m => m.up(rest));', 'patterns and import()'],
  ])('%#: %s', text => {
    expect(() => read(text, 'knex', '/m.tsx')).not.toThrow();
  });

  test('comments are those of the code, with their delimiters', () => {
    const text = '// surefoot-disable\nexports.up = k => k.raw(`SELECT 1 /* in SQL */`); /* end 💩 */';
    expect(read(text).comments.map(({ range, style }) => [style, text.slice(...range)])).toEqual([
      ['line', '// surefoot-disable'],
      ['block', '/* in SQL */'],
      ['block', '/* end 💩 */'],
    ]);
  });
});

describe('parameters of raw SQL', () => {
  test.each([
    ["k.raw('UPDATE ?? SET a = ? WHERE b = ?', ['s.t', 3, x])", 'UPDATE "s"."t" SET a = 3 WHERE b = ${value}'],
    ["k.raw('DELETE FROM :table: WHERE a = :a', { table: 't', a: 'x' })", `DELETE FROM "t" WHERE a = 'x'`],
    ['k.raw("UPDATE t SET a = \'?\' WHERE b::text = ?", [1])', "UPDATE t SET a = '?' WHERE b::text = 1"],
    ["k.raw('UPDATE t SET a = b::int', [])", 'UPDATE t SET a = b::int'],
  ])('%s', (code, sql) => {
    const kinds = (statements: Script['statements']): unknown =>
      JSON.parse(JSON.stringify(statements.map(({ operations }) => operations)), (key, value) =>
        /range|head|^at$|anchors|source|fragment|^sent$/i.test(key) ? undefined : value,
      );
    const script = read(`exports.up = async k => { await ${code}; };`);
    expect(kinds(script.statements)).toEqual(
      kinds(postgres.parse(fragmentOf({ path: '/m.sql', text: sql })).statements),
    );
  });
});

describe('what decides whether and how often a statement runs is known', () => {
  /** The blocks of each statement. */
  const blocks = (text: string): readonly (readonly string[])[] =>
    read(text).statements.map(({ operations: [operation] }) => (operation?.blocks ?? []).map(({ kind }) => kind));

  test.each([
    ["if (process.env.X) await k.raw('DROP TABLE a'); else await k.raw('DROP TABLE b');", [['branch'], ['branch']]],
    ["for (const row of await k('a')) await k('a').where('id', row.id).update({ b: 1 });", [['loop']]],
    ["while (await more()) { await k.raw('UPDATE a SET b = 1'); }", [['loop']]],
    ["for (const name of ['a', 'b']) await k.raw(`DROP TABLE ${name}`);", [[], []]],
    ["if (!(await k.schema.hasTable('a'))) await k.raw('CREATE TABLE a (b int)');", [[]]],
    ["try { await k.raw('DROP TABLE a'); } catch (error) {}", [['handler']]],
    ["if (await count()) { for (const x of y) await k.raw('DELETE FROM a'); }", [['branch', 'loop']]],
  ])('%s', (body, expected) => {
    expect(blocks(`exports.up = async k => { ${body} };`)).toEqual(expected);
  });
});

test('a migration that only throws refuses to run: it is not empty', () => {
  const text = "exports.up = async () => { throw new Error('restore the backup'); };";
  expect(seen(text)).toEqual([['do', "throw new Error('restore the backup');"]]);
  expect(
    seen("exports.up = async k => { if (process.env.X) throw new Error(); await k.raw('DROP TABLE a'); };"),
  ).toEqual([['dropTable', 'DROP TABLE a']]);
});

test('MikroORM hands out Knex', () => {
  const text = "export class M extends Migration { async up() { await this.getKnex().schema.dropTable('a'); } }";
  expect(seen(text, 'mikro-orm').map(([kind]) => kind)).toEqual(['dropTable']);
});

test('what nothing waits for is said once, however often it runs', () => {
  const text = "exports.up = async k => { for (const name of ['a', 'b']) { k.schema.dropTable(name); } };";
  expect(read(text).facts?.map(({ kind, range }) => [kind, text.slice(...range)])).toEqual([
    ['floating call', 'k.schema.dropTable(name)'],
  ]);
});
