import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import type { Range } from '../source/source-file.ts';
import { defineRule } from './rule.ts';
import { addedTogether, addsConstraint } from './shared/added-constraints.ts';
import { inUseAndLarge } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-validate-in-same-transaction',
  meta: {
    description: 'Disallow validating a constraint in the transaction that adds it.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The table hangs as if NOT VALID had been left out: all reads and writes of it for a check, all writes of both tables
for a foreign key, until every row has been read.`,
      why: `\`VALIDATE CONSTRAINT\` needs no strong lock, but \`ADD CONSTRAINT\` took one, and the server holds it until the transaction
ends, so the rows are read under it. The same goes for both in one ALTER TABLE. The transaction may be the one that the migration
tool opens around the file, or around all pending migrations.`,
      safe: `Two migrations, each in a transaction of its own.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_age_check CHECK (age > 17) NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_age_check;
\`\`\``,
      exemptions: [
        'The constraint was added in another transaction, or each statement runs on its own.',
        'The table was created in the same deploy: nobody waits.',
        'Tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'constraint-missing-not-valid',
        pgfence: 'not-valid-validate-same-tx',
        strong_migrations: 'validate_check_constraint, validate_foreign_key',
        'postgres-language-server': 'requireSeparateConstraintValidation',
      },
    },
    messages: {
      transaction:
        'The lock of ADD CONSTRAINT {{name}} is still held in this transaction: {{table}} stays blocked while its rows are read.',
      statement:
        'Adding and validating {{name}} in one ALTER TABLE reads the rows of {{table}} under the lock of the ADD.',
    },
    examples: [
      {
        title: 'In one transaction of the file',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: `BEGIN;
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT adult;
COMMIT;`,
        findings: [{ at: 'VALIDATE CONSTRAINT adult', message: 'still held' }],
      },
      {
        title: "In the tool's transaction, a foreign key",
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint, user_id bigint);',
        transaction: 'migration',
        up: `ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT fk;`,
        findings: [{ at: 'VALIDATE CONSTRAINT fk', message: 'orders' }],
      },
      {
        title: 'In one ALTER TABLE',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: 'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID, VALIDATE CONSTRAINT adult;',
        findings: [{ at: 'VALIDATE CONSTRAINT adult', message: 'one ALTER TABLE' }],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show, in a DO block',
        up: `DO $$ BEGIN
  ALTER TABLE app.users ADD CONSTRAINT "Adult" CHECK (age > 17) NOT VALID;
  EXECUTE 'ALTER TABLE app.users VALIDATE CONSTRAINT "Adult"';
END $$;`,
        findings: [{ at: 'VALIDATE CONSTRAINT "Adult"', message: 'app.users' }],
        inDocs: false,
      },
      {
        title: 'Each statement on its own',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: `ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT adult;`,
        findings: [],
      },
      {
        title: 'Added by an earlier migration',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        transaction: 'migration',
        up: 'ALTER TABLE users VALIDATE CONSTRAINT adult;',
        findings: [],
      },
      {
        title: 'A new table',
        transaction: 'migration',
        up: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT adult;`,
        findings: [],
      },
      {
        title: 'Another constraint of the same table',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        transaction: 'migration',
        up: 'ALTER TABLE users VALIDATE CONSTRAINT adult;\nALTER TABLE users ADD CONSTRAINT old CHECK (age < 200) NOT VALID;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      validateConstraint(operation, site) {
        const { state } = site;
        const table = context.resolveTable(operation.table, state);
        if (table === undefined || inUseAndLarge(context, site.ownEffects.scans, state).length === 0) return;
        const together = addedTogether(operation, table, site);
        if (together === undefined) return;
        context.report({
          operation,
          messageId: together === 'statement' ? 'statement' : 'transaction',
          data: { name: operation.name, table: displayName(operation.table) },
          ...safeForms(context.server).validated(
            operation.table,
            operation.name,
            addedAt(operation),
            context.segment.file,
          ),
          help: 'Commit the NOT VALID constraint first, and validate it in a migration after that.',
        });
      },
    };

    /** The clause of this file that adds the constraint. */
    function addedAt({ name }: OperationOf<'validateConstraint'>): Range | undefined {
      const operations = context.segment.script.statements.flatMap(statement => statement.operations);
      return operations.find(operation => addsConstraint(operation, name))?.range;
    }
  },
});
