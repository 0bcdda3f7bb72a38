import { enforcesForeignKeys } from '../effects/index.ts';
import { safeForms } from '../fixes/index.ts';
import type { OperationOf } from '../operations/operations.ts';
import { incomingForeignKeys, indexesOf, resolveTable } from '../schema/index.ts';
import type { ForeignKey } from '../schema/lookup.ts';
import type { Index, Table } from '../schema/schema.ts';
import { setting } from '../schema/session.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { labelsOf } from './shared/live-relations.ts';
import { isMovedInRebuild, rebuildOfDrop } from './shared/rebuilds.ts';

/** A table that was made anew, and what its old one had that goes with it. */
interface Rebuilt {
  readonly operation: OperationOf<'dropTable'>;
  readonly statement: number;
  readonly name: string;
  readonly indexes: readonly Index[];
  readonly triggers: readonly string[];
}

/** A table that a rebuild moves aside, and the foreign keys that go with it. */
interface Moved {
  readonly operation: OperationOf<'renameTable'>;
  readonly statement: number;
  readonly name: string;
  readonly children: readonly Child[];
  readonly state: State;
}

/** What becomes of rows that reference deleted ones. */
const ACTIONS: Readonly<Record<string, string>> = {
  cascade: 'deletes the rows of {} that reference it',
  'set null': 'sets the columns of {} that reference it to NULL',
  'set default': 'sets the columns of {} that reference it to their defaults',
};

