import { describe, expect, test } from 'vitest';
import { compareDottedVersions, compareNumberedNames } from '../../src/migration-tools/file-order.ts';

describe('compareNumberedNames', () => {
  test.each([
    ['numbers as numbers, whatever their width', ['10_c', '2_b', '001_a'], ['001_a', '2_b', '10_c']],
    [
      '17 digits that differ in the last one only',
      ['20240101120000002_b', '20240101120000001_z'],
      ['20240101120000001_z', '20240101120000002_b'],
    ],
    ['14 digits after short numbers', ['20240101120000_b', '0002_a'], ['0002_a', '20240101120000_b']],
    ['equal numbers by text', ['8_b', '8_a'], ['8_a', '8_b']],
    ['names without number after those with one, by text', ['b', 'a', '9_x', 'B'], ['9_x', 'B', 'a', 'b']],
    ['a v before the number', ['v10_b', 'v9_a'], ['v9_a', 'v10_b']],
  ])('%s', (_, names, expected) => {
    expect(names.toSorted(compareNumberedNames)).toEqual(expected);
    expect(names.toReversed().sort(compareNumberedNames)).toEqual(expected);
  });
});

test('version folders are compared part by part', () => {
  expect(['1.10', '1.9', 'v2', '', '1.9.1'].sort(compareDottedVersions)).toEqual(['', '1.9', '1.9.1', '1.10', 'v2']);
});
