import { defineRule } from './rule.ts';

interface Options {
  /** Share of the project's migrations, 0 to 1, from which on a missing down is an error. */
  readonly minimumShare: number;
}

export default defineRule<Options>({
  id: 'require-down',
  meta: {
    description: 'Require a down migration that reverts the up, in projects that write downs.',
    cause: 'rollback',
    scope: 'migration',
    directions: ['up', 'down'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error', strict: 'error' },
    optionsSchema: {
      type: 'object',
      properties: {
        minimumShare: {
          type: 'number',
          minimum: 0,
          maximum: 1,
          description:
            'Share of migrations with a real down from which on a missing one is an error; below it, one note for the project.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { minimumShare: 0.5 },
    docs: {
      failure: `A bad release has to go back and cannot: the tool stops at the migration without a way back, or passes over it and
leaves a schema that the old release does not know. The rollback becomes hand-written SQL in the middle of an outage.`,
      why: `The way back is easiest to write while the way forward is fresh. A tool runs whatever the down holds, so an empty one is
worse than none: the tool notes the migration as reverted, and nothing was.`,
      safe: `Write the statements that undo the up, in the opposite order, and try them: up, down, up again.

\`\`\`sql
-- 20260101120000_add_region.up.sql
ALTER TABLE users ADD COLUMN region text;
-- 20260101120000_add_region.down.sql
ALTER TABLE users DROP COLUMN region;
\`\`\`

An up that cannot be undone (it drops data) should say so in its down: raise an error there that tells what to do instead.`,
      exemptions: [
        'Projects that are forward-only by choice (fewer than half of the migrations have a down): one note for the whole project.',
        'Tools without downs.',
        'An up that holds no statements.',
      ],
      whenNotToUse: 'Where the way back is always a new migration forward.',
      otherTools: { 'django-migration-linter': 'RUNPYTHON_REVERSIBLE, RUNSQL_REVERSIBLE' },
    },
    messages: {
      missing: 'This migration has no down: a bad release cannot be rolled back past it.',
      empty: 'This down is empty: the tool will note the migration as reverted although nothing was undone.',
      project: '{{without}} of {{all}} migrations have no down: this project can only go forward.',
    },
    examples: [
      {
        title: 'A down is missing where the others have one',
        history: [{ up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' }],
        up: 'CREATE TABLE b (id int);',
        findings: [{ at: '', message: 'has no down', direction: 'down' }],
      },
      {
        title: 'A down of comments only',
        history: [{ up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' }],
        up: 'CREATE TABLE b (id int);',
        down: '-- nothing to do\n;',
        findings: [{ at: '', message: 'is empty', direction: 'down' }],
      },
      {
        title: 'A project that only goes forward gets one note',
        history: [{ up: 'CREATE TABLE a (id int);' }, { up: 'CREATE TABLE b (id int);' }],
        up: 'CREATE TABLE c (id int);',
        findings: [{ at: '', message: '3 of 3 migrations have no down', direction: 'down' }],
      },
      {
        title: 'A down that undoes the up',
        history: [{ up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' }],
        up: 'CREATE TABLE b (id int);',
        down: 'DROP TABLE b;',
        findings: [],
      },
      {
        title: 'An up without statements has nothing to undo',
        history: [{ up: 'CREATE TABLE a (id int);', down: 'DROP TABLE a;' }],
        up: '-- kept so that the numbers have no gap',
        findings: [],
        inDocs: false,
      },
    ],
  },
  create(context) {
    const { migration, project, segment, options } = context;
    const { down } = migration;
    const isEmpty = down !== null && down.script.statements.length === 0;
    const speaksHere = segment.direction === (down === null ? 'up' : 'down');
    if (!project.tool.facts.downs || !speaksHere || (down !== null && !isEmpty)) return {};
    return {
      segmentEnd() {
        if (migration.up.script.statements.length === 0) return;
        const { downs } = project;
        const at = { range: segment.head ?? ([0, 0] as const), direction: 'down' as const };
        if (downs.real >= downs.migrations * options.minimumShare && downs.real > 0) {
          context.report({
            ...at,
            messageId: isEmpty ? 'empty' : 'missing',
            help: isEmpty
              ? 'Write what undoes the up, or make it fail with a reason.'
              : 'Add a down that undoes the up.',
          });
        } else if (downs.newestWithout === migration.id) {
          context.report({
            ...at,
            severity: 'info',
            messageId: 'project',
            data: { without: downs.migrations - downs.real, all: downs.migrations },
            help: 'Switch this rule off if that is meant; otherwise start with a down for the newest migration.',
          });
        }
      },
    };
  },
});
