import { safeForms } from '../fixes/index.ts';
import { displayName, spellings } from '../operations/names.ts';
import { findColumn } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-drop-column',
  meta: {
    description: 'Disallow dropping a column from before this deploy.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The column's values are gone for good. Every server that still runs the old release fails with \`column "…" does not
exist\` on each query that names it; ORMs list all columns in every SELECT and INSERT, so that is every query on the table.`,
      why: `A drop takes effect at once, for everybody; a deploy does not. The column can be dropped when no release that is running
knows it.`,
      safe: `Expand and contract, over two deploys.

\`\`\`sql
-- migration 1: lets the next release leave the column out
ALTER TABLE users ALTER COLUMN legacy DROP NOT NULL;
-- release the code that neither reads nor writes users.legacy (ORMs: remove it from the model)
-- migration 2, when no other release runs any more
-- surefoot-contract users.legacy: unused since v1.42
ALTER TABLE users DROP COLUMN legacy;
\`\`\``,
      exemptions: [
        'The table, or the column, was created in the same deploy.',
        'IF EXISTS of a column that an earlier migration dropped.',
        'The contract phase: files under `contractPaths`, and columns that a `surefoot-contract` comment says are unused.',
        'With `deployOrder: "code-first"` a warning: the code that does without it is live, a rollback is not possible any more.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run and every table has a backup.',
      otherTools: {
        squawk: 'ban-drop-column',
        strong_migrations: 'remove_column',
        pgfence: 'drop-column',
        'postgres-language-server': 'banDropColumn',
        Atlas: 'DS103',
        'django-migration-linter': 'DROP_COLUMN',
      },
    },
    messages: {
      drop: 'This deletes the values of {{table}}.{{column}} for good, and every query of running code that names the column fails.',
      codeFirst: 'This deletes the values of {{table}}.{{column}} for good: the release cannot be rolled back past it.',
    },
    examples: [
      {
        title: 'A column that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        findings: [{ at: 'DROP COLUMN legacy', message: 'the values of users.legacy' }],
      },
      {
        title: 'Each of several; COLUMN may be left out, the table may be unknown',
        up: 'ALTER TABLE IF EXISTS app.users DROP "Legacy", DROP COLUMN IF EXISTS other CASCADE;',
        findings: [
          { at: 'DROP "Legacy"', message: 'app.users.Legacy' },
          { at: 'DROP COLUMN IF EXISTS other', message: 'app.users.other' },
        ],
        inDocs: false,
      },
      {
        title: 'In a DO block',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: "DO $$ BEGIN EXECUTE 'ALTER TABLE users DROP COLUMN legacy'; END $$;",
        findings: [{ at: 'DROP COLUMN legacy' }],
        inDocs: false,
      },
      {
        title: 'The contract phase',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: '-- surefoot-contract users.legacy: unused since v1.42\nALTER TABLE users DROP COLUMN legacy;',
        findings: [],
      },
      {
        title: 'A contract needs its reason',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: '-- surefoot-contract users.legacy\nALTER TABLE users DROP COLUMN legacy;',
        findings: [{ at: 'DROP COLUMN legacy' }],
      },
      {
        title: 'A column that the same migration added',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN tmp int;\nALTER TABLE users DROP COLUMN tmp;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, tmp int);\nALTER TABLE users DROP COLUMN tmp;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'IF EXISTS of a column that is gone',
        history: [{ up: 'CREATE TABLE t (id int, a int);' }, { up: 'ALTER TABLE t DROP COLUMN a;' }],
        up: 'ALTER TABLE t DROP COLUMN IF EXISTS a;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'The down of a column is not judged here',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        down: 'ALTER TABLE users DROP COLUMN region;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'ALTER TABLE `users` DROP COLUMN `email`;',
        findings: [{ at: 'DROP COLUMN `email`', message: 'users.email' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropColumn(operation, { state }) {
        const table = context.resolveTable(operation.table, state);
        if (context.isNew(context.resolve(operation.table, state), state)) return;
        const column = table === undefined ? undefined : findColumn(table, operation.column);
        if (column !== undefined && column.uncertain !== true && context.isNewOrigin(column.origin)) return;
        if (column === undefined && (table?.goneColumns.includes(operation.column) || table?.complete)) return;
        if (context.isContracted(...spellings(operation.table, operation.column))) return;
        const codeFirst = context.deployOrder === 'code-first';
        context.report({
          operation,
          ...(codeFirst ? { severity: 'warn' } : {}),
          messageId: codeFirst ? 'codeFirst' : 'drop',
          data: { table: displayName(operation.table), column: operation.column },
          help: 'Release the code that does without it first; drop it in a later deploy, with a surefoot-contract comment.',
          ...safeForms(context.server).droppedColumn(operation, state),
        });
      },
    };
  },
});
