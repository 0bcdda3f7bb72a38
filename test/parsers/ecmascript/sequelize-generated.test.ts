import { type QueryInterface, Sequelize } from 'sequelize';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { operations, readCode, readSql, seen } from './support.ts';

/** A query with its parameters' values in their places. */
function inlined(query: string, bind: readonly unknown[]): string {
  return query.replace(/\$(\d+)/g, (_, position: string) => {
    const value = bind[Number(position) - 1];
    return typeof value === 'string' ? `'${value}'` : String(value);
  });
}

/** What Sequelize itself would send, as `sequelize.query` gets it, query by query. */
async function sent(code: string): Promise<readonly string[]> {
  const sequelize = new Sequelize({ dialect: 'postgres', logging: false });
  const statements: string[] = [];
  Object.assign(sequelize as object, {
    query: async (given: string | { readonly query: string; readonly bind: readonly unknown[] }) => {
      const sql = typeof given === 'string' ? given : inlined(given.query, given.bind);
      // Questions about what is there are no part of what a migration does.
      if (/^SELECT/.test(sql)) return undefined;
      statements.push(sql);
      return [];
    },
  });
  Object.assign((sequelize as unknown as { dialect: object }).dialect, {
    connectionManager: { _refreshDynamicOIDs: () => {} },
  });
  const run = new Function('q', 'Sequelize', `return ${code}`) as (q: QueryInterface, s: unknown) => Promise<unknown>;
  await run(sequelize.getQueryInterface(), Sequelize);
  return statements;
}

const CALLS: readonly string[] = [
  `q.createTable('users', { id: { type: Sequelize.INTEGER, primaryKey: true, autoIncrement: true, allowNull: false }, email: { type: Sequelize.STRING, allowNull: false, unique: true }, bio: Sequelize.TEXT, age: { type: Sequelize.INTEGER, defaultValue: 3 }, on: { type: Sequelize.BOOLEAN, allowNull: false, defaultValue: false }, createdAt: { type: Sequelize.DATE, allowNull: false, defaultValue: Sequelize.fn('now') } })`,
  `q.createTable('a', { id: { type: Sequelize.UUID, primaryKey: true, defaultValue: Sequelize.UUIDV4 }, k: { type: Sequelize.UUID, defaultValue: Sequelize.literal('gen_random_uuid()') }, d: Sequelize.DECIMAL(10, 2), s: Sequelize.STRING(20), j: { type: Sequelize.JSONB, defaultValue: {} }, l: Sequelize.ARRAY(Sequelize.STRING), day: Sequelize.DATEONLY, f: Sequelize.FLOAT, dd: Sequelize.DOUBLE, b: Sequelize.BLOB, c: Sequelize.CHAR(2), n: Sequelize.BIGINT })`,
  `q.createTable('b', { user_id: { type: Sequelize.INTEGER, references: { model: 'users', key: 'id' }, onDelete: 'cascade', onUpdate: 'SET NULL' }, x: { type: Sequelize.BIGINT, autoIncrement: true, primaryKey: true }, note: { type: Sequelize.STRING, comment: "it's" } }, { schema: 's' })`,
  `q.createTable({ tableName: 'c', schema: 's' }, { kind: { type: Sequelize.ENUM('a', 'b'), allowNull: false }, other: { type: Sequelize.ENUM, values: ['x'] } })`,
  `q.createTable('u', { a: Sequelize.INTEGER, b: Sequelize.INTEGER }, { uniqueKeys: { both: { fields: ['a', 'b'] } }, comment: 'hi' })`,
  `q.addColumn('users', 'nick', Sequelize.STRING)`,
  `q.addColumn('users', 'nick', { type: Sequelize.STRING, allowNull: false, defaultValue: "it's" })`,
  `q.addColumn({ tableName: 'users', schema: 's' }, 'org', { type: Sequelize.UUID, references: { model: { tableName: 'orgs', schema: 's' } }, onDelete: 'SET NULL' })`,
  `q.addColumn('users', 'state', { type: Sequelize.ENUM('on', 'off'), defaultValue: 'on' })`,
  `q.addColumn('users', 'r', Sequelize.RANGE(Sequelize.DATE))`,
  `q.changeColumn('users', 'nick', { type: Sequelize.TEXT, allowNull: false })`,
  `q.changeColumn('users', 'nick', Sequelize.STRING(50))`,
  `q.changeColumn('users', 'nick', { type: Sequelize.STRING, unique: true })`,
  `q.changeColumn('users', 'org', { type: Sequelize.UUID, references: { model: 'orgs', key: 'id' }, onDelete: 'CASCADE' })`,
  `q.changeColumn('users', 'state', { type: Sequelize.ENUM('on', 'off', 'new') })`,
  `q.addConstraint('users', { fields: ['email'], type: 'unique' })`,
  `q.addConstraint('users', { fields: ['a', 'b'], type: 'primary key', name: 'pk' })`,
  `q.addConstraint('users', { fields: ['age'], type: 'check', where: { age: 3 }, name: 'ck' })`,
  `q.addConstraint('users', { fields: ['org_id'], type: 'foreign key', references: { table: 'orgs', field: 'id' }, onDelete: 'cascade', onUpdate: 'cascade' })`,
  `q.addIndex('users', ['a', { name: 'b', order: 'DESC' }, Sequelize.fn('lower', Sequelize.col('c'))], { name: 'n', unique: true })`,
  `q.addIndex('users', { fields: ['a'], where: { b: null }, using: 'gin', operator: 'gin_trgm_ops' })`,
  `q.addIndex({ tableName: 'users', schema: 's' }, ['fooBar'], { concurrently: true })`,
  `q.createFunction('f', [{ type: 'integer', name: 'a', direction: 'IN' }, { type: 'text' }], 'integer', 'plpgsql', 'RETURN a;', ['IMMUTABLE', 'LEAKPROOF'], { force: true, variables: [{ type: 'integer', name: 'x', default: 1 }] })`,
  `q.createFunction('s.f', [], 'trigger', 'plpgsql', 'RETURN NEW;')`,
  `q.dropFunction('f', [{ type: 'integer', name: 'a' }])`,
  `q.renameFunction('f', [{ type: 'integer' }], 'g')`,
  `q.createTrigger('users', 'tr', 'after', ['insert', 'update'], 'f', [], ['FOR EACH ROW'])`,
  `q.createTrigger({ tableName: 'users', schema: 's' }, 'tr', 'after_constraint', ['delete'], 'f', [], ['DEFERRABLE', 'FOR EACH ROW'])`,
  `q.dropTrigger('users', 'tr')`,
  `q.renameTrigger('users', 'tr', 'ts')`,
  `q.createDatabase('d')`,
  `q.dropDatabase('d')`,
  `q.upsert('users', { a: 1, b: 'x' }, { b: 'x' }, {}, { model: { rawAttributes: {} }, conflictFields: ['a'] })`,
  `q.increment({}, 'users', { a: 1 }, { b: 2 }, { c: 3 }, { returning: false })`,
  `q.decrement({}, 'users', { a: 1 }, { b: 2 }, {}, { returning: false })`,
  `q.bulkInsert('users', [{ a: 1, b: 'x' }, { a: 2, b: null }])`,
  `q.bulkUpdate('users', { a: 1 }, { b: 'x', c: [1, 2], d: null })`,
  `q.bulkUpdate('users', { a: true }, {})`,
  `q.bulkDelete('users', { a: 'x' })`,
  `q.bulkDelete('users', null, {})`,
  `q.bulkDelete('users', null, { truncate: true, cascade: true, restartIdentity: true })`,
];

