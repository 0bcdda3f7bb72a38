import { parseDuration } from '../../effects/index.ts';
import { setting } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';
import type { Server } from '../../server/server.ts';

export type Timeout = 'lock_timeout' | 'statement_timeout' | 'lock_wait_timeout';

/** The setting that limits how long a statement waits for a lock on a table. */
export function lockTimeoutOf({ dialect }: Pick<Server, 'dialect'>): 'lock_timeout' | 'lock_wait_timeout' {
  return dialect === 'mysql' || dialect === 'mariadb' ? 'lock_wait_timeout' : 'lock_timeout';
}

/**
 * The timeout that is in effect, in milliseconds: SET, SET LOCAL, RESET, ROLLBACK and what the runner sets are all in the state.
 *
 * @returns 0 where there is none or it is switched off; undefined where only the run knows the value
 */
export function timeoutInEffect(state: State, name: Timeout): number | undefined {
  const found = setting(state, name);
  if (found === undefined) return 0;
  if (found.value === undefined) return undefined;
  // SQL Server's -1 waits for ever, its 0 not at all ("SET LOCK_TIMEOUT").
  if (state.dialect === 'sqlserver') return Math.max(0, Number(found.value) === 0 ? 1 : Number(found.value));
  // MySQL counts in seconds.
  const isSeconds = name === 'lock_wait_timeout' && /^\d+(?:\.\d+)?$/.test(found.value.trim());
  return parseDuration(isSeconds ? `${found.value.trim()}s` : found.value);
}

/** Milliseconds as a reader would write them: `2 s`, `90 s`, `500 ms`, `5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}
