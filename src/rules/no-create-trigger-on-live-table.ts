import { displayName } from '../operations/names.ts';
import { defineRule } from './rule.ts';
import { inUse } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-create-trigger-on-live-table',
  meta: {
    description: 'Disallow a new trigger on a table that is in use.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { strict: 'warn' },
    docs: {
      failure: `Writers of the table wait until the migration has got its lock and committed; from then on every write does more
work, and fails where the trigger function fails.`,
      why: `\`CREATE TRIGGER\` takes SHARE ROW EXCLUSIVE: no scan, but it waits for running writes while later writes queue behind it
(measured). \`CREATE OR REPLACE TRIGGER\` is the same.`,
      safe: `Give the statement a short lock timeout and a transaction of its own, and try the function on a copy of real rows first.

\`\`\`sql
SET lock_timeout = '2s';
CREATE TRIGGER users_touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();
\`\`\``,
      exemptions: [
        'A table made in the same deploy, and temporary tables.',
        'INSTEAD OF triggers of views made there.',
      ],
      whenNotToUse: 'Where triggers are an ordinary tool of yours and `require-lock-timeout` is enough.',
      otherTools: {
        pgfence: 'create-trigger',
        'postgres-language-server': 'avoidCreateTrigger',
        MigrationPilot: 'MP090',
        Bytebase: 'table.disallow-trigger',
      },
    },
    messages: {
      blocks: 'Writes of {{table}} wait until this trigger is in place, and every later write runs it.',
    },
    examples: [
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();',
        findings: [{ at: 'CREATE TRIGGER touch', message: 'Writes of users' }],
      },
      {
        title: 'Replacing one, on a table that the history does not show',
        up: 'CREATE OR REPLACE TRIGGER touch AFTER INSERT ON app.users FOR EACH STATEMENT EXECUTE FUNCTION touch();',
        findings: [{ at: 'CREATE OR REPLACE TRIGGER touch', message: 'app.users' }],
        inDocs: false,
      },
      {
        title: 'A new table',
        up: `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TRIGGER touch BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION touch();`,
        findings: [],
      },
      {
        title: 'A temporary table',
        up: `CREATE TEMP TABLE work (id bigint);
CREATE TRIGGER touch BEFORE UPDATE ON work FOR EACH ROW EXECUTE FUNCTION touch();`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The function alone',
        up: 'CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;',
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createTrigger(operation, site) {
        if (inUse(context, site.ownEffects.blocksWrites, site.state).length === 0) return;
        context.report({
          operation,
          messageId: 'blocks',
          data: { table: displayName(operation.table) },
          help: 'Set a short lock_timeout before it and keep nothing else in its transaction.',
        });
      },
    };
  },
});
