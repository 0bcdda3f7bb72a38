import { existsSync, statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { findConfig, loadConfig } from './config/load.ts';
import { type ConfigFlags, type ResolvedConfig, resolveConfig } from './config/resolve.ts';
import { type ReadText, readTextFromDisk } from './linter/read-migration.ts';
import { deployFilesByRoot, withDeployFiles } from './migration-tools/deploy-files.ts';
import { type DiscoverRequest, discover } from './migration-tools/discover.ts';
import type { BaseFiles, DiscoveredProject, Discovery } from './migration-tools/discovery.ts';
import { type DiskTree, diskTree } from './migration-tools/folder-tree.ts';
import type { FolderTree } from './migration-tools/migration-tool.ts';
import { usageError } from './usage-error.ts';

/** Which migrations to look at, and how; what is left out is found out, as on the command line. */
export interface FindRequest
  extends ConfigFlags,
    Pick<DiscoverRequest, 'cwd' | 'tool' | 'dialect' | 'serverVersions' | 'startAfter' | 'unsaved' | 'alone'> {
  /** Files, folders or patterns, relative to `cwd`; every project below `cwd` when left out. They select what is judged, never the history. */
  readonly paths?: readonly string[];
  /** The config file, relative to `cwd`; false for none. When left out, `surefoot.config.*` in `cwd` or above. */
  readonly config?: string | false;
  /** A git ref: what it holds is history, replayed and not judged. */
  readonly since?: string;
  /** Judge what is staged in git, as it is staged. */
  readonly staged?: boolean;
}

/** Migrations with all that `lint` and `impact` want to know of them: it can be given to both as it is. */
export interface FoundMigrations {
  /** Absolute path. */
  readonly cwd: string;
  readonly projects: readonly DiscoveredProject[];
  readonly settings: ResolvedConfig;
  /** Reads a migration's text: from disk, from git's index, or the text that is not saved. */
  readonly read: ReadText;
  /** Whether all of it comes from disk. */
  readonly isOnDisk: boolean;
  /** Files met that are no migrations, with the reasons. */
  readonly skipped: Discovery['skipped'];
  readonly skippedFiles: number;
  /** Sentences for the user about what could not be looked at. */
  readonly notes: readonly string[];
}

/**
 * Finds migrations, the history before them, and the configuration that holds for them: what every command starts with.
 *
 * @throws a usage error ({@link isUsageError}) for a config file, a path, a git ref, or a dialect that nothing tells
 */
export async function findMigrations(request: FindRequest): Promise<FoundMigrations> {
  const { cwd, paths = [], unsaved } = request;
  const settings = settingsOf(request);
  const changes = await changesOf(request);
  const isConcerned = concernsOf(request, changes);
  const { config: _config, preset: _preset, rules: _rules, since: _since, staged: _staged, ...wanted } = request;
  const found = discover({
    ...wanted,
    paths,
    projects: settings.projects,
    ...(changes === undefined ? {} : { changed: changes.changed, textBefore: changes.textBefore }),
    ...(isConcerned === undefined ? {} : { isConcerned }),
    ...(changes?.tree === undefined ? {} : { tree: changes.tree }),
  });
  const read = (path: string): string =>
    path === unsaved?.path ? unsaved.text : (changes?.textOf(path) ?? readFile(path, cwd));
  const projects = withDeployFiles(found.projects, {
    cwd,
    // An editor asks about its one text.
    paths: unsaved === undefined ? paths : [unsaved.path],
    ...(changes === undefined ? {} : { changed: changes.changed }),
  }).map(project => ({ ...project, ...(changes?.base === undefined ? {} : { base: changes.base }) }));
  return {
    cwd,
    projects,
    settings,
    read,
    isOnDisk: unsaved === undefined && request.staged !== true,
    skipped: found.skipped,
    skippedFiles: found.skipped.length,
    notes: found.notes,
  };
}

function settingsOf({ cwd, config: named, preset, rules }: FindRequest): ResolvedConfig {
  const flags: ConfigFlags = { ...(preset === undefined ? {} : { preset }), rules: rules ?? {} };
  if (named === false) return resolveConfig(undefined, flags, cwd);
  const file = named === undefined ? findConfig(cwd) : resolve(cwd, named);
  if (file !== undefined && named !== undefined && !existsSync(file))
    throw usageError(`--config ${named}: no such file`);
  return resolveConfig(file === undefined ? undefined : loadConfig(file, cwd), flags, cwd);
}

/** Which projects changes are about, although none of their migrations is new: those whose deploys or applied files they touch. */
function concernsOf(
  { cwd, paths = [] }: FindRequest,
  changes: Changes | undefined,
): ((folders: readonly string[], roots: readonly string[]) => boolean) | undefined {
  if (changes === undefined) return undefined;
  const { changed, base } = changes;
  let deployFiles: ReadonlyMap<string, readonly string[]> | undefined;
  return (folders, roots) => {
    deployFiles ??= deployFilesByRoot({ cwd, paths, changed }, roots);
    const isGone = [...(base?.removed ?? [])].some(path => folders.some(folder => path.startsWith(folder + sep)));
    return isGone || (deployFiles.get(folders[0]!)?.length ?? 0) > 0;
  };
}

/** What git says is new. */
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

/** Git is loaded only where it is asked. */
async function changesOf({ cwd, since, staged: isStaged = false }: FindRequest): Promise<Changes | undefined> {
  if (since === undefined && !isStaged) return undefined;
  if (since !== undefined && isStaged) throw usageError('--since and --staged exclude each other');
  const { changesSince, committedText, stagedFiles, stagedText, textAt } = await import('./git/git.ts');
  const { baseTree, stagedTree } = await import('./git/git-trees.ts');
  if (since !== undefined) {
    const changes = changesSince(cwd, since);
    const texts = new Map<string, string | undefined>();
    const text = (path: string): string | undefined => {
      if (!texts.has(path)) texts.set(path, textAt(changes, path));
      return texts.get(path);
    };
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
  const staged = stagedFiles(cwd);
  return {
    changed: staged.changed,
    textBefore: path => committedText(staged, path),
    tree: stagedTree(staged, diskTree()),
    textOf: path => (staged.otherOnDisk.has(path) && staged.files.has(path) ? stagedText(staged, path) : undefined),
  };
}

/** No migration comes near this size, and Node cannot hold a text of 512 MB. */
const MAX_READABLE_BYTES = 256 * 1024 * 1024;

function readFile(path: string, cwd: string): string {
  const { size } = statSync(path);
  if (size <= MAX_READABLE_BYTES) return readTextFromDisk(path);
  const megabytes = Math.round(size / 1024 / 1024);
  throw usageError(`${relative(cwd, path)}: cannot be read: ${megabytes} MB; load data outside of migrations`);
}
