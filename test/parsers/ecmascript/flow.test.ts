import { describe, expect, test } from 'vitest';
import type { SegmentTransaction } from '../../../src/migration-tools/migration-tool.ts';
import { readCode, seen } from './support.ts';

/** The kinds of the operations, those in a branch marked. */
function kinds(tool: string, text: string, transaction: SegmentTransaction = 'none'): readonly string[] {
  return readCode(tool, text, 'up', transaction).statements.flatMap(({ operations }) =>
    operations.map(({ kind, blocks = [] }) => (blocks.some(block => block.kind === 'branch') ? `${kind}?` : kind)),
  );
}

describe('transactions of the code', () => {
  test.each([
    [
      'of a callback',
      'sequelize',
      "exports.up = q => q.sequelize.transaction(async transaction => { await q.dropTable('a', { transaction }); });",
    ],
    [
      'that is handed over',
      'sequelize',
      "exports.up = async q => { const t = await q.sequelize.transaction(); try { await q.dropTable('a', { transaction: t }); await t.commit(); } catch (error) { await t.rollback(); throw error; } };",
    ],
    [
      'of a callback',
      'knex',
      "exports.up = knex => knex.transaction(async trx => { await trx.raw('DROP TABLE a'); });",
    ],
    [
      'that is handed over',
      'knex',
      "exports.up = async knex => { const trx = await knex.transaction(); await trx.raw('DROP TABLE a'); await trx.commit(); };",
    ],
    [
      'of the query runner',
      'typeorm',
      "export class A1 { async up(queryRunner) { await queryRunner.startTransaction(); await queryRunner.query('DROP TABLE a'); await queryRunner.commitTransaction(); } }",
    ],
    [
      'of the manager',
      'typeorm',
      "export class A1 { async up(queryRunner) { await queryRunner.manager.transaction(async manager => { await manager.query('DROP TABLE a'); }); } }",
    ],
    [
      'of a callback',
      'kysely',
      "export async function up(db) { await db.transaction().execute(async trx => { await trx.schema.dropTable('a').execute(); }); }",
    ],
  ])('%s, %s', (_title, tool, text) => {
    expect(kinds(tool, text)).toEqual(['beginTransaction', 'dropTable', 'commitTransaction']);
  });

  test("inside of the tool's own are a part of it, and what ends that says so", () => {
    const read = (tool: string, text: string) => kinds(tool, text, 'all-pending');
    expect(
      read(
        'knex',
        "exports.up = knex => knex.transaction(async trx => { await trx.raw('DROP TABLE a'); await trx.commit(); });",
      ),
    ).toEqual(['dropTable']);
    expect(
      read(
        'typeorm',
        "export class A1 { async up(q) { await q.commitTransaction(); await q.query('DROP TABLE a'); await q.startTransaction(); } }",
      ),
    ).toEqual(['commitTransaction', 'dropTable', 'beginTransaction']);
  });

  test('a call that is not handed the transaction is outside of it, up to where that ends', () => {
    const text = `exports.up = async q => {
      await q.dropTable('before');
      const t = await q.sequelize.transaction();
      await q.dropTable('inside', { transaction: t });
      await q.dropTable('outside');
      await t.commit();
      await q.dropTable('after');
    };`;
    const { facts = [] } = readCode('sequelize', text);
    expect(facts.map(({ kind, range }) => [kind, text.slice(...range)])).toEqual([
      ['outside transaction', "q.dropTable('outside')"],
    ]);
  });
});

describe('what may not run', () => {
  const up = (code: string): string => `exports.up = async knex => { ${code} };`;

  test('after a return in one of two cases', () => {
    expect(kinds('knex', up("if (process.env.X) return; await knex.raw('DROP TABLE a');"))).toEqual(['dropTable?']);
    expect(
      kinds(
        'knex',
        up("if (process.env.X) { await knex.raw('DROP TABLE b'); return; } await knex.raw('DROP TABLE a');"),
      ),
    ).toEqual(['dropTable?', 'dropTable?']);
    // The function that returned is another.
    expect(
      kinds(
        'knex',
        up(
          "const f = async () => { if (process.env.X) return; await knex.raw('DROP TABLE b'); }; await f(); await knex.raw('DROP TABLE a');",
        ),
      ),
    ).toEqual(['dropTable?', 'dropTable']);
  });

  test('what runs where something is missing is the first run, what runs where it is there is not', () => {
    const create = "await knex.raw('CREATE TABLE a (b int)');";
    const asked = "const exists = await knex.schema.hasTable('a');";
    expect(kinds('knex', up(`${asked} if (!exists) { ${create} }`))).toEqual(['createTable']);
    expect(kinds('knex', up(`${asked} if (exists) return; ${create}`))).toEqual(['createTable']);
    expect(
      kinds(
        'knex',
        up(`if (!(await knex.schema.hasTable('a'))) { ${create} } else { await knex.raw('DROP TABLE c'); }`),
      ),
    ).toEqual(['createTable', 'dropTable?']);
    expect(kinds('knex', up(`${asked} if (exists) { await knex.raw('DROP TABLE a'); }`))).toEqual(['dropTable?']);
    expect(kinds('knex', up(`const exists = await find(); if (exists.length) { ${create} }`))).toEqual([
      'createTable?',
    ]);
    expect(kinds('knex', up(`const exists = await find(); if (exists.length === 0) { ${create} }`))).toEqual([
      'createTable',
    ]);
    expect(
      kinds('knex', up(`if (await knex.schema.hasTable('a')) { await knex.raw('DROP TABLE c'); } else { ${create} }`)),
    ).toEqual(['createTable', 'dropTable?']);
    expect(kinds('knex', up(`const exists = await find(); if (!exists) return; ${create}`))).toEqual(['createTable?']);
  });
});

test('functions that are handed their `this` are followed', () => {
  const text = `export class M1 extends Migration {
    async up() { await create.call(this); drop.apply(this, ['a']); }
  }
  async function create(this: M1) { this.addSql('CREATE TABLE a (b int)'); }
  function drop(this: M1, name: string) { this.addSql(\`DROP TABLE \${name}\`); }`;
  expect(seen('mikro-orm', text).map(([kind]) => kind)).toEqual(['createTable', 'dropTable']);
});
