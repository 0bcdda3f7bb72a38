import { defineRule } from './rule.ts';
import { onDeclaredTypes, otherType } from './shared/declared-types.ts';

export default defineRule({
  id: 'prefer-text',
  meta: {
    description: 'Prefer text to varchar with a length.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    hasSuggestions: true,
    docs: {
      failure: `A value that is one character too long is refused, in production, by a limit that somebody made up years ago. Where the
limit has to be lowered, the whole table is scanned under a lock.`,
      why: `\`varchar(n)\` is stored as \`text\` is, and is no faster. The limit is part of the type, so views, functions and indexes
depend on it. (PostgreSQL manual, "Character Types"; wiki, "Don't Do This".)`,
      safe: `\`\`\`sql
ALTER TABLE users ADD COLUMN name text CONSTRAINT users_name_length CHECK (char_length(name) <= 100);
\`\`\`

A CHECK can be changed without touching the type: add the new one NOT VALID, validate it, drop the old one.`,
      exemptions: ['varchar without a length.', 'Temporary tables; types that are taken over by LIKE or from a query.'],
      whenNotToUse: 'Where the limit is given by another system, such as a fixed-width interface.',
      otherTools: {
        squawk: 'prefer-text-field',
        pgfence: 'prefer-text-field',
        'postgres-language-server': 'preferTextField',
        MigrationPilot: 'MP037',
      },
    },
    messages: {
      found:
        'The length of {{name}} is part of its type {{type}}: changing it later locks the table, and lowering it reads all rows.',
    },
    examples: [
      {
        title: 'A length in the type',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(100));',
        findings: [{ at: 'name varchar(100)', message: 'varchar(100)' }],
      },
      {
        title: 'Added, changed to, and in a domain',
        up: 'ALTER TABLE users ADD COLUMN a character varying(5)[], ALTER COLUMN b TYPE varchar(10);\nCREATE DOMAIN code AS varchar(3);',
        findings: [
          { at: 'ADD COLUMN a' },
          { at: 'ALTER COLUMN b TYPE varchar(10)' },
          { at: 'CREATE DOMAIN code', message: 'code' },
        ],
      },
      {
        title: 'text with a CHECK',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, name text CHECK (char_length(name) <= 100));',
        findings: [],
      },
      { title: 'varchar without a length', up: 'ALTER TABLE users ADD COLUMN name varchar;', findings: [] },
      { title: 'A temporary table', up: 'CREATE TEMPORARY TABLE t (name varchar(100));', findings: [], inDocs: false },
    ],
  },
  create(context) {
    return onDeclaredTypes(declared => {
      const { type, name, operation, range } = declared;
      if (type.name !== 'varchar' || type.modifiers.length === 0) return;
      context.report({
        operation,
        range,
        messageId: 'found',
        data: { name, type: type.text },
        help: 'Use text, with a CHECK on char_length where a limit is meant.',
        ...otherType(declared, 'text'),
      });
    });
  },
});
