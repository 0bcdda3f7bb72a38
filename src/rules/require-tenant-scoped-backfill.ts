import { displayName } from '../operations/names.ts';
import type { Delete, Update } from '../operations/operations.ts';
import { findColumn } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { onDataChange, selectionOf } from './shared/bulk-writes.ts';
import { isGlobalTable, mentionsTenant, queryMentionsTenant } from './shared/tenants.ts';

export default defineRule({
  id: 'require-tenant-scoped-backfill',
  meta: {
    description: 'Require a tenant condition in updates and deletes on tables that tenants share.',
    cause: 'access',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { 'multi-tenant': 'error' },
    docs: {
      failure: `A backfill that was meant for the customers of one plan, or tested with the data of one, changes the rows of all. Where
row-level security is on, it changes none: the session that migrates has no tenant, and no policy lets it see a row.`,
      why: `Values that are right for one tenant (time zones, prices, roles) are wrong for another, and a mistake is repaired tenant by
tenant. Going through tenants one at a time also keeps each transaction short and lets a run stop and go on.`,
      safe: `\`\`\`sql
DO $$
DECLARE
  tenant uuid;
BEGIN
  FOR tenant IN SELECT id FROM tenants LOOP
    UPDATE invoices SET currency = 'EUR' WHERE tenant_id = tenant AND currency IS NULL;
    COMMIT;
  END LOOP;
END $$;
\`\`\``,
      exemptions: [
        'Tables without the tenant column, tables listed under `tenant.globalTables`, and the table of the tenants itself.',
        'Rows picked by their key.',
        'An UPDATE that fills the tenant column itself.',
        'Tables made in the same deploy.',
      ],
      whenNotToUse: 'Where backfills are the same for every tenant by their nature.',
      otherTools: {},
    },
    messages: {
      unscoped: 'This changes rows of every tenant in {{table}}: its WHERE does not look at {{column}}.',
    },
    examples: [
      {
        title: 'All tenants at once',
        history: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid, currency text);',
        up: "UPDATE invoices SET currency = 'EUR' WHERE currency IS NULL;",
        findings: [{ at: 'UPDATE invoices', message: 'rows of every tenant in invoices' }],
      },
      {
        title: 'A DELETE, and a write inside a common table expression',
        history: 'CREATE TABLE s.t (id bigint PRIMARY KEY, org_id int, done bool);',
        tenant: { column: 'org_id' },
        up: 'DELETE FROM s.t WHERE done;\nWITH x AS (UPDATE s.t SET done = true WHERE NOT done RETURNING id) SELECT id FROM x;',
        findings: [{ at: 'DELETE FROM s.t', message: 's.t' }, { at: 'UPDATE s.t' }],
        inDocs: false,
      },
      {
        title: 'In a DO block',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, tenant_id uuid, n int);',
        up: 'DO $$ BEGIN UPDATE t SET n = 0; END $$;',
        findings: [{ at: 'UPDATE t' }],
        inDocs: false,
      },
      {
        title: 'Tenant by tenant',
        history: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid, currency text);',
        up: "UPDATE invoices SET currency = 'EUR' WHERE tenant_id = '4b1c' AND currency IS NULL;",
        findings: [],
      },
      {
        title: 'By the table that says which tenants',
        history:
          'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid, currency text);\nCREATE TABLE tenants (id uuid, plan text);',
        up: "UPDATE invoices SET currency = 'EUR' FROM tenants t WHERE t.id = invoices.tenant_id AND t.plan = 'eu';\nUPDATE tenants SET plan = 'free';",
        findings: [],
      },
      {
        title: 'Filling the tenant column, and rows by key',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, tenant_id uuid, n int);',
        up: "UPDATE t SET tenant_id = '4b1c' WHERE tenant_id IS NULL;\nUPDATE t SET tenant_id = o.x FROM o WHERE o.id = t.id;\nUPDATE t SET n = 1 WHERE id = 5;",
        findings: [],
      },
      {
        title: 'New tables, global tables, and tables without the column',
        tenant: { globalTables: ['plans'] },
        history: 'CREATE TABLE plans (id int, tenant_id uuid, n int);\nCREATE TABLE kinds (id int, n int);',
        up: 'CREATE TABLE t (id int, tenant_id uuid, n int);\nUPDATE t SET n = 0;\nUPDATE plans SET n = 0;\nUPDATE kinds SET n = 0;\nUPDATE not_known SET n = 0;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { column } = context.tenant;
    return onDataChange((change, _, site) => {
      if (change.kind !== 'update' && change.kind !== 'delete') return;
      const table = context.resolveTable(change.table.name, site.state);
      if (table === undefined || findColumn(table, column) === undefined) return;
      if (isGlobalTable(table, context.tenant) || context.isNew(table, site.state)) return;
      if (isAboutTenant(change, column)) return;
      const { kind } = selectionOf(change, context, site);
      if (kind === 'none' || kind === 'key') return;
      context.report({
        operation: change,
        messageId: 'unscoped',
        data: { table: displayName(change.table.name), column },
        help: 'Go through the tenants one by one: WHERE {{column}} = …',
      });
    });
  },
});

function isAboutTenant(change: Update | Delete, column: string): boolean {
  return (
    mentionsTenant(change.where?.expression, column) ||
    (change.with ?? []).some(query => queryMentionsTenant(query, column)) ||
    (change.kind === 'update' && change.assignments.some(assignment => assignment.column === column))
  );
}
