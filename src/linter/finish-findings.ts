import type { Effects } from '../effects/effects.ts';
import { canEdit } from '../fixes/apply-edits.ts';
import { type CodeSite, editsInCode } from '../fixes/ecmascript/edits.ts';
import { rewriteInCode } from '../fixes/ecmascript/rewrite.ts';
import { HOMEPAGE } from '../homepage.ts';
import { displayName, type ObjectName } from '../operations/names.ts';
import type { TableReference } from '../operations/queries.ts';
import type { Comment, Statement } from '../operations/statements.ts';
import { type AppliedSuppression, CAUSES, type Report, type Rule } from '../rules/rule.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import type { ActiveRule } from './active-rules.ts';
import type { Finding, Fix, SafeRewrite, Severity, Suggestion, TextEdit } from './finding.ts';
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
  const group: FindingGroup = { project, raw: withoutRepeats([...raw].sort(compareFindings)), migration, settings };
  return group.raw.map((_, index) => new LazyFinding(group, index));
}

/** What the findings of one migration are worked out from together. */
interface FindingGroup {
  readonly project: Project;
  /** Undefined for findings of rules with scope `project`, which name their own. */
  readonly migration: Migration | undefined;
  /** In the order of the report. */
  readonly raw: readonly RawFinding[];
  readonly settings: LintSettings;
  fingerprints?: readonly string[];
  rulesByStatement?: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * A finding whose details are worked out when they are asked for: a long first run shows counts, and has thousands. A class, as V8
 * takes long to make an object literal with getters.
 */
class LazyFinding implements Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: SourceFile;
  readonly range: Range;
  readonly migration: string | null;
  readonly project: string;
  readonly direction: Finding['direction'];
  readonly statement: number | null;
  declare readonly effects?: Effects;
  readonly #group: FindingGroup;
  readonly #index: number;

  constructor(group: FindingGroup, index: number) {
    const raw = group.raw[index]!;
    const { active, report, segment } = raw;
    const { id, meta } = active.rule;
    const { severity, message } = weighBySize(
      raw,
      severityOf(active, report),
      fill(meta.messages[report.messageId] ?? report.messageId, report.data),
      group.settings,
    );
    this.rule = id;
    this.severity = severity;
    this.message = message;
    this.file = segment.file;
    this.range = raw.range;
    this.migration = ownerOf(raw, group)?.id ?? null;
    this.project = group.project.root;
    this.direction = isAboutOtherFile(report) ? null : (report.direction ?? segment.direction);
    this.statement = raw.statement;
    if (raw.effects !== undefined) this.effects = raw.effects;
    this.#group = group;
    this.#index = index;
  }

