/**
 * A file as the user's editor holds it, and ranges in it.
 *
 * Every position in Surefoot is a UTF-16 offset into {@link SourceFile.text}, the decoded content of the file with its byte
 * order mark, if it has one, kept as the first character. Lines and columns are worked out at the border, in `lines.ts`.
 */
export interface SourceFile {
  /** Absolute path, in the operating system's own form. */
  readonly path: string;
  /** The decoded content. A leading U+FEFF is kept, so that offsets are those of the file. */
  readonly text: string;
}

/** A half-open range `[start, end)` of UTF-16 offsets into one {@link SourceFile}. */
export type Range = readonly [start: number, end: number];
