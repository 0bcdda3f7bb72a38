import { readFileSync } from 'node:fs';
import type { Finding, TextEdit } from '../linter/finding.ts';
import { fingerprintOf } from '../linter/fingerprint.ts';
import { docsUrlOf } from '../linter/finish-findings.ts';
import { ruleById } from '../rules/index.ts';
import { lineRange } from '../source/lines.ts';
import type { Range, SourceFile } from '../source/source-file.ts';
import { relativePath } from './paths.ts';
import { repositoryOf } from './repository.ts';
import { sarif } from './sarif.ts';

/** What ESLint hands to a formatter of each file, as far as it is needed here; the same in ESLint 9 and 10. */
interface FileResult {
  readonly filePath: string;
  readonly messages: readonly Message[];
  /** The text that the messages are about; left out where it is the file's. */
  readonly source?: string | undefined;
  readonly output?: string | undefined;
}

interface Message {
  readonly ruleId: string | null;
  readonly severity: number;
  readonly message: string;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly endLine?: number | undefined;
  readonly endColumn?: number | undefined;
  readonly fatal?: boolean | undefined;
  readonly fix?: Edit | undefined;
  readonly suggestions?: readonly { readonly desc: string; readonly fix: Edit }[] | undefined;
}

interface Edit {
  readonly range: readonly [start: number, end: number];
  readonly text: string;
}

interface FormatterContext {
  readonly cwd: string;
  readonly rulesMeta?: Readonly<Record<string, { readonly docs?: { readonly url?: string | undefined } | undefined }>>;
}

/**
 * ESLint's findings as a SARIF 2.1.0 log that GitHub code scanning takes: of this plugin's rules with their pages as help, of all
 * other rules with a link. Findings that a comment silences are left out.
 */
export default function formatSarif(results: readonly FileResult[], context: FormatterContext): string {
  const { cwd, rulesMeta = {} } = context;
  const repository = repositoryOf(cwd);
  const findings = results.flatMap(result => findingsOf(result, cwd, rulesMeta));
  const count = (severity: Finding['severity']): number => findings.filter(each => each.severity === severity).length;
  return sarif(
    {
      cwd,
      projects: [],
      findings,
      summary: {
        migrations: 0,
        statements: 0,
        unreadable: 0,
        skippedFiles: 0,
        errors: count('error'),
        warnings: count('warning'),
        infos: 0,
        suppressed: 0,
        baselined: 0,
        durationMs: 0,
      },
    },
    { color: false, quiet: false, links: false, width: 80, ...(repository === undefined ? {} : { repository }) },
  );
}

function findingsOf(
  result: FileResult,
  cwd: string,
  rulesMeta: NonNullable<FormatterContext['rulesMeta']>,
): readonly Finding[] {
  if (result.messages.length === 0) return [];
  const file: SourceFile = { path: result.filePath, text: textOf(result) };
  const path = relativePath(cwd, result.filePath);
  const ordinals = new Map<string, number>();
  return result.messages.map((message): Finding => {
    const docsUrl = (message.ruleId === null ? undefined : rulesMeta[message.ruleId]?.docs?.url) ?? '';
    const rule = ruleOf(message, docsUrl);
    const range = rangeOf(message, file);
    const content = [rule, path, lineText(file, message.line ?? 1)];
    const ordinal = ordinals.get(content.join('\0')) ?? 0;
    ordinals.set(content.join('\0'), ordinal + 1);
    return {
      rule,
      severity: message.severity === 2 ? 'error' : 'warning',
      message: message.message,
      file,
      range,
      migration: null,
      project: null,
      direction: null,
      statement: null,
      also: [],
      help: '',
      docsUrl,
      fingerprint: fingerprintOf(...content, String(ordinal)),
      fix: message.fix === undefined ? null : { edits: editsOf(message.fix, file) },
      suggestions: (message.suggestions ?? []).map(({ desc, fix }) => ({ message: desc, edits: editsOf(fix, file) })),
      safeRewrite: null,
    };
  });
}

/** Our rules by their own names, whatever the plugin is called in the user's config; others as ESLint calls them. */
function ruleOf({ ruleId, fatal }: Message, docsUrl: string): string {
  if (ruleId === null) return fatal === true ? 'parsing-error' : 'eslint-directive';
  const id = ruleId.slice(ruleId.lastIndexOf('/') + 1);
  return ruleById(id) !== undefined && docsUrl === docsUrlOf(id) ? id : ruleId;
}

function textOf({ filePath, source, output }: FileResult): string {
  const known = source ?? output;
  if (known !== undefined) return known;
  try {
    return readFileSync(filePath, 'utf8');
  } catch {
    return '';
  }
}

function rangeOf({ line = 1, column = 1, endLine = line, endColumn }: Message, file: SourceFile): Range {
  const start = offsetOf(file, line, column);
  return [start, Math.max(start, endColumn === undefined ? start : offsetOf(file, endLine, endColumn))];
}

function offsetOf(file: SourceFile, line: number, column: number): number {
  const [start] = lineRange(file, Math.max(1, line));
  return Math.min(start + Math.max(1, column) - 1, file.text.length);
}

/** ESLint's offsets leave a byte order mark out. */
function editsOf({ range: [start, end], text }: Edit, file: SourceFile): readonly TextEdit[] {
  const shift = file.text.startsWith('\uFEFF') ? 1 : 0;
  return [{ start: start + shift, end: end + shift, text }];
}

function lineText(file: SourceFile, line: number): string {
  const [start, end] = lineRange(file, Math.max(1, line));
  return file.text.slice(start, end).replace(/\s+/g, ' ').trim();
}
