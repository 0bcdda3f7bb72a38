import type { Effects } from '../effects/effects.ts';
import type { Rule } from '../rules/rule.ts';
import type { Range, SourceFile } from '../source/source-file.ts';

export type Severity = 'error' | 'warning' | 'info';

/** One thing a rule found, at one place. Lines and columns are worked out by the reporters' border, `source/lines.ts`. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: SourceFile;
  readonly range: Range;
  /** Id of the migration; null for findings about a project or a file that is none. */
  readonly migration: string | null;
  /** Root folder of the project. */
  readonly project: string | null;
  readonly direction: 'up' | 'down' | null;
  /** Index of the statement in its migration and direction. */
  readonly statement: number | null;
  /** Other rules that fired on the same statement, this one left out. */
  readonly also: readonly string[];
  /** What to do about it, in a sentence or two. */
  readonly help: string;
  readonly docsUrl: string;
  /** Stable over moved lines: made of rule, path, the statement's text and its ordinal among equals. */
  readonly fingerprint: string;
  readonly fix: Fix | null;
  readonly suggestions: readonly Suggestion[];
  readonly safeRewrite: SafeRewrite | null;
  /** The rule itself, where a plugin brings it; ours are found by their id. */
  readonly customRule?: Rule | undefined;
  /** The tables that the statement names, as it writes them; left out where there is no statement. */
  readonly tables?: readonly string[] | undefined;
  /** What the statement does on the server, where the rule's judgement rests on it. */
  readonly effects?: Effects;
}

export interface Fix {
  readonly edits: readonly TextEdit[];
}

export interface Suggestion extends Fix {
  readonly message: string;
}

/** Replaces `[start, end)` of the finding's file, UTF-16 offsets, by `text`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The safe form, ready to paste; files and transactions are told apart by comments in the text. */
export interface SafeRewrite {
  readonly text: string;
  readonly language: string;
}
