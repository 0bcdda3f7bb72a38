import type { Finding, Severity } from '../linter/finding.ts';
import { positionAt } from '../source/lines.ts';
import { relativePath } from './paths.ts';
import { type Reporter, reportedFindings } from './reporter.ts';

const SEVERITIES: Readonly<Record<Severity, string>> = { error: 'critical', warning: 'major', info: 'info' };

/**
 * GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format. Paths are relative
 * to the repository; fingerprints survive moved lines, so that a merge request shows what it adds.
 */
export const gitlab: Reporter = (result, options) => {
  const from = options.repository ?? result.cwd;
  const issues = reportedFindings(result, options).map(finding => issue(from, finding));
  return `${JSON.stringify(issues, undefined, 2)}\n`;
};

function issue(from: string, { file, range, rule, message, help, docsUrl, severity, fingerprint }: Finding): object {
  const [begin, end] = [positionAt(file, range[0]), positionAt(file, range[1])];
  return {
    type: 'issue',
    check_name: rule,
    description: message,
    content: { body: [help, docsUrl].filter(part => part !== '').join('\n\n') },
    fingerprint,
    severity: SEVERITIES[severity],
    location: { path: relativePath(from, file.path), lines: { begin: begin.line, end: end.line } },
  };
}
