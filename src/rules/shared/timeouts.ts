import { parseDuration } from '../../effects/index.ts';
import { setting } from '../../schema/index.ts';
import type { State } from '../../schema/state.ts';

export type Timeout = 'lock_timeout' | 'statement_timeout';

/**
 * The timeout that is in effect, in milliseconds: SET, SET LOCAL, RESET, ROLLBACK and what the runner sets are all in the state.
 *
 * @returns 0 where there is none or it is switched off; undefined where only the run knows the value
 */
export function timeoutInEffect(state: State, name: Timeout): number | undefined {
  const found = setting(state, name);
  if (found === undefined) return 0;
  return found.value === undefined ? undefined : parseDuration(found.value);
}

/** Milliseconds as a reader would write them: `2 s`, `90 s`, `500 ms`, `5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds % 60_000 === 0) return `${milliseconds / 60_000} min`;
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}
