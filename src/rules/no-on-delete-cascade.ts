import type { ConstraintDefinition, ForeignKeyConstraint } from '../operations/definitions.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-on-delete-cascade',
  meta: {
    description: 'Disallow foreign keys that delete or change rows by themselves.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { strict: 'error' },
    docs: {
      failure: `Someone deletes one account by hand, and its orders, invoices and their lines are gone with it. Or the delete that took
a millisecond in the test takes minutes, as it spreads through the tables.`,
      why: `ON DELETE CASCADE deletes the referencing rows, and what references those, without a word to whoever deletes; ON UPDATE
CASCADE rewrites them. Each runs as a statement per row, within the same transaction and its locks.`,
      safe: `Let the server refuse, and delete on purpose.

\`\`\`sql
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey
  FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT NOT VALID;
\`\`\``,
      exemptions: ['NO ACTION, RESTRICT, SET NULL and SET DEFAULT.'],
      whenNotToUse: 'Where rows have no life of their own, such as the lines of an order, and the cascade is meant.',
      otherTools: { Bytebase: 'statement_disallow_on_del_cascade' },
    },
    messages: {
      remove: 'Whoever deletes a row of {{parent}} also deletes the rows of {{table}} that reference it.',
      change: 'Whoever changes a key of {{parent}} also changes the rows of {{table}} that reference it.',
    },
    examples: [
      {
        title: 'ON DELETE CASCADE',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);',
        up: 'ALTER TABLE orders ADD CONSTRAINT o FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID;',
        findings: [
          {
            at: 'CONSTRAINT o FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE NOT VALID',
            message: 'deletes a row of users also deletes the rows of orders',
          },
        ],
      },
      {
        title: 'In CREATE TABLE and ADD COLUMN',
        up: `CREATE TABLE orders (id int, user_id bigint REFERENCES users ON UPDATE CASCADE);
ALTER TABLE lines ADD COLUMN order_id int REFERENCES app.orders (id) ON DELETE CASCADE;`,
        findings: [
          { at: 'REFERENCES users ON UPDATE CASCADE', message: 'changes a key of users' },
          { at: 'REFERENCES app.orders (id) ON DELETE CASCADE', message: 'a row of app.orders' },
        ],
        inDocs: false,
      },
      {
        title: 'The server refuses',
        up: 'CREATE TABLE orders (id int, user_id bigint REFERENCES users);',
        findings: [],
      },
      {
        title: 'The rows stay',
        up: 'CREATE TABLE orders (id int, user_id bigint REFERENCES users ON DELETE SET NULL, FOREIGN KEY (id) REFERENCES x ON DELETE RESTRICT);',
        findings: [],
      },
      {
        title: 'No foreign key',
        up: 'CREATE TABLE orders (id int PRIMARY KEY, note text UNIQUE);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint, FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE);',
        findings: [{ at: 'FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createTable(operation) {
        for (const column of operation.columns) judge(operation.table, column.constraints);
        judge(operation.table, operation.constraints);
      },
      addColumn(operation) {
        judge(operation.table, operation.column.constraints);
      },
      addForeignKey(operation) {
        judge(operation.table, [operation.constraint]);
      },
    };

    function judge(table: ObjectName, constraints: readonly ConstraintDefinition[]): void {
      for (const constraint of constraints) {
        if (constraint.type !== 'foreignKey') continue;
        if (constraint.onDelete === 'cascade') report('remove', table, constraint);
        else if (constraint.onUpdate === 'cascade') report('change', table, constraint);
      }
    }

    function report(messageId: 'remove' | 'change', table: ObjectName, constraint: ForeignKeyConstraint): void {
      context.report({
        range: constraint.range,
        messageId,
        data: { table: displayName(table), parent: displayName(constraint.references) },
        help: 'Use RESTRICT, and delete the referencing rows on purpose.',
      });
    }
  },
});
