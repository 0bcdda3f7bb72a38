import { transactionId } from '../linter/new-objects.ts';
import { displayName, nameKey, type ObjectName, spellings } from '../operations/names.ts';
import type { Operation, OperationOf } from '../operations/operations.ts';
import {
  existence,
  resolveRelation,
  resolveTable,
  resolveType,
  routinesNamed,
  typeExistence,
} from '../schema/index.ts';
import type { ObjectId, Origin } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';

type Drop =
  | OperationOf<'dropView'>
  | OperationOf<'dropMaterializedView'>
  | OperationOf<'dropRoutine'>
  | OperationOf<'dropType'>
  | OperationOf<'dropSequence'>
  | OperationOf<'dropPolicy'>;

/** An object as a drop finds it. */
interface Found {
  readonly kind: string;
  readonly name: string;
  /** The ways a contract may name it. */
  readonly spellings: readonly string[];
  readonly state: 'present' | 'gone' | 'unknown';
  readonly origin: Origin | undefined;
  /** The origin of an object of the same name in a later state. */
  replacement(later: State): Origin | undefined;
}

export default defineRule({
  id: 'no-drop-object',
  meta: {
    description: 'Disallow dropping a view, function, type, sequence or policy that running code may use.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `Reports, jobs and other services that read the view or call the function fail at once; they are often not in the
repository that the migration is in. Without its policy a table with row-level security shows no rows, or all of them.`,
      why: `Who uses such an object is nowhere written down: not in the schema, not in this repository. The drop takes effect for
everybody at the moment it commits.`,
      safe: `Change it in place where that is possible (CREATE OR REPLACE VIEW / FUNCTION, ALTER POLICY, ALTER TYPE … ADD VALUE);
otherwise make the new one under another name, move the users, and drop the old one later.

\`\`\`sql
-- surefoot-contract active_users: unused since v1.42
DROP VIEW active_users;
\`\`\``,
      exemptions: [
        'Objects created in the same deploy, temporary views, and names from the same deploy (a type that was renamed away).',
        'An object that is made again under its name in the same transaction (for views see `no-view-recreate`).',
        'IF EXISTS of what is gone, or is made again in the same migration and not known before.',
        'Trigger functions: only triggers call them, and the server refuses to drop one that is in use.',
        'A sequence that was there for a column alone, once the column is gone or takes no values from it any more: that change is what is judged.',
        'The contract phase: files under `contractPaths`, and objects that a `surefoot-contract` comment says are unused.',
        'With `deployOrder: "code-first"` the finding is about rollback.',
      ],
      whenNotToUse: 'Where the database has one application and it is stopped while migrations run.',
      otherTools: { MigrationPilot: 'MP024' },
    },
    messages: {
      dropped: 'Whatever still uses the {{kind}} {{name}} fails as soon as this commits.',
      gap: 'Whatever uses the {{kind}} {{name}} fails from here until it is made again: the two are not in one transaction.',
      policy: 'Without the policy {{name}} running code sees and writes other rows of the table than before.',
      codeFirst: 'Without the {{kind}} {{name}} the release cannot be rolled back.',
    },
    examples: [
      {
        title: 'A view of SQLite, and a procedure of SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE VIEW v AS SELECT 1 AS a;\nGO\nCREATE PROCEDURE p AS SELECT 1;',
        up: 'DROP VIEW v;\nDROP PROCEDURE p;',
        findings: [{ at: 'DROP VIEW v' }, { at: 'DROP PROCEDURE p' }],
        inDocs: false,
      },
      {
        title: 'A sequence whose column is gone, or takes no values from it any more',
        history: 'CREATE TABLE users (id serial PRIMARY KEY, n serial);\nUPDATE old_plans SET name = id;',
        up: `ALTER TABLE users ALTER COLUMN n DROP DEFAULT, ALTER COLUMN n TYPE text;
DROP SEQUENCE users_n_seq;
ALTER TABLE old_plans DROP COLUMN id;
DROP SEQUENCE IF EXISTS old_plans_id_seq;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A sequence of its own, and one that the history does not show',
        history: 'CREATE SEQUENCE invoice_numbers;\nCREATE TABLE plans (id int);',
        up: 'DROP SEQUENCE invoice_numbers;\nDROP SEQUENCE IF EXISTS plans_id_seq;',
        findings: [{ at: 'DROP SEQUENCE invoice_numbers' }, { at: 'DROP SEQUENCE IF EXISTS plans_id_seq' }],
        inDocs: false,
      },
      {
        title: 'A view',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM t;',
        up: 'DROP VIEW v;',
        findings: [{ at: 'DROP VIEW v', message: 'the view v fails' }],
      },
      {
        title: 'A function, a type, a sequence, a materialized view',
        history: `CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE TYPE mood AS ENUM ('ok');
CREATE SEQUENCE numbers;
CREATE MATERIALIZED VIEW mv AS SELECT 1 AS a;`,
        up: 'DROP FUNCTION f(int);\nDROP TYPE mood;\nDROP SEQUENCE numbers;\nDROP MATERIALIZED VIEW mv;',
        findings: [
          { at: 'DROP FUNCTION f', message: 'the function f' },
          { at: 'DROP TYPE mood', message: 'the type mood' },
          { at: 'DROP SEQUENCE numbers', message: 'the sequence numbers' },
          { at: 'DROP MATERIALIZED VIEW mv', message: 'the materialized view mv' },
        ],
      },
      {
        title: 'A policy',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY);\nCREATE POLICY own ON t USING (id = 1);',
        up: 'DROP POLICY own ON t;',
        findings: [{ at: 'DROP POLICY own', message: 'Without the policy own' }],
        inDocs: false,
      },
      {
        title: 'Made again, but not in the same transaction',
        history: 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
        up: 'DROP FUNCTION f();\nCREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;',
        findings: [{ at: 'DROP FUNCTION f', message: 'until it is made again' }],
        inDocs: false,
      },
      {
        title: 'A view that the history does not show; a quoted name is another one',
        up: 'CREATE VIEW v AS SELECT 1 AS a;\nDROP VIEW IF EXISTS "V";',
        findings: [{ at: 'DROP VIEW IF EXISTS "V"' }],
        inDocs: false,
      },
      {
        title: 'Made again in the same transaction',
        transaction: 'migration',
        history: `CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;
CREATE TABLE t (id bigint PRIMARY KEY);
CREATE POLICY own ON t USING (id = 1);
CREATE VIEW v AS SELECT id FROM t;`,
        up: `DROP FUNCTION f();
CREATE FUNCTION f() RETURNS bigint LANGUAGE sql AS $$ SELECT 1::bigint $$;
DROP POLICY own ON t;
CREATE POLICY own ON t USING (id = 2);
DROP VIEW v;
CREATE VIEW v AS SELECT 1 AS a;`,
        findings: [],
      },
      {
        title: 'New objects',
        up: 'CREATE VIEW v AS SELECT 1 AS a;\nDROP VIEW v;\nCREATE TEMPORARY VIEW w AS SELECT 1 AS a;\nDROP VIEW w;',
        findings: [],
      },
      {
        title: 'The contract phase',
        history: 'CREATE VIEW v AS SELECT 1 AS a;',
        up: '-- surefoot-contract v: unused since v1.42\nDROP VIEW v;',
        findings: [],
      },
      {
        title: 'The old type of a swap bears a name that nobody knows',
        transaction: 'migration',
        history: "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE t (m mood);",
        up: `ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('ok', 'bad');
ALTER TABLE t ALTER COLUMN m TYPE mood USING m::text::mood;
DROP TYPE mood_old;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Made sure of before it is made, and gone',
        history: [{ up: 'CREATE VIEW w AS SELECT 1 AS a;' }, { up: 'DROP VIEW w;' }],
        up: `DROP VIEW IF EXISTS w;
DROP FUNCTION IF EXISTS f();
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A trigger function',
        history: 'CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;',
        up: 'DROP FUNCTION f();',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A view and a procedure of MySQL',
        dialect: 'mysql',
        history: `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE VIEW people AS SELECT id FROM users;
CREATE PROCEDURE tidy() DELETE FROM users WHERE id = 1;`,
        up: 'DROP VIEW people;\nDROP PROCEDURE tidy;',
        findings: [{ at: 'DROP VIEW people', message: 'the view people' }, { at: 'DROP PROCEDURE tidy' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const dropped: { readonly operation: Drop; readonly site: OperationSite; readonly found: Found }[] = [];
    return {
      operation(operation, site) {
        if (!isDrop(operation)) return;
        const found = find(operation, site.state, context.before);
        if (found === undefined || found.state === 'gone' || context.isNewOrigin(found.origin)) return;
        if ('view' in operation && context.isNew(context.resolve(operation.view, site.state), site.state)) return;
        if ('table' in operation && context.isNew(context.resolve(operation.table, site.state), site.state)) return;
        dropped.push({ operation, site, found });
      },
      segmentEnd(state) {
        for (const { operation, site, found } of dropped) {
          const replacement = found.replacement(state);
          const isMadeAgain = replacement !== undefined && context.isNewOrigin(replacement);
          if (isMadeAgain) {
            const transaction = transactionId(site.state);
            if (transaction !== undefined && replacement.transaction === transaction) continue;
            if (operation.ifExists && found.state === 'unknown') continue;
          }
          if (context.isContracted(...found.spellings)) continue;
          const codeFirst = context.deployOrder === 'code-first';
          context.report({
            operation,
            statement: site.index,
            ...(codeFirst ? { severity: 'warn' } : {}),
            messageId: isMadeAgain ? 'gap' : codeFirst ? 'codeFirst' : found.kind === 'policy' ? 'policy' : 'dropped',
            data: { kind: found.kind, name: found.name },
            help: isMadeAgain
              ? 'Put both into one transaction, or change it in place (CREATE OR REPLACE, ALTER).'
              : 'Move what uses it first; drop it in a later deploy, with a surefoot-contract comment.',
          });
        }
      },
    };
  },
});

function isDrop(operation: Operation): operation is Drop {
  switch (operation.kind) {
    case 'dropView':
    case 'dropMaterializedView':
    case 'dropRoutine':
    case 'dropType':
    case 'dropSequence':
    case 'dropPolicy':
      return true;
    default:
      return false;
  }
}

/** The object that a drop names; undefined where nobody can be using it. */
function find(operation: Drop, state: State, before: State): Found | undefined {
  switch (operation.kind) {
    case 'dropView':
      return findRelation('view', operation.view, state, before);
    case 'dropMaterializedView':
      return findRelation('materialized view', operation.view, state, before);
    case 'dropSequence':
      return isIdleSequence(operation, state) ? undefined : findRelation('sequence', operation.sequence, state, before);
    case 'dropType':
      return findType(operation, state, before);
    case 'dropRoutine':
      return findRoutine(operation, state);
    case 'dropPolicy':
      return findPolicy(operation, state);
  }
}

function findRelation(kind: string, name: ObjectName, state: State, before: State): Found | undefined {
  const relation = resolveRelation(state, name);
  if (relation !== undefined && isRenamed(before.schema.relations.get(relation.id), relation)) return undefined;
  return {
    kind,
    name: displayName(name),
    spellings: spellings(name),
    state: existence(state, name),
    origin: relation?.origin,
    replacement: later => otherThan(relation?.id, resolveRelation(later, name)),
  };
}

/** Whether a sequence was there for a column alone, which is gone or takes no values from it any more: by then that is the change. */
function isIdleSequence({ sequence: name, ifExists }: OperationOf<'dropSequence'>, state: State): boolean {
  const relation = resolveRelation(state, name);
  if (relation === undefined) return ifExists && wentWithColumn(name, state);
  if (relation.kind !== 'sequence' || relation.ownedBy === undefined) return false;
  return [relation.ownedBy.table, ...relation.usedBy].every(id => {
    const table = state.schema.relations.get(id);
    const takers = table?.kind === 'table' ? table.columns.filter(({ sequence }) => sequence === relation.id) : [];
    return takers.every(column => column.default === undefined && column.identity === undefined);
  });
}

/** Whether a sequence that the history does not show has the name that `serial` gives for a column that is gone: `t_id_seq`. */
function wentWithColumn({ schema, name }: ObjectName, state: State): boolean {
  const parts = name.split('_');
  if (parts.at(-1) !== 'seq') return false;
  return parts.slice(1, -1).some((_, index) => {
    const owner = { ...(schema === undefined ? {} : { schema }), name: parts.slice(0, index + 1).join('_') };
    if (existence(state, owner) === 'gone') return true;
    return resolveTable(state, owner)?.goneColumns.includes(parts.slice(index + 1, -1).join('_')) === true;
  });
}

function findType(operation: OperationOf<'dropType'>, state: State, before: State): Found | undefined {
  const name = operation.type;
  const type = resolveType(state, name);
  if (type !== undefined && isRenamed(before.schema.types.get(type.id), type)) return undefined;
  return {
    kind: operation.domain ? 'domain' : 'type',
    name: displayName(name),
    spellings: spellings(name),
    state: typeExistence(state, name),
    origin: type?.origin,
    replacement: later => otherThan(type?.id, resolveType(later, name)),
  };
}

function findRoutine(operation: OperationOf<'dropRoutine'>, state: State): Found | undefined {
  const name = operation.routine;
  const routines = routinesNamed(state, name);
  if (
    routines.length > 0 &&
    routines.every(({ returns }) => returns?.name === 'trigger' || returns?.name === 'event_trigger')
  ) {
    return undefined;
  }
  return {
    kind: operation.form === 'routine' ? 'function' : operation.form,
    name: displayName(name),
    spellings: spellings(name),
    state: routines.length > 0 ? 'present' : 'unknown',
    origin: routines.length === 1 ? routines[0]!.origin : undefined,
    replacement: later => routinesNamed(later, name).find(routine => !routines.includes(routine))?.origin,
  };
}

function findPolicy(operation: OperationOf<'dropPolicy'>, state: State): Found | undefined {
  const table = resolveRelation(state, operation.table);
  const policies = table?.kind === 'table' ? table.policies : [];
  const policy = policies.find(({ name }) => name === operation.name);
  const isComplete = table?.kind === 'table' && table.complete;
  return {
    kind: 'policy',
    name: operation.name,
    spellings: spellings(operation.table, operation.name),
    state: policy !== undefined ? 'present' : isComplete ? 'gone' : 'unknown',
    origin: policy?.origin,
    replacement: later => {
      const after = resolveRelation(later, operation.table);
      return after?.kind === 'table' ? after.policies.find(({ name }) => name === operation.name)?.origin : undefined;
    },
  };
}

/** The origin of an object that is not the one with that id. */
function otherThan(
  id: ObjectId | undefined,
  object: { readonly id: ObjectId; readonly origin?: Origin } | undefined,
): Origin | undefined {
  return object === undefined || object.id === id ? undefined : object.origin;
}

/** Whether an object had another name before the migration: running code knows it by that one. */
function isRenamed(
  before: { readonly schema: string; readonly name: string } | undefined,
  now: { readonly schema: string; readonly name: string },
): boolean {
  return before !== undefined && nameKey(before.schema, before.name) !== nameKey(now.schema, now.name);
}
