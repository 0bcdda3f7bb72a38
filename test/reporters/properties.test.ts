import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { Finding } from '../../src/linter/finding.ts';
import { REPORTERS } from '../../src/reporters/index.ts';
import { displayWidth } from '../../src/reporters/terminal.ts';
import { CWD, effectsOf, lintResult, migrationResult, projectResult } from './results.ts';
import { RULES } from './rules.ts';

vi.mock('../../src/rules/index.ts', () => import('./rules.ts'));

/** Texts with everything that is hard to show: tabs, line ends, wide, combining, control and lone surrogate characters. */
const text = fc
  .array(
    fc.constantFrom(
      'a',
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\r',
      '表',
      'e\u0301',
      '👍',
      '\uFEFF',
      '\u001B[31m',
      '\uD800',
      '\u202E',
      'DROP',
    ),
    {
      maxLength: 60,
    },
  )
  .map(parts => parts.join(''));

const relation = fc.record({ schema: fc.constantFrom('public', 'shop'), name: fc.constantFrom('a', 'b', 'c', 'd') });

const finding: fc.Arbitrary<Finding> = fc
  .record({
    rule: fc.constantFrom(...RULES.map(rule => rule.id), 'plugin/unknown', ''),
    severity: fc.constantFrom('error', 'warning', 'info'),
    message: text,
    content: text,
    range: fc.tuple(fc.nat(200), fc.nat(200)),
    migration: fc.constantFrom('1', '2', 'unknown', null),
    project: fc.constantFrom(`${CWD}/migrations`, '/unknown', null),
    direction: fc.constantFrom('up', 'down', null),
    statement: fc.option(fc.nat(3)),
    help: text,
    docsUrl: fc.constantFrom('', 'https://example.com'),
    rewrite: fc.option(text),
    suggestion: fc.option(text),
    effects: fc.option(
      fc
        .record({
          blocksReads: fc.array(relation),
          blocksWrites: fc.array(relation),
          duration: fc.constantFrom('instant', 'scan', 'index build', 'rewrite', 'data'),
        })
        .map(effectsOf),
    ),
  })
  .map(({ content, range, rewrite, suggestion, effects, ...rest }) => ({
    ...rest,
    file: { path: `${CWD}/migrations/${rest.migration}.sql`, text: content },
    range: [Math.min(...range, content.length), Math.min(Math.max(...range), content.length)] as const,
    also: [],
    fingerprint: 'f',
    fix: null,
    suggestions: suggestion === null ? [] : [{ message: suggestion, edits: [] }],
    safeRewrite: rewrite === null ? null : { text: rewrite, language: 'sql' },
    ...(effects === null ? {} : { effects }),
  }));

const result = fc
  .array(finding, { maxLength: 80 })
  .map(findings =>
    lintResult([projectResult([migrationResult('1'), migrationResult('2', { judged: false })])], findings),
  );
const options = fc.record({ color: fc.boolean(), quiet: fc.boolean(), links: fc.boolean(), width: fc.nat(300) });

test.each(Object.entries(REPORTERS))('%s never throws and ends with a line break', async (_, load) => {
  const report = await load();
  fc.assert(
    fc.property(result, options, (of, how) => report(of, how).endsWith('\n')),
    { numRuns: 60 },
  );
});

test('json and sarif are JSON, and tell of every finding', async () => {
  const [json, sarif] = await Promise.all([REPORTERS.json(), REPORTERS.sarif()]);
  fc.assert(
    fc.property(result, of => {
      const how = { color: false, quiet: false, links: false, width: 80 };
      expect((JSON.parse(json(of, how)) as { findings: unknown[] }).findings).toHaveLength(of.findings.length);
      const { runs } = JSON.parse(sarif(of, how)) as { runs: { results: unknown[] }[] };
      expect(runs[0]!.results).toHaveLength(of.findings.length);
    }),
    { numRuns: 40 },
  );
});

test('pretty sends the terminal no control character of its input, and keeps frames within the width', async () => {
  const pretty = await REPORTERS.pretty();
  fc.assert(
    fc.property(result, fc.integer({ min: 40, max: 140 }), (of, width) => {
      const report = pretty(of, { color: false, quiet: false, links: false, width });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(report).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F\u202E\uFEFF]/);
      for (const line of report.split('\n')) {
        if (/^ +\d* │/.test(line)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
      }
    }),
    { numRuns: 60 },
  );
});

test('github writes one line per finding, and nothing of a text can start a command', async () => {
  const github = await REPORTERS.github();
  fc.assert(
    fc.property(result, of => {
      const lines = github(of, { color: false, quiet: false, links: false, width: 80 })
        .trimEnd()
        .split(/\r\n|\r|\n/);
      expect(lines.filter(line => line.startsWith('::'))).toHaveLength(of.findings.length);
      expect(lines.length).toBeLessThanOrEqual(of.findings.length + 2);
    }),
    { numRuns: 40 },
  );
});
