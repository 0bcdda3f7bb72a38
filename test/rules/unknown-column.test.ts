import { expect, test } from 'vitest';
import noNotNullWithoutBackfill from '../../src/rules/no-not-null-without-backfill.ts';
import { runExample } from '../../src/rules/run-example.ts';

/** Severities of a change of `users.email` to NOT NULL behind a history, on MySQL or SQL Server. */
const severities = (history: string, dialect: 'mysql' | 'sqlserver' = 'mysql') => {
  const change = dialect === 'mysql' ? 'MODIFY email' : 'ALTER COLUMN email';
  const up = `ALTER TABLE users ${change} varchar(90) NOT NULL;`;
  const findings = runExample(noNotNullWithoutBackfill, { title: '', dialect, history, up, findings: [] });
  return findings.map(({ severity }) => severity);
};

test('MODIFY … NOT NULL may repeat what a column that no migration shows has been all along: a warning', () => {
  expect(severities('')).toEqual(['warning']);
  expect(severities('ALTER TABLE users ADD COLUMN name varchar(20);')).toEqual(['warning']);
  expect(severities('CREATE TABLE users (email varchar(50));')).toEqual(['error']);
  expect(severities('CREATE TABLE users (email varchar(50) NOT NULL);')).toEqual([]);
});

test('ALTER COLUMN … NOT NULL of SQL Server, likewise', () => {
  expect(severities('', 'sqlserver')).toEqual(['warning']);
  expect(severities('CREATE TABLE users (email varchar(50) NULL);', 'sqlserver')).toEqual(['error']);
});
