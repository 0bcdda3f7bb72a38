import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { examples, judge, type PlaygroundFinding } from '../../docs/.vitepress/playground/engine.ts';
import { applyEdits, markedLines, markedPieces } from '../../docs/.vitepress/playground/marks.ts';
import { fromFragment, toFragment } from '../../docs/.vitepress/playground/share.ts';
import { RULES } from '../../src/rules/index.ts';
import { PRESETS } from '../../src/rules/rule.ts';

const REQUEST = {
  history: 'CREATE TABLE users (id bigint PRIMARY KEY, email text);\n',
  up: '-- why\nCREATE INDEX users_email_idx ON users (email);\n',
  down: '',
  dialect: 'postgres',
  serverVersion: '',
  preset: 'recommended',
  transaction: false,
} as const;

describe('the engine of the playground', () => {
  test('judges the migration by its history, and says what each statement locks', () => {
    const { findings, statements, verdicts, summary, server } = judge(REQUEST);
    expect(findings.map(({ rule, line, part }) => [rule, line, part])).toContainEqual([
      'require-concurrent-index',
      2,
      'up',
    ]);
    expect(statements).toEqual([
      {
        part: 'up',
        line: 2,
        text: 'CREATE INDEX users_email_idx ON users (email)',
        locks: 'SHARE on users, until the statement ends',
        blocks: 'writes',
        duration: 'index build',
      },
    ]);
    expect(verdicts[0]).toEqual({ text: 'BLOCKS writes of users while it builds an index', severity: 'error' });
    expect(summary).toEqual({ statements: 1, unreadable: 0 });
    expect(server.assumed).toBe(true);
  });

  test('says where the lock is held longer in a transaction, and asks for no down', () => {
    const { findings, statements } = judge({ ...REQUEST, transaction: true, serverVersion: '14' });
    expect(statements[0]!.locks).toBe('SHARE on users, until the transaction ends');
    expect(findings.map(({ rule }) => rule)).not.toContain('require-down');
  });

  test('judges a down', () => {
    const up = 'ALTER TABLE users ADD COLUMN plan text;\n';
    const { findings } = judge({ ...REQUEST, up, down: 'ALTER TABLE users DROP COLUMN email;\n' });
    expect(findings.map(({ rule, part }) => [rule, part])).toContainEqual(['no-lossy-down', 'down']);
  });

  test('takes any preset, and text that is no SQL', () => {
    for (const preset of PRESETS) expect(judge({ ...REQUEST, preset }).findings.length).toBeGreaterThan(0);
    expect(judge({ ...REQUEST, up: 'DROP TABEL users;' }).summary.unreadable).toBe(1);
    expect(judge({ ...REQUEST, history: '', up: '' }).findings).toEqual([]);
  });

  test('has an example for most rules, which breaks that rule', () => {
    const all = examples();
    expect(all.length).toBeGreaterThan(RULES.length / 2);
    for (const { rule, title: _title, ...request } of all) {
      expect(
        judge(request).findings.map(finding => finding.rule),
        rule,
      ).toContain(rule);
    }
  });
});

const severity = fc.constantFrom('error', 'warning', 'info');
const marked = fc.string({ unit: 'binary' }).chain(text =>
  fc.tuple(
    fc.constant(text),
    fc.array(
      fc.record({
        range: fc
          .tuple(fc.nat(text.length), fc.nat(text.length))
          .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
        severity,
      }),
    ),
  ),
);

describe('marks', () => {
  test('are pieces that together are the text, each as bad as the worst on it', () => {
    fc.assert(
      fc.property(marked, ([text, ranges]) => {
        const pieces = markedPieces(text, ranges);
        expect(pieces.map(piece => piece.text).join('')).toBe(text);
        let start = 0;
        for (const piece of pieces) {
          const on = ranges.filter(({ range }) => range[0] <= start && start < range[1]).map(each => each.severity);
          const worst = (['error', 'warning', 'info'] as const).find(each => on.includes(each)) ?? null;
          expect(piece.severity).toBe(worst);
          start += piece.text.length;
        }
      }),
    );
  });

  test('of a finding are shown with all of its lines, and no other', () => {
    const text = 'a;\nALTER TABLE t\n  ADD COLUMN c int;\nb;';
    const finding = { range: [3, 30], severity: 'error' } as unknown as PlaygroundFinding;
    expect(markedLines(text, finding).map(piece => [piece.text, piece.severity])).toEqual([
      ['ALTER TABLE t\n  ADD COLUMN ', 'error'],
      ['c int;', null],
    ]);
  });

  test('edits are applied where they stood before the others', () => {
    const edits = [
      { start: 0, end: 0, text: 'SET x;\n' },
      { start: 12, end: 12, text: ' CONCURRENTLY' },
    ];
    expect(applyEdits('CREATE INDEX i ON t (a);', edits)).toBe('SET x;\nCREATE INDEX CONCURRENTLY i ON t (a);');
  });
});

describe('a link to what stands in the playground', () => {
  test('brings it back, whatever is written there', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (up, history) => {
        const request = { ...REQUEST, up, history };
        const fragment = toFragment(request);
        expect(fragment).toMatch(/^#sql=[\w-]*$/);
        expect(fromFragment(fragment, REQUEST)).toEqual(request);
      }),
    );
  });

  test('that is broken, or that is of something else, brings nothing', () => {
    expect(fromFragment('#sql=%%%', REQUEST)).toBeUndefined();
    expect(fromFragment(`#sql=${btoa('{"up":')}`, REQUEST)).toBeUndefined();
    expect(fromFragment('#add-a-column', REQUEST)).toBeUndefined();
    expect(fromFragment(`#sql=${btoa('{"up":1,"more":2,"down":"x"}')}`, REQUEST)).toEqual({ ...REQUEST, down: 'x' });
    expect(fromFragment(`#sql=${btoa('null')}`, REQUEST)).toBeUndefined();
  });
});
