import type { SourceLocation, SourceRange } from '@eslint/core';
import type { SourceCode } from 'eslint';
import { offerProgram } from 'surefoot';
import { SqlSourceCode } from './source-code.ts';

/** A file as ESLint holds it, SQL or code. */
export interface Host {
  readonly sourceCode: object;
  /** Without byte order mark. */
  readonly text: string;
  readonly bom: boolean;
  /** Where the rules are to report: the type of the tree's root. */
  readonly root: 'SqlFile' | 'Program';
  locOf(range: SourceRange): SourceLocation;
  /** Hands ESLint's own tree over, where it is one that can be read. */
  offer(path: string): void;
}

/** A file of this plugin's language, or of ESLint's own; undefined for those of other languages. */
export function hostOf(sourceCode: object): Host | undefined {
  if (sourceCode instanceof SqlSourceCode) {
    const { text, bom } = sourceCode;
    return { sourceCode, text, bom, root: 'SqlFile', locOf: range => sourceCode.locOf(range), offer: () => {} };
  }
  if ((sourceCode as Partial<SourceCode>).ast?.type !== 'Program') return undefined;
  const code = sourceCode as SourceCode;
  return {
    sourceCode,
    text: code.text,
    bom: code.hasBOM,
    root: 'Program',
    locOf: ([start, end]) => ({ start: code.getLocFromIndex(start), end: code.getLocFromIndex(end) }),
    // The offsets of a file with a byte order mark count it, those of ESLint's tree do not.
    offer: path => {
      if (!code.hasBOM) offerProgram(path, code.text, code.ast, code.getAllComments());
    },
  };
}
