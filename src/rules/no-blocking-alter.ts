import type { AffectedRelation, Effects } from '../effects/effects.ts';
import { safeForms } from '../fixes/index.ts';
import type { ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { inServerOrder } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { isSchemaChange } from './shared/changes.ts';
import { inUseAndLarge, labelOf, trafficOf, unknownsOf } from './shared/live-relations.ts';
import { isCopyOfRebuild } from './shared/rebuilds.ts';

/** What is wrong with how the server makes a change, worst first. */
type Verdict =
  | 'copy'
  | 'blocks'
  | 'foreignKey'
  | 'onlineCopy'
  | 'rebuild'
  | 'noRowVersion'
  | 'rowVersions'
  | 'schemaLock'
  | 'checked'
  | 'offline'
  | 'edition'
  | 'oneWriter';

const SEVERITY: Readonly<Record<Verdict, 'error' | 'warn'>> = {
  copy: 'error',
  blocks: 'error',
  foreignKey: 'warn',
  onlineCopy: 'warn',
  rebuild: 'warn',
  noRowVersion: 'warn',
  rowVersions: 'warn',
  schemaLock: 'error',
  checked: 'warn',
  offline: 'warn',
  edition: 'warn',
  // Nothing on SQLite lets other writers go on: there is no better form to ask for.
  oneWriter: 'warn',
};

/** A table to which as many statements add a column each. */
function instantColumns(count: number): string {
  const columns = Array.from({ length: count }, (_, index) => `ALTER TABLE users ADD COLUMN n${index + 1} int;`);
  return ['CREATE TABLE users (id int PRIMARY KEY);', ...columns].join('\n');
}

/** Row versions that a table should have left: with fewer, it is time to rebuild it. */
const SPARE_ROW_VERSIONS = 5;

export default defineRule({
  id: 'no-blocking-alter',
  meta: {
    description: 'Disallow changes for which the server copies a live table, or keeps its writers waiting.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['mysql', 'mariadb', 'sqlserver', 'sqlite'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every INSERT, UPDATE and DELETE on the table waits while all of its rows are copied: minutes for a few gigabytes, hours for large
tables. On replicas the same work starts when it is done on the primary, and everything that comes after waits behind it.`,
      why: `The server changes a table by one of three algorithms: INSTANT (metadata alone), INPLACE (InnoDB does it, mostly beside writers,
with or without writing the table anew), COPY (a new table is filled under a shared lock). Which change takes which is in the manual
("Online DDL Operations") and was measured on MariaDB 10.11. A type change is always a copy, but for a VARCHAR that grows within the
same number of length bytes (0–255, or above) and an ENUM or SET with new members at its end. A rebuild in place lets writers go on,
but needs room for a second table, and holds replicas up for as long as it took on the primary.

MySQL keeps a row version for each ALTER TABLE that adds or drops columns instantly (since 8.0.29), 64 of a table at most, 255 since 9.1;
with none left, ALGORITHM=INSTANT is refused, and a statement without the clause writes the table anew. The versions are counted over the
history; a rebuild takes them away. MariaDB has no such limit.

SQL Server changes tables under a schema modification lock, which stops readers too, and keeps it until the transaction ends; what it has
to do meanwhile is nothing, a look at every row, or writing every row anew ("ALTER TABLE (Transact-SQL)"). Enterprise, Developer and
Azure SQL build and rebuild indexes, and change types since 2016, beside the traffic WITH (ONLINE = ON); Standard, Web and Express
cannot. A NOT NULL column with a constant default is metadata on the former since 2012, and writes every row on the latter.

SQLite has one writer at a time (sqlite.org/lockingv3.html): while an index is built or rows are copied, nobody writes any table.`,
      safe: `Let a tool copy the table in small steps beside the traffic, and swap: gh-ost, or pt-online-schema-change where the table has
foreign keys; Spirit on MySQL from 8.0 on, where no replica has to keep up.

\`\`\`sh
gh-ost --database=app --table=users --alter="MODIFY n bigint" --execute
pt-online-schema-change --alter "MODIFY n bigint" --alter-foreign-keys-method=auto D=app,t=users --execute
spirit migrate --database=app --statement="ALTER TABLE users MODIFY n bigint"
\`\`\`

Or expand and contract: add a new column (INSTANT), write both, fill it in batches, switch the readers, drop the old one. On SQL Server:

\`\`\`sql
CREATE INDEX users_email ON users (email) WITH (ONLINE = ON);
ALTER TABLE users ALTER COLUMN n bigint NULL WITH (ONLINE = ON);
\`\`\``,
      exemptions: [
        'What is INSTANT, or INPLACE without a rebuild and beside writers: ADD INDEX, DROP INDEX, ADD COLUMN from 8.0.12 on.',
        'On SQL Server what changes the catalogue alone, what is done WITH (ONLINE = ON), and WITH CHECK CHECK CONSTRAINT, which must look at the rows some time.',
        'The table was created in the same deploy, or is temporary.',
        'Tables listed under `smallTables`.',
        'Changes made by gh-ost or pt-online-schema-change: those are no statements of the migration.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        strong_migrations: 'change_column',
        'django-migration-linter': 'ALTER_COLUMN',
        Bytebase: 'online migration',
      },
    },
    messages: {
      copy: 'The server copies {{table}} for this: {{traffic}} wait until every row is written anew{{unknown}}.',
      blocks: '{{traffic}} of {{table}} wait for as long as this takes, which grows with the table{{unknown}}.',
      foreignKey:
        'With foreign_key_checks on, the server copies {{table}} to add this: {{traffic}} wait until every row is looked at{{unknown}}.',
      onlineCopy:
        'The server copies all of {{table}} for this; writers go on, replicas fall behind by as long as it takes{{unknown}}.',
      rebuild:
        'The server writes all of {{table}} anew for this; writers go on, replicas fall behind by as long as it takes{{unknown}}.',
      noRowVersion:
        'All {{most}} row versions of {{table}} are taken, so the server writes all of it anew for this; writers go on, replicas fall behind by as long as it takes{{unknown}}.',
      rowVersions:
        '{{used}} of {{most}} row versions of {{table}} are taken with this: with none left, the server writes all of it anew for the next column{{unknown}}.',
      schemaLock:
        'The server {{work}} of {{table}} under a schema modification lock: {{traffic}} of {{table}} wait until it is done{{unknown}}.',
      checked:
        'The server looks at every row of {{table}} under a schema modification lock: {{traffic}} of {{table}} wait until it is done.',
      offline:
        'Without ONLINE = ON all {{traffic}} of {{table}} wait for as long as this takes, which grows with the table{{unknown}}.',
      edition: 'On some editions the server writes every row of {{table}}, and everyone waits{{unknown}}.',
      oneWriter: 'Nobody writes the database while {{work}}: SQLite has one writer at a time{{unknown}}.',
    },
    examples: [
      {
        title: 'An index without ONLINE, on SQL Server',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY, email nvarchar(50), n int);',
        up: 'CREATE INDEX users_email ON users (email);\nCREATE INDEX users_n ON users (n) WITH (ONLINE = ON);',
        findings: [{ at: 'CREATE INDEX users_email', message: 'writes of dbo.users wait' }],
      },
      {
        title: 'A type change of SQL Server, offline and online',
        dialect: 'sqlserver',
        serverVersion: '2022 Enterprise',
        history: 'CREATE TABLE users (id int PRIMARY KEY, email nvarchar(50), n int);',
        up: `ALTER TABLE users ALTER COLUMN n bigint NULL;
ALTER TABLE users ALTER COLUMN n decimal(20, 0) NULL WITH (ONLINE = ON);
ALTER TABLE users ALTER COLUMN email nvarchar(100) NULL;`,
        findings: [{ at: 'ALTER COLUMN n bigint', message: 'reads and writes of dbo.users wait' }],
      },
      {
        title: 'The edition decides',
        dialect: 'sqlserver',
        serverVersion: '2022 Standard',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users ADD active bit NOT NULL DEFAULT 1;\nCREATE INDEX users_n ON users (n);',
        findings: [
          { at: 'ADD active', message: 'writes every row of dbo.users' },
          { at: 'CREATE INDEX users_n', message: 'writes of dbo.users wait' },
        ],
      },
      {
        title: 'An edition that nobody says',
        dialect: 'sqlserver',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users ADD active bit NOT NULL DEFAULT 1;\nALTER TABLE users ADD note nvarchar(50) NULL;',
        findings: [{ at: 'ADD active', message: 'the edition is not known' }],
        inDocs: false,
      },
      {
        title: 'Constraints that look at every row, and those that do not',
        dialect: 'sqlserver',
        history:
          'CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int, n int);',
        up: `ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE orders WITH NOCHECK ADD CONSTRAINT orders_n CHECK (n > 0);
ALTER TABLE orders WITH CHECK CHECK CONSTRAINT orders_n;`,
        findings: [{ at: 'ADD CONSTRAINT orders_user FOREIGN KEY', message: 'every row of dbo.orders' }],
      },
      {
        title: 'One writer, on SQLite',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, old TEXT);',
        up: `CREATE INDEX users_name ON users (name);
ALTER TABLE users DROP COLUMN old;
ALTER TABLE users ADD COLUMN age INT;
UPDATE users SET age = 1 WHERE id = 1;`,
        findings: [
          { at: 'CREATE INDEX users_name', message: 'Nobody writes the database' },
          { at: 'DROP COLUMN old', message: 'Nobody writes the database' },
        ],
      },
      {
        title: 'The copy of a rebuild, on SQLite',
        dialect: 'sqlite',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
        findings: [{ at: 'INSERT INTO new_users', message: 'all rows of users are copied' }],
        inDocs: false,
      },
      {
        title: 'A type change',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users MODIFY n bigint;',
        findings: [{ at: 'MODIFY n', message: 'copies users for this: writes wait' }],
      },
      {
        title: 'A VARCHAR that needs a second length byte',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, name varchar(50)) DEFAULT CHARSET=utf8mb4;',
        up: 'ALTER TABLE users MODIFY name varchar(100);',
        findings: [{ at: 'MODIFY name', message: 'copies users' }],
      },
      {
        title: 'FULLTEXT stops writers',
        dialect: 'mysql',
        history: 'CREATE TABLE posts (id int PRIMARY KEY, body text, title text, FULLTEXT KEY (title));',
        up: 'CREATE FULLTEXT INDEX posts_body ON posts (body);',
        findings: [{ at: 'CREATE FULLTEXT INDEX posts_body', message: 'writes of posts wait' }],
      },
      {
        title: 'Another character set',
        dialect: 'mariadb',
        serverVersion: '10.11',
        history: 'CREATE TABLE users (id int PRIMARY KEY, name text) DEFAULT CHARSET=latin1;',
        up: 'ALTER TABLE users CONVERT TO CHARACTER SET utf8mb4;',
        findings: [{ at: 'CONVERT TO CHARACTER SET utf8mb4', message: 'copies users' }],
      },
      {
        title: 'A rebuild beside writers, and one that only the combination needs',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY, n int NOT NULL);',
        up: 'ALTER TABLE users MODIFY n int NULL;\nALTER TABLE users ADD COLUMN region int, ADD INDEX (region);',
        findings: [
          { at: 'MODIFY n', message: 'writes all of users anew' },
          { at: 'ADD INDEX', message: 'writes all of users anew' },
        ],
      },
      {
        title: 'A foreign key that is checked',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE orders (id int PRIMARY KEY, user_id int);',
        up: 'ALTER TABLE orders ADD CONSTRAINT orders_user FOREIGN KEY (user_id) REFERENCES users (id);',
        findings: [{ at: 'ADD CONSTRAINT orders_user FOREIGN KEY', message: 'foreign_key_checks' }],
      },
      {
        title: 'A column on MySQL 5.7; an unknown old type',
        dialect: 'mysql',
        serverVersion: '5.7',
        up: 'ALTER TABLE users ADD COLUMN region int;\nALTER TABLE users MODIFY name varchar(200);',
        findings: [
          { at: 'ADD COLUMN region', message: 'writes all of users anew' },
          { at: 'MODIFY name', message: 'the old type of users.name is not known' },
        ],
        inDocs: false,
      },
      {
        title: 'Partitions',
        dialect: 'mysql',
        history:
          'CREATE TABLE logs (id int) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (9), PARTITION p1 VALUES LESS THAN (99));',
        up: 'ALTER TABLE logs REORGANIZE PARTITION p1 INTO (PARTITION p1 VALUES LESS THAN (50), PARTITION p2 VALUES LESS THAN (99));\nALTER TABLE logs DROP PARTITION p0;',
        findings: [{ at: 'REORGANIZE PARTITION p1', message: 'writes of logs wait' }],
        inDocs: false,
      },
      {
        title: 'What is instant, or beside writers',
        dialect: 'mysql',
        history:
          "CREATE TABLE users (id int PRIMARY KEY, name varchar(20), state enum('a', 'b') NOT NULL) DEFAULT CHARSET=utf8mb4;",
        up: `ALTER TABLE users ADD COLUMN region int NOT NULL DEFAULT 1 AFTER id;
ALTER TABLE users MODIFY name varchar(60);
ALTER TABLE users MODIFY state enum('a', 'b', 'c') NOT NULL;
ALTER TABLE users ADD INDEX users_region_idx (region);
ALTER TABLE users DROP COLUMN name;`,
        findings: [],
      },
      {
        title: 'The last row versions of a table',
        dialect: 'mysql',
        serverVersion: '8.4',
        history: instantColumns(58),
        up: 'ALTER TABLE users ADD COLUMN last int, ADD COLUMN very_last int;\nALTER TABLE users DROP COLUMN n1;',
        findings: [{ at: 'DROP COLUMN n1', message: '60 of 64 row versions of users are taken' }],
        inDocs: false,
      },
      {
        title: 'No row version left',
        dialect: 'mysql',
        serverVersion: '8.0.29',
        history: instantColumns(64),
        up: 'ALTER TABLE users ADD COLUMN region int;\nALTER TABLE users ADD COLUMN city int;',
        findings: [{ at: 'ADD COLUMN region', message: 'All 64 row versions of users are taken' }],
        inDocs: false,
      },
      {
        title: 'Row versions that a rebuild took away',
        dialect: 'mysql',
        history: `${instantColumns(63)}\nOPTIMIZE TABLE users;`,
        up: 'ALTER TABLE users ADD COLUMN region int;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'Row versions of MySQL 9.1',
        dialect: 'mysql',
        serverVersion: '9.1',
        history: instantColumns(64),
        up: 'ALTER TABLE users ADD COLUMN region int;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'No row versions on MariaDB',
        dialect: 'mariadb',
        serverVersion: '10.11',
        history: instantColumns(64),
        up: 'ALTER TABLE users ADD COLUMN region int;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A new table',
        dialect: 'mysql',
        up: 'CREATE TABLE users (id int PRIMARY KEY, n int);\nALTER TABLE users MODIFY n bigint;',
        findings: [],
      },
    ],
  },
  create(context) {
    const reported = new Set<number>();
    return {
      operation(operation, site) {
        const { effects, index, statement, state } = site;
        const verdict = isCopy(site) ? 'oneWriter' : verdictOf(effects, statement.operations);
        if (verdict === undefined || reported.has(index) || operation.kind === 'ddlOption') return;
        const target = isCopy(site) ? sourceOf(operation, state) : effects.locks.slice(0, 1);
        const [table] = inUseAndLarge(context, target, state);
        // The clause that asks for it, or the last one where only all together do.
        const changes = inServerOrder(statement.operations).filter(({ kind }) => kind !== 'ddlOption');
        const alone = isCopy(site) ? verdict : verdictOf(site.ownEffects, [operation]);
        const asks = alone !== undefined && SEVERITY[alone] === SEVERITY[verdict];
        if (table === undefined || (!asks && operation !== changes.at(-1))) return;
        reported.add(index);
        const traffic = trafficOf(effects, table);
        context.report({
          operation,
          severity: SEVERITY[verdict],
          messageId: verdict,
          data: {
            table: labelOf(table),
            traffic: verdict === 'blocks' ? `All ${traffic}` : traffic,
            work: workOf(effects, labelOf(table), context.server.dialect === 'sqlite'),
            ...effects.rowVersions,
            unknown: unknownsOf(effects),
          },
          help: effects.online === 'unavailable' ? WITHOUT_ONLINE : HELP[verdict],
          ...safeFormFor(operation, site),
        });
      },
    };

    /** Whether a statement copies the rows of a SQLite table that is made anew. */
    function isCopy({ index }: OperationSite): boolean {
      return context.server.dialect === 'sqlite' && isCopyOfRebuild(context.segment, index);
    }

    function sourceOf(operation: Operation, state: State): readonly AffectedRelation[] {
      if (operation.kind !== 'insert' || operation.source.kind !== 'query') return [];
      return operation.source.query.reads.slice(0, 1).flatMap(({ name }) => context.resolveTable(name, state) ?? []);
    }

    function safeFormFor(operation: Operation, { statement, state }: OperationSite) {
      const table = 'table' in operation ? operation.table : undefined;
      if (table === undefined || typeof table.name !== 'string') return {};
      return safeForms(context.server).onlineCopy(statement, table as ObjectName, state, context.segment.file);
    }
  },
});

