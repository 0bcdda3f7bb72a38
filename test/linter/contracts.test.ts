import { expect, test } from 'vitest';
import { contractFor, readContracts } from '../../src/linter/contracts.ts';
import { spellings } from '../../src/operations/names.ts';

const comment = (text: string) => ({ text, range: [0, 1] as const, style: 'line' as const });

test('a contract names an object and its proof', () => {
  expect(readContracts([comment(' surefoot-contract users.legacy: unused since v1.42 ')])).toMatchObject([
    { object: 'users.legacy', reason: 'unused since v1.42' },
  ]);
  expect(readContracts([comment(' surefoot-contract users.legacy')])).toMatchObject([
    { object: 'users.legacy', reason: '' },
  ]);
  expect(readContracts([comment(' about surefoot-contract users: x')])).toEqual([]);
});

test('it covers the object in any of its spellings, and only with a proof', () => {
  const [proven, unproven] = readContracts([
    comment('surefoot-contract public.users.legacy: unused since v1.42'),
    comment('surefoot-contract orders.legacy'),
  ]);
  expect(contractFor([proven!, unproven!], spellings({ name: 'users' }, 'legacy'))).toBe(proven);
  expect(contractFor([proven!, unproven!], spellings({ name: 'users' }, 'other'))).toBeUndefined();
  expect(contractFor([proven!, unproven!], spellings({ schema: 'app', name: 'users' }, 'legacy'))).toBeUndefined();
  expect(contractFor([proven!, unproven!], spellings({ name: 'orders' }, 'legacy'))).toBeUndefined();
});
