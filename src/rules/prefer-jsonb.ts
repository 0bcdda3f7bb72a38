import { defineRule } from './rule.ts';
import { onDeclaredTypes, otherType } from './shared/declared-types.ts';

export default defineRule({
  id: 'prefer-jsonb',
  meta: {
    description: 'Prefer jsonb to json.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    hasSuggestions: true,
    docs: {
      failure: `\`SELECT DISTINCT\`, \`GROUP BY\` and \`UNION\` on the table fail with \`could not identify an equality operator for type json\`,
also in queries that were there before the column. Every access parses the text again, and no index helps.`,
      why: `\`json\` is the text as it came in, and has no \`=\`. \`jsonb\` is stored parsed; it can be compared and indexed. (PostgreSQL manual,
"JSON Types".)`,
      safe: `\`\`\`sql
ALTER TABLE orders ADD COLUMN details jsonb;
\`\`\``,
      exemptions: ['Temporary tables; types that are taken over by LIKE or from a query.'],
      whenNotToUse: 'Where the exact text counts: the order of keys, white space, or a key that comes twice.',
      otherTools: {
        pgfence: 'add-column-json',
        eugene: 'E3',
        strong_migrations: 'add_column_json',
        'postgres-language-server': 'preferJsonb',
      },
    },
    messages: {
      found:
        '{{name}} is json, which has no equality: SELECT DISTINCT, GROUP BY and UNION over it fail, and no index can serve it.',
    },
    examples: [
      {
        title: 'json',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, details json);',
        findings: [{ at: 'details json', message: 'orders.details' }],
      },
      {
        title: 'Added and changed to',
        up: 'ALTER TABLE orders ADD COLUMN a json, ALTER COLUMN b TYPE json USING b::json;',
        findings: [{ at: 'ADD COLUMN a' }, { at: 'ALTER COLUMN b TYPE json' }],
      },
      { title: 'jsonb', up: 'ALTER TABLE orders ADD COLUMN details jsonb;', findings: [] },
      {
        title: 'A column that is called json',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, json text);',
        findings: [],
      },
      {
        title: "A type of one's own that is called json",
        up: 'ALTER TABLE orders ADD COLUMN a app.json;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDeclaredTypes(declared => {
      const { type, name, operation, range } = declared;
      if (type.name !== 'json') return;
      context.report({
        operation,
        range,
        messageId: 'found',
        data: { name },
        help: 'Use jsonb.',
        ...otherType(declared, 'jsonb'),
      });
    });
  },
});
