import type { Finding, Severity } from '../linter/finding.ts';
import type { LintResult, ProjectResult, Risk } from '../linter/result.ts';
import { MIGRATION_TOOLS } from '../migration-tools/index.ts';
import type { SegmentTransaction } from '../migration-tools/migration-tool.ts';
import { newestVersion } from '../migration-tools/newest-version.ts';
import { CAUSE_TITLES, causeWeight } from '../rules/causes.ts';
import { DIALECT_TITLES } from '../server/server.ts';
import { positionAt } from '../source/lines.ts';
import { codeFrame } from './frame.ts';
import { byStatement, type FindingGroup, groupFindings, isAboutFile } from './groups.ts';
import { relativePath } from './paths.ts';
import { type Reporter, type ReporterOptions, reportedFindings } from './reporter.ts';
import {
  count,
  displayWidth,
  formatNumber,
  hyperlink,
  type Paint,
  painter,
  printable,
  printableLines,
  type Style,
  wrap,
} from './terminal.ts';
import { causeOf, verdictsOf } from './verdict.ts';

const TRANSACTIONS: Readonly<Record<SegmentTransaction, string>> = {
  none: 'none: each statement runs on its own',
  migration: 'one per migration',
  'all-pending': 'one around all pending migrations',
  implicit: 'one around the statements of a file, which are sent together',
};

const SOURCES = { flag: '', config: 'configured', detected: 'detected' } as const;

const SEVERITY_STYLES: Readonly<Record<Severity, Style>> = { error: 'red', warning: 'yellow', info: 'blue' };
const RISK_STYLES: Readonly<Record<Risk, Style>> = { low: 'dim', medium: 'yellow', high: 'red' };

/** More lines than these are hard to read, however wide the terminal is. */
const MAX_WIDTH = 110;
const MIN_WIDTH = 40;
const MAX_VERDICTS = 4;

/** A report of more findings than this, in more migrations than that, is shown as counts: see {@link overview}. */
const LONG_RUN = { findings: 50, migrations: 20 } as const;

/**
 * The report for people: what was assumed, each migration's verdict, each finding with its code and its way out, and what was
 * checked. The findings of a long first run are counted by rule instead.
 */
export const pretty: Reporter = (result, options) => {
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, options.width)) - 1;
  const view: View = { result, options, width, paint: painter(options.color) };
  const findings = reportedFindings(result, options);
  const groups = groupFindings(result, findings);
  const isLong = findings.length > LONG_RUN.findings && groups.length > LONG_RUN.migrations;
  const lines = [
    ...result.projects.flatMap(project => [...assumptions(view, project), '']),
    ...(isLong ? overview(view, result, findings, groups) : groups.flatMap(group => migrationReport(view, group))),
    ...summary(view, result.summary, findings, groups),
  ];
  return `${lines.map(line => line.trimEnd()).join('\n')}\n`;
};

/**
 * Findings of one migration as {@link pretty} shows them, without colour and with nothing around them: for the rules' pages.
 *
 * @param cwd - absolute path that files are shown relative to
 */
export function prettyFindings(findings: readonly Finding[], cwd: string, width: number): string {
  const options: ReporterOptions = { color: false, quiet: false, links: false, width };
  const view: View = { result: { cwd }, options, width, paint: painter(false) };
  const reports = byStatement(findings).map(together => findingReport(view, together));
  return reports.map(lines => lines.map(line => line.slice(INDENT.length).trimEnd()).join('\n')).join('\n\n');
}

interface View {
  readonly result: Pick<LintResult, 'cwd'>;
  readonly options: ReporterOptions;
  readonly width: number;
  readonly paint: Paint;
}

/* ---------------------------------------------------------------- 1. What was assumed */

function assumptions(view: View, project: ProjectResult): readonly string[] {
  const { paint, result } = view;
  const { tool, toolSource, server, dialectSource } = project;
  const toolText =
    toolSource === 'fallback'
      ? `${tool.title}: no migration tool was recognised here (--tool names one)`
      : `${tool.title}${noted(SOURCES[toolSource])}`;
  const dialect = DIALECT_TITLES[server.dialect];
  const source = SOURCES[dialectSource];
  const serverText = server.versionAssumed
    ? `${dialect}${noted(source)}, version ${server.version} assumed (--server-version sets it)`
    : `${dialect} ${server.version}${noted(source === '' ? '' : `dialect ${source}`)}`;
  return [
    paint(printable(relativePath(result.cwd, project.root)), 'bold'),
    ...fact(view, 'tool', toolText),
    ...fact(view, 'server', serverText),
    ...fact(view, 'transaction', transactionText(project)),
    ...fact(view, 'judged', judgedText(project)),
    ...project.notes.flatMap(note => fact(view, 'note', note)),
  ];
}

