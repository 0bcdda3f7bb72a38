import { queriesIn } from '../operations/expressions.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { DataChange, Operation } from '../operations/operations.ts';
import type { Query } from '../operations/queries.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { onDataChange, selectionOf, targetOf } from './shared/bulk-writes.ts';
import { SQL_DIALECTS } from './shared/dialects.ts';

interface Pending {
  readonly change: DataChange;
  readonly table: ObjectName;
  readonly statement: number;
}

export default defineRule({
  id: 'require-verification-query',
  meta: {
    description: 'Require a query or a constraint that checks what a data change has done.',
    cause: 'data',
    scope: 'migration',
    directions: ['up'],
    dialects: SQL_DIALECTS,
    presets: { strict: 'warn' },
    docs: {
      failure: `The backfill ran, and nobody knows whether it reached every row. The gap shows weeks later, when the old column is
dropped and the values that were not copied are gone.`,
      why: `A data change that misses rows is no error to the server: a WHERE that is too narrow, a join that finds no partner, rows
written by running code in between. Only a check afterwards tells.`,
      safe: `Read what is left in the same migration, and fail when there is any; or let a constraint do it.

\`\`\`sql
UPDATE users SET region = 'eu' WHERE region = 'europe';
DO $$
BEGIN
  IF EXISTS (SELECT 1 FROM users WHERE region = 'europe') THEN
    RAISE EXCEPTION 'users.region: rows were left out';
  END IF;
END $$;
\`\`\``,
      exemptions: [
        'A query that reads the table afterwards: SELECT, or the condition of an IF in a DO block.',
        'A constraint that the server checks afterwards: VALIDATE CONSTRAINT, SET NOT NULL, ADD CHECK, FOREIGN KEY or UNIQUE.',
        'Rows picked by key, and rows whose values are written in the statement.',
        'Tables created in the same deploy.',
      ],
      whenNotToUse: 'Where data changes are checked by other means, such as a job that compares counts.',
      otherTools: {},
    },
    messages: {
      unchecked: 'Nothing in this migration checks that the change to {{table}} reached every row that it should.',
    },
    examples: [
      {
        title: 'A data change that nothing checks',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "UPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [{ at: 'UPDATE users', message: 'the change to users' }],
      },
      {
        title: 'A query of another table checks nothing',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);\nCREATE TABLE plans (id int);',
        up: "UPDATE users SET region = 'eu' WHERE region = 'europe';\nSELECT count(*) FROM plans;",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'A query before the change checks nothing',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: "SELECT count(*) FROM users;\nUPDATE users SET region = 'eu' WHERE region = 'europe';",
        findings: [{ at: 'UPDATE users' }],
        inDocs: false,
      },
      {
        title: 'Checked by a query',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `UPDATE users SET region = 'eu' WHERE region = 'europe';
SELECT count(*) FROM users WHERE region = 'europe';`,
        findings: [],
      },
      {
        title: 'Checked by a constraint',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, region text);',
        up: `UPDATE users SET region = 'eu' WHERE region IS NULL;
ALTER TABLE users ALTER COLUMN region SET NOT NULL;`,
        findings: [],
      },
      {
        title: 'Rows that are written in the statement',
        history: 'CREATE TABLE plans (id int PRIMARY KEY, name text);',
        up: "INSERT INTO plans VALUES (1, 'pro');\nUPDATE plans SET name = 'max' WHERE id = 1;",
        findings: [],
      },
    ],
  },
  create(context) {
    let pending: readonly Pending[] = [];
    const changes = onDataChange((change, _blocks, site) => {
      if (change.kind === 'truncate' || change.kind === 'copyFrom') return;
      const table = targetOf(change);
      if (context.isNew(context.resolve(table, site.state), site.state)) return;
      const { kind } = selectionOf(change, context, site);
      if (kind !== 'none' && kind !== 'key') pending = [...pending, { change, table, statement: site.index }];
    });
    return {
      ...changes,
      operation(operation, site) {
        const checked = tablesChecked(operation);
        pending = pending.filter(({ table }) => !checked.some(other => isSame(table, other, site)));
      },
      segmentEnd() {
        const reported = new Set<string>();
        for (const { change, table, statement } of pending) {
          const name = displayName(table);
          if (reported.has(name)) continue;
          reported.add(name);
          context.report({
            operation: change,
            statement,
            messageId: 'unchecked',
            data: { table: name },
            help: 'Count the rows that are left afterwards and raise an error when there are any, or validate a constraint.',
          });
        }
      },
    };

    function isSame(a: ObjectName, b: ObjectName, { state }: OperationSite): boolean {
      const [left, right] = [context.resolve(a, state), context.resolve(b, state)];
      return left === undefined || right === undefined ? displayName(a) === displayName(b) : left.id === right.id;
    }
  },
});

/** The tables that an operation reads, or lets the server check, without changing them. */
function tablesChecked(operation: Operation): readonly ObjectName[] {
  const conditions = (operation.blocks ?? []).flatMap(block =>
    block.kind === 'branch' && block.condition !== undefined ? queriesIn(block.condition.expression) : [],
  );
  const inBranches = conditions.flatMap(readsOf);
  switch (operation.kind) {
    case 'select':
      return [...inBranches, ...(operation.query.changes.length > 0 ? [] : readsOf(operation.query))];
    case 'setNotNull':
    case 'validateConstraint':
    case 'addCheck':
    case 'addForeignKey':
    case 'addUnique':
    case 'addPrimaryKey':
      return [operation.table];
    case 'createIndex':
      return operation.unique ? [operation.table] : [];
    default:
      return inBranches;
  }
}

function readsOf({ reads }: Query): readonly ObjectName[] {
  return reads.map(({ name }) => name);
}