export default defineRule({
  id: 'no-cascading-rebuild',
  meta: {
    description: 'Disallow making a SQLite table anew in a way that deletes the rows that reference it.',
    cause: 'loses',
    scope: 'migration',
    directions: ['up', 'down'],
    dialects: ['sqlite'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The migration goes through, and the table is as it should be. The orders, comments, sessions that belonged to its rows are gone:
their foreign keys say ON DELETE CASCADE, and the old table was dropped while foreign keys were enforced. Or it is slow from then on,
as nobody made its indexes again.`,
      why: `SQLite changes what its ALTER TABLE cannot by making the table anew: create, copy, drop, rename. While foreign keys are enforced,
DROP TABLE deletes all rows first, with all that ON DELETE does (sqlite.org/foreignkeys.html, 5). \`PRAGMA foreign_keys = OFF\` is
there to prevent that, but is a no-op inside a transaction (sqlite.org/pragma.html): where the migration tool opens one around the
file, nothing is switched off. \`PRAGMA defer_foreign_keys\` puts checks off, not actions. Since 3.26 foreign keys of other tables also
follow a table that is renamed: to move the old one aside first leaves them pointing at it. Indexes and triggers go with the old table.`,
      safe: `Switch foreign keys off before the transaction, look that nothing is broken before its end, make indexes and triggers again.

\`\`\`sql
PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_name ON users (name);
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys = ON;
\`\`\`

In a tool that puts each migration into a transaction, run this one outside of it: Knex \`config = { transaction: false }\`, Kysely and
Drizzle on a connection that was opened with foreign keys off.`,
      exemptions: [
        'Foreign keys without an action: the server refuses to drop the table, or none of their rows is touched.',
        'PRAGMA foreign_keys = OFF outside of a transaction, before the table is dropped.',
        'A warning alone where no migration says whether foreign keys are enforced: SQLite itself leaves them off, most drivers switch them on.',
        'Indexes over columns that the new table does not have.',
      ],
      whenNotToUse: 'Where no connection ever enforces foreign keys.',
      otherTools: {},
    },
    messages: {
      ignored: 'PRAGMA foreign_keys = OFF is ignored inside a transaction: dropping the old {{table}} {{action}}.',
      enforced: 'Foreign keys are enforced: dropping the old {{table}} {{action}}.',
      unknown: 'Unless the connection has foreign keys off, dropping the old {{table}} {{action}}.',
      follows:
        'The foreign keys of {{children}} follow {{table}} to its new name, and reference nothing once that is dropped.',
      lost: 'The {{kind}} of the old {{table}} go with it and are not made again: {{names}}.',
    },
    examples: [
      {
        title: 'The tool has a transaction open: the PRAGMA does nothing',
        dialect: 'sqlite',
        transaction: 'migration',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
        up: `PRAGMA foreign_keys=OFF;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
PRAGMA foreign_keys=ON;`,
        findings: [
          {
            at: 'DROP TABLE users',
            message: 'ignored inside a transaction: dropping the old users deletes the rows of orders',
          },
        ],
      },
      {
        title: 'Nobody says whether foreign keys are enforced',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE SET NULL);`,
        up: `CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
        findings: [{ at: 'DROP TABLE users', message: 'Unless the connection has foreign keys off' }],
      },
      {
        title: 'Foreign keys switched on for the session, in a transaction of the file',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, boss INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);`,
        up: `PRAGMA foreign_keys = 1;
BEGIN;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
COMMIT;`,
        findings: [{ at: 'DROP TABLE users', message: 'Foreign keys are enforced' }],
        inDocs: false,
      },
      {
        title: 'The old table is moved aside, and the foreign keys go with it',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));`,
        up: `PRAGMA foreign_keys=OFF;
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users SELECT id, name FROM users_old;
DROP TABLE users_old;`,
        findings: [{ at: 'RENAME TO users_old', message: 'foreign keys of orders follow users' }],
      },
      {
        title: 'An index and a trigger are not made again',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT, old TEXT);
CREATE INDEX users_name ON users (name);
CREATE INDEX users_email ON users (email);
CREATE INDEX users_old_idx ON users (old);
CREATE TRIGGER users_audit AFTER UPDATE ON users BEGIN SELECT 1; END;`,
        up: `PRAGMA foreign_keys=OFF;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
INSERT INTO new_users SELECT id, name, email FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_email ON users (email);`,
        findings: [
          {
            at: 'DROP TABLE users',
            message: 'indexes of the old users go with it and are not made again: users_name.',
          },
          {
            at: 'DROP TABLE users',
            message: 'triggers of the old users go with it and are not made again: users_audit.',
          },
        ],
      },
      {
        title: 'All twelve steps, as they should be',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id) ON DELETE CASCADE);
CREATE INDEX users_name ON users (name);`,
        up: `PRAGMA foreign_keys=OFF;
BEGIN;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;
CREATE INDEX users_name ON users (name);
PRAGMA foreign_key_check;
COMMIT;
PRAGMA foreign_keys=ON;`,
        findings: [],
      },
      {
        title: 'Nothing references the table',
        dialect: 'sqlite',
        transaction: 'migration',
        history: 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
        up: `PRAGMA foreign_keys=OFF;
CREATE TABLE new_users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO new_users SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The tables that reference it are rebuilt as well',
        dialect: 'sqlite',
        history:
          'CREATE TABLE a (id INTEGER PRIMARY KEY);\nCREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER REFERENCES a (id));',
        up: `PRAGMA foreign_keys = OFF;
ALTER TABLE a RENAME TO old_a;
CREATE TABLE a (id INTEGER PRIMARY KEY, n TEXT);
INSERT INTO a (id) SELECT id FROM old_a;
DROP TABLE old_a;
ALTER TABLE b RENAME TO old_b;
CREATE TABLE b (id INTEGER PRIMARY KEY, a_id INTEGER);
INSERT INTO b SELECT id, a_id FROM old_b;
DROP TABLE old_b;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'The old way of renaming leaves the foreign keys where they are',
        dialect: 'sqlite',
        history: `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));`,
        up: `PRAGMA foreign_keys=OFF;
PRAGMA legacy_alter_table=ON;
ALTER TABLE users RENAME TO users_old;
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users SELECT id, name FROM users_old;
DROP TABLE users_old;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { segment, server } = context;
    const rebuilt: Rebuilt[] = [];
    const moved: Moved[] = [];
    let ignored = false;
    return {
      setParameter({ name }, { state }) {
        if (name === 'foreign_keys' && state.transaction.status === 'open') ignored = true;
      },
      renameTable(operation, { state, index }) {
        if (!isMovedInRebuild(segment, operation.table.name) || isOn(state, 'legacy_alter_table')) return;
        const table = resolveTable(state, operation.table);
        const children = table === undefined ? [] : childrenOf(state, table);
        if (table === undefined || children.length === 0) return;
        moved.push({ operation, statement: index, name: table.name, children, state });
      },
      dropTable(operation, site) {
        const rebuild = rebuildOfDrop(segment, site.index, operation.table.name);
        const table = rebuild === undefined ? undefined : resolveTable(site.state, operation.table);
        if (rebuild === undefined || table === undefined) return;
        rebuilt.push({
          operation,
          statement: site.index,
          name: rebuild.table,
          indexes: indexesOf(site.state, table).filter(({ constraint }) => constraint === undefined),
          triggers: table.triggers.map(({ name }) => name),
        });
        judgeActions(operation, table, rebuild.table, site);
      },
      segmentEnd(state) {
        for (const old of rebuilt) judgeLoss(old, state);
        for (const old of moved) judgeMove(old, state);
      },
    };

    function judgeMove({ operation, statement, name, children, state: before }: Moved, state: State): void {
      // A child that is rebuilt as well is another table in the end.
      const left = children.filter(({ table }) => state.schema.relations.has(table.id));
      if (left.length === 0) return;
      context.report({
        operation,
        statement,
        messageId: 'follows',
        data: { children: labelsOf(left.map(child => child.table)), table: name },
        help: 'Make the new table beside the old one, drop that, and rename the new one to its name.',
        ...safeForms(server).rebuiltTable(operation.table, undefined, before),
      });
    }

    function judgeActions(
      operation: OperationOf<'dropTable'>,
      table: Table,
      name: string,
      { state }: OperationSite,
    ): void {
      const enforced = enforcesForeignKeys(state);
      if (enforced === false) return;
      const acting = childrenOf(state, table).filter(({ constraint }) => constraint.onDelete in ACTIONS);
      const actions = Object.keys(ACTIONS).flatMap(action => {
        const tables = acting.filter(({ constraint }) => constraint.onDelete === action).map(child => child.table);
        return tables.length === 0 ? [] : [ACTIONS[action]!.replace('{}', labelsOf(tables))];
      });
      if (actions.length === 0) return;
      context.report({
        operation,
        messageId: ignored ? 'ignored' : enforced ? 'enforced' : 'unknown',
        ...(ignored || enforced ? {} : { severity: 'warn' as const }),
        data: { table: name, action: actions.join(', and ') },
        help: 'Run it outside of a transaction, with PRAGMA foreign_keys = OFF before its own BEGIN.',
        ...safeForms(server).rebuiltTable({ name }, undefined, context.before),
      });
    }

    function judgeLoss({ operation, statement, name, indexes, triggers }: Rebuilt, state: State): void {
      const table = resolveTable(state, { name });
      if (table === undefined) return;
      const columns = new Set(table.columns.map(column => column.name.toLowerCase()));
      const made = indexesOf(state, table).map(keysOf);
      const lostIndexes = indexes.filter(
        index =>
          index.elements.every(({ column }) => column === undefined || columns.has(column.toLowerCase())) &&
          !made.includes(keysOf(index)),
      );
      const lostTriggers = triggers.filter(trigger => !table.triggers.some(other => other.name === trigger));
      const lost = [
        ['indexes', lostIndexes.map(index => index.name)],
        ['triggers', lostTriggers],
      ] as const;
      for (const [kind, names] of lost) {
        if (names.length === 0) continue;
        context.report({
          operation,
          statement,
          severity: 'warn',
          messageId: 'lost',
          data: { kind, table: name, names: names.join(', ') },
          help: `Make the ${kind} again once the new table has its name.`,
        });
      }
    }
  },
});

const isOn = (state: State, name: string): boolean =>
  ['1', 'on', 'true', 'yes'].includes(setting(state, name)?.value?.toLowerCase() ?? '');

interface Child {
  readonly table: Table;
  readonly constraint: ForeignKey;
}

/** The foreign keys of other tables that reference one. */
function childrenOf(state: State, table: Table): readonly Child[] {
  return incomingForeignKeys(state, table).filter(child => child.table.id !== table.id);
}

/** The columns and expressions of an index, to tell one that was made again. */
function keysOf({ elements }: Index): string {
  return elements.map(({ column, expression }) => (column ?? expression?.text ?? '').toLowerCase()).join(',');
}
