import type {
  LayoutProblem,
  ListingProblem,
  SegmentTransaction,
  ToolFacts,
} from '../migration-tools/migration-tool.ts';
import type { Script } from '../operations/statements.ts';
import type { Server } from '../server/server.ts';
import type { Range, SourceFile } from '../source/source-file.ts';

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
  /** What the tool would refuse or pass over, as far as it is about what is judged; texts are read when first asked for. */
  readonly problems: readonly ProjectProblem[];
  /**
   * Id of the newest migration that is known to be applied: of those that are not judged, where what is judged is what a branch
   * adds.
   */
  readonly newestApplied: { readonly id: string; readonly index: number } | null;
  /** Files around it that say what runs at a build, a deploy or a start, and the application's code; found when first asked for. */
  readonly deployFiles: readonly SourceFile[];
  /**
   * How a migration differs from what the base branch has of it, in its file or its part of one; null where it does not, where
   * that has none, and where the tool takes the change.
   */
  editOf(migration: Migration): 'code' | 'comments' | null;
  /** Migrations that the base branch has and this one has not, or not by that id; worked out when first asked for. */
  readonly removed: readonly RemovedMigration[];
  /** Whether the project writes downs; worked out when first asked for, as every down of the project is looked at. */
  readonly downs: DownFacts;
}

/** Something wrong with a project's files as such: a {@link ListingProblem} with the text it is shown in. */
export interface ProjectProblem extends Pick<ListingProblem, 'kind' | 'message' | 'help' | 'migration'> {
  readonly file: SourceFile;
  readonly range: Range;
}

/** A migration that the base branch has, and this one has not by its id. */
export interface RemovedMigration {
  readonly id: string;
  /** As the base branch has it: the file may be gone. */
  readonly file: SourceFile;
  /** Id of the new migration that is the same but for its name. */
  readonly renamedTo?: string;
  /** Whether the tool knows that one for this one: its name changed only where the tool does not look. */
  readonly isKnown?: true;
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
  /** What the tool refuses in its up file. */
  readonly problems?: readonly LayoutProblem[];
  readonly up: Segment;
  readonly down: Segment | null;
}

/** One direction of a migration. */
export interface Segment {
  readonly direction: 'up' | 'down';
  readonly file: SourceFile;
  readonly transaction: SegmentTransaction;
  /** What to set so that the tool keeps no transaction of its own open meanwhile, for which CONCURRENTLY would wait. */
  readonly heldTransaction?: string;
  /** What names it in a file of several; the file's start when left out. */
  readonly head?: Range;
  readonly script: Script;
}
