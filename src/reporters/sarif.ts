import { HOMEPAGE } from '../homepage.ts';
import type { Finding, Fix, Severity } from '../linter/finding.ts';
import type { LintResult } from '../linter/result.ts';
import { ruleById } from '../rules/index.ts';
import { rulePage } from '../rules/page.ts';
import { positionAt } from '../source/lines.ts';
import { VERSION } from '../version.ts';
import { uriOf } from './paths.ts';
import { type Reporter, type ReporterOptions, reportedFindings } from './reporter.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };
const RULE_LEVELS = { error: 'error', warn: 'warning', info: 'note', off: 'none' } as const;
/** What GitHub calls `problem.severity`. */
const PROBLEMS = { error: 'error', warning: 'warning', note: 'recommendation', none: 'recommendation' } as const;

/** The longest `fullDescription` that GitHub takes. */
const MAX_DESCRIPTION = 1024;

/**
 * A SARIF 2.1.0 log, complete for GitHub code scanning: the rules that fired with their whole page as help, results with exact
 * regions, URIs relative to the repository, fingerprints that survive moved lines.
 *
 * Suppressed findings are left out, as GitHub ignores `suppressions`. `primaryLocationLineHash` is left to the upload action,
 * which warns of every value that is not its own: https://github.com/github/codeql-action/blob/main/src/fingerprints.ts
 */
export const sarif: Reporter = (result, options) => {
  const findings = reportedFindings(result, options);
  const ids = [...new Set(findings.map(finding => finding.rule))].sort();
  const indexes = new Map(ids.map((id, index) => [id, index]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'surefoot',
            semanticVersion: VERSION,
            informationUri: HOMEPAGE,
            rules: ids.map(id => descriptor(id, findings.find(finding => finding.rule === id)!)),
          },
        },
        automationDetails: { id: 'surefoot/' },
        invocations: [{ executionSuccessful: true }],
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the repository.' } } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(finding => resultEntry(result, options, finding, indexes.get(finding.rule)!)),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
};

/** What the log says of a rule; of one that is not known (of another ESLint plugin) only its id and page. */
function descriptor(id: string, finding: Finding): object {
  const rule = finding.customRule ?? ruleById(id);
  const helpUri = finding.docsUrl === '' ? {} : { helpUri: finding.docsUrl };
  if (rule === undefined) {
    return {
      id,
      shortDescription: { text: id },
      fullDescription: { text: id },
      help: { text: finding.docsUrl === '' ? id : `See ${finding.docsUrl}` },
      ...helpUri,
    };
  }
  const { meta } = rule;
  const level = RULE_LEVELS[meta.presets.recommended ?? meta.presets.strict ?? 'warn'];
  return {
    id,
    shortDescription: { text: meta.description },
    fullDescription: { text: cut(`${meta.description} ${plain(meta.docs.failure)}`, MAX_DESCRIPTION) },
    help: { text: plain([meta.docs.failure, meta.docs.why, meta.docs.safe].join('\n\n')), markdown: rulePage(rule) },
    ...helpUri,
    defaultConfiguration: { level },
    properties: {
      tags: ['migrations', 'database', meta.cause],
      precision: 'high',
      'problem.severity': PROBLEMS[level],
    },
  };
}

function resultEntry(result: LintResult, options: ReporterOptions, finding: Finding, ruleIndex: number): object {
  const location = artifactLocation(result, options, finding);
  const start = positionAt(finding.file, finding.range[0]);
  const end = positionAt(finding.file, finding.range[1]);
  return {
    ruleId: finding.rule,
    ruleIndex,
    level: LEVELS[finding.severity],
    message: { text: [finding.message, finding.help].filter(text => text !== '').join('\n\n') },
    locations: [
      {
        physicalLocation: {
          artifactLocation: location,
          region: {
            startLine: start.line,
            startColumn: start.column,
            endLine: end.line,
            endColumn: end.column,
          },
        },
      },
    ],
    partialFingerprints: { 'surefoot/v1': finding.fingerprint },
    ...fixes(finding, location),
    properties: {
      migration: finding.migration,
      direction: finding.direction,
      statement: finding.statement,
      also: finding.also,
      safeRewrite: finding.safeRewrite?.text ?? null,
    },
  };
}

function artifactLocation(result: LintResult, options: ReporterOptions, finding: Finding): object {
  const { uri, relative } = uriOf(options.repository ?? result.cwd, finding.file.path);
  return relative ? { uri, uriBaseId: 'SRCROOT' } : { uri };
}

/** The fix and the suggestions, as far as they change anything: an artifact change must have a replacement. */
function fixes(finding: Finding, location: object): object {
  const described = [
    ...(finding.fix === null ? [] : [{ text: 'Fix', fix: finding.fix }]),
    ...finding.suggestions.map(suggestion => ({ text: suggestion.message, fix: suggestion as Fix })),
  ].filter(({ fix }) => fix.edits.length > 0);
  if (described.length === 0) return {};
  return {
    fixes: described.map(({ text, fix }) => ({
      description: { text },
      artifactChanges: [
        {
          artifactLocation: location,
          replacements: fix.edits.map(edit => ({
            deletedRegion: { charOffset: edit.start, charLength: edit.end - edit.start },
            insertedContent: { text: edit.text },
          })),
        },
      ],
    })),
  };
}

/** Markdown without its code marks, for viewers that show plain text. */
function plain(markdown: string): string {
  return markdown
    .replace(/^`{3,}.*$/gm, '')
    .replaceAll('`', '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).trimEnd()}…`;
}
