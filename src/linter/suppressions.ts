import type { Comment, Statement } from '../operations/statements.ts';
import type { Range, SourceFile } from '../source/source-file.ts';

/**
 * A directive in a comment that silences rules: `surefoot-disable-next-line <rule>[, <rule>] -- why`, also `-disable-line`,
 * `-disable` and `-enable`. `eslint-disable…` comments that name `surefoot/<rule>` count likewise.
 */
export interface Suppression {
  /** The comment. */
  readonly range: Range;
  /** What it covers: findings that start in here, and those of statements in `statements`. */
  readonly covers: Range;
  /** Rule ids as written, without the `surefoot/` prefix; empty: every rule. */
  readonly rules: readonly string[];
  /** The text after `--`; empty where there is none. */
  readonly reason: string;
  /** Whether it is written for ESLint, which has its own ways of reporting unused ones. */
  readonly eslint: boolean;
}

const DIRECTIVE = /^[\s*]*(surefoot|eslint)-(disable|enable)(-next-line|-line)?(?=\s|$)([\s\S]*)$/;

/** Whether a comment is worth a closer look. */
export function mayBeSuppression({ text }: Comment): boolean {
  return text.includes('able');
}

/**
 * Reads the suppressions in a file's comments.
 *
 * @param file - the file that the comments and statements are of
 * @param comments - its comments in order
 * @param statements - its statements in order, nested ones included
 */
export function readSuppressions(
  file: SourceFile,
  comments: readonly Comment[],
  statements: readonly Statement[],
): readonly Suppression[] {
  const suppressions: Suppression[] = [];
  const enables: { readonly at: number; readonly rules: readonly string[] }[] = [];
  for (const comment of comments) {
    if (!mayBeSuppression(comment)) continue;
    const match = DIRECTIVE.exec(comment.text);
    if (match === null) continue;
    const [, tool, verb, place, rest = ''] = match;
    const eslint = tool === 'eslint';
    const dashes = /(?:^|\s)--+(?=\s|$)/.exec(rest);
    const named = rest
      .slice(0, dashes?.index)
      .split(/[\s,]+/)
      .filter(name => name !== '');
    const rules = named.flatMap(name => ruleIdOf(name, eslint));
    // An eslint directive that names only other plugins' rules is none of ours.
    if (eslint && named.length > 0 && rules.length === 0) continue;
    if (verb === 'enable') {
      enables.push({ at: comment.range[0], rules });
      continue;
    }
    suppressions.push({
      range: comment.range,
      covers: coveredRange(file, comment, place, statements),
      rules,
      reason: dashes === null ? '' : rest.slice(dashes.index + dashes[0].length).trim(),
      eslint,
    });
  }
  return enables.length === 0
    ? suppressions
    : suppressions.flatMap(suppression => endAtEnable(suppression, file, enables));
}

/** Whether a suppression silences a finding of a rule at a range. */
export function isSuppressedBy(suppression: Suppression, rule: string, range: Range): boolean {
  const [start, end] = suppression.covers;
  if (range[0] < start || range[0] > end || (range[0] === end && start !== end)) return false;
  return suppression.rules.length === 0 || suppression.rules.includes(rule);
}

function ruleIdOf(name: string, eslint: boolean): readonly string[] {
  if (name.startsWith('surefoot/')) return [name.slice('surefoot/'.length)];
  return eslint ? [] : [name];
}

function coveredRange(
  file: SourceFile,
  comment: Comment,
  place: string | undefined,
  statements: readonly Statement[],
): Range {
  if (place === undefined) {
    // A directive above the first statement covers the whole file, findings about the file itself (at its start) included.
    const first = statements[0];
    const start = first === undefined || comment.range[0] < first.range[0] ? 0 : comment.range[0];
    return [start, file.text.length];
  }
  if (place === '-next-line') {
    const next = nextCode(file.text, comment.range[1]);
    const statement = statements.find(candidate => candidate.range[0] === next);
    return statement?.range ?? [next, endOfLine(file.text, next)];
  }
  // -disable-line: the statement that ends on the comment's line, else what stands on the line.
  const lineStart = file.text.lastIndexOf('\n', comment.range[0] - 1) + 1;
  const before = statements.findLast(
    candidate =>
      candidate.range[1] <= comment.range[0] && candidate.range[1] > lineStart && candidate.parent === undefined,
  );
  return [Math.min(before?.range[0] ?? lineStart, lineStart), endOfLine(file.text, comment.range[1])];
}

/** Offset of the first character after `offset` that is neither white space nor part of a comment. */
function nextCode(text: string, offset: number): number {
  const rest = /(?:\s|--[^\n]*(?:\n|$)|\/\*[\s\S]*?\*\/)*/y;
  rest.lastIndex = offset;
  return offset + (rest.exec(text)?.[0].length ?? 0);
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end;
}

function endAtEnable(
  suppression: Suppression,
  file: SourceFile,
  enables: readonly { readonly at: number; readonly rules: readonly string[] }[],
): readonly Suppression[] {
  if (suppression.covers[1] !== file.text.length) return [suppression];
  const later = enables.filter(enable => enable.at > suppression.range[0]);
  const all = later.find(enable => enable.rules.length === 0);
  if (suppression.rules.length === 0) {
    return [all === undefined ? suppression : { ...suppression, covers: [suppression.covers[0], all.at] }];
  }
  // Each rule ends where it is switched on again, which may be in different places.
  const byEnd = new Map<number, string[]>();
  for (const rule of suppression.rules) {
    const end = later.find(enable => enable.rules.length === 0 || enable.rules.includes(rule))?.at ?? file.text.length;
    byEnd.set(end, [...(byEnd.get(end) ?? []), rule]);
  }
  return [...byEnd].map(([end, rules]) => ({ ...suppression, rules, covers: [suppression.covers[0], end] as const }));
}
