import type { Operation } from '../operations/operations.ts';
import { catalogueOf } from '../schema/dialects.ts';
import { defineRule } from './rule.ts';
import { isSchemaChange } from './shared/changes.ts';

export default defineRule({
  id: 'no-implicit-commit',
  meta: {
    description: 'Disallow schema changes in a transaction that they commit.',
    cause: 'rollback',
    scope: 'migration',
    directions: ['up', 'down'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The migration fails in its last statement, the ROLLBACK goes through, and half of it is there all the same: rows changed,
a table made, nothing noted in the tool's history. The next run fails at the first statement, as what it makes exists already.`,
      why: `CREATE, ALTER, DROP, RENAME and TRUNCATE commit the transaction that is open before they begin, and cannot be undone
themselves. BEGIN and COMMIT around them look like all or nothing and are neither. (MySQL manual, "Statements That Cause an Implicit
Commit".)`,
      safe: `One schema change per migration, outside a transaction; changes of rows in a migration of their own, inside of one.

\`\`\`sql
-- migration 1
ALTER TABLE orders ADD COLUMN region varchar(8);
-- migration 2
BEGIN;
UPDATE orders SET region = 'eu' WHERE id BETWEEN 1 AND 1000;
COMMIT;
\`\`\``,
      exemptions: [
        'A transaction that the migration tool opens around schema changes alone: nothing else is in it to be lost.',
        'Temporary tables, which commit nothing.',
      ],
      whenNotToUse: 'Where every migration is written to be run again after it failed half-way.',
      otherTools: {},
    },
    messages: {
      commits:
        'This commits the open transaction: what was done in it before can no longer be undone, and what follows runs without one.',
      pretends: 'This commits the transaction as it starts: BEGIN and COMMIT around it protect nothing.',
    },
    examples: [
      {
        title: 'Rows changed, then the table, in one transaction',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, region varchar(8));',
        up: "START TRANSACTION;\nUPDATE orders SET region = 'eu' WHERE id = 1;\nALTER TABLE orders ADD COLUMN note text;\nCOMMIT;",
        findings: [{ at: 'ALTER TABLE orders', message: 'can no longer be undone' }],
      },
      {
        title: 'BEGIN and COMMIT around a schema change',
        dialect: 'mariadb',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders ADD COLUMN tag text;\nCOMMIT;',
        findings: [{ at: 'ALTER TABLE orders', message: 'protect nothing' }],
      },
      {
        title: "Rows and a table in the tool's transaction",
        dialect: 'mysql',
        transaction: 'migration',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, region varchar(8));',
        up: "UPDATE orders SET region = 'eu' WHERE id = 1;\nCREATE TABLE regions (id bigint PRIMARY KEY);",
        findings: [{ at: 'CREATE TABLE regions', message: 'can no longer be undone' }],
      },
      {
        title: "Schema changes alone, in the tool's transaction",
        dialect: 'mysql',
        transaction: 'migration',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE orders ADD COLUMN note text;',
        findings: [],
      },
      {
        title: 'Changes of rows alone, and a temporary table',
        dialect: 'mysql',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, region varchar(8));',
        up: "BEGIN;\nCREATE TEMPORARY TABLE picked (id bigint);\nUPDATE orders SET region = 'eu' WHERE id = 1;\nCOMMIT;",
        findings: [],
      },
    ],
  },
  create(context) {
    let rows: number | undefined;
    return {
      operation(operation: Operation, site) {
        const { transaction } = site.state;
        if (transaction.status !== 'open' || !catalogueOf(site.state).definitionsCommit) return;
        if (CHANGES_ROWS.has(operation.kind)) rows = transaction.id;
        if (operation.kind === 'ddlOption' || (operation.kind !== 'truncate' && !isSchemaChange(operation))) return;
        const messageId = rows === transaction.id ? 'commits' : 'pretends';
        if (messageId === 'pretends' && transaction.owner !== 'file') return;
        context.report({
          statement: site.index,
          messageId,
          help: 'Put schema changes and changes of rows into migrations of their own.',
        });
      },
    };
  },
});

const CHANGES_ROWS: ReadonlySet<string> = new Set(['insert', 'update', 'delete']);
