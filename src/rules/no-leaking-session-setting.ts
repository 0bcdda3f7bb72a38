import type { OperationOf } from '../operations/operations.ts';
import type { Setting } from '../schema/state.ts';
import type { Dialect } from '../server/server.ts';
import { defineRule } from './rule.ts';

/**
 * Settings that change what later statements do, with the values that are the server's own: writing one of those is as good as
 * a RESET. An empty list: the server's own value differs from one to the next.
 */
const SETTINGS: Readonly<Record<string, readonly string[]>> = {
  search_path: ['public', '$user, public', '"$user", public'],
  role: ['none'],
  session_authorization: ['default'],
  lock_timeout: ['0'],
  statement_timeout: ['0'],
  transaction_timeout: ['0'],
  idle_in_transaction_session_timeout: ['0'],
  timezone: [],
  session_replication_role: ['origin'],
  row_security: ['on', 'true'],
  check_function_bodies: ['on', 'true'],
  synchronous_commit: ['on'],
  constraint_exclusion: ['partition'],
  default_tablespace: [''],
  default_table_access_method: ['heap'],
  default_transaction_isolation: ['read committed'],
  default_transaction_read_only: ['off', 'false'],
  foreign_key_checks: ['1', 'on'],
  unique_checks: ['1', 'on'],
  sql_mode: [],
  sql_log_bin: ['1', 'on'],
  lock_wait_timeout: ['31536000', '86400'],
  innodb_lock_wait_timeout: ['50'],
  old_alter_table: ['0', 'off'],
  // SQLite leaves them off itself, and most drivers switch them on: what counts is what was before.
  foreign_keys: ['1', 'on', 'true', 'yes'],
  legacy_alter_table: ['0', 'off', 'false', 'no'],
  ignore_check_constraints: ['0', 'off', 'false', 'no'],
};

