import { safeForms } from '../fixes/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { DataChange, Operation } from '../operations/operations.ts';
import type { TableReference } from '../operations/queries.ts';
import { defineRule, type OperationSite } from './rule.ts';
import {
  breadthOf,
  isQuiet,
  onDataChange,
  selectionContext,
  selectionOf,
  selectionOfQuery,
  targetOf,
} from './shared/bulk-writes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { isCopyOfRebuild } from './shared/rebuilds.ts';
import { relationsFrom } from './shared/row-selection.ts';

export default defineRule({
  id: 'no-unbounded-update',
  meta: {
    description: 'Disallow writes that go through a live table in one statement.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration runs for minutes or hours. Every row it has touched stays locked until it ends: users who save one of
these rows wait, their requests time out, and the connection pool runs dry. Autovacuum cannot remove what dies meanwhile, replicas
fall behind, and where it is cancelled all of the work is rolled back.`,
      why: `An UPDATE writes a new version of each row and holds a lock on it until its transaction commits (PostgreSQL manual,
"Explicit Locking", section "Row-Level Locks"). One statement is one transaction at least; in a migration tool that wraps the file,
or all files, in a transaction, the locks of the schema changes before it are held as long. A long transaction also keeps VACUUM
from removing dead rows in every table of the database ("Routine Vacuuming").`,
      safe: `Go through the table in batches by its key, commit each, and pause in between. In PostgreSQL a DO block may commit when
it is not run inside a transaction; a procedure or a job outside the migration does as well.

\`\`\`sql
DO $$
DECLARE
  batch_start users.id%TYPE;
  batch_end users.id%TYPE;
BEGIN
  SELECT id INTO batch_start FROM users ORDER BY id LIMIT 1;
  WHILE batch_start IS NOT NULL LOOP
    SELECT id INTO batch_end
    FROM (SELECT id FROM users WHERE id >= batch_start ORDER BY id LIMIT 1000) AS batch
    ORDER BY id DESC LIMIT 1;
    UPDATE users SET region = 'eu'
    WHERE id BETWEEN batch_start AND batch_end AND region IS NULL;
    COMMIT;
    PERFORM pg_sleep(0.05);
    SELECT id INTO batch_start FROM users WHERE id > batch_end ORDER BY id LIMIT 1;
  END LOOP;
END $$;
\`\`\``,
      exemptions: [
        'WHERE with equality, or an IN-list, on all columns of a primary key or unique key.',
        'A batch: a range of a key with both ends, or `IN (SELECT … LIMIT n)`; in a loop only if the loop commits.',
        'Tables created in the same deploy, temporary tables, and those listed under `smallTables`.',
        'INSERT … SELECT whose rows are spelled out or picked by key, such as a seed with WHERE NOT EXISTS.',
        'CREATE TEMPORARY TABLE … AS, and CREATE TABLE … AS … WITH NO DATA.',
        'A warning, not an error, where the predicate is neither a key nor provably true of most rows: how many rows it picks is not known.',
      ],
      whenNotToUse: 'Where every table is small, or the application is stopped while migrations run.',
      otherTools: {
        pgfence: 'update-in-migration',
        'postgres-language-server': 'banUpdateWithoutWhere',
        excellent_migrations: 'operation_update',
        MigrationPilot: 'MP011',
        Bytebase: 'statement_where_required_update_delete',
      },
    },
    messages: {
      all: 'This updates every row of {{table}} in one transaction: users who save any of these rows wait until it ends.',
      newColumn:
        '{{column}} is new, so it is empty in every row of {{table}}: this updates all of them in one transaction, and users who save any of these rows wait until it ends.',
      some: 'This updates as many rows of {{table}} as the predicate finds, in one transaction: no key bounds it, and users who save one of these rows wait until it ends.',
      loop: 'This loop never commits: it updates {{table}} batch by batch, but in one transaction, and all the rows stay locked until the last.',
      merge:
        'This MERGE goes through all of its source in one transaction: users who save one of the rows of {{table}} that it writes wait until it ends.',
      copy: 'This copies as many rows from {{source}} into {{table}} as there are, in one transaction that may run for long.',
    },
    examples: [
      {
        title: 'No WHERE',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu';",
        findings: [{ at: 'UPDATE users', message: 'every row of users' }],
      },
      {
        title: 'A WHERE that holds for every row',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id IS NOT NULL;",
        findings: [{ at: 'UPDATE users', message: 'every row of users' }],
      },
      {
        title: 'A backfill of a column that the same deploy adds',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN region text;\nUPDATE users SET region = 'eu' WHERE region IS NULL;",
        findings: [{ at: 'UPDATE users', message: 'region is new' }],
      },
      {
        title: 'A join that picks no rows',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, plan int);\nCREATE TABLE plans (id int PRIMARY KEY, active boolean);',
        up: 'UPDATE users SET plan = p.id FROM plans p WHERE p.active;',
        findings: [{ at: 'UPDATE users', message: 'every row of users' }],
      },
      {
        title: 'Any other predicate may pick many rows (a warning)',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [{ at: 'UPDATE users', message: 'as many rows of users as the predicate finds' }],
      },
      {
        title: 'A loop that never commits (a warning)',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$
DECLARE lo bigint := 0;
BEGIN
  WHILE lo < (SELECT max(id) FROM users) LOOP
    UPDATE users SET region = 'eu' WHERE id > lo AND id <= lo + 1000;
    lo := lo + 1000;
  END LOOP;
END $$;`,
        findings: [{ at: 'UPDATE users', message: 'never commits' }],
      },
      {
        title: 'In a DO block, and built by EXECUTE',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$ BEGIN
  UPDATE users SET region = 'eu';
  EXECUTE 'UPDATE users SET region = NULL WHERE true';
END $$;`,
        findings: [{ at: 'UPDATE users' }, { at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'In a common table expression',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);\nCREATE TABLE log (n bigint);',
        up: "WITH moved AS (UPDATE users SET region = 'eu' RETURNING id) SELECT count(*) FROM moved;",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'INSERT … SELECT from a live table (a warning)',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: 'CREATE TABLE regions (name text);\nINSERT INTO regions SELECT DISTINCT region FROM users;',
        findings: [{ at: 'INSERT INTO regions', message: 'from users into regions' }],
      },
      {
        title: 'MERGE and CREATE TABLE AS (warnings)',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, region text);\nCREATE TABLE staged (id bigint, region text);',
        up: `MERGE INTO users u USING staged s ON u.id = s.id WHEN MATCHED THEN UPDATE SET region = s.region;
CREATE TABLE users_copy AS SELECT * FROM users;`,
        findings: [
          { at: 'MERGE INTO users', message: 'goes through all of its source' },
          { at: 'CREATE TABLE users_copy', message: 'from users into users_copy' },
        ],
        inDocs: false,
      },
      {
        title: 'A quoted name that differs in case is another table',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `CREATE TABLE "Users" (id bigint PRIMARY KEY);\nUPDATE users SET region = 'eu' WHERE 1 = 1;`,
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'A row picked by its key',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text UNIQUE, price int);',
        up: "UPDATE plans SET price = 900 WHERE name = 'pro';\nUPDATE plans SET price = 0 WHERE id IN (1, 2, 3);",
        findings: [],
      },
      {
        title: 'A range of the key, in a loop that commits',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$
DECLARE lo bigint := 0;
BEGIN
  WHILE lo < (SELECT max(id) FROM users) LOOP
    UPDATE users SET region = 'eu' WHERE id > lo AND id <= lo + 1000;
    lo := lo + 1000;
    COMMIT;
    PERFORM pg_sleep(0.1);
  END LOOP;
END $$;`,
        findings: [],
      },
      {
        title: 'A table made in the same migration',
        up: 'CREATE TABLE plans (id int PRIMARY KEY, price int);\nINSERT INTO plans VALUES (1, 0);\nUPDATE plans SET price = 5;',
        findings: [],
      },
      {
        title: 'A seed that runs once and twice',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: "INSERT INTO plans (id, name) SELECT 1, 'pro' WHERE NOT EXISTS (SELECT 1 FROM plans WHERE id = 1);",
        findings: [],
        inDocs: false,
      },
      {
        title: 'No rows at all',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: 'CREATE TABLE users_copy AS SELECT * FROM users WHERE false;\nCREATE TEMPORARY TABLE mine AS SELECT * FROM users;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Values from a list, joined by key',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, price int);',
        up: 'UPDATE plans SET price = v.price FROM (VALUES (1, 900), (2, 1900)) AS v (id, price) WHERE plans.id = v.id;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'UPDATE users SET email = lower(email);',
        findings: [{ at: 'UPDATE users', message: 'every row of users' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      ...onDataChange((change, blocks, site) => {
        const table = targetOf(change);
        if (change.kind === 'insert') {
          if (change.source.kind !== 'query' || isCopyOfRebuild(context.segment, site.index)) return;
          const { query } = change.source;
          const sources = relationsFrom(query).filter(({ name }) => !isQuiet(context, name, site));
          const live = isQuiet(context, table, site) ? sources : relationsFrom(query);
          if (breadthOf(selectionOf(change, context, site), blocks) !== undefined) copy(change, table, live);
          return;
        }
        if (isQuiet(context, table, site)) return;
        const selection = selectionOf(change, context, site);
        const breadth = breadthOf(selection, blocks);
        if (breadth === undefined) return;
        if (change.kind === 'merge') {
          if (change.actions.includes('update')) report(change, 'merge', 'warn', site);
        } else if (change.kind === 'update') {
          const column = selection.kind === 'all' ? selection.column : undefined;
          const messageId = column === undefined ? { all: 'all', some: 'some', loop: 'loop' }[breadth] : 'newColumn';
          report(change, messageId, breadth === 'all' ? 'error' : 'warn', site, column);
        }
      }),
      createTable(operation, site) {
        if (operation.query === undefined || operation.withData === false) return;
        if (operation.persistence === 'temporary') return;
        const live = relationsFrom(operation.query).filter(({ name }) => !isQuiet(context, name, site));
        const selection = selectionOfQuery(operation.query, selectionContext(context, site));
        if (breadthOf(selection, operation.blocks ?? []) !== undefined) copy(operation, operation.table, live);
      },
    };

    function copy(operation: Operation, table: ObjectName, from: readonly TableReference[]): void {
      if (from.length === 0) return;
      const sources = [...new Set(from.map(({ name }) => displayName(name)))];
      context.report({
        operation,
        severity: 'warn',
        messageId: 'copy',
        data: { table: displayName(table), source: sources.join(', ') },
        help: 'Copy in batches by key, each committed, outside the migration or in a loop that commits.',
      });
    }

    function report(
      change: DataChange,
      messageId: string,
      severity: 'error' | 'warn',
      site: OperationSite,
      column?: string,
    ): void {
      context.report({
        operation: change,
        severity,
        messageId,
        data: { table: displayName(targetOf(change)), ...(column === undefined ? {} : { column }) },
        help: 'Go by ranges of the key in a loop that commits and pauses, in a migration that runs outside a transaction.',
        ...(change.kind === 'update' && messageId !== 'loop'
          ? safeForms(context.server).batches(change, site.state, context.segment.file)
          : {}),
      });
    }
  },
});
