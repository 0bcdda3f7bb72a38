import type { ReporterOptions } from '../reporters/index.ts';
import type { Arguments } from './flags.ts';
import type { Io } from './io.ts';

/** Width of reports that do not go to a terminal. */
const DEFAULT_WIDTH = 100;

/**
 * Whether to colour: the flag, then NO_COLOR (no-color.org), then FORCE_COLOR, then whether it is a terminal.
 *
 * @param toFile - the text goes into a file
 */
export function useColor({ flags }: Arguments, { env, stdout }: Io, toFile = false): boolean {
  if (flags.has('no-color')) return false;
  if (flags.has('color')) return true;
  if (toFile) return false;
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stdout.isTerminal && env.TERM !== 'dumb';
}

/** How a report is to be shown. */
export function outputStyle(args: Arguments, io: Io, toFile: boolean): Omit<ReporterOptions, 'repository'> {
  const terminal = !toFile && io.stdout.isTerminal;
  return {
    color: useColor(args, io, toFile),
    quiet: args.flags.has('quiet'),
    links: terminal && followsLinks(io.env),
    width: (terminal ? io.stdout.columns : undefined) ?? DEFAULT_WIDTH,
  };
}

/** Terminals known to follow OSC 8 hyperlinks; others print the escape codes, or hide the link. */
const LINKING_PROGRAMS = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'rio']);

function followsLinks(env: Io['env']): boolean {
  if (env.CI !== undefined && env.CI !== '') return false;
  if (env.WT_SESSION !== undefined || env.KITTY_WINDOW_ID !== undefined) return true;
  // VTE has them since 0.50, and crashed on them in exactly that version.
  if (Number(env.VTE_VERSION ?? 0) > 5000) return true;
  return LINKING_PROGRAMS.has(env.TERM_PROGRAM ?? '');
}
