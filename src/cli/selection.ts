import { join, relative, resolve } from 'node:path';
import type { ConfigFlags } from '../config/resolve.ts';
import { type FoundMigrations, findMigrations } from '../find-migrations.ts';
import type { UnsavedFile } from '../migration-tools/folder-tree.ts';
import { DIALECTS } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { type Arguments, type FlagTable, mapValue, oneOf, optional } from './flags.ts';
import type { Io } from './io.ts';

/** Flags of the commands that look at migrations: which ones, and on which server they run. */
export const SELECTION_FLAGS = {
  dialect: { value: 'name' },
  'server-version': { value: 'version', repeatable: true },
  tool: { value: 'name' },
  'start-after': { value: 'migration', repeatable: true },
  since: { value: 'git ref' },
  staged: {},
  config: { value: 'file' },
  'no-config': {},
  stdin: {},
  'stdin-filename': { value: 'file' },
} as const satisfies FlagTable;

/**
 * Finds the migrations that a command line chooses, and says on stderr what there is to say about them.
 *
 * @param rules - what flags say about the rules, for commands that have such flags
 * @throws a usage error for a flag's value, a config file, a path, or a dialect that cannot be read
 */
export async function select(args: Arguments, io: Io, rules: ConfigFlags = { rules: {} }): Promise<FoundMigrations> {
  const config = configOf(args);
  const unsaved = unsavedOf(args, io);
  const isStaged = args.flags.has('staged');
  if (unsaved !== undefined && (isStaged || args.value('since') !== undefined))
    throw usageError('--stdin is judged whatever git says: leave --since and --staged out');
  const found = await findMigrations({
    cwd: io.cwd,
    paths: args.positionals,
    ...rules,
    ...optional('config', config),
    ...optional('tool', args.value('tool')),
    ...optional(
      'dialect',
      mapValue(args.value('dialect'), value => oneOf('--dialect', value, DIALECTS)),
    ),
    serverVersions: args.values('server-version').map(checkedVersion),
    startAfter: args.values('start-after'),
    ...optional('since', args.value('since')),
    staged: isStaged,
    ...optional('unsaved', unsaved),
    alone: unsaved !== undefined && !args.flags.has('stdin-filename'),
  });
  tell(found, args, io);
  return found;
}

function checkedVersion(value: string): string {
  if (/(^|=)\d+(\.\d+)*( [A-Za-z]+)?$/.test(value)) return value;
  throw usageError(`--server-version ${value}: give a version such as 17 or 8.0, or <project>=<version>`);
}

/** The config file that is named, or none at all; undefined where it is looked for. */
function configOf(args: Arguments): string | false | undefined {
  const named = args.value('config');
  if (!args.flags.has('no-config')) return named;
  if (named !== undefined) throw usageError('--config and --no-config exclude each other');
  return false;
}

function unsavedOf(args: Arguments, io: Io): UnsavedFile | undefined {
  const name = args.value('stdin-filename');
  if (!args.flags.has('stdin')) {
    if (name !== undefined) throw usageError('--stdin-filename goes with --stdin');
    return undefined;
  }
  if (args.positionals.length > 0)
    throw usageError('--stdin takes no paths; say where the text belongs with --stdin-filename');
  return { path: name === undefined ? join(io.cwd, 'stdin.sql') : resolve(io.cwd, name), text: io.readStdin() };
}

/** What is said about the run besides the report: on stderr. */
function tell({ projects, skipped, notes, settings }: FoundMigrations, args: Arguments, io: Io): void {
  for (const note of notes) io.stderr.write(`surefoot: note: ${note}\n`);
  if (!args.flags.has('debug')) return;
  const show = (path: string): string => relative(io.cwd, path) || '.';
  io.stderr.write(`config: ${settings.file === null ? 'none' : show(settings.file)}\n`);
  for (const { root, tool, dialect, migrations, judged } of projects) {
    io.stderr.write(
      `project: ${show(root)}: ${tool.id}, ${dialect}, ${migrations.length} migrations, ${judged.size} judged\n`,
    );
  }
  for (const { path, reason } of skipped) io.stderr.write(`skipped: ${show(path)}: ${reason}\n`);
}
