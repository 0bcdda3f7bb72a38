import { HOMEPAGE } from '../homepage.ts';
import type { Finding, Severity, TextEdit } from '../linter/finding.ts';
import { lineRange, positionAt } from '../source/lines.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import { relativePath } from './paths.ts';
import { type Reporter, reportedFindings } from './reporter.ts';

const SEVERITIES: Readonly<Record<Severity, string>> = { error: 'ERROR', warning: 'WARNING', info: 'INFO' };

/**
 * Reviewdog's diagnostic format: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf. Paths are relative to the
 * repository, columns count UTF-8 bytes from 1.
 */
export const rdjson: Reporter = (result, options) => {
  const from = options.repository ?? result.cwd;
  const report = {
    source: { name: 'surefoot', url: HOMEPAGE },
    diagnostics: reportedFindings(result, options).map(finding => diagnostic(from, finding)),
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
};

function diagnostic(from: string, finding: Finding): object {
  const { file, range, rule, message, help, docsUrl, severity } = finding;
  return {
    message: [message, help].filter(text => text !== '').join('\n\n'),
    location: { path: relativePath(from, file.path), range: rangeOf(file, range) },
    severity: SEVERITIES[severity],
    code: { value: rule, ...(docsUrl === '' ? {} : { url: docsUrl }) },
    ...suggestionsOf(finding),
  };
}

/** A suggestion is one replacement there, so only changes of one edit can be offered. */
function suggestionsOf({ file, fix, suggestions }: Finding): object {
  const edits = [fix, ...suggestions].flatMap((change): readonly TextEdit[] =>
    change?.edits.length === 1 ? change.edits : [],
  );
  if (edits.length === 0) return {};
  return { suggestions: edits.map(({ start, end, text }) => ({ range: rangeOf(file, [start, end]), text })) };
}

function rangeOf(file: SourceFile, [start, end]: Range): object {
  return { start: bytePosition(file, start), end: bytePosition(file, end) };
}

function bytePosition(file: SourceFile, offset: number): object {
  const { line, column } = positionAt(file, offset);
  const [start] = lineRange(file, line);
  return { line, column: Buffer.byteLength(file.text.slice(start, start + column - 1)) + 1 };
}
