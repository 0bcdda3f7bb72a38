import { safeForms } from '../fixes/index.ts';
import { transactionId } from '../linter/new-objects.ts';
import { displayName, spellings } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { findColumn } from '../schema/index.ts';
import type { Relation, Table } from '../schema/schema.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { standsInFor } from './shared/compatibility-view.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-rename-column',
  meta: {
    description: 'Disallow renaming a column that running code uses.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every server that still runs the old release fails with \`column "name" does not exist\` on each query that names
it, from the moment the migration commits until the last server has been replaced. ORMs list all columns in every SELECT and
INSERT, so that is every query on the table.`,
      why: `A rename takes effect at once, for everybody; a deploy does not. Views keep working, as they refer to the column and not
to its name; queries, functions in PL/pgSQL and ORM models do not.`,
      safe: `Expand and contract: add the new column, keep both in step, move the code, then drop the old one.

\`\`\`sql
-- migration 1: expand
ALTER TABLE users ADD COLUMN full_name text;
CREATE FUNCTION users_sync_name() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.full_name := coalesce(NEW.full_name, NEW.name);
    NEW.name := coalesce(NEW.name, NEW.full_name);
  ELSIF NEW.full_name IS DISTINCT FROM OLD.full_name THEN
    NEW.name := NEW.full_name;
  ELSE
    NEW.full_name := NEW.name;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER users_sync_name BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION users_sync_name();
-- migration 2: backfill in batches; then release the code that uses full_name only
-- migration 3: contract, when no release uses name any more
DROP TRIGGER users_sync_name ON users;
DROP FUNCTION users_sync_name();
ALTER TABLE users DROP COLUMN name;
\`\`\`

Where only the model should have another name, map it there (\`@map\`, \`db_column\`, \`name:\`) and leave the database alone.`,
      exemptions: [
        'The table, or the column, was created in the same deploy.',
        'The table was renamed too, and a compatibility view under its old name has the old column name, in the same transaction.',
        'A column of an index, and an attribute of a composite type.',
        'Files under `contractPaths`, and columns that a `surefoot-contract` comment says are unused.',
        'With `deployOrder: "code-first"` a warning: the code that uses the new name is live, a rollback is not possible any more.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {
        squawk: 'renaming-column',
        strong_migrations: 'rename_column',
        Atlas: 'BC102',
        'django-migration-linter': 'RENAME_COLUMN',
        pgfence: 'rename-column',
      },
    },
    messages: {
      codeFirst:
        'Once {{table}}.{{old}} is called {{new}}, the release before cannot be rolled back to: it uses the old name.',
      renamed:
        'Running code still uses {{table}}.{{old}}: every query that names it fails as soon as it is called {{new}}.',
    },
    examples: [
      {
        title: 'A column that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE users RENAME COLUMN name TO full_name;',
        findings: [{ at: 'RENAME COLUMN name TO full_name', message: 'users.name' }],
      },
      {
        title: 'COLUMN may be left out, the table may be unknown',
        up: 'ALTER TABLE IF EXISTS ONLY app.users RENAME "Name" TO name;',
        findings: [{ at: 'RENAME "Name" TO name', message: 'app.users.Name' }],
        inDocs: false,
      },
      {
        title: "A view's column",
        history: 'CREATE VIEW v AS SELECT 1 AS one;',
        up: 'ALTER VIEW v RENAME COLUMN one TO uno;',
        findings: [{ at: 'RENAME COLUMN one TO uno' }],
        inDocs: false,
      },
      {
        title: 'Where the code is deployed before its migration, the rollback is what breaks',
        settings: { deployOrder: 'code-first' },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE users RENAME COLUMN name TO full_name;',
        findings: [{ at: 'RENAME COLUMN name TO full_name', message: 'cannot be rolled back to' }],
        inDocs: false,
      },
      {
        title: 'A contract that names the column',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: `-- surefoot-contract users.name: unused since v1.42
ALTER TABLE users RENAME COLUMN name TO full_name;`,
        findings: [],
      },
      {
        title: 'Add the new column beside the old one',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE users ADD COLUMN full_name text;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\nALTER TABLE users RENAME COLUMN name TO full_name;',
        findings: [],
      },
      {
        title: 'A column that the same migration added',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN nam text;\nALTER TABLE users RENAME COLUMN nam TO name;',
        findings: [],
      },
      {
        title: 'A view keeps the old names of table and column',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: `BEGIN;
ALTER TABLE users RENAME TO accounts;
ALTER TABLE accounts RENAME COLUMN name TO full_name;
CREATE VIEW users AS SELECT id, full_name AS name FROM accounts;
COMMIT;`,
        findings: [],
      },
      {
        title: 'CHANGE to another name, and RENAME COLUMN, on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'ALTER TABLE users CHANGE email mail varchar(50);\nALTER TABLE users RENAME COLUMN id TO user_id;',
        findings: [{ at: 'CHANGE email mail', message: 'mail' }, { at: 'RENAME COLUMN id TO user_id' }],
        inDocs: false,
      },
      {
        title: 'CHANGE under the same name renames nothing',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'ALTER TABLE users CHANGE email email varchar(60);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const codeFirst = context.deployOrder === 'code-first';
    const renamed: {
      operation: OperationOf<'renameColumn' | 'redefineColumn'>;
      site: OperationSite;
      relation: Relation | undefined;
    }[] = [];
    return {
      renameColumn(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        if (relation?.kind === 'index' || relation?.kind === 'composite type') return;
        if (operation.relationKind === 'index' || operation.relationKind === 'composite type') return;
        if (context.isNew(relation, site.state)) return;
        if (relation?.kind === 'table' && context.isNewOrigin(findColumn(relation, operation.column)?.origin)) return;
        if (context.isContracted(...spellings(operation.table, operation.column))) return;
        renamed.push({ operation, site, relation });
      },
      // CHANGE to another name.
      redefineColumn(operation, site) {
        if (operation.newName === undefined || operation.newName.toLowerCase() === operation.column.toLowerCase())
          return;
        const relation = context.resolve(operation.table, site.state);
        if (context.isNew(relation, site.state)) return;
        if (relation?.kind === 'table' && context.isNewOrigin(findColumn(relation, operation.column)?.origin)) return;
        if (context.isContracted(...spellings(operation.table, operation.column))) return;
        renamed.push({ operation, site, relation });
      },
      segmentEnd(state) {
        for (const { operation, site, relation } of renamed) {
          const old = tableBefore(relation);
          if (old !== undefined && standsInFor(old, transactionId(site.state), state)) continue;
          context.report({
            operation,
            statement: site.index,
            ...(codeFirst ? { severity: 'warn' } : {}),
            messageId: codeFirst ? 'codeFirst' : 'renamed',
            data: { table: displayName(operation.table), old: operation.column, new: operation.newName ?? '' },
            help: 'Add the new column, keep both in step with a trigger, move the code, and drop the old one later.',
            ...(operation.kind === 'renameColumn' && (relation === undefined || relation.kind === 'table')
              ? safeForms(context.server).renamedColumn(operation, site.state, context.segment.file)
              : {}),
          });
        }
      },
    };

    /** The table as running code knows it: under the name and with the columns it had before this migration. */
    function tableBefore(relation: Relation | undefined): Table | undefined {
      const before = relation === undefined ? undefined : context.before.schema.relations.get(relation.id);
      return before?.kind === 'table' ? before : undefined;
    }
  },
});
