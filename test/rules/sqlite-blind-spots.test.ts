import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import { lintProject } from '../../src/linter/lint-project.ts';
import type { SegmentTransaction } from '../../src/migration-tools/migration-tool.ts';
import { sql } from '../../src/migration-tools/sql.ts';

/**
 * Migrations of SQLite as Prisma, Drizzle and Django write them, which linters of this field take for drops and renames, or judge by
 * PostgreSQL. Each is linted by all rules as the recommended preset has them.
 */

const HISTORY = `CREATE TABLE "User" ("id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "email" TEXT NOT NULL, "name" TEXT, "age" INTEGER);
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
CREATE TABLE "Post" ("id" INTEGER NOT NULL PRIMARY KEY, "userId" INTEGER NOT NULL,
  CONSTRAINT "Post_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE);
CREATE INDEX "Post_userId" ON "Post" ("userId");`;

/** Rules about how a migration is written, whatever its statements do: left out below. */
const ABOUT_FORM: ReadonlySet<string> = new Set(['require-down', 'require-idempotent-ddl']);

function marks(up: string, transaction: SegmentTransaction = 'none'): readonly string[] {
  const texts = new Map([HISTORY, up].map((text, index) => [resolve(`/blind-spots/${index + 1}.up.sql`), text]));
  const migrations = [...texts.keys()].map((path, index) => ({
    id: `${index + 1}`,
    version: `${index + 1}`,
    up: { path, transaction },
    down: null,
  }));
  const project = {
    root: resolve('/blind-spots'),
    tool: sql,
    toolSource: 'flag',
    dialect: 'sqlite',
    dialectSource: 'flag',
    serverVersion: '3.45',
    migrations,
    judged: new Set(['2']),
    oneDeploy: true,
    problems: [],
    skipped: [],
  } as const;
  const settings = resolveConfig(undefined, {}, resolve('/'));
  const { findings } = lintProject(project, settings, path => texts.get(path) ?? '');
  return findings
    .filter(({ rule }) => !ABOUT_FORM.has(rule))
    .map(({ rule, severity, file, range }) => `${severity} ${rule} @ ${file.text.slice(...range)}`)
    .sort();
}

const COPY = 'warning no-blocking-alter @ INSERT INTO "new_User"';

/** Prisma's RedefineTables, word for word but for the columns. */
const prisma = (indexes: string) => `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL DEFAULT '',
    "age" INTEGER
);
INSERT INTO "new_User" ("age", "email", "id", "name") SELECT "age", "email", "id", coalesce("name", '') AS "name" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
${indexes}PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;`;

const UNIQUE = 'CREATE UNIQUE INDEX "User_email_key" ON "User"("email");\n';

describe('a table that is made anew is neither dropped nor renamed', () => {
  test("Prisma's RedefineTables", () => {
    expect(marks(prisma(UNIQUE))).toEqual([COPY]);
  });

  test('without the index that it had', () => {
    expect(marks(prisma(''))).toEqual([COPY, 'warning no-cascading-rebuild @ DROP TABLE "User"']);
  });

  test('inside the transaction of a tool, where nothing switches foreign keys off', () => {
    expect(marks(prisma(UNIQUE), 'migration')).toEqual(['error no-cascading-rebuild @ DROP TABLE "User"', COPY]);
  });

  test("Drizzle's, with its breakpoints", () => {
    const up = `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_User\` (\`id\` integer PRIMARY KEY AUTOINCREMENT NOT NULL, \`email\` text NOT NULL, \`name\` text, \`age\` integer NOT NULL);
--> statement-breakpoint
INSERT INTO \`__new_User\`("id", "email", "name", "age") SELECT "id", "email", "name", "age" FROM \`User\`;--> statement-breakpoint
DROP TABLE \`User\`;--> statement-breakpoint
ALTER TABLE \`__new_User\` RENAME TO \`User\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX \`User_email_key\` ON \`User\` (\`email\`);`;
    expect(marks(up)).toEqual(['warning no-blocking-alter @ INSERT INTO `__new_User`']);
  });

  test("Django's, in its own transaction, with foreign keys off before it", () => {
    const up = `PRAGMA foreign_keys = OFF;
BEGIN;
CREATE TABLE "new__User" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "email" text NOT NULL, "name" text NULL, "age" bigint NULL);
INSERT INTO "new__User" ("id", "email", "name", "age") SELECT "id", "email", "name", "age" FROM "User";
DROP TABLE "User";
ALTER TABLE "new__User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
COMMIT;
PRAGMA foreign_keys = ON;`;
    expect(marks(up)).toEqual(['warning no-blocking-alter @ INSERT INTO "new__User"']);
  });
});

test.each([
  ['NOT NULL with a default is fine', 'ALTER TABLE "User" ADD COLUMN "n" INTEGER NOT NULL DEFAULT 0;', []],
  [
    'DEFAULT NULL is no default',
    'ALTER TABLE "User" ADD COLUMN "n" INTEGER NOT NULL DEFAULT NULL;',
    ['error no-not-null-without-backfill @ ADD COLUMN "n"'],
  ],
  [
    'a default of the time is refused once there is a row',
    'ALTER TABLE "User" ADD COLUMN "at" DATETIME DEFAULT CURRENT_TIMESTAMP;',
    ['error no-failing-statement @ ADD COLUMN "at"'],
  ],
  [
    'an index stops everyone who writes, and nothing stops that',
    'CREATE INDEX "User_name" ON "User" ("name");',
    ['warning no-blocking-alter @ CREATE INDEX "User_name"'],
  ],
  [
    'a column with an index cannot go before it',
    'ALTER TABLE "User" DROP COLUMN "email";',
    [
      'error no-drop-column @ DROP COLUMN "email"',
      'error no-failing-statement @ DROP COLUMN "email"',
      'warning no-drop-required-column @ DROP COLUMN "email"',
    ],
  ],
  ['a real drop is one', 'DROP TABLE "Post";', ['error no-drop-table @ DROP TABLE "Post"']],
])('%s', (_, up, expected) => {
  expect(marks(up)).toEqual(expected);
});
