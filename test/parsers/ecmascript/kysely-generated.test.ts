import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SchemaModule,
  sql,
} from 'kysely';
import { describe, expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

/** What Kysely itself would send. */
async function sent(code: string): Promise<string> {
  const statements: string[] = [];
  const db = new Kysely<never>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: each => new PostgresIntrospector(each),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
    log: ({ query }) => {
      const values = query.parameters.map(value => (typeof value === 'string' ? `'${value}'` : String(value)));
      statements.push(query.sql.replace(/\$(\d+)/g, (_, position: string) => values[Number(position) - 1]!));
    },
  });
  await (new Function('db', 'sql', `return ${code}.execute()`)(db, sql) as Promise<unknown>);
  return statements.map(text => `${text};`).join('\n');
}

const CALLS: readonly string[] = [
  "db.schema.createTable('person').addColumn('id', 'serial', col => col.primaryKey()).addColumn('name', 'varchar(20)', col => col.notNull().unique()).addColumn('at', 'timestamptz', col => col.defaultTo(sql`now()`).notNull()).addColumn('n', 'integer', c => c.defaultTo(3).check(sql`n > 2`))",
  "db.schema.createTable('pet').ifNotExists().addColumn('owner', 'integer', col => col.references('person.id').onDelete('cascade').notNull()).addColumn('kind', sql`citext`).addColumn('i', 'bigint', c => c.generatedAlwaysAsIdentity()).addPrimaryKeyConstraint('pk', ['owner', 'kind']).addUniqueConstraint('u', ['kind']).addCheckConstraint('c', sql`owner > 3`).addForeignKeyConstraint('fk', ['owner'], 'person', ['id'], cb => cb.onDelete('set null'))",
  "db.schema.withSchema('s').createTable('t').temporary().addColumn('a', 'text', c => c.defaultTo(\"it's\"))",
  "db.schema.dropTable('person').ifExists().cascade()",
  "db.schema.alterTable('person').addColumn('a', 'text').addColumn('b', 'integer', c => c.notNull())",
  "db.schema.alterTable('person').dropColumn('a').alterColumn('b', c => c.setDataType('bigint')).alterColumn('b', c => c.setNotNull()).alterColumn('c', c => c.setDefault('x')).alterColumn('c', c => c.dropDefault())",
  "db.schema.alterTable('person').renameColumn('a', 'b')",
  "db.schema.alterTable('person').renameTo('people')",
  "db.schema.alterTable('person').addForeignKeyConstraint('fk', ['a'], 'o', ['id']).onDelete('cascade')",
  "db.schema.alterTable('person').addUniqueConstraint('u', ['a', 'b'])",
  "db.schema.alterTable('person').dropConstraint('u').ifExists().cascade()",
  "db.schema.createIndex('i').on('person').column('a')",
  "db.schema.createIndex('i').unique().ifNotExists().on('s.person').using('btree').columns(['a', 'b desc']).where('a', 'is not', null)",
  "db.schema.createIndex('i').on('person').expression(sql`lower(a)`)",
  "db.schema.dropIndex('i').ifExists()",
  "db.schema.createSchema('s').ifNotExists()",
  "db.schema.dropSchema('s').cascade()",
  "db.schema.createType('mood').asEnum(['a', 'b'])",
  "db.schema.dropType('mood').ifExists()",
  "db.schema.createView('v').orReplace().as(sql`select 1 as a`)",
  "db.schema.createView('m').materialized().as(sql`select 1 as a`)",
  "db.schema.refreshMaterializedView('m').concurrently()",
  "db.schema.dropView('v').materialized().ifExists()",
  "db.schema.alterTable('p').dropConstraint('c').restrict()",
  "db.schema.alterTable('p').setSchema('s')",
  "db.schema.createIndex('i').on('p').column('a').where(sql`a > 1`)",
  "db.schema.createIndex('i').on('p').columns(['a']).where('a', '>', 1).where('b', '=', 'x')",
  "db.schema.createIndex('i').on('p').expression(sql`lower(a)`).column('b desc')",
  "db.schema.withSchema('s').dropIndex('i')",
  "db.schema.createView('v').temporary().columns(['a']).as(sql`select 1`)",
  "db.schema.createView('v').as(db.selectFrom('p').select('a').where('b', '=', 1))",
  "db.schema.createView('v').as(db.selectFrom('p').distinct().select(['a', 'b']))",
  "db.schema.createTable('p').as(db.selectFrom('q').selectAll())",
  "db.schema.createTable('p').addColumn('a', 'integer', c => c.unique().nullsNotDistinct().references('q.id').onUpdate('cascade').onDelete('set null')).addUniqueConstraint('u', ['a'], c => c.nullsNotDistinct().deferrable().initiallyDeferred()).addPrimaryKeyConstraint('k', ['a'], c => c.notDeferrable())",
  "db.schema.createTable('p').temporary().addColumn('a', 'integer', c => c.generatedByDefaultAsIdentity()).onCommit('drop')",
  "db.schema.alterTable('p').addColumn('a', 'integer', c => c.ifNotExists())",
  "db.schema.alterTable('p').addCheckConstraint('c', sql`a > 1`)",
  "db.schema.alterTable('p').alterColumn('a', c => c.setDataType(sql`bigint using a::bigint`)).alterColumn('b', c => c.dropNotNull())",
  "db.schema.refreshMaterializedView('m').withNoData()",
  "db.schema.createType('t')",
  "db.schema.alterTable('p').addForeignKeyConstraint('fk', ['a'], 'o', ['id']).onDelete('cascade').onUpdate('restrict').deferrable().initiallyDeferred()",
  "db.schema.alterTable('p').addUniqueConstraint('u', ['a'], c => c.nullsNotDistinct())",
  "db.schema.createIndex('i').on('p').using('hash').column('a')",
  "db.insertInto('person').values([{ a: 1, b: 'x' }, { a: 2, b: 'y' }])",
  "db.updateTable('person').set({ a: 1 }).where('b', '=', 'x').where('c', 'is', null)",
  "db.updateTable('person').set({ a: 1 })",
  "db.deleteFrom('person').where('a', 'in', [1, 2])",
  "db.withSchema('s').deleteFrom('person')",
  "db.withSchema('s').updateTable('person as p').set({ a: 1 }).where('p.b', '=', 2)",
  "db.deleteFrom('s.person as p').where('b', '=', 2)",
  "db.insertInto('person').values({ a: 1 }).onConflict(oc => oc.column('a').doNothing())",
  "db.insertInto('person').values({ a: 1 }).onConflict(oc => oc.doNothing())",
  "db.updateTable('person').set({ a: sql`a + 1` }).where(sql`b > 1`)",
  "db.updateTable('person').from('q').set({ a: 1 }).whereRef('person.id', '=', 'q.id')",
  "db.deleteFrom('person').using('q').whereRef('person.id', '=', 'q.id')",
  "db.schema.alterTable('p').renameConstraint('a', 'b')",
  "db.schema.alterTable('p').addPrimaryKeyConstraint('pk', ['a'])",
  "db.schema.createTable('p').addColumn('a', 'integer', c => c.generatedAlwaysAs(sql`b + 1`).stored())",
  "db.schema.createIndex('i').on('p').columns(['a']).nullsNotDistinct().unique()",
];

