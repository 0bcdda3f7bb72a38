import type { Finding, Fix } from '../linter/finding.ts';
import type { LintResult, MigrationResult, ProjectResult } from '../linter/result.ts';
import { positionAt } from '../source/lines.ts';
import { VERSION } from '../version.ts';
import { relativePath } from './paths.ts';
import { type Reporter, reportedFindings } from './reporter.ts';

/**
 * Everything that a run found out, for programs. Version 1: fields may be added, never changed. Paths are relative to the
 * working directory, lines and columns count from 1, columns in UTF-16 units, `endColumn` is exclusive, edits are UTF-16
 * offsets of their file.
 */
export const json: Reporter = (result, options) =>
  `${JSON.stringify(
    {
      version: 1,
      tool: { name: 'surefoot', version: VERSION },
      migrations: result.projects.flatMap(project =>
        project.migrations.map(migration => migrationEntry(result, project, migration)),
      ),
      findings: reportedFindings(result, options).map(finding => findingEntry(result, finding)),
      summary: summaryEntry(result),
    },
    undefined,
    2,
  )}\n`;

function migrationEntry(result: LintResult, project: ProjectResult, migration: MigrationResult): object {
  return {
    id: migration.id,
    project: relativePath(result.cwd, project.root),
    tool: project.tool.id,
    dialect: project.server.dialect,
    serverVersion: project.server.version,
    serverVersionAssumed: project.server.versionAssumed,
    new: migration.judged,
    risk: migration.risk,
    statements: migration.statements,
    unreadable: migration.unreadable,
    up: segmentEntry(result, migration.up),
    down: migration.down === null ? null : segmentEntry(result, migration.down),
  };
}

function segmentEntry(result: LintResult, segment: MigrationResult['up']): object {
  return { file: relativePath(result.cwd, segment.file), transaction: segment.transaction };
}

function findingEntry(result: LintResult, finding: Finding): object {
  const start = positionAt(finding.file, finding.range[0]);
  const end = positionAt(finding.file, finding.range[1]);
  return {
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    file: relativePath(result.cwd, finding.file.path),
    line: start.line,
    column: start.column,
    endLine: end.line,
    endColumn: end.column,
    migration: finding.migration,
    direction: finding.direction,
    statement: finding.statement,
    also: finding.also,
    help: finding.help,
    docsUrl: finding.docsUrl,
    fingerprint: finding.fingerprint,
    fix: finding.fix === null ? null : { edits: editEntries(finding.fix) },
    suggestions: finding.suggestions.map(suggestion => ({
      message: suggestion.message,
      edits: editEntries(suggestion),
    })),
    safeRewrite:
      finding.safeRewrite === null ? null : { text: finding.safeRewrite.text, language: finding.safeRewrite.language },
  };
}

function editEntries(fix: Fix): readonly object[] {
  return fix.edits.map(({ start, end, text }) => ({ start, end, text }));
}

function summaryEntry({ summary }: LintResult): object {
  return {
    migrations: summary.migrations,
    statements: summary.statements,
    unreadable: summary.unreadable,
    skippedFiles: summary.skippedFiles,
    errors: summary.errors,
    warnings: summary.warnings,
    infos: summary.infos,
    suppressed: summary.suppressed,
    baselined: summary.baselined,
    durationMs: summary.durationMs,
  };
}
