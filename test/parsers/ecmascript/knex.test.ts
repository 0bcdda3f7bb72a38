import Knex from 'knex';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';

const knex = Knex({ client: 'pg' });

function read(text: string): Script {
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const context = { tool: 'knex', dialect: 'postgres', direction: 'up', sql: postgres } as const;
  return ecmascript.read({ path: '/m.js', text }, part, context);
}

/** Operations without their places. */
function operations({ statements }: Script): unknown {
  return statements.map(statement =>
    JSON.parse(JSON.stringify(statement.operations), (key, value) =>
      /range|head|^at$|anchors|source|fragment|^sent$/i.test(key) ? undefined : value,
    ),
  );
}

/** What Knex itself would send. */
function sent(code: string): string {
  const chain = new Function('knex', `return ${code}`)(knex) as { toSQL(): readonly { readonly sql: string }[] };
  return chain
    .toSQL()
    .map(({ sql }) => `${sql};`)
    .join('\n');
}

const BUILDERS: readonly string[] = [
  `knex.schema.createTable('users', t => { t.increments('id'); t.string('email').notNullable().unique(); t.text('bio').nullable(); t.integer('age').defaultTo(3); t.boolean('on').notNullable().defaultTo(false); t.timestamps(true, true) })`,
  `knex.schema.createTable('b', t => { t.bigIncrements(); t.uuid('u').primary(); t.decimal('d', 10, 3); t.timestamp('at', { useTz: false, precision: 3 }).defaultTo(knex.fn.now()) })`,
  `knex.schema.createTable('m', t => { t.integer('x').unsigned().references('id').inTable('users').onDelete('CASCADE').index(); t.primary(['x']); t.jsonb('j').defaultTo('{}'); t.binary('b'); t.float('f'); t.double('dd'); t.date('da'); t.specificType('s', 'citext') })`,
  `knex.schema.createTable('pp', t => { t.string('a').primary(); t.string('b', 10).primary().references('id').inTable('users') })`,
  `knex.schema.createTableLike('b', 'a').renameView('v', 'w')`,
  `knex.schema.createView('v', v => { v.as(knex('users').select('id').where({ a: 1 })) })`,
  `knex.schema.createTable('child', t => { t.inherits('p'); t.jsonb('a').defaultTo(JSON.stringify([])); t.jsonb('b').defaultTo(JSON.stringify({})) })`,
  `knex.schema.createTable('e', t => { t.enum('kind', ['a', 'b']).notNullable(); t.string('c', 10).defaultTo("it's") })`,
  `knex.schema.alterTable('users', t => { t.string('nick'); t.integer('n').notNullable().defaultTo(0); t.index(['nick', 'n']); t.unique(['nick'], { indexName: 'u_nick' }) })`,
  `knex.schema.alterTable('users', t => { t.string('nick', 300).notNullable().defaultTo('x').alter(); t.dropColumn('age'); t.dropColumns('a', 'b'); t.renameColumn('c', 'd') })`,
  `knex.schema.table('users', t => { t.foreign('org_id').references('id').inTable('orgs').onUpdate('CASCADE'); t.foreign(['p', 'q'], 'fk').references(['r', 's']).on('other'); t.integer('k').references('orgs.id') })`,
  `knex.schema.alterTable('users', t => { t.setNullable('a'); t.dropNullable('b'); t.dropIndex(['a']); t.dropIndex([], 'named'); t.dropUnique(['a']); t.dropForeign('a'); t.dropPrimary(); t.dropTimestamps() })`,
  `knex.schema.dropTable('a').dropTableIfExists('b').renameTable('c', 'd')`,
  `knex.schema.withSchema('s').createTable('t', t => { t.integer('a').index() })`,
  `knex.schema.withSchema('s').alterTable('t', t => { t.index(['a'], 'i', { storageEngineIndexType: 'gin' }); t.comment('hi') })`,
  `knex.schema.createSchemaIfNotExists('x').dropSchema('y', true).createExtensionIfNotExists('citext').refreshMaterializedView('v', true).dropViewIfExists('w')`,
  `knex.schema.createView('v', view => { view.columns(['a']); view.as(knex.raw('select 1 as a')) })`,
  `knex.schema.createView('v', v => { v.as(knex('u').select('a')); v.localCheckOption() })`,
  `knex.schema.createViewOrReplace('v', v => { v.as(knex('u').select('a')); v.checkOption() })`,
  `knex.schema.alterView('v', v => { v.column('a').rename('b'); v.column('c').defaultTo('5') })`,
  `knex.schema.view('v', v => { v.column('a').rename('b') })`,
  `knex.schema.createMaterializedView('v', v => { v.as(knex('u').select('a')) })`,
  `knex.schema.createTableLike('a', 'b', t => { t.integer('c').index() })`,
  `knex.schema.dropMaterializedView('v').dropMaterializedViewIfExists('w').dropSchemaIfExists('x').dropExtension('e').dropExtensionIfExists('f').createExtension('g').createSchema('s').dropView('v')`,
  `knex.schema.createTable('x', t => { t.uuid('a', { primaryKey: true }); t.integer('b').checkNotIn([1, 2]); t.integer('c').checkLength('>', 3); t.string('d').checkRegex('a'); t.integer('e').checkNegative() })`,
  `knex.schema.alterTable('x', t => { t.index([knex.raw('lower(a)'), 'b'], 'i'); t.index([knex.raw('lower(a)'), 'b']); t.unique(['a'], { predicate: knex.whereNotNull('b') }); t.unique(['a'], { useConstraint: false }); t.unique(['a'], { deferrable: 'deferred' }); t.string('s').index('n', { predicate: knex.whereRaw('b > 1') }); t.index('a', 'h', 'hash'); t.index('a', 'u', { indexType: 'unique', storageEngineIndexType: 'btree' }) })`,
  `knex.schema.alterTable('x', t => { t.dropChecks(['a', 'b']); t.dropPrimary('k'); t.dropPrimaryIfExists(); t.dropForeignIfExists('a'); t.dropUniqueIfExists(['a']); t.dropTimestamps(true); t.check('a > 1', {}, 'c') })`,
  `knex.schema.alterTable('x', t => { t.string('a').notNullable().alter({ alterType: false }); t.integer('b').alter({ alterNullable: false }); t.string('q').comment('c'); t.bigIncrements('id') })`,
  `knex.schema.createTable('k', t => { t.integer('a').checkPositive(); t.integer('b').checkBetween([1, 5]); t.string('c').checkIn(['x', 'y'], 'named'); t.check('a > 3', {}, 'ck') })`,
];

