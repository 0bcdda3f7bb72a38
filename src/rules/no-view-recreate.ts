import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { existence } from '../schema/index.ts';
import { mayHaveChangedUnread } from '../schema/proofs.ts';
import type { View } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { listed } from './shared/dependents.ts';

interface Recreated {
  readonly operation: OperationOf<'dropView'>;
  readonly site: OperationSite;
  readonly old: View | undefined;
  create?: OperationOf<'createView'>;
}

export default defineRule({
  id: 'no-view-recreate',
  meta: {
    description: 'Disallow DROP and CREATE of a view where its grants and options are lost.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Roles that could read the view get \`permission denied for view …\`, in production only, as they are not used elsewhere. A
view that had security_invoker runs with its owner's rights again and shows every row of tables with row-level security.`,
      why: `Grants, options and comments belong to the view and go with it. A new view of the same name has none but those of ALTER
DEFAULT PRIVILEGES.`,
      safe: `CREATE OR REPLACE VIEW keeps them; it may add columns at the end. Where columns are to go or to change, repeat what the old
view had.

\`\`\`sql
BEGIN;
DROP VIEW active_users;
CREATE VIEW active_users WITH (security_invoker = true) AS SELECT id, name FROM users WHERE active;
GRANT SELECT ON active_users TO reporting;
COMMIT;
\`\`\``,
      exemptions: [
        'The grants that the migrations show are repeated, and so are security_invoker and security_barrier.',
        'Views that the migrations made and never granted to anybody. Of a view from before the history any grant will do.',
        'Views created in the same deploy, and temporary views.',
        'IF EXISTS of a view that the migrations do not show, or that is gone: the usual way to make it for the first time.',
      ],
      whenNotToUse:
        'Where one role owns and reads everything, and no view has options. Where grants are made by hand, outside the migrations, this rule cannot see them.',
      otherTools: {},
    },
    messages: {
      grants: 'Whatever grants {{view}} has{{roles}} are lost with the old view: the new one has none.',
      options: 'The new {{view}} does not have {{options}}, which the old one had: it runs with other rights.',
    },
    examples: [
      {
        title: 'Grants that are not repeated',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE VIEW names AS SELECT name FROM users;
GRANT SELECT ON names TO reporting;`,
        up: 'DROP VIEW names;\nCREATE VIEW names AS SELECT id, name FROM users;',
        findings: [{ at: 'DROP VIEW names', message: 'Whatever grants names has (reporting) are lost' }],
      },
      {
        title: 'A view from before the history, whose grants are not known',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'DROP VIEW names CASCADE;\nCREATE OR REPLACE VIEW names AS SELECT id, name FROM users;',
        findings: [{ at: 'DROP VIEW names', message: 'Whatever grants names has are lost' }],
      },
      {
        title: 'Grants that only the run knows',
        history: `CREATE VIEW names AS SELECT 'a' AS name;
DO $$ DECLARE grants text := current_setting('app.grants', true); BEGIN
  IF grants <> '' THEN EXECUTE grants; END IF;
END $$;`,
        up: "DROP VIEW names;\nCREATE VIEW names AS SELECT 'a' AS name, 1 AS id;",
        findings: [{ at: 'DROP VIEW names' }],
        inDocs: false,
      },
      {
        title: 'Granted with all tables of its schema',
        history: "CREATE VIEW names AS SELECT 'a' AS name;\nGRANT SELECT ON ALL TABLES IN SCHEMA public TO reporting;",
        up: "DROP VIEW names;\nCREATE VIEW names AS SELECT 'a' AS name, 1 AS id;",
        findings: [{ at: 'DROP VIEW names', message: '(reporting)' }],
        inDocs: false,
      },
      {
        title: 'A view that nobody was granted anything on',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\nCREATE VIEW names AS SELECT name FROM users;',
        up: 'DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT id, name FROM users;',
        findings: [],
      },
      {
        title: 'security_invoker is forgotten',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE VIEW names WITH (security_invoker = true) AS SELECT name FROM users;
GRANT SELECT ON names TO reporting;`,
        up: `DROP VIEW names;
CREATE VIEW names AS SELECT id, name FROM users;
GRANT SELECT ON names TO reporting;`,
        findings: [{ at: 'DROP VIEW names', message: 'does not have security_invoker' }],
      },
      {
        title: 'Grants and options repeated',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, name text);
CREATE VIEW names WITH (security_invoker = true) AS SELECT name FROM users;
GRANT SELECT ON names TO reporting;`,
        up: `DROP VIEW names;
CREATE VIEW names WITH (security_invoker) AS SELECT id, name FROM users;
GRANT SELECT ON names TO reporting;`,
        findings: [],
      },
      {
        title: 'Replaced in place',
        history: 'CREATE VIEW one AS SELECT 1 AS a;',
        up: 'CREATE OR REPLACE VIEW one AS SELECT 1 AS a, 2 AS b;',
        findings: [],
      },
      {
        title: 'A view made for the first time',
        up: 'DROP VIEW IF EXISTS names;\nCREATE VIEW names AS SELECT 1 AS a;',
        findings: [],
      },
      {
        title: 'Dropped for good',
        history: 'CREATE VIEW one AS SELECT 1 AS a;',
        up: 'DROP VIEW one;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const dropped: Recreated[] = [];
    return {
      dropView(operation, site) {
        const old = context.resolve(operation.view, site.state);
        if (context.isNew(old, site.state)) return;
        if (operation.ifExists && existence(site.state, operation.view) !== 'present') return;
        dropped.push({ operation, site, old: old?.kind === 'view' ? old : undefined });
      },
      createView(operation) {
        const name = displayName(operation.view);
        const earlier = dropped.findLast(entry => displayName(entry.operation.view) === name);
        if (earlier !== undefined) earlier.create = operation;
      },
      segmentEnd(state) {
        for (const { operation, site, old, create } of dropped) {
          const view = create === undefined ? undefined : context.resolve(operation.view, state);
          if (create === undefined || view?.kind !== 'view') continue;
          const had = old?.grantees ?? [];
          const lost = had.filter(role => !view.grantees.includes(role));
          const options = securityOptions(old).filter(name => !securityOptions(view).includes(name));
          const form = safeForms(context.server).replacedView(create, old, context.segment.file);
          if (options.length > 0) {
            context.report({
              operation,
              statement: site.index,
              messageId: 'options',
              data: { view: displayName(operation.view), options: listed(options) },
              help: 'Repeat the options at CREATE VIEW, or use CREATE OR REPLACE VIEW with them.',
              ...form,
            });
          } else if (had.length > 0 ? lost.length > 0 : view.grantees.length === 0 && !hadNone(old, site.state)) {
            context.report({
              operation,
              statement: site.index,
              messageId: 'grants',
              data: { view: displayName(operation.view), roles: lost.length === 0 ? '' : ` (${listed(lost)})` },
              help: 'Use CREATE OR REPLACE VIEW, or repeat the grants after CREATE VIEW in the same transaction.',
              ...form,
            });
          }
        }
      },
    };
  },
});

/** Whether the history shows that nobody was granted anything on the view: all of its life is in it, and no grant. */
function hadNone(view: View | undefined, state: State): boolean {
  if (view?.origin === undefined || view.uncertain === true) return false;
  return view.grantees.length === 0 && !mayHaveChangedUnread(state, view.origin);
}

/** The options of a view that decide whose rights it runs with, where they are switched on. */
function securityOptions(view: View | undefined): readonly string[] {
  return (view?.options ?? []).flatMap(({ name, value = 'true' }) =>
    name.startsWith('security_') && !['false', 'off', '0', 'no'].includes(value.toLowerCase()) ? [name] : [],
  );
}
