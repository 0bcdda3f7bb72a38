import type { ESLint, Linter } from 'eslint';

/** A rule set that the plugin offers. */
export type PresetName = 'recommended' | 'strict' | 'multi-tenant' | 'conventions' | 'all';

/** The plugin, in the types of whichever ESLint it is used with. */
export interface SurefootPlugin extends ESLint.Plugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly languages: { readonly sql: NonNullable<ESLint.Plugin['languages']>[string] };
  readonly rules: NonNullable<ESLint.Plugin['rules']>;
  /** Flat configs; each is a list, to be spread or named in `extends`. */
  readonly configs: Readonly<Record<PresetName, Linter.Config[]>>;
  /** Rules of one's own, made with `defineRule` of surefoot, as a plugin of ESLint. */
  readonly pluginOf: (plugin: { readonly rules: readonly CustomRule[] }) => ESLint.Plugin;
}

/** A rule as `defineRule` of surefoot makes it. */
export interface CustomRule {
  /** `acme/no-money-as-float`. */
  readonly id: string;
  readonly meta: object;
  readonly create: (context: never) => object;
}

/**
 * What `settings.surefoot` takes; each key wins over the same one in surefoot.config. Paths and patterns are relative to ESLint's
 * working directory.
 */
export interface SurefootSettings {
  /** Which migration tool runs the files; detected when left out. */
  readonly tool?: string;
  /** Which database they run on; detected when left out. */
  readonly dialect?: 'postgres' | 'mysql' | 'mariadb' | 'sqlite' | 'sqlserver' | 'mongodb';
  /** Version of the production server, such as `16`; the newest measured one when left out. */
  readonly serverVersion?: string;
  /** The newest migration that is applied everywhere (id, version or file name): it and what is older is not judged. */
  readonly startAfter?: string;
  /** What transaction the runner puts around a migration. */
  readonly transaction?: 'none' | 'migration' | 'all-pending' | 'implicit';
  /** Timeouts that the runner sets on its connection: `5s`. */
  readonly timeouts?: { readonly lock?: string; readonly statement?: string };
  readonly sessionTimeZone?: string;
  /** Tables so small that it does not matter how long they are locked. */
  readonly smallTables?: readonly string[];
  /** Patterns of migrations that run after the code that used the old objects is gone. */
  readonly contractPaths?: readonly string[];
  readonly deployOrder?: 'migrations-first' | 'code-first';
  readonly tenant?: { readonly column?: string; readonly globalTables?: readonly string[] };
  /** Findings to leave out where a comment would change the checksum of an applied file. */
  readonly suppressions?: readonly { readonly file: string; readonly rule: string; readonly reason: string }[];
}
