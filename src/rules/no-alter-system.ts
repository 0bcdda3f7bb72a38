import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-alter-system',
  meta: {
    description: "Disallow changes of the server's own settings in a migration.",
    cause: 'hygiene',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `A setting changes for every database and application on the server, at the next reload or restart, days after the
deploy that nobody remembers. On managed services the statement fails for want of rights.`,
      why: `\`ALTER SYSTEM\` writes postgresql.auto.conf, which wins over postgresql.conf and over what configuration management puts
there. It cannot run in a transaction, and no down takes it back. (PostgreSQL manual, "ALTER SYSTEM".)`,
      safe: `Keep server settings with the server's configuration. What only this database or role needs is set there.

\`\`\`sql
ALTER DATABASE shop SET statement_timeout = '30s';
ALTER ROLE web SET idle_in_transaction_session_timeout = '1min';
\`\`\``,
      exemptions: ['SET, ALTER ROLE … SET and ALTER DATABASE … SET: they are not for the whole server.'],
      whenNotToUse: 'Where the server belongs to this application alone and its settings are kept in migrations.',
      otherTools: { MigrationPilot: 'MP073' },
    },
    messages: {
      server: 'This changes {{name}} for the whole server, for every database and application on it.',
    },
    examples: [
      {
        title: 'ALTER SYSTEM',
        up: "ALTER SYSTEM SET work_mem = '64MB';",
        findings: [{ at: "ALTER SYSTEM SET work_mem = '64MB'", message: 'work_mem' }],
      },
      {
        title: 'Taking a setting back is a change too',
        up: 'SELECT 1;',
        down: 'ALTER SYSTEM RESET work_mem;',
        findings: [{ at: 'ALTER SYSTEM RESET work_mem', direction: 'down' }],
        inDocs: false,
      },
      {
        title: "The session's own settings",
        up: "SET work_mem = '64MB';\nRESET work_mem;",
        findings: [],
      },
      {
        title: 'One role, one database',
        up: "ALTER ROLE web SET lock_timeout = '2s';\nALTER DATABASE shop SET timezone = 'UTC';",
        findings: [],
      },
      {
        title: 'Storage parameters of a table',
        up: 'ALTER TABLE users SET (fillfactor = 70);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      alterSystem(operation) {
        context.report({
          operation,
          messageId: 'server',
          data: { name: operation.name },
          help: "Move it to the server's configuration, or to ALTER DATABASE or ALTER ROLE.",
        });
      },
    };
  },
});
