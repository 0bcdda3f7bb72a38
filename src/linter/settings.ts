import type { Rule, RuleSeverity } from '../rules/rule.ts';
import type { TableSizes } from './table-sizes.ts';

/** What the linter takes from the configuration: plain answers, whatever file or flag they come from. */
export interface LintSettings {
  /** Severity and options of a rule for a file, overrides by path applied. */
  ruleSetting(rule: string, file: string): RuleSetting;
  /** Rules that plugins bring. */
  readonly customRules?: readonly Rule[];
  /** A name that files share whose rules are set alike; where left out, each file may differ from the others. */
  groupOf?(file: string): string;
  /** Whether a table (schema-qualified display name) is listed as small: how long it is locked does not matter. */
  isSmallTable(name: string): boolean;
  /** Whether a file is in the contract phase: what it drops or renames is no longer used by deployed code. */
  isContractPath(file: string): boolean;
  /** Whether the code that needs a migration is deployed before or after it. */
  readonly deployOrder: DeployOrder;
  readonly tenant: TenantSettings;
  /** Sizes of the production database's tables, where the user gave them. */
  readonly tableSizes?: TableSizes;
  /** Suppressions kept outside the migration files. */
  readonly suppressions: readonly FileSuppression[];
  /** ESLint runs the rules: it applies the comments that are written for it by itself. */
  readonly inEslint?: boolean;
}

/** How tables are shared by tenants. */
export interface TenantSettings {
  /** The column that names the tenant. */
  readonly column: string;
  /** Tables that belong to no tenant: `countries`, `audit.kinds`. */
  readonly globalTables: readonly string[];
}

export type DeployOrder = 'migrations-first' | 'code-first';

export interface RuleSetting {
  readonly severity: RuleSeverity;
  readonly options: unknown;
}

export interface FileSuppression {
  matches(file: string): boolean;
  readonly rule: string;
  readonly reason: string;
}
