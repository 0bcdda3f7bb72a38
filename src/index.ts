/**
 * The Node API: what the command line and the ESLint plugin are made of.
 *
 * @example
 * const cwd = process.cwd();
 * const file = findConfig(cwd);
 * const settings = resolveConfig(file && loadConfig(file, cwd), {}, cwd);
 * const { projects, skipped } = discover({ cwd, paths: ['db/migrations'], projects: settings.projects });
 * const result = lint({ cwd, projects, skippedFiles: skipped.length, settings });
 */
export { type Config, defineConfig, type Plugin } from './config/config.ts';
export { type EmbeddedConfig, type EmbeddedSettings, embeddedConfig } from './config/embedded.ts';
export { findConfig, type LoadedConfig, loadConfig } from './config/load.ts';
export { type ConfigFlags, type ResolvedConfig, resolveConfig } from './config/resolve.ts';
export * from './linter/index.ts';
export { DEFAULT_CODE_FOLDERS, DEFAULT_SQL_FILES } from './migration-tools/default-files.ts';
export { type DiscoverRequest, discover, type ProjectSettings } from './migration-tools/discover.ts';
export type { DiscoveredProject, Discovery } from './migration-tools/discovery.ts';
export * from './operations/index.ts';
export { offerProgram } from './parsers/ecmascript/offered.ts';
export { RULES, ruleById } from './rules/index.ts';
export { CAUSES, defineRule, PRESETS, type Rule } from './rules/rule.ts';
export { runExample } from './rules/run-example.ts';
export { isUsageError } from './usage-error.ts';
export { VERSION } from './version.ts';
