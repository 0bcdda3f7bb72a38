import { displayName, spellings } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-unbounded-delete-many',
  meta: {
    description: 'Disallow deleteMany without a filter on a collection that is in use.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every document is gone, those that users wrote a moment ago too. While it runs the oplog fills and secondaries fall
behind.`,
      why: `\`deleteMany({})\` deletes all documents, one by one (MongoDB manual, \`deleteMany\`). An empty filter is often one that was
meant to hold something: a variable that was \`undefined\`, a key that was misspelt.`,
      safe: `Name what is to go, in batches by \`_id\` where that is much. To empty a collection that nobody uses any more, drop it in a
later deploy with a \`surefoot-contract\` comment.

\`\`\`js
await db.collection('sessions').deleteMany({ expiresAt: { $lt: new Date() } });
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        'Filters of any kind, and those that only the run knows.',
        'The contract phase: files under `contractPaths`, and collections that a `surefoot-contract` comment says are unused.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run and every collection has a backup.',
      otherTools: {},
    },
    messages: {
      found: 'This deletes every document of {{collection}} for good, while running code still uses it.',
    },
    examples: [
      {
        title: 'Every document',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('sessions').deleteMany({});",
        findings: [{ at: 'deleteMany({})', message: 'every document of sessions' }],
      },
      {
        title: 'The old method of the shell',
        dialect: 'mongodb',
        library: 'mongosh',
        up: 'db.sessions.remove({});\ndb.sessions.remove({}, true);',
        findings: [{ at: 'remove({})' }],
        inDocs: false,
      },
      {
        title: 'Those that have expired',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('sessions').deleteMany({ expiresAt: { $lt: new Date() } });",
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      deleteDocuments(operation, { state }) {
        const { collection, many, filter } = operation;
        if (!many || filter !== 'all' || !isLiveCollection(context, collection, state)) return;
        if (context.isContracted(...spellings(collection))) return;
        context.report({
          operation,
          messageId: 'found',
          data: { collection: displayName(collection) },
          help: 'Name what is to go; a collection that nobody uses any more is dropped in a later deploy.',
        });
      },
    };
  },
});
