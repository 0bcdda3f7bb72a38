import { defineRule } from './rule.ts';
import { onDeclaredTypes, otherType } from './shared/declared-types.ts';

export default defineRule({
  id: 'no-char',
  meta: {
    description: 'Disallow char with a length.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { conventions: 'warn' },
    hasSuggestions: true,
    docs: {
      failure: `Values come back padded with blanks, so that comparing them in the application fails; a value that is too short is stored without
complaint; LIKE and regular expressions see the blanks or do not, depending on how they are written.`,
      why: `\`char(n)\` fills up with blanks to n characters, keeps them on disk, and takes them off again in some operations. It is in no way
faster than \`text\`. (PostgreSQL manual, "Character Types"; wiki, "Don't Do This".)`,
      safe: `\`\`\`sql
ALTER TABLE users ADD COLUMN country text CHECK (country ~ '^[A-Z]{2}$');
\`\`\``,
      exemptions: [
        'The type "char" in quotes, which is one byte and belongs to the catalogue.',
        'Temporary tables; types that are taken over by LIKE or from a query.',
      ],
      whenNotToUse: 'Where another system needs blanks at the end.',
      otherTools: {
        squawk: 'ban-char-field',
        pgfence: 'ban-char-field',
        'postgres-language-server': 'banCharField',
        MigrationPilot: 'MP041',
      },
    },
    messages: {
      found:
        '{{name}} is {{type}}: what is shorter is filled up with blanks, and what is read is not what was written.',
    },
    examples: [
      {
        title: 'A fixed length',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, country char(2));',
        findings: [{ at: 'country char(2)', message: 'char(2)' }],
      },
      {
        title: 'Every spelling',
        up: 'ALTER TABLE users ADD COLUMN a character(5), ADD COLUMN b char, ALTER COLUMN c TYPE bpchar;',
        findings: [{ at: 'ADD COLUMN a' }, { at: 'ADD COLUMN b' }, { at: 'ALTER COLUMN c TYPE bpchar' }],
      },
      { title: 'text', up: 'CREATE TABLE users (id bigint PRIMARY KEY, country text);', findings: [] },
      { title: 'varchar', up: 'ALTER TABLE users ADD COLUMN country varchar(2);', findings: [] },
      {
        title: 'The type "char" of the catalogue',
        up: 'ALTER TABLE users ADD COLUMN kind "char";',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDeclaredTypes(declared => {
      const { type, name, operation, range } = declared;
      if (type.name !== 'bpchar') return;
      context.report({
        operation,
        range,
        messageId: 'found',
        data: { name, type: type.text },
        help: 'Use text, with a CHECK where the length is meant.',
        ...otherType(declared, 'text'),
      });
    });
  },
});