describe("what is read of the query interface is what is read of Sequelize's SQL", () => {
  test.each(CALLS)('%s', async code => {
    const expected = (await sent(code)).map(readSql);
    expect(expected.length).toBeGreaterThan(0);
    const read = readCode('sequelize', `module.exports = { up: (q, Sequelize) => ${code} };`);
    expect(operations(read)).toEqual(expected.flatMap(query => operations(query)));
    // Statements of one query are one transaction.
    const own = ({ statements }: Script) => statements.filter(({ parent }) => parent === undefined);
    expect(own(read).map(({ inQuery }) => inQuery)).toEqual(
      expected.flatMap(query =>
        own(query).map((_, at, { length }) => (length === 1 ? undefined : at === 0 ? 'first' : 'later')),
      ),
    );
  });
});

/** Names that lead to others, only read, or belong to transactions that the library itself runs. */
const OTHERS =
  /^(?:constructor|show|describe|database|get|quote|raw|select$|name|table|ensure|pgList|set|start|commit|rollback|defer|_|fromArray|normalize|assert)/;

test('every method of the query interface that changes something is read', () => {
  const q = new Sequelize({ dialect: 'postgres', logging: false }).getQueryInterface();
  const own = Object.getPrototypeOf(q) as object;
  const methods = [own, Object.getPrototypeOf(own) as object].flatMap(each => Object.getOwnPropertyNames(each));
  const changing = methods.filter(name => !OTHERS.test(name));
  expect(changing.length).toBeGreaterThan(30);
  const unread = changing.filter(name => {
    const { statements } = readCode('sequelize', `exports.up = q => q.${name}();`);
    return JSON.stringify(statements).includes('is not read');
  });
  expect(unread).toEqual([]);
});

test('that all tables are dropped is known without their names', () => {
  const kinds = seen(
    'sequelize',
    `exports.up = async q => { await q.dropAllTables(); await q.dropAllEnums(); await q.dropAllSchemas(); };`,
  ).map(([kind]) => kind);
  expect(kinds).toEqual(['dropTable', 'dropType', 'dropSchema']);
});

test('each clause stands where it is written', () => {
  const text = `module.exports = { async up(queryInterface, { DataTypes }) {
    await queryInterface.createTable('users', { email: { type: DataTypes.STRING(20), allowNull: false } });
    await queryInterface.addColumn('users', 'age', { type: DataTypes.INTEGER });
  } };`;
  expect(seen('sequelize', text)).toEqual([
    ['createTable', "createTable('users', { email: { type: DataTypes.STRING(20), allowNull: false } })"],
    ['addColumn', "addColumn('users', 'age', { type: DataTypes.INTEGER })"],
  ]);
  const [create] = readCode('sequelize', text).statements;
  const [operation] = create!.operations;
  expect(operation?.kind === 'createTable' && text.slice(...operation.columns[0]!.range)).toMatch(
    /^email.*allowNull: false$|^email/,
  );
});

test('types that are imported from the package are known', () => {
  const text = `const { DataTypes, Sequelize } = require('sequelize');
  exports.up = async ({ context: q }) => { await q.addColumn('t', 'a', { type: DataTypes.DATE, defaultValue: Sequelize.NOW }); };`;
  expect(operations(readCode('sequelize', text))).toEqual(
    operations(readSql('ALTER TABLE "public"."t" ADD COLUMN "a" TIMESTAMP WITH TIME ZONE')),
  );
});
