import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { breadthOf, isQuiet, onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-unbounded-delete',
  meta: {
    description: 'Disallow deletes that go through a live table in one statement.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The delete runs for minutes or hours. Whoever updates one of its rows, or inserts a row that references one, waits
until it commits; each foreign key that points at the table is checked row by row, and without an index on the referencing column
each check reads that whole table. A delete without WHERE also empties the table, which may not have been meant.`,
      why: `DELETE locks each row until the end of its transaction (PostgreSQL manual, "Explicit Locking", section "Row-Level
Locks"), and leaves it to VACUUM to give the space back, which a long transaction holds up in every table.`,
      safe: `Delete in batches by key, commit each, and pause in between; or write the rows to keep into a new table where most of
them go.

\`\`\`sql
DO $$
DECLARE
  batch_start events.id%TYPE;
  batch_end events.id%TYPE;
BEGIN
  SELECT id INTO batch_start FROM events ORDER BY id LIMIT 1;
  WHILE batch_start IS NOT NULL LOOP
    SELECT id INTO batch_end
    FROM (SELECT id FROM events WHERE id >= batch_start ORDER BY id LIMIT 1000) AS batch
    ORDER BY id DESC LIMIT 1;
    DELETE FROM events WHERE id BETWEEN batch_start AND batch_end AND at < '2020-01-01';
    COMMIT;
    PERFORM pg_sleep(0.05);
    SELECT id INTO batch_start FROM events WHERE id > batch_end ORDER BY id LIMIT 1;
  END LOOP;
END $$;
\`\`\``,
      exemptions: [
        'WHERE with equality, or an IN-list, on all columns of a primary key or unique key.',
        'A batch: a range of a key with both ends, or `IN (SELECT … LIMIT n)`; in a loop only if the loop commits.',
        'Tables created in the same deploy, temporary tables, and those listed under `smallTables`.',
        'A warning, not an error, where the predicate is neither a key nor provably true of most rows.',
      ],
      whenNotToUse: 'Where every table is small, or the application is stopped while migrations run.',
      otherTools: {
        pgfence: 'delete-without-where',
        'postgres-language-server': 'banDeleteWithoutWhere',
        excellent_migrations: 'operation_delete',
        MigrationPilot: 'MP067',
        Bytebase: 'statement_where_required_update_delete',
      },
    },
    messages: {
      all: 'This deletes every row of {{table}} in one transaction: whoever touches any of these rows waits until it ends.',
      some: 'This deletes as many rows of {{table}} as the predicate finds, in one transaction: no key bounds it, and whoever touches one of these rows waits until it ends.',
      loop: 'This loop never commits: it deletes from {{table}} batch by batch, but in one transaction, and all the rows stay locked until the last.',
      merge:
        'This MERGE deletes from {{table}} for all of its source, in one transaction: whoever touches one of these rows waits until it ends.',
    },
    examples: [
      {
        title: 'No WHERE',
        history: 'CREATE TABLE sessions (id uuid PRIMARY KEY, at timestamptz);',
        up: 'DELETE FROM sessions;',
        findings: [{ at: 'DELETE FROM sessions', message: 'every row of sessions' }],
      },
      {
        title: 'A WHERE that holds for every row',
        history: 'CREATE TABLE sessions (id uuid PRIMARY KEY, at timestamptz);',
        up: 'DELETE FROM sessions WHERE at IS NULL OR NOT (at IS NULL);',
        findings: [{ at: 'DELETE FROM sessions', message: 'every row of sessions' }],
      },
      {
        title: 'Any other predicate may pick many rows (a warning)',
        history: 'CREATE TABLE sessions (id uuid PRIMARY KEY, at timestamptz);',
        up: "DELETE FROM sessions WHERE at < now() - interval '1 year';",
        findings: [{ at: 'DELETE FROM sessions', message: 'as many rows of sessions as the predicate finds' }],
      },
      {
        title: 'Rows that a join finds (a warning)',
        history: 'CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a_id int);',
        up: 'DELETE FROM a USING b WHERE b.a_id = a.id;',
        findings: [{ at: 'DELETE FROM a' }],
        inDocs: false,
      },
      {
        title: 'A loop that never commits (a warning)',
        history: 'CREATE TABLE sessions (id bigint PRIMARY KEY);',
        up: `DO $$ BEGIN
  LOOP
    DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT 500);
    EXIT WHEN NOT FOUND;
  END LOOP;
END $$;`,
        findings: [{ at: 'DELETE FROM sessions', message: 'never commits' }],
        inDocs: false,
      },
      {
        title: 'MERGE that deletes (a warning)',
        history: 'CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (a_id int);',
        up: 'MERGE INTO a USING b ON b.a_id = a.id WHEN MATCHED THEN DELETE;',
        findings: [{ at: 'MERGE INTO a' }],
        inDocs: false,
      },
      {
        title: 'Rows picked by their key',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: 'DELETE FROM plans WHERE id IN (1, 2);\nDELETE FROM plans WHERE id = 3 AND name IS NOT NULL;',
        findings: [],
      },
      {
        title: 'Batches in a loop that commits',
        history: 'CREATE TABLE sessions (id bigint PRIMARY KEY);',
        up: `DO $$ BEGIN
  LOOP
    DELETE FROM sessions WHERE id IN (SELECT id FROM sessions LIMIT 500);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;`,
        findings: [],
      },
      {
        title: 'A table made in the same migration',
        up: 'CREATE TABLE plans (id int PRIMARY KEY);\nDELETE FROM plans;',
        findings: [],
      },
      {
        title: 'A predicate that no row fulfils',
        history: 'CREATE TABLE plans (id int PRIMARY KEY);',
        up: 'DELETE FROM plans WHERE id IS NULL;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'DELETE FROM users;',
        findings: [{ at: 'DELETE FROM users', message: 'every row of users' }],
        inDocs: false,
      },
      {
        title: 'A loop on SQL Server, where each statement commits by itself',
        dialect: 'sqlserver',
        history: 'CREATE TABLE dbo.logs (id int PRIMARY KEY, at date);',
        up: "WHILE 1 = 1\nBEGIN\n  DELETE TOP (1000) FROM dbo.logs WHERE at < '2020-01-01';\n  IF @@ROWCOUNT = 0 BREAK;\nEND",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A loop on SQL Server inside a transaction (a warning)',
        dialect: 'sqlserver',
        history: 'CREATE TABLE dbo.logs (id int PRIMARY KEY, at date);',
        up: "BEGIN TRANSACTION;\nWHILE 1 = 1\nBEGIN\n  DELETE TOP (1000) FROM dbo.logs WHERE at < '2020-01-01';\n  IF @@ROWCOUNT = 0 BREAK;\nEND\nCOMMIT;",
        findings: [{ at: 'DELETE TOP (1000) FROM dbo.logs', message: 'never commits' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDataChange((change, blocks, site) => {
      const merges = change.kind === 'merge' && change.actions.includes('delete') && !change.actions.includes('update');
      if (change.kind !== 'delete' && !merges) return;
      const table = targetOf(change);
      if (isQuiet(context, table, site)) return;
      const breadth = breadthOf(selectionOf(change, context, site), blocks);
      if (breadth === undefined) return;
      const messageId = merges ? 'merge' : { all: 'all', some: 'some', loop: 'loop' }[breadth];
      context.report({
        operation: change,
        severity: messageId === 'all' ? 'error' : 'warn',
        messageId,
        data: { table: displayName(table) },
        help: 'Delete by ranges of the key in a loop that commits and pauses, in a migration that runs outside a transaction.',
        ...(change.kind === 'delete' && messageId !== 'loop'
          ? safeForms(context.server).batches(change, site.state, context.segment.file)
          : {}),
      });
    });
  },
});
