import { displayName } from '../operations/names.ts';
import type { DataChange, Operation } from '../operations/operations.ts';
import { defineRule } from './rule.ts';
import { targetOf } from './shared/bulk-writes.ts';
import { isSchemaChange } from './shared/changes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { dataChangesOf } from './shared/row-selection.ts';

export default defineRule({
  id: 'no-mixed-schema-and-data',
  meta: {
    description: 'Disallow schema changes and data changes in one migration.',
    cause: 'data',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { strict: 'error' },
    docs: {
      failure: `The ALTER TABLE at the top is done in a millisecond, but its lock stays until the UPDATE below it has gone through the
table, and so long nobody reads it. When the UPDATE fails, the schema change is rolled back too, or, without a transaction, is
there although the tool has the migration down as failed.`,
      why: `Locks are held until the transaction ends (PostgreSQL manual, "Explicit Locking"). Schema changes want to be short and
to run before the release; data changes take long, want to be repeatable, and can run while the release is live.`,
      safe: `One migration for the schema, another for the data.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD COLUMN region text;
-- migration 2
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000 AND region IS NULL;
\`\`\``,
      exemptions: ['Data of a table that the same deploy creates: a seed.', 'Migrations of one kind only.'],
      whenNotToUse: 'Where the tool or the team wants one file per feature and every table is small.',
      otherTools: { MigrationPilot: 'MP080', Bytebase: 'statement_disallow_mix_in_ddl' },
    },
    messages: {
      mixed:
        'This changes data of {{table}} in a migration that also changes the schema: the locks of the one wait for the other.',
    },
    examples: [
      {
        title: 'A column and its backfill',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN region text;\nUPDATE users SET region = 'eu';",
        findings: [{ at: 'UPDATE users', message: 'changes data of users' }],
      },
      {
        title: 'The other way round',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);\nCREATE TABLE a (id int);',
        up: 'DELETE FROM a;\nALTER TABLE users DROP COLUMN region;',
        findings: [{ at: 'DELETE FROM a' }],
        inDocs: false,
      },
      {
        title: 'The seed of a new table',
        up: 'CREATE TABLE plans (id int PRIMARY KEY);\nINSERT INTO plans VALUES (1);',
        findings: [],
      },
      {
        title: 'The schema alone',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        findings: [],
      },
      {
        title: 'Data alone; settings and transactions are neither',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "BEGIN;\nSET LOCAL lock_timeout = '2s';\nUPDATE users SET region = 'eu' WHERE id = 1;\nANALYZE users;\nCOMMIT;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: "ALTER TABLE users ADD COLUMN kind varchar(9);\nUPDATE users SET kind = 'a' WHERE id = 1;",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    let schema = false;
    let first: { readonly change: DataChange; readonly statement: number } | undefined;
    return {
      operation(operation: Operation, site) {
        schema ||= isSchemaChange(operation);
        for (const change of dataChangesOf(operation)) {
          const relation = context.resolve(targetOf(change), site.state);
          if (first === undefined && !context.isNew(relation, site.state)) first = { change, statement: site.index };
        }
      },
      segmentEnd() {
        if (!schema || first === undefined) return;
        context.report({
          operation: first.change,
          statement: first.statement,
          messageId: 'mixed',
          data: { table: displayName(targetOf(first.change)) },
          help: 'Move the data change into a migration of its own.',
        });
      },
    };
  },
});
