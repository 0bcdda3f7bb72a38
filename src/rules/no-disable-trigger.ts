import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-disable-trigger',
  meta: {
    description: 'Disallow switching off triggers of a live table.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `What the trigger did (an audit row, a counter, a copy for a rename) is missing for every row that anybody writes
meanwhile. With ALL, foreign keys are not checked either, and rows that point nowhere stay in the table: nothing finds them later.`,
      why: `Triggers are switched off for everybody, not for the migration's session alone, and writers wait for the lock until the
transaction ends. Foreign keys are enforced by internal triggers, which \`DISABLE TRIGGER ALL\` includes; enabling them again checks
nothing. (PostgreSQL manual, "ALTER TABLE", DISABLE TRIGGER.)`,
      safe: `Make the trigger function skip the migration's own writes, and leave it on for everybody else.

\`\`\`sql
BEGIN;
SET LOCAL app.skip_audit = 'on';  -- the trigger function looks at current_setting('app.skip_audit', true)
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;
COMMIT;
\`\`\``,
      exemptions: ['A table made in the same deploy, and temporary tables.', 'ENABLE TRIGGER.'],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        pgfence: 'enable-disable-trigger',
        'postgres-language-server': 'avoidEnableDisableTrigger',
        MigrationPilot: 'MP064',
        'safe-migrate': 'disable-trigger',
      },
    },
    messages: {
      one: 'Trigger {{trigger}} of {{table}} is switched off for every session: what it does is missing for all rows written meanwhile.',
      user: 'All triggers of {{table}} are switched off for every session: what they do is missing for all rows written meanwhile.',
      all: 'All triggers of {{table}} are switched off for every session, foreign keys included: rows that break them can be written and stay.',
    },
    examples: [
      {
        title: 'One trigger',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users DISABLE TRIGGER audit;',
        findings: [{ at: 'DISABLE TRIGGER audit', message: 'audit' }],
      },
      {
        title: 'All of them, foreign keys included',
        up: 'ALTER TABLE app.users DISABLE TRIGGER ALL;',
        findings: [{ at: 'DISABLE TRIGGER ALL', message: 'foreign keys included' }],
      },
      {
        title: 'All but those of constraints',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nALTER TABLE users DISABLE TRIGGER USER;\nALTER TABLE users ENABLE TRIGGER USER;\nCOMMIT;',
        findings: [{ at: 'DISABLE TRIGGER USER', message: 'All triggers' }],
        inDocs: false,
      },
      {
        title: 'Switched on again',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ENABLE TRIGGER ALL;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nALTER TABLE users DISABLE TRIGGER ALL;',
        findings: [],
      },
      {
        title: 'A temporary table',
        up: 'CREATE TEMP TABLE work (id bigint);\nALTER TABLE work DISABLE TRIGGER USER;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      disableTrigger(operation, { state }) {
        const { table, trigger } = operation;
        if (context.isNew(context.resolve(table, state), state)) return;
        context.report({
          operation,
          messageId: trigger === 'all' ? 'all' : trigger === 'user' ? 'user' : 'one',
          data: { table: displayName(table), trigger },
          help: 'Keep the trigger on, and let its function skip the rows that this migration writes.',
        });
      },
    };
  },
});
