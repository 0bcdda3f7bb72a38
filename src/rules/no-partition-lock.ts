import { safeForms } from '../fixes/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { atLeast } from '../server/server.ts';
import { defineRule } from './rule.ts';
import { inUse, inUseAndLarge, labelOf, labelsOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'no-partition-lock',
  meta: {
    description: 'Disallow partition changes that lock a live partitioned table, where there is a way that does not.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'warn', strict: 'error' },
    docs: {
      failure: `All queries on the partitioned table, whichever partition they are about, wait for one partition to come or go; with
a default partition they wait until that has been read from end to end.`,
      why: `\`CREATE TABLE … PARTITION OF\` takes ACCESS EXCLUSIVE on the parent and on the default partition, and reads the latter.
\`ATTACH PARTITION\` takes SHARE UPDATE EXCLUSIVE on the parent, which lets everybody through, but reads the new partition, and the
default one, under ACCESS EXCLUSIVE, unless a validated CHECK proves the bounds; a key that may be NULL needs \`IS NOT NULL\` in it.
\`DETACH PARTITION\` and \`DROP TABLE\` of a partition lock the parent, \`DETACH … CONCURRENTLY\` (PostgreSQL 14) does not. All of it
was measured on PostgreSQL 13 to 18.`,
      safe: `\`\`\`sql
CREATE TABLE events_2027 (
  LIKE events INCLUDING ALL EXCLUDING IDENTITY,
  CONSTRAINT events_2027_bound CHECK (at IS NOT NULL AND at >= '2027-01-01' AND at < '2028-01-01')
);
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER TABLE events_2027 DROP CONSTRAINT events_2027_bound;
\`\`\`

To remove one, outside a transaction:

\`\`\`sql
ALTER TABLE events DETACH PARTITION events_2019 CONCURRENTLY;
-- a later migration
DROP TABLE events_2019;
\`\`\``,
      exemptions: [
        'The partitioned table was created in the same deploy.',
        'ATTACH where validated checks prove the bounds, or only a new and empty table is read.',
        'DETACH and DROP before PostgreSQL 14, and DETACH beside a default partition: there is no concurrent form.',
      ],
      whenNotToUse: 'Where a short lock on the partitioned table is fine and `require-lock-timeout` is enough.',
      otherTools: {
        squawk: 'require-concurrent-partition-detach',
        pgfence: 'attach-partition, detach-partition',
        'postgres-language-server': 'avoidAttachingPartition, requireConcurrentDetachPartition',
        MigrationPilot: 'MP046, MP072',
      },
    },
    messages: {
      create: 'Making {{partition}} as a partition makes all reads and writes of {{parent}} wait.',
      createScan:
        'Making {{partition}} as a partition makes all reads and writes of {{parent}} wait while {{scanned}} is read for rows that belong to it.',
      attach: 'Attaching {{partition}} reads {{scanned}} under lock, as no validated check proves the bounds.',
      detach: 'Detaching {{partition}} makes all reads and writes of {{parent}} wait.',
      drop: 'Dropping the partition {{partition}} makes all reads and writes of {{parent}} wait.',
    },
    examples: [
      {
        title: 'A partition made in place',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_rest PARTITION OF events DEFAULT;`,
        up: "CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        findings: [{ at: 'CREATE TABLE events_2027', message: 'while events_rest is read' }],
      },
      {
        title: 'Attached without a check',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2027 (id bigint, at date NOT NULL);`,
        up: "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        findings: [{ at: 'ATTACH PARTITION events_2027', message: 'events_2027' }],
      },
      {
        title: 'Detached and dropped under lock',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`,
        up: 'ALTER TABLE events DETACH PARTITION events_1;\nDROP TABLE events_2;',
        findings: [
          { at: 'DETACH PARTITION events_1', message: 'events wait' },
          { at: 'DROP TABLE events_2', message: 'events wait' },
        ],
      },
      {
        title: 'A parent that the history does not show',
        up: "CREATE TABLE IF NOT EXISTS app.p_2025 PARTITION OF app.p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');",
        findings: [{ at: 'CREATE TABLE IF NOT EXISTS app.p_2025', message: 'app.p wait' }],
        inDocs: false,
      },
      {
        title: 'Attached with a check that proves the bounds',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_2027 (id bigint, at date NOT NULL, CHECK (at >= '2027-01-01' AND at < '2028-01-01'));`,
        up: "ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');",
        findings: [],
      },
      {
        title: 'A new table, attached',
        history: 'CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);',
        up: `CREATE TABLE events_2027 (LIKE events INCLUDING ALL);
ALTER TABLE events ATTACH PARTITION events_2027 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');`,
        findings: [],
      },
      {
        title: 'Detached concurrently',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`,
        up: 'ALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;\nDROP TABLE events_1;',
        findings: [],
      },
      {
        title: 'Before PostgreSQL 14 there is no concurrent form',
        serverVersion: '13',
        history: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`,
        up: 'ALTER TABLE events DETACH PARTITION events_1;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A new partitioned table',
        up: `CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');`,
        findings: [],
      },
    ],
  },
  create(context) {
    return {
      createTable(operation, site) {
        const { table, partitionOf } = operation;
        const { ownEffects, state } = site;
        if (partitionOf === undefined || context.isNew(context.resolve(partitionOf.parent, state), state)) return;
        if (inUse(context, ownEffects.blocksWrites, state).length === 0) return;
        const scanned = inUseAndLarge(context, ownEffects.scans, state);
        context.report({
          operation,
          messageId: scanned.length > 0 ? 'createScan' : 'create',
          data: {
            partition: displayName(table),
            parent: displayName(partitionOf.parent),
            scanned: labelsOf(scanned),
          },
          help: 'Create it as a table of its own with a CHECK of the bounds, then ATTACH it.',
          ...safeForms(context.server).attachedPartition(operation, state),
        });
      },
      attachPartition(operation, site) {
        const { ownEffects, state } = site;
        const scanned = inUseAndLarge(context, ownEffects.scans, state);
        if (scanned.length === 0 || context.isNew(context.resolve(operation.table, state), state)) return;
        context.report({
          operation,
          messageId: 'attach',
          data: { partition: displayName(operation.partition), scanned: labelsOf(scanned) },
          help: 'Add a CHECK of the bounds as NOT VALID, VALIDATE it, attach, and drop the check.',
          ...safeForms(context.server).checkedPartition(operation, state),
        });
      },
      detachPartition(operation, { state }) {
        const { table, partition } = operation;
        if (operation.concurrently || operation.finalize || !atLeast(context.server, '14')) return;
        const parent = context.resolveTable(table, state);
        if (context.isNew(parent, state) || (parent !== undefined && hasDefaultPartition(parent, state))) return;
        context.report({
          operation,
          messageId: 'detach',
          data: { partition: displayName(partition), parent: displayName(table) },
          help: 'DETACH it CONCURRENTLY, in a migration that runs outside a transaction.',
          ...safeForms(context.server).concurrentDetach(table, partition, false),
        });
      },
      dropTable(operation, { state }) {
        const table = context.resolveTable(operation.table, state);
        if (table?.partitionOf === undefined || !atLeast(context.server, '14')) return;
        const parent = state.schema.relations.get(table.partitionOf.parent);
        if (parent?.kind !== 'table' || context.isNew(parent, state) || hasDefaultPartition(parent, state)) return;
        const name: ObjectName = parent.schema === 'public' ? { name: parent.name } : parent;
        context.report({
          operation,
          messageId: 'drop',
          data: { partition: displayName(operation.table), parent: labelOf(parent) },
          help: 'DETACH it CONCURRENTLY first, and drop it in a later migration.',
          ...safeForms(context.server).concurrentDetach(name, operation.table, true),
        });
      },
    };
  },
});

function hasDefaultPartition({ partitions }: Table, { schema }: State): boolean {
  return partitions.some(id => {
    const partition = schema.relations.get(id);
    return partition?.kind === 'table' && partition.partitionOf?.bound.kind === 'default';
  });
}
