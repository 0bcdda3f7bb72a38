import { expect, test } from 'vitest';
import { github } from '../../src/reporters/github.ts';
import { findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

const project = projectResult([migrationResult('0002_add_index')]);

test('writes one escaped command per finding, errors first, then the counts', () => {
  const file = sourceFile('migrations/a,b:c%.sql', '-- x\nCREATE INDEX a\n  ON b;\n');
  const info = findingAt(file, '-- x', { severity: 'info', rule: 'no-unreadable-statement', help: '', docsUrl: '' });
  const error = findingAt(file, 'CREATE INDEX a', { message: '100% of\r\nit: a, b', help: 'Do it.' });
  expect(github(lintResult([project], [info, error]), PLAIN)).toBe(
    [
      '::error file=migrations/a%2Cb%3Ac%25.sql,line=2,endLine=2,col=1,endColumn=15,title=require-concurrent-index::100%25 of%0D%0Ait: a, b%0ADo it.%0Ahttps://example.com/rules/require-concurrent-index',
      '::notice file=migrations/a%2Cb%3Ac%25.sql,line=1,endLine=1,col=1,endColumn=5,title=no-unreadable-statement::Building this index blocks every write to users until the build is done.',
      'surefoot: 1 error, 0 warnings, 1 info; 1 statement checked.',
      '',
    ].join('\n'),
  );
});

test('leaves the columns out of an annotation of several lines, which the runner would refuse', () => {
  const file = sourceFile('migrations/1.sql', 'CREATE INDEX a\n  ON b;\n');
  const report = github(lintResult([project], [findingAt(file, 'CREATE INDEX a\n  ON b')]), PLAIN);
  expect(report).toContain('::error file=migrations/1.sql,line=1,endLine=2,title=');
});

test('paths are relative to the repository where it is given', () => {
  const file = sourceFile('migrations/1.sql', 'SELECT 1');
  const report = github(lintResult([project], [findingAt(file, 'SELECT')]), { ...PLAIN, repository: '/work' });
  expect(report).toContain('::error file=app/migrations/1.sql,');
});

test('says where all findings are when GitHub shows only some', () => {
  const file = sourceFile('migrations/1.sql', 'SELECT 1');
  const findings = Array.from({ length: 11 }, () => findingAt(file, 'SELECT', { severity: 'warning' }));
  const lines = github(lintResult([project], findings, { unreadable: 2 }), PLAIN)
    .trimEnd()
    .split('\n');
  expect(lines.filter(line => line.startsWith('::warning'))).toHaveLength(11);
  expect(lines.slice(11)).toEqual([
    'surefoot: 0 errors, 11 warnings, 0 info; 1 statement checked, 2 could not be read.',
    'GitHub shows 10 annotations of each level; this log has them all.',
  ]);
});
