import { safeForms } from '../fixes/index.ts';
import type { Migration } from '../linter/migration.ts';
import type { CreateTable } from '../operations/operations.ts';
import { creationSchema, resolveTable } from '../schema/index.ts';
import type { ObjectId, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';
import { isLasting, isMadeBy } from './shared/new-tables.ts';
import { isGlobalTable } from './shared/tenants.ts';

interface Options {
  /** The application connects as the owner of its tables, to whom policies apply only with FORCE. */
  readonly appOwnsTables: boolean;
}

/** A table made by a judged migration, until the deploy is complete. */
interface Made {
  readonly migration: Migration;
  readonly operation: CreateTable;
  readonly statement: number;
  readonly table: ObjectId;
}

export default defineRule<Options>({
  id: 'require-row-level-security',
  meta: {
    description: 'Require row-level security and a policy for each new table of a multi-tenant database.',
    cause: 'access',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { 'multi-tenant': 'error' },
    optionsSchema: {
      type: 'object',
      properties: {
        appOwnsTables: {
          type: 'boolean',
          description: 'The application connects as the owner of its tables, to whom policies apply only with FORCE.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { appOwnsTables: false },
    docs: {
      failure: `One query that forgets its tenant condition shows a customer the rows of all others, and nothing in the database
stops it.`,
      why: `With row-level security the server adds the condition itself, to each query. It is off for a new table until it is
enabled; enabled without a policy it shows no row at all. The owner of the table, superusers and roles with BYPASSRLS are not
bound by it; FORCE binds the owner. (PostgreSQL manual, "Row Security Policies".)`,
      safe: `\`\`\`sql
CREATE TABLE invoices (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY; -- where the application owns the table
CREATE POLICY invoices_tenant ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);
\`\`\``,
      exemptions: [
        'Tables listed under `tenant.globalTables`, and the table of the tenants itself (`tenants`).',
        'Temporary and foreign tables, and partitions: a query on the parent is bound by the policies of the parent.',
        'What a later migration of the same deploy adds.',
      ],
      whenNotToUse: 'Where tenants are kept apart by other means, such as a database or a schema for each.',
      otherTools: { splinter: 'rls_disabled_in_public', schemalint: 'row-level-security' },
    },
    messages: {
      disabled: 'Every query on {{table}} sees the rows of all tenants: row-level security is not enabled.',
      noPolicy: 'Row-level security is enabled on {{table}}, and it has no policy: the application sees no row at all.',
      notForced: 'The application owns {{table}}, and policies do not bind the owner: it sees the rows of all tenants.',
    },
    examples: [
      {
        title: 'A table that anybody who may read it reads whole',
        up: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid NOT NULL);',
        findings: [{ at: 'CREATE TABLE invoices', message: 'not enabled' }],
      },
      {
        title: 'Enabled, but without a policy',
        up: 'CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid);\nALTER TABLE invoices ENABLE ROW LEVEL SECURITY;',
        findings: [{ at: 'CREATE TABLE invoices', message: 'no policy' }],
      },
      {
        title: 'Not forced, and the application owns its tables',
        options: { appOwnsTables: true },
        up: `CREATE TABLE app.invoices (id bigint PRIMARY KEY, tenant_id uuid);
ALTER TABLE app.invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON app.invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);`,
        findings: [{ at: 'CREATE TABLE app.invoices', message: 'owns app.invoices' }],
      },
      {
        title: 'The policy is on a table of another schema',
        up: `CREATE TABLE a (id int);
CREATE TABLE s.a (id int);
ALTER TABLE a ENABLE ROW LEVEL SECURITY;
ALTER TABLE s.a ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON a USING (id = 1);`,
        findings: [{ at: 'CREATE TABLE s.a', message: 's.a' }],
        inDocs: false,
      },
      {
        title: 'Enabled, with a policy',
        up: `CREATE TABLE invoices (id bigint PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY invoices_tenant ON invoices USING (tenant_id = current_setting('app.tenant_id')::uuid);`,
        findings: [],
      },
      {
        title: 'Global tables',
        tenant: { globalTables: ['countries'] },
        up: 'CREATE TABLE countries (code text PRIMARY KEY);\nCREATE TABLE tenants (id uuid PRIMARY KEY);',
        findings: [],
      },
      {
        title: 'Old tables, temporary ones, partitions, and what is dropped again',
        history: 'CREATE TABLE old (id int) PARTITION BY LIST (id);',
        up: `CREATE TEMPORARY TABLE t (id int);
CREATE TABLE old_1 PARTITION OF old FOR VALUES IN (1);
ALTER TABLE old ADD COLUMN x int;
CREATE TABLE gone (id int);
DROP TABLE gone;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    let made: Made[] = [];
    let deploy: number | undefined;
    let newest: State | undefined;
    return {
      migration(migration, after) {
        if (migration.deployStart !== deploy) settle();
        deploy = migration.deployStart;
        newest = after;
        if (migration.judged) made.push(...tablesOf(migration, after));
      },
      projectEnd: settle,
    };

    /** The deploy is complete: what its tables lack now, they lack. */
    function settle(): void {
      for (const { migration, operation, statement, table: id } of made) {
        const table = newest?.schema.relations.get(id);
        if (newest === undefined || table?.kind !== 'table' || isGlobalTable(table, context.tenant)) continue;
        const messageId = lackOf(table, context.options);
        if (messageId === undefined) continue;
        context.report({
          operation,
          statement,
          place: { migration, segment: migration.up },
          messageId,
          data: { table: labelOf(table) },
          help: 'Enable row-level security with a policy in the same deploy, or list the table under tenant.globalTables.',
          ...safeForms(context.server).rowSecurity(table, context.tenant.column, context.options.appOwnsTables),
        });
      }
      made = [];
    }
  },
});

function tablesOf(migration: Migration, after: State): readonly Made[] {
  return migration.up.script.statements.flatMap(({ operations }, statement) =>
    operations.flatMap((operation): Made[] => {
      if (operation.kind !== 'createTable') return [];
      const name = { schema: creationSchema(after, operation.table), name: operation.table.name };
      const table = resolveTable(after, name);
      if (table === undefined || !isMadeBy(table, migration.index, statement) || !isLasting(table)) return [];
      return [{ migration, operation, statement, table: table.id }];
    }),
  );
}

function lackOf(
  { rowSecurity, policies }: Table,
  { appOwnsTables }: Options,
): 'disabled' | 'noPolicy' | 'notForced' | undefined {
  if (!rowSecurity.enabled) return 'disabled';
  if (policies.length === 0) return 'noPolicy';
  return appOwnsTables && !rowSecurity.forced ? 'notForced' : undefined;
}
