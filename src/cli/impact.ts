import { impact } from '../linter/impact.ts';
import { impactJson } from '../reporters/impact/json.ts';
import { impactPretty } from '../reporters/impact/pretty.ts';
import { COMMON_FLAGS, type FlagTable, oneOf, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { outputStyle } from './output-style.ts';
import { SELECTION_FLAGS, select } from './selection.ts';
import { versionCommand } from './version.ts';

/** The flags of `surefoot impact`. */
export const IMPACT_FLAGS = {
  format: { value: 'pretty|json' },
  ...SELECTION_FLAGS,
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

/** `surefoot impact [paths…]`: what each statement locks, blocks, rewrites and scans. */
export async function impactCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, IMPACT_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const format = oneOf('--format', args.value('format') ?? 'pretty', ['pretty', 'json'] as const);
  const result = impact(await select(args, io));
  io.stdout.write(format === 'json' ? impactJson(result) : impactPretty(result, outputStyle(args, io, false)));
  return 0;
}
