import type { LanguageId, SegmentFile } from '../migration-tools/migration-tool.ts';
import type { Script } from '../operations/statements.ts';
import type { Dialect } from '../server/server.ts';
import type { SourceFile } from '../source/source-file.ts';
import { ecmascript } from './ecmascript/index.ts';
import type { FrontEnd } from './front-end.ts';
import { liquibase } from './liquibase/index.ts';

/** What a language's reader needs to know of the project around a file. */
export interface LanguageContext {
  /** Id of the migration tool. */
  readonly tool: string;
  readonly dialect: Dialect;
  readonly direction: 'up' | 'down';
  /** Reads the SQL that the file holds in strings, templates or elements. */
  readonly sql: FrontEnd;
}

/**
 * A reader of a language that migrations are written in besides SQL. It never throws for what the text holds: what cannot be
 * read is an `unreadable` operation at its place.
 */
export interface LanguageReader {
  /** @param part - the segment to read: a file may hold several */
  read(file: SourceFile, part: SegmentFile, context: LanguageContext): Script;
}

/** The readers by language, each loaded when a file of it is first met. */
export const LANGUAGES: Readonly<Partial<Record<LanguageId, () => LanguageReader>>> = {
  ecmascript: () => ecmascript,
  liquibase: () => liquibase,
};
