import type { WrittenExpression } from '../operations/expressions.ts';
import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { isAlwaysTrue } from './shared/tautology.ts';

interface Options {
  /** Roles that may change every row. */
  readonly trustedRoles: readonly string[];
}

type Command = 'all' | 'select' | 'insert' | 'update' | 'delete';

const VERBS: Readonly<Record<Exclude<Command, 'select'>, string>> = {
  all: 'read, change and delete every row',
  insert: 'insert any row, for whomever it names',
  update: 'change every row',
  delete: 'delete every row',
};

export default defineRule<Options>({
  id: 'no-permissive-true-policy',
  meta: {
    description: 'Disallow policies that let everybody write every row.',
    cause: 'access',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    optionsSchema: {
      type: 'object',
      properties: {
        trustedRoles: {
          type: 'array',
          items: { type: 'string', minLength: 1 },
          description: 'Roles that may change every row.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { trustedRoles: ['postgres', 'service_role', 'supabase_admin'] },
    docs: {
      failure: `Any user of the application changes or deletes the rows of any other, although row-level security is on. Behind an API that
is made from the tables (PostgREST, Supabase, Hasura), that is anybody on the internet.`,
      why: `Permissive policies are joined by OR, so one that is always true makes all others of the table meaningless. \`FOR ALL\`, which
is the default, includes INSERT, UPDATE and DELETE, and where WITH CHECK is left out, USING stands for it. (PostgreSQL manual,
"CREATE POLICY".)`,
      safe: `Say whose rows they are; keep \`true\` for reading what is public.

\`\`\`sql
CREATE POLICY posts_read ON posts FOR SELECT USING (true);
CREATE POLICY posts_write ON posts FOR ALL
  USING (author_id = current_setting('app.user_id')::uuid);
\`\`\``,
      exemptions: [
        'FOR SELECT: what everybody may read is a decision, and no mistake by its form.',
        'Restrictive policies: they only take away.',
        'Policies for trusted roles alone (option trustedRoles).',
      ],
      whenNotToUse: 'Where row-level security is enabled for form only.',
      otherTools: { splinter: 'rls_policy_always_true' },
    },
    messages: {
      open: 'This lets {{roles}} {{verb}} of {{table}}: {{clause}} holds for all of them.',
    },
    examples: [
      {
        title: 'Everything for everybody',
        up: 'CREATE POLICY allow_all ON posts FOR ALL USING (true);',
        findings: [{ at: 'CREATE POLICY allow_all', message: 'every role read, change and delete every row of posts' }],
      },
      {
        title: 'FOR ALL is the default; TO limits it to roles that users have',
        up: 'CREATE POLICY p ON app.posts TO authenticated USING (1 = 1);',
        findings: [{ at: 'CREATE POLICY p', message: 'authenticated' }],
      },
      {
        title: 'Each kind of write',
        up: `CREATE POLICY a ON t FOR INSERT WITH CHECK (true);
CREATE POLICY b ON t FOR UPDATE USING (owner = current_user) WITH CHECK (true);
CREATE POLICY c ON t FOR DELETE USING (true OR owner = current_user);`,
        findings: [
          { at: 'CREATE POLICY a', message: 'WITH CHECK' },
          { at: 'CREATE POLICY b' },
          { at: 'CREATE POLICY c', message: 'USING' },
        ],
        inDocs: false,
      },
      {
        title: 'A policy that is widened',
        history:
          'CREATE TABLE t (owner text);\nCREATE POLICY p ON t FOR UPDATE USING (owner = current_user);\nCREATE POLICY q ON t FOR SELECT USING (owner = current_user);',
        up: 'ALTER POLICY p ON t USING (true);\nALTER POLICY q ON t USING (true);',
        findings: [{ at: 'ALTER POLICY p' }],
        inDocs: false,
      },
      {
        title: 'Reading what is public',
        up: 'CREATE POLICY p ON posts FOR SELECT USING (true);',
        findings: [],
      },
      {
        title: 'A condition',
        up: 'CREATE POLICY p ON posts USING (owner = current_user);\nCREATE POLICY q ON posts FOR DELETE USING (locked = true);',
        findings: [],
      },
      {
        title: 'Restrictive, or for a role of the system',
        up: 'CREATE POLICY p ON posts AS RESTRICTIVE USING (true);\nCREATE POLICY q ON posts TO service_role USING (true);',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createPolicy(operation) {
        if (!operation.permissive || isTrusted(operation.roles)) return;
        const clause = openClause(operation.command, operation.using, operation.withCheck);
        if (clause === undefined || operation.command === 'select') return;
        context.report({
          operation,
          messageId: 'open',
          data: {
            clause,
            verb: VERBS[operation.command],
            roles: rolesText(operation.roles),
            table: displayName(operation.table),
          },
          help: 'Say whose rows they are, or limit the policy to FOR SELECT.',
        });
      },
      alterPolicy(operation, site) {
        const table = context.resolveTable(operation.table, site.state);
        const policy = table?.policies.find(({ name }) => name === operation.name);
        if (policy === undefined || !policy.permissive) return;
        const command = policy.command as Command;
        const clause = openClause(command, operation.using, operation.withCheck);
        if (clause === undefined || command === 'select' || isTrusted(operation.roles ?? [])) return;
        context.report({
          operation,
          messageId: 'open',
          data: {
            clause,
            verb: VERBS[command],
            roles: operation.roles === undefined ? 'its roles' : rolesText(operation.roles),
            table: displayName(operation.table),
          },
          help: 'Say whose rows they are.',
        });
      },
    };

    function isTrusted(roles: readonly string[]): boolean {
      return roles.length > 0 && roles.every(role => context.options.trustedRoles.includes(role));
    }
  },
});

/** The clause that lets every row be written; undefined where none does. */
function openClause(
  command: Command,
  using: WrittenExpression | undefined,
  withCheck: WrittenExpression | undefined,
): 'USING' | 'WITH CHECK' | undefined {
  if (command !== 'insert' && using !== undefined && isAlwaysTrue(using.expression)) return 'USING';
  if (withCheck !== undefined && isAlwaysTrue(withCheck.expression)) return 'WITH CHECK';
  return undefined;
}

function rolesText(roles: readonly string[]): string {
  return roles.length === 0 || roles.includes('public') ? 'every role' : roles.join(', ');
}
