import { MigrationBuilder } from 'node-pg-migrate/migrationBuilder';
import { describe, expect, test } from 'vitest';
import { PGM_CALLS } from '../../../src/parsers/ecmascript/libraries/node-pg-migrate-calls.ts';
import { operations, readCode, readSql, seen } from './support.ts';

type Builder = Record<string, (...args: readonly unknown[]) => unknown> & {
  getSql(): string;
  enableReverseMode(): void;
};

/** What node-pg-migrate itself would send. */
function sent(code: string, reversed = false): string {
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const pgm = new MigrationBuilder({} as never, undefined, false, logger) as unknown as Builder;
  if (reversed) pgm.enableReverseMode();
  new Function('pgm', code)(pgm);
  return pgm.getSql();
}

const CALLS: readonly string[] = [
  `pgm.createTable('users', { id: 'id', email: { type: 'varchar(200)', notNull: true, unique: true }, bio: 'string', age: { type: 'int', default: 3, check: 'age > 0' }, at: { type: 'timestamp', notNull: true, default: pgm.func('current_timestamp') } })`,
  `pgm.createTable({ schema: 's', name: 't' }, { a: { type: 'int', primaryKey: true }, b: { type: 'text', primaryKey: true, default: "it's" }, c: { type: 'text[]', default: '{}' } }, { ifNotExists: true, comment: 'hi', constraints: { unique: ['a', 'b'], check: 'a > 1', foreignKeys: { columns: 'a', references: 'o(id)', onDelete: 'CASCADE' } } })`,
  `pgm.createTable('p', { a: 'int' }, { temporary: true, inherits: 'parent' })`,
  `pgm.createTable('q', { a: { type: 'int', sequenceGenerated: { precedence: 'ALWAYS', start: 5 } }, b: { type: 'int', references: 'users', onDelete: 'cascade', comment: 'c' } }, { partition: { strategy: 'RANGE', columns: ['a'] } })`,
  `pgm.dropTable('users', { ifExists: true, cascade: true })`,
  `pgm.renameTable('a', 'b')`,
  `pgm.alterTable('a', { levelSecurity: 'ENABLE' })`,
  `pgm.addColumns('users', { a: { type: 'int', notNull: true, default: 0 }, b: { type: 'uuid', references: '"orgs"(id)', deferrable: true, deferred: true } })`,
  `pgm.addColumn('users', { a: 'text' }, { ifNotExists: true })`,
  `pgm.dropColumns('users', ['a', 'b'], { ifExists: true })`,
  `pgm.dropColumn('users', 'a')`,
  `pgm.alterColumn('users', 'a', { type: 'bigint', using: 'a::bigint', notNull: true, default: null })`,
  `pgm.alterColumn('users', 'a', { allowNull: true, default: 'x', comment: 'why' })`,
  `pgm.renameColumn('users', 'a', 'b')`,
  `pgm.addConstraint('users', 'u', { unique: ['a', 'b'] })`,
  `pgm.addConstraint('users', 'fk', { foreignKeys: { columns: ['a'], references: 'orgs(id)', onUpdate: 'RESTRICT' }, deferrable: true })`,
  `pgm.addConstraint('users', 'ck', 'CHECK (a > 3) NOT VALID')`,
  `pgm.addConstraint('users', null, { check: ['a > 3', 'b > 3'], primaryKey: 'id' })`,
  `pgm.dropConstraint('users', 'u', { ifExists: true })`,
  `pgm.renameConstraint('users', 'u', 'v')`,
  `pgm.createIndex('users', 'a', { concurrently: true })`,
  `pgm.createIndex('users', ['a', { name: 'b', sort: 'DESC', opclass: 'text_ops' }, 'lower(c)'], { unique: true, name: 'n', where: 'a > 3', method: 'btree', include: 'd', ifNotExists: true })`,
  `pgm.addIndex({ schema: 's', name: 'users' }, ['a', 'b'], { unique: true })`,
  `pgm.dropIndex('users', ['a', 'b'], { concurrently: true, ifExists: true })`,
  `pgm.renameIndex('a', 'b')`,
  `pgm.createType('mood', ['a', "b's"])`,
  `pgm.createType('pair', { a: 'int', b: 'string' })`,
  `pgm.dropType('mood', { ifExists: true })`,
  `pgm.addTypeValue('mood', 'c', { after: 'a', ifNotExists: true })`,
  `pgm.renameTypeValue('mood', 'a', 'z')`,
  `pgm.addTypeAttribute('pair', 'c', 'bool')`,
  `pgm.createExtension(['citext', 'pgcrypto'], { ifNotExists: true })`,
  `pgm.dropExtension('citext')`,
  `pgm.createSchema('s', { ifNotExists: true })`,
  `pgm.dropSchema('s', { cascade: true })`,
  `pgm.createSequence('q', { start: 5, minvalue: 1, cycle: true })`,
  `pgm.alterSequence('q', { restart: 7, increment: 2 })`,
  `pgm.dropSequence('q')`,
  `pgm.createFunction('f', ['integer', { name: 'b', type: 'string', default: 'x' }], { returns: 'int', language: 'plpgsql', replace: true, behavior: 'STABLE', security: 'DEFINER' }, 'BEGIN RETURN 1; END;')`,
  `pgm.dropFunction('f', ['integer'], { ifExists: true })`,
  `pgm.createTrigger('users', 'tr', { when: 'BEFORE', operation: ['INSERT', 'UPDATE'], level: 'ROW', function: 'f', condition: 'NEW.a > 3' })`,
  `pgm.createTrigger('users', 'tr', { when: 'AFTER', operation: 'DELETE', language: 'plpgsql', level: 'ROW' }, 'BEGIN RETURN NULL; END;')`,
  `pgm.dropTrigger('users', 'tr', { ifExists: true })`,
  `pgm.createView('v', { replace: true, columns: ['a'] }, 'SELECT 1')`,
  `pgm.dropView('v', { cascade: true })`,
  `pgm.createMaterializedView('m', { data: false }, 'SELECT 1 AS a')`,
  `pgm.refreshMaterializedView('m', { concurrently: true })`,
  `pgm.createPolicy('users', 'p', { command: 'SELECT', using: 'a = 1', role: 'app' })`,
  `pgm.dropPolicy('users', 'p', { ifExists: true })`,
  `pgm.createDomain('d', 'text', { check: 'VALUE > 3', constraintName: 'c' })`,
  `pgm.dropDomain('d')`,
  `pgm.alterDomain('d', { default: 'x', notNull: true })`,
  `pgm.alterDomain('d', { default: null, allowNull: true })`,
  `pgm.alterView('v', { checkOption: 'LOCAL', options: { security_barrier: true, security_invoker: null } })`,
  `pgm.alterViewColumn('v', 'a', { default: 3 })`,
  `pgm.alterMaterializedView('m', { cluster: 'i', storageParameters: { fillfactor: 70, autovacuum_enabled: null } })`,
  `pgm.alterMaterializedView('m', { cluster: false })`,
  `pgm.renameMaterializedView('m', 'n')`,
  `pgm.renameMaterializedViewColumn('m', 'a', 'b')`,
  `pgm.createRole('r', { login: true, password: 'x', limit: 3, inRole: ['a', 'b'], admin: 'c' })`,
  `pgm.alterRole('r', { superuser: false, bypassrls: true, valid: '2030-01-01' })`,
  `pgm.createOperator('+', { procedure: 'add', left: 'complex', right: { schema: 's', name: 'complex' }, commutator: '+', negator: { schema: 's', name: '-' }, hashes: true })`,
  `pgm.dropOperator('+', { left: 'complex', right: 'complex', ifExists: true, cascade: true })`,
  `pgm.createOperatorClass('k', 'complex', 'btree', [{ type: 'function', number: 1, name: 'cmp', params: ['int', { name: 'b', type: 'int' }] }], { default: true, family: 'f' })`,
  `pgm.dropOperatorClass('k', 'btree', { ifExists: true })`,
  `pgm.renameOperatorClass('k', 'btree', 'l')`,
  `pgm.createOperatorFamily('f', 'btree')`,
  `pgm.dropOperatorFamily('f', 'btree', { cascade: true })`,
  `pgm.renameOperatorFamily('f', 'btree', 'g')`,
  `pgm.addToOperatorFamily('f', 'btree', [{ type: 'function', number: 1, name: { schema: 's', name: 'cmp' }, params: ['int', 'bigint'] }])`,
  `pgm.createCast('bigint', 'int4', { functionName: 'f', as: 'ASSIGNMENT' })`,
  `pgm.createCast('a', 'b', { inout: true, as: 'IMPLICIT' })`,
  `pgm.createCast('a', 'b')`,
  `pgm.dropCast('a', 'b', { ifExists: true })`,
  `pgm.grantOnTables({ privileges: ['SELECT', 'INSERT'], tables: ['a', 'b'], roles: 'PUBLIC' })`,
  `pgm.revokeOnTables({ privileges: 'ALL', schema: 's', roles: 'app', cascade: true })`,
  `pgm.grantRoles('a', ['b', 'c'])`,
  `pgm.sql('ALTER TABLE {t} ADD COLUMN a int DEFAULT {d}', { t: 'users', d: 3 })`,
  `pgm.sql('UPDATE a SET b = 1;')`,
];

