import type { SegmentFile } from '../migration-tools/migration-tool.ts';
import { LEXICONS, tokenize } from '../parsers/tokenizer/index.ts';
import type { Dialect } from '../server/server.ts';
import type { ReadText } from './read-migration.ts';

/**
 * Whether a segment holds anything that the server would run: a file of comments and empty statements does not count.
 *
 * @throws the file system's error where the file cannot be read
 */
export function hasStatements(segment: SegmentFile, read: ReadText, dialect: Dialect): boolean {
  const text = read(segment.path);
  const parts = segment.ranges?.map(([start, end]) => text.slice(start, end)) ?? [text];
  if (dialect === 'mongodb') return parts.some(part => part.trim() !== '');
  return parts.some(part =>
    tokenize(part, LEXICONS[dialect]).some(
      ({ kind, start }) => kind !== 'lineComment' && kind !== 'blockComment' && part[start] !== ';',
    ),
  );
}
