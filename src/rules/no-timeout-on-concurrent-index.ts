import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { inUseAndLarge } from './shared/live-relations.ts';
import { durationText, type Timeout, timeoutInEffect } from './shared/timeouts.ts';

export default defineRule({
  id: 'no-timeout-on-concurrent-index',
  meta: {
    description: 'Disallow a timeout that would cancel a concurrent index build or the validation of a constraint.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The build is cancelled after the timeout, as large as the table is, on every try. Each try leaves an index marked
INVALID, which queries do not use and writes still maintain.`,
      why: `A concurrent build takes as long as the table is big, and waits for every transaction that was open when it began.
\`statement_timeout\` counts all of that, \`lock_timeout\` counts each wait. Neither protects anybody here, as the build blocks no
reads and no writes. \`VALIDATE CONSTRAINT\` reads the whole table under a lock that lets writes through: a \`statement_timeout\`
only makes it fail.`,
      safe: `Switch both off for the build, and on again after it.

\`\`\`sql
SET lock_timeout = 0;
SET statement_timeout = 0;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
RESET lock_timeout;
RESET statement_timeout;
\`\`\``,
      exemptions: [
        'No timeout is in effect: never set, RESET, 0, or ended with its transaction.',
        'A value that only the run knows.',
        'New tables, and tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where the timeout was chosen with the length of the build in mind.',
      otherTools: { strong_migrations: 'safe_by_default (raises the timeouts)' },
    },
    messages: {
      build: '{{timeout}} is {{value}}: it cancels a build that takes longer and leaves an invalid index on {{table}}.',
      validate: '{{timeout}} is {{value}}: it cancels a validation of {{table}} that takes longer.',
    },
    examples: [
      {
        title: 'A timeout for the whole file',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
        findings: [{ at: 'CREATE INDEX CONCURRENTLY users_email_idx', message: 'lock_timeout is 2 s' }],
      },
      {
        title: 'A validation that is cut short',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        up: "SET statement_timeout = '90s';\nALTER TABLE users VALIDATE CONSTRAINT adult;",
        findings: [{ at: 'VALIDATE CONSTRAINT adult', message: '90 s' }],
      },
      {
        title: 'REINDEX too',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'SET statement_timeout TO 300000;\nREINDEX INDEX CONCURRENTLY users_pkey;',
        findings: [{ at: 'REINDEX INDEX CONCURRENTLY users_pkey', message: 'statement_timeout is 5 min' }],
        inDocs: false,
      },
      {
        title: 'Switched off before',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: `SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN name text;
SET lock_timeout = 0;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
RESET lock_timeout;
CREATE INDEX CONCURRENTLY users_name_idx ON users (name);`,
        findings: [],
      },
      {
        title: 'Ended with its transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: `BEGIN;
SET LOCAL statement_timeout = '2s';
COMMIT;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);`,
        findings: [],
      },
      {
        title: 'A lock timeout does not cut a validation short',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        up: "SET lock_timeout = '2s';\nALTER TABLE users VALIDATE CONSTRAINT adult;",
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createIndex(operation, site) {
        if (!operation.concurrently) return;
        report('build', displayName(operation.table), operation, site, ['statement_timeout', 'lock_timeout']);
      },
      reindex(operation, site) {
        if (!operation.concurrently) return;
        const name = operation.name === undefined ? operation.target : displayName(operation.name);
        report('build', name, operation, site, ['statement_timeout', 'lock_timeout']);
      },
      validateConstraint(operation, site) {
        report('validate', displayName(operation.table), operation, site, ['statement_timeout']);
      },
    };

    function report(
      messageId: 'build' | 'validate',
      table: string,
      operation: Operation,
      site: OperationSite,
      timeouts: readonly Timeout[],
    ): void {
      const { indexBuilds, scans } = site.ownEffects;
      const read = [...indexBuilds.map(build => build.table), ...scans];
      if (inUseAndLarge(context, read, site.state).length === 0) return;
      const set = timeouts.flatMap(timeout => {
        const value = timeoutInEffect(site.state, timeout);
        return value === undefined || value === 0 ? [] : [{ timeout, value }];
      });
      const [first] = set;
      if (first === undefined) return;
      context.report({
        operation,
        messageId,
        data: { timeout: first.timeout, value: durationText(first.value), table },
        help: 'SET {{timeout}} = 0 before it, and RESET it after: nobody waits for this statement.',
        ...safeForms(context.server).withoutTimeouts(
          set.map(({ timeout }) => timeout),
          site.statement.range,
          context.segment.file,
        ),
      });
    }
  },
});
