import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-rename-collection',
  meta: {
    description: 'Disallow renaming a collection that running code uses by its old name.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The old release goes on with the old name. No error tells it that the collection is gone: it reads no documents, and
its first insert makes an empty collection of the old name. What it writes there is missing from the renamed one, and nobody notices
until the data is compared.`,
      why: `A rename takes effect at once, a release does not: for a while both run. \`renameCollection\` also ends open cursors and
invalidates change streams on the collection (MongoDB manual, \`renameCollection\`).`,
      safe: `Keep the name, and give it another one in the code only. Where it has to be renamed, copy: make the new collection with
its indexes, let the code write to both, copy the older documents in batches, read from the new one, and drop the old one in a later
deploy.`,
      exemptions: [
        'Collections that the same deploy made.',
        'A collection whose old name a view takes over in the same migration, while it is only read.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {},
    },
    messages: {
      found:
        'The release that still runs uses {{collection}}: it finds nothing there from now on, and its writes make a new, empty collection of that name.',
    },
    examples: [
      {
        title: 'A collection that is in use',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').rename('accounts');",
        findings: [{ at: "rename('accounts')", message: 'uses users: it finds nothing there' }],
      },
      {
        title: 'By the database command',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = (db, client) => client.db('admin').command({ renameCollection: 'app.users', to: 'app.accounts' });",
        findings: [{ at: "command({ renameCollection: 'app.users', to: 'app.accounts' })" }],
        inDocs: false,
      },
      {
        title: 'A collection of the same migration',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  const made = await db.createCollection('users_new');
  await made.rename('members');
};`,
        findings: [],
      },
      {
        title: 'A view takes the old name over',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.collection('users').rename('accounts');
  await db.createCollection('users', { viewOn: 'accounts', pipeline: [] });
};`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      renameCollection(operation, { state }) {
        const { collection } = operation;
        const takesOver = context.segment.script.statements.some(({ operations }) =>
          operations.some(
            each => each.kind === 'createCollection' && each.isView && each.collection.name === collection.name,
          ),
        );
        if (takesOver || !isLiveCollection(context, collection, state)) return;
        context.report({
          operation,
          messageId: 'found',
          data: { collection: displayName(collection) },
          help: 'Keep the name, or copy the documents to the new collection while the code writes to both.',
        });
      },
    };
  },
});
