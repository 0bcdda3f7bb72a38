import { safeForms } from '../fixes/index.ts';
import { defineRule } from './rule.ts';
import { inUseAndLarge, labelOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-set-not-null-scan',
  meta: {
    description: 'Disallow SET NOT NULL that reads the whole table while nobody can use it.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `All reads and writes of the table hang while the server looks for a NULL in every row: seconds per gigabyte.`,
      why: `\`SET NOT NULL\` holds ACCESS EXCLUSIVE during the scan. The server leaves the scan out where a validated CHECK of the same
table proves that there is no NULL: \`CHECK (column IS NOT NULL)\`, also as one condition of an AND; no other condition does
(\`CHECK (n > 0)\` lets NULL through), and no check that is still NOT VALID (measured on PostgreSQL 13 to 18).`,
      safe: `Prove it first, by a check that is validated under a lock that lets everybody through.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_email_not_null CHECK (email IS NOT NULL) NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_email_not_null;
-- migration 3: no scan any more
ALTER TABLE users ALTER COLUMN email SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_email_not_null;
\`\`\`

PostgreSQL 18 does the same with a NOT NULL constraint of its own.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID;
-- migration 2
ALTER TABLE users VALIDATE CONSTRAINT users_email_not_null;
\`\`\``,
      exemptions: [
        'A validated CHECK (column IS NOT NULL) of the table, alone or within an AND, that the same ALTER TABLE does not drop.',
        'A column that is NOT NULL already, or whose NOT NULL constraint was validated (PostgreSQL 18).',
        'The table was created in the same deploy, or is temporary.',
        'Tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'adding-not-nullable-field',
        strong_migrations: 'change_column_null',
        pgfence: 'alter-column-set-not-null',
        eugene: 'E2',
        MigrationPilot: 'MP002, MP018',
      },
    },
    messages: {
      scan: 'All reads and writes of {{table}} wait while every row is read for a NULL in {{column}}: no validated check proves there is none.',
    },
    examples: [
      {
        title: 'Nothing proves it',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [{ at: 'ALTER COLUMN email SET NOT NULL', message: 'users' }],
      },
      {
        title: 'Validating another check proves nothing',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        up: 'ALTER TABLE users VALIDATE CONSTRAINT adult;\nALTER TABLE users ALTER COLUMN age SET NOT NULL;',
        findings: [{ at: 'ALTER COLUMN age SET NOT NULL' }],
      },
      {
        title: 'A check that is still NOT VALID',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID;`,
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [{ at: 'ALTER COLUMN email SET NOT NULL' }],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE "Users" ALTER email SET NOT NULL;',
        findings: [{ at: 'ALTER email SET NOT NULL', message: 'Users' }],
        inDocs: false,
      },
      {
        title: 'Filled is not proven',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: "UPDATE users SET email = '' WHERE email IS NULL;\nALTER TABLE users ALTER COLUMN email SET NOT NULL;",
        findings: [{ at: 'ALTER COLUMN email SET NOT NULL' }],
        inDocs: false,
      },
      {
        title: 'The same ALTER TABLE drops the proof',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text, CONSTRAINT e CHECK (email IS NOT NULL));',
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL, DROP CONSTRAINT e;',
        findings: [{ at: 'ALTER COLUMN email SET NOT NULL' }],
      },
      {
        title: 'Proven by a validated check',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT e;`,
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;\nALTER TABLE users DROP CONSTRAINT e;',
        findings: [],
      },
      {
        title: 'Proven by one condition of several',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int, CHECK (n > 0 AND n IS NOT NULL));',
        up: 'ALTER TABLE users ALTER COLUMN n SET NOT NULL;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A NOT NULL constraint of PostgreSQL 18, validated',
        serverVersion: '18',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, n int);\nALTER TABLE users ADD CONSTRAINT nn NOT NULL n NOT VALID;',
        up: 'ALTER TABLE users VALIDATE CONSTRAINT nn;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [],
      },
      {
        title: 'NOT NULL already',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);',
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      setNotNull(operation, site) {
        const [table] = inUseAndLarge(context, site.ownEffects.scans, site.state);
        if (table === undefined) return;
        context.report({
          operation,
          messageId: 'scan',
          data: { table: labelOf(table), column: operation.column },
          help: 'Prove it with CHECK (… IS NOT NULL) NOT VALID and VALIDATE in migrations before; then no row is read.',
          ...safeForms(context.server).notNullWithoutScan(operation, context.server),
        });
      },
    };
  },
});
