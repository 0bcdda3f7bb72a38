import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { inUseAndLarge, labelsOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-concurrent-index-drop',
  meta: {
    description: 'Require an index of a live table to be dropped without blocking its readers and writers.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    hasSuggestions: true,
    docs: {
      failure: `The drop itself is quick, but it has to wait for every query that is running on the table, and every query that
comes after it waits behind it. One report that takes a minute turns into a minute in which the table cannot be read or written.`,
      why: `\`DROP INDEX\` takes an ACCESS EXCLUSIVE lock on the table of the index, not on the index alone, and holds it until its
transaction ends. \`DROP INDEX CONCURRENTLY\` waits for running queries without a lock that others queue behind. (PostgreSQL
manual, "DROP INDEX".)`,
      safe: `Drop it concurrently, one index per statement, in a migration that runs outside a transaction.

\`\`\`sql
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
\`\`\``,
      exemptions: [
        'The table, or the index, was created in the same deploy.',
        'Indexes of partitioned tables: the server refuses CONCURRENTLY there.',
        'IF EXISTS of an index that the history dropped: nothing is locked.',
        'Indexes of tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped, or no query on the table takes long.',
      otherTools: {
        squawk: 'require-concurrent-index-deletion',
        strong_migrations: 'remove_index',
        pgfence: 'drop-index-not-concurrent',
        Atlas: 'PG102',
      },
    },
    messages: {
      blocks:
        'Dropping {{index}} waits for all running queries on {{table}} and makes every later read and write wait too.',
    },
    examples: [
      {
        title: 'An index of a table that is in use',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX users_email_idx ON users (email);',
        up: 'DROP INDEX users_email_idx;',
        findings: [{ at: 'DROP INDEX users_email_idx', message: 'users' }],
      },
      {
        title: 'An index that the history does not show is taken to be in use',
        up: 'DROP INDEX IF EXISTS app."Users_idx";',
        findings: [{ at: 'DROP INDEX IF EXISTS app."Users_idx"', message: 'app.Users_idx' }],
        inDocs: false,
      },
      {
        title: 'Dropped concurrently',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX users_email_idx ON users (email);',
        up: 'DROP INDEX CONCURRENTLY users_email_idx;',
        findings: [],
      },
      {
        title: 'A table made in the same migration',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX a ON users (email);\nDROP INDEX a;',
        findings: [],
      },
      {
        title: 'An index of a partitioned table',
        history:
          'CREATE TABLE events (id bigint, at date) PARTITION BY RANGE (at);\nCREATE INDEX events_at ON events (at);',
        up: 'DROP INDEX events_at;',
        findings: [],
      },
      {
        title: 'The down of a concurrent build is not judged',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        down: 'DROP INDEX users_email_idx;',
        findings: [],
      },
      {
        title: 'An index that is gone already',
        history: 'CREATE TABLE t (n int);\nCREATE INDEX t_n ON t (n);\nDROP INDEX t_n;',
        up: 'DROP INDEX IF EXISTS t_n;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropIndex(operation, site) {
        if (operation.concurrently) return;
        const { state } = site;
        const index = context.resolve(operation.index, state);
        const table = index?.kind === 'index' ? state.schema.relations.get(index.table) : undefined;
        if (context.isNew(index, state) || (table?.kind === 'table' && table.partitionBy !== undefined)) return;
        if (index?.kind === 'index' && (index.constraint !== undefined || index.partitionOf !== undefined)) return;
        // Of an index that no migration made the table is not known, and neither is who waits: what is locked is.
        const { blocksReads, locks } = site.ownEffects;
        const waiting = inUseAndLarge(context, index === undefined ? locks : blocksReads, state);
        if (waiting.length === 0) return;
        const { object } = operation.anchors ?? {};
        context.report({
          operation,
          messageId: 'blocks',
          data: {
            index: displayName(operation.index),
            table: table === undefined ? `the table of ${labelsOf(waiting.slice(0, 1))}` : labelsOf([table]),
          },
          help: 'Drop it with CONCURRENTLY, in a migration that runs outside a transaction.',
          ...safeForms(context.server).concurrentIndexDrop(operation),
          ...(object === undefined || site.statement.operations.length > 1
            ? {}
            : {
                suggestions: [
                  {
                    message: 'Drop the index CONCURRENTLY (the migration must run outside a transaction)',
                    edits: [{ start: object[1], end: object[1], text: ' CONCURRENTLY' }],
                  },
                ],
              }),
        });
      },
    };
  },
});
