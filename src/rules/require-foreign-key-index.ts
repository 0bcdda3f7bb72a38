import { safeForms } from '../fixes/index.ts';
import type { Expression } from '../operations/expressions.ts';
import { findColumn, indexesOf } from '../schema/index.ts';
import type { Index, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';
import { collectForeignKeys } from './shared/new-foreign-keys.ts';

interface Options {
  /** Every foreign key, not only those that change rows when their parent goes. */
  readonly all: boolean;
}

export default defineRule<Options>({
  id: 'require-foreign-key-index',
  meta: {
    description: 'Require an index on the columns of a foreign key.',
    cause: 'schema',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'sqlite', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error', conventions: 'warn' },
    presetOptions: { conventions: { all: true } },
    optionsSchema: {
      type: 'object',
      properties: {
        all: {
          type: 'boolean',
          description: 'Every foreign key, not only those that change rows when their parent goes.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { all: false },
    docs: {
      failure: `Deleting one user takes seconds, then minutes, as the tables grow: each row that is deleted makes the server read the whole
referencing table, once per foreign key, while the rows are locked.`,
      why: `PostgreSQL makes an index for the referenced key, and none for the referencing columns. To find what ON DELETE CASCADE or SET
NULL has to change, or what forbids the delete, it looks for them by those columns. (PostgreSQL manual, "Constraints", "Foreign
Keys".)`,
      safe: `With the table, or before the foreign key:

\`\`\`sql
CREATE INDEX CONCURRENTLY orders_user_id_idx ON orders (user_id);
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE NOT VALID;
\`\`\``,
      exemptions: [
        'An index, a primary key or a unique constraint that begins with the columns, in any order; made in the same migration too.',
        'Foreign keys without ON DELETE CASCADE or SET NULL, unless the option all is set (it is in the preset conventions).',
        'Old columns of tables whose indexes the history does not show in full.',
        'Tables listed under `smallTables` in the configuration.',
      ],
      whenNotToUse: 'Where rows of the referenced tables are never deleted, nor their keys changed.',
      otherTools: {
        eugene: 'E15',
        MigrationPilot: 'MP016',
        pgfence: 'fk-missing-index',
        splinter: 'unindexed_foreign_keys',
      },
    },
    messages: {
      reads:
        'Each delete in {{parent}} reads all of {{table}}: nothing indexes {{columns}}, which {{action}} looks rows up by.',
    },
    examples: [
      {
        title: 'On SQL Server, which makes none of itself',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: `CREATE TABLE orders (id int PRIMARY KEY, user_id int REFERENCES users (id) ON DELETE CASCADE);
CREATE TABLE notes (id int PRIMARY KEY, user_id int REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX notes_user ON notes (user_id);`,
        findings: [{ at: 'REFERENCES users (id) ON DELETE CASCADE', message: 'reads all of dbo.orders' }],
        inDocs: false,
      },
      {
        title: 'On SQLite, too',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY);',
        up: 'CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);',
        findings: [{ at: 'REFERENCES users (id) ON DELETE CASCADE' }],
        inDocs: false,
      },
      {
        title: 'ON DELETE CASCADE over a column without an index',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);',
        findings: [
          { at: 'REFERENCES users (id) ON DELETE CASCADE', message: 'Each delete in users reads all of orders' },
        ],
      },
      {
        title: 'The column comes second in the only index that has it',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, shop int, user_id bigint);\nCREATE INDEX i ON orders (shop, user_id);',
        up: 'ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL;',
        findings: [{ at: 'ADD CONSTRAINT fk', message: 'ON DELETE SET NULL' }],
      },
      {
        title: 'Every foreign key, in the preset conventions',
        options: { all: true },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE orders ADD COLUMN user_id bigint REFERENCES users (id);',
        findings: [{ at: 'ADD COLUMN user_id' }],
        inDocs: false,
      },
      {
        title: 'A partial index does not serve; nor does one that is dropped again',
        history: 'CREATE TABLE a (id int PRIMARY KEY);',
        up: `CREATE TABLE b (x int REFERENCES a ON DELETE CASCADE, y int REFERENCES a ON DELETE CASCADE);
CREATE INDEX bx ON b (x) WHERE y > 0;
CREATE INDEX by ON b (y);
DROP INDEX by;`,
        findings: [{ at: 'REFERENCES a ON DELETE CASCADE' }, { at: 'REFERENCES a ON DELETE CASCADE' }],
        inDocs: false,
      },
      {
        title: 'With an index',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX orders_user_id_idx ON orders (user_id);`,
        findings: [],
      },
      {
        title: 'A key that begins with the columns, in any order',
        history: 'CREATE TABLE users (a int, b int, PRIMARY KEY (a, b));',
        up: `CREATE TABLE orders (x int, y int, z int, PRIMARY KEY (y, x, z),
  FOREIGN KEY (x, y) REFERENCES users (a, b) ON DELETE CASCADE);`,
        findings: [],
      },
      {
        title: 'Without an action on delete',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
        findings: [],
      },
      {
        title: 'An old column of a table that is not known; an index over the rows that have a value',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE t (u bigint);',
        up: `ALTER TABLE not_known ADD FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE;
ALTER TABLE t ADD FOREIGN KEY (u) REFERENCES users (id) ON DELETE CASCADE;
CREATE INDEX ON t (u) WHERE u IS NOT NULL;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const foreignKeys = collectForeignKeys(context);
    return {
      ...foreignKeys.handlers,
      segmentEnd(state) {
        for (const { table, constraint, written, operation, range, statement } of foreignKeys.at(state)) {
          const { onDelete, columns } = constraint;
          const changesRows = onDelete === 'cascade' || onDelete === 'set null';
          if (!changesRows && !context.options.all) continue;
          if (!isKnown(table, columns) || context.isSmall(written)) continue;
          if (indexesOf(state, table).some(index => serves(index, columns))) continue;
          context.report({
            operation,
            range,
            statement,
            messageId: 'reads',
            data: {
              parent: parentLabel(constraint.references, state),
              table: labelOf(table),
              columns: columns.join(', '),
              action: changesRows ? `ON DELETE ${onDelete.toUpperCase()}` : 'the check of the foreign key',
            },
            help:
              context.server.dialect === 'postgres'
                ? 'Index the columns; on a table in use with CONCURRENTLY, before the foreign key.'
                : 'Index the columns before the foreign key.',
            ...safeForms(context.server).foreignKeyIndex(written, columns, state),
          });
        }
      },
    };

    /** Whether the indexes that a table has on some columns are known: one on a new column is new itself. */
    function isKnown(table: Table, columns: readonly string[]): boolean {
      return table.complete || columns.some(name => context.isNewOrigin(findColumn(table, name)?.origin));
    }
  },
});

/** Whether an index finds rows by the columns: it begins with them, and leaves none of their rows out. */
function serves({ elements, where, complete, method }: Index, columns: readonly string[]): boolean {
  if (!complete) return true;
  if (!['btree', 'hash', 'clustered', 'nonclustered'].includes(method)) return false;
  const leading = elements.slice(0, columns.length).map(({ column }) => column);
  if (!columns.every(column => leading.includes(column))) return false;
  return where === undefined || isNotNullOf(where.expression, columns);
}

function isNotNullOf(where: Expression, columns: readonly string[]): boolean {
  if (where.kind === 'and') return where.operands.every(operand => isNotNullOf(operand, columns));
  return (
    where.kind === 'isNull' && where.negated && where.operand.kind === 'column' && columns.includes(where.operand.name)
  );
}

function parentLabel(id: number, state: State): string {
  const parent = state.schema.relations.get(id);
  return parent === undefined ? 'the referenced table' : labelOf(parent);
}
