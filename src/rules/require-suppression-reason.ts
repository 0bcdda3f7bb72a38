import { defineRule } from './rule.ts';

export default defineRule({
  id: 'require-suppression-reason',
  meta: {
    description: 'Require every suppression to say why.',
    cause: 'hygiene',
    scope: 'file',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: 'The next reader cannot tell whether the danger was weighed or only the noise switched off.',
      why: 'A reason takes one line now, and an outage to find out later.',
      safe: `Write it after two dashes, in the same comment.

\`\`\`sql
-- surefoot-disable-next-line no-rename-table -- nothing has used this table since release 41
ALTER TABLE legacy RENAME TO legacy_2024;
\`\`\``,
      exemptions: [],
      whenNotToUse: 'Where reasons are kept in the commit messages.',
      otherTools: { pgsafe: 'suppression-missing-reason' },
    },
    messages: { missing: 'This suppression does not say why: add "-- <reason>".' },
    examples: [
      {
        title: 'No reason',
        history: 'CREATE TABLE legacy (id int);',
        up: '-- surefoot-disable-next-line no-rename-table\nALTER TABLE legacy RENAME TO old;',
        findings: [{ at: '-- surefoot-disable-next-line no-rename-table', message: 'does not say why' }],
      },
      {
        title: 'A reason after two dashes',
        history: 'CREATE TABLE legacy (id int);',
        up: '-- surefoot-disable-next-line no-rename-table -- unused since release 41\nALTER TABLE legacy RENAME TO old;',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      suppressions(suppressions) {
        for (const { range, reason } of suppressions) {
          if (reason === '') context.report({ range, messageId: 'missing' });
        }
      },
    };
  },
});
