import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isLiveCollection } from './shared/collections.ts';

export default defineRule({
  id: 'no-strict-validator',
  meta: {
    description: 'Disallow validation that refuses at once what running code writes to a live collection.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `\`Document failed validation\`: the old release inserts as it always did and is refused, and an update of any old
document that does not fit fails, whatever field the update is about.`,
      why: `A validator holds from the moment that \`collMod\` sets it. With \`validationLevel: 'strict'\` and \`validationAction: 'error'\`,
which are the defaults, it holds for all inserts and updates; documents that are there are not checked, and are found out one by
one when somebody writes to them (MongoDB manual, "Specify Validation Level for Existing Documents").`,
      safe: `Let it warn first, read the log, put the documents right, and make it strict in a later deploy.

\`\`\`js
await db.command({ collMod: 'users', validator, validationAction: 'warn' });
// A later deploy:
await db.command({ collMod: 'users', validator, validationAction: 'error' });
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        '`validationAction: "warn"`, `validationLevel: "moderate"` or `"off"`.',
        'A collection whose validation an earlier deploy had warn, or hold for valid documents only.',
        'An empty validator: it takes the old one away.',
      ],
      whenNotToUse: 'Where the application checks the same rules already, and always has.',
      otherTools: {},
    },
    messages: {
      found:
        'From now on {{collection}} refuses writes that running code makes, and updates of old documents that do not fit.',
    },
    examples: [
      {
        title: 'Strict at once',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.command({ collMod: 'users', validator: { $jsonSchema: { required: ['email'] } } });",
        findings: [
          {
            at: "command({ collMod: 'users', validator: { $jsonSchema: { required: ['email'] } } })",
            message: 'users refuses',
          },
        ],
      },
      {
        title: 'It warns first',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = db =>
  db.command({ collMod: 'users', validator: { $jsonSchema: { required: ['email'] } }, validationAction: 'warn' });`,
        findings: [],
      },
      {
        title: 'It has warned since an earlier deploy',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        history:
          "module.exports.up = db => db.command({ collMod: 'users', validator: { a: 1 }, validationAction: 'warn' });",
        up: "module.exports.up = db => db.command({ collMod: 'users', validator: { a: 1 }, validationAction: 'error' });",
        findings: [],
      },
      {
        title: 'For valid documents only, and no validator at all',
        dialect: 'mongodb',
        library: 'mongosh',
        up: "db.runCommand({ collMod: 'users', validator: { a: 1 }, validationLevel: 'moderate' });\ndb.runCommand({ collMod: 'users', validator: {} });",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      modifyCollection(operation, { state }) {
        const { collection, validator, validationLevel, validationAction } = operation;
        const isMild = /^(?:moderate|off)$/.test(validationLevel ?? '') || validationAction === 'warn';
        if (validator !== 'set' || isMild || !isLiveCollection(context, collection, state)) return;
        const before = context.resolveTable(collection, context.before)?.options ?? [];
        const wasMild = before.some(
          ({ name, value }) =>
            (name === 'validationAction' && value === 'warn') || (name === 'validationLevel' && value === 'moderate'),
        );
        if (wasMild) return;
        context.report({
          operation,
          messageId: 'found',
          data: { collection: displayName(collection) },
          help: "Say validationAction: 'warn' first, and make it strict in a later deploy.",
        });
      },
    };
  },
});
