import { expect, test } from 'vitest';
import noNotNullWithoutBackfill from '../../src/rules/no-not-null-without-backfill.ts';
import { runExample } from '../../src/rules/run-example.ts';

/** Severities on MySQL of `MODIFY email … NOT NULL` behind a history. */
const severities = (history: string) =>
  runExample(noNotNullWithoutBackfill, {
    title: '',
    dialect: 'mysql',
    history,
    up: 'ALTER TABLE users MODIFY email varchar(90) NOT NULL;',
    findings: [],
  }).map(({ severity }) => severity);

test('MODIFY … NOT NULL may repeat what a column that no migration shows has been all along: a warning', () => {
  expect(severities('')).toEqual(['warning']);
  expect(severities('ALTER TABLE users ADD COLUMN name varchar(20);')).toEqual(['warning']);
  expect(severities('CREATE TABLE users (email varchar(50));')).toEqual(['error']);
  expect(severities('CREATE TABLE users (email varchar(50) NOT NULL);')).toEqual([]);
});
