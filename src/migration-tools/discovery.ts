import type { Dialect } from '../server/server.ts';
import type { MigrationFiles, MigrationTool } from './migration-tool.ts';

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
  /** In the order the tool runs them. */
  readonly migrations: readonly MigrationFiles[];
  /** Ids of those to judge; the others are history. */
  readonly judged: ReadonlySet<string>;
  /** True when the judged ones are deployed together (`--since`, `--staged`); else each is a deploy of its own. */
  readonly oneDeploy: boolean;
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}
