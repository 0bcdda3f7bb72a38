import type { SegmentTransaction } from '../migration-tools/migration-tool.ts';
import type { Server } from '../server/server.ts';
import type { Finding } from './finding.ts';

/** What a run of the linter found out; every report format is made from this and nothing else. Paths are absolute. */
export interface LintResult {
  /** Working directory: reports show paths relative to it. */
  readonly cwd: string;
  readonly projects: readonly ProjectResult[];
  /** Sorted by project, migration order, direction, place, then weight of cause. */
  readonly findings: readonly Finding[];
  readonly summary: Summary;
}

export interface ProjectResult {
  readonly root: string;
  readonly tool: { readonly id: string; readonly title: string };
  readonly toolSource: 'flag' | 'config' | 'detected' | 'fallback';
  readonly server: Server;
  readonly dialectSource: 'flag' | 'config' | 'detected';
  /** All of the project's migrations in order, history included. */
  readonly migrations: readonly MigrationResult[];
  /** Sentences about assumptions and oddities that the reader should know: "version 19 is not known: judged as 18". */
  readonly notes: readonly string[];
}

export interface MigrationResult {
  readonly id: string;
  /** Judged in this run, not only replayed. */
  readonly judged: boolean;
  readonly risk: Risk;
  /** Statements of both directions, nested ones included. */
  readonly statements: number;
  readonly unreadable: number;
  readonly up: { readonly file: string; readonly transaction: SegmentTransaction };
  readonly down: { readonly file: string; readonly transaction: SegmentTransaction } | null;
}

export type Risk = 'low' | 'medium' | 'high';

export interface Summary {
  /** Judged migrations. */
  readonly migrations: number;
  /** Statements of judged migrations. */
  readonly statements: number;
  readonly unreadable: number;
  /** Files met that are no migrations. */
  readonly skippedFiles: number;
  readonly errors: number;
  readonly warnings: number;
  readonly infos: number;
  readonly suppressed: number;
  /** Findings that the baseline knows, and that are left out; 0 without one. */
  readonly baselined: number;
  readonly durationMs: number;
}
