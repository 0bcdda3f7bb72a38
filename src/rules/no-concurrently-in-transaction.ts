import type { Project } from '../linter/migration.ts';
import type { Operation } from '../operations/operations.ts';
import type { OpenTransaction } from '../schema/state.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-concurrently-in-transaction',
  meta: {
    description: 'Disallow CONCURRENTLY and other statements that cannot run in a transaction where one is open.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The deploy stops at \`ERROR: CREATE INDEX CONCURRENTLY cannot run inside a transaction block\` (SQLSTATE 25001), and
everything else in the transaction is rolled back. On a database where the migration was tried by hand, without the tool, it went
well.`,
      why: `CONCURRENTLY commits in between: it takes several transactions to do its work, so it cannot be part of one. VACUUM, CREATE
and DROP DATABASE, ALTER SYSTEM, REINDEX of a schema or a database, and DETACH PARTITION … CONCURRENTLY are the same. The transaction
may be the one that the migration tool opens around each file, a BEGIN in the file, the implicit one that the server puts around
several statements sent as one query (PostgreSQL manual, "Multiple Statements in a Simple Query"), or a DO block, which always
runs inside the transaction of its own statement. Flyway keeps, since 9.1, a transaction open on a second connection as its lock, and
CONCURRENTLY waits for that one to end, for ever (flyway/flyway#3508), unless \`flyway.postgresql.transactional.lock\` is false.`,
      safe: `Give the statement a migration of its own and switch the tool's transaction off for it: \`-- +goose NO TRANSACTION\`,
\`-- migrate:up transaction:false\` (dbmate), \`executeInTransaction=false\` (Flyway), \`exports.config = { transaction: false }\`
(Knex), \`autocommit_block()\` (Alembic). Where several statements are sent as one query, it must be the only one.

\`\`\`sql
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
\`\`\``,
      exemptions: [
        'No transaction is open: the tool opens none, the file opts out, or an earlier COMMIT ended it.',
        'The only statement of a migration that is sent as one query.',
      ],
      whenNotToUse: 'Never: the statement fails on every server.',
      otherTools: {
        squawk: 'ban-concurrent-index-creation-in-transaction',
        pgfence: 'concurrent-in-transaction',
        Atlas: 'PG103',
        'postgres-language-server': 'banConcurrentIndexCreationInTransaction',
        Bytebase: 'statement.non-transactional',
      },
    },
    messages: {
      tool: 'This cannot run inside a transaction, and {{tool}} opens one around the migration: it fails here.',
      file: 'This cannot run inside a transaction, and the BEGIN above is still open: it fails here.',
      implicit:
        'This cannot run inside a transaction, and the server puts one around several statements sent as one query: it fails here.',
      held: 'This waits for transactions on other connections to end, and {{tool}} keeps one open meanwhile as its lock: it may wait for ever.',
      block: 'This cannot run inside a DO block, which is part of a transaction: it fails here.',
    },
    examples: [
      {
        title: 'Inside a transaction of the file',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'BEGIN;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);\nCOMMIT;',
        findings: [{ at: 'CREATE INDEX CONCURRENTLY users_email_idx', message: 'BEGIN' }],
      },
      {
        title: "Inside the tool's transaction",
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX users_email_idx ON users (email);',
        transaction: 'migration',
        up: 'DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;',
        findings: [{ at: 'DROP INDEX CONCURRENTLY IF EXISTS users_email_idx', message: 'opens one around' }],
      },
      {
        title: 'Several statements sent as one query',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        transaction: 'implicit',
        up: "SET lock_timeout = '2s';\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
        findings: [{ at: 'CREATE INDEX CONCURRENTLY users_email_idx', message: 'one query' }],
      },
      {
        title: 'VACUUM and REINDEX',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nREINDEX TABLE CONCURRENTLY users;\nVACUUM users;\nCOMMIT;',
        findings: [{ at: 'REINDEX TABLE CONCURRENTLY users' }, { at: 'VACUUM users' }],
      },
      {
        title: 'A DO block has no way out of its transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: "DO $$ BEGIN\n  EXECUTE 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email)';\nEND $$;",
        findings: [{ at: 'CREATE INDEX CONCURRENTLY users_email_idx', message: 'DO block' }],
        inDocs: false,
      },
      {
        title: 'A down fails just the same',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        down: 'BEGIN;\nDROP INDEX CONCURRENTLY users_email_idx;\nCOMMIT;',
        findings: [{ at: 'DROP INDEX CONCURRENTLY users_email_idx', direction: 'down' }],
        inDocs: false,
      },
      {
        title: 'Outside a transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);\nVACUUM users;',
        findings: [],
      },
      {
        title: 'The only statement of a query',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        transaction: 'implicit',
        up: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'After the COMMIT',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nALTER TABLE users ADD COLUMN email text;\nCOMMIT;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'Without CONCURRENTLY a transaction is fine',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        transaction: 'migration',
        up: 'CREATE INDEX users_email_idx ON users (email);\nREINDEX TABLE users;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const messages = { tool: 'tool', file: 'file', implicit: 'implicit' } as const satisfies Record<
      OpenTransaction['owner'],
      string
    >;
    return {
      statement(statement, site) {
        if (site.effects.transaction === 'allowed') return;
        const { transaction } = site.state;
        const nested = statement.parent !== undefined;
        if (transaction.status !== 'open' && !nested) {
          const { heldTransaction } = context.segment;
          if (heldTransaction === undefined || !statement.operations.some(isConcurrent)) return;
          context.report({
            messageId: 'held',
            data: { tool: context.project.tool.title },
            severity: 'warn',
            help: `Set ${heldTransaction}, or make sure that the runner does.`,
          });
          return;
        }
        context.report({
          messageId: nested || transaction.status !== 'open' ? 'block' : messages[transaction.owner],
          data: { tool: context.project.tool.title },
          help: wayOut(context.project, nested || transaction.status !== 'open' || transaction.owner === 'file'),
        });
      },
    };
  },
});

/** Whether it waits for the transactions that are open on other connections. */
function isConcurrent(operation: Operation): boolean {
  return 'concurrently' in operation && operation.concurrently === true;
}

/** What to do, in the tool's own terms where its transaction is in the way. */
function wayOut({ tool }: Project, isOwn: boolean): string {
  const { outside } = tool.facts;
  if (isOwn || outside === undefined) return 'Put it into a migration of its own that runs outside a transaction.';
  if (outside === null) {
    return `${tool.title} has no way out of its transaction: run it by hand before the deploy, and let the migration find it done (IF NOT EXISTS).`;
  }
  return `Put it into a migration of its own, and ${outside}: ${tool.title} then runs it outside a transaction.`;
}
