import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { lazyRequire } from '../lazy-require.ts';
import { didYouMean, nearest } from '../nearest.ts';
import { DIALECTS, type Dialect } from '../server/server.ts';
import { usageError } from '../usage-error.ts';
import { dialectOfFolderName, dialectOfTexts } from './dialect.ts';
import type { DiscoveredProject, Discovery, RunnerTimeouts } from './discovery.ts';
import { compareText } from './file-order.ts';
import { type DiskTree, diskTree, type UnsavedFile } from './folder-tree.ts';
import { MIGRATION_TOOLS } from './index.ts';
import type {
  Detection,
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationListing,
  MigrationTool,
  SegmentTransaction,
  SkippedFile,
} from './migration-tool.ts';
import { otherFolder, sql } from './sql.ts';

/** What to look for, and what is known without looking. */
export interface DiscoverRequest {
  /** Absolute path. */
  readonly cwd: string;
  /** As given by the user, relative to `cwd`; none: every project below `cwd`. */
  readonly paths: readonly string[];
  /** From flags. */
  readonly tool?: string;
  readonly dialect?: Dialect;
  /** A version, or `<project>=<version>`. */
  readonly serverVersions?: readonly string[];
  /** A migration's id, version or file name, or `<project>=<that>`. */
  readonly startAfter?: readonly string[];
  /** From the configuration; what is said of a folder holds for the projects at and below it, the nearest wins. */
  readonly projects?: readonly ProjectSettings[];
  /** A file that counts as if it were on disk. */
  readonly unsaved?: UnsavedFile;
  /** The unsaved file is a project of its own, without history: text that comes from nowhere. */
  readonly alone?: boolean;
  /**
   * Absolute paths of files that are new or changed: migrations with none of them are history, and those that have one are
   * deployed together.
   */
  readonly changed?: ReadonlySet<string>;
  /** A changed file's text before, for files that hold several migrations; undefined where there was none. */
  readonly textBefore?: (path: string) => string | undefined;
  /**
   * Whether the changes are about a project all the same that has no new migration, by its folders, the root first, and the
   * roots of all projects.
   */
  readonly isConcerned?: (folders: readonly string[], roots: readonly string[]) => boolean;
  /** Where to look in place of the disk. */
  readonly tree?: DiskTree;
}

/** What the configuration says of the projects at and below a folder. */
export interface ProjectSettings {
  /** Absolute path. */
  readonly path: string;
  /** Whether someone named this very folder as a project, and not only everything below it. */
  readonly named: boolean;
  readonly tool?: string;
  readonly dialect?: Dialect;
  readonly serverVersion?: string;
  readonly transaction?: SegmentTransaction;
  readonly startAfter?: string;
  readonly timeouts?: RunnerTimeouts;
  readonly sessionTimeZone?: string;
}

/** Folders that hold other people's code, or what a build wrote. */
export const FOREIGN_FOLDERS = ['node_modules', 'bower_components', 'vendor', 'dist'];

/**
 * Finds the projects that the paths lie in, their migrations in order, and which of them are to be judged. Paths select what
 * is judged, never the history.
 *
 * @throws a usage error for a missing path, a folder without migrations, an unknown tool or migration id, a dialect that
 * nothing tells
 */
