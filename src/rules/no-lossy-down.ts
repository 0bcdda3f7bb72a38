import { displayName, type ObjectName } from '../operations/names.ts';
import type { DataChange, Operation } from '../operations/operations.ts';
import { existence, findColumn, resolveTable } from '../schema/index.ts';
import type { Origin } from '../schema/schema.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { listed } from './shared/dependents.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';
import { dataChangesOf } from './shared/row-selection.ts';
import { lossOf } from './shared/type-changes.ts';

export default defineRule({
  id: 'no-lossy-down',
  meta: {
    description: 'Disallow a down that destroys what its up did not make, or cannot bring back what its up dropped.',
    cause: 'rollback',
    scope: 'migration',
    directions: ['down'],
    dialects: SQL_DIALECTS,
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `The rollback of a bad release makes it worse: it deletes rows and columns that were there before the release, or it
brings a dropped column back empty, and the old release goes on with the empty values as if nothing had happened.`,
      why: `A down is written to undo its up and is run in a hurry. What it drops beyond that is lost for good; what the up dropped
is not in the database any more, and ADD COLUMN gives it back without a single value.`,
      safe: `Let the down undo what the up did, no more. Where the up cannot be undone, say so: an error stops the rollback before
harm is done.

\`\`\`sql
DO $$ BEGIN
  RAISE EXCEPTION 'users.legacy was dropped: restore it from the backup of 2026-01-12 first';
END $$;
\`\`\`

Better still, drop nothing in a migration that may have to go back: rename, or leave it until the contract phase.`,
      exemptions: [
        'Objects, columns and rows that the up made.',
        'A down that fills what it brings back (INSERT, UPDATE or COPY of that table).',
        'A down that raises an error, or holds no statements.',
      ],
      whenNotToUse: "Where downs only ever run on a developer's machine.",
      otherTools: {},
    },
    messages: {
      drops: 'This down deletes {{object}}, which its up did not make: a rollback loses it.',
      rows: 'This down deletes rows of {{object}} that its up did not make: a rollback loses them.',
      empty: 'The up dropped {{object}} with all values; what this brings back is empty.',
      gone: 'The up deleted rows of {{object}}, and nothing in this down brings them back.',
      narrowed:
        'The up has cut {{object}} to a type that does not hold every value; the old type brings none of it back.',
      narrows: 'This down loses {{loss}} of {{object}} that was written since the up.',
    },
    examples: [
      {
        title: 'More is dropped than was made',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE users ADD COLUMN region text;',
        down: 'DROP TABLE users;',
        findings: [{ at: 'DROP TABLE users', message: 'deletes users, which its up did not make', direction: 'down' }],
      },
      {
        title: 'What the down itself made, and rows that it writes again',
        history: 'CREATE TABLE counts (day date, origin text, n int);',
        up: "ALTER TABLE counts ALTER COLUMN origin SET DEFAULT 'sdk';",
        down: `CREATE TEMP TABLE sums AS SELECT day, sum(n) AS n FROM counts GROUP BY day;
DELETE FROM counts;
INSERT INTO counts (day, n) SELECT day, n FROM sums;
DROP TABLE sums;
ALTER TABLE counts ALTER COLUMN origin DROP DEFAULT;`,
        findings: [],
        inDocs: false,
      },
      {
        title: 'A column that comes back empty',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        down: 'ALTER TABLE users ADD COLUMN legacy text;',
        findings: [{ at: 'ADD COLUMN legacy', message: 'The up dropped users.legacy', direction: 'down' }],
      },
      {
        title: 'Several columns of one statement are one finding',
        history: 'CREATE TABLE t (a int, b int, c int);',
        up: 'ALTER TABLE t DROP COLUMN b, DROP COLUMN c;',
        down: 'ALTER TABLE t ADD COLUMN b int, ADD COLUMN c int;',
        findings: [{ at: 'ADD COLUMN b', message: 'The up dropped t.b and t.c', direction: 'down' }],
        inDocs: false,
      },
      {
        title: 'All rows, of which the up made a few',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: "INSERT INTO plans VALUES (1, 'pro');",
        down: 'DELETE FROM plans;',
        findings: [{ at: 'DELETE FROM plans', direction: 'down' }],
      },
      {
        title: 'A table that the history does not show, and a column of it',
        up: 'CREATE TABLE plans (id int);',
        down: 'DROP TABLE "Plans";\nALTER TABLE users DROP COLUMN region;',
        findings: [
          { at: 'DROP TABLE "Plans"', direction: 'down' },
          { at: 'DROP COLUMN region', message: 'users.region', direction: 'down' },
        ],
        inDocs: false,
      },
      {
        title: 'A table that comes back empty, and rows that do not come back',
        history: 'CREATE TABLE a (id int);\nCREATE TABLE b (id int);',
        up: 'DROP TABLE a;\nDELETE FROM b WHERE id > 3;',
        down: 'CREATE TABLE a (id int);',
        findings: [
          { at: 'CREATE TABLE a', message: 'brings back is empty', direction: 'down' },
          { at: 'CREATE TABLE a', message: 'The up deleted rows of b', direction: 'down' },
        ],
        inDocs: false,
      },
      {
        title: 'Types that were cut, or are cut',
        history: 'CREATE TABLE t (a bigint, b int);',
        up: 'ALTER TABLE t ALTER a TYPE int;\nALTER TABLE t ALTER b TYPE bigint;',
        down: 'ALTER TABLE t ALTER a TYPE bigint;\nALTER TABLE t ALTER b TYPE int;',
        findings: [
          { at: 'ALTER a TYPE bigint', message: 'The up has cut t.a', direction: 'down' },
          { at: 'ALTER b TYPE int', message: 'values that are out of range of t.b', direction: 'down' },
        ],
        inDocs: false,
      },
      {
        title: 'What the up made goes again',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nCREATE TABLE plans (id int);',
        down: 'DROP TABLE plans;\nALTER TABLE users DROP COLUMN region;',
        findings: [],
      },
      {
        title: 'Rows that the up made, by key',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: "INSERT INTO plans VALUES (1, 'pro');",
        down: 'DELETE FROM plans WHERE id = 1;',
        findings: [],
      },
      {
        title: 'A column that is filled again',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, a text, b text);',
        up: 'ALTER TABLE users DROP COLUMN b;',
        down: 'ALTER TABLE users ADD COLUMN b text;\nUPDATE users SET b = a;',
        findings: [],
      },
      {
        title: 'A down that refuses',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, legacy text);',
        up: 'ALTER TABLE users DROP COLUMN legacy;',
        down: "DO $$ BEGIN RAISE EXCEPTION 'cannot be undone'; END $$;",
        findings: [],
      },
    ],
  },
  create(context) {
    const up = context.migration.up.script.statements.flatMap(({ operations }) => operations);
    const down = context.segment.script.statements.flatMap(({ operations }) => operations);
    const upChanges = up.flatMap(dataChangesOf);
    const filled = new Set(
      down
        .flatMap(dataChangesOf)
        .filter(isFilling)
        .map(change => displayName(targetOf(change))),
    );
    const narrowed = narrowedBy(up);
    // One finding per statement, however many columns an ALTER TABLE brings back.
    const empty = new Map<number, { readonly operation: Operation; readonly objects: readonly string[] }>();
    // What the up may have made where it could not be read is not held against the down.
    const isRead = up.every(({ kind }) => kind !== 'unreadable' && kind !== 'call');
    const changes = onDataChange((change, _blocks, site) => {
      if (change.kind !== 'delete' && change.kind !== 'truncate') return;
      const table = targetOf(change);
      // Rows that are put aside and written again are not lost.
      if (isMadeHere(context.resolve(table, site.state)?.origin) || filled.has(displayName(table))) return;
      const { kind } = selectionOf(change, context, site);
      const inserted = upChanges.some(other => isFilling(other) && displayName(targetOf(other)) === displayName(table));
      if (kind === 'none' || (inserted && kind !== 'all')) return;
      report('rows', change, table);
    });
    return {
      ...changes,
      operation: judge,
      segmentEnd() {
        for (const [statement, { operation, objects }] of empty) {
          context.report({ operation, statement, messageId: 'empty', data: { object: listed(objects) }, help: HELP });
        }
        const [first] = down;
        if (first === undefined || down.every(({ kind }) => kind === 'do' || kind === 'select')) return;
        const lost = upChanges.filter(change => change.kind === 'delete' || change.kind === 'truncate');
        const tables = new Map(lost.map(change => [displayName(targetOf(change)), targetOf(change)]));
        for (const [name, table] of tables) {
          const isMade = up.some(
            operation => operation.kind === 'createTable' && displayName(operation.table) === name,
          );
          if (!isMade && !filled.has(name)) report('gone', first, table, undefined, 0);
        }
      },
    };

    function judge(operation: Operation, site: OperationSite): void {
      switch (operation.kind) {
        case 'dropTable': {
          const relation = context.resolve(operation.table, site.state);
          const isThere = relation !== undefined || (isRead && existence(site.state, operation.table) === 'unknown');
          if (isThere && !isMadeHere(relation?.origin)) report('drops', operation, operation.table);
          break;
        }
        case 'dropColumn': {
          const table = resolveTable(site.state, operation.table);
          const column = table === undefined ? undefined : findColumn(table, operation.column);
          if (isMadeHere(table?.origin) || isMadeHere(column?.origin)) break;
          if (column === undefined && (!isRead || table?.complete || table?.goneColumns.includes(operation.column)))
            break;
          report('drops', operation, operation.table, operation.column);
          break;
        }
        case 'createTable':
          if (
            isDroppedByUp(operation.table) &&
            !filled.has(displayName(operation.table)) &&
            operation.query === undefined
          ) {
            comesBack(operation, site, displayName(operation.table));
          }
          break;
        case 'addColumn': {
          const { name, generated } = operation.column;
          if (generated !== undefined || filled.has(displayName(operation.table))) break;
          if (isDroppedByUp(operation.table, name))
            comesBack(operation, site, `${displayName(operation.table)}.${name}`);
          break;
        }
        case 'alterColumnType': {
          const table = resolveTable(site.state, operation.table);
          const column = table === undefined ? undefined : findColumn(table, operation.column);
          if (column?.type === undefined || isMadeHere(column.origin)) break;
          const key = `${displayName(operation.table)}.${operation.column}`;
          const loss = lossOf(column.type, operation.type);
          if (loss !== undefined) report('narrows', operation, operation.table, operation.column, undefined, loss);
          else if (narrowed.has(key) && lossOf(operation.type, column.type) !== undefined) {
            report('narrowed', operation, operation.table, operation.column);
          }
          break;
        }
        default:
      }
    }

    function comesBack(operation: Operation, site: OperationSite, object: string): void {
      const earlier = empty.get(site.index);
      empty.set(site.index, {
        operation: earlier?.operation ?? operation,
        objects: [...(earlier?.objects ?? []), object],
      });
    }

    /** Whether the up made it, or this down itself, which comes after it. */
    function isMadeHere(origin: Origin | undefined): boolean {
      return origin !== undefined && origin.migration >= context.migration.index;
    }

    /** Whether the up dropped a table, or a column, that was there before it. */
    function isDroppedByUp(table: ObjectName, column?: string): boolean {
      const name = displayName(table);
      const drop = up.findIndex(
        operation =>
          (operation.kind === 'dropTable' && column === undefined && displayName(operation.table) === name) ||
          (operation.kind === 'dropColumn' && operation.column === column && displayName(operation.table) === name),
      );
      return drop !== -1 && !up.slice(0, drop).some(operation => makes(operation, name, column));
    }

    function report(
      messageId: string,
      operation: Operation,
      table: ObjectName,
      column?: string,
      statement?: number,
      loss?: string,
    ): void {
      context.report({
        operation,
        ...(statement === undefined ? {} : { statement }),
        messageId,
        data: {
          object: column === undefined ? displayName(table) : `${displayName(table)}.${column}`,
          ...(loss === undefined ? {} : { loss }),
        },
        help: HELP,
      });
    }
  },
});

const HELP =
  'Undo what the up did and no more; where that is not possible, let the down raise an error that says what to do.';

/** Columns whose type the up changes. */
function narrowedBy(up: readonly Operation[]): ReadonlySet<string> {
  return new Set(
    up.flatMap(operation =>
      operation.kind === 'alterColumnType' ? [`${displayName(operation.table)}.${operation.column}`] : [],
    ),
  );
}

function makes(operation: Operation, table: string, column: string | undefined): boolean {
  if (operation.kind === 'createTable') return displayName(operation.table) === table;
  return operation.kind === 'addColumn' && operation.column.name === column && displayName(operation.table) === table;
}

function isFilling(change: DataChange): boolean {
  return change.kind === 'insert' || change.kind === 'update' || change.kind === 'copyFrom' || change.kind === 'merge';
}
