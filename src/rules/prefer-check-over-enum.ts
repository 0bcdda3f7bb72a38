import type { ColumnDefinition } from '../operations/definitions.ts';
import { displayName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { typeExistence } from '../schema/index.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'prefer-check-over-enum',
  meta: {
    description: 'Prefer a CHECK, or a table of its own, to an enum type.',
    cause: 'schema',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb'],
    presets: { conventions: 'warn' },
    docs: {
      failure: `A value has to go, and the type does not let it: it must be made anew, with every column that uses it rewritten under a lock.
A new value cannot be used in the migration that adds it. An old release fails on a value that it does not know.`,
      why: `\`ALTER TYPE … ADD VALUE\` is all there is: a value cannot be removed, and not be moved. A CHECK is replaced without touching a
row: add the new one NOT VALID, validate it, drop the old one. (PostgreSQL manual, "Enumerated Types", "ALTER TYPE".)`,
      safe: `\`\`\`sql
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  status text NOT NULL CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid'))
);
-- another value later: no row is read under an exclusive lock
ALTER TABLE orders ADD CONSTRAINT orders_status_check2 CHECK (status IN ('open', 'paid', 'void')) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT orders_status_check2;
ALTER TABLE orders DROP CONSTRAINT orders_status_check;
\`\`\`

Where the values have properties, or change often, a table with a foreign key.`,
      exemptions: [
        'A type that takes the place of one that the history dropped or renamed away: the choice was made before.',
      ],
      whenNotToUse:
        'Where the values never change, such as the days of the week, or generated code depends on the type.',
      otherTools: { 'postgres-language-server': 'creatingEnum', eugene: 'W13', skeema: 'has-enum' },
    },
    messages: {
      column:
        'A value of {{column}} can only be taken away, renamed or put elsewhere by copying the table: {{values}} are in its type.',
      created:
        'The values of {{type}} can only be added to: to remove or reorder one, the type and every column of it must be made anew.',
    },
    examples: [
      {
        title: 'ENUM of MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "CREATE TABLE orders (id bigint PRIMARY KEY, state enum('new', 'paid'));\nALTER TABLE users ADD COLUMN kind enum('a');",
        findings: [
          { at: "state enum('new', 'paid')", message: "'new', 'paid' are in its type" },
          { at: 'ADD COLUMN kind' },
        ],
      },
      {
        title: 'An enum type',
        up: "CREATE TYPE status AS ENUM ('open', 'paid');",
        findings: [{ at: 'CREATE TYPE status', message: 'status can only be added to' }],
      },
      {
        title: 'In a schema, and in a DO block',
        up: 'DO $$ BEGIN\n  CREATE TYPE app."Status" AS ENUM (\'open\');\nEXCEPTION WHEN duplicate_object THEN NULL;\nEND $$;',
        findings: [{ at: 'CREATE TYPE app."Status"', message: 'app.Status' }],
        inDocs: false,
      },
      {
        title: 'A CHECK',
        up: "CREATE TABLE orders (id bigint PRIMARY KEY, status text CHECK (status IN ('open', 'paid')));",
        findings: [],
      },
      {
        title: 'A type that is made anew',
        history: "CREATE TYPE status AS ENUM ('open', 'paid', 'old');",
        up: "ALTER TYPE status RENAME TO status_old;\nCREATE TYPE status AS ENUM ('open', 'paid');",
        findings: [],
      },
      {
        title: 'Other types',
        up: "CREATE TYPE pair AS (a int, b int);\nCREATE DOMAIN code AS text CHECK (value <> '');",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      createEnum(operation, site) {
        if (typeExistence(site.state, operation.type) === 'gone') return;
        context.report({
          operation,
          messageId: 'created',
          data: { type: displayName(operation.type), values: listOf(operation.values) },
          help: 'Use text with CHECK (… IN ({{values}})), or a table with a foreign key.',
        });
      },
      // ENUM of MySQL is a type of one column.
      createTable(operation) {
        for (const column of operation.columns) judge(operation, column, { range: column.range });
      },
      addColumn: operation => judge(operation, operation.column),
    };

    function judge(
      operation: Operation,
      { name, type }: ColumnDefinition,
      place: { readonly range?: readonly [number, number] } = {},
    ): void {
      if (type?.name !== 'enum' || !type.builtin) return;
      context.report({
        operation,
        ...place,
        messageId: 'column',
        data: { column: name, values: listOf(type.modifiers.map(String)) },
        help: 'Use varchar with CHECK (… IN ({{values}})), or a table with a foreign key.',
      });
    }
  },
});

/** Values as SQL literals, no more than a reader takes in. */
function listOf(values: readonly string[]): string {
  const shown = values.slice(0, 6).map(value => `'${value}'`);
  return [...shown, ...(values.length > shown.length ? ['…'] : [])].join(', ');
}
