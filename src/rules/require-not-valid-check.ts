import { safeForms } from '../fixes/index.ts';
import type { Operation } from '../operations/operations.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { inUseAndLarge, labelsOf, trafficOf, unknownsOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-not-valid-check',
  meta: {
    description: 'Require a check on a live table to be added as NOT VALID and validated later.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    hasSuggestions: true,
    docs: {
      failure: `All reads and writes of the table hang while every row of it is checked: seconds per gigabyte.`,
      why: `\`ADD CONSTRAINT … CHECK\` holds ACCESS EXCLUSIVE while it reads the table, and so does \`ADD COLUMN … CHECK\`, also for a
column that is new and empty, and a NOT NULL constraint of PostgreSQL 18. With \`NOT VALID\` only rows written from then on are
checked, and \`VALIDATE CONSTRAINT\` reads the others later under SHARE UPDATE EXCLUSIVE, which lets everybody through. A domain is
worse: \`ALTER DOMAIN … ADD CHECK\`, \`SET NOT NULL\` and \`VALIDATE CONSTRAINT\` lock every table with a column of it against writes
while they read them all (measured on PostgreSQL 13 to 18).`,
      safe: `\`\`\`sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 17) NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_age_check;
\`\`\`

Instead of validating a constraint of a domain, put the condition on each table as a check, in the same way.`,
      exemptions: [
        'NOT VALID and NOT ENFORCED.',
        'The table was created in the same deploy; no table in use has the domain.',
        'Tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'constraint-missing-not-valid',
        strong_migrations: 'add_check_constraint',
        pgfence: 'add-constraint-check-no-not-valid',
        eugene: 'E1',
        MigrationPilot: 'MP030',
      },
    },
    messages: {
      scan: 'All {{traffic}} of {{tables}} wait while every row is checked{{unknown}}.',
      column: 'All {{traffic}} of {{tables}} wait while every row is checked, although the column is new{{unknown}}.',
      domain:
        'All {{traffic}} of {{tables}}, which have columns of this domain, wait while every row is checked{{unknown}}.',
    },
    examples: [
      {
        title: 'A check on a table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: 'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17), ADD COLUMN note text;',
        findings: [{ at: 'ADD CONSTRAINT adult', message: 'All reads and writes of users' }],
      },
      {
        title: 'A new column with a check',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN age int CHECK (age > 17);',
        findings: [{ at: 'ADD COLUMN age', message: 'although the column is new' }],
      },
      {
        title: 'A NOT NULL constraint of PostgreSQL 18',
        serverVersion: '18',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: 'ALTER TABLE users ADD CONSTRAINT users_age_nn NOT NULL age;',
        findings: [{ at: 'ADD CONSTRAINT users_age_nn' }],
        inDocs: false,
      },
      {
        title: 'A domain that a table in use has a column of',
        history: 'CREATE DOMAIN posint AS int;\nCREATE TABLE users (id bigint PRIMARY KEY, age posint);',
        up: 'ALTER DOMAIN posint ADD CONSTRAINT positive CHECK (VALUE > 0);\nALTER DOMAIN posint SET NOT NULL;',
        findings: [
          { at: 'ALTER DOMAIN posint ADD CONSTRAINT', message: 'All writes of users' },
          { at: 'ALTER DOMAIN posint SET NOT' },
        ],
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE app."Users" ADD CHECK ("age" > 17);',
        findings: [{ at: 'ADD CHECK', message: 'app.Users' }],
        inDocs: false,
      },
      {
        title: 'NOT VALID, and validated in another transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: `ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT adult;`,
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);\nALTER TABLE users ADD CHECK (age > 17);',
        findings: [],
      },
      {
        title: 'A domain that no table in use has',
        history: 'CREATE DOMAIN posint AS int;\nCREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: 'CREATE TABLE orders (n posint);\nALTER DOMAIN posint ADD CHECK (VALUE > 0);',
        findings: [],
      },
      {
        title: 'Columns without a check, and NOT NULL with a constant default',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b text NOT NULL DEFAULT 'x';",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      addCheck(operation, site) {
        if (operation.constraint.notValid !== true) judge('scan', operation, site);
      },
      addNotNullConstraint(operation, site) {
        if (operation.constraint.notValid !== true) judge('scan', operation, site);
      },
      addColumn(operation, site) {
        const { constraints, generated, notNull } = operation.column;
        const checked = constraints.some(({ type }) => type === 'check') || (generated !== undefined && notNull);
        // A rewrite checks the rows on the way: no-rewrite has it.
        if (checked && site.ownEffects.rewrites.length === 0) judge('column', operation, site);
      },
      alterDomain(operation, site) {
        judge('domain', operation, site);
      },
    };

    function judge(messageId: 'scan' | 'column' | 'domain', operation: Operation, site: OperationSite): void {
      const { ownEffects, state } = site;
      const tables = inUseAndLarge(context, ownEffects.scans, state);
      const [first] = tables;
      if (first === undefined) return;
      context.report({
        operation,
        messageId,
        data: {
          tables: labelsOf(tables),
          traffic: trafficOf(ownEffects, first),
          unknown: unknownsOf(ownEffects),
        },
        ...adviceFor(operation, site),
      });
    }

    function adviceFor(
      operation: Operation,
      site: OperationSite,
    ): Omit<Parameters<typeof context.report>[0], 'messageId'> {
      const { file } = context.segment;
      switch (operation.kind) {
        case 'addCheck':
        case 'addNotNullConstraint': {
          const end = operation.range[1];
          return {
            help: 'Add it as NOT VALID, and VALIDATE it in a later migration.',
            ...safeForms(context.server).notValidConstraint(operation, site.state, file),
            suggestions: [
              {
                message: 'Add it as NOT VALID (and validate it later)',
                edits: [{ start: end, end, text: ' NOT VALID' }],
              },
            ],
          };
        }
        case 'addColumn':
          return {
            help: 'Add the column first, then the check as NOT VALID, and VALIDATE it in a later migration.',
            ...(operation.column.constraints.length === 0
              ? {}
              : safeForms(context.server).columnThenConstraints(operation, site.state, file)),
          };
        default:
          return { help: 'Put the condition on each table as a CHECK that is NOT VALID, and VALIDATE those.' };
      }
    }
  },
});