describe('what is read of the schema builder is what is read of the SQL that Knex sends', () => {
  test.each(BUILDERS)('%s', code => {
    const text = sent(code);
    const expected = postgres.parse(fragmentOf({ path: '/m.sql', text }));
    expect(expected.statements.length).toBeGreaterThan(0);
    expect(operations(read(`exports.up = knex => ${code}`))).toEqual(operations(expected));
  });
});

const QUERIES: readonly string[] = [
  "knex('users').insert({ a: 1, b: 'x' })",
  "knex('users').insert([{ a: 1, b: null }, { a: 2, b: true }])",
  "knex.insert({ a: 1 }).into('users')",
  "knex('users').update({ a: 1, b: 'x' }).where({ c: 3 })",
  "knex('users').where('c', '>', 3).whereNull('d').update('a', 1)",
  "knex.from('users').whereIn('a', [1, 2]).del()",
  "knex('users').delete()",
  "knex('users').whereRaw('a > 3').whereNotNull('b').update({ a: null })",
  "knex('users').truncate()",
  "knex.withSchema('s').table('users').where('a', null).del()",
  "knex('u').increment('a', 2).where('b', 1)",
  "knex('u').decrement('a')",
  "knex('u').increment({ a: 1, b: 2 })",
  "knex('u').insert({ a: 1, b: 2 }).onConflict('a').merge()",
  "knex('u').insert({ a: 1 }).onConflict(['a']).ignore()",
  "knex('u').where('a', 1).orWhere('b', 2).del()",
  "knex('u').where('a', 1).andWhere('b', 2).orWhereNull('c').del()",
  "knex('u').whereNotIn('a', [1, 2]).whereBetween('b', [1, 2]).whereNotBetween('c', [3, 4]).del()",
  "knex('u').whereLike('a', 'x%').whereILike('b', 'y%').update({ b: 1 })",
  "knex('u').whereNot('a', 1).update({ b: knex.raw('b + 1'), c: knex.fn.now() })",
  "knex('u').whereNot({ a: 1 }).andWhereNot('b', '>', 2).del()",
  "knex('u').whereIn('id', knex('x').select('id').where('a', 1)).del()",
  "knex('u').where(function () { this.where('a', 1).orWhere('b', 2) }).where('c', 3).del()",
  "knex('u').where(b => b.where('a', 1).orWhereNull('b')).del()",
  "knex('u').whereExists(knex('x').select('id')).del()",
  "knex('u').where('a', 'in', [1]).whereColumn('b', '>', 'c').del()",
  "knex('u').where(true).del()",
  "knex({ x: 'u' }).where('x.a', 1).update({ b: 1 })",
  "knex('s.u as x').where('x.a', 1).del()",
  "knex('u').join('x', 'u.id', 'x.id').where('x.a', 1).del()",
];