describe("what is read of the builder is what is read of node-pg-migrate's SQL", () => {
  test.each(CALLS)('%s', code => {
    const expected = readSql(sent(code));
    expect(expected.statements.length).toBeGreaterThan(0);
    expect(operations(readCode('node-pg-migrate', `exports.up = pgm => { ${code} };`))).toEqual(operations(expected));
  });
});

test('a missing down undoes the calls of up, last to first', () => {
  const code = `pgm.createTable('a', { id: 'id' }); pgm.addColumns('b', { c: 'int' }); pgm.createIndex('b', 'c', { concurrently: true }); pgm.renameColumn('b', 'x', 'y'); pgm.createType('t', ['a'])`;
  const read = readCode('node-pg-migrate', `exports.up = pgm => { ${code} };`, 'down');
  expect(operations(read)).toEqual(operations(readSql(sent(code, true))));
  expect(read.statements).toHaveLength(5);
});

/** Names that lead to others or are no schema building. */
const OTHERS = new Set(['sql', 'func', 'db', 'noTransaction', 'getSql', 'getSqlSteps', 'enableReverseMode']);

test('every method of the builder is read', () => {
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const methods = Object.entries(new MigrationBuilder({} as never, undefined, false, logger)).flatMap(
    ([name, value]) => (typeof value === 'function' && !OTHERS.has(name) ? [name] : []),
  );
  expect(methods.length).toBeGreaterThan(80);
  expect(methods.filter(name => !Object.hasOwn(PGM_CALLS, name))).toEqual([]);
});

