import { safeForms } from '../fixes/index.ts';
import { type DataType, declaredText } from '../operations/data-types.ts';
import { displayName } from '../operations/names.ts';
import { findColumn, resolveType } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { inUseAndLarge, labelsOf, unknownsOf } from './shared/live-relations.ts';
import { familyOf } from './shared/type-changes.ts';

export default defineRule({
  id: 'no-unsafe-type-change',
  meta: {
    description: 'Disallow a type change that rewrites or scans the table, rebuilds indexes, or breaks running code.',
    cause: 'breaks',
    scope: 'statement',
    directions: ['up'],
    dialects: ['postgres'],
    presets: { recommended: 'error', strict: 'error' },
    docs: {
      failure: `Nobody can read or write the table until the server has written each row anew: minutes to hours on a large one, and
twice its size on disk. Where the type becomes another kind, code that is running sends and expects values of the old one:
\`operator does not exist: text = integer\`, or times that are off by the offset of the time zone.`,
      why: `ALTER COLUMN TYPE takes ACCESS EXCLUSIVE. Some changes need the catalogue alone: a longer or unlimited \`varchar\`, \`varchar\`
to \`text\`, \`numeric\` with more digits before the point, \`timestamp\` to \`timestamptz\` while the session's TimeZone is UTC. All others
rewrite the table and its indexes. A CHECK on the column makes even the free ones scan, a partial or expression index that mentions
it is rebuilt, and a foreign key is checked again (PostgreSQL manual, "ALTER TABLE", Notes; measured on 13 to 18).`,
      safe: `Expand and contract: a second column of the new type, kept in step by a trigger, filled in batches, read by the next
release, and the old one dropped.

\`\`\`sql
-- migration 1
ALTER TABLE orders ADD COLUMN ref_new bigint;
CREATE FUNCTION orders_ref_new_sync() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    NEW.ref_new := coalesce(NEW.ref_new, NEW.ref::bigint);
    NEW.ref := coalesce(NEW.ref, NEW.ref_new::int);
  ELSIF NEW.ref IS DISTINCT FROM OLD.ref THEN
    NEW.ref_new := NEW.ref::bigint;
  ELSIF NEW.ref_new IS DISTINCT FROM OLD.ref_new AND NEW.ref_new IS DISTINCT FROM NEW.ref::bigint THEN
    NEW.ref := NEW.ref_new::int;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER orders_ref_new_sync BEFORE INSERT OR UPDATE ON orders
  FOR EACH ROW EXECUTE FUNCTION orders_ref_new_sync();
-- migration 2: in batches by key, each committed
UPDATE orders SET ref_new = ref::bigint WHERE id BETWEEN 1 AND 1000 AND ref_new IS NULL AND ref IS NOT NULL;
-- release the code that uses ref_new only
-- migration 3
-- surefoot-contract orders.ref: unused since v1.42
DROP TRIGGER orders_ref_new_sync ON orders;
DROP FUNCTION orders_ref_new_sync();
ALTER TABLE orders DROP COLUMN ref;
\`\`\``,
      exemptions: [
        'Changes that the server makes in the catalogue alone, judged against the type that the history gives the column.',
        '`timestamp` to `timestamptz` breaks code however fast it is; it is let pass where the session is in UTC (SET in the file, or `sessionTimeZone`), as every value then keeps its meaning.',
        'Tables created in the same deploy.',
        'Tables listed under `smallTables`, unless the kind of the type changes.',
      ],
      whenNotToUse: 'Where the application is stopped while migrations run.',
      otherTools: {
        squawk: 'changing-column-type',
        pgfence: 'alter-column-type',
        'postgres-language-server': 'changingColumnType',
        eugene: 'E5',
        strong_migrations: 'change_column',
        'django-migration-linter': 'ALTER_COLUMN',
        MigrationPilot: 'MP007',
      },
    },
    messages: {
      rewrites:
        'Changing {{table}}.{{column}}{{from}} to {{new}} writes {{tables}} anew, and nobody reads or writes it meanwhile{{family}}{{unknown}}.',
      scans:
        'Changing {{table}}.{{column}}{{from}} to {{new}} reads all of {{tables}}, and nobody reads or writes {{table}} meanwhile{{family}}{{unknown}}.',
      rebuilds:
        'Changing {{table}}.{{column}}{{from}} to {{new}} rebuilds {{tables}}, and nobody reads or writes {{table}} meanwhile{{family}}{{unknown}}.',
      breaks:
        'Changing {{table}}.{{column}}{{from}} to {{new}} is quick, but running code still takes it for {{old}}: its queries fail, or read other values.',
    },
    examples: [
      {
        title: 'A larger integer is written anew',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, ref int);',
        up: 'ALTER TABLE orders ALTER COLUMN ref TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN ref TYPE bigint', message: 'from int to bigint writes orders anew' }],
      },
      {
        title: 'Another kind of type breaks running code as well',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, ref int);',
        up: 'ALTER TABLE orders ALTER COLUMN ref TYPE text;',
        findings: [{ at: 'ALTER COLUMN ref TYPE text', message: 'running code still takes it for int' }],
      },
      {
        title: 'In a DO block',
        history: 'CREATE TABLE orders (id bigint PRIMARY KEY, ref int);',
        up: "DO $$ BEGIN\n  EXECUTE 'ALTER TABLE orders ALTER COLUMN ref TYPE bigint';\nEND $$;",
        findings: [{ at: 'ALTER COLUMN ref TYPE bigint' }],
        inDocs: false,
      },
      {
        title: 'Widening under a CHECK scans',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, name varchar(50) CHECK (length(name) > 1));',
        up: 'ALTER TABLE t ALTER COLUMN name TYPE varchar(255);',
        findings: [{ at: 'ALTER COLUMN name TYPE varchar(255)', message: 'reads all of t' }],
      },
      {
        title: 'Another collation rebuilds the index',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, name varchar(50));\nCREATE INDEX t_name ON t (name);',
        up: 'ALTER TABLE t ALTER COLUMN name TYPE text COLLATE "C";',
        findings: [{ at: 'ALTER COLUMN name TYPE text', message: 'rebuilds t_name' }],
        inDocs: false,
      },
      {
        title: 'A partial index that mentions the column is rebuilt',
        history:
          "CREATE TABLE t (id bigint PRIMARY KEY, name varchar(50));\nCREATE INDEX t_n ON t (id) WHERE name <> '';",
        up: 'ALTER TABLE t ALTER COLUMN name TYPE text;',
        findings: [{ at: 'ALTER COLUMN name TYPE text', message: 'rebuilds t_n' }],
        inDocs: false,
      },
      {
        title: 'timestamp to timestamptz outside UTC',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, ts timestamp);',
        up: 'ALTER TABLE t ALTER COLUMN ts TYPE timestamptz;',
        findings: [{ at: 'ALTER COLUMN ts TYPE timestamptz' }],
        inDocs: false,
      },
      {
        title: 'The time zone is lost, however fast',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, ts timestamptz);',
        up: "SET timezone = 'UTC';\nALTER TABLE t ALTER COLUMN ts TYPE timestamp;",
        findings: [{ at: 'ALTER COLUMN ts TYPE timestamp', message: 'is quick, but running code' }],
        inDocs: false,
      },
      {
        title: 'A table that the history does not show',
        up: 'ALTER TABLE "Orders" ALTER COLUMN ref TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN ref TYPE bigint', message: 'not known' }],
        inDocs: false,
      },
      {
        title: 'Only the sub-command that does it, of several',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, a int, name varchar(50));',
        up: 'ALTER TABLE t ALTER COLUMN name TYPE text, ALTER COLUMN a TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN a TYPE bigint' }],
        inDocs: false,
      },
      {
        title: 'Widening needs the catalogue alone',
        history:
          'CREATE TABLE t (id bigint PRIMARY KEY, name varchar(50), amt numeric(10,2));\nCREATE INDEX t_name ON t (name);',
        up: 'ALTER TABLE t ALTER COLUMN name TYPE varchar(255);\nALTER TABLE t ALTER COLUMN name TYPE text;\nALTER TABLE t ALTER COLUMN amt TYPE numeric(14,2);',
        findings: [],
      },
      {
        title: 'timestamp to timestamptz in a session in UTC',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, ts timestamp);',
        up: "SET timezone = 'UTC';\nALTER TABLE t ALTER COLUMN ts TYPE timestamptz;",
        findings: [],
      },
      {
        title: 'A serial column, which is an integer',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, no serial);',
        up: 'ALTER TABLE t ALTER COLUMN no TYPE bigint;',
        findings: [{ at: 'ALTER COLUMN no TYPE bigint', message: 'from integer to bigint' }],
        inDocs: false,
      },
      {
        title: 'A domain without checks over the same type',
        history: 'CREATE DOMAIN label AS text;\nCREATE TABLE t (id bigint PRIMARY KEY, name text);',
        up: 'ALTER TABLE t ALTER COLUMN name TYPE label;',
        findings: [],
        inDocs: false,
      },
      {
        title: 'A new table',
        up: 'CREATE TABLE t (id int);\nALTER TABLE t ALTER COLUMN id TYPE bigint;',
        findings: [],
      },
      {
        title: 'The same type again',
        history: 'CREATE TABLE t (id bigint PRIMARY KEY, n int);',
        up: 'ALTER TABLE t ALTER COLUMN n TYPE integer;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    return {
      alterColumnType(operation, site) {
        const { state, ownEffects: effects } = site;
        const relation = context.resolve(operation.table, state);
        if (context.isNew(relation, state)) return;
        const column = relation?.kind === 'table' ? findColumn(relation, operation.column) : undefined;
        const old = column?.type;
        const rewrites = inUseAndLarge(context, effects.rewrites, state);
        const scans = inUseAndLarge(context, effects.scans, state);
        const rebuilds = inUseAndLarge(context, effects.indexBuilds, state);
        const [messageId, tables] =
          rewrites.length > 0
            ? (['rewrites', rewrites] as const)
            : rebuilds.length > 0
              ? (['rebuilds', rebuilds] as const)
              : (['scans', scans] as const);
        const isQuick = tables.length === 0;
        const isInstant = effects.rewrites.length + effects.scans.length + effects.indexBuilds.length === 0;
        const breaks =
          old !== undefined &&
          !context.isNewOrigin(column?.origin) &&
          familyOf(baseOf(old, state)) !== familyOf(baseOf(operation.type, state)) &&
          !(isInstant && old.name === 'timestamp' && operation.type.name === 'timestamptz');
        if (isQuick && !breaks) return;
        context.report({
          operation,
          messageId: isQuick ? 'breaks' : messageId,
          data: {
            table: displayName(operation.table),
            column: operation.column,
            tables: labelsOf(tables),
            from: old === undefined ? '' : ` from ${declaredText(old)}`,
            old: old === undefined ? '' : declaredText(old),
            new: operation.type.text,
            family: breaks ? `; and running code still takes it for ${declaredText(old)}` : '',
            unknown: unknownsOf(effects),
          },
          help: 'Add a column of the new type, keep both in step with a trigger, fill it in batches, and drop the old one later.',
          ...safeForms(context.server).changedType(operation, state),
        });
      },
    };
  },
});

/** The type behind a domain, which values and code have to do with; any other type itself. */
function baseOf(type: DataType, state: State): DataType {
  const known = resolveType(state, type);
  return known?.kind === 'domain' && type.arrayDimensions === 0 ? baseOf(known.type, state) : type;
}
