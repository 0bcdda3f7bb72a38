import type { Effects } from '../../src/effects/effects.ts';
import type { Finding } from '../../src/linter/finding.ts';
import type { StatementImpact } from '../../src/linter/impact.ts';
import type { LintResult, MigrationResult, ProjectResult } from '../../src/linter/result.ts';
import type { SourceFile } from '../../src/source/source-file.ts';

/** Results as the linter would make them, written by hand: the report formats are tested without it. */

export const CWD = '/work/app';

export function sourceFile(name: string, text: string): SourceFile {
  return { path: `${CWD}/${name}`, text };
}

/**
 * A finding at the words `at` of a file.
 *
 * @throws Error where the file does not hold the words
 */
export function findingAt(file: SourceFile, at: string, over: Partial<Finding> = {}): Finding {
  const start = file.text.indexOf(at);
  if (start === -1) throw new Error(`${at} is not in ${file.path}`);
  return {
    rule: 'require-concurrent-index',
    severity: 'error',
    message: 'Building this index blocks every write to users until the build is done.',
    file,
    range: [start, start + at.length],
    migration: '0002_add_index',
    project: `${CWD}/migrations`,
    direction: 'up',
    statement: 0,
    also: [],
    help: 'Build it with CONCURRENTLY, in a migration that runs outside a transaction.',
    docsUrl: 'https://example.com/rules/require-concurrent-index',
    fingerprint: '0123456789abcd',
    fix: null,
    suggestions: [],
    safeRewrite: null,
    ...over,
  };
}

export function migrationResult(id: string, over: Partial<MigrationResult> = {}): MigrationResult {
  return {
    id,
    judged: true,
    risk: 'medium',
    statements: 1,
    unreadable: 0,
    up: { file: `${CWD}/migrations/${id}.sql`, transaction: 'none' },
    down: null,
    ...over,
  };
}

export function projectResult(
  migrations: readonly MigrationResult[],
  over: Partial<Omit<ProjectResult, 'migrations'>> = {},
): ProjectResult {
  return {
    root: `${CWD}/migrations`,
    tool: { id: 'goose', title: 'goose' },
    toolSource: 'detected',
    server: { dialect: 'postgres', version: '18', versionAssumed: true },
    dialectSource: 'detected',
    notes: [],
    migrations,
    ...over,
  };
}

export function lintResult(
  projects: readonly ProjectResult[],
  findings: readonly Finding[],
  summary: Partial<LintResult['summary']> = {},
): LintResult {
  const judged = projects.flatMap(({ migrations }) => migrations.filter(migration => migration.judged));
  const counted = (severity: Finding['severity']): number => findings.filter(each => each.severity === severity).length;
  return {
    cwd: CWD,
    projects,
    findings,
    summary: {
      migrations: judged.length,
      statements: judged.reduce((sum, { statements }) => sum + statements, 0),
      unreadable: judged.reduce((sum, { unreadable }) => sum + unreadable, 0),
      skippedFiles: 0,
      errors: counted('error'),
      warnings: counted('warning'),
      infos: counted('info'),
      suppressed: 0,
      baselined: 0,
      durationMs: 42,
      ...summary,
    },
  };
}

export function effectsOf(over: Partial<Effects>): Effects {
  return {
    known: true,
    unknowns: [],
    locks: [],
    rewrites: [],
    scans: [],
    indexBuilds: [],
    blocksReads: [],
    blocksWrites: [],
    duration: 'instant',
    releasedAt: 'commit',
    transaction: 'allowed',
    failsOnRows: [],
    failures: [],
    drops: [],
    ...over,
  };
}

/** The impact of the statement with the words `at`. */
export function impactAt(file: SourceFile, at: string, over: Partial<StatementImpact> = {}): StatementImpact {
  const start = file.text.indexOf(at);
  return {
    file,
    range: [start, start + at.length],
    project: `${CWD}/migrations`,
    dialect: 'postgres',
    migration: '0002_add_index',
    direction: 'up',
    statement: 0,
    operations: [],
    tables: [],
    effects: effectsOf({}),
    newRelations: [],
    held: [],
    ...over,
  };
}

export const PLAIN = { color: false, quiet: false, links: false, width: 80 } as const;
