import { safeForms } from '../fixes/index.ts';
import { displayName, type NameKey, nameKey } from '../operations/names.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-invalid-index-retry',
  meta: {
    description:
      'Disallow IF NOT EXISTS with CREATE INDEX CONCURRENTLY, which takes an invalid leftover for the index.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The first run is cancelled or meets a duplicate, and leaves an index marked INVALID. The second run says that the
index exists, skips it, and the migration counts as done. Queries never use the index, while every write still maintains it; a
unique index guards against some duplicates and not against others.`,
      why: `A concurrent build runs in several transactions, so a failure cannot take back the first of them. IF NOT EXISTS looks at
the name alone. (PostgreSQL manual, "CREATE INDEX", sections "Building Indexes Concurrently" and IF NOT EXISTS.)`,
      safe: `Drop what an earlier try may have left, then build. That can be run again as often as it takes.

\`\`\`sql
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
\`\`\``,
      exemptions: [
        'A DROP INDEX IF EXISTS of that index stands before it in the migration.',
        'The history shows a valid index of that name: nothing is built.',
        'A new table; an index without CONCURRENTLY, which never leaves an invalid one.',
      ],
      whenNotToUse: 'Where failed builds are looked for and repaired by other means.',
      otherTools: { MigrationPilot: 'MP070', strong_migrations: 'remove_invalid_indexes (setting)' },
    },
    messages: {
      skips:
        'If an earlier try failed, {{index}} exists but is invalid: IF NOT EXISTS then skips it and nothing uses the index.',
    },
    examples: [
      {
        title: 'IF NOT EXISTS',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);',
        findings: [{ at: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx', message: 'users_email_idx' }],
      },
      {
        title: 'Dropping another index does not help',
        up: `DROP INDEX CONCURRENTLY IF EXISTS "Users_idx";
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_idx ON users (email);`,
        findings: [{ at: 'CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS users_idx' }],
        inDocs: false,
      },
      {
        title: 'The leftover is dropped first',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: `DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);`,
        findings: [],
      },
      {
        title: 'Without IF NOT EXISTS a leftover is an error that is seen',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'A build that locks leaves nothing behind',
        up: 'CREATE TABLE users (id bigint, email text);\nCREATE INDEX IF NOT EXISTS users_email_idx ON users (email);',
        findings: [],
      },
    ],
  },
  create(context) {
    const dropped = new Set<NameKey>();
    return {
      dropIndex({ index }) {
        dropped.add(nameKey(index.schema ?? '', index.name));
      },
      createIndex(operation, site) {
        const { name, table } = operation;
        if (!operation.concurrently || !operation.ifNotExists || name === undefined) return;
        if (context.isNew(context.resolve(table, site.state), site.state)) return;
        const index = { ...(table.schema === undefined ? {} : { schema: table.schema }), name };
        if (dropped.has(nameKey(index.schema ?? '', name)) || dropped.has(nameKey('', name))) return;
        if (site.ownEffects.indexBuilds.length === 0) return;
        context.report({
          operation,
          messageId: 'skips',
          data: { index: displayName(index) },
          help: 'Drop a leftover with DROP INDEX CONCURRENTLY IF EXISTS first, and leave IF NOT EXISTS out.',
          ...safeForms(context.server).retriableIndex(operation, context.segment.file),
        });
      },
    };
  },
});
