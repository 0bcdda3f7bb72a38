import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import { plainFinding } from './finish-findings.ts';
import { lintProject } from './lint-project.ts';
import { type ReadMigration, type ReadText, readTextFromDisk } from './read-migration.ts';
import type { LintResult } from './result.ts';
import type { LintSettings } from './settings.ts';

export interface LintOptions {
  /** Absolute path; reports show paths relative to it. */
  readonly cwd: string;
  readonly projects: readonly DiscoveredProject[];
  /** Files met that are no migrations. */
  readonly skippedFiles: number;
  readonly settings: LintSettings;
  /** Reads a file's text; the disk when left out. For standard input and unsaved buffers. */
  readonly read?: ReadText;
  /** Reads a project's migrations ahead of their turn; the linter reads each itself when left out. */
  readonly readAhead?: ReadAhead;
  /** Leaves a finding's details until they are read, which saves time where most are only counted. Such findings cannot be spread. */
  readonly lazyDetails?: boolean;
  /** Called after each migration that was read, to show how far the work is. */
  readonly onMigration?: () => void;
}

/** @returns what gives a migration by its index when its turn comes; undefined where reading ahead is not worthwhile */
export type ReadAhead = (project: DiscoveredProject) => ((index: number) => ReadMigration | undefined) | undefined;

/**
 * Lints migrations: replays each project's history into a schema and judges its new migrations.
 *
 * @returns what every report format is made from; findings never throw
 * @throws the file system's error, with `path`, where a migration cannot be read
 */
export function lint(options: LintOptions): LintResult {
  // Not performance.now(): the module behind it takes as long to load as a small migration to judge.
  const started = process.hrtime.bigint();
  const {
    cwd,
    projects,
    skippedFiles,
    settings,
    read = readTextFromDisk,
    readAhead,
    lazyDetails,
    onMigration,
  } = options;
  const outcomes = projects.map(project => lintProject(project, settings, read, readAhead?.(project), onMigration));
  const found = outcomes.flatMap(outcome => outcome.findings);
  const findings = lazyDetails === true ? found : found.map(plainFinding);
  const judged = outcomes.flatMap(({ result }) => result.migrations.filter(migration => migration.judged));
  const count = (severity: string): number => findings.filter(finding => finding.severity === severity).length;
  return {
    cwd,
    projects: outcomes.map(outcome => outcome.result),
    findings,
    summary: {
      migrations: judged.length,
      statements: judged.reduce((sum, { statements }) => sum + statements, 0),
      unreadable: judged.reduce((sum, { unreadable }) => sum + unreadable, 0),
      skippedFiles,
      errors: count('error'),
      warnings: count('warning'),
      infos: count('info'),
      suppressed: outcomes.reduce((sum, { suppressed }) => sum + suppressed, 0),
      baselined: 0,
      durationMs: Math.round(Number(process.hrtime.bigint() - started) / 1e6),
    },
  };
}
