import { customRules } from '../config/load.ts';
import { didYouMean } from '../nearest.ts';
import { renderMarkdownForTerminal } from '../reporters/terminal-markdown.ts';
import { RULES, ruleById } from '../rules/index.ts';
import { rulePage } from '../rules/page.ts';
import { usageError } from '../usage-error.ts';
import { COMMON_FLAGS, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { outputStyle } from './output-style.ts';
import { versionCommand } from './version.ts';

/** `surefoot explain <rule>`: the rule's page in the terminal. */
export async function explainCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, COMMON_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const [given, unexpected] = args.positionals;
  if (given === undefined) throw usageError('explain needs a rule: surefoot explain <rule>; surefoot rules lists them');
  if (unexpected !== undefined) throw usageError(`explain takes one rule, got ${unexpected} too`);
  const id = given.replace(/^surefoot\//, '');
  const custom = ruleById(id) === undefined ? customRules(io.cwd) : [];
  const rule = ruleById(id) ?? custom.find(each => each.id === id);
  const ids = [...RULES, ...custom].map(each => each.id);
  if (rule === undefined)
    throw usageError(`unknown rule ${given}${didYouMean(id, ids) || '; surefoot rules lists them'}`);
  const { color, width } = outputStyle(args, io, false);
  io.stdout.write(renderMarkdownForTerminal(rulePage(rule), { color, width }));
  return 0;
}
