import { constraintsOf } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { labelOf } from './shared/live-relations.ts';
import { onNewTables } from './shared/new-tables.ts';

export default defineRule({
  id: 'require-primary-key',
  meta: {
    description: 'Require a primary key in each new table.',
    cause: 'schema',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'error', conventions: 'warn' },
    docs: {
      failure: `Two equal rows cannot be told apart, so neither can be corrected or deleted alone. With logical replication, UPDATE and DELETE
fail: \`cannot update table "t" because it does not have a replica identity\`. Backfills cannot go through the table in batches.`,
      why: `ORMs, logical replication, batches and tools that repack tables address rows by the primary key. To add one later takes a unique
index, a NOT NULL and a scan of a table that is then in use. (PostgreSQL manual, "Logical Replication", "Publication".)`,
      safe: `\`\`\`sql
CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE members (team_id bigint, user_id bigint, PRIMARY KEY (team_id, user_id));
\`\`\``,
      exemptions: [
        'Partitions, temporary and foreign tables, and children by inheritance.',
        'A table that gets its primary key later in the same migration, or is dropped there.',
        'A table whose constraints the history does not show in full.',
      ],
      whenNotToUse: 'Where rows are only ever added and read as a whole.',
      otherTools: { MigrationPilot: 'MP045', splinter: 'no_primary_key', Bytebase: 'table_require_pk', skeema: 'pk' },
    },
    messages: {
      unkeyed:
        'Rows of {{table}} cannot be told apart: without a primary key replicas look for each changed row in the whole table, and neither batches nor online changes can go by key.',
      missing:
        'Rows of {{table}} cannot be told apart: without a primary key they are not updated by logical replication, nor in batches.',
    },
    examples: [
      {
        title: 'A table of MySQL without a key',
        dialect: 'mysql',
        up: 'CREATE TABLE logs (at datetime, line text);',
        findings: [{ at: 'CREATE TABLE logs', message: 'without a primary key replicas look' }],
        inDocs: false,
      },
      {
        title: 'No primary key',
        up: 'CREATE TABLE events (at timestamptz NOT NULL, payload jsonb);',
        findings: [{ at: 'CREATE TABLE events', message: 'Rows of events' }],
      },
      {
        title: 'A unique constraint is none; a copy of a query has none',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE b (id bigint NOT NULL UNIQUE);\nCREATE TABLE c AS SELECT id FROM a;\nCREATE TABLE d (LIKE a);',
        findings: [{ at: 'CREATE TABLE b' }, { at: 'CREATE TABLE c' }, { at: 'CREATE TABLE d' }],
        inDocs: false,
      },
      {
        title: 'With a primary key',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (x int, y int, PRIMARY KEY (x, y));',
        findings: [],
      },
      {
        title: 'Added later in the migration',
        up: 'CREATE TABLE a (id bigint);\nALTER TABLE ONLY a ADD CONSTRAINT a_pkey PRIMARY KEY (id);',
        findings: [],
      },
      {
        title: 'Copied, inherited, partitioned, temporary, dropped again',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE p (id bigint) PARTITION BY HASH (id);',
        up: `CREATE TABLE b (LIKE a INCLUDING ALL);
CREATE TABLE c () INHERITS (a);
CREATE TABLE p0 PARTITION OF p FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE TEMP TABLE t (id int);
CREATE TABLE u (id int);
DROP TABLE u;
CREATE TABLE IF NOT EXISTS a (id int);`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        up: 'CREATE TABLE logs (at datetime NOT NULL);',
        findings: [{ at: 'CREATE TABLE logs' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onNewTables(context, ({ table, operation, statement }) => {
      if (!table.complete || table.inherits.length > 0 || constraintsOf(table, 'primaryKey').length > 0) return;
      context.report({
        operation,
        statement,
        messageId: context.server.dialect === 'postgres' ? 'missing' : 'unkeyed',
        data: { table: labelOf(table) },
        help: 'Give it a primary key, of its own or over the columns that name a row.',
      });
    });
  },
});
