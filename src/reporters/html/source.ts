import { LEXICONS, type Token, type TokenKind, tokenize } from '../../parsers/tokenizer/index.ts';
import type { Dialect } from '../../server/server.ts';
import { positionAt } from '../../source/lines.ts';
import type { Range, SourceFile } from '../../source/source-file.ts';
import { escapeHtml } from './escape.ts';

/** Longer excerpts are cut. */
const MAX_LINES = 14;
const MAX_LENGTH = 4000;

const CLASSES: Readonly<Partial<Record<TokenKind, string>>> = {
  name: 'q',
  string: 's',
  number: 'd',
  parameter: 'd',
  placeholder: 'd',
  lineComment: 'c',
  blockComment: 'c',
};

/** Words that stand out; one that is not here is shown like any name. */
const KEYWORDS = new Set(
  `add all alter analyze and as begin between by cascade case check cluster column comment commit concurrently constraint create
current_timestamp database declare default deferrable delete desc detach disable distinct do domain drop each else enable end
execute exists extension false for foreign from function generated grant group having identity if in index insert into is join
key language limit lock materialized modify not null on or order partition policy primary procedure references refresh reindex
rename replace reset restrict returns revoke role rollback row schema select sequence set table temporary then to transaction
trigger true truncate type union unique update using vacuum valid validate values view when where with`.split(/\s+/),
);

/** The lines of a file that a finding is about, as HTML with line numbers, and its exact words marked. */
export function excerptHtml(file: SourceFile, [start, end]: Range, dialect: Dialect | undefined): string {
  const { text } = file;
  const from = text.lastIndexOf('\n', start - 1) + 1;
  let to = text.indexOf('\n', Math.max(start, end - 1));
  if (to < 0) to = text.length;
  const shown = cut(text.slice(from, to));
  const isSql = !/\.(?:[cm]?[jt]sx?|xml|ya?ml|json|py|rb)$/i.test(file.path);
  const body = highlight(shown, isSql ? dialect : undefined, [start - from, Math.min(end - from, shown.length)]);
  const first = positionAt(file, from).line;
  const numbered = body.split('\n').map((line, index) => `<i>${first + index}</i>${line}`);
  return numbered.join('\n') + (shown.length < to - from ? '\n…' : '');
}

/** SQL as HTML. */
export function sqlHtml(text: string, dialect: Dialect | undefined): string {
  return highlight(text.trimEnd(), dialect, [0, 0]);
}

function cut(text: string): string {
  const lines = text.split('\n', MAX_LINES).join('\n').slice(0, MAX_LENGTH);
  // Not through the middle of a character.
  return /[\uD800-\uDBFF]$/.test(lines) ? lines.slice(0, -1) : lines;
}

/** Tokens that stand out in spans, and a range in a mark; both begin anew on each line, so that lines can be told apart. */
function highlight(text: string, dialect: Dialect | undefined, [start, end]: Range): string {
  const tokens = dialect === undefined || dialect === 'mongodb' ? [] : tokenize(text, LEXICONS[dialect]);
  let html = '';
  let at = 0;
  const plain = (to: number, className: string): void => {
    for (const [from, until, isMarked] of [
      [at, Math.min(to, start), false],
      [Math.max(at, start), Math.min(to, end), true],
      [Math.max(at, end), to, false],
    ] as const) {
      if (from >= until) continue;
      html += text
        .slice(from, until)
        .split('\n')
        .map(line => wrap(line, className, isMarked))
        .join('\n');
    }
    at = Math.max(at, to);
  };
  for (const token of tokens) {
    const className = classOf(text, token);
    if (className === '') continue;
    plain(token.start, '');
    plain(token.end, className);
  }
  plain(text.length, '');
  return html;
}

function classOf(text: string, { kind, start, end }: Token): string {
  if (kind === 'word') return KEYWORDS.has(text.slice(start, end).toLowerCase()) ? 'k' : '';
  return CLASSES[kind] ?? '';
}

function wrap(line: string, className: string, isMarked: boolean): string {
  if (line === '') return '';
  const shown = escapeHtml(line.replace(/\r$/, ''));
  const styled = className === '' ? shown : `<b class=${className}>${shown}</b>`;
  return isMarked ? `<mark>${styled}</mark>` : styled;
}
