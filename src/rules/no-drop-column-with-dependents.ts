import { columnsOf } from '../operations/expressions.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { catalogueOf } from '../schema/dialects.ts';
import { type Dependent, dependentsOf, findColumn, findConstraint, indexesOf } from '../schema/index.ts';
import type { Index, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { describeTarget, listed, originOf } from './shared/dependents.ts';

export default defineRule({
  id: 'no-drop-column-with-dependents',
  meta: {
    description: 'Disallow dropping a column that takes indexes, constraints or views of other columns along.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Queries that have nothing to do with the column become slow, as the composite index that they used is gone; duplicates
get in, as the UNIQUE over two columns went with one of them; a replica stops, as updates are no longer told apart.`,
      why: `DROP COLUMN drops every index and every constraint that mentions the column, in silence, also those over several columns
and those with the column in their WHERE (PostgreSQL manual, "ALTER TABLE", DROP COLUMN). With CASCADE views, foreign keys, triggers
and policies go too. MySQL and MariaDB take the column out of the indexes over several: a unique one is then about the others alone.`,
      safe: `Make what is to stay without the column first, then drop.

\`\`\`sql
-- migration 1, outside a transaction
CREATE INDEX CONCURRENTLY orders_at_idx ON orders (at);
-- migration 2
-- surefoot-contract orders.region: unused since v1.42
ALTER TABLE orders DROP COLUMN region;
\`\`\``,
      exemptions: [
        'An index on the column alone, without WHERE; a check, a foreign key or NOT NULL on the column alone.',
        'Views and the like without CASCADE: the server refuses, which `no-failing-statement` reports.',
        'Dependents from the same deploy.',
      ],
      whenNotToUse: 'Where indexes and views are kept in step by other means.',
      otherTools: { MigrationPilot: 'MP052', Bytebase: 'column_disallow_drop_in_index' },
    },
    messages: {
      takes: 'With {{table}}.{{column}} go {{dependents}}.',
      shrinks:
        'The server takes {{column}} out of {{dependents}} of {{table}}, which may then serve no query, or double another.',
      shrinksUnique:
        'The server takes {{column}} out of {{dependents}} of {{table}}: rows that differ in it alone become duplicates, and the statement fails on them.',
    },
    examples: [
      {
        title: 'A composite index and a partial one',
        history: `CREATE TABLE orders (id bigint PRIMARY KEY, region text, at date);
CREATE INDEX orders_region_at ON orders (region, at);
CREATE INDEX orders_at ON orders (at) WHERE region = 'eu';`,
        up: 'ALTER TABLE orders DROP COLUMN region;',
        findings: [
          { at: 'DROP COLUMN region', message: 'With orders.region go index orders_region_at and index orders_at.' },
        ],
      },
      {
        title: 'Indexes that shrink, on MySQL',
        dialect: 'mysql',
        history: `CREATE TABLE orders (id bigint PRIMARY KEY, region varchar(8), no int, at date,
  UNIQUE KEY by_no (region, no), KEY by_at (region, at), KEY alone (region));`,
        up: 'ALTER TABLE orders DROP COLUMN region;',
        findings: [
          {
            at: 'DROP COLUMN region',
            message: 'unique index by_no of orders: rows that differ in it alone',
          },
        ],
      },
      {
        title: 'UNIQUE over two columns',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, region text, no int, UNIQUE (region, no));',
        up: 'ALTER TABLE orders DROP COLUMN region;',
        findings: [{ at: 'DROP COLUMN region', message: 'UNIQUE constraint orders_region_no_key of orders' }],
      },
      {
        title: 'CASCADE takes views and foreign keys along',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, code text UNIQUE);
CREATE TABLE orders (code text REFERENCES users (code));
CREATE VIEW codes AS SELECT code FROM users;`,
        up: 'ALTER TABLE users DROP COLUMN code CASCADE;',
        findings: [{ at: 'DROP COLUMN code', message: 'view codes' }],
      },
      {
        title: 'The index that is the replica identity',
        history: `CREATE TABLE t (a int NOT NULL, b int);
CREATE UNIQUE INDEX t_a ON t (a);
ALTER TABLE t REPLICA IDENTITY USING INDEX t_a;`,
        up: 'ALTER TABLE t DROP COLUMN a;',
        findings: [{ at: 'DROP COLUMN a', message: 'replica identity' }],
        inDocs: false,
      },
      {
        title: 'An index and a check on the column alone',
        history: `CREATE TABLE orders (id bigint PRIMARY KEY, region text CHECK (region <> ''), user_id bigint REFERENCES orders);
CREATE INDEX orders_region ON orders (region);`,
        up: 'ALTER TABLE orders DROP COLUMN region, DROP COLUMN user_id;',
        findings: [],
      },
      {
        title: 'An index over other columns',
        history:
          'CREATE TABLE orders (id bigint PRIMARY KEY, region text, a int, b int);\nCREATE INDEX i ON orders (a, b);',
        up: 'ALTER TABLE orders DROP COLUMN region;',
        findings: [],
      },
      {
        title: 'A new table, an unknown table',
        up: 'CREATE TABLE n (a int, b int, UNIQUE (a, b));\nALTER TABLE n DROP COLUMN a;\nALTER TABLE x DROP COLUMN a;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      dropColumn(operation, { state }) {
        const table = context.resolveTable(operation.table, state);
        if (table === undefined || context.isNew(table, state)) return;
        if (findColumn(table, operation.column) === undefined) return;
        if (catalogueOf(state).dropColumn === 'shrinks indexes') {
          judgeShrunk(operation, table, state);
          return;
        }
        const dependents = dependentsOf(state, { kind: 'column', table: table.id, column: operation.column }).filter(
          dependent =>
            (dependent.automatic || operation.cascade) &&
            !context.isNewOrigin(originOf(state, dependent.target)) &&
            isShared(state, table, dependent),
        );
        if (dependents.length === 0) return;
        const labels = dependents.map(({ target }) => {
          const isIdentity = target.kind === 'relation' && table.replicaIdentity.index === target.id;
          return `${describeTarget(state, target)}${isIdentity ? ', the replica identity' : ''}`;
        });
        context.report({
          operation,
          messageId: 'takes',
          data: {
            table: displayName(operation.table),
            column: operation.column,
            dependents: listed([...new Set(labels)]),
          },
          help: 'Make what is to stay again without the column, before the drop.',
        });
      },
    };

    /** MySQL takes the column out of its indexes: a unique one over the rest refuses rows that were fine. */
    function judgeShrunk(operation: OperationOf<'dropColumn'>, table: Table, state: State): void {
      const shrunk = indexesOf(state, table).filter(
        index =>
          index.elements.length > 1 &&
          // MariaDB refuses to, which no-failing-statement reports.
          !(index.unique && context.server.dialect === 'mariadb') &&
          !context.isNewOrigin(index.origin) &&
          index.elements.some(({ column }) => column?.toLowerCase() === operation.column.toLowerCase()),
      );
      if (shrunk.length === 0) return;
      const labels = shrunk.map(({ name, unique }) => `${unique ? 'unique index' : 'index'} ${name}`);
      context.report({
        operation,
        messageId: shrunk.some(({ unique }) => unique) ? 'shrinksUnique' : 'shrinks',
        data: { table: displayName(operation.table), column: operation.column, dependents: listed(labels) },
        help: 'Make the indexes that are to stay without the column first, and drop the others.',
      });
    }
  },
});

/** Whether a dependent of a column is about more than that column, or is something that others rely on. */
function isShared(state: State, table: Table, { target }: Dependent): boolean {
  switch (target.kind) {
    case 'relation': {
      const relation = state.schema.relations.get(target.id);
      if (relation?.kind !== 'index') return relation?.kind === 'view' || relation?.kind === 'materialized view';
      if (relation.table !== table.id || relation.constraint !== undefined) return false;
      return table.replicaIdentity.index === relation.id || isCompositeOrPartial(relation);
    }
    case 'constraint': {
      const constraint = findConstraint(table, target.name);
      if (target.table !== table.id || constraint === undefined) return target.table !== table.id;
      if (constraint.type === 'notNull') return false;
      if (constraint.type === 'check') return columnsOf(constraint.condition.expression).length > 1;
      return constraint.type !== 'foreignKey' || constraint.columns.length > 1;
    }
    case 'column':
      return target.table === table.id;
    case 'trigger':
    case 'policy':
      return true;
    default:
      return false;
  }
}

function isCompositeOrPartial(index: Index): boolean {
  const mentioned = index.elements.flatMap(({ column, expression }) =>
    expression === undefined ? (column ?? []) : columnsOf(expression.expression),
  );
  return index.where !== undefined || new Set(mentioned).size > 1 || index.including.length > 0;
}
