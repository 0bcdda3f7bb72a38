import type { Operation } from '../operations/operations.ts';
import { catalogueOf } from '../schema/dialects.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { isChange, isSchemaChange } from './shared/changes.ts';

export default defineRule({
  id: 'require-transaction',
  meta: {
    description: 'Require several changes to run in one transaction that is opened and closed properly.',
    cause: 'hygiene',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The third statement of five fails, and the first two stay. The tool notes the migration as failed; the next run starts
at the top and fails at the first statement, as what it makes is there already. Somebody has to find out by hand what ran. Where a
BEGIN is never closed, everything seems to work, and nothing is there after the connection ends.`,
      why: `PostgreSQL can undo schema changes: in a transaction either all statements of a migration take effect or none. Outside of one
each statement commits by itself. A COMMIT inside the tool's own transaction ends that transaction early: what follows runs without
one, and the tool's entry in its history table may not be written along with the changes. (PostgreSQL manual, "Transactions", "COMMIT".)

MySQL and MariaDB cannot undo a schema change, in a transaction or not: there one schema change per migration is what takes effect
as a whole or not at all. Several clauses of one ALTER TABLE are one change.`,
      safe: `Leave the tool's transaction on, or write one around the statements.

\`\`\`sql
BEGIN;
ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD COLUMN country text;
COMMIT;
\`\`\`

What cannot run in a transaction (CREATE INDEX CONCURRENTLY) goes into a migration of its own.`,
      exemptions: [
        'Migrations that opted out of the transaction of their tool.',
        'Files with a statement that cannot run in a transaction.',
        'Plain SQL files: who runs them may well put a transaction around them (`psql -1`). A BEGIN that is never closed is reported there too.',
        'Several CREATE TABLE and nothing else.',
        'One statement: it is a transaction by itself.',
      ],
      whenNotToUse: 'Where every statement is written to be run twice.',
      otherTools: {
        squawk: 'ban-uncommitted-transaction, transaction-nesting',
        pgfence: 'unclosed-transaction',
        MigrationPilot: 'MP053',
        Atlas: 'nestedtx',
      },
    },
    messages: {
      none: 'This runs in a transaction of its own: if it fails, the changes before it stay done, and the migration can be neither finished nor run again.',
      apart:
        'MySQL commits each schema change by itself: if this fails, the changes before it stay done, and the migration can be neither finished nor run again.',
      unclosed: 'This transaction is never committed: when the connection ends, everything since this BEGIN is undone.',
      ends: 'This ends the transaction that the migration tool opened: what came before can no longer be undone, and what follows runs without one.',
    },
    examples: [
      {
        title: 'A rebuild of SQLite that may stop half-way, and a transaction of SQL Server that nothing ends',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY);',
        up: 'PRAGMA foreign_keys=OFF;\nCREATE TABLE new_users (id INTEGER PRIMARY KEY);\nDROP TABLE users;\nPRAGMA foreign_keys=ON;',
        findings: [{ at: 'DROP TABLE users' }],
        inDocs: false,
      },
      {
        title: 'A transaction of SQL Server over several batches',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'BEGIN TRANSACTION\nGO\nALTER TABLE users ADD a int NULL\nGO\nALTER TABLE users ADD b int NULL\nGO\nCOMMIT\nGO',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Two schema changes on MySQL, which no transaction holds together',
        dialect: 'mysql',
        transaction: 'migration',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region varchar(8);\nALTER TABLE users ADD COLUMN country varchar(8);',
        findings: [{ at: 'ALTER TABLE users', message: 'MySQL commits each schema change' }],
      },
      {
        title: 'One ALTER TABLE of several clauses, on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region varchar(8), ADD COLUMN country varchar(8);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'New tables and their rows, on MySQL',
        dialect: 'mysql',
        up: 'CREATE TABLE a (id int PRIMARY KEY);\nCREATE TABLE b (id int PRIMARY KEY);\nINSERT INTO a VALUES (1);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Several changes without a transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ADD COLUMN country text;',
        findings: [{ at: 'ALTER TABLE users', message: 'the changes before it stay done' }],
      },
      {
        title: 'A BEGIN that is never closed',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nALTER TABLE users ADD COLUMN region text;',
        findings: [{ at: 'BEGIN', message: 'never committed' }],
      },
      {
        title: "A COMMIT of the tool's transaction",
        transaction: 'migration',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nCOMMIT;\nCREATE INDEX CONCURRENTLY i ON users (region);',
        findings: [{ at: 'COMMIT', message: 'the migration tool opened' }],
      },
      {
        title: "BEGIN and COMMIT inside the tool's transaction: the BEGIN does nothing, the COMMIT ends it",
        transaction: 'migration',
        up: 'BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;',
        findings: [{ at: 'COMMIT' }],
        inDocs: false,
      },
      {
        title: 'The second of two transactions is left open',
        up: 'BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\nSTART TRANSACTION;\nCREATE TABLE b (id int);',
        findings: [{ at: 'START TRANSACTION' }],
        inDocs: false,
      },
      {
        title: 'In a transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'BEGIN;\nALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ADD COLUMN country text;\nCOMMIT;',
        findings: [],
      },
      {
        title: "In the tool's transaction",
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ADD COLUMN country text;',
        findings: [],
      },
      {
        title: 'Several statements sent as one query are one transaction',
        transaction: 'implicit',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ADD COLUMN country text;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A statement that cannot run in one',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'DROP INDEX CONCURRENTLY IF EXISTS users_email_idx;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);',
        findings: [],
      },
      {
        title: 'Several CREATE TABLE',
        up: 'CREATE TABLE a (id int);\nCREATE TABLE b (id int);',
        findings: [],
      },
      {
        title: 'One statement and what changes nothing',
        up: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN region text, ADD COLUMN country text;\nSELECT 1;\nRESET lock_timeout;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A DO block is one statement, whatever it holds',
        up: 'DO $$ BEGIN\n  ALTER TABLE a ADD COLUMN x int;\n  ALTER TABLE b ADD COLUMN x int;\nEND $$;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { tool } = context.project;
    const isOptedOut = context.segment.transaction === 'none' && tool.facts.transaction !== 'none';
    let mayBeWithout = isOptedOut || tool.id === 'sql';
    const alone: { readonly operation: Operation; readonly statement: number }[] = [];
    let begin: { readonly operation: Operation; readonly statement: number } | undefined;
    return {
      statement(statement, site) {
        if (statement.parent !== undefined) return;
        if (catalogueOf(site.state).definitionsCommit) {
          const definition = statement.operations.find(isSchemaChange);
          if (definition !== undefined) alone.push({ operation: definition, statement: site.index });
          return;
        }
        if (site.state.transaction.status === 'open') return;
        const operation = statement.operations.find(isChange);
        if (operation !== undefined) alone.push({ operation, statement: site.index });
        if (operation !== undefined && site.effects.transaction === 'forbidden') mayBeWithout = true;
      },
      beginTransaction(operation, site) {
        if (site.state.transaction.status === 'none') begin = { operation, statement: site.index };
      },
      commitTransaction: endsTransaction,
      rollbackTransaction: endsTransaction,
      segmentEnd({ transaction }) {
        if (begin !== undefined && transaction.status === 'open' && transaction.owner === 'file') {
          context.report({ ...begin, messageId: 'unclosed', help: 'Close it with COMMIT.' });
          return;
        }
        const [, second] = alone;
        const commits = catalogueOf(context.before).definitionsCommit;
        if ((mayBeWithout && !commits) || second === undefined) return;
        if (alone.every(({ operation }) => operation.kind === 'createTable')) return;
        context.report({
          statement: second.statement,
          severity: 'warn',
          messageId: commits ? 'apart' : 'none',
          help: commits
            ? 'Put it into a migration of its own, or into one ALTER TABLE with the other changes of the table.'
            : 'Put BEGIN and COMMIT around the statements, or let the tool run them in a transaction.',
        });
      },
    };

    function endsTransaction(operation: Operation, site: OperationSite): void {
      const { transaction } = site.state;
      if (site.statement.parent !== undefined || transaction.status === 'none' || transaction.owner !== 'tool') return;
      mayBeWithout = true;
      context.report({
        operation,
        messageId: 'ends',
        help: "Leave it out, or switch the tool's transaction off for this migration.",
      });
    }
  },
});
