import type { Io } from './io.ts';

/** How far long work is, on one line of the terminal that is written over and goes away. */
export interface Progress {
  /** One more migration is done. */
  step(): void;
  /** The work is over, and may begin anew: the line goes away. */
  end(): void;
}

/** Shorter work is over before anyone wonders; in milliseconds. */
const PATIENCE = 400;
/** Between two looks at the screen; in milliseconds. */
const PAUSE = 100;

/**
 * Whether anyone watches: a person at a terminal, not a pipe, a file or a CI, whose logs would hold every state of the line.
 */
export function isWatched({ stderr, env }: Io): boolean {
  return stderr.isTerminal && (env.CI ?? '') === '' && env.TERM !== 'dumb';
}

/**
 * Starts to show progress.
 *
 * @param total - how many migrations there are
 * @param now - the time in milliseconds; replaced in tests
 */
export function startProgress(total: number, { stderr }: Pick<Io, 'stderr'>, now: () => number = Date.now): Progress {
  let next = now() + PATIENCE;
  let done = 0;
  let isShown = false;
  return {
    step() {
      done++;
      if (now() < next) return;
      next = now() + PAUSE;
      isShown = true;
      const percent = Math.floor((100 * done) / total);
      stderr.write(`\r\u001B[K${done} of ${total} migrations, ${percent} %`);
    },
    end() {
      if (isShown) stderr.write('\r\u001B[K');
      isShown = false;
      done = 0;
      next = now() + PATIENCE;
    },
  };
}
