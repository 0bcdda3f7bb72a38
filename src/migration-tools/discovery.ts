import type { Dialect } from '../server/server.ts';
import type {
  FolderTree,
  ListingProblem,
  MigrationFiles,
  MigrationTool,
  SkippedFile,
  ToolFacts,
} from './migration-tool.ts';

/** What {@link discover} found. */
export interface Discovery {
  /** Those with at least one migration to judge, by root. */
  readonly projects: readonly DiscoveredProject[];
  /** Files that were asked for, or lie in a folder that was, and are no migrations; those of projects included. */
  readonly skipped: readonly SkippedFile[];
  /** Sentences for the user about what could not be looked at. */
  readonly notes: readonly string[];
}

/** Timeouts that the runner of the migrations sets on its connection: `5s`, `500ms`, `1min`. */
export interface RunnerTimeouts {
  readonly lock?: string;
  readonly statement?: string;
}

/** A project as it was found on disk, before any migration is read. */
export interface DiscoveredProject {
  /** Absolute path. */
  readonly root: string;
  readonly tool: MigrationTool;
  readonly toolSource: 'flag' | 'config' | 'detected' | 'fallback';
  readonly dialect: Dialect;
  readonly dialectSource: 'flag' | 'config' | 'detected';
  /** As given by flag, config or the tool's own files; undefined where nobody says. */
  readonly serverVersion?: string;
  readonly sessionTimeZone?: string;
  readonly timeouts?: RunnerTimeouts;
  /** What becomes of late migrations, where that is not as the tool's facts have it. */
  readonly late?: ToolFacts['late'];
  /** In the order the tool runs them. */
  readonly migrations: readonly MigrationFiles[];
  /** Ids of those to judge; the others are history. */
  readonly judged: ReadonlySet<string>;
  /** True when the judged ones are deployed together (`--since`, `--staged`); else each is a deploy of its own. */
  readonly oneDeploy: boolean;
  /** What the tool would refuse or pass over, as far as it is about what is judged. */
  readonly problems: readonly ListingProblem[];
  /** Files in its folders that are no migrations and were asked for. */
  readonly skipped: readonly SkippedFile[];
  /** Absolute paths of the files around it that say what runs at a deploy, and of the application's code; none where left out. */
  readonly deployFiles?: () => readonly string[];
  /** Absolute paths of the folders whose files are its history; `root` alone when left out. */
  readonly folders?: readonly string[];
  /** What the branch that this one is compared with has; left out where nothing says what is applied. */
  readonly base?: BaseFiles;
}

/** Files of the branch that another is compared with. */
export interface BaseFiles {
  /** A file's text; undefined where there is none. */
  text(path: string): string | undefined;
  /** Absolute paths of the files that are new or otherwise than there. */
  readonly changed: ReadonlySet<string>;
  /** Absolute paths of the files that are gone, or have another name. */
  readonly removed: ReadonlySet<string>;
  /** Folders and files; worked out when first asked for. */
  readonly tree: FolderTree;
}
