import type { DeployOrder } from '../linter/settings.ts';
import type { RunnerTimeouts } from '../migration-tools/discovery.ts';
import type { SegmentTransaction } from '../migration-tools/migration-tool.ts';
import type { Preset, Rule, RuleSeverity } from '../rules/rule.ts';
import type { Dialect } from '../server/server.ts';

/** What a config file holds, as its author writes it. All paths and patterns are relative to the config file's folder. */
export interface Config extends ProjectDefaults {
  readonly $schema?: string;
  /** Configs to start from: paths or packages, later ones win. */
  readonly extends?: string | readonly string[];
  readonly preset?: Preset;
  /** Rules of one's own: modules that export `{ rules: [myRule] }`, by path or package, or such an object. */
  readonly plugins?: readonly (string | Plugin)[];
  readonly rules?: RuleEntries;
  /** Rules for some files only; later entries win. */
  readonly overrides?: readonly Override[];
  readonly projects?: readonly ProjectConfig[];
  /** Tables so small that it does not matter how long they are locked: `countries`, `audit.kinds`. */
  readonly smallTables?: readonly string[];
  /** Patterns of migrations that run after the code that used the old objects is gone. */
  readonly contractPaths?: readonly string[];
  readonly deployOrder?: DeployOrder;
  readonly tenant?: TenantConfig;
  readonly suppressions?: readonly SuppressionConfig[];
  /** File of known findings, as `surefoot baseline` writes it; for the command line. */
  readonly baseline?: string;
}

/** Rules that Surefoot does not bring: made with `defineRule`, called `<plugin>/<rule>`. */
export interface Plugin {
  readonly rules: readonly Rule[];
}

/** What holds for every project that does not say otherwise. */
interface ProjectDefaults {
  readonly tool?: string;
  readonly dialect?: Dialect;
  readonly serverVersion?: string;
  /** What transaction the runner puts around a migration. */
  readonly transaction?: SegmentTransaction;
  /** What the runner sets on its connection. */
  readonly timeouts?: RunnerTimeouts;
  readonly sessionTimeZone?: string;
}

export interface ProjectConfig extends ProjectDefaults {
  /** Folder of the project, or one around several. */
  readonly path: string;
  /** The newest migration that is applied everywhere: it and what is older is history. */
  readonly startAfter?: string;
}

/** Whether the migrations run before the new code or after it. */
export const DEPLOY_ORDERS = ['migrations-first', 'code-first'] as const satisfies readonly DeployOrder[];

export type RuleEntries = Readonly<Record<string, RuleEntry>>;
export type RuleEntry = RuleSeverity | readonly [severity: RuleSeverity, options?: Readonly<Record<string, unknown>>];

interface Override {
  readonly files: readonly string[];
  readonly rules: RuleEntries;
}

interface TenantConfig {
  readonly column?: string;
  readonly globalTables?: readonly string[];
}

/** A suppression that cannot be a comment: one added to an applied file would change its checksum. */
interface SuppressionConfig {
  /** A path or pattern. */
  readonly file: string;
  readonly rule: string;
  readonly reason: string;
}

/** Gives a config in TypeScript or JavaScript its type: `export default defineConfig({ … })`. */
export function defineConfig(config: Config): Config {
  return config;
}
