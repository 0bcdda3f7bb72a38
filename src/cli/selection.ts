import { existsSync, statSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { findConfig, loadConfig } from '../config/load.ts';
import { type ConfigFlags, type ResolvedConfig, resolveConfig } from '../config/resolve.ts';
import { type ReadText, readTextFromDisk } from '../linter/read-migration.ts';
import { deployFilesByRoot, withDeployFiles } from '../migration-tools/deploy-files.ts';
import { discover } from '../migration-tools/discover.ts';
import type { BaseFiles, Discovery } from '../migration-tools/discovery.ts';
import { type DiskTree, diskTree, type UnsavedFile } from '../migration-tools/folder-tree.ts';
import type { FolderTree } from '../migration-tools/migration-tool.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
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

/** The migrations that a command line chooses. */
export interface Selection {
  readonly config: ResolvedConfig;
  readonly found: Discovery;
  /** Reads a migration's text: from disk, or from standard input for the file that stands for it. */
  readonly read: ReadText;
  /** Whether all of it comes from disk. */
  readonly isOnDisk: boolean;
}

/**
 * Finds the migrations that a command line chooses, and says on stderr what there is to say about them.
 *
 * @param rules - what flags say about the rules, for commands that have such flags
 * @throws a usage error for a flag's value, a config file, a path, or a dialect that cannot be read
 */
export async function select(args: Arguments, io: Io, rules: ConfigFlags = { rules: {} }): Promise<Selection> {
  const config = configOf(args, io, rules);
  const unsaved = unsavedOf(args, io);
  const changes = await changesOf(args, io);
  const found = discover({
    cwd: io.cwd,
    paths: args.positionals,
    ...optional('tool', args.value('tool')),
    ...optional(
      'dialect',
      mapValue(args.value('dialect'), value => oneOf('--dialect', value, DIALECTS)),
    ),
    serverVersions: args.values('server-version').map(checkedVersion),
    startAfter: args.values('start-after'),
    projects: config.projects,
    ...optional('unsaved', unsaved),
    alone: unsaved !== undefined && !args.flags.has('stdin-filename'),
    ...optional('changed', changes?.changed),
    ...optional('textBefore', changes?.textBefore),
    ...optional('isConcerned', concernsOf(args, io, changes)),
    ...optional('tree', changes?.tree),
  });
  const readable = withoutUnreadDialects(found, io);
  tell(readable, config, args, io);
  const read = (path: string): string =>
    path === unsaved?.path ? unsaved.text : (changes?.textOf(path) ?? readFile(path, io));
  const projects = withDeployFiles(readable.projects, {
    cwd: io.cwd,
    // An editor asks about its one text.
    paths: unsaved === undefined ? args.positionals : [unsaved.path],
    ...optional('changed', changes?.changed),
  }).map(project => ({ ...project, ...optional('base', changes?.base) }));
  return {
    config,
    found: { ...readable, projects },
    read,
    isOnDisk: unsaved === undefined && !args.flags.has('staged'),
  };
}

/** Which projects changes are about, although none of their migrations is new: those whose deploys or applied files they touch. */
function concernsOf(
  args: Arguments,
  io: Io,
  changes: Changes | undefined,
): ((folders: readonly string[], roots: readonly string[]) => boolean) | undefined {
  if (changes === undefined) return undefined;
  const { changed, base } = changes;
  let deployFiles: ReadonlyMap<string, readonly string[]> | undefined;
  return (folders, roots) => {
    deployFiles ??= deployFilesByRoot({ cwd: io.cwd, paths: args.positionals, changed }, roots);
    const isGone = [...(base?.removed ?? [])].some(path => folders.some(folder => path.startsWith(folder + sep)));
    return isGone || (deployFiles.get(folders[0]!)?.length ?? 0) > 0;
  };
}

/** What `--since` or `--staged` chooses. */
interface Changes {
  readonly changed: ReadonlySet<string>;
  /** Where to look in place of the disk. */
  readonly tree?: DiskTree;
  /** A file's text where the disk does not count. */
  textOf(path: string): string | undefined;
  /** A file's text without the changes; undefined where there was none. */
  textBefore(path: string): string | undefined;
  /** The branch that this one is compared with; left out where nothing says what is applied. */
  readonly base?: BaseFiles;
}

async function changesOf(args: Arguments, io: Io): Promise<Changes | undefined> {
  const since = args.value('since');
  const isStaged = args.flags.has('staged');
  if (since === undefined && !isStaged) return undefined;
  if (since !== undefined && isStaged) throw usageError('--since and --staged exclude each other');
  if (args.flags.has('stdin')) throw usageError('--stdin is judged whatever git says: leave --since and --staged out');
  const { changesSince, committedText, stagedFiles, stagedText, textAt } = await import('../git/git.ts');
  const { baseTree, stagedTree } = await import('../git/git-trees.ts');
  if (since !== undefined) {
    const changes = changesSince(io.cwd, since);
    const text = (path: string): string | undefined => textAt(changes, path);
    let tree: FolderTree | undefined;
    return {
      changed: changes.changed,
      textOf: () => undefined,
      textBefore: text,
      base: {
        text,
        changed: changes.changed,
        removed: changes.removed,
        get tree() {
          tree ??= baseTree(changes, diskTree());
          return tree;
        },
      },
    };
  }
  const staged = stagedFiles(io.cwd);
  return {
    changed: staged.changed,
    textBefore: path => committedText(staged, path),
    tree: stagedTree(staged, diskTree()),
    textOf: path => (staged.otherOnDisk.has(path) && staged.files.has(path) ? stagedText(staged, path) : undefined),
  };
}

/** No migration comes near this size, and Node cannot hold a text of 512 MB. */
const MAX_READABLE_BYTES = 256 * 1024 * 1024;

function readFile(path: string, io: Io): string {
  const { size } = statSync(path);
  if (size <= MAX_READABLE_BYTES) return readTextFromDisk(path);
  const megabytes = Math.round(size / 1024 / 1024);
  throw usageError(`${relative(io.cwd, path)}: cannot be read: ${megabytes} MB; load data outside of migrations`);
}

function checkedVersion(value: string): string {
  if (/(^|=)\d+(\.\d+)*( [A-Za-z]+)?$/.test(value)) return value;
  throw usageError(`--server-version ${value}: give a version such as 17 or 8.0, or <project>=<version>`);
}

function configOf(args: Arguments, io: Io, flags: ConfigFlags): ResolvedConfig {
  const named = args.value('config');
  if (args.flags.has('no-config')) {
    if (named !== undefined) throw usageError('--config and --no-config exclude each other');
    return resolveConfig(undefined, flags, io.cwd);
  }
  const file = named === undefined ? findConfig(io.cwd) : resolve(io.cwd, named);
  if (file !== undefined && named !== undefined && !existsSync(file))
    throw usageError(`--config ${named}: no such file`);
  return resolveConfig(file === undefined ? undefined : loadConfig(file, io.cwd), flags, io.cwd);
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
function tell({ projects, skipped, notes }: Discovery, config: ResolvedConfig, args: Arguments, io: Io): void {
  for (const note of notes) io.stderr.write(`surefoot: note: ${note}\n`);
  if (!args.flags.has('debug')) return;
  const show = (path: string): string => relative(io.cwd, path) || '.';
  io.stderr.write(`config: ${config.file === null ? 'none' : show(config.file)}\n`);
  for (const { root, tool, dialect, migrations, judged } of projects) {
    io.stderr.write(
      `project: ${show(root)}: ${tool.id}, ${dialect}, ${migrations.length} migrations, ${judged.size} judged\n`,
    );
  }
  for (const { path, reason } of skipped) io.stderr.write(`skipped: ${show(path)}: ${reason}\n`);
}

/**
 * Leaves projects out whose dialect cannot be read yet, and says so: in a repository with several, the others are still judged.
 *
 * @throws a usage error where nothing else is to judge
 */
function withoutUnreadDialects({ projects: all, ...rest }: Discovery, io: Io): Discovery {
  // Those without new migrations are there for what is around them, if anything can be said of them at all.
  const found = {
    ...rest,
    projects: all.filter(each => each.judged.size > 0 || FRONT_ENDS[each.dialect] !== undefined),
  };
  const unread = found.projects.filter(({ dialect }) => FRONT_ENDS[dialect] === undefined);
  if (unread.length === 0) return found;
  const readable = Object.keys(FRONT_ENDS).join(', ');
  const notes = unread.map(
    ({ root, dialect }) =>
      `${relative(io.cwd, root) || '.'}: ${dialect} cannot be linted yet, only ${readable}; name the folders to lint, or set --dialect if this is wrong`,
  );
  if (unread.length > 0 && unread.length === found.projects.length) throw usageError(notes[0]!);
  const projects = found.projects.filter(project => !unread.includes(project));
  return { ...found, projects, notes: [...found.notes, ...notes.map(note => `left out: ${note}`)] };
}
