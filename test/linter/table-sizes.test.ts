import { describe, expect, test } from 'vitest';
import type { Effects } from '../../src/effects/effects.ts';
import { judgeBySize, parseTableSizes } from '../../src/linter/table-sizes.ts';

const gibibyte = 1024 ** 3;

function effectsOn(duration: Effects['duration'], ...names: readonly string[]): Effects {
  const relations = names.map(name => ({ schema: 'public', name }));
  return {
    known: true,
    unknowns: [],
    locks: [],
    rewrites: duration === 'rewrite' ? relations : [],
    scans: duration === 'scan' ? relations : [],
    indexBuilds: duration === 'index build' ? relations.map(table => ({ schema: 'public', name: 'i', table })) : [],
    blocksReads: [],
    blocksWrites: [],
    duration,
    releasedAt: 'statement',
    transaction: 'allowed',
    failsOnRows: [],
    failures: [],
    drops: [],
  };
}

describe('judgeBySize', () => {
  const sizes = parseTableSizes(
    JSON.stringify({ tables: { users: { bytes: 1000 }, 'public.orders': { bytes: 12 * gibibyte, rows: 5 } } }),
  );

  test('a small table is only worth a note', () => {
    expect(judgeBySize(sizes, effectsOn('rewrite', 'users'))).toEqual({ kind: 'small' });
  });

  test('a large one gets a rough time with its rate', () => {
    expect(judgeBySize(sizes, effectsOn('rewrite', 'orders'))).toEqual({
      kind: 'large',
      estimate: 'orders holds 12 GB: roughly 4 min at 50 MB/s',
    });
    expect(judgeBySize(sizes, effectsOn('scan', 'users', 'orders'))).toEqual({
      kind: 'large',
      estimate: 'orders holds 12 GB: roughly 61 s at 200 MB/s',
    });
  });

  test('nothing is said of a table that the file does not have, or of work that takes a moment', () => {
    expect(judgeBySize(sizes, effectsOn('index build', 'other'))).toEqual({ kind: 'unknown' });
    expect(judgeBySize(sizes, effectsOn('instant', 'users'))).toEqual({ kind: 'unknown' });
  });
});

test.each([
  ['{', /^not valid JSON/],
  ['[]', /^expected \{"tables"/],
  ['{"tables": []}', /^expected \{"tables"/],
  ['{"tables": {"users": 5}}', /^tables\["users"\]\.bytes/],
  ['{"tables": {"users": {"bytes": -1}}}', /^tables\["users"\]\.bytes/],
  ['{"tables": {"users": {"bytes": 1, "rows": "many"}}}', /^tables\["users"\]\.rows/],
  ['{"tables": {}, "smallBytes": "1MB"}', /^smallBytes/],
])('a file of another shape is refused: %s', (text, message) => {
  expect(() => parseTableSizes(text)).toThrow(message);
});
