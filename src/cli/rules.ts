import { customRules } from '../config/load.ts';
import { presetSeverity } from '../config/resolve.ts';
import { painter, type Style } from '../reporters/terminal.ts';
import { RULES } from '../rules/index.ts';
import { PRESETS, type RuleSeverity } from '../rules/rule.ts';
import { usageError } from '../usage-error.ts';
import { COMMON_FLAGS, type FlagTable, oneOf, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { useColor } from './output-style.ts';
import { versionCommand } from './version.ts';

const RULES_FLAGS = {
  format: { value: 'pretty|json' },
  preset: { value: 'name' },
  ...COMMON_FLAGS,
} as const satisfies FlagTable;

const STYLES: Readonly<Record<RuleSeverity, Style>> = { error: 'red', warn: 'yellow', info: 'blue', off: 'dim' };

/** `surefoot rules`: id, severity in a preset, what it prevents. */
export async function rulesCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, RULES_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const [unexpected] = args.positionals;
  if (unexpected !== undefined)
    throw usageError(`rules takes no arguments; did you mean surefoot explain ${unexpected}?`);
  const format = oneOf('--format', args.value('format') ?? 'pretty', ['pretty', 'json'] as const);
  const preset = oneOf('--preset', args.value('preset') ?? 'recommended', PRESETS);
  const rows = [...RULES, ...customRules(io.cwd)].map(rule => ({
    id: rule.id,
    severity: presetSeverity(rule, preset),
    description: rule.meta.description,
  }));
  if (format === 'json') {
    io.stdout.write(`${JSON.stringify({ version: 1, preset, rules: rows }, null, 2)}\n`);
    return 0;
  }
  const paint = painter(useColor(args, io));
  const width = Math.max(...rows.map(({ id }) => id.length));
  for (const { id, severity, description } of rows) {
    io.stdout.write(
      `${paint(severity.padEnd(5), STYLES[severity])}  ${paint(id.padEnd(width), 'bold')}  ${description}\n`,
    );
  }
  return 0;
}
