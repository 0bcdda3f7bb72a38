import { mongoForms } from '../fixes/mongodb.ts';
import { displayName } from '../operations/names.ts';
import { indexesOf } from '../schema/lookup.ts';
import { defineRule } from './rule.ts';
import { isBefore, isLiveCollection } from './shared/collections.ts';

/**
 * Whether an index is one on these fields: as the history shows its own, or as the name says that the server makes up, each
 * field with its order or its type (MongoDB manual, "Index Names").
 */
function isOnFields(index: string, known: readonly string[] | undefined, fields: readonly string[]): boolean {
  if (known !== undefined && known.length > 0) return known.join('\n') === fields.join('\n');
  const rest = fields.reduce<string | undefined>((name, field) => {
    const order = /^_(?:-?1|text|hashed|2d|2dsphere)(?:_|$)/;
    return name?.startsWith(field) && order.test(name.slice(field.length))
      ? name.slice(field.length).replace(order, '')
      : undefined;
  }, index);
  return rest === '';
}

export default defineRule({
  id: 'require-hidden-index-before-drop',
  meta: {
    description: 'Require an index to be hidden for a while before it is dropped.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A query that nobody thought of used the index: it now reads the whole collection, each time. Bringing the index back
means building it again over all documents, while the database is under that load.`,
      why: `An index that is hidden is not used by the planner, but kept up to date, and there again at once when it is unhidden
(MongoDB manual, "Hidden Indexes", from 4.4). A dropped one has to be built.`,
      safe: `Hide it in one deploy, watch the slow queries, and drop it in a later one.

\`\`\`js
await db.command({ collMod: 'users', index: { name: 'email_1', hidden: true } });
// A later deploy:
await db.collection('users').dropIndex('email_1');
\`\`\``,
      exemptions: [
        'An index that an earlier deploy has hidden, or that this one made.',
        'Indexes of collections that the same deploy made.',
        'An index that is made anew in the same migration, with other options or under another name.',
        'Servers before 4.4, which cannot hide indexes.',
      ],
      whenNotToUse: 'Where all collections are small.',
      otherTools: {},
    },
    messages: {
      one: 'Queries that use {{index}} of {{collection}} read the whole collection from now on, until it is built again.',
      all: 'Queries read the whole of {{collection}} from now on: all of its indexes but that of _id go.',
    },
    examples: [
      {
        title: 'An index that queries may use',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').dropIndex('email_1');",
        findings: [{ at: "dropIndex('email_1')", message: 'email_1 of users' }],
      },
      {
        title: 'All at once',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').dropIndexes();",
        findings: [{ at: 'dropIndexes()', message: 'all of its indexes' }],
      },
      {
        title: 'It was hidden in an earlier deploy',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        history: [
          { up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 });" },
          {
            up: "module.exports.up = db => db.command({ collMod: 'users', index: { name: 'email_1', hidden: true } });",
          },
        ],
        up: "module.exports.up = db => db.collection('users').dropIndex({ email: 1 });",
        findings: [],
      },
      {
        title: 'It was hidden, and is not any more',
        dialect: 'mongodb',
        library: 'mongosh',
        history:
          "db.users.createIndex({ email: 1 });\ndb.users.hideIndex('email_1');\ndb.users.unhideIndex('email_1');",
        up: "db.users.dropIndex('email_1');",
        findings: [{ at: "dropIndex('email_1')" }],
        inDocs: false,
      },
      {
        title: 'Hidden in the same deploy, nobody has watched anything',
        dialect: 'mongodb',
        library: 'mongosh',
        history: 'db.users.createIndex({ email: 1 });',
        up: "db.users.hideIndex('email_1');\ndb.users.dropIndex('email_1');",
        findings: [{ at: "dropIndex('email_1')" }],
        inDocs: false,
      },
      {
        title: 'Hidden in the same deploy, an index that the history does not show',
        dialect: 'mongodb',
        library: 'mongosh',
        up: "db.users.hideIndex('email_1');\ndb.users.dropIndex('email_1');",
        findings: [{ at: "dropIndex('email_1')" }],
        inDocs: false,
      },
      {
        title: 'It is made anew with other options',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.collection('users').dropIndex('email_1');
  await db.collection('users').createIndex({ email: 1 }, { sparse: true });
};`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'It is made anew under another name',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: `module.exports.up = async db => {
  await db.collection('users').dropIndex('email_1');
  await db.collection('users').createIndex({ email: 1 }, { name: 'by_email' });
};`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'It is made anew under another name, and had one of its own',
        dialect: 'mongodb',
        library: 'mongosh',
        history: "db.users.createIndex({ email: 1, at: -1 }, { name: 'old' });",
        up: "db.users.createIndex({ email: 1, at: -1 }, { name: 'new' });\ndb.users.dropIndex('old');",
        findings: [],
        inDocs: false,
      },
      {
        title: 'Another one is made',
        dialect: 'mongodb',
        library: 'mongosh',
        up: "db.users.dropIndex('email_1');\ndb.users.createIndex({ name: 1 });\ndb.other.createIndex({ email: 1 }, { name: 'e' });",
        findings: [{ at: "dropIndex('email_1')" }],
        inDocs: false,
      },
      {
        title: 'A server that cannot hide indexes',
        dialect: 'mongodb',
        serverVersion: '4.2',
        library: 'mongosh',
        up: "db.users.dropIndex('email_1');",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const operations = context.segment.script.statements.flatMap(statement => statement.operations);
    const isHiddenHere = (collection: string, index: string | undefined): boolean =>
      operations.some(
        each => each.kind === 'hideDocumentIndex' && each.collection.name === collection && each.index === index,
      );
    const isMadeAnew = (collection: string, index: string, fields: readonly string[] | undefined): boolean =>
      operations.some(
        each =>
          each.kind === 'createDocumentIndex' &&
          each.collection.name === collection &&
          (each.name === index || (each.fields.length > 0 && isOnFields(index, fields, each.fields))),
      );
    return {
      dropDocumentIndex(operation, { state }) {
        const { collection, index, all } = operation;
        if (isBefore(context.server, '4.4') || context.isSmall(collection)) return;
        if (!isLiveCollection(context, collection, state)) return;
        const owner = context.resolveTable(collection, context.before);
        const known = owner === undefined ? [] : indexesOf(context.before, owner);
        const before = known.find(each => each.name === index);
        if (before?.visible === false) return;
        const now = context.resolveTable(collection, state);
        const made = now === undefined ? undefined : indexesOf(state, now).find(each => each.name === index);
        if (made !== undefined && context.isNew(made, state) && !isHiddenHere(collection.name, index)) return;
        const fields = before?.elements.flatMap(({ column }) => column ?? []);
        if (index !== undefined && isMadeAnew(collection.name, index, fields)) return;
        context.report({
          operation,
          messageId: all ? 'all' : 'one',
          data: { collection: displayName(collection), index: index ?? 'this index' },
          help: 'Hide it (collMod, index.hidden), and drop it in a later deploy.',
          ...mongoForms(context.project.tool.id).droppedIndex(operation),
        });
      },
    };
  },
});
