import type { SegmentTransaction, ToolFacts } from '../migration-tools/migration-tool.ts';
import type { Script } from '../operations/statements.ts';
import type { Server } from '../server/server.ts';
import type { SourceFile } from '../source/source-file.ts';

/** A history of migrations that one tool runs on one database. */
export interface Project {
  /** Absolute path of the folder that the project is named after. */
  readonly root: string;
  readonly tool: { readonly id: string; readonly title: string; readonly facts: ToolFacts };
  /** How the tool was found: given, detected, or fallen back to. */
  readonly toolSource: 'flag' | 'config' | 'detected' | 'fallback';
  readonly server: Server;
  /** Where the dialect comes from. */
  readonly dialectSource: 'flag' | 'config' | 'detected';
  /** Whether the project writes downs; worked out when first asked for, as every down of the project is looked at. */
  readonly downs: DownFacts;
}

/** How a project treats downs. */
export interface DownFacts {
  readonly migrations: number;
  /** Migrations whose down has statements. */
  readonly real: number;
  /** Id of the newest migration whose down is missing or empty; null where there is none. */
  readonly newestWithout: string | null;
}

/** One migration, read. */
export interface Migration {
  readonly id: string;
  readonly version: string;
  /** Position in the project's order, from 0. */
  readonly index: number;
  /** Judged in this run; what is not is history: replayed only. */
  readonly judged: boolean;
  /** The first migration of the deploy it belongs to. */
  readonly deployStart: number;
  readonly up: Segment;
  readonly down: Segment | null;
}

/** One direction of a migration. */
export interface Segment {
  readonly direction: 'up' | 'down';
  readonly file: SourceFile;
  readonly transaction: SegmentTransaction;
  readonly script: Script;
}
