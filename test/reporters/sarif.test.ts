import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { describe, expect, test, vi } from 'vitest';
import { sarif } from '../../src/reporters/sarif.ts';
import { rulePage } from '../../src/rules/page.ts';
import { VERSION } from '../../src/version.ts';
import { findingAt, lintResult, migrationResult, PLAIN, projectResult, sourceFile } from './results.ts';
import { ruleById } from './rules.ts';

vi.mock('../../src/rules/index.ts', () => import('./rules.ts'));

const schemaPath = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const validate = addFormats
  .default(new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false }))
  .compile(JSON.parse(readFileSync(schemaPath, 'utf8')));

const file = sourceFile('migrations/0002 ä#?.sql', '-- 👍 CREATE INDEX a ON b (c);\nDROP TABLE t;\n');
const project = projectResult([migrationResult('0002_add_index')]);
const result = lintResult(
  [project],
  [
    findingAt(file, 'CREATE INDEX a', {
      fix: { edits: [{ start: 18, end: 18, text: ' CONCURRENTLY' }] },
      suggestions: [{ message: 'Nothing', edits: [] }],
      safeRewrite: { text: 'CREATE INDEX CONCURRENTLY a ON b (c);', language: 'sql' },
    }),
    findingAt(file, 'DROP TABLE t', { rule: 'no-drop-table', severity: 'warning', help: '', statement: 1 }),
    findingAt(file, 'TABLE', { rule: 'a-plugin/rule', severity: 'info', statement: null }),
    findingAt({ ...file, path: '/elsewhere/x.sql' }, 'TABLE', { rule: 'no-drop-table' }),
  ],
);

interface Log {
  readonly runs: readonly [
    {
      readonly tool: {
        readonly driver: { readonly rules: readonly Record<string, unknown>[] } & Record<string, unknown>;
      };
      readonly columnKind: string;
      readonly results: readonly Record<string, unknown>[];
    },
  ];
}

function logOf(options: Partial<Parameters<typeof sarif>[1]> = {}, of = result): Log {
  return JSON.parse(sarif(of, { ...PLAIN, ...options })) as Log;
}

describe('the schema of SARIF 2.1.0', () => {
  test.each([
    ['findings', result],
    ['no findings', lintResult([project], [])],
    ['an empty file', lintResult([project], [findingAt(sourceFile('a.sql', ''), '')])],
  ])('holds for %s', (_, of) => {
    validate(logOf({}, of));
    expect(validate.errors).toBeNull();
  });

  test('is one that can fail', () => {
    expect(validate({ version: '2.1.0', runs: [{ results: [] }] })).toBe(false);
  });
});

test('a result has a short exact region, a URI relative to the repository, and a fingerprint of its own', () => {
  expect(logOf().runs[0].results[0]).toEqual({
    ruleId: 'require-concurrent-index',
    ruleIndex: 2,
    level: 'error',
    message: {
      text: 'Building this index blocks every write to users until the build is done.\n\nBuild it with CONCURRENTLY, in a migration that runs outside a transaction.',
    },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: 'migrations/0002%20%C3%A4%23%3F.sql', uriBaseId: 'SRCROOT' },
          // The thumb takes two UTF-16 units.
          region: { startLine: 1, startColumn: 7, endLine: 1, endColumn: 21 },
        },
      },
    ],
    partialFingerprints: { 'surefoot/v1': '0123456789abcd' },
    fixes: [
      {
        description: { text: 'Fix' },
        artifactChanges: [
          {
            artifactLocation: { uri: 'migrations/0002%20%C3%A4%23%3F.sql', uriBaseId: 'SRCROOT' },
            replacements: [
              { deletedRegion: { charOffset: 18, charLength: 0 }, insertedContent: { text: ' CONCURRENTLY' } },
            ],
          },
        ],
      },
    ],
    properties: {
      migration: '0002_add_index',
      direction: 'up',
      statement: 0,
      also: [],
      safeRewrite: 'CREATE INDEX CONCURRENTLY a ON b (c);',
    },
  });
  expect(logOf().runs[0].columnKind).toBe('utf16CodeUnits');
});

test('levels follow severities, and results point at their rule', () => {
  const { tool, results } = logOf().runs[0];
  expect(results.map(({ level }) => level)).toEqual(['error', 'warning', 'note', 'error']);
  expect(results.map(({ ruleIndex }) => tool.driver.rules[ruleIndex as number]!.id)).toEqual([
    'require-concurrent-index',
    'no-drop-table',
    'a-plugin/rule',
    'no-drop-table',
  ]);
});

test('a file outside the repository has an absolute URI', () => {
  expect(logOf().runs[0].results[3]).toMatchObject({
    locations: [{ physicalLocation: { artifactLocation: { uri: 'file:///elsewhere/x.sql' } } }],
  });
  expect(JSON.stringify(logOf({ repository: '/work' }))).toContain('"uri":"app/migrations/0002%20%C3%A4%23%3F.sql"');
});

test('a rule has what code scanning shows of it', () => {
  const { driver } = logOf().runs[0].tool;
  expect(driver).toMatchObject({
    name: 'surefoot',
    semanticVersion: VERSION,
    informationUri: 'https://github.com/surefoot-sql/surefoot',
  });
  expect(driver.rules.find(({ id }) => id === 'no-drop-table')).toEqual({
    id: 'no-drop-table',
    shortDescription: { text: 'Prevent no-drop-table.' },
    fullDescription: { text: 'Prevent no-drop-table. Requests hang.' },
    help: {
      text: 'Requests hang.\n\nThe table is locked.\n\nDo this:\n\nSELECT 1;',
      markdown: rulePage(ruleById('no-drop-table')!),
    },
    helpUri: 'https://example.com/rules/require-concurrent-index',
    defaultConfiguration: { level: 'error' },
    properties: { tags: ['migrations', 'database', 'loses'], precision: 'high', 'problem.severity': 'error' },
  });
});

test('a rule that is off in recommended has the level of strict', () => {
  const of = lintResult([project], [findingAt(file, 'TABLE', { rule: 'require-comment' })]);
  expect(logOf({}, of).runs[0].tool.driver.rules[0]).toMatchObject({
    defaultConfiguration: { level: 'note' },
    properties: { 'problem.severity': 'recommendation' },
  });
});

test('quiet keeps errors, and the rules that they break', () => {
  const [run] = logOf({ quiet: true }).runs;
  expect(run.results.map(({ ruleId }) => ruleId)).toEqual(['require-concurrent-index', 'no-drop-table']);
  expect(run.tool.driver.rules.map(({ id }) => id)).toEqual(['no-drop-table', 'require-concurrent-index']);
});
