import type { AffectedRelation } from '../effects/effects.ts';
import type { Operation } from '../operations/operations.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { addedTogether } from './shared/added-constraints.ts';
import { breadthOf, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { trackFilledTables } from './shared/filled-tables.ts';
import { type HeldRelation, relationsLockedForWriters } from './shared/held-locks.ts';
import { isSmall, labelOf, labelsOf, relationOf } from './shared/live-relations.ts';
import { dataChangesOf } from './shared/row-selection.ts';

/** Something that takes as long as a table is big. */
interface Work {
  readonly what: 'reads' | 'builds an index of' | 'writes all of' | 'writes many rows of' | 'writes many rows into';
  readonly table: AffectedRelation;
  /** It brings many rows of other tables or of a file: the table's own size does not matter. */
  readonly fills?: true;
}

export default defineRule({
  id: 'no-slow-work-under-lock',
  meta: {
    description: 'Disallow slow work in a transaction that already blocks a live table.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'sqlserver'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `A table that an earlier statement changed in a moment stays out of use for minutes: until the scan, the index or the
backfill after it is done, be it on the same table or on another.`,
      why: `A lock is held until its transaction ends, not until its statement does. \`ALTER TABLE … ADD COLUMN\` is done in a
millisecond; with an UPDATE of all rows behind it in the same transaction, nobody can read the table while that runs. Many migration
tools run a whole file, or all pending files, in one transaction.`,
      safe: `Keep what locks and what takes long in transactions of their own: three migrations, or one that runs outside a transaction.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD COLUMN region text;
-- migration 2: in batches by key, each committed
UPDATE users SET region = 'eu' WHERE id BETWEEN 1 AND 1000 AND region IS NULL;
-- migration 3, outside a transaction
CREATE INDEX CONCURRENTLY users_region_idx ON users (region);
\`\`\``,
      exemptions: [
        'The lock is on a new or temporary table, or nobody waits for it.',
        'The work is on a new table that no query filled, on rows picked by key, or on a table listed under `smallTables`.',
        'The statement itself blocks the same people for as long: the rule about that statement speaks.',
        'VALIDATE of a constraint from the same transaction: `no-validate-in-same-transaction` has it.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        eugene: 'E4',
        pgfence: 'statement-after-access-exclusive',
        'postgres-language-server': 'runningStatementWhileHoldingAccessExclusive',
        'django-migration-linter': 'CREATE_INDEX_EXCLUSIVE',
      },
    },
    messages: {
      held: 'This {{what}} {{table}} while the transaction still holds its lock on {{held}}: all {{traffic}} of {{held}} wait until it is done.',
    },
    examples: [
      {
        title: 'Under a schema modification lock of SQL Server',
        dialect: 'sqlserver',
        transaction: 'migration',
        history: 'CREATE TABLE users (id int PRIMARY KEY);\nCREATE TABLE logs (id int PRIMARY KEY, n int);',
        up: 'ALTER TABLE users ADD a int NULL;\nCREATE INDEX logs_n ON logs (n);',
        findings: [
          {
            at: 'CREATE INDEX logs_n',
            message: 'builds an index of dbo.logs while the transaction still holds its lock on dbo.users',
          },
        ],
      },
      {
        title: 'A backfill behind a new column',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: "ALTER TABLE users ADD COLUMN region text;\nUPDATE users SET region = 'eu';",
        findings: [{ at: 'UPDATE users', message: 'all reads and writes of users wait' }],
      },
      {
        title: 'An index of another table',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY, n int);',
        up: 'BEGIN;\nALTER TABLE users ADD COLUMN region text;\nCREATE INDEX orders_n_idx ON orders (n);\nCOMMIT;',
        findings: [{ at: 'CREATE INDEX orders_n_idx', message: 'builds an index of orders' }],
      },
      {
        title: 'The parent of a foreign key stays locked',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE old (id bigint, user_id bigint);',
        transaction: 'migration',
        up: `CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));
INSERT INTO orders SELECT id, user_id FROM old;`,
        findings: [{ at: 'INSERT INTO orders', message: 'all writes of users wait' }],
      },
      {
        title: 'Tables that the history does not show',
        up: "BEGIN;\nALTER TABLE users ADD COLUMN region text;\nDELETE FROM orders WHERE state = 'old';\nCOMMIT;",
        findings: [{ at: 'DELETE FROM orders', message: 'lock on users' }],
        inDocs: false,
      },
      {
        title: 'A DO block is one transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'none',
        up: "DO $$ BEGIN\n  ALTER TABLE users ADD COLUMN region text;\n  UPDATE users SET region = 'eu';\nEND $$;",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'Each statement on its own',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: "ALTER TABLE users ADD COLUMN region text;\nUPDATE users SET region = 'eu';",
        findings: [],
      },
      {
        title: 'The slow work first',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        transaction: 'migration',
        up: 'UPDATE users SET n = 0;\nALTER TABLE users ADD COLUMN region text;',
        findings: [],
      },
      {
        title: 'Rows picked by key, and rows that are spelled out',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: `ALTER TABLE users ADD COLUMN region text;
UPDATE users SET region = 'eu' WHERE id = 1;
INSERT INTO users (id) VALUES (2), (3);`,
        findings: [],
      },
      {
        title: 'New tables, on either side',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: `ALTER TABLE users ADD COLUMN region text;
CREATE TABLE regions (id bigint PRIMARY KEY, name text);
INSERT INTO regions VALUES (1, 'eu');
CREATE INDEX regions_name_idx ON regions (name);
ALTER TABLE regions ALTER COLUMN name SET NOT NULL;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A statement that blocks its table by itself',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, n int);',
        transaction: 'migration',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE users ALTER COLUMN n SET NOT NULL;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const filled = trackFilledTables();
    return {
      ...filled.visitor,
      statement(_, site) {
        const held = relationsLockedForWriters(site.state).filter(lock => isHarmful(lock, site));
        if (held.length === 0) return;
        const work = workOf(site).find(each => each.fills === true || isSlow(each.table, site));
        if (work === undefined) return;
        context.report({
          messageId: 'held',
          data: {
            what: work.what,
            table: labelOf(work.table),
            held: labelsOf(held.map(({ relation }) => relation)),
            traffic: held.some(({ readsWait }) => readsWait) ? 'reads and writes' : 'writes',
          },
          help: 'Commit before it: give the slow part a migration, and a transaction, of its own.',
        });
      },
    };

    /** Whether somebody waits for a held lock who would not wait for the statement itself. */
    function isHarmful({ relation, readsWait }: HeldRelation, { state, effects }: OperationSite): boolean {
      if (context.isNew(relation, state)) return false;
      return !(readsWait ? effects.blocksReads : effects.blocksWrites).some(({ id }) => id === relation.id);
    }

    /** Whether work on a table takes long: not on a new one that no query filled, nor on a small one. */
    function isSlow(table: AffectedRelation, { state }: OperationSite): boolean {
      if (isSmall(context, table, state)) return false;
      return !context.isNew(relationOf(context, table, state), state) || filled.isFilled(table.name);
    }

    function workOf(site: OperationSite): readonly Work[] {
      return site.statement.operations.flatMap(operation => [
        ...dataChangesOf(operation).flatMap((change): readonly Work[] => {
          if (change.kind === 'truncate') return [];
          if (breadthOf(selectionOf(change, context, site), operation.blocks ?? []) === undefined) return [];
          const { schema = 'public', name } = targetOf(change);
          const known = context.resolve(targetOf(change), site.state);
          const fills = change.kind === 'insert' || change.kind === 'copyFrom';
          return [
            {
              what: fills ? 'writes many rows into' : 'writes many rows of',
              table: known ?? { schema, name },
              ...(fills ? { fills } : {}),
            },
          ];
        }),
        ...definitionWork(operation, site),
      ]);
    }

    function definitionWork(operation: Operation, site: OperationSite): readonly Work[] {
      if (operation !== site.statement.operations[0] || isQuery(operation)) return [];
      const { rewrites, indexBuilds, scans } = site.effects;
      if (operation.kind === 'validateConstraint') {
        const table = context.resolveTable(operation.table, site.state);
        if (addedTogether(operation, table, site) !== undefined) return [];
      }
      return [
        ...rewrites.map((table): Work => ({ what: 'writes all of', table })),
        ...indexBuilds.map(({ table }): Work => ({ what: 'builds an index of', table })),
        ...scans.map((table): Work => ({ what: 'reads', table })),
      ];
    }
  },
});

/** Operations that read or write rows: judged by the rows they pick. */
function isQuery({ kind }: Operation): boolean {
  return [
    'insert',
    'update',
    'delete',
    'merge',
    'truncate',
    'copyFrom',
    'copyTo',
    'select',
    'call',
    'do',
    'explain',
  ].includes(kind);
}
