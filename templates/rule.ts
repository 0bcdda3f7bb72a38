import { displayName } from '../src/operations/names.ts';
import { defineRule } from '../src/rules/rule.ts';

export default defineRule({
  id: 'rule-id',
  meta: {
    description: 'Prevent a table that is in use from being dropped.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { all: 'error' },
    docs: {
      failure: 'What a user sees in production when this goes wrong.',
      why: 'The lock, the loss, or the code that breaks, with the source of what is not obvious.',
      safe: `The safe pattern in full.

\`\`\`sql
SELECT 1;
\`\`\``,
      exemptions: ['The table was created in the same deploy: nobody else uses it yet.'],
      whenNotToUse: 'When to switch it off.',
      otherTools: {},
    },
    messages: {
      found: 'Dropping {{table}} loses its rows.',
    },
    examples: [
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'DROP TABLE users;',
        findings: [{ at: 'DROP TABLE users', message: 'users' }],
      },
      {
        title: 'A table made in the same migration',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nDROP TABLE users;',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      dropTable(operation, site) {
        if (context.isNew(context.resolve(operation.table, site.state), site.state)) return;
        context.report({
          operation,
          messageId: 'found',
          data: { table: displayName(operation.table) },
          help: 'What to do instead, in a sentence or two.',
        });
      },
    };
  },
});
