import { displayName } from '../operations/names.ts';
import type { GenericObjectKind, Operation, OperationKind } from '../operations/operations.ts';
import { atLeast, type Dialect, type Server } from '../server/server.ts';
import { defineRule, type Report, type RuleContext } from './rule.ts';
import { isSchemaChange } from './shared/changes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { isPartOfRebuild } from './shared/rebuilds.ts';

interface Options {
  /** Also in a transaction, which undoes everything when a statement fails. */
  readonly inTransactions: boolean;
}

/** How a statement can be written so that it may run twice, and whether it is. */
interface Guard {
  readonly clause: 'IF EXISTS' | 'IF NOT EXISTS' | 'OR REPLACE';
  readonly written: boolean;
  /** What it makes or drops, so that a DROP … IF EXISTS before a CREATE counts. */
  readonly object: string;
  /** The keyword that the clause goes after. */
  readonly after?: Keyword;
}

type Keyword = 'object' | 'column' | 'concurrently';

/** Kinds of objects whose CREATE knows IF NOT EXISTS, of those that the schema keeps by name only. */
const CREATED_IF_NOT_EXISTS: ReadonlySet<GenericObjectKind> = new Set<GenericObjectKind>([
  'collation',
  'extension',
  'server',
  'statistics',
  'user mapping',
]);

