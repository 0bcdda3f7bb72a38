import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CHANGES, type ComparedDialect, sameChangesPage, verdictsOn } from '../../scripts/same-changes.ts';

/** The verdicts on a change, a line per server: what it does, and the rules that speak. */
const linesOf = (title: string): readonly string[] => {
  const verdicts = verdictsOn(CHANGES.find(change => change.title === title)!);
  return (Object.keys(verdicts) as ComparedDialect[]).map(dialect => {
    const { effect, rules } = verdicts[dialect]!;
    return [`${dialect}: ${effect}`, ...rules].join(' | ');
  });
};

/*
 * What the servers did: postgres as in fixtures/ground-truth, MariaDB 10.11 and SQLite 3.40 when these statements were run on
 * them, MySQL and SQL Server as their manuals say.
 */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  'Add a column that may be NULL': [
    'postgres: a moment',
    'mysql: INSTANT, a moment',
    'mariadb: INSTANT, a moment',
    'sqlite: a moment',
    'sqlserver: a moment',
  ],
  'Add a NOT NULL column with a default': [
    'postgres: a moment',
    'mysql: INSTANT, a moment',
    'mariadb: INSTANT, a moment',
    'sqlite: a moment',
    'sqlserver: reads and writes wait while it rewrites | no-blocking-alter',
  ],
  'Add a NOT NULL column without a default': [
    'postgres: fails as soon as there are rows | no-not-null-without-backfill',
    'mysql: INSTANT, a moment | no-not-null-without-backfill',
    'mariadb: INSTANT, a moment | no-not-null-without-backfill',
    'sqlite: fails as soon as there are rows | no-not-null-without-backfill',
    'sqlserver: fails as soon as there are rows | no-not-null-without-backfill',
  ],
  'Make a text column longer, from 40 to 60 characters': [
    'postgres: a moment',
    'mysql: INPLACE, a moment',
    'mariadb: INSTANT, a moment',
    'sqlserver: a moment',
  ],
  'Make it longer than 255 bytes, from 40 to 100 characters': [
    'postgres: a moment',
    'mysql: COPY, writes wait while it rewrites | no-blocking-alter',
    'mariadb: COPY, writes wait while it rewrites | no-blocking-alter',
    'sqlserver: a moment',
  ],
  'Turn an int into a bigint': [
    'postgres: reads and writes wait while it rewrites | no-unsafe-type-change',
    'mysql: COPY, writes wait while it rewrites | no-blocking-alter',
    'mariadb: COPY, writes wait while it rewrites | no-blocking-alter',
    'sqlite: writes wait while rows are copied and while the index is built | no-blocking-alter',
    'sqlserver: reads and writes wait while it rewrites | no-blocking-alter',
  ],
  'Make a column NOT NULL': [
    'postgres: reads and writes wait while it scans | no-not-null-without-backfill | no-set-not-null-scan',
    'mysql: INPLACE, nobody waits while it rewrites | no-not-null-without-backfill | no-blocking-alter',
    'mariadb: INPLACE, nobody waits while it rewrites | no-not-null-without-backfill | no-blocking-alter',
    'sqlite: writes wait while rows are copied and while the index is built | no-blocking-alter',
    'sqlserver: reads and writes wait while it scans | no-not-null-without-backfill | no-blocking-alter',
  ],
  'Add an index, as it comes': [
    'postgres: writes wait while the index is built | require-concurrent-index',
    'mysql: INPLACE, nobody waits while the index is built',
    'mariadb: NOCOPY, nobody waits while the index is built',
    'sqlite: writes wait while the index is built | no-blocking-alter',
    'sqlserver: writes wait while the index is built | no-blocking-alter',
  ],
  'Add an index, the way that lets writers go on': [
    'postgres: nobody waits while the index is built',
    'mysql: INPLACE, nobody waits while the index is built',
    'mariadb: NOCOPY, nobody waits while the index is built',
    'sqlserver: nobody waits while the index is built',
  ],
  'Add a foreign key': [
    'postgres: writes wait while it scans | require-not-valid-foreign-key',
    'mysql: COPY, writes wait while it rewrites | no-blocking-alter',
    'mariadb: COPY, writes wait while it rewrites | no-blocking-alter',
    'sqlserver: reads and writes wait while it scans | no-blocking-alter',
  ],
  'Add a column that references a table': [
    'postgres: a moment',
    'mysql: INSTANT, a moment | no-ignored-references',
    'mariadb: COPY, writes wait while it rewrites | no-blocking-alter',
    'sqlite: a moment',
    'sqlserver: reads and writes wait while it scans | no-blocking-alter',
  ],
  'Add a value to an enumeration': ['postgres: a moment', 'mysql: INSTANT, a moment', 'mariadb: INSTANT, a moment'],
  'Drop a column that an index is on': [
    'postgres: a moment | no-drop-column',
    'mysql: INPLACE, nobody waits while it rewrites | no-drop-column | no-blocking-alter',
    'mariadb: NOCOPY, a moment | no-drop-column',
    'sqlite: fails: error in index customers_phone after drop column: no such column: phone | no-failing-statement | no-drop-column',
    "sqlserver: fails: The object 'customers_phone' is dependent on column 'phone'. | no-failing-statement | no-drop-column",
  ],
  'Rename a column': [
    'postgres: a moment | no-rename-column',
    'mysql: INSTANT, a moment | no-rename-column',
    'mariadb: INSTANT, a moment | no-rename-column',
    'sqlite: a moment | no-rename-column',
    'sqlserver: a moment | no-rename-column',
  ],
};

test.each(CHANGES.map(({ title }) => title))('%s', title => {
  expect(linesOf(title)).toEqual(EXPECTED[title]);
});

test('docs/same-change.md is what the verdicts say (npm run docs writes it)', () => {
  expect(readFileSync(new URL('../../docs/same-change.md', import.meta.url), 'utf8')).toBe(sameChangesPage());
});
