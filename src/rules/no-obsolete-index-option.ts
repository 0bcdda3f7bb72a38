import type { TextEdit } from '../linter/finding.ts';
import type { Range } from '../source/source-file.ts';
import { defineRule } from './rule.ts';
import { isBefore } from './shared/collections.ts';

/** Options that do nothing any more, with the version from which on, and what took their place. */
const OBSOLETE: Readonly<Record<string, { readonly since: string; readonly instead: string }>> = {
  background: {
    since: '4.2',
    instead: 'every build lets others read and write, but for a moment at its start and its end',
  },
  dropDups: { since: '3.0', instead: 'a unique index over duplicates fails to build' },
};

/** Takes an entry out of an object, with the comma behind it or before it. */
function withoutEntry([start, end]: Range, text: string): TextEdit {
  const behind = /^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0;
  const before = behind > 0 ? 0 : (/,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0);
  return { start: start - before, end: end + behind, text: '' };
}

export default defineRule({
  id: 'no-obsolete-index-option',
  meta: {
    description: 'Disallow options of indexes that the server ignores.',
    cause: 'hygiene',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Who reads the migration takes the option for a protection that is not there: \`dropDups\` does not delete duplicates,
so the build fails on them, and \`background: false\` does not keep anybody out.`,
      why: `From MongoDB 4.2 all indexes are built in one way, which holds an exclusive lock on the collection at its start and its
end only; \`background\` is ignored (MongoDB manual, "Index Builds on Populated Collections"). \`dropDups\` went with 3.0.`,
      safe: 'Leave the option out.',
      exemptions: ['`background` on servers before 4.2, where it decides.'],
      whenNotToUse: 'Where the same migrations also run on such old servers.',
      otherTools: {},
    },
    hasSuggestions: true,
    messages: {
      found: 'MongoDB ignores {{option}} since {{since}}: {{instead}}.',
    },
    examples: [
      {
        title: 'An index in the background',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { background: true });",
        findings: [{ at: 'background: true', message: 'ignores background since 4.2' }],
      },
      {
        title: 'Duplicates that nobody drops',
        dialect: 'mongodb',
        library: 'mongosh',
        up: 'db.users.ensureIndex({ email: 1 }, { unique: true, dropDups: true });',
        findings: [{ at: 'dropDups: true', message: 'fails to build' }],
      },
      {
        title: 'A server on which it decides',
        dialect: 'mongodb',
        serverVersion: '4.0',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { background: true });",
        findings: [],
        inDocs: false,
      },
      {
        title: 'Options that do something',
        dialect: 'mongodb',
        library: 'migrate-mongo',
        up: "module.exports.up = db => db.collection('users').createIndex({ email: 1 }, { sparse: true, name: 'by_email' });",
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createDocumentIndex(operation) {
        for (const { name, range } of operation.options) {
          const obsolete = Object.hasOwn(OBSOLETE, name) ? OBSOLETE[name] : undefined;
          if (obsolete === undefined || isBefore(context.server, obsolete.since)) continue;
          context.report({
            operation,
            range,
            messageId: 'found',
            data: { option: name, ...obsolete },
            help: 'Leave it out.',
            suggestions: [{ message: `Leave ${name} out`, edits: [withoutEntry(range, context.segment.file.text)] }],
          });
        }
      },
    };
  },
});
