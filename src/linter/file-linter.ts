import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type DiscoverRequest, discoverFile, type FileDiscovery } from '../migration-tools/discover.ts';
import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { MigrationFiles, SegmentFile } from '../migration-tools/migration-tool.ts';
import type { FrontEnd } from '../parsers/front-end.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
import type { Finding } from './finding.ts';
import { plainFinding } from './finish-findings.ts';
import { type History, openHistory, rememberScripts } from './history.ts';
import { judgeMigration, openSession, projectOf, serverOf } from './lint-project.ts';
import type { Project } from './migration.ts';
import { readMigration, readTextFromDisk } from './read-migration.ts';
import type { LintSettings } from './settings.ts';

/** A file to judge as it stands in an editor, whatever is on disk. */
export interface FileRequest extends Pick<DiscoverRequest, 'cwd' | 'projects' | 'alone'> {
  /** Absolute path; need not exist. */
  readonly path: string;
  /** The content, a byte order mark included. */
  readonly text: string;
  readonly settings: LintSettings;
}

/** Judges one file after the other, each with its history from disk. */
export interface FileLinter {
  /**
   * The findings in a file; none where it is no migration, or one that the settings call history.
   *
   * @throws a usage error where the project cannot be judged as configured; the file system's error where a migration before
   * it cannot be read
   */
  lintFile(request: FileRequest): readonly Finding[];
}

/** How long what was found on disk is taken to be still so, in milliseconds. */
const FRESH = 1000;

/** Folders remembered; more than anyone works in at once. */
const MOST_FOLDERS = 50_000;

/**
 * Opens a linter for programs that live long or look at many files: it keeps what it has read of a project, and looks for
 * changes on disk at most once a second.
 *
 * @param now - the time in milliseconds; replaced in tests
 */
export function openFileLinter(now: () => number = () => performance.now()): FileLinter {
  /** By the folders of the projects' files, and by what the configuration says. */
  const known = new Map<string, KnownProject>();

  const look = (request: FileRequest, before: KnownProject | undefined): KnownProject => {
    const found = knowProject(request, before, now());
    if (known.size > MOST_FOLDERS) known.clear();
    for (const folder of new Set([request.path, ...found.positions.keys()].map(dirname))) {
      known.set(keyOf(folder, request), found);
    }
    return found;
  };

  const projectAround = (request: FileRequest): KnownProject => {
    const before = known.get(keyOf(dirname(request.path), request));
    if (before === undefined || now() - before.checkedAt >= FRESH) return look(request, before);
    const isNewOnDisk = before.readable !== undefined && !before.positions.has(request.path) && isFile(request.path);
    return isNewOnDisk ? look(request, before) : before;
  };

  return {
    lintFile(request) {
      if (request.alone === true) return judgeFile(knowUnsaved(request, undefined), request);
      const project = projectAround(request);
      if (project.problem !== undefined) throw project.problem;
      return judgeFile(holds(project, request) ? project : knowUnsaved(request, project), request);
    },
  };
}

/** What is known of the project around a folder. */
interface KnownProject {
  readonly checkedAt: number;
  /** What keeps its files from being judged; thrown for each of them. */
  readonly problem?: unknown;
  /** Files of its migrations with the migrations' positions, and files beside them that are none. */
  readonly positions: ReadonlyMap<string, number | undefined>;
  /** Undefined where the folder holds no migrations. */
  readonly readable?: ReadableProject;
}

interface ReadableProject {
  readonly discovered: DiscoveredProject;
  readonly project: Project;
  readonly frontEnd: FrontEnd;
  readonly history: History;
  /** By position: changes with the migration. */
  readonly stamps: readonly string[];
}

function keyOf(folder: string, { cwd, projects }: FileRequest): string {
  return `${folder}\0${cwd}\0${JSON.stringify(projects ?? [])}`;
}

/** Looks at the disk; what was known before is kept as far as it still holds. */
function knowProject(request: FileRequest, before: KnownProject | undefined, checkedAt: number): KnownProject {
  try {
    return { ...knowOf(request, !isFile(request.path), before), checkedAt };
  } catch (problem) {
    return { checkedAt, problem, positions: new Map() };
  }
}

/**
 * The project with the file as the editor holds it, for one that is not on disk or whose parts lie elsewhere now.
 *
 * @param saved - what is known of the same project on disk
 */
