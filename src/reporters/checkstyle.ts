import type { Finding } from '../linter/finding.ts';
import { positionAt } from '../source/lines.ts';
import { groupBy } from './groups.ts';
import { relativePath } from './paths.ts';
import { type Reporter, reportedFindings } from './reporter.ts';
import { element, type XmlElement, xmlDocument } from './xml.ts';

/** Checkstyle's XML, which many CI plugins read. Paths are relative to the repository, as with the other formats for CI. */
export const checkstyle: Reporter = (result, options) => {
  const from = options.repository ?? result.cwd;
  const files = groupBy(reportedFindings(result, options), finding => relativePath(from, finding.file.path));
  const elements = [...files].map(([name, findings]) => element('file', { name }, findings.map(errorElement)));
  return xmlDocument(element('checkstyle', { version: '8.0' }, elements));
};

function errorElement({ file, range, severity, message, help, rule }: Finding): XmlElement {
  const { line, column } = positionAt(file, range[0]);
  const text = [message, help].filter(part => part !== '').join(' ');
  return element('error', { line, column, severity, message: text, source: `surefoot.${rule}` });
}
