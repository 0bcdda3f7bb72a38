import { safeForms } from '../fixes/index.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import type { ObjectId, Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';

interface Touch {
  readonly operation: Operation;
  readonly statement: number;
}

export default defineRule({
  id: 'require-replica-identity',
  meta: {
    description: 'Require that a published table keeps a primary key or another replica identity.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Every UPDATE and DELETE on the table fails: \`cannot update table "…" because it does not have a replica identity and
publishes updates\`. INSERTs go on, so a test that only inserts does not show it.`,
      why: `A publication tells rows apart by the replica identity: the primary key, or what REPLICA IDENTITY says (PostgreSQL manual,
"Logical Replication", section "Publication"). The server checks it when rows are written, not when the key is dropped, the table
created, or added to the publication.`,
      safe: `Give the table a primary key; have the next one in place before the last one goes. Where there can be none:

\`\`\`sql
ALTER TABLE events REPLICA IDENTITY FULL;
\`\`\``,
      exemptions: [
        'Tables that no publication of the migrations publishes.',
        'Tables with a primary key that is not deferrable, REPLICA IDENTITY FULL, or USING INDEX of an index that is there.',
        'Tables that were without before the migration, and partitions.',
        'Tables whose columns and constraints the history does not show in full.',
      ],
      whenNotToUse: 'Where all publications publish inserts only.',
      otherTools: { MigrationPilot: 'MP055' },
    },
    messages: {
      missing: '{{table}} is published and has no replica identity from here on: every UPDATE and DELETE on it fails.',
    },
    examples: [
      {
        title: 'The primary key of a published table',
        history: 'CREATE TABLE t (id bigint, CONSTRAINT t_pkey PRIMARY KEY (id));\nCREATE PUBLICATION p FOR TABLE t;',
        up: 'ALTER TABLE t DROP CONSTRAINT t_pkey;',
        findings: [{ at: 'DROP CONSTRAINT t_pkey', message: 't is published' }],
      },
      {
        title: 'A new table, where all tables are published',
        history: 'CREATE PUBLICATION p FOR ALL TABLES;',
        up: 'CREATE TABLE events (at timestamptz);',
        findings: [{ at: 'CREATE TABLE events', message: 'every UPDATE and DELETE on it fails' }],
      },
      {
        title: 'A table without a key is published',
        history: 'CREATE TABLE events (at timestamptz);\nCREATE PUBLICATION p;',
        up: 'ALTER PUBLICATION p ADD TABLE events;',
        findings: [{ at: 'ALTER PUBLICATION p' }],
        inDocs: false,
      },
      {
        title: 'A column of the key, REPLICA IDENTITY NOTHING',
        history:
          'CREATE TABLE a (id bigint PRIMARY KEY);\nCREATE TABLE b (id bigint PRIMARY KEY, n int);\nCREATE PUBLICATION p FOR TABLE a, b;',
        up: 'ALTER TABLE a REPLICA IDENTITY NOTHING;\nALTER TABLE b DROP COLUMN id;',
        findings: [{ at: 'REPLICA IDENTITY NOTHING' }, { at: 'DROP COLUMN id' }],
        inDocs: false,
      },
      {
        title: 'Another identity takes its place',
        history: 'CREATE TABLE t (id bigint, CONSTRAINT t_pkey PRIMARY KEY (id));\nCREATE PUBLICATION p FOR TABLE t;',
        up: 'ALTER TABLE t REPLICA IDENTITY FULL;\nALTER TABLE t DROP CONSTRAINT t_pkey;',
        findings: [],
      },
      {
        title: 'A table that is not published',
        history:
          'CREATE TABLE t (id bigint, CONSTRAINT t_pkey PRIMARY KEY (id));\nCREATE TABLE u (id bigint PRIMARY KEY);\nCREATE PUBLICATION p FOR TABLE u;',
        up: 'ALTER TABLE t DROP CONSTRAINT t_pkey;\nCREATE TABLE v (id int);',
        findings: [],
      },
      {
        title: 'A new primary key in the same migration, a temporary table',
        history: 'CREATE PUBLICATION p FOR ALL TABLES;',
        up: 'CREATE TABLE events (id bigint);\nALTER TABLE events ADD PRIMARY KEY (id);\nCREATE TEMPORARY TABLE w (id int);',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const touched = new Map<ObjectId, Touch>();
    const named: { readonly name: ObjectName; readonly touch: Touch }[] = [];
    let publication: Touch | undefined;
    return {
      operation(operation, site) {
        const touch = { operation, statement: site.index };
        if (operation.kind === 'createTable') named.push({ name: operation.table, touch });
        const id = weakened(operation, site);
        if (id !== undefined) touched.set(id, touch);
        const { kind } = operation;
        if ((kind === 'createObject' || kind === 'alterObject') && operation.objectKind === 'publication')
          publication = touch;
      },
      segmentEnd(state) {
        const publications = state.schema.others.some(({ kind }) => kind === 'publication');
        if (!publications) return;
        for (const { name, touch } of named) {
          const table = context.resolveTable(name, state);
          if (table !== undefined && !touched.has(table.id)) touched.set(table.id, touch);
        }
        for (const [id, touch] of touched) judge(state.schema.relations.get(id), touch, state);
        if (publication === undefined) return;
        for (const relation of state.schema.relations.values()) {
          if (!touched.has(relation.id)) judge(relation, publication, state);
        }
      },
    };

    function weakened(operation: Operation, { state }: OperationSite): ObjectId | undefined {
      switch (operation.kind) {
        case 'dropConstraint':
        case 'dropColumn':
        case 'setReplicaIdentity':
          return context.resolve(operation.table, state)?.id;
        case 'dropIndex': {
          const index = context.resolve(operation.index, state);
          return index?.kind === 'index' ? index.table : undefined;
        }
        default:
          return undefined;
      }
    }

    function judge(
      relation: { readonly kind: string; readonly id: ObjectId } | undefined,
      touch: Touch,
      state: State,
    ): void {
      const table = relation === undefined ? undefined : state.schema.relations.get(relation.id);
      if (table?.kind !== 'table' || !failsToReplicate(table, state)) return;
      const before = context.before.schema.relations.get(table.id);
      if (before?.kind === 'table' && failsToReplicate(before, context.before)) return;
      const name = table.schema === 'public' ? { name: table.name } : { schema: table.schema, name: table.name };
      context.report({
        operation: touch.operation,
        statement: touch.statement,
        messageId: 'missing',
        data: { table: displayName(name) },
        help: 'Add a primary key, or ALTER TABLE … REPLICA IDENTITY FULL or USING INDEX.',
        ...safeForms(context.server).replicaIdentity(name),
      });
    }
  },
});

/** Whether updates of a table are published and the rows cannot be told apart. */
function failsToReplicate(table: Table, state: State): boolean {
  if (table.persistence !== 'permanent' || table.foreign === true || table.partitionOf !== undefined) return false;
  return isPublished(table, state) && !hasIdentity(table);
}

function isPublished(table: Table, state: State): boolean {
  return state.schema.others.some(
    ({ kind, tables, allTables, schemas }) =>
      kind === 'publication' &&
      (allTables === true || tables.includes(table.id) || schemas?.includes(table.schema) === true),
  );
}

function hasIdentity(table: Table): boolean {
  switch (table.replicaIdentity.kind) {
    case 'full':
      return true;
    case 'nothing':
      return false;
    case 'index':
      return table.replicaIdentity.index !== undefined;
    case 'default':
      return !table.complete || table.constraints.some(({ type, deferrable }) => type === 'primaryKey' && !deferrable);
  }
}
