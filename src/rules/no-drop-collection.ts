import { mongoForms } from '../fixes/mongodb.ts';
import { displayName, spellings } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-drop-collection',
  meta: {
    description: 'Disallow dropping a collection, or a database, from before this deploy.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The documents are gone; only a restore from a backup brings them back. The old release, which still runs, finds
nothing: no error tells it so, as MongoDB answers a query on a collection that is not there with no documents, and makes the
collection anew at the next insert, without its indexes and its validation.`,
      why: `A collection that a deploy finds is in use until the release that does without it is everywhere. \`drop()\` and
\`dropDatabase()\` take the indexes along, and end open cursors and change streams (MongoDB manual, \`drop\`, \`dropDatabase\`).`,
      safe: `Release the code that does without the collection first. Drop it in a later migration that says since when it is
unused; Surefoot takes that for a proof.

\`\`\`js
// surefoot-contract old_orders: unused since v1.42
await db.collection('old_orders').drop();
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        'The contract phase: files under `contractPaths`, and collections that a `surefoot-contract` comment says are unused.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run and every collection has a backup.',
      otherTools: {},
    },
    messages: {
      collection: 'This deletes {{collection}} and all of its documents for good, while running code still uses it.',
      database: 'This deletes the database with all of its collections for good.',
      target: 'This deletes the {{target}} that is there, with all of its documents, to take its name.',
    },
    examples: [
      {
        title: 'A collection that is in use',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').drop();",
        findings: [{ at: 'drop()', message: 'deletes users and all of its documents' }],
      },
      {
        title: 'A rename that deletes what has the new name',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users_new').rename('users', { dropTarget: true });",
        findings: [{ at: "rename('users', { dropTarget: true })", message: 'deletes the users that is there' }],
      },
      {
        title: 'A whole database',
        dialect: 'mongodb',
        library: 'mongosh',
        up: 'db.dropDatabase();',
        findings: [{ at: 'dropDatabase()', message: 'deletes the database' }],
        inDocs: false,
      },
      {
        title: 'A collection of the same migration',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.createCollection('scratch');
  await db.collection('scratch').drop();
};`,
        findings: [],
      },
      {
        title: 'The contract phase',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `// surefoot-contract old_orders: unused since v1.42
module.exports.up = db => db.dropCollection('old_orders');`,
        findings: [],
      },
    ],
  },
  create(context) {
    const help =
      'Release the code that does without it first; drop it in a later deploy, with a surefoot-contract comment.';
    return {
      dropCollection(operation, { state }) {
        const { collection } = operation;
        if (!isLiveCollection(context, collection, state) || context.isContracted(...spellings(collection))) return;
        context.report({
          operation,
          messageId: 'collection',
          data: { collection: displayName(collection) },
          help,
          ...mongoForms(context.project.tool.id).droppedCollection(collection.name),
        });
      },
      renameCollection(operation, { state }) {
        const { newName, dropTarget } = operation;
        const target = { name: newName };
        if (!dropTarget || !isLiveCollection(context, target, state) || context.isContracted(newName)) return;
        context.report({ operation, messageId: 'target', data: { target: newName }, help });
      },
      dropDocumentDatabase(operation) {
        context.report({ operation, messageId: 'database', help: 'Do this by hand, with a backup at hand.' });
      },
    };
  },
});
