import { type Cause, defineRule, type Rule } from '../../src/rules/rule.ts';

/** A registry of few rules for the tests of reports, so that their texts stay as they are while the product's rules change. */

function ruleOf(id: string, cause: Cause, over: Partial<Rule['meta']> = {}): Rule {
  return defineRule<unknown>({
    id,
    meta: {
      description: `Prevent ${id}.`,
      cause,
      scope: 'statement',
      directions: ['up'],
      dialects: ['postgres'],
      presets: { recommended: 'error', strict: 'error' },
      docs: {
        failure: 'Requests hang.',
        why: 'The table is `locked`.',
        safe: 'Do this:\n\n```sql\nSELECT 1;\n```',
        exemptions: ['New tables.'],
        whenNotToUse: 'Never.',
        otherTools: { squawk: 'x' },
      },
      messages: { found: 'Found {{name}}.' },
      examples: [
        { title: 'Wrong', up: 'SELECT 1;', findings: [{ at: 'SELECT 1', message: 'Found' }] },
        { title: 'Right', up: 'SELECT 2;', findings: [] },
      ],
      ...over,
    },
    create: () => ({}),
  });
}

export const RULES: readonly Rule[] = [
  ruleOf('no-failing-statement', 'fails'),
  ruleOf('no-drop-table', 'loses'),
  ruleOf('no-rename-column', 'breaks'),
  ruleOf('require-concurrent-index', 'blocks'),
  ruleOf('require-down', 'rollback', { presets: { recommended: 'warn' } }),
  ruleOf('require-comment', 'hygiene', { presets: { strict: 'info' } }),
];

export function ruleById(id: string): Rule | undefined {
  return RULES.find(rule => rule.id === id);
}
