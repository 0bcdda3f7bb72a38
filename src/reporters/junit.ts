import type { Finding } from '../linter/finding.ts';
import type { LintResult, ProjectResult } from '../linter/result.ts';
import { positionAt } from '../source/lines.ts';
import { groupBy } from './groups.ts';
import { relativePath } from './paths.ts';
import { type Reporter, reportedFindings } from './reporter.ts';
import { element, type XmlElement, xmlDocument } from './xml.ts';

/**
 * JUnit's XML, for CI systems that show tests: a suite per project, a test per judged migration. What fails the run is a
 * failure, errors alone; warnings are the test's output.
 */
export const junit: Reporter = (result, options) => {
  const findings = reportedFindings(result, options);
  const suites = result.projects.map(project => suiteOf(result, project, findings));
  const elsewhere = findings.filter(({ project }) => !result.projects.some(({ root }) => root === project));
  if (elsewhere.length > 0) suites.push(suite('surefoot', testsByFile(result, elsewhere)));
  const seconds = (result.summary.durationMs / 1000).toFixed(3);
  return xmlDocument(element('testsuites', { name: 'surefoot', ...totalOf(suites), time: seconds }, suites));
};

function suiteOf(result: LintResult, project: ProjectResult, all: readonly Finding[]): XmlElement {
  const name = relativePath(result.cwd, project.root);
  const findings = all.filter(finding => finding.project === project.root);
  const judged = project.migrations.filter(({ judged }) => judged);
  const ids = new Set(judged.map(({ id }) => id));
  const tests = judged.map(({ id, up }) =>
    test(
      result,
      id,
      relativePath(result.cwd, up.file),
      findings.filter(({ migration }) => migration === id),
    ),
  );
  const others = findings.filter(({ migration }) => migration === null || !ids.has(migration));
  return suite(name, [...tests, ...testsByFile(result, others)]);
}

function testsByFile(result: LintResult, findings: readonly Finding[]): readonly XmlElement[] {
  const files = groupBy(findings, ({ file }) => relativePath(result.cwd, file.path));
  return [...files].map(([name, group]) => test(result, name, name, group));
}

function suite(name: string, tests: readonly XmlElement[]): XmlElement {
  const failures = tests.filter(({ children }) =>
    children.some(child => typeof child !== 'string' && child.name === 'failure'),
  );
  return element('testsuite', { name, tests: tests.length, failures: failures.length, errors: 0, skipped: 0 }, tests);
}

function totalOf(suites: readonly XmlElement[]): XmlElement['attributes'] {
  const total = (name: string): number => suites.reduce((sum, { attributes }) => sum + Number(attributes[name]), 0);
  return { tests: total('tests'), failures: total('failures'), errors: 0, skipped: 0 };
}

function test(result: LintResult, name: string, classname: string, findings: readonly Finding[]): XmlElement {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const others = findings.filter(({ severity }) => severity !== 'error');
  const text = (group: readonly Finding[]): string => group.map(finding => described(result, finding)).join('\n\n');
  return element('testcase', { name, classname }, [
    ...(errors.length === 0
      ? []
      : [element('failure', { message: errors[0]!.message, type: errors[0]!.rule }, [text(errors)])]),
    ...(others.length === 0 ? [] : [element('system-out', {}, [text(others)])]),
  ]);
}

function described(result: LintResult, { file, range, severity, rule, message, help }: Finding): string {
  const { line, column } = positionAt(file, range[0]);
  const head = `${relativePath(result.cwd, file.path)}:${line}:${column} ${severity} ${rule}: ${message}`;
  return help === '' ? head : `${head}\n${help}`;
}
