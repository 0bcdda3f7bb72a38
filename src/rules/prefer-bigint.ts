import type { ColumnDefinition } from '../operations/definitions.ts';
import type { ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { constraintsOf, creationSchema, findColumn, resolveTable } from '../schema/index.ts';
import type { ObjectId, TableConstraint } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';
import { collectForeignKeys } from './shared/new-foreign-keys.ts';

/** An integer type, with the last number it can hold, signed and unsigned, and its bytes. */
interface Integer {
  readonly name: string;
  readonly last: string;
  readonly unsigned: string;
  readonly size: number;
}

const integer = (name: string, size: number, last: string, unsigned: string): Integer => ({
  name,
  last,
  unsigned,
  size,
});

const SMALL = integer('smallint', 2, '32,767', '65,535');
const BIG = integer('bigint', 8, '9,223,372,036,854,775,807', '18,446,744,073,709,551,615');

/** Integer types by the servers' names. */
const INTEGERS: Readonly<Record<string, Integer>> = {
  int2: SMALL,
  int4: integer('integer', 4, '2,147,483,647', '4,294,967,295'),
  int8: BIG,
  tinyint: integer('tinyint', 1, '127', '255'),
  smallint: SMALL,
  mediumint: integer('mediumint', 3, '8,388,607', '16,777,215'),
  int: integer('int', 4, '2,147,483,647', '4,294,967,295'),
  bigint: BIG,
};

export default defineRule({
  id: 'prefer-bigint',
  meta: {
    description: 'Prefer bigint for primary keys and for what references them.',
    cause: 'schema',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error', conventions: 'warn' },
    docs: {
      failure: `One day every INSERT fails: \`nextval: reached maximum value of sequence\`, or \`integer out of range\` in a table that references
the key. To widen a key of two thousand million rows takes weeks of work, or hours of downtime.`,
      why: `\`integer\` ends at 2,147,483,647. Failed and rolled back INSERTs use up numbers as well, so the end comes before the table has
that many rows. The four bytes that a bigint takes more are mostly lost to alignment otherwise. (PostgreSQL manual, "Numeric
Types"; "Sequence Manipulation Functions".)`,
      safe: `\`\`\`sql
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint REFERENCES users (id));
\`\`\``,
      exemptions: [
        'Primary keys of several columns, and those that are foreign keys: their size is that of what they reference.',
        'Foreign keys as wide as what they reference, or wider.',
        'Temporary tables and partitions.',
      ],
      whenNotToUse: 'Where tables are known to stay small, such as lists of countries.',
      otherTools: {
        squawk: 'prefer-bigint-over-int, prefer-bigint-over-smallint',
        pgfence: 'prefer-bigint-over-int',
        'postgres-language-server': 'preferBigInt',
        MigrationPilot: 'MP038',
        online_migrations: 'short_primary_key_type, mismatched_foreign_key_type',
      },
    },
    messages: {
      primaryKey: 'The primary key {{column}} is {{type}}: INSERTs into {{table}} fail once it reaches {{last}}.',
      foreignKey:
        '{{table}}.{{column}} is {{type}}, and {{parent}}.{{referenced}} is {{wide}}: rows above {{last}} cannot be referenced.',
    },
    examples: [
      {
        title: 'A key of four bytes',
        up: 'CREATE TABLE users (id serial PRIMARY KEY, n int);',
        findings: [{ at: 'id serial PRIMARY KEY', message: 'fail once it reaches 2,147,483,647' }],
      },
      {
        title: 'A foreign key narrower than what it references',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id integer REFERENCES users (id));',
        findings: [{ at: 'REFERENCES users (id)', message: 'orders.user_id is integer, and users.id is bigint' }],
      },
      {
        title: 'On MySQL, where unsigned doubles what there is room for, and on SQL Server',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `CREATE TABLE orders (id int unsigned AUTO_INCREMENT PRIMARY KEY, user_id int, FOREIGN KEY (user_id) REFERENCES users (id));
CREATE TABLE tags (id mediumint AUTO_INCREMENT PRIMARY KEY);`,
        findings: [
          { at: 'id int unsigned AUTO_INCREMENT PRIMARY KEY', message: 'fail once it reaches 4,294,967,295' },
          {
            at: 'FOREIGN KEY (user_id) REFERENCES users (id)',
            message: 'orders.user_id is int, and users.id is bigint',
          },
          { at: 'id mediumint AUTO_INCREMENT PRIMARY KEY', message: '8,388,607' },
        ],
        inDocs: false,
      },
      {
        title: 'On SQL Server',
        dialect: 'sqlserver',
        up: 'CREATE TABLE orders (id int IDENTITY(1,1) PRIMARY KEY);\nCREATE TABLE logs (id bigint IDENTITY(1,1) PRIMARY KEY);',
        findings: [{ at: 'id int IDENTITY(1,1) PRIMARY KEY', message: '2,147,483,647' }],
        inDocs: false,
      },
      {
        title: 'A key that is added later, to a new table and to an old one',
        history: 'CREATE TABLE old (id smallint);',
        up: `CREATE TABLE a (x int, id int NOT NULL);
ALTER TABLE ONLY a ADD CONSTRAINT a_pkey PRIMARY KEY (id);
ALTER TABLE old ADD PRIMARY KEY (id);
ALTER TABLE b ADD COLUMN id serial PRIMARY KEY;`,
        findings: [{ at: 'id int NOT NULL' }, { at: 'ADD PRIMARY KEY', message: '32,767' }, { at: 'ADD COLUMN id' }],
        inDocs: false,
      },
      {
        title: 'One of two columns does not fit; the referenced columns are left to the primary key',
        history: 'CREATE TABLE p (a bigint, b int, PRIMARY KEY (a, b));',
        up: 'CREATE TABLE c (id bigint PRIMARY KEY, x int, y int);\nALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (x, y) REFERENCES p;',
        findings: [{ at: 'ADD CONSTRAINT f', message: 'c.x' }],
        inDocs: false,
      },
      {
        title: 'bigint, and keys that are no numbers',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), n int);
CREATE TABLE tokens (id uuid PRIMARY KEY);`,
        findings: [],
      },
      {
        title: 'A key of several columns, and one that is a foreign key',
        history: 'CREATE TABLE old (id int PRIMARY KEY);',
        up: `CREATE TABLE pairs (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE details (old_id int PRIMARY KEY REFERENCES old (id));
CREATE TABLE more (old_id bigint REFERENCES old (id));`,
        findings: [],
      },
      {
        title: 'What is not known, and what is there already',
        history: 'CREATE TABLE old (id int PRIMARY KEY);',
        up: 'ALTER TABLE old ADD COLUMN x_id int REFERENCES not_known (id);\nCREATE TABLE IF NOT EXISTS old (id int PRIMARY KEY);\nCREATE TEMP TABLE t (id int PRIMARY KEY);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const foreignKeys = collectForeignKeys(context);
    const keyed: { readonly operation: Operation; readonly statement: number; readonly name: ObjectName }[] = [];
    const keep = (operation: Operation, site: OperationSite, written: ObjectName): void => {
      const schema = context.resolve(written, site.state)?.schema ?? creationSchema(site.state, written);
      keyed.push({ operation, statement: site.index, name: { schema, name: written.name } });
    };
    return {
      createTable(operation, site) {
        foreignKeys.handlers.createTable?.(operation, site);
        if (operation.persistence !== 'temporary' && operation.partitionOf === undefined) {
          keep(operation, site, operation.table);
        }
      },
      addColumn(operation, site) {
        foreignKeys.handlers.addColumn?.(operation, site);
        if (operation.column.constraints.some(({ type }) => type === 'primaryKey')) {
          keep(operation, site, operation.table);
        }
      },
      addPrimaryKey(operation, site) {
        keep(operation, site, operation.table);
      },
      addForeignKey(operation, site) {
        foreignKeys.handlers.addForeignKey?.(operation, site);
      },
      segmentEnd(state) {
        judgePrimaryKeys(state);
        judgeForeignKeys(state);
      },
    };

    function judgePrimaryKeys(state: State): void {
      const judged = new Set<ObjectId>();
      for (const { operation, statement, name } of keyed) {
        const table = resolveTable(state, name);
        if (table === undefined || judged.has(table.id)) continue;
        judged.add(table.id);
        const key = table.constraints.find(isPrimaryKey);
        const [column] = key?.columns ?? [];
        if (key?.origin?.migration !== context.migration.index || column === undefined || key.columns.length > 1)
          continue;
        const type = findColumn(table, column)?.type;
        const found = INTEGERS[type?.name ?? ''];
        if (found === undefined || found.size === 8) continue;
        if (constraintsOf(table, 'foreignKey').some(({ columns }) => columns.includes(column))) continue;
        const range = operation.kind === 'createTable' ? definitionOf(operation.columns, column)?.range : undefined;
        context.report({
          operation,
          statement,
          ...(range === undefined ? {} : { range }),
          messageId: 'primaryKey',
          data: { column, type: found.name, table: labelOf(table), last: type?.unsigned ? found.unsigned : found.last },
          help: 'Make it bigint while the table is empty.',
        });
      }
    }

    function judgeForeignKeys(state: State): void {
      for (const { table, constraint, operation, range, statement } of foreignKeys.at(state)) {
        const parent = state.schema.relations.get(constraint.references);
        if (parent?.kind !== 'table') continue;
        for (const [index, column] of constraint.columns.entries()) {
          const referenced = constraint.referencedColumns[index];
          const own = INTEGERS[findColumn(table, column)?.type?.name ?? ''];
          const wide = INTEGERS[referenced === undefined ? '' : (findColumn(parent, referenced)?.type?.name ?? '')];
          if (own === undefined || wide === undefined || referenced === undefined || own.size >= wide.size) continue;
          context.report({
            operation,
            range,
            statement,
            messageId: 'foreignKey',
            data: {
              table: labelOf(table),
              column,
              type: own.name,
              parent: labelOf(parent),
              referenced,
              wide: wide.name,
              last: own.last,
            },
            help: 'Give it the type of the column that it references.',
          });
        }
      }
    }
  },
});

function definitionOf(columns: readonly ColumnDefinition[], name: string): ColumnDefinition | undefined {
  return columns.find(column => column.name === name);
}

function isPrimaryKey(
  constraint: TableConstraint,
): constraint is Extract<TableConstraint, { columns: unknown; index: unknown }> {
  return constraint.type === 'primaryKey';
}
