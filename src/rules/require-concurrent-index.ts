import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'require-concurrent-index',
  meta: {
    description: 'Require an index on a live table to be built without blocking its writers.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    hasSuggestions: true,
    docs: {
      failure: `Every INSERT, UPDATE and DELETE on the table hangs from the moment the migration starts until the index is built:
seconds on a small table, minutes to hours on a large one. Requests pile up behind them, the connection pool runs dry, and
the application is down although the database is healthy.`,
      why: `\`CREATE INDEX\` takes a SHARE lock on the table for the whole build. Reads go on, writes wait. (PostgreSQL manual,
"Explicit Locking" and "CREATE INDEX", section "Building Indexes Concurrently".) \`CONCURRENTLY\` takes SHARE UPDATE EXCLUSIVE
instead, which lets writes through; it reads the table twice and waits for old transactions, so it takes longer and harms nobody.

On a materialized view it is a warning: only \`REFRESH\` waits for the build. Readers queue up behind one that is not CONCURRENTLY.`,
      safe: `Build it concurrently, in a migration of its own that runs outside a transaction. A failed concurrent build leaves an
invalid index behind, so drop that first; the migration can then be run again.

\`\`\`sql
DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;
CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
\`\`\`

A partitioned table cannot be indexed concurrently. Create the index on the parent alone, build one on each partition
concurrently, and attach them; the parent's index becomes valid with the last one.

\`\`\`sql
CREATE INDEX events_at_idx ON ONLY events (at);
CREATE INDEX CONCURRENTLY events_2026_at_idx ON events_2026 (at);
ALTER INDEX events_at_idx ATTACH PARTITION events_2026_at_idx;
\`\`\``,
      exemptions: [
        'The table was created in the same deploy, is temporary, or is a partition of a new table: nobody else uses it yet.',
        'The index exists already (IF NOT EXISTS), so nothing is built.',
        'ON ONLY a partitioned parent: no rows are read.',
        'A materialized view that the history never filled: there is nothing to read.',
        'Tables listed under `smallTables` in the configuration.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped, so that nobody waits for the lock.',
      otherTools: {
        squawk: 'require-concurrent-index-creation',
        strong_migrations: 'add_index',
        pgfence: 'create-index-not-concurrent',
        eugene: 'E6',
        Atlas: 'PG101',
      },
    },
    messages: {
      blocks: 'Building this index blocks every write to {{table}} until the build is done.',
      partitioned:
        'Building this index blocks every write to {{table}} and all its partitions until the builds are done.',
      view: '{{table}} cannot be refreshed until the index is built, and behind a REFRESH that waits, its readers do.',
    },
    examples: [
      {
        title: 'An index on a table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX users_email_idx ON users (email);',
        findings: [{ at: 'CREATE INDEX users_email_idx', message: 'blocks every write to users' }],
      },
      {
        title: 'Unique indexes block just the same',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE UNIQUE INDEX users_email_key ON users (lower(email)) WHERE email IS NOT NULL;',
        findings: [{ at: 'CREATE UNIQUE INDEX users_email_key' }],
      },
      {
        title: 'A partitioned table',
        history: `CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
        up: 'CREATE INDEX events_at_idx ON events (at);',
        findings: [{ at: 'CREATE INDEX events_at_idx', message: 'all its partitions' }],
      },
      {
        title: 'A materialized view',
        history: `CREATE TABLE sales (day date);
CREATE MATERIALIZED VIEW daily AS SELECT day FROM sales;`,
        up: 'CREATE INDEX daily_day_idx ON daily (day);',
        findings: [{ at: 'CREATE INDEX daily_day_idx', message: 'daily cannot be refreshed' }],
        inDocs: false,
      },
      {
        title: 'A materialized view that is new, or was never filled',
        history: 'CREATE MATERIALIZED VIEW daily AS SELECT 1 AS day WITH NO DATA;',
        up: `CREATE UNIQUE INDEX daily_day_idx ON daily (day);
CREATE MATERIALIZED VIEW weekly AS SELECT 1 AS week;
CREATE UNIQUE INDEX weekly_week_idx ON weekly (week);`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show is taken to be in use',
        up: 'CREATE INDEX ON "Users" (email);',
        findings: [{ at: 'CREATE INDEX ON "Users"', message: 'Users' }],
        inDocs: false,
      },
      {
        title: 'A quoted name that differs in case is another table',
        history: 'CREATE TABLE t (id bigint);',
        up: 'CREATE TABLE "T" (id bigint);\nCREATE INDEX i1 ON t (id);',
        findings: [{ at: 'CREATE INDEX i1' }],
        inDocs: false,
      },
      {
        title: 'Built concurrently',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'A table made in the same migration',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE INDEX users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'A table made by CREATE TABLE AS is new too',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'CREATE TABLE copy AS SELECT * FROM users WHERE false;\nCREATE INDEX copy_email_idx ON copy (email);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'The index of a parent alone reads no rows',
        history: 'CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);',
        up: 'CREATE INDEX events_at_idx ON ONLY events (at);',
        findings: [],
      },
      {
        title: 'IF NOT EXISTS of an index that is there builds nothing',
        history: 'CREATE TABLE t (id bigint, n int);\nCREATE INDEX t_n ON t (n);',
        up: 'CREATE INDEX IF NOT EXISTS t_n ON t (n);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createIndex(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        if (operation.concurrently || context.isNew(relation, site.state) || context.isSmall(operation.table)) return;
        const { indexBuilds, blocksWrites } = site.effects;
        const view = relation?.kind === 'materialized view' ? relation : undefined;
        // A view has no writers to count as waiting, only REFRESH.
        if (indexBuilds.length === 0 || (view === undefined ? blocksWrites.length === 0 : !view.populated)) return;
        const partitioned = relation?.kind === 'table' && relation.partitionBy !== undefined;
        const { object } = operation.anchors ?? {};
        context.report({
          operation,
          messageId: view !== undefined ? 'view' : partitioned ? 'partitioned' : 'blocks',
          ...(view === undefined ? {} : { severity: 'warn' }),
          data: { table: displayName(operation.table) },
          help: partitioned
            ? 'Create it ON ONLY the parent, build one per partition with CONCURRENTLY, then attach those.'
            : 'Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
          ...safeForms(context.server).concurrentIndex(operation, site.state, context.segment.file),
          ...(partitioned || object === undefined || site.statement.parent !== undefined
            ? {}
            : {
                suggestions: [
                  {
                    message: 'Build the index CONCURRENTLY (the migration must run outside a transaction)',
                    edits: [{ start: object[1], end: object[1], text: ' CONCURRENTLY' }],
                  },
                ],
              }),
        });
      },
    };
  },
});
