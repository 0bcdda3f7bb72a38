import type { File, Language, OkParseResult, ParseResult } from '@eslint/core';
import { fingerprint } from './fingerprint.ts';
import { type SqlFile, SqlSourceCode, type SqlTypes } from './source-code.ts';

/** The types of the language, for ESLint's own. */
export interface SqlLanguageTypes {
  LangOptions: SqlTypes['LangOptions'];
  Code: SqlSourceCode;
  RootNode: SqlFile;
  Node: SqlFile;
}

/** What ESLint's cache key says of the history. Newer versions ask an object for its JSON, the first ones for its name. */
const HISTORY = {
  get name(): string {
    return fingerprint();
  },
  toJSON: fingerprint,
};

/**
 * SQL as ESLint sees it: a file of one node. What cannot be read is a finding of `no-unreadable-statement` at its place; the
 * file is never refused as a whole.
 */
export class SqlLanguage implements Language<SqlLanguageTypes> {
  readonly fileType = 'text';
  readonly lineStart = 1;
  readonly columnStart = 1;
  readonly nodeTypeKey = 'type';
  readonly visitorKeys: Record<string, string[]> = { SqlFile: [] };

  /** Takes any: options of other languages reach SQL files through configs that name no files. */
  validateLanguageOptions(): void {}

  /** Makes ESLint's cache look again when any migration changes: its key holds these options as JSON. */
  normalizeLanguageOptions(options: SqlTypes['LangOptions']): SqlTypes['LangOptions'] {
    return { ...options, history: HISTORY };
  }

  parse(file: File): ParseResult<SqlFile> {
    const text = file.body as string;
    const start = { line: 1, column: 1 };
    return { ok: true, ast: { type: 'SqlFile', range: [0, text.length], loc: { start, end: endOf(text) } } };
  }

  createSourceCode(file: File, { ast }: OkParseResult<SqlFile>): SqlSourceCode {
    return new SqlSourceCode(file, ast);
  }
}

function endOf(text: string): { line: number; column: number } {
  const lines = text.split(/\r\n|[\n\r]/u);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}
