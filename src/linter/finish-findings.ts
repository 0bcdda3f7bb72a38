import { canEdit } from '../fixes/apply-edits.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { TableReference } from '../operations/queries.ts';
import type { Comment, Statement } from '../operations/statements.ts';
import { type AppliedSuppression, CAUSES, type Report } from '../rules/rule.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import type { ActiveRule } from './active-rules.ts';
import type { Finding, SafeRewrite, Severity } from './finding.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { RawFinding } from './judge.ts';
import type { Migration, Project, Segment } from './migration.ts';
import type { LintSettings } from './settings.ts';
import { isSuppressedBy, mayBeSuppression, readSuppressions } from './suppressions.ts';
import { judgeBySize } from './table-sizes.ts';
import { inToolsTerms } from './tool-terms.ts';

const SEVERITIES: Readonly<Record<ActiveRule['severity'], Severity>> = {
  error: 'error',
  warn: 'warning',
  info: 'info',
};
const WEIGHTS: readonly Severity[] = ['info', 'warning', 'error'];

/** What is silent and what is said, of one file. */
export interface SuppressedFindings {
  readonly kept: readonly RawFinding[];
  readonly suppressed: number;
  /** Every suppression of the file with the rules it silenced. */
  readonly suppressions: readonly AppliedSuppression[];
}

/**
 * Takes out of a file's findings those that a comment in it, or an entry of the configuration, silences.
 *
 * @param segments - the segments that are written in the file
 * @param raw - the findings in the file
 */
export function applySuppressions(
  file: SourceFile,
  segments: readonly Segment[],
  raw: readonly RawFinding[],
  settings: LintSettings,
): SuppressedFindings {
  if (
    settings.suppressions.length === 0 &&
    segments.every(({ script }) => script.comments.every(comment => !mayBeSuppression(comment)))
  ) {
    return { kept: raw, suppressed: 0, suppressions: [] };
  }
  const comments: Comment[] = segments.flatMap(({ script }) => script.comments);
  const statements: Statement[] = segments.flatMap(({ script }) => script.statements);
  const applied = readSuppressions(file, comments, statements).map(suppression => ({
    suppression,
    silenced: new Set<string>(),
  }));
  const kept = raw.filter(finding => {
    const { id } = finding.active.rule;
    const covering = applied.filter(
      ({ suppression }) =>
        isSuppressedBy(suppression, id, finding.range) && !(suppression.eslint && settings.inEslint === true),
    );
    for (const { silenced } of covering) silenced.add(id);
    return covering.length === 0 && !settings.suppressions.some(entry => entry.rule === id && entry.matches(file.path));
  });
  return {
    kept,
    suppressed: raw.length - kept.length,
    suppressions: applied.map(({ suppression, silenced }) => ({ ...suppression, silenced: [...silenced] })),
  };
}

/**
 * Words the findings of one migration and puts them in the order of the report: by direction, place, and weight of cause.
 *
 * @param migration - undefined for findings of rules with scope `project`, which name their own
 */
export function finishFindings(
  project: Project,
  migration: Migration | undefined,
  raw: readonly RawFinding[],
  settings: LintSettings,
): readonly Finding[] {
  const ordered = [...raw].sort(compareFindings);
  const rulesByStatement = new Map<string, Set<string>>();
  for (const finding of ordered) {
    const key = statementKey(finding);
    if (key === undefined) continue;
    const rules = rulesByStatement.get(key);
    if (rules === undefined) rulesByStatement.set(key, new Set([finding.active.rule.id]));
    else rules.add(finding.active.rule.id);
  }
  const ordinals = new Map<string, number>();
  const texts = new Map<Range, string>();
  const tablesByStatement = new Map<Statement, readonly string[]>();
  const tablesAt = (statement: Statement): readonly string[] => {
    const tables = tablesByStatement.get(statement) ?? tablesOf(statement);
    tablesByStatement.set(statement, tables);
    return tables;
  };
  return ordered.map(finding => {
    const { active, report, segment, statement, range } = finding;
    const { id, meta } = active.rule;
    const isOurs = settings.customRules?.includes(active.rule) !== true;
    const owner = report.place?.migration ?? migration;
    const key = statementKey(finding);
    const together = key === undefined ? undefined : rulesByStatement.get(key);
    const written = statement === null ? undefined : segment.script.statements[statement];
    const place = written?.range ?? range;
    const text = texts.get(place) ?? fingerprintText(segment, place);
    texts.set(place, text);
    const { path } = segment.file;
    const edited = (): string => segment.file.text.slice(...place);
    const content = [id, owner?.id ?? '', segment.direction, text];
    const base = content.join('\0');
    const ordinal = ordinals.get(base) ?? 0;
    ordinals.set(base, ordinal + 1);
    const { severity, message } = weighBySize(
      finding,
      severityOf(active, report),
      fill(meta.messages[report.messageId] ?? report.messageId, report.data),
      settings,
    );
    return {
      rule: id,
      severity,
      message,
      file: segment.file,
      range,
      migration: owner?.id ?? null,
      project: project.root,
      direction: isAboutOtherFile(report) ? null : (report.direction ?? segment.direction),
      statement,
      also: together === undefined || together.size < 2 ? [] : [...together].filter(rule => rule !== id),
      help: report.help === undefined ? '' : inToolsTerms(fill(report.help, report.data), project.tool),
      docsUrl: isOurs ? docsUrlOf(id) : (meta.docs.url ?? ''),
      ...(isOurs ? {} : { customRule: active.rule }),
      fingerprint: fingerprintOf(...content, String(ordinal)),
      fix: report.fix === undefined || !canEdit(path, edited(), report.fix) ? null : { edits: report.fix },
      suggestions: report.suggestions?.filter(({ edits }) => canEdit(path, edited(), edits)) ?? [],
      safeRewrite: rewriteIn(report, project),
      ...(written === undefined ? {} : { tables: tablesAt(written) }),
      ...(finding.effects === undefined ? {} : { effects: finding.effects }),
    };
  });
}

