import { basename } from 'node:path';
import type { Migration } from '../linter/migration.ts';
import { defineRule } from './rule.ts';

export default defineRule({
  id: 'no-edit-applied-migration',
  meta: {
    description: 'Disallow changes to a migration that the base branch already has.',
    cause: 'fails',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'error' },
    docs: {
      failure: `A column is added to the migration of last week, which production has run. New databases get the column,
production never does, and the first query that names it fails there and nowhere else. With a tool that keeps checksums the next
deploy stops before its first statement.`,
      why: `A migration runs once per database. Where it has run, a change to its file is not seen (goose, dbmate,
golang-migrate, Knex, Drizzle), or refused because the recorded checksum differs, be it by a comment (Flyway, Prisma, sqlx,
Atlas). A migration that was renamed is another one to the tool, which runs it again; one that is gone is missed by some: Flyway,
sqlx, refinery, Knex, Kysely, node-pg-migrate, sql-migrate, postgres-migrations and Supabase refuse to go on.`,
      safe: `Leave the file as it is on the base branch and put the change into a new migration. What silences a finding in an
applied file belongs into the configuration's \`suppressions\`, as a comment would change the file.`,
      exemptions: [
        'Runs without `--since`: nothing says then what is applied.',
        'Downs, Flyway’s repeatable migrations, changes that sqitch reworks.',
        'Liquibase’s changeSets with `runOnChange`, `runAlways` or `validCheckSum`, and all of a changeSet that its checksum leaves out: rollback, preconditions, attributes.',
        'Migrations that are deleted where the tool neither keeps checksums nor misses them: old ones are put together into one now and then.',
      ],
      whenNotToUse: 'Where the base branch is not deployed, and every database is made anew.',
      otherTools: {},
    },
    messages: {
      renamed: 'The base branch has this migration as {{old}}: {{tool}} {{answer}}.',
      missing: '{{tool}} refuses to run where {{old}} was run, as it is not there anymore.',
      gone: '{{old}} is gone: databases that ran it keep what it made, new ones never get it.',
      code: 'The base branch has this migration: databases that ran it {{answer}}.',
      comments:
        'Only comments or blanks changed in a migration that the base branch has: databases that ran it {{answer}}.',
    },
    examples: [
      {
        title: 'A column added to what has run',
        base: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY, name text);',
        findings: [{ at: '', message: 'databases that ran it never see the change' }],
      },
      {
        title: 'A comment',
        base: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: '-- the first table\nCREATE TABLE a (id bigint PRIMARY KEY);',
        findings: [{ at: '', message: 'Only comments or blanks changed' }],
      },
      {
        title: 'A migration of its own',
        history: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        up: 'ALTER TABLE a ADD COLUMN name text;',
        findings: [],
      },
    ],
  },
  create(context) {
    const judged: Migration[] = [];
    const shared = new Map<string, number>();
    const { project } = context;
    const { title, facts } = project.tool;
    const { checksums, repeatable } = facts;
    return {
      migration(migration) {
        const { path } = migration.up.file;
        shared.set(path, (shared.get(path) ?? 0) + 1);
        if (migration.judged) judged.push(migration);
      },
      projectEnd() {
        const reworked = reworkedOf(shared.keys());
        for (const migration of judged) {
          const { path } = migration.up.file;
          if (repeatable?.test(migration.id) === true || reworked.has(path)) continue;
          const edit = project.editOf(migration);
          if (edit === null) continue;
          context.report({
            place: { migration, segment: migration.up },
            range: migration.up.head ?? [0, 0],
            messageId: edit,
            data: {
              answer: checksums
                ? `have its checksum, and ${title} refuses to go on`
                : edit === 'code'
                  ? 'never see the change'
                  : 'do not notice',
            },
            ...(edit === 'comments' && !checksums ? { severity: 'warn' as const } : {}),
            help: `Put ${shared.get(path) === 1 ? basename(path) : migration.id} back as it was, and the change into a new migration.`,
          });
        }
        for (const { id, file, renamedTo, isKnown } of project.removed) {
          const migration = judged.find(each => each.id === renamedTo);
          // What runs plain files, and by what it knows them, nobody says.
          if (isKnown === true || repeatable?.test(id) === true || project.toolSource === 'fallback') continue;
          if (migration !== undefined) {
            const answer =
              facts.missing === 'refused'
                ? 'refuses to run without that name'
                : 'takes it for another one, and runs it again where it has run';
            context.report({
              place: { migration, segment: migration.up },
              range: migration.up.head ?? [0, 0],
              messageId: 'renamed',
              data: { old: id, tool: title, answer },
              help: 'Give it its old name back.',
            });
          } else if (facts.missing === 'refused' || checksums) {
            const isRefused = facts.missing === 'refused';
            context.report({
              place: { file },
              range: [0, 0],
              messageId: isRefused ? 'missing' : 'gone',
              data: { old: id, tool: title },
              ...(isRefused ? {} : { severity: 'warn' as const }),
              help: 'Put it back; what it made is dropped by a new migration.',
            });
          }
        }
      },
    };
  },
});

/** The scripts whose earlier version sqitch has beside them, as `name@tag.sql`. */
function reworkedOf(paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].flatMap(path => /^(.+)@[^@/\\]*\.sql$/.exec(path)?.[1]?.concat('.sql') ?? []));
}
