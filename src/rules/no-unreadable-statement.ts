import { dialectOfTexts } from '../migration-tools/dialect.ts';
import type { OperationOf } from '../operations/operations.ts';
import { DIALECT_TITLES, type Dialect } from '../server/server.ts';
import { defineRule, type RuleContext } from './rule.ts';

/** Dialects of one family: their texts cannot be told apart by what is not read. */
const FAMILIES: Readonly<Partial<Record<Dialect, string>>> = { mysql: 'mysql', mariadb: 'mysql' };

const familyOf = (dialect: Dialect): string => FAMILIES[dialect] ?? dialect;

/** The dialect that a file seems to be written in, where that is not the project's; nothing tells that of code around SQL. */
function otherDialect({ segment, server }: RuleContext): Dialect | undefined {
  if (/\.[cm]?[jt]sx?$/i.test(segment.file.path)) return undefined;
  const likely = dialectOfTexts([segment.file.text]);
  return likely === undefined || familyOf(likely) === familyOf(server.dialect) ? undefined : likely;
}

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
        'This file seems to be written for {{likely}}, not for {{configured}}: {{count}} could not be read as that, and others may be misread.',
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
    const refused: { readonly operation: OperationOf<'unreadable'>; readonly statement: number }[] = [];
    return {
      unreadable(operation, { index }) {
        if (operation.reason === 'syntax error') refused.push({ operation, statement: index });
        else context.report({ operation, messageId: operation.reason, data: { message: operation.message } });
      },
      segmentEnd() {
        const [first] = refused;
        const likely = first === undefined ? undefined : otherDialect(context);
        if (first !== undefined && likely !== undefined) {
          const configured = DIALECT_TITLES[context.server.dialect];
          const data = {
            likely: DIALECT_TITLES[likely],
            configured,
            count: refused.length === 1 ? '1 statement' : `${refused.length} statements`,
          };
          context.report({
            ...first,
            messageId: 'dialect',
            data,
            help: 'Set the dialect: --dialect, or dialect in the configuration.',
          });
          return;
        }
        for (const { operation, statement } of refused) {
          context.report({ operation, statement, messageId: operation.reason, data: { message: operation.message } });
        }
      },
    };
  },
});
