import { expect, test } from 'vitest';
import { json } from '../../src/reporters/json.ts';
import { VERSION } from '../../src/version.ts';
import { findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';

const file = sourceFile('migrations/0002_add_index.sql', '\uFEFF-- 👍\r\nCREATE INDEX a\r\n  ON b (c);\r\n');
const result = lintResult(
  [
    projectResult([
      migrationResult('0001_init', { judged: false, risk: 'low' }),
      migrationResult('0002_add_index', {
        statements: 3,
        unreadable: 1,
        up: { file: '/work/app/migrations/0002_add_index.sql', transaction: 'migration' },
        down: { file: '/work/other/down.sql', transaction: 'none' },
      }),
    ]),
  ],
  [
    findingAt(file, 'CREATE INDEX a\r\n  ON b', {
      also: ['require-lock-timeout'],
      fix: { edits: [{ start: 20, end: 20, text: ' CONCURRENTLY' }] },
      suggestions: [{ message: 'Or so', edits: [{ start: 0, end: 1, text: '' }] }],
      safeRewrite: { text: 'CREATE INDEX CONCURRENTLY a ON b (c);', language: 'sql' },
    }),
    findingAt(file, '👍', {
      severity: 'info',
      migration: null,
      direction: null,
      statement: null,
    }),
  ],
  { skippedFiles: 4, suppressed: 5 },
);

test('has every field of version 1, with paths, lines and columns as they are promised', () => {
  expect(JSON.parse(json(result, PLAIN))).toStrictEqual({
    version: 1,
    tool: { name: 'surefoot', version: VERSION },
    migrations: [
      {
        id: '0001_init',
        project: 'migrations',
        tool: 'goose',
        dialect: 'postgres',
        serverVersion: '18',
        serverVersionAssumed: true,
        new: false,
        risk: 'low',
        statements: 1,
        unreadable: 0,
        up: { file: 'migrations/0001_init.sql', transaction: 'none' },
        down: null,
      },
      {
        id: '0002_add_index',
        project: 'migrations',
        tool: 'goose',
        dialect: 'postgres',
        serverVersion: '18',
        serverVersionAssumed: true,
        new: true,
        risk: 'medium',
        statements: 3,
        unreadable: 1,
        up: { file: 'migrations/0002_add_index.sql', transaction: 'migration' },
        down: { file: '../other/down.sql', transaction: 'none' },
      },
    ],
    findings: [
      {
        rule: 'require-concurrent-index',
        severity: 'error',
        message: 'Building this index blocks every write to users until the build is done.',
        file: 'migrations/0002_add_index.sql',
        line: 2,
        column: 1,
        endLine: 3,
        endColumn: 7,
        migration: '0002_add_index',
        direction: 'up',
        statement: 0,
        also: ['require-lock-timeout'],
        help: 'Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
        docsUrl: 'https://example.com/rules/require-concurrent-index',
        fingerprint: '0123456789abcd',
        fix: { edits: [{ start: 20, end: 20, text: ' CONCURRENTLY' }] },
        suggestions: [{ message: 'Or so', edits: [{ start: 0, end: 1, text: '' }] }],
        safeRewrite: { text: 'CREATE INDEX CONCURRENTLY a ON b (c);', language: 'sql' },
      },
      {
        rule: 'require-concurrent-index',
        severity: 'info',
        message: 'Building this index blocks every write to users until the build is done.',
        file: 'migrations/0002_add_index.sql',
        line: 1,
        column: 4,
        endLine: 1,
        endColumn: 6,
        migration: null,
        direction: null,
        statement: null,
        also: [],
        help: 'Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
        docsUrl: 'https://example.com/rules/require-concurrent-index',
        fingerprint: '0123456789abcd',
        fix: null,
        suggestions: [],
        safeRewrite: null,
      },
    ],
    summary: {
      migrations: 1,
      statements: 3,
      unreadable: 1,
      skippedFiles: 4,
      errors: 1,
      warnings: 0,
      infos: 1,
      suppressed: 5,
      baselined: 0,
      durationMs: 42,
    },
  });
});

test('ends with a line break; quiet keeps errors only', () => {
  expect(json(result, PLAIN).endsWith('}\n')).toBe(true);
  const quiet = JSON.parse(json(result, { ...PLAIN, quiet: true })) as { findings: { severity: string }[] };
  expect(quiet.findings.map(finding => finding.severity)).toEqual(['error']);
});

test('a project in the working directory is `.`', () => {
  const here = lintResult([projectResult([migrationResult('1')], { root: '/work/app' })], []);
  expect((JSON.parse(json(here, PLAIN)) as { migrations: { project: string }[] }).migrations[0]!.project).toBe('.');
});
