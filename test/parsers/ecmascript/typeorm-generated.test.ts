import { DataSource, Table, TableCheck, TableColumn, TableForeignKey, TableIndex, TableUnique, View } from 'typeorm';
import { describe, expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

const CLASSES = { Table, TableColumn, TableIndex, TableForeignKey, TableUnique, TableCheck, View };

/** What TypeORM itself would send, as its query runner collects it. */
async function sent(code: string): Promise<string> {
  const source = new DataSource({ type: 'postgres' });
  const runner = source.driver.createQueryRunner('master');
  runner.enableSqlMemory();
  Object.assign(runner, {
    hasTable: async () => false,
    hasEnumType: async () => false,
    // A table of which the database says nothing.
    getCachedTable: async (name: string) => new Table({ name }),
    query: async (sql: string) => runner.getMemorySql().upQueries.push({ query: sql } as never),
  });
  const run = new Function('q', ...Object.keys(CLASSES), `return ${code}`) as (
    ...args: readonly unknown[]
  ) => Promise<unknown>;
  await run(runner, ...Object.values(CLASSES));
  return runner
    .getMemorySql()
    .upQueries.map(({ query }) => `${query};`)
    .join('\n');
}

const CALLS: readonly string[] = [
  `q.createTable(new Table({ name: 'users', columns: [{ name: 'id', type: 'int', isPrimary: true, isGenerated: true, generationStrategy: 'increment' }, { name: 'email', type: 'varchar', length: '200', isUnique: true }, { name: 'bio', type: 'text', isNullable: true }, { name: 'at', type: 'timestamp with time zone', precision: 3, default: 'now()' }] }))`,
  `q.createTable(new Table({ name: 's.posts', columns: [new TableColumn({ name: 'id', type: 'uuid', isPrimary: true, isGenerated: true, generationStrategy: 'uuid' }), new TableColumn({ name: 'kind', type: 'enum', enum: ['a', 'b'] }), { name: 'tags', type: 'text', isArray: true, isNullable: true }, { name: 'n', type: 'decimal', precision: 10, scale: 2, default: 0 }, { name: 'i', type: 'bigint', isGenerated: true, generationStrategy: 'identity' }], foreignKeys: [{ columnNames: ['user_id'], referencedTableName: 'users', referencedColumnNames: ['id'], onDelete: 'CASCADE' }], indices: [{ columnNames: ['n', 'kind'] }, { name: 'named', columnNames: ['n'], isUnique: true, where: 'n > 0' }], uniques: [{ columnNames: ['n'] }], checks: [{ name: 'ck', expression: 'n > 0' }] }), true)`,
  `q.dropTable('users')`,
  `q.renameTable('users', 'people')`,
  `q.addColumn('users', new TableColumn({ name: 'age', type: 'integer', default: 3, isUnique: true, comment: "it's" }))`,
  `q.addColumns('users', [new TableColumn({ name: 'a', type: 'jsonb', isNullable: true }), new TableColumn({ name: 'b', type: 'boolean', default: false })])`,
  `q.dropColumn(new Table({ name: 'users', columns: [{ name: 'a', type: 'int' }] }), 'a')`,
  `q.renameColumn(new Table({ name: 'users', columns: [{ name: 'a', type: 'int' }] }), 'a', 'b')`,
  `q.changeColumn('users', new TableColumn({ name: 'a', type: 'int' }), new TableColumn({ name: 'a', type: 'bigint' }))`,
  `q.changeColumn('users', new TableColumn({ name: 'a', type: 'int', isNullable: true }), new TableColumn({ name: 'a', type: 'int', default: 3 }))`,
  `q.createPrimaryKey(new Table({ name: 'users', columns: [{ name: 'a', type: 'int' }, { name: 'b', type: 'int' }] }), ['b', 'a'])`,
  `q.createIndex('users', new TableIndex({ columnNames: ['a'], isConcurrent: true }))`,
  `q.createIndices('s.users', [new TableIndex({ name: 'i', columnNames: ['a', 'b'], isSpatial: true }), new TableIndex({ columnNames: ['c'], where: 'd' })])`,
  `q.createForeignKey('users', new TableForeignKey({ columnNames: ['org_id'], referencedTableName: 'orgs', referencedColumnNames: ['id'], onUpdate: 'SET NULL', deferrable: 'INITIALLY DEFERRED' }))`,
  `q.createUniqueConstraint('users', new TableUnique({ columnNames: ['a', 'b'] }))`,
  `q.createCheckConstraint('users', new TableCheck({ expression: 'a > 0' }))`,
  `q.dropForeignKey('users', new TableForeignKey({ name: 'fk', columnNames: ['a'], referencedTableName: 'o', referencedColumnNames: ['i'] }))`,
  `q.dropIndex('users', new TableIndex({ name: 'i', columnNames: ['a'], isConcurrent: true }))`,
  `q.dropUniqueConstraint('users', new TableUnique({ name: 'u', columnNames: ['a'] }))`,
  `q.createSchema('s', true)`,
  `q.dropSchema('s', true, true)`,
  `q.createView(new View({ name: 'v', expression: 'SELECT 1 AS a' }))`,
  `q.clearTable('users')`,
];

describe("what is read of the query runner is what is read of TypeORM's SQL", () => {
  test.each(CALLS)('%s', async code => {
    const expected = readSql(await sent(code));
    expect(expected.statements.length).toBeGreaterThan(0);
    const text = `export class A1 implements MigrationInterface { async up(q: QueryRunner) { await ${code}; } }`;
    expect(operations(readCode('typeorm', text))).toEqual(operations(expected));
  });
});

/** The same SQL by hand, where the library needs a database to make it. */
test.each([
  ["q.manager.update(User, { id: 3 }, { name: 'x' })", `UPDATE \${User} SET "name" = 'x' WHERE "id" = 3`],
  ["q.manager.update('users', {}, { name: 'x' })", `UPDATE "users" SET "name" = 'x'`],
  ["q.manager.delete('users', {})", 'DELETE FROM "users"'],
  ["q.manager.getRepository('users').delete({ id: 3 })", 'DELETE FROM "users" WHERE "id" = 3'],
  ["q.manager.createQueryBuilder().update('users').set({ a: 1 }).execute()", 'UPDATE "users" SET "a" = 1'],
  [
    "q.manager.createQueryBuilder().delete().from('users').where('a > 3').andWhere('b IS NULL').execute()",
    'DELETE FROM "users" WHERE a > 3 AND b IS NULL',
  ],
  [
    "q.manager.createQueryBuilder().insert().into('users').values([{ a: 1 }, { a: 2 }]).execute()",
    'INSERT INTO "users" ("a") VALUES (1), (2)',
  ],
  [
    "q.changeColumn('users', 'a', new TableColumn({ name: 'a', type: 'bigint' }))",
    'ALTER TABLE "users" ALTER COLUMN "a" TYPE bigint; ALTER TABLE "users" ALTER COLUMN "a" SET NOT NULL',
  ],
])('%s', (code, sql) => {
  const text = `export class A1 { async up(q) { await ${code}; } }`;
  expect(operations(readCode('typeorm', text))).toEqual(operations(readSql(sql)));
});

test('a table that was asked for is known by its name, a key that was looked up is not', () => {
  const text = `export class A1 { async up(q) {
    const table = await q.getTable('users');
    const key = table.foreignKeys.find(each => each.columnNames.includes('org_id'));
    await q.dropForeignKey(table, key);
    await q.dropColumn('users', 'org_id');
  } }`;
  expect(seen('typeorm', text)).toEqual([
    ['dropConstraint', 'dropForeignKey(table, key)'],
    ['dropColumn', "dropColumn('users', 'org_id')"],
  ]);
  expect(readCode('typeorm', text).statements[0]?.operations[0]).toMatchObject({ table: { name: 'users' } });
});

/** Helpers that the query runner has for its own calls. */
const OTHERS = /^dropEnumTypes$|Sql$/;

test('every method of the query runner that changes something is read', () => {
  const runner = new DataSource({ type: 'postgres' }).driver.createQueryRunner('master');
  const own = Object.getPrototypeOf(runner) as object;
  const methods = Object.getOwnPropertyNames(own).filter(name =>
    /^(?:create|drop|rename|add|change|update|clear)/.test(name),
  );
  const changing = methods.filter(name => !OTHERS.test(name));
  expect(changing.length).toBeGreaterThan(30);
  const unread = changing.filter(name => {
    const text = `export class A1 implements MigrationInterface { async up(q: QueryRunner) { await q.${name}(); } }`;
    return JSON.stringify(readCode('typeorm', text).statements).includes('is not read');
  });
  expect(unread).toEqual([]);
});

test('the tag for SQL is read, and that a database is cleared', () => {
  const text =
    'export class A1 implements MigrationInterface { async up(q: QueryRunner) { await q.sql`DROP TABLE "a"`; await q.clearDatabase(); } }';
  expect(seen('typeorm', text).map(([kind]) => kind)).toEqual([
    'dropTable',
    'dropView',
    'dropMaterializedView',
    'dropTable',
    'dropType',
  ]);
});
