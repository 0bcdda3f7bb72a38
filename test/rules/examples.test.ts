import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/rules/index.ts';
import { runExample } from '../../src/rules/run-example.ts';

describe.each(RULES.map(rule => [rule.id, rule] as const))('%s', (_id, rule) => {
  test.each(rule.meta.examples.map(example => [example.title, example] as const))('%s', (_title, example) => {
    const findings = runExample(rule, example);
    expect(findings.map(({ file, range, direction }) => ({ at: file.text.slice(...range), direction }))).toEqual(
      example.findings.map(({ at, direction = 'up' }) => ({ at, direction })),
    );
    for (const [index, { message }] of example.findings.entries()) {
      if (message !== undefined) expect(findings[index]!.message).toContain(message);
    }
    for (const finding of findings) {
      expect(finding.message, 'no placeholder is left in the message').not.toMatch(/\{\{/);
      expect(finding.help).not.toMatch(/\{\{/);
    }
  });
});
