import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-untrusted-constraint',
  meta: {
    description: 'Disallow switching a constraint of SQL Server on again without checking the rows it has missed.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: ['sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The constraint is on, and rows that break it are there all the same: those that were written while it was off. Queries over
the table become slower, as the optimizer does not rely on a constraint that is not trusted: joins that a foreign key made needless
are done again, partitioned views read every table.`,
      why: `\`ALTER TABLE … CHECK CONSTRAINT\` means WITH NOCHECK unless it says otherwise ("ALTER TABLE (Transact-SQL)"): the rows that are
there are not looked at, and \`is_not_trusted\` stays 1 in sys.foreign_keys and sys.check_constraints. The two CHECKs are no slip: the
first says what is done with the rows, the second what is done with the constraint.`,
      safe: `\`\`\`sql
ALTER TABLE orders WITH CHECK CHECK CONSTRAINT orders_user;
\`\`\`

It reads every row under a schema modification lock: run it when nobody uses the table.`,
      exemptions: [
        'WITH CHECK CHECK CONSTRAINT, here or later in the same migration.',
        'ADD CONSTRAINT WITH NOCHECK, which `require-validate-constraint` follows.',
        'Tables that were created in the same deploy.',
      ],
      whenNotToUse: 'Where constraints are meant for new rows only.',
      otherTools: {},
    },
    messages: {
      untrusted:
        'CHECK CONSTRAINT alone looks at no row: {{name}} of {{table}} is on again, and not trusted. Say WITH CHECK CHECK CONSTRAINT.',
    },
    examples: [
      {
        title: 'Off for a load, and on again unchecked',
        dialect: 'sqlserver',
        history: `CREATE TABLE users (id int PRIMARY KEY);
CREATE TABLE orders (id int PRIMARY KEY, user_id int CONSTRAINT orders_user REFERENCES users (id));`,
        up: `ALTER TABLE orders NOCHECK CONSTRAINT orders_user;
INSERT INTO orders SELECT id, user_id FROM staging;
ALTER TABLE orders CHECK CONSTRAINT orders_user;`,
        findings: [
          { at: 'CHECK CONSTRAINT orders_user', message: 'orders_user of orders is on again, and not trusted' },
        ],
      },
      {
        title: 'All of a table',
        dialect: 'sqlserver',
        history: 'CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT c CHECK (n > 0));',
        up: 'ALTER TABLE orders CHECK CONSTRAINT ALL;',
        findings: [{ at: 'CHECK CONSTRAINT ALL', message: 'every constraint of orders' }],
        inDocs: false,
      },
      {
        title: 'Checked',
        dialect: 'sqlserver',
        history: 'CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT c CHECK (n > 0));',
        up: `ALTER TABLE orders NOCHECK CONSTRAINT c;
ALTER TABLE orders WITH CHECK CHECK CONSTRAINT c;`,
        findings: [],
      },
      {
        title: 'A new table',
        dialect: 'sqlserver',
        up: `CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT c CHECK (n > 0));
ALTER TABLE orders NOCHECK CONSTRAINT c;
ALTER TABLE orders CHECK CONSTRAINT c;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Checked after it',
        dialect: 'sqlserver',
        history: 'CREATE TABLE orders (id int PRIMARY KEY, n int CONSTRAINT c CHECK (n > 0));',
        up: `ALTER TABLE orders CHECK CONSTRAINT c;
ALTER TABLE orders WITH CHECK CHECK CONSTRAINT c;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { statements } = context.segment.script;
    return {
      alterConstraint(operation, { state, index }) {
        const { table, name } = operation;
        if (operation.enforced !== true || context.isNew(context.resolve(table, state), state)) return;
        const isChecked = statements
          .slice(index + 1)
          .some(({ operations }) =>
            operations.some(
              later =>
                later.kind === 'validateConstraint' &&
                later.table.name === table.name &&
                [name, 'ALL'].includes(later.name),
            ),
          );
        if (isChecked) return;
        const all = name.toUpperCase() === 'ALL';
        context.report({
          operation,
          messageId: 'untrusted',
          data: { name: all ? 'every constraint' : name, table: displayName(table) },
          help: 'WITH CHECK looks at the rows: run it when nobody uses the table.',
          ...(all ? {} : safeForms(context.server).validated(table, name)),
        });
      },
    };
  },
});
