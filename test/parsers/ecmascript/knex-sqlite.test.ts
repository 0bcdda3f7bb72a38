import Knex from 'knex';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { FRONT_ENDS } from '../../../src/parsers/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';
import { operations } from './support.ts';

// Only its SQL is asked for: the driver is not needed.
const CLIENT = 'better-sqlite3';
const knex = Knex({ client: CLIENT, useNullAsDefault: true });
const sqlite = FRONT_ENDS.sqlite!;

function read(text: string): Script {
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const context = { tool: 'knex', dialect: 'sqlite', direction: 'up', sql: sqlite } as const;
  return ecmascript.read({ path: '/m.js', text }, part, context);
}

const BUILDERS: readonly string[] = [
  `knex.schema.createTable('users', t => { t.increments('id'); t.string('a').unique(); t.integer('u').unsigned().references('id').inTable('users').onDelete('CASCADE').index(); t.json('j'); t.timestamps(true, true); t.boolean('b').notNullable().defaultTo(false); t.uuid('x'); t.bigInteger('bi'); t.float('f'); t.decimal('d', 10, 2); t.datetime('dt'); t.text('t').comment('x'); t.binary('bin'); t.unique(['a', 'u']) })`,
  `knex.schema.createTable('k', t => { t.string('a').primary(); t.string('b').primary() })`,
  `knex.schema.alterTable('users', t => { t.string('a').notNullable().defaultTo(''); t.integer('b'); t.index(['a']); t.unique(['b']); t.renameColumn('c', 'd'); t.dropIndex(['a']); t.dropUnique(['b']) })`,
  `knex.schema.renameTable('a', 'b').dropTableIfExists('c')`,
];

describe('what is read of the builder is what is read of the SQL that Knex sends to SQLite', () => {
  test.each(BUILDERS)('%s', code => {
    const chain = new Function('knex', `return ${code}`)(knex) as { toSQL(): readonly { readonly sql: string }[] };
    const text = chain
      .toSQL()
      .map(({ sql }) => `${sql};`)
      .join('\n');
    const expected = sqlite.parse(fragmentOf({ path: '/m.sql', text }));
    expect(expected.statements.length).toBeGreaterThan(0);
    expect(operations(read(`exports.up = knex => ${code};`))).toEqual(operations(expected));
  });
});

test('what Knex makes a table anew for is said, but for the key of a new column', () => {
  const kinds = (code: string) =>
    read(`exports.up = knex => knex.schema.alterTable('users', t => { ${code} });`).statements.map(
      ({ operations: [operation] }) => operation?.kind,
    );
  for (const code of ["t.string('a').alter();", "t.foreign('o').references('orgs.id');", "t.dropForeign('o');"])
    expect(kinds(code)).toEqual(['unreadable']);
  expect(kinds("t.integer('o').references('id').inTable('orgs');")).toEqual(['addColumn']);
});
