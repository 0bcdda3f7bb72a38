import type { RowFailure } from '../effects/effects.ts';
import { safeForms } from '../fixes/index.ts';
import type { DataType } from '../operations/data-types.ts';
import { isNullLiteral } from '../operations/expressions.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { findColumn } from '../schema/index.ts';
import { isProvenNotNull } from '../schema/proofs.ts';
import type { Server } from '../server/server.ts';
import { defineRule } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

export default defineRule({
  id: 'no-not-null-without-backfill',
  meta: {
    description: 'Disallow a NOT NULL column or constraint that the existing rows have no value for.',
    cause: 'fails',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration fails half-way through the deploy with \`column "x" of relation "t" contains null values\`: it went
well in the empty test database and breaks in production, where the table has rows. Where the table happens to be empty, the
application that is still running fails on its next INSERT, as it does not know the new column.`,
      why: `\`ADD COLUMN … NOT NULL\` without a default has no value for the rows that are there. \`SET NOT NULL\` checks every
row and fails at the first NULL. \`DEFAULT NULL\` is no default.

MySQL and MariaDB do not fail at \`ADD COLUMN … NOT NULL\`: they fill the rows with 0, '' or the first value of the enum, which
nothing tells from a value that somebody chose; for dates the strict mode refuses that. \`MODIFY … NOT NULL\` fails at the first
NULL in strict mode, and turns it into 0 or '' without.

SQLite refuses such a column as soon as the table has a row ("Cannot add a NOT NULL column with default value NULL"), SQL Server too
(message 4901).`,
      safe: `Give the column a constant default: since PostgreSQL 11 that does not rewrite the table, and running code that leaves
the column out keeps working.

\`\`\`sql
ALTER TABLE users ADD COLUMN status text NOT NULL DEFAULT 'active';
\`\`\`

Where each row needs a value of its own: add the column as nullable, let the application write it, backfill in batches, and only
then make it NOT NULL by way of a check that is validated without blocking writes.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD COLUMN region text;
-- migration 2, after the release that writes it: in batches, each committed
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000 AND region IS NULL;
-- migration 3
ALTER TABLE users ADD CONSTRAINT users_region_not_null CHECK (region IS NOT NULL) NOT VALID;
-- migration 4
ALTER TABLE users VALIDATE CONSTRAINT users_region_not_null;
ALTER TABLE users ALTER COLUMN region SET NOT NULL;
ALTER TABLE users DROP CONSTRAINT users_region_not_null;
\`\`\``,
      exemptions: [
        'The table was created in the same deploy.',
        'The column has a default (not NULL), is an identity or serial column, or is generated.',
        'SET NOT NULL on a column that a validated CHECK (column IS NOT NULL) proves filled, that earlier statements filled in every row (a join or a subquery counts as finding a row each) or of which they deleted the rows without a value, that has had a default since it was added, or that is NOT NULL already.',
        'A NOT NULL constraint added as NOT VALID (PostgreSQL 18).',
      ],
      whenNotToUse: 'Where every table that migrations touch is known to be empty.',
      otherTools: {
        squawk: 'adding-required-field, adding-not-nullable-field',
        'django-migration-linter': 'NOT_NULL',
        Atlas: 'MF103, MF104',
        pgfence: 'add-column-not-null-no-default',
      },
    },
    messages: {
      add: 'Column {{column}} is NOT NULL and has no default: adding it fails if {{table}} has rows, and running code that does not set it fails on INSERT.',
      filled:
        'MySQL fills {{column}} with {{value}} in every row that {{table}} has, and running code that does not set it fails on INSERT.',
      modified:
        'Nothing shows that {{table}}.{{column}} is filled in every row: this fails at the first NULL, or without strict mode turns it into {{value}}.',
      set: 'Nothing shows that {{table}}.{{column}} is filled in every row: {{form}} fails at the first NULL.',
    },
    examples: [
      {
        title: 'MySQL fills the rows without a word',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN age int NOT NULL, ADD COLUMN name varchar(20) NOT NULL;',
        findings: [
          { at: 'ADD COLUMN age', message: 'fills age with 0' },
          { at: 'ADD COLUMN name', message: "fills name with ''" },
        ],
      },
      {
        title: 'A date of zeros is refused',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN born date NOT NULL;',
        findings: [{ at: 'ADD COLUMN born', message: 'fails if users has rows' }],
        inDocs: false,
      },
      {
        title: 'MODIFY to NOT NULL, on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), n int NOT NULL);',
        up: 'ALTER TABLE users MODIFY email varchar(50) NOT NULL, MODIFY n bigint NOT NULL;',
        findings: [{ at: 'MODIFY email', message: 'at the first NULL' }],
        inDocs: false,
      },
      {
        title: 'On MySQL: a default, AUTO_INCREMENT, filled before',
        dialect: 'mysql',
        history: 'CREATE TABLE users (name varchar(20), email varchar(50));',
        up: `ALTER TABLE users ADD COLUMN kind varchar(9) NOT NULL DEFAULT 'a', ADD COLUMN id int NOT NULL AUTO_INCREMENT PRIMARY KEY;
UPDATE users SET email = name WHERE email IS NULL;
ALTER TABLE users MODIFY email varchar(50) NOT NULL;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A required column without a default',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN email text NOT NULL;',
        findings: [{ at: 'ADD COLUMN email', message: 'fails if users has rows' }],
      },
      {
        title: 'DEFAULT NULL is no default',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN email text DEFAULT NULL NOT NULL;',
        findings: [{ at: 'ADD COLUMN email' }],
        inDocs: false,
      },
      {
        title: 'SET NOT NULL on a column that was never filled',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [{ at: 'ALTER COLUMN email SET NOT NULL', message: 'users.email' }],
      },
      {
        title: 'A check that says something else proves nothing',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, email text, age int CHECK (age > 0));
ALTER TABLE users ADD CONSTRAINT e CHECK (email IS NOT NULL) NOT VALID;`,
        up: 'ALTER TABLE users ALTER COLUMN age SET NOT NULL, ALTER COLUMN email SET NOT NULL;',
        findings: [{ at: 'ALTER COLUMN age SET NOT NULL' }, { at: 'ALTER COLUMN email SET NOT NULL' }],
        inDocs: false,
      },
      {
        title: 'A constant default fills the existing rows',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN status text NOT NULL DEFAULT 'active';",
        findings: [],
      },
      {
        title: 'Proven by a validated check',
        history: `CREATE TABLE users (id bigint PRIMARY KEY, email text);
ALTER TABLE users ADD CONSTRAINT email_set CHECK (email IS NOT NULL) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT email_set;`,
        up: 'ALTER TABLE users ALTER COLUMN email SET NOT NULL;',
        findings: [],
      },
      {
        title: 'Filled before',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);\nALTER TABLE users ADD COLUMN slug text;',
        up: 'UPDATE users SET slug = lower(name) WHERE slug IS NULL;\nALTER TABLE users ALTER COLUMN slug SET NOT NULL;',
        findings: [],
      },
      {
        title: 'Filled from another table',
        history: `CREATE TABLE teams (id bigint PRIMARY KEY, name text);
CREATE TABLE users (id bigint PRIMARY KEY, team_name text, team_id bigint);`,
        up: `UPDATE users u SET team_id = t.id FROM teams t WHERE t.name = u.team_name AND u.team_id IS NULL;
ALTER TABLE users ALTER COLUMN team_id SET NOT NULL;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Rows without a value are deleted first',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, team_id bigint, plan_id bigint);',
        up: `DELETE FROM users WHERE team_id IS NULL OR plan_id IS NULL;
ALTER TABLE users ALTER COLUMN team_id SET NOT NULL, ALTER COLUMN plan_id SET NOT NULL;`,
        findings: [],
      },
      {
        title: 'Filled by a subquery, or by several statements that leave no row out',
        history: `CREATE TABLE teams (id bigint PRIMARY KEY, owner bigint);
CREATE TABLE users (id bigint PRIMARY KEY, status text NOT NULL, team bigint, boss bigint, source text);`,
        up: `UPDATE users SET boss = (SELECT t.owner FROM teams t WHERE t.id = users.team);
UPDATE users SET source = 'invite' WHERE status = 'invited';
UPDATE users SET source = 'team' WHERE team IS NOT NULL AND status <> 'invited';
UPDATE users SET source = 'none' WHERE team IS NULL AND status <> 'invited';
ALTER TABLE users ALTER COLUMN boss SET NOT NULL, ALTER COLUMN source SET NOT NULL;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'Filled in the same branch, and in another',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text, slug text);',
        up: `DO $$ BEGIN
  IF current_setting('app.multi', true) = 'on' THEN RETURN; END IF;
  UPDATE users SET name = 'x' WHERE name IS NULL;
  ALTER TABLE users ALTER COLUMN name SET NOT NULL;
  IF now() > '2030-01-01' THEN UPDATE users SET slug = 'x' WHERE slug IS NULL; END IF;
  ALTER TABLE users ALTER COLUMN slug SET NOT NULL;
END $$;`,
        findings: [{ at: 'ALTER COLUMN slug SET NOT NULL' }],
        inDocs: false,
      },
      {
        title: 'Filled for some rows only',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, slug text, kind text);',
        up: `UPDATE users SET slug = 'x' WHERE slug IS NULL AND kind = 'admin';
ALTER TABLE users ALTER COLUMN slug SET NOT NULL;`,
        findings: [{ at: 'ALTER COLUMN slug SET NOT NULL' }],
        inDocs: false,
      },
      {
        title: 'A default since the column was made',
        history: `CREATE TABLE users (id bigint PRIMARY KEY);
ALTER TABLE users ADD COLUMN n int DEFAULT 0;`,
        up: 'ALTER TABLE users ALTER COLUMN n SET NOT NULL;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Identity, serial and generated columns bring their values',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int NOT NULL);',
        up: `ALTER TABLE users ADD COLUMN a bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  ADD COLUMN b bigserial NOT NULL,
  ADD COLUMN c int GENERATED ALWAYS AS (n + 1) STORED NOT NULL;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'On SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int NULL, m int NOT NULL);',
        up: `ALTER TABLE users ADD age int NOT NULL;