const COPIED =
  'Let gh-ost or pt-online-schema-change copy the table beside the traffic, or add a new column and switch to it.';

const FREED =
  'Rebuild the table while it is quiet, with OPTIMIZE TABLE or gh-ost: that takes its row versions away, and columns are instant again.';

const HELP: Readonly<Record<Verdict, string>> = {
  copy: COPIED,
  blocks: 'Run it when nobody writes to the table, or let gh-ost or pt-online-schema-change do it on a copy.',
  foreignKey:
    'Add it through pt-online-schema-change, or with SET foreign_key_checks = 0 after a query has shown that no row breaks it.',
  onlineCopy: COPIED,
  rebuild:
    'See that replicas may lag and the disk has room for a second table; else let gh-ost or pt-online-schema-change do it.',
  noRowVersion: FREED,
  rowVersions: FREED,
  schemaLock: 'Run it when nobody uses the table, or add a new column, fill it in batches and switch to it.',
  checked:
    'Add it WITH NOCHECK, which is instant and holds for later rows, and WITH CHECK CHECK CONSTRAINT when nobody uses the table.',
  offline: 'Say WITH (ONLINE = ON): Enterprise, Developer and Azure SQL do it beside the traffic.',
  edition:
    'Give the edition as serverVersion ("2022 Enterprise"), or add the column NULL, fill it in batches, and make it NOT NULL when nobody uses the table.',
  oneWriter: 'Run it when little is written, and see that writers wait long enough for it (PRAGMA busy_timeout).',
};

