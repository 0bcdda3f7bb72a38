import type { Finding, Severity } from '../linter/finding.ts';
import type { LintResult } from '../linter/result.ts';
import { causeWeight } from '../rules/causes.ts';
import { positionAt } from '../source/lines.ts';
import { byStatement, type FindingGroup, groupFindings, isAboutFile } from './groups.ts';
import { locksText } from './lock-modes.ts';
import { relativePath } from './paths.ts';
import { type Reporter, type ReporterOptions, reportedFindings } from './reporter.ts';
import { count } from './terminal.ts';
import { causeOf, verdictsOf } from './verdict.ts';

/** By this line a job finds its own comment on a pull request again, to change it in place of adding another. */
const MARKER = '<!-- surefoot -->';

/** A comment on GitHub holds 65,536 characters; what is left is for who puts text around the report. */
const MAX_LENGTH = 60_000;

/** Lines of a statement that are shown. */
const MAX_SNIPPET_LINES = 12;

const MARKS: Readonly<Record<Severity, string>> = { error: '🔴', warning: '🟡', info: '🔵' };

/**
 * A summary in Markdown for a pull request's comment or a job's page: the findings by migration, worst first, with what is
 * locked, why it matters, and the safe form. What does not fit into a comment is counted.
 */
export const markdown: Reporter = (result, options) => {
  const findings = reportedFindings(result, options);
  const groups = [...groupFindings(result, findings)].sort((a, b) => weightOf(a) - weightOf(b));
  const head = [MARKER, `## ${headline(result, findings)}`, checked(result)].join('\n');
  let length = head.length;
  const sections: string[] = [];
  for (const group of groups) {
    const section = `\n${migrationSection(result, options, group)}`;
    if (length + section.length > MAX_LENGTH) break;
    length += section.length;
    sections.push(section);
  }
  const left = groups.slice(sections.length).reduce((sum, group) => sum + group.findings.length, 0);
  const rest =
    left === 0
      ? ''
      : `\n${count(left, 'more finding')} in ${count(groups.length - sections.length, 'migration')} did not fit here: run \`surefoot\` to see them.\n`;
  return `${head}\n${sections.join('')}${rest}`;
};

/** Worst cause first, errors before warnings. */
function weightOf({ findings }: FindingGroup): number {
  return Math.min(
    ...findings.map(finding => causeWeight(causeOf(finding)) + { error: 0, warning: 100, info: 200 }[finding.severity]),
  );
}

function headline(result: LintResult, findings: readonly Finding[]): string {
  if (findings.length === 0) return `✅ Surefoot: ${count(result.summary.migrations, 'migration')} safe to deploy`;
  const { errors, warnings, infos } = result.summary;
  const parts = [
    ...(errors > 0 ? [count(errors, 'error')] : []),
    ...(warnings > 0 ? [count(warnings, 'warning')] : []),
    ...(infos > 0 ? [count(infos, 'note')] : []),
  ];
  return `${errors > 0 ? '❌' : '⚠️'} Surefoot: ${parts.join(', ')}`;
}

function checked({ projects, summary }: LintResult): string {
  const { statements, migrations, unreadable, suppressed, baselined } = summary;
  const servers = [
    ...new Set(projects.map(({ tool, server }) => `${tool.title}, ${server.dialect} ${server.version}`)),
  ];
  const more = [
    ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
    ...(suppressed > 0 ? [`${suppressed} suppressed`] : []),
    ...(baselined > 0 ? [`${baselined} known by the baseline`] : []),
  ];
  const text = `${count(statements, 'statement')} in ${count(migrations, 'migration')} checked`;
  return `\n${[text, ...more].join(', ')}${servers.length === 0 ? '' : ` (${servers.map(inline).join('; ')})`}.`;
}

function migrationSection(result: LintResult, options: ReporterOptions, group: FindingGroup): string {
  const verdicts = verdictsOf(group.findings).map(({ text }) => `- **${inline(text)}**`);
  return [
    `### ${inline(group.title)}`,
    '',
    ...(verdicts.length === 0 ? [] : [...verdicts, '']),
    ...byStatement(group.findings).map(findings => statementSection(result, options, findings)),
  ].join('\n');
}

function statementSection(result: LintResult, options: ReporterOptions, findings: readonly Finding[]): string {
  const [worst] = findings as readonly [Finding, ...Finding[]];
  const lines = [place(result, options, worst), ''];
  if (!isAboutFile(worst)) lines.push(fenced(snippet(worst), 'sql'), '');
  for (const finding of findings) {
    const { severity, message, rule, docsUrl, help } = finding;
    const link = docsUrl === '' ? code(rule) : `[${code(rule)}](${docsUrl})`;
    lines.push(`${MARKS[severity]} ${inline(message)} ${link}`, '');
    if (finding === worst && help !== '') lines.push(inline(help), '');
  }
  const dialect = result.projects.find(({ root }) => root === worst.project)?.server.dialect;
  const locks = worst.effects === undefined ? '' : locksText(worst.effects, dialect);
  if (locks !== '') lines.push(`Locks: ${inline(locks)}`, '');
  const { safeRewrite } = worst;
  if (safeRewrite !== null) {
    lines.push('<details><summary>Safe form</summary>', '', fenced(safeRewrite.text.trimEnd(), safeRewrite.language));
    lines.push('', '</details>', '');
  }
  return lines.join('\n');
}

function place(result: LintResult, options: ReporterOptions, { file, range, direction }: Finding): string {
  const { line } = positionAt(file, range[0]);
  const down = direction === 'down' ? ' (down)' : '';
  return `${code(`${relativePath(options.repository ?? result.cwd, file.path)}:${line}`)}${down}`;
}

/** The words that a finding is about, whole lines of them. */
function snippet({ file, range: [start, end] }: Finding): string {
  const from = file.text.lastIndexOf('\n', start - 1) + 1;
  const next = file.text.indexOf('\n', Math.max(start, end - 1));
  const lines = file.text.slice(from, next < 0 ? undefined : next).split(/\r\n|\r|\n/);
  if (lines.length <= MAX_SNIPPET_LINES) return lines.join('\n');
  return [...lines.slice(0, MAX_SNIPPET_LINES), '…'].join('\n');
}

/** Text as Markdown that shows it as it is, on one line; names of people and issues are not linked. */
function inline(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[\\`*_{}[\]<>#|~&]/g, character => (character === '<' ? '&lt;' : `\\${character}`))
    .replace(/[@]/g, '@\u200B');
}

/** Text as code in a line. */
function code(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  const fence = '`'.repeat(longestRun(flat) + 1);
  return fence.length === 1 ? `\`${flat}\`` : `${fence} ${flat} ${fence}`;
}

function fenced(text: string, language: string): string {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** The longest run of backticks in a text. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
