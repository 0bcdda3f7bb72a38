import { defineRule } from './rule.ts';
import { inUse, labelOf, trafficOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-lock-table',
  meta: {
    description: 'Disallow LOCK TABLE in a mode that makes readers or writers of a live table wait.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Everything that works on the table hangs until the migration's transaction ends, however long the rest of it takes.`,
      why: `The lock is held until the transaction ends, and queries that come while it waits for its turn queue behind it.
Without a mode, LOCK TABLE takes ACCESS EXCLUSIVE. (PostgreSQL manual, "LOCK".) Statements that change a table take the lock they
need by themselves.`,
      safe: `Leave the lock out and make the steps work beside live traffic: NOT VALID and VALIDATE, CONCURRENTLY, backfills in
batches. Where a lock is the point, take it last, with a timeout, and commit at once.

\`\`\`sql
BEGIN;
SET LOCAL lock_timeout = '2s';
LOCK TABLE users IN SHARE ROW EXCLUSIVE MODE;
-- a change that takes milliseconds
COMMIT;
\`\`\``,
      exemptions: [
        'A table made in the same deploy, and temporary tables.',
        'Modes that neither readers nor writers wait for: ACCESS SHARE, ROW SHARE, ROW EXCLUSIVE, SHARE UPDATE EXCLUSIVE.',
      ],
      whenNotToUse:
        'Where short explicit locks are part of how your migrations work; suppress it there with the reason.',
      otherTools: { MigrationPilot: 'MP065' },
    },
    messages: {
      untilUnlock: 'All {{traffic}} of {{table}} wait until UNLOCK TABLES, or the end of the session.',
      locks: 'All {{traffic}} of {{table}} wait until the transaction of this migration ends.',
    },
    examples: [
      {
        title: 'Without a mode everybody waits',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: 'LOCK TABLE users;',
        findings: [{ at: 'LOCK TABLE users', message: 'All reads and writes of users' }],
      },
      {
        title: 'Writers wait for SHARE ROW EXCLUSIVE',
        up: 'BEGIN;\nLOCK app.users IN SHARE ROW EXCLUSIVE MODE;\nCOMMIT;',
        findings: [{ at: 'LOCK app.users', message: 'All writes of app.users' }],
        inDocs: false,
      },
      {
        title: 'A mode that lets readers and writers through',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: 'LOCK TABLE users IN SHARE UPDATE EXCLUSIVE MODE;\nLOCK TABLE users IN ACCESS SHARE MODE;',
        findings: [],
      },
      {
        title: 'A new table',
        transaction: 'migration',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nLOCK TABLE users;',
        findings: [],
      },
      {
        title: 'A temporary table',
        up: 'BEGIN;\nCREATE TEMP TABLE work (id bigint);\nLOCK TABLE work;\nCOMMIT;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'LOCK TABLES of MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'LOCK TABLES users WRITE;\nUNLOCK TABLES;',
        findings: [{ at: 'LOCK TABLES users', message: 'until UNLOCK TABLES' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      lockTable(operation, site) {
        const { ownEffects, state } = site;
        const [table] = inUse(context, ownEffects.blocksWrites, state);
        if (table === undefined) return;
        context.report({
          operation,
          messageId: context.server.dialect === 'postgres' ? 'locks' : 'untilUnlock',
          data: { table: labelOf(table), traffic: trafficOf(ownEffects, table) },
          help:
            context.server.dialect === 'postgres'
              ? 'Leave the lock out, or take it last, with a lock_timeout, and commit right after it.'
              : 'Leave the lock out, or take it last, and UNLOCK TABLES right after what needs it.',
        });
      },
    };
  },
});
