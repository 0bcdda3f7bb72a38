import { defineRule } from './rule.ts';
import { firstUnprotected, timeoutAdvice } from './shared/unprotected.ts';

export default defineRule({
  id: 'require-statement-timeout',
  meta: {
    description: 'Require a statement_timeout before a migration locks a live table.',
    cause: 'blocks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { strict: 'warn' },
    hasSuggestions: true,
    docs: {
      failure: `A change that was thought to take a moment reads or writes a table of a size that nobody expected, and the table stays
blocked until somebody finds the session and cancels it.`,
      why: `\`lock_timeout\` limits the wait for a lock, not the time that the lock is held. \`statement_timeout\` ends a statement that
takes too long, and with it the lock. It is followed through SET, SET LOCAL, RESET, ROLLBACK and \`set_config()\` as the server does.`,
      safe: `\`\`\`sql
SET statement_timeout = '5s';
ALTER TABLE users ADD COLUMN region text;
RESET statement_timeout;
\`\`\`

Switch it off again before a concurrent index build or a validation, which may take long and block nobody.`,
      exemptions: [
        'Statements that block nobody: CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT, backfills.',
        'New and temporary tables.',
        '`timeouts.statement` in the configuration; a value that only the run knows.',
        'All but the first such statement of a migration.',
      ],
      whenNotToUse: 'Where the role that runs migrations has a statement_timeout of its own.',
      otherTools: {
        squawk: 'require-statement-timeout',
        pgfence: 'missing-statement-timeout',
        'postgres-language-server': 'requireStatementTimeout',
        MigrationPilot: 'MP020',
      },
    },
    messages: {
      none: 'This keeps {{tables}} from all {{traffic}} for as long as it runs: no statement_timeout ends it.',
    },
    examples: [
      {
        title: 'No timeout',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN region text;",
        findings: [{ at: 'ALTER TABLE users', message: 'users' }],
      },
      {
        title: 'Switched off',
        up: "SET statement_timeout = '5s';\nSET statement_timeout TO 0;\nALTER TABLE users ADD COLUMN region text;",
        findings: [{ at: 'ALTER TABLE users' }],
        inDocs: false,
      },
      {
        title: 'With a timeout',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "SET statement_timeout = '5s';\nALTER TABLE users ADD COLUMN region text;",
        findings: [],
      },
      {
        title: 'Statements that block nobody',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        up: 'CREATE INDEX CONCURRENTLY users_n_idx ON users (n);\nUPDATE users SET n = 0 WHERE n IS NULL;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nALTER TABLE users ADD COLUMN region text;',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      statement: firstUnprotected('statement_timeout', Number.POSITIVE_INFINITY, context, ({ data, site }) => {
        context.report({ messageId: 'none', data, ...timeoutAdvice('statement_timeout', '5s', context, site) });
      }),
    };
  },
});
