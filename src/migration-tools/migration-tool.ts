import type { Script } from '../operations/statements.ts';
import type { Dialect } from '../server/server.ts';
import type { Range } from '../source/source-file.ts';

/**
 * How a migration tool lays out, orders and runs its files. One adapter per tool; the registry is `index.ts`.
 */
export interface MigrationTool {
  /** As in `--tool`: `sql`, `goose`, `prisma`. */
  readonly id: string;
  /** As its users write it. */
  readonly title: string;
  /**
   * Looks at one folder and says whether its migrations are this tool's.
   *
   * @param folder - the folder to look at
   * @param tree - the folders around it, for tools whose config lies elsewhere or that keep a folder per migration
   * @param named - someone named this very folder (path, config): a tool without marks of its own takes it as it is
   * @returns undefined where they are not
   */
  detect(folder: Folder, tree: FolderTree, named: boolean): Detection | undefined;
  /**
   * The tool's migrations in the order it runs them. Reads directory entries; file contents only where the tool keeps names
   * or order in them.
   */
  list(project: ProjectLocation, tree: FolderTree): MigrationListing;
  /** The facts that hold for all its migrations unless a file says otherwise. */
  readonly facts: ToolFacts;
  /**
   * What the files' own texts say: parts and directions in one file, transaction opt-outs. Called when a migration is read,
   * so that listing a project opens no file; left out where names say all.
   *
   * @param files - as listed
   * @param read - a file's whole text, read once; throws the file system's error
   */
  layout?(files: MigrationFiles, read: (path: string) => string): MigrationFiles;
  /**
   * For tools that keep several migrations in one file: what the tool would take the checksum of, of each one's up, by its key
   * ({@link MigrationFiles.part}).
   */
  parts?(path: string, text: string): ReadonlyMap<string, string>;
  /** How a segment runs, for tools whose choice depends on its statements; `part.transaction` when left out. */
  transactionOf?(script: Script, part: SegmentFile): SegmentTransaction;
}

/** A folder's entries, read once. Paths are absolute. */
export interface Folder {
  readonly path: string;
  /** Names of regular files (links that lead to one included), sorted by code point. */
  readonly files: readonly string[];
  readonly folders: readonly string[];
}

/** Folders and small files as the tools look at them: each read once, unsaved content included. */
export interface FolderTree {
  /** @returns undefined where there is no such folder, or it cannot be read */
  folder(path: string): Folder | undefined;
  /** The first 64 KB of a file as text, for config files and for telling dialects apart; undefined where it cannot be read. */
  head(path: string): string | undefined;
  /** A whole file as text, for the plans, journals and changelogs that name or hold migrations; undefined where it cannot be read. */
  text(path: string): string | undefined;
}

export interface Detection {
  /** The folder that holds the migrations: the one looked at, or one that its config names. */
  readonly root: string;
  /** All folders whose files are one history, `root` first; `root` alone when left out. */
  readonly folders?: readonly string[];
  /** 0 to 1: what is below 0.5 is told to the user as a guess. */
  readonly confidence: number;
  readonly dialect?: Dialect;
  readonly serverVersion?: string;
}

export interface ProjectLocation {
  readonly root: string;
  /** All folders whose files are one history; `root` first. */
  readonly folders: readonly Folder[];
}

export interface ToolFacts {
  readonly transaction: SegmentTransaction;
  /** Whether the tool has downs at all. */
  readonly downs: boolean;
  /** Whether an applied file must not change because the tool keeps its checksum. */
  readonly checksums: boolean;
  /** Ids of the migrations that the tool runs again whenever they change. */
  readonly repeatable?: RegExp;
  /** What the tool does where a migration that the database has run is not among its files; it goes on when left out. */
  readonly missing?: 'refused';
  /** What the tool remembers of a migration that it ran: its whole id when left out. */
  readonly identity?: 'version';
  /**
   * Whether session settings outlive a migration: `shared` where the tool runs all of them over one connection. `unknown` for
   * files that anything may run: then no migration may rely on the settings of another, nor leave its own behind.
   */
  readonly session: 'per migration' | 'shared' | 'unknown';
  /** What the tool does with a new migration that comes before applied ones in its order; it runs it when left out. */
  readonly late?: 'refused' | 'skipped' | 'run';
  /**
   * How one migration gets out of the tool's transaction, as the end of a sentence that starts with a verb: `write
   * \`-- +goose NO TRANSACTION\` into it`. Null where there is no way; left out where nothing puts it into one.
   */
  readonly outside?: string | null;
}

