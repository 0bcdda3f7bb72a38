import type { Range } from '../source/source-file.ts';
import type { LayoutProblem, MigrationFiles, SegmentFile } from './migration-tool.ts';

/** How a tool writes its annotations, and what it says to those that are wrong. */
export interface AnnotatedFormat {
  /** The tool's name at the start of its annotations' words: `+goose`. */
  readonly prefix: string;
  readonly title: string;
  /** What a line says: the words behind the prefix; undefined for a line that is none of the tool's annotations. */
  readonly annotation: (line: string) => string | undefined;
  /** Whether the tool refuses SQL before the first section; it passes over it otherwise. */
  readonly refusesSqlBefore: boolean;
}

/** A migration of one file with what the tool sends at once, and what it refuses. */
export function withAnnotated(files: MigrationFiles, text: string, format: AnnotatedFormat): MigrationFiles {
  const { queries, problems } = readAnnotated(text, format);
  const inParts = (part: SegmentFile): SegmentFile => (part.transaction === 'none' ? { ...part, queries } : part);
  return {
    ...files,
    up: inParts(files.up),
    down: files.down && inParts(files.down),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** What a tool makes of a file whose statements end with lines. */
interface AnnotatedStatements {
  /** What it sends at once, each from its first line to its last. */
  readonly queries: readonly Range[];
  /** What it refuses the file for. */
  readonly problems: readonly LayoutProblem[];
}

/** Whether a tool takes a line for a statement's last: it ends with a semicolon, but for a comment behind. */
function endsStatement(line: string): boolean {
  return line
    .replace(/(?:^|\s)--.*$/, '')
    .trimEnd()
    .endsWith(';');
}

/**
 * Reads a file line by line as goose and sql-migrate do: a statement ends with a line that ends with a semicolon, or with the
 * block that annotations put it into. From goose's `sqlparser/parser.go` and sql-migrate's `sqlparse.go`.
 */
function readAnnotated(text: string, format: AnnotatedFormat): AnnotatedStatements {
  const queries: Range[] = [];
  const problems: LayoutProblem[] = [];
  let section: 'up' | 'down' | undefined;
  let block: Range | undefined;
  let query: Range | undefined;
  const refuse = (range: Range, why: string, help: string): void => {
    problems.push({ range, message: `${format.title} refuses to run: ${why}`, help });
  };
  const marker = (words: string): string => `\`-- ${format.prefix} ${words}\``;
  const unfinished = (): void => {
    if (query !== undefined) {
      const help = `End it with a semicolon, or put it between ${marker('StatementBegin')} and ${marker('StatementEnd')}.`;
      refuse(query, 'no line of this statement ends with a semicolon', help);
    }
    query = undefined;
  };
  const finish = (): void => {
    if (query !== undefined) queries.push(query);
    query = undefined;
  };
  for (const { 0: line, index } of text.matchAll(/[^\n]+/g)) {
    const trimmed = line.trimEnd();
    const range: Range = [index, index + trimmed.length];
    const words = format.annotation(trimmed);
    if (words !== undefined) {
      switch (words) {
        case 'Up':
        case 'Down':
          if (block === undefined) unfinished();
          if (words === 'Up' && section !== undefined && format.refusesSqlBefore)
            refuse(range, `a second ${marker('Up')}`, 'Put both parts into one.');
          section = words === 'Up' ? 'up' : 'down';
          break;
        case 'StatementBegin':
          if (block === undefined) block = range;
          else
            refuse(
              range,
              `${marker('StatementBegin')} stands in another one`,
              `Write ${marker('StatementEnd')} before it.`,
            );
          break;
        case 'StatementEnd':
          if (block !== undefined) finish();
          else if (format.refusesSqlBefore)
            refuse(
              range,
              `no ${marker('StatementBegin')} stands before this`,
              `Write ${marker('StatementBegin')} before the statement.`,
            );
          block = undefined;
          break;
      }
      continue;
    }
    const isNoSql = trimmed === '' || /^\s*--/.test(trimmed);
    if (section === undefined) {
      if (isNoSql || !format.refusesSqlBefore) continue;
      refuse(range, `SQL stands before ${marker('Up')}`, `Write ${marker('Up')} before it.`);
      return { queries, problems };
    }
    if (query === undefined && isNoSql) continue;
    query = query === undefined ? range : [query[0], range[1]];
    if (block === undefined && endsStatement(trimmed)) finish();
  }
  if (block === undefined) unfinished();
  else refuse(block, `${marker('StatementEnd')} is missing`, `Write ${marker('StatementEnd')} behind the statement.`);
  return { queries, problems };
}
