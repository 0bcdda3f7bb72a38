import { basename } from 'node:path';
import type { Migration, ProjectProblem } from '../linter/migration.ts';
import { defineRule } from './rule.ts';
import { reportListingProblems } from './shared/listing-problems.ts';

interface Options {
  /** A regular expression that each new migration's file name must fit; empty: none. */
  readonly pattern: string;
}

export default defineRule<Options>({
  id: 'migration-file-name',
  meta: {
    description: 'Require files that the migration tool reads: their names, and the marks in them.',
    cause: 'hygiene',
    scope: 'project',
    directions: ['up'],
    dialects: ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver', 'mongodb'],
    presets: { recommended: 'warn' },
    optionsSchema: {
      type: 'object',
      properties: {
        pattern: {
          type: 'string',
          format: 'regex',
          description: 'A regular expression that the name of each new migration file must fit; empty: none.',
        },
      },
      additionalProperties: false,
    },
    defaultOptions: { pattern: '' },
    docs: {
      failure: `A migration is reviewed, merged and deployed, and the column it adds is not there: the tool passed its file over,
because of one underscore in place of two.`,
      why: `Tools find migrations by the form of their names, and say nothing of files that do not have it; others refuse to run
at all. Marks in a file that do not fit stop a deploy as surely: dbmate runs no file without a down block, goose none with a
statement that has no semicolon.`,
      safe: `Make files with the tool's own generator (\`goose create\`, \`dbmate new\`, \`prisma migrate dev\`, \`flyway add\`), and
rename the file before it is applied anywhere.`,
      exemptions: ['Seeds, dumps, READMEs and other files that are plainly no migrations.'],
      whenNotToUse: 'Where something else than the tool that was found runs the files; set `tool` then.',
      otherTools: {},
    },
    messages: {
      tool: '{{answer}}.',
      pattern: 'The name {{name}} does not fit {{pattern}}.',
    },
    examples: [
      {
        title: 'A name that the tool passes over',
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        problem: 'file name: Flyway passes this file over: two underscores separate the version from the description',
        findings: [{ at: '', message: 'Flyway passes this file over' }],
      },
      {
        title: 'A pattern of the team',
        options: { pattern: '^\\d{14}_[a-z0-9_]+\\.up\\.sql$' },
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        findings: [{ at: '', message: 'The name 001.up.sql does not fit' }],
      },
      {
        title: 'A name as the tool and the team want it',
        options: { pattern: '^\\d{3}\\.up\\.sql$' },
        up: 'CREATE TABLE a (id bigint PRIMARY KEY);',
        findings: [],
      },
    ],
  },
  create(context) {
    const { pattern } = context.options;
    const problems = reportListingProblems(context, 'file name', helpFor);
    const checkPattern = (migration: Migration): void => {
      const name = basename(migration.up.file.path);
      if (pattern === '' || !migration.judged || new RegExp(pattern, 'u').test(name)) return;
      context.report({
        place: { migration, segment: migration.up },
        range: [0, 0],
        messageId: 'pattern',
        data: { name, pattern },
        help: 'Rename it before it is applied anywhere.',
      });
    };
    const refusals = (migration: Migration): void => {
      for (const { range, message, help } of migration.problems ?? []) {
        if (!migration.judged) continue;
        context.report({
          place: { migration, segment: migration.up },
          range,
          messageId: 'tool',
          data: { answer: message },
          help,
        });
      }
    };
    return {
      ...problems,
      migration(migration, after) {
        problems.migration?.(migration, after);
        refusals(migration);
        checkPattern(migration);
      },
    };
  },
});

/** A name is mended by another; a place in a plan, journal or changelog, or one of those as a whole, is not. */
function helpFor({ file, range }: ProjectProblem): string {
  return range[1] === 0 && /\.sql$/i.test(file.path)
    ? 'Rename it before it is applied anywhere.'
    : 'Correct it before the next deploy.';
}
