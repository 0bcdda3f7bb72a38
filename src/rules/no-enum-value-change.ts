import { safeForms } from '../fixes/index.ts';
import { displayName, nameKey, type ObjectName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { findColumn, resolveType, typeExistence } from '../schema/index.ts';
import type { UserType } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { listed } from './shared/dependents.ts';
import { labelOf } from './shared/live-relations.ts';

type Enum = Extract<UserType, { kind: 'enum' }>;
type Maker = OperationOf<'createEnum'> | OperationOf<'renameType'>;

export default defineRule({
  id: 'no-enum-value-change',
  meta: {
    description: 'Disallow renaming or removing a value of an enum that running code uses.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Running code that writes the old value, or looks for it, fails with \`invalid input value for enum status: "open"\` from
the moment the migration commits; what it reads is a value that it does not know, which many ORMs and decoders refuse.`,
      why: `The values of an enum are part of the interface between code and database, as column names are, and both cannot change at
the same moment. PostgreSQL has no way to remove a value; recreating the type rewrites every table that uses it besides.`,
      safe: `Add the new value, release the code that knows both and writes the new one, move the rows in batches. The old value stays
in the type, unused.

\`\`\`sql
-- migration 1, alone
ALTER TYPE status ADD VALUE IF NOT EXISTS 'active' AFTER 'open';
-- release the code that reads both and writes 'active' only
-- migration 2, in batches by key, each committed
UPDATE orders SET state = 'active' WHERE id BETWEEN 1 AND 1000 AND state = 'open';
\`\`\`

To keep a value out without removing it, state that as a check.

\`\`\`sql
ALTER TABLE orders ADD CONSTRAINT orders_state_allowed CHECK (state NOT IN ('open')) NOT VALID;
-- the next migration
ALTER TABLE orders VALIDATE CONSTRAINT orders_state_allowed;
\`\`\``,
      exemptions: [
        'Types, and values, from the same deploy.',
        'A type that is recreated with all of its old values, and more.',
        'Values that are added: `no-new-enum-value-in-transaction` knows when they can be used.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {
        strong_migrations: 'rename_enum_value',
        MigrationPilot: 'MP024, MP060',
        pgfence: 'alter-enum-rename-value',
      },
    },
    messages: {
      taken:
        "{{table}}.{{column}} loses {{values}}: rows that have it stop this, or without strict mode become '', and running code that writes it fails.",
      reordered:
        '{{table}}.{{column}} gets its values in another order: the server copies the table, and ORDER BY and comparisons by number change.',
      renamed:
        "Running code that writes or looks for '{{value}}' of {{type}} fails as soon as it is called '{{newValue}}'.",
      removed: 'Running code that writes or looks for {{values}} of {{type}} fails: the type is made again without it.',
      recreated:
        'The type {{type}} is made again and the migrations do not show its old values: running code that uses one which is missing fails.',
      column:
        'Running code that writes or looks for {{values}} in {{table}}.{{column}} fails: {{type}} does not have it.',
    },
    examples: [
      {
        title: 'A value taken out of a column of MySQL',
        dialect: 'mysql',
        history: "CREATE TABLE orders (id bigint PRIMARY KEY, state enum('open', 'paid', 'void'));",
        up: "ALTER TABLE orders MODIFY state enum('open', 'paid');",
        findings: [{ at: 'MODIFY state', message: "loses 'void'" }],
      },
      {
        title: 'Values of MySQL in another order',
        dialect: 'mariadb',
        history: "CREATE TABLE orders (id bigint PRIMARY KEY, state enum('open', 'paid'));",
        up: "ALTER TABLE orders MODIFY state enum('new', 'open', 'paid');",
        findings: [{ at: 'MODIFY state', message: 'in another order' }],
      },
      {
        title: 'A value appended on MySQL',
        dialect: 'mysql',
        history: "CREATE TABLE orders (id bigint PRIMARY KEY, state enum('open', 'paid'));",
        up: "ALTER TABLE orders MODIFY state enum('open', 'paid', 'void');",
        findings: [],
        inDocs: false,
      },
      {
        title: 'A value renamed',
        history: "CREATE TYPE status AS ENUM ('open', 'done');\nCREATE TABLE t (id bigint PRIMARY KEY, st status);",
        up: "ALTER TYPE status RENAME VALUE 'open' TO 'active';",
        findings: [
          {
            at: "ALTER TYPE status RENAME VALUE 'open' TO 'active'",
            message: "fails as soon as it is called 'active'",
          },
        ],
      },
      {
        title: 'A value removed by recreating the type',
        history: "CREATE TYPE status AS ENUM ('open', 'done');\nCREATE TABLE t (id bigint PRIMARY KEY, st status);",
        up: `ALTER TYPE status RENAME TO status_old;
CREATE TYPE status AS ENUM ('done');
ALTER TABLE t ALTER COLUMN st TYPE status USING st::text::status;
DROP TYPE status_old;`,
        findings: [{ at: 'CREATE TYPE status', message: "'open' of status" }],
      },
      {
        title: 'The new type first, renamed at the end',
        history: "CREATE TYPE status AS ENUM ('open', 'done');\nCREATE TABLE t (id bigint PRIMARY KEY, st status);",
        up: `CREATE TYPE status_new AS ENUM ('done', 'late');
ALTER TABLE t ALTER COLUMN st TYPE status_new USING st::text::status_new;
DROP TYPE status;
ALTER TYPE status_new RENAME TO status;`,
        findings: [{ at: 'ALTER TYPE status_new RENAME TO status', message: "'open' of status" }],
        inDocs: false,
      },
      {
        title: 'Another type without the value',
        history:
          "CREATE TYPE status AS ENUM ('open', 'done');\nCREATE TYPE state AS ENUM ('done');\nCREATE TABLE t (id bigint PRIMARY KEY, st status);",
        up: 'ALTER TABLE t ALTER COLUMN st TYPE state USING st::text::state;',
        findings: [{ at: 'ALTER COLUMN st TYPE state', message: 'state does not have it' }],
        inDocs: false,
      },
      {
        title: 'A type that the history does not show',
        up: `ALTER TYPE app."Status" RENAME VALUE 'a' TO 'b';
ALTER TYPE mood RENAME TO mood_old;
CREATE TYPE mood AS ENUM ('ok');`,
        findings: [
          { at: `ALTER TYPE app."Status" RENAME VALUE 'a' TO 'b'`, message: 'of app.Status' },
          { at: 'CREATE TYPE mood', message: 'do not show its old values' },
        ],
        inDocs: false,
      },
      {
        title: 'A value added',
        history: "CREATE TYPE status AS ENUM ('open', 'done');",
        up: "ALTER TYPE status ADD VALUE 'late';",
        findings: [],
      },
      {
        title: 'Recreated with more values',
        history: "CREATE TYPE status AS ENUM ('open', 'done');\nCREATE TABLE t (id bigint PRIMARY KEY, st status);",
        up: `ALTER TYPE status RENAME TO status_old;
CREATE TYPE status AS ENUM ('open', 'late', 'done');
ALTER TABLE t ALTER COLUMN st TYPE status USING st::text::status;
DROP TYPE status_old;`,
        findings: [],
      },
      {
        title: 'A new type',
        up: "CREATE TYPE status AS ENUM ('open');\nALTER TYPE status RENAME VALUE 'open' TO 'active';",
        findings: [],
      },
      {
        title: 'A value of the same deploy',
        history: "CREATE TYPE status AS ENUM ('open');",
        up: "ALTER TYPE status ADD VALUE 'aktive';\nALTER TYPE status RENAME VALUE 'aktive' TO 'active';",
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const makers: { readonly operation: Maker; readonly site: OperationSite }[] = [];
    const judged = new Set<string>();
    return {
      renameEnumValue(operation, site) {
        const type = enumOf(operation.type, site.state);
        const value = type?.values.find(candidate => candidate.value === operation.value);
        if (context.isNewOrigin(type?.origin) || context.isNewOrigin(value?.origin)) return;
        context.report({
          operation,
          messageId: 'renamed',
          data: { type: displayName(operation.type), value: operation.value, newValue: operation.newValue },
          help: 'Add the new value, release the code that knows both, and move the rows in batches; the old value may stay.',
          ...safeForms(context.server).renamedEnumValue(operation, site.state),
        });
      },
      createEnum: (operation, site) => void makers.push({ operation, site }),
      renameType: (operation, site) => void makers.push({ operation, site }),
      // MySQL has enums and sets as types of columns.
      redefineColumn(operation, { state }) {
        const relation = context.resolve(operation.table, state);
        if (relation?.kind !== 'table' || context.isNew(relation, state)) return;
        const old = findColumn(relation, operation.column)?.type;
        const next = operation.definition.type;
        if (old === undefined || next?.name !== old.name || (old.name !== 'enum' && old.name !== 'set')) return;
        const values = old.modifiers.filter(value => !next.modifiers.includes(value));
        const isPrefix = old.modifiers.every((value, index) => next.modifiers[index] === value);
        if (isPrefix) return;
        context.report({
          operation,
          messageId: values.length > 0 ? 'taken' : 'reordered',
          ...(values.length > 0 ? {} : { severity: 'warn' }),
          data: {
            table: displayName(operation.table),
            column: operation.column,
            values: listed(values.map(value => quoted(String(value)))),
          },
          help:
            values.length > 0
              ? 'Leave the value in the type; a CHECK keeps it out of the column (MySQL 8.0.16 and later).'
              : 'Put new values at the end: that is done at once.',
        });
      },
      alterColumnType(operation, { state }) {
        const relation = context.resolve(operation.table, state);
        if (relation?.kind !== 'table' || context.isNew(relation, state)) return;
        const column = findColumn(relation, operation.column);
        const old = column?.typeId === undefined ? undefined : state.schema.types.get(column.typeId);
        const next = resolveType(state, operation.type);
        if (old?.kind !== 'enum' || next?.kind !== 'enum' || context.isNewOrigin(old.origin)) return;
        const values = missing(old, next);
        // A type that takes the old one's name is reported where it does.
        if (values.length === 0 || context.isNewOrigin(next.origin)) return;
        context.report({
          operation,
          messageId: 'column',
          data: {
            table: displayName(operation.table),
            column: operation.column,
            type: labelOf(next),
            values: listed(values.map(quoted)),
          },
          help: 'Move the rows to a value that both types have first, after a release that does not write the others.',
        });
      },
      segmentEnd(state) {
        for (const { operation, site } of makers) judgeRecreated(operation, site, state);
      },
    };

    /** Whether the type that now bears a name has all values of the one that bore it before the migration. */
    function judgeRecreated(operation: Maker, site: OperationSite, after: State): void {
      const name = nameMade(operation);
      const old = resolveType(context.before, name);
      const now = enumOf(name, after);
      const key = displayName(name);
      if (now === undefined || judged.has(key) || old?.id === now.id) return;
      const values = old?.kind === 'enum' ? missing(old, now) : [];
      const unknown = old === undefined ? isReplaced(name, site.state) : old.kind !== 'enum';
      if (context.isNewOrigin(old?.origin) || (values.length === 0 && !unknown)) return;
      judged.add(key);
      context.report({
        operation,
        statement: site.index,
        messageId: values.length > 0 ? 'removed' : 'recreated',
        data: { type: key, values: listed(values.map(quoted)) },
        help: 'Leave unused values in the type; a check keeps them out of a column.',
        ...(values.length > 0 ? safeForms(context.server).withoutEnumValues(name, values, context.before) : {}),
      });
    }

    /** Whether a type of that name, which no migration made, was renamed or dropped in this one. */
    function isReplaced(name: ObjectName, state: State): boolean {
      const before = typeExistence(context.before, name);
      if (before !== 'unknown') return false;
      const { typesGone } = state.schema;
      const gone = typesGone.get(nameKey(name.schema ?? 'public', name.name));
      return gone !== undefined && context.isNewOrigin(gone.at);
    }
  },
});

/** The name that a type gets. */
function nameMade(operation: Maker): ObjectName {
  if (operation.kind === 'createEnum') return operation.type;
  const { schema } = operation.type;
  return schema === undefined ? { name: operation.newName } : { schema, name: operation.newName };
}

function enumOf(name: ObjectName, state: State): Enum | undefined {
  const type = resolveType(state, name);
  return type?.kind === 'enum' ? type : undefined;
}

/** The values of one enum that another does not have. */
function missing(old: Enum, now: Enum): readonly string[] {
  const values = new Set(now.values.map(({ value }) => value));
  return old.values.map(({ value }) => value).filter(value => !values.has(value));
}

function quoted(value: string): string {
  return `'${value}'`;
}
