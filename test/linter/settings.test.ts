import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/linter/finding.ts';
import { RULES } from '../../src/rules/index.ts';
import type { Example, Rule } from '../../src/rules/rule.ts';
import { runExample } from '../../src/rules/run-example.ts';

/** How many findings a rule has over all of its examples with the given settings. */
function findingsWith(rule: Rule, settings: NonNullable<Example['settings']>): readonly Finding[] {
  return rule.meta.examples.flatMap(example =>
    runExample(rule, { ...example, settings: { ...example.settings, ...settings } }),
  );
}

const rules = RULES.map(rule => [rule.id, rule] as const);

describe('smallTables silences what is about duration, and nothing else', () => {
  const about = ['fails', 'loses', 'rollback', 'hygiene', 'access'];

  test.each(rules.filter(([, { meta }]) => about.includes(meta.cause)))('%s does not change', (_id, rule) => {
    expect(findingsWith(rule, { smallTables: true })).toHaveLength(findingsWith(rule, {}).length);
  });

  test.each([
    'require-concurrent-index',
    'no-rewrite',
    'no-set-not-null-scan',
    'require-not-valid-check',
    'no-unbounded-update',
  ])('%s is silent', id => {
    const rule = RULES.find(candidate => candidate.id === id)!;
    expect(findingsWith(rule, {}).length).toBeGreaterThan(0);
    expect(findingsWith(rule, { smallTables: true })).toEqual([]);
  });
});

describe('contractPaths', () => {
  const silenced = [
    'no-drop-column',
    'no-drop-table',
    'no-drop-schema',
    'no-rename-column',
    'no-rename-table',
    'no-drop-object',
  ];

  test.each(silenced)('%s is silent there', id => {
    const rule = RULES.find(candidate => candidate.id === id)!;
    expect(findingsWith(rule, {}).length).toBeGreaterThan(0);
    expect(findingsWith(rule, { contractPath: true })).toEqual([]);
  });

  test.each(rules.filter(([, { meta }]) => meta.cause === 'blocks' || meta.cause === 'fails'))(
    '%s does not change',
    (_id, rule) => {
      expect(findingsWith(rule, { contractPath: true })).toHaveLength(findingsWith(rule, {}).length);
    },
  );
});

describe('deployOrder code-first', () => {
  test.each(['no-drop-column', 'no-drop-table', 'no-rename-column', 'no-rename-table'])(
    'makes warnings about the rollback of %s',
    id => {
      const rule = RULES.find(candidate => candidate.id === id)!;
      const findings = findingsWith(rule, { deployOrder: 'code-first' });
      expect(findings.length).toBeGreaterThan(0);
      expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['warning']));
    },
  );
});
