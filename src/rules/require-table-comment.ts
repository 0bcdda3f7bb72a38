import { defineRule } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';
import { onNewTables } from './shared/new-tables.ts';

export default defineRule({
  id: 'require-table-comment',
  meta: {
    description: 'Require COMMENT ON TABLE for each new table.',
    cause: 'schema',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    docs: {
      failure: `Two years on nobody knows what \`user_flags_v2\` is for, who writes it, and whether it may go.`,
      why: `The comment travels with the table: into psql, generated documentation, data catalogues and dumps.`,
      safe: `\`\`\`sql
CREATE TABLE refunds (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
COMMENT ON TABLE refunds IS 'One row per refund that the payment provider confirmed.';
\`\`\``,
      exemptions: ['Temporary and foreign tables, and partitions.', 'A table that is dropped in the same migration.'],
      whenNotToUse: 'Where tables are documented elsewhere.',
      otherTools: { Bytebase: 'table_comment' },
    },
    messages: {
      missing: 'No COMMENT ON TABLE says what {{table}} is for.',
    },
    examples: [
      {
        title: 'No comment',
        up: '-- refunds\nCREATE TABLE refunds (id bigint PRIMARY KEY);',
        findings: [{ at: 'CREATE TABLE refunds', message: 'refunds' }],
      },
      {
        title: 'A comment on a column, on another table, and one that is taken back',
        up: `CREATE TABLE a (id int);
COMMENT ON COLUMN a.id IS 'x';
CREATE TABLE app.a (id int);
COMMENT ON TABLE app.a IS 'x';
CREATE TABLE b (id int);
COMMENT ON TABLE b IS 'x';
COMMENT ON TABLE b IS NULL;`,
        findings: [{ at: 'CREATE TABLE a' }, { at: 'CREATE TABLE b' }],
        inDocs: false,
      },
      {
        title: 'With a comment',
        up: "CREATE TABLE refunds (id bigint PRIMARY KEY);\nCOMMENT ON TABLE refunds IS 'One row per refund.';",
        findings: [],
      },
      { title: 'A temporary table', up: 'CREATE TEMP TABLE t (id int);', findings: [] },
      {
        title: 'A table that is there already',
        history: 'CREATE TABLE t (id int);',
        up: 'ALTER TABLE t ADD COLUMN n int;\nCREATE TABLE IF NOT EXISTS t (id int);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onNewTables(context, ({ table, operation, statement }) => {
      if (table.comment !== undefined) return;
      context.report({
        operation,
        statement,
        messageId: 'missing',
        data: { table: labelOf(table) },
        help: 'Add COMMENT ON TABLE: what one row stands for, and who writes it.',
      });
    });
  },
});