/** The tables that a statement names. */
function tablesOf({ operations }: Statement): readonly string[] {
  const names = new Set<string>();
  for (const operation of operations) {
    if (!('table' in operation) || operation.table === undefined) continue;
    const { table } = operation;
    names.add(displayName(isObjectName(table) ? table : table.name));
  }
  return [...names];
}

function isObjectName(table: ObjectName | TableReference): table is ObjectName {
  return typeof table.name === 'string';
}

function rewriteIn({ safeRewrite }: Report, { tool }: Project): SafeRewrite | null {
  return safeRewrite === undefined ? null : { ...safeRewrite, text: inToolsTerms(safeRewrite.text, tool) };
}

/** Where a rule's page is published. */
export function docsUrlOf(rule: string): string {
  return `https://github.com/surefoot-sql/surefoot/blob/main/docs/rules/${rule}.md`;
}

/** Whether a report is about a file that is no migration. */
function isAboutOtherFile({ place }: Report): boolean {
  return place !== undefined && place.migration === undefined;
}

/** Order of the report: direction, place, weight of the cause, severity. */
function compareFindings(a: RawFinding, b: RawFinding): number {
  return (
    Number(a.segment.direction === 'down') - Number(b.segment.direction === 'down') ||
    (a.statement ?? -1) - (b.statement ?? -1) ||
    CAUSES.indexOf(a.active.rule.meta.cause) - CAUSES.indexOf(b.active.rule.meta.cause) ||
    a.range[0] - b.range[0] ||
    (a.active.rule.id < b.active.rule.id ? -1 : 1)
  );
}

function statementKey({ segment, statement, report }: RawFinding): string | undefined {
  if (statement === null) return undefined;
  return `${report.place?.migration?.id ?? ''}\0${segment.direction}\0${statement}`;
}

/**
 * What table sizes change: where all tables that a statement works through are small, the finding becomes a note; where they
 * are large, it says roughly how long they are blocked. Only for findings about duration.
 */
function weighBySize(
  { active, effects }: RawFinding,
  severity: Severity,
  message: string,
  { tableSizes }: LintSettings,
): { readonly severity: Severity; readonly message: string } {
  const { cause } = active.rule.meta;
  if (tableSizes === undefined || effects === undefined || (cause !== 'blocks' && cause !== 'data')) {
    return { severity, message };
  }
  const verdict = judgeBySize(tableSizes, effects);
  if (verdict.kind === 'small') return { severity: 'info', message };
  return { severity, message: verdict.kind === 'large' ? `${message} (${verdict.estimate})` : message };
}

/** The milder of what the user configured and what the rule says of this one finding. */
function severityOf(active: ActiveRule, report: Report): Severity {
  const configured = SEVERITIES[active.severity];
  if (report.severity === undefined || report.severity === 'off') return configured;
  const reported = SEVERITIES[report.severity];
  return WEIGHTS.indexOf(reported) < WEIGHTS.indexOf(configured) ? reported : configured;
}

/** A place's text with white space folded, so that moved and re-indented lines keep their fingerprint. */
function fingerprintText(segment: Segment, [start, end]: Range): string {
  return segment.file.text.slice(start, end).replace(/\s\s+|[^\S ]/g, ' ');
}

/** Templates cut at their holes: texts at even places, names at odd ones. */
const CUT = new Map<string, readonly string[]>();

function fill(template: string, data: Report['data']): string {
  const parts = CUT.get(template) ?? template.split(/\{\{\s*(\w+)\s*\}\}/);
  CUT.set(template, parts);
  let text = parts[0]!;
  for (let hole = 1; hole < parts.length; hole += 2) {
    const name = parts[hole]!;
    text += String(data?.[name] ?? `{{ ${name} }}`) + parts[hole + 1]!;
  }
  return text;
}
