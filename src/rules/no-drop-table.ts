import { safeForms } from '../fixes/index.ts';
import { displayName, spellings } from '../operations/names.ts';
import { dependentsOf, existence } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { describeCascade, listed } from './shared/dependents.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { isDroppedInRebuild } from './shared/rebuilds.ts';

export default defineRule({
  id: 'no-drop-table',
  meta: {
    description: 'Disallow dropping a table from before this deploy.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The rows are gone; only a restore from a backup brings them back, as of the time of the backup. Every server that
still runs the old release fails with \`relation "…" does not exist\` until it has been replaced, and a rollback of the release does
not help.`,
      why: `A table that a deploy finds is in use until the release that does without it is everywhere. Its drop belongs in a later
deploy, which nothing waits for.`,
      safe: `Release the code that does without the table first. Drop it in a later migration that says since when it is unused;
Surefoot takes that for a proof.

\`\`\`sql
-- surefoot-contract old_orders: unused since v1.42
DROP TABLE old_orders;
\`\`\`

Where nobody knows for sure, rename it for a while: what still uses it fails and can be brought back at once.`,
      exemptions: [
        'Tables created in the same deploy, and temporary tables.',
        'IF EXISTS of a table that an earlier migration dropped.',
        'The contract phase: files under `contractPaths`, and tables that a `surefoot-contract` comment says are unused.',
        'With `deployOrder: "code-first"` a warning: the code that does without it is live, a rollback is not possible any more.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run and every table has a backup.',
      otherTools: {
        squawk: 'ban-drop-table',
        pgfence: 'drop-table',
        'postgres-language-server': 'banDropTable',
        Atlas: 'DS102',
        'django-migration-linter': 'DROP_TABLE',
        MigrationPilot: 'MP026',
      },
    },
    messages: {
      drop: 'This deletes {{table}} and all of its rows for good, while running code still uses it{{cascade}}.',
      foreign: 'Running code that reads the foreign table {{table}} fails as soon as it is dropped{{cascade}}.',
      codeFirst:
        'This deletes {{table}} and all of its rows for good: the release cannot be rolled back past it{{cascade}}.',
    },
    examples: [
      {
        title: 'A table that SQLite can only change by making it anew',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The rows were not copied',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
        findings: [{ at: 'DROP TABLE users' }],
        inDocs: false,
      },
      {
        title: 'A leftover of an earlier try, and the old table when its rows are copied',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `DROP TABLE IF EXISTS _users_old;
ALTER TABLE users RENAME TO _users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users SELECT id, name FROM _users_old;
DROP TABLE _users_old;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'DROP TABLE users;',
        findings: [{ at: 'DROP TABLE users', message: 'deletes users and all of its rows' }],
      },
      {
        title: 'CASCADE takes more along',
        history: `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE VIEW names AS SELECT id FROM users;`,
        up: 'DROP TABLE users CASCADE;',
        findings: [
          {
            at: 'DROP TABLE users',
            message: 'CASCADE also drops foreign key orders_user_id_fkey of orders and view names',
          },
        ],
      },
      {
        title: 'Several at once; a quoted name is another table',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE app.logs (id bigint);',
        up: 'CREATE TABLE "Users" (id int);\nDROP TABLE IF EXISTS users, app.logs, "Users";',
        findings: [{ at: 'DROP TABLE IF EXISTS users' }, { at: 'app.logs' }],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show is taken to be in use',
        up: 'DROP TABLE IF EXISTS legacy;',
        findings: [{ at: 'DROP TABLE IF EXISTS legacy' }],
        inDocs: false,
      },
      {
        title: 'A foreign table',
        history:
          'CREATE FOREIGN DATA WRAPPER w;\nCREATE SERVER s FOREIGN DATA WRAPPER w;\nCREATE FOREIGN TABLE remote (id bigint) SERVER s;',
        up: 'DROP FOREIGN TABLE remote;',
        findings: [{ at: 'DROP FOREIGN TABLE remote', message: 'foreign table remote' }],
        inDocs: false,
      },
      {
        title: 'A table of the same migration',
        up: 'CREATE TABLE scratch (id bigint PRIMARY KEY);\nDROP TABLE scratch;',
        findings: [],
      },
      {
        title: 'The contract phase',
        history: 'CREATE TABLE old_orders (id bigint PRIMARY KEY);',
        up: '-- surefoot-contract old_orders: unused since v1.42\nDROP TABLE old_orders;',
        findings: [],
      },
      {
        title: 'A contract about another table proves nothing',
        history: 'CREATE TABLE old_orders (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);',
        up: '-- surefoot-contract old_orders: unused since v1.42\nDROP TABLE orders;',
        findings: [{ at: 'DROP TABLE orders' }],
        inDocs: false,
      },
      {
        title: 'IF EXISTS of a table that is gone',
        history: [{ up: 'CREATE TABLE a (id int);' }, { up: 'DROP TABLE a;' }],
        up: 'DROP TABLE IF EXISTS a;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A temporary table',
        up: 'CREATE TEMPORARY TABLE work (id int);\nDROP TABLE work;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'DROP TABLE IF EXISTS `users`;',
        findings: [{ at: 'DROP TABLE IF EXISTS `users`' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropTable(operation, { state, index }) {
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state) || existence(state, operation.table) === 'gone') return;
        if (context.isContracted(...spellings(operation.table))) return;
        if (isDroppedInRebuild(context.segment, index, operation.table.name)) return;
        const also =
          operation.cascade && relation !== undefined
            ? describeCascade(state, dependentsOf(state, { kind: 'relation', id: relation.id }))
            : [];
        const codeFirst = context.deployOrder === 'code-first';
        const foreign = operation.foreign === true || (relation?.kind === 'table' && relation.foreign === true);
        context.report({
          operation,
          ...(codeFirst ? { severity: 'warn' } : {}),
          messageId: foreign ? 'foreign' : codeFirst ? 'codeFirst' : 'drop',
          data: {
            table: displayName(operation.table),
            cascade: also.length === 0 ? '' : `; CASCADE also drops ${listed(also)}`,
          },
          help: 'Release the code that does without it first; drop it in a later deploy, with a surefoot-contract comment.',
          ...safeForms(context.server).droppedTable(operation, state),
        });
      },
    };
  },
});