describe('what is read of a query is what is read of the SQL that Knex sends', () => {
  test.each(QUERIES)('%s', code => {
    const text = String(new Function('knex', `return ${code}`)(knex));
    const expected = postgres.parse(fragmentOf({ path: '/m.sql', text }));
    expect(operations(read(`exports.up = async knex => { await ${code}; };`))).toEqual(operations(expected));
  });
});

test('a query that only reads sends nothing, and a query of a transaction is read', () => {
  const text = `exports.up = async knex => {
    const rows = await knex('users').select('id').where({ a: 1 });
    await knex.transaction(async trx => { await trx('users').where({ a: 1 }).del(); });
    for (const row of rows) await knex('users').where('id', row.id).update({ a: row.b });
    await knex.batchInsert('users', rows, 100);
  };`;
  expect(
    read(text).statements.map(({ operations: [operation], range }) => [operation?.kind, text.slice(...range)]),
  ).toEqual([
    ['beginTransaction', 'transaction'],
    ['delete', "trx('users').where({ a: 1 }).del()"],
    ['commitTransaction', ')'],
    ['update', "knex('users').where('id', row.id).update({ a: row.b })"],
    ['insert', "knex.batchInsert('users', rows, 100)"],
  ]);
});

test('each statement stands where its call is written', () => {
  const text = `exports.up = async knex => {
  await knex.schema.alterTable('users', t => {
    t.index(['a']);
    t.dropColumn('b');
  });
};`;
  const ranges = read(text).statements.map(({ range }) => text.slice(...range));
  expect(ranges).toEqual(["index(['a'])", "dropColumn('b')"]);
});

test('what is spread into the options of an index is said', () => {
  const text = `const { more } = require('./options');
exports.up = knex => knex.schema.alterTable('users', t => {
  t.index(['a'], 'i', { ...more });
  t.jsonb('b').defaultTo({ ...more });
});`;
  const said = read(text).statements.map(({ operations: [operation], range }) => [
    operation?.kind,
    text.slice(...range),
  ]);
  expect(said.filter(([kind]) => kind === 'unreadable')).toEqual([['unreadable', '...more']]);
  expect(said.map(([kind]) => kind)).toContain('createIndex');
});

test('every method of the schema builder and of its tables is read', () => {
  const methods = (object: object): readonly string[] =>
    Object.getOwnPropertyNames(Object.getPrototypeOf(object)).filter(name =>
      /^(?:create|drop|alter|rename|refresh|view|table)/.test(name),
    );
  const builders = methods(knex.schema);
  expect(builders.length).toBeGreaterThan(20);
  const isRead = (code: string): boolean =>
    !JSON.stringify(read(`exports.up = knex => ${code}`).statements).includes('is not read');
  expect(builders.filter(name => !isRead(`knex.schema.${name}('a', () => {})`))).toEqual([]);
});