export function discover(request: DiscoverRequest): Discovery {
  const tree = request.tree ?? diskTree(request.unsaved);
  const search: Search = { request, tree, found: new Map(), atFolder: new Map(), notes: [] };
  const { found, notes } = search;
  if (request.alone === true && request.unsaved !== undefined) {
    found.set(request.cwd, loneFile(request.unsaved, request));
  }
  const targets = found.size > 0 ? [] : expandPaths(request);
  const skipped: SkippedFile[] = [];
  for (const target of targets) {
    skipped.push(...(target.kind === 'file' ? addFile(target.path, search) : addFolder(target, search)));
  }
  for (const path of tree.undecodable) notes.push(`${show(request, path)}: left out, as its name is not UTF-8`);
  const sorted = [...found.values()].sort((a, b) => compareText(a.detection.root, b.detection.root));
  const asked = sorted.filter(project => judgedAmong(project, request, tree).size > 0);
  const selected = withKnownDialects(asked, search);
  const versions = perProject(request, '--server-version', request.serverVersions ?? [], selected);
  const starts = perProject(request, '--start-after', request.startAfter ?? [], selected);
  const rest = sorted.filter(project => !asked.includes(project));
  const concerned = [...concernedAmong(rest, sorted, search), ...brokenAmong(rest, targets, search)];
  const projects = [...selected, ...concerned]
    .sort((a, b) => compareText(a.detection.root, b.detection.root))
    .map(project => finish(project, request, tree, versions, starts));
  const ofProjects = [...found.values()].flatMap(project => [...project.skipped.values()]);
  // A file may have been asked for twice: by its name and by its folder.
  const byPath = new Map([...skipped, ...ofProjects].map(file => [file.path, file]));
  return { projects, skipped: [...byPath.values()], notes };
}

/** What there is to know of one file. */
export interface FileDiscovery {
  /**
   * The project around the file, with all of its migrations to judge but those that the settings call history; undefined
   * where the file's folder holds no migrations.
   */
  readonly project: DiscoveredProject | undefined;
  /** Files of the folder, or of the project, that are no migrations; the file itself where it is none. */
  readonly skipped: readonly SkippedFile[];
}

/**
 * Finds the project that a file belongs to, for programs that look at one file of a project after the other.
 *
 * @param path - absolute path; need not exist where it is the request's unsaved file
 * @throws a usage error for an unknown tool or migration id, a dialect that nothing tells
 */
export function discoverFile(path: string, request: DiscoverRequest): FileDiscovery {
  const tree = diskTree(request.unsaved);
  const search: Search = { request, tree, found: new Map(), atFolder: new Map(), notes: [] };
  if (request.alone === true && request.unsaved !== undefined) {
    const project = loneFile(request.unsaved, request);
    return { project: finish(project, request, tree, new Map(), new Map()), skipped: [] };
  }
  const skipped = addFile(path, search);
  const project = search.atFolder.get(dirname(path));
  if (project === undefined) return { project: undefined, skipped };
  for (const { id } of project.listing.migrations) project.judged.add(id);
  return {
    project: finish(project, request, tree, new Map(), new Map()),
    skipped: [...project.listing.skipped, ...skipped],
  };
}

/** What a search knows and has found so far. */
interface Search {
  readonly request: DiscoverRequest;
  readonly tree: DiskTree;
  /** By root. */
  readonly found: Map<string, FoundProject>;
  /** The project of a folder that holds a file which was asked for; hooks pass many files of one folder. */
  readonly atFolder: Map<string, FoundProject | undefined>;
  readonly notes: string[];
}

interface Target {
  readonly kind: 'file' | 'folder';
  readonly path: string;
  /** As the user wrote it; undefined for the working directory that nobody named. */
  readonly given: string | undefined;
}

/** A project on the way: which of its migrations and other files were asked for. */
interface FoundProject {
  readonly tool: MigrationTool;
  readonly toolSource: DiscoveredProject['toolSource'];
  readonly detection: Detection;
  readonly settings: ProjectSettings | undefined;
  readonly listing: MigrationListing;
  /** Its migrations by the paths of their files. */
  readonly byPath: ReadonlyMap<string, readonly MigrationFiles[]>;
  readonly judged: Set<string>;
  /** By path. */
  readonly skipped: Map<string, SkippedFile>;
}