test('operators and casts are undone in the order of their own arguments', () => {
  const code = `pgm.createOperatorClass('k', 'complex', 'btree', [{ type: 'function', number: 1, name: 'cmp', params: ['int'] }], {}); pgm.renameOperatorFamily('f', 'btree', 'g'); pgm.createCast('a', 'b'); pgm.createRole('r', { login: true })`;
  const read = readCode('node-pg-migrate', `exports.up = pgm => { ${code} };`, 'down');
  expect(operations(read)).toEqual(operations(readSql(sent(code, true))));
  expect(read.statements).toHaveLength(4);
});

test('a check that is added to a domain is no unreadable one', () => {
  const read = readCode(
    'node-pg-migrate',
    "exports.up = pgm => { pgm.alterDomain('d', { check: 'VALUE > 3', constraintName: 'c' }); };",
  );
  expect(operations(read)).toEqual(operations(readSql('ALTER DOMAIN "d" ADD CONSTRAINT "c" CHECK (VALUE > 3)')));
});

test('a call that cannot be undone is said', () => {
  const read = readCode(
    'node-pg-migrate',
    "exports.up = pgm => { pgm.sql('SELECT 1'); pgm.createTable('a', {}); };",
    'down',
  );
  expect(read.statements.map(({ operations: [operation] }) => operation?.kind)).toEqual(['dropTable', 'unreadable']);
});

test('shorthands of the file are types', () => {
  const text = `exports.shorthands = { at: { type: 'timestamptz', notNull: true }, when: { type: 'at', default: 'x' } };
    exports.up = pgm => { pgm.addColumns('users', { a: 'at', b: { type: 'when', notNull: false } }); };`;
  expect(operations(readCode('node-pg-migrate', text))).toEqual(
    operations(readSql(`ALTER TABLE "users" ADD "a" timestamptz NOT NULL, ADD "b" timestamptz DEFAULT $pga$x$pga$`)),
  );
});

test('each clause stands where it is written', () => {
  const text = `export const up = (pgm) => {
    pgm.addColumns('users', { a: { type: 'int', notNull: true }, b: 'text' });
    pgm.createIndex('users', 'a');
  };`;
  expect(seen('node-pg-migrate', text)).toEqual([
    ['addColumn addColumn', "addColumns('users', { a: { type: 'int', notNull: true }, b: 'text' })"],
    ['createIndex', "createIndex('users', 'a')"],
  ]);
  const [add] = readCode('node-pg-migrate', text).statements;
  expect(add!.operations.map(({ range }) => text.slice(...range))).toEqual([
    "a: { type: 'int', notNull: true",
    // The last clause goes on to where the statement ends.
    "b: 'text' })",
  ]);
});
