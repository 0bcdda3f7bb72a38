import { FOREIGN_LINTERS } from '../init/from/index.ts';
import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import { REPORTERS } from '../reporters/index.ts';
import { RULES } from '../rules/index.ts';
import { PRESETS } from '../rules/rule.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { BASELINE_FLAGS } from './baseline.ts';
import { COMMON_FLAGS, type FlagTable, oneOf, parseArguments } from './flags.ts';
import { helpCommand } from './help.ts';
import { IMPACT_FLAGS } from './impact.ts';
import { INIT_FLAGS } from './init.ts';
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
  '--from': Object.keys(FOREIGN_LINTERS),
};

/** `surefoot completion bash|zsh|fish`: a script that the shell reads at its start. */
export async function completionCommand(argv: readonly string[], io: Io): Promise<number> {
  const args = parseArguments(argv, COMMON_FLAGS);
  if (args.flags.has('help')) return helpCommand([], io);
  if (args.flags.has('version')) return versionCommand([], io);
  const [given, more] = args.positionals;
  if (given === undefined || more !== undefined) throw usageError(`completion: name one shell: ${SHELLS.join(', ')}`);
  const shell = oneOf('completion', given, SHELLS);
  io.stdout.write({ bash, zsh: () => ZSH_START + bash(), fish }[shell]());
  return 0;
}

const FLAGS = flagsOf(LINT_FLAGS);

/** The flags of commands that have others than `lint`. */
const FLAGS_OF: Readonly<Record<string, readonly string[]>> = {
  impact: flagsOf(IMPACT_FLAGS),
  baseline: flagsOf(BASELINE_FLAGS),
  init: flagsOf(INIT_FLAGS),
};

function flagsOf(table: FlagTable): readonly string[] {
  return Object.keys(table).map(name => `--${name}`);
}

const RULE_IDS = RULES.map(({ id }) => id);

/** Loads what zsh needs to read completions of bash, where its user's start-up files have not. */
const ZSH_START = `(( $+functions[compdef] )) || { autoload -U compinit && compinit }
autoload -U +X bashcompinit && bashcompinit
`;

/** zsh reads it too, by its bashcompinit. */
function bash(): string {
  const values = Object.entries({ ...VALUES, explain: RULE_IDS, completion: SHELLS })
    .map(([flag, words]) => `    ${flag}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return ;;`)
    .join('\n');
  const flags = Object.entries(FLAGS_OF)
    .map(([command, words]) => `      ${command}) COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")) ;;`)
    .join('\n');
  return `# surefoot completion bash >> ~/.bashrc
_surefoot() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}"
  case "$before" in
${values}
    --rule) COMPREPLY=($(compgen -S = -W '${RULE_IDS.join(' ')}' -- "$word")); compopt -o nospace 2>/dev/null; return ;;
  esac
  if [[ "$word" == -* ]]; then
    case "\${COMP_WORDS[1]}" in
${flags}
      *) COMPREPLY=($(compgen -W '${FLAGS.join(' ')}' -- "$word")) ;;
    esac
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
  const others = Object.keys(FLAGS_OF).join(' ');
  const flag = (condition: string, name: string): string => {
    const words = name === '--rule' ? RULE_IDS.map(id => `${id}=`) : VALUES[name];
    const values = words === undefined ? '' : ` -x -a '${words.join(' ')}'`;
    return `complete -c surefoot -n '${condition}' -l ${name.slice(2)}${values}`;
  };
  const flags = [
    ...FLAGS.map(name => flag(`not __fish_seen_subcommand_from ${others}`, name)),
    ...Object.entries(FLAGS_OF).flatMap(([command, names]) =>
      names.map(name => flag(`__fish_seen_subcommand_from ${command}`, name)),
    ),
  ];
  return `# surefoot completion fish > ~/.config/fish/completions/surefoot.fish
${[...commands, ...flags].join('\n')}
complete -c surefoot -n '__fish_seen_subcommand_from explain' -f -a '${RULE_IDS.join(' ')}'
complete -c surefoot -n '__fish_seen_subcommand_from completion' -f -a '${SHELLS.join(' ')}'
`;
}
