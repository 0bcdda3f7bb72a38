import { displayName } from '../operations/names.ts';
import type { DataChange, Update } from '../operations/operations.ts';
import { incomingForeignKeys, setting } from '../schema/index.ts';
import type { Table, Trigger } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { breadthOf, onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { listed } from './shared/dependents.ts';

export default defineRule({
  id: 'no-bulk-write-with-triggers',
  meta: {
    description: 'Disallow bulk writes to a table whose triggers or cascading foreign keys multiply them.',
    cause: 'data',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A delete of ten thousand rows turns into a million in the tables that reference it; an update of a flag sends an e-mail,
or writes an audit entry, for every row. It takes many times as long as was measured without the triggers, and what they did
cannot be called back.`,
      why: `Row triggers run once for each row that the statement touches; ON DELETE and ON UPDATE actions are triggers of the
server's own, which run one statement per row and table (PostgreSQL manual, "CREATE TRIGGER", and "Constraints", section "Foreign
Keys").`,
      safe: `Find out what the triggers do before. Where they should run, write in batches by key; where they should not, let them
look at a setting that the migration sets for its own session.

\`\`\`sql
-- in the trigger function
IF current_setting('app.backfill', true) = 'on' THEN RETURN NEW; END IF;
-- in the migration
SET app.backfill = 'on';
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000;
\`\`\``,
      exemptions: [
        'Rows picked by key, and batches.',
        'Triggers that are disabled, of another event, or of columns that the statement does not set.',
        'A session with `session_replication_role = replica`: no triggers run.',
        'Tables created in the same deploy, temporary tables.',
      ],
      whenNotToUse: 'Where triggers are cheap and meant to run for data changes of migrations too.',
      otherTools: {},
    },
    messages: {
      triggers: 'For each row of {{table}} that this writes, {{triggers}} too.',
      cascades:
        'For each row of {{table}} that this {{verb}}, the server also changes the rows of {{tables}} that reference it.',
    },
    examples: [
      {
        title: 'A trigger of SQLite, row by row',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, n INT);
CREATE TRIGGER audit AFTER UPDATE ON users BEGIN SELECT 1; END;`,
        up: 'UPDATE users SET n = 1;',
        findings: [{ at: 'UPDATE users', message: 'audit' }],
        inDocs: false,
      },
      {
        title: 'A trigger of SQL Server, over all rows',
        dialect: 'sqlserver',
        history:
          'CREATE TABLE users (id int PRIMARY KEY, n int);\nGO\nCREATE TRIGGER audit ON users AFTER UPDATE AS SELECT 1;',
        up: 'UPDATE users SET n = 1;',
        findings: [{ at: 'UPDATE users', message: 'audit' }],
        inDocs: false,
      },
      {
        title: 'A trigger for each row',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, region text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER users_audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit();`,
        up: "UPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [{ at: 'UPDATE users', message: 'the trigger users_audit runs too' }],
      },
      {
        title: 'A delete that cascades',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, at date);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON DELETE CASCADE);`,
        up: "DELETE FROM users WHERE at < '2020-01-01';",
        findings: [{ at: 'DELETE FROM users', message: 'the rows of orders that reference it' }],
      },
      {
        title: 'A key that is updated',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, at date);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users ON UPDATE CASCADE);`,
        up: 'UPDATE users SET id = id + 1000000;',
        findings: [{ at: 'UPDATE users', message: 'orders' }],
        inDocs: false,
      },
      {
        title: 'A row picked by its key',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, region text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER users_audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit();`,
        up: "UPDATE users SET region = 'eu' WHERE id = 1;",
        findings: [],
      },
      {
        title: 'A trigger of another event, or of other columns',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, region text, email text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER a AFTER INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER b AFTER UPDATE OF email ON users FOR EACH ROW EXECUTE FUNCTION audit();
CREATE TRIGGER c AFTER UPDATE ON users FOR EACH STATEMENT EXECUTE FUNCTION audit();`,
        up: "UPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [],
      },
      {
        title: 'Triggers switched off for the session',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, region text);
CREATE FUNCTION audit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER users_audit AFTER UPDATE ON users FOR EACH ROW EXECUTE FUNCTION audit();`,
        up: "SET session_replication_role = replica;\nUPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A foreign key without a cascade',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, at date);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);`,
        up: "DELETE FROM users WHERE at < '2020-01-01';",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A trigger of MySQL',
        dialect: 'mysql',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, name varchar(20));
CREATE TRIGGER touched BEFORE UPDATE ON users FOR EACH ROW SET NEW.name = lower(NEW.name);`,
        up: "UPDATE users SET name = 'x';",
        findings: [{ at: 'UPDATE users', message: 'the trigger touched runs' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return onDataChange((change, blocks, site) => {
      const table = context.resolveTable(targetOf(change), site.state);
      if (table === undefined || context.isNew(table, site.state)) return;
      if (setting(site.state, 'session_replication_role')?.value === 'replica') return;
      const breadth = breadthOf(selectionOf(change, context, site), blocks);
      if (change.kind === 'truncate' || breadth === undefined || breadth === 'loop') return;
      const name = displayName(targetOf(change));
      // A trigger of SQL Server runs once, over all rows of the statement.
      const isPerStatement = context.server.dialect === 'sqlserver';
      const triggers = triggersRun(table, change, isPerStatement).map(trigger => trigger.name);
      const tables = cascadesTo(site.state, table, change);
      if (triggers.length > 0) {
        const label =
          triggers.length === 1 ? `the trigger ${triggers[0]} runs` : `the triggers ${listed(triggers)} run`;
        context.report({
          operation: change,
          messageId: 'triggers',
          data: { table: name, triggers: label },
          help: 'Find out what that does first; write in batches by key, or let the trigger skip rows that a backfill writes.',
        });
      }
      if (tables.length > 0) {
        context.report({
          operation: change,
          messageId: 'cascades',
          data: { table: name, tables: listed(tables), verb: change.kind === 'delete' ? 'deletes' : 'updates' },
          help: `Change the rows of ${listed(tables)} first, in batches by key.`,
        });
      }
    });
  },
});

/** The row triggers that a change sets off, or those that look at all of its rows. */
function triggersRun(table: Table, change: DataChange, isPerStatement: boolean): readonly Trigger[] {
  const events = change.kind === 'merge' ? change.actions : change.kind === 'copyFrom' ? ['insert'] : [change.kind];
  return table.triggers.filter(
    trigger =>
      trigger.enabled &&
      (trigger.forEachRow || isPerStatement) &&
      trigger.events.some(event => (events as readonly string[]).includes(event)) &&
      (change.kind !== 'update' || trigger.columns.length === 0 || setsAny(change, trigger.columns)),
  );
}

function setsAny(update: Update, columns: readonly string[]): boolean {
  return update.assignments.some(({ column }) => columns.includes(column));
}

const ACTIONS: ReadonlySet<string> = new Set(['cascade', 'set null', 'set default']);

/** The tables whose foreign keys follow the change. */
function cascadesTo(state: State, table: Table, change: DataChange): readonly string[] {
  const tables = incomingForeignKeys(state, table).flatMap(({ table: referencing, constraint }) => {
    const follows =
      change.kind === 'delete'
        ? ACTIONS.has(constraint.onDelete)
        : change.kind === 'update' && ACTIONS.has(constraint.onUpdate) && setsAny(change, constraint.referencedColumns);
    return follows
      ? [referencing.schema === 'public' ? referencing.name : `${referencing.schema}.${referencing.name}`]
      : [];
  });
  return [...new Set(tables)];
}
