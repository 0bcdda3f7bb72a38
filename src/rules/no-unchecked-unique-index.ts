import { mongoForms } from '../fixes/mongodb.ts';
import { displayName } from '../operations/names.ts';
import { indexesOf } from '../schema/lookup.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-unchecked-unique-index',
  meta: {
    description: 'Disallow building a unique index over documents that nobody has looked at for duplicates.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The migration ends with \`E11000 duplicate key error\` in the deploy, after the build has read the whole collection:
there are two documents with one value, or two without the field, which count as two times \`null\`.`,
      why: `A unique index cannot be built over documents that break it (MongoDB manual, "Unique Indexes"). Tests have few documents
and no duplicates; production has them.`,
      safe: `From MongoDB 6.0: build an index that is not unique, refuse new duplicates, put the old ones right, and convert it.

\`\`\`js
await db.collection('users').createIndex({ email: 1 });
await db.command({ collMod: 'users', index: { keyPattern: { email: 1 }, prepareUnique: true } });
// A later deploy, once an aggregation by the key finds nothing twice:
await db.command({ collMod: 'users', index: { keyPattern: { email: 1 }, unique: true } });
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        'A migration that looks for duplicates first: it groups the same collection, or deletes from it.',
      ],
      whenNotToUse: 'Where each deploy is tried on a copy of the data.',
      otherTools: {},
    },
    messages: {
      found: 'This fails if two documents of {{collection}} have the same {{fields}}, and nothing here has looked.',
    },
    examples: [
      {
        title: 'A collection with documents',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { unique: true });",
        findings: [{ at: 'createIndex({ email: 1 }, { unique: true })', message: 'users have the same email' }],
      },
      {
        title: 'Several indexes',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = db => db.collection('users').createIndexes([
  { key: { name: 1 } },
  { key: { email: 1, tenant: 1 }, unique: true },
]);`,
        findings: [{ at: '{ key: { email: 1, tenant: 1 }, unique: true }', message: 'email, tenant' }],
        inDocs: false,
      },
      {
        title: 'A new collection',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.createCollection('accounts');
  await db.collection('accounts').createIndex({ email: 1 }, { unique: true });
};`,
        findings: [],
      },
      {
        title: 'The documents were looked at',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  const users = db.collection('users');
  const twice = await users.aggregate([{ $group: { _id: '$email', n: { $sum: 1 } } }, { $match: { n: { $gt: 1 } } }]).toArray();
  if (twice.length > 0) throw new Error('duplicates');
  await users.createIndex({ email: 1 }, { unique: true });
};`,
        findings: [],
      },
      {
        title: 'An index that is there already',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        history: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { unique: true });",
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { unique: true });",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { file, script } = context.segment;
    const looks = /\$group\b/.test(file.text);
    const deletesFrom = (collection: string): boolean =>
      script.statements.some(({ operations }) =>
        operations.some(each => each.kind === 'deleteDocuments' && each.collection.name === collection),
      );
    return {
      createDocumentIndex(operation, { state }) {
        const { collection, unique, fields, name } = operation;
        if (!unique || looks || deletesFrom(collection.name)) return;
        if (!isLiveCollection(context, collection, state)) return;
        const owner = context.resolveTable(collection, state);
        if (owner !== undefined && indexesOf(state, owner).some(each => each.name === name && each.unique)) return;
        context.report({
          operation,
          messageId: 'found',
          data: {
            collection: displayName(collection),
            fields: fields.length === 0 ? 'key' : fields.join(', '),
          },
          help: 'Look for duplicates first, or build it in steps with prepareUnique (MongoDB 6.0).',
          ...mongoForms(context.project.tool.id).uniqueIndex(operation, file),
        });
      },
    };
  },
});
