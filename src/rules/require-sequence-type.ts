import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { findColumn } from '../schema/index.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { labelOf } from './shared/live-relations.ts';

/** Integer types by size. */
const SIZES: Readonly<Record<string, { readonly bytes: number; readonly title: string }>> = {
  int2: { bytes: 2, title: 'smallint' },
  int4: { bytes: 4, title: 'integer' },
  int8: { bytes: 8, title: 'bigint' },
};

export default defineRule({
  id: 'require-sequence-type',
  meta: {
    description: 'Require that the sequence of a serial column is widened along with the column.',
    cause: 'breaks',
    scope: 'migration',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `The column was made bigint so that the ids do not run out, and on the day they would have run out every INSERT fails
all the same: \`nextval: reached maximum value of sequence "…" (2147483647)\`.`,
      why: `Since PostgreSQL 10 the sequence of a \`serial\` column has a type of its own, \`integer\`, and with it a maximum. ALTER
COLUMN TYPE changes the column alone; for identity columns the server widens the sequence too.`,
      safe: `Widen the sequence in the same migration; it needs the catalogue alone.

\`\`\`sql
ALTER TABLE orders ALTER COLUMN id TYPE bigint;
ALTER SEQUENCE orders_id_seq AS bigint;
\`\`\``,
      exemptions: [
        'ALTER SEQUENCE … AS in the same migration, before or after.',
        'Identity columns, and sequences that were created with the wider type.',
        'Tables and columns that the history does not show.',
      ],
      whenNotToUse: 'Never: the sequence would run out at the old limit.',
      otherTools: {},
    },
    messages: {
      narrow:
        'The sequence {{sequence}} stays {{old}}: {{table}}.{{column}} runs out of ids at the old limit although it is {{new}}.',
    },
    examples: [
      {
        title: 'The column alone',
        history: 'CREATE TABLE orders (id serial PRIMARY KEY);',
        up: 'ALTER TABLE orders ALTER COLUMN id TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN id TYPE bigint', message: 'The sequence orders_id_seq stays integer' }],
      },
      {
        title: 'smallserial to integer',
        history: 'CREATE TABLE app.t (id smallserial, n int);',
        up: 'ALTER TABLE app.t ALTER COLUMN id TYPE integer;',
        findings: [{ at: 'ALTER COLUMN id TYPE integer', message: 'app.t_id_seq stays smallint' }],
        inDocs: false,
      },
      {
        title: 'The sequence too',
        history: 'CREATE TABLE orders (id serial PRIMARY KEY);',
        up: 'ALTER TABLE orders ALTER COLUMN id TYPE bigint;\nALTER SEQUENCE orders_id_seq AS bigint;',
        findings: [],
      },
      {
        title: 'An identity column',
        history: 'CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);',
        up: 'ALTER TABLE orders ALTER COLUMN id TYPE bigint;',
        findings: [],
      },
      {
        title: 'A column without a sequence, an unknown table',
        history: 'CREATE TABLE orders (id serial PRIMARY KEY, n int);',
        up: 'ALTER TABLE orders ALTER COLUMN n TYPE bigint;\nALTER TABLE x ALTER COLUMN id TYPE bigint;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const changed: { readonly operation: OperationOf<'alterColumnType'>; readonly site: OperationSite }[] = [];
    return {
      alterColumnType(operation, site) {
        if (operation.type.name in SIZES) changed.push({ operation, site });
      },
      segmentEnd(state) {
        for (const { operation, site } of changed) {
          const id = context.resolveTable(operation.table, site.state)?.id;
          const table = id === undefined ? undefined : state.schema.relations.get(id);
          const column = table?.kind === 'table' ? findColumn(table, operation.column) : undefined;
          if (column?.sequence === undefined || column.identity !== undefined) continue;
          const sequence = state.schema.relations.get(column.sequence);
          if (sequence?.kind !== 'sequence') continue;
          const [old, wanted] = [SIZES[sequence.type?.name ?? ''], SIZES[column.type?.name ?? '']];
          if (old === undefined || wanted === undefined || old.bytes >= wanted.bytes) continue;
          context.report({
            operation,
            statement: site.index,
            messageId: 'narrow',
            data: {
              sequence: labelOf(sequence),
              table: displayName(operation.table),
              column: operation.column,
              old: old.title,
              new: wanted.title,
            },
            help: `Add ALTER SEQUENCE ${labelOf(sequence)} AS ${wanted.title}.`,
            ...safeForms(context.server).widenedSequence(sequence, wanted.title),
          });
        }
      },
    };
  },
});
