import { defineRule } from './rule.ts';
import { reportListingProblems } from './shared/listing-problems.ts';

export default defineRule({
  id: 'no-duplicate-version',
  meta: {
    description: 'Disallow two migrations with the same version, where the tool tells them apart by it.',
    cause: 'fails',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error' },
    docs: {
      failure: `Two branches each add migration 42 and are merged one after the other. Depending on the tool the next deploy
stops before its first statement, or one of the two is never run and nobody is told.`,
      why: `Most tools write the version of each applied migration into a table, and know a migration by it. Two files of one
version are then one migration to them. Tools that know migrations by the whole name (Rails, Laravel, Knex, Drizzle) have no
such problem, and nothing is reported there.`,
      safe: `Give the migration that has not run anywhere yet a version of its own. Timestamps to the second or finer make
collisions rare; a check in CI on the merged state makes them harmless.`,
      exemptions: [
        'Tools whose identity is the whole name.',
        'Versions that only history has: `startAfter`, `--since`.',
      ],
      whenNotToUse: 'Never, where the tool is the one that was found.',
      otherTools: {},
    },
    messages: { tool: '{{answer}}.' },
    examples: [
      {
        title: 'A version that another file has',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE b (id bigint PRIMARY KEY);',
        problem: 'duplicate version: goose refuses to run: version 2 is also that of 2_invoices.sql',
        findings: [{ at: '', message: 'Goose refuses to run: version 2 is also that of 2_invoices.sql.' }],
      },
      {
        title: 'A version of its own',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE b (id bigint PRIMARY KEY);',
        findings: [],
      },
    ],
  },
  create: context =>
    reportListingProblems(
      context,
      'duplicate version',
      'Give the one that has not run anywhere yet a version of its own.',
    ),
});
