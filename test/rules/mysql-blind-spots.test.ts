import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Finding } from '../../src/linter/finding.ts';
import { lintProject } from '../../src/linter/lint-project.ts';
import { sql } from '../../src/migration-tools/sql.ts';
import type { Dialect } from '../../src/server/server.ts';

/**
 * Statements of MySQL and MariaDB that linters of this field cannot read, or judge by their words alone. Each is linted by all
 * rules as the recommended preset has them, as plain SQL. What each really does: fixtures/ground-truth/mysql.json (the manual)
 * and mariadb.json (measured).
 */

const HISTORY = `
CREATE TABLE \`users\` (
  \`id\` bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
  \`name\` varchar(50) NOT NULL DEFAULT '' COMMENT 'as shown',
  \`email\` varchar(50),
  \`kind\` enum('a', 'b') NOT NULL DEFAULT 'a',
  \`n\` int NOT NULL DEFAULT 0,
  KEY \`by_n\` (\`n\`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
CREATE TABLE \`posts\` (\`id\` bigint PRIMARY KEY, \`body\` text, FULLTEXT KEY \`by_body\` (\`body\`));
`;

/** Rules about how a migration is written, whatever its statements do: left out below. */
const ABOUT_FORM: ReadonlySet<string> = new Set(['require-down', 'require-idempotent-ddl', 'require-lock-timeout']);

function lint(up: string, dialect: Dialect, serverVersion: string): readonly Finding[] {
  const texts = new Map([HISTORY, up].map((text, index) => [resolve(`/blind-spots/${index + 1}.up.sql`), text]));
  const migrations = [...texts.keys()].map((path, index) => ({
    id: `${index + 1}`,
    version: `${index + 1}`,
    up: { path, transaction: 'none' } as const,
    down: null,
  }));
  const project = {
    root: resolve('/blind-spots'),
    tool: sql,
    toolSource: 'flag',
    dialect,
    dialectSource: 'flag',
    serverVersion,
    migrations,
    judged: new Set(['2']),
    oneDeploy: true,
    problems: [],
    skipped: [],
  } as const;
  const settings = resolveConfig(undefined, {}, resolve('/'));
  const { findings } = lintProject(project, settings, path => texts.get(path) ?? '');
  return findings.filter(({ rule }) => !ABOUT_FORM.has(rule));
}

const marks = (up: string, dialect: Dialect = 'mysql', version = '8.0'): readonly string[] =>
  lint(up, dialect, version)
    .map(({ rule, severity, file, range }) => `${severity} ${rule} @ ${file.text.slice(...range)}`)
    .sort();

describe('what no other linter reads', () => {
  test('a column in backticks that becomes NOT NULL, and its index', () => {
    const up =
      'ALTER TABLE `users` MODIFY COLUMN `email` varchar(50) NOT NULL;\nALTER TABLE `users` ADD INDEX `ix` (`email`);';
    expect(marks(up)).toEqual([
      'error no-not-null-without-backfill @ MODIFY COLUMN `email`',
      'warning no-blocking-alter @ MODIFY COLUMN `email`',
      'warning require-transaction @ ALTER TABLE `users`',
    ]);
  });
});

/** Migration, and what is told of it on MySQL 8.0 where nothing else is said. */
const CASES: readonly (readonly [title: string, up: string, expected: readonly string[]])[] = [
  ['adding an index lets writers go on', 'ALTER TABLE users ADD INDEX ix (name);', []],
  ['a column in the middle is instant from 8.0.29', 'ALTER TABLE users ADD COLUMN x int AFTER name;', []],
  [
    'VARCHAR(50) to (63) of four bytes each keeps its length byte',
    "ALTER TABLE users MODIFY name varchar(63) NOT NULL DEFAULT '' COMMENT 'as shown';",
    [],
  ],
  [
    'VARCHAR(64) of four bytes each takes a second length byte',
    "ALTER TABLE users MODIFY name varchar(64) NOT NULL DEFAULT '' COMMENT 'as shown';",
    ['error no-blocking-alter @ MODIFY name'],
  ],
  [
    'a widened column that is written out in part loses the rest',
    'ALTER TABLE users MODIFY name varchar(60);',
    ['error no-lost-attributes @ MODIFY name', 'warning no-blocking-alter @ MODIFY name'],
  ],
  [
    'an enum value at the end is instant',
    "ALTER TABLE users MODIFY kind enum('a', 'b', 'c') NOT NULL DEFAULT 'a';",
    [],
  ],
  [
    'an enum value in the middle is a copy',
    "ALTER TABLE users MODIFY kind enum('a', 'c', 'b') NOT NULL DEFAULT 'a';",
    ['error no-blocking-alter @ MODIFY kind', 'warning no-enum-value-change @ MODIFY kind'],
  ],
  [
    'int to bigint is a copy, not the free widening of its words',
    'ALTER TABLE users MODIFY n bigint NOT NULL DEFAULT 0;',
    ['error no-blocking-alter @ MODIFY n'],
  ],
  [
    'a column on a table with FULLTEXT is not instant, and stops writers',
    'ALTER TABLE posts ADD COLUMN x int;',
    ['error no-blocking-alter @ ADD COLUMN x'],
  ],
  [
    'ALGORITHM=INSTANT of a copy is refused',
    'ALTER TABLE users MODIFY n bigint NOT NULL DEFAULT 0, ALGORITHM=INSTANT;',
    ['error no-blocking-alter @ MODIFY n', 'error no-refused-algorithm @ ALGORITHM=INSTANT'],
  ],
  [
    'NOT NULL without a default fills rows without a word',
    'ALTER TABLE users ADD COLUMN age int NOT NULL;',
    ['error no-not-null-without-backfill @ ADD COLUMN age'],
  ],
  [
    'an inner join leaves out rows, an outer one does not',
    'UPDATE users u JOIN posts p ON p.id = u.n SET u.email = NULL;\nUPDATE users u LEFT JOIN posts p ON p.id = u.n SET u.email = NULL;',
    [
      'error no-unbounded-update @ UPDATE users u LEFT JOIN posts p ON p.id = u.n',
      'warning no-unbounded-update @ UPDATE users u JOIN posts p ON p.id = u.n',
    ],
  ],
];

describe('MySQL 8.0', () => {
  test.each(CASES)('%s', (_title, up, expected) => {
    expect(marks(up)).toEqual(expected);
  });
});

describe('the same statement on other servers', () => {
  test.each<[Dialect, string, string, readonly string[]]>([
    ['mysql', '5.7', 'ALTER TABLE users ADD COLUMN x int;', ['warning no-blocking-alter @ ADD COLUMN x']],
    ['mysql', '8.0.28', 'ALTER TABLE users ADD COLUMN x int FIRST;', ['warning no-blocking-alter @ ADD COLUMN x']],
    ['mariadb', '10.11', 'ALTER TABLE users ADD COLUMN x int FIRST;', []],
    ['mysql', '8.4', 'ALTER TABLE users MODIFY email varchar(50) FIRST;', ['warning no-blocking-alter @ MODIFY email']],
    ['mariadb', '10.11', 'ALTER TABLE users MODIFY email varchar(50) FIRST;', []],
  ])('%s %s: %s', (dialect, version, up, expected) => {
    expect(marks(up, dialect, version)).toEqual(expected);
  });
});
