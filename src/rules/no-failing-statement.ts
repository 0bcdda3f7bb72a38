import { effects } from '../effects/index.ts';
import { safeForms } from '../fixes/index.ts';
import { isOpenName, type ObjectName } from '../operations/names.ts';
import type { Operation, OperationKind } from '../operations/operations.ts';
import type { TableReference } from '../operations/queries.ts';
import { resolveRelation, resolveType } from '../schema/index.ts';
import { mayHaveChangedUnread } from '../schema/proofs.ts';
import type { Origin } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { failuresAt, IN_TRANSACTION, isGuarded, UNSAFE_ENUM_VALUE } from './shared/failures.ts';
import { inUse } from './shared/live-relations.ts';

/** Failures that a rule of their own explains better. */
const ELSEWHERE: ReadonlySet<string> = new Set([IN_TRANSACTION, UNSAFE_ENUM_VALUE]);

/** Other objects depend on what is dropped; an object, a column, a table that there is not (SQLSTATE). */
const DEPENDENTS = '2BP01';
const MISSING: ReadonlySet<string> = new Set(['42704', '42703', '42P01']);

/** Whether a failure is of an ALGORITHM= or LOCK= that MySQL refuses, which `no-refused-algorithm` reports. */
const isOfClause = ({ clauses = [] }: OperationSite['effects'], message: string): boolean =>
  clauses.some(clause => clause.message === message);

/** Statements that the server refuses outside a transaction block (SQLSTATE 25P01). */
const IN_TRANSACTION_ONLY: Readonly<Partial<Record<OperationKind, string>>> = {
  lockTable: 'LOCK TABLE',
  savepoint: 'SAVEPOINT',
  releaseSavepoint: 'RELEASE SAVEPOINT',
  rollbackToSavepoint: 'ROLLBACK TO SAVEPOINT',
};

