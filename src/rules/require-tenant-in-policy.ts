import type { WrittenExpression } from '../operations/expressions.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { isGlobalTable, mentionsTenant } from './shared/tenants.ts';

export default defineRule({
  id: 'require-tenant-in-policy',
  meta: {
    description: 'Require each policy of row-level security to compare the tenant.',
    cause: 'access',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { 'multi-tenant': 'error' },
    docs: {
      failure: `A customer sees, or changes, rows of another one. Row-level security is on, so nobody expects it.`,
      why: `Permissive policies of a table are joined by OR: one that does not look at the tenant opens the rows of all of them, however
strict the others are. USING decides which rows are seen, WITH CHECK which may be written. (PostgreSQL manual, "CREATE POLICY".)`,
      safe: `\`\`\`sql
CREATE POLICY invoices_owner ON invoices
  USING (tenant_id = current_setting('app.tenant_id')::uuid AND owner_id = current_setting('app.user_id')::uuid);
\`\`\`

A table without the column reaches it through the table that it belongs to:

\`\`\`sql
CREATE POLICY lines_tenant ON invoice_lines
  USING (EXISTS (SELECT FROM invoices i WHERE i.id = invoice_id AND i.tenant_id = current_setting('app.tenant_id')::uuid));
\`\`\`

What every policy has in common may stand in one policy \`AS RESTRICTIVE\`.`,
      exemptions: [
        'Restrictive policies: they only take away.',
        'A condition that names the tenant in a subquery, or in the name of a function or a setting that it calls.',
        'Tables listed under `tenant.globalTables`, and the table of the tenants itself (`tenants`).',
        'Tables on which a restrictive policy names the tenant: it holds for all others.',
      ],
      whenNotToUse: 'Where policies are about something other than tenants.',
      otherTools: {},
    },
    messages: {
      missing: '{{clause}} of policy {{policy}} does not look at {{column}}: it lets through rows of every tenant.',
    },
    examples: [
      {
        title: 'A policy about the user alone',
        up: "CREATE POLICY own ON invoices USING (owner_id = current_setting('app.user_id')::uuid);",
        findings: [{ at: 'CREATE POLICY own', message: 'USING of policy own' }],
      },
      {
        title: 'What may be written is not limited to the tenant',
        up: "CREATE POLICY p ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid) WITH CHECK (total > 0);",
        findings: [{ at: 'CREATE POLICY p', message: 'WITH CHECK of policy p' }],
      },
      {
        title: 'Changed so that it no longer does',
        history:
          "CREATE TABLE t (tenant_id uuid);\nCREATE POLICY p ON t USING (tenant_id = current_setting('x.tenant_id')::uuid);",
        up: 'ALTER POLICY p ON t USING (true);',
        findings: [{ at: 'ALTER POLICY p' }],
        inDocs: false,
      },
      {
        title: 'A column that is called otherwise',
        tenant: { column: 'org_id' },
        up: "CREATE POLICY p ON t USING (tenant_id = current_setting('app.tenant')::uuid);",
        findings: [{ at: 'CREATE POLICY p', message: 'org_id' }],
        inDocs: false,
      },
      {
        title: 'The tenant is compared',
        up: "CREATE POLICY p ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);",
        findings: [],
      },
      {
        title: 'Through another table, or by a function',
        up: `CREATE POLICY p ON lines USING (EXISTS (SELECT FROM invoices i WHERE i.id = invoice_id AND i.tenant_id = my_tenant()));
CREATE POLICY q ON lines USING (invoice_id IN (SELECT i.id FROM invoices i WHERE i.tenant_id = my_tenant()));
CREATE POLICY r ON lines USING (belongs_to(invoice_id, auth.tenant_id()));`,
        findings: [],
      },
      {
        title: 'A restrictive policy that names the tenant holds for all others',
        history: 'CREATE TABLE t (tenant_id uuid, owner_id uuid);',
        up: `CREATE POLICY tenant ON t AS RESTRICTIVE USING (tenant_id = current_setting('app.tenant_id')::uuid);
CREATE POLICY own ON t USING (owner_id = current_setting('app.user_id')::uuid);`,
        findings: [],
      },
      {
        title: 'A global table',
        tenant: { globalTables: ['countries'] },
        up: 'CREATE POLICY p ON countries FOR SELECT USING (true);\nCREATE POLICY q ON tenants USING (id = me());',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { column } = context.tenant;
    return {
      createPolicy(operation, site) {
        if (operation.permissive) judge(operation, site);
      },
      alterPolicy(operation, site) {
        const policies = context.resolveTable(operation.table, site.state)?.policies ?? [];
        if (policies.find(({ name }) => name === operation.name)?.permissive !== false) judge(operation, site);
      },
    };

    function judge(operation: OperationOf<'createPolicy' | 'alterPolicy'>, site: OperationSite): void {
      const table = context.resolveTable(operation.table, site.state);
      if (isGlobalTable(table ?? operation.table, context.tenant)) return;
      const restricted = table?.policies.some(
        ({ permissive, using, command }) => !permissive && command === 'all' && isAboutTenant(using),
      );
      if (restricted) return;
      const { using, withCheck } = operation;
      const clause = [
        ...(using === undefined || isAboutTenant(using) ? [] : ['USING']),
        ...(withCheck === undefined || isAboutTenant(withCheck) ? [] : ['WITH CHECK']),
      ];
      if (clause.length === 0) return;
      context.report({
        operation,
        messageId: 'missing',
        data: { clause: clause.join(' and '), policy: operation.name, column, table: displayName(operation.table) },
        help: "Compare {{column}} to the session's tenant, or list {{table}} under tenant.globalTables.",
      });
    }

    function isAboutTenant(written: WrittenExpression | undefined): boolean {
      return mentionsTenant(written?.expression, column);
    }
  },
});
