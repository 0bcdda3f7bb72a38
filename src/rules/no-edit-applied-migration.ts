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
Atlas).`,
      safe: `Leave the file as it is on the base branch and put the change into a new migration. What silences a finding in an
applied file belongs into the configuration's \`suppressions\`, as a comment would change the file.`,
      exemptions: [
        'Runs without `--since`: nothing says then what is applied.',
        'Downs, Flyway’s repeatable migrations, changes that sqitch reworks, changelogs that hold several changes.',
      ],
      whenNotToUse: 'Where the base branch is not deployed, and every database is made anew.',
      otherTools: {},
    },
    messages: {
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
    const byPath = new Map<string, Migration[]>();
    const { project } = context;
    const { checksums, repeatable } = project.tool.facts;
    return {
      migration(migration) {
        const { path } = migration.up.file;
        const others = byPath.get(path);
        if (others === undefined) byPath.set(path, [migration]);
        else others.push(migration);
      },
      projectEnd() {
        const reworked = reworkedOf(byPath.keys());
        for (const [path, [migration, another]] of byPath) {
          if (migration === undefined || another !== undefined || !migration.judged) continue;
          if (repeatable?.test(migration.id) === true || reworked.has(path)) continue;
          const edit = project.editOf(path);
          if (edit === null) continue;
          context.report({
            place: { migration, segment: migration.up },
            range: [0, 0],
            messageId: edit,
            data: {
              answer: checksums
                ? `have its checksum, and ${project.tool.title} refuses to go on`
                : edit === 'code'
                  ? 'never see the change'
                  : 'do not notice',
            },
            ...(edit === 'comments' && !checksums ? { severity: 'warn' as const } : {}),
            help: `Put ${basename(path)} back as it was, and the change into a new migration.`,
          });
        }
      },
    };
  },
});

/** The scripts whose earlier version sqitch has beside them, as `name@tag.sql`. */
function reworkedOf(paths: Iterable<string>): ReadonlySet<string> {
  return new Set([...paths].flatMap(path => /^(.+)@[^@/\\]*\.sql$/.exec(path)?.[1]?.concat('.sql') ?? []));
}
