import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-refused-algorithm',
  meta: {
    description: 'Disallow ALGORITHM= and LOCK= clauses that the server refuses, or accepts and does not go by.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration stops: \`ALGORITHM=INSTANT is not supported for this operation. Try ALGORITHM=COPY/INPLACE.\` As MySQL cannot
undo the statements before it, the schema is left between two versions. Where the clause is accepted and ignored, a table that
should have changed in a moment is copied.`,
      why: `ALGORITHM= and LOCK= are a promise that the server checks before it starts: it does the change so, or not at all. Which change can
be made how is in the manual (MySQL, "Online DDL Operations"), and was measured on MariaDB, which takes ALGORITHM=INSTANT for
\`ENGINE =\` and \`PARTITION BY\` and copies the table all the same. A statement is as quick as the slowest of its changes.`,
      safe: `Ask for what the server can do, or split the statement, so that the quick changes are not held up by the slow one.

\`\`\`sql
-- instead of: ALTER TABLE users ADD COLUMN region int, ADD INDEX (region), ALGORITHM=INSTANT;
ALTER TABLE users ADD COLUMN region int, ALGORITHM=INSTANT;
ALTER TABLE users ADD INDEX users_region_idx (region), ALGORITHM=INPLACE, LOCK=NONE;
\`\`\``,
      exemptions: ['Clauses that ask for no more than the server does; ALGORITHM=DEFAULT and LOCK=DEFAULT.'],
      whenNotToUse: 'Where the clauses are meant to stop the migration on servers that cannot do it.',
      otherTools: { Bytebase: 'statement.require-algorithm-option', strong_migrations: 'algorithm checks' },
    },
    messages: {
      refused: 'The server refuses {{clause}} here: {{reason}}{{unknown}}.',
      ignored: '{{clause}} promises what does not happen: {{reason}}.',
    },
    examples: [
      {
        title: 'A type change is never instant',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users MODIFY n bigint, ALGORITHM=INSTANT;',
        findings: [{ at: 'ALGORITHM=INSTANT', message: 'Try ALGORITHM=COPY' }],
      },
      {
        title: 'An index beside a new column',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region int, ADD INDEX (region), ALGORITHM=INSTANT;',
        findings: [{ at: 'ALGORITHM=INSTANT', message: 'Try ALGORITHM=INPLACE' }],
      },
      {
        title: 'Writers beside a copy',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users MODIFY n varchar(20), ALGORITHM=COPY, LOCK=NONE;',
        findings: [{ at: 'LOCK=NONE', message: 'Try LOCK=SHARED' }],
      },
      {
        title: 'A server that does not know it yet',
        dialect: 'mysql',
        serverVersion: '5.7',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region int, ALGORITHM=INSTANT;',
        findings: [{ at: 'ALGORITHM=INSTANT', message: 'Unknown ALGORITHM' }],
      },
      {
        title: 'No row version left for another instant column',
        dialect: 'mysql',
        history: [
          'CREATE TABLE users (id int PRIMARY KEY);',
          ...Array.from({ length: 64 }, (_, index) => `ALTER TABLE users ADD COLUMN n${index} int;`),
        ].join('\n'),
        up: 'ALTER TABLE users ADD COLUMN region int, ALGORITHM=INSTANT;',
        findings: [{ at: 'ALGORITHM=INSTANT', message: 'Maximum row versions reached for table users' }],
        inDocs: false,
      },
      {
        title: 'MariaDB takes the clause and copies',
        dialect: 'mariadb',
        serverVersion: '10.11',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'ALTER TABLE users PARTITION BY HASH (id) PARTITIONS 4, ALGORITHM=INSTANT;',
        findings: [{ at: 'ALGORITHM=INSTANT', message: 'copies the table all the same' }],
      },
      {
        title: 'CREATE INDEX',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, bio text);',
        up: 'CREATE FULLTEXT INDEX users_bio ON users (bio) LOCK=NONE;',
        findings: [{ at: 'LOCK=NONE', message: 'Try LOCK=SHARED' }],
        inDocs: false,
      },
      {
        title: 'What the server can do',
        dialect: 'mysql',
        serverVersion: '8.0',
        history:
          "CREATE TABLE users (id int PRIMARY KEY, name varchar(20), state enum('a', 'b')) DEFAULT CHARSET=utf8mb4;",
        up: `ALTER TABLE users ADD COLUMN region int AFTER id, ALGORITHM=INSTANT;
ALTER TABLE users MODIFY name varchar(60), ALGORITHM=INPLACE, LOCK=NONE;
ALTER TABLE users MODIFY state enum('a', 'b', 'c'), ALGORITHM=INSTANT;
CREATE INDEX users_region_idx ON users (region) ALGORITHM=INPLACE LOCK=NONE;
ALTER TABLE users DROP PRIMARY KEY, ALGORITHM=COPY, LOCK=SHARED;`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      ddlOption(operation, { effects }) {
        const found = effects.clauses?.find(({ range }) => range[0] === operation.range[0]);
        if (found === undefined) return;
        context.report({
          operation,
          range: operation.range,
          messageId: found.outcome,
          data: {
            clause: found.clause,
            reason: found.message,
            unknown: effects.unknowns.length === 0 ? '' : ` (${effects.unknowns.join('; ')})`,
          },
          help:
            found.outcome === 'ignored'
              ? 'Leave the clause out, and do the change with gh-ost or pt-online-schema-change where the table is big.'
              : 'Ask for what the server can do, or give the changes that can be made so a statement of their own.',
        });
      },
    };
  },
});
