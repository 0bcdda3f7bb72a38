import { LEXICONS, tokenize } from '../parsers/tokenizer/index.ts';
import { significant } from '../parsers/tokenizer/split.ts';
import type { Dialect } from '../server/server.ts';

/**
 * How two texts of one migration differ: in what the server is sent, or in comments and white space only.
 *
 * @param path - tells SQL from code by its ending
 * @returns null where they are the same but for line ends
 */
export function editBetween(before: string, after: string, dialect: Dialect, path: string): 'code' | 'comments' | null {
  const [old, now] = [before, after].map(text => text.replaceAll('\r\n', '\n')) as [string, string];
  if (old === now) return null;
  const codeOf = /\.sql$/i.test(path) && dialect !== 'mongodb' ? sqlOf(dialect) : linesOf;
  return codeOf(old) === codeOf(now) ? 'comments' : 'code';
}

function sqlOf(dialect: Exclude<Dialect, 'mongodb'>): (text: string) => string {
  const lexicon = LEXICONS[dialect];
  return text =>
    significant(tokenize(text, lexicon))
      .map(({ start, end }) => text.slice(start, end))
      .join('\0');
}

/** The lines of other languages that are not blank and hold more than a comment. */
function linesOf(text: string): string {
  const lines = text.split('\n').map(line => line.trim());
  return lines.filter(line => line !== '' && !/^(?:\/\/|#|\/?\*|<!--.*-->$)/.test(line)).join('\n');
}
