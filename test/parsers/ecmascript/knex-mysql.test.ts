import Knex from 'knex';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { FRONT_ENDS } from '../../../src/parsers/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import { operations } from './support.ts';

// Only its SQL is asked for: the driver is not needed.
const CLIENT = 'mysql2';
const knex = Knex({ client: CLIENT });
const mysql = FRONT_ENDS.mysql!;

function read(text: string): Script {
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const context = { tool: 'knex', dialect: 'mysql', direction: 'up', sql: mysql } as const;
  return ecmascript.read({ path: '/m.js', text }, part, context);
}

/** Builders whose SQL for MySQL is the same but for quotes and types. */
const BUILDERS: readonly string[] = [
  `knex.schema.createTable('users', t => { t.increments('id'); t.string('email').notNullable(); t.integer('o').unsigned(); t.bigInteger('n').unsigned(); t.jsonb('j'); t.uuid('u'); t.binary('x'); t.text('it') })`,
  `knex.schema.alterTable('users', t => { t.string('nick', 300).notNullable().defaultTo('x').alter() })`,
  `knex.schema.createTable('sized', t => { t.integer('size').unsigned().comment("it's in kB"); t.comment('files') })`,
  `knex.schema.dropTable('users')`,
];

describe('what is read of the builder is what is read of the SQL that Knex sends to MySQL', () => {
  test.each(BUILDERS)('%s', code => {
    const chain = new Function('knex', `return ${code}`)(knex) as { toSQL(): readonly { readonly sql: string }[] };
    const text = chain
      .toSQL()
      .map(({ sql }) => `${sql};`)
      .join('\n');
    const expected = mysql.parse(fragmentOf({ path: '/m.sql', text }));
    expect(expected.statements.length).toBeGreaterThan(0);
    expect(operations(read(`exports.up = knex => ${code};`))).toEqual(operations(expected));
  });
});

test('everything that a builder makes is read, and raw SQL is left as it is', () => {
  const text = `exports.up = async knex => {
    await knex.schema.alterTable('users', t => {
      t.text('z'); t.index(['z']); t.unique(['z']); t.dropColumn('a'); t.dropForeign('o'); t.dropIndex(['nick']); t.renameColumn('q', 'r');
      t.foreign('o').references('orgs.id').onDelete('CASCADE');
    });
    await knex.schema.renameTable('a', 'b');
    await knex('users').where({ a: "it's" }).update({ b: null });
    await knex.raw('UPDATE users SET a = "uuid"');
  };`;
  const kinds = read(text).statements.map(({ operations: [operation] }) => operation?.kind);
  expect(kinds).toHaveLength(11);
  expect(kinds).not.toContain('unreadable');
});