ALTER TABLE users ADD version rowversion NOT NULL;
ALTER TABLE users ALTER COLUMN n int NOT NULL;
ALTER TABLE users ALTER COLUMN m bigint NOT NULL;`,
        findings: [
          { at: 'ADD age', message: 'adding it fails if users has rows' },
          { at: 'ALTER COLUMN n int', message: 'NOT NULL fails at the first NULL' },
        ],
        inDocs: false,
      },
      {
        title: 'On SQLite',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN age INT NOT NULL;\nALTER TABLE users ADD COLUMN n INT NOT NULL DEFAULT 0;',
        findings: [{ at: 'ADD COLUMN age', message: 'adding it fails if users has rows' }],
        inDocs: false,
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nALTER TABLE users ADD COLUMN email text NOT NULL;',
        findings: [],
      },
    ],
  },
  create(context) {
    const isSqlServer = context.server.dialect === 'sqlserver';
    return {
      addColumn(operation, site) {
        const { column, table } = operation;
        if (hasValueForExistingRows(column) || !isRequired(column)) return;
        if (context.isNew(context.resolve(table, site.state), site.state)) return;
        // MySQL has a value for every type but dates, whose zeros the strict mode refuses.
        const fills = isMysql(context.server) && site.ownEffects.failsOnRows.every(isNoNull);
        context.report({
          operation,
          messageId: fills ? 'filled' : 'add',
          data: { column: column.name, table: displayName(table), value: implicitDefault(column.type) },
          help: 'Give it a constant default, or add it as nullable, fill it, and make it NOT NULL later.',
          ...safeForms(context.server).requiredColumn(operation, site.state, context.segment.file),
        });
      },
      redefineColumn(operation, site) {
        const { definition } = operation;
        const table = context.resolveTable(operation.table, site.state);
        const old = table === undefined ? undefined : findColumn(table, operation.column);
        if (!definition.notNull || definition.autoIncrement || context.isNew(table, site.state)) return;
        if (old?.notNull === true || context.isNewOrigin(old?.origin)) return;
        if (table !== undefined && isProvenNotNull(table, operation.column, operation.blocks)) return;
        context.report({
          operation,
          messageId: 'modified',
          // A definition repeats what stays: of a column that no migration shows it is not known to change this at all.
          ...(isShown(old) ? {} : { severity: 'warn' }),
          data: {
            column: operation.column,
            table: displayName(operation.table),
            value: implicitDefault(definition.type),
          },
          help: 'Fill the column in every row first, in batches.',
          ...safeForms(context.server).notNull(operation.table, operation.column, site.state, context.segment.file),
        });
      },
      setNotNull(operation, site) {
        judge(operation, operation.column, site.state);
      },
      addNotNullConstraint(operation, site) {
        if (operation.constraint.notValid !== true) judge(operation, operation.constraint.column, site.state);
      },
    };

    function judge(
      operation: OperationOf<'setNotNull' | 'addNotNullConstraint'>,
      column: string,
      state: Parameters<typeof context.resolveTable>[1],
    ): void {
      const table = context.resolveTable(operation.table, state);
      if (context.isNew(table, state) || (table !== undefined && isProvenNotNull(table, column, operation.blocks)))
        return;
      const old = table === undefined ? undefined : findColumn(table, column);
      context.report({
        operation,
        messageId: 'set',
        // As with MySQL's MODIFY: ALTER COLUMN repeats what stays.
        ...(isSqlServer && !isShown(old) ? { severity: 'warn' } : {}),
        data: { column, table: displayName(operation.table), form: isSqlServer ? 'NOT NULL' : 'SET NOT NULL' },
        help: isSqlServer
          ? 'Fill the column in every row first, in batches.'
          : 'Fill the column in every row first, in batches, then prove it with a validated check.',
        ...safeForms(context.server).notNull(operation.table, column, state, context.segment.file),
      });
    }
  },
});

type Column = OperationOf<'addColumn'>['column'];

/** Whether a migration shows if a column takes NULLs. */
function isShown(column: ReturnType<typeof findColumn>): boolean {
  return column !== undefined && column.notNull !== 'unknown';
}

const TEXTS: ReadonlySet<string> = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'binary',
  'varbinary',
]);

/** What MySQL puts into rows for a column without a default (manual, "Data Type Default Values"). */
function implicitDefault(type: DataType | undefined): string {
  if (type === undefined || TEXTS.has(type.name) || type.name === 'set' || type.name.endsWith('blob')) return "''";
  if (type.name === 'enum') return `'${type.modifiers[0]}'`;
  if (type.name === 'json') return "'null'";
  return type.name.startsWith('date') || type.name === 'timestamp' ? "'0000-00-00'" : '0';
}

const isMysql = ({ dialect }: Pick<Server, 'dialect'>): boolean => dialect === 'mysql' || dialect === 'mariadb';

const isNoNull = ({ reason }: RowFailure): boolean => reason !== 'not null';

function isRequired(column: Column): boolean {
  return column.notNull || column.constraints.some(constraint => constraint.type === 'primaryKey');
}

function hasValueForExistingRows(column: Column): boolean {
  if (column.identity !== undefined || column.serial === true || column.generated !== undefined) return true;
  if (column.autoIncrement === true || column.type?.name === 'rowversion') return true;
  return column.default !== undefined && !isNullLiteral(column.default.expression);
}
