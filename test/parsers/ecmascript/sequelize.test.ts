import { expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { postgres } from '../../../src/parsers/postgres/index.ts';
import { fragmentOf } from '../../../src/source/fragment.ts';

function read(text: string): Script {
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const context = { tool: 'sequelize', dialect: 'postgres', direction: 'up', sql: postgres } as const;
  return ecmascript.read({ path: '/m.js', text }, part, context);
}

/** Operations without their places. */
function operations({ statements }: Script): unknown {
  return statements.map(statement =>
    JSON.parse(JSON.stringify(statement.operations), (key, value) =>
      /range|head|^at$|anchors|^sent$/i.test(key) ? undefined : value,
    ),
  );
}

// The SQL is what Sequelize 6.37 logged for each call with its PostgreSQL dialect.
test.each([
  ["q.dropTable('users')", 'DROP TABLE IF EXISTS "users"'],
  ["q.dropTable('users', { cascade: true })", 'DROP TABLE IF EXISTS "users" CASCADE'],
  ["q.dropTable({ tableName: 'users', schema: 's' })", 'DROP TABLE IF EXISTS "s"."users"'],
  ["q.removeColumn('users', 'a')", 'ALTER TABLE "public"."users" DROP COLUMN "a"'],
  ["q.renameColumn('users', 'a', 'b')", 'ALTER TABLE "users" RENAME COLUMN "a" TO "b"'],
  ["q.renameTable('users', 'people')", 'ALTER TABLE "users" RENAME TO "people"'],
  [
    "q.addIndex('users', ['a', 'bC'], { concurrently: true })",
    'CREATE INDEX CONCURRENTLY "users_a_b_c" ON "users" ("a", "bC")',
  ],
  [
    "q.addIndex('users', ['a'], { unique: true, name: 'n', using: 'gin' })",
    'CREATE UNIQUE INDEX "n" ON "users" USING gin ("a")',
  ],
  ["q.addIndex('users', { fields: ['a'] })", 'CREATE INDEX "users_a" ON "users" ("a")'],
  ["q.removeIndex('users', 'n')", 'DROP INDEX IF EXISTS "n"'],
  ["q.removeIndex('users', ['a'], { concurrently: true })", 'DROP INDEX CONCURRENTLY IF EXISTS "users_a"'],
  ["q.removeConstraint('users', 'c')", 'ALTER TABLE "users" DROP CONSTRAINT "c"'],
  ["q.createSchema('s')", 'CREATE SCHEMA "s"'],
  ["q.dropSchema('s')", 'DROP SCHEMA IF EXISTS "s" CASCADE'],
])('%s', (code, sql) => {
  const text = `module.exports = { up: async q => { await ${code}; } };`;
  const script = read(text);
  expect(operations(script)).toEqual(operations(postgres.parse(fragmentOf({ path: '/m.sql', text: sql }))));
  expect(script.statements.map(({ range }) => text.slice(...range))).toEqual([code.slice('q.'.length)]);
});

test('a call that is not read is said, and the next one is read', () => {
  const kinds = read("exports.up = async q => { await q.addColumn('a', 'b', x); await q.dropTable('c'); };").statements;
  expect(kinds.map(({ operations: [operation] }) => operation?.kind)).toEqual(['unreadable', 'dropTable']);
});
