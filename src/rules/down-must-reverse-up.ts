import type { Operation, OperationKind } from '../operations/operations.ts';
import type { Statement } from '../operations/statements.ts';
import { type Difference, describeDifference, sameShape, schemaDifferences } from '../schema/difference.ts';
import { resolveRelation, routinesNamed } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { isChange } from './shared/changes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

/** How many differences a message names before it counts the rest. */
const NAMED = 5;

/** What a migration may change and the model does not hold, in plain words. */
const OUTSIDE: Readonly<Partial<Record<OperationKind, string>>> = {
  unreadable: 'statements that cannot be read',
  other: 'statements that the model does not cover',
  otherTableChange: 'a clause of ALTER TABLE that the model does not cover',
  alterDefaultPrivileges: 'default privileges',
  alterDatabase: 'settings of the database',
  setRoleParameter: 'settings of a role',
  alterSystem: 'settings of the server',
  call: 'what a procedure does',
  createRule: 'rules',
  setTableOptions: 'storage parameters',
  setColumnStatistics: 'statistics targets',
};

export default defineRule({
  id: 'down-must-reverse-up',
  meta: {
    description: 'Require a down to lead back to the schema that its up began with.',
    cause: 'rollback',
    scope: 'migration',
    directions: ['down'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `After a rollback the old release runs on a schema that it does not know: an index is missing and its queries are slow, a
default is gone and its INSERTs fail. Or the release goes out again, and the up fails with \`already exists\`.`,
      why: `A down is written in a hurry and run for the first time in an outage. Surefoot replays the up and then the down over the schema
before, and compares what comes out with it, by name.`,
      safe: `Undo every statement of the up, last one first, and bring back all that a DROP took along: defaults, constraints, indexes,
triggers, policies and grants.

\`\`\`sql
-- up
ALTER TABLE users DROP COLUMN status;
-- down
ALTER TABLE users ADD COLUMN status text DEFAULT 'new';
CREATE INDEX users_status_idx ON users (status);
\`\`\``,
      exemptions: [
        'Data: what a down cannot bring back is the matter of no-lossy-down. A column that comes back without a default may be nullable, as its rows are empty.',
        'The order of columns, comments, and the names of NOT NULL constraints.',
        'Extensions that stay: another schema may need them.',
        'Objects that the history does not show; statements behind a condition.',
        'What the model does not hold is not compared; a note says so: the meaning of function bodies and of view queries that both directions rewrite, default privileges, statements that cannot be read.',
        'A down that is empty (require-down), or that only raises an error.',
      ],
      whenNotToUse: 'Where downs are meant for development only.',
      otherTools: {},
    },
    messages: {
      differs: 'Up and then down does not lead back to the schema before: {{differences}}.',
      unchecked: 'Whether this down undoes its up was not checked for {{what}}.',
    },
    examples: [
      {
        title: 'An index is left',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_email_idx ON users (email);',
        down: 'ALTER TABLE users DROP COLUMN name;',
        findings: [
          {
            at: 'ALTER TABLE users',
            message: 'it leaves index users_email_idx',
            direction: 'down',
          },
        ],
      },
      {
        title: 'A column comes back as something else',
        history:
          "CREATE TABLE users (id bigint PRIMARY KEY, status varchar(20) DEFAULT 'new');\nCREATE INDEX users_status_idx ON users (status);",
        up: 'ALTER TABLE users DROP COLUMN status;',
        down: 'ALTER TABLE users ADD COLUMN status text;',
        findings: [
          {
            at: 'ALTER TABLE users',
            message: 'column users.status comes back without its default',
            direction: 'down',
          },
        ],
      },
      {
        title: 'Each difference at the statement that is nearest to it',
        history: 'CREATE TABLE a (id int PRIMARY KEY, x int NOT NULL);\nCREATE TABLE b (id int, y text);',
        up: 'ALTER TABLE a ALTER x DROP NOT NULL, ADD z int;\nALTER TABLE b ALTER y TYPE varchar(10), DROP id;\nCREATE TABLE c (id int);',
        down: 'ALTER TABLE a DROP z;\nALTER TABLE b ADD id int;',
        findings: [
          {
            at: 'ALTER TABLE a',
            message: 'column a.x is left without NOT NULL; it leaves table c',
            direction: 'down',
          },
          {
            at: 'ALTER TABLE b',
            message: 'column b.y is left as varchar(10) instead of text',
            direction: 'down',
          },
        ],
        inDocs: false,
      },
      {
        title: 'What is not compared is said',
        history: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        up: "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';",
        down: "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 3';",
        findings: [{ at: 'CREATE OR REPLACE FUNCTION f', message: 'the body of f', direction: 'down' }],
      },
      {
        title: 'A function and a view that stay as the up made them',
        history:
          "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE TABLE t (a int, b int);\nCREATE VIEW v AS SELECT a FROM t;",
        up: "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2';\nCREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE b > 0;\nCREATE INDEX i ON t (a);",
        down: 'DROP INDEX i;',
        findings: [
          { at: 'DROP INDEX i', message: 'function f is left as the up made it; view v is left', direction: 'down' },
        ],
        inDocs: false,
      },
      {
        title: 'A function that is made again as it was',
        history: "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT  1';",
        up: "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';\nCREATE TABLE t (id int);",
        down: 'DROP TABLE t;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A down whose statements only the run knows',
        history: 'CREATE TABLE t (id int);',
        up: 'ALTER TABLE t ADD COLUMN a int;\nALTER TABLE t ADD COLUMN b int;',
        down: 'DO $$ DECLARE x text; BEGIN FOR x IN SELECT c FROM columns_to_drop LOOP EXECUTE x; END LOOP; END $$;',
        findings: [{ at: 'DO', message: 'statements that cannot be read', direction: 'down' }],
        inDocs: false,
      },
      {
        title: 'A view as it was, and a CHECK that the server prints with other casts',
        history:
          "CREATE TABLE t (a varchar, b int, CONSTRAINT c CHECK (a IN ('x', 'y')));\nCREATE VIEW v AS SELECT a FROM t;",
        up: 'CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE b > 0;\nALTER TABLE t DROP CONSTRAINT c;',
        down: "CREATE OR REPLACE VIEW v AS SELECT a FROM t;\nALTER TABLE t ADD CONSTRAINT c CHECK ((a)::text = ANY ((ARRAY['x'::character varying, 'y'::character varying])::text[]));",
        findings: [],
        inDocs: false,
      },
      {
        title: 'Undone, last statement first',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_name_idx ON users (name);',
        down: 'DROP INDEX users_name_idx;\nALTER TABLE users DROP COLUMN name;',
        findings: [],
      },
      {
        title: 'What hangs on a column goes with it',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN name text CHECK (name <> '');\nCREATE INDEX users_name_idx ON users (name);",
        down: 'ALTER TABLE users DROP COLUMN name;',
        findings: [],
      },
      {
        title: 'The data of a column cannot come back, so it cannot be NOT NULL',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);',
        up: 'ALTER TABLE users DROP COLUMN email;',
        down: 'ALTER TABLE users ADD COLUMN email text;',
        findings: [],
      },
      {
        title: 'Tables that the history does not show',
        up: 'ALTER TABLE app.users DROP COLUMN name;\nALTER TABLE app.users RENAME TO people;',
        down: 'ALTER TABLE app.people RENAME TO users;\nALTER TABLE app.users ADD COLUMN name text;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A down that refuses to run, and one that is empty',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'DROP TABLE users;',
        down: "DO $$ BEGIN RAISE EXCEPTION 'restore users from the backup'; END $$;",
        findings: [],
      },
      {
        title: 'Behind a condition',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, a int);',
        up: 'ALTER TABLE users DROP COLUMN a;',
        down: "DO $$ BEGIN IF current_database() = 'x' THEN ALTER TABLE users ADD COLUMN a text; END IF; END $$;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A rebuild on SQLite and another one back: names of keys that nobody gave and nobody can use',
        dialect: 'sqlite',
        history: 'CREATE TABLE plans (id INTEGER PRIMARY KEY, price REAL);',
        up: 'CREATE TABLE new_plans (id INTEGER PRIMARY KEY, price INTEGER);\nINSERT INTO new_plans SELECT id, price FROM plans;\nDROP TABLE plans;\nALTER TABLE new_plans RENAME TO plans;',
        down: 'CREATE TABLE new_plans (id INTEGER PRIMARY KEY, price REAL);\nINSERT INTO new_plans SELECT id, price FROM plans;\nDROP TABLE plans;\nALTER TABLE new_plans RENAME TO plans;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Questions and control flow change nothing',
        dialect: 'sqlite',
        history: 'CREATE TABLE plans (id INTEGER PRIMARY KEY);',
        up: 'ALTER TABLE plans ADD COLUMN price INTEGER;\nPRAGMA foreign_key_check;',
        down: 'ALTER TABLE plans DROP COLUMN price;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL an index is named with its table',
        dialect: 'mysql',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name varchar(20));',
        up: 'CREATE INDEX plans_name ON plans (name);',
        down: 'SELECT 1;',
        findings: [{ direction: 'down', at: 'SELECT 1', message: 'it leaves index plans.plans_name' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { migration, segment, beforeUp } = context;
    const { statements } = segment.script;
    return {
      segmentEnd(state) {
        if (statements.length === 0 || isRefusal(statements)) return;
        if (isPartlyUnread(statements)) {
          const messageId = 'unchecked';
          const data = { what: 'statements that cannot be read' };
          context.report({ statement: 0, severity: 'info', messageId, data, help: 'Compare by hand.' });
          return;
        }
        const ups = migration.up.script.statements.flatMap(({ operations }) => operations);
        const downs = statements.flatMap(({ operations }) => operations);
        const replaced = replacements(ups, downs, beforeUp, state);
        const differences = [
          ...schemaDifferences(beforeUp, state, origin => origin?.migration === migration.index),
          ...replaced.flatMap(({ difference }) => difference ?? []),
        ];
        const first = Math.max(
          0,
          statements.findIndex(({ operations }) => operations.some(isChange)),
        );
        const outside = [...outsideTheModel(ups), ...replaced.flatMap(({ unchecked }) => unchecked ?? [])];
        const groups = new Map<number, Difference[]>();
        for (const difference of differences) {
          const nearest = nearestStatement(difference, statements) ?? first;
          groups.set(nearest, [...(groups.get(nearest) ?? []), difference]);
        }
        for (const [statement, group] of groups) {
          const more = group.length > NAMED ? [`and ${group.length - NAMED} more`] : [];
          context.report({
            statement,
            messageId: 'differs',
            data: { differences: [...group.slice(0, NAMED).map(describeDifference), ...more].join('; ') },
            help: [
              'Undo each statement of the up, and bring back what a DROP took along.',
              ...(outside.length === 0 ? [] : [`Not compared: ${outside.join(', ')}.`]),
              ...(downs.some(({ kind }) => kind === 'unreadable') ? ['A part of the down is no valid SQL.'] : []),
            ].join(' '),
          });
        }
        if (groups.size === 0 && outside.length > 0) {
          context.report({
            statement: first,
            severity: 'info',
            messageId: 'unchecked',
            data: { what: outside.join(', ') },
            help: 'The model does not hold it: compare by hand.',
          });
        }
      },
    };
  },
});

/**
 * Whether a down holds nothing but blocks without statements: what is left of one that only raises an error, as a RAISE
 * changes nothing.
 */
function isRefusal(statements: readonly Statement[]): boolean {
  return statements.every(({ operations }) => operations.every(({ kind }) => kind === 'do'));
}

/** Whether a down runs what only the run knows: nothing can then be said to be left or missing. */
function isPartlyUnread(statements: readonly Statement[]): boolean {
  return statements.some(({ operations }) =>
    operations.some(operation => operation.kind === 'unreadable' && operation.reason !== 'syntax error'),
  );
}

/** The last statement of the down that works on the relation of a difference. */
function nearestStatement({ relation }: Difference, statements: readonly Statement[]): number | undefined {
  if (relation === undefined) return undefined;
  const found = statements.findLastIndex(({ operations }) =>
    operations.some(operation => isOn(operation, relation.schema, relation.name)),
  );
  return found < 0 ? undefined : found;
}

function isOn(operation: Operation, schema: string, name: string): boolean {
  const target = 'table' in operation ? operation.table : 'view' in operation ? operation.view : undefined;
  if (target === undefined) return false;
  const written = typeof target.name === 'object' ? target.name : { ...target, name: target.name };
  return written.name === name && (written.schema ?? schema) === schema;
}

/** What the up changes and the comparison does not see, each once. */
function outsideTheModel(operations: readonly Operation[]): readonly string[] {
  const changing = operations.filter(operation => operation.kind !== 'other' || !LEAVES_ALL.test(operation.what));
  return [...new Set(changing.flatMap(({ kind }) => OUTSIDE[kind] ?? []))];
}

/** Statements that no model has to cover: questions, control flow, variables, and the text that runs a prepared statement. */
const LEAVES_ALL =
  /^(?:show|pragma|print|raiserror|throw|return|break|continue|waitfor|goto|declare|open|fetch|close|prepare|deallocate|execute|analyze|vacuum|flush)\b/;

/** What there is to say of a definition that the up replaced: that the down leaves it, or that it could not be compared. */
interface Replacement {
  readonly difference?: Difference;
  readonly unchecked?: string;
}

/** The functions and views whose definition the up replaced: the model holds no bodies, and of queries only the outlines. */
function replacements(
  ups: readonly Operation[],
  downs: readonly Operation[],
  before: State,
  after: State,
): readonly Replacement[] {
  const found = new Map<string, Replacement>();
  for (const operation of ups) {
    if (operation.kind === 'createRoutine' && operation.replace) {
      const { name } = operation.routine;
      const [olds, nows] = [routinesNamed(before, operation.routine), routinesNamed(after, operation.routine)];
      if (olds.length === 0 || olds.length !== nows.length) continue;
      if (olds.every((old, index) => sameBody(old.body, nows[index]!.body))) continue;
      const isRestored = downs.some(down => 'routine' in down && isObject(down.routine) && down.routine.name === name);
      found.set(
        `${operation.form} ${name}`,
        isRestored ? { unchecked: `the body of ${name}` } : { difference: leftAsIs(operation.form, name) },
      );
    }
    if (operation.kind === 'createView' && operation.replace) {
      const { name } = operation.view;
      const [old, now] = [resolveRelation(before, operation.view), resolveRelation(after, operation.view)];
      if (old?.kind !== 'view' || now?.kind !== 'view' || sameShape(old.query, now.query)) continue;
      const isRestored = downs.some(down => 'view' in down && down.view.name === name);
      found.set(
        `view ${name}`,
        isRestored
          ? { unchecked: `the query of ${name}` }
          : { difference: { ...leftAsIs('view', name), relation: now } },
      );
    }
  }
  return [...found.values()];
}

/** Whether two bodies differ in white space alone. */
function sameBody(a: string | undefined, b: string | undefined): boolean {
  const words = (text: string | undefined): string | undefined => text?.replace(/\s+/g, ' ').trim();
  return words(a) === words(b);
}

function leftAsIs(object: string, name: string): Difference {
  return { kind: 'changed', object, name, how: 'as the up made it', anew: false };
}

function isObject(value: unknown): value is { readonly name: string } {
  return typeof value === 'object' && value !== null && 'name' in value;
}
