import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { heedsColumnReferences } from '../schema/dialects.ts';
import { DIALECT_TITLES } from '../server/server.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-ignored-references',
  meta: {
    description:
      'Disallow REFERENCES at a column where the server reads and forgets it: MySQL before 9.0, MariaDB before 10.5.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mysql', 'mariadb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration reads as if there were a foreign key. There is none: rows that point at nothing get in, deletes leave orphans
behind, and nobody notices until a join comes up short.`,
      why: `MySQL before 9.0 parses \`REFERENCES\` in the definition of a column and ignores it, without a warning, in CREATE TABLE as in ADD
COLUMN. (MySQL 8.4 manual, "FOREIGN KEY Constraints": "parses but ignores inline REFERENCES specifications".) MariaDB heeds it since
10.5, MySQL since 9.0.`,
      safe: `Name the key as a constraint of the table.

\`\`\`sql
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  user_id bigint NOT NULL,
  CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id)
);
\`\`\``,
      exemptions: [
        'FOREIGN KEY among the columns, or ADD FOREIGN KEY.',
        'MySQL 9.0 and later; MariaDB 10.5 and later.',
      ],
      whenNotToUse: 'Where REFERENCES is meant as a comment.',
      otherTools: {},
    },
    messages: {
      ignored: '{{server}} ignores REFERENCES at {{table}}.{{column}}: no foreign key is made.',
    },
    examples: [
      {
        title: 'REFERENCES at a column of a new table, and at a new column',
        dialect: 'mysql',
        serverVersion: '8.0',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE carts (id bigint PRIMARY KEY);',
        up: `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id));
ALTER TABLE carts ADD COLUMN user_id bigint REFERENCES users (id);`,
        findings: [
          { at: 'REFERENCES users (id)', message: 'orders.user_id' },
          { at: 'REFERENCES users (id)', message: 'carts.user_id' },
        ],
      },
      {
        title: 'A foreign key of the table',
        dialect: 'mysql',
        serverVersion: '8.0',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id));',
        findings: [],
      },
      {
        title: 'MariaDB before 10.5, and since',
        dialect: 'mariadb',
        serverVersion: '10.4',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
        findings: [{ at: 'REFERENCES users (id)', message: 'MariaDB ignores' }],
        inDocs: false,
      },
      {
        title: 'MariaDB 10.11 heeds it',
        dialect: 'mariadb',
        serverVersion: '10.11',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
        findings: [],
        inDocs: false,
      },
      {
        title: 'MySQL 9 heeds it',
        dialect: 'mysql',
        serverVersion: '9',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
        findings: [],
      },
    ],
  },
  create(context) {
    if (heedsColumnReferences(context.server)) return {};
    return {
      createTable: operation => {
        for (const column of operation.columns) judge(operation, column);
      },
      addColumn: operation => judge(operation, operation.column),
      redefineColumn: operation => judge(operation, operation.definition),
    };

    function judge(
      operation: OperationOf<'createTable' | 'addColumn' | 'redefineColumn'>,
      column: OperationOf<'addColumn'>['column'],
    ): void {
      const reference = column.constraints.find(({ type }) => type === 'foreignKey');
      if (reference === undefined) return;
      context.report({
        operation,
        range: reference.range,
        messageId: 'ignored',
        data: {
          table: displayName(operation.table),
          column: column.name,
          server: DIALECT_TITLES[context.server.dialect],
        },
        help: 'Write FOREIGN KEY ({{column}}) REFERENCES … as a constraint of the table.',
      });
    }
  },
});
