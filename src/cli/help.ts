import type { Io } from './io.ts';

const HELP = `surefoot: keeps database migrations safe to deploy

  surefoot [lint] [paths…]     judge the migrations at these paths, or all below this folder
  surefoot impact [paths…]     what each statement locks, blocks, rewrites and scans
  surefoot sizes               how big the tables of a database are, for --table-sizes
  surefoot rules               list the rules
  surefoot explain <rule>      what a rule prevents, why, and the safe way
  surefoot baseline [--prune] [--output <file>]   write down today's findings; prune what is fixed
  surefoot init [--yes] [--from <linter>]   config, hook, CI and editor: shows it, then writes
  surefoot completion <shell>  for bash, zsh, fish to complete all this

What to judge
  --since <git ref>            what this branch adds to it; the rest is history: replayed only
  --staged                     what is staged, for hooks
  --start-after <migration>    it and what is older is history: replayed, not judged
  --tool <name>                which migration tool runs the files (else detected)
  --dialect <name>             postgres, mysql, mariadb, sqlite, sqlserver, mongodb (else detected)
  --server-version <version>   of the production server: 17 (else the newest known)
                               both versions and --start-after: also <project>=<value>
  --stdin [--stdin-filename <file>]    judge standard input as if it were that file

How to judge
  --preset <name>              recommended (default), strict, multi-tenant, conventions, all
  --rule <id>=<severity>       error, warn, info, off; may be repeated
  --config <file>, --no-config else surefoot.config.{ts,js,json} here or above
  --table-sizes <file>         small tables become notes, large ones get a time
  --baseline <file>            what it knows is left out: only new findings count
  --max-warnings <number>      more warnings than this fail the run

Output
  --format <name>[=<file>]     pretty (default), json, sarif, github, gitlab, markdown, junit,
                               checkstyle, rdjson, html; may be repeated
  --fix, --fix-dry-run         apply what changes no meaning; or print it as a diff
  --quiet (errors only), --color, --no-color, --debug, --version, --help

Exit status: 0 no errors; 1 errors, or too many warnings; 2 the run failed.

Examples
  surefoot                                       every project below this folder
  surefoot db/migrations/0042_add_index.sql      one migration, after the history before it
  surefoot --start-after 0041 --format sarif=surefoot.sarif --format pretty db/migrations
`;

/** `surefoot help` and `--help` */
export async function helpCommand(_argv: readonly string[], io: Io): Promise<number> {
  io.stdout.write(HELP);
  return 0;
}
