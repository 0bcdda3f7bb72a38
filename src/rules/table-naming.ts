import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { fitsPattern } from './shared/names.ts';

interface Options {
  /** What names of tables look like: a regular expression. */
  readonly pattern: string;
}

export default defineRule<Options>({
  id: 'table-naming',
  meta: {
    description: 'Require names of tables to follow one pattern.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { conventions: 'warn' },
    optionsSchema: {
      type: 'object',
      properties: {
        pattern: {
          type: 'string',
          format: 'regex',
          description: 'What names of tables look like: a regular expression.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { pattern: '^[a-z][a-z0-9_]*$' },
    docs: {
      failure: `A query that leaves out the quotes fails: \`relation "users" does not exist\`, although \`"Users"\` does. Which of three
spellings is right has to be looked up each time.`,
      why: `Names without quotes are folded to lower case, so a name with a capital or a blank needs quotes for ever, everywhere.
(PostgreSQL manual, "Identifiers and Key Words".)`,
      safe: `\`\`\`sql
CREATE TABLE order_lines (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
\`\`\`

The option \`pattern\` holds another convention.`,
      exemptions: ['Temporary tables, and partitions: tools name those.', 'Tables that are there already.'],
      whenNotToUse: 'Where names are given by an ORM that quotes them.',
      otherTools: { Bytebase: 'naming.table', Atlas: 'NM102', schemalint: 'name-casing' },
    },
    messages: {
      name: 'The name {{name}} does not fit {{pattern}}.',
    },
    examples: [
      {
        title: 'A name that needs quotes',
        up: 'CREATE TABLE "OrderLines" (id bigint PRIMARY KEY);',
        findings: [{ at: '"OrderLines"', message: 'OrderLines' }],
      },
      {
        title: 'A new name, and another pattern',
        options: { pattern: '^t_[a-z]+$' },
        history: 'CREATE TABLE t_old (id int);',
        up: 'ALTER TABLE t_old RENAME TO fresh;\nCREATE TABLE app.lines (id int);',
        findings: [{ at: 'RENAME TO fresh' }, { at: 'app.lines' }],
        inDocs: false,
      },
      { title: 'Lower case with underscores', up: 'CREATE TABLE order_lines (id bigint PRIMARY KEY);', findings: [] },
      {
        title: 'Capitals without quotes are folded',
        up: 'CREATE TABLE App.Orders (id bigint PRIMARY KEY);\nCREATE TABLE "orders2" (id int);',
        findings: [],
      },
      {
        title: 'Temporary tables, partitions, and what is no table',
        history: 'CREATE TABLE p (id int) PARTITION BY LIST (id);\nCREATE INDEX i ON p (id);',
        up: 'CREATE TEMP TABLE "T" (id int);\nCREATE TABLE "P1" PARTITION OF p FOR VALUES IN (1);\nALTER INDEX i RENAME TO "I";',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { pattern } = context.options;
    return {
      createTable(operation) {
        const { name, range } = operation.table;
        if (operation.persistence === 'temporary' || operation.partitionOf !== undefined) return;
        if (fitsPattern(name, pattern)) return;
        context.report({
          operation,
          ...(range === undefined ? {} : { range }),
          messageId: 'name',
          data: { name, pattern },
          help: 'Name it in lower case with underscores, or set the option pattern.',
        });
      },
      renameTable(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        const isTable = relation === undefined ? operation.relationKind === 'table' : relation.kind === 'table';
        if (!isTable || fitsPattern(operation.newName, pattern)) return;
        context.report({
          operation,
          messageId: 'name',
          data: { name: operation.newName, pattern },
          help: 'Name it in lower case with underscores, or set the option pattern.',
        });
      },
    };
  },
});
