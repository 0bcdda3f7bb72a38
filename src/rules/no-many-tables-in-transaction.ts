import { transactionId } from '../linter/new-objects.ts';
import type { Relation, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { locksAgainstWriters, relationsLockedForWriters } from './shared/held-locks.ts';
import { inUse, labelsOf, relationOf } from './shared/live-relations.ts';

interface Options {
  /** How many tables in use one transaction may lock against writers. */
  readonly max: number;
}

export default defineRule<Options>({
  id: 'no-many-tables-in-transaction',
  meta: {
    description: 'Disallow strong locks on several live tables in one transaction.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres', 'sqlserver'],
    presets: { strict: 'warn' },
    optionsSchema: {
      type: 'object',
      additionalProperties: false,
      properties: {
        max: {
          type: 'integer',
          minimum: 1,
          description: 'How many tables in use one transaction may lock against writers.',
        },
      },
    },
    defaultOptions: { max: 1 },
    docs: {
      failure: `The migration holds one table and waits for another, while a request of the application holds that one and waits for
the first: \`deadlock detected\`, for the migration or for a user. Until then both tables are out of use.`,
      why: `A lock is held until the transaction ends. Each further table means another wait, during which the tables locked so far
stay blocked; and the order in which a migration locks tables is rarely that of the application's transactions. (PostgreSQL manual,
"Deadlocks".)`,
      safe: `One table per transaction: split the migration, or commit in between where the tool lets you.

\`\`\`sql
-- migration 1
ALTER TABLE users ADD COLUMN region text;
-- migration 2
ALTER TABLE orders ADD COLUMN region text;
\`\`\``,
      exemptions: [
        'New and temporary tables.',
        'One statement that locks several tables by itself, such as ADD FOREIGN KEY; partitions of one table count as that table.',
        'Statements that run outside a transaction, each on its own.',
      ],
      whenNotToUse: 'Where changes to several tables must become visible at the same moment.',
      otherTools: {
        pgfence: 'wide-lock-window',
        'postgres-language-server': 'avoidWideLockWindow',
        MigrationPilot: 'MP008',
      },
    },
    messages: {
      another:
        'This waits for {{table}} while {{held}} locked: all of them are blocked until the transaction ends, and it may deadlock.',
    },
    examples: [
      {
        title: 'Two tables in one transaction',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE orders ADD COLUMN region text;',
        findings: [{ at: 'ALTER TABLE orders', message: 'users stays locked' }],
      },
      {
        title: 'Reported once per transaction',
        up: 'BEGIN;\nALTER TABLE a ADD x int;\nALTER TABLE b ADD x int;\nALTER TABLE c ADD x int;\nCOMMIT;',
        findings: [{ at: 'ALTER TABLE b' }],
        inDocs: false,
      },
      {
        title: 'Each on its own',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE users ADD COLUMN region text;\nALTER TABLE orders ADD COLUMN region text;',
        findings: [],
      },
      {
        title: 'The same table twice, and a new one',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);',
        transaction: 'migration',
        up: `ALTER TABLE users ADD COLUMN region text;
ALTER TABLE users ADD COLUMN country text;
CREATE TABLE orders (id bigint PRIMARY KEY);
ALTER TABLE orders ADD COLUMN region text;`,
        findings: [],
      },
      {
        title: 'One statement that takes both',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY);\nCREATE TABLE orders (id bigint, user_id bigint);',
        transaction: 'migration',
        up: 'ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const reported = new Set<number>();
    return {
      statement(_, site) {
        const { state } = site;
        const transaction = transactionId(state);
        if (transaction === undefined || reported.has(transaction)) return;
        const held = relationsLockedForWriters(state).flatMap(({ relation }) =>
          context.isNew(relation, state) ? [] : [relation],
        );
        if (held.length === 0) return;
        const owners = new Set(held.map(relation => ownerOf(relation, state).id));
        const further = inUse(context, locksAgainstWriters(site.effects, state), state).filter(affected => {
          const relation = relationOf(context, affected, state);
          return relation === undefined || !owners.has(ownerOf(relation, state).id);
        });
        if (further.length === 0 || owners.size < context.options.max) return;
        reported.add(transaction);
        context.report({
          messageId: 'another',
          data: { table: labelsOf(further), held: `${labelsOf(held)} ${held.length === 1 ? 'stays' : 'stay'}` },
          help: 'Give each table a transaction of its own.',
        });
      },
    };
  },
});

/** The table that a relation belongs to: of an index its table, of a partition the topmost parent. */
function ownerOf(relation: Relation, state: State): Relation {
  const owner = relation.kind === 'index' ? relation.table : (relation as Partial<Table>).partitionOf?.parent;
  const found = owner === undefined ? undefined : state.schema.relations.get(owner);
  return found === undefined ? relation : ownerOf(found, state);
}
