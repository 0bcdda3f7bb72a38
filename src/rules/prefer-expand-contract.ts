import { displayName, type ObjectName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import type { Query } from '../operations/queries.ts';
import { resolveRelation } from '../schema/index.ts';
import type { Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { listed } from './shared/dependents.ts';
import { labelOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'prefer-expand-contract',
  meta: {
    description:
      'Prefer a step of its own for a new column or type where views or functions read the table with a star.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { strict: 'warn' },
    docs: {
      failure: `Servers with prepared statements fail once per connection with \`cached plan must not change result type\`, and inside a
transaction the transaction is lost. SQL functions that return \`SELECT *\` fail with \`return type mismatch\`. Views that were made
with a star go on without the new column, to the surprise of whoever added it.`,
      why: `A star is worked out when a statement is prepared, or when a view or an SQL function is made; the result of a prepared
statement must not change afterwards. Where the schema itself reads a table by star, the code around it is likely to do so too.`,
      safe: `Name the columns in views, functions and queries; release that; then change the table.

\`\`\`sql
-- migration 1
CREATE OR REPLACE VIEW active_users AS SELECT id, name FROM users WHERE active;
-- migration 2
ALTER TABLE users ADD COLUMN region text;
\`\`\``,
      exemptions: ['Tables that nothing known reads by star.', 'Tables and dependents created in the same deploy.'],
      whenNotToUse:
        'Where drivers do not prepare statements (a pooler in transaction mode), and no view relies on a star.',
      otherTools: {},
    },
    messages: {
      star: '{{table}} is read with a star by {{dependents}}: prepared statements of code that does the same fail once with "cached plan must not change result type", and a view goes on with the columns it was made with.',
    },
    examples: [
      {
        title: 'A column under a view with a star',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, active boolean);\nCREATE VIEW active_users AS SELECT * FROM users WHERE active;',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        findings: [{ at: 'ADD COLUMN region', message: 'users is read with a star by view active_users' }],
      },
      {
        title: 'An SQL function, a star with the name of the table',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, n int);
CREATE FUNCTION everyone() RETURNS SETOF users LANGUAGE sql AS $$ SELECT u.* FROM users u $$;`,
        up: 'ALTER TABLE users ALTER COLUMN n TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN n TYPE bigint', message: 'by function everyone' }],
        inDocs: false,
      },
      {
        title: 'Columns by name',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE VIEW ids AS SELECT id FROM users;',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        findings: [],
      },
      {
        title: 'A star of another table',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE plans (p int);\nCREATE VIEW v AS SELECT u.id, p.* FROM users u, plans p;',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        findings: [],
      },
      {
        title: 'New tables, unknown tables',
        up: 'CREATE TABLE t (id int);\nCREATE VIEW v AS SELECT * FROM t;\nALTER TABLE t ADD COLUMN n int;\nALTER TABLE x ADD COLUMN n int;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      addColumn: (operation, site) => judge(operation, operation.table, site),
      alterColumnType: (operation, site) => judge(operation, operation.table, site),
    };

    function judge(
      operation: OperationOf<'addColumn'> | OperationOf<'alterColumnType'>,
      name: ObjectName,
      { state }: OperationSite,
    ): void {
      const table = context.resolveTable(name, state);
      if (table === undefined || context.isNew(table, state)) return;
      const dependents = [...starViews(table, state), ...starRoutines(table, state)];
      if (dependents.length === 0) return;
      context.report({
        operation,
        messageId: 'star',
        data: { table: displayName(name), dependents: listed(dependents) },
        help: 'Name the columns in what reads the table, release that, and change the table afterwards.',
      });
    }

    function starViews(table: Table, state: State): readonly string[] {
      return table.dependentViews.flatMap(id => {
        const view = state.schema.relations.get(id);
        if (view?.kind !== 'view' && view?.kind !== 'materialized view') return [];
        if (context.isNewOrigin(view.origin) || view.query === undefined) return [];
        return readsByStar(view.query, table, state) ? [`${view.kind} ${labelOf(view)}`] : [];
      });
    }

    function starRoutines(table: Table, state: State): readonly string[] {
      return [...state.schema.routines.values()].flat().flatMap(routine => {
        if (routine.query === undefined || context.isNewOrigin(routine.origin)) return [];
        return readsByStar(routine.query, table, state) ? [`${routine.form} ${labelOf(routine)}`] : [];
      });
    }
  },
});

/** Whether the query's result has all columns of the table, by a star of its own or one of all that is read. */
function readsByStar(query: Query, table: Table, state: State): boolean {
  const mentions = query.reads.filter(({ name }) => resolveRelation(state, name)?.id === table.id);
  return query.outputs.some(
    output =>
      output.kind === 'star' &&
      mentions.some(({ name, alias }) => output.table === undefined || output.table === (alias ?? name.name)),
  );
}
