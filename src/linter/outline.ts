import { dialectOfTexts } from '../migration-tools/dialect.ts';
import type { Comment } from '../operations/statements.ts';
import { tokenize } from '../parsers/tokenizer/index.ts';
import { LEXICONS, type SqlDialect } from '../parsers/tokenizer/lexicons.ts';
import { splitStatements } from '../parsers/tokenizer/split.ts';
import type { Range } from '../source/source-file.ts';

/** Where the comments and statements of an SQL text are, without a word of what they do. */
export interface Outline {
  readonly comments: readonly Comment[];
  /** From first to last token, in order. */
  readonly statements: readonly Range[];
}

/**
 * The outline of an SQL text, for programs that look at comments before they know what database the text is for.
 *
 * @param dialect - guessed from the text where it is left out
 */
export function outlineOf(text: string, dialect: SqlDialect = guess(text)): Outline {
  const lexicon = LEXICONS[dialect];
  const tokens = tokenize(text, lexicon);
  const comments = tokens.flatMap(({ kind, start, end, unterminated }): Comment[] => {
    if (kind === 'lineComment') {
      const opener = text[start] === '#' ? 1 : 2;
      return [{ range: [start, end], text: text.slice(start + opener, end), style: 'line' }];
    }
    if (kind !== 'blockComment') return [];
    const inner = text.slice(start + 2, unterminated === true ? end : end - 2);
    return [{ range: [start, end], text: inner, style: 'block' }];
  });
  const statements = splitStatements(text, tokens, lexicon).map(
    ({ first, last }): Range => [tokens[first]!.start, tokens[last]!.end],
  );
  return { comments, statements };
}

function guess(text: string): SqlDialect {
  const dialect = dialectOfTexts([text]);
  return dialect === undefined || dialect === 'mongodb' ? 'postgres' : dialect;
}
