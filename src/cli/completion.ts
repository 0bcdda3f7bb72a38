import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import { REPORTERS } from '../reporters/index.ts';
import { RULES } from '../rules/index.ts';
import { PRESETS } from '../rules/rule.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { COMMON_FLAGS, type FlagTable, oneOf, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import type { Io } from './io.ts';
import { LINT_FLAGS } from './lint.ts';
import { versionCommand } from './version.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Commands that a user starts, as the help has them. */
const COMMANDS = ['lint', 'impact', 'sizes', 'rules', 'explain', 'baseline', 'init', 'completion', 'help'];

/** What may follow a flag, where that is one of a few words. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--format': Object.keys(REPORTERS),
  '--preset': PRESETS,
  '--dialect': DIALECTS,
  '--tool': Object.keys(MIGRATION_TOOLS),
};

/** `surefoot completion bash|zsh|fish`: a script that the shell reads at its start. */
export async function completionCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, COMMON_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const [given, more] = args.positionals;
  if (given === undefined || more !== undefined) throw usageError(`completion: name one shell: ${SHELLS.join(', ')}`);
  const shell = oneOf('completion', given, SHELLS);
  io.stdout.write(
    shell === 'fish' ? fish() : `${shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : ''}${bash()}`,
  );
  return 0;
}

const FLAGS = Object.keys(LINT_FLAGS satisfies FlagTable).map(name => `--${name}`);
const RULE_IDS = RULES.map(({ id }) => id);

/** zsh reads it too, by its bashcompinit. */
function bash(): string {
  const values = Object.entries({ ...VALUES, explain: RULE_IDS, completion: SHELLS })
    .map(([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return ;;`)
    .join('\n');
  return `# surefoot completion bash >> ~/.bashrc
_surefoot() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$before" in
${values}
    --rule) COMPREPLY=($(compgen -S = -W '${RULE_IDS.join(' ')}' -- "$word")); compopt -o nospace 2>/dev/null; return ;;
  esac
  if [[ "$word" == -* ]]; then
    COMPREPLY=($(compgen -W '${FLAGS.join(' ')}' -- "$word"))
  elif [[ $COMP_CWORD -eq 1 ]]; then
    COMPREPLY=($(compgen -W '${COMMANDS.join(' ')}' -- "$word") $(compgen -f -- "$word"))
  else
    COMPREPLY=($(compgen -f -- "$word"))
  fi
}
complete -o filenames -F _surefoot surefoot
`;
}

function fish(): string {
  const commands = COMMANDS.map(name => `complete -c surefoot -n __fish_use_subcommand -a ${name}`);
  const flags = FLAGS.map(flag => {
    const words = VALUES[flag];
    return `complete -c surefoot -l ${flag.slice(2)}${words === undefined ? '' : ` -x -a '${words.join(' ')}'`}`;
  });
  return `# surefoot completion fish > ~/.config/fish/completions/surefoot.fish
${[...commands, ...flags].join('\n')}
complete -c surefoot -n '__fish_seen_subcommand_from explain' -f -a '${RULE_IDS.join(' ')}'
complete -c surefoot -n '__fish_seen_subcommand_from completion' -f -a '${SHELLS.join(' ')}'
`;
}