/** A remark in brackets; nothing for an empty one. */
function noted(remark: string): string {
  return remark === '' ? '' : ` (${remark})`;
}

const LABEL_WIDTH = 14;

function fact(view: View, label: string, text: string): readonly string[] {
  const style: readonly Style[] = label === 'note' ? ['yellow'] : ['dim'];
  return wrap(text, view.width - LABEL_WIDTH - 2).map(
    (line, index) => `  ${view.paint((index === 0 ? label : '').padEnd(LABEL_WIDTH), ...style)}${line}`,
  );
}

/** How the judged migrations run; where they differ, each way with its count. */
function transactionText({ migrations }: ProjectResult): string {
  const counts = new Map<SegmentTransaction, number>();
  for (const { judged, up } of migrations) {
    if (judged) counts.set(up.transaction, (counts.get(up.transaction) ?? 0) + 1);
  }
  if (counts.size === 0) return 'nothing is judged';
  if (counts.size === 1) return TRANSACTIONS[[...counts.keys()][0]!];
  return [...counts]
    .map(([transaction, number]) => `${TRANSACTIONS[transaction]} (${count(number, 'migration')})`)
    .join('; ');
}

function judgedText({ migrations }: ProjectResult): string {
  const judged = migrations.filter(migration => migration.judged);
  if (judged.length === 0) return `nothing: all ${count(migrations.length, 'migration')} are history`;
  const ids = judged.length === 1 ? judged[0]!.id : `${judged[0]!.id} to ${judged.at(-1)!.id}`;
  if (judged.length === migrations.length) {
    return judged.length === 1 ? ids : `all ${count(judged.length, 'migration')}, ${ids}`;
  }
  const after = migrations.length - 1 - migrations.lastIndexOf(judged.at(-1)!);
  const history = migrations.length - judged.length - after;
  return [
    `${formatNumber(judged.length)} of ${count(migrations.length, 'migration')}: ${ids}`,
    ...(history > 0 ? [`${formatNumber(history)} before as history, replayed but not judged`] : []),
    ...(after > 0 ? [`${formatNumber(after)} after left out`] : []),
  ].join('; ');
}

/* ---------------------------------------------------------------- 2. The verdict on a migration, and 3. its findings */

function migrationReport(view: View, group: FindingGroup): readonly string[] {
  return [
    heading(view, group.title, group.migration?.risk),
    ...verdictLines(view, group.findings),
    '',
    ...byStatement(group.findings).flatMap(findings => [...findingReport(view, findings), '']),
  ];
}

function heading(view: View, title: string, risk: Risk | undefined): string {
  const { paint, width } = view;
  const shown = printable(title);
  const right = risk === undefined ? '' : ` ${risk} risk ──`;
  const line = '─'.repeat(Math.max(2, width - 4 - displayWidth(shown) - right.length));
  const riskText = risk === undefined ? '' : ` ${paint(`${risk} risk`, RISK_STYLES[risk])} ${paint('──', 'dim')}`;
  return `${paint('──', 'dim')} ${paint(shown, 'bold')} ${paint(line, 'dim')}${riskText}`;
}

function verdictLines(view: View, findings: readonly Finding[]): readonly string[] {
  const verdicts = verdictsOf(findings);
  const shown = verdicts.length > MAX_VERDICTS ? verdicts.slice(0, MAX_VERDICTS - 1) : verdicts;
  const rest = verdicts.length - shown.length;
  return [
    ...shown.flatMap(({ text, severity }) =>
      wrap(text, view.width - 3).map(line => `   ${view.paint(line, 'bold', SEVERITY_STYLES[severity])}`),
    ),
    ...(rest > 0 ? [`   ${view.paint(`and ${rest} more, below`, 'dim')}`] : []),
  ];
}

const INDENT = '   ';

