import { displayName } from '../operations/names.ts';
import { incomingForeignKeys } from '../schema/index.ts';
import type { ObjectId, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { listed } from './shared/dependents.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { labelOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-truncate',
  meta: {
    description: 'Disallow TRUNCATE of a table from before this deploy.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `All rows of the table are gone, with CASCADE those of every table that references it too, and nobody can read any of
these tables until the transaction ends.`,
      why: `TRUNCATE takes ACCESS EXCLUSIVE on each table it empties and gives the rows back to the file system at once; ON DELETE
triggers do not run. It is not MVCC-safe either: a transaction that began before sees an empty table (PostgreSQL manual, "TRUNCATE").`,
      safe: `Delete what has to go, by key, in batches; or begin a new table and leave the old one until nothing reads it.

\`\`\`sql
DELETE FROM sessions WHERE id BETWEEN 1 AND 1000 AND expires_at < now();
\`\`\``,
      exemptions: ['Tables created in the same deploy, and temporary tables.'],
      whenNotToUse: 'Where migrations also reset test data.',
      otherTools: {
        squawk: 'ban-truncate-cascade',
        pgfence: 'truncate, truncate-cascade',
        'postgres-language-server': 'banTruncate, banTruncateCascade',
        MigrationPilot: 'MP036',
      },
    },
    messages: {
      truncate: 'This deletes every row of {{table}} for good, and nobody reads it meanwhile.',
      cascade: 'This deletes every row of {{table}} for good, and every row of what references it: {{tables}}.',
      unknownCascade:
        'This deletes every row of {{table}} for good, and every row of any table that references it; the migrations show none.',
    },
    examples: [
      {
        title: 'A table that is in use',
        history: 'CREATE TABLE sessions (id bigint PRIMARY KEY);',
        up: 'TRUNCATE sessions;',
        findings: [{ at: 'TRUNCATE sessions', message: 'every row of sessions' }],
      },
      {
        title: 'CASCADE takes other tables along, and theirs',
        history: `CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);
CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);`,
        up: 'TRUNCATE TABLE users CASCADE;',
        findings: [{ at: 'TRUNCATE TABLE users', message: 'what references it: orders and lines' }],
      },
      {
        title: 'Several tables, one of them new',
        history: 'CREATE TABLE a (id int);\nCREATE TABLE app.b (id int);',
        up: 'CREATE TABLE c (id int);\nTRUNCATE TABLE a, app.b, c;',
        findings: [{ at: 'TRUNCATE TABLE a' }, { at: 'app.b' }],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show',
        up: 'TRUNCATE "Sessions" CASCADE;',
        findings: [{ at: 'TRUNCATE "Sessions"', message: 'the migrations show none' }],
        inDocs: false,
      },
      {
        title: 'A table of the same migration',
        up: 'CREATE TABLE staged (id int);\nINSERT INTO staged VALUES (1);\nTRUNCATE staged;',
        findings: [],
      },
      {
        title: 'A temporary table',
        up: 'CREATE TEMPORARY TABLE work (id int);\nTRUNCATE work;',
        findings: [],
      },
      {
        title: 'A delete by key is judged elsewhere',
        history: 'CREATE TABLE sessions (id bigint PRIMARY KEY);',
        up: 'DELETE FROM sessions WHERE id = 1;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50));',
        up: 'TRUNCATE users;',
        findings: [{ at: 'TRUNCATE users' }],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      truncate(operation, { state }) {
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state)) return;
        const named = [operation.table, ...operation.together].flatMap(name => context.resolveTable(name, state) ?? []);
        const tables =
          operation.cascade && relation?.kind === 'table'
            ? referencing(state, relation, new Set(named.map(({ id }) => id)))
            : [];
        context.report({
          operation,
          messageId: tables.length > 0 ? 'cascade' : operation.cascade ? 'unknownCascade' : 'truncate',
          data: { table: displayName(operation.table), tables: listed(tables.map(labelOf)) },
          help: 'Delete by key, in batches, what has to go; name other tables rather than CASCADE.',
        });
      },
    };
  },
});

/** The tables that a TRUNCATE … CASCADE empties too: those with foreign keys on it, and on those, nearest first. */
function referencing(state: State, table: Table, seen: ReadonlySet<ObjectId>): readonly Table[] {
  const found = new Map<ObjectId, Table>();
  let level: readonly Table[] = [table];
  while (level.length > 0) {
    const next = level
      .flatMap(parent => incomingForeignKeys(state, parent).map(({ table: child }) => child))
      .filter(child => !seen.has(child.id) && !found.has(child.id));
    for (const child of next) found.set(child.id, child);
    level = next;
  }
  return [...found.values()];
}
