import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isQuiet, onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

interface Options {
  /** Rows. */
  readonly max: number;
}

export default defineRule<Options>({
  id: 'max-batch-size',
  meta: {
    description: 'Limit how many rows one batch of a backfill may touch.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'error' },
    optionsSchema: {
      type: 'object',
      properties: {
        max: {
          type: 'integer',
          minimum: 1,
          description: 'Rows that one batch may touch. 500 to 2,000 is a good size.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { max: 10_000 },
    docs: {
      failure: `Each batch takes seconds: users who save one of its rows wait that long, replicas lag in steps, and a deadlock with the
application throws a large piece of work away.`,
      why: `The rows of a batch are locked until it commits. Beyond a few thousand rows per commit nothing gets faster, as the cost
of a commit is spread thin enough; only the waiting grows.`,
      safe: `Batches of 500 to 2,000 rows, each committed.

\`\`\`sql
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000 AND region IS NULL;
\`\`\``,
      exemptions: [
        'Sizes that only the run knows: a variable, a parameter.',
        'Statements without a batch: `no-unbounded-update` and `no-unbounded-delete` judge those.',
        'Tables created in the same deploy, and those listed under `smallTables`.',
      ],
      whenNotToUse: 'Where the database has no other users while migrations run.',
      otherTools: { Bytebase: 'statement_affected_row_limit' },
    },
    messages: {
      large:
        'One batch touches up to {{rows}} rows of {{table}}, more than {{max}}: they all stay locked until it commits.',
    },
    examples: [
      {
        title: 'A range that is too wide',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 50000;",
        findings: [{ at: 'UPDATE users', message: 'up to 50000 rows of users, more than 10000' }],
      },
      {
        title: 'A large LIMIT in a loop',
        history: 'CREATE TABLE log (id bigint PRIMARY KEY, at timestamptz);',
        up: `DO $$ BEGIN
  LOOP
    DELETE FROM log WHERE id IN (SELECT id FROM log WHERE at < '2020-01-01' LIMIT 100000);
    EXIT WHEN NOT FOUND;
    COMMIT;
  END LOOP;
END $$;`,
        findings: [{ at: 'DELETE FROM log', message: '100000' }],
      },
      {
        title: 'The distance of two bounds',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `DO $$
DECLARE lo bigint := 0;
BEGIN
  WHILE lo < 1000000 LOOP
    UPDATE users SET region = 'eu' WHERE id >= lo AND id < lo + 20000;
    lo := lo + 20000;
    COMMIT;
  END LOOP;
END $$;`,
        findings: [{ at: 'UPDATE users', message: '20000' }],
        inDocs: false,
      },
      {
        title: 'A limit of your own',
        options: { max: 500 },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;",
        findings: [{ at: 'UPDATE users', message: 'more than 500' }],
      },
      {
        title: 'A good size',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;",
        findings: [],
      },
      {
        title: 'Exactly the limit',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE id > 0 AND id <= 10000;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);\nUPDATE users SET n = 1 WHERE id BETWEEN 1 AND 50000;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { max } = context.options;
    return onDataChange((change, _blocks, site) => {
      const selection = selectionOf(change, context, site);
      const rows = 'rows' in selection ? selection.rows : undefined;
      if (rows === undefined || rows <= max || (selection.kind === 'key' && change.kind === 'copyFrom')) return;
      const table = targetOf(change);
      if (isQuiet(context, table, site)) return;
      context.report({
        operation: change,
        messageId: 'large',
        data: { table: displayName(table), rows, max },
        help: 'Take 500 to 2,000 rows per batch and commit each.',
      });
    });
  },
});
