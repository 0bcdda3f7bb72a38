import type { Effects } from '../effects/effects.ts';
import type { Dialect } from '../server/server.ts';

/** What MySQL and MariaDB call the lock that stops the same traffic; any other mode stops nobody there. */
const METADATA_LOCKS: Readonly<Record<string, string>> = {
  AccessExclusiveLock: 'exclusive metadata lock',
  ExclusiveLock: 'metadata lock against writers',
  ShareRowExclusiveLock: 'metadata lock against writers',
  ShareLock: 'metadata lock against writers',
};

/** `AccessExclusiveLock` as the server's manual writes it: `ACCESS EXCLUSIVE`; on MySQL `exclusive metadata lock`. */
export function modeName(mode: string, dialect: Dialect = 'postgres'): string {
  if (dialect === 'mysql' || dialect === 'mariadb') return METADATA_LOCKS[mode] ?? 'shared metadata lock';
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/**
 * What a statement locks, and for how long: `SHARE on users, until the transaction ends`; empty where it locks nothing. Of a
 * change of a table on MySQL its algorithm and lock: `ALGORITHM=COPY, LOCK=SHARED`.
 */
export function locksText({ locks, releasedAt, algorithm, leastLock }: Effects): string {
  if (leastLock !== undefined) return `${algorithm === undefined ? '' : `ALGORITHM=${algorithm}, `}LOCK=${leastLock}`;
  const taken = locks.map(({ schema, name, mode }) => {
    const shown = schema === '' || schema === 'public' ? name : `${schema}.${name}`;
    return `${modeName(mode)} on ${shown}`;
  });
  if (taken.length === 0) return '';
  return `${taken.join(', ')}, until ${releasedAt === 'commit' ? 'the transaction ends' : 'the statement ends'}`;
}
