import { foreignDialect } from '../linter/foreign-dialect.ts';
import type { Project } from '../linter/migration.ts';
import type { Operation } from '../operations/operations.ts';
import { DIALECT_TITLES } from '../server/server.ts';
import { defineRule } from './rule.ts';

/** Projects whose wrong dialect was told. */
const TOLD = new WeakSet<Project>();

export default defineRule({
  id: 'no-unreadable-statement',
  meta: {
    description: 'Report what could not be read, so that silence is never taken for safety.',
    cause: 'hygiene',
    scope: 'statement',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'info', strict: 'error' },
    docs: {
      failure: `A statement that no rule has seen goes to production: it may lock, rewrite or drop anything. Where it is a syntax
error, the migration fails in the deploy.`,
      why: `A linter reads text. SQL put together at run time, a template with control flow, a language that is not read: what runs
is known only when it runs. Everything else in the file is still judged.`,
      safe: 'Write the statement as plain SQL. Where that cannot be, review it by hand, and say so in a suppression with the reason.',
      exemptions: [],
      whenNotToUse: 'Where another step of the pipeline runs each migration against a database.',
      otherTools: { squawk: 'syntax-error', pgsafe: 'unchecked-do-block', MigrationPilot: 'MP063' },
    },
    messages: {
      'syntax error': 'This statement could not be read: {{message}}.',
      dynamic: 'What this runs is known only at run time, so it is not judged: {{message}}.',
      template: 'Template control flow decides what runs here, so it is not judged: {{message}}.',
      dialect:
        'This file seems to be written for {{likely}}, not for {{configured}}: nothing in it, or in others like it, is judged.',
      language: 'This code is in a language that is not read, so it is not judged: {{message}}.',
    },
    examples: [
      {
        title: 'A statement with a typing error; the one after it is read',
        up: 'CREATE TABL users (id bigint);\nCREATE TABLE orders (id bigint);',
        findings: [{ at: 'TABL', message: 'could not be read' }],
      },
      {
        title: 'SQL put together at run time',
        up: `DO $$ DECLARE command text; BEGIN
  FOR command IN SELECT statement FROM pending_statements LOOP
    EXECUTE command;
  END LOOP;
END $$;`,
        findings: [{ at: 'EXECUTE command', message: 'only at run time' }],
      },
      {
        title: 'A template that decides what runs',
        up: 'CREATE TABLE a (id int);\n{{if .sharded}}\nCREATE TABLE b (id int);\n{{end}}\nCREATE TABLE c (id int);',
        findings: [{ at: 'CREATE', message: 'Template control flow' }],
        inDocs: false,
      },
      {
        title: 'A block in another language',
        up: "DO LANGUAGE plpython3u $$ plpy.execute('DROP TABLE a') $$;",
        findings: [{ at: "$$ plpy.execute('DROP TABLE a') $$", message: 'language that is not read' }],
        inDocs: false,
      },
      {
        title: 'Text with a name put into it is read: the name is what stays open',
        up: `DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT tablename FROM pg_tables LOOP
    EXECUTE format('ANALYZE %I', name);
  END LOOP;
END $$;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A file for another database is reported once',
        dialect: 'mysql',
        up: `CREATE EXTENSION citext;
CREATE TABLE users (id bigserial PRIMARY KEY, tags jsonb DEFAULT '{}'::jsonb);
CREATE INDEX CONCURRENTLY users_tags ON users USING gin (tags);`,
        findings: [{ at: 'EXTENSION', message: 'seems to be written for PostgreSQL, not for MySQL' }],
      },
      {
        title: 'A file for MySQL, in a project of PostgreSQL',
        up: `CREATE TABLE \`users\` (\`id\` bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;
ALTER TABLE \`users\` MODIFY COLUMN \`id\` bigint;
DROP TABLE \`users\`;`,
        findings: [{ at: '`', message: 'seems to be written for MySQL, not for PostgreSQL' }],
        inDocs: false,
      },
      {
        title: 'All of it can be read as SQLite, and is for MySQL',
        dialect: 'sqlite',
        up: 'CREATE TABLE `users` (`id` bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY) ENGINE=InnoDB;',
        findings: [{ at: 'CREATE TABLE `users`', message: 'seems to be written for MySQL, not for SQLite' }],
        inDocs: false,
      },
      {
        title: 'For SQL Server, in a project of MySQL',
        dialect: 'mysql',
        up: 'CREATE TABLE [dbo].[users] ([id] int IDENTITY(1,1), [name] nvarchar(50))\nGO\nALTER TABLE [dbo].[users] ADD [n] uniqueidentifier\nGO',
        findings: [{ at: '[', message: 'seems to be written for SQL Server, not for MySQL' }],
        inDocs: false,
      },
      {
        title: 'A typing error in a file of the right dialect',
        dialect: 'mysql',
        up: 'CREATE TABLE users (id bigint AUTO_INCREMENT PRIMARY KEY);\nSELEC 1;',
        findings: [{ at: 'SELEC', message: 'could not be read' }],
        inDocs: false,
      },
      {
        title: 'A literal EXECUTE is read',
        up: "DO $$ BEGIN EXECUTE 'CREATE TABLE t (id bigint)'; END $$;",
        findings: [],
      },
    ],
  },
  create(context) {
    const { project, segment, server } = context;
    const likely = foreignDialect(segment, server);
    return {
      statement(_, { index }) {
        if (likely === undefined || index > 0 || TOLD.has(project)) return;
        TOLD.add(project);
        const { statements } = segment.script;
        const refused = statements.findIndex(({ operations }) => operations.some(isRefused));
        const operation = statements[refused]?.operations.find(isRefused);
        context.report({
          ...(operation === undefined ? {} : { operation }),
          statement: Math.max(refused, 0),
          severity: 'error',
          messageId: 'dialect',
          data: { likely: DIALECT_TITLES[likely], configured: DIALECT_TITLES[server.dialect] },
          help: 'Set the dialect: --dialect, or dialect in the configuration.',
        });
      },
      unreadable(operation) {
        if (likely !== undefined) return;
        context.report({ operation, messageId: operation.reason, data: { message: operation.message } });
      },
    };
  },
});

/** Whether an operation is one that the configured dialect does not have. */
const isRefused = ({ kind }: Operation): boolean => kind === 'unreadable' || kind === 'otherTableChange';