function knowUnsaved(request: FileRequest, saved: KnownProject | undefined): KnownProject {
  const project = knowOf(request, true, undefined);
  const position = project.positions.get(request.path);
  if (position === undefined || saved?.readable === undefined || project.readable === undefined) return project;
  // Replayed there, the migrations before it are replayed once, not at each keystroke.
  const { history } = saved.readable;
  history.stateBefore(Math.min(position, history.migrations.length));
  return { ...project, readable: renew(project.readable, saved.readable) };
}

function knowOf(request: FileRequest, unsaved: boolean, before: KnownProject | undefined): KnownProject {
  const { path, text, cwd, projects = [], alone = false } = request;
  const found = discoverFile(path, {
    cwd,
    paths: [],
    projects,
    alone,
    ...(unsaved ? { unsaved: { path, text } } : {}),
  });
  const positions = positionsOf(found);
  if (found.project === undefined) return { checkedAt: 0, positions };
  const readable = open(found.project);
  const renewed = before?.readable === undefined ? readable : renew(readable, before.readable);
  return { checkedAt: 0, positions, readable: renewed };
}

function open(discovered: DiscoveredProject): ReadableProject {
  const frontEnd = rememberScripts(FRONT_ENDS[discovered.dialect]);
  return {
    discovered,
    project: projectOf(discovered, serverOf(discovered).server, readIfThere),
    frontEnd,
    history: openHistory(discovered, frontEnd, readIfThere),
    stamps: discovered.migrations.map(stampOf),
  };
}

/** The project as it is now, with what was read of it before and has not changed. */
function renew(now: ReadableProject, before: ReadableProject): ReadableProject {
  const { discovered, stamps } = now;
  const isAlike = discovered.tool === before.discovered.tool && discovered.dialect === before.discovered.dialect;
  if (!isAlike) return now;
  const { frontEnd } = before;
  const history = before.history.renew(discovered, index => stamps[index] === before.stamps[index]);
  const isUnchanged =
    stamps.length === before.stamps.length && stamps.every((stamp, at) => stamp === before.stamps[at]);
  // What the rules ask about all downs is worked out once per project.
  return { ...now, frontEnd, history, project: isUnchanged ? before.project : now.project };
}

function positionsOf({ project, skipped }: FileDiscovery): ReadonlyMap<string, number | undefined> {
  const positions = new Map<string, number | undefined>(skipped.map(({ path }) => [path, undefined]));
  for (const [position, migration] of (project?.migrations ?? []).entries()) {
    for (const { path } of segmentsOf(migration)) positions.set(path, position);
  }
  return positions;
}

/** Whether a project as found on disk tells where the file's migration and its parts are. */
function holds({ positions, readable }: KnownProject, { path, text }: FileRequest): boolean {
  if (readable === undefined) return true;
  if (!positions.has(path)) return false;
  const position = positions.get(path);
  const migration = position === undefined ? undefined : readable.discovered.migrations[position];
  const isInParts = migration !== undefined && segmentsOf(migration).some(({ ranges }) => ranges !== undefined);
  return !isInParts || text === readIfThere(path);
}

function judgeFile({ positions, readable }: KnownProject, { path, text, settings }: FileRequest): readonly Finding[] {
  const index = positions.get(path);
  if (index === undefined || readable === undefined) return [];
  const { discovered, project, frontEnd, history } = readable;
  const files = discovered.migrations[index]!;
  if (!discovered.judged.has(files.id)) return [];
  const position = { index, judged: true, deployStart: index };
  const migration = readMigration(files, discovered, position, frontEnd, true, each =>
    each === path ? text : readIfThere(each),
  );
  const before = openSession(history.stateBefore(index), discovered, false);
  const reopen: Parameters<typeof judgeMigration>[4] = state => openSession(state, discovered, false);
  return judgeMigration(project, migration, settings, before, reopen, path).findings.map(plainFinding);
}

/** A file that went away since its folder was read holds nothing. */
function readIfThere(path: string): string {
  try {
    return readTextFromDisk(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** What changes whenever a migration does: where its parts are, and when and how long their files were written. */
function stampOf(migration: MigrationFiles): string {
  const parts = segmentsOf(migration).map(({ path, ranges, transaction }) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return `${path}\0${transaction}\0${ranges?.join() ?? ''}\0${stats?.mtimeMs}\0${stats?.size}`;
  });
  return [migration.id, ...parts].join('\0');
}

function segmentsOf({ up, down }: MigrationFiles): readonly SegmentFile[] {
  return down === null ? [up] : [up, down];
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
