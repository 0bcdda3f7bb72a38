import { setting } from '../schema/index.ts';
import { defineRule } from './rule.ts';
import { durationText, lockTimeoutOf } from './shared/timeouts.ts';
import { firstUnprotected, timeoutAdvice } from './shared/unprotected.ts';

interface Options {
  /** The longest wait that still counts, in milliseconds. */
  readonly max: number;
  /** The timeout that --fix sets where there is none: `2s`; empty: it sets none. */
  readonly fix: string;
}

export default defineRule<Options>({
  id: 'require-lock-timeout',
  meta: {
    description: 'Require a short lock_timeout before a migration locks a live table.',
    cause: 'blocks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    fixable: true,
    hasSuggestions: true,
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        max: {
          type: 'integer',
          minimum: 1,
          description: 'The longest lock_timeout that still counts, in milliseconds.',
        },
        fix: {
          type: 'string',
          pattern: '^([1-9]\\d* ?(ms|s|min))?$',
          examples: ['2s', '500ms'],
          description: 'The lock_timeout that --fix puts before the statement where none is set; empty: it sets none.',
        },
      },
    },
    defaultOptions: { max: 10_000, fix: '' },
    docs: {
      failure: `The migration waits behind a long query or an idle transaction, and every query on the table that comes after waits
behind the migration, SELECT included. A change of a millisecond takes the application down for as long as that one query runs.`,
      why: `Lock requests are served in order: a request for a strong lock that has to wait makes all later ones wait that conflict
with it. With \`lock_timeout\` the migration gives up after a moment, the others go on, and it can be tried again. The setting is
followed as the server does it: SET, SET LOCAL until the transaction ends (outside of one it does nothing), RESET, \`= 0\` which
switches it off, ROLLBACK which takes it back, \`set_config()\`.

On MySQL and MariaDB each change of a table, an instant one too, waits for a metadata lock, and everything on the table waits behind
it. \`lock_wait_timeout\` limits that; the server starts with a year on MySQL and a day on MariaDB. On SQL Server it is a schema
modification lock, and \`SET LOCK_TIMEOUT\` in milliseconds; it waits for ever unless that is set.`,
      safe: `\`\`\`sql
SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN region text;
RESET lock_timeout;
\`\`\`

Inside a transaction \`SET LOCAL lock_timeout = '2s'\` ends with it. Where the tool, or the role that runs migrations, has the timeout
already, say so under \`timeouts\` in the configuration. Let the deploy try again when the migration gives up.`,
      exemptions: [
        'Statements that nobody queues behind: CREATE INDEX CONCURRENTLY, VALIDATE CONSTRAINT, DETACH … CONCURRENTLY, COMMENT.',
        'New and temporary tables; the parent of a foreign key from a new table counts, as it is locked too.',
        '`timeouts.lock` in the configuration; a value that only the run knows.',
        'All but the first such statement of a migration.',
      ],
      whenNotToUse: 'Where no transaction on the database ever lasts longer than a moment.',
      otherTools: {
        squawk: 'require-lock-timeout',
        pgfence: 'missing-lock-timeout, lock-timeout-zero, lock-timeout-too-long',
        eugene: 'E9',
        'postgres-language-server': 'lockTimeoutWarning',
        MigrationPilot: 'MP004',
      },
    },
    messages: {
      none: 'This waits for a lock on {{tables}} with no {{setting}}: behind one long query, all {{traffic}} of {{it}} queue up.',
      off: 'This waits for a lock on {{tables}} with {{setting}} switched off: behind one long query, all {{traffic}} of {{it}} queue up.',
      local:
        'This waits for a lock on {{tables}} without a limit, as SET LOCAL does nothing outside a transaction: behind one long query, all {{traffic}} of {{it}} queue up.',
      long: '{{setting}} is {{value}}: for so long all {{traffic}} of {{tables}} may queue up behind this.',
    },
    examples: [
      {
        title: 'No timeout',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ADD COLUMN country text;',
        findings: [{ at: 'ALTER TABLE users', message: 'no lock_timeout' }],
      },
      {
        title: 'No timeout, to be set by --fix',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        options: { max: 10_000, fix: '2s' },
        up: 'BEGIN;\nALTER TABLE users ADD COLUMN region text;\nCOMMIT;',
        findings: [{ at: 'ALTER TABLE users', message: 'no lock_timeout' }],
        inDocs: false,
      },
      {
        title: 'Taken back by RESET',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `SET lock_timeout = '2s';
ALTER TABLE users ADD COLUMN a text;
RESET lock_timeout;
ALTER TABLE users ADD COLUMN b text;`,
        findings: [{ at: 'ALTER TABLE users', message: 'no lock_timeout' }],
      },
      {
        title: 'Switched off, and too long',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'SET lock_timeout = 0;\nCREATE INDEX users_id_idx ON users (id);',
        findings: [{ at: 'CREATE INDEX users_id_idx', message: 'switched off' }],
      },
      {
        title: 'Longer than ten seconds',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "SET lock_timeout TO '1min';\nALTER TABLE users ADD COLUMN a text;",
        findings: [{ at: 'ALTER TABLE users', message: '1 min' }],
        inDocs: false,
      },
      {
        title: 'SET LOCAL outside a transaction, and after its COMMIT',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN a text;",
        findings: [{ at: 'ALTER TABLE users', message: 'SET LOCAL does nothing' }],
      },
      {
        title: 'SET LOCAL ended with its transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `BEGIN;
SET LOCAL lock_timeout = '2s';
ALTER TABLE users ADD COLUMN a text;
COMMIT;
ALTER TABLE users ADD COLUMN b text;`,
        findings: [{ at: 'ALTER TABLE users' }],
        inDocs: false,
      },
      {
        title: 'Taken back by ROLLBACK',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `BEGIN;
SET lock_timeout = '2s';
ROLLBACK;
ALTER TABLE users ADD COLUMN a text;`,
        findings: [{ at: 'ALTER TABLE users' }],
        inDocs: false,
      },
      {
        title: 'A new table locks the parent of its foreign key',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));',
        findings: [{ at: 'CREATE TABLE orders', message: 'users' }],
      },
      {
        title: 'In a DO block',
        up: "DO $$ BEGIN\n  EXECUTE 'ALTER TABLE app.users ADD COLUMN a text';\nEND $$;",
        findings: [{ at: 'ALTER TABLE app.users', message: 'app.users' }],
        inDocs: false,
      },
      {
        title: 'A short timeout',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "SET lock_timeout = '2s';\nALTER TABLE users ADD COLUMN region text;\nDROP TABLE users;",
        findings: [],
      },
      {
        title: 'In a transaction, and by set_config',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `BEGIN;
SET LOCAL lock_timeout TO 2000;
ALTER TABLE users ADD COLUMN a text;
COMMIT;
SELECT set_config('lock_timeout', '3s', false);
ALTER TABLE users ADD COLUMN b text;`,
        findings: [],
      },
      {
        title: 'Statements that nobody queues behind, and new tables',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        up: `CREATE INDEX CONCURRENTLY users_age_idx ON users (age);
ALTER TABLE users VALIDATE CONSTRAINT adult;
COMMENT ON TABLE users IS 'people';
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ADD COLUMN n int;
UPDATE users SET age = 18;`,
        findings: [],
      },
      {
        title: 'An instant change on MySQL waits for its turn, too',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        up: 'ALTER TABLE users ADD COLUMN region varchar(8);\nALTER TABLE users ADD INDEX by_n (n);',
        findings: [{ at: 'ALTER TABLE users', message: 'no lock_wait_timeout' }],
      },
      {
        title: 'An online index build on MySQL, and a limit that is none',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        up: 'SET SESSION lock_wait_timeout = 3600;\nCREATE INDEX by_n ON users (n);',
        findings: [{ at: 'CREATE INDEX by_n', message: 'lock_wait_timeout is 60 min' }],
        inDocs: false,
      },
      {
        title: 'A schema modification lock of SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'SET LOCK_TIMEOUT -1;\nALTER TABLE users ADD region nvarchar(8) NULL;',
        findings: [{ at: 'ALTER TABLE users', message: 'lock_timeout' }],
      },
      {
        title: 'A limit on SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: 'SET LOCK_TIMEOUT 5000;\nALTER TABLE users ADD region nvarchar(8) NULL;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A limit in seconds on MySQL; new tables; WAIT on MariaDB',
        dialect: 'mariadb',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        up: `ALTER TABLE users WAIT 2 ADD COLUMN a int;
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ADD COLUMN n int;
SET SESSION lock_wait_timeout = 5;
ALTER TABLE users ADD COLUMN region varchar(8);`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    let local = false;
    const timeout = lockTimeoutOf(context.server);
    return {
      setParameter({ name, scope }, { state }) {
        if (name === timeout) local = scope === 'transaction' && state.transaction.status !== 'open';
      },
      statement: firstUnprotected(timeout, context.options.max, context, ({ data, milliseconds, ...found }) => {
        const unset = setting(found.site.state, timeout) === undefined;
        const messageId = milliseconds > 0 ? 'long' : !unset ? 'off' : local ? 'local' : 'none';
        const { fix } = context.options;
        const { suggestions = [], ...advice } = timeoutAdvice(timeout, fix || '2s', context, found.site);
        const isFixed = fix !== '' && (messageId === 'none' || messageId === 'local');
        context.report({
          messageId,
          data: { ...data, setting: timeout, value: durationText(milliseconds) },
          ...advice,
          ...(isFixed ? { fix: suggestions.flatMap(({ edits }) => edits) } : { suggestions }),
        });
      }),
    };
  },
});
