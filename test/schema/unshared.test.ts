import fc from 'fast-check';
import { Map as PersistentMap } from 'immutable';
import { expect, test } from 'vitest';
import { unsharedValues } from '../../src/schema/unshared.ts';

const large = PersistentMap(Array.from({ length: 20_000 }, (_, id) => [id, { id }] as const));

test('nothing of a map and itself, all of a map and an empty one', () => {
  expect(unsharedValues(large, large)).toEqual([]);
  expect(unsharedValues(PersistentMap(), large)).toEqual([]);
  expect(unsharedValues(large, PersistentMap())).toHaveLength(20_000);
});

test('little more than what changed: the tree is shared', () => {
  const changed = large.set(77, { id: -1 }).delete(12_345).set(50_000, { id: 50_000 });
  expect(unsharedValues(large, changed).length).toBeLessThan(200);
  expect(unsharedValues(changed, large).length).toBeLessThan(200);
});

test('never less than what changed', () => {
  const edit = fc.tuple(fc.integer({ min: 0, max: 400 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 300 }), fc.array(edit, { maxLength: 40 }), (first, second) => {
      const apply = (map: PersistentMap<number, object>, edits: typeof first): typeof map =>
        edits.reduce((now, [id, keep]) => (keep ? now.set(id, { id }) : now.delete(id)), map);
      const before = apply(PersistentMap(), first);
      const after = apply(before, second);
      const found = new Set(unsharedValues(before, after));
      for (const [id, value] of before) if (after.get(id) !== value) expect(found).toContain(value);
    }),
  );
});
