import { safeForms } from '../fixes/index.ts';
import { displayName } from '../operations/names.ts';
import type { OperationOf } from '../operations/operations.ts';
import { indexesOf } from '../schema/index.ts';
import type { Table } from '../schema/schema.ts';
import type { State } from '../schema/state.ts';
import { defineRule, type OperationSite } from './rule.ts';
import { inUseAndLarge, trafficOf } from './shared/live-relations.ts';

export default defineRule({
  id: 'require-using-index',
  meta: {
    description: 'Require the index of a key on a live table to be built before the constraint takes it over.',
    cause: 'blocks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Nobody can read or write the table until the index of the constraint is built: minutes to hours on a large one.`,
      why: `\`ADD UNIQUE\`, \`ADD PRIMARY KEY\`, \`ADD … EXCLUDE\` and \`ADD COLUMN … UNIQUE\` build their index under ACCESS EXCLUSIVE,
which is worse than CREATE INDEX: readers wait too. \`USING INDEX\` takes over an index that is there and is done at once; only for
a primary key on columns that may be NULL the server reads every row first, unless a validated CHECK proves that there is no NULL
(measured on PostgreSQL 13 to 18).`,
      safe: `\`\`\`sql
-- migration 1, outside a transaction
CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
-- migration 2
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;
\`\`\`

For a primary key make the columns NOT NULL first, by a validated check. A partitioned table takes no USING INDEX: create the
unique index ON ONLY the parent, one per partition CONCURRENTLY, and attach them; a unique index does what the constraint does.
An exclusion constraint has no such way: build a second table with it, copy the rows in batches, and swap.`,
      exemptions: [
        'USING INDEX, but for a primary key on columns that may be NULL.',
        'The table was created in the same deploy, or is temporary.',
        'Tables listed under `smallTables`.',
      ],
      whenNotToUse: 'Where migrations run while the application is stopped.',
      otherTools: {
        squawk: 'disallowed-unique-constraint, adding-serial-primary-key-field',
        strong_migrations: 'add_unique_constraint, add_exclusion_constraint',
        pgfence: 'add-constraint-unique, add-pk-without-using-index, add-constraint-exclude',
        eugene: 'E7, E8, W14',
        Atlas: 'PG104, PG105',
      },
    },
    messages: {
      builds: 'All {{traffic}} of {{table}} wait until the index of {{what}} is built.',
      scans:
        'All {{traffic}} of {{table}} wait while every row is read for a NULL: nothing proves that {{columns}} has none.',
    },
    examples: [
      {
        title: 'A unique constraint on a table that is in use',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: 'ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE (email);',
        findings: [{ at: 'ADD CONSTRAINT users_email_key', message: 'All reads and writes of users' }],
      },
      {
        title: 'A unique column, a primary key, an exclusion constraint',
        history: 'CREATE TABLE users (id bigint NOT NULL, room int);',
        up: `ALTER TABLE users ADD COLUMN code text UNIQUE, ADD COLUMN note text;
ALTER TABLE users ADD PRIMARY KEY (id);
ALTER TABLE users ADD CONSTRAINT one_room EXCLUDE USING gist (room WITH =);`,
        findings: [
          { at: 'ADD COLUMN code' },
          { at: 'ADD PRIMARY KEY' },
          { at: 'ADD CONSTRAINT one_room', message: 'exclusion' },
        ],
      },
      {
        title: 'USING INDEX on a column that may be NULL',
        history: 'CREATE TABLE nopk (id bigint);\nCREATE UNIQUE INDEX nopk_id ON nopk (id);',
        up: 'ALTER TABLE nopk ADD CONSTRAINT nopk_pkey PRIMARY KEY USING INDEX nopk_id;',
        findings: [{ at: 'ADD CONSTRAINT nopk_pkey', message: 'id' }],
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE IF EXISTS ONLY app."Users" ADD UNIQUE ("Email");',
        findings: [{ at: 'ADD UNIQUE', message: 'app.Users' }],
        inDocs: false,
      },
      {
        title: 'A branch for each state of the database',
        history: 'CREATE TABLE users (id bigint NOT NULL, email text NOT NULL);',
        up: `DO $$ BEGIN
  IF to_regclass('users_id_idx') IS NOT NULL THEN
    ALTER TABLE users ADD CONSTRAINT users_pkey PRIMARY KEY USING INDEX users_id_idx;
  ELSE
    ALTER TABLE users ADD PRIMARY KEY (id);
  END IF;
END $$;`,
        findings: [{ at: 'ADD PRIMARY KEY' }],
        inDocs: false,
      },
      {
        title: 'The index first',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);',
        up: `CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;`,
        findings: [],
      },
      {
        title: 'A primary key whose column is known to be filled',
        history: `CREATE TABLE nopk (id bigint, CHECK (id IS NOT NULL));
CREATE UNIQUE INDEX nopk_id ON nopk (id);`,
        up: 'ALTER TABLE nopk ADD CONSTRAINT nopk_pkey PRIMARY KEY USING INDEX nopk_id;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A new table',
        up: `CREATE TABLE users (id bigint, email text UNIQUE);
ALTER TABLE users ADD PRIMARY KEY (id), ADD COLUMN code text UNIQUE;`,
        findings: [],
      },
      {
        title: 'A column that is there already',
        history: 'CREATE TABLE users (id bigint PRIMARY KEY, code text);',
        up: 'ALTER TABLE users ADD COLUMN IF NOT EXISTS code text UNIQUE;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      addUnique(operation, site) {
        judge(operation, site, 'the unique constraint', operation.constraint.columns);
      },
      addPrimaryKey(operation, site) {
        judge(operation, site, 'the primary key', operation.constraint.columns);
      },
      addExclude(operation, site) {
        judge(operation, site, 'the exclusion constraint', []);
      },
      addColumn(operation, site) {
        const { name, constraints } = operation.column;
        const key = constraints.find(({ type }) => type === 'unique' || type === 'primaryKey' || type === 'exclude');
        if (key !== undefined) judge(operation, site, `the ${KEYS[key.type] ?? key.type} column ${name}`, [name]);
      },
    };

    function judge(
      operation: OperationOf<'addUnique' | 'addPrimaryKey' | 'addExclude' | 'addColumn'>,
      { ownEffects, state }: OperationSite,
      what: string,
      columns: readonly string[],
    ): void {
      const built = inUseAndLarge(
        context,
        ownEffects.indexBuilds.map(({ table }) => table),
        state,
      );
      const reads = operation.kind === 'addPrimaryKey' || operation.kind === 'addExclude';
      const scanned = reads ? inUseAndLarge(context, ownEffects.scans, state) : [];
      const table = built[0] ?? scanned[0];
      if (table === undefined) return;
      const known = context.resolveTable(operation.table, state);
      const partitioned = known?.partitionBy !== undefined;
      context.report({
        operation,
        messageId: built.length > 0 || operation.kind === 'addExclude' ? 'builds' : 'scans',
        data: {
          table: displayName(operation.table),
          traffic: trafficOf(ownEffects, table),
          what,
          columns: (columns.length > 0 ? columns : indexColumns(operation, known, state)).join(', '),
        },
        ...adviceFor(operation, partitioned, built.length > 0, state),
      });
    }

    function adviceFor(
      operation: OperationOf<'addUnique' | 'addPrimaryKey' | 'addExclude' | 'addColumn'>,
      partitioned: boolean,
      builds: boolean,
      state: OperationSite['state'],
    ): Omit<Parameters<typeof context.report>[0], 'messageId'> {
      const forms = safeForms(context.server);
      if (operation.kind === 'addExclude')
        return { help: 'Build a second table with the constraint, copy the rows in batches, and swap the two.' };
      if (partitioned)
        return { help: 'Create a unique index ON ONLY the parent, one per partition CONCURRENTLY, then attach those.' };
      if (operation.kind === 'addColumn')
        return {
          help: 'Add the column alone, build the index CONCURRENTLY, then add the constraint USING INDEX.',
          ...forms.columnThenConstraints(operation, state, context.segment.file),
        };
      return {
        help: builds
          ? 'Build the unique index CONCURRENTLY, then add the constraint USING INDEX.'
          : 'Prove the columns NOT NULL by a validated check first.',
        ...forms.constraintUsingIndex(operation, state),
      };
    }
  },
});

/** The columns of the index that a constraint takes over. */
function indexColumns(
  operation: OperationOf<'addUnique' | 'addPrimaryKey' | 'addExclude' | 'addColumn'>,
  table: Table | undefined,
  state: State,
): readonly string[] {
  const name = 'constraint' in operation && 'usingIndex' in operation.constraint ? operation.constraint.usingIndex : '';
  const index = table === undefined ? undefined : indexesOf(state, table).find(found => found.name === name);
  const columns = index?.elements.flatMap(({ column }) => column ?? []) ?? [];
  return columns.length > 0 ? columns : ['the key'];
}

const KEYS: Readonly<Record<string, string>> = { unique: 'unique', primaryKey: 'primary key', exclude: 'excluded' };
