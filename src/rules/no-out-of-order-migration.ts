import type { Migration } from '../linter/migration.ts';
import { compareDottedVersions, leadingNumber } from '../migration-tools/file-order.ts';
import { displayName, type NameKey, nameKey, type ObjectName } from '../operations/names.ts';
import type { Operation } from '../operations/operations.ts';
import { creationSchema, resolveTable } from '../schema/index.ts';
import type { State } from '../schema/state.ts';
import { defineRule } from './rule.ts';
import { reportListingProblems } from './shared/listing-problems.ts';

/** A use of a table that no migration had made by then. */
interface EarlyUse {
  readonly migration: Migration;
  readonly operation: Operation;
  readonly statement: number;
}

export default defineRule({
  id: 'no-out-of-order-migration',
  meta: {
    description: 'Disallow migrations that come before others that they should come after.',
    cause: 'fails',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error' },
    docs: {
      failure: `A branch that was open for two weeks is merged. Its migration is older, by its timestamp, than those that ran in
production meanwhile: the tool stops the deploy, or skips the migration for good, while a fresh database runs it in the
middle and differs from production from then on.`,
      why: `Tools run what is new in the order of versions. golang-migrate starts after the newest applied version and never
looks back; goose, Flyway, Supabase, Atlas and node-pg-migrate refuse; Drizzle compares the journal's \`when\` with the newest
applied one and skips what is not newer. In a fresh database, which CI and new colleagues have, a migration that uses what
only a later one creates fails at once.`,
      safe: 'Give the new migration a newer version than all that the main branch has, before it is merged.',
      exemptions: [
        'Tools that run late migrations wherever they stand.',
        'Plain SQL files, whose runner may have an order of its own, where nothing says what is applied.',
        'Runs that do not know what is applied: without `--since` or `--staged` each migration counts as run in its turn.',
      ],
      whenNotToUse: 'Where the runner is told to accept them: `goose -allow-missing`, `flyway -outOfOrder=true`.',
      otherTools: { Atlas: 'non-linear history', 'django-migration-linter': 'conflicting migrations' },
    },
    messages: {
      tool: '{{answer}}.',
      refused: '{{tool}} refuses to run this migration: {{later}}, which is applied, comes after it.',
      skipped: '{{tool}} never runs this migration where {{later}}, which comes after it, is applied.',
      early: 'In a fresh database this fails: {{table}} is only made by {{later}}, which runs after it.',
    },
    examples: [
      {
        title: 'A journal that is not in order',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        problem: 'out of order: Drizzle never runs it: its `when` is before that of an earlier entry',
        findings: [{ at: '', message: 'Drizzle never runs it' }],
      },
      {
        title: 'A new migration before one that is applied, and the tool refuses',
        history: [{ up: 'CREATE TABLE a (id bigint PRIMARY KEY);' }, { up: 'CREATE TABLE b (id bigint PRIMARY KEY);' }],
        up: 'CREATE TABLE c (id bigint PRIMARY KEY);',
        late: 'refused',
        findings: [{ at: '', message: 'refuses to run this migration: 003' }],
      },
      {
        title: 'A new migration before one that is applied, and the tool skips it',
        history: [{ up: 'CREATE TABLE a (id bigint PRIMARY KEY);' }, { up: 'CREATE TABLE b (id bigint PRIMARY KEY);' }],
        up: 'CREATE TABLE c (id bigint PRIMARY KEY);',
        late: 'skipped',
        findings: [{ at: '', message: 'never runs this migration' }],
        inDocs: false,
      },
      {
        title: 'The newest migration',
        history: [{ up: 'CREATE TABLE a (id bigint PRIMARY KEY);' }],
        up: 'ALTER TABLE a ADD COLUMN b int;\nALTER TABLE made_elsewhere ADD COLUMN b int;',
        findings: [],
      },
      {
        title: 'A table that is made anew after it was dropped',
        history: [
          { up: 'ALTER TABLE old ADD COLUMN a int;\nDROP TABLE old;' },
          { up: 'CREATE TABLE old (id bigint PRIMARY KEY);' },
        ],
        up: 'ALTER TABLE old ADD COLUMN b int;',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { project } = context;
    const { late } = project.tool.facts;
    const problems = reportListingProblems(
      context,
      'out of order',
      'Give the migration a newer version than all that are applied.',
    );
    const judged: Migration[] = [];
    const early = new Map<NameKey, EarlyUse>();
    // A history of plain files that ran somehow may have its order elsewhere; what a branch adds to it is asked about.
    const isOrderKnown = project.toolSource !== 'fallback' || project.newestApplied !== null;
    return {
      migration(migration, after) {
        problems.migration?.(migration, after);
        if (migration.judged) judged.push(migration);
        if (isOrderKnown) reportEarlyUses(migration, after);
      },
      projectEnd(state) {
        problems.projectEnd?.(state);
        const applied = project.newestApplied;
        if (late === undefined || late === 'run' || applied === null) return;
        const isApplied = ({ id }: Migration): boolean =>
          project.removed.some(({ renamedTo, isKnown }) => renamedTo === id && isKnown === true);
        for (const migration of judged.filter(({ index }) => index < applied.index)) {
          if (isApplied(migration)) continue;
          context.report({
            place: { migration, segment: migration.up },
            range: [0, 0],
            messageId: late,
            data: { tool: project.tool.title, later: applied.id },
            help: 'Give it a newer version than all that are applied.',
          });
        }
      },
    };

    function reportEarlyUses(migration: Migration, after: State): void {
      for (const [statement, { operations }] of migration.up.script.statements.entries()) {
        for (const operation of operations) {
          if (operation.blocks !== undefined) continue;
          const name = tableOf(operation);
          if (name === undefined) continue;
          const key = nameKey(name.schema ?? creationSchema(after, name), name.name);
          const use = early.get(key);
          if (operation.kind === 'createTable' && !operation.ifNotExists && use?.migration.judged === true) {
            if (!isSurelyBefore(use.migration.id, migration.id)) continue;
            context.report({
              place: { migration: use.migration, segment: use.migration.up },
              operation: use.operation,
              statement: use.statement,
              messageId: 'early',
              data: { table: displayName(name), later: migration.id },
              help: 'Give it a newer version than the migration that makes the table.',
            });
          }
          if (MAKES_OR_TAKES.has(operation.kind)) early.delete(key);
          else if (use === undefined && resolveTable(after, name)?.origin === undefined)
            early.set(key, { migration, operation, statement });
        }
      }
    }
  },
});

/** Whether names alone say so, as any tool would sort them: a project may have an order of its own. */
function isSurelyBefore(a: string, b: string): boolean {
  return leadingNumber(a) !== undefined && leadingNumber(b) !== undefined && compareDottedVersions(a, b) < 0;
}

/** After these the name says nothing of the table that was used before. */
const MAKES_OR_TAKES: ReadonlySet<Operation['kind']> = new Set([
  'createTable',
  'dropTable',
  'renameTable',
  'setRelationSchema',
]);

/** The table that an operation makes, takes away or cannot do without. */
function tableOf(operation: Operation): ObjectName | undefined {
  switch (operation.kind) {
    case 'createTable':
    case 'dropTable':
    case 'addColumn':
    case 'dropColumn':
    case 'renameColumn':
    case 'renameTable':
    case 'setRelationSchema':
    case 'alterColumnType':
    case 'setNotNull':
    case 'addForeignKey':
    case 'createIndex':
      return 'tableIfExists' in operation && operation.tableIfExists ? undefined : operation.table;
    default:
      return undefined;
  }
}
