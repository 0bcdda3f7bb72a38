import { safeForms } from '../fixes/index.ts';
import { transactionId } from '../linter/new-objects.ts';
import { displayName, spellings } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { catalogueOf } from '../schema/dialects.ts';
import type { Table } from '../schema/schema.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { standsInFor } from './shared/compatibility-view.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { isMovedInRebuild } from './shared/rebuilds.ts';

export default defineRule({
  id: 'no-rename-table',
  meta: {
    description: 'Disallow renaming a table, view, schema or function that running code uses.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every server that still runs the old release fails with \`relation "users" does not exist\` from the moment the
migration commits until the last of them has been replaced. Rolling the release back brings the same errors to the new code.`,
      why: `A rename takes effect at once, for everybody; a deploy does not. While both releases run, one of them uses a name that
does not exist. On SQL Server \`sp_rename\` warns of it itself: views, procedures and triggers that name the table go on naming the old one.`,
      safe: `Keep the old name alive as a view, made in the same transaction as the rename. A view of one table is updatable, so
running code reads and writes through it. Drop the view when no release uses the old name any more.

\`\`\`sql
BEGIN;
ALTER TABLE users RENAME TO accounts;
CREATE VIEW users AS SELECT * FROM accounts;
COMMIT;
\`\`\`

On SQL Server a synonym does: \`CREATE SYNONYM dbo.users FOR dbo.accounts\`.

Repeat the table's grants on the view, and give it \`WITH (security_invoker = true)\` where the table has row-level security.
\`INSERT … ON CONFLICT\` and \`SELECT … FOR UPDATE\` work through such a view; \`TRUNCATE\`, \`COPY … FROM\` and \`LOCK TABLE\` by the old
name do not all.`,
      exemptions: [
        'The object was created in the same deploy, or is temporary.',
        'A compatibility view under exactly the old name in the same transaction: all old columns, updatable, grants repeated, security_invoker under row-level security.',
        'ALTER INDEX … RENAME, RENAME CONSTRAINT, and renaming a sequence, a trigger or a policy: code does not name them.',
        'Files under `contractPaths`, and objects that a `surefoot-contract` comment says are unused.',
        'With `deployOrder: "code-first"` a warning: the code that uses the new name is live, a rollback is not possible any more.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {
        squawk: 'renaming-table',
        strong_migrations: 'rename_table, rename_schema',
        Atlas: 'BC101',
        pgfence: 'rename-table, rename-schema',
      },
    },
    messages: {
      relation: 'Running code still uses the name {{old}}: it fails as soon as the {{what}} is called {{new}}.',
      codeFirst:
        'Once the {{what}} {{old}} is {{new}}, the release before cannot be rolled back to: it uses the old name.',
      moved: 'Running code still finds {{old}} in its old schema: it fails as soon as the {{what}} is in {{new}}.',
    },
    examples: [
      {
        title: 'An old table that is moved aside for a new one of its name',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `ALTER TABLE users RENAME TO _users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users SELECT id, name FROM _users_old;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users RENAME TO accounts;',
        findings: [{ at: 'RENAME TO accounts', message: 'still uses the name users' }],
      },
      {
        title: 'Views and schemas are names too',
        history: 'CREATE SCHEMA app;\nCREATE VIEW active AS SELECT 1 AS one;',
        up: 'ALTER VIEW active RENAME TO enabled;\nALTER SCHEMA app RENAME TO core;',
        findings: [{ at: 'RENAME TO enabled' }, { at: 'ALTER SCHEMA app RENAME TO core' }],
      },
      {
        title: 'Moving a table to another schema',
        history: 'CREATE SCHEMA app;\nCREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users SET SCHEMA app;',
        findings: [{ at: 'SET SCHEMA app', message: 'old schema' }],
        inDocs: false,
      },
      {
        title: 'A view that lacks a column does not stand in',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'BEGIN;\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT id FROM accounts;\nCOMMIT;',
        findings: [{ at: 'RENAME TO accounts' }],
        inDocs: false,
      },
      {
        title: 'Outside one transaction there is a moment without the name',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;',
        findings: [{ at: 'RENAME TO accounts' }],
      },
      {
        title: 'Without security_invoker the view shows every row',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nALTER TABLE users ENABLE ROW LEVEL SECURITY;',
        up: 'BEGIN;\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;\nCOMMIT;',
        findings: [{ at: 'RENAME TO accounts' }],
        inDocs: false,
      },
      {
        title: 'The table had grants that the view has not',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nGRANT SELECT ON users TO app;',
        up: 'BEGIN;\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;\nCOMMIT;',
        findings: [{ at: 'RENAME TO accounts' }],
        inDocs: false,
      },
      {
        title: 'Where the code is deployed before its migration, the rollback is what breaks',
        settings: { deployOrder: 'code-first' },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE SCHEMA app;',
        up: 'ALTER TABLE users RENAME TO accounts;\nALTER TABLE accounts SET SCHEMA app;',
        findings: [
          { at: 'RENAME TO accounts', message: 'cannot be rolled back to' },
          { at: 'SET SCHEMA app', message: 'cannot be rolled back to' },
        ],
        inDocs: false,
      },
      {
        title: 'In the contract phase',
        settings: { contractPath: true },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users RENAME TO accounts;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A compatibility view in the same transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'BEGIN;\nALTER TABLE users RENAME TO accounts;\nCREATE VIEW users AS SELECT * FROM accounts;\nCOMMIT;',
        findings: [],
      },
      {
        title: 'Indexes and constraints may be renamed',
        history: 'CREATE TABLE users (id bigint CONSTRAINT pk PRIMARY KEY);\nCREATE INDEX a ON users (id);',
        up: 'ALTER INDEX a RENAME TO b;\nALTER TABLE b RENAME TO c;\nALTER TABLE users RENAME CONSTRAINT pk TO users_pkey;',
        findings: [],
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nALTER TABLE users RENAME TO accounts;',
        findings: [],
      },
      {
        title: 'A table that was built beside the old one and takes its name',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: `BEGIN;
CREATE TABLE users_new (id bigint PRIMARY KEY, email text);
ALTER TABLE users_new RENAME TO users_next;
COMMIT;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'sp_rename of SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: "EXEC sp_rename 'dbo.users', 'people';",
        findings: [{ at: "EXEC sp_rename 'dbo.users', 'people'", message: 'the table is called people' }],
      },
      {
        title: 'sp_rename, and a synonym of the old name in the same transaction',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY);',
        up: "BEGIN TRANSACTION;\nEXEC sp_rename 'dbo.users', 'people';\nCREATE SYNONYM dbo.users FOR dbo.people;\nCOMMIT;",
        findings: [],
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'RENAME TABLE users TO people;',
        findings: [{ at: 'RENAME TABLE users TO people', message: 'the table is called people' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const codeFirst = context.deployOrder === 'code-first';
    const severity = codeFirst ? ({ severity: 'warn' } as const) : {};
    const renamed: { operation: OperationOf<'renameTable'>; site: OperationSite; old: Table }[] = [];
    /** Names that stand for another table, and the transaction that made them so. */
    const synonyms: { name: string; target: string | undefined; transaction: number | undefined }[] = [];
    return {
      renameTable(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        if (context.isNew(relation, site.state) || context.isContracted(...spellings(operation.table))) return;
        if (isMovedInRebuild(context.segment, operation.table.name)) return;
        if (relation?.kind === 'table') renamed.push({ operation, site, old: relation });
        else if (isNamedByCode(relation?.kind ?? operation.relationKind)) {
          reportRename(operation, site, relation?.kind ?? operation.relationKind);
        }
      },
      setRelationSchema(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        const what = relation?.kind ?? operation.relationKind;
        if (context.isNew(relation, site.state) || !isNamedByCode(what)) return;
        if (context.isContracted(...spellings(operation.table))) return;
        context.report({
          operation,
          ...severity,
          messageId: codeFirst ? 'codeFirst' : 'moved',
          data: { old: displayName(operation.table), new: operation.schema, what },
          help: 'Keep a view of the old name in the old schema, made in the same transaction.',
        });
      },
      renameSchema(operation, site) {
        if (context.isNewOrigin(site.state.schema.schemas.get(operation.schema))) return;
        if (context.isContracted(operation.schema)) return;
        reportOther(operation, operation.schema, operation.newName, 'schema');
      },
      alterObject(operation) {
        if (operation.change !== 'rename' || operation.objectKind !== 'routine') return;
        if (context.isContracted(...spellings(operation.name))) return;
        reportOther(operation, displayName(operation.name), operation.newName ?? '', 'function');
      },
      createObject({ objectKind, name, tables }, { state }) {
        if (objectKind !== 'synonym') return;
        synonyms.push({ name: name.name, target: tables?.[0]?.name, transaction: transactionId(state) });
      },
      segmentEnd(state) {
        for (const { operation, site, old } of renamed) {
          const transaction = transactionId(site.state);
          const isKept = synonyms.some(
            synonym =>
              transaction !== undefined &&
              synonym.transaction === transaction &&
              synonym.name === old.name &&
              synonym.target === operation.newName,
          );
          if (!isKept && !standsInFor(old, transactionId(site.state), state)) reportRename(operation, site, 'table');
        }
      },
    };

    function reportRename(operation: OperationOf<'renameTable'>, site: OperationSite, what: string): void {
      context.report({
        operation,
        statement: site.index,
        ...severity,
        messageId: codeFirst ? 'codeFirst' : 'relation',
        data: { old: displayName(operation.table), new: operation.newName, what },
        help: catalogueOf(site.state).definitionsCommit
          ? 'Make a view of the old name right after it, and keep it until no release uses that; in between, running code fails.'
          : 'Keep the old name alive as a view, made in the same transaction, until no release uses it.',
        ...(what === 'table'
          ? safeForms(context.server).renamedTable(operation, site.state, context.segment.file)
          : {}),
      });
    }

    function reportOther(
      operation: OperationOf<'renameSchema' | 'alterObject'>,
      old: string,
      name: string,
      what: string,
    ): void {
      context.report({
        operation,
        ...severity,
        messageId: codeFirst ? 'codeFirst' : 'relation',
        data: { old, new: name, what },
        help: 'Make the new one beside the old one, move the code, and drop the old one when no release uses it.',
      });
    }
  },
});

function isNamedByCode(kind: string): boolean {
  return kind === 'table' || kind === 'view' || kind === 'materialized view' || kind === 'foreign table';
}
