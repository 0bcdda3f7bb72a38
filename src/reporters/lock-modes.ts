import type { Effects } from '../effects/effects.ts';
import type { Dialect } from '../server/server.ts';

/** What a server calls the lock that stops the same traffic; any other mode stops nobody there, and is the `''` one. */
const LOCK_NAMES: Readonly<Partial<Record<Dialect, Readonly<Record<string, string>>>>> = (() => {
  const mysql = {
    AccessExclusiveLock: 'exclusive metadata lock',
    ExclusiveLock: 'metadata lock against writers',
    ShareRowExclusiveLock: 'metadata lock against writers',
    ShareLock: 'metadata lock against writers',
    '': 'shared metadata lock',
  };
  const sqlserver = {
    AccessExclusiveLock: 'Sch-M',
    ExclusiveLock: 'X',
    ShareRowExclusiveLock: 'SIX',
    ShareLock: 'S',
    RowExclusiveLock: 'IX',
    '': 'IS',
  };
  const sqlite = { AccessExclusiveLock: 'write lock', ExclusiveLock: 'write lock', '': 'read lock' };
  return { mysql, mariadb: mysql, sqlserver, sqlite };
})();

/**
 * `AccessExclusiveLock` as the server's manual writes it: `ACCESS EXCLUSIVE`; on MySQL `exclusive metadata lock`, on SQL Server
 * `Sch-M`, on SQLite the `write lock` of the database.
 */
export function modeName(mode: string, dialect: Dialect = 'postgres'): string {
  const names = LOCK_NAMES[dialect];
  if (names !== undefined) return names[mode] ?? names['']!;
  return mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/**
 * What a statement locks, and for how long: `SHARE on users, until the transaction ends`; empty where it locks nothing. Of a
 * change of a table on MySQL its algorithm and lock: `ALGORITHM=COPY, LOCK=SHARED`.
 */
export function locksText({ locks, releasedAt, algorithm, leastLock }: Effects, dialect?: Dialect): string {
  if (leastLock !== undefined) return `${algorithm === undefined ? '' : `ALGORITHM=${algorithm}, `}LOCK=${leastLock}`;
  const taken = locks.map(({ schema, name, mode }) => {
    const shown = schema === '' || schema === 'public' ? name : `${schema}.${name}`;
    return `${modeName(mode, dialect)} on ${shown}`;
  });
  if (taken.length === 0) return '';
  return `${taken.join(', ')}, until ${releasedAt === 'commit' ? 'the transaction ends' : 'the statement ends'}`;
}
