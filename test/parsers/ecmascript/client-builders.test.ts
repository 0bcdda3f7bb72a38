import { expect, test } from 'vitest';
import { operations, readCode, readSql, seen } from './support.ts';

const TOP = `import { eq, sql } from 'drizzle-orm';
import { pgTable, text } from 'drizzle-orm/pg-core';
import { orders } from '../src/schema.js';
const users = pgTable('users', { email: text('email') });
`;

// The SQL is what drizzle-orm 0.44 documents for each query; what only the run knows is a placeholder.
test.each([
  ['db.execute(sql`DROP TABLE a`)', 'DROP TABLE a'],
  ["db.execute(sql.raw('DROP TABLE a'))", 'DROP TABLE a'],
  ["db.execute(sql`ALTER TABLE ${sql.identifier('a')} DROP COLUMN b`)", 'ALTER TABLE "a" DROP COLUMN b'],
  ['db.execute(sql`DELETE FROM a WHERE b = ${1}`)', 'DELETE FROM a WHERE b = ${value}'],
  ['db.run(sql`DROP TABLE a`)', 'DROP TABLE a'],
  ["db.update(users).set({ email: 'x' })", 'UPDATE "users" SET "email" = \'x\''],
  ["db.update(users).set({ email: 'x' }).where(eq(users.id, 1))", 'UPDATE "users" SET "email" = \'x\' WHERE ${where}'],
  ['db.delete(users)', 'DELETE FROM "users"'],
  ['db.delete(orders).where(eq(orders.id, 1)).returning()', 'DELETE FROM ${orders} WHERE ${where}'],
  ["db.insert(users).values({ email: 'x' })", 'INSERT INTO "users" ("email") VALUES (\'x\')'],
])('Drizzle: %s', (call, sql) => {
  const code = readCode('drizzle', `${TOP}export async function up({ db }) { await ${call}; }`);
  expect(operations(code)).toEqual(operations(readSql(sql)));
});

// The SQL of Prisma's calls, as far as rules look at it: which table, and whether a condition narrows it down.
test.each([
  ['prisma.user.updateMany({ data: { a: 1 } })', 'UPDATE "User" SET "a" = 1'],
  ['prisma.user.updateMany({ where: {}, data: { a: 1 } })', 'UPDATE "User" SET "a" = 1'],
  ['prisma.user.updateMany({ where: { b: 2 }, data: { a: 1 } })', 'UPDATE "User" SET "a" = 1 WHERE "b" = 2'],
  ['prisma.user.updateMany({ where: { OR: [{ b: 2 }] }, data: { a: 1 } })', 'UPDATE "User" SET "a" = 1 WHERE ${where}'],
  ['prisma.orderItem.deleteMany()', 'DELETE FROM "OrderItem"'],
  ['prisma.orderItem.deleteMany({})', 'DELETE FROM "OrderItem"'],
  ['prisma.orderItem.deleteMany(later)', 'DELETE FROM "OrderItem" WHERE ${where}'],
  ["prisma.user.create({ data: { a: 'x' } })", 'INSERT INTO "User" ("a") VALUES (\'x\')'],
  ['prisma.$executeRaw`DROP TABLE a`', 'DROP TABLE a'],
  ["prisma.$executeRawUnsafe('DELETE FROM a WHERE b = $1', 1)", 'DELETE FROM a WHERE b = $1'],
  ['prisma.$executeRaw(Prisma.sql`DROP TABLE a`)', 'DROP TABLE a'],
  ['prisma.$queryRaw`UPDATE a SET b = ${1}`', 'UPDATE a SET b = ${value}'],
])('Prisma: %s', (call, sql) => {
  const top = "import { Prisma, PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();\n";
  const code = readCode('prisma', `${top}export async function run() { await ${call}; }`);
  expect(operations(code)).toEqual(operations(readSql(sql)));
});

test('Prisma’s reads send nothing that counts, and a list of queries is a transaction', () => {
  const inUp = (body: string): ReturnType<typeof seen> =>
    seen('prisma', `export const run = async ({ prisma }) => { ${body} };`);
  expect(inUp('await prisma.user.findMany(); await prisma.user.count();')).toEqual([]);
  expect(inUp('await prisma.$transaction([prisma.user.deleteMany(), prisma.order.deleteMany()]);')).toEqual([
    ['beginTransaction', '$transaction'],
    ['delete', 'deleteMany()'],
    ['delete', 'deleteMany()'],
    ['commitTransaction', ')'],
  ]);
});

test('Payload’s own calls are no models of Prisma', () => {
  const text =
    "export async function up({ payload }) { await payload.update({ collection: 'users', data: {} }); await payload.find({}); }";
  expect(seen('payload', text)).toEqual([['unreadable', "payload.update({ collection: 'users', data: {} })"]]);
});

test.each([
  [
    'a script that starts itself',
    'async function main() { await prisma.$executeRaw`DROP TABLE a`; }\nmain().catch(() => {});',
  ],
  ['a script of its top level', 'await prisma.$executeRaw`DROP TABLE a`;'],
  ['a function that is the module', 'export default async () => { await prisma.$executeRaw`DROP TABLE a`; };'],
  ['the only function it exports', 'export async function fill() { await prisma.$executeRaw`DROP TABLE a`; }'],
  [
    'an object that a runner runs',
    'export const step = { run: async ({ tx }) => { await tx.$executeRaw`DROP TABLE a`; } };',
  ],
])('a step may be %s', (_, body) => {
  const top = "import { PrismaClient } from '@prisma/client';\nconst prisma = new PrismaClient();\n";
  expect(seen('prisma', top + body)).toEqual([['dropTable', 'DROP TABLE a']]);
});

test('a step in which nothing is found says so', () => {
  expect(seen('prisma', 'export const a = 1;')).toEqual([['unreadable', 'e']]);
});
