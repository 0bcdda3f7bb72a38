import { expect, test } from 'vitest';
import type { Script } from '../../../src/operations/statements.ts';
import { ecmascript } from '../../../src/parsers/ecmascript/index.ts';
import { mongodb } from '../../../src/parsers/mongodb.ts';

function read(text: string, tool = 'migrate-mongo'): Script {
  const part = { path: '/m.js', transaction: 'none', entry: 'up' } as const;
  const context = { tool, dialect: 'mongodb', direction: 'up', sql: mongodb } as const;
  return ecmascript.read({ path: '/m.js', text }, part, context);
}

/** Each operation without its places, and the text that it stands at. */
function operations(text: string, tool?: string): readonly unknown[] {
  return read(text, tool).statements.flatMap(statement =>
    statement.operations.map(({ range, head: _, ...operation }) => [
      JSON.parse(JSON.stringify(operation, (key, value) => (/^(?:range|change)$/.test(key) ? undefined : value))),
      text.slice(...range),
    ]),
  );
}

const inUp = (body: string): string => `module.exports = { async up(db, client) { ${body} }, async down() {} };`;
const users = { collection: { name: 'users' } };

// Each row: a call, what it is, and the text it stands at where that is not the call from the method's name on.
test.each([
  ["db.createCollection('users')", { kind: 'createCollection', ...users, isView: false }],
  ["db.createCollection('users', { viewOn: 'a' })", { kind: 'createCollection', ...users, isView: true }],
  ["db.collection('users').drop()", { kind: 'dropCollection', ...users }],
  ["db.dropCollection('users')", { kind: 'dropCollection', ...users }],
  ['db.dropDatabase()', { kind: 'dropDocumentDatabase' }],
  [
    "db.collection('users').rename('people', { dropTarget: true })",
    { kind: 'renameCollection', ...users, newName: 'people', dropTarget: true },
  ],
  [
    "db.renameCollection('users', 'people')",
    { kind: 'renameCollection', ...users, newName: 'people', dropTarget: false },
  ],
  [
    "db.collection('users').createIndex({ a: 1, b: -1 }, { unique: true, background: true })",
    {
      ...{ kind: 'createDocumentIndex', ...users, name: 'a_1_b_-1', fields: ['a', 'b'], unique: true },
      options: [
        { name: 'unique', value: 'true' },
        { name: 'background', value: 'true' },
      ],
    },
  ],
  [
    "db.collection('users').createIndex('a', { name: 'n' })",
    {
      kind: 'createDocumentIndex',
      ...users,
      name: 'n',
      fields: ['a'],
      unique: false,
      options: [{ name: 'name', value: 'n' }],
    },
  ],
  [
    "db.collection('users').createIndex([['a', 'text'], 'b'])",
    { kind: 'createDocumentIndex', ...users, name: 'a_text_b_1', fields: ['a', 'b'], unique: false, options: [] },
  ],
  [
    "db.createIndex('users', 'a')",
    { kind: 'createDocumentIndex', ...users, name: 'a_1', fields: ['a'], unique: false, options: [] },
  ],
  [
    "db.collection('users').createIndex(keys)",
    { kind: 'createDocumentIndex', ...users, fields: [], unique: false, options: [] },
  ],
  ["db.collection('users').dropIndex('a_1')", { kind: 'dropDocumentIndex', ...users, index: 'a_1', all: false }],
  ["db.collection('users').dropIndex({ a: 1 })", { kind: 'dropDocumentIndex', ...users, index: 'a_1', all: false }],
  ["db.collection('users').dropIndexes()", { kind: 'dropDocumentIndex', ...users, all: true }],
  ["db.collection('users').hideIndex('a_1')", { kind: 'hideDocumentIndex', ...users, index: 'a_1', hidden: true }],
  [
    "db.collection('users').updateMany({}, { $rename: { a: 'b' }, $set: { c: 1 } })",
    {
      ...{ kind: 'updateDocuments', ...users, many: true, filter: 'all' },
      operators: [
        { name: '$rename', fields: [{ name: 'a', newName: 'b' }] },
        { name: '$set', fields: [{ name: 'c' }] },
      ],
    },
  ],
  [
    "db.collection('users').updateMany({ a: 1 }, [{ $set: { b: '$a' } }, { $unset: 'a' }])",
    {
      ...{ kind: 'updateDocuments', ...users, many: true, filter: 'some' },
      operators: [
        { name: '$set', fields: [{ name: 'b', newName: '$a' }] },
        { name: '$unset', fields: [{ name: 'a' }] },
      ],
    },
  ],
  [
    "db.collection('users').update({}, change, { multi: true })",
    { kind: 'updateDocuments', ...users, many: true, filter: 'all', operators: [] },
  ],
  [
    "db.collection('users').updateOne(filter, {})",
    { kind: 'updateDocuments', ...users, many: false, filter: 'unknown', operators: [] },
  ],
  ["db.collection('users').deleteMany()", { kind: 'deleteDocuments', ...users, many: true, filter: 'all' }],
  ["db.collection('users').remove({ a: 1 }, true)", { kind: 'deleteDocuments', ...users, many: false, filter: 'some' }],
  ["db.collection('users').insertMany([])", { kind: 'insertDocuments', ...users }],
  [
    "db.command({ collMod: 'users', validator: { a: 1 }, validationAction: 'warn' })",
    { kind: 'modifyCollection', ...users, validator: 'set', validationAction: 'warn' },
  ],
  ["db.command({ collMod: 'users', validator: {} })", { kind: 'modifyCollection', ...users, validator: 'removed' }],
  [
    "client.db('admin').command({ renameCollection: 'app.users', to: 'app.people' })",
    { kind: 'renameCollection', ...users, newName: 'people', dropTarget: false },
  ],
  ['db.collection(NAME).drop()', { kind: 'dropCollection', collection: { name: '${NAME}' } }],
  [
    "db.collection('users').frobnicate()",
    { kind: 'unreadable', reason: 'dynamic', message: 'frobnicate is not read' },
    "db.collection('users').frobnicate()",
  ],
  [
    'db.command(later)',
    { kind: 'unreadable', reason: 'dynamic', message: 'what command is only known when it runs' },
    'db.command(later)',
  ],
  [
    "db.collection('users').aggregate([{ $match: {} }, { $out: 'b' }])",
    { kind: 'other', what: '$out', text: "aggregate([{ $match: {} }, { $out: 'b' }])" },
  ],
] satisfies readonly (readonly [string, object, string?])[])(
  '%s',
  (call, expected, place = call.slice(call.lastIndexOf(`.${/\.(\w+)\((?!.*\)\.\w+\()/.exec(call)![1]!}(`) + 1)) => {
    const { message, ...rest } = expected as { readonly message?: string };
    const wanted =
      message === undefined ? rest : { ...rest, message: message.replace('what command is', 'what command does is') };
    expect(operations(inUp(`await ${call};`))).toEqual([[wanted, place]]);
  },
);

