import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { FOREIGN_FOLDERS } from './discover.ts';
import type { DiscoveredProject } from './discovery.ts';
import { compareText } from './file-order.ts';

/** Names of files that say what runs at a build, a deploy or a start, in lower case. */
const DEPLOY_FILES: readonly RegExp[] = [
  /^package\.json$/,
  /^(?:docker|container)file(?:\..+)?$|\.dockerfile$/,
  /^(?:docker-)?compose.*\.ya?ml$/,
  /^procfile$|^jenkinsfile$/,
  /\.sh$/,
  /^(?:fly|netlify|railway|nixpacks)\.(?:toml|json)$/,
  /^(?:vercel|app)\.json$/,
  /^(?:render|amplify|cloudbuild|buildspec|\.gitlab-ci|bitbucket-pipelines|azure-pipelines)\.ya?ml$/,
  /^application(?:-prod|-production)?\.(?:properties|ya?ml)$/,
];

/** Folders of a CI service: each YAML file in them counts. */
const CI_FOLDER = /(?:^|[\\/])(?:\.github[\\/]workflows|\.circleci|\.woodpecker)$/;

/** Application code; tests, declarations and bundles left out. */
const CODE = /(?<!\.d|\.test|\.spec|\.min)\.[mc]?[jt]s$/;

/** Folders whose files run in no deploy: `test`, `test-utils`, `api-e2e`. */
const ASIDE = /(?:^|[-_.])(?:tests?|testing|e2e|specs?|examples?|samples?|fixtures?|mocks?|benchmarks?)(?:$|[-_.])/i;

/** Folders that hold foreign code, or none at all. */
const UNREAD = [...FOREIGN_FOLDERS, '.git'];

/** Larger files carry data. */
const MOST_BYTES = 256 * 1024;

/** Where to look for files of deploys. */
interface DeployFileRequest {
  /** Absolute path. */
  readonly cwd: string;
  /** As given by the user, relative to `cwd`; none: everything below `cwd`. */
  readonly paths: readonly string[];
  /** Only these count, where only changes do; absolute paths. */
  readonly changed?: ReadonlySet<string>;
}

/**
 * The projects, each with the files around it that say what runs at a build, a deploy or a start, and with the application's
 * code. Each file belongs to the one project that is nearest to it. Nothing is looked for before a rule asks.
 */
export function withDeployFiles(
  projects: readonly DiscoveredProject[],
  request: DeployFileRequest,
): readonly DiscoveredProject[] {
  let found: ReadonlyMap<string, readonly string[]> | undefined;
  const roots = projects.map(({ root }) => root);
  return projects.map(project => ({
    ...project,
    deployFiles: () => {
      found ??= deployFilesByRoot(request, roots);
      return found.get(project.root) ?? [];
    },
  }));
}

/** Those files by the root of the project that each belongs to; empty for a project without any. */
export function deployFilesByRoot(
  request: DeployFileRequest,
  roots: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  return byRoot(findDeployFiles(request), roots);
}

/** @returns absolute paths in order */
function findDeployFiles({ cwd, paths, changed }: DeployFileRequest): readonly string[] {
  const targets = paths.length === 0 ? [cwd] : paths.map(path => resolve(cwd, path));
  const found = targets.flatMap(target => {
    const stats = statOf(target);
    if (changed === undefined) return stats?.isDirectory() ? filesBelow(target) : stats?.isFile() ? [target] : [];
    return [...changed].filter(path => path === target || path.startsWith(target + sep));
  });
  return [...new Set(found)].filter(path => isDeployFile(path, cwd)).sort(compareText);
}

/** All files below a folder, but for those aside. By hand, as a glob takes several times as long over a whole repository. */
function filesBelow(base: string): readonly string[] {
  const files: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isFile()) files.push(path);
      // Links are not followed: they may lead out of the project or back up.
      else if (entry.isDirectory() && !isAside(entry.name)) walk(path);
    }
  };
  walk(base);
  return files;
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

function isAside(name: string): boolean {
  return ASIDE.test(name) || UNREAD.includes(name);
}

function isDeployFile(path: string, cwd: string): boolean {
  const folder = dirname(path);
  const name = basename(path).toLowerCase();
  const isCode = CODE.test(name);
  const isDeploy =
    isCode || DEPLOY_FILES.some(pattern => pattern.test(name)) || (/\.ya?ml$/.test(name) && CI_FOLDER.test(folder));
  return isDeploy && !relative(cwd, folder).split(sep).some(isAside) && (isCode || isSmall(path));
}

function isSmall(path: string): boolean {
  const stats = statOf(path);
  return stats?.isFile() === true && stats.size <= MOST_BYTES;
}

function statOf(path: string): ReturnType<typeof statSync> | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function byRoot(paths: readonly string[], roots: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>(roots.map(root => [root, []]));
  for (const path of paths) groups.get(nearestRoot(path, roots))?.push(path);
  return groups;
}

/** The root that shares most folders with a file, the first of several. */
function nearestRoot(path: string, roots: readonly string[]): string {
  const parts = dirname(path).split(sep);
  const shared = (root: string): number => {
    const others = root.split(sep);
    const at = parts.findIndex((part, index) => part !== others[index]);
    return at === -1 ? parts.length : at;
  };
  return roots.reduce((best, root) => (shared(root) > shared(best) ? root : best));
}
