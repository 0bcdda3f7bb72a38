import { safeForms } from '../fixes/index.ts';
import { defineRule } from './rule.ts';
import { newEnumValuesUsed } from './shared/enum-values.ts';

export default defineRule({
  id: 'no-new-enum-value-in-transaction',
  meta: {
    description: 'Disallow use of a new enum value in the transaction that adds it.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The deploy stops at \`ERROR: unsafe use of new value "archived" of enum type status\` (SQLSTATE 55P04), with the hint
that new enum values must be committed before they can be used. The migration works where its statements are run one by one.`,
      why: `The value becomes visible to other sessions only when the transaction that added it commits; an index built before
that could hold a value that a rollback takes away. So the server refuses every use before the commit: in UPDATE, INSERT, WHERE,
in a default, a CHECK, an index or a view. Values that CREATE TYPE itself lists are fine, and from PostgreSQL 17 also those
added to a type that the same transaction created (measured on 13 to 18).`,
      safe: `Add the value in a migration of its own, and use it in the next one.

\`\`\`sql
-- migration 1
ALTER TYPE status ADD VALUE 'archived';
-- migration 2
UPDATE orders SET status = 'archived' WHERE id BETWEEN 1 AND 1000 AND closed_at IS NOT NULL;
\`\`\``,
      exemptions: [
        'The value was added in another transaction, or each statement runs on its own.',
        'Values of CREATE TYPE; from PostgreSQL 17 values added to a type created in the same transaction.',
        'A text that equals the value but is not of the enum type.',
      ],
      whenNotToUse: 'Never: the statement fails on every server.',
      otherTools: {
        MigrationPilot: 'MP054',
        pgsafe: 'enum-value-used-in-transaction',
        'safe-migrate': 'alter-type-add-value-txn',
      },
    },
    messages: {
      used: "The value '{{value}}' of {{type}} was added in this transaction: using it before the commit fails.",
    },
    examples: [
      {
        title: 'Added and used in one transaction',
        history: "CREATE TYPE status AS ENUM ('open');\nCREATE TABLE orders (id bigint PRIMARY KEY, st status);",
        up: "BEGIN;\nALTER TYPE status ADD VALUE 'archived';\nUPDATE orders SET st = 'archived' WHERE id = 1;\nCOMMIT;",
        findings: [{ at: 'UPDATE orders', message: "'archived'" }],
      },
      {
        title: "In the tool's transaction, as a default and in a query",
        history: "CREATE TYPE status AS ENUM ('open');\nCREATE TABLE orders (id bigint PRIMARY KEY, st status);",
        transaction: 'migration',
        up: `ALTER TYPE status ADD VALUE IF NOT EXISTS 'archived';
ALTER TABLE orders ALTER COLUMN st SET DEFAULT 'archived';
SELECT count(*) FROM orders WHERE st = 'archived';`,
        findings: [{ at: 'ALTER COLUMN st SET DEFAULT' }, { at: 'SELECT count(' }],
      },
      {
        title: 'By a cast, whatever the table',
        history: "CREATE TYPE app.status AS ENUM ('open');\nCREATE TABLE log (st app.status);",
        transaction: 'migration',
        up: "ALTER TYPE app.status ADD VALUE 'archived';\nALTER TABLE log ALTER st SET DEFAULT 'archived'::app.status;",
        findings: [{ at: 'ALTER st SET DEFAULT' }],
        inDocs: false,
      },
      {
        title: 'Before PostgreSQL 17 also for a type made in the same transaction',
        serverVersion: '16',
        up: `BEGIN;
CREATE TYPE status AS ENUM ('open');
ALTER TYPE status ADD VALUE 'archived';
CREATE TABLE orders (id bigint PRIMARY KEY, st status DEFAULT 'archived');
COMMIT;`,
        findings: [{ at: 'CREATE TABLE orders' }],
        inDocs: false,
      },
      {
        title: 'Each statement on its own',
        history: "CREATE TYPE status AS ENUM ('open');\nCREATE TABLE orders (id bigint PRIMARY KEY, st status);",
        up: "ALTER TYPE status ADD VALUE 'archived';\nUPDATE orders SET st = 'archived' WHERE id = 1;",
        findings: [],
      },
      {
        title: 'A type made in the same transaction, from PostgreSQL 17',
        serverVersion: '17',
        up: `BEGIN;
CREATE TYPE status AS ENUM ('open');
ALTER TYPE status ADD VALUE 'archived';
CREATE TABLE orders (id bigint PRIMARY KEY, st status DEFAULT 'archived');
COMMIT;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The values of CREATE TYPE',
        transaction: 'migration',
        up: "CREATE TYPE status AS ENUM ('open', 'archived');\nCREATE TABLE orders (id bigint PRIMARY KEY, st status DEFAULT 'archived');",
        serverVersion: '13',
        findings: [],
      },
      {
        title: 'The same text in a column of another type',
        history:
          "CREATE TYPE status AS ENUM ('open');\nCREATE TABLE orders (id bigint PRIMARY KEY, st status, note text);",
        transaction: 'migration',
        up: `ALTER TYPE status ADD VALUE 'archived';
UPDATE orders SET note = 'archived' WHERE st = 'open';
INSERT INTO orders (id, note) VALUES (1, 'archived');
COMMENT ON TABLE orders IS 'archived';`,
        findings: [],
      },
    ],
  },
  create(context) {
    let added = context.before.transaction.status === 'open';
    return {
      addEnumValue() {
        added = true;
      },
      operation(operation, site) {
        if (!added) return;
        const [used] = newEnumValuesUsed(operation, site.state, context.server);
        if (used === undefined) return;
        context.report({
          operation,
          messageId: 'used',
          data: { value: used.value, type: used.type },
          ...safeForms(context.server).committedEnumValue(
            used.type,
            used.value,
            site.statement.range,
            context.segment.file,
          ),
          help: 'Commit the new value first: add it in a migration of its own.',
        });
      },
    };
  },
});
