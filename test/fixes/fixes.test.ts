import { expect, test } from 'vitest';
import { applyFixes, canEdit } from '../../src/fixes/apply-edits.ts';
import type { Finding, Fix } from '../../src/linter/finding.ts';
import { RULES } from '../../src/rules/index.ts';
import type { Example, Rule } from '../../src/rules/rule.ts';
import { runExample } from '../../src/rules/run-example.ts';

const noUnreadable = RULES.find(({ id }) => id === 'no-unreadable-statement')!;

/** An example after some fixes of its findings. */
function fixed(example: Example, findings: readonly Finding[], fixes: readonly Fix[]): Example {
  const [{ file }] = findings as readonly [Finding];
  const key = file.path.endsWith('.down.sql') ? 'down' : 'up';
  const { text, applied } = applyFixes(file.text, fixes);
  expect(applied).toBeGreaterThan(0);
  return { ...example, [key]: text };
}

function unreadable(example: Example): number {
  return runExample(noUnreadable, example).length;
}

interface Case {
  readonly rule: Rule;
  readonly example: Example;
  readonly findings: readonly Finding[];
}

const CASES: readonly Case[] = RULES.flatMap(rule =>
  rule.meta.examples.map(example => ({ rule, example, findings: runExample(rule, example) })),
);
const named = (cases: readonly Case[]) => cases.map(each => [`${each.rule.id}: ${each.example.title}`, each] as const);

test.each(named(CASES.filter(({ findings }) => findings.some(({ fix }) => fix !== null))))(
  'after its fixes it is still read, and not found again: %s',
  (_title, { rule, example, findings }) => {
    expect(rule.meta.fixable).toBe(true);
    let now = example;
    let left = findings;
    for (let pass = 0; pass < 5 && left.some(({ fix }) => fix !== null); pass++) {
      now = fixed(
        now,
        left,
        left.flatMap(({ fix }) => fix ?? []),
      );
      left = runExample(rule, now);
    }
    expect(left.filter(({ fix }) => fix !== null)).toEqual([]);
    expect(left.length).toBeLessThan(findings.length);
    expect(unreadable(now)).toBe(unreadable(example));
  },
);

test.each(named(CASES.filter(({ findings }) => findings.some(({ suggestions }) => suggestions.length > 0))))(
  'after a suggestion it is still read, and that finding is gone: %s',
  (_title, { rule, example, findings }) => {
    expect(rule.meta.hasSuggestions).toBe(true);
    for (const finding of findings) {
      for (const suggestion of finding.suggestions) {
        const after = fixed(example, [finding], [suggestion]);
        expect(unreadable(after)).toBe(unreadable(example));
        // The same rule may have more to say of what stands there now; not the same thing about the same words.
        const before = findings.filter(each => each.message === finding.message).length;
        const same = runExample(rule, after).filter(each => each.message === finding.message);
        expect(same.length, suggestion.message).toBeLessThan(before);
      }
    }
  },
);

test('every rule with fixes or suggestions shows one in an example', () => {
  const shown = (has: (finding: Finding) => boolean): ReadonlySet<string> =>
    new Set(CASES.filter(({ findings }) => findings.some(has)).map(({ rule }) => rule.id));
  const fixes = shown(({ fix }) => fix !== null);
  const suggestions = shown(each => each.suggestions.length > 0);
  for (const { id, meta } of RULES) {
    expect([id, meta.fixable === true]).toEqual([id, fixes.has(id)]);
    expect([id, meta.hasSuggestions === true]).toEqual([id, suggestions.has(id)]);
  }
});

const edit = (start: number, end: number, text: string): Fix => ({ edits: [{ start, end, text }] });

test('a fix that touches another is left, with all of its edits', () => {
  expect(applyFixes('abcdef', [edit(2, 4, 'X'), edit(3, 5, 'Y')])).toEqual({ text: 'abXef', applied: 1 });
  expect(applyFixes('abcdef', [edit(1, 1, 'X'), edit(1, 1, 'Y')])).toEqual({ text: 'aXbcdef', applied: 1 });
  const both: Fix = {
    edits: [
      { start: 0, end: 0, text: '>' },
      { start: 4, end: 5, text: '<' },
    ],
  };
  expect(applyFixes('abcdef', [edit(4, 6, 'Y'), both])).toEqual({ text: '>abcd<f', applied: 1 });
  expect(applyFixes('abcdef', [edit(2, 3, 'X'), edit(4, 5, 'Y')])).toEqual({ text: 'abXdYf', applied: 2 });
});

test('a fix outside of the text, or without an edit, is none', () => {
  expect(applyFixes('ab', [edit(1, 9, ''), edit(2, 1, ''), edit(-1, 0, ''), { edits: [] }])).toEqual({
    text: 'ab',
    applied: 0,
  });
});

test('new lines are broken as the text breaks its own', () => {
  expect(applyFixes('a\r\nb', [edit(0, 0, 'x\n')]).text).toBe('x\r\na\r\nb');
  expect(applyFixes('a\r\nb\n', [edit(0, 0, 'x\n')]).text).toBe('x\na\r\nb\n');
});

test('statements that code makes are not edited; SQL in strings only where it needs no escape', () => {
  const safe = edit(0, 0, ' IF NOT EXISTS').edits;
  const quoted = edit(0, 0, "SET lock_timeout = '2s';\n").edits;
  expect(canEdit('a/1.sql', 'anything', quoted)).toBe(true);
  expect(canEdit('a/1.ts', 'CREATE TABLE a (b int)', safe)).toBe(true);
  expect(canEdit('a/1.ts', 'CREATE TABLE a (b int)', quoted)).toBe(false);
  expect(canEdit('a/1.js', "knex.schema.createTable('a', t => {})", safe)).toBe(false);
  expect(canEdit('a/1.xml', '<createTable/>', safe)).toBe(false);
});