const WITHOUT_ONLINE = 'This edition has no ONLINE = ON: run it when nobody uses the table.';

/** What the server does meanwhile, in a few words. */
function workOf({ duration, indexBuilds }: Effects, table: string, asClause: boolean): string {
  if (!asClause) return duration === 'rewrite' ? 'writes every row' : 'reads every row';
  const [index] = indexBuilds;
  if (index !== undefined) return `the index ${index.name} is built`;
  return duration === 'data'
    ? `all rows of ${table} are copied`
    : `all of ${table} is ${duration === 'rewrite' ? 'written anew' : 'read'}`;
}

/** What is wrong with a statement, or with one of its changes; undefined where nothing is. */
function verdictOf(effects: Effects, operations: readonly Operation[]): Verdict | undefined {
  const { algorithm, rebuild, rowVersions, concurrentWrites, duration, leastLock, oneWriter } = effects;
  if (rowVersions !== undefined && algorithm === 'INSTANT') {
    return rowVersions.most - rowVersions.used < SPARE_ROW_VERSIONS ? 'rowVersions' : undefined;
  }
  if (concurrentWrites === undefined || duration === 'instant') return undefined;
  if (oneWriter === true) return duration === 'data' || !operations.some(isSchemaChange) ? undefined : 'oneWriter';
  if (leastLock === undefined) return concurrentWrites ? undefined : verdictOnSqlServer(effects, operations);
  if (!concurrentWrites) {
    if (algorithm !== 'COPY') return 'blocks';
    return operations.some(({ kind }) => kind === 'addForeignKey') ? 'foreignKey' : 'copy';
  }
  if (rebuild !== true) return undefined;
  if (algorithm === 'COPY') return 'onlineCopy';
  return rowVersions === undefined ? 'rebuild' : 'noRowVersion';
}

function verdictOnSqlServer(
  { online, rewrites, unknowns }: Effects,
  operations: readonly Operation[],
): Verdict | undefined {
  if (operations.every(({ kind }) => kind === 'validateConstraint' || kind === 'ddlOption')) return undefined;
  if (online === 'available') return 'offline';
  if (operations.some(({ kind }) => kind === 'addForeignKey')) return 'checked';
  if (rewrites.length > 0 && unknowns.some(text => text.startsWith('the edition is not known'))) return 'edition';
  return 'schemaLock';
}