test('several operations of one call stand at their own places', () => {
  const bulk =
    "await db.collection('users').bulkWrite([{ updateMany: { filter: {}, update: { $set: { a: 1 } } } }, { deleteMany: { filter: { a: 2 } } }]);";
  expect(operations(inUp(bulk)).map(each => (each as readonly [{ kind: string }, string])[1])).toEqual([
    '{ updateMany: { filter: {}, update: { $set: { a: 1 } } } }',
    '{ deleteMany: { filter: { a: 2 } } }',
  ]);
  const indexes =
    "await db.collection('users').createIndexes([{ key: { a: 1 }, unique: true }, { key: { b: 1 }, name: 'n' }]);";
  expect(operations(inUp(indexes)).map(each => (each as readonly [{ name: string }, string])[0].name)).toEqual([
    'a_1',
    'n',
  ]);
});

test('collections held in constants, made and given back, and looped over', () => {
  const kinds = (body: string): unknown =>
    read(inUp(body)).statements.flatMap(({ operations: all }) =>
      all.map(each => [each.kind, 'collection' in each ? each.collection.name : '']),
    );
  expect(kinds("const users = db.collection('users'); await users.drop();")).toEqual([['dropCollection', 'users']]);
  expect(kinds("const made = await db.createCollection('a'); await made.createIndex('b');")).toEqual([
    ['createCollection', 'a'],
    ['createDocumentIndex', 'a'],
  ]);
  expect(kinds("for (const name of ['a', 'b']) await db.collection(name).drop();")).toEqual([
    ['dropCollection', 'a'],
    ['dropCollection', 'b'],
  ]);
  expect(
    kinds(
      "for await (const user of db.collection('users').find({})) await db.collection('users').updateOne({ _id: user._id }, { $set: { a: 1 } });",
    ),
  ).toEqual([['updateDocuments', 'users']]);
  expect(
    kinds("await db.collection('users').find().forEach(async u => { await db.collection('b').deleteMany({}); });"),
  ).toEqual([['deleteDocuments', 'b']]);
});

