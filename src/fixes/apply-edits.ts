import type { Fix, TextEdit } from '../linter/finding.ts';

/** A text after some fixes. */
export interface FixedText {
  readonly text: string;
  /** How many of the fixes it has; the others overlap with one of these. */
  readonly applied: number;
}

/**
 * Applies fixes to a text, the first in the text first. Each is applied whole or not at all: one that touches a place that
 * another has changed is left for the next run, which sees the text as it then is.
 *
 * @param fixes - offsets of `text`
 */
export function applyFixes(text: string, fixes: readonly Fix[]): FixedText {
  const chosen: TextEdit[] = [];
  let applied = 0;
  for (const { edits } of fixes.toSorted((a, b) => startOf(a) - startOf(b))) {
    if (edits.length === 0 || edits.some(edit => !fits(edit, text)) || overlap(edits, chosen)) continue;
    chosen.push(...edits);
    applied++;
  }
  const lineBreak = lineBreakOf(text);
  let result = '';
  let at = 0;
  for (const edit of chosen.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text.replaceAll('\n', lineBreak);
    at = edit.end;
  }
  return { text: result + text.slice(at), applied };
}

function startOf({ edits }: Fix): number {
  return Math.min(...edits.map(({ start }) => start));
}

function fits({ start, end }: TextEdit, text: string): boolean {
  return start >= 0 && start <= end && end <= text.length;
}

/** Whether edits touch; two insertions at one place do, as nothing says which comes first. */
function overlap(edits: readonly TextEdit[], others: readonly TextEdit[]): boolean {
  return edits.some(a => others.some(b => a.start <= b.end && b.start <= a.end));
}

/** The line break of a text: `\r\n` where it has no other. */
function lineBreakOf(text: string): string {
  return /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
}

/** Files that hold SQL inside another language. */
const HOST_FILE = /\.(?:[cm]?[jt]sx?|xml|ya?ml|json|py|rb|groovy|kts?)$/i;

/** A statement as the server reads it, rather than calls that make it. */
const SQL_START = /^\s*(?:ALTER|CREATE|DROP|REINDEX|REFRESH|UPDATE|DELETE|INSERT|SET|DO|TRUNCATE|COMMENT|VACUUM)\s/i;

/** What means the same in SQL and inside any string, template or element that holds SQL. */
const PLAIN_TEXT = /^[A-Za-z0-9_ ;]*$/;

/**
 * Whether edits of a statement can be made where it stands. In a file of SQL they always can; in one of another language where
 * the statement is written out as SQL, and what is put in needs no escape there.
 *
 * @param path - of the file
 * @param statement - the statement's text in the file
 */
export function canEdit(path: string, statement: string, edits: readonly TextEdit[]): boolean {
  if (!HOST_FILE.test(path)) return true;
  return SQL_START.test(statement) && edits.every(({ text }) => PLAIN_TEXT.test(text));
}
