import { mongoForms } from '../fixes/mongodb.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-unbounded-update-many',
  meta: {
    description: 'Disallow updateMany without a filter on a collection that is in use.',
    cause: 'data',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Every document is written again in one go: the oplog fills, secondaries fall behind, reads from them are stale, and
the cache holds what the migration touched in place of what users read. Stopped half-way, some documents are changed and some are
not, and nothing tells which.`,
      why: `\`updateMany\` changes documents one by one and is atomic for each of them only, not for all (MongoDB manual, "Atomicity and
Transactions"). Without a filter it also changes again, at a second run, what the first run has done.`,
      safe: `Select the documents that still have to be changed, so that a second run goes on where the first stopped, and do it in
batches by \`_id\`.

\`\`\`js
const users = db.collection('users');
for (;;) {
  const batch = await users.find({ region: { $exists: false } }, { projection: { _id: 1 } }).limit(1000).toArray();
  if (batch.length === 0) break;
  await users.updateMany({ _id: { $in: batch.map(user => user._id) } }, { $set: { region: 'eu' } });
}
\`\`\``,
      exemptions: ['Collections that the same deploy made.', 'Filters of any kind, and those that only the run knows.'],
      whenNotToUse: 'Where all collections are small.',
      otherTools: {},
    },
    messages: {
      found:
        'This writes every document of {{collection}} in one go, with no filter to go on by after an interruption.',
    },
    examples: [
      {
        title: 'Every document',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').updateMany({}, { $set: { region: 'eu' } });",
        findings: [{ at: "updateMany({}, { $set: { region: 'eu' } })", message: 'every document of users' }],
      },
      {
        title: 'The old method, of many documents',
        dialect: 'mongodb',
        library: 'mongosh',
        up: "db.users.update({}, { $set: { region: 'eu' } }, { multi: true });",
        findings: [{ at: "update({}, { $set: { region: 'eu' } }, { multi: true })" }],
        inDocs: false,
      },
      {
        title: 'The documents that still lack it, and a new collection',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.collection('users').updateMany({ region: { $exists: false } }, { $set: { region: 'eu' } });
  await db.createCollection('regions');
  await db.collection('regions').updateMany({}, { $set: { a: 1 } });
};`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      updateDocuments(operation, { state }) {
        const { collection, many, filter } = operation;
        if (!many || filter !== 'all' || context.isSmall(collection)) return;
        if (!isLiveCollection(context, collection, state)) return;
        context.report({
          operation,
          messageId: 'found',
          data: { collection: displayName(collection) },
          help: 'Filter by what is still to be done, and write in batches by _id.',
          ...mongoForms(context.project.tool.id).updatedInBatches(operation, context.segment.file),
        });
      },
    };
  },
});
