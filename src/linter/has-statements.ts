import type { DiscoveredProject } from '../migration-tools/discovery.ts';
import type { SegmentFile } from '../migration-tools/migration-tool.ts';
import { FRONT_ENDS } from '../parsers/index.ts';
import { LANGUAGES } from '../parsers/languages.ts';
import { LEXICONS, tokenize } from '../parsers/tokenizer/index.ts';
import type { ReadText } from './read-migration.ts';

/**
 * Whether a down segment holds anything that the server would run: a file of comments and empty statements does not count.
 *
 * @throws the file system's error where the file cannot be read
 */
export function hasStatements(
  segment: SegmentFile,
  read: ReadText,
  { tool, dialect }: Pick<DiscoveredProject, 'tool' | 'dialect'>,
): boolean {
  const text = read(segment.path);
  if (segment.language !== undefined) {
    const context = { tool: tool.id, dialect, direction: 'down', sql: FRONT_ENDS[dialect] } as const;
    const script = LANGUAGES[segment.language]?.().read({ path: segment.path, text }, segment, context);
    return script === undefined || script.statements.length > 0;
  }
  const parts = segment.ranges?.map(([start, end]) => text.slice(start, end)) ?? [text];
  if (dialect === 'mongodb') return parts.some(part => part.trim() !== '');
  return parts.some(part =>
    tokenize(part, LEXICONS[dialect]).some(
      ({ kind, start }) => kind !== 'lineComment' && kind !== 'blockComment' && part[start] !== ';',
    ),
  );
}
