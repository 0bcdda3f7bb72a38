import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isBefore, isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'require-background-index',
  meta: {
    description: 'Require background: true for an index on a live collection, on servers where it decides.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `All reads and writes of the database wait until the index is built: minutes for a large collection, in which every
request of the application times out.`,
      why: `Before MongoDB 4.2 an index is built in the foreground unless \`background: true\` says otherwise, and that blocks the whole
database which holds the collection (MongoDB 4.0 manual, "Index Builds on Populated Collections").`,
      safe: `\`\`\`js
await db.collection('users').createIndex({ email: 1 }, { background: true });
\`\`\`

Or let the server be a current one: from 4.2 on no build blocks but for a moment.`,
      exemptions: [
        'MongoDB 4.2 and newer, and where nobody says the version.',
        'Collections that the same deploy made.',
      ],
      whenNotToUse: 'Where all collections are small.',
      otherTools: {},
    },
    messages: {
      found:
        'On MongoDB {{version}} this keeps everybody out of the whole database until the index on {{collection}} is built.',
    },
    examples: [
      {
        title: 'In the foreground, on an old server',
        dialect: 'mongodb',
        serverVersion: '4.0',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 });",
        findings: [{ at: 'createIndex({ email: 1 })', message: 'the whole database' }],
      },
      {
        title: 'In the background',
        dialect: 'mongodb',
        serverVersion: '4.0',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { background: true });",
        findings: [],
      },
      {
        title: 'A current server',
        dialect: 'mongodb',
        serverVersion: '7.0',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 });",
        findings: [],
      },
    ],
  },
  create(context) {
    const { server } = context;
    return {
      createDocumentIndex(operation, { state }) {
        const { collection, options } = operation;
        const isBackground = options.some(({ name, value }) => name === 'background' && value !== 'false');
        if (!isBefore(server, '4.2') || isBackground || context.isSmall(collection)) return;
        if (!isLiveCollection(context, collection, state)) return;
        context.report({
          operation,
          messageId: 'found',
          data: { version: server.version, collection: displayName(collection) },
          help: 'Say { background: true }.',
        });
      },
    };
  },
});
