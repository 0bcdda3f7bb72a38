import { displayName, type ObjectName, spellings } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import {
  type DropTarget,
  dependentsOf,
  existence,
  findColumn,
  resolveRelation,
  resolveTable,
  resolveType,
  typeExistence,
} from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { cascaded, describeCascade, listed, originOf } from './shared/dependents.ts';

export default defineRule({
  id: 'no-drop-cascade',
  meta: {
    description: 'Disallow DROP … CASCADE: it drops whatever depends on the object, named or not.',
    cause: 'loses',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `A view, a foreign key or a column that another team relies on is gone, and nobody wrote its name anywhere. In the
test database the statement dropped two objects; in production, where somebody had made a view by hand, three.`,
      why: `CASCADE drops all that depends on the object, and what depends on that, as far as it goes at that moment (PostgreSQL
manual, "Dependency Tracking"). Without it the server refuses and lists the dependents. An error where the migrations show a
dependent from before this deploy, a warning where they show none.`,
      safe: `Name what is to go, in the order that it depends on each other, and leave CASCADE out.

\`\`\`sql
DROP VIEW active_users;
ALTER TABLE users DROP COLUMN active;
\`\`\``,
      exemptions: [
        'DROP TABLE and DROP SCHEMA of what is in use: `no-drop-table` and `no-drop-schema` name the dependents.',
        'What the object takes along is from this deploy, or the object itself is.',
        'IF EXISTS of something that an earlier migration dropped.',
      ],
      whenNotToUse: 'Where one team owns all of the database and its migrations alone make its objects.',
      otherTools: {
        MigrationPilot: 'MP022',
        Bytebase: 'statement_disallow_cascade',
        'safe-migrate': 'destructive-cascade',
      },
    },
    messages: {
      known: 'CASCADE also drops what depends on {{object}}: {{dependents}}.',
      unknown:
        'CASCADE also drops whatever depends on {{object}} by then; the migrations show nothing from before this deploy.',
    },
    examples: [
      {
        title: 'A view that depends on a column',
        history:
          'CREATE TABLE users (id bigint PRIMARY KEY, active boolean);\nCREATE VIEW active_users AS SELECT id FROM users WHERE active;',
        up: 'ALTER TABLE users DROP COLUMN active CASCADE;',
        findings: [{ at: 'DROP COLUMN active', message: 'on users.active: view active_users' }],
      },
      {
        title: 'A type and the columns of it',
        history: "CREATE TYPE mood AS ENUM ('ok');\nCREATE TABLE users (id bigint PRIMARY KEY, m mood);",
        up: 'DROP TYPE mood CASCADE;',
        findings: [{ at: 'DROP TYPE mood', message: 'column users.m' }],
      },
      {
        title: 'Nothing known depends on it (a warning)',
        history: 'CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$;',
        up: 'DROP FUNCTION f() CASCADE;',
        findings: [{ at: 'DROP FUNCTION f', message: 'whatever depends on f' }],
        inDocs: false,
      },
      {
        title: 'A constraint that foreign keys rest on',
        history: `CREATE TABLE users (id bigint, CONSTRAINT users_pkey PRIMARY KEY (id));
CREATE TABLE orders (id bigint, user_id bigint REFERENCES users);`,
        up: 'ALTER TABLE users DROP CONSTRAINT users_pkey CASCADE;',
        findings: [{ at: 'DROP CONSTRAINT users_pkey', message: 'foreign key orders_user_id_fkey of orders' }],
        inDocs: false,
      },
      {
        title: "A table that is in use is the other rule's, which names what goes along",
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM users;',
        up: 'DROP TABLE users CASCADE;',
        findings: [],
      },
      {
        title: 'A table in its contract phase, and a view that still reads it',
        history: 'CREATE TABLE legacy (id bigint PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM legacy;',
        up: '-- surefoot-contract legacy: unused since v1.42\nDROP TABLE legacy CASCADE;',
        findings: [{ at: 'DROP TABLE legacy', message: 'view v' }],
      },
      {
        title: 'Without CASCADE the server refuses',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, active boolean);',
        up: 'ALTER TABLE users DROP COLUMN active;',
        findings: [],
      },
      {
        title: 'New objects',
        up: 'CREATE TABLE t (id bigint PRIMARY KEY);\nCREATE VIEW v AS SELECT id FROM t;\nDROP TABLE t CASCADE;',
        findings: [],
      },
      {
        title: 'A view that is gone',
        history: [{ up: 'CREATE VIEW v AS SELECT 1 AS a;' }, { up: 'DROP VIEW v;' }],
        up: 'DROP VIEW IF EXISTS v CASCADE;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      operation(operation, { state }) {
        if (!('cascade' in operation) || operation.cascade !== true || operation.kind === 'truncate') return;
        const dropped = droppedBy(operation, state);
        if (dropped === undefined || isJudgedElsewhere(operation, state) || isGone(operation, state)) return;
        const { target, label } = dropped;
        if (target !== undefined && context.isNewOrigin(originOf(state, target))) return;
        if ('table' in operation && context.isNew(context.resolve(operation.table, state), state)) return;
        const dependents = target === undefined ? [] : dependentsOf(state, target);
        const outside = cascaded(dependents).some(other => !context.isNewOrigin(originOf(state, other.target)));
        if (target !== undefined && cascaded(dependents).length > 0 && !outside) return;
        context.report({
          operation,
          severity: outside ? 'error' : 'warn',
          messageId: outside ? 'known' : 'unknown',
          data: { object: label, dependents: listed(describeCascade(state, dependents)) },
          help: 'Drop the dependents by name first and leave CASCADE out: the server then refuses what was not meant.',
        });
      },
    };

    /** DROP TABLE and DROP SCHEMA of what is in use have rules of their own, which name the dependents. */
    function isJudgedElsewhere(operation: Operation, state: State): boolean {
      if (operation.kind === 'dropSchema') return true;
      if (operation.kind !== 'dropTable') return false;
      const isNew = context.isNew(context.resolve(operation.table, state), state);
      return !isNew && !context.isContracted(...spellings(operation.table));
    }
  },
});

