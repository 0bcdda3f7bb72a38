import { safeForms } from '../fixes/index.ts';
import { transactionId } from '../linter/new-objects.ts';
import { displayName, type ObjectName, spellings } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { findColumn, findConstraint, indexesOf } from '../schema/index.ts';
import { resolveIndex } from '../schema/lookup.ts';
import type { Index, Relation, Table } from '../schema/schema.ts';
import type { Dialect } from '../server/server.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

type Drop = OperationOf<'dropConstraint'> | OperationOf<'dropIndex'>;

interface Dropped {
  readonly operation: Drop;
  readonly site: OperationSite;
  readonly table: Table;
  readonly index: Index;
}

export default defineRule({
  id: 'no-drop-unique',
  meta: {
    description: 'Disallow dropping the last unique key on columns that ON CONFLICT may name.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every upsert of running code on these columns fails with \`there is no unique or exclusion constraint matching the ON
CONFLICT specification\`; what inserts without one writes duplicates, which no unique key can be put on afterwards.`,
      why: `\`ON CONFLICT (columns)\` needs a unique index on exactly these columns, and without its WHERE a partial one does not do
(PostgreSQL manual, "INSERT", section "ON CONFLICT Clause"). MySQL's \`ON DUPLICATE KEY UPDATE\` and \`REPLACE\` go by whatever unique
keys there are: without one they insert, and say nothing.`,
      safe: `Have the next unique index in place before the last one goes.

\`\`\`sql
-- migration 1, outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY users_email_uniq ON users (email);
-- migration 2
ALTER TABLE users DROP CONSTRAINT users_email_key;
\`\`\`

Where duplicates are to be allowed, release the code without ON CONFLICT first.`,
      exemptions: [
        'Another unique index or constraint on the same columns is there, or is made in the same transaction.',
        'Deferrable constraints: ON CONFLICT cannot use them.',
        'Keys whose column, or table, goes in the same migration: `no-drop-column` judges that.',
        'Unique keys and tables created in the same deploy.',
        'The contract phase: files under `contractPaths`, and `surefoot-contract` comments that name `table.constraint` or the index.',
      ],
      whenNotToUse: 'Where no code upserts and duplicates do no harm.',
      otherTools: { MigrationPilot: 'MP055', 'diesel-guard': 'drop-primary-key', Atlas: 'CD101' },
    },
    messages: {
      last: '{{name}} is the last unique key on {{columns}} of {{table}}: running code that says {{upsert}} ({{columns}}) {{effect}}, and duplicates get in.',
      gap: 'Until the next unique key on {{columns}} of {{table}} is there, running code that says {{upsert}} ({{columns}}) {{effect}}, and duplicates get in.',
      unknown:
        'By its name {{name}} is a unique key of {{table}}, which the migrations do not show: running code that says {{upsert}} on its columns {{effect}}, and duplicates get in.',
    },
    examples: [
      {
        title: 'The last UNIQUE on a column',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);',
        up: 'ALTER TABLE users DROP CONSTRAINT users_email_key;',
        findings: [{ at: 'DROP CONSTRAINT users_email_key', message: 'ON CONFLICT (email) fails' }],
      },
      {
        title: 'On MySQL, where upserts then insert',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), UNIQUE KEY by_email (email));',
        up: 'ALTER TABLE users DROP INDEX by_email;',
        findings: [{ at: 'DROP INDEX by_email', message: 'ON DUPLICATE KEY UPDATE (email) inserts instead' }],
      },
      {
        title: 'Replaced in one statement, on MySQL',
        dialect: 'mysql',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email varchar(50), UNIQUE KEY by_email (email));',
        up: 'ALTER TABLE users DROP INDEX by_email, ADD UNIQUE KEY users_email (email);',
        findings: [],
        inDocs: false,
      },
      {
        title: 'On SQL Server and SQLite, by index',
        dialect: 'sqlite',
        history:
          'CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);\nCREATE UNIQUE INDEX by_email ON users (email);',
        up: 'DROP INDEX by_email;',
        findings: [{ at: 'DROP INDEX by_email', message: 'ON CONFLICT (email) fails' }],
        inDocs: false,
      },
      {
        title: 'Made partial',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text, gone boolean);\nCREATE UNIQUE INDEX users_email ON users (email);',
        up: `BEGIN;
DROP INDEX users_email;
CREATE UNIQUE INDEX users_email ON users (email) WHERE NOT gone;
COMMIT;`,
        findings: [{ at: 'DROP INDEX users_email', message: 'the last unique key on email' }],
      },
      {
        title: 'Made again, but not in the same transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);',
        up: 'ALTER TABLE users DROP CONSTRAINT users_email_key;\nCREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);',
        findings: [{ at: 'DROP CONSTRAINT users_email_key', message: 'Until the next unique key' }],
      },
      {
        title: 'The primary key',
        history: 'CREATE TABLE m (a int, b int, PRIMARY KEY (a, b));',
        up: 'ALTER TABLE m DROP CONSTRAINT m_pkey;',
        findings: [{ at: 'DROP CONSTRAINT m_pkey', message: 'a, b of m' }],
        inDocs: false,
      },
      {
        title: 'A key that the history does not show',
        up: 'ALTER TABLE "Users" DROP CONSTRAINT users_email_key;\nALTER TABLE "Users" DROP CONSTRAINT users_check;',
        findings: [{ at: 'DROP CONSTRAINT users_email_key', message: 'By its name' }],
        inDocs: false,
      },
      {
        title: 'A key by an index whose columns the history does not show',
        history: 'ALTER TABLE users ADD CONSTRAINT users_key UNIQUE USING INDEX users_key_idx;',
        up: 'ALTER TABLE users DROP CONSTRAINT users_key;',
        findings: [{ at: 'DROP CONSTRAINT users_key', message: 'which the migrations do not show' }],
        inDocs: false,
      },
      {
        title: 'The next one is there already',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);',
        up: 'CREATE UNIQUE INDEX CONCURRENTLY users_email ON users (email);\nALTER TABLE users DROP CONSTRAINT users_email_key;',
        findings: [],
      },
      {
        title: 'Replaced in one statement, and in one transaction',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE, n int);\nCREATE UNIQUE INDEX users_n ON users (n);',
        up: `ALTER TABLE users DROP CONSTRAINT users_email_key, ADD CONSTRAINT users_email_uq UNIQUE (email);
BEGIN;
DROP INDEX users_n;
CREATE UNIQUE INDEX users_n ON users (n) INCLUDE (email);
COMMIT;`,
        findings: [],
      },
      {
        title: 'The column goes as well, which another rule judges',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, email text);\nCREATE UNIQUE INDEX users_email ON users (email);',
        up: 'DROP INDEX users_email;\nALTER TABLE users DROP COLUMN email;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'The columns in another order are the same for ON CONFLICT',
        history: 'CREATE TABLE m (a int, b int, PRIMARY KEY (a, b), UNIQUE (b, a));',
        up: 'ALTER TABLE m DROP CONSTRAINT m_b_a_key;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'An index that is not unique, a check, a key of a new table',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a int CONSTRAINT c CHECK (a > 0));\nCREATE INDEX i ON t (a);',
        up: `DROP INDEX i;
ALTER TABLE t DROP CONSTRAINT c;
CREATE TABLE n (id int UNIQUE);
ALTER TABLE n DROP CONSTRAINT n_id_key;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const dropped: Dropped[] = [];
    return {
      dropConstraint(operation, site) {
        const relation = context.resolve(operation.table, site.state);
        if (context.isNew(relation, site.state)) return;
        const table = relation?.kind === 'table' ? relation : undefined;
        const constraint = table === undefined ? undefined : findConstraint(table, operation.name);
        if (constraint === undefined && table?.complete !== true && hasNameOfKey(operation.name)) {
          report('unknown', operation, site, operation.table);
          return;
        }
        if (table === undefined || (constraint?.type !== 'unique' && constraint?.type !== 'primaryKey')) return;
        if (constraint.deferrable || context.isNewOrigin(constraint.origin)) return;
        remember(operation, site, table, site.state.schema.relations.get(constraint.index));
      },
      dropIndex(operation, site) {
        const index = resolveIndex(site.state, operation);
        if (index === undefined) return;
        const table = site.state.schema.relations.get(index.table);
        if (table?.kind === 'table' && !context.isNew(table, site.state)) remember(operation, site, table, index);
      },
      segmentEnd(state) {
        for (const { operation, site, table, index } of dropped) {
          const after = state.schema.relations.get(table.id);
          // With a column of it the code that names the key is gone too.
          if (after?.kind !== 'table' || !hasColumns(after, index)) continue;
          if (index.elements.length === 0) {
            report('unknown', operation, site, nameOf(table));
            continue;
          }
          const next = indexesOf(state, after).find(other => standsInFor(other, index));
          if (next !== undefined && isMadeTogether(next, site)) continue;
          report(next === undefined ? 'last' : 'gap', operation, site, nameOf(table), index);
        }
      },
    };

    function remember(operation: Drop, site: OperationSite, table: Table, key: Relation | undefined): void {
      if (key?.kind !== 'index' || !key.unique || !key.valid || context.isNewOrigin(key.origin)) return;
      const others = indexesOf(site.state, table).filter(other => other.id !== key.id);
      if (others.some(other => standsInFor(other, key))) return;
      dropped.push({ operation, site, table, index: key });
    }

    /** Whether nobody sees the time between the drop and the next key: one statement, or one transaction. */
    function isMadeTogether(next: Index, site: OperationSite): boolean {
      if (next.origin === undefined) return false;
      const transaction = transactionId(site.state);
      if (transaction !== undefined) return next.origin.transaction === transaction;
      return next.origin.migration === context.migration.index && next.origin.statement === site.index;
    }

    function report(
      messageId: 'last' | 'gap' | 'unknown',
      operation: Drop,
      site: OperationSite,
      table: ObjectName,
      index?: Index,
    ): void {
      const isConstraint = operation.kind === 'dropConstraint';
      const name = isConstraint ? operation.name : operation.index.name;
      if (context.isContracted(...spellings(table, name), ...(isConstraint ? [] : spellings(operation.index)))) return;
      const columns = index?.elements.flatMap(({ column }) => column ?? []) ?? [];
      const isPlain = index !== undefined && index.where === undefined && columns.length === index.elements.length;
      context.report({
        operation,
        statement: site.index,
        messageId,
        data: {
          name,
          table: displayName(table),
          columns: index === undefined ? '' : elementsOf(index).join(', '),
          ...UPSERTS[context.server.dialect],
        },
        help:
          context.server.dialect === 'postgres'
            ? 'Build the next unique index CONCURRENTLY first; or release the code without ON CONFLICT on these columns first.'
            : 'Make the next unique key first; or release the code that does without this one first.',
        ...(isPlain ? safeForms(context.server).replacedKey(table, columns, name, isConstraint) : {}),
      });
    }
  },
});

/** How running code of each dialect relies on a unique key, and what becomes of it without one. */
const UPSERTS: Readonly<Record<Dialect, { readonly upsert: string; readonly effect: string }>> = {
  postgres: { upsert: 'ON CONFLICT', effect: 'fails' },
  sqlite: { upsert: 'ON CONFLICT', effect: 'fails' },
  mysql: { upsert: 'ON DUPLICATE KEY UPDATE', effect: 'inserts instead' },
  mariadb: { upsert: 'ON DUPLICATE KEY UPDATE', effect: 'inserts instead' },
  sqlserver: { upsert: 'MERGE … ON', effect: 'reads the whole table' },
  mongodb: { upsert: 'upsert', effect: 'inserts instead' },
};

/** Whether ON CONFLICT finds the other index where it found this one: the same columns, and no narrower predicate. */
function standsInFor(other: Index, index: Index): boolean {
  if (!other.unique || !other.valid) return false;
  if (other.where !== undefined && other.where.text !== index.where?.text) return false;
  const [a, b] = [elementsOf(other), elementsOf(index)];
  return a.length === b.length && a.every(element => b.includes(element));
}

/** Whether the table still has the columns of an index. */
function hasColumns(table: Table, index: Index): boolean {
  return index.elements.every(({ column }) => column === undefined || findColumn(table, column) !== undefined);
}

function elementsOf(index: Index): readonly string[] {
  return index.elements.map(({ column, expression }) => column ?? expression?.text ?? '');
}

/** Names that the server and most tools give to unique keys. */
function hasNameOfKey(name: string): boolean {
  return /_(key|pkey|pk|uniq|unique|uk|uq)$|^(uq|uk|unique|pk)_/i.test(name);
}

function nameOf(table: Table): ObjectName {
  return table.schema === 'public' ? { name: table.name } : { schema: table.schema, name: table.name };
}
