import type { Effects } from '../effects/effects.ts';

/** `AccessExclusiveLock` as the manual writes it: `ACCESS EXCLUSIVE`. */
export function modeName(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/** What a statement locks, and for how long: `SHARE on users, until the transaction ends`; empty where it locks nothing. */
export function locksText({ locks, releasedAt }: Effects): string {
  const taken = locks.map(({ schema, name, mode }) => {
    const shown = schema === '' || schema === 'public' ? name : `${schema}.${name}`;
    return `${modeName(mode)} on ${shown}`;
  });
  if (taken.length === 0) return '';
  return `${taken.join(', ')}, until ${releasedAt === 'commit' ? 'the transaction ends' : 'the statement ends'}`;
}