export default defineRule<Options>({
  id: 'require-idempotent-ddl',
  meta: {
    description: 'Require IF EXISTS or IF NOT EXISTS where a failed migration would be run again over what it left.',
    cause: 'hygiene',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'warn' },
    presetOptions: { strict: { inTransactions: true } },
    fixable: true,
    hasSuggestions: true,
    optionsSchema: {
      type: 'object',
      properties: {
        inTransactions: {
          type: 'boolean',
          description: 'Also in a transaction, which undoes everything when a statement fails.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { inTransactions: false },
    docs: {
      failure: `The migration fails half-way (a lock timeout, a lost connection). It is run again, and now it fails at its first
statement: \`relation "users" already exists\`. From here on every deploy stops until somebody repairs the schema by hand.`,
      why: `Outside a transaction each statement commits by itself, so a failed migration leaves what it had done. \`IF [NOT] EXISTS\`
makes the second run pass over it. MySQL and MariaDB commit at each definition, so that no transaction holds several together; MySQL
has the clause for tables and views alone, MariaDB for columns and indexes too, SQLite for all but ALTER TABLE, SQL Server for DROP.`,
      safe: `\`\`\`sql
ALTER TABLE users ADD COLUMN IF NOT EXISTS region text;
DROP INDEX CONCURRENTLY IF EXISTS users_region_idx;
CREATE INDEX CONCURRENTLY users_region_idx ON users (region);
\`\`\`

Where there is no such clause (CREATE TYPE, CREATE POLICY, ADD CONSTRAINT), drop the object first, with IF EXISTS.
Mind that IF NOT EXISTS looks at the name alone: what is there may be something else.`,
      exemptions: [
        'Statements in a transaction, unless the option inTransactions is set (it is in the preset strict).',
        'CREATE INDEX CONCURRENTLY, where IF NOT EXISTS would keep an invalid index: see no-invalid-index-retry.',
        'Objects that the same migration dropped with IF EXISTS before.',
        'Statements in a DO block behind a condition, or whose errors are caught there.',
        'Statements that know no such clause; temporary tables.',
        'On servers other than PostgreSQL the last change of a migration: where that fails nothing of it is left behind.',
        'The tables of a rebuild on SQLite: IF NOT EXISTS would copy the rows into what an earlier try left.',
      ],
      whenNotToUse: 'Where a migration that failed is always repaired by hand.',
      otherTools: {
        squawk: 'prefer-robust-stmts',
        'postgres-language-server': 'preferRobustStmts',
        pgfence: 'prefer-robust-create-index, prefer-robust-drop-index, prefer-robust-drop-table',
        MigrationPilot: 'MP023',
      },
    },
    messages: {
      notRepeatable: 'If the migration stops after this statement, running it again fails here: it has no {{clause}}.',
    },
    examples: [
      {
        title: 'Not repeatable, and in no transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nDROP INDEX CONCURRENTLY users_old_idx;',
        findings: [
          { at: 'ADD COLUMN region', message: 'no IF NOT EXISTS' },
          { at: 'DROP INDEX CONCURRENTLY users_old_idx', message: 'no IF EXISTS' },
        ],
      },
      {
        title: 'On MySQL, where nothing holds two changes together',
        dialect: 'mysql',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE IF NOT EXISTS b (id bigint PRIMARY KEY);\nALTER TABLE b ADD COLUMN n int;',
        findings: [{ at: 'CREATE TABLE a', message: 'no IF NOT EXISTS' }],
      },
      {
        title: 'On MariaDB, columns too; the last change needs none',
        dialect: 'mariadb',
        up: 'ALTER TABLE a ADD COLUMN n int;\nALTER TABLE a ADD COLUMN IF NOT EXISTS m int;\nALTER TABLE a ADD COLUMN o int;',
        findings: [{ at: 'ADD COLUMN n', message: 'no IF NOT EXISTS' }],
        inDocs: false,
      },
      {
        title: 'One change alone, on MySQL',
        dialect: 'mysql',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A table of SQLite that is made anew',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_name ON users (name);
CREATE INDEX users_id ON users (id);`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'DROP on SQL Server',
        dialect: 'sqlserver',
        up: 'DROP TABLE a;\nCREATE TABLE b (id int);',
        findings: [{ at: 'DROP TABLE a', message: 'no IF EXISTS' }],
        inDocs: false,
      },
      {
        title: 'Each sub-command for itself',
        up: 'ALTER TABLE users ADD COLUMN IF NOT EXISTS a int, DROP COLUMN b, DROP CONSTRAINT IF EXISTS c;',
        findings: [{ at: 'DROP COLUMN b' }],
        inDocs: false,
      },
      {
        title: 'After COMMIT there is no transaction any more',
        up: 'BEGIN;\nCREATE TABLE a (id int);\nCOMMIT;\nCREATE TABLE b (id int);\nCREATE VIEW v AS SELECT 1 AS x;',
        findings: [{ at: 'CREATE TABLE b' }, { at: 'CREATE VIEW v', message: 'no OR REPLACE' }],
        inDocs: false,
      },
      {
        title: 'Everywhere, in the preset strict',
        transaction: 'migration',
        options: { inTransactions: true },
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        findings: [{ at: 'CREATE TABLE users' }],
      },
      {
        title: 'In a transaction nothing is left behind',
        transaction: 'migration',
        up: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE INDEX users_idx ON users (id);',
        findings: [],
      },
      {
        title: 'With the clause',
        up: `CREATE TABLE IF NOT EXISTS users (id bigint PRIMARY KEY);
CREATE INDEX IF NOT EXISTS users_idx ON users (id);
CREATE OR REPLACE VIEW v AS SELECT id FROM users;
CREATE EXTENSION IF NOT EXISTS citext;
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'fine';
DROP TABLE IF EXISTS old;`,
        findings: [],
      },
      {
        title: 'Dropped first',
        up: `DROP TRIGGER IF EXISTS t ON users;
CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION f();
DROP VIEW IF EXISTS app.v;
CREATE VIEW app.v AS SELECT 1 AS x;`,
        findings: [],
      },
      {
        title: 'A concurrent build is made repeatable by a DROP before it',
        up: 'CREATE INDEX CONCURRENTLY users_idx ON users (id);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Behind a condition, or with its error caught',
        up: `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'a') THEN
    CREATE TABLE a (id int);
  END IF;
END $$;
DO $$ BEGIN
  CREATE TABLE b (id int);
EXCEPTION WHEN duplicate_table THEN NULL;
END $$;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const dropped = new Set<string>();
    const last = lastToRepeat(context);
    return {
      operation(operation, site) {
        const guard = knowsClause(operation.kind, context.server) ? guardOf(operation) : undefined;
        if (guard === undefined || isGuarded(operation) || site.index >= last) return;
        if ('table' in operation && isOfRebuild(operation.table, context)) return;
        if (guard.written) {
          if (guard.clause === 'IF EXISTS') dropped.add(guard.object);
          return;
        }
        const inTransaction = site.state.transaction.status === 'open';
        if (inTransaction && !context.options.inTransactions) return;
        if (guard.clause !== 'IF EXISTS' && dropped.has(guard.object)) return;
        const { clause } = guard;
        context.report({
          operation,
          messageId: 'notRepeatable',
          data: { clause },
          help: 'Write {{clause}}, or run the migration in a transaction.',
          ...editOf(operation, guard, inTransaction),
        });
      },
    };
  },
});

/** The statements of each server that know such a clause, with the release that it came with; of PostgreSQL all below do. */
const CLAUSES: Readonly<Partial<Record<Dialect, Readonly<Partial<Record<OperationKind, string>>>>>> = {
  // MySQL 8.4 manual, chapter 15.1.
  mysql: {
    ...{ createTable: '0', dropTable: '0', createView: '0', dropView: '0', dropRoutine: '0', dropTrigger: '0' },
    ...{ createSchema: '0', dropSchema: '0', dropObject: '0' },
  },
  // Knowledge base, "ALTER TABLE", "CREATE INDEX"; tried on 10.11.
  mariadb: {
    ...{ createTable: '0', dropTable: '0', createView: '0', dropView: '0', createRoutine: '0', dropRoutine: '0' },
    ...{ addColumn: '0', dropColumn: '0', createIndex: '0', dropIndex: '0', dropConstraint: '0', createSequence: '0' },
    ...{ dropSequence: '0', createTrigger: '0', dropTrigger: '0', createSchema: '0', dropSchema: '0', dropObject: '0' },
  },
  // sqlite.org/lang.html; ALTER TABLE has none.
  sqlite: { createTable: '0', dropTable: '0', createIndex: '0', dropIndex: '0', dropView: '0', dropObject: '0' },
  // "DROP … IF EXISTS" and "CREATE OR ALTER" came with SQL Server 2016.
  sqlserver: {
    ...{ dropTable: '2016', dropColumn: '2016', dropConstraint: '2016', dropIndex: '2016', dropView: '2016' },
    ...{ dropRoutine: '2016', dropTrigger: '2016', dropSequence: '2016', dropObject: '2016' },
  },
};

function knowsClause(kind: OperationKind, server: Server): boolean {
  const clauses = CLAUSES[server.dialect];
  if (clauses === undefined) return true;
  const since = clauses[kind];
  return since !== undefined && atLeast(server, since);
}

/** The last change of a migration, by its place: where that fails nothing of it is left behind. PostgreSQL's are all asked for. */
function lastToRepeat({ server, segment }: RuleContext<Options>): number {
  if (server.dialect === 'postgres') return Number.POSITIVE_INFINITY;
  return segment.script.statements.findLastIndex(({ operations }) => operations.some(isSchemaChange));
}

/** Whether a table is made anew: IF NOT EXISTS would copy its rows into what an earlier try left. */
function isOfRebuild(table: unknown, { segment }: RuleContext<Options>): boolean {
  const { name } = (table ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && isPartOfRebuild(segment, name);
}

function guardOf(operation: Operation): Guard | undefined {
  switch (operation.kind) {
    case 'createTable':
      if (operation.persistence === 'temporary') return undefined;
      return creation(`table ${displayName(operation.table)}`, operation.ifNotExists, 'object');
    case 'dropTable':
      return drop(`table ${displayName(operation.table)}`, operation.ifExists);
    case 'addColumn':
      return creation(
        `column ${displayName(operation.table)}.${operation.column.name}`,
        operation.ifNotExists,
        'column',
      );
    case 'dropColumn':
      return drop(`column ${displayName(operation.table)}.${operation.column}`, operation.ifExists, 'column');
    case 'dropConstraint':
      return drop(`constraint ${displayName(operation.table)}.${operation.name}`, operation.ifExists);
    case 'createIndex':
      if (operation.concurrently || operation.name === undefined) return undefined;
      return creation(`index ${operation.name}`, operation.ifNotExists, 'object');
    case 'dropIndex':
      return drop(
        `index ${operation.index.name}`,
        operation.ifExists,
        operation.concurrently ? 'concurrently' : 'object',
      );
    case 'createView':
      return replacement(`view ${displayName(operation.view)}`, operation.replace || operation.temporary);
    case 'dropView':
      return drop(`view ${displayName(operation.view)}`, operation.ifExists);
    case 'createMaterializedView':
      return creation(`materialized view ${displayName(operation.view)}`, operation.ifNotExists);
    case 'dropMaterializedView':
      return drop(`materialized view ${displayName(operation.view)}`, operation.ifExists);
    case 'createSequence':
      return creation(`sequence ${displayName(operation.sequence)}`, operation.ifNotExists, 'object');
    case 'dropSequence':
      return drop(`sequence ${displayName(operation.sequence)}`, operation.ifExists);
    case 'addEnumValue':
      return creation(`value ${displayName(operation.type)}.${operation.value}`, operation.ifNotExists);
    case 'dropType':
      return drop(`type ${displayName(operation.type)}`, operation.ifExists);
    case 'createRoutine':
      return replacement(`routine ${displayName(operation.routine)}`, operation.replace);
    case 'dropRoutine':
      return drop(`routine ${displayName(operation.routine)}`, operation.ifExists);
    case 'createTrigger':
      // A constraint trigger cannot be replaced.
      if (operation.constraint) return undefined;
      return replacement(`trigger ${displayName(operation.table)}.${operation.name}`, operation.replace);
    case 'dropTrigger':
      return drop(`trigger ${displayName(operation.table)}.${operation.name}`, operation.ifExists);
    case 'dropPolicy':
      return drop(`policy ${displayName(operation.table)}.${operation.name}`, operation.ifExists);
    case 'dropRule':
      return drop(`rule ${displayName(operation.table)}.${operation.name}`, operation.ifExists);
    case 'createSchema':
      return creation(`schema ${operation.schema}`, operation.ifNotExists, 'object');
    case 'dropSchema':
      return drop(`schema ${operation.schema}`, operation.ifExists);
    case 'createObject':
      if (!CREATED_IF_NOT_EXISTS.has(operation.objectKind)) return undefined;
      return creation(`${operation.objectKind} ${displayName(operation.name)}`, operation.ifNotExists);
    case 'dropObject':
      return drop(`${operation.objectKind} ${displayName(operation.name)}`, operation.ifExists);
    default:
      return undefined;
  }
}

function creation(object: string, written: boolean, after?: Keyword): Guard {
  return { clause: 'IF NOT EXISTS', written, object, ...(after === undefined ? {} : { after }) };
}

function drop(object: string, written: boolean, after: Keyword = 'object'): Guard {
  return { clause: 'IF EXISTS', written, object, after };
}

function replacement(object: string, written: boolean): Guard {
  return { clause: 'OR REPLACE', written, object };
}

function isGuarded({ blocks = [] }: Operation): boolean {
  return blocks.some(block => block.kind === 'branch' || (block.kind === 'handler' && block.part === 'body'));
}

/** Where a half-done run is undone anyway the clause is only offered: it also hides that something else has the name. */
function editOf(
  { anchors }: Operation,
  { clause, after }: Guard,
  inTransaction: boolean,
): Pick<Report, 'fix' | 'suggestions'> {
  const anchor = after === undefined ? undefined : anchors?.[after];
  if (anchor === undefined) return {};
  const edits = [{ start: anchor[1], end: anchor[1], text: ` ${clause}` }];
  return inTransaction ? { suggestions: [{ message: `Add ${clause}`, edits }] } : { fix: edits };
}
