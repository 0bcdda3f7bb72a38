import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { findColumn } from '../schema/index.ts';
import type { Column } from '../schema/schema.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-drop-required-column',
  meta: {
    description: 'Require that a column may be NULL, or has a default, before it is dropped.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The release that no longer writes the column goes out first, as it should, and every INSERT of it fails with \`null
value in column "…" violates not-null constraint\`. Or the column is dropped first, and the release before fails. There is no order
in which both work.`,
      why: `Between the release that stops writing a column and its drop there is a time in which rows are inserted without it. A
NOT NULL column without a default does not allow that.`,
      safe: `DROP NOT NULL first, which needs the catalogue alone; then the release; then the drop.

\`\`\`sql
-- migration 1
ALTER TABLE users ALTER COLUMN legacy DROP NOT NULL;
-- release the code that neither reads nor writes it
-- migration 2
-- surefoot-contract users.legacy: unused since v1.42
ALTER TABLE users DROP COLUMN legacy;
\`\`\``,
      exemptions: [
        'Columns that may be NULL, have a default, are generated, or an identity.',
        'DROP NOT NULL in the same migration does not count: it comes too late for the release.',
        'Tables and columns created in the same deploy.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {},
    },
    messages: {
      required:
        '{{table}}.{{column}} is NOT NULL and has no default: the release that stops writing it fails on INSERT until the column is dropped.',
    },
    examples: [
      {
        title: 'A column that every INSERT must set',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text NOT NULL);',
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        findings: [{ at: 'DROP COLUMN legacy', message: 'users.legacy is NOT NULL' }],
      },
      {
        title: 'DROP NOT NULL in the same migration comes too late',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text NOT NULL);',
        up: 'ALTER TABLE users ALTER COLUMN legacy DROP NOT NULL;\nALTER TABLE users DROP COLUMN legacy;',
        findings: [{ at: 'DROP COLUMN legacy' }],
      },
      {
        title: 'That nothing uses it any more does not help those who insert',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text NOT NULL);',
        up: '-- surefoot-contract users.legacy: unused since v1.42\nALTER TABLE users DROP COLUMN legacy;',
        findings: [{ at: 'DROP COLUMN legacy' }],
        inDocs: false,
      },
      {
        title: 'DROP NOT NULL in an earlier migration',
        history: [
          { up: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text NOT NULL);' },
          { up: 'ALTER TABLE users ALTER COLUMN legacy DROP NOT NULL;' },
        ],
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        findings: [],
      },
      {
        title: 'A column with a default',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy int NOT NULL DEFAULT 0);',
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        findings: [],
      },
      {
        title: 'Serial, identity and generated columns fill themselves',
        history:
          'CREATE TABLE t (a serial, b bigint GENERATED ALWAYS AS IDENTITY, c int NOT NULL GENERATED ALWAYS AS (1) STORED);',
        up: 'ALTER TABLE t DROP a, DROP b, DROP c;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A column of the same migration, an unknown table',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE t ADD COLUMN n int NOT NULL DEFAULT 1;\nALTER TABLE t ALTER n DROP DEFAULT;\nALTER TABLE t DROP COLUMN n;\nALTER TABLE x DROP COLUMN n;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropColumn(operation, { state }) {
        const table = context.resolveTable(operation.table, state);
        if (table === undefined || context.isNew(table, state)) return;
        const earlier = context.before.schema.relations.get(table.id);
        const column = earlier?.kind === 'table' ? findColumn(earlier, operation.column) : undefined;
        if (column === undefined || context.isNewOrigin(column.origin) || !isRequired(column)) return;
        context.report({
          operation,
          messageId: 'required',
          data: { table: displayName(operation.table), column: operation.column },
          help: 'DROP NOT NULL in an earlier deploy, then release the code that leaves it out, then drop it.',
          ...safeForms(context.server).droppedColumn(operation, context.before),
        });
      },
    };
  },
});

function isRequired(column: Column): boolean {
  if (column.default !== undefined || column.identity !== undefined || column.generated !== undefined) return false;
  return column.notNull === true;
}