/**
 * How a segment runs: `none` — each statement on its own; `migration` — in a transaction of the tool; `all-pending` — one
 * transaction around all pending migrations; `implicit` — several statements sent as one query, which the server makes one
 * transaction, while a sole statement is on its own.
 */
export type SegmentTransaction = 'none' | 'migration' | 'all-pending' | 'implicit';

export interface MigrationListing {
  readonly migrations: readonly MigrationFiles[];
  /** Files in the folders that are no migrations, with the reason, for `--debug` and the count of skipped files. */
  readonly skipped: readonly SkippedFile[];
  /** What becomes of late migrations here, where the project's configuration or the tool's version says so. */
  readonly late?: ToolFacts['late'];
  /** What the tool would refuse or silently pass over; findings of the rules about names, versions and order. */
  readonly problems?: readonly ListingProblem[];
}

/** Something wrong with a project's files as such, whatever is in them. */
export interface ListingProblem {
  readonly kind: 'file name' | 'duplicate version' | 'out of order';
  /** Absolute path of the file to show it at: a migration, or the journal, plan or changelog that is wrong. */
  readonly path: string;
  /** UTF-16 offsets; the file's start when left out. */
  readonly range?: Range;
  /** What the tool does about it, as a sentence without a full stop: `goose refuses to run: version 3 is also that of 3_b.sql`. */
  readonly message: string;
  /** What to do, as a sentence; by its kind when left out. */
  readonly help?: string;
  /** Id of the migration that it is about; left out where the tool sees none in the file. */
  readonly migration?: string;
  /** Id of another migration that it is about as much: the one with the same version. */
  readonly other?: string;
}

/** Something in the text of a migration's up file that the tool refuses. */
export interface LayoutProblem extends Required<Pick<ListingProblem, 'range' | 'message' | 'help'>> {}

/** A file that was met and is no migration. */
export interface SkippedFile {
  /** Absolute path. */
  readonly path: string;
  /** Half a sentence: `seed data is no migration`. */
  readonly reason: string;
}

/** One migration as it lies on disk. */
export interface MigrationFiles {
  /** What the tool knows it by: `20240101120000_add_users`, `V3__users`. Unique within the project. */
  readonly id: string;
  /** The part the tool orders by, for messages. */
  readonly version: string;
  readonly up: SegmentFile;
  /** Null where there is none. */
  readonly down: SegmentFile | null;
  /** Where it stands in a file of several: the file, and its key there among {@link MigrationTool.parts}. */
  readonly part?: { readonly path: string; readonly key: string };
  /** What the tool refuses in its files' texts; from {@link MigrationTool.layout}. */
  readonly problems?: readonly LayoutProblem[];
  /** Whether the tool takes a change of it: it runs again whenever it changes, or says so itself. */
  readonly mayChange?: true;
}

/** Where a segment's statements are. */
export interface SegmentFile {
  readonly path: string;
  /**
   * What to set so that the tool no longer keeps a transaction of its own open on another connection while this runs: CONCURRENTLY
   * waits for the end of that one for ever. Left out where it keeps none.
   */
  readonly heldTransaction?: string;
  /** What is sent as one query each, where several statements may be in one while the file as a whole is sent in several. */
  readonly queries?: readonly Range[];
  /** Parts of the file in order, for tools that hold up and down in one file; the whole file when left out, none where empty. */
  readonly ranges?: readonly Range[];
  readonly transaction: SegmentTransaction;
  /** What the file is written in; SQL of the project's dialect when left out. */
  readonly language?: LanguageId;
  /** What `${name}` in SQL stands for, where the tool puts values in. */
  readonly values?: readonly { readonly name: string; readonly value: string }[];
  /** For languages whose files hold several segments: which one, in the language reader's own terms (`up`, a changeSet's path). */
  readonly entry?: string;
  /** What names the segment in a file of several: where findings about the migration as a whole are shown. */
  readonly head?: Range;
}

/** Languages besides SQL that migrations are written in; their readers are registered in `src/parsers/languages.ts`. */
export type LanguageId = 'ecmascript' | 'liquibase';
