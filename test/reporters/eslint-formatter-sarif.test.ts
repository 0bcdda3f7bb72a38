import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import AjvDraft04 from 'ajv-draft-04';
import addFormats from 'ajv-formats';
import { expect, test } from 'vitest';
import { docsUrlOf } from '../../src/linter/finish-findings.ts';
import formatSarif from '../../src/reporters/eslint-formatter-sarif.ts';
import { temporaryTree } from '../support/temporary-tree.ts';

const schemaPath = createRequire(import.meta.url).resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json');
const validate = addFormats
  .default(new AjvDraft04.default({ strict: false, allErrors: true, unicodeRegExp: false }))
  .compile(JSON.parse(readFileSync(schemaPath, 'utf8')));

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { id: string; help: { text: string } }[] } };
      readonly results: readonly {
        ruleId: string;
        level: string;
        locations: readonly [{ physicalLocation: { artifactLocation: { uri: string }; region: object } }];
        fixes?: readonly { artifactChanges: readonly [{ replacements: readonly { deletedRegion: object }[] }] }[];
        partialFingerprints: Readonly<Record<string, string>>;
      }[];
    },
  ];
}

const rulesMeta = {
  'db/no-drop-column': { docs: { url: docsUrlOf('no-drop-column') } },
  'other/no-drop-column': { docs: { url: 'https://example.org/no-drop-column' } },
  semi: {},
};
const message = {
  ruleId: 'db/no-drop-column',
  severity: 2,
  message: 'Gone',
  line: 1,
  column: 3,
  endLine: 1,
  endColumn: 4,
};

function logOf(messages: readonly object[], source?: string): Log {
  const cwd = temporaryTree({ 'migrations/1 ä.sql': 'abc\nd🎉f\n' });
  const result = { filePath: join(cwd, 'migrations/1 ä.sql'), messages: messages as (typeof message)[], source };
  const log = JSON.parse(formatSarif([result], { cwd, rulesMeta })) as Log;
  validate(log);
  expect(validate.errors).toBeNull();
  return log;
}

test('holds the schema of SARIF 2.1.0 with and without findings', () => {
  expect(logOf([]).runs[0].results).toEqual([]);
  expect(logOf([message]).runs[0].results).toHaveLength(1);
});

test('names our rules as the command line does, and others as ESLint does', () => {
  const rules = logOf([
    message,
    { ...message, ruleId: 'other/no-drop-column' },
    { ...message, ruleId: 'semi' },
    { ...message, ruleId: null, fatal: true },
    { ...message, ruleId: null },
  ]).runs[0].tool.driver.rules;
  expect(rules.map(({ id }) => id)).toEqual([
    'eslint-directive',
    'no-drop-column',
    'other/no-drop-column',
    'parsing-error',
    'semi',
  ]);
  expect(rules[1]!.help.text.length).toBeGreaterThan(200);
});

test('keeps places and levels', () => {
  const [first, second] = logOf([message, { ...message, severity: 1, line: 2, column: 4, endLine: 2, endColumn: 5 }])
    .runs[0].results;
  expect([first?.level, second?.level]).toEqual(['error', 'warning']);
  expect(first?.locations[0].physicalLocation.artifactLocation.uri).toBe('migrations/1%20%C3%A4.sql');
  expect(first?.locations[0].physicalLocation.region).toEqual({
    startLine: 1,
    startColumn: 3,
    endLine: 1,
    endColumn: 4,
  });
  expect(second?.locations[0].physicalLocation.region).toEqual({
    startLine: 2,
    startColumn: 4,
    endLine: 2,
    endColumn: 5,
  });
});

test('survives places that the text does not have', () => {
  const nowhere = { ruleId: 'semi', severity: 1, message: 'x', line: 99, column: 99 };
  expect(
    logOf([nowhere, { ruleId: 'semi', severity: 1, message: 'x' }, { ...nowhere, line: 0, column: 0 }]).runs[0].results,
  ).toHaveLength(3);
});

test('shifts edits by a byte order mark, which ESLint does not count', () => {
  const fixed = {
    ...message,
    fix: { range: [1, 2], text: 'x' },
    suggestions: [{ desc: 'Do', fix: { range: [0, 0], text: 'y' } }],
  };
  const regions = (source: string): unknown =>
    logOf([fixed], source).runs[0].results[0]?.fixes?.map(
      ({ artifactChanges: [{ replacements }] }) => replacements[0]?.deletedRegion,
    );
  expect(regions('abcdef')).toEqual([
    { charOffset: 1, charLength: 1 },
    { charOffset: 0, charLength: 0 },
  ]);
  expect(regions('\uFEFFabcdef')).toEqual([
    { charOffset: 2, charLength: 1 },
    { charOffset: 1, charLength: 0 },
  ]);
});

test('fingerprints tell equal findings apart and do not change with the line', () => {
  const prints = (source: string, line: number): readonly (string | undefined)[] =>
    logOf(
      [
        { ...message, line, endLine: line },
        { ...message, line, endLine: line },
      ],
      source,
    ).runs[0].results.map(({ partialFingerprints }) => Object.values(partialFingerprints)[0]);
  const first = prints('DROP TABLE t;', 1);
  expect(new Set(first).size).toBe(2);
  expect(prints('\n\n  DROP  TABLE t;', 3)).toEqual(first);
});
