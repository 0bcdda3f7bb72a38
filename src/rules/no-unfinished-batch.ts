import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { loopsOf, onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';

export default defineRule({
  id: 'no-unfinished-batch',
  meta: {
    description: 'Disallow a batch by LIMIT that no loop repeats: the rest of the rows is never reached.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The migration succeeds, in the test database with its few rows it even does all of the work, and in production the
first thousand rows are migrated and the others are not. The next step, a NOT NULL or the release that reads the new column only,
then fails or shows users empty values.`,
      why: "A migration runs once. A LIMIT picks n rows, and which ones is not said; what is left over is nobody's job.",
      safe: `Repeat the batch until it finds nothing, and commit each round; or go by ranges of the key.

\`\`\`sql
DO $$
BEGIN
  LOOP
    UPDATE users SET region = 'eu'
    WHERE id IN (SELECT id FROM users WHERE region IS NULL ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED);
    EXIT WHEN NOT FOUND;
    COMMIT;
    PERFORM pg_sleep(0.05);
  END LOOP;
END $$;
\`\`\``,
      exemptions: [
        'A batch inside a loop.',
        'A range of the key: it says which rows are meant.',
        'LIMIT 1: one row is meant.',
        'Tables created in the same deploy.',
      ],
      whenNotToUse: 'Where a scheduler runs the same script again and again.',
      otherTools: {},
    },
    messages: {
      unfinished:
        'Only {{rows}} rows of {{table}} are reached: nothing repeats this batch, and the migration never runs again.',
    },
    examples: [
      {
        title: 'TOP of SQL Server, once',
        dialect: 'sqlserver',
        history: 'CREATE TABLE logs (id int PRIMARY KEY, old bit);',
        up: 'DELETE TOP (1000) FROM logs WHERE old = 1;',
        findings: [{ at: 'DELETE TOP (1000) FROM logs' }],
        inDocs: false,
      },
      {
        title: 'A batch that stands alone',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id IN (SELECT id FROM users WHERE region IS NULL LIMIT 1000);",
        findings: [{ at: 'UPDATE users', message: 'Only 1000 rows of users' }],
      },
      {
        title: 'The LIMIT in a common table expression',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `WITH batch AS (SELECT id FROM users WHERE region IS NULL LIMIT 1000)
UPDATE users SET region = 'eu' FROM batch WHERE users.id = batch.id;`,
        findings: [{ at: 'UPDATE users', message: 'Only 1000 rows of users' }],
      },
      {
        title: 'By the row identifier',
        history: 'CREATE TABLE log (at timestamptz);',
        up: 'DELETE FROM log WHERE ctid = ANY (ARRAY(SELECT ctid FROM log LIMIT 500));',
        findings: [{ at: 'DELETE FROM log' }],
        inDocs: false,
      },
      {
        title: 'Repeated until nothing is left',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$ BEGIN
  LOOP
    UPDATE users SET region = 'eu' WHERE id IN (SELECT id FROM users WHERE region IS NULL LIMIT 1000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;`,
        findings: [],
      },
      {
        title: 'A range of the key',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;",
        findings: [],
      },
      {
        title: 'One row is meant',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, admin boolean);',
        up: 'UPDATE users SET admin = true WHERE id = (SELECT id FROM users ORDER BY id LIMIT 1);\nUPDATE users SET admin = true WHERE id IN (SELECT id FROM users ORDER BY id LIMIT 1);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: "UPDATE users SET email = 'x' WHERE email IS NULL LIMIT 1000;",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDataChange((change, blocks, site) => {
      if (change.kind !== 'update' && change.kind !== 'delete') return;
      if (loopsOf(blocks).length > 0) return;
      const selection = selectionOf(change, context, site);
      if (selection.kind !== 'limit' || selection.rows === 1 || selection.rows === 0) return;
      const table = targetOf(change);
      if (context.isNew(context.resolve(table, site.state), site.state)) return;
      context.report({
        operation: change,
        messageId: 'unfinished',
        data: { table: displayName(table), rows: selection.rows ?? 'the first' },
        help: 'Put it into a loop that ends when no row was found, with a COMMIT in each round.',
      });
    });
  },
});