describe("what is read of the builders is what is read of Kysely's SQL", () => {
  test.each(CALLS)('%s', async code => {
    const expected = readSql(await sent(code));
    expect(expected.statements.length).toBeGreaterThan(0);
    const text = `import { sql } from 'kysely';\nexport async function up(db) { await ${code}.execute(); }`;
    expect(operations(readCode('kysely', text))).toEqual(operations(expected));
  });
});

test('functions that add to a builder are followed, and each clause stands where it is written', () => {
  const text = `const times = b => b.addColumn('created_at', 'timestamptz', c => c.notNull());
  export async function up(db: Kysely<any>) {
    await db.schema.createTable('a').addColumn('id', 'serial').$call(times).execute();
    await db.schema.alterTable('a').dropColumn('b').execute();
    db.schema.dropTable('never');
  }`;
  expect(seen('kysely', text)).toEqual([
    ['createTable', "createTable('a').addColumn('id', 'serial').$call(times)"],
    ['dropColumn', "alterTable('a').dropColumn('b')"],
  ]);
  const [create] = readCode('kysely', text).statements[0]!.operations;
  expect(create?.kind === 'createTable' && create.columns.map(({ name }) => name)).toEqual(['id', 'created_at']);
});

test('every method of the schema module is read', () => {
  const others = ['constructor', 'withSchema', 'withPlugin', 'withoutPlugins'];
  const methods = Object.getOwnPropertyNames(SchemaModule.prototype).filter(name => !others.includes(name));
  expect(methods.length).toBeGreaterThan(10);
  const unread = methods.filter(name => {
    const { statements } = readCode('kysely', `export const up = db => db.schema.${name}('a').execute();`);
    return statements.length === 0 || JSON.stringify(statements).includes('is not read');
  });
  expect(unread).toEqual([]);
});