export default defineRule({
  id: 'no-failing-statement',
  meta: {
    description: 'Disallow statements that the schema built by earlier migrations proves will fail.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The deploy stops with an error of the server: \`relation "users" already exists\`, \`cannot drop table users because
other objects depend on it\`, \`cannot alter type of a column used by a view\`. Outside a transaction the statements before it
stay, and the migration can be run again only after somebody has cleaned up by hand.`,
      why: `Surefoot replays all migrations before this one, so it knows which tables, columns, constraints, views and types there
are when the statement runs. It speaks only of what that history proves; what an older or manual change may have made is
taken as possible.`,
      safe: `Say what the statement relies on, or change the order: drop or alter the dependents first, name the object as the
history names it, or say IF [NOT] EXISTS where both states are fine.

\`\`\`sql
BEGIN;
DROP VIEW active_users;
ALTER TABLE users ALTER COLUMN name TYPE text;
CREATE VIEW active_users AS SELECT id, name FROM users WHERE active;
COMMIT;
\`\`\``,
      exemptions: [
        'Objects that the history neither made nor dropped: they may be there.',
        'IF EXISTS and IF NOT EXISTS, where the server then does nothing.',
        'Statements in a branch of unknown outcome, or in a block that catches errors.',
        'Objects from before a statement that could not be read (an EXECUTE of a text that only the run knows): it may have changed them.',
        'Failures that depend on what is in the rows of the table.',
      ],
      whenNotToUse: 'Where the history is incomplete and objects were dropped and made again by hand.',
      otherTools: { Bytebase: 'builtin.walk-through', 'safe-migrate': 'chain-conflict' },
    },
    messages: {
      fails: 'This will fail: {{error}}.',
      rows: 'This will fail as soon as {{table}} has a row: {{error}}.',
      outside: 'This will fail: {{command}} can only be used in a transaction, and none is open here.',
      pending:
        'This will fail: {{table}} has deferred constraint checks pending from a write earlier in the transaction.',
    },
    examples: [
      {
        title: 'A table that is there already',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        findings: [{ at: 'CREATE TABLE users', message: 'already exists' }],
      },
      {
        title: 'A column that an earlier migration dropped',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\nALTER TABLE users DROP COLUMN name;',
        up: 'ALTER TABLE users ALTER COLUMN name SET NOT NULL, ADD COLUMN full_name text;',
        findings: [{ at: 'ALTER COLUMN name SET NOT NULL', message: 'name' }],
      },
      {
        title: 'A table that a view depends on',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE VIEW u AS SELECT id FROM users;',
        up: 'DROP TABLE users;',
        findings: [{ at: 'DROP TABLE users', message: 'depend' }],
      },
      {
        title: 'A drop that fails takes nothing along: what comes after it is not missing for that',
        history: `CREATE TABLE events (id bigint PRIMARY KEY);
CREATE TABLE users (id bigint PRIMARY KEY, event_id bigint CONSTRAINT users_event REFERENCES events);`,
        up: 'DROP TABLE events;\nALTER TABLE users DROP CONSTRAINT users_event;',
        findings: [{ at: 'DROP TABLE events', message: 'other objects depend on it' }],
        inDocs: false,
      },
      {
        title: 'The type of a column that a view shows',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50));\nCREATE VIEW u AS SELECT name FROM users;',
        up: 'ALTER TABLE users ALTER COLUMN name TYPE text;',
        findings: [{ at: 'ALTER COLUMN name TYPE text', message: 'view' }],
      },
      {
        title: 'CREATE INDEX CONCURRENTLY on a partitioned table',
        history: 'CREATE TABLE events (id bigint, at timestamptz) PARTITION BY RANGE (at);',
        up: 'CREATE INDEX CONCURRENTLY events_at_idx ON events (at);',
        findings: [{ at: 'CREATE INDEX CONCURRENTLY events_at_idx', message: 'partitioned' }],
      },
      {
        title: 'A view cannot lose a column',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\nCREATE VIEW u AS SELECT id, name FROM users;',
        up: 'CREATE OR REPLACE VIEW u AS SELECT id FROM users;',
        findings: [{ at: 'CREATE OR REPLACE VIEW u', message: 'drop' }],
        inDocs: false,
      },
      {
        title: 'DETACH CONCURRENTLY beside a default partition',
        history: `CREATE TABLE p (at date) PARTITION BY RANGE (at);
CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE p_rest PARTITION OF p DEFAULT;`,
        up: 'ALTER TABLE p DETACH PARTITION p_1 CONCURRENTLY;',
        findings: [{ at: 'DETACH PARTITION p_1' }],
        inDocs: false,
      },
      {
        title: 'NOT VALID on a partitioned table before PostgreSQL 18',
        serverVersion: '17',
        history:
          'CREATE TABLE p (id bigint, at date) PARTITION BY RANGE (at);\nCREATE TABLE other (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES other (id) NOT VALID;',
        findings: [{ at: 'ADD CONSTRAINT fk' }],
        inDocs: false,
      },
      {
        title: 'The same on PostgreSQL 18',
        serverVersion: '18',
        history:
          'CREATE TABLE p (id bigint, at date) PARTITION BY RANGE (at);\nCREATE TABLE other (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE p ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES other (id) NOT VALID;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show may be there',
        up: 'ALTER TABLE users DROP COLUMN name;\nDROP TABLE accounts;',
        findings: [],
      },
      {
        title: 'IF EXISTS and IF NOT EXISTS',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nDROP TABLE users;',
        up: 'DROP TABLE IF EXISTS users;\nCREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);',
        findings: [],
      },
      {
        title: 'Two tables that go together',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (a_id bigint REFERENCES a (id));',
        up: 'DROP TABLE a, b;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A quoted name that differs in case is another table',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE "Users" (id bigint PRIMARY KEY);\nCREATE SCHEMA app;\nCREATE TABLE app.users (id bigint);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Several indexes at once',
        history: 'CREATE TABLE t (a int, b int);\nCREATE INDEX t_a ON t (a);\nCREATE INDEX t_b ON t (b);',
        up: 'DROP INDEX CONCURRENTLY t_a, t_b;',
        findings: [{ at: 't_b', message: 'multiple' }],
        inDocs: false,
      },
      {
        title: 'LOCK TABLE outside a transaction',
        history: 'CREATE TABLE t (a int);',
        up: 'LOCK TABLE t;\nBEGIN;\nLOCK TABLE t;\nCOMMIT;\nDO $$ BEGIN LOCK TABLE t; END $$;',
        findings: [{ at: 'LOCK TABLE t', message: 'none is open' }],
        inDocs: false,
      },
      {
        title: 'A block that catches the error',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `DO $$ BEGIN
  CREATE TABLE users (id bigint PRIMARY KEY);
EXCEPTION WHEN duplicate_table THEN NULL;
END $$;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'What ran before could not be read, so nothing is proven',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, uid uuid NOT NULL);',
        up: `DO $$ DECLARE command text; BEGIN
  SELECT concat('ALTER TABLE users DROP CONSTRAINT ', conname) INTO command FROM pg_constraint WHERE contype = 'p';
  EXECUTE command;
  ALTER TABLE users ADD PRIMARY KEY (uid);
END $$;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A statement that drops what only the run can name, in a branch',
        history: 'CREATE TABLE t (id text PRIMARY KEY);',
        up: `DO $$ DECLARE s text; BEGIN
  SELECT concat('ALTER TABLE t DROP CONSTRAINT ', conname) INTO s FROM pg_constraint WHERE contype = 'p';
  IF s IS NOT NULL THEN EXECUTE s; END IF;
  ALTER TABLE t ADD COLUMN n uuid NOT NULL DEFAULT gen_random_uuid();
  ALTER TABLE t ADD PRIMARY KEY (n);
END $$;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A function that defines things',
        history: `CREATE TABLE t (id int);
CREATE FUNCTION audit(t regclass) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE 'CREATE TRIGGER audited AFTER UPDATE ON ' || t || ' FOR EACH ROW EXECUTE FUNCTION note()';
END $$;
SELECT audit('t');`,
        up: 'DROP TRIGGER audited ON t;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A function that defines nothing',
        history: `CREATE TABLE t (id int);
CREATE FUNCTION next() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;
SELECT next();`,
        up: 'DROP TRIGGER audited ON t;',
        findings: [{ at: 'DROP TRIGGER audited', message: 'does not exist' }],
        inDocs: false,
      },
      {
        title: 'What the migration itself did is certain, too',
        history: `CREATE TABLE t (id int, n int);
DO $$ DECLARE command text; BEGIN EXECUTE command; END $$;`,
        up: 'ALTER TABLE t DROP COLUMN n;\nALTER TABLE t DROP COLUMN n;',
        down: 'ALTER TABLE t ALTER COLUMN n SET NOT NULL;',
        findings: [{ at: 'DROP COLUMN n' }, { at: 'ALTER COLUMN n SET NOT NULL', direction: 'down' }],
        inDocs: false,
      },
      {
        title: 'What was made after it is certain',
        up: `DO $$ DECLARE command text; BEGIN EXECUTE command; END $$;
CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE users ADD PRIMARY KEY (id);`,
        findings: [{ at: 'ADD PRIMARY KEY', message: 'multiple primary keys' }],
        inDocs: false,
      },
      {
        title: 'A table that is gone, on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));\nDROP TABLE users;',
        up: 'ALTER TABLE users ADD COLUMN n int;',
        findings: [{ at: 'ADD COLUMN n', message: "doesn't exist" }],
        inDocs: false,
      },
      {
        title: 'A column of SQL Server that something depends on',
        dialect: 'sqlserver',
        history: `CREATE TABLE users (id int PRIMARY KEY, state int CONSTRAINT df_state DEFAULT 0, old int CONSTRAINT df_old DEFAULT 0, name nvarchar(50));
CREATE INDEX users_name ON users (name);`,
        up: `ALTER TABLE users DROP COLUMN state;
ALTER TABLE users DROP CONSTRAINT df_old;
ALTER TABLE users DROP COLUMN old;
ALTER TABLE users ALTER COLUMN name nvarchar(100);`,
        findings: [{ at: 'DROP COLUMN state', message: "The object 'df_state' is dependent on column 'state'" }],
      },
      {
        title: 'What ALTER TABLE of SQLite cannot do',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);
CREATE INDEX users_name ON users (name);`,
        up: `ALTER TABLE users ADD COLUMN code TEXT UNIQUE;
ALTER TABLE users ADD COLUMN made_at TEXT DEFAULT CURRENT_TIMESTAMP;
ALTER TABLE users DROP COLUMN name;
ALTER TABLE users ADD CONSTRAINT users_email UNIQUE (email);
ALTER TABLE users ADD COLUMN age INT NOT NULL DEFAULT 0;`,
        findings: [
          { at: 'ADD COLUMN code', message: 'Cannot add a UNIQUE column' },
          {
            at: 'ADD COLUMN made_at',
            message: 'as soon as users has a row: Cannot add a column with non-constant default',
          },
          { at: 'DROP COLUMN name', message: 'error in index users_name after drop column' },
          { at: 'ADD CONSTRAINT users_email UNIQUE', message: 'syntax error' },
        ],
      },
      {
        title: 'An old SQLite',
        dialect: 'sqlite',
        serverVersion: '3.24',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, name TEXT);',
        up: `ALTER TABLE users RENAME COLUMN email TO mail;
ALTER TABLE users DROP COLUMN name;`,
        findings: [
          { at: 'RENAME COLUMN email TO mail', message: 'near "COLUMN": syntax error' },
          { at: 'DROP COLUMN name', message: 'near "DROP": syntax error' },
        ],
        inDocs: false,
      },
      {
        title: 'A new table of SQLite has no rows',
        dialect: 'sqlite',
        up: `CREATE TABLE users (id INTEGER PRIMARY KEY);
ALTER TABLE users ADD COLUMN made_at TEXT DEFAULT CURRENT_TIMESTAMP;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A refused ALGORITHM is no-refused-algorithm to report',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'ALTER TABLE users MODIFY id int, ALGORITHM=INSTANT;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const told = new Set<string>();
    let dropFailed = false;
    return {
      statement() {
        told.clear();
      },
      operation(operation, site) {
        for (const failure of failuresAt(operation, site, told)) {
          if (isDoubtful(operation, site.state) && !isBroughtAbout(operation, site)) break;
          told.add(failure.message);
          if (ELSEWHERE.has(failure.code) || isOfClause(site.effects, failure.message)) continue;
          // The schema goes on as if the dependents had gone along: what is missing then is so for that reason only.
          if (dropFailed && MISSING.has(failure.code)) continue;
          dropFailed ||= failure.code === DEPENDENTS;
          context.report({
            operation,
            messageId: 'fails',
            data: { error: failure.message.replace(/\.$/, '') },
            ...remedyFor(operation, failure.message, site),
          });
        }
        for (const { message, relation } of site.ownEffects.failsOnRows.filter(({ anyRow }) => anyRow)) {
          if (message === undefined || isGuarded(operation) || inUse(context, [relation], site.state).length === 0)
            continue;
          context.report({
            operation,
            messageId: 'rows',
            data: { table: relation.name, error: message },
            ...remedyFor(operation, message, site),
          });
        }
        // LOCK TABLES and SAVEPOINT of MySQL need none.
        const command = context.server.dialect === 'postgres' ? IN_TRANSACTION_ONLY[operation.kind] : undefined;
        if (command !== undefined && site.state.transaction.status !== 'open' && !isGuarded(operation)) {
          context.report({
            operation,
            messageId: 'outside',
            data: { command },
            help: 'Put it between BEGIN and COMMIT, with what it is for.',
          });
        }
        const pending = site.ownEffects.failsOnRows.find(({ reason }) => reason === 'pending events');
        if (pending === undefined) return;
        context.report({
          operation,
          messageId: 'pending',
          data: { table: pending.relation.name },
          help: 'Change the table in a transaction of its own, or SET CONSTRAINTS ALL IMMEDIATE first.',
        });
      },
    };

    /** Another way to the same end, where the server has no form of ALTER TABLE for it; else the order of the statements. */
    function remedyFor(operation: Operation, error: string, { state }: OperationSite) {
      const isForm = 'table' in operation && /^near "|^cannot (?:add|drop)/i.test(error);
      const form = isForm && context.server.dialect === 'sqlite' ? formOf(operation, state) : {};
      return {
        help:
          context.server.dialect === 'sqlite' && isForm
            ? 'Make the table anew with the change in it: create, copy, drop, rename.'
            : 'Bring the statement into line with the schema that the earlier migrations leave, or the order of the two.',
        ...form,
      };
    }

    function formOf(operation: Operation, state: State) {
      const { table } = operation as { readonly table?: unknown };
      return isObjectName(table) ? safeForms(context.server).rebuiltTable(table, operation, state) : {};
    }

    /**
     * Whether what could be read brought the failure about: the statement would have run when the unread one did, or before
     * this migration, if all of this could be read.
     */
    function isBroughtAbout(operation: Operation, { statement, state }: OperationSite): boolean {
      const { beforeUp, server } = context;
      const { unread } = state.schema;
      if (unread === undefined || hasOpenName(operation)) return false;
      const earlier = [{ ...state, schema: unread.before }, ...(beforeUp.schema.unread === unread ? [beforeUp] : [])];
      return earlier.some(then => effects(statement, then, server).failures.length === 0);
    }
  },
});

/** Whether the schema is no proof: what ran before may have changed it unseen, or the operation's own names have holes. */
function isDoubtful(operation: Operation, state: State): boolean {
  return hasOpenName(operation) || mayHaveChangedUnread(state, originOfTarget(operation, state));
}

function hasOpenName(operation: Operation): boolean {
  return Object.values(operation).some(value => typeof value === 'string' && isOpenName(value));
}

/** Where the relation or type that an operation works on came to be. */
function originOfTarget(operation: Operation, state: State): Origin | undefined {
  const names = operation as { readonly [Key in (typeof TARGETS)[number]]?: unknown };
  for (const key of TARGETS) {
    const target = names[key];
    const name = isTableReference(target) ? target.name : target;
    if (!isObjectName(name)) continue;
    return (resolveRelation(state, name) ?? resolveType(state, name))?.origin;
  }
  return undefined;
}

const TARGETS = ['table', 'view', 'index', 'sequence', 'type', 'domain'] as const;

function isTableReference(value: unknown): value is TableReference {
  return typeof value === 'object' && value !== null && 'name' in value && isObjectName(value.name);
}

function isObjectName(value: unknown): value is ObjectName {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string';
}
