import { safeForms } from '../fixes/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { atLeast } from '../server/server.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { trackFilledTables } from './shared/filled-tables.ts';
import { inUse, isSmall, labelOf, labelsOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-not-valid-foreign-key',
  meta: {
    description: 'Require a foreign key on a live table to be added as NOT VALID and validated later.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    hasSuggestions: true,
    docs: {
      failure: `Every INSERT, UPDATE and DELETE on both tables hangs while each row of the one is looked up in the other.`,
      why: `\`ADD FOREIGN KEY\` takes SHARE ROW EXCLUSIVE on the referencing and on the referenced table and holds both while it
checks the rows there are. With \`NOT VALID\` it checks only rows written from then on and is done at once; \`VALIDATE CONSTRAINT\`
checks the others later, under locks that let reads and writes of both tables through. \`ADD COLUMN … REFERENCES\` checks no rows,
unless the column has a default (measured on PostgreSQL 13 to 18).`,
      safe: `\`\`\`sql
-- migration 1
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
-- migration 2
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
\`\`\`

A partitioned referencing table takes NOT VALID from PostgreSQL 18 on. Before, add the key to each partition in this way, then
to the parent, which takes over the partitions' keys without reading rows.`,
      exemptions: [
        'NOT VALID and NOT ENFORCED.',
        'The referencing table was created in the same deploy and not filled from a query: there is nothing to check.',
        'ADD COLUMN … REFERENCES without a default: no row has a value.',
        'Referencing tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'adding-foreign-key-constraint, constraint-missing-not-valid',
        strong_migrations: 'add_foreign_key',
        pgfence: 'add-constraint-fk-no-not-valid',
        eugene: 'E1',
        MigrationPilot: 'MP005',
      },
    },
    messages: {
      validated: 'All writes to {{tables}} wait while each row of {{table}} is looked up in {{references}}.',
      enforced: 'Enforcing {{constraint}} reads {{table}} while all its writes wait.',
    },
    examples: [
      {
        title: 'A foreign key between tables that are in use',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);',
        up: 'ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id);',
        findings: [{ at: 'ADD CONSTRAINT orders_user_fk', message: 'All writes to orders and users' }],
      },
      {
        title: 'A new column whose default points at a row',
        history: 'CREATE TABLE plans (id bigint PRIMARY KEY);\nCREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN plan_id bigint DEFAULT 1 REFERENCES plans (id);',
        findings: [{ at: 'ADD COLUMN plan_id', message: 'plans' }],
      },
      {
        title: 'A new table that was filled from a query',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, plan_id bigint);',
        up: `CREATE TABLE members AS SELECT id AS user_id FROM users;
ALTER TABLE members ADD FOREIGN KEY (user_id) REFERENCES users (id);`,
        findings: [{ at: 'ADD FOREIGN KEY', message: 'All writes to users' }],
        inDocs: false,
      },
      {
        title: 'NOT VALID, and validated in another transaction',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);',
        up: `ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT fk;`,
        findings: [],
      },
      {
        title: 'A new column without a default',
        history: 'CREATE TABLE plans (id bigint PRIMARY KEY);\nCREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN plan_id bigint REFERENCES plans (id);',
        findings: [],
      },
      {
        title: 'A new table',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id), by_id bigint);
ALTER TABLE orders ADD CONSTRAINT by_fk FOREIGN KEY (by_id) REFERENCES users (id);`,
        findings: [],
      },
      {
        title: 'Seed rows in the same migration are few',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `CREATE TABLE admins (user_id bigint);
INSERT INTO admins VALUES (1), (2);
ALTER TABLE admins ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id);`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'NOT ENFORCED',
        serverVersion: '18',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint);',
        up: 'ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT ENFORCED;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const filled = trackFilledTables();
    return {
      ...filled.visitor,
      addForeignKey(operation, site) {
        const { constraint, only } = operation;
        const { ownEffects, state } = site;
        if (constraint.notValid === true || constraint.notEnforced === true) return;
        if (!checksManyRows(operation.table, site)) return;
        const table = context.resolveTable(operation.table, state);
        if (context.isNew(table, state)) {
          report(operation, site, constraint.references.name, {
            help: 'Add it before the rows: while the table is empty there is nothing to check.',
          });
          return;
        }
        const partitioned = table?.partitionBy !== undefined && only !== true;
        const end = operation.range[1];
        report(operation, site, constraint.references.name, {
          help:
            partitioned && !atLeast(context.server, '18')
              ? 'Add it to each partition as NOT VALID, validate those, then add it to the parent.'
              : 'Add it as NOT VALID, and VALIDATE it in a later migration.',
          ...(ownEffects.failures.length > 0 || (partitioned && !atLeast(context.server, '18'))
            ? {}
            : {
                ...safeForms(context.server).notValidConstraint(operation, state, context.segment.file),
                suggestions: [
                  {
                    message: 'Add it as NOT VALID (and validate it later)',
                    edits: [{ start: end, end, text: ' NOT VALID' }],
                  },
                ],
              }),
        });
      },
      addColumn(operation, site) {
        const foreignKey = operation.column.constraints.find(({ type }) => type === 'foreignKey');
        if (foreignKey?.type !== 'foreignKey' || operation.column.default === undefined) return;
        if (!checksManyRows(operation.table, site)) return;
        report(operation, site, foreignKey.references.name, {
          help: 'Add the column first, then the foreign key as NOT VALID, and VALIDATE it in a later migration.',
          ...safeForms(context.server).columnThenConstraints(operation, site.state, context.segment.file),
        });
      },
      alterConstraint(operation, site) {
        const [table] = inUse(context, site.ownEffects.scans, site.state);
        if (operation.enforced !== true || table === undefined || isSmall(context, table, site.state)) return;
        context.report({
          operation,
          messageId: 'enforced',
          data: { constraint: operation.name, table: labelOf(table) },
          help: 'Drop the constraint, add it again as NOT VALID, and VALIDATE it in a later migration.',
        });
      },
    };

    /** Whether rows are looked up of a table that is in use, or that this migration filled beside one that is. */
    function checksManyRows(table: ObjectName, { ownEffects, state }: OperationSite): boolean {
      if (ownEffects.scans.length === 0 || inUse(context, ownEffects.blocksWrites, state).length === 0) return false;
      if (context.isSmall(table)) return false;
      return filled.isFilled(table.name) || !context.isNew(context.resolve(table, state), state);
    }

    function report(
      operation: OperationOf<'addForeignKey' | 'addColumn'>,
      { ownEffects, state }: OperationSite,
      references: string,
      advice: Omit<Parameters<typeof context.report>[0], 'messageId'>,
    ): void {
      context.report({
        operation,
        messageId: 'validated',
        data: {
          tables: labelsOf(inUse(context, ownEffects.blocksWrites, state)),
          table: displayName(operation.table),
          references,
        },
        ...advice,
      });
    }
  },
});