function loneFile({ path }: UnsavedFile, request: DiscoverRequest): FoundProject {
  const id = basename(path);
  const up = { path, transaction: sql.facts.transaction };
  return {
    tool: sql,
    toolSource: 'fallback',
    detection: { root: request.cwd, confidence: 0 },
    settings: settingsFor(request.cwd, request),
    listing: { migrations: [{ id, version: id, up, down: null }], skipped: [] },
    byPath: new Map(),
    judged: new Set([id]),
    skipped: new Map(),
  };
}

function expandPaths(request: DiscoverRequest): readonly Target[] {
  const { cwd, paths, unsaved } = request;
  if (paths.length === 0) {
    return unsaved === undefined
      ? [{ kind: 'folder', path: cwd, given: undefined }]
      : [{ kind: 'file', path: unsaved.path, given: undefined }];
  }
  return paths.flatMap(given => {
    const path = resolve(cwd, given);
    const kind = path === unsaved?.path ? 'file' : kindOf(path, given);
    return kind === undefined ? expandPattern(request, given) : [{ kind, path, given }];
  });
}

function kindOf(path: string, given: string): Target['kind'] | undefined {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'folder';
    if (stats.isFile()) return 'file';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw usageError(`${given}: cannot be looked at (${code})`, error);
  }
  throw usageError(`${given}: neither a file nor a folder`);
}

/** A glob pattern, for shells that leave them to the program. */
function expandPattern({ cwd }: DiscoverRequest, given: string): readonly Target[] {
  if (/[*?[\]{}]/.test(given)) {
    const glob = lazyRequire('fast-glob') as typeof import('fast-glob');
    const paths = glob.sync(given.split(sep).join('/'), {
      cwd,
      absolute: true,
      onlyFiles: false,
      ignore: ignored(),
      stats: true,
    });
    if (paths.length === 0) throw usageError(`${given}: no file or folder fits this pattern`);
    return paths
      .map(({ path, stats }) => ({
        kind: stats?.isDirectory() === true ? ('folder' as const) : ('file' as const),
        path: resolve(path),
        given,
      }))
      .sort((a, b) => compareText(a.path, b.path));
  }
  throw usageError(`${given}: no such file or folder${siblingHint(cwd, given)}`);
}

function siblingHint(cwd: string, given: string): string {
  const path = resolve(cwd, given);
  const folder = diskTree().folder(dirname(path));
  return folder === undefined ? '' : didYouMean(basename(path), [...folder.files, ...folder.folders]);
}

/** Judges the migration that a file belongs to; a file that belongs to none is skipped: hooks pass any file. */
function addFile(path: string, search: Search): readonly SkippedFile[] {
  const folder = dirname(path);
  const settings = settingsFor(folder, search.request);
  const beside = settings?.path === folder && settings.named ? undefined : otherFolder(basename(folder));
  if (beside === undefined && !search.atFolder.has(folder)) search.atFolder.set(folder, projectOfFile(path, search));
  const project = search.atFolder.get(folder);
  if (project === undefined) return [{ path, reason: beside ?? 'no migration tool reads this file' }];
  const migrations = project.byPath.get(path);
  if (migrations !== undefined) {
    for (const { id } of migrations) project.judged.add(id);
    return [];
  }
  const known = project.listing.skipped.find(file => file.path === path);
  project.skipped.set(path, known ?? { path, reason: 'the migration tool does not read this file' });
  return [];
}

/** How many folders above a file its project's changelog or configuration is looked for in. */
const MOST_LEVELS_UP = 4;

/** The project at a file's folder or, where no tool but the fallback takes that one, one further up that has the file. */
function projectOfFile(path: string, search: Search): FoundProject | undefined {
  const folder = dirname(path);
  const own = projectAt(folder, true, search);
  if (own !== undefined && own.toolSource !== 'fallback') return own;
  let current = dirname(folder);
  for (let level = 0; level < MOST_LEVELS_UP && isWithin(current, search.request.cwd); level++) {
    const around = projectAt(current, false, search);
    if (around !== undefined && around.toolSource !== 'fallback' && around.byPath.has(path)) return around;
    if (dirname(current) === current) break;
    current = dirname(current);
  }
  return own;
}

