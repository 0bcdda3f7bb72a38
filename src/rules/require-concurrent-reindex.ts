import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { inUseAndLarge } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-concurrent-reindex',
  meta: {
    description: 'Require REINDEX of live tables to run concurrently.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    hasSuggestions: true,
    docs: {
      failure: `The table can neither be read nor written until its indexes are built anew: minutes to hours on a large one.`,
      why: `\`REINDEX\` locks the table against writes and each of its indexes against everything. Planning a query locks every
index of the table, so SELECT waits too, although the manual speaks of writers only (measured on PostgreSQL 13 to 18).`,
      safe: `Rebuild beside the old index and swap, outside a transaction (PostgreSQL 12 and later).

\`\`\`sql
REINDEX INDEX CONCURRENTLY users_email_idx;
\`\`\``,
      exemptions: [
        'REINDEX SYSTEM, which cannot run concurrently.',
        'A table made in the same deploy.',
        'Tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'require-concurrent-reindex',
        pgfence: 'reindex-non-concurrent',
        'django-migration-linter': 'REINDEX',
        'postgres-language-server': 'requireConcurrentReindex',
      },
    },
    messages: {
      blocks: 'Reads and writes of {{what}} wait until its indexes are built anew.',
    },
    examples: [
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'REINDEX TABLE users;',
        findings: [{ at: 'REINDEX TABLE users', message: 'users' }],
      },
      {
        title: 'An index, a schema',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'REINDEX INDEX users_pkey;\nREINDEX (VERBOSE) SCHEMA public;',
        findings: [{ at: 'REINDEX INDEX users_pkey' }, { at: 'REINDEX (VERBOSE) SCHEMA public' }],
        inDocs: false,
      },
      {
        title: 'Concurrently',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'REINDEX TABLE CONCURRENTLY users;\nREINDEX (CONCURRENTLY) INDEX users_pkey;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nREINDEX TABLE users;',
        findings: [],
      },
      {
        title: 'The system catalogue has no other way',
        up: 'REINDEX SYSTEM app;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      reindex(operation, site) {
        const { target, name, concurrently } = operation;
        if (concurrently || target === 'system') return;
        const { blocksReads, blocksWrites } = site.ownEffects;
        const single = target === 'index' || target === 'table';
        if (single && inUseAndLarge(context, [...blocksReads, ...blocksWrites], site.state).length === 0) return;
        const { object } = operation.anchors ?? {};
        context.report({
          operation,
          messageId: 'blocks',
          data: { what: single && name !== undefined ? displayName(name) : `every table of the ${target}` },
          help: 'REINDEX … CONCURRENTLY, in a migration that runs outside a transaction.',
          ...safeForms(context.server).concurrentReindex(operation),
          ...(object === undefined
            ? {}
            : {
                suggestions: [
                  {
                    message: 'Rebuild CONCURRENTLY (the migration must run outside a transaction)',
                    edits: [{ start: object[1], end: object[1], text: ' CONCURRENTLY' }],
                  },
                ],
              }),
        });
      },
    };
  },
});
