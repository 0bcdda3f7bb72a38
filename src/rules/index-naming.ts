import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { fitsPattern } from './shared/names.ts';

interface Options {
  /** What names of indexes look like: a regular expression in which <table> stands for the table's name. */
  readonly pattern: string;
}

export default defineRule<Options>({
  id: 'index-naming',
  meta: {
    description: 'Require names of indexes to tell their table.',
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
          description:
            "What names of indexes look like: a regular expression in which `<table>` stands for the table's name.",
        },
      },
      additionalProperties: false,
    },
    defaultOptions: {
      pattern: '^(<table>_.+_(idx|index|key|uniq|unique)|(i|ix|idx|index|uidx|uix|uq|uniq|unique)_<table>(_.+)?)$',
    },
    docs: {
      failure: `An error, a lock or a plan names \`idx_1\`, and nobody knows whose it is. A second table cannot have an index of the same name,
as indexes share the names of their schema.`,
      why: `The server itself names indexes \`table_column_idx\`, and those of constraints \`table_column_key\`. Names of one's own that follow the
same pattern can be told, and guessed, from the table.`,
      safe: `\`\`\`sql
CREATE INDEX orders_user_id_idx ON orders (user_id);
\`\`\`

\`idx_orders_user_id\` fits too; the option \`pattern\` holds another convention.`,
      exemptions: [
        'Indexes without a name: the server gives them one that fits.',
        'Names of 60 bytes and more: their ending may have been cut.',
        'Temporary tables.',
      ],
      whenNotToUse: 'Where names are given by an ORM.',
      otherTools: { Bytebase: 'naming.index.idx', Atlas: 'NM104' },
    },
    messages: {
      name: 'The name {{name}} does not tell that it is an index of {{table}}.',
    },
    examples: [
      {
        title: 'A name that tells nothing',
        up: 'CREATE INDEX idx_1 ON orders (user_id);',
        findings: [{ at: 'CREATE INDEX idx_1', message: 'an index of orders' }],
      },
      {
        title: 'The name of another table, and another pattern',
        up: 'CREATE INDEX users_id_idx ON app.orders (id);\nCREATE UNIQUE INDEX "orders_Id_idx" ON "Orders" (id);',
        findings: [
          { at: 'CREATE INDEX users_id_idx', message: 'app.orders' },
          { at: 'CREATE UNIQUE INDEX "orders_Id_idx"' },
        ],
        inDocs: false,
      },
      {
        title: "A convention of one's own",
        options: { pattern: '^ix_<table>__[a-z_]+$' },
        up: 'CREATE INDEX orders_a_idx ON orders (a);\nCREATE INDEX ix_orders__b ON orders (b);',
        findings: [{ at: 'CREATE INDEX orders_a_idx' }],
      },
      {
        title: 'Table, columns, kind, in either order',
        up: 'CREATE INDEX orders_user_id_idx ON orders (user_id);\nCREATE UNIQUE INDEX CONCURRENTLY uniq_orders_code ON orders (code);',
        findings: [],
      },
      { title: 'No name', up: 'CREATE INDEX ON orders (user_id);', findings: [] },
      {
        title: 'A name that may have been cut, and a temporary table',
        history: 'CREATE TEMP TABLE t (id int);',
        up: 'CREATE INDEX orders_with_a_very_long_name_indeed_over_very_many_columns_of_it ON orders (a);\nCREATE TEMP TABLE u (id int);\nCREATE INDEX x ON u (id);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createIndex(operation, site) {
        const { name, table } = operation;
        const relation = context.resolve(table, site.state);
        if (relation?.kind === 'table' && relation.persistence === 'temporary') return;
        if (name === undefined || fitsPattern(name, context.options.pattern, table.name)) return;
        context.report({
          operation,
          messageId: 'name',
          data: { name, table: displayName(table) },
          help: 'Name it after its table and columns, as in table_column_idx, or set the option pattern.',
        });
      },
    };
  },
});