/** Judges all migrations at and below a folder. */
function addFolder(target: Target, search: Search): readonly SkippedFile[] {
  const { request, tree } = search;
  const base = target.path;
  const root = tree.folder(base);
  if (root === undefined) throw usageError(`${target.given ?? base}: this folder cannot be read`);
  const skipped: SkippedFile[] = [];
  const claimed = new Set<string>();
  let migrations = 0;
  const take = (path: string, named: boolean): boolean => {
    const project = projectAt(path, named, search);
    if (project === undefined) return false;
    for (const folder of foldersOf(project)) claimed.add(folder);
    migrations += selectBelow(project, base);
    return true;
  };
  const wanted = (request.projects ?? []).filter(({ path, named }) => named && isWithin(path, base));
  for (const { path } of wanted) {
    if (tree.folder(path) === undefined)
      throw usageError(`the config names the project ${show(request, path)}, which is no folder`);
    take(path, true);
  }
  if (!claimed.has(base)) take(base, false);
  const unclaimed: string[] = [];
  if (root.folders.some(name => !claimed.has(join(base, name)))) {
    for (const path of foldersBelow(base)) {
      if (claimed.has(path)) continue;
      const folder = tree.folder(path);
      if (folder === undefined) {
        // One whose name is not UTF-8 is told of with the others.
        if (!path.includes('\uFFFD'))
          search.notes.push(`${show(request, path)}: left out, as this folder cannot be read`);
      } else if (otherReason(base, path) !== undefined || !take(path, false)) unclaimed.push(path);
    }
  }
  if (migrations === 0 && target.given !== undefined) take(base, true);
  for (const path of claimed.has(base) ? unclaimed : [base, ...unclaimed]) {
    for (const name of tree.folder(path)?.files ?? []) {
      if (!/\.sql$/i.test(name)) continue;
      skipped.push({
        path: join(path, name),
        reason: otherReason(base, path) ?? 'its folder is not one of migrations',
      });
    }
  }
  // A hook or a pull request in a repository that has no migrations yet is about something else.
  if (migrations > 0 || (target.given === undefined && request.changed !== undefined)) return skipped;
  // What is wrong with its plan or journal is a finding.
  if ([...search.found.values()].some(project => isBroken(project) && isWithin(project.detection.root, base)))
    return skipped;
  throw target.given === undefined
    ? usageError(`no migrations found below ${base}; write the first one, or run this where they are`)
    : usageError(`${target.given}: no migrations found in this folder; name the folder that holds them`);
}

