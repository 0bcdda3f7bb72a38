import type { Finding, Severity } from '../linter/finding.ts';
import type { LintResult } from '../linter/result.ts';
import { positionAt } from '../source/lines.ts';
import { relativePath } from './paths.ts';
import { type Reporter, type ReporterOptions, reportedFindings } from './reporter.ts';
import { count } from './terminal.ts';

/** Workflow command per severity. */
const COMMANDS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'notice' };

/** How many annotations of each level GitHub shows for one step. */
const SHOWN_PER_LEVEL = 10;

/** Annotations for GitHub Actions: one workflow command per finding, worst severity first, then the counts for the log. */
export const github: Reporter = (result, options) => {
  const findings = reportedFindings(result, options);
  const lines: string[] = [];
  for (const severity of ['error', 'warning', 'info'] as const) {
    const ofLevel = findings.filter(finding => finding.severity === severity);
    lines.push(...ofLevel.map(finding => annotation(result, options, finding)));
  }
  const { errors, warnings, infos, statements, unreadable } = result.summary;
  const read = unreadable > 0 ? `, ${unreadable} could not be read` : '';
  lines.push(
    `surefoot: ${count(errors, 'error')}, ${count(warnings, 'warning')}, ${infos} info; ${count(statements, 'statement')} checked${read}.`,
  );
  if (Math.max(errors, warnings, infos) > SHOWN_PER_LEVEL) {
    lines.push(`GitHub shows ${SHOWN_PER_LEVEL} annotations of each level; this log has them all.`);
  }
  return `${lines.join('\n')}\n`;
};

function annotation(result: LintResult, options: ReporterOptions, finding: Finding): string {
  const start = positionAt(finding.file, finding.range[0]);
  const end = positionAt(finding.file, finding.range[1]);
  const properties: [string, string | number][] = [
    ['file', relativePath(options.repository ?? result.cwd, finding.file.path)],
    ['line', start.line],
    ['endLine', end.line],
  ];
  // The runner refuses columns on an annotation of several lines.
  if (start.line === end.line) properties.push(['col', start.column], ['endColumn', end.column]);
  properties.push(['title', finding.rule]);
  const text = [finding.message, finding.help, finding.docsUrl].filter(part => part !== '').join('\n');
  const written = properties.map(([name, value]) => `${name}=${escapeProperty(String(value))}`).join(',');
  return `::${COMMANDS[finding.severity]} ${written}::${escapeData(text)}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