  get #raw(): RawFinding {
    return this.#group.raw[this.#index]!;
  }

  get also(): readonly string[] {
    this.#group.rulesByStatement ??= rulesByStatementOf(this.#group.raw);
    const key = statementKey(this.#raw);
    const together = key === undefined ? undefined : this.#group.rulesByStatement.get(key);
    return together === undefined ? [] : [...together].filter(rule => rule !== this.rule);
  }

  get help(): string {
    const { help, data } = this.#raw.report;
    return help === undefined ? '' : inToolsTerms(fill(help, data), this.#group.project.tool);
  }

  get docsUrl(): string {
    const { rule } = this.#raw.active;
    return this.customRule === undefined ? docsUrlOf(rule.id) : (rule.meta.docs.url ?? '');
  }

  get customRule(): Rule | undefined {
    const { rule } = this.#raw.active;
    return this.#group.settings.customRules?.includes(rule) === true ? rule : undefined;
  }

  get fingerprint(): string {
    this.#group.fingerprints ??= fingerprintsOf(this.#group);
    return this.#group.fingerprints[this.#index]!;
  }

  get fix(): Fix | null {
    const { fix } = this.#raw.report;
    const edits = fix === undefined ? undefined : this.#editsOf(fix);
    return edits === undefined ? null : { edits };
  }

  get suggestions(): readonly Suggestion[] {
    const suggested = this.#raw.report.suggestions ?? [];
    return suggested.flatMap(({ message, edits }): readonly Suggestion[] => {
      const made = this.#editsOf(edits);
      return made === undefined ? [] : [{ message, edits: made }];
    });
  }

  get safeRewrite(): SafeRewrite | null {
    const { project } = this.#group;
    const { safeRewrite } = this.#raw.report;
    if (safeRewrite === undefined) return null;
    const site = codeSite(this.#raw, project);
    const { text, language, leaves } = (site && rewriteInCode(safeRewrite, site)) ?? { ...safeRewrite, leaves: false };
    return { text: leaves ? text : inToolsTerms(text, project.tool), language };
  }

  get tables(): readonly string[] | undefined {
    const { segment, statement } = this.#raw;
    const written = statement === null ? undefined : segment.script.statements[statement];
    return written === undefined ? undefined : tablesOf(written);
  }

  /** Edits of the SQL as they can be made where it stands; undefined where they cannot. */
  #editsOf(edits: readonly TextEdit[]): readonly TextEdit[] | undefined {
    const site = codeSite(this.#raw, this.#group.project);
    // On MongoDB the code itself is what is edited.
    if (site !== undefined) return site.dialect === 'mongodb' ? edits : editsInCode(site, edits);
    const { file } = this.#raw.segment;
    return canEdit(file.path, file.text.slice(...placeOf(this.#raw)), edits) ? edits : undefined;
  }

  /** As a plain object: what a class has on its prototype is not seen by `JSON.stringify`. */
  toJSON(): Finding {
    const { also, help, docsUrl, fingerprint, fix, suggestions, safeRewrite, tables } = this;
    return { ...this, also, help, docsUrl, fingerprint, fix, suggestions, safeRewrite, tables };
  }
}

/** The finding with all its details as properties of its own, so that it can be spread, compared and sent elsewhere. */
export function plainFinding(finding: Finding): Finding {
  return finding instanceof LazyFinding ? finding.toJSON() : finding;
}

/** Each finding once: a statement in a loop of code is there as often as the loop runs, and is one to its reader. */
function withoutRepeats(raw: readonly RawFinding[]): readonly RawFinding[] {
  if (raw.every(({ segment }) => segment.file.path.endsWith('.sql'))) return raw;
  const seen = new Set<string>();
  return raw.filter(({ active, report, segment, range }) => {
    const key = JSON.stringify([active.rule.id, segment.file.path, range, report.messageId, report.data]);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function ownerOf({ report }: RawFinding, { migration }: FindingGroup): Migration | undefined {
  return report.place?.migration ?? migration;
}

/** The statement that a finding is about; the finding's own range where it is about none. */
function placeOf({ segment, statement, range }: RawFinding): Range {
  return statement === null ? range : (segment.script.statements[statement]?.range ?? range);
}

function rulesByStatementOf(raw: readonly RawFinding[]): ReadonlyMap<string, ReadonlySet<string>> {
  const byStatement = new Map<string, Set<string>>();
  for (const finding of raw) {
    const key = statementKey(finding);
    if (key === undefined) continue;
    const rules = byStatement.get(key);
    if (rules === undefined) byStatement.set(key, new Set([finding.active.rule.id]));
    else rules.add(finding.active.rule.id);
  }
  return byStatement;
}

/** Equal findings are told apart by their place among each other. */
function fingerprintsOf(group: FindingGroup): readonly string[] {
  const ordinals = new Map<string, number>();
  return group.raw.map(raw => {
    const { active, segment } = raw;
    const text = fingerprintText(segment, placeOf(raw));
    const content = [active.rule.id, ownerOf(raw, group)?.id ?? '', segment.direction, text];
    const base = content.join('\0');
    const ordinal = ordinals.get(base) ?? 0;
    ordinals.set(base, ordinal + 1);
    return fingerprintOf(...content, String(ordinal));
  });
}

/** The tables or collections that a statement names, as it writes them. */
export function tablesOf({ operations }: Statement): readonly string[] {
  const names = new Set<string>();
  for (const operation of operations) {
    if ('collection' in operation) names.add(displayName(operation.collection));
    if (!('table' in operation) || operation.table === undefined) continue;
    const { table } = operation;
    names.add(displayName(isObjectName(table) ? table : table.name));
  }
  return [...names];
}

function isObjectName(table: ObjectName | TableReference): table is ObjectName {
  return typeof table.name === 'string';
}

const CODE = /\.[cm]?[jt]sx?$/i;

/** What a finding in code is about; undefined in files of SQL, and where it is about no statement. */
function codeSite({ segment, statement, report }: RawFinding, { tool, server }: Project): CodeSite | undefined {
  if (statement === null || !CODE.test(segment.file.path)) return undefined;
  const { statements } = segment.script;
  let outermost = statements[statement];
  while (outermost?.parent !== undefined) outermost = statements[outermost.parent];
  if (outermost === undefined) return undefined;
  return { tool: tool.id, dialect: server.dialect, segment, statement: outermost, operation: report.operation };
}

/** Where a rule's page is published. */
export function docsUrlOf(rule: string): string {
  return `${HOMEPAGE}/blob/main/docs/rules/${rule}.md`;
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
