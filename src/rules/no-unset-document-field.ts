import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { fieldsTaken } from './shared/collections.ts';

export default defineRule({
  id: 'no-unset-document-field',
  meta: {
    description: 'Disallow taking a field away from the documents of a collection from before this deploy.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The values are gone for good, and the old release reads documents without a field that it relies on: no error says so,
it goes on with \`undefined\`.`,
      why: `A field that a deploy finds is in use until the release that does without it is everywhere. \`$unset\` deletes it from
each document (MongoDB manual, \`$unset\`), and no down brings the values back.`,
      safe: `Release the code that does without the field first. Take it away in a later migration that says since when it is unused.

\`\`\`js
// surefoot-contract users.nick: unused since v1.42
await db.collection('users').updateMany({ nick: { $exists: true } }, { $unset: { nick: '' } });
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        'The contract phase: files under `contractPaths`, and fields that a `surefoot-contract` comment says are unused.',
        'Fields that hold nothing in the documents that the filter selects.',
        'One document that is selected by `updateOne` outside of a loop.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run and the values are kept elsewhere.',
      otherTools: {},
    },
    messages: {
      found:
        'This deletes the values of {{collection}}.{{field}} for good, and the release that still runs finds no value there.',
    },
    examples: [
      {
        title: 'A field of every document',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').updateMany({}, { $unset: { nick: '' } });",
        findings: [{ at: "$unset: { nick: '' }", message: 'users.nick' }],
      },
      {
        title: 'As a stage of a pipeline',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').updateMany({ a: 1 }, [{ $unset: ['nick', 'fax'] }]);",
        findings: [{ at: "$unset: ['nick', 'fax']", message: 'users.nick, fax' }],
        inDocs: false,
      },
      {
        title: 'Where it holds nothing',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.collection('users').updateMany({ phone: { $in: [null, ''] } }, { $unset: { phone: '' } });
  await db.collection('users').updateMany({ fax: null }, { $unset: { fax: '' } });
};`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The contract phase',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `// surefoot-contract users.nick: unused since v1.42
module.exports.up = db => db.collection('users').updateMany({ nick: { $exists: true } }, { $unset: { nick: '' } });`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      updateDocuments(operation, { state }) {
        for (const { range, field } of fieldsTaken(context, operation, '$unset', state)) {
          context.report({
            operation,
            range,
            messageId: 'found',
            data: { collection: displayName(operation.collection), field },
            help: 'Release the code that does without it first; take it away in a later deploy, with a surefoot-contract comment.',
          });
        }
      },
    };
  },
});