export default defineRule({
  id: 'no-leaking-session-setting',
  meta: {
    description: 'Disallow session settings that stay in effect after the migration.',
    cause: 'hygiene',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A later migration creates its tables in the wrong schema, or is cancelled by a timeout that it never set, or runs with
checks switched off, depending on which migrations happened to run in the same go. On a fresh database it breaks; where
migrations are applied one by one it does not.`,
      why: `\`SET\` lasts until the session ends. Most tools run all pending migrations over one connection, and a pooler hands the
connection to the application afterwards, with the setting still on it. \`SET LOCAL\` ends with the transaction.
(PostgreSQL manual, "SET".)`,
      safe: `In a transaction:

\`\`\`sql
SET LOCAL lock_timeout = '2s';
\`\`\`

Outside of one, take it back at the end:

\`\`\`sql
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN region text;
RESET lock_timeout;
\`\`\``,
      exemptions: [
        'SET LOCAL.',
        'A setting that is reset, or set back to what it was or to what the server starts with, before the migration ends.',
        'Tools that open a session for each migration.',
        'Settings that only change what is shown or sent, such as client_min_messages.',
      ],
      whenNotToUse: 'Where each migration runs over a connection of its own.',
      otherTools: {},
    },
    messages: {
      leaks: '{{name}} stays changed after this migration, for all that runs over the same connection.',
    },
    examples: [
      {
        title: 'Foreign keys of SQLite that stay off',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY);',
        up: 'PRAGMA foreign_keys=OFF;\nALTER TABLE users ADD COLUMN n INT;',
        findings: [{ at: 'PRAGMA foreign_keys=OFF' }],
        inDocs: false,
      },
      {
        title: 'Foreign keys of SQLite that are on again',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY);',
        up: 'PRAGMA foreign_keys=OFF;\nALTER TABLE users ADD COLUMN n INT;\nPRAGMA foreign_keys=ON;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A search_path that stays',
        up: 'SET search_path TO billing;\nCREATE TABLE invoices (id bigint PRIMARY KEY);',
        findings: [{ at: 'SET search_path TO billing', message: 'search_path stays changed' }],
      },
      {
        title: 'A role, and a timeout in a transaction',
        transaction: 'migration',
        up: "SET ROLE admin;\nSET statement_timeout = '1h';",
        findings: [{ at: 'SET ROLE admin' }, { at: "SET statement_timeout = '1h'" }],
      },
      {
        title: 'One of two is reset; a SET LOCAL takes nothing back',
        transaction: 'migration',
        up: "SET lock_timeout = '1s';\nSET session_replication_role = 'replica';\nRESET lock_timeout;\nSET LOCAL session_replication_role = 'origin';",
        findings: [{ at: "SET session_replication_role = 'replica'" }],
        inDocs: false,
      },
      {
        title: 'Written as a function',
        up: "SELECT pg_catalog.set_config('search_path', '', false);",
        findings: [{ at: "SELECT pg_catalog.set_config('search_path', '', false)" }],
        inDocs: false,
      },
      {
        title: 'SET LOCAL',
        transaction: 'migration',
        up: "SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN region text;",
        findings: [],
      },
      {
        title: 'Taken back at the end',
        up: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN region text;\nRESET lock_timeout;",
        findings: [],
      },
      {
        title: 'Every way to take a setting back',
        up: "SET lock_timeout = '2s';\nSET search_path = a;\nSET timezone = 'UTC';\nSET lock_timeout = 0;\nSET search_path = public;\nRESET ALL;\nSET ROLE admin;\nSET ROLE NONE;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A rollback takes it back too',
        up: "BEGIN;\nSET statement_timeout = '1h';\nROLLBACK;",
        findings: [],
        inDocs: false,
      },
      {
        title: 'What is only shown',
        up: "SET client_min_messages = warning;\nSET client_encoding = 'UTF8';",
        findings: [],
      },
      {
        title: 'Checks switched off on MySQL',
        dialect: 'mysql',
        up: "SET FOREIGN_KEY_CHECKS = 0;\nSET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION';\nDROP TABLE IF EXISTS a;\nSET FOREIGN_KEY_CHECKS = 1;",
        findings: [{ at: "SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION'", message: 'sql_mode stays changed' }],
      },
      {
        title: 'Put back as dumps of MySQL do',
        dialect: 'mysql',
        up: `SET @OLD_CHECKS = @@FOREIGN_KEY_CHECKS;
SET FOREIGN_KEY_CHECKS = 0;
CREATE TABLE a (id int PRIMARY KEY);
SET FOREIGN_KEY_CHECKS = @OLD_CHECKS;
SET SESSION lock_wait_timeout = 5;
SET SESSION lock_wait_timeout = DEFAULT;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    if (context.project.tool.facts.session === 'per migration') return {};
    const last = new Map<string, { readonly operation: OperationOf<'setParameter'>; readonly statement: number }>();
    return {
      setParameter(operation, site) {
        if (operation.scope === 'session' && Object.hasOwn(SETTINGS, operation.name)) {
          last.set(operation.name, { operation, statement: site.index });
        }
      },
      segmentEnd({ session }) {
        for (const [name, { operation, statement }] of last) {
          const now = session.settings.get(name);
          // `SET x = @old_x` of MySQL: what it was, as dumps put it back.
          if (now?.value === undefined && context.server.dialect !== 'postgres') continue;
          if (now === undefined || isServersOwn(name, now) || isSame(now, context.before.session.settings.get(name)))
            continue;
          context.report({
            operation,
            statement,
            messageId: 'leaks',
            data: { name },
            help:
              context.server.dialect === 'postgres'
                ? 'Use SET LOCAL inside the transaction, or RESET {{name}} at the end.'
                : (SET_BACK[context.server.dialect] ?? 'Set it back at the end: SET SESSION {{name}} = DEFAULT.'),
          });
        }
      },
    };
  },
});

/** How a setting is put back at the end of a migration, where that is not MySQL's way. */
const SET_BACK: Readonly<Partial<Record<Dialect, string>>> = {
  sqlite: 'Set it back at the end: PRAGMA {{name}} with the value that it had.',
};

function isServersOwn(name: string, { value }: Setting): boolean {
  return value !== undefined && SETTINGS[name]!.includes(value.toLowerCase());
}

function isSame(now: Setting, before: Setting | undefined): boolean {
  return now.value !== undefined && now.value === before?.value;
}
