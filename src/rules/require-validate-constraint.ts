import { safeForms } from '../fixes/index.ts';
import type { Migration } from '../linter/migration.ts';
import type { OperationOf } from '../operations/operations.ts';
import type { Table, TableConstraint } from '../schema/schema.ts';
import { defineRule } from './rule.ts';
import { labelOf, shortName } from './shared/live-relations.ts';

interface Options {
  /** How many of the newest migrations may still wait for their validation. */
  readonly newest: number;
}

export default defineRule<Options>({
  id: 'require-validate-constraint',
  meta: {
    description: 'Require a NOT VALID constraint to be validated by a later migration; WITH NOCHECK on SQL Server.',
    cause: 'blocks',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'sqlserver'],
    presets: { recommended: 'warn', strict: 'error' },
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        newest: {
          type: 'integer',
          minimum: 0,
          description: 'How many of the newest migrations are let off; all of a pending deploy count as one.',
        },
      },
    },
    defaultOptions: { newest: 1 },
    docs: {
      failure: `The schema shows a foreign key or a check, and rows that break it are there all the same. Reports disagree, a restore
from a dump stops at the old rows, and a SET NOT NULL that relied on the check scans the table under lock.`,
      why: `NOT VALID keeps new rows right and says nothing of the old ones. The planner does not rely on such a constraint, and the
server never checks the old rows by itself. On SQL Server WITH NOCHECK is the same: the constraint is not trusted until WITH CHECK CHECK
CONSTRAINT. The first half of the safe pattern is easily merged without the second.`,
      safe: `\`\`\`sql
ALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;
\`\`\`

It reads the table under a lock that lets reads and writes through. Where old rows break the constraint, repair them first.`,
      exemptions: [
        'The newest migrations (option `newest`): the validation comes with the next deploy.',
        'Constraints that were validated or dropped later, with their table or without.',
        'NOT ENFORCED constraints, which cannot be validated.',
        'Migrations that are history in this run.',
      ],
      whenNotToUse: 'Where constraints are meant for new rows only; suppress it there with the reason.',
      otherTools: {},
    },
    messages: {
      never: 'No later migration validates {{name}}: rows of {{table}} from before may break it.',
    },
    examples: [
      {
        title: 'Never validated',
        options: { newest: 0 },
        up: `CREATE TABLE users (id bigint PRIMARY KEY, age int);
ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;`,
        findings: [{ at: 'ADD CONSTRAINT adult', message: 'adult' }],
      },
      {
        title: 'Another one was validated',
        options: { newest: 0 },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint, user_id bigint, n int);',
        up: `ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID,
  ADD CONSTRAINT n CHECK (n > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT n;`,
        findings: [{ at: 'ADD FOREIGN KEY', message: 'orders_user_id_fkey' }],
        inDocs: false,
      },
      {
        title: 'WITH NOCHECK on SQL Server, never checked',
        dialect: 'sqlserver',
        options: { newest: 0 },
        history: 'CREATE TABLE users (id int PRIMARY KEY, age int, n int);',
        up: `ALTER TABLE users WITH NOCHECK ADD CONSTRAINT adult CHECK (age > 17);
ALTER TABLE users WITH NOCHECK ADD CONSTRAINT counted CHECK (n > 0);
ALTER TABLE users WITH CHECK CHECK CONSTRAINT counted;`,
        findings: [{ at: 'WITH NOCHECK ADD CONSTRAINT adult CHECK', message: 'adult' }],
      },
      {
        title: 'The newest migration is let off',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: 'ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;',
        findings: [],
      },
      {
        title: 'Validated',
        options: { newest: 0 },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: `ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users VALIDATE CONSTRAINT adult;`,
        findings: [],
      },
      {
        title: 'Dropped',
        options: { newest: 0 },
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, age int);',
        up: `ALTER TABLE users ADD CONSTRAINT adult CHECK (age > 17) NOT VALID;
ALTER TABLE users DROP CONSTRAINT adult;`,
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const migrations = new Map<number, Migration>();
    let last: Migration | undefined;
    return {
      migration(migration) {
        last = migration;
        if (migration.judged) migrations.set(migration.index, migration);
      },
      projectEnd({ schema }) {
        const { newest } = context.options;
        if (last === undefined) return;
        const firstNewest = newest === 0 ? last.index + 1 : Math.min(last.deployStart, last.index - newest + 1);
        for (const relation of schema.relations.values()) {
          if (relation.kind !== 'table') continue;
          for (const constraint of relation.constraints) {
            const { origin, valid, enforced, inherited, uncertain } = constraint;
            if (origin === undefined || valid || !enforced || inherited === true || uncertain === true) continue;
            const migration = migrations.get(origin.migration);
            if (migration !== undefined && origin.migration < firstNewest) report(relation, constraint, migration);
          }
        }
      },
    };

    function report(table: Table, constraint: TableConstraint, migration: Migration): void {
      const statement = constraint.origin!.statement;
      const operation = migration.up.script.statements[statement]?.operations.find(other => adds(other, constraint));
      context.report({
        ...(operation === undefined ? {} : { operation }),
        place: { migration, segment: migration.up },
        statement,
        messageId: 'never',
        data: { name: constraint.name, table: labelOf(table) },
        ...safeForms(context.server).validated(shortName(table), constraint.name),
        help:
          context.server.dialect === 'sqlserver'
            ? 'Check the rows WITH CHECK CHECK CONSTRAINT, when nobody uses the table.'
            : 'VALIDATE it in a migration of its own: that reads the table and blocks nobody.',
      });
    }
  },
});

type Adding = OperationOf<'addForeignKey' | 'addCheck' | 'addNotNullConstraint'>;

/** Whether an operation adds the constraint: by its name, or as one of its type that the server named. */
function adds(operation: { readonly kind: string }, { name, type }: TableConstraint): operation is Adding {
  if (!('constraint' in operation)) return false;
  const { constraint } = operation as Adding;
  return constraint.type === type && constraint.notValid === true && (constraint.name ?? name) === name;
}