function findingReport(view: View, findings: readonly Finding[]): readonly string[] {
  const { paint, width } = view;
  const [worst, ...others] = findings as readonly [Finding, ...Finding[]];
  const style = SEVERITY_STYLES[worst.severity];
  const room = width - INDENT.length;
  const frame = isAboutFile(worst) ? [] : codeFrame(worst.file, worst.range, { paint, style, width: room });
  const lines = [...labelled(paint, worst.severity, worst.message, room), ...placeLines(view, worst, room), ...frame];
  if (worst.help !== '') lines.push('', ...wrap(worst.help, room));
  if (worst.safeRewrite === null) {
    for (const { message } of worst.suggestions) lines.push(...labelled(paint, 'or', message, room));
  } else {
    // Without a gutter and never cut: it is there to be copied.
    const rewrite = printableLines(worst.safeRewrite.text).trimEnd().split('\n');
    lines.push('', paint('Safe form:', 'green'), '', ...rewrite.map(each => paint(each, 'green')));
  }
  if (others.length > 0) {
    lines.push('', paint('Also on this statement:', 'dim'));
    for (const other of others) {
      const at = positionAt(other.file, other.range[0]);
      lines.push(...labelled(paint, other.severity, other.message, room));
      lines.push(`${' '.repeat(SEVERITY_WIDTH)}${paint(`${at.line}:${at.column}`, 'dim')}  ${ruleLink(view, other)}`);
    }
  }
  return lines.map(each => (each === '' ? '' : INDENT + each));
}

/** Where a finding is and which rule found it, on one line where that fits. */
function placeLines(view: View, finding: Finding, room: number): readonly string[] {
  const { paint, result } = view;
  const { line, column } = positionAt(finding.file, finding.range[0]);
  const direction = finding.direction === 'down' && !isAboutFile(finding) ? ' (down)' : '';
  const place = `${printable(relativePath(result.cwd, finding.file.path))}:${line}:${column}${direction}`;
  const rule = ruleLink(view, finding);
  const fits = displayWidth(place) + 2 + displayWidth(finding.rule) <= room;
  return fits ? [`${paint(place, 'dim')}  ${rule}`] : [paint(place, 'dim'), rule];
}

const SEVERITY_WIDTH = 9;

/** A severity and a message beside it, the message's further lines below its first. */
function labelled(paint: Paint, label: Severity | 'or', message: string, room: number): readonly string[] {
  const styles: readonly Style[] = label === 'or' ? ['dim'] : ['bold', SEVERITY_STYLES[label]];
  return wrap(message, Math.max(20, room - SEVERITY_WIDTH)).map((line, index) =>
    index === 0
      ? `${paint(label.padEnd(SEVERITY_WIDTH), ...styles)}${paint(line, 'bold')}`
      : `${' '.repeat(SEVERITY_WIDTH)}${paint(line, 'bold')}`,
  );
}

function ruleLink({ paint, options }: View, finding: Finding): string {
  const id = printable(finding.rule);
  return options.links ? hyperlink(paint(id, 'cyan'), finding.docsUrl) : paint(id, 'cyan');
}

/* ---------------------------------------------------------------- A long first run */

/** Counts by rule, worst cause first, with the first place of each; and how to see less, and more. */
function overview(
  view: View,
  result: LintResult,
  findings: readonly Finding[],
  groups: readonly FindingGroup[],
): readonly string[] {
  const { paint, width } = view;
  const byRule = new Map<string, Finding[]>();
  for (const finding of findings) {
    const ofRule = byRule.get(finding.rule);
    if (ofRule === undefined) byRule.set(finding.rule, [finding]);
    else ofRule.push(finding);
  }
  const rules = [...byRule.values()].sort(
    (a, b) => causeWeight(causeOf(a[0]!)) - causeWeight(causeOf(b[0]!)) || b.length - a.length,
  );
  const numberWidth = Math.max(...rules.map(ofRule => formatNumber(ofRule.length).length));
  const lines = [
    ...wrap(
      `${count(findings.length, 'finding')} in ${count(groups.length, 'migration')}: too many to read one by one, so here they are by rule, each with its first place.`,
      width,
    ),
  ];
  let cause = '';
  for (const ofRule of rules) {
    const first = ofRule[0]!;
    const title = CAUSE_TITLES[causeOf(first)].heading;
    if (title !== cause) {
      lines.push('', paint(title, 'bold'));
      cause = title;
    }
    const worst = (['error', 'warning', 'info'] as const).find(severity =>
      ofRule.some(each => each.severity === severity),
    )!;
    const { line } = positionAt(first.file, first.range[0]);
    lines.push(
      `${INDENT}${paint(formatNumber(ofRule.length).padStart(numberWidth), 'bold', SEVERITY_STYLES[worst])}  ${ruleLink(view, first)}`,
      `${INDENT}${' '.repeat(numberWidth + 2)}${paint(`${printable(relativePath(result.cwd, first.file.path))}:${line}`, 'dim')}`,
    );
  }
  const newest = groups.at(-1)!;
  const example = newest.findings[0]!;
  lines.push(
    '',
    paint('What to do now', 'bold'),
    ...advice(
      view,
      'Judge only what is new; older migrations become history, replayed but not judged:',
      startAfter(result),
    ),
    ...advice(view, 'See one migration in full:', `surefoot ${quoted(relativePath(result.cwd, example.file.path))}`),
    ...advice(view, 'See every finding:', `${command(result)} --format json`),
    ...advice(view, 'Read about a rule:', `surefoot explain ${example.rule}`),
    '',
  );
  return lines;
}