/** The first folder on the way from `base` down to `path` that holds no migrations by its name says why. */
function otherReason(base: string, path: string): string | undefined {
  for (const name of relative(base, path).split(sep)) {
    const reason = otherFolder(name);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function selectBelow(project: FoundProject, base: string): number {
  let count = 0;
  for (const migration of project.listing.migrations) {
    if (!isWithin(migration.up.path, base) && !(migration.down !== null && isWithin(migration.down.path, base)))
      continue;
    project.judged.add(migration.id);
    count++;
  }
  for (const file of project.listing.skipped) if (isWithin(file.path, base)) project.skipped.set(file.path, file);
  return count;
}

/** All folders below one, in order, without those that hold foreign or generated code; links are not followed. */
function foldersBelow(base: string): readonly string[] {
  const glob = lazyRequire('fast-glob') as typeof import('fast-glob');
  return glob
    .sync('**', {
      cwd: base,
      onlyDirectories: true,
      followSymbolicLinks: false,
      suppressErrors: true,
      ignore: ignored(),
    })
    .map(path => join(base, path))
    .sort(compareText);
}

function ignored(): string[] {
  return FOREIGN_FOLDERS.flatMap(name => [`**/${name}`, `**/${name}/**`]);
}

/** The project whose files lie in a folder; undefined where no tool claims it. */
function projectAt(path: string, named: boolean, { request, tree, found }: Search): FoundProject | undefined {
  const folder = tree.folder(path);
  if (folder === undefined) return undefined;
  const settings = settingsFor(path, request);
  const forced = request.tool ?? settings?.tool;
  const tools = forced === undefined ? Object.values(MIGRATION_TOOLS) : [toolById(forced)];
  let best: { readonly tool: MigrationTool; readonly detection: Detection } | undefined;
  for (const tool of tools) {
    const detection = tool.detect(folder, tree, named);
    if (detection !== undefined && detection.confidence > (best?.detection.confidence ?? 0)) best = { tool, detection };
  }
  if (best === undefined) return undefined;
  const { tool, detection } = best;
  const known = found.get(detection.root);
  if (known !== undefined) return known;
  const folders = (detection.folders ?? [detection.root]).flatMap(each => tree.folder(each) ?? []);
  const listing = tool.list({ root: detection.root, folders }, tree);
  const project: FoundProject = {
    tool,
    toolSource:
      request.tool !== undefined
        ? 'flag'
        : settings?.tool !== undefined
          ? 'config'
          : tool.id === 'sql'
            ? 'fallback'
            : 'detected',
    detection,
    settings: settingsFor(detection.root, request),
    listing,
    byPath: byPathOf(listing),
    judged: new Set(),
    skipped: new Map(),
  };
  found.set(detection.root, project);
  return project;
}

function byPathOf({ migrations }: MigrationListing): ReadonlyMap<string, readonly MigrationFiles[]> {
  const byPath = new Map<string, MigrationFiles[]>();
  for (const migration of migrations) {
    for (const path of new Set(pathsOf(migration))) {
      const others = byPath.get(path);
      if (others === undefined) byPath.set(path, [migration]);
      else others.push(migration);
    }
  }
  return byPath;
}

function pathsOf({ up, down }: MigrationFiles): readonly string[] {
  return down === null ? [up.path] : [up.path, down.path];
}

function toolById(id: string): MigrationTool {
  const tool = Object.hasOwn(MIGRATION_TOOLS, id) ? MIGRATION_TOOLS[id] : undefined;
  if (tool !== undefined) return tool;
  const known = Object.keys(MIGRATION_TOOLS);
  throw usageError(`unknown migration tool ${id}${didYouMean(id, known)} (known: ${known.join(', ')})`);
}

/** What the configuration says of a folder: each key from the nearest entry that has it. */
function settingsFor(path: string, request: DiscoverRequest): ProjectSettings | undefined {
  const around = (request.projects ?? [])
    .filter(project => isWithin(path, project.path))
    .sort((a, b) => a.path.length - b.path.length);
  return around.length === 0 ? undefined : Object.assign({}, ...around);
}

function finish(
  project: FoundProject,
  request: DiscoverRequest,
  tree: FolderTree,
  versions: ReadonlyMap<FoundProject, string>,
  starts: ReadonlyMap<FoundProject, string>,
): DiscoveredProject {
  const { tool, toolSource, detection, settings, listing, skipped } = project;
  const known = dialectOf(project, request, tree);
  if (known === undefined) {
    throw usageError(
      `${show(request, detection.root)}: its files do not tell which database they are for; give --dialect ${DIALECTS.join('|')}`,
    );
  }
  const { dialect, dialectSource } = known;
  const serverVersion = versions.get(project) ?? settings?.serverVersion ?? detection.serverVersion;
  const start = starts.get(project);
  const after = start ?? settings?.startAfter;
  const said = start === undefined ? 'startAfter' : '--start-after';
  const transaction = settings?.transaction;
  const judged =
    after === undefined ? judgedAmong(project, request, tree) : judgedAfter(project, after, said, request, tree);
  return {
    root: detection.root,
    tool,
    toolSource,
    dialect,
    dialectSource,
    ...(serverVersion === undefined ? {} : { serverVersion }),
    ...(settings?.sessionTimeZone === undefined ? {} : { sessionTimeZone: settings.sessionTimeZone }),
    ...(listing.late === undefined ? {} : { late: listing.late }),
    ...(settings?.timeouts === undefined ? {} : { timeouts: settings.timeouts }),
    migrations:
      transaction === undefined ? listing.migrations : listing.migrations.map(each => inTransaction(each, transaction)),
    judged,
    oneDeploy: request.changed !== undefined,
    problems: (listing.problems ?? []).filter(problem => isAsked(problem, judged, project, request)),
    skipped: [...skipped.values()],
    folders: foldersOf(project),
  };
}

/** The projects without new migrations that the changes are about; one whose database nothing tells has nothing to judge. */
function concernedAmong(
  rest: readonly FoundProject[],
  all: readonly FoundProject[],
  { request, tree }: Search,
): readonly FoundProject[] {
  const { isConcerned, changed } = request;
  if (isConcerned === undefined || changed === undefined) return [];
  const roots = all.filter(({ judged }) => judged.size > 0).map(({ detection }) => detection.root);
  return rest.filter(project => {
    const { judged, listing } = project;
    if (judged.size === 0) return false;
    const isAbout =
      (listing.problems ?? []).some(({ migration, path }) => migration === undefined && changed.has(path)) ||
      listing.migrations.some(({ part }) => part !== undefined && changed.has(part.path)) ||
      isConcerned(foldersOf(project), roots);
    return isAbout && dialectOf(project, request, tree) !== undefined;
  });
}

/**
 * The projects that were asked for whose plan, journal or changelog is so broken that there is no migration in it. Where nothing
 * tells their database, what is wrong is said as a note.
 */
function brokenAmong(
  rest: readonly FoundProject[],
  targets: readonly Target[],
  { request, tree, notes }: Search,
): readonly FoundProject[] {
  return rest.filter(project => {
    const { listing, detection } = project;
    const problems = (listing.problems ?? []).filter(({ path }) => request.changed?.has(path) !== false);
    const isAsked = targets.some(({ kind, path }) => kind === 'folder' && isWithin(detection.root, path));
    if (!isBroken(project) || problems.length === 0 || !isAsked) return false;
    if (dialectOf(project, request, tree) !== undefined) return true;
    for (const { path, message } of problems) notes.push(`${show(request, path)}: ${message}`);
    return false;
  });
}

function isBroken({ listing: { migrations, problems = [] } }: FoundProject): boolean {
  return migrations.length === 0 && problems.length > 0;
}

function foldersOf({ detection }: FoundProject): readonly string[] {
  return detection.folders ?? [detection.root];
}

/**
 * Settles the dialects that a project's own files do not tell: as the other projects of its tool have it or, where these do not
 * agree, the project is left out, and the others are still judged; both are said. One that was named is kept, and
 * {@link finish} asks for its dialect.
 */
function withKnownDialects(projects: readonly FoundProject[], search: Search): readonly FoundProject[] {
  if (projects.length < 2) return projects;
  const { request, tree, notes } = search;
  const dialects = new Map(projects.map(project => [project, dialectOf(project, request, tree)?.dialect]));
  const isNamed = ({ detection: { root } }: FoundProject): boolean =>
    request.paths.some(given => isWithin(resolve(request.cwd, given), root));
  if ([...dialects.values()].every(dialect => dialect === undefined)) return projects;
  return projects.flatMap(project => {
    if (dialects.get(project) !== undefined || isNamed(project)) return [project];
    const { tool, toolSource, detection, listing, skipped } = project;
    const root = show(request, detection.root);
    const others = projects.filter(other => other.tool === tool).flatMap(other => dialects.get(other) ?? []);
    const [dialect] = others;
    if (toolSource !== 'fallback' && dialect !== undefined && others.every(other => other === dialect)) {
      notes.push(
        `${root}: taken for ${dialect}, as the other ${tool.title} projects are; its own files do not tell (--dialect)`,
      );
      return [{ ...project, detection: { ...detection, dialect } }];
    }
    notes.push(
      `${root}: left out, as its files do not tell which database they are for; name the folder and give --dialect`,
    );
    for (const path of listing.migrations.flatMap(pathsOf)) {
      skipped.set(path, { path, reason: 'nothing tells which database it is for' });
    }
    return [];
  });
}

/**
 * Whether a problem is about what is judged: one of its migrations is or, where the tool sees none in the file, the file was
 * asked for. A plan or journal is everybody's.
 */
function isAsked(
  { migration, other, path }: ListingProblem,
  judged: ReadonlySet<string>,
  { skipped, listing }: FoundProject,
  { changed }: DiscoverRequest,
): boolean {
  if (migration !== undefined) return judged.has(migration) || (other !== undefined && judged.has(other));
  if (changed !== undefined) return changed.has(path);
  return skipped.has(path) || !listing.skipped.some(file => file.path === path);
}

function inTransaction(migration: MigrationFiles, transaction: SegmentTransaction): MigrationFiles {
  const { up, down } = migration;
  return { ...migration, up: { ...up, transaction }, down: down === null ? null : { ...down, transaction } };
}

function dialectOf(
  project: FoundProject,
  request: DiscoverRequest,
  tree: FolderTree,
): Pick<DiscoveredProject, 'dialect' | 'dialectSource'> | undefined {
  if (request.dialect !== undefined) return { dialect: request.dialect, dialectSource: 'flag' };
  if (project.settings?.dialect !== undefined) return { dialect: project.settings.dialect, dialectSource: 'config' };
  const { root, dialect: byTool } = project.detection;
  const detected = byTool ?? dialectByPlace(root, request) ?? dialectOfTexts(heads(project.listing, tree));
  return detected === undefined ? undefined : { dialect: detected, dialectSource: 'detected' };
}

/** How many folders around a project may tell its dialect by their names: `postgresql/v12/temporal/versioned`. */
const MOST_LEVELS = 3;

/** By the folder's name or, below the working directory, that of one of those around it. */
function dialectByPlace(root: string, { cwd }: DiscoverRequest): Dialect | undefined {
  const below = isWithin(root, cwd) ? relative(cwd, root).split(sep) : [];
  for (const name of [basename(root), ...below.slice(0, -1).slice(-MOST_LEVELS).reverse()]) {
    const dialect = dialectOfFolderName(name);
    if (dialect !== undefined) return dialect;
  }
  return undefined;
}

const CODE = /\.[cm]?[jt]sx?$/i;

/** Code without what delimits its strings, so that the SQL in them counts, and a template's backtick does not. */
function withoutQuotes(code: string): string {
  return code.replace(/(?<!\\)[`'"]/g, ' ').replaceAll('\\`', '`');
}

/** Starts of the migrations' files, the newest first: they tell most. */
function* heads({ migrations }: MigrationListing, tree: FolderTree): Generator<string> {
  for (const migration of migrations.toReversed()) {
    for (const path of pathsOf(migration)) {
      const text = tree.head(path);
      // A NUL: not text, and any byte in it would count as a mark.
      if (text !== undefined && !text.includes('\0')) yield CODE.test(path) ? withoutQuotes(text) : text;
    }
  }
}

/** Those to judge of the migrations behind one, which is given by id, version or file name. */
function judgedAfter(
  project: FoundProject,
  start: string,
  said: string,
  request: DiscoverRequest,
  tree: FolderTree,
): ReadonlySet<string> {
  const { migrations } = project.listing;
  const names = (migration: MigrationFiles): readonly string[] => [
    migration.id,
    migration.version,
    basename(migration.up.path),
    relative(project.detection.root, migration.up.path),
    relative(request.cwd, migration.up.path),
    ...(migration.down === null ? [] : [basename(migration.down.path)]),
  ];
  const at = migrations.findLastIndex(migration => names(migration).includes(start));
  if (at === -1) {
    const ids = migrations.map(({ id }) => id);
    const alike = nearest(start, ids, 3);
    const shown = alike.length > 0 ? alike : ids.slice(-3);
    throw usageError(
      `${said} ${start}: ${show(request, project.detection.root)} has no such migration; ${alike.length > 0 ? 'the nearest are' : 'its newest are'} ${shown.join(', ')}`,
    );
  }
  const after = new Set(migrations.slice(at + 1).map(({ id }) => id));
  return new Set([...judgedAmong(project, request, tree)].filter(id => after.has(id)));
}

/** Those that were asked for and, where only changes are, have a changed file. */
function judgedAmong(
  { judged, listing, tool }: FoundProject,
  request: DiscoverRequest,
  tree: FolderTree,
): ReadonlySet<string> {
  const { changed, textBefore } = request;
  if (changed === undefined) return judged;
  const edits = new Map<string, ReadonlySet<string>>();
  const isPartChanged = ({ path, key }: NonNullable<MigrationFiles['part']>): boolean => {
    if (!edits.has(path)) edits.set(path, changedParts(path, tool, tree, textBefore));
    return edits.get(path)!.has(key);
  };
  const isChanged = ({ up, down, part }: MigrationFiles): boolean =>
    (part !== undefined && changed.has(part.path) && isPartChanged(part)) ||
    [up, down].some(each => each !== null && each.path !== part?.path && changed.has(each.path));
  return new Set(listing.migrations.filter(each => judged.has(each.id) && isChanged(each)).map(({ id }) => id));
}

/** The keys of a file's migrations that are new in it or otherwise than before. */
function changedParts(
  path: string,
  tool: MigrationTool,
  tree: FolderTree,
  textBefore: DiscoverRequest['textBefore'],
): ReadonlySet<string> {
  const before = textBefore?.(path);
  const old = before === undefined ? undefined : tool.parts?.(path, before);
  const now = tool.parts?.(path, tree.text(path) ?? '') ?? new Map<string, string>();
  return new Set([...now].filter(([key, content]) => old?.get(key) !== content).map(([key]) => key));
}

/** Which value is for which project: `<project>=<value>`, or a bare value where there is one project. */
function perProject(
  request: DiscoverRequest,
  flag: string,
  values: readonly string[],
  projects: readonly FoundProject[],
): ReadonlyMap<FoundProject, string> {
  const assigned = new Map<FoundProject, string>();
  for (const value of values) {
    const equals = value.indexOf('=');
    if (equals === -1) {
      if (projects.length > 1) {
        const roots = projects.slice(0, 3).map(({ detection }) => show(request, detection.root));
        const more = projects.length > 3 ? ', …' : '';
        throw usageError(
          `${flag} ${value}: there are ${projects.length} projects (${roots.join(', ')}${more}); say which: ${flag} ${roots[0]}=${value}`,
        );
      }
      for (const project of projects) assigned.set(project, value);
      continue;
    }
    const name = value.slice(0, equals);
    const path = resolve(request.cwd, name);
    const meant = projects.filter(({ detection: { root } }) => isWithin(root, path));
    if (meant.length === 0) {
      const roots = projects.map(({ detection }) => show(request, detection.root));
      throw usageError(
        `${flag} ${value}: no project ${name} among those to lint (${roots.join(', ')})${didYouMean(name, roots)}`,
      );
    }
    for (const project of meant) assigned.set(project, value.slice(equals + 1));
  }
  return assigned;
}

/** Whether a path is a folder or lies somewhere in it. */
function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** A path as the user would write it. */
function show({ cwd }: DiscoverRequest, path: string): string {
  return isWithin(path, cwd) ? relative(cwd, path).split(sep).join('/') || '.' : path;
}
