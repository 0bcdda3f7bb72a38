import type { OperationOf } from '../operations/operations.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-broad-grant',
  meta: {
    description: 'Disallow grants of everything, on everything, or to everybody.',
    cause: 'access',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A role that was made for reports can empty tables; a bug, or a stolen password, reaches far more than the application ever
needed. Nobody notices until then, as nothing fails.`,
      why: `\`ALL\` on a table includes TRUNCATE, which neither triggers nor row-level security hold back, and REFERENCES and TRIGGER.
\`PUBLIC\` is every role that can connect, those of the future included. \`ALL TABLES IN SCHEMA\` takes along what happens to
be there, such as tables with secrets or the history of migrations. (PostgreSQL manual, "Privileges".)`,
      safe: `Name the privileges, the tables and the role.

\`\`\`sql
GRANT SELECT, INSERT, UPDATE ON invoices, invoice_lines TO billing;
\`\`\``,
      exemptions: ['REVOKE.', 'Membership in a role (`GRANT role TO role`).'],
      whenNotToUse:
        'Where the only role that is granted anything is that of the application, and it may do everything.',
      otherTools: { MigrationPilot: 'MP085', SchemaFence: 'overbroad-grant' },
    },
    messages: {
      broad: 'This grants more than it says: {{why}}.',
    },
    examples: [
      {
        title: 'All privileges',
        up: 'GRANT ALL ON users TO app;',
        findings: [{ at: 'GRANT ALL ON users', message: 'TRUNCATE' }],
      },
      {
        title: 'To everybody',
        up: 'GRANT SELECT ON users TO PUBLIC;',
        findings: [{ at: 'GRANT SELECT ON users', message: 'every role that can connect' }],
      },
      {
        title: 'On everything in a schema',
        up: 'GRANT SELECT ON ALL TABLES IN SCHEMA app TO reporting;',
        findings: [{ at: 'GRANT SELECT ON ALL TABLES IN SCHEMA app', message: 'all tables of app' }],
      },
      {
        title: 'All three',
        up: 'GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA a, b TO public;',
        findings: [{ at: 'GRANT ALL PRIVILEGES ON ALL SEQUENCES IN SCHEMA a, b', message: 'all sequences of a, b' }],
        inDocs: false,
      },
      {
        title: 'What is needed, where it is needed',
        up: 'GRANT SELECT, INSERT ON users TO app;\nGRANT UPDATE (name) ON users TO app;\nGRANT USAGE ON SCHEMA app TO app;',
        findings: [],
      },
      {
        title: 'Taking away',
        up: 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;',
        findings: [],
      },
      {
        title: 'Membership in a role; a role whose name differs in case from PUBLIC',
        up: 'GRANT reader TO app;\nGRANT SELECT ON users TO "PUBLIC";',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      grant(operation) {
        if (operation.kind !== 'grant' || operation.objectKind === 'role') return;
        const reasons = reasonsOf(operation);
        if (reasons.length === 0) return;
        context.report({
          operation,
          messageId: 'broad',
          data: { why: reasons.join('; ') },
          help: 'Name the privileges, the objects and the role that needs them.',
        });
      },
    };
  },
});

function reasonsOf({ privileges, objectKind, allInSchema, roles }: OperationOf<'grant'>): readonly string[] {
  const reasons: string[] = [];
  if (privileges.includes('all')) {
    reasons.push(
      objectKind === 'table'
        ? 'ALL includes TRUNCATE, TRIGGER and REFERENCES'
        : `ALL is every privilege on a ${objectKind}`,
    );
  }
  if (allInSchema !== undefined) {
    reasons.push(`it is given on all ${objectKind}s of ${allInSchema.join(', ')}, whatever they hold`);
  }
  if (roles.includes('public')) reasons.push('PUBLIC is every role that can connect, those of the future included');
  return reasons;
}
