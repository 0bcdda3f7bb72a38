import type { Finding } from '../linter/finding.ts';
import type { ImpactResult } from '../linter/impact.ts';
import type { LintResult } from '../linter/result.ts';

/**
 * A report format: the whole report as one text that ends with a line break.
 *
 * @param result - what the run found out
 * @param options - how it is to be shown; formats for programs ignore colour, links and width
 */
export type Reporter = (result: LintResult, options: ReporterOptions) => string;

export interface ReporterOptions {
  readonly color: boolean;
  /** Errors only; the counts still tell what was left out. */
  readonly quiet: boolean;
  /** Whether the terminal follows hyperlinks (OSC 8). */
  readonly links: boolean;
  /** Of the terminal, in cells. */
  readonly width: number;
  /** Absolute path of the repository's root, for formats whose paths must be relative to it; the working directory when left out. */
  readonly repository?: string;
  /** Each statement of the projects' whole history, for a format that tells what happened to a table. */
  readonly history?: ImpactResult;
}

/** The findings to report: all, or only errors where the user asked for quiet. */
export function reportedFindings(result: LintResult, options: ReporterOptions): readonly Finding[] {
  return options.quiet ? result.findings.filter(finding => finding.severity === 'error') : result.findings;
}
