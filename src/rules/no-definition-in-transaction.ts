import type { Operation } from '../operations/operations.ts';
import { defineRule } from './rule.ts';
import { isBefore, isLiveCollection } from './shared/collections.ts';

/** What each definition is called in the message. */
const NAMES = {
  createCollection: 'creating a collection',
  dropCollection: 'dropping a collection',
  renameCollection: 'renaming a collection',
  createDocumentIndex: 'building an index on a collection that is there',
  dropDocumentIndex: 'dropping an index',
  hideDocumentIndex: 'hiding an index',
  modifyCollection: 'collMod',
} as const;

export default defineRule({
  id: 'no-definition-in-transaction',
  meta: {
    description:
      'Disallow in a transaction what MongoDB refuses there: dropping, renaming, collMod, indexes on live data.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration ends with \`OperationNotSupportedInTransaction\`, and the transaction is undone.`,
      why: `A transaction takes reads and writes of documents. Of definitions it takes, from MongoDB 4.4, new collections and indexes
on those that it made or that are empty (MongoDB manual, "Transactions and Operations").`,
      safe: `Do the definitions outside of the transaction, before it or after it: without its session.

\`\`\`js
await db.collection('users').createIndex({ email: 1 });
await session.withTransaction(async () => {
  await db.collection('users').updateOne({ _id }, { $set: { email } }, { session });
});
\`\`\``,
      exemptions: [
        'Calls that are not given the session: they run outside of the transaction.',
        'New collections and their indexes, from MongoDB 4.4.',
      ],
      whenNotToUse: 'Never.',
      otherTools: {},
    },
    messages: {
      found: 'MongoDB refuses this in a transaction: {{what}} is not allowed there.',
    },
    examples: [
      {
        title: 'An index in a transaction',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async (db, client) => {
  const session = client.startSession();
  await session.withTransaction(async () => {
    await db.collection('users').createIndex({ email: 1 }, { session });
  });
};`,
        findings: [{ at: 'createIndex({ email: 1 }, { session })', message: 'building an index' }],
      },
      {
        title: 'A new collection with its index, and a drop outside',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async (db, client) => {
  const session = client.startSession();
  session.startTransaction();
  await db.createCollection('accounts', { session });
  await db.collection('accounts').createIndex({ email: 1 }, { session });
  await session.commitTransaction();
  await db.collection('old_accounts').drop();
};`,
        findings: [],
      },
      {
        title: 'A new collection, before 4.4',
        dialect: 'mongodb',
        serverVersion: '4.2',
        library: 'migrate-mongo',
        up: `module.exports.up = async (db, client) => {
  const session = client.startSession();
  await session.withTransaction(() => db.createCollection('accounts', { session }));
};`,
        findings: [{ at: "createCollection('accounts', { session })", message: 'creating a collection' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const takesNew = !isBefore(context.server, '4.4');
    return {
      operation(operation: Operation, { state }) {
        if (!Object.hasOwn(NAMES, operation.kind) || state.transaction.status !== 'open') return;
        if (!('inSession' in operation) || operation.inSession !== true) return;
        const { kind, collection } = operation;
        const isNew = !isLiveCollection(context, collection, state);
        if (takesNew && (kind === 'createCollection' || (kind === 'createDocumentIndex' && isNew))) return;
        context.report({
          operation,
          messageId: 'found',
          data: { what: NAMES[kind as keyof typeof NAMES] },
          help: 'Do it outside of the transaction, without its session.',
        });
      },
    };
  },
});
