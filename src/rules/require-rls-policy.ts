import { safeForms } from '../fixes/index.ts';
import type { OperationOf } from '../operations/operations.ts';
import { defineRule } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-rls-policy',
  meta: {
    description: 'Require a policy on each table that row-level security is enabled for.',
    cause: 'access',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error', 'multi-tenant': 'error' },
    docs: {
      failure: `From the moment the migration commits, the application sees an empty table, and its INSERTs fail with \`new row violates
row-level security policy\`. No query fails, so what is noticed is missing data.`,
      why: `With row-level security enabled and no policy that applies, the server shows no row and lets none in. Owners of the table,
superusers and roles with BYPASSRLS are not bound, so the person who tests it sees all rows. (PostgreSQL manual, "Row Security
Policies": "a default-deny policy is used".)`,
      safe: `Create the policies in the same transaction.

\`\`\`sql
CREATE POLICY invoices_tenant ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
\`\`\``,
      exemptions: [
        'A policy that is there already, or comes later in the same migration.',
        'A table that is dropped, or for which row-level security is disabled again, in the same migration.',
      ],
      whenNotToUse: 'Where tables are closed to all roles but those that bypass row-level security on purpose.',
      otherTools: { MigrationPilot: 'MP057', splinter: 'rls_enabled_no_policy' },
    },
    messages: {
      denied:
        'Row-level security is enabled on {{table}}, and it has no policy: every row is denied to all but its owner.',
      unknown:
        'Row-level security is enabled on {{table}}, and the migrations show no policy on it: without one every row is denied to all but its owner.',
    },
    examples: [
      {
        title: 'Enabled without a policy',
        history: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid);',
        up: 'ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;',
        findings: [{ at: 'ENABLE ROW LEVEL SECURITY', message: 'every row is denied' }],
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE "Invoices" ENABLE ROW LEVEL SECURITY;\nCREATE POLICY p ON invoices USING (id = 1);',
        findings: [{ at: 'ENABLE ROW LEVEL SECURITY', message: 'the migrations show no policy' }],
        inDocs: false,
      },
      {
        title: 'The last policy is dropped beforehand',
        history: 'CREATE TABLE t (id int);\nCREATE POLICY p ON t USING (id = 1);',
        up: 'DROP POLICY p ON t;\nALTER TABLE t ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;',
        findings: [{ at: 'ENABLE ROW LEVEL SECURITY' }],
        inDocs: false,
      },
      {
        title: 'With a policy, before or after',
        history: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid);',
        up: `ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoices_tenant ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);`,
        findings: [],
      },
      {
        title: 'The policy is there already',
        history: 'CREATE TABLE t (id int);\nCREATE POLICY p ON t USING (id = 1);',
        up: 'ALTER TABLE public.t ENABLE ROW LEVEL SECURITY;',
        findings: [],
      },
      {
        title: 'Disabled again, forced only, or dropped',
        history: 'CREATE TABLE t (id int);\nCREATE TABLE u (id int);',
        up: `ALTER TABLE t ENABLE ROW LEVEL SECURITY;
ALTER TABLE t DISABLE ROW LEVEL SECURITY;
ALTER TABLE t FORCE ROW LEVEL SECURITY;
ALTER TABLE u ENABLE ROW LEVEL SECURITY;
DROP TABLE u;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const enabled: { readonly operation: OperationOf<'setRowSecurity'>; readonly statement: number }[] = [];
    return {
      setRowSecurity(operation, site) {
        if (operation.change === 'enable') enabled.push({ operation, statement: site.index });
      },
      segmentEnd(state) {
        for (const { operation, statement } of enabled) {
          const table = context.resolveTable(operation.table, state);
          if (table === undefined || !table.rowSecurity.enabled || table.policies.length > 0) continue;
          context.report({
            operation,
            statement,
            messageId: table.origin === undefined ? 'unknown' : 'denied',
            data: { table: labelOf(table) },
            help: 'Create its policies in the same transaction.',
            ...safeForms(context.server).rowSecurity(table, context.tenant.column, false),
          });
        }
      },
    };
  },
});
