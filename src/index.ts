/**
 * The Node API: what the command line and the ESLint plugin are made of.
 *
 * @example
 * const migrations = await findMigrations({ cwd: process.cwd(), paths: ['db/migrations'] });
 * const { findings, summary } = lint(migrations);
 * const { statements } = impact(migrations);
 */
export { type Config, defineConfig, type Plugin } from './config/config.ts';
export { type EmbeddedConfig, type EmbeddedSettings, embeddedConfig } from './config/embedded.ts';
export { findConfig, type LoadedConfig, loadConfig } from './config/load.ts';
export { type ConfigFlags, type ResolvedConfig, resolveConfig } from './config/resolve.ts';
export type { AffectedRelation, Effects, Lock } from './effects/effects.ts';
export { type FindRequest, type FoundMigrations, findMigrations } from './find-migrations.ts';
export { type ImpactOptions, type ImpactResult, impact, type StatementImpact } from './linter/impact.ts';
export * from './linter/index.ts';
export { DEFAULT_CODE_FOLDERS, DEFAULT_SQL_FILES } from './migration-tools/default-files.ts';
export { type DiscoverRequest, discover, type ProjectSettings } from './migration-tools/discover.ts';
export type { DiscoveredProject, Discovery } from './migration-tools/discovery.ts';
export * from './operations/index.ts';
export { offerProgram } from './parsers/ecmascript/offered.ts';
export { RULES, ruleById } from './rules/index.ts';
export { CAUSES, defineRule, PRESETS, type Rule } from './rules/rule.ts';
export { runExample } from './rules/run-example.ts';
export { type Position, positionAt } from './source/lines.ts';
export { isUsageError } from './usage-error.ts';
export { VERSION } from './version.ts';
