import Knex from 'knex';
import { describe, expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

const knex = Knex({ client: 'pg' });

/** What Knex sends for a schema builder: `this.schema` of Lucid is one, made anew by each access. */
function sent(code: string): string {
  const chain = new Function('schema', 'knex', `return schema${code}`)(knex.schema, knex) as {
    toSQL(): readonly { readonly sql: string }[];
  };
  return chain
    .toSQL()
    .map(({ sql }) => `${sql};`)
    .join('\n');
}

const CODES: readonly string[] = [
  ".createTable('users', table => { table.increments('id'); table.string('email', 254).notNullable().unique(); table.timestamp('created_at').notNullable(); })",
  ".createTable('posts', table => { table.uuid('id').primary(); table.integer('user_id').unsigned().references('users.id').onDelete('CASCADE'); table.enum('kind', ['a', 'b']).defaultTo('a'); })",
  ".alterTable('users', table => { table.string('nick').nullable(); table.index(['nick']); table.dropColumn('old'); })",
  ".alterTable('users', table => { table.text('bio').alter(); table.dropUnique(['email']); table.dropForeign('org_id'); })",
  ".raw('CREATE INDEX a ON users (lower(email))')",
  ".renameTable('a', 'b').dropTable('c')",
  ".withSchema('s').createTable('t', table => { table.bigIncrements('id') })",
];

describe('what is read of `this.schema` is what Knex sends', () => {
  test.each(CODES)('%s', code => {
    const text = `export default class extends BaseSchema { async up() { this.schema${code} } }`;
    expect(operations(readCode('lucid', text))).toEqual(operations(readSql(sent(code))));
  });
});

test('the schema is changed when `up` is done, `this.db` is asked at once', () => {
  const text = `export default class extends BaseSchema { async up() {
    this.schema.raw('DROP TABLE a');
    this.defer(async db => { await db.rawQuery('DROP TABLE b'); });
    await this.db.rawQuery('DROP TABLE c');
    this.schema.dropTable('d');
  } }`;
  expect(seen('lucid', text).map(([, sql]) => sql)).toEqual([
    'DROP TABLE c',
    'DROP TABLE a',
    'DROP TABLE b',
    "dropTable('d')",
  ]);
});
