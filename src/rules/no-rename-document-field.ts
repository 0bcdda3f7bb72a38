import { mongoForms } from '../fixes/mongodb.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { fieldsTaken } from './shared/collections.ts';

export default defineRule({
  id: 'no-rename-document-field',
  meta: {
    description: 'Disallow $rename of a field that running code reads and writes by its old name.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The old release reads documents without the field, as if it had never been set, and writes it back under the old name:
from then on some documents have one name, some the other, and some both.`,
      why: `Documents are renamed one by one while two releases run. \`$rename\` takes the old field away, and whatever the document
has under the new name already (MongoDB manual, \`$rename\`). It does not reach into the elements of arrays.`,
      safe: `Expand, then contract: write both fields from the code, copy the older documents' values in batches, read the new
field, and take the old one away in a later deploy.

\`\`\`js
await db.collection('users').updateMany({ region: { $exists: false } }, [{ $set: { region: '$country' } }]);
\`\`\``,
      exemptions: [
        'Collections that the same deploy made.',
        'A rename of one document by `updateOne` outside of a loop.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {},
    },
    messages: {
      found:
        'The release that still runs reads and writes {{collection}}.{{field}}: documents that were renamed lack it, and those it writes get it back.',
    },
    examples: [
      {
        title: 'A field of every document',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = db =>
  db.collection('users').updateMany({}, { $rename: { country: 'region' } });`,
        findings: [{ at: "$rename: { country: 'region' }", message: 'users.country' }],
      },
      {
        title: 'One document after the other',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  for await (const user of db.collection('users').find())
    await db.collection('users').updateOne({ _id: user._id }, { $rename: { country: 'region' } });
};`,
        findings: [{ at: "$rename: { country: 'region' }" }],
        inDocs: false,
      },
      {
        title: 'A copy under the new name',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = db =>
  db.collection('users').updateMany({ region: { $exists: false } }, [{ $set: { region: '$country' } }]);`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      updateDocuments(operation, { state }) {
        for (const { range, field, fields } of fieldsTaken(context, operation, '$rename', state)) {
          const only = fields.length === 1 ? fields[0] : undefined;
          context.report({
            operation,
            range,
            messageId: 'found',
            data: { collection: displayName(operation.collection), field },
            help: 'Copy the value to the new field, let the code write both, and take the old one away in a later deploy.',
            ...(only?.newName === undefined
              ? {}
              : mongoForms(context.project.tool.id).renamedField(operation, only.name, only.newName)),
          });
        }
      },
    };
  },
});