interface Dropped {
  /** Undefined where the migrations do not show the object. */
  readonly target: DropTarget | undefined;
  readonly label: string;
}

/** What a DROP is about. */
function droppedBy(operation: Operation, state: State): Dropped | undefined {
  switch (operation.kind) {
    case 'dropTable':
      return relation(operation.table, state);
    case 'dropView':
    case 'dropMaterializedView':
      return relation(operation.view, state);
    case 'dropIndex':
      return relation(operation.index, state);
    case 'dropSequence':
      return relation(operation.sequence, state);
    case 'dropColumn': {
      const table = relation(operation.table, state);
      const id = table.target?.kind === 'relation' ? table.target.id : undefined;
      const known = id === undefined ? undefined : state.schema.relations.get(id);
      const column = known?.kind === 'table' ? findColumn(known, operation.column) : undefined;
      return {
        label: `${table.label}.${operation.column}`,
        target:
          column === undefined || id === undefined
            ? undefined
            : { kind: 'column', table: id, column: operation.column },
      };
    }
    case 'dropConstraint': {
      const { target } = relation(operation.table, state);
      return {
        label: operation.name,
        target:
          target?.kind === 'relation' ? { kind: 'constraint', table: target.id, name: operation.name } : undefined,
      };
    }
    case 'dropType': {
      const type = resolveType(state, operation.type);
      return {
        label: displayName(operation.type),
        target: type === undefined ? undefined : { kind: 'type', id: type.id },
      };
    }
    case 'dropRoutine': {
      const { schema = 'public', name } = operation.routine;
      return { label: displayName(operation.routine), target: { kind: 'routine', schema, name } };
    }
    case 'dropObject':
      return { label: `${operation.objectKind} ${displayName(operation.name)}`, target: undefined };
    default:
      return undefined;
  }
}

function relation(name: ObjectName, state: State): Dropped {
  const found = resolveRelation(state, name);
  return { label: displayName(name), target: found === undefined ? undefined : { kind: 'relation', id: found.id } };
}

/** Whether an earlier migration dropped it already. */
function isGone(operation: Operation, state: State): boolean {
  switch (operation.kind) {
    case 'dropTable':
      return existence(state, operation.table) === 'gone';
    case 'dropView':
    case 'dropMaterializedView':
      return existence(state, operation.view) === 'gone';
    case 'dropIndex':
      return existence(state, operation.index) === 'gone';
    case 'dropSequence':
      return existence(state, operation.sequence) === 'gone';
    case 'dropType':
      return typeExistence(state, operation.type) === 'gone';
    case 'dropColumn': {
      const table = resolveTable(state, operation.table);
      return table !== undefined && findColumn(table, operation.column) === undefined && table.complete;
    }
    default:
      return false;
  }
}
