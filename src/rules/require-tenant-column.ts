import { safeForms } from '../fixes/index.ts';
import { findColumn } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';
import { onNewTables } from './shared/new-tables.ts';
import { isGlobalTable } from './shared/tenants.ts';

export default defineRule({
  id: 'require-tenant-column',
  meta: {
    description: 'Require the tenant column in each new table of a multi-tenant database.',
    cause: 'access',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { 'multi-tenant': 'error' },
    docs: {
      failure: `A query on the table cannot be limited to one tenant, so a customer sees the rows of another. Deleting or moving a tenant
leaves its rows behind, as nothing tells whose they are.`,
      why: `Row-level security, sharding and exports by tenant need to know of each row whose it is. A column that is added later has to
be filled for every row that is there by then, which is a backfill over a live table.`,
      safe: `\`\`\`sql
CREATE TABLE invoices (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id)
);
\`\`\`

The column's name is \`tenant.column\` in the configuration (\`tenant_id\` where it says nothing); tables that belong to no tenant
are listed there under \`tenant.globalTables\`.`,
      exemptions: [
        'Tables listed under `tenant.globalTables`, and the table of the tenants itself (`tenants`).',
        'Temporary and foreign tables, and partitions.',
        'A table that gets the column later in the same migration, by inheritance or by LIKE.',
        'A table whose columns the history does not show in full.',
      ],
      whenNotToUse: 'Where each tenant has a database or a schema of its own.',
      otherTools: { 'prisma-lint': 'require-field' },
    },
    messages: {
      missing:
        "Nothing in {{table}} tells whose a row is: it has no column {{column}}, so one tenant's rows cannot be told from another's.",
    },
    examples: [
      {
        title: 'A table without the tenant column',
        up: 'CREATE TABLE invoices (id bigint PRIMARY KEY, total numeric);',
        findings: [{ at: 'CREATE TABLE invoices', message: 'invoices tells whose a row is' }],
      },
      {
        title: 'Other tables have it',
        history:
          'CREATE TABLE tenants (id uuid PRIMARY KEY);\nCREATE TABLE a (id bigint PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES tenants (id));\nCREATE INDEX a_tenant_id_idx ON a (tenant_id);',
        up: 'CREATE TABLE b (id bigint PRIMARY KEY, total numeric);',
        findings: [{ at: 'CREATE TABLE b' }],
      },
      {
        title: 'A column of another name, and a quoted one that differs in case',
        tenant: { column: 'org_id' },
        up: 'CREATE TABLE app.a (id bigint, tenant_id uuid);\nCREATE TABLE b (id bigint, "Org_id" uuid);',
        findings: [{ at: 'CREATE TABLE app.a', message: 'app.a' }, { at: 'CREATE TABLE b' }],
      },
      {
        title: 'Dropped again',
        up: 'CREATE TABLE a (id bigint, tenant_id uuid);\nALTER TABLE a DROP COLUMN tenant_id;',
        findings: [{ at: 'CREATE TABLE a' }],
        inDocs: false,
      },
      {
        title: 'With the column',
        up: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid NOT NULL);',
        findings: [],
      },
      {
        title: 'Global tables, and the tenants themselves',
        tenant: { globalTables: ['countries', 'audit.kinds'] },
        up: 'CREATE TABLE public.countries (code text);\nCREATE TABLE audit.kinds (id int);\nCREATE TABLE tenants (id uuid);',
        findings: [],
      },
      {
        title: 'Added later in the migration, copied, or in a partition',
        up: `CREATE TABLE a (id bigint) PARTITION BY HASH (id);
ALTER TABLE a ADD COLUMN tenant_id uuid NOT NULL;
CREATE TABLE b (LIKE a);
CREATE TABLE a0 PARTITION OF a FOR VALUES WITH (MODULUS 1, REMAINDER 0);`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Temporary tables, tables that are there already or are dropped again, columns that are not known',
        history: 'CREATE TABLE old (id bigint);',
        up: `CREATE TEMPORARY TABLE t (id bigint);
CREATE TABLE IF NOT EXISTS old (id bigint);
CREATE TABLE gone (id bigint);
DROP TABLE gone;
CREATE TABLE copy AS SELECT * FROM not_known;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { column } = context.tenant;
    return onNewTables(context, ({ table, operation, statement }, state) => {
      if (!table.complete || findColumn(table, column) !== undefined || isGlobalTable(table, context.tenant)) return;
      context.report({
        operation,
        statement,
        messageId: 'missing',
        data: { table: labelOf(table), column },
        help: 'Add {{column}} NOT NULL, or list the table under tenant.globalTables.',
        ...safeForms(context.server).tenantColumn(operation, column, state, context.segment.file),
      });
    });
  },
});