test('in a transaction, writes without its session are said', () => {
  const { statements, facts } = read(
    inUp(`const session = client.startSession();
      await session.withTransaction(async () => {
        await db.collection('a').updateMany({ b: 1 }, { $set: { c: 1 } }, { session });
        await db.collection('a').insertOne({ d: 1 });
        await db.collection('a').createIndex({ e: 1 });
      });`),
  );
  expect(statements.flatMap(({ operations: all }) => all.map(({ kind }) => kind))).toEqual([
    ...['beginTransaction', 'updateDocuments', 'insertDocuments', 'createDocumentIndex', 'commitTransaction'],
  ]);
  expect(facts?.map(({ kind, name }) => [kind, name])).toEqual([['outside transaction', 'db.collection']]);
});

test('models of the project, and functions that are given the database', () => {
  const top = "const User = require('../src/user');\nconst { backfill } = require('../backfill');\n";
  const found = operations(
    `${top}exports.up = async db => { await User.updateMany({}, { $set: { a: 1 } }); await backfill(db); };`,
  );
  expect(found).toEqual([
    [
      {
        ...{ kind: 'updateDocuments', collection: { name: 'User' }, many: true, filter: 'all' },
        operators: [{ name: '$set', fields: [{ name: 'a' }] }],
      },
      'updateMany({}, { $set: { a: 1 } })',
    ],
    [{ kind: 'unreadable', reason: 'dynamic', message: 'what this call does is not in this file' }, 'backfill(db)'],
  ]);
});

test('calls of other files that are waited for are said, those of models that only read are not', () => {
  const top = "const Order = require('../models/order');\nconst jobs = require('../jobs');\n";
  const body = `await Order.find({}).select('a').lean(); await Order.create({ a: 1 }); await jobs.rebuild(1);
    await jobs.logger.info('x'); jobs.format(2); await sleep(10);`;
  const found = operations(`${top}exports.up = async db => { ${body} };`);
  expect(found.map(each => (each as readonly [{ kind: string }, string])[0].kind)).toEqual([
    'insertDocuments',
    'unreadable',
  ]);
});

test('the call that starts a script is waited for by its end', () => {
  const text =
    "const { connect } = require('mongodb');\nasync function main() { db.collection('a').drop(); }\nmain();\n";
  expect(read(text).facts?.map(({ name }) => name)).toEqual(['db.collection']);
});

test('a script for the shell runs as a whole', () => {
  const text =
    "db.users.updateMany({}, { $unset: { a: '' } });\ndb.getCollection('my-logs').drop();\ndb.getSiblingDB('other').a.dropIndex('b_1');\n";
  expect(
    operations(text, 'mongosh').map(each => (each as readonly [{ kind: string; collection: object }, string])[0]),
  ).toMatchObject([
    { kind: 'updateDocuments', collection: { name: 'users' } },
    { kind: 'dropCollection', collection: { name: 'my-logs' } },
    { kind: 'dropDocumentIndex', collection: { name: 'a' }, index: 'b_1' },
  ]);
});
