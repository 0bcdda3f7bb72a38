import { existsSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { applyBaseline, type Baseline, baselineOf, parseBaseline, writeBaseline } from '../linter/baseline.ts';
import { lint } from '../linter/lint.ts';
import { count } from '../reporters/terminal.ts';
import { usageError } from '../usage-error.ts';
import { type Arguments, COMMON_FLAGS, type FlagTable, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { readNamedFile } from './named-file.ts';
import { writeReports } from './report-files.ts';
import { SELECTION_FLAGS, select } from './selection.ts';
import { versionCommand } from './version.ts';

/** The flags of `surefoot baseline`. */
export const BASELINE_FLAGS = {
  output: { value: 'file' },
  prune: {},
  ...SELECTION_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

/** Where the baseline lies when nobody says it. */
const DEFAULT_FILE = 'surefoot-baseline.json';

/**
 * `surefoot baseline [--prune] [--output file] [paths…]`: writes down the findings of today, so that `lint --baseline` tells
 * only new ones; or takes out of a baseline what is fixed.
 */
export async function baselineCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, BASELINE_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const found = await select(args, io);
  const path = resolve(io.cwd, args.value('output') ?? found.settings.baseline ?? DEFAULT_FILE);
  const given = relative(io.cwd, path);
  const before = existsSync(path) ? readBaseline('baseline', path, io) : undefined;
  const result = lint(found);
  const folder = dirname(path);
  if (args.flags.has('prune')) {
    if (before === undefined) throw usageError(`--prune: there is no baseline ${given} yet`);
    const fixed = new Set(applyBaseline(result, before, folder).fixed);
    const entries = before.entries.filter(entry => !fixed.has(entry));
    write(path, given, { entries });
    io.stdout.write(`${given}: ${count(entries.length, 'known finding')}, ${fixed.size} fixed and taken out\n`);
    return 0;
  }
  if (isPartial(args)) {
    throw usageError('a baseline holds all findings of today: leave --since, --staged and --stdin out');
  }
  const after = baselineOf(result.findings, folder);
  write(path, given, after);
  io.stdout.write(
    `${given}: ${count(after.entries.length, 'known finding')}; surefoot lint --baseline ${given} tells only new ones\n`,
  );
  return 0;
}

/** What only looks at a part would forget the rest. */
function isPartial(args: Arguments): boolean {
  return args.value('since') !== undefined || args.flags.has('staged') || args.flags.has('stdin');
}

function write(path: string, given: string, baseline: Baseline): void {
  writeReports([{ path, given, text: writeBaseline(baseline) }]);
}

/**
 * Reads a baseline.
 *
 * @param named - where it is named, for messages
 * @throws a usage error that names the file and what is wrong with it
 */
export function readBaseline(named: string, path: string, io: Io): Baseline {
  return readNamedFile(named, relative(io.cwd, path), io, parseBaseline, 'surefoot baseline writes such a file');
}