/** The command that makes history of everything there is now. */
function startAfter(result: LintResult): string {
  const projects = result.projects.filter(project => project.migrations.length > 0);
  const words = projects.map(project => {
    const { id } = newestVersion(MIGRATION_TOOLS[project.tool.id]?.facts.repeatable, project.migrations)!;
    const root = relativePath(result.cwd, project.root);
    return `--start-after ${quoted(projects.length === 1 ? id : `${root}=${id}`)}`;
  });
  return [command(result), ...words].join(' ');
}

/** The command that lints the same projects again. */
function command(result: LintResult): string {
  const roots = result.projects.map(project => relativePath(result.cwd, project.root));
  return ['surefoot', ...roots.filter(root => root !== '.').map(quoted)].join(' ');
}

function advice(view: View, text: string, typed: string): readonly string[] {
  return [
    ...wrap(text, view.width - INDENT.length).map(line => INDENT + line),
    `${INDENT}    ${view.paint(printable(typed), 'cyan')}`,
  ];
}

/** A word for a shell, quoted where it has to be. */
function quoted(word: string): string {
  return /^[\w./=:@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/* ---------------------------------------------------------------- 4. What was checked */

function summary(
  view: View,
  totals: LintResult['summary'],
  shown: readonly Finding[],
  groups: readonly FindingGroup[],
): readonly string[] {
  const { paint, options, width } = view;
  const {
    errors,
    warnings,
    infos,
    migrations,
    statements,
    unreadable,
    skippedFiles,
    suppressed,
    baselined,
    durationMs,
  } = totals;
  const counts = [
    ...(errors > 0 ? [paint(count(errors, 'error'), 'bold', 'red')] : []),
    ...(warnings > 0 ? [paint(count(warnings, 'warning'), 'bold', 'yellow')] : []),
    ...(infos > 0 ? [paint(`${formatNumber(infos)} info`, 'bold', 'blue')] : []),
  ];
  const hidden = errors + warnings + infos - shown.length;
  const affected = groups.filter(group => group.migration !== undefined).length;
  const verdict =
    counts.length === 0
      ? paint('No findings.', 'bold', 'green')
      : `${counts.join(', ')}${affected > 0 ? ` in ${formatNumber(affected)} of ${count(migrations, 'migration')}` : ''}`;
  const checked = [
    `${count(statements, 'statement')} checked`,
    ...(counts.length === 0 ? [`in ${count(migrations, 'migration')}`] : []),
    ...(unreadable > 0 ? [`${formatNumber(unreadable)} could not be read`] : []),
    ...(suppressed > 0 ? [`${count(suppressed, 'finding')} suppressed`] : []),
    ...(baselined > 0 ? [`${count(baselined, 'finding')} known by the baseline`] : []),
    ...(skippedFiles > 0 ? [`${count(skippedFiles, 'file')} skipped as no migration`] : []),
    `${formatNumber(durationMs)} ms`,
  ];
  return [
    verdict,
    ...wrap(`${checked.join(', ').replace(' checked, in ', ' checked in ')}.`, width),
    ...(options.quiet && hidden > 0 ? [`${count(hidden, 'finding')} not shown (--quiet).`] : []),
    ...(shown.length > 0
      ? wrap('surefoot explain <rule> says what goes wrong and what is safe.', width).map(line => paint(line, 'dim'))
      : []),
  ];
}
