import type { DiscoveredProject } from '../migration-tools/discovery.ts';

/** A repository as `surefoot init` looks at it. */
export interface Repository {
  /** Absolute path of the folder that init runs in. */
  readonly root: string;
  /** The projects below it. */
  readonly projects: readonly DiscoveredProject[];
  /** What the config takes over from another linter. */
  readonly takenOver?: Readonly<Record<string, unknown>>;
  /** How its package manager runs the command: `npx surefoot`, `pnpm exec surefoot`. */
  readonly command: string;
  /** @param path - relative to the root */
  isFolder(path: string): boolean;
  /**
   * A file's text; undefined where there is none.
   *
   * @param path - relative to the root
   */
  text(path: string): string | undefined;
}

/** A file that init would write. */
export interface FileChange {
  /** Relative to the root, with `/`. */
  readonly path: string;
  /** Null where it is not there yet. */
  readonly before: string | null;
  readonly after: string;
  readonly executable?: true;
}

/** What one part of the set-up comes to: a change, or a line for the user about what is left to them; neither where all is done. */
export interface Proposal {
  readonly change?: FileChange;
  readonly note?: string;
}

/** One place that people meet Surefoot in: its config, a hook, a CI, an editor. Running it on its own result proposes nothing. */
export type Part = (repository: Repository) => Proposal;

/** The change that gives a file a new text; nothing where it has it already. */
export function changeOf(repository: Repository, path: string, after: string): Proposal {
  const before = repository.text(path) ?? null;
  return before === after ? {} : { change: { path, before, after } };
}
